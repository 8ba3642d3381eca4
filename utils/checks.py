"""Exercise checks that name the mistake: `checks.adam_step(my_step)` says what it is.

An exercise is a right answer whose docstring lists the mistakes that are made in it:
an edit of the code, `old -> new`, or several, and under it the sentence that names it.
A check runs the learner's function on several inputs.  If it is not right, the check
looks for the mistake, or the two, that make the right answer do the same on all inputs.

All answers are below: read on when you have written yours.
"""

import copy
import inspect
import io
import itertools
import re
import sys
import textwrap
import time
import traceback
import warnings
from contextlib import redirect_stdout
from dataclasses import dataclass

import numpy as np

from utils import costs, network

SECONDS = 4  # how long a check waits for the learner's function


class TooLong(BaseException):
    """Time is up.  Not an Exception: `except Exception` must not catch it."""


class Trouble(BaseException):
    """Why there are no numbers to compare: Trouble(kind, sentence).

    Like TooLong, no Exception: a learner's `except Exception` must not hide it.
    """


@dataclass(frozen=True, eq=False)
class Outcome:
    """What came of one call: its values, or the kind of trouble and a sentence."""

    values: tuple = ()
    kind: str = ""
    sentence: str = ""
    changed: str = ""  # the arguments that were written into

    def same(self, other):
        """Say whether two calls ended alike: the same numbers, or the same trouble."""
        return self.kind == other.kind and all(map(_equal, self.values, other.values))


class Exercise:
    """A right answer, the mistakes that are made in it, and inputs to try it on.

    answer    the right function; its docstring says what it does, then the mistakes.
              Of two mistakes made at once, what is before the colon is said
    returns   the names of what it returns
    praise    a sentence on what the right answer shows
    cases     tuples of arguments, the simplest first; else drawn by their names
    also      more mistakes, which several exercises share
    numbers   function (first case, outcomes) -> {name: number} for the sentences, which
              may also use {got}, {right} and {ratio}: where they differ first
    observe   function (answer, *arguments) -> what to compare, if not what it returns
    """

    def __init__(
        self, answer, returns, praise, cases=None, also="", numbers=None, observe=None
    ):
        self.answer, self.returns, self.praise = answer, returns, praise
        self.names = list(inspect.signature(answer).parameters)
        self.cases = cases or _drawn(self.names)
        self.numbers = numbers or (lambda first, outcomes: {})
        self.observe = observe or (lambda answer, *arguments: answer(*arguments))
        head, _, body = inspect.getsource(answer).split('"""', 2)
        self.source = head[head.index("def ") :] + body
        listed = inspect.cleandoc(answer.__doc__) + "\n" + inspect.cleandoc(also)
        mistakes = re.findall(r"((?:^\S.* ->.*\n)+)((?:^ +.*\n?)+)", listed, re.M)
        self.mistakes = {edits: " ".join(said.split()) for edits, said in mistakes}
        about, _, _ = listed.partition(mistakes[0][0])
        signature = inspect.signature(answer)
        self.__doc__ = f"Check a function {signature} -> {returns}.\n\n{about}"

    def __call__(self, learner):
        """Print "Correct. ..." or "Not yet: ..."; raise nothing."""
        print(self.verdict(learner))

    def edited(self, edits):
        """Return the right answer with mistakes in it, None if they do not combine."""
        source = self.source
        for edit in edits.splitlines():
            old, _, new = edit.partition(" ->")
            if old not in source:
                return None
            source = source.replace(old, new.strip())
        scope = dict(self.answer.__globals__)
        try:
            exec(source, scope)
        except SyntaxError:
            return None
        return scope[self.answer.__name__]

    def verdict(self, learner):
        """Return what there is to say about a function, or about anything else."""
        if misfit := _misfit(learner, self.names):
            return f"Not yet: {misfit}."
        deadline = time.perf_counter() + SECONDS
        wanted = [self.outcome(self.answer, case) for case in self.cases]
        got = [
            self.outcome(learner, case, right.values, deadline)
            for case, right in zip(self.cases, wanted, strict=True)
        ]
        again = self.outcome(learner, self.cases[0], wanted[0].values, deadline)
        if sentence := self._diagnosis(got, wanted, again):
            return f"Not yet: {sentence}{'' if sentence.endswith('?') else '.'}"
        return f"Correct. {self.praise.format(**self._numbers(got, wanted))}."

    def outcome(self, function, case, like=None, deadline=None):
        """Call a function with copies of the arguments; never raise."""
        arguments, printed = copy.deepcopy(case), io.StringIO()
        try:
            with redirect_stdout(printed), np.errstate(all="ignore"):
                value = _limited(self.observe, (function, *arguments), deadline)
            values = _read(value, like, self.returns)
            pairs = zip(self.names, case, arguments, strict=True)
            changed = [name for name, *pair in pairs if _written(*pair)]
        except KeyboardInterrupt:
            raise  # the learner's stop button
        except BaseException as error:
            return Outcome((), *_story(error, function, printed.getvalue()))
        return Outcome(values, changed=" and ".join(changed))

    def _diagnosis(self, got, wanted, again):
        """Return a sentence on what is not right yet, "" if all is right."""
        wrong = [k for k, right in enumerate(wanted) if not right.same(got[k])]
        if wrong and not any(outcome.values for outcome in got):
            return got[0].sentence
        if wrong and (mistake := self._mistake(got, wanted)):
            return mistake
        if wrong and got[wrong[0]].kind:
            return f"with {self._shown(wrong[0])}, {got[wrong[0]].sentence}"
        if not again.same(got[0]):
            return again.sentence or (
                "the same arguments gave another answer the second time: your function "
                "remembers something from call to call, or has randomness of its own"
            )
        if wrong:
            return self._difference(got, wanted)
        if changed := next((outcome.changed for outcome in got if outcome.changed), ""):
            return (
                f"the numbers are right, but your function changes its argument "
                f"{changed}: write x = x + 1 in place of x += 1, or change a copy"
            )
        return ""

    def _mistake(self, got, wanted):
        """Name the mistake, or the two, that give what was got in every case."""

        def fits(function):
            return function and all(
                mine.same(self.outcome(function, case, right.values))
                for mine, case, right in zip(got, self.cases, wanted, strict=True)
            )

        for edits, sentence in self.mistakes.items():
            if fits(self.edited(edits)):
                return sentence.format(**self._numbers(got, wanted))
        count = len(wanted[0].values)
        for order in itertools.permutations(range(count)) if count < 5 else ():
            turned = [Outcome(tuple(o.values[i] for i in order)) for o in wanted]
            if all(map(Outcome.same, got, turned)):
                return f"the values are right, in another order: return {self.returns}"
        for one, two in itertools.combinations(self.mistakes, 2):
            if fits(self.edited(one + two) or self.edited(two + one)):
                names = (self.mistakes[edits].split(": ")[0] for edits in (one, two))
                return f"two things at once: {', and '.join(names)}"
        return ""

    def _numbers(self, got, wanted):
        """Return the numbers that a sentence may use."""
        *_, mine, right = _first_difference(got, wanted)
        first = dict(zip(self.names, self.cases[0], strict=True))
        with np.errstate(all="ignore"):
            numbers = {"got": mine, "right": right, "ratio": np.divide(mine, right)}
            return numbers | self.numbers(first, got)

    def _difference(self, got, wanted):
        """Say with which input which number differs first."""
        case, value, place, mine, right = _first_difference(got, wanted)
        name = self.returns.split(", ")[value] + (f"{[*place]}" if place else "")
        shown = "not a number (NaN)" if np.isnan(mine) else f"{mine:.4g}"
        return f"with {self._shown(case)}, your {name} is {shown}; {right:.4g} is right"

    def _shown(self, case):
        """Show the arguments that are numbers, the larger arrays by their shape."""
        shown = []
        for name, value in zip(self.names, self.cases[case], strict=True):
            if np.size(value) > 6:
                shown.append(f"{name} of shape {np.shape(value)}")
            elif isinstance(value, str):
                shown.append(f'{name} = "{value}"')
            elif _as_array(value) is not None:
                number = f"{value:g}" if np.ndim(value) == 0 else ""
                shown.append(f"{name} = {number or np.round(value, 3).tolist()}")
        return ", ".join(shown)


