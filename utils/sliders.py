"""Sliders: pictures that follow the hand.

One way to write one, like `FuncAnimation(blit=True)`: a figure, ranges, and a function
that moves artists of the figure and returns them, with a sentence on what is seen.

    @sliders.live(fig, lr=np.geomspace(1e-3, 1, 61))
    def ravine(lr):
        line.set_data(*walks[lr].T)
        return [line], f"it takes {steps[lr]} steps"

What stands still is drawn once, as a PNG; the moving artists lie over it, as SVG.  With
one slider every position is sent ahead and the browser alone chooses: no kernel is
asked, and an exported page moves too.  With more controls the kernel draws.
"""

import base64
import io
import re
import traceback
from contextlib import suppress
from html import escape
from itertools import count

import ipywidgets as widgets
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.cbook import flatten

from utils import alt, stats

plt.rcParams["svg.fonttype"] = "none"  # moving words stay words
plt.rcParams["svg.hashsalt"] = "course"  # the same picture has the same ids

_NUMBERS = count(1)  # one for each live figure: ids of two never meet
_DIGITS = re.compile(r"(?<=\.\d\d)\d+")  # from the third after the point on
_LABELS = {
    "lr": "η",
    "beta": "β",
    "beta1": "β₁",
    "beta2": "β₂",
    "kappa": "κ",
    "batch_size": "batch size",
    "t": "step t",
}

# The number boxes and the reset button need a kernel: hidden on pages without one, of
# the web edition (.cell_output), the slides and the exported ones (body.jp-Notebook).
# Pages have rules for all pictures, which must not move one that lies under an overlay.
# Handles and play buttons get names here: ipywidgets leaves them without.
_STYLE = """<style onload="
  const live = this.closest('.live'), name = () => {
    live.querySelectorAll('.widget-hslider').forEach(slider =>
      slider.querySelector('.noUi-handle')?.setAttribute('aria-label',
        slider.previousElementSibling?.querySelector('label')?.textContent))
    live.querySelectorAll('.widget-play').forEach(play =>
      ['play', 'stop', 'repeat'].forEach((word, k) =>
        play.children[k]?.setAttribute('aria-label', word)))
  }
  name()
  new MutationObserver(name).observe(live, {childList: true, subtree: true})">
.live .number { width: 12em }
:is(.cell_output, body.jp-Notebook) .live .number { width: auto }
:is(.cell_output, body.jp-Notebook) .live :is(.needs-kernel, .number input) {
  display: none }
.live .noUi-handle { border: 2px solid #0072B2 !important }
.live .noUi-handle:focus, .live :focus-visible { outline: 3px solid #D55E00 }
.live img, .live .overlay svg { display: block; width: 100% }
.live img { margin: 0 !important; padding: 0 !important; border-radius: 0 !important }
.live img { max-width: none !important; max-height: none !important }
.live .overlay svg { stroke-linejoin: round }
.live .overlay p { margin: 0.3em 0; min-height: 2.8em; line-height: 1.4 }
.live .overlay ul { margin: 0; padding: 0; list-style: none; display: flex; gap: 2em }
.live .widget-hslider { flex: 1 1 8em }
.live .overlay pre { background: white; color: #a00; padding: 1em; overflow: auto }
</style>"""


def live(fig, goals=(), start=None, play=False, **ranges):
    """Decorate `draw(**values)`, which moves artists of fig; return the live figure.

    draw     returns (artists, sentence), or (artists, sentence, met) with one truth
             value for each goal; the artists are all that ever move; no pyplot in it
    goals    what to reach: sentences, ticked where they are met
    start    where to begin, `{name: value}`; otherwise the middle of each slider
    play     True adds a button that moves a single slider step by step
    ranges   one for each argument of draw: rising numbers make a slider (log with
             `np.geomspace`), strings a menu, True or False a check box

    With more than one control draw is called whenever one moves, by then with the
    values that its names have in the notebook: a later cell must not reuse them.

    >>> from utils import figures
    >>> fig, ax = figures.subplots()
    >>> (line,) = ax.plot([0, 1], [0, 1])
    >>> @live(fig, lr=[0.1, 0.2, 0.3], start={"lr": 0.2})
    ... def level(lr):
    ...     line.set_ydata([lr, lr])
    ...     return [line], f"it is at {lr}"
    >>> level.values(), level.said
    ({'lr': 0.2}, 'it is at 0.2')
    """
    return lambda draw: Live(fig, draw, goals, start or {}, play, ranges)


