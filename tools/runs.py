"""Every notebook is run once; whatever needs a run reads it from build/runs.

    python -m tools.runs        run what has changed, two notebooks at a time

It is stored under a hash of all that it depends on, so what has not changed is not run
again.
"""

import hashlib
import sys
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from importlib.metadata import distributions

import nbformat
from nbclient import NotebookClient

from tools.course import PATHS, ROOT, SOURCE, name_of

RUNS = ROOT / "build" / "runs"


@cache
def versions():
    """Return Python's version and those of all packages that are installed."""
    return sys.version, *sorted({f"{d.name} {d.version}" for d in distributions()})


def digest(*parts):
    """Return a hash of texts, and of the bytes of files."""
    result = hashlib.sha256()
    for part in parts:
        result.update(part.encode() if isinstance(part, str) else part.read_bytes())
        result.update(b"\0")
    return result.hexdigest()[:20]


def key(path):
    """Return a hash of what a run depends on: all but the stored outputs."""
    cells = nbformat.read(path, as_version=4).cells
    code = [f"{c.id} {c.metadata} {c.source}" for c in cells if c.cell_type == "code"]
    code += [c.id for c in cells]  # where text stands between them
    rooms = "utils/*.*", "classroom/**/*.*", "notebooks/exercises/*.py"
    beside = [file for room in rooms for file in ROOT.glob(room)]
    # Bytecode comes as it goes; the Spanish sentences are not what English cells say.
    idle = {".pyc", ".mo"} if SOURCE else {".pyc"}
    beside = [file for file in beside if file.suffix not in idle]
    quizzes = (ROOT / "notebooks" / "quizzes").glob("*.md")  # earlier ones return
    beside += [quiz for quiz in quizzes if quiz.stem <= path.stem[:2]]
    if path.stem.startswith("00"):  # which asks the inventory
        beside += (ROOT / "notebooks" / "inventory").glob("*.md")
    beside += [ROOT / "requirements.txt"]
    files = [file for file in sorted(beside) if file.is_file()]
    return digest(path.stem, *code, *files, ROOT / "tools" / "runs.py", *versions())


def client(notebook, folder):
    """Return what executes a notebook in a kernel of its own, started in a folder."""
    return NotebookClient(
        notebook,
        timeout=600,  # seconds of a cell, also on a machine with much to do
        record_timing=False,
        coalesce_streams=True,  # where a stream is split depends on the clock
        extra_arguments=["--log-level=CRITICAL"],
        resources={"metadata": {"path": str(folder)}},
    )


def run(path):
    """Return a notebook, run in a kernel of its own; raise if a cell fails."""
    notebook = nbformat.read(path, as_version=4)
    kernel = client(notebook, path.parent)
    with kernel.setup_kernel():  # `execute` would store the kernel's widgets, too
        for index, cell in enumerate(notebook.cells):
            kernel.execute_cell(cell, index)
    return notebook


def run_of(path):
    """Return the run of a notebook, a new one only if something has changed."""
    stored = RUNS / f"{name_of(path)}-{key(path)}.ipynb"
    if not stored.exists():
        notebook = run(path)
        stored.parent.mkdir(parents=True, exist_ok=True)
        for old in RUNS.glob(f"{name_of(path)}-*"):
            old.unlink(missing_ok=True)
        nbformat.write(notebook, new := stored.with_suffix(".new"))
        new.replace(stored)
    return nbformat.read(stored, as_version=4)


def run_all(paths):
    """Run what has changed of some notebooks, two at a time; the last take longest."""
    with ProcessPoolExecutor(2) as pool:
        for _ in pool.map(run_of, reversed(paths)):
            pass


if __name__ == "__main__":
    run_all([*PATHS.values()])
