"""Read what a function draws: its curves, and whether the axes are logarithmic."""

from functools import cache
from unittest import mock

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.figure import Figure

from classroom.mistakes.limits import Trouble


def picture(names, plot, *arguments):
    """Return what a stranger's function draws on fresh axes, which nobody sees.

    names are of what is asked for: "x" and "y" are those of all curves, in any order,
    "y of Adam" is that of the curve with this label, and "log y" says whether the axis
    is logarithmic.
    """
    others = plt.get_fignums()
    with plt.ioff(), mock.patch.object(plt, "show"):
        try:  # an interrupt may come while the figures are made
            ax, current = plt.figure().add_subplot(), plt.figure()
            plot(ax, *arguments)
            more = len(plt.get_fignums()) > len(others) + 2
            if more or any(a.has_data() or "log" in _scales(a) for a in current.axes):
                raise Trouble(
                    "plt",
                    "you draw with plt, or on your own axes: draw on the ax that is "
                    "given, as in ax.plot(x, y)",
                )
            return read_axes(ax, names)
        finally:
            for number in set(plt.get_fignums()).difference(others):
                plt.close(number)


def picture_of_ours(names, plot, *arguments):
    """Return the same of a function that we know, on axes that are used again: fast."""
    ax = _axes()
    try:
        plot(ax, *arguments)
        return read_axes(ax, names)
    finally:
        for line in [*ax.lines]:
            line.remove()
        ax.scales.clear()
        if ax.has_data():
            _axes.cache_clear()


class _Quick(Axes):
    """Axes that remember how they are scaled, and are not: that would take long."""

    def __init__(self, *arguments, **options):
        self.scales = {}  # {"x": "log"}
        super().__init__(*arguments, **options)

    def set_xscale(self, value, **_options):
        self.scales["x"] = value

    def set_yscale(self, value, **_options):
        self.scales["y"] = value

    def get_xscale(self):
        return self.scales.get("x", "linear")

    def get_yscale(self):
        return self.scales.get("y", "linear")


@cache
def _axes():
    return Figure().add_subplot(axes_class=_Quick)


def _scales(ax):
    return ax.get_xscale(), ax.get_yscale()


def read_axes(ax, names):
    """Return what has these names on the axes."""
    lines = [line for line in ax.lines if len(line.get_xdata())]
    if any(line.get_transform() != ax.transData for line in lines):
        raise Trouble(
            "guide",
            "a line goes across the axes, as axhline draws one: draw what is asked "
            "for, and nothing beside it",
        )
    bars = [c for c in ax.collections if isinstance(c, LineCollection | PolyCollection)]
    if lines and bars:  # of errorbar or fill_between: no points can be read from them
        raise Trouble(
            "bars",
            "you draw bars or a band: draw each curve as a line, with ax.plot(x, y)",
        )
    curves = [(*_forward(line), line.get_label().strip()) for line in lines]
    if not curves:
        if ax.has_data():
            raise Trouble(
                "blank", "no line is drawn: ax.plot(x, y) draws one through points"
            )
        raise Trouble(
            "blank", "nothing is drawn on ax: ax.plot(x, y) draws one through points"
        )
    curves.sort(key=lambda curve: (np.nansum(curve[1]), np.nansum(curve[0])))
    x_scale, y_scale = _scales(ax)
    table = {"log x": x_scale == "log", "log y": y_scale == "log", **_stacked(curves)}
    for x, y, label in curves:
        table |= {f"x of {label}": x, f"y of {label}": y}
    for label in (name[5:] for name in names if name not in table):
        raise Trouble(
            "label",
            'no curve has the label {label}: write ax.plot(x, y, label="{label}")',
            label=label,
        )
    return tuple(np.asarray(table[name], float) for name in names)


def _stacked(curves):
    """Return {"x": array, "y": array} of all curves, NaN where one has fewer points."""
    xs, ys = np.full((2, len(curves), max(len(x) for x, _, _ in curves)), np.nan)
    for k, (x, y, _label) in enumerate(curves):
        xs[k, : len(x)], ys[k, : len(y)] = x, y
    return {"x": xs[0], "y": ys[0]} if len(xs) == 1 else {"x": xs, "y": ys}


def _forward(line):
    """Return x and y of a line from left to right: the other way looks the same."""
    x, y = line.get_xydata().T
    return (x[::-1], y[::-1]) if (x[0], y[0]) > (x[-1], y[-1]) else (x, y)