def exercise(returns, praise, **more):
    """Turn a right answer into its check: a decorator; see Exercise."""
    return lambda answer: Exercise(answer, returns, praise, **more)


def _equal(a, b):
    """Compare arrays to the precision of float32; NaN equals NaN."""
    return np.shape(a) == np.shape(b) and np.allclose(a, b, 1e-4, 1e-6, equal_nan=True)


def _written(before, after):
    """Say whether an argument, if it is an array or a list, was written into."""
    watched = isinstance(before, np.ndarray | list)
    return watched and not _equal(before, _as_array(after))


def _first_difference(got, wanted):
    """Return (case, value, place, got, right); nothing differs: the very first number.

    Of several values the first, theta, is looked at last: it is made from the others.
    """
    for k, (mine, right) in enumerate(zip(got, wanted, strict=True)):
        for i in sorted(range(len(mine.values)), key=lambda i: (i == 0, i)):
            a, b = mine.values[i], right.values[i]
            if not _equal(a, b):
                off = ~np.isclose(a, b, 1e-4, 1e-6, equal_nan=True)
                place = tuple(map(int, np.unravel_index(off.argmax(), off.shape)))
                return k, i, place, a[place], b[place]
    right = wanted[0].values[0].flat[0]
    return 0, 0, (), right, right


def _misfit(learner, names):
    """Say why something cannot be called with arguments of these names, if so."""
    if not callable(learner):
        kind = type(learner).__name__
        return f"give the function itself, by its name with no brackets, not its {kind}"
    try:
        signature = inspect.signature(learner)
    except Exception:  # some built-in functions have none
        return ""
    try:
        signature.bind(*names)
    except TypeError:
        takes, given = ", ".join(signature.parameters), ", ".join(names)
        return f"your function takes ({takes}), but it will be given ({given})"
    return ""


def _limited(function, arguments, deadline):
    """Call a function; once the deadline is over, raise TooLong in the midst of it.

    A trace function needs neither threads nor signals, which a browser lacks.  One
    that is there already, a debugger's, keeps its place: then there is no limit.
    """

    def watch(frame, event, arg):
        frame.f_trace_opcodes = True  # Python 3.11: no new line in `while True: pass`
        if time.perf_counter() > deadline:
            raise TooLong
        return watch

    def watch_again(lost):  # a destructor swallows what is raised in it, and the trace
        if lost.exc_type is TooLong:
            sys.settrace(watch)

    with warnings.catch_warnings(action="ignore"):
        if deadline is None or sys.gettrace():
            return function(*arguments)
        hook, sys.unraisablehook = sys.unraisablehook, watch_again
        sys.settrace(watch)
        try:
            return function(*arguments)
        finally:
            sys.settrace(None)
            sys.unraisablehook = hook


def _story(error, function, printed):
    """Tell in (kind, sentence) why a call gave nothing to compare."""
    if isinstance(error, Trouble):
        kind, sentence = error.args
        if kind == "None" and printed:
            sentence = "your function prints its answer: let it return it instead"
        elif kind == "None" and _is_empty(function):
            sentence = "write your lines in place of the ..., and run the cell again"
        return kind, sentence
    frames = traceback.extract_tb(error.__traceback__)
    frames = [f for f in frames if f.filename != _story.__code__.co_filename]
    theirs = [f for f in frames if f.filename == frames[0].filename]
    where = f" in line {theirs[-1].lineno}, `{theirs[-1].line}`," if theirs else ""
    if isinstance(error, TooLong):
        limit = f"after {SECONDS} seconds your function was still running{where}"
        return "TooLong", f"{limit.rstrip(',')}: is there a loop that never ends?"
    said = "".join(traceback.format_exception_only(error)[-1:])
    if "ellipsis" in said:
        return "...", f"there is still a ... to replace{where.rstrip(',')}"
    said = textwrap.shorten(said, 200, placeholder=" ...").rstrip(".")
    return type(error).__name__, f"your code stops{where} with {said}"


def _is_empty(function):
    """Say whether there is no more in a function than `...`."""
    code = function.__code__.co_code if inspect.isfunction(function) else range(99)
    return len(code) <= len((lambda: ...).__code__.co_code)


def _read(value, like, names):
    """Return what a function gave as a tuple of arrays shaped like `like`.

    Lists, other precisions, nested tuples such as (theta, (m, v)), and more values than
    were asked for are welcome; anything else raises Trouble.
    """
    if value is None:
        raise Trouble("None", "your function returns nothing: let it end with return")
    values = _flat(value)
    if like is None:
        return tuple(np.asarray(value, float) for value in values)
    if len(like) == 1 and _shape(value) == like[0].shape:
        values = [value]  # a tuple of numbers, in place of an array
    elif len(like) > 1 and isinstance(value, list | np.ndarray):
        rows = value if isinstance(value, list) else list(np.atleast_1d(value))
        values = rows if rows and _shape(rows[0]) == like[0].shape else values
    if len(values) < len(like):
        has = f"your function returns {len(values)} of {len(like)} values"
        raise Trouble("count", f"{has}: return {names}")
    return tuple(map(_as_asked, values, like, names.split(", ")))


def _flat(value):
    """List the values of a tuple, and of the tuples in it."""
    if not isinstance(value, tuple):
        return [value]
    return [inner for part in value for inner in _flat(part)]


def _as_asked(value, like, name):
    """Return a value as an array shaped like another, or raise Trouble."""
    asked = f"an array of shape {like.shape}" if like.ndim else "a number"
    if value is Ellipsis:
        raise Trouble("...", f"there is still a ... to replace: your {name} is one")
    array = _as_array(value)
    if array is None:
        has = f"your {name} is of the type {type(value).__name__}"
        raise Trouble("type", f"{has}, and should be {asked}")
    if array.size == like.size == 1:
        return array.reshape(like.shape)
    if array.shape != like.shape:
        has = f"your {name} has the shape {array.shape}"
        raise Trouble("shape", f"{has}, and should be {asked}")
    return array


def _as_array(value):
    """Return numbers as an array of floats; None if they are no numbers."""
    try:
        array = np.asarray(value)
        numeric = value is not None and array.dtype.kind in "biufO"
        return array.astype(float) if numeric else None
    except Exception:  # ragged lists, and whatever else there is
        return None


def _shape(value):
    return getattr(_as_array(value), "shape", None)


def _drawn(names):
    """Draw arguments for a step, by their names: one run and five, early and late.

    The first case is t = 1, at rest, with the usual hyper-parameters.  At every t = 1
    the memory is 0, and so is the second gradient.
    """
    rng, cases = np.random.default_rng(0), []
    usual = {"lr": 0.1, "beta": 0.9, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8}
    sizes = itertools.product([(2,), (5, 2)], [float, np.float32], [1, 2, 9])
    for shape, dtype, t in sizes:
        late = t > 1
        arrays = {
            "theta": rng.normal(size=shape),
            "gradient": rng.uniform(0.5, 2, shape) * rng.choice([-1, 1], shape),
            "m": late * rng.normal(size=shape),
            **{name: late * rng.uniform(0.1, 2, shape) for name in ("v", "s", "v_max")},
        }
        arrays["gradient"][..., 1] *= late
        drawn = {name: (a.round(2) + 0.0).astype(dtype) for name, a in arrays.items()}
        numbers = {name: round(rng.uniform(0.1, 0.9), 2) for name in usual}
        drawn |= {"t": t, **(numbers if cases else usual)}
        cases.append(tuple(drawn[name] for name in names))
    return cases


def _first_step(first, outcomes):
    """Measure the first step, against the gradient, in learning rates."""
    moved = (first["theta"] - outcomes[0].values[0])[0]
    return {"step": moved * np.sign(first["gradient"][0]) / first["lr"] + 0.0}


# 01 The cost landscape


def _wave(theta):
    return np.exp(theta @ np.arange(1, len(theta) + 1) / 2)


