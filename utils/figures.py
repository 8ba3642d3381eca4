"""Pictures that stand still: one look per optimizer, landscapes, paths, curves, sweeps.

Every function draws into axes and returns them or what it drew; none shows anything.
A figure made by `subplots` carries a text alternative with its numbers: it is the alt
text of the stored PNG, and what a terminal, or a test, sees in the picture's place.
"""

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from IPython import get_ipython
from IPython.core.pylabtools import print_figure
from matplotlib.container import BarContainer, ErrorbarContainer
from matplotlib.figure import Figure

# Colours of Okabe & Ito 2008, told apart by colour-blind readers; line styles and
# markers tell them apart in grey.  Their yellow is too pale on white: grey stands in.
_LOOKS = {
    "SGD": ("#0072B2", (0, (9, 1)), "o"),
    "Momentum": ("#E69F00", (0, (6, 2)), "s"),
    "Nesterov": ("#56B4E9", (0, (6, 2, 1, 2)), "D"),
    "AdaGrad": ("#CC79A7", (0, (1, 1)), "v"),
    "RMSprop": ("#009E73", (0, (3, 1.5)), "^"),
    "Adam": ("#D55E00", "-", "P"),
    "AMSGrad": ("#000000", (0, (4, 1, 1, 1, 1, 1)), "X"),
    "AdamW": ("#777777", (0, (2, 1)), "*"),
}

# The house style, set on import so that no notebook can forget it.
plt.rcParams.update(
    {
        "figure.dpi": 100,
        "figure.constrained_layout.use": True,
        "font.size": 10,
        "axes.titlesize": 11,
        "axes.titlelocation": "left",
        "axes.titleweight": "bold",
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": True,
        "grid.color": "#e6e6e6",
        "axes.axisbelow": True,
        "lines.linewidth": 1.8,
        "lines.markersize": 5,
        "legend.frameon": False,
        "axes.prop_cycle": mpl.cycler(color=[look[0] for look in _LOOKS.values()]),
    }
)


class Picture(Figure):
    """A figure whose plain-text form is its text alternative."""

    def __repr__(self):
        return text_alternative(self)


def _png(picture):
    png = print_figure(picture, bbox_inches=None, base64=True)
    return png, {"alt": text_alternative(picture)}


if get_ipython():
    get_ipython().display_formatter.formatters["image/png"].for_type(Picture, _png)


def subplots(ncols=1, nrows=1, height=3.6, width=9, **options):
    """Return (figure, axes) in the course's size, in inches, like `plt.subplots`."""
    size = (width, height)
    return plt.subplots(nrows, ncols, figsize=size, FigureClass=Picture, **options)


def look(name, **changes):
    """Return the colour, line style and marker of an optimizer, for `plot`.

    `name` may go on after a comma: "Adam, η = 0.1" looks like "Adam".
    """
    first = name.split(",")[0]
    if first not in _LOOKS:
        raise ValueError(f"no look for {name!r}: allowed are {', '.join(_LOOKS)}.")
    color, linestyle, marker = _LOOKS[first]
    style = {"color": color, "linestyle": linestyle, "marker": marker}
    return style | {"label": name} | changes


def landscape(cost, ax, levels=12):
    """Draw a cost of two parameters as contours, evenly spaced in rank, with minima."""
    x, y = (np.linspace(*edges, 121) for edges in cost.view)
    heights = cost(np.stack(np.meshgrid(x, y), axis=-1))
    bands = np.unique(np.quantile(heights, np.linspace(0, 1, levels + 1)))
    ax.contourf(x, y, heights, bands, cmap="viridis_r", alpha=0.4)
    ax.contour(x, y, heights, bands, colors="white", linewidths=0.6)
    ax.plot(*cost.minima.T, "*", color="black", markersize=11, label="_minima")
    ax.set(xlim=cost.view[0], ylim=cost.view[1], xlabel="θ₁", ylabel="θ₂")
    ax.grid(False)
    return ax


def paths(walks, ax):
    """Draw walks `{name: (steps + 1, 2)}` on a landscape, each ending in a marker."""
    lines = []
    for name, walk in walks.items():
        style = look(name, markevery=[-1], markersize=8, markeredgecolor="white")
        lines += ax.plot([], [], **style)
        move(lines[-1], walk)
    return lines


def move(line, walk):
    """Move a line to a walk `(steps + 1, 2)`, its marker to the last point in view."""
    ax = line.axes
    view = np.sort([ax.get_xlim(), ax.get_ylim()])
    inside = ((walk >= view[:, 0]) & (walk <= view[:, 1])).all(axis=-1)
    line.set_data(*walk.T)
    line.set_markevery([int(np.flatnonzero(inside)[-1])] if inside.any() else [])
    return line


def walks_and_costs(cost, walks):
    """Draw runs on a landscape, and their costs against the step, one run at a time.

    walks   {name: (steps + 1, runs, 2)}

    Returns (figure, show): show(k) moves the lines to run k, and returns them.
    """
    fig, (left, right) = subplots(2, width_ratios=[1, 1])
    lines = paths(
        {name: walk[:, 0] for name, walk in walks.items()}, landscape(cost, left)
    )
    heights = {name: cost(walk) for name, walk in walks.items()}
    falls = curves({name: height[:, 0] for name, height in heights.items()}, right)
    lowest = min(np.nanmin(height[-1]) for height in heights.values())
    first = next(iter(heights.values()))[:, 0]
    right.set(yscale="log", ylim=(max(lowest / 3, 1e-16), 10 * first[0]))
    right.set_xlim(0, len(first) - 1)
    right.set(xlabel="step t", ylabel="cost J")
    legend(fig, handles=lines)

    def show(k):
        for name, line, fall in zip(walks, lines, falls, strict=True):
            move(line, walks[name][:, k])
            fall.set_ydata(heights[name][:, k])
        return lines + falls

    return fig, show


