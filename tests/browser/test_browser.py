"""Sliders in a real JupyterLab, in a real browser; and in an exported page, alone.

Needs Chromium on the PATH (Debian: apt-get install chromium); without it these tests
are skipped, and say so.
"""

import nbformat
import pytest
from nbclient import NotebookClient
from nbconvert import HTMLExporter

from tools.assets import PACKAGES, fetch
from tools.course import NOTEBOOKS, ROOT
from tools.lab import (
    live_figures,
    move_by_keyboard,
    open_notebook,
    run_all,
    save_and_shut_down,
    slider_cells,
    state,
    wait_for_change,
)

WITH_SLIDERS = [
    path.name
    for path in NOTEBOOKS
    if "sliders.live(" in path.read_text(encoding="utf-8")
]

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


@pytest.mark.parametrize("name", WITH_SLIDERS)
def test_an_unrun_notebook_shows_pictures(name, lab, page):
    open_notebook(page, lab, name)
    for cell in slider_cells(page):
        cell.locator(".jp-OutputArea-output img").first.wait_for()
        assert page.get_by_text("model not found").count() == 0


@pytest.mark.parametrize("name", WITH_SLIDERS)
def test_every_slider_follows_keys_and_hand(name, lab, page):
    open_notebook(page, lab, name)
    run_all(page)
    number = (ROOT / "notebooks" / name).read_text("utf-8").count("sliders.live(")
    moved = []
    for live in live_figures(page):
        for handle in live.locator(".noUi-handle").all():
            follows_keys(page, live, handle)
            follows_the_hand(page, live, handle)
        moved.append(live)
    assert len(moved) == number


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


def test_typing_a_number_and_reset(lab, page):
    open_notebook(page, lab, "00_start_here.ipynb")
    run_all(page)
    live = next(live_figures(page))
    first = state(live)
    box = live.get_by_role("textbox", name="η")
    box.fill("0.03")
    box.press("Enter")
    assert "η = 0.029" in wait_for_change(page, live, first)[1]
    moved = state(live)
    live.get_by_title("reset").click()
    assert wait_for_change(page, live, moved) == first


def test_the_play_button_moves_a_slider_by_itself(lab, page):
    open_notebook(page, lab, "00_start_here.ipynb")
    run_all(page)
    *_, live = live_figures(page)
    before = state(live)
    live.locator(".widget-play button").first.click()
    first = wait_for_change(page, live, before)
    assert wait_for_change(page, live, first)[0] != first[0] != before[0]


def test_a_notebook_saved_and_opened_again_shows_its_pictures(lab, browser):
    for visit in "run and save", "look":
        page = browser.new_page()
        open_notebook(page, lab, "00_start_here.ipynb")
        if visit == "run and save":
            run_all(page)
            assert len([*live_figures(page)]) == 2
            save_and_shut_down(page)
        else:
            for cell in slider_cells(page):
                cell.locator(".jp-OutputArea-output img").first.wait_for()
                assert page.get_by_text("model not found").count() == 0
        page.close()


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
    notebook = nbformat.read(ROOT / "notebooks" / "00_start_here.ipynb", as_version=4)
    here = {"metadata": {"path": str(ROOT / "notebooks")}}
    NotebookClient(notebook, resources=here).execute()
    exporter = HTMLExporter(widget_renderer_url=widgets_js.as_uri())
    html, _ = exporter.from_notebook_node(notebook)
    (tmp_path / "page.html").write_text(html, encoding="utf-8")
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.goto((tmp_path / "page.html").as_uri())
    live = page.locator(".live").first
    move_by_keyboard(page, live)
    assert "η = 1:" in state(live)[1]
    assert not live.get_by_title("reset").is_visible()
    context.close()
