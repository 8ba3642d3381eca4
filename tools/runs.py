"""Every notebook is run once; whatever needs a run reads it from build/runs.

    python -m tools.runs        run what has changed, two notebooks at a time

A run has three parts, in one kernel: all cells from first to last; then every slider
at its ends and at random positions; then all cells again, without pictures, from last
to first, as a reader goes back.  It is stored under a hash of all that it depends on,
so what has not changed is not run again.
"""

import copy
import hashlib
import sys
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from importlib.metadata import distributions

import nbformat
from nbclient import NotebookClient

from tools.course import NOTEBOOKS, ROOT

RUNS = ROOT / "build" / "runs"
NO_PICTURES = """
get_ipython().display_formatter.formatters["image/png"].enabled = False
"""
# Prints how many different pictures each live figure showed.
DRIVE = """
import numpy as _np
from utils.sliders import Live as _Live

def _drive(live, rng):
    htmls = {overlay.value for overlay in live.overlays}
    for control in live.controls.values():
        options = getattr(control, "options", (0, 1))
        ends_first = [0, len(options) - 1, *rng.permutation(len(options))[:100]]
        for position in ends_first:
            if hasattr(control, "index"):
                control.index = int(position)
            else:
                control.value = bool(position)
            htmls |= {overlay.value for overlay in live.overlays}
    for html in htmls:
        assert "role=\\"alert\\"" not in html, html
        assert "<path" in html, "an empty picture"
    return len(htmls)

_lives = {value for value in globals().values() if isinstance(value, _Live)}
print(*[_drive(live, _np.random.default_rng(1)) for live in _lives])
"""


@cache
def versions():
    """Return Python's version and those of all packages that are installed."""
    return sys.version, *sorted({f"{d.name} {d.version}" for d in distributions()})


def digest(*parts):
    """Return a hash of texts, and of the bytes of files."""
    found = hashlib.sha256()
    for part in parts:
        found.update(part.encode() if isinstance(part, str) else part.read_bytes())
        found.update(b"\0")
    return found.hexdigest()[:20]


def key(path):
    """Return a hash of what a run depends on: all but the stored outputs."""
    cells = nbformat.read(path, as_version=4).cells
    code = [f"{c.id} {c.metadata} {c.source}" for c in cells if c.cell_type == "code"]
    beside = [*ROOT.glob("utils/*.*"), *ROOT.glob("notebooks/exercises/*.py")]
    beside += [
        ROOT / "requirements.txt",
        ROOT / "notebooks" / "quizzes" / path.stem[:2],
    ]
    files = [file for file in sorted(beside) if file.is_file()]
    return digest(path.stem, *code, *files, ROOT / "tools" / "runs.py", *versions())


def client(notebook, folder):
    """Return what executes a notebook in a kernel of its own, started in a folder."""
    return NotebookClient(
        notebook,
        timeout=120,
        record_timing=False,
        coalesce_streams=True,  # where a stream is split depends on the clock
        extra_arguments=["--log-level=CRITICAL"],
        resources={"metadata": {"path": str(folder)}},
    )


def run(path):
    """Run a notebook in a kernel of its own; raise if a cell fails, as nbclient does.

    Returns the executed notebook, with the state of its widgets after the first part.
    `metadata.driven` has what DRIVE printed, an error as its last line, and
    `metadata.again` what the cells put out the second time, {id: outputs}.
    """
    notebook = nbformat.read(path, as_version=4)
    kernel = client(notebook, path.parent)

    def execute(cell):
        notebook.cells.append(cell)
        cell.metadata.tags = [*cell.metadata.get("tags", []), "raises-exception"]
        kernel.execute_cell(cell, len(notebook.cells) - 1)
        return cell.outputs

    with kernel.setup_kernel():
        for index, cell in enumerate(notebook.cells):
            kernel.execute_cell(cell, index)
        kernel.set_widgets_metadata()
        first = copy.deepcopy(notebook)
        outputs = execute(nbformat.v4.new_code_cell(DRIVE))
        first.metadata.driven = "".join(o.get("text", o.get("evalue")) for o in outputs)
        execute(nbformat.v4.new_code_cell(NO_PICTURES))
        code = [cell for cell in first.cells if cell.cell_type == "code"]
        first.metadata.again = {
            cell.id: execute(copy.deepcopy(cell)) for cell in reversed(code)
        }
    return first


def run_of(path):
    """Return the run of a notebook, a new one only if something has changed."""
    stored = RUNS / f"{path.stem}-{key(path)}.ipynb"
    if not stored.exists():
        notebook = run(path)
        RUNS.mkdir(parents=True, exist_ok=True)
        for old in RUNS.glob(f"{path.stem}-*"):
            old.unlink(missing_ok=True)
        nbformat.write(notebook, new := stored.with_suffix(".new"))
        new.replace(stored)
    return nbformat.read(stored, as_version=4)


if __name__ == "__main__":
    with ProcessPoolExecutor(2) as pool:  # the longest are among the last
        for _ in pool.map(run_of, reversed(NOTEBOOKS)):
            pass