def ranking(values):
    """Say who is lowest, and where: "Adam 0.0069, SGD 0.35, Momentum diverges"."""
    order = sorted(values, key=lambda name: np.nan_to_num(values[name], nan=np.inf))
    return ", ".join(
        f"{name} {values[name]:.2g}"
        if np.isfinite(values[name])
        else f"{name} diverges"
        for name in order
    )


def middle(values):
    """Return 10th percentile, median, 90th percentile of the last axis; NaN is worst.

    Of an even number of runs the median is the upper of the middle two: nothing is
    averaged, so that diverged runs (NaN) count as the worst, and stay NaN.
    """
    n = np.shape(values)[-1]
    ranks = np.rint(np.array([0.1, 0.5, 0.9]) * (n - 1) + [-0.01, 0.01, 0.01])
    return np.moveaxis(np.sort(values, axis=-1)[..., ranks.astype(int)], -1, 0)


def curves(values, ax, x=None, **options):
    """Draw `{name: (points,) or (points, seeds)}`: median, and band from 10 to 90 %."""
    lines = []
    for name, rows in values.items():
        rows = np.asarray(rows)
        low, mid, high = middle(rows if rows.ndim > 1 else rows[:, None])
        at = np.arange(len(rows)) if x is None else x
        lines += ax.plot(at, mid, **look(name, **{"marker": None, **options}))
        if rows.ndim > 1:
            ax.fill_between(at, low, high, color=lines[-1].get_color(), alpha=0.2, lw=0)
    return lines


def sweep(values, rates, ax):
    """Draw a result against the learning rate, `{name: (rates, seeds)}`, with its band.

    A cross at the top marks where the median run begins to diverge.
    """
    lines = curves(values, ax, x=rates)
    for line, (name, rows) in zip(lines, values.items(), strict=True):
        line.set_marker(look(name)["marker"])
        lost = np.isnan(middle(rows)[1])
        begins = rates[lost & ~np.roll(lost, 1)] if not lost.all() else rates[:1]
        style = {"color": line.get_color(), "transform": ax.get_xaxis_transform()}
        top = np.full(len(begins), 0.97)
        ax.plot(begins, top, "x", ms=8, mew=2, label=f"_{name} diverges", **style)
    ax.set(xscale="log", xlabel="learning rate η")
    return lines


def legend(fig, handles=None, **options):
    """Put one legend for all axes under the figure, where it covers nothing."""
    if handles is None:
        drawn = [ax.get_legend_handles_labels() for ax in fig.axes]
        handles = {
            label: handle
            for handles, labels in drawn
            for handle, label in zip(handles, labels, strict=True)
        }.values()
    options = {"loc": "outside lower center", "ncols": len(handles), **options}
    return fig.legend(handles=list(handles), **options)


def text_alternative(fig):
    """Say in words and numbers what a figure shows: titles, axes, lines, bars."""
    return "\n".join(_describe(ax) for ax in fig.axes)


def _describe(ax):
    title = " ".join(filter(None, (ax.get_title(loc) for loc in ("left", "center"))))
    axes = [
        f"{axis.get_label_text() or name} from {_number(low)} to {_number(high)}"
        for name, axis, (low, high) in (
            ("x", ax.xaxis, ax.get_xlim()),
            ("y", ax.yaxis, ax.get_ylim()),
        )
    ]
    said = [f"{title or 'Figure'}: {', '.join(axes)}."]
    names = {  # of points with error bars the label is that of the whole
        whole.lines[0]: whole.get_label()
        for whole in ax.containers
        if isinstance(whole, ErrorbarContainer)
    }
    said += [
        _describe_line(line, names.get(line) or line.get_label())
        for line in ax.lines
        if len(line.get_xdata()) and not line.get_animated()  # it moves: told elsewhere
    ]
    said += [
        _describe_bars(bars, ax)
        for bars in ax.containers
        if isinstance(bars, BarContainer)
    ]
    return " ".join(filter(None, said))


def _describe_bars(bars, ax):
    names = [label.get_text() for label in ax.get_xticklabels()]
    if len(names) != len(bars):
        names = [""] * len(bars)
    heights = [
        f"{name} {_number(bar.get_height())}".strip()
        for name, bar in zip(names, bars, strict=True)
    ]
    return f"{bars.get_label()}: {', '.join(heights)}."


def _describe_line(line, label):
    if label.startswith("_child"):
        return ""
    x, y = (np.asarray(values, float) for values in line.get_data(orig=False))
    shown = np.isfinite(x) & np.isfinite(y)
    if not shown.any():
        return f"{label}: nothing finite."
    x, y = x[shown], y[shown]
    first, last = (f"({_number(x[k])}, {_number(y[k])})" for k in (0, -1))
    text = f"{label.lstrip('_')}: {first}"
    if len(x) > 1:
        low = y.argmin()
        text += f" to {last}, lowest ({_number(x[low])}, {_number(y[low])})"
    return text + (", then diverges." if not shown[-1] else ".")


def _number(value):
    return f"{value:.3g}"
