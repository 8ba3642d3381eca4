"""Sliders: pictures that follow the hand, with a kernel and without one.

One way to write one, like `FuncAnimation(blit=True)`: a figure, ranges, and a function
that moves artists of the figure and returns them, with a sentence on what is seen.

    @sliders.live(fig, lr=np.geomspace(1e-3, 1, 61))
    def ravine(lr):
        line.set_data(*walks[lr].T)
        return [line], f"it takes {steps[lr]} steps"

What stands still is drawn once, as a PNG; the moving artists lie over it, as SVG.  All
positions of all controls are drawn ahead, and the browser chooses: no kernel is asked,
so that a page, a slide and a phone move as a notebook does.  The hand's part is in
sliders.js.

Scripts in notebooks/code, 03_ravine.py in NumPy and 03_ravine_torch.py in PyTorch,
stand under the figure `ravine`: a line that begins with `lr = ` follows its control.
"""

import base64
import gzip
import io
import itertools
import json
import re
from gettext import gettext as _
from html import escape
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from matplotlib._path import convert_to_string
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.cbook import flatten

from classroom import pictures
from classroom.course import ROOT
from classroom.pictures import png
from utils import stats

plt.rcParams["svg.fonttype"] = "none"  # moving words stay words
plt.rcParams["svg.hashsalt"] = "course"  # the same picture has the same ids

CODE = ROOT / "notebooks" / "code"
MOST = 2500  # positions: more take long to draw, and are much to send
_SCRIPT = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
_STYLE = Path(__file__).with_suffix(".css").read_text(encoding="utf-8")
# Not in sliders.css: no selector that begins with .live reaches into a <use>.
_GROUND = "fill: none; pointer-events: all; cursor: crosshair"
LABELS = {
    "lr": "η",
    "beta": "β",
    "beta1": "β₁",
    "beta2": "β₂",
    "kappa": "κ",
    "batch_size": "batch size",
    "t": "step t",
    "theta1": "start θ₁",
    "theta2": "start θ₂",
}


def live(fig, goals=(), start=None, play=False, on=None, **ranges):
    """Decorate `draw(**values)`, which moves artists of fig; return the live figure.

    draw     returns (artists, sentence), or (artists, sentence, met) with one truth
             value for each goal; the artists are all that ever move; no pyplot in it
    goals    what to reach: sentences, ticked where they are met
    start    where to begin, `{name: value}`; otherwise the middle of each slider
    play     True adds a button that moves the last slider step by step
    on       `(axes, name, name)`: there a click or a drag moves these two sliders
    ranges   one for each argument of draw: rising numbers make a slider (log with
             `np.geomspace`), strings a menu, True or False a check box

    >>> from utils import figures
    >>> fig, ax = figures.subplots()
    >>> (line,) = ax.plot([0, 1], [0, 1])
    >>> @live(fig, lr=[0.1, 0.2, 0.3], start={"lr": 0.2})
    ... def level(lr):
    ...     line.set_ydata([lr, lr])
    ...     return [line], f"it is at {lr}"
    >>> level.start, level.sentence
    ({'lr': 0.2}, 'η = 0.2: it is at 0.2')
    """
    return lambda draw: Live(fig, draw, goals, start or {}, play, on, ranges)


