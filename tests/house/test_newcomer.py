"""What a newcomer meets: two commands, one line with uv, a notebook that is alone.

A copy of the course stands for a fresh clone; the packages are those of the tests.
"""

import contextlib
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import nbformat
import pytest
from nbclient.exceptions import CellExecutionError

from tests.rules import demand
from tools.browser import free_port
from tools.course import NOTEBOOKS, ROOT
from tools.runs import client

BIN = Path(sys.executable).parent
LEAVE = ".git", ".venv", "build", "__pycache__", ".*_cache", ".hypothesis", "uv.lock"
NO_NETWORK = re.compile("dns error|error sending request|client error|timed out", re.I)


def readme():
    return (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.fixture
def clone():
    """A copy of the course that every user of this machine may read and write."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        target = Path(folder) / "course"
        shutil.copytree(ROOT, target, ignore=shutil.ignore_patterns(*LEAVE))
        for path in [Path(folder), target, *target.rglob("*")]:
            path.chmod(0o777 if path.is_dir() else 0o666)
        yield target


@contextlib.contextmanager
def server(command, folder, seconds=60):
    """Start JupyterLab by a command; give what it says of itself, its token too."""
    runtime = folder / "runtime"
    environment = os.environ | {
        "JUPYTER_RUNTIME_DIR": str(runtime),
        # Two that start at once both find the usual port free; one answers for both.
        "JUPYTER_PORT": str(free_port()),
        "BROWSER": "true",  # a browser that opens nothing
        "PYTHONWARNINGS": "",  # its own warnings are not ours
    }
    log = folder / "log.txt"
    with log.open("w") as output:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        for _ in range(5 * seconds):
            records = list(runtime.glob("jpserver-*.json"))
            if records or process.poll() is not None:
                break
            time.sleep(0.2)
        text = log.read_text(encoding="utf-8", errors="replace")
        if not records and NO_NETWORK.search(text) and "CI" not in os.environ:
            pytest.skip("THE LINE OF THE README DID NOT RUN: there is no network")
        assert records, text
        yield json.loads(records[0].read_text(encoding="utf-8"))
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(20)


def ask(server, token, path="api/contents/00_start_here.ipynb"):
    """Return the status with which the server answers, and what it says."""
    url = f"{server['url']}{path}"
    request = urllib.request.Request(url, headers={"Authorization": f"token {token}"})
    for _ in range(50):
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, ""
        except OSError:  # it has said its address, and does not answer yet
            time.sleep(0.2)
    raise AssertionError(f"{url} does not answer")


def demand_ours_alone(server):
    """Demand that a server answers this machine alone, and who has its token."""
    assert server["hostname"] == "127.0.0.1"
    assert len(server["token"]) > 20
    assert ask(server, server["token"])[0] == 200
    assert ask(server, "a guess")[0] == 403
    page = ask(server, server["token"], "lab")[1]
    off = json.loads(re.search(r'"disabledExtensions": (\[.*?\])', page)[1])
    assert "@jupyterlab/apputils-extension:announcements" in off  # asks about news


posix = pytest.mark.skipif(os.name != "posix", reason="there is no make here")


@posix
@pytest.mark.parametrize("user", ["who runs the tests", "nobody"])
def test_make_lab_starts_for_this_machine_alone_with_a_token(clone, user):
    command = ["make", "--old-file=.venv/learner", "lab", f"BIN={BIN}"]
    if user == "nobody":
        if os.geteuid() or not shutil.which("setpriv"):
            pytest.skip("who runs the tests is a plain user already, or nothing else")
        # Python may lie in root's home: a plain user who may read there, not write.
        power = [f"--{kind}-caps=+dac_read_search" for kind in ("inh", "ambient")]
        who = "--reuid=nobody", "--regid=nogroup", "--clear-groups"
        command = ["env", f"HOME={clone}", "setpriv", *who, *power, *command]
    with server(command, clone) as started:
        demand_ours_alone(started)


@posix
@pytest.mark.monthly  # breaks by requirements.txt, which pip installs at each change
def test_the_line_of_the_readme_opens_the_course_with_uv_alone(clone):
    uv = shutil.which("uv", path=f"{BIN}{os.pathsep}{os.environ['PATH']}")
    if not uv and "CI" not in os.environ:
        pytest.skip("NO uv: run pip install -r tests/requirements.txt")
    line = re.search(r"(?m)^uv run .*", readme())[0]
    before = {path.name for path in clone.iterdir()}
    with server([uv, *shlex.split(line)[1:]], clone, seconds=300) as started:
        demand_ours_alone(started)
    made = {path.name for path in clone.iterdir()} - before
    assert not made & {".venv", "uv.lock"}


def test_the_example_of_the_readme_runs():
    names = {}
    exec(re.search(r"(?s)```python\n(.*?)```", readme())[1], names)
    assert names["path"].shape == (101, 2)  # as its comment says
    assert names["J"](names["path"][-1]) < names["J"](names["path"][0])


def alone(path, folder):
    """Run a copy of a notebook in a folder where nothing else is; return its cells."""
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = []
    with pytest.raises(CellExecutionError):
        client(notebook, folder).execute()
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


@pytest.mark.parametrize("path", [NOTEBOOKS[0], NOTEBOOKS[-1]], ids=lambda p: p.stem)
def test_a_notebook_that_is_alone_says_what_to_do_and_stops(path, tmp_path):
    folder = tmp_path / "downloads"
    folder.mkdir()
    first, *others = alone(path, folder)
    (output,) = first.outputs
    assert output.traceback == [
        "This notebook is alone: download the whole course, or use JupyterLite."
    ]
    assert not any(cell.outputs for cell in others)


def test_the_setup_cell_is_short():
    cells = nbformat.read(NOTEBOOKS[0], as_version=4).cells
    setup = next(cell.source for cell in cells if cell.cell_type == "code")
    lines = [line for line in setup.splitlines() if line and not line.startswith("#")]
    demand(
        len(lines) <= 12,
        f"the first code cell has {len(lines)} lines, more than 12: what it does "
        "belongs into classroom/start.py, and the cell is to be short in all notebooks",
    )
