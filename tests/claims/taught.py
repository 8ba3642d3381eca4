"""The cells that are taught, run for a test, with the notebook's seeds or others."""

import builtins
import contextlib
import io
import re
from functools import cache

import matplotlib.pyplot as plt
import nbformat

from tools.course import PATHS
from tools.plain import board_reseeded, reseeded, run_cell, solved


@cache
def notebook(number):
    """Return a notebook as it is stored."""
    return nbformat.read(PATHS[number], as_version=4)


def names(number, seed=0):
    """Return all names that the cells of a notebook leave; with a seed, solved.

    With other seeds the exercises have their published solutions; what their checks
    say then stands under "printed".  Each notebook is run once for each seed.
    """
    return _names(number, seed)  # to a cache names("05") and names("05", 0) are two


@cache
def _names(number, seed):
    if not seed:
        return cells(number)
    copy = nbformat.read(PATHS[number], as_version=4)
    solved(copy)
    with contextlib.redirect_stdout(io.StringIO()) as output:
        left = run(number, [c for c in copy.cells if c.cell_type == "code"], seed, {})
    plt.close("all")
    return left | {"printed": output.getvalue()}


def cells(number, *ids, seed=0, **given):
    """Run the imports and some cells of a notebook; return all names they leave.

    ids     the cells, in the order of the notebook; none: all of them
    seed    what is added to every seed in them; 0: the notebook's own
    given   names that stand in place of what other cells would have made
    """
    code = [cell for cell in notebook(number).cells if cell.cell_type == "code"]
    unknown = {*ids} - {cell.id for cell in code}
    if unknown:
        raise ValueError(f"{number} has no cells {unknown}: try another id")
    wanted = [c for c in code if c.id == "imports" or not ids or c.id in ids]
    with contextlib.redirect_stdout(io.StringIO()):
        left = run(number, wanted, seed, given)
    plt.close("all")
    return left


def run(number, code, seed, given):
    """Run code cells in a notebook's folder; return the names, no figure left open."""
    left = {"__name__": "__main__"} | given
    builtins.display = print
    with contextlib.chdir(PATHS[number].parent), board_reseeded(seed):
        for cell in code:
            if seed:
                cell = cell.copy()
                cell.source = reseeded(cell.source, seed)
            run_cell(cell, left)
    return left


def cell_of(number, name):
    """Return a cell of a notebook by its id; refuse one that it does not have."""
    for cell in notebook(number).cells:
        if cell.id == name:
            return cell
    raise ValueError(f"{number} has no cell {name} any more: delete what asks for it")


@cache
def panels(number, cell):
    """Return the axes of the figure that a cell draws, as the notebook leaves it."""
    code = cell_of(number, cell)
    given = dict(names(number))
    before = given.get("fig")
    with contextlib.redirect_stdout(io.StringIO()):
        left = run(number, [code], 0, given)
    fig = left.get("fig")
    axes = (plt.gcf() if fig is None or fig is before else fig).axes
    plt.close("all")
    return axes


def printed(number, cell, pattern=""):
    """Return what a cell has printed, as it is stored; of a pattern, its numbers."""
    stored = cell_of(number, cell)
    text = "".join(out.get("text", "") for out in stored.outputs)
    if not pattern:
        return text
    match = re.search(pattern, text)
    if not match:
        raise ValueError(f"{cell} of {number} prints nothing like {pattern!r}: {text}")
    values = [float(value.replace("−", "-")) for value in match.groups()]
    return values[0] if len(values) == 1 else values