class Live:
    """Controls over a figure, as HTML that moves by itself; elsewhere its first PNG.

    controls    `{name: values}`
    start       where they are at first, `{name: value}`
    draw        the function that was decorated
    positions   `[(svg, sentence, met), ...]`: the first control's values in the outer
                loop, the last one's in the inner
    first       which of them is shown at first; `sentence` is what it says

    ValueError for what `draw` does not return, and for more than MOST positions.
    """

    def __init__(self, fig, draw, goals, start, play, on, ranges):
        plt.close(fig)  # or the notebook shows it a second time
        self.name, self.draw, self.goals, self.play = draw.__name__, draw, goals, play
        self.controls = {name: _values(name, ranges[name]) for name in ranges}
        self.start = {
            name: values[_first(values, ranges[name], start.get(name))]
            for name, values in self.controls.items()
        }
        places = _places(self.controls)
        artists = self._artists(self.start)[0]
        self.png, self.background = _still(fig, artists)
        self.size, self.pieces = tuple(fig.bbox.size), pictures.pieces(fig)
        self.ground = self._ground(*on) if on else ""
        self.positions = [self._position(fig, values) for values in places]
        self.first = places.index(self.start)
        self.sentence = self.positions[self.first][1]
        self._artists(self.start)  # what is described stands where it begins
        self.text = f"{pictures.describe(fig)}\n{self.sentence}"

    def _artists(self, values):
        """Let draw move its artists; return (artists, sentence, met).

        met is () without goals.
        """
        result = self.draw(**values)
        least = 3 if self.goals else 2
        if not isinstance(result, tuple) or not least <= len(result) <= 3:
            sentence = _(
                "draw returned {drawn!r:.60}: it returns artists, a sentence and, if "
                "there are goals, one truth value for each; try return {remedy}."
            )
            remedy = '[line], f"η = {lr}"' + ", [done]" * bool(self.goals)
            raise ValueError(sentence.format(drawn=result, remedy=remedy))
        return result if len(result) == 3 else (*result, ())

    def _position(self, fig, values):
        """Return the SVG of the artists at these values, the sentence, what is met."""
        artists, sentence, met = self._artists(values)
        if len(met) != len(self.goals):
            refusal = _("draw says {count} times what is met: give one a goal")
            raise ValueError(refusal.format(count=len(met)))
        where = ", ".join(f"{_label(k)} = {_text(v)}" for k, v in values.items())
        svg = _svg(fig, artists, f"live-{self.name}-")
        return svg, f"{where}: {sentence}", [bool(truth) for truth in met]

    def _ground(self, ax, across, along):
        """Return axes in which a hand chooses the values of two sliders, as SVG."""
        at, height, box = ax.transData.transform, self.size[1], ax.bbox
        left, low = ax.get_xlim()[0], ax.get_ylim()[0]
        places = {
            across: [round(at((x, low))[0], 1) for x in self.controls[across]],
            along: [round(height - at((left, y))[1], 1) for y in self.controls[along]],
        }
        return (
            f'<rect class="ground" x="{box.x0:.1f}" y="{height - box.y1:.1f}" '
            f'width="{box.width:.1f}" height="{box.height:.1f}" style="{_GROUND}" '
            f'data-places="{escape(json.dumps(places), quote=True)}"/>'
            '<circle r="9" fill="none" stroke="black" stroke-dasharray="3 2" '
            'transform="translate(-99)"/>'
        )

    def html(self):
        """Return the figure as HTML that needs nothing else."""
        _drawing, sentence, met = self.positions[self.first]
        goals = "".join(f"<li>{escape(goal)}</li>" for goal in self.goals)
        return f"""<div class="live" id="{escape(self.name)}" data-prevent-swipe>
<style>{_STYLE}</style>
<form>{"".join(map(self._control, self.controls))}
<span class="buttons">{_play() * self.play}
<button type="button" class="pin" aria-pressed="false"
title="{_("keeps this position, pale and dashed, while you drag on")}"
>{_("pin")}</button>
<button type="reset" aria-label="{_("reset")}" title="{_("reset")}">↺</button></span>
</form>
{self._picture()}
<p class="said">{escape(sentence)}</p><p class="kept"></p>
<p class="status" role="status"></p>
<ul data-met="{json.dumps(met)}">{goals}</ul>
{self._code()}
<script type="text/plain" class="positions">{self._packed()}</script>
<script>{_SCRIPT}</script></div>"""

    def _picture(self):
        """Return the first position over what stands still, whole and in pieces."""
        svg, (width, height) = self.positions[self.first][0], self.size
        name = f"live-{self.name}"
        still = f'<image href="{self.background}" width="{width:g}" height="{height:g}"'
        pieces = "".join(
            f'<svg class="piece" aria-hidden="true" style="{_widths(w)}" '
            f'viewBox="{x:.0f} {y:.0f} {w:.0f} {h:.0f}"><use href="#{name}-all"/></svg>'
            for x, y, w, h in self.pieces
        )
        style = f"max-width: {100 / 72 * width:.0f}px; --ratio: {width / height:.4f}"
        return f"""<div class="picture" style="{style}">
<svg class="whole" role="img" aria-label="{escape(self.text, quote=True)}"
viewBox="0 0 {width:g} {height:g}"><g id="{name}-all">
{still}/><g class="pinned" opacity="0.45" stroke-dasharray="3 2"></g>
<g class="moving">{svg}</g>{self.ground}</g></svg>{pieces}</div>"""

    def _control(self, name):
        """Return a range with a box for its number, a menu or a check box, as HTML."""
        values, label = self.controls[name], escape(_label(name))
        texts, at = [escape(_text(v)) for v in values], values.index(self.start[name])
        if values == [False, True]:
            checked = " checked" * at
            box = f'<input type="checkbox" name="{name}"{checked}>'
            return f"<label>{box} {label}</label>"
        if isinstance(values[0], str):
            options = "".join(
                f"<option{' selected' * (k == at)}>{text}</option>"
                for k, text in enumerate(texts)
            )
            return f'<label>{label} <select name="{name}">{options}</select></label>'
        labels = escape(json.dumps(texts), quote=True)
        number = _("{label}, as a number").format(label=label)
        return (
            f'<label class="slider"><span>{label}</span> <input class="number" '
            f'aria-label="{number}" value="{texts[at]}" '
            f'inputmode="decimal" autocomplete="off"> <input type="range" '
            f'name="{name}" max="{len(values) - 1}" value="{at}" aria-label="{label}" '
            f'aria-valuetext="{texts[at]}" data-labels="{labels}"></label>'
        )

    def scripts(self, values):
        """Return what draws these values anew, `{"NumPy": script, "PyTorch": script}`.

        {} for a figure without scripts in notebooks/code.
        """
        files = {"NumPy": f"{self.name}.py", "PyTorch": f"{self.name}_torch.py"}
        texts = {
            library: path.read_text(encoding="utf-8")
            for library, file in files.items()
            for path in CODE.glob(f"[0-9][0-9]_{file}")
        }
        for name, value in values.items():
            line = f"{name} = {_literal(value)}"
            for library, text in texts.items():
                texts[library] = re.sub(rf"(?m)^{name} = .*$", line, text, count=1)
        return texts

    def _code(self):
        """Return the scripts, folded, as HTML; sliders.js gives them their values."""
        all_values = {k: [*map(_literal, v)] for k, v in self.controls.items()}
        title = _("{library}: the code of this picture")
        scripts = "".join(
            f"<details><summary>{title.format(library=library)}</summary>"
            f'<button type="button">{_("copy")}'
            f"</button><pre>{escape(script)}</pre></details>"
            for library, script in self.scripts(self.start).items()
        )
        values = escape(json.dumps(all_values), quote=True)
        return scripts and f'<div class="code" data-values="{values}">{scripts}</div>'

    def _packed(self):
        """Return all positions, each element of SVG once, zipped, as text."""
        elements, positions = {}, []
        for svg, sentence, met in self.positions:
            parts = re.split(r"\n(?=<)", svg)
            numbers = [elements.setdefault(part, len(elements)) for part in parts]
            positions.append([numbers, sentence, met])
        data = json.dumps([list(elements), positions], ensure_ascii=False)
        return _base64(gzip.compress(data.encode(), 6, mtime=0))

    def _repr_mimebundle_(self, **kwargs):
        data = {"text/html": self.html(), "image/png": self.png}
        metadata = {"alt": self.text, "width": round(100 / 72 * self.size[0])}
        return data | {"text/plain": self.text}, {"image/png": metadata}


