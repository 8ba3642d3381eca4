"""What is asked for: a function, numbers worked out on paper, or a plot.

An exercise is its right answer, whose docstring lists the mistakes that are made in it
(edits.py), and cases to try it on.  A check runs what was handed in on the cases, and
says whether it is right, or which mistake makes the right answer do the same.
"""

import copy
import inspect
import io
import warnings
from contextlib import redirect_stdout
from functools import cached_property
from gettext import gettext as _

import numpy as np

from classroom.mistakes import diagnosis, differences, plots, values
from classroom.mistakes.diagnosis import Attempt, mistake
from classroom.mistakes.edits import apply, code_of, mistakes_in
from classroom.mistakes.errors import explanation, misfit
from classroom.mistakes.limits import BROWSER, Clock, run
from classroom.mistakes.values import Outcome
from classroom.mistakes.wording import (
    besides,
    correct,
    enumeration,
    is_correct,
    not_yet,
)

CALLS = 10 if BROWSER else 2  # seconds of work, for all calls of one check
SEARCH = 2 if BROWSER else 1  # seconds of work, for finding a name for what is wrong
PATIENCE = 2  # seconds that the search may take, whatever else the machine does
LISTENERS = []  # functions (name, passed, mistake), told what came of each check


def tell(name, passed=False, mistake=""):
    """Tell whoever listens that an exercise is passed, or which mistake was made."""
    for listener in LISTENERS:
        listener(name, passed, mistake)


