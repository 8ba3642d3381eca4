"""Whatever a learner writes, a check says a sentence, in time, and raises nothing."""

import ast
import inspect
import itertools
import re
import sys
import warnings

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbclient import NotebookClient

from classroom.mistakes import calls, slips
from classroom.mistakes import checks as engine
from classroom.mistakes.slips import function_of
from notebooks.exercises import adam, hyperparameters, sgd_against_adam
from tests.exercises.all_exercises import (
    EXERCISES,
    STEPS,
    checks,
    every_exercise,
    handed,
)
from tools.course import NOTEBOOKS

FUNCTIONS = [name for name, e in EXERCISES.items() if not (e.paper or e.plot)]


@pytest.fixture(autouse=True)
def short_search(monkeypatch):
    monkeypatch.setattr(engine, "SEARCH", 0.5)


# What can go wrong with any function.


def endless(*args):
    while True: pass  # noqa: E701  # fmt: skip


def endless_in_a_try(*args):
    while True:
        try:
            raise ValueError
        except Exception:
            continue


def endless_sum(*args):
    return sum(1 for _ in itertools.repeat(0))


def endless_in_c(*args):
    return sum(itertools.repeat(0))


def endless_untraced(*args):
    sys.settrace(None)
    while True:
        len(args)


class Slow:
    def __del__(self):
        sum(range(9999))  # the time limit is over in here, where errors are swallowed
        sum(range(9999))


def endless_garbage(*args):
    for _ in range(2000):  # not endless, so that a missed limit fails, not hangs
        Slow()


def deep(*args):
    return deep(*args)


def divides(*args):
    one = 1
    return one / 0


def divides_lists(*args):
    return [1.0] / [2.0]


def divides_tuples(*args):
    return (1.0,) / (2.0,)


def averages_a_list(*args):
    return [1.0].mean()


def leaves_dots(*args):
    return 2 * ...


def gives_dots(*args):
    return (...,) * 9


def leaves_early(*args):
    raise SystemExit


def no_return(*args):
    one = 1
    one + 1


def prints(*args):
    print("the answer")


FAILURES = [
    (endless, "a loop that never ends"),
    (endless_in_a_try, "a loop that never ends"),
    (endless_sum, "a loop that never ends"),
    (endless_in_c, "a loop that never ends"),
    (endless_untraced, "a loop that never ends"),
    (endless_garbage, "a loop that never ends"),
    (divides, "`return one / 0`, with ZeroDivisionError: division by zero."),
    (divides_lists, "'list' and 'list'; a list becomes an array with np.array."),
    (divides_tuples, "'tuple' and 'tuple'; a tuple becomes an array with np.array."),
    (averages_a_list, "no attribute 'mean'; a list becomes an array with np.array."),
    (deep, "with RecursionError"),
    (leaves_dots, "there is still a ... to replace in line"),
    (gives_dots, "there is still a ... to replace: your"),
    (leaves_early, "`raise SystemExit`, with SystemExit"),
    (no_return, "your function returns nothing"),
    (prints, "your function prints its answer"),
    (lambda *args: "text", "str"),
    (lambda *args: {}, "dict"),
    (lambda *args: (np.zeros((3, 4, 5)),) * 3, "3, 4, 5)"),
    (lambda *args: (value for value in args), "generator"),
    (lambda: 0, "your function takes (), but it will be given"),
    (lambda a, /, *, b: 0, "your function takes (a, b), but it will be given"),
    (3, "give the function itself"),
    (None, "give the function itself"),
    (..., "give the function itself"),
]


@pytest.mark.parametrize("name", ["adam_step", "noise_floor", "sgd", "tune"])
@pytest.mark.parametrize(
    ("function", "said"), FAILURES, ids=lambda v: getattr(v, "__name__", str(v))
)
def test_each_failure_has_its_own_sentence(name, function, said, monkeypatch):
    if "never ends" in said:
        monkeypatch.setattr(calls, "SECONDS", 0.1)
    verdict = vars(checks)[name].verdict(function)
    if name in STEPS and said in ("str", "dict", "generator"):
        said = "returns 1 value, not 3: return theta, m, v"
    assert verdict.startswith("Not yet: ") and said in verdict, verdict
    assert sys.gettrace() is None


