"""Call a learner's function: with a time limit, and with a sentence for each failure.

`limited` calls, `read` makes arrays of what was returned, and `story` tells in a
sentence why there is nothing to compare.
"""

import dis
import inspect
import itertools
import re
import sys
import textwrap
import time
import traceback
import warnings
from contextlib import contextmanager
from functools import cache
from gettext import gettext as _
from pathlib import Path

import numpy as np

# A clock of the work alone, whatever else the machine does; a browser has none.
worked = time.perf_counter if sys.platform == "emscripten" else time.process_time
SECONDS = 4  # of work, for one call

# What Python says, and what it leaves open.
REMEDIES = {
    "for ^": "{error}; a power is written **",
    "is ambiguous": "{error}; for arrays there are np.maximum and np.where",
    "only integer scalar arrays": (
        "{error}; the larger of two arrays is np.maximum(a, b)"
    ),
    "'list' and '": "{error}; a list becomes an array with np.array",
    "'tuple' and '": "{error}; a tuple becomes an array with np.array",
    "'list' object has no attribute": "{error}; a list becomes an array with np.array",
}
COMMA = (
    "you give {count} values, not {asked}: give {names}; a decimal comma is a point in "
    "Python"
)
MISCOUNTED = {  # (on paper, one value)
    (True, True): "you give {count} value, not {asked}: give {names}",
    (True, False): "you give {count} values, not {asked}: give {names}",
    (False, True): "your function returns {count} value, not {asked}: return {names}",
    (False, False): (
        "your function returns {count} values, not {asked}: return {names}"
    ),
}


class TooLong(BaseException):
    """Time is up.  Not an Exception: `except Exception` must not catch it."""


class Trouble(BaseException):
    """Why there are no numbers to compare: Trouble(kind, sentence, **its fields).

    Like TooLong, no Exception: a learner's `except Exception` must not hide it.
    """

    def __init__(self, kind, sentence, /, **fields):
        super().__init__(kind, _(sentence).format(**fields))


def misfit(learner, names):
    """Say why something cannot be called with arguments of these names, if so."""
    if not callable(learner):
        return _(
            "give the function itself, by its name with no brackets, not its {kind}"
        ).format(kind=type(learner).__name__)
    try:
        signature = inspect.signature(learner)
    except Exception:  # some built-in functions have none
        return ""
    try:
        signature.bind(*names)
    except TypeError:
        takes, given = ", ".join(signature.parameters), ", ".join(names)
        return _(
            "your function takes ({takes}), but it will be given ({given})"
        ).format(takes=takes, given=given)
    return ""


def _repeat(value, times=np.inf):
    while times > 0:
        yield value
        times -= 1


def _count(start=0, step=1):
    while True:
        yield start
        start += step


def _cycle(values):
    values = list(values)
    while values:
        yield from values


# A loop in C knows no time limit, and without a trace function there is none.
WITHIN_REACH = {
    itertools.repeat: _repeat,
    itertools.count: _count,
    itertools.cycle: _cycle,
    sys.settrace: lambda trace: None,
}
_settrace = sys.settrace


@contextmanager
def _within_reach(function):
    """Put Python in place of what a time limit could not stop, while a check runs."""
    spaces = vars(itertools), vars(sys), getattr(function, "__globals__", {})
    mine = {id(old): new for old, new in WITHIN_REACH.items()}
    places = [
        (space, name, value)
        for space in spaces
        for name, value in space.items()
        if id(value) in mine
    ]
    for space, name, value in places:
        space[name] = mine[id(value)]
    try:
        yield
    finally:
        for space, name, value in places:
            space[name] = value


def limited(function, arguments, seconds):
    """Call a function; after some seconds of work, raise TooLong in the midst of it.

    A trace function needs neither threads nor signals, which a browser lacks.  One
    that is there already, a debugger's, keeps its place: then there is no limit.
    What it raises ends it: so it waits for a place that is in no `try`.
    """
    work, clock = worked(), time.perf_counter()
    steps, swallowed = itertools.count(), []

    def watch(frame, event, arg):
        if event == "call":
            frame.f_trace_opcodes = _stands_still(frame.f_code)
        if next(steps) % 50 and not swallowed:  # clocks are slow
            return watch
        late = worked() - work - seconds
        asleep = time.perf_counter() - clock - 10 * seconds
        if (late > 0 or asleep > 0) and (late > 2 or not _in_a_try(frame)):
            raise TooLong
        return watch

    def watch_again(lost):  # a destructor swallows what is raised in it, and the trace
        if lost.exc_type is TooLong:
            swallowed.append(lost)
            _settrace(watch)

    with warnings.catch_warnings(action="ignore"):
        if seconds is None or sys.gettrace():
            return function(*arguments)
        hook, sys.unraisablehook = sys.unraisablehook, watch_again
        with _within_reach(arguments[0]):
            _settrace(watch)
            try:
                return function(*arguments)
            finally:
                _settrace(None)
                sys.unraisablehook = hook


@cache
def _stands_still(code):
    """Say whether a jump leads to itself, `while True: pass`: no new line is traced."""
    return any(step.argval == step.offset for step in dis.get_instructions(code))


def _in_a_try(frame):
    """Say whether what is raised here may be caught before it leaves a check."""
    while frame and frame.f_code is not limited.__code__:
        table = dis.Bytecode(frame.f_code).exception_entries
        if any(entry.start <= frame.f_lasti < entry.end for entry in table):
            return True
        frame = frame.f_back
    return False


