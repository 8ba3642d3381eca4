"""The code under a figure that moves: run, it draws what the figure draws there."""

import contextlib
import importlib.util

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.cbook import flatten

from classroom import sliders
from tests.claims.taught import names
from tools.course import PATHS

SCRIPTS = sorted(sliders.CODE.glob("[0-9][0-9]_*.py"))
# PyTorch rounds otherwise: 0 may be 1e-17 there.  Some runs amplify that, where
# momentum diverges, to 1e-5, and where RMSprop divides by a gradient near 0, to the
# length of a step; so many points before that agree to 1e-9, and they are compared.
FIRST = {"00_race_torch": 30, "04_turned_ravine_torch": 36}
SOME = [2, pytest.param(20, marks=pytest.mark.monthly)]


def live_figures(number):
    """Return the live figures of a notebook, {name: figure}."""
    left = names(number).values()
    return {figure.name: figure for figure in left if isinstance(figure, sliders.Live)}


def numbers_of(artists):
    """Return what artists draw: of a line its points, of a bar its height."""
    return [
        a.get_xydata() if hasattr(a, "get_xydata") else np.array([[a.get_height()]])
        for a in flatten(artists)
    ]


def drawn(script):
    """Run a script; return what it draws, axes by axes, in its order."""
    plt.close("all")
    with contextlib.chdir(sliders.CODE.parent):
        exec(compile(script, "the code", "exec"), {"__name__": "__main__"})
    axes = plt.gcf().axes
    return numbers_of([artist for ax in axes for artist in (*ax.lines, *ax.patches)])


@pytest.mark.parametrize("number", [n for n in PATHS if len(n) == 2])
def test_every_figure_that_moves_has_its_code_in_both(number):
    for figure in live_figures(number).values():
        scripts = figure.scripts(figure.start)
        assert [*scripts] == ["NumPy", "PyTorch"], (
            f"{figure.name}, of {number}, has code in {[*scripts]}: write "
            f"notebooks/code/{number}_{figure.name}.py and …_torch.py"
        )


@pytest.mark.parametrize("positions", SOME)
@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_the_code_draws_what_the_figure_draws(path, positions):
    number, name = path.stem.removesuffix("_torch").split("_", 1)
    library = "PyTorch" if path.stem.endswith("_torch") else "NumPy"
    if library == "PyTorch" and not importlib.util.find_spec("torch"):
        pytest.skip("PyTorch is not here: make .venv/peers")
    figure = live_figures(number)[name]
    first, close = FIRST.get(path.stem), {"rtol": 1e-6}
    if library == "PyTorch":
        close = {"rtol": 1e-9, "atol": 1e-9} if first else {"rtol": 1e-6, "atol": 1e-12}
    rng = np.random.default_rng(28)
    for _position in range(positions):
        values = {name: rng.choice(v).item() for name, v in figure.controls.items()}
        want = numbers_of(figure.draw(**values)[0])
        got = drawn(figure.scripts(values)[library])
        assert len(got) == len(want), f"{path.name} at {values}: other lines"
        for mine, theirs in zip(got, want, strict=True):
            assert len(mine) == len(theirs), f"{path.name} at {values}: other points"
            np.testing.assert_allclose(
                mine[:first],
                theirs[:first],
                err_msg=f"{path.name} at {values}",
                **close,
            )
    plt.close("all")
