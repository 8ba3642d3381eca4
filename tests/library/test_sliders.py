"""Sliders, without a browser: what they draw, say, send and survive."""

import re
import warnings

import ipywidgets as widgets
import numpy as np
import pytest

from utils import figures, sliders

RATES = np.geomspace(0.01, 1, 5)


def picture(draw=None, **options):
    """A live figure with one line whose height is the value of its control."""
    fig, ax = figures.subplots(width=3, height=2)
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


def test_reset_puts_each_control_back_alone_and_all_together():
    live = picture(optimizer=["SGD", "Adam"], correction=True, t=range(9))
    first = live.values()
    moved = {"lr": RATES[0], "optimizer": "Adam", "correction": False, "t": 8}
    for some in *([name] for name in moved), moved:
        for name in some:
            live.controls[name].value = moved[name]
        assert live.values() == first | {name: moved[name] for name in some}
        live.reset()
        assert live.values() == first


def test_reset_draws_the_first_picture_again():
    live = picture(optimizer=["SGD", "Adam"], start={"lr": 0.1})
    before = overlays(live)
    live.controls["lr"].index = 0
    live.controls["optimizer"].value = "Adam"
    assert overlays(live) != before
    live.reset()
    assert overlays(live) == before


@pytest.mark.parametrize(("start", "index"), [(0.02, 0), (0.03, 1), (0.9, 4), (7, 4)])
def test_a_slider_starts_at_the_position_nearest_to_its_start(start, index):
    assert picture(start={"lr": start}).controls["lr"].index == index


def test_without_a_start_a_slider_is_in_the_middle_and_a_menu_at_its_first():
    live = picture(optimizer=["SGD", "Adam"], correction=False)
    assert live.values() == {"lr": RATES[2], "optimizer": "SGD", "correction": False}
    started = picture(optimizer=["SGD", "Adam"], start={"optimizer": "Adam"})
    assert started.values()["optimizer"] == "Adam"


def test_the_number_box_follows_the_slider():
    live = picture()
    for index in 0, 4, 1:
        live.controls["lr"].index = index
        assert live.boxes["lr"].value == f"{RATES[index]:.3g}"


def links():
    """Return the pairs that the browser itself keeps equal, `(source, target)`."""
    models = widgets.Widget.get_manager_state()["state"].values()
    return [
        tuple((end[0].removeprefix("IPY_MODEL_"), end[1]) for end in ends)
        for ends in (
            (model["state"]["source"], model["state"]["target"])
            for model in models
            if model["model_name"] == "LinkModel"
        )
    ]


def test_the_browser_shows_the_overlay_of_the_slider_s_position():
    live = picture(start={"lr": 0.1}, play=True)
    slider = live.controls["lr"]
    targets = [
        target for source, target in links() if source == (slider.model_id, "index")
    ]
    ((stack, trait),) = targets
    (shown,) = [w for w in descendants(live) if w.model_id == stack]
    assert trait == "selected_index" and shown.children == live.overlays
    assert shown.selected_index == slider.index
    (play,) = [w for w in descendants(live) if isinstance(w, widgets.Play)]
    assert ((play.model_id, "value"), (slider.model_id, "index")) in links()
    assert (play.min, play.value, play.max) == (0, slider.index, len(RATES) - 1)


def descendants(widget):
    for child in getattr(widget, "children", ()):
        yield child
        yield from descendants(child)


def test_the_overlay_lies_on_the_background_point_by_point():
    fig, ax = figures.subplots(width=3, height=2)
    (line,) = ax.plot([0, 3, 4], [1, 0, 8], label="_corners")
    ax.set(xlim=(-1, 5), ylim=(-1, 9))

    def draw(lr, other):
        return [line], "it stands still"

    (html,) = overlays(sliders.live(fig, lr=[1, 2], other=True)(draw))
    size = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', html).groups()
    width, height = 72 * fig.get_size_inches()
    assert [float(number) for number in size] == [width, height]
    d = re.search(r' d="(M[^"]*)"', html)[1]
    drawn = np.array(re.findall(r"[-\d.]+", d), float).reshape(-1, 2)
    expected = ax.transData.transform(line.get_xydata()) * 72 / fig.dpi
    expected[:, 1] = height - expected[:, 1]  # SVG counts from the top
    np.testing.assert_allclose(drawn, expected, atol=0.01)
    assert "rotate" not in html and "translate" not in html


def test_ids_of_two_figures_never_meet():
    names = [set(re.findall(r'id="([^"]*)"', overlays(picture())[0])) for _ in "ab"]
    assert names[0] and not names[0] & names[1]


def test_sentences_and_goals_are_escaped():
    fig, ax = figures.subplots(width=3, height=2)
    ax.set_title('a "<b>')

    def draw(lr, menu):
        return [], "1 < 2 & <b>bold</b>", [True]

    live = sliders.live(fig, ["<u>"], lr=[1, 2], menu=["<s>", "b"])(draw)
    (html,) = overlays(live)
    assert "1 &lt; 2 &amp; &lt;b&gt;bold&lt;/b&gt;" in html and "&lt;u&gt;" in html
    assert "&lt;s&gt;" in html and not re.search(
        "<[bius]>[^<]", html.replace("<b>η", "")
    )
    assert "&quot;&lt;b&gt;" in live.background.value


def test_each_goal_is_ticked_by_its_own_truth():
    live = picture(lambda lr: ([], "said", [lr > 0.5, True, False]), goals="abc")
    for rate, html in zip(RATES, overlays(live), strict=True):
        first = "☑" if rate > 0.5 else "☐"
        ticks = re.findall("<li>(.) (.)</li>", html)
        assert ticks == [(first, "a"), ("☑", "b"), ("☐", "c")]


@pytest.mark.parametrize("positions", [(0, 1, 0.1), [3, 2, 1], [1, 1, 2]])
def test_numbers_that_do_not_rise_are_no_positions(positions):
    with pytest.raises(ValueError, match=r"rise; try lr=np.arange\(0, 1, 0.1\)"):
        picture(lr=positions)


@pytest.mark.parametrize("drawn", [[], None, "said", ([],), ([], "said")])
def test_a_draw_without_its_sentence_or_its_goals_is_told_what_to_return(drawn):
    with pytest.raises(ValueError, match=r"draw returned .* one truth value.*try ret"):
        picture(lambda lr: drawn)


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
    assert "in fails" in overlays(live)[0]  # where it happened
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
