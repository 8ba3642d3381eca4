"""Exercise checks that name the mistake: `checks.adam_step(my_step)` says what it is.

An exercise is a right answer whose docstring lists the mistakes that are made in it:
an edit of the code, `old -> new`, or several, and under it the sentence that names it.
A check runs the learner's function on several inputs.  If it is not right, the check
looks for the mistake, or the two, that make the right answer do the same on all inputs:
first among those that are listed, then among the slips that can be made in any code.
In place of a function, a number may be asked for (on paper), or a plot.

The exercises themselves are in notebooks/exercises, one file for each notebook.
"""

import copy
import inspect
import io
import itertools
import re
from contextlib import redirect_stdout
from dataclasses import dataclass
from functools import cached_property, partial
from unittest import mock

import matplotlib.pyplot as plt
import numpy as np

from utils import calls
from utils.calls import Trouble, as_array, limited, misfit, read, read_paper, story
from utils.slips import (
    code_of,
    edited,
    exchanged_arguments,
    function_of,
    one_slip,
    one_slip_twice,
)  # fmt: skip

SEARCH = 3  # seconds of work, for finding a name for what is wrong


@dataclass(frozen=True, eq=False)
class Outcome:
    """What came of one call: its values, or the kind of trouble and a sentence."""

    values: tuple = ()
    kind: str = ""
    sentence: str = ""
    changed: str = ""  # the arguments that were written into
    paper: float = 0  # how far, as a part of it, a number on paper may be off

    def same(self, other):
        """Say whether two calls ended alike: the same numbers, or the same trouble."""
        pairs = zip(self.values, other.values, strict=False)
        return self.kind == other.kind and all(_equal(*p, self.paper) for p in pairs)


