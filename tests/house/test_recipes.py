"""Each recipe of CONTRIBUTING, typed as it stands there, in a copy of the course.

A typical change is made and is green; a bad one is refused, in a sentence.
"""

import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import nbformat
import pytest

from tests.house.test_newcomer import LEAVE
from tests.rules import demand
from tools.course import PATHS, ROOT

OWN = {"MAKEFLAGS", "MAKELEVEL", "MFLAGS"}  # of a make that runs these tests
pytestmark = pytest.mark.skipif(
    not (shutil.which("make") and shutil.which("git")),
    reason="NO RECIPE WAS TRIED: install make and git",
)


def typed(heading):
    """Return the commands of a recipe, without what a hand does in JupyterLab."""
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    recipe = text.partition(f"\n### {heading}\n")[2].partition("\n##")[0]
    block = re.search(r"(?s)```\n(.*?)```", recipe)
    demand(block, f"CONTRIBUTING.md has no commands under `### {heading}`: write some")
    lines = [line.partition("  #")[0].strip() for line in block[1].splitlines()]
    return [line for line in lines if line != "make lab"]


@pytest.fixture
def course(tmp_path):
    """A clone of the course, as it is now, on a branch; what it needs is installed."""
    copy = tmp_path / "course"
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*LEAVE))
    (copy / ".venv").mkdir()
    for path in Path(sys.prefix).iterdir():
        if path.name in ("bin", "include", "lib", "lib64", "pyvenv.cfg", "share"):
            (copy / ".venv" / path.name).symlink_to(path)
    for installed in "learner", "author":
        (copy / ".venv" / installed).touch()
    if (ROOT / "build" / "runs").exists():
        shutil.copytree(ROOT / "build" / "runs", copy / "build" / "runs")
    own = ["-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=0"]
    for command in ("init -q -b main", "add .", "commit -qm all", "checkout -qb mine"):
        subprocess.run(["git", *own, *command.split()], cwd=copy, check=True)
    return copy


def run(course, commands):
    """Run commands up to one that fails; return whether all ran, and what they said."""
    kept = {k: v for k, v in os.environ.items() if k not in OWN and "PYTEST" not in k}
    for command in commands:
        done = subprocess.run(
            command, shell=True, cwd=course, env=kept, capture_output=True, text=True
        )
        if done.returncode:
            return False, f"{command}\n{done.stdout}\n{done.stderr}"
    return True, done.stdout


def edit(course, name, *pairs):
    """Replace in a file what stands there once."""
    path = course / name
    text = path.read_text("utf-8")
    for old, new in pairs:
        demand(
            text.count(old) == 1,
            f"this test changes {old!r} in {name}, which does not stand there once: "
            "let it change something else",
        )
        text = text.replace(old, new)
    path.write_text(text, "utf-8")


def edit_cell(course, number, name, *pairs):
    """Replace in a cell of a notebook what stands there once."""
    path = course / "notebooks" / PATHS[number].name
    notebook = nbformat.read(path, 4)
    (cell,) = (cell for cell in notebook.cells if cell.id == name)
    for old, new in pairs:
        demand(
            cell.source.count(old) == 1,
            f"this test changes {old!r} in the cell {name} of {number}, which does not "
            "say it once: let it change something else",
        )
        cell.source = cell.source.replace(old, new)
    nbformat.write(notebook, path)


def add_cells(course, number, before, *cells):
    """Put cells before one of a notebook: (id, source) or (id, source, tag)."""
    path = course / "notebooks" / PATHS[number].name
    notebook = nbformat.read(path, 4)
    at = [cell.id for cell in notebook.cells].index(before)
    for k, (name, source, *tags) in enumerate(cells):
        code = name.endswith(("-stub", "-check", "-slider"))
        new = nbformat.v4.new_code_cell if code else nbformat.v4.new_markdown_cell
        metadata = {"slideshow": {"slide_type": "skip"}}
        metadata |= {"tags": tags} if tags else {}
        notebook.cells.insert(at + k, new(source, id=name, metadata=metadata))
    nbformat.write(notebook, path)


