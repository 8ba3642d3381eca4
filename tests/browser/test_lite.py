"""JupyterLite, as it is published: Python in the browser runs the notebooks.

Pyodide comes from its public server; here a folder answers in its place (the variable
PYODIDE, or shared/pyodide beside the checkout), so that nothing is fetched and what is
tested is what is published.
"""

import functools
import http.server
import json
import mimetypes
import os
import threading
from pathlib import Path

import pytest

from tests.conftest import watched
from tools.course import NOTEBOOKS, ROOT
from tools.lab import live_figures, move_by_keyboard, run_all

LITE = ROOT / "build" / "site" / "lite"
PYODIDE = Path(os.environ.get("PYODIDE", ROOT.parent / "shared" / "pyodide"))
needs_lite = pytest.mark.skipif(
    not LITE.exists(), reason="JUPYTERLITE WAS NOT TESTED: no site; run make site"
)
MONTHLY = pytest.mark.monthly
mimetypes.add_type("application/wasm", ".wasm")


@needs_lite
def test_everything_a_notebook_reads_is_there():
    for path in [*NOTEBOOKS, *(ROOT / "utils").iterdir(), ROOT / "requirements.txt"]:
        if path.is_file():
            copied = LITE / "files" / path.relative_to(ROOT)
            assert copied.read_bytes() == path.read_bytes()
    assert not list((LITE / "files").rglob("__pycache__"))


@needs_lite
def test_the_packages_that_pyodide_lacks_come_with_the_site():
    wheels = json.loads((LITE / "pypi" / "all.json").read_text("utf-8"))
    assert {"comm", "ipywidgets", "jupyterlab-widgets", "tqdm"} == set(wheels)


@pytest.fixture(scope="module")
def address():
    """The address of a web server on this machine alone."""
    files = functools.partial(Quiet, directory=LITE.parent)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), files) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture
def notebook(browser, address):
    """Open and run a notebook in the browser's own Python; return its page."""
    if not PYODIDE.exists():
        pytest.skip(f"NO NOTEBOOK RAN IN JUPYTERLITE: there is no {PYODIDE}")
    context = browser.new_context(viewport={"width": 1440, "height": 1000})
    page = watched(context.new_page(), errors := [])

    def answer(route):
        url = route.request.url.partition("?")[0]
        stored = PYODIDE / url.rpartition("/")[2]
        if url == f"{address}/lite/jupyter-lite.json":  # show us the notebook's state
            settings = json.loads((LITE / "jupyter-lite.json").read_text("utf-8"))
            settings["jupyter-config-data"]["exposeAppInBrowser"] = True
            route.fulfill(json=settings)
        elif url.startswith(address):
            route.continue_()
        elif "/pyodide/" in url and stored.exists():
            kind = mimetypes.guess_type(stored.name)[0] or "application/octet-stream"
            headers = {"access-control-allow-origin": "*", "content-type": kind}
            route.fulfill(body=stored.read_bytes(), headers=headers)
        else:
            errors.append(f"asks for {url}")
            route.abort()

    context.route("**/*", answer)

    def run(name):
        page.goto(f"{address}/lite/notebooks/index.html?path=notebooks/{name}.ipynb")
        page.locator(".jp-Notebook .jp-Cell").first.wait_for(timeout=60_000)
        run_all(page, seconds=600)
        return page

    yield run
    context.close()
    assert errors == []


def outputs(page):
    """Return what all cells say, as text."""
    return page.evaluate(
        "jupyterapp.shell.currentWidget.content.widgets.flatMap(cell =>"
        " cell.model.outputs?.toJSON().map(output => output.text ||"
        " output.data?.['text/plain'] || '') || []).join('\\n')"
    )


@needs_lite
@pytest.mark.parametrize(
    "path",
    [
        pytest.param(path, marks=() if path.stem[:2] in ("00", "03") else MONTHLY)
        for path in NOTEBOOKS
    ],
    ids=lambda path: path.stem,
)
def test_a_notebook_runs_to_its_end_and_its_slider_moves(path, notebook):
    page = notebook(path.stem)
    if path.name > "01":
        assert "Not yet:" in outputs(page)  # the checks of the exercises
    else:
        assert "numpy is there." in outputs(page)
        assert "Adam     wins from" in outputs(page)
    move_by_keyboard(page, next(live_figures(page)))
