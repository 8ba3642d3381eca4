"""Execute the notebooks and store their outputs, so that a second run changes no byte.

    python -m tools.execute [notebook ...]        all of notebooks/ where none is named

Fails at the first cell that raises or writes to stderr.
"""

import os
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

from tools.course import NOTEBOOKS

METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
VIEW = "application/vnd.jupyter.widget-view+json"


def stored(output):
    """Return an output as it is stored: a widget as the picture that comes with it."""
    output.get("data", {}).pop(VIEW, None)
    output.get("metadata", {}).pop(VIEW, None)
    return output


def run(path):
    """Return a notebook, executed; raise RuntimeError if a cell writes to stderr."""
    os.environ["TQDM_DISABLE"] = "1"  # or a slow machine would store a progress bar
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(
        notebook,
        timeout=120,
        record_timing=False,
        coalesce_streams=True,  # where a stream is split depends on the clock
        extra_arguments=["--log-level=ERROR"],
        resources={"metadata": {"path": str(path.parent)}},
    ).execute()
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.get("name") == "stderr":
                raise RuntimeError(f"{path}, {cell.id}: stderr says {output.text!r}")
    return notebook


def execute(path):
    """Run one notebook and store it in place, each widget as its picture or text."""
    notebook = run(path)
    notebook.metadata = METADATA
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            stored(output)
    nbformat.write(notebook, path)


if __name__ == "__main__":
    for name in sys.argv[1:] or NOTEBOOKS:
        execute(Path(name).resolve())
        print(name)