def _play():
    """Return the button that plays, with what it is called while it does."""
    play, pause = _("play"), _("pause")
    return (
        f'<button type="button" class="play" aria-label="{play}" data-play="{play}" '
        f'data-pause="{pause}">▶</button>'
    )


def _label(name):
    return _(LABELS.get(name, name))


def _text(value):
    if isinstance(value, bool | np.bool_):
        return _("on") if value else _("off")
    return value if isinstance(value, str) else f"{value:.3g}"


def _literal(value):
    """Return a value of a control as Python writes it."""
    return repr(value.item() if isinstance(value, np.generic) else value)


def _values(name, values):
    """Return the values of a control in the order of its positions.

    ValueError for numbers that do not rise.
    """
    if isinstance(values, bool):
        return [False, True]
    values = list(values)
    if not isinstance(values[0], str) and (np.diff(values) <= 0).any():
        sentence = _(
            "{name}={values}: the numbers are the positions of a slider and rise; "
            "try {name}=np.arange(0, 1, 0.1) for a start, an end and a step."
        )
        raise ValueError(sentence.format(name=name, values=tuple(values)))
    return values


def _first(values, default, start):
    """Return which of its values a control has at first, as an index.

    default   what `live` was told of the control: of a check box, its first state
    start     a value of the control, or None; among numbers the nearest is meant
    """
    if isinstance(default, bool):
        return int(default if start is None else start)
    if isinstance(values[0], str):
        return 0 if start is None else values.index(start)
    return len(values) // 2 if start is None else int(stats.nearest(values, start))