class Exercise:
    """A right answer, the mistakes that are made in it, and inputs to try it on.

    answer    the right function; its docstring says what it does, then the mistakes.
              Of two mistakes made at once, what is before the colon is said
    returns   the names of what it returns
    praise    a sentence on what the right answer shows
    cases     tuples of arguments, the simplest first
    also      more mistakes, which several exercises share
    forms     the right answer, written in other ways: an edit may be one of these
    numbers   function (first case, outcomes) -> {name: number} for the sentences, which
              may also use {got}, {right} and {ratio}: where they differ first
    observe   function (answer, *arguments) -> what to compare, if not what it returns
    paper     a number is handed in, not a function, and may be off by this part of it;
              the one case has the arguments for it.  Of several numbers, a tuple
    plot      the function draws on its first argument, ax, which no case has; returns
              are among the names that `drawn` knows
    """

    def __init__(
        self, answer, returns, praise, cases, also="", forms=(), numbers=None,
        observe=None, paper=0, plot=False,
    ):  # fmt: skip
        self.answer, self.returns, self.praise = answer, returns, praise
        self.parameters, self.cases = list(inspect.signature(answer).parameters), cases
        self.names, self.paper, self.plot = self.parameters[plot:], paper, plot
        self.numbers = numbers or (lambda first, outcomes: {})
        self.exact = observe is None  # else several answers may look alike
        self.observe = observe or (lambda answer, *arguments: answer(*arguments))
        if plot:
            self.observe = lambda answer, *arguments: drawn(answer, arguments, returns)
        self.sources = [code_of(form, answer.__name__) for form in (answer, *forms)]
        listed = inspect.cleandoc(answer.__doc__) + "\n" + inspect.cleandoc(also)
        mistakes = re.findall(r"((?:^\S.* ->.*\n)+)((?:^ +.*\n?)+)", listed, re.M)
        self.mistakes = {edits: " ".join(said.split()) for edits, said in mistakes}
        for edits in self.mistakes:
            if not self.edited(edits):
                raise ValueError(f"{edits!r} is no edit of {self.sources}")
        about, _, _ = listed.partition(mistakes[0][0])
        signature = inspect.signature(answer)
        kind = f"numbers, right within {paper:.2g} of each," if paper else "a function"
        self.__doc__ = f"Check {kind} {signature} -> {returns}.\n\n{about}"

    def __call__(self, *learner):
        """Print "Correct. ..." or "Not yet: ..."; raise nothing."""
        print(self.verdict(learner[0] if len(learner) == 1 else learner))

    @cached_property
    def wanted(self):
        """What the right answer gives, case by case."""
        return [self.outcome(self.answer, case) for case in self.cases]

    def edited(self, edits):
        """Return the source with edits at every place; None if they do not apply."""
        return next(filter(None, (edited(one, edits) for one in self.sources)), None)

    def verdict(self, learner):
        """Return what there is to say about a function, or about anything else."""
        if self.paper:
            learner = partial(read_paper, learner, self.returns)
        elif sentence := misfit(learner, self.parameters):
            return f"Not yet: {sentence}."
        got = []
        for case in [self.cases[0], *self.cases]:  # the first one twice
            got.append(self.outcome(learner, case, calls.SECONDS))
            if got[-1].kind == "TooLong":
                return f"Not yet: {got[-1].sentence}."
        again, *got = got
        if sentence := self._diagnosis(learner, got, again):
            return f"Not yet: {sentence}."
        return f"Correct. {self.praise.format(**self._numbers(got))}."

    def outcome(self, function, case, seconds=None):
        """Call a function with copies of the arguments; never raise."""
        arguments, printed = copy.deepcopy(case), io.StringIO()
        try:
            with redirect_stdout(printed), np.errstate(all="ignore"):
                value = limited(self.observe, (function, *arguments), seconds)
            values = read(value, self.returns)
            pairs = zip(self.names, case, arguments, strict=True)
            changed = [name for name, *pair in pairs if _written(*pair)]
        except KeyboardInterrupt:
            raise  # the learner's stop button
        except BaseException as error:
            return Outcome((), *story(error, function, printed.getvalue()))
        return Outcome(values, "", "", " and ".join(changed), self.paper)

    def _diagnosis(self, learner, got, again):
        """Return a sentence on what is not right yet, "" if all is right."""
        wrong = [k for k, right in enumerate(self.wanted) if not got[k].same(right)]
        kinds = {outcome.kind for outcome in got}
        if len(kinds) == 1 and "" not in kinds:
            return got[0].sentence
        if not again.same(got[0]):
            return (
                "the same arguments gave another answer the second time: your function "
                "remembers something from call to call, or has randomness of its own"
            )
        if wrong:
            named = self._mistake(learner, got)
            return named or self._difference(got, wrong)
        if changed := next((outcome.changed for outcome in got if outcome.changed), ""):
            return (
                f"the numbers are right, but your function changes its argument "
                f"{changed}: write x = x + 1 in place of x += 1, or change a copy"
            )
        return ""

    def _mistake(self, learner, got):
        """Name what makes the right answer do what was got, in every case; "" if none.

        What takes longest is looked for last, and not for ever.
        """
        late = calls.worked() + SEARCH

        def made(suspects):
            for sentence, source in suspects:
                if calls.worked() > late:
                    return ""
                if self._alike(function_of(source, self.answer), got):
                    return sentence
            return ""

        def each(slips):
            return itertools.chain.from_iterable(map(slips, self.sources))

        listed = made((said, self.edited(it)) for it, said in self.mistakes.items())
        lost = any(np.isnan(value).any() for one in got for value in one.values)
        if listed or not self.exact or lost:  # whatever is NaN is alike
            listed = listed or made(self._listed_pairs())
            return listed.format(**self._numbers(got))
        values = got, self.wanted, self.returns.split(", ")
        if self.paper:  # one number is like too many things to go further
            return _another_order(*values) or _relation(*values) or made(each(one_slip))
        named = made(each(one_slip))
        if not named and all(outcome.values for outcome in got):
            named = _another_order(*values) or _relation(*values)
        return (
            named
            or made(self._listed_pairs())
            or self._unused(learner, got)
            or made(each(exchanged_arguments))
            or made(each(one_slip_twice))
        )

    def _alike(self, function, got):
        """Say whether a function gives what was got, in every case."""
        return function is not None and all(
            mine.same(self.outcome(function, case))
            for mine, case in zip(got, self.cases, strict=True)
        )

    def _listed_pairs(self):
        """Yield (sentence, source) for every two listed mistakes that combine."""
        for one, two in itertools.combinations(self.mistakes, 2):
            if source := self.edited(one + two) or self.edited(two + one):
                names = (self.mistakes[edits].split(": ")[0] for edits in (one, two))
                yield f"two things at once: {', and '.join(names)}", source

    def _unused(self, learner, got):
        """Say which arguments, replaced by those of another case, change nothing."""
        if _shapes(got) != _shapes(self.wanted):
            return ""  # there is more to say of a shape
        unused = []
        for place, name in enumerate(self.names):
            mine, right = [], []
            for k, case in enumerate(self.cases):
                other = _another(case[place], [other[place] for other in self.cases])
                if other is None:
                    continue
                changed = (*case[:place], other, *case[place + 1 :])
                mine.append(self.outcome(learner, changed, 1).same(got[k]))
                right.append(self.outcome(self.answer, changed).same(self.wanted[k]))
            if mine and all(mine) and not all(right):
                unused.append(name)
        if not unused:
            return ""
        which = " and ".join(filter(None, (", ".join(unused[:-1]), unused[-1])))
        return (
            f"your answer does not change with {which}: use the argument everywhere, "
            "and no number in its place"
        )

    def _numbers(self, got):
        """Return the numbers that a sentence may use."""
        *_, mine, right = _first_difference(got, self.wanted)
        first = dict(zip(self.names, self.cases[0], strict=True))
        with np.errstate(all="ignore"):
            numbers = {"got": mine, "right": right, "ratio": np.divide(mine, right)}
            return numbers | self.numbers(first, got)

    def _difference(self, got, wrong):
        """Say with which input what is wrong: an error, a shape, or a number."""
        case, names = wrong[0], self.returns.split(", ")
        given = f"with {self._shown(case)}, "
        if got[case].kind:
            return given + got[case].sentence
        for name, mine, right in zip(
            names, got[case].values, self.wanted[case].values, strict=True
        ):
            if mine.shape != right.shape and self.plot:
                has, asked = map(_curves, (mine, right))
                return f"{given}you draw {has}, and {asked} are asked for"
            if mine.shape != right.shape:
                asked = f"an array of shape {right.shape}" if right.ndim else "a number"
                has = f"shape {mine.shape}" if mine.ndim else "shape of a number, ()"
                return f"{given}your {name} has the {has}, and should be {asked}"
        _, value, place, mine, right = _first_difference(got, self.wanted)
        name = names[value] + (f"{[*place]}" if place else "")
        digits = next(n for n in range(4, 18) if f"{mine:.{n}g}" != f"{right:.{n}g}")
        shown = "not a number (NaN)" if np.isnan(mine) else f"{mine:.{digits}g}"
        if self.plot and name.startswith("log"):
            kind = "logarithmic" if right else "linear"
            return f"the {name[4:]} axis is not {kind}: ax.set_{name[4:]}scale"
        if self.paper:
            size = "too small" if mine < right else "too large"
            return f"your {name} is {shown}: that is {size}"
        fine = [name for i, name in enumerate(names) if _right(i, got, self.wanted)]
        also = f"; right: {', '.join(fine)}" if fine and self.exact else ""
        return f"{given}your {name} is {shown}; {right:.{digits}g} is right{also}"

    def _shown(self, case):
        """Show the arguments that are numbers, the larger arrays by their shape."""
        shown = []
        for name, value in zip(self.names, self.cases[case], strict=True):
            if np.size(value) > 6:
                shown.append(f"{name} of shape {np.shape(value)}")
            elif isinstance(value, str):
                shown.append(f'{name} = "{value}"')
            elif as_array(value) is not None:
                number = f"{value:g}" if np.ndim(value) == 0 else ""
                shown.append(f"{name} = {number or np.round(value, 3).tolist()}")
        return ", ".join(shown)


