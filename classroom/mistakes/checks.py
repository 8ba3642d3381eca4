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
from gettext import gettext as _
from unittest import mock

import matplotlib.pyplot as plt
import numpy as np

from classroom.mistakes import calls, slips
from classroom.mistakes.calls import Trouble, as_array, listed

SEARCH = 3  # seconds of work, for finding a name for what is wrong
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
TIMES, ZERO = "{ratio:.4g} times {right}", "0 in place of {right}"


LISTENERS = []  # functions (name, passed, mistake), told what came of each check


def _tell(name, passed=False, mistake=""):
    """Tell whoever listens that an exercise is passed, or which mistake was made."""
    for listener in LISTENERS:
        listener(name, passed, mistake)


@dataclass(frozen=True, eq=False)
class Outcome:
    """What came of one call: its values, or the kind of trouble and a sentence."""

    values: tuple = ()
    kind: str = ""
    sentence: str = ""
    changed: str = ""  # the arguments that were written into


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
        self.name = answer.__name__
        signature = inspect.signature(answer)
        self.parameters, self.cases = list(signature.parameters), cases
        self.names, self.paper, self.plot = self.parameters[plot:], paper, plot
        self.equal = partial(_equal, paper=paper)
        self.numbers = numbers or (lambda first, outcomes: {})
        self.exact = observe is None  # else several answers may look alike
        self.observe = observe or (lambda answer, *arguments: answer(*arguments))
        if plot:
            self.observe = partial(drawn, returns)
        self.sources = [slips.code_of(f, answer.__name__) for f in (answer, *forms)]
        text = inspect.cleandoc(answer.__doc__) + "\n" + inspect.cleandoc(also)
        self.mistakes = mistakes_in(text)
        for edits in self.mistakes:
            if not self.edited(edits):
                raise ValueError(f"{edits!r} is no edit of {self.sources}")
        about = text.partition(next(iter(self.mistakes), "\0"))[0]
        kind = f"numbers, right within {paper:.2g} of each," if paper else "a function"
        self.__doc__ = f"Check {kind} {signature} -> {returns}.\n\n{about}"

    def __call__(self, *learner):
        """Print "Correct. ..." or "Not yet: ..."; raise nothing."""
        said = self.verdict(learner[0] if len(learner) == 1 else learner)
        print(said)
        _tell(self.name, passed=is_correct(said))

    @cached_property
    def wanted(self):
        """What the right answer gives, case by case."""
        return [self.outcome(self.answer, case) for case in self.cases]

    def edited(self, edits):
        """Return the sources to which edits apply, with the edits at every place."""
        tried = (slips.edited(source, edits) for source in self.sources)
        return list(filter(None, tried))

    def verdict(self, learner):
        """Return what there is to say about a function, or about anything else."""
        function = (lambda *_: learner) if self.paper else learner
        if sentence := calls.misfit(function, self.parameters):
            return not_yet(sentence)
        got = []
        for case in [self.cases[0], *self.cases]:  # the first one twice
            got.append(self.outcome(function, case, calls.SECONDS))
            if got[-1].kind == "TooLong":
                return not_yet(got[-1].sentence)
        return self.judged(got, function)

    def judged(self, outcomes, function=None):
        """Return what there is to say about outcomes, the first case's twice.

        Without the function, no argument is found that it does not use.
        """
        again, *got = outcomes
        if sentence := self._diagnosis(function, got, again):
            return not_yet(sentence)
        return correct(self._praised(got))

    def outcome(self, function, case, seconds=None):
        """Call a function with copies of the arguments; never raise."""
        arguments, printed = copy.deepcopy(case), io.StringIO()
        try:
            with redirect_stdout(printed), np.errstate(all="ignore"):
                value = calls.limited(self.observe, (function, *arguments), seconds)
            values = calls.read(value, self.returns, bool(self.paper))
            pairs = zip(self.names, case, arguments, strict=True)
            changed = [name for name, *pair in pairs if _written(*pair)]
        except KeyboardInterrupt:
            raise  # the learner's stop button
        except BaseException as error:
            return Outcome((), *calls.story(error, function, printed.getvalue()))
        return Outcome(values, changed=listed(changed))

    def same(self, mine, right):
        """Say whether calls ended alike: with the same numbers, or the same trouble."""
        both = zip(mine, right, strict=True)
        return all(a.kind == b.kind and self.equal(a.values, b.values) for a, b in both)

    def _diagnosis(self, function, got, again):
        """Return a sentence on what is not right yet, "" if all is right."""
        kinds = {outcome.kind for outcome in got}
        if len(kinds) == 1 and "" not in kinds:
            return got[0].sentence
        if not self.same([again], got[:1]):
            return _(
                "the same arguments gave another answer the second time: your function "
                "remembers something from call to call, or has randomness of its own"
            )
        if wrong := self._wrong(function, got):
            return wrong
        if changed := next((outcome.changed for outcome in got if outcome.changed), ""):
            return _(
                "the numbers are right, but your function changes {changed}, which it "
                "was given: write x = x + 1 in place of x += 1, or change a copy"
            ).format(changed=changed)
        return ""

    def _wrong(self, function, got):
        """Return a sentence on numbers that are wrong, "" if they are right."""
        if self.same(got, self.wanted):
            return ""
        named = self._mistake(function, got)
        _tell(self.name, mistake=named)
        return named or self._difference(got)

    def _praised(self, got):
        return _(self.praise).format(**self._numbers(got))

    def _mistake(self, function, got):
        """Name what makes the right answer do what was got, in every case; "" if none.

        What takes longest is looked for last, and not for ever.
        """
        made = partial(self._first_like, got, calls.worked() + SEARCH)

        def each(slip):
            return made(itertools.chain.from_iterable(map(slip, self.sources)))

        found = made(
            (said, source)
            for it, said in self.mistakes.items()
            for source in self.edited(it)
        )
        if found:
            return _(found).format(**self._numbers(got))
        if any(one.kind for one in got) or not self._tells(got):
            return ""  # an error is told as such: a slip may fail for another reason
        if self.paper:  # a number that happens to be near is not a mistake made
            return (
                self._order(got)
                or each(slips.exchanged_arguments)
                or self._relation(got)
                or self._given(got)
            )
        if not self.exact:  # where something is NaN, most pairs look alike
            known = all(np.isfinite(v).all() for one in got for v in one.values)
            return made(self._listed_pairs()) if known else ""
        return (
            self._order(got)
            or each(slips.exchanged_arguments)
            or each(slips.one_slip)
            or self._relation(got)
            or made(self._listed_pairs())
            or self._unused(function, got)
            or each(slips.one_slip_twice)
        )

    def _columns(self, got):
        """Return for each name what was got in all cases, and what was wanted."""
        values = ((outcome.values for outcome in one) for one in (got, self.wanted))
        both = (list(zip(*one, strict=False)) for one in values)
        return list(zip(self.returns.split(", "), *both, strict=False))

    def _tells(self, got):
        """Say whether a number is wrong, and is one: whatever is NaN is alike.

        That an axis is logarithmic is no number.
        """
        return any(
            (np.isfinite(a) & (a.shape != b.shape or ~_close(a, b, self.paper))).any()
            for name, mine, right in self._columns(got)
            for a, b in zip(mine, right, strict=True)
            if not name.startswith("log ")
        )

    def _first_like(self, got, late, suspects):
        """Return what is said of the first suspect that does what was got, or ""."""
        for sentence, source in suspects:
            if calls.worked() > late:
                break
            if suspect := slips.function_of(source, self.answer):
                outcomes = (self.outcome(suspect, case) for case in self.cases)
                if self.same(got, outcomes):
                    return sentence
        return ""

    def _listed_pairs(self):
        """Yield (sentence, source) for every two listed mistakes that combine."""
        for one, two in itertools.combinations(self.mistakes, 2):
            for source in self.edited(one + two) or self.edited(two + one):
                names = (_(self.mistakes[it]).split(": ")[0] for it in (one, two))
                said = _("two things at once: {0}, and {1}").format(*names)
                yield said, source

    def _order(self, got):
        """Say that the values are right, in another order, if so."""
        names, mine, right = zip(*self._columns(got), strict=True)
        orders = itertools.permutations(range(len(names)))
        for order in orders if len(names) < 5 else ():
            if self.equal(mine, [right[i] for i in order]):
                has = [names[i] for i in order if "log " not in names[i]]
                asked = [name for name in names if name in has]
                return _(
                    "the values are right, their order is not: {asked}, not {given}"
                ).format(asked=", ".join(asked), given=", ".join(has))
        return ""

    def _relation(self, got):
        """Say what is true of all wrong values: a root, the same factor; or ""."""
        wrong = [column for column in self._columns(got) if not self.equal(*column[1:])]
        wrong = [column for column in wrong if not column[0].startswith("log ")]
        mine, right = ([v for column in wrong for v in column[k]] for k in (1, 2))
        if mine[0].shape != right[0].shape or not np.isfinite(mine[0]).all():
            return ""
        with np.errstate(all="ignore"):
            ratio = np.divide(mine[0], right[0]).flat[0]
            if self.paper:  # the ratio itself would give the answer away
                ratio = 10.0 ** np.round(np.log10(np.abs(ratio)))
            relations = RELATIONS | (LOGARITHMS if self.plot else {})
            times = {TIMES if ratio else ZERO: lambda a: ratio * a}
            for relation, function in (relations | times).items():
                if self.equal(mine, [*map(function, right)]):
                    said = _related([column[0] for column in wrong], relation, ratio)
                    if not self.paper:
                        said = _("{sentence}, in every case").format(sentence=said)
                    elif relation in times:
                        said = _("{sentence}: mind zeros and percentages").format(
                            sentence=said
                        )
                    return said
        return ""

    def _given(self, got):
        """Say that a number on paper is given, or is off by a factor that is."""
        *_place, mine, right = self._first_difference(got)
        near = partial(np.isclose, rtol=min(self.paper, 0.005), atol=0)
        given = np.concatenate([np.ravel(value) for value in self.cases[0]])
        if near(mine, given).any():
            return _("that number is given: what is asked for follows from it")
        for factor in [*given[np.abs(given) != 1], 2]:
            if near(mine / right, factor ** np.array([1.0, -1, 2, -2])).any():
                said = _(
                    "as a factor, {factor:g} is there too often, or not often enough"
                )
                return said.format(factor=factor)
        return ""

    def _unused(self, function, got):
        """Say which arguments, replaced by those of another case, change nothing."""
        mine = [v for outcome in got for v in outcome.values]
        shapes = [v.shape for outcome in self.wanted for v in outcome.values]
        alike = self.plot or [v.shape for v in mine] == shapes
        if not alike or not any(v.any() for v in mine):
            return ""  # there is more to say of a shape, or of 0
        unused = []
        for place, name in enumerate(self.names):
            changed = {}
            for k, case in enumerate(self.cases):
                for other in (other[place] for other in self.cases):
                    if not callable(other) and not np.array_equal(other, case[place]):
                        changed[k] = (*case[:place], other, *case[place + 1 :])

            def kept(function, before, cases=changed):
                after = (self.outcome(function, case, 1) for case in cases.values())
                return self.same([before[k] for k in cases], after)

            if changed and kept(function, got) and not kept(self.answer, self.wanted):
                unused.append(name)
        said = _(
            "your answer does not change with {names}: use the argument everywhere, "
            "and no number in its place"
        )
        return said.format(names=listed(unused)) if unused else ""

    def _numbers(self, got):
        """Return the numbers that a sentence may use."""
        *_, mine, right = self._first_difference(got)
        first = dict(zip(self.names, self.cases[0], strict=True))
        with np.errstate(all="ignore"):
            numbers = {"got": mine, "right": right, "ratio": np.divide(mine, right)}
            return numbers | self.numbers(first, got)

    def _first_difference(self, got):
        """Return (value, place, got, right); nothing differs: the first number.

        Of several values the first, theta, comes last: it is made from the others.
        """
        for mine, right in zip(got, self.wanted, strict=True):
            for i in sorted(range(len(mine.values)), key=lambda i: (i == 0, i)):
                a, b = mine.values[i], right.values[i]
                if a.shape == b.shape and not self.equal(a, b):
                    off = ~_close(a, b, self.paper)
                    place = tuple(map(int, np.unravel_index(off.argmax(), off.shape)))
                    return i, place, a[place], b[place]
        right = self.wanted[0].values[0].flat[0]
        return 0, (), right, right

    def _difference(self, got):
        """Say with which input what is wrong: an error, a shape, or a number."""
        pairs, names = zip(got, self.wanted, strict=True), self.returns.split(", ")
        case = [self.same([mine], [right]) for mine, right in pairs].index(False)
        if got[case].kind:
            return self._with_input(case, got[case].sentence)
        values = zip(names, got[case].values, self.wanted[case].values, strict=True)
        for name, mine, right in values:
            if mine.shape != right.shape:
                said = self._misshapen(name, mine.shape, right.shape)
                return self._with_input(case, said)
        value, place, mine, right = self._first_difference(got)
        digits = next(n for n in range(4, 18) if f"{mine:.{n}g}" != f"{right:.{n}g}")
        shown = _("not a number (NaN)") if np.isnan(mine) else f"{mine:.{digits}g}"
        name = _(names[value]) + f"{[*place]}" * bool(place)
        if self.paper:
            said = _("your {name} is {number:g}: that is too high")
            if mine < right:  # "too small" would speak of a size: of -3 that is 3
                said = _("your {name} is {number:g}: that is too low")
            said = said.format(name=name, number=mine)
            if any(mine == float(f"{right:.{n}g}") for n in (1, 2, 3)):
                more = _("{sentence}; if you have rounded it, keep more digits")
                said = more.format(sentence=said)
            return said
        fine = [name for name, *values in self._columns(got) if self.equal(*values)]
        if self.plot and names[value].startswith("log "):
            return _scaled([name for name in names[value:] if name not in fine], right)
        said = _("your {name} is {shown}; {right} is right")
        said = said.format(name=name, shown=shown, right=f"{right:.{digits}g}")
        return self._with_input(case, with_fine(said, fine if self.exact else []))

    def _misshapen(self, name, shape, asked):
        """Say which shape a value has, and should have."""
        words = _curves if self.plot else _shape
        return _("your {name} is {shape}, and should be {asked}").format(
            name=_(name), shape=words(shape), asked=words(asked)
        )

    def _with_input(self, case, sentence):
        """Say before a sentence with which arguments it is so; on paper with none."""
        if self.paper:
            return sentence
        said = _("with {input}, {sentence}")
        return said.format(input=self._shown(case), sentence=sentence)

    def _shown(self, case):
        """Show the arguments that are numbers, the larger arrays by their shape."""
        shown = []
        for name, value in zip(self.names, self.cases[case], strict=True):
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


