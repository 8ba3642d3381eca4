"""What make test has of a browser: the first notebook in JupyterLab, figures on a page.

The pages of the site, slides and phones are the matter of make test-site.
"""

import pytest

from tests.browsers import watched
from tools.browser import (
    live_figures,
    move_by_keyboard,
    open_notebook,
    run_all,
    save_and_shut_down,
)
from tools.course import NOTEBOOKS
from tools.runs import run_of


def test_the_first_notebook_runs_in_jupyterlab_and_its_figures_move(browser, course):
    page = watched(browser.new_page(), errors := [])
    open_notebook(page, course[0], NOTEBOOKS[0].name)
    run_all(page)
    for live in live_figures(page):
        move_by_keyboard(page, live)
    save_and_shut_down(page)
    page.close()
    assert [line for line in errors if "404" not in line] == []  # it looks for extras


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_slider_moves_on_a_page_made_of_a_run(path, offline, tmp_path):
    outputs = [out for cell in run_of(path).cells for out in cell.get("outputs", [])]
    htmls = [output.get("data", {}).get("text/html", "") for output in outputs]
    figures = [html for html in htmls if '<div class="live"' in html]
    assert len(figures) == path.read_text("utf-8").count("sliders.live(")
    page = tmp_path / "page.html"
    page.write_text(f'<meta charset="utf-8">{"".join(figures)}', "utf-8")
    offline.goto(page.as_uri())
    for live in offline.locator(".live").all():
        move_by_keyboard(offline, live)
