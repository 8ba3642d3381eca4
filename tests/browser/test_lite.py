"""JupyterLite, as it is published: Python in the browser runs the notebooks.

Every other host is refused: a school may have no network but the site's own.
"""

import functools
import hashlib
import http.server
import json
import mimetypes
import threading

import pytest

from classroom.course import cited
from tests.browsers import watched
from tools.browser import RUN, live_figures, move_by_keyboard, run_all
from tools.course import NOTEBOOKS, ROOT
from tools.site import pyodide
from tools.site.pyodide import KERNEL, PUBLIC, needed, started_with

LITE = ROOT / "build" / "site" / "lite"
needs_lite = pytest.mark.skipif(
    not LITE.exists(), reason="JUPYTERLITE WAS NOT TESTED: no site; run make site"
)
PYTHON = LITE / "static" / "pyodide"
mimetypes.add_type("application/wasm", ".wasm")


def listed():
    """Return the packages that Pyodide knows, as the site lists them."""
    return json.loads((PYTHON / "pyodide-lock.json").read_text("utf-8"))["packages"]


@needs_lite
def test_python_and_all_that_it_starts_with_come_with_the_site():
    settings = json.loads((LITE / "jupyter-lite.json").read_text("utf-8"))
    kernel = settings["jupyter-config-data"]["litePluginSettings"][f"{KERNEL}:kernel"]
    assert kernel["pyodideUrl"] == "./static/pyodide/pyodide.js"
    packages = listed()
    for package in needed(packages, started_with()).values():
        data = (PYTHON / package["file_name"]).read_bytes()
        assert hashlib.sha256(data).hexdigest() == package["sha256"]
    assert packages["scipy"]["file_name"].startswith(PUBLIC)  # who wants it, fetches it


@needs_lite
def test_jupyterlite_weighs_less_than_60_mb_without_bytecode():
    assert not list((LITE / "files").rglob("__pycache__"))
    weight = sum(path.stat().st_size for path in LITE.rglob("*") if path.is_file())
    assert weight < 60e6


def test_a_file_that_pyodide_did_not_publish_is_refused(monkeypatch, tmp_path):
    monkeypatch.setattr(pyodide, "HERE", tmp_path)
    (tmp_path / "six.whl").write_bytes(b"six")
    right = hashlib.sha256(b"six").hexdigest()
    assert pyodide.original({"file_name": "six.whl", "sha256": right}) == b"six"
    with pytest.raises(ValueError, match="six"):
        pyodide.original({"file_name": "six.whl", "sha256": 64 * "0"})
    monkeypatch.setattr(pyodide, "PUBLIC", (tmp_path / "nowhere").as_uri())
    with pytest.raises(SystemExit, match="PYODIDE=folder"):
        pyodide.original({"file_name": "numpy.whl", "sha256": right})


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
    """Open a notebook, and run it in the browser's own Python; return its page."""
    context = browser.new_context(viewport={"width": 1440, "height": 1000})
    page = watched(context.new_page(), errors := [])

    def answer(route):
        url = route.request.url.partition("?")[0]
        if url == f"{address}/lite/jupyter-lite.json":  # show us the notebook's state
            settings = json.loads((LITE / "jupyter-lite.json").read_text("utf-8"))
            settings["jupyter-config-data"]["exposeAppInBrowser"] = True
            route.fulfill(json=settings)
        elif url.startswith(address):
            route.continue_()
        else:
            errors.append(f"asks for {url}")
            route.abort()

    context.route("**/*", answer)

    def go(name, run=True):
        page.goto(f"{address}/lite/notebooks/index.html?path=notebooks/{name}.ipynb")
        page.locator(".jp-Notebook .jp-Cell").first.wait_for(timeout=60_000)
        if run:
            run_all(page, seconds=600)
        return page

    yield go
    context.close()
    assert errors == []


@needs_lite
def test_a_run_that_waits_for_python_says_so(notebook):
    page = notebook("00_start_here", run=False)
    page.context.route("**/matplotlib-*.whl", lambda route: None)  # it never comes
    page.reload()
    page.locator(".jp-Notebook .jp-Cell").first.wait_for(timeout=60_000)
    page.evaluate(f"() => void ({RUN})()")
    page.get_by_text("Python (35 MB) comes").wait_for(timeout=60_000)


KEPT = """
name => jupyterapp.serviceManager.contents.get(name, {content: true})
  .then(file => file.content, () => null)
"""


def wait_for_file(page, name):
    """Return what is in a JSON file of the browser's own storage, once it is there."""
    for _ in range(100):
        if content := page.evaluate(KEPT, name):
            return json.loads(content) if isinstance(content, str) else content
        page.wait_for_timeout(100)
    raise AssertionError(f"the kernel has written no {name}")


def outputs(page):
    """Return what all cells say, as text."""
    return page.evaluate(
        "jupyterapp.shell.currentWidget.content.widgets.flatMap(cell =>"
        " cell.model.outputs?.toJSON().map(output => output.text ||"
        " output.data?.['text/plain'] || '') || []).join('\\n')"
    )


@needs_lite
@pytest.mark.monthly  # 03 in Spanish stands for them: tests/browser/test_spanish.py
@pytest.mark.parametrize(
    "path",
    NOTEBOOKS[1:],  # 00 below, as an old copy
    ids=lambda path: path.stem,
)
def test_a_notebook_runs_to_its_end_and_its_slider_moves(path, notebook):
    page = notebook(path.stem)
    assert "Not yet:" in outputs(page)  # the checks of the exercises
    move_by_keyboard(page, next(live_figures(page)))


# A visitor's copy, kept in the browser, of a notebook of an older version.
KEEP_OLD = """
async ([now, before]) => {
  const {context, content} = jupyterapp.shell.currentWidget;
  await context.ready;
  for (const {model: {sharedModel}} of content.widgets)
    sharedModel.setSource(sharedModel.source.replace(now, before));
  await context.save();
}
"""
SOURCES = """
async () => {
  const {context, content} = jupyterapp.shell.currentWidget;
  await context.ready;
  return content.widgets.map(cell => cell.model.sharedModel.source).join();
}
"""


@needs_lite
def test_00_runs_and_a_visitor_with_an_old_copy_of_it_starts_afresh(notebook):
    now, old = f'say_version("{cited("version")}")', 'say_version("0.9")'
    open_00 = functools.partial(notebook, "00_start_here", run=False)
    page = open_00()
    page.evaluate(KEEP_OLD, [now, old])
    assert old in open_00().evaluate(SOURCES)
    run_all(page, seconds=600)
    assert "old copy, of version 0.9" in outputs(page)
    assert "numpy is there." in outputs(page)
    assert "Adam     wins clearly at 13 rates" in outputs(page)
    choose = page.get_by_label("RMSprop", exact=True)  # the kernel keeps it
    choose.evaluate("radio => radio.click()")  # it may be out of view
    (entry,) = wait_for_file(page, "my-record.json")["predictions"].values()
    assert (entry["answer"], entry["outcome"]) == ("RMSprop", "SGD")
    move_by_keyboard(page, next(live_figures(page)))
    page.get_by_role("menuitem", name="Help", exact=True).click()
    page.get_by_role("menuitem", name="Clear Browser Data").click()
    with page.expect_navigation():  # JupyterLite reloads the page by itself
        page.get_by_role("dialog").get_by_role("button", name="Clear").click()
    assert now in open_00().evaluate(SOURCES)
