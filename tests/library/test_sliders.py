"""Sliders, without a browser: what they draw, say, send and survive."""

import re
import warnings

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

from tools.course import NOTEBOOKS
from utils import figures, sliders

WITH_SLIDERS = [
    path for path in NOTEBOOKS if "sliders.live(" in path.read_text(encoding="utf-8")
]
RATES = np.geomspace(0.01, 1, 5)


def picture(draw=None, **options):
    """A live figure with one line whose height is the value of its control."""
    fig, ax = figures.subplots()
    (line,) = ax.plot([0, 1], [0, 0], "o-", label="height")
    ax.set(ylim=(0, 1), title="A line")

    def level(lr, **_):
        line.set_ydata([lr, lr])
        return [line], f"the line is at {lr:.2g}", [lr > 0.5]

    options = {"goals": ["above 0.5"], "lr": RATES} | options
    return sliders.live(fig, **options)(draw or level)


def overlays(live):
    """The HTML of every position that was sent ahead, or of the present one."""
    return [overlay.value for overlay in live.overlays]


def test_every_position_of_one_slider_is_sent_ahead_and_differs():
    sent = overlays(picture())
    assert len(sent) == len(set(sent)) == len(RATES)
    for rate, html in zip(RATES, sent, strict=True):
        assert f"η = {rate:.3g}:" in html
        assert f"the line is at {rate:.2g}" in html
        assert ("☑" in html) == (rate > 0.5)
        assert "<path" in html


def test_no_style_escapes_from_an_overlay_into_the_page():
    for html in overlays(picture()):
        assert "<style" not in html
        assert "<?xml" not in html


def test_ids_of_different_positions_never_meet():
    ids = [re.findall(r'id="([^"]*)"', html) for html in overlays(picture())]
    assert all(ids)
    assert len({name for names in ids for name in names}) == sum(map(len, ids))


def test_every_reference_inside_an_overlay_has_its_target():
    for html in overlays(picture()):
        used = set(re.findall(r'(?:url\(|href=")#([^")]*)', html))
        assert used
        assert used <= set(re.findall(r'id="([^"]*)"', html))


def test_several_controls_are_drawn_by_the_kernel_and_the_last_position_is_shown():
    live = picture(optimizer=["SGD", "Adam"], correction=True)
    before = overlays(live)
    live.controls["lr"].index = 4
    live.controls["optimizer"].value = "Adam"
    live.controls["correction"].value = False
    (after,) = overlays(live)
    assert [after] != before
    assert "η = 1, optimizer = Adam, correction = off:" in after


def test_reset_puts_every_control_back():
    live = picture(optimizer=["SGD", "Adam"], start={"lr": 0.1})
    before = overlays(live)
    live.controls["lr"].index = 0
    live.controls["optimizer"].value = "Adam"
    assert overlays(live) != before
    live.reset()
    assert overlays(live) == before


@pytest.mark.parametrize(("typed", "index"), [("0.3", 3), ("99", 4), ("-1", 0)])
def test_a_typed_number_moves_the_slider_to_the_nearest_position(typed, index):
    live = picture()
    slider, box = live.controls["lr"], live.boxes["lr"]
    box.value = typed
    assert slider.index == index
    assert box.value == slider.label


def test_a_typed_word_changes_nothing():
    live = picture()
    slider, box = live.controls["lr"], live.boxes["lr"]
    box.value = "much"
    assert (slider.index, box.value) == (2, slider.label)


def test_an_error_in_draw_fails_the_cell_or_takes_the_picture_s_place():
    def fails(lr, optimizer="SGD"):
        return [], str(1 / (lr - 1)), [False]

    with warnings.catch_warnings(), pytest.raises(ZeroDivisionError):
        warnings.simplefilter("ignore")
        picture(fails, lr=[0.5, 1.0])
    live = picture(fails, lr=[0.5, 1.0, 2.0], optimizer=["SGD"], start={"lr": 0.5})
    live.controls["lr"].value = 1.0
    assert 'role="alert"' in overlays(live)[0]
    assert "ZeroDivisionError" in overlays(live)[0]
    live.controls["lr"].value = 2.0
    assert 'role="alert"' not in overlays(live)[0]


def test_without_widgets_there_is_a_picture_with_a_text_alternative():
    live = picture()
    data, metadata = live._repr_mimebundle_()
    assert data["image/png"].startswith("iVBORw0KGgo")
    assert "A line" in data["text/plain"]
    assert "the line is at 0.1" in data["text/plain"]
    assert metadata["image/png"]["alt"] == data["text/plain"]


def test_the_background_keeps_what_stands_still_and_loses_what_moves():
    html = picture().background.value
    assert "A line" in html
    assert "height" not in html


def test_a_figure_in_a_notebook_is_shown_once():
    import matplotlib.pyplot as plt

    before = plt.get_fignums()
    picture()
    assert plt.get_fignums() == before


DRIVE = """
import numpy as _np
from utils.sliders import Live as _Live

def _drive(live, rng):
    htmls = {overlay.value for overlay in live.overlays}
    for control in live.controls.values():
        options = getattr(control, "options", (0, 1))
        ends_first = [0, len(options) - 1, *rng.permutation(len(options))[:100]]
        for position in ends_first:
            if hasattr(control, "index"):
                control.index = int(position)
            else:
                control.value = bool(position)
            htmls |= {overlay.value for overlay in live.overlays}
    for html in htmls:
        assert "<path" in html, "an empty picture"
        assert "role=\\"alert\\"" not in html, html
    return len(htmls)

_lives = {value for value in globals().values() if isinstance(value, _Live)}
print(*[_drive(live, _np.random.default_rng(1)) for live in _lives])
"""


@pytest.mark.parametrize("path", WITH_SLIDERS, ids=lambda path: path.stem)
def test_every_control_of_a_notebook_can_be_anywhere(path):
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell(DRIVE))
    here = {"metadata": {"path": str(path.parent)}}
    NotebookClient(
        notebook, resources=here, extra_arguments=["--log-level=50"]
    ).execute()
    pictures = notebook.cells[-1].outputs[0].text.split()
    assert len(pictures) == path.read_text(encoding="utf-8").count("sliders.live(")
    assert min(map(int, pictures)) > 1
