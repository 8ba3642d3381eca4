"""Figures: who looks how, what is said of a picture, and what NaN looks like."""

import base64
import io
import itertools
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgb
from PIL import Image

from classroom import pictures
from tests.notebooks.test_notebooks import beside_its_pieces, shades
from tests.rules import demand, demand_none
from utils import costs, figures, optimizers

NAMES = [cls.__name__ for cls in vars(optimizers).values() if hasattr(cls, "step")]


@pytest.fixture
def axes():
    fig, ax = figures.subplots()
    yield fig, ax
    plt.close("all")


def shared(names):
    """Yield a sentence for each colour, line style and marker that two names share."""
    for what in "color", "linestyle", "marker":
        for name, other in itertools.combinations(names, 2):
            if (look := figures.look(name)[what]) == figures.look(other)[what]:
                yield (
                    f"{name} and {other} have the same {what}, {look}: give one of "
                    "them another in _LOOKS of utils/figures.py, which _NEXT_LOOKS, "
                    "for names that are met later, does not have either"
                )


def test_every_optimizer_has_its_own_colour_line_style_and_marker():
    demand_none(shared(NAMES))


def test_every_look_is_seen_on_white():
    for name in NAMES:
        luminance = to_rgb(figures.look(name)["color"]) @ np.array([0.21, 0.72, 0.07])
        demand(
            luminance < 0.65,
            f"{name} is hardly seen on white: give it a darker colour in _LOOKS of "
            "utils/figures.py",
        )


def test_a_name_may_go_on_after_a_comma():
    long, short = figures.look("Adam, η = 0.1"), figures.look("Adam", linewidth=3)
    assert long["color"] == short["color"] and long["label"] == "Adam, η = 0.1"
    assert short["linewidth"] == 3


def test_an_optimizer_of_ones_own_has_a_look_of_its_own_and_keeps_it():
    own = figures.look("Tiger")
    assert figures.look("Tiger, η = 0.1") == own | {"label": "Tiger, η = 0.1"}
    demand_none(shared([*NAMES, "Tiger", "Sophia, β = 0.9"]))


def test_the_text_alternative_has_the_title_the_axes_and_the_numbers(axes):
    fig, ax = axes
    ax.plot([1, 2, 3], [4, 0.125, 6], label="curve")
    ax.plot([1, 2, 3], [4, 5, np.nan], label="lost")
    ax.plot([1], [np.nan], label="nothing")
    ax.bar([1, 2], [3.5, 7.25], label="bars")
    ax.set(xlim=(0, 4), ylim=(-1, 8), xlabel="step", ylabel="cost", title="It falls")
    assert pictures.describe(fig) == (
        "It falls: step from 0 to 4, cost from -1 to 8. "
        "curve: (1, 4) to (3, 6), lowest (2, 0.125). "
        "lost: (1, 4) to (2, 5), lowest (1, 4), then diverges. "
        "nothing: nothing finite. "
        "bars: 3.5, 7.25."
    )


def test_another_curve_has_another_text_alternative(axes):
    fig, ax = axes
    figures.curves({"SGD": [3, 2, 1]}, ax)
    before = pictures.describe(fig)
    ax.lines[0].set_ydata([3, 2, 1.01])
    assert pictures.describe(fig) != before


