"""The library's own sentences in the reader's language.

    _("your function returns nothing")      in English, or as the catalogue has it
    _("it takes {steps} steps").format(steps=3)

The first cell of a notebook says which language, by gettext's variable LANGUAGE; what
has no catalogue, or no such sentence, is said in English.  The catalogues are made from
translations/ (tools/translate).
"""

import gettext
import os
from functools import cache
from itertools import takewhile
from pathlib import Path

CATALOGUES = Path(__file__).parent / "languages"
NOTEBOOKS = Path(__file__).parents[1] / "notebooks"


def _(sentence):
    """Return a sentence in the language that LANGUAGE names at this moment.

    >>> _("unknown")
    'unknown'
    """
    found = _catalogue(CATALOGUES, os.environ.get("LANGUAGE", "en"))
    return found.gettext(sentence) if sentence else ""


@cache
def _catalogue(folder, languages):
    """Return the first catalogue that there is; none from where English is named."""
    named = takewhile(lambda one: not one.startswith("en"), languages.split(":"))
    return gettext.translation("course", folder, [*named], fallback=True)


def notebooks():
    """Return the folder of the notebooks in that language.

    >>> notebooks().name
    'notebooks'
    """
    own = NOTEBOOKS / os.environ.get("LANGUAGE", "en")
    return own if own.is_dir() else NOTEBOOKS


def listed(names):
    """Return names as a sentence has them.

    >>> listed(["t", "m", "v"])
    't, m and v'
    """
    *first, last = [*names] or [""]
    return _(" and ").join([", ".join(first), last]) if first else last
