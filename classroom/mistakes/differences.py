"""Say where numbers differ from the right ones, if no mistake is known for it."""

import re
from gettext import gettext as _

import numpy as np

from classroom.mistakes.values import as_array, equal, miscounted
from classroom.mistakes.wording import enumeration


def columns(exercise, outcomes):
    """Return (name, mine, right) of each value, in all cases; [] if one has failed."""
    sides = (
        list(zip(*(outcome.values for outcome in side), strict=False))
        for side in (outcomes, exercise.targets)
    )
    return list(zip(exercise.names, *sides, strict=False))


def first_difference(exercise, outcomes):
    """Return (value, place, mine, right); if nothing differs, of the first number.

    Of several values the first, theta, comes last: it is made from the others.
    """
    for mine, right in zip(outcomes, exercise.targets, strict=True):
        for i in sorted(range(len(mine.values)), key=lambda i: (i == 0, i)):
            a, b = mine.values[i], right.values[i]
            if a.shape == b.shape and not exercise.equal(a, b):
                off = ~exercise.close(a, b)
                place = tuple(map(int, np.unravel_index(off.argmax(), off.shape)))
                return i, place, a[place], b[place]
    right = exercise.targets[0].values[0].flat[0]
    return 0, (), right, right


def first_case(exercise, outcomes):
    """Return the number of the first case that ended in another way than it should."""
    pairs = zip(outcomes, exercise.targets, strict=True)
    return [exercise.same([mine], [right]) for mine, right in pairs].index(False)


def of_function(exercise, outcomes):
    """Say with which input what is wrong: an error, a shape, or a number."""
    case = first_case(exercise, outcomes)
    if sentence := of_count(exercise, outcomes, case):
        return sentence
    if sentence := of_kind_or_shape(exercise, outcomes, case):
        return with_input(exercise, case, sentence)
    sentence = of_number(exercise, outcomes)
    fine = fine_names(exercise, outcomes) if exercise.exact else []
    fine = [name for name in fine if not name.startswith("log ")]
    return with_input(exercise, case, with_fine(sentence, fine))


def of_plot(exercise, outcomes):
    """Say the same of curves, or which axis should be logarithmic."""
    value, *_place = first_difference(exercise, outcomes)
    if of_kind_or_shape(exercise, outcomes, first_case(exercise, outcomes)):
        return of_function(exercise, outcomes)
    if not exercise.names[value].startswith("log "):
        sentence = of_function(exercise, outcomes)
        mine, right = (
            [o.values for o in side] for side in (outcomes, exercise.targets)
        )
        if not equal(mine, right, within=0.05):
            return sentence
        more = _("{sentence}; all are near: is one drawn at random, or approximate?")
        return more.format(sentence=sentence)
    fine = fine_names(exercise, outcomes)
    wrong = [name for name in exercise.names[value:] if name not in fine]
    return _scaled(
        dict(zip(exercise.names, exercise.targets[0].values, strict=True)), wrong
    )


def of_paper(exercise, outcomes):
    """Say whether a number on paper is too high or too low, and not by how much."""
    if sentence := of_kind_or_shape(exercise, outcomes, first_case(exercise, outcomes)):
        return sentence
    value, _place, mine, right = first_difference(exercise, outcomes)
    sentence = _("your {name} is {number:g}: that is too high")
    if mine < right:  # "too small" would speak of a size: of -3 that is 3
        sentence = _("your {name} is {number:g}: that is too low")
    sentence = sentence.format(name=_(exercise.names[value]), number=mine)
    if any(mine == float(f"{right:.{n}g}") for n in (1, 2, 3)):
        more = _("{sentence}; if you have rounded it, keep more digits")
        return more.format(sentence=sentence)
    if right == round(right) and mine != round(mine):
        more = _("{sentence}, and what is asked for is a whole number")
        return more.format(sentence=sentence)
    return sentence


def of_count(exercise, outcomes, case):
    """Say that several values were returned where one is asked for; "" if one was.

    NumPy makes an array of them, with an axis too many, which no learner has seen.
    """
    mine, right = outcomes[case], exercise.targets[case]
    if mine.count < 2 or mine.values[0].ndim <= right.values[0].ndim:
        return ""
    _kind, sentence = miscounted(range(mine.count), exercise.names, paper=False).args
    return sentence


def of_kind_or_shape(exercise, outcomes, case):
    """Say that a case ended in an error, or which shape is wrong; "" if none is."""
    if outcomes[case].kind:
        return outcomes[case].sentence
    shapes = [value.shape for value in exercise.targets[case].values]
    return misshapen(exercise, outcomes[case].values, shapes)


