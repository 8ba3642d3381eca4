"""Whatever a learner writes, a check says a sentence, in time, and raises nothing."""

import ast
import re
import signal
import subprocess
import sys
import threading
import warnings

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbclient import NotebookClient

from classroom.mistakes import LISTENERS, exercises, mutations
from classroom.mistakes.edits import function_of
from classroom.mistakes.limits import work_seconds
from notebooks.exercises import adam
from tests.exercises import foreign
from tests.exercises.all_exercises import EXERCISES, answers, handed
from tests.exercises.foreign import FOREIGN, SHAPES, fall, plot_errors, stop
from tools.course import NOTEBOOKS, ROOT

ROWS = answers("foreign_answers.txt", FOREIGN)


@pytest.fixture
def short(monkeypatch):
    """What never ends is stopped soon, and no name is looked for long."""
    monkeypatch.setattr(exercises, "CALLS", 0.3)
    monkeypatch.setattr(exercises, "SEARCH", 0.5)


@pytest.mark.parametrize(
    ("name", "answer", "sentence"), ROWS, ids=[f"{n}-{s[:50]}" for n, _, s in ROWS]
)
def test_an_answer_is_met_with_its_sentence_and_no_figure_is_left(
    name, answer, sentence, request
):
    if "never ends" in sentence or "seconds of work" in sentence:
        request.getfixturevalue("short")
    mine, depth = plt.figure(), sys.getrecursionlimit()
    try:
        verdict = FOREIGN[name].verdict(answer)
        assert plt.get_fignums() == [mine.number]
        assert plt.gcf() is mine and not mine.axes
    finally:
        plt.close("all")
    assert sentence in verdict and "?." not in verdict, verdict
    assert verdict.startswith(("Not yet: ", "Correct. ")) and "\n" not in verdict
    assert sys.getrecursionlimit() == depth
    given_away = name == "stop" and verdict.startswith("Not yet") and "80" in verdict
    assert not given_away or "8000" in verdict


@pytest.mark.parametrize("name", FOREIGN)
def test_in_another_course_each_mistake_has_its_name(name):
    check = FOREIGN[name]
    assert check.verdict(handed(check, check.answer)).startswith("Correct. ")
    for edits, sentence in check.mistakes.items():
        made = function_of(check.with_edits(edits)[0], check.answer)
        assert check.verdict(handed(check, made)) == f"Not yet: {sentence}."


ALONE = """
import sys
class Nothing:
    def find_spec(self, name, *_more):
        if name.partition(".")[0] in ("utils", "notebooks", "tools"):
            raise ImportError(name)
sys.meta_path.insert(0, Nothing())
from tests.exercises import foreign
foreign.fall(lambda height, speed, g: (height / speed) ** g)
foreign.stop(80)
foreign.name_the_shape({"A": "skewed", "B": "skewed"})
"""


def test_another_course_needs_nothing_of_this_one():
    command = [sys.executable, "-c", ALONE]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "Not yet: with height = 20, speed = 5, g = 9.81, your time is 8.058e+05, and "
        "should be 1.573.",
        "Correct. It is 80 m.",
        "Not yet: A right, of A, B.",
        "B: fold the picture in the middle",
    ]


def test_who_listens_is_told_what_came_of_a_check(capsys):
    told = []
    LISTENERS.append(lambda *outcome: told.append(outcome))
    try:
        stop(50)
        stop(80)
        foreign.name_the_shape({letter: shape for letter, (shape, _) in SHAPES.items()})
        foreign.name_the_shape({"A": "symmetric"})
    finally:
        LISTENERS.pop()
    assert told == [
        ("stop", False, "the reaction is forgotten: for 1.5 s nothing brakes"),
        ("stop", False, ""),
        ("stop", True, ""),
        ("name_the_shape", True, ""),
        ("name_the_shape", False, SHAPES["A"][1]),
    ]


def test_an_edit_that_does_not_apply_is_refused_where_it_is_listed():
    def half(x):
        """Halve.

        no such code -> any other
            this is no mistake: it is a slip of the author
        """
        return x / 2

    with pytest.raises(ValueError, match="edits nothing in the answer half"):
        exercises.Exercise(half, "half", "", [(1.0,)])