def test_the_line_of_the_learners_code_is_shown():
    _, first = inspect.getsourcelines(divides)
    said = checks.noise_floor.verdict(divides)
    assert said.startswith(f"Not yet: your code stops in line {first + 2}, `return one")


def test_values_in_another_order_are_told():
    def step(*args):
        theta, m, v = checks.adam_step.answer(*args)
        return m, v, theta

    assert (
        "their order is not: theta, m, v, not m, v, theta"
        in checks.adam_step.verdict(step)
    )


@pytest.mark.parametrize("name", ["heavy_ball", "adam_step", "central_difference"])
def test_a_changed_argument_is_told(name):
    exercise = EXERCISES[name]
    place = "theta"

    def spoils(*args):
        result = exercise.answer(*args)
        args[exercise.names.index(place)][0] += 1
        return result

    said = exercise.verdict(spoils)
    assert f"your function changes {place}, which it was given" in said


def test_a_changed_list_is_told():
    def sorts(train, grid, seeds):
        best = checks.tune.answer(train, grid, seeds)
        grid.append("end")
        return best

    assert "changes grid, which" in checks.tune.verdict(sorts)


def test_nan_is_told():
    def step(*args):
        theta, v = checks.heavy_ball.answer(*args)
        return theta, v * np.nan

    assert "your v[0] is not a number (NaN)" in checks.heavy_ball.verdict(step)
    said = checks.newton_schulz.verdict(lambda M: M * np.nan)  # as by many mistakes
    assert "your matrix[0, 0] is not a number (NaN)" in said


def test_what_is_always_0_is_no_multiple():
    said = checks.mean_square.verdict(lambda depth, scale, leak: 0)
    assert "your mean square is 0 in place of the right one, in every case" in said


def test_a_function_of_ours_has_the_name_by_which_it_is_given():
    def walk(gradients, theta, n, lr, batch_size, epochs, rng):
        return gradients(theta)

    assert "TypeError: gradients() missing 1" in checks.sgd.verdict(walk)
    said = checks.tune.verdict(lambda train, grid, seeds: train(grid[0]))
    assert "TypeError: train() missing 1" in said


def test_a_step_that_fails_at_a_gradient_of_0_alone_is_told():
    def step(theta, gradient, v, lr, beta, eps):
        v = beta * v + (1 - beta) * gradient**2
        return theta - lr * gradient / (np.sqrt(v) * (1 + eps / np.sqrt(v))), v

    said = checks.rmsprop_step.verdict(step)
    assert "your theta[1] is not a number (NaN)" in said


def test_a_function_with_a_memory_is_told():
    memory = [0.5]

    def remembers(lr, curvature, sigma):
        memory[0] = memory[0] / (1 + lr)
        return memory[0]

    assert "remembers something" in checks.noise_floor.verdict(remembers)


def test_a_function_that_fails_when_called_once_more_is_told():
    calls = []

    def tires(lr, curvature, sigma):
        calls.append(lr)
        if len(calls) > len(checks.noise_floor.cases):
            raise ValueError("tired")
        return checks.noise_floor.answer(lr, curvature, sigma)

    assert "with ValueError: tired" in checks.noise_floor.verdict(tires)


def test_an_unknown_mistake_is_shown_with_its_first_input():
    def step(theta, gradient, v, lr, beta):
        v = beta * v + gradient + np.sin(v + 1)
        return theta - lr * v, v

    theta, gradient, v, _, beta = checks.heavy_ball.cases[0]
    said = checks.heavy_ball.verdict(step)
    assert f"theta = {theta.tolist()}, gradient = {gradient.tolist()}" in said
    want = beta * v[0] + gradient[0]
    got = want + np.sin(v[0] + 1)
    assert f"your v[0] is {got:.4g}; {want:.4g} is right" in said


def test_inputs_of_single_precision_are_shown_with_their_own_digits_alone():
    def step(theta, gradient, v, lr, beta):
        v = beta * v + gradient + (v.dtype == np.float32)
        return theta - lr * v, v

    said = checks.heavy_ball.verdict(step)
    assert "theta = [-" in said and not re.search(r"\.\d{5}", said), said


