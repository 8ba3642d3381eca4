"""A JupyterLab that serves a copy of the course, a browser for it, and a hand."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from tools.course import ROOT

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")

# Headless, as root, and without anything that Chromium would ask of the network.
OPTIONS = [
    "--headless",
    "--no-sandbox",
    "--no-first-run",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--disable-component-update",
    "--disable-background-networking",
]


def free_port():
    """Return a port that no one listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@contextlib.contextmanager
def jupyter(app="jupyterlab", ours=True, widgets=True):
    """Start JupyterLab on this machine alone; give its address and its folder.

    app        or another front end, as `python -m` knows it: notebook, nbclassic
    ours       with the course's settings, as make lab starts it
    widgets    with what shows widgets
    """
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        root = Path(folder)
        for name in ("notebooks", "utils", "classroom", "tools"):
            shutil.copytree(ROOT / name, root / name)
        for name in ("requirements.txt", "CITATION.cff"):
            shutil.copy(ROOT / name, root)
        port = free_port()
        command = [sys.executable, "-m", app, "--no-browser", "--allow-root"]
        command += ["--ip=127.0.0.1", f"--port={port}", "--IdentityProvider.token="]
        command += ["--config=tools/jupyter_server_config.py"] * ours
        command += [
            f"--{name}.expose_app_in_browser=True"
            for name in ("LabApp", "JupyterNotebookApp")
        ]
        environment = os.environ | {
            "PYTHONWARNINGS": "",  # its own warnings are not ours
            "SGD_ADAM_RECORD": "",  # a learner's kernel keeps one
            "JUPYTERLAB_SETTINGS_DIR": str(root / "settings"),
            "JUPYTER_CONFIG_DIR": str(root / "config"),
        }
        news = "@jupyterlab/apputils-extension:announcements"  # ours does it
        disabled = {"@jupyter-widgets/jupyterlab-manager": not widgets, news: not ours}
        (root / "config" / "labconfig").mkdir(parents=True)
        (root / "config" / "labconfig" / "page_config.json").write_text(
            json.dumps({"disabledExtensions": disabled})
        )
        options = {"cwd": root, "env": environment}
        with open(root / "log.txt", "w") as log:
            server = subprocess.Popen(command, **options, stdout=log, stderr=log)
        try:
            wait_for(f"http://127.0.0.1:{port}/api")
            yield f"http://127.0.0.1:{port}", root
        finally:
            server.terminate()
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:  # it waits for a kernel that never came
                server.kill()
                server.wait()


def wait_for(address):
    """Return when the address answers; raise OSError if it does not."""
    for _ in range(120):
        with contextlib.suppress(OSError):
            urllib.request.urlopen(address).close()
            return
        time.sleep(0.5)
    raise OSError(f"{address} did not answer within 60 s")


def open_notebook(page, address, name):
    """Open a notebook and wait until its kernel is ready."""
    page.goto(f"{address}/lab/tree/notebooks/{name}?reset")
    page.locator(".jp-Notebook .jp-Cell").first.wait_for(timeout=60_000)
    wait_for_idle(page)


RUN = """
async () => {
  await jupyterapp.shell.currentWidget.context.sessionContext.ready;
  window.running = true;
  jupyterapp.commands.execute('notebook:run-all-cells').finally(
    () => { window.running = false });
}
"""
FAULTS = """
() => jupyterapp.shell.currentWidget.content.widgets.flatMap(({model}) =>
  (model.outputs?.toJSON() || []).filter(output => output.output_type == 'error')
    .map(output => `${model.id}: ${output.evalue}`))
"""


def run_all(page, seconds=120):
    """Run all cells and wait for the last; an error in a cell is an error here."""
    page.evaluate(RUN)
    page.wait_for_function("!window.running", timeout=1000 * seconds)
    faults = page.evaluate(FAULTS)
    assert not faults, faults


def slider_cells(page):
    """Yield each cell with a slider, in view: JupyterLab lays out no other cell.

    Not what is behind a curtain: a learner's kernel shows it after twelve runs.
    """
    cells = page.evaluate(
        """() => jupyterapp.shell.currentWidget.content.widgets.flatMap((cell, k) =>
          /sliders\\.live\\((?![^]*curtain\\()/.test(cell.model.sharedModel.source)
            ? [k] : [])"""
    )
    for k in cells:
        cell = page.locator(f'.jp-Cell[data-windowed-list-index="{k}"]')
        for _ in range(50):  # what is laid out on the way moves the rest
            page.evaluate(
                """k => {
                const content = jupyterapp.shell.currentWidget.content;
                content.activeCellIndex = k;
                void content.scrollToItem(k, 'center');  // its promise may stay open
                }""",
                k,
            )
            page.wait_for_timeout(200)
            if cell.locator(".jp-OutputArea-output").first.is_visible():
                break
        yield cell


def live_figures(page):
    """Yield each live figure of a notebook that has run."""
    for cell in slider_cells(page):
        live = cell.locator(".live")
        live.locator("form").wait_for()
        yield live


def save_and_shut_down(page):
    """Save the notebook and end its kernel, so that no widget lives on."""
    page.evaluate(
        """async () => {
        const context = jupyterapp.shell.currentWidget.context;
        await context.save();
        await context.sessionContext.shutdown();
        }"""
    )


def wait_for_idle(page):
    """Wait until the kernel has nothing more to do."""
    page.wait_for_function(
        """document.body.innerText.includes('| Idle')
        && ![...document.querySelectorAll('.jp-InputPrompt')].some(
             prompt => prompt.innerText.includes('*'))""",
        timeout=120_000,
    )


def state(live):
    """Return what is seen and what is said at the present position of a figure."""
    moving = live.locator(".moving").evaluate("moving => moving.innerHTML")
    return moving, live.locator(".said").text_content()


def wait_for_change(page, live, before):
    """Return the new state once other words are said than before."""
    for _ in range(500):
        if state(live)[1] != before[1]:
            return state(live)
        page.wait_for_timeout(20)
    raise AssertionError(f"nothing moved: {before[1]}")


def sliders(live):
    """Return the sliders of a live figure."""
    return live.locator("input[type=range]")


def move_by_keyboard(page, live):
    """Send each slider to its far end; picture and words must follow."""
    live.locator(".moving path").first.wait_for(state="attached")
    for slider in sliders(live).all():
        before, part = state(live), "slider => slider.value / slider.max"
        up = slider.evaluate(part) < 0.5
        slider.focus()
        page.keyboard.press("End" if up else "Home")
        assert wait_for_change(page, live, before)[0] != before[0]
        assert slider.evaluate(part) == up
