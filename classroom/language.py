"""The reader's language: whoever says something looks it up by gettext.

    from gettext import gettext as _
    _("it takes {steps} steps").format(steps=3)

The first cell of a notebook says which language, by gettext's variable LANGUAGE; what
has no catalogue, or no such sentence, is said in English.  The catalogues are made from
translations/ (tools/translate).
"""

import gettext
import os
from pathlib import Path

CATALOGUES = Path(__file__).parent / "languages"

os.environ.setdefault("LANGUAGE", "en")
gettext.bindtextdomain("course", CATALOGUES)
gettext.textdomain("course")