def test_an_edit_that_does_not_apply_is_no_mistake():
    assert checks.adam_step.edited("no such code -> any other") == []


def test_small_numbers_are_shown_as_they_are():
    def step(*args):
        theta, m, v = checks.adam_step.answer(*args)
        return theta, m + np.sin(1 + m + v), v

    said = checks.adam_step.verdict(step)
    assert "t = 1, lr = 0.1, beta1 = 0.9, beta2 = 0.999, eps = 1e-08, your m[0]" in said
    assert said.endswith("; right: theta, v.")


def test_numbers_that_differ_late_are_shown_to_where_they_differ():
    right = checks.noise_floor.answer
    said = checks.noise_floor.verdict(lambda *a: right(*a) - 2e-4)
    got, want = re.search(r"is ([\d.]+); ([\d.]+) is right", said).groups()
    assert got != want


def test_an_argument_without_effect_is_told():
    def step(theta, gradient, v, lr, beta):
        v = 0.9 * v + gradient
        return theta - lr * v, v

    said = checks.heavy_ball.verdict(step)
    assert said.startswith("Not yet: your answer does not change with beta: use")


def test_a_slip_that_is_not_listed_is_told():
    def step(theta, gradient, m, v, t, lr, beta1, beta2, eps):
        m = beta1 * m + (1 - beta1) * gradient
        v = beta2 * v + (1 - beta2) * gradient**2
        theta = theta - lr * m / (1 - beta1**t) / ((v / (1 + beta2**t)) ** 0.5 + eps)
        return theta, m, v

    assert checks.adam_step.verdict(step) == (
        "Not yet: a sign is wrong: your numbers are those of `1 + beta2 ** t` in place "
        "of `1 - beta2 ** t`."
    )


@every_exercise
def test_every_slip_is_code_that_can_be_read(name):
    for source in EXERCISES[name].sources:
        for said, wrong in slips.one_slip(source):
            assert function_of(wrong, EXERCISES[name].answer) or "return" in wrong, said


SLIPS = [
    ("for k in grid: n(k)", "for k in grid[1:]: n(k)", "one is left out"),
    ("k = n + lr", "k = n + lr / 2", "a factor too many"),
    ("k = n + lr", "k = n + lr**0.5", "a root too many"),
    ("k = M @ (n @ M)", "k = M @ (n * M)", "number by number in place of matrices"),
    ("k = M @ n", "k = n @ M", "the two sides are exchanged"),
    ("k = lr * (n + lr) / 2", "k = lr * n + lr / 2", "brackets are missing"),
    ("k = n * lr", "k = lr / n", "the wrong operation"),
    ("k = n + 9.0", "k = n + 4.5", "the wrong number"),
    ("k = np.divide(n, lr)", "k = np.multiply(n, lr)", "the wrong function"),
    ("k = M.mean(axis=0)", "k = M", "a function is missing"),
    ("k = n(1, a=2, b=3, c=4)", "k = n(1, a=2, c=4)", "an option is missing"),
    (
        "for _ in grid: k = 2; n(k)",
        "k = 2\n    for _ in grid: pass; n(k)",
        "a line stands before its loop",
    ),
]


@pytest.mark.parametrize(("right", "wrong", "said"), SLIPS)
def test_a_slip_is_among_those_that_are_tried(right, wrong, said):
    right, wrong = (f"def f(n, lr, grid, M):\n    {code}\n" for code in (right, wrong))
    made = {
        ast.unparse(ast.parse(code)): sentence.split(": ")[0]
        for sentence, code in slips.one_slip(right)
    }
    assert made[ast.unparse(ast.parse(wrong))] == said


def test_of_two_names_no_two_slips_are_guessed():
    """`2 * n` and `2 * lr` together agree with many a mistake that is neither."""
    source = "def f(n, lr):\n    return (n + lr) * (lr - 2 * n)\n"
    said = [sentence for sentence, _ in slips.one_slip_twice(source)]
    ends = [s.rpartition(" in place of ")[2] for s in said if ", and `" in s]
    assert ends and not {"`n`", "`lr`"}.intersection(ends)