def _error_gain(first, outcomes):
    """Measure by what the error falls when h falls from 0.1 to 0.01, on _wave."""
    exact = _wave(first["theta"]) * np.array([0.5, 1.0])
    errors = [np.linalg.norm(outcome.values[0] - exact) for outcome in outcomes[:2]]
    return {"gain": errors[0] / errors[1]}


@exercise(
    "gradient",
    "A ten times smaller h makes your error {gain:.0f} times smaller",
    cases=[
        (_wave, np.array([0.3, -0.2]), 0.1),
        (_wave, np.array([0.3, -0.2]), 0.01),
        (_wave, np.array([0.5, -0.4, 0.1, -0.3, 0.2]), 0.05),
        (costs.rosenbrock(), np.array([-1.2, 1.0]), 0.02),
        (costs.himmelblau(), np.array([-0.5, -1.0]), 0.2),
    ],
    numbers=_error_gain,
    also="\n".join(
        f"step[i] = h -> step[i] = h = {h}\n    {said}: use the h that is given"
        for h, said in [
            (1e-6, "your gradient hardly changes with h, as if h were fixed"),
            *(
                (h, "h is fixed in your function, so small that rounding spoils it")
                for h in (1e-11, 1e-12, 1e-13, 1e-14, 1e-15)
            ),
        ]
    ),
)
def central_difference(f, theta, h):
    """Estimate the gradient of f, (P,) to a number, at theta by central differences.

    f(theta - step) -> f(theta)
    (2 * h) -> h
        that is a forward difference: a ten times smaller h makes your error
        {gain:.0f} times smaller, and that of a central difference 100 times
    f(theta + step) -> f(theta)
    (2 * h) -> h
        that is a backward difference: one point belongs on each side, at -h and at +h
    step[i] = h -> step[i] = h / 2
    (2 * h) -> h
        your points lie h/2 from theta: take them at -h and +h, and divide by 2h
    f(theta + step) - f(theta - step) -> 0.0
        the difference is 0 everywhere: are your two points one array? `a = theta` is
        no copy, and theta + step is a new array
    (2 * h) -> h
        the factor 2 is missing: the two points are 2h apart, and your gradient is
        {ratio:.3g} times the right one
    / (2 * h) -> / 2 * h
        brackets are missing: / 2 * h multiplies by h, and / (2 * h) divides by it
    f(theta + step) - f(theta - step) -> f(theta - step) - f(theta + step)
        the two points are swapped: your gradient is {ratio:.3g} times the right one
    step[i] = h -> step[:] = h
        all coordinates move at once: for entry i, move theta[i] alone
    step = np.zeros_like(theta) -> step = step if i else np.zeros_like(theta)
        a coordinate is not put back before the next one moves: it stays at +h
    step = np.zeros_like(theta) -> theta = theta - (step if i else 0); step = 0 * theta
        a coordinate is not put back before the next one moves: it stays at -h
    """
    gradient = np.zeros_like(theta)
    for i in range(len(theta)):
        step = np.zeros_like(theta)
        step[i] = h
        gradient[i] = (f(theta + step) - f(theta - step)) / (2 * h)
    return gradient


def _networks():
    """Draw small networks with data; the first is square, so that any W fits."""
    rng, cases = np.random.default_rng(1), []
    for sizes, dtype in [((3, 3, 3), float), ((4, 5, 2), float), ((2, 4, 3), "f4")]:
        net = network.Network(sizes)
        theta = net.initial(rng) + 0.3 * rng.normal(size=net.size)
        arrays = [np.squeeze(array) for layer in net.layers(theta) for array in layer]
        arrays.append(rng.normal(size=(6, sizes[0])))
        y = rng.integers(sizes[-1], size=6)
        cases.append((*(array.astype(dtype) for array in arrays), y))
    return cases


@exercise(
    "dW1, db1, dW2, db2",
    "Two products with transposed matrices carry all errors back",
    cases=_networks(),
)
def network_gradient(W1, b1, W2, b2, x, y):
    """Differentiate the mean cross-entropy of a network with one layer of ReLU.

    h = relu(x W1 + b1), scores = h W2 + b2; x is (n, inputs), y the n labels.

    / len(x) -> / 1
        1/n is missing: the cost is a mean, and yours is {ratio:.3g} times its gradient
    / len(x) -> / len(x) ** 2
        1/n is there twice: the errors carry it already, so the sums are means
    .sum(axis=1, keepdims=True) -> .sum(axis=0)
        the softmax adds up over the samples: add over the classes, axis=1
    .sum(axis=1, keepdims=True) -> .sum()
        the softmax adds up over everything: add over the classes, axis=1
    np.maximum(x @ W1 + b1, 0) -> x @ W1 + b1
        the ReLU is missing on the way forward: h is max(a, 0), and not a itself
    x.T @ delta1 -> delta1.T @ x
    h.T @ delta2 -> delta2.T @ h
        the weight gradients are transposed: a dW has the shape of its W
    * (h > 0) ->
        the mask of the ReLU is missing: no error passes through a unit that is off
    * (h > 0) -> * h * (1 - h)
        h(1 - h) is the slope of a sigmoid: that of the ReLU is 1 where h > 0, else 0
    W2.T -> W2
        W2 is not transposed: errors go back through W2.T, even if the shapes allow W2
    p - one_hot -> one_hot - p
        the sign is flipped: the error of the scores is softmax minus one-hot
    p - one_hot -> p
        the labels are missing: the error of the scores is softmax minus one-hot
    p - one_hot -> scores - one_hot
        the softmax is missing: the error of the scores is softmax minus one-hot
    delta1.sum(axis=0) -> delta1.mean(axis=0)
    delta2.sum(axis=0) -> delta2.mean(axis=0)
        the bias gradients are a mean: sum, because 1/n is in the errors already
    """
    h = np.maximum(x @ W1 + b1, 0)
    scores = h @ W2 + b2
    p = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    one_hot = y[:, None] == np.arange(len(b2))
    delta2 = (p - one_hot) / len(x)
    delta1 = delta2 @ W2.T * (h > 0)
    return x.T @ delta1, delta1.sum(axis=0), h.T @ delta2, delta2.sum(axis=0)


@exercise(
    "mean square",
    "At scale 2 a ReLU layer keeps E[h²]: half of its units are off",
    cases=[*itertools.product([1, 3, 6], [1.6, 2.5, 3.0], ["relu", "identity"])],
)
def mean_square(depth, scale, activation):
    """Predict E[h^2] after `depth` layers, from 1, with n Var(W) = scale in each.

    The activation is "identity" or "relu".

    scale / 2 if activation == "relu" else scale -> scale
        the half is missing: a ReLU sets half of the units to 0, in each layer
    scale / 2 if activation == "relu" else scale -> scale / 2
        the half is there for linear units too: only the ReLU loses half of E[h²]
    scale / 2 -> scale / np.sqrt(2)
        the half is under a root: it is E[h²] that is halved, not the size of h
    scale / 2 -> scale
    gain**depth -> gain**depth / (1 + (activation == "relu"))
        the half is taken once: it belongs to every layer, so inside the power
    activation == "relu" -> activation != "relu"
        the activations are swapped: it is the ReLU that loses half of E[h²]
    gain**depth -> (scale / 2**depth if activation == "relu" else scale**depth)
        brackets are missing: scale / 2**depth is not (scale / 2)**depth
    gain**depth -> gain ** (depth + 1)
        a layer too many: one ReLU layer makes {right:.3g} of 1, and yours {got:.3g}
    gain**depth -> gain ** (depth - 1)
        a layer is missing: one ReLU layer makes {right:.3g} of 1, and yours {got:.3g}
    gain**depth -> gain * depth
        the layers add up: they multiply, so the depth is an exponent
    gain**depth -> gain ** (depth / 2)
        that is the root of E[h²]: the scale is a variance, and multiplies the square
    """
    gain = scale / 2 if activation == "relu" else scale
    return gain**depth


# 02 Stochastic gradient descent


