"""The library's own sentences in the reader's language.

    _("your function returns nothing")      in English, or as the catalogue has it
    _("it takes {steps} steps").format(steps=3)

The first cell of a notebook says which language, by gettext's variable LANGUAGE; what
has no catalogue, or no such sentence, is said in English.  The catalogues are made from
translations/ (tools/translate).
"""

import gettext
import os
from pathlib import Path

CATALOGUES = Path(__file__).parent / "languages"


def _(sentence):
    """Return a sentence in the language that LANGUAGE names at this moment.

    >>> _("no such sentence")
    'no such sentence'
    """
    languages = os.environ.get("LANGUAGE", "en").split(":")
    found = gettext.translation("course", CATALOGUES, languages, fallback=True)
    return found.gettext(sentence) if sentence else ""
