"""Name what is wrong: which mistake makes the right answer give the same numbers?

A search looks at an attempt, and returns a sentence, or "".  Each kind of exercise has
its searches: what is quick and sure comes first, what takes long last, and all of them
together have a time.
"""

import itertools
from functools import cached_property
from gettext import gettext as _

import numpy as np

from classroom.mistakes import mutations
from classroom.mistakes.differences import columns, first_difference
from classroom.mistakes.edits import function_of
from classroom.mistakes.values import Outcome, close, equal
from classroom.mistakes.wording import besides, enumeration

RELATIONS = {
    "minus {right}": np.negative,
    "1 over {right}": np.reciprocal,
    "the square of {right}": np.square,
    "the root of {right}": np.sqrt,
    "the size, without the sign, of {right}": np.abs,
    "the transpose of {right}": np.transpose,
    "the reverse of {right}": np.flip,
}
LOGARITHMS = {
    "the logarithm of {right}": np.log,
    "the logarithm, base 10, of {right}": np.log10,
}
# What may be done, besides a mistake, to every x of a plot, or to a number on paper.
SLIPS_OF_X = {
    "x counts the points, 0, 1, 2, ...: give ax.plot your x first, and then y": (
        lambda x: np.arange(x.shape[-1]) + 0 * x
    ),
    "x is one too high: look where it begins": lambda x: x + 1,
    "x is one too low: look where it begins": lambda x: x - 1,
}
SLIPS_ON_PAPER = {
    "it is in per cent": lambda number: 100 * number,
    "it is not in per cent": lambda number: number / 100,
    "its sign is the other one": np.negative,
}
NEAR = 50  # pairs of mistakes that are tried before any slip
TIMES, ZERO = "{ratio:.4g} times {right}", "0 in place of {right}"
# What may be done to every curve of a right picture.
PICTURE_CHANGES = {
    "the axes are exchanged: your x belongs on the y axis, and your y on the x axis": (
        lambda x, y: (y, x)
    ),
    "the first point is missing: begin one earlier": lambda x, y: (x[1:], y[1:]),
    "the last point is missing: go on to the end": lambda x, y: (x[:-1], y[:-1]),
}


class Attempt:
    """What a learner's function gave in each case, beside what the right answer gives.

    exercise    what was asked
    outcomes    what came of each case
    clock       the time for all searches
    function    the learner's, if it is at hand
    """

    def __init__(self, exercise, outcomes, clock, function=None):
        self.exercise, self.outcomes = exercise, outcomes
        self.clock, self.function = clock, function
        self.columns = columns(exercise, outcomes)

    @cached_property
    def wrong(self):
        """The columns (name, mine, right) of numbers that are not right."""
        return [
            (name, mine, right)
            for name, mine, right in self.columns
            if not name.startswith("log ") and not self.exercise.equal(mine, right)
        ]

    @cached_property
    def pairs(self):
        """An iterator of (sentence, source) of two listed mistakes, the likely first.

        There is none where a value is NaN and all there is to see: most look alike.
        """
        values = (value for outcome in self.outcomes for value in outcome.values)
        if not self.exercise.exact and not all(np.isfinite(v).all() for v in values):
            return iter(())
        return listed_pairs(self.exercise, _by_distance(self))

    def trace(self, others):
        """Say of each value in each case whether others have it right, and as here."""
        exercise, marks = self.exercise, []
        cases = zip(self.outcomes, others, exercise.targets, strict=True)
        for mine, theirs, right in cases:
            if mine.kind or theirs.kind:  # an error has no values
                both = not theirs.kind, mine.kind == theirs.kind
                marks += [both] * len(right.values)
                continue
            three = zip(mine.values, theirs.values, right.values, strict=False)
            marks += [(exercise.equal(b, c), exercise.alike(a, b)) for a, b, c in three]
        return np.array(marks)

    def is_wrong_number(self):
        """Say whether a number is wrong, and is one: whatever is NaN is alike.

        That an axis is logarithmic is no number.
        """
        within = self.exercise.within
        return any(
            (np.isfinite(a) & (a.shape != b.shape or ~close(a, b, within))).any()
            for _name, mine, right in self.wrong
            for a, b in zip(mine, right, strict=True)
        )

    def named(self, edits):
        """Return the sentence on a listed mistake, with its numbers."""
        numbers = self.exercise.numbers_of(self.outcomes)
        return _(self.exercise.mistakes[edits]).format(**numbers)

    def first_like(self, suspects):
        """Return the sentence of the first suspect, (sentence, source), that fits."""
        exercise = self.exercise
        for sentence, source in suspects:
            if self.clock.is_over():
                break
            if suspect := function_of(source, exercise.answer):
                others = (exercise.outcome(suspect, case) for case in exercise.cases)
                if exercise.same(self.outcomes, others, exercise.surely):
                    return sentence
        return ""

    def first_like_a(self, mutation):
        """Return the sentence of the first mutant of a kind that fits, or "".

        Its mutants are those of the answer itself: the sentence quotes names of it, and
        the names of the answer's other forms the learner has never seen.
        """
        return self.first_like(mutation(self.exercise.sources[0]))