def a_word(course):
    edit_cell(course, "03", "loop", ("written out as", "written down as"))


def a_reversed_sentence(course):
    edit_cell(course, "03", "loop-seen", ("times lower", "times higher"))


def a_number(course):
    edit_cell(course, "05", "bias-code", ("size=(1000, 2000)", "size=(1000, 3000)"))
    a_wrong_number(course)


def a_wrong_number(course):
    edit_cell(course, "05", "bias", ("2000 streams", "3000 streams"))


SIGNUM = '''

@dataclass(frozen=True, eq=False)
class Signum(Optimizer):
    """m = beta m + (1 - beta) g;  theta = theta - lr sign(m)  (Bernstein 2018).

    >>> signum, theta = Signum(lr=0.01, beta=0.5), np.zeros(1)
    >>> theta, state = signum.step(theta, np.ones(1), signum.init(theta), t=1)
    >>> theta, state = signum.step(theta, np.ones(1), state, t=2)
    >>> theta, state
    (array([-0.02]), State(m=array([0.75])))
    """

    beta: float = field(default=0.9, metadata=DECAY_RATE)
    State = namedtuple("State", "m")

    def step(self, theta, gradient, state, t):
        h = self.at(t, theta)
        m = h.beta * state.m + (1 - h.beta) * gradient
        return theta - h.lr * np.sign(m), self.State(m)
'''


def an_optimizer(course, signum=SIGNUM):
    with (course / "utils" / "optimizers.py").open("a", encoding="utf-8") as file:
        file.write(signum)
    look = '    "Signum": ("#AA4499", (0, (8, 2)), "d"),\n'
    edit(course, "utils/figures.py", ('    "SGD": (', f'{look}    "SGD": ('))
    twin = '    "Signum": "torch.optim has none",\n'
    make = "tests/library/references/make.py"
    edit(course, make, ('    "SGD": (\n', f'{twin}    "SGD": (\n'))


def an_optimizer_that_climbs(course):
    climbing = SIGNUM.replace("theta - h.lr", "theta + h.lr").replace("-0.02", "0.02")
    an_optimizer(course, climbing)


FADING = """fig, ax = figures.subplots()
age = np.arange(1, 101)
(fading,) = ax.plot(age, 0.9**age, label="weight")
ax.set(xlabel="age of a gradient", ylabel="weight", title="A long memory fades late")


@sliders.live(fig, memory=[2, 5, 10, 20, 50])
def fades(memory):
    fading.set_ydata((1 - 1 / memory) ** age / memory)
    return [fading], "old gradients count for less"


fades"""


FADES = """import matplotlib.pyplot as plt
import numpy as np

memory = 10

age = np.arange(1, 101)
plt.plot(age, (1 - 1 / memory) ** age / memory)
plt.show()
"""


def a_slider(course, code=FADING):
    add_cells(course, "04", "references", ("fading-slider", code))
    for file in "04_fades.py", "04_fades_torch.py":
        (course / "notebooks" / "code" / file).write_text(FADES, encoding="utf-8")


def a_slider_without_labels(course):
    a_slider(course, re.sub(r'xlabel="[^"]*", ylabel="[^"]*", ', "", FADING))


ANSWER = '''

@on_paper(
    "steps",
    "Each epoch takes one step for each batch, and the last batch counts as well",
    (100.0, 32.0, 3.0),
    within=0.01,
)
def steps_taken(n, batch_size, epochs):
    """Count the steps of SGD in some epochs over n samples.

    np.ceil(n / batch_size) -> n / batch_size
        the last batch is smaller: it takes a whole step all the same
    epochs * -> 1 *
        that is one epoch: each of them goes through all the samples
    """
    return epochs * np.ceil(n / batch_size)
'''
CELLS = (
    (
        "exercise-steps",
        "### Exercise 4: how many steps? · 5 min · ●○○\n\nOn paper. There are "
        "$n = 100$ samples, a batch of $B = 32$, and you take 3 epochs. Which number?",
    ),
    ("exercise-steps-stub", "taken = ...", "exercise"),
    ("exercise-steps-check", "checks.steps_taken(taken)"),
    (
        "exercise-steps-hint",
        "<details><summary>Hint</summary>\n\nIs the last batch full?\n\n</details>",
    ),
    (
        "exercise-steps-solution",
        "<details><summary>Solution</summary>\n\n```python\ntaken = 12\n```\n\n"
        "</details>",
        "solution",
    ),
)