# Sentences


def not_yet(sentence):
    """Return the verdict on what is not right yet."""
    return f"{_('Not yet:')} {sentence}."


def correct(praise):
    """Return the verdict on what is right."""
    return f"{_('Correct.')} {praise}."


def is_correct(verdict):
    """Say whether a verdict is that of a right answer."""
    return verdict.startswith(_("Correct."))


def _related(names, relation, ratio):
    """Say how wrong values are made from the right ones."""
    mine = listed([_("your {name}").format(name=_(name)) for name in names])
    said, right = _("{names} is {relation}"), _("the right one")
    if len(names) > 1:
        said, right = _("{names} are {relation}"), _("the right ones")
    return said.format(
        names=mine, relation=_(relation).format(right=right, ratio=ratio)
    )


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


def with_fine(sentence, names):
    """Add to a sentence the names of what is right."""
    if not names:
        return sentence
    said = _("{sentence}; right: {names}")
    return said.format(sentence=sentence, names=", ".join(map(_, names)))


def exercise(returns, praise, **more):
    """Turn a right answer into its check: a decorator; see Exercise."""
    return lambda answer: Exercise(answer, returns, praise, **more)


def mistakes_in(listed):
    """Return `{edits: sentence}` of a list of mistakes."""
    found = re.findall(r"((?:^\S.* ->.*\n)+)((?:^ +.*\n?)+)", listed, re.M)
    return {edits: " ".join(said.split()) for edits, said in found}