def mistake(attempt):
    """Name the mistake that was made, in every case; "" if none is known."""
    if sentence := listed_mistake(attempt):
        return sentence
    if any(outcome.kind for outcome in attempt.outcomes):
        return two_listed(attempt)  # a mutant may fail for another reason
    if not attempt.is_wrong_number():
        return ""
    searches = (search(attempt) for search in attempt.exercise.searches)
    return next(filter(None, searches), "")


def listed_mistake(attempt):
    """Look for a mistake that the exercise lists."""
    exercise, known = attempt.exercise, attempt.exercise.listed
    for edits in exercise.mistakes:
        for source in exercise.with_edits(edits):
            if (edits, source) not in known:
                if attempt.clock.is_over():
                    return ""
                suspect = function_of(source, exercise.answer)
                known[edits, source] = [
                    exercise.outcome(suspect, case) for case in exercise.cases
                ]
            if exercise.same(attempt.outcomes, known[edits, source], exercise.alike):
                return attempt.named(edits)
    return ""


def listed_pairs(exercise, pairs=None):
    """Yield (sentence, source) for two listed mistakes at once, every two that combine.

    pairs: which are tried, in this order
    """
    for pair in pairs or itertools.combinations(exercise.mistakes, 2):
        names = [_(exercise.mistakes[edits]).split(": ")[0] for edits in pair]
        one_by_one = map("".join, (pair, pair[::-1]))
        sentence = _("two things at once: {0}, and {1}").format(*names)
        for source in itertools.chain(*map(exercise.with_edits, one_by_one)):
            yield sentence, source


def two_near(attempt):
    """Look for two listed mistakes at once, where the numbers let one expect it."""
    return attempt.first_like(itertools.islice(attempt.pairs, NEAR))


def two_listed(attempt):
    """Look for any other two."""
    return attempt.first_like(attempt.pairs)


def _by_distance(attempt):
    """Return pairs of listed mistakes, first those that together come near to mine.

    What both do is guessed from what each does alone: the differences add up, or the
    factors multiply, and where there is none the other's numbers stand.
    """
    like, listed = attempt.outcomes, attempt.exercise.listed
    mine, right = (_numbers(side, like) for side in (like, attempt.exercise.targets))
    edits = [edits for edits, _source in listed]
    rows = [_numbers(others, like) for others in listed.values()]
    rows = np.reshape(rows, (-1, len(mine)))
    one, two = np.triu_indices(len(rows), 1)
    a, b, distances = rows[one], rows[two], []
    with np.errstate(all="ignore"):
        for both in a + b - right, a * b / right:
            guess = np.where(np.isfinite(both), both, np.where(np.isfinite(a), a, b))
            part = np.abs(guess - mine) / (np.abs(guess) + np.abs(mine))
            off = np.where(np.isnan(part), 1, 0.5 + part / 2)
            distances.append(np.where(close(guess, mine), 0, off).mean(axis=1))
    order = np.argsort(np.minimum(*distances), kind="stable")
    pairs = ((edits[one[k]], edits[two[k]]) for k in order)
    return [(a, b) for a, b in pairs if a != b]


