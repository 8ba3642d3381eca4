"""What a learner has answered, kept in one small file; nothing leaves the machine.

The file is my-record.json, beside the folder of the notebooks.  On pages and slides,
which have no kernel, the browser keeps the same (asked.js).  What is in it:

    predictions   {question: {"answer", "sure", "outcome", "within", "mark"}}
    quiz          {question: {"first", "answer", "right", "mark"}}
    exercises     {name: {"passed", "mistakes": {its name: how often}, "mark"}}
    inventory     {"before": {"form", "answers": [0 to 3, or null], "mark"}}
    flights       {setting: {"setting", "steps", "mark"}}, what was flown in 10
    votes         {question: {option: hands}}, of a class, on slides only

A mark is a hash of what was asked.  If it is another today, the question has changed
since: what was answered then is kept, until it is answered anew.

Only the kernel of a notebook keeps a record; one that a tool or a test has started
does not (tools/course.py).
"""

import ast
import json
import os
import sys
from functools import cache
from gettext import gettext as _

from classroom.course import ROOT
from classroom.mistakes import LISTENERS

FILE = ROOT / "my-record.json"
PARTS = "predictions", "quiz", "exercises"
KEPT = *PARTS, "inventory", "flights"  # these two count for nothing on a reader's way
BROKEN = "Your record could not be read: it is now {name}, and a new one begins."
CLOSED = (
    "The course's folder cannot be written to: everything works, and nothing is kept "
    "of what you answer. To keep a record, copy the course to a folder of your own."
)


def is_kept():
    """Say whether this process keeps a record: only the kernel of a notebook does."""
    ipython = sys.modules.get("IPython")
    kernel = ipython and ipython.get_ipython()
    return kernel is not None and os.environ.get("SGD_ADAM_RECORD") != "none"


def mark_of(*asked):
    """Return a short hash (FNV-1a) of what is asked: texts, numbers, lists of them.

    >>> mark_of("Which is lowest?", ["SGD", "Adam"], 2)
    '230fc8fc'
    """
    number = 2166136261
    for letter in json.dumps(asked, ensure_ascii=False, separators=(",", ":")):
        number = (number ^ ord(letter)) * 16777619 % 2**32
    return f"{number:08x}"


@cache
def marks_of_exercises():
    """Return `{name: mark}` of the right answers, by their code without docstrings."""
    marks = {}
    for path in sorted((ROOT / "notebooks").glob("[eh]*/*.py")):  # exercises, homework
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.FunctionDef):
                marks[node.name] = mark_of(*map(ast.unparse, node.body[1:]))
    return marks


def begin():
    """Say in a notebook's first cell what is wrong with the record, if anything is."""
    read()
    if is_kept() and not os.access(FILE.parent, os.W_OK):
        _say(_(CLOSED))


def read():
    """Return the record, `{part: {name: entry}}`; what is no entry is left out.

    A file that is no record at all, cut off for example, is set aside.
    """
    if not is_kept() or not FILE.is_file():
        return {part: {} for part in KEPT}
    try:
        parts = json.loads(FILE.read_text("utf-8"))
        return {part: _entries(parts.get(part, {})) for part in KEPT}
    except (ValueError, AttributeError, RecursionError):
        _set_aside()
        return {part: {} for part in KEPT}


def _entries(part):
    return {name: entry for name, entry in part.items() if isinstance(entry, dict)}


def _set_aside():
    """Give a broken file another name: what it was may be of use to its reader."""
    backup = FILE.with_name("my-record-broken.json")
    try:
        FILE.replace(backup)
        _say(_(BROKEN).format(name=backup.name))
    except OSError:
        _say(_(CLOSED))


def entry(part, name, mark):
    """Return what is kept under a name, `{}` if nothing or if that has changed."""
    latest = read()[part].get(name, {})
    return latest if latest.get("mark") == mark else {}


def keep(part, name, mark, **fields):
    """Keep fields of an entry; None is nothing, and leaves what was kept before."""
    if not is_kept():
        return
    fields = {field: value for field, value in fields.items() if value is not None}
    record = read()
    record[part][name] = entry(part, name, mark) | fields | {"mark": mark}
    new = FILE.with_name("my-record-new.json")
    try:
        new.write_text(json.dumps(record, indent=1), "utf-8")
        new.replace(FILE)  # at once: another notebook may be reading it
    except OSError:
        _say(_(CLOSED))


def keep_exercise(name, passed=False, mistake=""):
    """Keep that an exercise is passed, or the name of a mistake made in it."""
    if is_kept() and (passed or mistake):
        mark = marks_of_exercises().get(name, "")
        before = entry("exercises", name, mark)
        mistakes = before.get("mistakes", {})
        if mistake:
            mistakes = mistakes | {mistake: mistakes.get(mistake, 0) + 1}
        passed = passed or before.get("passed", False)
        keep("exercises", name, mark, passed=passed, mistakes=mistakes)


LISTENERS.append(keep_exercise)


def forget():
    """Delete the record, and what was set aside of it."""
    for path in FILE.parent.glob("my-record*.json"):
        path.unlink()


@cache
def _say(sentence):
    """Print a sentence, once."""
    print(sentence)