def exercise(returns, praise, **more):
    """Turn a right answer into its check: a decorator; see Exercise."""
    return lambda answer: Exercise(answer, returns, praise, **more)


# Comparing


def _close(a, b, paper=0):
    """Compare numbers to the precision of float32, or of a paper; NaN equals NaN."""
    return np.isclose(a, b, paper or 1e-4, 0 if paper else 1e-6, equal_nan=True)


def _equal(a, b, paper=0):
    """Say whether arrays are the same, in shape too."""
    return np.shape(a) == np.shape(b) and bool(np.all(_close(a, b, paper)))


def _shapes(outcomes):
    return [[value.shape for value in outcome.values] for outcome in outcomes]


def _another(value, values):
    """Return the first of some values that differs from one of its shape; or None."""
    for other in values:
        alike = not callable(value) and np.shape(other) == np.shape(value)
        if alike and not np.array_equal(other, value):
            return other
    return None


def _right(i, got, wanted):
    """Say whether the value of this number is right in every case."""
    pairs = zip(got, wanted, strict=True)
    return all(a.values and _equal(a.values[i], b.values[i], a.paper) for a, b in pairs)


def _written(before, after):
    """Say whether an argument, if it is an array or a list, was written into."""
    watched = isinstance(before, np.ndarray | list)
    return watched and not _equal(before, as_array(after))


