"""Where the course lies, and what it says of itself."""

import os
import re
from gettext import gettext as _
from pathlib import Path

ROOT = Path(__file__).parents[1]


def notebooks():
    """Return the folder of the notebooks in the reader's language.

    >>> notebooks().name
    'notebooks'
    """
    own = ROOT / "notebooks" / os.environ.get("LANGUAGE", "en")
    return own if own.is_dir() else ROOT / "notebooks"


def cited(field):
    """Return what CITATION.cff says of the course; ValueError for what it does not say.

    >>> cited("title")
    'SGD and Adam, taken apart'
    """
    text = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    line = re.search(rf"(?m)^{field}: (.+)$", text)
    if not line:
        sentence = _("CITATION.cff has no {field}: try 'version' or 'title'")
        raise ValueError(sentence.format(field=field))
    return line[1]


def say_version(notebook):
    """Print the course's version; where the notebook is of another, what to do.

    >>> say_version("0.9")  # doctest: +ELLIPSIS
    This notebook is an old copy, of version 0.9: the course is now at ...
    """
    course, date = cited("version"), cited("date-released")
    if notebook == course:
        sentence = _("This is version {course} of the course, of {date}.")
    else:
        sentence = _(
            "This notebook is an old copy, of version {notebook}: "
            "the course is now at {course}, of {date}.\n"
            "Download what you want to keep. Then, in JupyterLite: "
            "Help ▸ Clear Browser Data; elsewhere: fetch the course again."
        )
    print(sentence.format(course=course, date=date, notebook=notebook))
