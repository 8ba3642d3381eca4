"""What a figure is to a screen, a sharp PNG, and to whoever cannot see it: a text.

A figure of the course, `utils.figures.Picture`, is shown as both in a notebook.
"""

import base64
import io
from gettext import gettext as _

import numpy as np
from IPython import get_ipython
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.container import BarContainer, ErrorbarContainer
from matplotlib.transforms import Bbox
from PIL import Image

DOTS = 200  # to an inch of a PNG


def describe(fig):
    """Return a line for each axes of a figure: its title, axes, lines and bars.

    A line that moves (`animated`, see `sliders`) is left out: the sentence of its
    position describes it.

    >>> from matplotlib.figure import Figure
    >>> fig = Figure()
    >>> ax = fig.add_subplot(title="It falls", xlabel="step", ylabel="cost")
    >>> _ = ax.set(xlim=(0, 3), ylim=(0, 9)), ax.plot([1, 2, 3], [4, 1, 2], label="J")
    >>> describe(fig)
    'It falls: step from 0 to 3, cost from 0 to 9. J: (1, 4) to (3, 2), lowest (2, 1).'
    """
    return "\n".join(_axes(ax) for ax in fig.axes)


def _axes(ax):
    titles = filter(None, (ax.get_title(loc) for loc in ("left", "center")))
    title = " ".join(" ".join(titles).split())  # on one line, however it is broken
    ranges = [
        _("{axis} from {low} to {high}").format(
            axis=axis.get_label_text() or name, low=_number(low), high=_number(high)
        )
        for name, axis, (low, high) in (
            ("x", ax.xaxis, ax.get_xlim()),
            ("y", ax.yaxis, ax.get_ylim()),
        )
    ]
    names = {  # of points with error bars the label is that of the whole
        whole.lines[0]: whole.get_label()
        for whole in ax.containers
        if isinstance(whole, ErrorbarContainer)
    }
    lines = [
        _line(line, names.get(line) or line.get_label())
        for line in ax.lines
        if len(line.get_xdata()) and not line.get_animated()
    ]
    bars = [_bars(bars, ax) for bars in ax.containers if isinstance(bars, BarContainer)]
    frame = f"{title or _('Figure')}: {', '.join(ranges)}."
    return " ".join(filter(None, [frame, *lines, *bars]))


def _bars(bars, ax):
    names = [label.get_text() for label in ax.get_xticklabels()]
    if len(names) != len(bars):
        names = [""] * len(bars)
    heights = [
        f"{name} {_number(bar.get_height())}".strip()
        for name, bar in zip(names, bars, strict=True)
    ]
    return f"{bars.get_label()}: {', '.join(heights)}."


def _line(line, label):
    if label.startswith("_child"):  # it was given no name
        return ""
    x, y = (np.asarray(values, float) for values in line.get_data(orig=False))
    finite = np.isfinite(x) & np.isfinite(y)
    if not finite.any():
        return _("{label}: nothing finite.").format(label=label)
    x, y = x[finite], y[finite]
    first, last = (f"({_number(x[k])}, {_number(y[k])})" for k in (0, -1))
    sentence, low = _("{label}: {first}"), y.argmin()
    if len(x) > 1:
        sentence = _("{label}: {first} to {last}, lowest {lowest}")
    lowest = f"({_number(x[low])}, {_number(y[low])})"
    label = label.lstrip("_")
    sentence = sentence.format(label=label, first=first, last=last, lowest=lowest)
    if not finite[-1]:
        sentence = _("{sentence}, then diverges").format(sentence=sentence)
    return f"{sentence}."


def _number(value):
    return f"{value:.3g}"


