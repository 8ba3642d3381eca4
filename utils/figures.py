"""Pictures that stand still: one look per optimizer, landscapes, paths, curves, sweeps.

Every function draws into axes and returns them or what it drew; none shows anything.
"""

from functools import cache
from gettext import gettext as _
from itertools import cycle

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from utils import stats

# The look of each optimizer: colour, line style, marker, each of its own.  The colours
# are of Okabe & Ito 2008, told apart by colour-blind readers; line styles and markers
# tell them apart in grey.  Their yellow is too pale on white: grey stands in.
_LOOKS = {
    "SGD": ("#0072B2", (0, (9, 1)), "o"),
    "Momentum": ("#E69F00", (0, (6, 2)), "s"),
    "Nesterov": ("#56B4E9", (0, (6, 2, 1, 2)), "D"),
    "AdaGrad": ("#CC79A7", (0, (1, 1)), "v"),
    "RMSprop": ("#009E73", (0, (3, 1.5)), "^"),
    "Adam": ("#D55E00", "-", "P"),
    "AMSGrad": ("#000000", (0, (4, 1, 1, 1, 1, 1)), "X"),
    "AdamW": ("#777777", (0, (2, 1)), "*"),
    "gradient descent": ("#444444", (0, (5, 1)), "d"),
    "Lion": ("#332288", (0, (8, 1, 1, 1)), "p"),
    "Muon": ("#882255", (0, (5, 2)), "h"),
    "Schedule-Free": ("#117733", (0, (3, 1, 1, 1)), "<"),
}
# For other names, in the order in which they are met (colours of Tol 2021, "muted").
_NEXT_LOOKS = cycle(
    [
        ("#6B4C9A", (0, (7, 1, 2, 1)), ">"),
        ("#AA4499", (0, (4, 2)), "H"),
        ("#999933", (0, (2, 1, 1, 1)), "8"),
        ("#44AA99", (0, (1, 2)), "d"),
    ]
)
_next_look = cache(lambda name: next(_NEXT_LOOKS))  # and keeps it