def _sgd_steps(sgd, gradients, theta, n, lr, batch_size, epochs, rng):
    """Let sgd walk; return its steps, (from, rows, to) each, and where it ends."""
    asked = []

    def recorded(theta, rows):
        if not asked or not np.array_equal(asked[-1][0], theta):
            asked.append((np.array(theta, float), []))
        asked[-1][1].extend(np.ravel(rows).tolist())
        return gradients(theta, rows)

    end = sgd(recorded, theta, n, lr, batch_size, epochs, copy.deepcopy(rng))
    (end,) = _read(end, (theta,), "theta")
    places = [*(place for place, _ in asked[1:]), end]
    return [(*step, to) for step, to in zip(asked, places, strict=False)], end


def _sgd_traits(sgd, *arguments):
    """Describe what sgd does in numbers that do not depend on the order it drew."""
    gradients, _, n, lr, batch_size, epochs, _ = arguments
    steps, end = _sgd_steps(sgd, *arguments)
    _, other_end = _sgd_steps(sgd, *arguments)
    lengths = []
    for before, rows, after in steps:
        pull, moved = gradients(before, rows).mean(axis=0), before - after
        length = moved @ pull / (lr * pull @ pull)
        straight = np.allclose(moved, length * lr * pull)
        lengths.append(length if straight else np.nan)
    batches = [sorted(rows) if len(rows) == n else rows for _, rows, _ in steps]
    parts = np.array_split([*itertools.chain(*batches)], epochs)
    orders = [part.tolist() for part in parts]
    cuts = [
        frozenset(frozenset(order[k : k + batch_size]) for k in range(0, n, batch_size))
        for order in orders
    ]
    return (
        not np.array_equal(end, other_end),
        len(steps),
        int(np.isfinite(lengths).sum()),
        min(map(len, batches), default=0),
        max(map(len, batches), default=0),
        sum(len(set(order)) < len(order) for order in orders),
        len(set(map(tuple, orders))),
        sum(order == sorted(order) for order in orders),
        sum(len(set(order)) <= batch_size for order in orders),
        len(set(cuts)) == 1,
        np.min(lengths, initial=np.inf),
        np.max(lengths, initial=-np.inf),
    )


def _pulls(n):
    """Return the gradients of a quarter of the squared distances to n points."""
    points = np.random.default_rng(n).normal(size=(n, 3))
    return lambda theta, rows: (theta - points[rows]) / 2


@exercise(
    returns="dependence on chance outside rng, number of steps, number of steps along "
    "the mean gradient, smallest batch, largest batch, number of epochs that use a "
    "sample twice, number of different orders, number of sorted orders, number of "
    "epochs with the samples of one batch, reuse of the same batches in every epoch, "
    "shortest step / (η mean gradient), longest step / (η mean gradient)",
    praise="Each epoch takes every sample once, in an order of its own",
    cases=[
        (_pulls(n), np.ones(3), n, 0.1, batch_size, 4, np.random.default_rng(n))
        for n, batch_size in [(12, 3), (14, 4)]
    ],
    observe=_sgd_traits,
)
def sgd(gradients, theta, n, lr, batch_size, epochs, rng):
    """Walk by stochastic gradient descent, `epochs` times through n samples.

    Each epoch takes the samples in a new order, batch_size at a time; its last batch
    may be smaller.  gradients(theta, rows) gives the gradient of each of these samples,
    (len(rows), P), and a step follows their mean.  With batch_size = 1, one sample.

    rng.permutation(n) -> np.random.default_rng(0).permutation(n)
        the samples are shuffled once: draw a new order in each epoch
    rng.permutation(n) -> np.arange(n)
        the samples are not shuffled: every epoch takes them in the order of the data
    rng.permutation(n) -> np.random.default_rng(0).permutation(n)
    [k : k + batch_size] -> [:batch_size]
        the sample is drawn once, outside the loop: every step uses the same one
    [k : k + batch_size] -> [:batch_size]
        all steps of an epoch use the same samples: take the next ones at each step
    order[k : k + batch_size] -> rng.choice(n, batch_size, replace=False)
        each step draws from all samples: an epoch then repeats some, and misses others
    order[k : k + batch_size] -> rng.integers(n, size=batch_size)
        each step draws from all samples: an epoch then repeats some, and misses others
    rng.permutation(n) -> np.arange(n)
    range(0, n, batch_size) -> rng.permutation(np.arange(0, n, batch_size))
        only the batches are shuffled: each holds the same samples in every epoch
    range(0, n, batch_size) -> range(n // batch_size)
        the batches overlap: the next one begins batch_size further on, not 1
    range(0, n, batch_size) -> range(n)
        the batches overlap: the next one begins batch_size further on, not 1
    rng.permutation(n) -> rng.integers(n, size=n)
        each step draws from all samples: an epoch then repeats some, and misses others
    .mean(axis=0) -> .sum(axis=0)
        the gradients of a batch are summed: average them, or η depends on batch_size
    .mean(axis=0) -> .sum(axis=0) / batch_size
        the last batch is smaller, but divided by batch_size: divide by its own number
    gradients(theta, rows) -> gradients(theta, order)
        every step uses all n samples: that is the full gradient, an epoch's price
    range(0, n, batch_size) -> [0]
    [k : k + batch_size] ->
        an epoch is one step with all n samples: that is gradient descent
    order = rng.permutation(n) -> order, old = rng.permutation(n), theta
    gradients(theta, -> gradients(old,
        θ moves once in an epoch: all its gradients are taken at the same place
    theta - lr -> theta + lr
        the sign is flipped: your steps climb
    lr * gradients -> gradients
        η is missing: a step is η times the gradient
    (0, n, batch_size) -> (0, n - batch_size, batch_size)
        the last batch of each epoch is left out: go on to the end of the order
    (0, n, batch_size) -> (0, n - batch_size + 1, batch_size)
        the last batch is left out where it is smaller: its samples count too
    permutation(n) -> permutation(n - 1)
        the last sample is never used: the n samples go from 0 to n - 1
    (0, n, batch_size) -> (n)
    + batch_size] -> + 1]
        batch_size is not used: you take one sample at a time
    rng.permutation -> np.random.default_rng().permutation
        the order does not come from rng: the same seed must give the same walk
    """
    for _ in range(epochs):
        order = rng.permutation(n)
        for k in range(0, n, batch_size):
            rows = order[k : k + batch_size]
            theta = theta - lr * gradients(theta, rows).mean(axis=0)
    return theta


@exercise(
    "variance",
    "For small η this is ησ²/(2λ): half the learning rate, half the variance",
    cases=[(0.5, 1.0, 2.0), (0.1, 4.0, 3.0), (0.3, 2.0, 0.5), (0.02, 50.0, 2.0)],
)
def noise_floor(lr, curvature, sigma):
    """Predict the variance that SGD settles at on the cost curvature x^2 / 2.

    sigma is the standard deviation of the noise in the gradient.

    lr * sigma**2 / (curvature -> (lr * sigma**2 / (curvature
    lr * curvature)) -> lr * curvature))) ** 0.5
        that is the standard deviation: the variance is its square
    sigma**2 -> sigma
        σ is not squared: it is the variance σ² of the noise that counts
    (2 - -> (1 -
        the 2 is missing: V = (1 - ηλ)²V + η²σ² has the solution ησ²/(λ(2 - ηλ))
    (2 - lr * curvature) -> 2
        that is the limit of small η: the exact floor has 2 - ηλ in place of the 2
    curvature * (2 -> (2
        λ is missing before (2 - ηλ): a steeper valley has a lower floor
    lr * sigma -> sigma
        η is missing in the numerator: smaller steps have a lower floor
    lr * sigma -> 0.5 * curvature * lr * sigma
        that is the mean cost, λ/2 times the variance: the variance is asked for
    / (curvature * (2 - lr * curvature)) -> / curvature * (2 - lr * curvature)
        brackets are missing: a / b * c is (a / b) c, and the divisor is λ(2 - ηλ)
    """
    return lr * sigma**2 / (curvature * (2 - lr * curvature))