class Live(widgets.VBox):
    """Controls over a figure.  Where no widget runs, it is the first picture, a PNG.

    controls   `{name: widget}`, and `boxes`, those of sliders' numbers
    overlays   the HTML widgets over the still picture: one for each position that was
               sent ahead, or one that is drawn anew
    """

    def __init__(self, fig, draw, goals, start, play, ranges):
        plt.close(fig)  # or the notebook shows it a second time
        self.fig, self.draw, self.goals = fig, draw, goals
        self.controls = {
            name: _control(name, values, start.get(name))
            for name, values in ranges.items()
        }
        self.boxes = {
            name: _number_box(name, control)
            for name, control in self.controls.items()
            if _is_slider(control)
        }
        self.start, self.number = self.values(), next(_NUMBERS)
        artists, self.said, _ = self._drawn(self.start)
        self.text = f"{alt.describe(fig)}\n{self.said}"
        self.first, background = _still(fig, artists)
        cell = widgets.Layout(grid_area="1 / 1", margin="0", overflow="hidden")
        self.background = widgets.HTML(background, layout=cell)
        if len(self.boxes) == len(self.controls) == 1:
            over = self._all_positions(*self.controls.values(), cell)
            self.overlays = over.children
        else:
            over = self._this_position(cell)
            self.overlays = (over,)
        over.add_class("overlay")
        picture = widgets.GridBox(
            [self.background, over],
            layout=widgets.Layout(
                width=f"{100 * fig.get_figwidth():g}px",
                max_width="100%",
                grid_template_columns="100%",
            ),
        )
        style = widgets.HTML(_STYLE, layout=widgets.Layout(display="none"))
        super().__init__([style, self._row(play), picture])
        self.add_class("live")

    def values(self):
        """Return where the controls are, `{name: value}`."""
        return {name: control.value for name, control in self.controls.items()}

    def reset(self, _=None):
        """Put every control where it was at first."""
        for name, value in self.start.items():
            self.controls[name].value = value

    def _drawn(self, values):
        """Call draw; return (artists, sentence, met), met being () without goals."""
        drawn = self.draw(**values)
        least = 3 if self.goals else 2
        if not isinstance(drawn, tuple) or not least <= len(drawn) <= 3:
            truths = ", one truth value for each goal" if self.goals else ""
            raise ValueError(
                f"draw returned {drawn!r:.60}: it returns artists, a sentence{truths}; "
                'try return [line], f"η = {lr}"' + ", [done]" * bool(truths) + "."
            )
        return drawn if len(drawn) == 3 else (*drawn, ())

    def _overlay(self, values, position=0):
        """Move the artists; return the picture over the background, as HTML."""
        artists, said, met = self._drawn(values)
        where = ", ".join(f"{_label(k)} = {_text(v)}" for k, v in values.items())
        ticks = "".join(
            f"<li>{'☑' if done else '☐'} {escape(goal)}</li>"
            for goal, done in zip(self.goals, met, strict=True)
        )
        svg = _svg(self.fig, artists, key=f"live-{self.number}-{position}-")
        return (
            f'{svg}<p role="status"><b>{escape(where)}:</b> {escape(said)}</p>'
            f"<ul>{ticks}</ul>"
        )

    def _all_positions(self, slider, layout):
        """Return an overlay for each position; the browser shows the chosen one."""
        (name,) = self.controls
        full = widgets.Layout(width="100%", margin="0")
        style = widgets.HTML().style  # both are shared: so much the less to send
        overlays = [
            widgets.HTML(self._overlay({name: value}, k), layout=full, style=style)
            for k, (_, value) in enumerate(slider.options)
        ]
        stack = widgets.Stack(overlays, selected_index=slider.index, layout=layout)
        widgets.jslink((slider, "index"), (stack, "selected_index"))
        return stack

    def _this_position(self, layout):
        """Return one overlay, drawn anew whenever a control moves."""
        over = widgets.HTML(self._overlay(self.start), layout=layout)

        def follow(_):
            try:
                over.value = self._overlay(self.values())
            except Exception:  # nobody else shows what goes wrong in an observer
                said = escape(traceback.format_exc(limit=-1))
                over.value = f'<pre role="alert">{said}</pre>'

        for control in self.controls.values():
            control.observe(follow, "value")
        return over

    def _row(self, play):
        row = []
        for name, control in self.controls.items():
            if name in self.boxes:
                together = widgets.Layout(flex="1 1 21em", max_width="52em")
                control = widgets.HBox([self.boxes[name], control], layout=together)
            row.append(control)
        if play:
            slider = self.controls[next(iter(self.boxes))]
            last = len(slider.options) - 1
            at, pause = slider.index, max(50, 5000 // (last + 1))
            button = widgets.Play(value=at, max=last, interval=pause)
            widgets.jslink((button, "value"), (slider, "index"))
            row.append(button)
        reset = widgets.Button(description="↺", tooltip="reset")
        reset.layout.width = "3em"
        reset.on_click(self.reset)
        reset.add_class("needs-kernel")
        layout = widgets.Layout(flex_flow="row wrap", align_items="center")
        return widgets.HBox([*row, reset], layout=layout)

    def _repr_mimebundle_(self, **kwargs):
        data = super()._repr_mimebundle_(**kwargs)
        data |= {"image/png": self.first, "text/plain": self.text}
        return data, {"image/png": {"alt": self.text}}


def _label(name):
    return _LABELS.get(name, name)


def _text(value):
    if isinstance(value, bool):
        return "on" if value else "off"
    return value if isinstance(value, str) else f"{value:.3g}"


def _is_slider(control):
    return isinstance(control, widgets.SelectionSlider)


def _control(name, values, start):
    """Return the control for a range: a check box, a menu or a slider."""
    if isinstance(values, bool):
        return widgets.Checkbox(values, description=_label(name), indent=False)
    values = list(values)
    if isinstance(values[0], str):
        first = values[0] if start is None else start
        return widgets.Dropdown(options=values, value=first, description=_label(name))
    if (np.diff(values) <= 0).any():
        raise ValueError(
            f"{name}={tuple(values)}: the numbers are the positions of a slider and "
            f"rise; try {name}=np.arange(0, 1, 0.1) for a start, an end and a step."
        )
    index = len(values) // 2 if start is None else stats.nearest(values, start)
    options = [(_text(value), value) for value in values]
    return widgets.SelectionSlider(options=options, index=index, readout=False)


def _number_box(name, slider):
    """Return a box that shows the slider's value; a number typed there moves it."""
    box = widgets.Text(slider.label, description=_label(name), continuous_update=False)
    box.add_class("number")
    values = [value for _, value in slider.options]

    def typed(change):
        with suppress(ValueError):  # what is not a number gives way to the slider's
            slider.index = stats.nearest(values, float(change.new))
        box.value = slider.label

    box.observe(typed, "value")
    # Not on "label", which changes before "value": the picture goes first.
    slider.observe(lambda change: setattr(box, "value", slider.label), "value")
    return box


def _still(fig, artists):
    """Return the whole figure, and as an <img> what is left without the artists."""
    for artist in flatten(artists):
        artist.set_animated(True)  # not set_visible: titles would jump
    first = io.BytesIO()
    fig.savefig(first)  # a file has the animated artists too ...
    canvas, background = FigureCanvasAgg(fig), io.BytesIO()
    fig.dpi *= 2
    canvas.draw()  # ... a screen has not
    plt.imsave(background, canvas.buffer_rgba(), format="png")
    fig.dpi = 72  # SVG counts in points
    said = escape(alt.describe(fig), quote=True)
    src = f"data:image/png;base64,{_base64(background)}"
    return _base64(first), f'<img alt="{said}" src="{src}">'


def _base64(file):
    return base64.b64encode(file.getvalue()).decode()


def _svg(fig, artists, key):
    """Draw artists as SVG; `key` keeps its ids apart from those of other pictures."""
    (width, height), out = fig.bbox.size, io.StringIO()
    pen = RendererSVG(width, height, out)
    for artist in flatten(artists):
        artist.draw(pen)
    pen.finalize()
    # The head has a <style> for "*", which would restyle the whole page: cut it off.
    body = out.getvalue().partition("</defs>")[2]
    for reference in ('id="', 'href="#', "url(#"):
        body = body.replace(reference, f"{reference}{key}")
    # Hundredths of a point are enough: cut the other digits of the paths.
    body = re.sub(r'(?<= d=")[^"]*', lambda path: _DIGITS.sub("", path[0]), body)
    return f'<svg aria-hidden="true" viewBox="0 0 {width:g} {height:g}">{body}'
