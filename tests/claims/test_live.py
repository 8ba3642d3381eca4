"""A live figure is true wherever the hand leaves it, not only where it begins."""

import itertools

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.cbook import flatten
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_rgb
from matplotlib.lines import Line2D

from classroom import sliders
from tests.claims import taught
from tests.rules import demand_none
from tools.course import PATHS
from utils import figures


def outside(line, band):
    """Say whether most of a line's points lie outside a band of its colour."""
    if to_rgb(line.get_color()) != to_rgb(band.get_facecolor()[0]):
        return False
    points = np.transpose([np.asarray(v, float) for v in line.get_data(orig=False)])
    points = points[np.isfinite(points).all(axis=-1)]
    inside = [path.contains_points(points, radius=1e-9) for path in band.get_paths()]
    return len(points) > 1 and np.any(inside, axis=0).mean() < 0.5


def bands_left_behind(live):
    """Yield each position at which a line has left a band that belongs to it."""
    for place in itertools.product(*live.controls.values()):
        values = dict(zip(live.controls, place, strict=True))
        moved = [*flatten(live.draw(**values)[0])]
        lines = [artist for artist in moved if isinstance(artist, Line2D)]
        if any(
            outside(line, band)
            for line in lines
            for band in line.axes.collections
            if isinstance(band, PolyCollection) and band not in moved
        ):
            yield f"{live.name} at {values}"


@pytest.mark.parametrize("number", PATHS)
def test_no_line_leaves_its_band_at_any_position(number):
    made = {id(v): v for v in taught.names(number).values()}.values()
    demand_none(
        f"{number}, {place}: the line is not in the band of its colour, which stays "
        "where it was; draw the line alone, or move the band too"
        for live in made
        if isinstance(live, sliders.Live)
        for place in bands_left_behind(live)
    )


def test_a_band_that_stays_while_its_line_moves_is_found():
    fig, ax = figures.subplots()
    (line,) = figures.curves({"Adam": np.outer([1, 2, 3], np.arange(11))}, ax)

    @sliders.live(fig, lr=[1, 2, 3], start={"lr": 1})
    def rate(lr):
        line.set_ydata(np.array([5, 10, 15]) * lr**2)
        return [line], "moved"

    plt.close(fig)
    assert len([*bands_left_behind(rate)]) == 2