@exercise(
    "learning rate",
    "It has no state: plotting it changes nothing",
    cases=[
        *itertools.product([1, 2, 5, 40], [0.5, 0.08], [0.25, 0.6]),
        (np.arange(1, 8), 0.5, 0.25),  # as one plots it
    ],
)
def inverse_time(t, lr, decay):
    """Return the learning rate of step t = 1, 2, ...: lr / (1 + decay (t - 1)).

    (t - 1) -> t
        t counts from 1, not from 0: your first rate is {got:.3g}, and η is {right:.3g}
    / (1 + decay * (t - 1)) -> / t
        the decay is not used: η/t is the case decay = 1
    lr / ( -> lr * (
        your rate grows: divide by 1 + decay (t - 1)
    / (1 + decay * (t - 1)) -> * (1 - decay) ** (t - 1)
        the decay compounds: η × (1 - decay) at each step falls much faster than 1/t
    / (1 + decay * (t - 1)) -> / (1 + decay) ** (t - 1)
        the decay compounds: η / (1 + decay) at each step falls much faster than 1/t
    / (1 + decay * (t - 1)) -> * np.exp(-decay * (t - 1))
        that is exponential decay: it falls much faster than 1/t
    (1 + decay * (t - 1)) -> 1 + decay * (t - 1)
        brackets are missing: lr / 1 + ... divides by 1 alone
    (1 + decay * (t - 1)) -> ((1 + decay) * (t - 1))
        the brackets are round 1 + decay: only t - 1 is multiplied by decay
    """
    return lr / (1 + decay * (t - 1))


# 03 Momentum


@exercise(
    "theta, v",
    "From rest, the first step is that of gradient descent",
    numbers=_first_step,
)
def heavy_ball(theta, gradient, v, lr, beta):
    """Take one step of momentum with v = beta v + g (Polyak's heavy ball).

    + gradient -> + (1 - beta) * gradient
        that is the other convention, v = βv + (1 - β)g: your first v is {ratio:.3g}
        times the gradient, which is 1 - β
    theta - lr -> theta + lr
        the sign is flipped: your step climbs
    lr * v -> lr * (gradient + beta * v)
        that is Nesterov's look-ahead: the heavy ball moves by ηv, not by η(g + βv)
    v = beta * v -> old, v = v, beta * v
    lr * v -> lr * old
        θ moves by the old v: your first step is {step:.3g}, so update v before θ
    beta * v + gradient -> v + beta * gradient
        β multiplies the gradient: it is the old v that fades, βv + g
    beta * v + gradient -> gradient
        the old v is forgotten: v = g is plain gradient descent
    beta * v + gradient -> v + gradient
        β is missing: nothing fades, and v is the sum of all gradients
    + gradient -> + lr * gradient
    lr * v -> v
        η is inside v: the same path while η is constant, but v = βv + g is asked for
    + gradient -> - lr * gradient
    - lr * v -> + v
        your v is -ηv: the same path while η is constant, but v = βv + g is asked for
    lr * v -> v
        η is missing: θ moves by ηv, and yours by v
    lr * v -> lr * gradient
        v is not used: θ moves by ηv, and yours by ηg
    + gradient -> - gradient
    - lr * v -> + lr * v
        your v is -v: the same path, but v = βv + g is asked for
    + gradient -> + lr * gradient
        η is used twice: it belongs to the step of θ, and not to v as well
    beta * v + gradient -> (1 - beta) * v + beta * gradient
        the factors are 1 - β of the old v and β of g: βv + g is asked for
    beta * v + gradient -> beta * (v + gradient)
        β multiplies the gradient too: only the old v fades, βv + g
    """
    v = beta * v + gradient
    theta = theta - lr * v
    return theta, v


@exercise(
    "learning rate",
    "At β = 0.9 the two conventions are a factor 10 apart",
    cases=[*itertools.product([0.1, 0.03], [0.9, 0.6, 0.99])],
)
def convert_lr(lr, beta):
    """Translate a learning rate from v = beta v + g to v = beta v + (1 - beta) g.

    lr / (1 - beta) -> lr * (1 - beta)
        that is the way back: the other v is 1 - β times as long, so η must be larger
    lr / (1 - beta) -> lr
        nothing is converted: with the same η each step is {ratio:.3g} times as long
    lr / (1 - beta) -> lr * beta
        the factor is not β: the two v differ by 1 - β
    lr / (1 - beta) -> lr * beta / (1 - beta)
        there is a β too many: the newest g has the weights 1 and 1 - β in the two v
    lr / (1 - beta) -> 1 / (1 - beta)
        that is the factor: multiply η by it
    lr / (1 - beta) -> lr / 1 - beta
        brackets are missing: lr / 1 - beta subtracts β
    """
    return lr / (1 - beta)


@exercise(
    "beta",
    "The error then shrinks by √β = (√κ - 1)/(√κ + 1) in a step",
    cases=[(4.0,), (10.0,), (100.0,), (2500.0,)],
)
def best_beta(kappa):
    """Return the momentum that is fastest on a quadratic of this condition number.

    ** 2 ->
        the square is missing: {got:.3g} is √β at κ = 4, by which the error shrinks
    np.sqrt(kappa) -> kappa
        κ stands in place of √κ: the root is all that momentum gains
    np.sqrt(kappa) -> kappa
    ** 2 ->
        that is the rate of gradient descent, (κ - 1)/(κ + 1): momentum has √κ, squared
    np.sqrt(kappa) - 1 -> np.sqrt(kappa) + 1
    / (np.sqrt(kappa) + 1) -> / (np.sqrt(kappa) - 1)
        the fraction is upside down: your β is {got:.3g} at κ = 4, not below 1
    ((np.sqrt(kappa) - 1) / (np.sqrt(kappa) + 1)) ** 2 -> 4 / (np.sqrt(kappa) + 1) ** 2
        that is η* for L = κ and μ = 1: β is asked for
    ((np.sqrt(kappa) - 1) / (np.sqrt(kappa) + 1)) ** 2 -> 1 - 1 / kappa
        that is the rate of gradient descent with η = 1/L: momentum has √κ
    """
    return ((np.sqrt(kappa) - 1) / (np.sqrt(kappa) + 1)) ** 2


# 04 RMSprop

_SCALING = """
    (np.sqrt(V) + eps) -> np.sqrt(V + eps)
        ε is inside the root: take the root first, then add ε
    / (np.sqrt(V) + eps) -> / np.sqrt(V) + eps
        ε is added to θ, not to the root: with no brackets round √v + ε, a zero
        gradient gives 0/0
    STEP / (np.sqrt(V) + eps) -> (STEP / np.sqrt(V) + eps)
        ε is added to the step, not to the root: a zero gradient gives 0/0
    (np.sqrt(V) + eps) -> np.sqrt(V)
        ε is missing: where the gradient was always 0, the step is 0/0
    (np.sqrt(V) + eps) -> (V + eps)
        the root is missing: your first step is {step:.3g} η
    theta - lr -> theta + lr
        the sign is flipped: your step climbs
    lr * STEP -> STEP
        η is missing: your first step is {step:.3g} η
    """


def _scaling(step, v):
    """Return the mistakes in theta - lr step / (sqrt(v) + eps), wherever it occurs."""
    return _SCALING.replace("STEP", step).replace("V", v)


@exercise(
    "theta, v",
    "Your first step is {step:.3g} η, whatever the size of the gradient",
    also=_scaling("gradient", "v"),
    numbers=_first_step,
)
def rmsprop_step(theta, gradient, v, lr, beta, eps):
    """Take one step of RMSprop; v is the moving average of the squared gradient.

    v = beta * v -> old, v = v, beta * v
    np.sqrt(v) -> np.sqrt(old)
        the root is that of the old v: update v first, so that it knows the gradient
    gradient**2 -> gradient
        the gradient is not squared in v: an average of g may be negative
    beta * v + (1 - beta) * gradient**2 -> (1 - beta) * v + beta * gradient**2
        β and 1 - β are swapped: the old v keeps β
    (1 - beta) * gradient**2 -> gradient**2
        the factor 1 - β is missing: v is an average, and its weights sum to 1
    beta * v + (1 - beta) * gradient**2 -> v + gradient**2
        that is AdaGrad: it sums the squares, and RMSprop averages them
    gradient**2 -> np.sum(gradient**2)
        v is one number for all parameters: square each entry, and sum nothing
    gradient**2 -> np.sum(gradient**2, axis=-1, keepdims=True)
        v is one number for all parameters: square each entry, and sum nothing
    gradient**2 -> np.mean(gradient**2, axis=-1, keepdims=True)
        v is one number for all parameters: square each entry, and average over time
    gradient**2 -> np.abs(gradient)
        v averages |g|: it is g² that is averaged, and the root comes after
    beta * v + (1 - beta) * gradient**2 -> (beta * v + (1 - beta) * gradient) ** 2
        the average is squared: square the gradient first, then average
    return theta, v -> return theta, np.sqrt(v)
        the root is stored: return v itself, and take the root in the step alone
    """
    v = beta * v + (1 - beta) * gradient**2
    theta = theta - lr * gradient / (np.sqrt(v) + eps)
    return theta, v