def test_an_argument_that_is_changed_by_sgd_is_told():
    def walk(gradients, theta, n, lr, batch_size, epochs, rng):
        for _ in range(epochs):
            order = rng.permutation(n)
            for k in range(0, n, batch_size):
                theta -= lr * gradients(theta, order[k : k + batch_size]).mean(axis=0)
        return theta

    assert "changes its argument theta" in checks.sgd.verdict(walk)


def test_an_error_in_one_case_alone_is_told_as_it_is():
    right, first = checks.noise_floor.answer, checks.noise_floor.cases[0]

    def forgets_to_import(*args):
        return right(*args) if args == first else mth.sqrt(2)  # noqa: F821

    said = checks.noise_floor.verdict(forgets_to_import)
    assert "NameError: name 'mth' is not defined" in said


def test_a_value_among_others_is_not_the_value():
    right = checks.noise_floor.answer
    said = checks.noise_floor.verdict(lambda *a: (right(*a),))
    assert "a tuple with one value in it" in said
    said = checks.noise_floor.verdict(lambda *a: (right(*a), "!"))
    assert "of the type tuple: return variance alone" in said
    said = checks.noise_floor.verdict(lambda *a: (right(*a), right(*a)))
    assert "your variance is an array of shape (2,), and should be a number" in said
    said = checks.adam_step.verdict(lambda *a: (*checks.adam_step.answer(*a), 1))
    assert "returns 4 values, not 3: return theta, m, v" in said


def test_one_missing_value_is_told():
    said = checks.adam_step.verdict(lambda *args: args[0])
    assert said == "Not yet: your function returns 1 value, not 3: return theta, m, v."
    said = checks.adam_step.verdict(lambda *args: (args[0], None, args[3]))
    assert "your m is of the type NoneType" in said


def test_a_complex_number_is_told():
    said = checks.noise_floor.verdict(lambda *a: (-1) ** 0.5)
    assert "your variance is complex" in said


def test_a_case_without_an_answer_is_told():
    def mean_square(depth, scale, leak):
        if leak:
            return (scale * (1 + leak**2) / 2) ** depth

    said = checks.mean_square.verdict(mean_square)
    assert "leak = 0, your function returns nothing" in said


def test_a_tracer_that_is_there_keeps_its_place():
    lines = []

    def heavy_ball(theta, gradient, v, lr, beta):
        v = beta * v + gradient
        return theta - lr * v, v

    def tracer(frame, event, arg):
        if frame.f_code is heavy_ball.__code__:
            lines.append(frame.f_lineno)
        return tracer

    sys.settrace(tracer)
    try:
        said = checks.heavy_ball.verdict(heavy_ball)
        kept = sys.gettrace()
    finally:
        sys.settrace(None)
    assert kept is tracer and lines and said.startswith("Correct.")


def test_what_the_learner_prints_and_warns_is_not_shown(capsys):
    def talks(lr, curvature, sigma):
        print("here I am")
        np.zeros(1) / 0
        warnings.warn("look out", stacklevel=1)
        return checks.noise_floor.answer(lr, curvature, sigma)

    checks.noise_floor(talks)
    out, err = capsys.readouterr()
    assert out.startswith("Correct.") and "here" not in out and not err


def test_the_stop_button_stops_the_check():
    def interrupted(lr, curvature, sigma):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        checks.noise_floor.verdict(interrupted)


@every_exercise
def test_help_says_what_the_function_takes_and_not_what_the_answer_is(name):
    exercise = EXERCISES[name]
    assert ", ".join(exercise.names) in exercise.__doc__
    assert exercise.returns in exercise.__doc__ and "->" in exercise.__doc__
    assert not any(sentence in exercise.__doc__ for sentence in exercise.mistakes)
    assert len(exercise.__doc__.split("\n\n")) >= 2


# Garbage.


class Nasty:
    """Whatever one asks of it, it raises."""

    def _raise(self, *args):
        raise RuntimeError("no")

    __array__ = __len__ = __iter__ = __eq__ = __hash__ = __float__ = _raise
    __bool__ = __repr__ = __str__ = __getitem__ = __format__ = _raise


class NastyError(Exception):
    __str__ = __repr__ = Nasty._raise