def test_the_stored_picture_is_sharp_and_has_its_text_alternative(axes):
    fig, ax = axes
    figures.curves({"SGD": [3, 2, 1]}, ax)
    png, metadata = pictures._shown(fig)
    width, height = Image.open(io.BytesIO(base64.b64decode(png))).size
    assert [width, height] == [round(200 * inches) for inches in fig.get_size_inches()]
    assert metadata == {"alt": pictures.describe(fig), "width": width // 2}


def told(fig):
    """Return a figure's pieces; demand that nothing in its picture is outside them."""
    dpi = fig.dpi
    png, metadata = pictures._shown(fig)
    assert fig.dpi == dpi
    plt.close(fig)
    areas = metadata.get("pieces", "").split()
    pieces = [[int(number) for number in area.split("-")] for area in areas]
    ends = [(x + width, y + height) for x, y, width, height in pieces]
    assert np.all(np.reshape(ends, (-1, 2)) <= shades(png).shape[::-1])
    output = {"metadata": {"image/png": metadata}, "data": {"image/png": png}}
    assert not beside_its_pieces(output, light=250)
    return pieces


@pytest.mark.parametrize("legend", [False, True])
@pytest.mark.parametrize("nrows", [1, 2])
@pytest.mark.parametrize("ncols", [1, 2, 3])
def test_a_phone_is_told_where_panels_and_entries_of_a_legend_are(ncols, nrows, legend):
    fig, axes = figures.subplots(ncols, nrows, squeeze=False)
    for ax in axes.flat:
        ax.plot([0, 1], label="a line")
        ax.plot([1, 0], "o", label="points with a name as long as this")
        ax.set(title="A title", xlabel="step", ylabel="cost")
    if legend:
        figures.legend(fig)
    pieces = told(fig)
    if ncols == 1:  # it is shown whole
        assert pieces == []
        return
    panels, entries = pieces[:ncols], pieces[ncols:]
    for k, (x, _y, width, height) in enumerate(panels):
        assert abs(x + width / 2 - 1800 * (k + 0.5) / ncols) < 30
        assert width < 1820 / ncols and height > 500
    assert len(entries) == 2 * legend
    for (x, y, width, height), (after, *_rest) in itertools.pairwise(entries):
        assert x + width < after and y > 600 and height < 60


@pytest.mark.parametrize("title", ["A title", "A title that goes on beyond the bar"])
def test_a_panel_keeps_its_colour_bar_and_a_title_that_reaches_beyond_it(title):
    fig, (left, right) = figures.subplots(2)
    fig.colorbar(left.contourf([[0, 1], [1, 2]]), label="cost")
    left.set(title=f"{title} beside its panel")
    right.set(ylabel="test error")
    first, second = told(fig)
    assert first[2] > second[2] and second[0] > 900


def test_a_piece_ends_where_its_figure_ends_and_has_axes_that_are_seen():
    fig, (_left, hidden, right) = figures.subplots(3)
    hidden.set_visible(False)
    right.set(title="A title that goes on where the figure ends")
    assert len(told(fig)) == 2


def test_curves_draw_the_median_and_a_band(axes):
    _, ax = axes
    rows = np.outer([1, 2, 3], np.arange(11))
    (line,) = figures.curves({"Adam": rows}, ax, x=[10, 20, 30])
    assert line.get_xydata().tolist() == [[10, 5], [20, 10], [30, 15]]
    (band,) = ax.collections
    corners = {tuple(point) for point in band.get_paths()[0].vertices.tolist()}
    assert corners == {(10, 1), (10, 9), (20, 2), (20, 18), (30, 3), (30, 27)}


def test_a_sweep_marks_where_the_median_run_begins_to_diverge(axes):
    _, ax = axes
    rates = np.array([0.1, 1, 10, 100])
    nan = np.nan
    rows = [[1, 1, 1], [2, 2, nan], [3, nan, nan], [nan, nan, nan]]
    others = {"Adam": np.ones((4, 3)), "RMSprop": np.full((4, 3), nan)}
    figures.sweep({"SGD": np.array(rows), **others}, rates, ax)
    crosses = {line.get_label(): line for line in ax.lines if line.get_marker() == "x"}
    assert crosses["_SGD diverges"].get_xdata().tolist() == [10]
    assert len(crosses["_Adam diverges"].get_xdata()) == 0
    assert crosses["_RMSprop diverges"].get_xdata().tolist() == [0.1]
    assert ax.get_xscale() == "log"


def test_the_contours_of_a_landscape_run_where_the_cost_has_their_level(axes):
    _, ax = axes
    J = costs.quadratic(kappa=10, angle=20)  # another picture if x and y are swapped
    figures.landscape(J, ax)
    lines = ax.collections[-1]
    levels = zip(lines.levels, lines.get_paths(), strict=True)
    seen = {level: path.vertices for level, path in levels if len(path.vertices)}
    assert len(seen) > 5
    for level, points in seen.items():
        np.testing.assert_allclose(J(points), level, rtol=0.05, atol=0.05)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("θ₁", "θ₂")


def test_a_landscape_shows_its_view_and_its_minima(axes):
    _, ax = axes
    cost = costs.quadratic(kappa=10, angle=30)
    figures.landscape(cost, ax)
    np.testing.assert_array_equal([ax.get_xlim(), ax.get_ylim()], cost.view)
    np.testing.assert_array_equal(ax.lines[0].get_xydata(), cost.minima)


def test_the_marker_of_a_path_is_at_its_last_point_in_view(axes):
    _, ax = axes
    figures.landscape(costs.rosenbrock(), ax)
    walk = np.array([[0, 0], [1, 1], [1, 99], [np.nan, np.nan]])
    (line,) = figures.paths({"SGD": walk}, ax)
    assert line.get_markevery() == [1]
    assert figures.move(line, walk + 1000).get_markevery() == []


def test_the_marker_of_a_path_stays_where_an_axis_is_inverted(axes):
    _, ax = axes
    figures.landscape(costs.rosenbrock(), ax)
    ax.invert_xaxis()
    (line,) = figures.paths({"SGD": np.array([[0, 0], [1, 1], [1, 99]])}, ax)
    assert line.get_markevery() == [1]


def test_walks_and_costs_show_the_run_that_they_are_told():
    J = costs.rosenbrock()
    walks = np.random.default_rng(0).uniform(-1, 1, size=(2, 6, 3, 2))
    fig, show = figures.walks_and_costs(J, {"SGD": walks[0], "Adam": walks[1]})
    left, right = fig.axes
    assert (left.get_xscale(), right.get_yscale()) == ("linear", "log")
    assert right.get_xlim() == (0, 5)
    for k in 0, 2, 1:
        *paths, sgd, adam = show(k)
        for path, fall, walk in zip(paths, (sgd, adam), walks, strict=True):
            np.testing.assert_array_equal(path.get_xydata(), walk[:, k])
            np.testing.assert_array_equal(fall.get_ydata(), J(walk[:, k]))
            np.testing.assert_array_equal(fall.get_xdata(), np.arange(6))
            assert path.get_color() == fall.get_color()
            assert path.axes is left and fall.axes is right
    plt.close(fig)


def test_the_legend_covers_no_axes():
    fig, axes = figures.subplots(2)
    for ax in axes:
        figures.curves({"SGD": [1, 2], "Adam": [2, 1]}, ax)
    legend = figures.legend(fig)
    fig.draw_without_rendering()
    place = legend.get_window_extent()
    assert not any(place.overlaps(ax.get_tightbbox()) for ax in axes)
    assert place.x0 > 0 and place.y0 > 0
    plt.close(fig)


def test_the_text_alternative_has_the_names_of_bars_and_of_points_with_errors(axes):
    fig, ax = axes
    ax.bar(["SGD", "Adam"], [3.5, 7.25], label="error")
    ax.errorbar([0, 1], [2, 1], [0.1, 0.1], label="points")
    ax.plot([0, 1], [5, 5], animated=True, label="moves")
    ax.plot([0, 1], [5, 5])
    assert "error: SGD 3.5, Adam 7.25." in pictures.describe(fig)
    assert "points: (0, 2) to (1, 1), lowest (1, 1)." in pictures.describe(fig)
    assert "moves" not in pictures.describe(fig) and "child" not in pictures.describe(
        fig
    )


def test_paths_have_their_names_and_looks(axes):
    _, ax = axes
    walks = {name: np.full((3, 2), k) for k, name in enumerate(NAMES)}
    for (name, walk), line in zip(walks.items(), figures.paths(walks, ax), strict=True):
        assert line.get_label() == name
        assert line.get_color() == figures.look(name)["color"]
        np.testing.assert_array_equal(line.get_xydata(), walk)


def test_no_module_of_utils_shows_a_figure():
    for path in Path(figures.__file__).parent.glob("*.py"):
        assert "plt.show" not in path.read_text(encoding="utf-8")


def test_a_long_title_breaks_where_its_panel_ends_and_a_thumbnail_s_does_not():
    fig, (left, right) = figures.subplots(2, width_ratios=[8, 1])
    title = (
        "A title that is, as it stands here, much longer than " + "very " * 5 + "wide"
    )
    left.set_title(title)
    right.set_title("over a thumbnail")
    fig.canvas.draw()
    above, *lines = left.get_title("left").split("\n")
    assert " ".join([above, *lines]) == title and len(lines) == 1
    assert left._left_title.get_window_extent().width <= left.bbox.width
    assert right.get_title("left") == "over a thumbnail"
    assert pictures.describe(fig).startswith(f"{title}: ")
    plt.close(fig)


@pytest.mark.parametrize(("count", "columns"), [(2, 2), (4, 2), (9, 2)])
def test_a_legend_has_as_many_columns_as_fit(axes, count, columns):
    fig, ax = axes
    for k in range(count):
        ax.plot([k], label=f"a name as long as {k}")
    legend = figures.legend(fig)
    assert legend._ncols == columns
    assert legend.get_window_extent().width < fig.bbox.width