@exercise(
    "theta, s",
    "Your first step is {step:.3g} η; later ones shrink, because s only grows",
    also=_scaling("gradient", "s"),
    numbers=_first_step,
)
def adagrad_step(theta, gradient, s, lr, eps):
    """Take one step of AdaGrad; s is the sum of the squared gradients.

    s = s + -> old, s = s, s +
    np.sqrt(s) -> np.sqrt(old)
        the root is that of the old s: update s first, so that it knows the gradient
    s + gradient**2 -> 0.9 * s + 0.1 * gradient**2
        that is the moving average of RMSprop: AdaGrad sums the squares
    s + gradient**2 -> gradient**2
        the old s is forgotten: with s = g² every step is ±η
    gradient**2 -> gradient
        the gradient is not squared in s: a sum of g may be negative
    """
    s = s + gradient**2
    theta = theta - lr * gradient / (np.sqrt(s) + eps)
    return theta, s


@exercise(
    "drift",
    "Nine gradients of 0.1 and one of -0.9 have the mean 0; yet θ drifts by "
    "{right:.2g} η in a cycle",
    cases=[
        ([0.1] * 9 + [-0.9], 0.9),
        ([1.0, -3.0, 1.5], 0.5),
        ([-0.2, -0.3, 2.0, 0.4], 0.8),
        ([0.1] * 9 + [-0.9], 0.5),
    ],
)
def drift(gradients, beta):
    """Sum the steps of RMSprop over one cycle of gradients that repeats for ever.

    In learning rates, with eps = 0, when v repeats itself too.

    range(60) -> range(1)
        that is the first cycle, from v = 0: go on until v repeats itself
    total - g -> total + g
        the sign is flipped: a step goes against the gradient
    / np.sqrt(v) -> / v
        the root is missing: a step is g/√v
    / np.sqrt(v) ->
        that is SGD, which does not divide by √v: it drifts by the sum of g alone
    g / np.sqrt(v) -> np.sign(g)
        that is sign descent: RMSprop divides by the root of an average, not by |g|
    return total -> return total / len(gradients)
        that is the drift in one step: sum over the cycle
    range(60) -> range(3)
        v does not repeat itself after 3 cycles: go on for longer
    v = beta * v + (1 - beta) * g**2 -> old, v = v, beta * v + (1 - beta) * g**2
    np.sqrt(v) -> np.sqrt(old + 1e-300)
        the root is that of the old v: update v first, so that it knows the gradient
    beta * v + (1 - beta) * g**2 -> (1 - beta) * v + beta * g**2
        β and 1 - β are swapped: the old v keeps β
    g**2 -> g
        the gradient is not squared in v: an average of g may be negative
    return total -> return np.sign(total)
        that is only the sign: return how far θ drifts, in learning rates
    """
    v = 0.0
    for _ in range(60):
        total = 0.0
        for g in gradients:
            v = beta * v + (1 - beta) * g**2
            total = total - g / np.sqrt(v)
    return total


# 05 Adam

_MOMENTS = """
    m / (1 - beta1**t) -> m
        m is not corrected, only v: your first step is {step:.3g} η, and 1 η is right
    beta1**t -> beta1 ** (t - 1)
    beta2**t -> beta2 ** (t - 1)
        t starts at 0 in your correction: at the first step 1 - β⁰ = 0 is the divisor
    beta1**t -> beta1 ** (t + 1)
    beta2**t -> beta2 ** (t + 1)
        t is one too large in your correction: it is 1 at the first step
    beta1**t -> beta1 * t
    beta2**t -> beta2 * t
        t multiplies β in your correction: βᵗ is a power
    beta1**t -> beta1
    beta2**t -> beta2
        t is missing in your correction: 1 - βᵗ tends to 1, and 1 - β does not
    t, lr, beta1, beta2, eps -> t, lr, beta2, beta1, eps
        β₁ and β₂ are swapped: β₁ belongs to m, and β₂ to v
    m = beta1 * m -> old, m = m, beta1 * m
    m / (1 -> old / (1
        the step uses the old m: your first step is {step:.3g} η, so update m first
    gradient**2 -> gradient
        the gradient is not squared in v: v averages g²
    gradient**2 -> abs(gradient)
        v averages |g|: square the gradient
    beta2**t -> beta1**t
        v is corrected with β₁: its weights sum to 1 - β₂ᵗ
    beta2 * v + (1 - beta2) -> beta1 * v + (1 - beta1)
        v is averaged with β₁: β₂ belongs to v
    beta1 * m + (1 - beta1) -> (1 - beta1) * m + beta1
    beta2 * v + (1 - beta2) -> (1 - beta2) * v + beta2
        the weights are exchanged: β for the old average, 1 - β for what is new
    / (1 - beta1**t) -> * (1 - beta1**t)
    / (1 - beta2**t) -> * (1 - beta2**t)
        you multiply by 1 - βᵗ: the averages are too small, so divide by it
    / (1 - beta1**t) -> / 1 - beta1**t
    / (1 - beta2**t) -> / 1 - beta2**t
        brackets are missing: m / 1 - βᵗ subtracts βᵗ
    (1 - beta1**t) -> (1 - beta1) ** t
    (1 - beta2**t) -> (1 - beta2) ** t
        the power takes in the 1: it is 1 - βᵗ, not (1 - β)ᵗ
    (1 - beta1) * gradient -> gradient
        the factor 1 - β₁ is missing in m: the weights of an average sum to 1
    (1 - beta2) * gradient -> gradient
        the factor 1 - β₂ is missing in v: the weights of an average sum to 1
    """


@exercise(
    "theta, m, v",
    "Your first step is {step:.3g} η, whatever the size of the gradient",
    also=_scaling("m_hat", "v_hat") + _MOMENTS,
    numbers=_first_step,
)
def adam_step(theta, gradient, m, v, t, lr, beta1, beta2, eps):
    """Take step t = 1, 2, ... of Adam; m and v are the moving averages of g and g^2.

    m / (1 - beta1**t) -> m
    v / (1 - beta2**t) -> v
        there is no bias correction: your first step is {step:.3g} η, and 1 η is right
    v / (1 - beta2**t) -> v
        √v stands in place of √v̂, so that only m is corrected: your first step is
        {step:.3g} η, and 1 η is right
    v = beta2 * v -> old, v = v, beta2 * v
    v / (1 -> old / (1
        the step uses the old v: at the first step that is 0
    return theta, m, v -> return theta, m_hat, v_hat
        the correction is written back into m and v: return them as they were, or it
        piles up step by step
    """
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * gradient**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    theta = theta - lr * m_hat / (np.sqrt(v_hat) + eps)
    return theta, m, v


@exercise(
    "corrected average",
    "At t = 1 it divides by 1 - β: the average of one value is that value",
    cases=[
        *((np.array([0.1, -0.3]), 0.9, t) for t in (1, 2, 10)),
        (np.arange(10.0).reshape(5, 2), 0.6, 3),
        (np.array([0.001, 2], np.float32), 0.99, 5),
    ],
)
def bias_correction(average, beta, t):
    """Correct a moving average that started at 0, after t = 1, 2, ... values.

    beta**t -> beta * t
        t multiplies β: βᵗ is a power
    (1 - beta**t) -> beta**t
        the divisor is not βᵗ: it is 1 - βᵗ, the sum of the weights so far
    / (1 -> * (1
        you multiply by 1 - βᵗ: the average is too small, so divide by it
    (1 - beta**t) -> (1 - beta) ** t
        the power takes in the 1: it is 1 - βᵗ, not (1 - β)ᵗ
    beta**t -> beta
        t is missing: after t values the weights sum to 1 - βᵗ
    beta**t -> beta ** (t - 1)
        t is one too small: at t = 1 yours divides by 1 - β⁰ = 0
    (1 - beta**t) -> 1 - beta**t
        brackets are missing: average / 1 - βᵗ subtracts βᵗ
    """
    return average / (1 - beta**t)


