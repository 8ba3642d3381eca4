"""Live figures, without a browser: what they draw, say, send and refuse."""

import base64
import gzip
import io
import itertools
import json
import re
from html import unescape

import matplotlib.pyplot as plt
import numpy as np
import pytest

from classroom import sliders
from utils import figures

RATES = np.geomspace(0.01, 1, 5)
PACKED = r'class="positions">([^<]*)<'


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


def sent(live):
    """What a browser unpacks, `[(svg, sentence, met), ...]`."""
    return unpacked(re.search(PACKED, live.html())[1])


def unpacked(packed):
    """Return `[(svg, sentence, met), ...]` of what is packed in a figure's HTML."""
    elements, positions = json.loads(gzip.decompress(base64.b64decode(packed)))
    return [("\n".join(elements[k] for k in svg), *rest) for svg, *rest in positions]


def test_every_position_is_sent_ahead_and_differs():
    positions = sent(picture())
    assert len({svg for svg, *_ in positions}) == len(positions) == len(RATES)
    for rate, (svg, sentence, met) in zip(RATES, positions, strict=True):
        assert sentence == f"η = {rate:.3g}: the line is at {rate:.2g}"
        assert met == [rate > 0.5]
        assert svg.count("<path") == 2 and svg.count("<use") == 2  # line, two markers


def test_what_stays_the_same_is_sent_once():
    fig, ax = figures.subplots()
    moving, still = ax.plot([0, 1], [0, 1], [0, 1], [1, 0])

    def draw(lr):
        moving.set_ydata([lr, lr])
        return [moving, still], ""

    packed = re.search(PACKED, sliders.live(fig, lr=RATES)(draw).html())[1]
    elements, _ = json.loads(gzip.decompress(base64.b64decode(packed)))
    assert sum("<path" in element for element in elements) == len(RATES) + 1


def test_positions_of_several_controls_come_in_their_order_the_last_one_fastest():
    live = picture(optimizer=["SGD", "Adam"], correction=True)
    settings = [sentence.partition(":")[0] for _, sentence, _ in sent(live)]
    assert settings[:5] == [
        "η = 0.01, optimizer = SGD, correction = off",
        "η = 0.01, optimizer = SGD, correction = on",
        "η = 0.01, optimizer = Adam, correction = off",
        "η = 0.01, optimizer = Adam, correction = on",
        "η = 0.0316, optimizer = SGD, correction = off",
    ]
    assert len(settings) == 5 * 2 * 2


def test_the_first_picture_is_that_of_the_controls_as_they_stand():
    live = picture(optimizer=["SGD", "Adam"], correction=True, start={"lr": 1})
    where = "η = 1, optimizer = SGD, correction = on"
    assert live.sentence == sent(live)[live.first][1] == f"{where}: the line is at 1"
    html = live.html()
    shown = re.search(r'(?s)<g class="moving">(.*?)</g></g></svg>', html)[1]
    assert shown == sent(live)[live.first][0]
    assert f'<p class="said">{live.sentence}</p>' in html
    assert 'name="lr" max="4" value="4"' in html
    assert 'name="correction" checked' in html and "<option selected>SGD" in html


@pytest.mark.parametrize(
    ("start", "first"), [(0.02, 0.01), (0.03, 0.0316), (0.9, 1), (7, 1), (None, 0.1)]
)
def test_a_slider_starts_at_the_position_nearest_to_its_start(start, first):
    live = picture(start={"lr": start})
    assert live.start["lr"] == pytest.approx(first, rel=0.01)


def test_menus_and_check_boxes_start_as_they_are_told():
    live = picture(optimizer=["SGD", "Adam"], correction=False)
    assert live.start == {"lr": RATES[2], "optimizer": "SGD", "correction": False}
    started = picture(optimizer=["SGD", "Adam"], start={"optimizer": "Adam"})
    assert started.start["optimizer"] == "Adam"
    assert picture(correction=True).start["correction"]


def test_a_slider_says_its_values_in_words_and_has_a_box_for_the_number():
    html = picture().html()
    labels = json.loads(unescape(re.search(r'data-labels="([^"]*)"', html)[1]))
    assert labels == [f"{rate:.3g}" for rate in RATES]
    assert 'aria-label="η" aria-valuetext="0.1"' in html
    assert 'class="number" aria-label="η, as a number" value="0.1"' in html