def _places(controls):
    """Return all positions, `[{name: value}, ...]`; ValueError if they are too many."""
    count = np.prod([len(values) for values in controls.values()])
    if count > MOST:
        sentence = _(
            "{count} positions: all of them are drawn ahead, and at most {most} "
            "are; give a control fewer values."
        )
        raise ValueError(sentence.format(count=count, most=MOST))
    rows = itertools.product(*controls.values())
    return [dict(zip(controls, row, strict=True)) for row in rows]


def _still(fig, artists):
    """Return two PNGs: the whole figure, in base64; and without these artists.

    The second is a data: address.  From then on the artists are drawn by `_svg` alone.
    """
    whole = png(fig)
    for artist in flatten(artists):
        artist.set_animated(True)  # not set_visible: titles would jump
    address = f"data:image/png;base64,{_base64(png(fig))}"
    fig.dpi = 72  # SVG counts in points
    return _base64(whole), address


def _widths(width):
    """Return how wide a piece is: so that its words can be read, and no wider."""
    least = f"{width:.0f}px" if width > 367 else "0"  # 358 pixels have a phone's pages
    return f"min-width: {least}; max-width: {100 / 72 * width:.0f}px"


def _base64(data):
    return base64.b64encode(data).decode()


class _Pen(RendererSVG):
    """Draws paths to tenths of a point, which are enough."""

    def _convert_path(self, path, transform=None, clip=None, **how):
        inside = (0, 0, self.width, self.height) if clip else None
        signs = [b"M", b"L", b"Q", b"C", b"z"]
        rest = how.get("simplify"), how.get("sketch"), 1, signs, False
        return convert_to_string(path, transform, inside, *rest).decode()


def _svg(fig, artists, key):
    """Draw artists as SVG; `key` keeps its ids apart from those of other figures."""
    (width, height), out = fig.bbox.size, io.StringIO()
    pen = _Pen(width, height, out)
    for artist in flatten(artists):
        artist.draw(pen)
    pen.finalize()
    # The head has a <style> for "*", which would restyle the whole page: cut it off.
    body = out.getvalue().partition("</defs>")[2].rpartition("</svg>")[0]
    for reference in ('id="', 'href="#', "url(#"):
        body = body.replace(reference, f"{reference}{key}")
    return re.sub(r"\n +<", "\n<", body)  # an element on each line, see _packed