def _first_difference(got, wanted):
    """Return (case, value, place, got, right); nothing differs: the very first number.

    Of several values the first, theta, is looked at last: it is made from the others.
    """
    for k, (mine, right) in enumerate(zip(got, wanted, strict=True)):
        for i in sorted(range(len(mine.values)), key=lambda i: (i == 0, i)):
            a, b = mine.values[i], right.values[i]
            if a.shape == b.shape and not _equal(a, b, mine.paper):
                off = ~_close(a, b, mine.paper)
                place = tuple(map(int, np.unravel_index(off.argmax(), off.shape)))
                return k, i, place, a[place], b[place]
    right = wanted[0].values[0].flat[0]
    return 0, 0, (), right, right


RELATIONS = {
    "minus": np.negative,
    "1 over": np.reciprocal,
    "the square of": np.square,
    "the root of": np.sqrt,
    "the size, without the sign, of": np.abs,
    "the transpose of": np.transpose,
    "the reverse of": np.flip,
}


def _another_order(got, wanted, names):
    """Say that the values are right, and in another order, if so."""
    for order in itertools.permutations(range(len(names))) if len(names) < 5 else ():
        turned = [Outcome(tuple(o.values[i] for i in order)) for o in wanted]
        if len(names) > 1 and all(map(Outcome.same, got, turned)):
            asked, mine = ", ".join(names), ", ".join(names[i] for i in order)
            return f"the values are right, their order is not: {asked}, not {mine}"
    return ""


def _relation(got, wanted, names):
    """Say what is true of all wrong values: a root, a sign, the same factor; or ""."""
    wrong = [i for i in range(len(names)) if not _right(i, got, wanted)]
    mine, right = ([o.values[i] for o in all_ for i in wrong] for all_ in (got, wanted))
    with np.errstate(all="ignore"):
        alike = mine[0].shape == right[0].shape and mine[0].size
        ratio = np.divide(mine[0], right[0]).flat[0] if alike else np.nan
        paper = got[0].paper
        if paper:  # the ratio itself would give the answer away
            ratio = 10.0 ** np.round(np.log10(np.abs(ratio)))
        relations = RELATIONS | {f"{ratio:.4g} times": lambda a: ratio * a}
        for relation, function in relations.items():
            like = zip(mine, map(function, right), strict=True)
            fits = all(_equal(a, b, paper) for a, b in like)
            if fits and np.isfinite(mine[0]).all():
                which = " and your ".join(names[i] for i in wrong)
                said = f"your {which} is {relation} the right one"
                if paper and relation not in RELATIONS:
                    return f"{said}: mind zeros and percentages"
                return said if paper else f"{said}, in every case"
    return ""