# The bug hunt.  letter: (the bug, its edit of Adam, an experiment that shows it)
_BUGS = {
    "A": (
        "ε is inside the root",
        "(np.sqrt(v_hat) + eps) -> np.sqrt(v_hat + eps)",
        "compare its first steps for gradients of 1 and of 1e-4, with eps=1e-8",
    ),
    "B": (
        "only m is corrected",
        "v / (1 - beta2**t) -> v",
        "how long is its first step, in learning rates?",
    ),
    "C": (
        "the correction is written back into m and v",
        "return theta, m, v -> return theta, m_hat, v_hat",
        "look at the m that it returns after its first step",
    ),
    "D": (
        "β₁ and β₂ are swapped",
        "t, lr, beta1, beta2, eps -> t, lr, beta2, beta1, eps",
        "which m does it return for beta1=0, and which for beta2=0?",
    ),
    "E": (
        "the step uses the old m",
        "m = beta1 * m -> old, m = m, beta1 * m\nm / (1 -> old / (1",
        "does it move at all at t = 1, from rest?",
    ),
    "F": (
        "ε is added to θ, not to the root",
        "/ (np.sqrt(v_hat) + eps) -> / np.sqrt(v_hat) + eps",
        "give it a gradient of 0, from rest",
    ),
}
suspects = {letter: adam_step.edited(edit) for letter, (_, edit, _) in _BUGS.items()}
bugs = [
    "only v is corrected",
    "the root is missing",
    *(row[0] for row in _BUGS.values()),
]
bugs.sort()  # two of them are in none of the suspects


def name_the_bug(answers):
    """Check {"A": one of `bugs`, ...}: what is wrong with each of the six `suspects`.

    Each is a function (theta, gradient, m, v, t, lr, beta1, beta2, eps) that returns
    (theta, m, v): a step of Adam with one bug.
    """
    truth = {letter: bug for letter, (bug, _, _) in _BUGS.items()}
    hints = {letter: hint for letter, (_, _, hint) in _BUGS.items()}
    _compare(answers, truth, hints, bugs, "Six bugs, each found by an experiment")


def _compare(answers, truth, hints, options, praise):
    """Print which answers, {name: option}, are right, and hints for the others."""
    if not isinstance(answers, dict):
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
        return word.strip().lower()
    return "" if word is None or word is ... else "?"


# 06 SGD against Adam


def _pairs():
    """Draw the results of two methods that share their seeds, (n,) each."""
    rng, cases = np.random.default_rng(5), []
    for n in (5, 10, 20):
        shared, *own = rng.normal(size=(3, n))
        cases.append((2 + shared + 0.3 * own[0], 1.8 + shared + 0.3 * own[1]))
    return cases


@exercise(
    "standard error",
    "What both methods share, run by run, drops out of the differences",
    cases=_pairs(),
)
def paired_standard_error(a, b):
    """Return the standard error of the mean of a - b, run by run, (n,) each.

    difference.std(ddof=1) -> (a.var(ddof=1) + b.var(ddof=1)) ** 0.5
        the pairs are lost: as if unrelated, the two have an error {ratio:.2g} times as
        large, so take the differences run by run
    ddof=1 -> ddof=0
        the squares are averaged over n: with a mean from the same runs, use n - 1
    / np.sqrt(len(difference)) ->
        that is the standard deviation of one difference: their mean's is √n smaller
    np.sqrt(len(difference)) -> len(difference)
        you divide by n: the error of a mean falls like √n
    difference.std(ddof=1) -> (a.std(ddof=1) + b.std(ddof=1))
        the two errors are added: take the error of the differences, run by run
    difference.std(ddof=1) -> difference.var(ddof=1)
        the variance stands in place of the standard deviation: take its root
    a - b -> a
        that is the error of the first method alone: take the differences a - b
    a - b -> a + b
        that is the error of the sum: take the differences a - b
    difference.std(ddof=1) -> 2 * difference.std(ddof=1)
        those are two standard errors: one is asked for
    difference.std(ddof=1) -> difference.mean()
        that is the mean over √n: its error starts from the standard deviation
    difference.std(ddof=1) / np.sqrt(len(difference)) -> difference.mean()
        that is the mean of the differences: return its standard error, and only that
    np.sqrt(len(difference)) -> np.sqrt(len(difference) - 1)
        n - 1 is used twice: with ddof=1 it is in the standard deviation already
    """
    difference = a - b
    return difference.std(ddof=1) / np.sqrt(len(difference))


@dataclass(frozen=True)
class Run:
    """What a training run reports; the test set is not for tuning."""

    training_cost: float
    validation_cost: float

    @property
    def test_cost(self):
        """The cost on the test set, for after the tuning."""
        raise Trouble(
            "test set",
            "your function looks at the test set: what is chosen by it is no test any "
            "more, so choose by validation_cost",
        )


def _trainings():
    """Draw costs for each rate and seed, with one run that diverged."""
    rng, cases = np.random.default_rng(6), []
    for _ in range(8):
        grid, seeds = [0.003, 0.01, 0.03, 0.1, 0.3], [11, 12, 13]
        table = rng.uniform(0.1, 0.9, size=(2, len(grid), len(seeds)))
        table[:, rng.integers(len(grid)), rng.integers(len(seeds))] = np.nan

        def train(lr, seed, table=table, grid=grid, seeds=seeds):
            return Run(*table[:, grid.index(lr), seeds.index(seed)])

        cases.append((train, grid, seeds))
    return cases


@exercise(
    "learning rate",
    "The test set was not touched, so that it can still test",
    cases=_trainings(),
)
def tune(train, grid, seeds):
    """Return the learning rate of the grid with the least mean validation cost.

    train(lr, seed) gives a run with training_cost, validation_cost and test_cost; where
    it diverged they are NaN, and a rate at which one of the seeds does is no choice.

    validation_cost -> training_cost
        you choose by the training cost: there, a rate that overfits looks best
    np.mean(costs) -> np.min(costs)
        you choose by the best seed: one lucky run is no rate, so average the seeds
    np.mean(costs) -> np.nanmin(costs)
        you choose by the best seed: one lucky run is no rate, so average the seeds
    np.mean(costs) -> np.max(costs)
        you choose by the worst seed: average the seeds
    np.mean(costs) -> np.median(costs)
        you take the median of the seeds: here their mean is asked for
    grid[np.nanargmin(means)] -> min(grid, key=dict(zip(grid, means)).get)
        a NaN misleads min: nothing is smaller than a NaN, so use np.nanargmin
    np.nanargmin -> np.nanargmax
        you choose the highest cost: the best rate has the lowest
    np.mean -> np.nanmean
        a run that diverged is left out of the mean: its rate must not look safe
    nanargmin -> argmin
        a NaN wins: np.argmin returns the first NaN, so give that rate no chance
    grid[np.nanargmin(means)] -> np.nanargmin(means)
        that is a place in the grid: return the learning rate that stands there
    grid[np.nanargmin(means)] -> np.nanmin(means)
        that is the lowest cost: return the learning rate that reached it
    for seed in seeds -> for seed in seeds[:1]
        only the first seed is used: average all of them
    """
    means = []
    for lr in grid:
        costs = [train(lr, seed).validation_cost for seed in seeds]
        means.append(np.mean(costs))
    return grid[np.nanargmin(means)]