# Comparing


def _close(a, b, paper=0):
    """Compare numbers to the precision of float32, or of a paper; NaN equals NaN."""
    return np.isclose(a, b, paper or 1e-4, 0 if paper else 1e-6, equal_nan=True)


def _equal(a, b, paper=0):
    """Say whether arrays, or all that are in two lists, are the same."""
    if isinstance(a, tuple | list):
        return len(a) == len(b) and all(map(partial(_equal, paper=paper), a, b))
    return np.shape(a) == np.shape(b) and bool(np.all(_close(a, b, paper)))


def _shape(shape):
    return (
        _("an array of shape {shape}").format(shape=shape) if shape else _("a number")
    )


def _written(before, after):
    """Say whether an argument, if it is an array or a list, was written into."""
    numbers = as_array(before) if isinstance(before, np.ndarray | list) else None
    return numbers is not None and not _equal(numbers, as_array(after))


# Plots


def _curves(shape):
    curves, points = np.atleast_2d(np.empty(shape)).shape
    said = _("{curves} curve of {points} points")
    if curves > 1:
        said = _("{curves} curves of {points} points")
    return said.format(curves=curves, points=points)


def drawn(returns, plot, *arguments):
    """Return what a function draws on fresh axes, which nobody sees.

    returns has names of what is asked for: "x" and "y" are those of all curves, in any
    order, "y of Adam" is that of the curve with this label, and "log y" says whether
    the axis is logarithmic.
    """
    others = plt.get_fignums()
    with plt.ioff(), mock.patch.object(plt, "show"):
        ax, current = plt.figure().add_subplot(), plt.figure()
        try:
            plot(ax, *arguments)
            more = len(plt.get_fignums()) > len(others) + 2
            if more or any(a.has_data() or "log" in _scales(a) for a in current.axes):
                raise Trouble(
                    "plt",
                    "you draw with plt, or on your own axes: draw on the ax that is "
                    "given, as in ax.plot(x, y)",
                )
            return _read_axes(ax, returns.split(", "))
        finally:
            for number in set(plt.get_fignums()).difference(others):
                plt.close(number)


