"""What the first cell of every notebook starts, and which version of the course it is.

The cell itself holds what a notebook needs that is alone: where the course is.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

from utils import record
from utils.language import _, notebooks

ROOT = Path(__file__).parents[1]


def cited(field):
    """Return what CITATION.cff says of the course; ValueError for what it does not say.

    >>> cited("title")
    'SGD and Adam, taken apart'
    """
    text = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    found = re.search(rf"(?m)^{field}: (.+)$", text)
    if not found:
        said = _("CITATION.cff has no {field}: try 'version' or 'title'")
        raise ValueError(said.format(field=field))
    return found[1]


def say_version(notebook):
    """Print the course's version; where the notebook is of another, what to do.

    >>> say_version("0.9")  # doctest: +ELLIPSIS
    This notebook is an old copy, of version 0.9: the course is now at ...
    """
    course, date = cited("version"), cited("date-released")
    if notebook == course:
        said = _("This is version {course} of the course, of {date}.")
    else:
        said = _(
            "This notebook is an old copy, of version {notebook}: "
            "the course is now at {course}, of {date}.\n"
            "Download what you want to keep. Then, in JupyterLite: "
            "Help ▸ Clear Browser Data; elsewhere: fetch the course again."
        )
    print(said.format(course=course, date=date, notebook=notebook))


if colab := sys.modules.get("google.colab"):
    pip = [sys.executable, "-m", "pip", "install", "-q", "ipywidgets>=8.1"]
    subprocess.run(pip, check=True)
    os.chdir(notebooks())  # where the quizzes are
    colab.output.enable_custom_widget_manager()
record.begin()