def supported(chosen, sentences):
    """Check which sentences the data support.

    chosen      the letters of those that they do: "AC", or {"A", "C"}
    sentences   {letter: (True or False, why)}
    """
    try:
        if isinstance(chosen, dict):  # {"A": True, "B": False}
            chosen = [letter for letter, said in chosen.items() if said]
        if isinstance(chosen, str):  # "a and c"
            chosen = chosen.replace("and", "").upper()
        letters = set(chosen) & set(sentences)
    except Exception:  # no collection of letters
        letters = set()
    if not letters:
        print(f"Not yet: choose some of the letters {', '.join(sentences)}.")
        return
    words = ["not supported", "supported"]
    _compare(
        {letter: words[letter in letters] for letter in sentences},
        {letter: words[bool(true)] for letter, (true, _) in sentences.items()},
        {letter: why for letter, (_, why) in sentences.items()},
        words,
        "You chose what the data support, and nothing else",
    )


# 07 Choosing hyper-parameters


@exercise(
    "theta, m, v, v_max",
    "Your v_max never shrinks: a large gradient is not forgotten",
    also=_scaling("m_hat", "v_hat") + _MOMENTS,
    numbers=_first_step,
)
def amsgrad_step(theta, gradient, m, v, v_max, t, lr, beta1, beta2, eps):
    """Take step t = 1, 2, ... of AMSGrad; v_max is the largest v so far.

    m and v_max are bias-corrected, v_max after the maximum is taken.

    m / (1 - beta1**t) -> m
    v_max / (1 - beta2**t) -> v_max
        there is no bias correction: your first step is {step:.3g} η, and 1 η is right
    v_hat = v_max -> v_hat = v
        v_max is not used: with v̂ made of v the step is Adam's
    v_max / (1 - beta2**t) -> v_max
        only m is corrected: your first step is {step:.3g} η, and 1 η is right
    np.maximum(v_max, v) -> np.maximum(v_max, gradient**2)
        the maximum is that of g²: it is the average v whose maximum is kept
    np.maximum(v_max, v) -> np.minimum(v_max, v)
        np.minimum keeps the smallest v: the denominator must never shrink
    v = beta2 * v -> old, v = v, beta2 * v
    np.maximum(v_max, v) -> np.maximum(v_max, old)
        the maximum is that of the old v: average first, then take the maximum
    v = beta2 * v -> v = beta2 * v_max
        v averages on from v_max: it goes on from v, which may shrink
    v_max = np.maximum -> old, v_max = v_max, np.maximum
    v_hat = v_max -> v_hat = old
        the maximum is taken after its use: the step needs the new v_max
    np.maximum(v_max, v) -> np.maximum(v_max, v / (1 - beta2**t))
    v_hat = v_max / (1 - beta2**t) -> v_hat = v_max
        v_max is the maximum of v̂: take that of v, and correct it afterwards
    np.maximum(v_max, v) -> np.maximum(v_max, v / (1 - beta2**t))
        v_max mixes v̂ and v: it is corrected before the maximum, and again after it
    np.maximum(v_max, v) -> v
        the maximum is missing: with v_max = v the step is Adam's
    np.maximum(v_max, v) -> np.maximum(v_max, m)
        the maximum is that of m: it is v whose maximum is kept
    return theta, m, v, v_max -> return theta, m, v_max, v_max
        v_max is returned in place of v: the average would go on from the maximum
    return theta, m, v, v_max -> return theta, m, v, v_hat
        the correction is written back into v_max: return it as it was
    """
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * gradient**2
    v_max = np.maximum(v_max, v)
    m_hat = m / (1 - beta1**t)
    v_hat = v_max / (1 - beta2**t)
    theta = theta - lr * m_hat / (np.sqrt(v_hat) + eps)
    return theta, m, v, v_max


@exercise(
    "learning rate",
    "It passes through η at the end of the warm-up, η/2 half-way down, and 0",
    cases=[
        *((t, 0.5, 5, 20) for t in (1, 2, 5, 6, 13, 20)),
        *((t, 2.0, 30, 100) for t in (1, 30, 31, 65, 99, 100)),
    ],
)
def warmup_cosine(t, lr, warmup, steps):
    """Return the learning rate of step t = 1, ..., steps: up, then down to 0.

    It climbs linearly to lr, at t = warmup, then falls as half a cosine to 0, at
    t = steps.

    t / warmup -> (t - 1) / warmup
        the climb starts at 0: the first step, t = 1, would be wasted
    climb = np.minimum(t / warmup, 1) -> climb = 1
        the climb is missing: during the warm-up the rate is ηt/warmup
    np.maximum(t - warmup, 0) / (steps - warmup) -> t / steps
        climb and cosine overlap: the fall begins where the climb ends
    np.maximum(t - warmup, 0) / (steps - warmup) -> (t - 1) / steps
        climb and cosine overlap, as in section 2: here the fall begins where the
        climb ends
    np.maximum(t - warmup, 0) -> (t - warmup)
        the cosine runs before the climb has ended: let progress be 0 until then
    np.maximum(t - warmup, 0) -> np.maximum(t - 1 - warmup, 0)
        the fall is one step late: at t = steps it is not yet 0
    np.maximum(t - warmup, 0) / (steps - warmup) -> t / steps * (t > warmup)
        the cosine does not wait for the warm-up: count t from its end
    / (steps - warmup) -> / steps
        it does not end at 0: the fall has steps - warmup steps
    np.pi * -> 180 *
        the angle is in degrees: NumPy wants radians, π and not 180
    np.pi * -> 2 * np.pi *
        that is a whole period: it ends at η again, and half a one ends at 0
    (1 + np.cos(np.pi * progress)) / 2 -> (1 - progress)
        the fall is a straight line: half a cosine is flat at both ends
    (1 + np.cos(np.pi * progress)) / 2 -> np.cos(np.pi / 2 * progress)
        that is a quarter of a cosine: it is flat at its beginning only
    (1 + np.cos(np.pi * progress)) / 2 -> 1
        the fall is missing: after the warm-up the rate stays at η
    lr * climb -> climb
        η is missing: multiply by lr
    (1 + np.cos(np.pi * progress)) / 2 -> (1 + np.cos(np.pi * progress))
        the half is missing: 1 + cos goes from 2 to 0
    (1 + np.cos(np.pi * progress)) / 2 -> np.cos(np.pi * progress)
        the rate becomes negative: cos goes from 1 to -1, and (1 + cos)/2 from 1 to 0
    """
    climb = np.minimum(t / warmup, 1)
    progress = np.maximum(t - warmup, 0) / (steps - warmup)
    return lr * climb * (1 + np.cos(np.pi * progress)) / 2


# letter: (the diagnosis, the learning rate, training samples, what to look at)
_LOGS = {
    "A": ("overfitting", 0.3, 20, "compare the two curves in the second half"),
    "B": ("too low", 0.001, 200, "are the curves still on their way at the end?"),
    "C": ("too high", 3.0, 200, "does the training cost settle?"),
}


def training_logs(epochs=60):
    """Train a linear classifier three times; return {letter: (epochs, 2)}, costs.

    The columns are the costs on the training set and on the validation set.  The cost
    is convex, so that rounding does not grow: the logs are the same on any processor.
    """
    net, logs = network.Network((20, 2)), {}
    for letter, (_, lr, n, _) in _LOGS.items():
        rng = np.random.default_rng(7)
        x = rng.normal(size=(n + 200, 20))
        y = (x[:, 0] + 0.7 * rng.normal(size=n + 200) > 0).astype(int)
        theta, log = net.initial(rng), []
        for _ in range(epochs):
            for rows in np.split(rng.permutation(n), n // 10):
                theta = theta - lr * net.gradient(theta, x[rows], y[rows])
            log.append([net.cost(theta, x[:n], y[:n]), net.cost(theta, x[n:], y[n:])])
        logs[letter] = np.array(log)
    return logs


def diagnose_logs(answers):
    """Check {letter: "too high", "too low" or "overfitting"} for `training_logs()`."""
    truth = {letter: diagnosis for letter, (diagnosis, *_) in _LOGS.items()}
    hints = {letter: hint for letter, (*_, hint) in _LOGS.items()}
    options = sorted(truth.values())
    _compare(answers, truth, hints, options, "One curve alone would not have told you")