numbers = st.one_of(st.integers(), st.floats(), st.booleans(), st.complex_numbers())
things = st.one_of(
    st.none(),
    st.builds(Nasty),
    numbers,
    st.text(max_size=3),
    st.binary(max_size=3),
    st.sampled_from([..., Nasty, NastyError, np.sum, np.float32(1), range(3)]),
    st.sampled_from([np.zeros((2,)), np.zeros((5, 2)), np.array(None), np.array("a")]),
    st.sampled_from([np.ma.masked, np.zeros((0, 2)), np.array([1 + 2j, 0]), {1, 2}]),
)
garbage = st.recursive(
    things,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.lists(inner, max_size=5).map(tuple),
        st.dictionaries(st.text(max_size=2), inner, max_size=2),
    ),
    max_leaves=8,
)
errors = st.sampled_from(
    [
        NastyError("x"),
        ValueError("a\nb"),
        OSError(2, "gone"),
        SystemExit(3),
        StopIteration(),
        BaseException("bare"),
        SyntaxError("?"),
        UnicodeDecodeError("u", b"", 0, 1, "r"),
    ]
)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_two_mistakes_combine_or_not_but_never_raise(name):
    """An answer that is like no two of them makes the check try them all."""
    exercise = EXERCISES[name]

    def odd(*args):
        values = exercise.answer(*args)
        several = isinstance(values, tuple)
        return tuple(1.7 * v + 0.3 for v in values) if several else 1.7 * values + 0.3

    assert exercise.verdict(odd).startswith("Not yet: with ")


@settings(max_examples=100)
@given(st.sampled_from(list(EXERCISES.values())), garbage)
def test_no_value_makes_a_check_raise(exercise, value):
    for learner in value, lambda *args: value:
        said = exercise.verdict(learner)
        assert said.startswith(("Not yet: ", "Correct. ")) and "\n" not in said


@settings(max_examples=60)
@given(st.sampled_from(FUNCTIONS), errors)
def test_no_error_makes_a_check_raise(name, error):
    exercise = EXERCISES[name]

    def raises(*args):
        raise error

    said = exercise.verdict(raises)
    assert said.startswith("Not yet: your code stops in line") and "\n" not in said


@settings(max_examples=200)
@given(garbage)
def test_no_choice_makes_a_check_raise(value):
    sentences = {"A": (True, "so"), "B": (False, "not so")}
    adam.name_the_bug(value)
    hyperparameters.diagnose_logs(value)
    sgd_against_adam.supported(value, sentences)
    adam.name_the_bug({"A": value})
    hyperparameters.diagnose_logs({"A": value})


# A number on paper.


@engine.exercise(
    "variance", "It is {right:.3g}", cases=[(0.1, 2.0, 3.0)], paper=0.01
)  # fmt: skip
def floor_on_paper(lr, curvature, sigma):
    """Work out the noise floor for lr = 0.1, curvature = 2 and sigma = 3.

    (2 - lr * curvature) -> 2
        that is the limit of small η: the exact floor has 2 - ηλ
    """
    return lr * sigma**2 / (curvature * (2 - lr * curvature))


@engine.exercise("mean, variance", "Both", cases=[(0.2, 5.0)], paper=0.02)
def two_on_paper(lr, sigma):
    """Work out two numbers.

    / 3 -> / 4
        the sum is that of four: there are three
    """
    return -lr * sigma / 3, lr * sigma**2