def test_only_a_figure_in_which_time_is_the_control_has_a_play_button():
    assert 'class="play"' not in picture().html()
    assert 'class="play"' in picture(play=True).html()


@pytest.mark.parametrize("scale", ["linear", "log"])
def test_a_place_in_the_axes_is_where_matplotlib_draws_its_two_values(scale):
    fig, ax = figures.subplots(width=3, height=2)
    ax.set(xlim=(0.001, 10), ylim=(0, 2), xscale=scale)
    (dot,) = ax.plot([], [], "o")

    def here(lr, beta):
        dot.set_data([lr], [beta])
        return [dot], "it is here"

    betas = [0, 0.5, 1.5]
    live = sliders.live(fig, on=(ax, "lr", "beta"), lr=RATES, beta=betas)(here)
    ground = re.search('<rect class="ground".*?data-places="(.*?)"', live.html())
    places = json.loads(unescape(ground[1]))
    where = itertools.product(places["lr"], places["beta"])
    for place, (svg, *_) in zip(where, live.positions, strict=True):
        drawn = re.search(r'<use [^>]*x="(.*?)" y="(.*?)"', svg).groups()
        assert [float(number) for number in drawn] == pytest.approx(place, abs=0.1)


def test_only_a_figure_that_says_so_has_a_ground():
    assert 'class="ground"' not in picture().html()


def test_no_style_escapes_from_a_picture_into_the_page():
    for svg, *_ in sent(picture()):
        assert "<style" not in svg and "<?xml" not in svg and "<svg" not in svg


def test_every_reference_inside_a_picture_has_its_target():
    for svg, *_ in sent(picture()):
        used = set(re.findall(r'(?:url\(|href=")#([^")]*)', svg))
        assert used
        assert used <= set(re.findall(r'id="([^"]*)"', svg))


def test_ids_of_two_figures_never_meet():
    def other(lr):
        return picture_lines, "said", [True]

    fig, ax = figures.subplots(width=3, height=2)
    picture_lines = ax.plot([0, 1], [0, 0], "o-")
    figures_ids = [
        set(re.findall(r' id="([\w-]+)"', live.html()))
        for live in (picture(), sliders.live(fig, ["a"], lr=RATES)(other))
    ]
    assert len(figures_ids[0]) > 3 and not figures_ids[0] & figures_ids[1]


def test_the_moving_part_lies_on_the_still_one_point_by_point():
    fig, ax = figures.subplots(width=3, height=2)
    (line,) = ax.plot([0, 3, 4], [1, 0, 8], label="_corners")
    ax.set(xlim=(-1, 5), ylim=(-1, 9))
    live = sliders.live(fig, lr=[1, 2])(lambda lr: ([line], "it stands still"))
    size = re.search(
        r'(?s)class="whole".*?viewBox="0 0 ([\d.]+) ([\d.]+)"', live.html()
    )
    width, height = 72 * fig.get_size_inches()
    assert [float(number) for number in size.groups()] == [width, height]
    assert f'width="{width:g}" height="{height:g}"/>' in live.html()  # the still one
    svg, *_ = sent(live)[0]
    d = re.search(r' d="(M[^"]*)"', svg)[1]
    drawn = np.array(re.findall(r"[-\d.]+", d), float).reshape(-1, 2)
    expected = ax.transData.transform(line.get_xydata()) * 72 / fig.dpi
    expected[:, 1] = height - expected[:, 1]  # SVG counts from the top
    np.testing.assert_allclose(drawn, expected, atol=0.1)
    assert "rotate" not in svg and "translate" not in svg


def test_a_narrow_screen_gets_each_panel_and_the_legend_one_below_the_other():
    fig, axes = figures.subplots(2)
    lines = [ax.plot([0, 1], [0, 1], label="line")[0] for ax in axes]
    figures.legend(fig, handles=lines[:1])
    live = sliders.live(fig, lr=[1, 2])(lambda lr: (lines, "said"))
    (left, right, legend), (width, height) = live.pieces, live.size
    assert left[0] + left[2] < right[0] + 5 and right[0] > 0.4 * width
    for x, y, w, h in live.pieces:
        assert 0 <= x < x + w < width + 5 and 0 <= y < y + h < height + 5
    assert legend[1] > left[1] + left[3] - 10
    assert live.html().count('<svg class="piece"') == 3


