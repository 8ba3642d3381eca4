"""Say where what was got differs from what is wanted, if no mistake is known for it."""

from gettext import gettext as _

import numpy as np

from classroom.mistakes.values import as_array


def columns(exercise, got):
    """Return (name, got, wanted) of each value, in all cases; [] if one has failed."""
    values = ([one.values for one in side] for side in (got, exercise.wanted))
    both = (list(zip(*side, strict=False)) for side in values)
    return list(zip(exercise.asked, *both, strict=False))


def first_difference(exercise, got):
    """Return (value, place, got, right); if nothing differs, of the first number.

    Of several values the first, theta, comes last: it is made from the others.
    """
    for mine, right in zip(got, exercise.wanted, strict=True):
        for i in sorted(range(len(mine.values)), key=lambda i: (i == 0, i)):
            a, b = mine.values[i], right.values[i]
            if a.shape == b.shape and not exercise.equal(a, b):
                off = ~exercise.close(a, b)
                place = tuple(map(int, np.unravel_index(off.argmax(), off.shape)))
                return i, place, a[place], b[place]
    right = exercise.wanted[0].values[0].flat[0]
    return 0, (), right, right


def first_case(exercise, got):
    """Return the number of the first case that ended in another way than it should."""
    pairs = zip(got, exercise.wanted, strict=True)
    return [exercise.same([mine], [right]) for mine, right in pairs].index(False)


def of_function(exercise, got):
    """Say with which input what is wrong: an error, a shape, or a number."""
    case = first_case(exercise, got)
    if sentence := of_kind_or_shape(exercise, got, case):
        return with_input(exercise, case, sentence)
    sentence = of_number(exercise, got)
    fine = fine_names(exercise, got) if exercise.exact else []
    return with_input(exercise, case, with_fine(sentence, fine))


def of_plot(exercise, got):
    """Say the same of curves, or which axis should be logarithmic."""
    value, _place, _mine, right = first_difference(exercise, got)
    if of_kind_or_shape(exercise, got, first_case(exercise, got)):
        return of_function(exercise, got)
    if not exercise.asked[value].startswith("log "):
        return of_function(exercise, got)
    fine = fine_names(exercise, got)
    wrong = [name for name in exercise.asked[value:] if name not in fine]
    return _scaled(wrong, right)


def of_paper(exercise, got):
    """Say whether a number on paper is too high or too low, and not by how much."""
    if sentence := of_kind_or_shape(exercise, got, first_case(exercise, got)):
        return sentence
    value, _place, mine, right = first_difference(exercise, got)
    sentence = _("your {name} is {number:g}: that is too high")
    if mine < right:  # "too small" would speak of a size: of -3 that is 3
        sentence = _("your {name} is {number:g}: that is too low")
    sentence = sentence.format(name=_(exercise.asked[value]), number=mine)
    if any(mine == float(f"{right:.{n}g}") for n in (1, 2, 3)):
        more = _("{sentence}; if you have rounded it, keep more digits")
        return more.format(sentence=sentence)
    if right == round(right) and mine != round(mine):
        more = _("{sentence}, and what is asked for is a whole number")
        return more.format(sentence=sentence)
    return sentence


def of_kind_or_shape(exercise, got, case):
    """Say that a case ended in an error, or which shape is wrong; "" if it is neither.

    A shape is told only if it is wrong.
    """
    if got[case].kind:
        return got[case].sentence
    shapes = [value.shape for value in exercise.wanted[case].values]
    return misshapen(exercise, got[case].values, shapes)


def misshapen(exercise, values, shapes):
    """Say which of several values has not its shape; "" if each has."""
    for name, value, shape in zip(exercise.asked, values, shapes, strict=True):
        if value.shape != tuple(shape):
            return _("your {name} is {shape}, and should be {asked}").format(
                name=_(name),
                shape=exercise.shape_in_words(value.shape),
                asked=exercise.shape_in_words(shape),
            )
    return ""


def of_number(exercise, got):
    """Say what number is got, and what is right, to the digit in which they differ."""
    value, place, mine, right = first_difference(exercise, got)
    digits = next(n for n in range(4, 18) if f"{mine:.{n}g}" != f"{right:.{n}g}")
    shown = _("not a number (NaN)") if np.isnan(mine) else f"{mine:.{digits}g}"
    name = _(exercise.asked[value]) + f"{[*place]}" * bool(place)
    sentence = _("your {name} is {shown}; {right} is right")
    return sentence.format(name=name, shown=shown, right=f"{right:.{digits}g}")


def fine_names(exercise, got):
    """Return the names of the values that are right in all cases."""
    return [name for name, *sides in columns(exercise, got) if exercise.equal(*sides)]


def with_fine(sentence, names):
    """Add to a sentence the names of what is right."""
    if not names:
        return sentence
    said = _("{sentence}; right: {names}")
    return said.format(sentence=sentence, names=", ".join(map(_, names)))


def with_input(exercise, case, sentence):
    """Say before a sentence with which arguments it is so."""
    said = _("with {input}, {sentence}")
    shown = _shown(exercise.inputs, exercise.cases[case])
    return said.format(input=shown, sentence=sentence)


def _shown(names, case):
    """Show the arguments that are numbers, the larger arrays by their shape."""
    shown = []
    for name, value in zip(names, case, strict=True):
        if np.size(value) > 6:
            said = _("{name} of shape {shape}")
            shown.append(said.format(name=name, shape=np.shape(value)))
        elif isinstance(value, str):
            shown.append(f'{name} = "{value}"')
        elif as_array(value) is not None:
            number = f"{value:g}" if np.ndim(value) == 0 else ""
            double = np.multiply(value, np.int64(1))  # float32 shows false digits
            shown.append(f"{name} = {number or double.round(3).tolist()}")
    return ", ".join(shown)


def shape_in_words(shape):
    """Return the shape of what a function returns as a sentence has it."""
    if not shape:
        return _("a number")
    return _("an array of shape {shape}").format(shape=tuple(shape))


def curves_in_words(shape):
    """Return the shape of what a function draws as a sentence has it."""
    curves, points = np.atleast_2d(np.empty(shape)).shape
    said = _("{curves} curve of {points} points")
    if curves > 1:
        said = _("{curves} curves of {points} points")
    return said.format(curves=curves, points=points)


def _scaled(names, logarithmic):
    """Say how axes should be scaled: ["log x"], ["log y"] or both."""
    if len(names) == 2:
        if logarithmic:
            return _("the x axis and the y axis should be logarithmic")
        return _("the x axis and the y axis should be linear")
    said = _("the {axis} axis should be linear")
    if logarithmic:
        said = _("the {axis} axis should be logarithmic")
    return said.format(axis=names[0].removeprefix("log "))