def misshapen(exercise, values, shapes):
    """Say which of several values has not its shape; "" if each has."""
    for name, value, shape in zip(exercise.names, values, shapes, strict=True):
        if value.shape != tuple(shape):
            return _("your {name} is {shape}, and should be {asked}").format(
                name=_(name),
                shape=exercise.shape_in_words(value.shape),
                asked=exercise.shape_in_words(shape),
            )
    return ""


def of_number(exercise, outcomes):
    """Say which number is wrong, and which is right, to the digit that differs."""
    value, place, mine, right = first_difference(exercise, outcomes)
    digits = next(n for n in range(4, 18) if f"{mine:.{n}g}" != f"{right:.{n}g}")
    number = _("not a number (NaN)") if np.isnan(mine) else f"{mine:.{digits}g}"
    name = _at_x(exercise, outcomes, value, place)
    name = name or _(exercise.names[value]) + f"{[*place]}" * bool(place)
    sentence = _("your {name} is {shown}, and should be {right}")
    return sentence.format(name=name, shown=number, right=f"{right:.{digits}g}")


def _at_x(exercise, outcomes, value, place):
    """Return where one curve is wrong, "curve, at x = 3,", if every x is right; or "".

    A y on the curve's axis may be no y of the exercise.
    """
    name = exercise.names[value]
    at = re.sub("^y", "x", name)
    if at == name or len(place) > 1 or at not in fine_names(exercise, outcomes):
        return ""
    case = first_case(exercise, outcomes)
    x = exercise.targets[case].values[exercise.names.index(at)]
    curve = re.sub("^y", _("curve"), name)
    return _("{curve}, at x = {x:.4g},").format(curve=curve, x=x[place[0]])


def fine_names(exercise, outcomes):
    """Return the names of the values that are right in all cases."""
    table = columns(exercise, outcomes)
    return [name for name, *sides in table if exercise.equal(*sides)]


def with_fine(sentence, names):
    """Add to a sentence the names of what is right."""
    if not names:
        return sentence
    more = _("{sentence}; {names} is right")
    if len(names) > 1:
        more = _("{sentence}; {names} are right")
    yours = [_("your {name}").format(name=_(name)) for name in names]
    return more.format(sentence=sentence, names=enumeration(yours))


def with_input(exercise, case, sentence):
    """Say before a sentence with which arguments it is so."""
    whole = _("with {input}, {sentence}")
    numbers = _in_words(exercise.inputs, exercise.cases[case])
    return whole.format(input=numbers, sentence=sentence)


def _in_words(names, case):
    """Show the arguments that are numbers, the larger arrays by their shape."""
    parts = []
    for name, value in zip(names, case, strict=True):
        if np.size(value) > 6:
            words = _("{name} of shape {shape}")
            parts.append(words.format(name=name, shape=np.shape(value)))
        elif isinstance(value, str):
            parts.append(f'{name} = "{value}"')
        elif as_array(value) is not None:
            number = f"{value:g}" if np.ndim(value) == 0 else ""
            parts.append(f"{name} = {number or _in_digits(value)}")
    return ", ".join(parts)


def _in_digits(values):
    """Return an array as lists, its numbers to four digits: of 1e-8, too, some stay."""
    if np.ndim(values):
        return f"[{', '.join(map(_in_digits, values))}]"
    if np.asarray(values).dtype.kind != "f":
        return str(values)
    return repr(float(f"{values:.4g}"))


def shape_in_words(shape):
    """Return the shape of what a function returns as a sentence has it."""
    if not shape:
        return _("a number")
    return _("an array of shape {shape}").format(shape=tuple(shape))


def curves_in_words(shape):
    """Return the shape of what a function draws as a sentence has it."""
    curves, points = np.atleast_2d(np.empty(shape)).shape
    sentence = _("{curves} curve of {points} points")
    if curves > 1:
        sentence = _("{curves} curves of {points} points")
    return sentence.format(curves=curves, points=points)


def _scaled(targets, names):
    """Say how axes should be scaled: ["log x"], ["log y"] or both."""
    sentences = []
    for name in names:
        sentence = _("the {axis} axis should be linear")
        if np.all(targets[name]):
            sentence = _("the {axis} axis should be logarithmic")
        sentences.append(sentence.format(axis=name.removeprefix("log ")))
    return enumeration(sentences)