def _numbers(outcomes, like):
    """Return numbers of outcomes in a row, NaN where a shape is another; some of many.

    Of each case there is one more, which says whether it has ended as it should.
    """
    numbers = []
    for outcome, other in zip(outcomes, like, strict=True):
        numbers.append([float(outcome.kind == other.kind)])
        for value, at in itertools.zip_longest(outcome.values, other.values):
            if at is not None:
                fits = value is not None and value.shape == at.shape
                numbers.append(np.ravel(value) if fits else np.full(at.size, np.nan))
    numbers = np.concatenate(numbers)
    return numbers[:: -(-len(numbers) // 200)]


def one_of_several(attempt):
    """Look for a listed mistake whose every trace is here, among others."""
    here = attempt.trace(attempt.exercise.targets)[:, 1]
    listed = attempt.exercise.listed.items()
    traces = {edits: attempt.trace(others) for (edits, _), others in listed}
    signs = {
        edits: np.sum(~trace[:, 0])
        for edits, trace in traces.items()
        if np.all(trace[:, 0] | trace[:, 1] & ~here)
    }
    if not any(signs.values()):
        return ""
    name = _(attempt.exercise.mistakes[max(signs, key=signs.get)])
    sentence = _("one thing is sure: {name}; mend it, and the next is told")
    return sentence.format(name=name)


def zero(attempt):
    """Say that all wrong values are 0: many mistakes end there."""
    for _name, mine, right in attempt.wrong:
        if any(a.any() or a.shape != b.shape for a, b in zip(mine, right, strict=True)):
            return ""
    return _related(attempt, ZERO)


def order(attempt):
    """Look for the right values in another order."""
    names, mine, right = zip(*attempt.columns, strict=True)
    orders = itertools.permutations(range(len(names)))
    for places in orders if len(names) < 5 else ():
        if attempt.exercise.equal(mine, [right[place] for place in places]):
            order = [names[place] for place in places if "log " not in names[place]]
            return _(
                "the values are right, their order is not: {asked}, not {given}"
            ).format(
                asked=", ".join(name for name in names if name in order),
                given=", ".join(order),
            )
    return ""


def changed_picture(attempt):
    """Look for the right curves, drawn in another way."""
    exercise = attempt.exercise
    n = sum(not name.startswith("log ") for name in exercise.names)
    mine = [outcome.values[:n] for outcome in attempt.outcomes]
    for sentence, change in PICTURE_CHANGES.items():
        pictures = (exercise.changed_picture(case, change) for case in exercise.cases)
        if equal(mine, [values[:n] for values in pictures]):
            return _(sentence)
    return ""


def listed_and_slip(attempt):
    """Look for a slip in the numbers of the right answer, or besides a mistake."""
    exercise = attempt.exercise
    tried = [("", exercise.targets)]
    tried += ((edits, others) for (edits, _), others in exercise.listed.items())
    slips = exercise.slips.items()
    for (edits, others), (slip, change) in itertools.product(tried, slips):
        sides = (zip(exercise.names, other.values, strict=False) for other in others)
        made = [
            tuple(change(v) if n.startswith(exercise.slips_are_in) else v for n, v in s)
            for s in sides
        ]
        if exercise.same(attempt.outcomes, [*map(Outcome, made)], exercise.surely):
            return besides(attempt.named(edits), _(slip)) if edits else _(slip)
    return ""


def exchanged_arguments(attempt):
    """Look for two arguments taken for each other."""
    return attempt.first_like_a(mutations.exchanged_arguments)


def one_mutation(attempt):
    """Look for one slip, of those that can be made in any code."""
    return attempt.first_like_a(mutations.mutants)


def related(attempt):
    """Look for what is true of all wrong values: a root, the same factor."""
    mine, right = ([v for column in attempt.wrong for v in column[k]] for k in (1, 2))
    if mine[0].shape != right[0].shape or not np.isfinite(mine[0]).all():
        return ""
    exercise = attempt.exercise
    with np.errstate(all="ignore"):
        for relation, function in exercise.relations.items():
            if exercise.alike(mine, [*map(function, right)]):
                return _related(attempt, relation)
        ratio = exercise.ratio_to_tell(np.divide(mine[0], right[0]).flat[0])
        if exercise.alike(mine, [ratio * value for value in right]):
            return _related(attempt, TIMES, ratio)
    return ""


def _related(attempt, relation, ratio=0):
    """Say how wrong values are made from the right ones."""
    names = [name for name, *_values in attempt.wrong]
    mine = enumeration([_("your {name}").format(name=_(name)) for name in names])
    sentence, right = _("{names} is {relation}"), _("the right one")
    if len(names) > 1:
        sentence, right = _("{names} are {relation}"), _("the right ones")
    relation_to_right = _(relation).format(right=right, ratio=ratio)
    sentence = sentence.format(names=mine, relation=relation_to_right)
    if not attempt.exercise.within:
        sentence = _("{sentence}, in every case").format(sentence=sentence)
    elif relation == TIMES:
        more = _("{sentence}: mind zeros and percentages")
        sentence = more.format(sentence=sentence)
    return sentence


def given_number(attempt):
    """Look for a number on paper that is given, or off by a factor that is."""
    exercise = attempt.exercise
    *_place, mine, right = first_difference(exercise, attempt.outcomes)
    inputs = np.concatenate([np.ravel(value) for value in exercise.cases[0]])
    if any(exercise.alike(mine, number) for number in inputs):
        return _("that number is given: what is asked for follows from it")
    for factor in [*filter(lambda size: size != 1, np.abs(inputs)), 2]:
        multiples = right * factor ** np.array([1.0, -1, 2, -2])
        if any(exercise.alike(mine, number) for number in multiples):
            sentence = _(
                "as a factor, {factor:g} is there too often, or not often enough"
            )
            return sentence.format(factor=factor)
    return ""


def unused_arguments(attempt):
    """Look for arguments that, replaced by those of another case, change nothing."""
    exercise = attempt.exercise
    mine, right = (
        [value.shape for outcome in outcomes for value in outcome.values]
        for outcomes in (attempt.outcomes, exercise.targets)
    )
    if not exercise.free_shape and mine != right:
        return ""  # there is more to say of a shape
    unused = [
        name
        for place, name in enumerate(exercise.inputs)
        if _changes_nothing(attempt, place)
    ]
    sentence = _(
        "your answer does not change with {names}: use the argument everywhere, "
        "and no number in its place"
    )
    return sentence.format(names=enumeration(unused)) if unused else ""


def _changes_nothing(attempt, place):
    """Say whether an argument changes nothing, in an answer that it should change."""
    exercise, other_cases = attempt.exercise, {}
    for k, case in enumerate(exercise.cases):
        for other in (other[place] for other in exercise.cases):
            if not callable(other) and not np.array_equal(other, case[place]):
                other_cases[k] = (*case[:place], other, *case[place + 1 :])

    def stays(function, before, clock=None):
        cases = other_cases.values()
        after = (exercise.outcome(function, case, clock) for case in cases)
        return exercise.same([before[k] for k in other_cases], after)

    return (
        bool(other_cases and attempt.function)
        and not stays(exercise.answer, exercise.targets)
        and stays(attempt.function, attempt.outcomes, attempt.clock)
    )
