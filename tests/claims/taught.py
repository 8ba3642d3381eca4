"""The cells that are taught, run for a test, with the notebook's seeds or others."""

import builtins
import contextlib
import io
from functools import cache

import matplotlib.pyplot as plt
import nbformat

from tools.course import PATHS
from tools.plain import reseeded, run_cell


@cache
def notebook(number):
    """Return a notebook as it is stored."""
    return nbformat.read(PATHS[number], as_version=4)


def cells(number, *ids, seed=0, **given):
    """Run the imports and some cells of a notebook; return all names they leave.

    ids     the cells, in the order of the notebook; none: all of them
    seed    what is added to every seed in them; 0: the notebook's own
    given   names that stand in place of what other cells would have made
    """
    names = {"__name__": "__main__"} | given
    code = [cell for cell in notebook(number).cells if cell.cell_type == "code"]
    unknown = {*ids} - {cell.id for cell in code}
    if unknown:
        raise ValueError(f"{number} has no cells {unknown}: try another id")
    with contextlib.chdir(PATHS[number].parent), quiet():
        for cell in code:
            if cell.id == "imports" or not ids or cell.id in ids:
                if seed:
                    cell = cell.copy()
                    cell.source = reseeded(cell.source, seed)
                run_cell(cell, names)
    return names


@contextlib.contextmanager
def quiet():
    """Let nothing be printed, and no figure stay open."""
    builtins.display = print
    with contextlib.redirect_stdout(io.StringIO()):
        yield
    plt.close("all")


def printed(number, name):
    """Return what a cell has printed, as it is stored."""
    (cell,) = (cell for cell in notebook(number).cells if cell.id == name)
    return "".join(out.get("text", "") for out in cell.outputs)
