"""Where the course is, which notebooks it has, and how strictly they are run."""

import os
import re
from pathlib import Path

import classroom.language  # noqa: F401  what the tools say is looked up, too

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("[0-9]*.ipynb"))
COMPANIONS = sorted(FOLDER.glob("deeper/[0-9]*.ipynb"))  # in no class and no time
LIVE = ROOT / "build" / "live"  # the runs, for pages without a kernel


def name_of(path):
    """Return the name of a notebook of the course: "05_adam", "deeper/05_adam"."""
    return path.relative_to(FOLDER).with_suffix("").as_posix()


def number_of(path):
    """Return the number of a notebook, "05"; of a companion "deeper/05"."""
    return name_of(path).partition("_")[0]


PATHS = {number_of(path): path for path in (*NOTEBOOKS, *COMPANIONS)}

# Who has translations/ is the source. Who has none is a translation, in the source's
# build/es: its site is a folder of the source's, whose scripts and fonts it uses.
SOURCE = (ROOT / "translations").exists()
SITE = ROOT / "build" / "site" if SOURCE else ROOT.parent / "site" / ROOT.name
LITE = (SITE if SOURCE else SITE.parent) / "lite"  # of both languages, or missing
STATIC = "_static" if SOURCE else "../_static"

# What the tools write is in the language of the course, whatever the system's is.
os.environ["LANGUAGE"] = "en" if SOURCE else ROOT.name

# The students' edition has no page, and no speaker's note, that answers what a teacher
# asks; whoever builds slides alone is a teacher.
TEACHER = os.environ.get("EDITION") != "students"

# For every kernel and process that is started from here.  One BLAS thread: the matrices
# are small.  A warning is an error; not two of the kernel's own, at its shutdown and,
# from Python 3.12 on, at its start.
os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"
os.environ["PYTHONWARNINGS"] = (
    "error,ignore::PendingDeprecationWarning,"
    "ignore:There is no current event loop:DeprecationWarning"
)
os.environ["SGD_ADAM_RECORD"] = "none"  # not read, not written: classroom/record.py
os.environ["TQDM_DISABLE"] = "1"  # or a slow machine would store a progress bar


def anchor(heading):
    """Return what a page calls a heading in its address.

    >>> anchor("Standard error (of a mean)")
    'standard-error-of-a-mean'
    """
    return re.sub(r"[^\w-]", "", heading.lower().replace(" ", "-"))