def png(fig):
    """Return a figure as a PNG, as bytes, with twice the pixels of the screen.

    It has at most 256 colours: a drawing has no more, and is a fourth as large.  It is
    laid out and drawn once, in half the time of `savefig`; what moves (`animated`) is
    left out, as on a screen.

    >>> from matplotlib.figure import Figure
    >>> image = Image.open(io.BytesIO(png(Figure(figsize=(2, 1)))))
    >>> image.size, image.mode
    ((400, 200), 'P')
    """
    dpi, canvas, sharp = fig.dpi, fig.canvas, FigureCanvasAgg(fig)
    fig.dpi = DOTS
    sharp.draw()
    fig.dpi = dpi
    fig.set_canvas(canvas)
    image = Image.fromarray(np.asarray(sharp.buffer_rgba())).convert("RGB")
    out, method = io.BytesIO(), Image.Quantize.FASTOCTREE
    image.quantize(256, method, dither=Image.Dither.NONE).save(out, "png")
    return out.getvalue()


def pieces(fig, apart=False):
    """Return what a narrow screen shows one below the other, `[(x, y, w, h), ...]`.

    apart   the entries of a legend are pieces of their own

    In points, from the top left, of a figure that `png` has drawn: words of a legend
    are where its dots left them.  Panels that share a column stay together, and a
    colour bar with its panel; legends of the figure are the last pieces.  A panel alone
    is one piece, with all that is in the figure.

    >>> from matplotlib.figure import Figure
    >>> fig = Figure(figsize=(4, 2))
    >>> left, right = fig.subplots(1, 2)
    >>> len(pieces(fig))
    2
    """
    dpi, fig.dpi = fig.dpi, DOTS
    columns, axes = [], [ax for ax in fig.axes if ax.get_visible()]
    for ax in sorted(axes, key=lambda ax: ax.bbox.x0):  # a title may reach beyond it
        box, bar = ax.get_tightbbox(), ax.get_label() == "<colorbar>"
        if columns and (bar or ax.bbox.x0 < columns[-1].x1):
            columns[-1] = Bbox.union([columns[-1], box])
        else:
            columns.append(box)
    if alone := len(columns) == 1:
        columns = [fig.bbox]
    for legend in [] if alone else fig.legends:
        entries = [_entry(text, legend) for text in legend.get_texts()]
        columns += entries if apart else [Bbox.union(entries)]
    areas = [_area(box, fig) for box in columns]
    fig.dpi = dpi
    return areas


def _entry(text, legend):
    """Return the box of an entry: its words, and the line before them."""
    box, before = text.get_window_extent(), legend.handlelength + legend.handletextpad
    line = before * text.get_fontsize() * DOTS / 72
    return Bbox.from_extents(box.x0 - line, box.y0, box.x1, box.y1)


def _area(box, fig):
    """Return a box of pixels, with a margin, in points from the figure's top left."""
    corners = np.clip(box.padded(6).get_points(), 0, fig.bbox.size)
    (left, low), (right, high) = (72 / DOTS * corners).tolist()
    return left, 72 / DOTS * fig.bbox.height - high, right - left, high - low


def _shown(picture):
    """Return a picture as IPython shows it: a PNG with its text alternative.

    If a phone shows it in pieces, these are told in pixels of the PNG, "x-y-w-h …".
    """
    data = base64.b64encode(png(picture)).decode()
    metadata = {"alt": describe(picture), "width": round(100 * picture.get_figwidth())}
    areas = DOTS / 72 * np.array(pieces(picture, apart=True))
    if len(areas) > 1:
        metadata["pieces"] = " ".join(
            "{:.0f}-{:.0f}-{:.0f}-{:.0f}".format(*a) for a in areas
        )
    return data, metadata


def _printed(picture, printer, _cycle):
    """Print the text alternative, where no picture can be shown."""
    printer.text(describe(picture))


if kernel := get_ipython():
    formatters = kernel.display_formatter.formatters
    formatters["image/png"].for_type_by_name("utils.figures", "Picture", _shown)
    formatters["text/plain"].for_type_by_name("utils.figures", "Picture", _printed)