def test_help_says_what_is_asked_for_and_not_what_the_answer_is():
    assert foreign.swing.__doc__ == (
        "Check a function (angle, rate, dt, g) -> angle, rate.\n\nTake one step dt of "
        "pendulums of length 1; angle and rate are arrays.\n\n"
    )
    assert stop.__doc__.startswith("Check numbers, right within 0.01 of each, (speed")


# Limits


def test_the_stop_button_stops_the_check():
    def interrupted(height, speed, g):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fall.verdict(interrupted)


def test_recursion_ends_even_if_the_limit_was_raised(monkeypatch):
    def deep(height, speed, g):
        return deep(height, speed, g)

    depth, start = sys.getrecursionlimit(), work_seconds()
    sys.setrecursionlimit(10**6)
    try:
        verdict = fall.verdict(deep)
        assert sys.getrecursionlimit() == 10**6
    finally:
        sys.setrecursionlimit(depth)
    assert "RecursionError" in verdict and work_seconds() - start < 1


@pytest.mark.skipif(not hasattr(signal, "SIGALRM"), reason="there are no alarms")
@pytest.mark.parametrize("handler", [signal.SIG_DFL, signal.SIG_IGN, print])
def test_a_check_leaves_the_alarm_to_whom_it_belongs(handler):
    before = signal.signal(signal.SIGALRM, handler)
    try:
        fall.verdict(fall.answer)
        assert signal.getsignal(signal.SIGALRM) == handler
    finally:
        signal.signal(signal.SIGALRM, before)


def in_a_thread(function):
    """Return what a function returns in a thread, where no signal comes."""
    returned = []
    thread = threading.Thread(target=lambda: returned.append(function()), daemon=True)
    thread.start()
    thread.join(20)
    return returned[0]


def test_where_there_are_no_signals_a_tracer_ends_what_never_ends(short):
    def endless(height, speed, g):
        while True:
            len("x")

    def sleeps(height, speed, g):
        threading.Event().wait(0.001)
        __import__("time").sleep(1000)
        return fall.answer(height, speed, g)

    assert "never ends" in in_a_thread(lambda: fall.verdict(endless))
    assert in_a_thread(lambda: fall.verdict(sleeps)).startswith("Correct.")


def test_a_debugger_keeps_its_place():
    lines = []

    def right(height, speed, g):
        root = (speed**2 + 2 * g * height) ** 0.5
        return (root - speed) / g

    def tracer(frame, event, arg):
        if frame.f_code is right.__code__:
            lines.append(frame.f_lineno)
        return tracer

    def debugged():
        sys.settrace(tracer)
        try:
            return fall.verdict(right), sys.gettrace()
        finally:
            sys.settrace(None)

    verdict, kept = in_a_thread(debugged)
    assert kept is tracer and lines and verdict.startswith("Correct.")


def test_all_calls_of_a_check_have_one_clock(short):
    """Else many cases, each of them slow, would take minutes."""
    start = work_seconds()
    check = exercises.Exercise(fall.answer, "time", "", fall.cases * 10)

    def slow(height, speed, g):
        end = work_seconds() + 0.1
        while work_seconds() < end:
            pass
        return 1.0

    assert "still running" in check.verdict(slow)
    assert work_seconds() - start < 1


@pytest.mark.parametrize(
    "name", [n for n, e in EXERCISES.items() if not isinstance(e, exercises.OnPaper)]
)
def test_numbers_like_no_mistake_are_turned_down_in_time(name, monkeypatch):
    """Three seconds, were the search not shortened; every two mistakes are tried."""
    monkeypatch.setattr(exercises, "SEARCH", 0.5)
    check, start = EXERCISES[name], work_seconds()

    def odd(*arguments):
        values = check.answer(*arguments)
        if isinstance(check, exercises.Plot):
            for line in arguments[0].lines:
                line.set_ydata(1.7 * line.get_ydata() + np.sqrt(line.get_xdata() + 3))
        elif isinstance(values, tuple):
            return tuple(v if isinstance(v, tuple) else 1.7 * v + 0.3 for v in values)
        else:
            return 1.7 * values + 0.3

    assert " and should be " in check.verdict(odd)
    assert work_seconds() - start < 2.5


def test_what_the_learner_prints_and_warns_is_not_shown(capsys):
    def talks(height, speed, g):
        print("here I am")
        np.zeros(1) / 0
        warnings.warn("look out", stacklevel=1)
        return fall.answer(height, speed, g)

    fall(talks)
    out, err = capsys.readouterr()
    assert out.startswith("Correct.") and "here" not in out and not err


