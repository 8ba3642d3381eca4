"""Run again after all others, from last to first, a cell says what it said before.

Students change a number and run again: no later cell may have taken a name for itself.
"""

import copy

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

from tools.course import NOTEBOOKS


def said(cell):
    """Return the texts that a cell has put out; None stands for an error."""
    outputs = cell.outputs
    return [out.get("text", out.get("data", {}).get("text/plain")) for out in outputs]


def changed(notebook, folder):
    """Yield each code cell that fails or says something else when it is run again."""
    first = [cell for cell in notebook.cells if cell.cell_type == "code"]
    again = copy.deepcopy(first)
    for cell in again:
        cell.id += "-again"
        cell.metadata.tags = [*cell.metadata.get("tags", []), "raises-exception"]
    notebook.cells = first + again[::-1]
    here, quiet = {"metadata": {"path": str(folder)}}, ["--log-level=CRITICAL"]
    NotebookClient(
        notebook, resources=here, extra_arguments=quiet, coalesce_streams=True
    ).execute()
    for cell, later in zip(first, again, strict=True):
        failed = [out.evalue for out in later.outputs if out.output_type == "error"]
        by_clock = "nbval-ignore-output" in later.metadata.tags
        if failed or (said(later) != said(cell) and not by_clock):
            yield f"{cell.id}: {said(cell)}, then {failed or said(later)}"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_cell_can_be_run_again_after_all_others(path):
    found = list(changed(nbformat.read(path, as_version=4), path.parent))
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "later, tags, found",
    [
        ("max = 3", ["nbval-ignore-output"], "first: ['2\\n'], then [\"'int' object"),
        ("max = min", [], "first: ['2\\n'], then ['1\\n']"),
        ("max = min", ["nbval-ignore-output"], ""),
        ("largest = 3", [], ""),
    ],
)
def test_a_later_cell_that_takes_a_name_is_found(tmp_path, later, tags, found):
    first = new_code_cell("print(max(1, 2))", id="first", metadata={"tags": tags})
    lines = list(changed(new_notebook(cells=[first, new_code_cell(later)]), tmp_path))
    assert len(lines) == bool(found) and "".join(lines).startswith(found)