class Exercise:
    """A function is asked for.

    answer    the right one; its docstring says what it does, and lists the mistakes.
              Of two mistakes made at once, what is before the colon is said
    returns   the names of what it returns: "theta, v"
    praise    a sentence on what the right answer shows
    cases     tuples of arguments, the simplest first
    also      more mistakes, which several exercises share
    forms     the right answer, written in other ways: an edit may be one of these
    numbers   function (first case, outcomes) -> {name: number} for the sentences, which
              may also use {got}, {right} and {ratio}: where they differ first
    observe   function (answer, *arguments) -> what to compare, if not what it returns
    """

    within = 0  # the part by which a number may be off; 0: as far as float32 is
    free_shape = False  # whether a shape says nothing by itself
    relations = diagnosis.RELATIONS
    slips, slips_are_in = {}, ""  # {sentence: change} of what has such a name
    difference = differences.of_function
    shape_in_words = staticmethod(differences.shape_in_words)
    searches = (
        diagnosis.zero,
        diagnosis.order,
        diagnosis.exchanged_arguments,
        diagnosis.two_near,
        diagnosis.one_mutation,
        diagnosis.related,
        diagnosis.two_listed,
        diagnosis.unused_arguments,
    )

    def __init__(
        self, answer, returns, praise, cases, *,
        also="", forms=(), numbers=None, observe=None,
    ):  # fmt: skip
        self.name, self.answer, self.praise = answer.__name__, answer, praise
        self.returns, self.names, self.cases = returns, returns.split(", "), cases
        self.parameters = list(inspect.signature(answer).parameters)
        self.inputs = self.parameters  # what a case has
        self.numbers = numbers or (lambda first, outcomes: {})
        self.exact = observe is None  # else several answers may look alike
        if observe:
            self.observe = self.observe_ours = observe
            self.searches = (diagnosis.two_listed, diagnosis.one_of_several)
        self.sources = [code_of(f, self.name) for f in (answer, *forms)]
        self.mistakes = self._read(inspect.cleandoc(answer.__doc__), also)
        self.listed = {}  # {(edits, source): outcomes} of the mistakes tried so far

    def _read(self, text, also):
        """Return the mistakes that a docstring lists; say what comes before them."""
        text = text + "\n" + inspect.cleandoc(also)
        mistakes = mistakes_in(text)
        for edits in mistakes:
            if not self.with_edits(edits):
                raise ValueError(
                    f"{edits!r} edits nothing in the answer {self.name}: what stands "
                    f"before -> must be in its code, {self.sources[0]!r}"
                )
        about = text.partition(next(iter(mistakes), "\0"))[0]
        takes = ", ".join(self.parameters)
        self.__doc__ = f"Check {self.kind()} ({takes}) -> {self.returns}.\n\n{about}"
        return mistakes

    def kind(self):
        """Say what is asked for."""
        return "a function"

    def __call__(self, *learner):
        """Print "Correct. ..." or "Not yet: ..."; raise nothing."""
        verdict = self.verdict(learner[0] if len(learner) == 1 else learner)
        print(verdict)
        tell(self.name, passed=is_correct(verdict))

    # What it gives

    def observe(self, function, *arguments):
        """Return what is compared: of a function, what it returns."""
        return function(*arguments)

    observe_ours = observe  # of the course's own answers, where a quicker way exists

    def read(self, value):
        """Return what was observed as a tuple of arrays, one for each name."""
        return values.read(value, self.names)

    def outcome(self, function, case, clock=None):
        """Call a function with copies of the arguments; never raise.

        A stranger's, until the time of a clock is up; without a clock, one of ours.
        """
        arguments, printed = copy.deepcopy(case), io.StringIO()
        silent = warnings.catch_warnings(action="ignore")
        try:
            with redirect_stdout(printed), np.errstate(all="ignore"), silent:
                if clock:
                    value = run(self.observe, (function, *arguments), clock)
                else:
                    value = self.observe_ours(function, *arguments)
                arrays = self.read(value)
        except KeyboardInterrupt:
            raise  # the learner's stop button
        except BaseException as error:
            return Outcome((), *explanation(error, function, printed.getvalue()))
        pairs = zip(self.inputs, case, arguments, strict=True)
        changed = [name for name, *pair in pairs if values.was_written(*pair)]
        alone = len(self.names) == 1 and isinstance(value, tuple | list)
        count = len(value) if alone else 0
        return Outcome(arrays, changed=enumeration(changed), count=count)

    @cached_property
    def targets(self):
        """What the right answer gives, case by case."""
        return [self.outcome(self.answer, case) for case in self.cases]

    def with_edits(self, edits):
        """Return the sources to which edits apply, with the edits at every place."""
        return list(filter(None, (apply(source, edits) for source in self.sources)))

    # What is alike

    def close(self, a, b):
        """Say of each number whether it is the right one, b."""
        return values.close(a, b, self.within)

    def equal(self, a, b):
        """Say whether arrays, or all that are in two lists, are the right ones, b."""
        return values.equal(a, b, self.within)

    alike = equal  # the same of those that a mistake gives
    surely = alike  # and of those that two mistakes give

    def same(self, mine, right, equal=None):
        """Say whether calls ended alike: with the same numbers, or the same trouble."""
        equal, both = equal or self.equal, zip(mine, right, strict=True)
        return all(a.kind == b.kind and equal(a.values, b.values) for a, b in both)

    def ratio_to_tell(self, ratio):
        """Return what may be told of the ratio of a number to the right one."""
        return ratio

    # What there is to say

    def verdict(self, learner):
        """Return what there is to say about a function, or about anything else."""
        function = self.as_function(learner)
        if sentence := misfit(function, self.parameters):
            return not_yet(sentence)
        outcomes = self.outcomes(function)
        if outcomes[-1].kind == "TooLong":
            return not_yet(outcomes[-1].sentence)
        return self.judge(outcomes, function)

    def as_function(self, learner):
        """Return what is called of what was handed in."""
        return learner

    def outcomes(self, function):
        """Return what comes of each case, the first one twice, until time is up."""
        clock, outcomes = Clock(CALLS), []
        for case in [self.cases[0], *self.cases]:
            outcomes.append(self.outcome(function, case, clock))
            if outcomes[-1].kind == "TooLong":
                break
        return outcomes

    def judge(self, outcomes, function=None):
        """Return what there is to say about outcomes, the first case's twice.

        Without the function, no argument is found that it does not use.
        """
        again, *once = outcomes
        if sentence := self._fault(again, once, function):
            return not_yet(sentence)
        return correct(self.praise_of(once))

    def _fault(self, again, outcomes, function):
        """Return a sentence on what is not right yet, "" if all is right."""
        kinds = {outcome.kind for outcome in outcomes}
        if len(kinds) == 1 and "" not in kinds:
            return outcomes[0].sentence
        if not self.same([again], outcomes[:1]):
            return _(
                "the same arguments gave another answer the second time: your function "
                "remembers something from call to call, or has randomness of its own"
            )
        sentence = self.wrong(outcomes, function)
        for changed in filter(None, (outcome.changed for outcome in outcomes)):
            change = _(
                "your function changes {changed}, which it was given: write x = x + 1 "
                "in place of x += 1, or change a copy"
            ).format(changed=changed)
            alone = _("the numbers are right, but {change}").format(change=change)
            return besides(sentence, change) if sentence else alone
        return sentence

    def wrong(self, outcomes, function=None):
        """Return a sentence on numbers that are wrong, "" if they are right."""
        if self.same(outcomes, self.targets):
            return ""
        named = self.mistake(outcomes, function)
        tell(self.name, mistake=named)
        return named or self.difference(outcomes)

    def mistake(self, outcomes, function=None):
        """Name the mistake that gives these outcomes, "" if none is known."""
        return mistake(Attempt(self, outcomes, Clock(SEARCH, PATIENCE), function))

    def praise_of(self, outcomes):
        """Return the sentence on what the right answer shows."""
        return _(self.praise).format(**self.numbers_of(outcomes))

    def numbers_of(self, outcomes):
        """Return the numbers that a sentence may use."""
        *_place, mine, right = differences.first_difference(self, outcomes)
        first = dict(zip(self.inputs, self.cases[0], strict=True))
        with np.errstate(all="ignore"):
            numbers = {"got": mine, "right": right, "ratio": np.divide(mine, right)}
            return numbers | self.numbers(first, outcomes)