def test_inputs_of_single_precision_are_shown_with_their_own_digits_alone():
    def wrong(angle, rate, dt, g):
        rate = rate - dt * g * np.sin(angle) + (angle.dtype == np.float32)
        return angle + dt * rate, rate

    verdict = foreign.swing.verdict(wrong)
    assert "angle = [-0.5357, 0.3616, 1.304], rate = [0.9471, " in verdict, verdict


def test_in_a_notebook_the_line_of_the_cell_is_shown_and_the_kernel_lives_on():
    cells = [
        "import sys; sys.path.insert(0, '..')\n"
        "from tests.exercises import foreign\n"
        "from classroom.mistakes import exercises; exercises.CALLS = 0.3",
        "def fall(height, speed, g):\n    two = 2\n    return height / zwei",
        "foreign.fall(fall)",
        "def fall(height, speed, g):\n    while True: pass",
        "foreign.fall(fall)",
        "foreign.fall(lambda height, speed, g: height / input())",
        "foreign.stop(50)",
    ]
    cells = [nbformat.v4.new_code_cell(cell) for cell in cells]
    notebook = nbformat.v4.new_notebook(cells=cells)
    here = {"metadata": {"path": str(NOTEBOOKS[0].parent)}}
    NotebookClient(notebook, timeout=60, resources=here).execute()
    outputs = [cell.outputs[0].text for cell in notebook.cells if cell.outputs]
    assert outputs == [
        "Not yet: your code stops in line 3, `return height / zwei`, with NameError: "
        "name 'zwei' is not defined.\n",
        "Not yet: after 0.3 seconds of work your function was still running in line 2, "
        "`while True: pass`: a loop that never ends, or too much work.\n",
        "Not yet: your function asks with input(), and nobody answers: what it needs "
        "is in its arguments.\n",
        "Not yet: the reaction is forgotten: for 1.5 s nothing brakes.\n",
    ]


# Mutations

MUTATIONS = [
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
    ("k = n * M", "k = n * M[0]", "one number in place of all"),
    (
        "for _ in grid: lr = 2; n(lr)",
        "lr = 2\n    for _ in grid: pass; n(lr)",
        "a line stands before its loop",
    ),
]


@pytest.mark.parametrize(("right", "wrong", "name"), MUTATIONS)
def test_a_slip_is_among_the_mutations(right, wrong, name):
    right, wrong = (f"def f(n, lr, grid, M):\n    {code}\n" for code in (right, wrong))
    keeps = "    old_lr = lr\n"
    made = {
        ast.unparse(ast.parse(code)).replace(keeps, ""): sentence.split(": ")[0]
        for sentence, code in mutations.mutants(right)
    }
    assert made[ast.unparse(ast.parse(wrong))] == name


@pytest.mark.parametrize("name", EXERCISES)
def test_no_slip_quotes_a_name_that_the_answer_alone_has(name):
    """A learner has never seen it: "`y` in place of `far`" is no hint."""
    for source in EXERCISES[name].sources:
        names = [n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Name)]
        stored = {n.id for n in names if isinstance(n.ctx, ast.Store)}
        own = stored.difference(EXERCISES[name].parameters)
        for sentence, _source in mutations.mutants(source):
            quoted = " ".join(re.findall("`([^`]*)`", sentence))
            seen = re.findall(r"(?<![\w.])\w+", quoted)
            assert not own.intersection(seen), sentence


# Garbage


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


@settings(max_examples=100)
@given(st.sampled_from([*FOREIGN.values(), *EXERCISES.values()]), garbage)
def test_no_value_makes_a_check_raise(exercise, value):
    for learner in value, lambda *args: value:
        verdict = exercise.verdict(learner)
        assert verdict.startswith(("Not yet: ", "Correct. ")) and "\n" not in verdict


@settings(max_examples=40)
@given(errors)
def test_no_error_makes_a_check_raise(error):
    def raises(*args):
        raise error

    for check in fall, foreign.shuffled, plot_errors:
        verdict = check.verdict(raises)
        assert verdict.startswith("Not yet: your code stops in line")
        assert "\n" not in verdict


@settings(max_examples=200)
@given(garbage)
def test_no_choice_makes_a_check_raise(value):
    adam.name_the_bug(value)
    adam.name_the_bug({"A": value})
