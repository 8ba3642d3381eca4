"""The code under a figure that moves: run, it draws what the figure draws there."""

import contextlib
import importlib.util

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.cbook import flatten

from classroom import sliders
from tests.claims.taught import names

SCRIPTS = sorted(sliders.CODE.glob("[0-9][0-9]_*.py"))
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


@pytest.mark.parametrize("positions", SOME)
@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_the_code_draws_what_the_figure_draws(path, positions):
    number, name = path.stem.removesuffix("_torch").split("_", 1)
    library = "PyTorch" if path.stem.endswith("_torch") else "NumPy"
    if library == "PyTorch" and not importlib.util.find_spec("torch"):
        pytest.skip("PyTorch is not here: make .venv/peers")
    figure = live_figures(number)[name]
    rng = np.random.default_rng(28)
    for _position in range(positions):
        values = {name: rng.choice(v).item() for name, v in figure.controls.items()}
        want = numbers_of(figure.draw(**values)[0])
        got = drawn(figure.scripts(values)[library])
        assert len(got) == len(want), f"{path.name} at {values}: other lines"
        for mine, theirs in zip(got, want, strict=True):
            np.testing.assert_allclose(
                mine, theirs, rtol=1e-6, err_msg=f"{path.name} at {values}"
            )
    plt.close("all")