def an_exercise(course, answer=ANSWER):
    name = "notebooks/exercises/stochastic_gradient_descent.py"
    with (course / name).open("a", encoding="utf-8") as file:
        file.write(answer)
    add_cells(course, "02", "summary", *CELLS)
    with (course / "tests/claims/02.txt").open("a", encoding="utf-8") as file:
        file.write("plain\n  There are $n = 100$ samples, a batch of $B = 32$, and you")
        file.write(" take 3 epochs  <-  given in the exercise\n")


def a_mistake_without_a_sentence(course):
    mute = re.sub(r"\n +that is one epoch.*", "", ANSWER)
    an_exercise(course, mute)


def a_cell_less(course):
    path = course / "notebooks" / PATHS["08"].name
    notebook = nbformat.read(path, 4)
    first, *_ = re.findall(
        r"(?m)^[a-z][a-z-]+$", (course / "tests/claims/08.txt").read_text("utf-8")
    )
    notebook.cells = [cell for cell in notebook.cells if cell.id != first]
    nbformat.write(notebook, path)


def commands():
    """Return each command of CONTRIBUTING.md, in a block or within a sentence."""
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    blocks = "".join(re.findall(r"(?s)```\n(.*?)```", text)).splitlines()
    lines = [line.partition("  #")[0].strip() for line in blocks]
    quoted = re.findall(r"(?<!`)`((?:make|\.venv)[ /][^`\n]+)`", text)
    return sorted({*filter(None, lines), *quoted})


@pytest.mark.parametrize("command", commands())
def test_a_command_names_what_is_there(command):
    if command.startswith("make "):
        known, said = run(ROOT, [command.replace("make", "LC_ALL=C make --dry-run", 1)])
        known = known and "make: Nothing to be done" not in said  # no rule has its name
    elif module := re.match(r"\.venv/bin/python -m (\S+)", command):
        known, said = find_spec(module[1]) is not None, "no module is called so"
    else:
        known, said = command.startswith("git "), "no maker, module or git is asked"
    demand(
        known,
        f"`{command}` stands in CONTRIBUTING.md and cannot be typed: name there what "
        f"there is.\n{said}",
    )


@pytest.mark.monthly
@pytest.mark.parametrize(
    ("heading", "change", "refusal"),
    [
        ("A word", a_word, ""),
        ("A word", a_reversed_sentence, "says 'higher'"),
        ("A number", a_number, ""),
        ("A number", a_wrong_number, "the cells give 2000"),
        ("An optimizer", an_optimizer, ""),
        ("An optimizer", an_optimizer_that_climbs, "Signum climbs the bowl"),
        ("A slider", a_slider, ""),
        ("A slider", a_slider_without_labels, "no axis has a label"),
        ("An exercise", an_exercise, ""),
        ("An exercise", a_mistake_without_a_sentence, "has no sentence"),
        ("Something less", a_cell_less, "delete"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_a_recipe_is_green_and_refuses_what_is_wrong(course, heading, change, refusal):
    change(course)
    green, output = run(course, typed(heading))
    if refusal:
        demand(
            not green and refusal in output,
            f"the recipe '{heading}' lets {change.__name__} pass, or does not say "
            f"{refusal!r}: which test should have refused it?\n{output[-3000:]}",
        )
    else:
        demand(
            green,
            f"the recipe '{heading}' of CONTRIBUTING.md, typed as it stands after "
            f"{change.__name__}, is not green: mend it.\n{output[-3000:]}",
        )
