"""Live figures in a real JupyterLab, in a real browser.

Needs Chromium on the PATH (Debian: apt-get install chromium); without it these tests
are skipped, and say so.  Each notebook is opened once for all tests of it.
"""

import re

import pytest

from tests.browser.hands import choose_in_the_axes
from tests.browsers import watched
from tools.browser import (
    live_figures,
    open_notebook,
    run_all,
    save_and_shut_down,
    slider_cells,
    sliders,
    state,
    wait_for_change,
)
from tools.course import NOTEBOOKS

MONTHLY = pytest.mark.monthly

# What can be seen at every frame while the hand moves: how many pictures, how high.
WATCH = """
element => {
  window.seen = [];
  const look = () => {
    const shown = element.querySelectorAll('.whole .moving:has(path)');
    window.seen.push([shown.length, element.offsetHeight]);
    window.watching = requestAnimationFrame(look);
  };
  look();
}
"""


# The numbers of each cell that has run: above its code, and below.
COUNTS = """
() => jupyterapp.shell.currentWidget.content.widgets.flatMap(({model}) =>
  (model.outputs?.toJSON() ?? []).filter(output => output.execution_count)
    .map(output => [model.executionCount, output.execution_count]))
"""


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(path, marks=() if path == NOTEBOOKS[0] else MONTHLY)
        for path in NOTEBOOKS  # on the pages, the figures of all are moved
        if "sliders.live(" in path.read_text(encoding="utf-8")
    ],
    ids=lambda path: path.stem,
)
def opened(request, course, browser):
    """A notebook in JupyterLab, not yet run; an error in the console fails its test."""
    page = browser.new_page(viewport={"width": 1440, "height": 1000})
    watched(page, errors := [])
    open_notebook(page, course[0], request.param.name)
    yield page
    save_and_shut_down(page)
    page.close()
    assert [line for line in errors if "404" not in line] == []  # it looks for extras


@pytest.fixture
def running(opened):
    """The same notebook after Run All."""
    if not opened.evaluate("window.ran"):
        run_all(opened)
        opened.evaluate("window.ran = true")
    return opened


start_here = pytest.mark.parametrize("opened", NOTEBOOKS[:1], indirect=True)


def shows_pictures(page):
    for cell in slider_cells(page):
        cell.locator(".jp-OutputArea-output img").first.wait_for()
        assert page.get_by_text("model not found").count() == 0


def test_an_unrun_notebook_shows_pictures(opened):
    shows_pictures(opened)


def test_a_notebook_is_opened_unchanged_first_in_its_list_and_without_a_warning(
    opened, course
):
    context = "jupyterapp.shell.currentWidget.context.model.dirty"
    assert not opened.evaluate(context), "JupyterLab has written into it"
    listed = opened.locator(".jp-DirListing-itemText").all_inner_texts()
    assert listed[0] == NOTEBOOKS[0].name
    log = (course[1] / "log.txt").read_text("utf-8")
    expected = "authentication is disabled|is not trusted"  # the first for the tests
    warnings = re.findall(rf"(?im)^(?!.*(?:{expected})).*(?:\[W |warning).*$", log)
    assert warnings == []


def test_every_slider_follows_keys_and_hand(running, request):
    moved = []
    for live in live_figures(running):
        for slider in sliders(live).all():
            follows_keys(running, live, slider)
            follows_the_hand(running, live, slider)
        if live.locator(".ground").count():
            choose_in_the_axes(running, live, ["mouse"], 1)
        moved.append(live)
    path = request.node.callspec.params["opened"]
    source = path.read_text("utf-8")
    assert len(moved) == source.count("sliders.live(") - source.count('"curtain(')


def follows_keys(page, live, slider):
    assert slider.get_attribute("aria-label"), "a screen reader says no name"
    for key in "Home", "End", "ArrowLeft", "PageDown", "ArrowUp", "ArrowDown", "PageUp":
        before = state(live)
        slider.focus()
        at = slider.input_value()
        page.keyboard.press(key)
        if key == "Home" and slider.input_value() == at:  # it was there already
            continue
        assert wait_for_change(page, live, before)[0] != before[0], key
        words = slider.get_attribute("aria-valuetext")
        assert f"= {words}" in state(live)[1], "a screen reader says another value"


def follows_the_hand(page, live, slider):
    slider.scroll_into_view_if_needed()
    slider.evaluate("slider => { slider.value = slider.max }")
    box = slider.bounding_box()
    x, y = box["x"] + box["width"] - 9, box["y"] + box["height"] / 2
    live.evaluate(WATCH)
    page.mouse.move(x, y)
    page.mouse.down()
    before = state(live)
    for move in range(30):
        page.mouse.move(x - 8 * move, y)
        page.wait_for_timeout(16)
    page.mouse.up()
    wait_for_change(page, live, before)
    page.wait_for_timeout(300)
    seen = page.evaluate("cancelAnimationFrame(window.watching), window.seen")
    assert {shown for shown, _ in seen} == {1}, "a frame was empty"
    assert len({height for _, height in seen}) == 1, "the output changed its height"


@start_here
def test_typing_a_number_and_reset(running):
    live = next(live_figures(running))
    live.get_by_title("reset").click()
    running.wait_for_timeout(300)
    first = state(live)
    box = live.get_by_role("textbox", name="η")
    box.fill("0.03")
    box.press("Enter")
    assert "η = 0.029" in wait_for_change(running, live, first)[1]
    moved = state(live)
    live.get_by_title("reset").click()
    assert wait_for_change(running, live, moved) == first


@start_here
def test_the_play_button_moves_a_slider_by_itself(running):
    *_, live = live_figures(running)
    live.get_by_title("reset").click()
    running.wait_for_timeout(300)
    before = state(live)
    live.get_by_role("button", name="play").click()
    first = wait_for_change(running, live, before)
    assert wait_for_change(running, live, first)[0] != first[0] != before[0]
    live.get_by_role("button", name="pause").click()
    stopped = state(live)
    running.wait_for_timeout(300)
    assert state(live) == stopped


@start_here
def test_a_notebook_saved_and_opened_again_shows_its_pictures(running, course, request):
    assert len([*live_figures(running)]) == 2
    save_and_shut_down(running)
    open_notebook(running, course[0], request.node.callspec.params["opened"].name)
    shows_pictures(running)
    assert all(below == above for above, below in running.evaluate(COUNTS))
