"""The code under a figure that moves: run, it draws what the figure draws there."""

import ast
import contextlib
import importlib.util
import re

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.cbook import flatten

from classroom import sliders
from tests.claims.taught import names, notebook
from tools.plain import names_of
from tools.translate.messages import tree_of

SCRIPTS = sorted(sliders.CODE.glob("[0-9][0-9]_*.py"))
# PyTorch rounds otherwise, 0 may be 1e-17 there, and some runs amplify that.  Where
# momentum diverges, or RMSprop divides by a gradient near 0, so many points agree.
FIRST = {"00_race_torch": 30, "03_own_rate_torch": 30, "04_turned_ravine_torch": 36}
# Where labels, or the best rate, become others: so many steps, in double precision.
STEPS = {
    "06_shared_rate_torch": lambda values: 95,
    "08_zipf_slider_torch": lambda values: 40 if values["V"] == 100 else 101,
}
# Trains with the notebook's own cells; what is stored is rounded to half precision.
TRAINED = {"10_dials_torch", "10_every_torch"}
LONG = {"10_every_torch"}  # 36 runs
SOME = [2, pytest.param(21, marks=pytest.mark.monthly)]


def home(path):
    """Return the notebook, or else its companion, in which a script's figure stands."""
    number, name = path.stem.removesuffix("_torch").split("_", 1)
    sources = [cell.source for cell in notebook(number).cells]
    here = any(f"def {name}(" in source for source in sources)
    return (number if here else f"deeper/{number}"), name


def live_figures(number):
    """Return the live figures of a notebook, {name: figure}."""
    left = names(number).values()
    return {figure.name: figure for figure in left if isinstance(figure, sliders.Live)}


def numbers_of(artists):
    """Return what artists draw: of a line its points, of a bar its height, no words."""
    return [
        a.get_xydata() if hasattr(a, "get_xydata") else np.array([[a.get_height()]])
        for a in flatten(artists)
        if not hasattr(a, "get_text")
    ]


def drawn(script, there=()):
    """Run a script, beside names; return what it draws, axes by axes, in its order."""
    plt.close("all")
    with contextlib.chdir(sliders.CODE.parent):
        exec(
            compile(script, "the code", "exec"), {**dict(there), "__name__": "__main__"}
        )
    axes = plt.gcf().axes
    return numbers_of([artist for ax in axes for artist in (*ax.lines, *ax.patches)])


def double(script, steps):
    """Return a script that takes so many steps, in double precision."""
    script = script.replace("np.float32", "np.float64")
    return re.sub(r"range\(1, [^)]+\)", f"range(1, {steps + 1})", script, count=1)


@pytest.mark.parametrize("positions", SOME)
@pytest.mark.parametrize(
    "path",
    [
        pytest.param(path, marks=pytest.mark.monthly if path.stem in LONG else ())
        for path in SCRIPTS
    ],
    ids=lambda path: path.stem,
)
def test_the_code_draws_what_the_figure_draws(path, positions):
    number, name = home(path)
    library = "PyTorch" if path.stem.endswith("_torch") else "NumPy"
    if library == "PyTorch" and not importlib.util.find_spec("torch"):
        pytest.skip("PyTorch is not here: make .venv/peers")
    figure = live_figures(number)[name]
    first, rng = FIRST.get(path.stem), np.random.default_rng(28)
    places = [
        {name: rng.choice(v).item() for name, v in figure.controls.items()}
        for _position in range(positions - 1)
    ]
    trained = path.stem in TRAINED  # one position takes seconds
    for values in [figure.start, *places][: 1 if trained else None]:
        want = numbers_of(figure.draw(**values)[0])
        scripts = figure.scripts(values)
        got = drawn(scripts[library], names(number) if trained else ())
        assert [*map(len, got)] == [*map(len, want)], f"{path.name} at {values}"
        if path.stem in STEPS:
            steps = STEPS[path.stem](values)
            want, got = (drawn(double(script, steps)) for script in scripts.values())
        for mine, theirs in zip(got, want, strict=True):
            rtol = 0.02 if trained else 1e-6
            close = {"rtol": rtol, "atol": 1e-12, "err_msg": f"{path.name} at {values}"}
            np.testing.assert_allclose(mine[:first], theirs[:first], **close)
    plt.close("all")


def made_and_taken(lines):
    """Return the names that code makes, without its imports, and those it takes."""
    imports = ast.Import | ast.ImportFrom
    lines = [line for line in lines if not isinstance(line, imports)]
    return names_of(ast.unparse(ast.Module(lines, [])))


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_the_code_pasted_under_its_figure_leaves_the_notebook_its_names(path):
    number, name = home(path)
    cells = [c.source for c in notebook(number).cells if c.cell_type == "code"]
    trees = [*map(tree_of, cells)]
    at = next(k for k, cell in enumerate(cells) if f"def {name}(" in cell)
    same = {ast.unparse(line) for tree in trees[:at] for line in tree.body}
    lines = ast.parse(path.read_text(encoding="utf-8")).body
    pasted = [line for line in lines if ast.unparse(line) not in same]
    aliases = [n for tree in trees for n in ast.walk(tree) if isinstance(n, ast.alias)]
    kept, known, since = {a.asname or a.name for a in aliases}, set(), set()
    for k, (made, taken) in enumerate(made_and_taken(tree.body) for tree in trees):
        kept |= (taken & known) - since if k >= at else set()
        (since if k > at else known).update(made)
    hidden = made_and_taken(pasted)[0] & kept
    assert not hidden, f"{path.name} hides {hidden} of the notebook: choose others"