PAPERS = [
    (0.25, "Correct. It is 0.25."),
    (0.252, "Correct. It is 0.25."),
    (0.2476, "Correct. It is 0.25."),
    (np.float32(0.25), "Correct. It is 0.25."),
    ((0.25,), "Correct. It is 0.25."),
    (np.array([0.25]), "Correct. It is 0.25."),
    (0.2526, "Not yet: your variance is 0.2526: that is too high."),
    (11970, "Not yet: your variance is 11970: that is too high."),
    (0.246, "Not yet: your variance is 0.246: that is too low."),
    (0.2, "Not yet: your variance is 0.2: that is too low; if you have rounded it"),
    (0.226, "Not yet: that is the limit of small η: the exact floor has 2 - ηλ."),
    (25, "Not yet: your variance is 100 times the right one: mind zeros and per"),
    (0.00025, "Not yet: your variance is 0.001 times the right one"),
    (-0.25, "Not yet: your variance is minus the right one."),
    (4, "Not yet: your variance is 1 over the right one."),
    (0.5, "Not yet: your variance is the root of the right one."),
    (3, "Not yet: that number is given: what is asked for follows from it."),
    (0.0784, "Not yet: curvature and sigma are exchanged."),
    (0.75, "Not yet: as a factor, 3 is there too often, or not often enough."),
    (0.0278, "Not yet: as a factor, 3 is there too often, or not often enough."),
    (0.125, "Not yet: as a factor, 2 is there too often, or not often enough."),
    (0.45, "Not yet: your variance is 0.45: that is too high."),  # as without 2 - ηλ
    (..., "Not yet: in place of the ... put your number."),
    ((...,), "Not yet: in place of the ... put your number."),
    ("0.25", "Not yet: your variance is text: write it without quotes."),
    (None, "Not yet: your variance is of the type NoneType: give a number."),
    (0.25j, "Not yet: your variance is of the type complex: give a number."),
    (np.ones((2, 2)), "Not yet: your variance is of the type ndarray: give a number."),
    (floor_on_paper.answer, "Not yet: your variance is of the type function: give a"),
    (float("nan"), "Not yet: your variance is nan, which is no number."),
    (float("inf"), "Not yet: your variance is inf, which is no number."),
    ((0, 25), "Not yet: you give 2 values, not 1: give variance; a decimal comma is"),
    ((0, 0.25), "Not yet: you give 2 values, not 1: give variance."),
    ((), "Not yet: you give 0 values, not 1: give variance."),
]


@pytest.mark.parametrize(("number", "said"), PAPERS, ids=lambda value: str(value)[:30])
def test_a_number_on_paper_is_met_with_a_sentence(number, said):
    verdict = floor_on_paper.verdict(number)
    assert verdict.startswith(said), verdict
    assert "0.25 " not in verdict or verdict.startswith("Correct"), "told the answer"


def test_numbers_on_paper_come_as_a_tuple_or_one_by_one(capsys):
    two_on_paper(-1 / 3, 5)
    two_on_paper((-0.33, 5.05))
    two_on_paper(np.array([-0.333, 5.0]))
    two_on_paper((5, -0.333))
    two_on_paper((-0.333, 50))
    two_on_paper((0.333, -5))
    two_on_paper((-0.25, 5))
    two_on_paper((-0.9, 5))
    two_on_paper((-0.19, 5))
    two_on_paper((-0.333, ...))
    two_on_paper(-0.333)
    assert capsys.readouterr().out.splitlines() == [
        *["Correct. Both."] * 3,
        "Not yet: the values are right, their order is not: mean, variance, not "
        "variance, mean.",
        "Not yet: your variance is 10 times the right one: mind zeros and percentages.",
        "Not yet: your mean and your variance are minus the right ones.",
        "Not yet: the sum is that of four: there are three.",
        "Not yet: your mean is -0.9: that is too low.",
        "Not yet: your mean is -0.19: that is too high.",
        "Not yet: in place of the ... put your number.",
        "Not yet: you give 1 value, not 2: give mean, variance.",
    ]


@given(garbage)
@settings(max_examples=100)
def test_no_number_on_paper_makes_a_check_raise(value):
    for exercise in floor_on_paper, two_on_paper:
        assert exercise.verdict(value).startswith(("Not yet: ", "Correct. "))


# A plot.


@engine.exercise(
    "x, y, log y",
    "Each curve is a straight line",
    cases=[([1, 2, 3], [8.0, 4.0, 2.0]), ([0, 3, 5, 6], [9.0, 3.0, 2.0, 1.0])],
    plot=True,
)
def plot_costs(ax, steps, costs):
    """Plot the costs and their squares against the steps, on a logarithmic axis.

    ax.set_yscale("log") ->
        the y axis is linear: ax.set_yscale("log")
    ax.plot(steps, np.square(costs)) ->
        the squares are missing: there are two curves
    """
    ax.plot(steps, costs)
    ax.plot(steps, np.square(costs))
    ax.set_yscale("log")