def test_sentences_goals_and_titles_are_escaped():
    fig, ax = figures.subplots(width=3, height=2)
    ax.set_title('a "<b>')

    def draw(lr, menu):
        return [], "1 < 2 & <b>bold</b>", [True]

    html = sliders.live(fig, ["<u>"], lr=[1, 2], menu=["<s>", "b"])(draw).html()
    assert "1 &lt; 2 &amp; &lt;b&gt;bold&lt;/b&gt;</p>" in html
    assert "<li>&lt;u&gt;</li>" in html and "&lt;s&gt;</option>" in html
    assert not re.search("<[bus]>", html) and "&quot;&lt;b&gt;" in html


def test_each_goal_is_met_by_its_own_truth():
    live = picture(lambda lr: ([], "said", [lr > 0.5, True, False]), goals="abc")
    assert [met for *_, met in sent(live)] == [[r > 0.5, True, False] for r in RATES]
    assert re.findall("<li>(.)</li>", live.html()) == ["a", "b", "c"]
    assert 'data-met="[false, true, false]"' in live.html()


@pytest.mark.parametrize("positions", [(0, 1, 0.1), [3, 2, 1], [1, 1, 2]])
def test_numbers_that_do_not_rise_are_no_positions(positions):
    with pytest.raises(ValueError, match=r"rise; try lr=np.arange\(0, 1, 0.1\)"):
        picture(lr=positions)


def test_more_positions_than_can_be_sent_are_refused_before_they_are_drawn():
    with pytest.raises(
        ValueError, match=r"5050 positions.*give a control fewer values"
    ):
        picture(t=range(1010))


@pytest.mark.parametrize("drawn", [[], None, "said", ([],), ([], "said")])
def test_a_draw_without_its_sentence_or_its_goals_is_told_what_to_return(drawn):
    with pytest.raises(ValueError, match=r"draw returned .*try return .*, \[done\]\.$"):
        picture(lambda lr: drawn)


def test_a_draw_without_goals_is_told_of_artists_and_a_sentence_alone():
    with pytest.raises(ValueError, match=r'try return \[line\], f"η = {lr}"\.$'):
        picture(lambda lr: [], goals=())


def test_a_truth_too_few_is_told():
    with pytest.raises(ValueError, match="draw says 1 times what is met"):
        picture(lambda lr: ([], "said", [True]), goals="ab")


def test_an_error_in_any_position_fails_the_cell():
    with pytest.raises(ZeroDivisionError):
        picture(lambda lr: ([], str(1 / (lr - 1)), [False]), lr=[0.5, 1.0])


def test_where_no_script_runs_there_is_a_picture_with_a_text_alternative():
    data, metadata = picture()._repr_mimebundle_()
    assert data["image/png"].startswith("iVBORw0KGgo")
    assert "A line" in data["text/plain"]
    assert "the line is at 0.1" in data["text/plain"]
    assert metadata["image/png"]["alt"] == data["text/plain"]


def test_the_still_part_keeps_what_stands_still_and_loses_what_moves():
    fig, ax = figures.subplots(width=3, height=2)
    line, still = ax.plot([0, 1], [0, 1], "C1")[0], ax.plot([0, 1], [1, 0], "C2")[0]
    live = sliders.live(fig, lr=[1, 2])(lambda lr: ([line], "said"))
    png = base64.b64decode(live.background.partition(",")[2])
    pixels = plt.imread(io.BytesIO(png))[..., :3].reshape(-1, 3)
    colors = [
        plt.matplotlib.colors.to_rgb(artist.get_color()) for artist in (line, still)
    ]
    seen = [np.abs(pixels - color).max(-1).min() < 0.02 for color in colors]
    assert seen == [False, True]


def test_the_same_figure_is_the_same_html():
    assert picture().html() == picture().html()


def test_a_figure_in_a_notebook_is_shown_once():
    before = plt.get_fignums()
    picture()
    assert plt.get_fignums() == before