# The house style, set on import so that no notebook can forget it.
plt.rcParams.update(
    {
        "figure.dpi": 100,
        "figure.constrained_layout.use": True,
        "font.size": 11.7,  # 3 % of a slide; 11 pixels and more on a phone
        "axes.titlesize": 11.7,
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
    """A figure of this course, whose titles break where their panel ends.

    How a notebook shows it is the classroom's.
    """

    def draw(self, renderer):
        """Draw it as every figure is drawn, once its panels have their places."""
        if layout := self.get_layout_engine():
            layout.execute(self)
        for ax in self.axes:
            if ax.bbox.width > self.dpi:  # over a thumbnail stands the title of its row
                _break_title(ax, renderer)
        super().draw(renderer)


def _break_title(ax, renderer):
    """Break the lines of a title that are wider than its axes, at spaces."""
    title, lines = ax._left_title, []  # matplotlib gives it no public name
    for line in title.get_text().split("\n"):
        lines.append("")
        for word in line.split():
            title.set_text(f"{lines[-1]} {word}".strip())
            if lines[-1] and _width(title, renderer) > ax.bbox.width:
                lines.append(word)
            else:
                lines[-1] = title.get_text()
    title.set_text("\n".join(lines))


def _width(text, renderer):
    return text.get_window_extent(renderer).width


ONE = 5  # inches: a panel alone is shown whole on a phone, with words of 11 pixels


def subplots(ncols=1, nrows=1, height=3.6, width=None, **options):
    """Return (figure, axes) in the course's size, in inches, like `plt.subplots`.

    >>> fig, (left, right) = subplots(2)
    >>> fig.get_size_inches()
    array([9. , 3.6])
    """
    size = width or (ONE if ncols == 1 else 9), height
    return plt.subplots(nrows, ncols, figsize=size, FigureClass=Picture, **options)


def look(name, **changes):
    """Return the colour, line style and marker of an optimizer, for `plot`.

    What follows a comma changes nothing: "Adam, η = 0.1" looks like "Adam".  A name
    without a look gets the next one that is free, and keeps it.

    >>> look("Adam, η = 0.1", marker=None)
    {'color': '#D55E00', 'linestyle': '-', 'marker': None, 'label': 'Adam, η = 0.1'}
    """
    first = name.split(",")[0]
    color, linestyle, marker = _LOOKS.get(first) or _next_look(first)
    style = {"color": color, "linestyle": linestyle, "marker": marker}
    return style | {"label": name} | changes


def landscape(cost, ax):
    """Draw a cost of two parameters: minima, and contours between equal shares of area.

    >>> from utils import costs
    >>> fig, ax = subplots()
    >>> landscape(costs.rosenbrock(), ax).get_xlim() == (-2, 2)
    True
    """
    x, y = (np.linspace(*edges, 121) for edges in cost.view)
    heights = cost(np.stack(np.meshgrid(x, y), axis=-1))
    bands = np.unique(np.quantile(heights, np.linspace(0, 1, 13)))
    ax.contourf(x, y, heights, bands, cmap="viridis_r", alpha=0.4)
    ax.contour(x, y, heights, bands, colors="white", linewidths=0.6)
    ax.plot(*cost.minima.T, "*", color="black", markersize=11, label="_" + _("minima"))
    ax.set(xlim=cost.view[0], ylim=cost.view[1], xlabel="θ₁", ylabel="θ₂")
    ax.grid(False)
    return ax


def paths(walks, ax):
    """Draw walks `{name: (steps + 1, 2)}` on a landscape, each ending in a marker.

    >>> fig, ax = subplots()
    >>> (line,) = paths({"SGD": np.array([[0.0, 0.0], [0.5, 1.0]])}, ax)
    >>> line.get_ydata()
    array([0., 1.])
    """
    lines = []
    for name, walk in walks.items():
        style = look(name, markevery=[-1], markersize=8, markeredgecolor="white")
        lines += ax.plot([], [], **style)
        move(lines[-1], walk)
    return lines


def move(line, walk):
    """Move a line to a walk `(steps + 1, 2)`, its marker to the last point in view.

    >>> fig, ax = subplots()
    >>> (line,) = ax.set(xlim=(0, 2), ylim=(0, 2)) and ax.plot([], [], "o")
    >>> move(line, np.array([[0.0, 0.0], [0.5, 1.0], [9.0, 9.0]])).get_markevery()
    [1]
    """
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

    >>> from utils import costs
    >>> walk = np.linspace([[-1.0, 1.0], [0.0, 0.0]], [[1.0, 1.0], [1.0, 1.0]], 5)
    >>> fig, show = walks_and_costs(costs.rosenbrock(), {"SGD": walk})
    >>> path, cost = show(1)
    >>> path.get_xdata()
    array([0.  , 0.25, 0.5 , 0.75, 1.  ])
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
    right.set(xlabel=_("step t"), ylabel=_("cost J"))
    legend(fig, handles=lines)

    def show(k):
        for name, line, fall in zip(walks, lines, falls, strict=True):
            move(line, walks[name][:, k])
            fall.set_ydata(heights[name][:, k])
        return lines + falls

    return fig, show


def curves(values, ax, x=None, **options):
    """Draw `{name: (points,) or (points, seeds)}`: median, and band from 10 to 90 %.

    An optimizer has a solid line with some markers: dashes on a jagged line look like
    gaps in it.

    >>> fig, ax = subplots()
    >>> (line,) = curves({"Adam": [[1, 2, 6], [0, 1, 5]]}, ax)
    >>> line.get_ydata()
    array([2, 1])
    """
    lines = []
    for name, rows in values.items():
        rows = np.asarray(rows)
        at = np.arange(len(rows)) if x is None else x
        middle = stats.median(rows) if rows.ndim > 1 else rows
        marked = {"linestyle": "-", "markevery": max(1, len(rows) // 8)}
        style = marked if name.split(",")[0] in _LOOKS else {"marker": None}
        lines += ax.plot(at, middle, **look(name, **{**style, **options}))
        if rows.ndim > 1:
            color = lines[-1].get_color()
            ax.fill_between(at, *stats.band(rows), color=color, alpha=0.2, lw=0)
    return lines


def sweep(values, rates, ax):
    """Draw a result against the learning rate, `{name: (rates, seeds)}`, with its band.

    A cross at the top marks where the median run begins to diverge.

    >>> fig, ax = subplots()
    >>> (line,) = sweep({"SGD": [[3.0], [1.0], [np.nan]]}, np.array([0.1, 1, 10]), ax)
    >>> ax.get_xscale(), ax.lines[-1].get_xdata()
    ('log', array([10.]))
    """
    lines = curves(values, ax, x=rates, markevery=1)
    for line, (name, rows) in zip(lines, values.items(), strict=True):
        line.set_marker(look(name)["marker"])
        lost = np.isnan(stats.median(rows))
        begins = rates[lost & np.diff(lost, prepend=False)]
        style = {"color": line.get_color(), "transform": ax.get_xaxis_transform()}
        top = np.full(len(begins), 0.97)
        label = "_" + _("{name} diverges").format(name=name)
        ax.plot(begins, top, "x", ms=8, mew=2, label=label, **style)
    ax.set(xscale="log", xlabel=_("learning rate η"))
    return lines


def legend(fig, handles=None, **options):
    """Put one legend for all axes under the figure, in as many columns as fit.

    >>> fig, (left, right) = subplots(2)
    >>> lines = left.plot([1, 2], label="SGD"), right.plot([1, 2], label="SGD")
    >>> [text.get_text() for text in legend(fig).get_texts()]
    ['SGD']
    """
    if handles is None:
        pairs = [ax.get_legend_handles_labels() for ax in fig.axes]
        handles = {
            label: handle
            for handles, labels in pairs
            for handle, label in zip(handles, labels, strict=True)
        }.values()
    handles, options = list(handles), {"loc": "outside lower center", **options}
    for columns in range(len(handles), 0, -1):
        below = fig.legend(handles=handles, **{"ncols": columns, **options})
        if columns == 1 or "ncols" in options or _width(below, None) < fig.bbox.width:
            return below
        below.remove()
