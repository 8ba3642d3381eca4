"""Read what a function returned, or what was worked out on paper, and compare it."""

import inspect
import warnings
from dataclasses import dataclass
from functools import partial
from gettext import gettext as _

import numpy as np

from classroom.mistakes.limits import Trouble

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


@dataclass(frozen=True, eq=False)
class Outcome:
    """What came of one call: its values, or the kind of trouble and a sentence."""

    values: tuple = ()
    kind: str = ""
    sentence: str = ""
    changed: str = ""  # the arguments that were written into
    count: int = 0  # of what is in a tuple or a list, where one value is asked for


# Comparing


def close(a, b, within=0):
    """Compare numbers, b being right: to a part of b, or to the precision of float32.

    NaN equals NaN.
    """
    return np.isclose(a, b, within or 1e-4, 0 if within else 1e-6, equal_nan=True)


def equal(a, b, within=0):
    """Say whether arrays, or all that are in two lists, are the same."""
    if isinstance(a, tuple | list):
        return len(a) == len(b) and all(map(partial(equal, within=within), a, b))
    return np.shape(a) == np.shape(b) and bool(np.all(close(a, b, within)))


def was_written(before, after):
    """Say whether an argument, if it is an array or a list, was written into."""
    numbers = as_array(before) if isinstance(before, np.ndarray | list) else None
    return numbers is not None and not equal(numbers, as_array(after))


# Reading


def as_array(value, kinds="biufO"):
    """Return numbers as an array of floats; None if they are no numbers.

    An integer that no float can hold is infinite.

    >>> as_array([1, 10**400])
    array([ 1., inf])
    """
    try:
        array = np.asarray(value)
        if value is None or array.dtype.kind not in kinds:
            return None
        with warnings.catch_warnings(action="ignore"):  # an imaginary part is dropped
            return array.astype(float)
    except OverflowError:
        return np.array(np.vectorize(_as_float)(array))
    except Exception:  # ragged lists, and whatever else there is
        return None


def _as_float(number):
    try:
        return float(number)
    except OverflowError:
        return np.inf if number > 0 else -np.inf


def read(value, names):
    """Return what a function returned as a tuple of arrays of floats, one for a name.

    Lists and other precisions are welcome; anything else raises Trouble.  What is in a
    list or an array is no number, even if it is one alone.
    """
    if inspect.iscoroutine(value):
        value.close()  # or Python warns that nobody waits for it
    if value is None:
        raise Trouble(
            "None",
            "your function returns nothing (None): does it end with return, and has "
            "what it returns a value by then?",
        )
    stacked = isinstance(value, tuple | list) or np.ndim(as_array(value)) == 2
    values = list(value) if stacked and len(names) > 1 else [value]
    if len(values) != len(names) and not _has_dots(values):
        raise miscounted(values, names, paper=False)
    if isinstance(value, tuple) and len(value) == len(names) == 1:
        raise Trouble(
            "tuple",
            "your function returns a tuple with one value in it: return the {name}, "
            "with no comma behind",
            name=_(names[0]),
        )
    return tuple(map(_value, values, names))


def read_paper(value, names):
    """Return numbers that were worked out on paper, as read does: one, or a tuple."""
    array = as_array(value)
    stacked = isinstance(value, tuple | list) or np.ndim(array) == 1
    if array is not None and np.size(array) == 1 == len(names) and stacked:
        raise Trouble(
            "type",
            "your {name} is of the type {kind}, with one number in it: give the number "
            "alone",
            name=_(names[0]),
            kind=type(value).__name__,
        )
    values = list(value) if stacked else [value]
    if len(values) != len(names):
        raise miscounted(values, names, paper=True)
    return tuple(map(_number, values, names))


def miscounted(values, names, paper):
    """Return the trouble that there are more values, or fewer, than names."""
    counts = {"count": len(values), "asked": len(names)}
    counts["names"] = ", ".join(map(_, names))
    if paper and len(values) == 2 and all(isinstance(v, int) for v in values):
        return Trouble("count", COMMA, **counts)
    return Trouble("count", MISCOUNTED[paper, len(values) == 1], **counts)


def _has_dots(values):
    return isinstance(values, tuple | list) and any(value is ... for value in values)


def _value(value, name):
    """Return a value that a function returned as an array of floats."""
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


def _number(value, name):
    """Return a number that was worked out on paper."""
    if value is ...:
        raise Trouble("...", "in place of the ... put your number")
    if isinstance(value, str):
        raise Trouble(
            "type", "your {name} is text: write it without quotes", name=_(name)
        )
    number = as_array(value)
    if number is None or number.ndim:
        raise Trouble(
            "type",
            "your {name} is of the type {kind}: give a number",
            name=_(name),
            kind=type(value).__name__,
        )
    if np.isinf(number) and isinstance(value, int):
        raise Trouble(
            "nan",
            "your {name} is too large: it has more than 300 digits",
            name=_(name),
        )
    if not np.isfinite(number):
        raise Trouble(
            "nan",
            "your {name} is {number}, which is no number",
            name=_(name),
            number=number,
        )
    return number