@engine.exercise(
    "x of SGD, y of SGD, x of Adam, y of Adam",
    "So they cross",
    cases=[(np.arange(3), np.array([[3.0, 2, 1], [9, 1, 1]]))],
    plot=True,
)
def plot_both(ax, steps, costs):
    """Plot both rows of costs, with the labels SGD and Adam.

    costs[1] -> costs[0]
        the second curve is the first: that of Adam is in row 1
    """
    ax.plot(steps, costs[0], label="SGD")
    ax.plot(steps, costs[1], label="Adam")


def semilogy(ax, steps, costs):
    ax.semilogy(steps, np.square(costs))
    ax.semilogy(steps[::-1], costs[::-1], "o--")
    ax.axhline(1)
    ax.plot([], [], label="for the legend")
    ax.set_title("Costs fall")
    plt.show()
    return ax


def linear(ax, steps, costs):
    ax.plot(np.array([steps, steps]).T, np.array([costs, np.square(costs)]).T)


def with_plt(ax, steps, costs):
    plt.semilogy(steps, costs)
    plt.semilogy(steps, np.square(costs))


def scale_with_plt(ax, steps, costs):
    ax.plot(steps, costs)
    plt.yscale("log")


def own_axes(ax, steps, costs):
    ax = plt.figure().add_subplot()
    ax.semilogy(steps, costs)


def raises_on_own_axes(ax, steps, costs):
    plt.figure()
    raise ValueError("no")


PLOTS = [
    (semilogy, "Correct. "),
    (linear, 'Not yet: the y axis is linear: ax.set_yscale("log").'),
    (with_plt, "Not yet: you draw with plt, or on your own axes: draw on the ax"),
    (scale_with_plt, "Not yet: you draw with plt"),
    (own_axes, "Not yet: you draw with plt"),
    (raises_on_own_axes, "Not yet: your code stops in line"),
    (lambda ax, s, c: ax.scatter(s, c), "Not yet: no line is drawn: ax.plot(x, y)"),
    (lambda ax, s, c: ax.set_title("?"), "Not yet: nothing is drawn on ax: ax.plot"),
    (lambda ax, s, c: ax.plot(s, c[1:]), "with ValueError"),
    (lambda s, c: 0, "Not yet: your function takes (s, c), but it will be given (ax, "),
    (lambda ax, s, c: ax.semilogy(s, c), "Not yet: the squares are missing"),
    (lambda ax, s, c: semilogy(ax, s, np.cumsum(c)), "your y[0, 1] is 12; 4 is right"),
    (lambda ax, s, c: semilogy(ax, s, c) and ax.plot(s, s), "your x is 3 curves of 3"),
    (
        lambda ax, s, c: semilogy(ax, s[1:], c[1:]),
        "is 2 curves of 2 points, and should be",
    ),
]


@pytest.mark.parametrize(
    ("plot", "said"), PLOTS, ids=lambda v: getattr(v, "__name__", v)
)
def test_a_plot_is_met_with_a_sentence_and_no_figure_is_left(plot, said):
    mine = plt.figure()
    try:
        verdict = plot_costs.verdict(plot)
        assert plt.get_fignums() == [mine.number]
        assert plt.gcf() is mine and not mine.axes
    finally:
        plt.close("all")
    assert said in verdict, verdict


def test_an_axis_of_another_kind_is_told():
    def plot(ax, steps, costs):
        lines(ax, steps, costs)
        ax.set_yscale("log")

    plain = engine.Exercise(lines, "x, y, log y", "", plot_costs.cases, plot=True)
    assert plain.verdict(plot) == "Not yet: the y axis should be linear."


def test_two_axes_of_another_kind_and_logarithms_by_hand_are_told():
    both = checks.plot_lead
    said = both.verdict(lambda ax, V, high, low: ax.plot(V, np.divide(high, low)))
    assert said == "Not yet: the x axis and the y axis should be logarithmic."

    def by_hand(ax, V, high, low):
        ax.plot(np.log(V), np.log(np.divide(high, low)))

    said = both.verdict(by_hand)
    assert "your x and your y are the logarithm of the right ones, in every" in said


