"""Say in a sentence why a call gave nothing to compare."""

import inspect
import re
import textwrap
import traceback
from gettext import gettext as _
from pathlib import Path

from classroom.mistakes.limits import TooLong, Trouble

# What Python says, what stands in the line, and what both together leave open.
REMEDIES = {
    ("for ^", ""): "{error}; a power is written **",
    ("is ambiguous", ""): "{error}; for arrays there are np.maximum and np.where",
    ("only integer scalar arrays", "range("): (
        "{error}; range counts up to one whole number, and not to an array"
    ),
    ("only integer scalar arrays", "max("): (
        "{error}; the larger of two arrays is np.maximum(a, b)"
    ),
    ("could not be broadcast", "axis=1"): (
        "{error}; axis=0 goes over the rows, and axis=1 along each of them"
    ),
    ("'list' and '", ""): "{error}; a list becomes an array with np.array",
    ("'tuple' and '", ""): "{error}; a tuple becomes an array with np.array",
    ("must have same first dimension", "axis=0"): (
        "{error}; the check has data of its own: count them with len; axis=0 goes down "
        "a column, axis=1 along a row"
    ),
    ("must have same first dimension", ""): (
        "{error}; the check has data of its own: count them with len; a curve has one "
        "y for each x: is an axis= missing, or an append too far in?"
    ),
    ("to dtype('int", ""): (
        "{error}; the array holds whole numbers: make it with dtype=float"
    ),
    ("'list' object has no attribute", ""): (
        "{error}; a list becomes an array with np.array"
    ),
}


def misfit(learner, names):
    """Say why something cannot be called with these arguments; "" if it can."""
    if not callable(learner):
        return _(
            "give the function itself, by its name with no brackets, not its {kind}"
        ).format(kind=type(learner).__name__)
    if inspect.iscoroutinefunction(learner) or inspect.isasyncgenfunction(learner):
        return _("your function begins with async def: write def")
    try:
        signature = inspect.signature(learner)
    except Exception:  # some built-in functions have none
        return ""
    try:
        signature.bind(*names)
    except TypeError:
        return _(
            "your function takes ({takes}), but it will be given ({given})"
        ).format(takes=", ".join(signature.parameters), given=", ".join(names))
    return ""


def explanation(error, function, printed):
    """Return (kind, sentence) on an error with which a call ended, with its line."""
    if isinstance(error, Trouble):
        return _explained_trouble(*error.args, function, printed)
    place = _place_of(error, function)
    where = ""
    if place:
        where = _(" in line {number}, `{code}`")
        where = where.format(number=place.lineno, code=place.line)
    if isinstance(error, TooLong):
        sentence = _(
            "after {seconds} seconds of work your function was still running{where}: "
            "a loop that never ends, or too much work"
        )
        return "TooLong", sentence.format(seconds=error.args[0], where=where)
    text = _text_of(error)
    if "ellipsis" in text:
        return "...", _("there is still a ... to replace{where}").format(where=where)
    line = place.line if place else ""
    for part, code in REMEDIES:
        # An axis may have been taken in an earlier line than the one that stops.
        if part in text and code in (_source(function) if "axis" in code else line):
            text = _(REMEDIES[part, code]).format(error=text)
            break
    stops = _("your code stops with {error}")
    if where:
        stops = _("your code stops{where}, with {error}")
    return type(error).__name__, stops.format(where=where, error=text)


def _explained_trouble(kind, sentence, function, printed):
    """Return (kind, sentence) on a trouble; a stub and a print have their own."""
    if kind == "None" and printed:
        sentence = _("your function prints its answer: let it return it instead")
    elif kind in ("None", "blank") and _is_stub(function):
        sentence = _("write your lines in place of the ..., and run the cell again")
    return kind, sentence


def _place_of(error, function):
    """Return the innermost line of the learner's file that an error came by, or None.

    Where there is no function, a cell was run: its file is the first outside this one.
    """
    engine = Path(__file__).parent
    frames = traceback.extract_tb(error.__traceback__)
    frames = [f for f in frames if Path(f.filename).parent != engine]
    code = getattr(function, "__code__", None)
    file = code.co_filename if code else frames[0].filename if frames else ""
    return next((f for f in reversed(frames) if f.filename == file), None)


def _source(function):
    """Return the text of a function; "" where there is none."""
    try:
        return inspect.getsource(function)
    except (OSError, TypeError):
        return ""


def _text_of(error):
    """Return what Python says of an error, in one line of at most 200 characters."""
    text = "".join(traceback.format_exception_only(error)[-1:])
    text = re.sub(r"\w+\.<locals>\.", "", text)  # where we have made a function
    text = re.sub(r"^[a-z_.]+\._?(?=[A-Z])", "", text)  # numpy.exceptions.AxisError
    return textwrap.shorten(text, 200, placeholder=" ...").rstrip(".")


def _is_stub(function):
    """Say whether there is no more in a function than `...`."""
    code = function.__code__.co_code if inspect.isfunction(function) else range(99)
    return len(code) <= len((lambda: ...).__code__.co_code)