class OnPaper(Exercise):
    """A number is asked for, worked out on paper for one case; or several, a tuple.

    within    the part by which a number may be off
    """

    difference = differences.of_paper
    slips = diagnosis.SLIPS_ON_PAPER
    searches = (
        diagnosis.order,
        diagnosis.exchanged_arguments,
        diagnosis.related,
        diagnosis.listed_and_slip,
        diagnosis.two_listed,
        diagnosis.given_number,
    )  # a number that happens to be near another is no sign of a slip

    def __init__(self, answer, returns, praise, case, *, within, **more):
        self.within = within
        super().__init__(answer, returns, praise, [case], **more)

    def kind(self):
        """Say what is asked for."""
        return f"numbers, right within {self.within:.2g} of each,"

    def read(self, value):
        """Return what was handed in as a tuple of numbers."""
        return values.read_paper(value, self.names)

    def alike(self, a, b):
        """Say whether numbers are those of a mistake, if need be rounded.

        They must be four times as close as to the right one, or equal in all digits
        given, two at least: what is only near is not claimed by a mistake.
        """
        if isinstance(a, tuple | list):
            return len(a) == len(b) and all(map(self.alike, a, b))
        rounded = any(a == float(f"{b:.{n}g}") for n in (2, 3))
        return values.equal(a, b, self.within if rounded else self.within / 4)

    def surely(self, a, b):
        """Say whether numbers are those of two mistakes, to three digits or more.

        Two mistakes are so many that any number is near those of some.
        """
        if isinstance(a, tuple | list):
            return len(a) == len(b) and all(map(self.surely, a, b))
        return values.equal(a, b, 5e-4) or float(a) == float(f"{b:.3g}")

    def ratio_to_tell(self, ratio):
        """Return a power of ten: the ratio itself would give the answer away."""
        return 10.0 ** np.round(np.log10(np.abs(ratio)))

    def as_function(self, learner):
        """Return a function that gives what was handed in."""
        return lambda *_: learner


class Plot(Exercise):
    """A function is asked for that draws on its first argument, ax.

    No case has an ax.  returns are names that plots.picture knows: "x, y, log y".
    """

    free_shape = True
    relations = diagnosis.RELATIONS | diagnosis.LOGARITHMS
    slips, slips_are_in = diagnosis.SLIPS_OF_X, "x"
    difference = differences.of_plot
    shape_in_words = staticmethod(differences.curves_in_words)
    searches = (
        diagnosis.two_near,
        diagnosis.changed_picture,
        diagnosis.listed_and_slip,
        *Exercise.searches,
    )

    def __init__(self, answer, returns, praise, cases, **more):
        super().__init__(answer, returns, praise, cases, **more)
        self.inputs = self.parameters[1:]

    def observe(self, function, *arguments):
        """Return what is drawn on new axes."""
        return plots.picture(self.names, function, *arguments)

    def observe_ours(self, function, *arguments):
        """Return what is drawn on axes that are used again."""
        return plots.picture_of_ours(self.names, function, *arguments)

    def changed_picture(self, case, change):
        """Return what the right picture is after a change of x and y of each curve."""

        def plot(ax, *arguments):
            self.answer(ax, *arguments)
            for line in ax.lines:
                line.set_data(*change(*line.get_xydata().T))

        return self.outcome(plot, case).values

    def read(self, value):
        """Return what was drawn, which is read already."""
        return value


# Decorators


def exercise(returns, praise, cases, **more):
    """Turn a right function into its check: see Exercise."""
    return lambda answer: Exercise(answer, returns, praise, cases, **more)


def on_paper(returns, praise, case, within, **more):
    """Turn the function that works out a number into its check: see OnPaper."""
    return lambda answer: OnPaper(answer, returns, praise, case, within=within, **more)


def plot(returns, praise, cases, **more):
    """Turn a function that draws into its check: see Plot."""
    return lambda answer: Plot(answer, returns, praise, cases, **more)