# Plots


def _curves(array):
    curves, points = np.atleast_2d(array).shape
    return f"{curves} curve{'s' * (curves > 1)} of {points} points"


def drawn(plot, arguments, returns):
    """Return what a function draws on fresh axes, which nobody sees.

    returns has names of what is asked for: "x" and "y" are those of all curves, in any
    order, "y of Adam" is that of the curve with this label, and "log y" says whether
    the axis is logarithmic.
    """
    others = plt.get_fignums()
    with plt.ioff(), mock.patch.object(plt, "show"):
        ax, current = plt.subplots(2)[1]
        try:
            plot(ax, *arguments)
            more = len(plt.get_fignums()) > len(others) + 1
            if more or current.has_data() or "log" in _scales(current):
                asked = "draw on the ax that is given, as in ax.plot(x, y)"
                raise Trouble("plt", f"you draw with plt, or on your own axes: {asked}")
            return _read_axes(ax, returns.split(", "))
        finally:
            for number in set(plt.get_fignums()).difference(others):
                plt.close(number)


def _scales(ax):
    return ax.get_xscale(), ax.get_yscale()


def _read_axes(ax, names):
    """Return what has these names on the axes."""
    lines = [line for line in ax.lines if line.get_transform() == ax.transData]
    curves = [(*_forward(line), line.get_label().strip()) for line in lines]
    curves = [curve for curve in curves if len(curve[0])]
    if not curves:
        done = "no line is drawn" if ax.has_data() else "nothing is drawn on ax"
        raise Trouble("blank", f"{done}: ax.plot(x, y) draws one through points")
    curves.sort(key=lambda curve: (np.nansum(curve[1]), np.nansum(curve[0])))
    xs, ys = np.full((2, len(curves), max(len(x) for x, _, _ in curves)), np.nan)
    seen = dict(zip(("log x", "log y"), (k == "log" for k in _scales(ax)), strict=True))
    for k, (x, y, label) in enumerate(curves):
        xs[k, : len(x)], ys[k, : len(y)] = x, y
        seen |= {f"x of {label}": x, f"y of {label}": y}
    seen |= {"x": xs[0], "y": ys[0]} if len(xs) == 1 else {"x": xs, "y": ys}
    for label in (name[5:] for name in names if name not in seen):
        how = f'write ax.plot(x, y, label="{label}")'
        raise Trouble("label", f"no curve has the label {label}: {how}")
    return tuple(seen[name] for name in names)


def _forward(line):
    """Return x and y of a line from left to right: the other way looks the same."""
    x, y = line.get_xydata().T
    return (x[::-1], y[::-1]) if len(x) and (x[0], y[0]) > (x[-1], y[-1]) else (x, y)


# Choices


def compare(answers, truth, hints, options, praise):
    """Print which answers, {name: option}, are right, and hints for the others."""
    letters = {_plain(name) for name in truth}
    if not isinstance(answers, dict) or letters.isdisjoint(map(_plain, answers)):
        print(f'Not yet: write your answers as in {{"A": "{options[0]}"}}.')
        return
    said = {_plain(name): _plain(option) for name, option in answers.items()}
    given = {name: said[_plain(name)] for name in truth if said.get(_plain(name))}
    right = [name for name in given if given[name] == _plain(truth[name])]
    if len(right) == len(truth):
        print(f"Correct. {praise}.")
        return
    print(f"Not yet: {', '.join(right) or 'none'} right, of {', '.join(truth)}.")
    wrong = [name for name in given if name not in right]
    for name in wrong or [name for name in truth if name not in given][:1]:
        known = given.get(name, "") in map(_plain, ["", *options])
        print(f"{name}: {hints[name] if known else f'choose one of {options}'}")


def _plain(word):
    """Return a word in small letters, "" for a ... that is left, "?" for no word."""
    if isinstance(word, str):
        return word.strip().rstrip(".").lower()
    return "" if word is None or word is ... else "?"