def _scales(ax):
    return ax.get_xscale(), ax.get_yscale()


def _read_axes(ax, names):
    """Return what has these names on the axes."""
    lines = [line for line in ax.lines if line.get_transform() == ax.transData]
    lines = [line for line in lines if len(line.get_xdata())]
    curves = [(*_forward(line), line.get_label().strip()) for line in lines]
    if not curves:
        if ax.has_data():
            raise Trouble(
                "blank", "no line is drawn: ax.plot(x, y) draws one through points"
            )
        raise Trouble(
            "blank", "nothing is drawn on ax: ax.plot(x, y) draws one through points"
        )
    curves.sort(key=lambda curve: (np.nansum(curve[1]), np.nansum(curve[0])))
    xs, ys = np.full((2, len(curves), max(len(x) for x, _, _ in curves)), np.nan)
    seen = dict(zip(("log x", "log y"), (k == "log" for k in _scales(ax)), strict=True))
    for k, (x, y, label) in enumerate(curves):
        xs[k, : len(x)], ys[k, : len(y)] = x, y
        seen |= {f"x of {label}": x, f"y of {label}": y}
    seen |= {"x": xs[0], "y": ys[0]} if len(xs) == 1 else {"x": xs, "y": ys}
    for label in (name[5:] for name in names if name not in seen):
        raise Trouble(
            "label",
            'no curve has the label {label}: write ax.plot(x, y, label="{label}")',
            label=label,
        )
    return tuple(seen[name] for name in names)


