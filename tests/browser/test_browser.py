"""Sliders in a real JupyterLab, in a real browser; and in an exported page, alone.

Needs Chromium on the PATH (Debian: apt-get install chromium); without it these tests
are skipped, and say so.  Each notebook is opened once for all tests of it.
"""

import pytest
from nbconvert import HTMLExporter

from tests.conftest import watched
from tools.browser import (
    live_figures,
    move_by_keyboard,
    open_notebook,
    run_all,
    save_and_shut_down,
    slider_cells,
    state,
    wait_for_change,
)
from tools.course import NOTEBOOKS
from tools.runs import run_of
from tools.site.assets import PACKAGES, fetch

pytestmark = pytest.mark.xdist_group("lab")  # one JupyterLab serves all

# What can be seen at every frame while the hand moves: how many overlays, how high.
WATCH = """
element => {
  window.seen = [];
  const look = () => {
    const shown = [...element.querySelectorAll('.overlay svg')].filter(
      svg => svg.getClientRects().length && svg.querySelector('path'));
    window.seen.push([shown.length, element.offsetHeight]);
    window.watching = requestAnimationFrame(look);
  };
  look();
}
"""


@pytest.fixture(
    scope="module",
    params=[p for p in NOTEBOOKS if "sliders.live(" in p.read_text(encoding="utf-8")],
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


def test_every_slider_follows_keys_and_hand(running, request):
    moved = []
    for live in live_figures(running):
        for handle in live.locator(".noUi-handle").all():
            follows_keys(running, live, handle)
            follows_the_hand(running, live, handle)
        moved.append(live)
    path = request.node.callspec.params["opened"]
    assert len(moved) == path.read_text("utf-8").count("sliders.live(")


def follows_keys(page, live, handle):
    assert handle.get_attribute("aria-label"), "a screen reader says no name"
    for key in [
        "Home",
        "End",
        "ArrowLeft",
        "PageDown",
        "ArrowUp",
        "ArrowDown",
        "PageUp",
    ]:
        before = state(live)
        handle.focus()
        page.keyboard.press(key)
        if key == "Home" and before == state(live):  # it was there already
            continue
        assert wait_for_change(page, live, before)[0] != before[0], key


def follows_the_hand(page, live, handle):
    box = handle.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
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
    assert {shown for shown, _ in seen} == {1}, "a frame was empty, or two lay over"
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
    live.locator(".widget-play button").first.click()
    first = wait_for_change(running, live, before)
    assert wait_for_change(running, live, first)[0] != first[0] != before[0]


@start_here
def test_a_notebook_saved_and_opened_again_shows_its_pictures(running, course, request):
    assert len([*live_figures(running)]) == 2
    save_and_shut_down(running)
    open_notebook(running, course[0], request.node.callspec.params["opened"].name)
    shows_pictures(running)


@pytest.fixture(scope="session")
def widgets_js(tmp_path_factory):
    """The script that shows widgets on a page without a kernel, from npm."""
    (package,) = (name for name in PACKAGES if "html-manager" in name)
    try:
        return fetch(package, tmp_path_factory.mktemp("npm")) / "dist" / "embed.js"
    except FileNotFoundError:
        pytest.skip("THE EXPORTED PAGE WAS NOT TESTED: no npm; install Node.js")


def test_an_exported_page_moves_without_kernel_and_network(
    widgets_js, browser, tmp_path
):
    exporter = HTMLExporter(widget_renderer_url=widgets_js.as_uri())
    html, _ = exporter.from_notebook_node(run_of(NOTEBOOKS[0]))
    (tmp_path / "page.html").write_text(html, encoding="utf-8")
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.goto((tmp_path / "page.html").as_uri())
    live = page.locator(".live").first
    move_by_keyboard(page, live)
    assert "η = 1:" in state(live)[1]
    assert not live.get_by_title("reset").is_visible()
    context.close()