def test_own_data_in_place_of_an_argument_are_told_whatever_their_number():
    def own(ax, steps, costs):
        ax.semilogy([0, 1, 2, 3, 4], [9.0, 8.0, 7.0, 6.0, 5.0])

    said = plot_costs.verdict(own)
    assert said.startswith("Not yet: your answer does not change with steps and costs")


def lines(ax, steps, costs):
    """Plot the costs.

    costs -> steps
        the steps are drawn: draw the costs
    """
    ax.plot(steps, costs)


def test_exchanged_axes_are_told(monkeypatch):
    said = checks.plot_lead.verdict(lambda ax, V, high, low: ax.loglog(high / low, V))
    assert "with TypeError" in said  # they are lists
    said = checks.plot_lead.verdict(
        lambda ax, V, high, low: ax.loglog(np.divide(high, low), V)
    )
    assert said == "Not yet: the values are right, their order is not: x, y, not y, x."

    def exchanged(ax, steps, costs):
        ax.semilogy(costs, steps)
        ax.semilogy(np.square(costs), steps)

    monkeypatch.setattr(engine, "SEARCH", 10)
    said = plot_costs.verdict(exchanged)
    assert "two arguments are exchanged, twice: your numbers are those of `ax" in said


def test_curves_with_labels_are_known_by_them():
    def plot(ax, steps, costs):
        for row, name in [(1, " Adam"), (0, "SGD")]:
            ax.plot(steps, costs[row], label=name)
        ax.plot([0, 2], [5, 5], "--", color="grey")

    assert plot_both.verdict(plot).startswith("Correct.")
    said = plot_both.verdict(lambda ax, steps, costs: ax.plot(steps, costs.T))
    assert 'no curve has the label SGD: write ax.plot(x, y, label="SGD")' in said
    said = plot_both.verdict(lambda ax, s, c: ax.plot(s, c.T, label=["Adam", "SGD"]))
    assert "their order is not: x of SGD, y of SGD, x of Adam, y of Adam, not" in said


@pytest.mark.parametrize(
    "exercise", [floor_on_paper, two_on_paper, plot_costs, plot_both]
)
def test_on_paper_and_in_plots_mistakes_are_named(exercise):
    assert exercise.verdict(handed(exercise, exercise.answer)).startswith("Correct. ")
    for edits, sentence in exercise.mistakes.items():
        made = function_of(exercise.edited(edits)[0], exercise.answer)
        assert exercise.verdict(handed(exercise, made)) == f"Not yet: {sentence}."


def test_an_empty_plot_is_a_stub():
    def plot(ax, steps, costs): ...

    said = plot_costs.verdict(plot)
    assert (
        said == "Not yet: write your lines in place of the ..., and run the cell again."
    )


def test_in_a_notebook_the_line_of_the_cell_is_shown_and_the_kernel_lives_on(tmp_path):
    cells = [
        "import sys; sys.path.insert(0, '..')\n"
        "from tests.exercises import sample as checks\n"
        "from classroom.mistakes import calls; calls.SECONDS = 0.3",
        "def noise_floor(lr, curvature, sigma):\n    two = 2\n    return lr / zwei",
        "checks.noise_floor(noise_floor)",
        "def noise_floor(lr, curvature, sigma):\n    while True: pass",
        "checks.noise_floor(noise_floor)",
        "def noise_floor(lr, curvature, sigma):\n"
        "    return lr * sigma**2 / (2 * curvature)",
        "checks.noise_floor(noise_floor)",
    ]
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(cell) for cell in cells]
    )
    here = {"metadata": {"path": str(NOTEBOOKS[0].parent)}}
    NotebookClient(notebook, timeout=60, resources=here).execute()
    outputs = [cell.outputs for cell in notebook.cells]
    name, endless, small = (outputs[k][0].text for k in (2, 4, 6))
    assert name == (
        "Not yet: your code stops in line 3, `return lr / zwei`, with NameError: name "
        "'zwei' is not defined.\n"
    )
    assert endless == (
        "Not yet: after 0.3 seconds of work your function was still running in line 2, "
        "`while True: pass`: a loop that never ends, or too much work.\n"
    )
    assert small.startswith("Not yet: that is the limit of small η")