def _forward(line):
    """Return x and y of a line from left to right: the other way looks the same."""
    x, y = line.get_xydata().T
    return (x[::-1], y[::-1]) if (x[0], y[0]) > (x[-1], y[-1]) else (x, y)


# Choices


def letters_of(answers):
    """Return the letters that "a and c", {"A", "C"} or {"A": True} choose, if any."""
    try:
        if isinstance(answers, dict):
            answers = [letter for letter, said in answers.items() if said]
        if isinstance(answers, str):
            answers = re.findall("[A-Za-z]", answers.replace(_(" and ").strip(), ""))
        return {letter.strip().upper() for letter in answers}
    except Exception:  # no collection of letters
        return set()


def compare(exercise, answers, truth, hints, options, praise):
    """Print which answers, {name: option}, are right, and hints for the others."""
    letters, shown = {_plain(name) for name in truth}, [*map(_, options)]
    if not isinstance(answers, dict) or letters.isdisjoint(map(_plain, answers)):
        said = _('write your answers as in {{"A": "{option}"}}')
        print(not_yet(said.format(option=shown[0])))
        return
    said = {_plain(name): _plain(option) for name, option in answers.items()}
    given = {name: said[_plain(name)] for name in truth if said.get(_plain(name))}
    right = [name for name in given if given[name] in _forms(truth[name])]
    if len(right) == len(truth):
        print(correct(_(praise)))
        return _tell(exercise, passed=True)
    said = _("{right} right, of {names}") if right else _("none right, of {names}")
    print(not_yet(said.format(right=", ".join(right), names=", ".join(truth))))
    wrong = [name for name in given if name not in right]
    for name in wrong:
        _tell(exercise, mistake=_(hints[name]))
    for name in wrong or [name for name in truth if name not in given][:1]:
        known = given.get(name, "") in {"", *_forms(*options, *truth.values())}
        choose = _("choose one of {options}").format(options=shown)
        print(f"{name}: {_(hints[name]) if known else choose}")


def _forms(*words):
    """Return how words may be answered: in the reader's language, or in English."""
    return {_plain(form) for word in words for form in (word, _(word))}


SPELT = str.maketrans({"ε": "epsilon", "θ": "theta", "β": "beta", "₁": "1", "₂": "2"})


def _plain(word):
    """Return a word in small letters, "" for a ... that is left, "?" for no word."""
    if isinstance(word, str):
        plain = " ".join(word.split()).rstrip(".").lower().translate(SPELT)
        return re.sub(r"\beps\b", "epsilon", plain)
    return "" if word is None or word is ... else "?"