def _frames_of(function, error):
    """Return the frames of an error that lie in the learner's file, outermost first."""
    engine = Path(__file__).parent
    frames = traceback.extract_tb(error.__traceback__)
    outside = [f for f in frames if Path(f.filename).parent != engine]
    code = getattr(function, "__code__", None)
    file = code.co_filename if code else outside[0].filename if outside else ""
    return [f for f in outside if f.filename == file]


def story(error, function, printed):
    """Tell in (kind, sentence) why a call gave nothing to compare."""
    if isinstance(error, Trouble):
        kind, sentence = error.args
        if kind == "None" and printed:
            sentence = _("your function prints its answer: let it return it instead")
        elif kind in ("None", "blank") and _is_empty(function):
            sentence = _("write your lines in place of the ..., and run the cell again")
        return kind, sentence
    theirs = _frames_of(function, error)
    where = ""
    if theirs:
        place = {"number": theirs[-1].lineno, "code": theirs[-1].line}
        where = _(" in line {number}, `{code}`").format(**place)
    if isinstance(error, TooLong):
        return "TooLong", _(
            "after {seconds} seconds of work your function was still running{where}: "
            "a loop that never ends, or too much work"
        ).format(seconds=SECONDS, where=where)
    said = "".join(traceback.format_exception_only(error)[-1:])
    if "ellipsis" in said:
        return "...", _("there is still a ... to replace{where}").format(where=where)
    said = re.sub(r"\w+\.<locals>\.", "", said)  # where we have made a function
    said = textwrap.shorten(said, 200, placeholder=" ...").rstrip(".")
    for part in (part for part in REMEDIES if part in said):
        said = _(REMEDIES[part]).format(error=said)
    stops = _("your code stops with {error}")
    if where:
        stops = _("your code stops{where}, with {error}")
    return type(error).__name__, stops.format(where=where, error=said)


def _is_empty(function):
    """Say whether there is no more in a function than `...`."""
    code = function.__code__.co_code if inspect.isfunction(function) else range(99)
    return len(code) <= len((lambda: ...).__code__.co_code)


def read(value, returns, paper=False):
    """Return what was given as a tuple of arrays of floats, one for each name.

    By a function, or on paper.  Lists and other precisions are welcome; anything else
    raises Trouble.
    """
    names = returns.split(", ")
    if value is None and not paper:
        raise Trouble(
            "None",
            "your function returns nothing (None): does it end with return, and has "
            "what it returns a value by then",
        )
    several = isinstance(value, tuple | list) or np.ndim(as_array(value)) == 2 - paper
    values = list(value) if several and (paper or len(names) > 1) else [value]
    if len(values) != len(names) and not _has_dots(values):
        raise _miscounted(values, names, paper)
    if isinstance(value, tuple) and len(value) == len(names) == 1 and not paper:
        raise Trouble(
            "tuple",
            "your function returns a tuple with one value in it: return the {name}, "
            "with no comma behind",
            name=_(returns),
        )
    asked = _as_number if paper else _as_array
    return tuple(map(asked, values, itertools.cycle(names)))


def _miscounted(values, names, paper):
    """Return the trouble that there are more values, or fewer, than names."""
    one, asked = len(values) == 1, ", ".join(map(_, names))
    counts = {"count": len(values), "asked": len(names), "names": asked}
    if paper and len(values) == 2 and all(isinstance(v, int) for v in values):
        return Trouble("count", COMMA, **counts)
    return Trouble("count", MISCOUNTED[paper, one], **counts)


def _has_dots(values):
    return isinstance(values, tuple | list) and any(value is ... for value in values)


def _as_array(value, name):
    """Return a value as an array of floats, or raise Trouble."""
    if value is ... or _has_dots(value):
        raise Trouble(
            "...", "there is still a ... to replace: your {name} is one", name=_(name)
        )
    array = as_array(value)
    if array is not None:
        return array
    if as_array(value, "c") is not None:
        raise Trouble(
            "complex",
            "your {name} is complex: the root of a negative number is taken",
            name=_(name),
        )
    raise Trouble(
        "type",
        "your {name} is of the type {kind}: return {name} alone, as an array or a "
        "number",
        name=_(name),
        kind=type(value).__name__,
    )


def _as_number(value, name):
    """Return a number that was worked out on paper, or raise Trouble."""
    if value is ...:
        raise Trouble("...", "in place of the ... put your number")
    number = as_array(value)
    if isinstance(value, str):
        raise Trouble(
            "type", "your {name} is text: write it without quotes", name=_(name)
        )
    if number is None or number.ndim:
        raise Trouble(
            "type",
            "your {name} is of the type {kind}: give a number",
            name=_(name),
            kind=type(value).__name__,
        )
    if not np.isfinite(number):
        raise Trouble(
            "nan",
            "your {name} is {number}, which is no number",
            name=_(name),
            number=number,
        )
    return number


def as_array(value, kinds="biufO"):
    """Return numbers as an array of floats; None if they are no numbers."""
    try:
        array = np.asarray(value)
        numeric = value is not None and array.dtype.kind in kinds
        with warnings.catch_warnings(action="ignore"):  # an imaginary part is dropped
            return array.astype(float) if numeric else None
    except Exception:  # ragged lists, and whatever else there is
        return None


def listed(names):
    """Return names as a sentence has them.

    >>> listed(["t", "m", "v"])
    't, m and v'
    """
    *first, last = [*names] or [""]
    return _(" and ").join([", ".join(first), last]) if first else last
