"""Store what the cells of the notebooks put out; a second run changes no byte.

    python -m tools.execute [notebook ...]        all of notebooks/ where none is named

Fails at the first cell that raises or writes to stderr.
"""

import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import nbformat

from tools.course import NOTEBOOKS
from tools.runs import run_of

METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
VIEW = "application/vnd.jupyter.widget-view+json"


def stored(output):
    """Return an output as it is stored: what moves as its picture or text."""
    data = output.get("data", {})
    data.pop(VIEW, None)
    output.get("metadata", {}).pop(VIEW, None)
    if "image/png" in data:
        data.pop("text/html", None)
    return output


def execute(path):
    """Store the run of one notebook in place, what moves as its picture or text."""
    notebook, executed = nbformat.read(path, as_version=4), run_of(path)
    notebook.metadata = METADATA
    for cell, done in zip(notebook.cells, executed.cells, strict=True):
        if cell.cell_type == "code":
            cell.execution_count = done.execution_count
            cell.outputs = [stored(output) for output in done.outputs]
        for output in cell.get("outputs", []):
            if output.get("name") == "stderr":
                raise RuntimeError(f"{path}, {cell.id}: stderr says {output.text!r}")
    nbformat.write(notebook, path)
    return path


if __name__ == "__main__":
    named = [Path(name).resolve() for name in sys.argv[1:]]
    with ProcessPoolExecutor(2) as pool:  # the longest are among the last
        for path in pool.map(execute, named or reversed(NOTEBOOKS)):
            print(path)
