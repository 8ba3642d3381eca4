"""What a learner has answered, kept in one small file; nothing leaves the machine.

The file is my-record.json, beside the folder of the notebooks.  On pages and slides,
which have no kernel, the browser keeps the same (web/questions.js).  What is in it:

    predictions   {question: {"answer", "sure", "outcome", "within", "mark"}}
    quiz          {question: {"first", "answer", "right", "mark"}}
    exercises     {name: {"passed", "mistakes": {its name: how often}, "mark"}}
    votes         {question: {option: hands}}, of a class, on slides only

A mark is a hash of what was asked.  If it is another today, the question has changed
since: what was answered then is kept, until it is answered anew.

Only the kernel of a notebook keeps a record; one that a tool or a test has started
does not (tools/course.py).
"""

import ast
import itertools
import json
import os
import sys
from contextlib import suppress
from functools import cache
from gettext import gettext as _

from classroom.course import ROOT
from classroom.mistakes import checks

FILE = ROOT / "my-record.json"
PARTS = "predictions", "quiz", "exercises"
NUMBER = int | float
TYPES = {
    "answer": str, "sure": NUMBER, "outcome": str | NUMBER, "within": NUMBER,
    "first": str, "right": str, "passed": bool, "mistakes": dict, "mark": str,
}  # fmt: skip
BROKEN = (
    "Your record could not be read in full: what could be read is kept, and the file "
    "as it was is now {name}."
)
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
    """Return the record, `{part: {name: entry}}`, with all that can be read of it."""
    record = {part: {} for part in PARTS}
    if not is_kept() or not FILE.is_file():
        return record
    found = record | _parts(FILE.read_text("utf-8", errors="replace"))
    for part in PARTS:
        entries = found[part] if isinstance(found[part], dict) else {}
        record[part] = {name: e for name, e in entries.items() if _is_sound(e)}
    if found != record:
        _set_aside(record)
    return record


def entry(part, name, mark):
    """Return what is kept under a name, `{}` if nothing or if that has changed."""
    kept = read()[part].get(name, {})
    return kept if kept.get("mark") == mark else {}


def keep(part, name, mark, **fields):
    """Keep fields of an entry; None is nothing, and leaves what was kept before."""
    if is_kept():
        known = {field: value for field, value in fields.items() if value is not None}
        record = read()
        record[part][name] = entry(part, name, mark) | known | {"mark": mark}
        _write(record)


def keep_exercise(name, passed=False, mistake=""):
    """Keep that an exercise is passed, or the name of a mistake made in it."""
    if is_kept() and (passed or mistake):
        mark = marks_of_exercises().get(name, "")
        kept = entry("exercises", name, mark)
        mistakes = kept.get("mistakes", {})
        if mistake:
            mistakes = mistakes | {mistake: mistakes.get(mistake, 0) + 1}
        passed = passed or kept.get("passed", False)
        keep("exercises", name, mark, passed=passed, mistakes=mistakes)


checks.LISTENERS.append(keep_exercise)


def forget():
    """Delete the record, and what was set aside of it."""
    for path in FILE.parent.glob("my-record*.json"):
        path.unlink()


def _parts(text):
    """Return what a file holds; of a broken one, what stands in its whole lines."""
    with suppress(ValueError, RecursionError):
        found = json.loads(text)
        return found if isinstance(found, dict) else {"": found}
    parts, part = {"": text}, {}
    for line in map(str.strip, text.splitlines()):
        with suppress(ValueError, RecursionError):
            if line.endswith(": {"):
                part = parts.setdefault(json.loads(line[:-3]), {})
            else:
                part |= json.loads(f"{{{line.rstrip(',')}}}")
    return parts


def _is_sound(entry):
    return isinstance(entry, dict) and all(
        isinstance(value, TYPES.get(field, object)) for field, value in entry.items()
    )


def _write(record):
    """Write the record, an entry a line, so that what is damaged is a line."""

    def lines(pairs, end):
        return ",\n".join(f"{json.dumps(k)}: {end(v)}" for k, v in pairs.items())

    def part(entries):
        return f"{{\n{lines(entries, json.dumps)}\n}}"

    new = FILE.with_name("my-record-new.json")
    try:
        new.write_text(f"{{\n{lines(record, part)}\n}}\n", "utf-8")
        new.replace(FILE)  # at once: another notebook may be reading it
    except OSError:
        _say(_(CLOSED))


def _set_aside(record):
    """Keep a broken file under another name, and in its place what could be read."""
    names = (FILE.with_name(f"my-record-broken-{k}.json") for k in itertools.count(1))
    aside = next(path for path in names if not path.exists())
    try:
        FILE.rename(aside)
    except OSError:
        return _say(_(CLOSED))
    _write(record)
    return _say(_(BROKEN).format(name=aside.name))


@cache
def _say(sentence):
    """Print a sentence, once."""
    print(sentence)
