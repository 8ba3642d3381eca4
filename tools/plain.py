"""Run the cells of a notebook as a plain program, quickly: no kernel, no pictures."""

import ast
import contextlib
import io
import linecache
import re
import symtable
from unittest import mock

import matplotlib.pyplot as plt
import numpy as np
from IPython.core.inputtransformer2 import TransformerManager

from classroom.pictures import describe
from utils import board

SEEDS = (  # what is drawn from: default_rng(3), rng=3, rng=[3, batch_size]
    re.compile(r"(default_rng\()((?:[^()]|\([^()]*\))+)(?=\))"),
    re.compile(r"(\brng=)(\d+|\[[^\]]*\])"),
)
FENCE = re.compile(r"```python\n(.*?)```", re.S)


def reseeded(source, more):
    """Return a cell whose generators start from other seeds."""
    for seed in SEEDS:
        source = seed.sub(rf"\1[*np.ravel(\2), {more}]", source)
    return source


def board_reseeded(more):
    """Let the board, whose seed stands in no cell, start from others for a while."""
    seed = [board.SEED, more] if more else board.SEED
    return mock.patch.object(board, "SEED", seed)


def tagged(notebook, tag):
    """Return the cells with a tag."""
    return [cell for cell in notebook.cells if tag in cell.metadata.get("tags", [])]


def solved(notebook):
    """Put the published solutions in the place of the exercises' stubs."""
    stubs, solutions = tagged(notebook, "exercise"), tagged(notebook, "solution")
    for stub, solution in zip(stubs, solutions, strict=True):
        stub.source = FENCE.search(solution.source)[1]


class Generators(ast.NodeTransformer):
    """Comprehensions as generators, which have names of their own in every Python."""

    def visit_ListComp(self, node):
        self.generic_visit(node)
        return ast.GeneratorExp(node.elt, node.generators)

    visit_SetComp = visit_ListComp

    def visit_DictComp(self, node):
        self.generic_visit(node)
        return ast.GeneratorExp(ast.Tuple([node.key, node.value]), node.generators)


def names_of(source):
    """Return the names that code makes, and those that it takes from outside.

    >>> names_of("def twice(x): return two * x")
    ({'twice'}, {'two'})
    >>> names_of("n = {k: v for k, v in pairs}")
    ({'n'}, {'pairs'})
    """
    source = ast.unparse(Generators().visit(ast.parse(source)))
    whole = symtable.symtable(source, "", "exec")
    tables, taken = [whole], set()
    while tables:
        table = tables.pop()
        tables += table.get_children()
        outside = [s for s in table.get_symbols() if s.is_global() or table is whole]
        taken |= {s.get_name() for s in outside if s.is_referenced()}
    made = {
        s.get_name()
        for s in whole.get_symbols()
        if s.is_assigned() or s.is_imported() or s.is_namespace()
    }
    return made, taken - made


def said(cell, names):
    """Run a code cell in a dictionary of names; return what it prints and draws."""
    with contextlib.redirect_stdout(io.StringIO()) as output:
        run_cell(cell, names)
    drawn = [describe(plt.figure(number)) for number in plt.get_fignums()]
    plt.close("all")
    return "\n".join([output.getvalue(), *drawn])


def run_again(cells, names, orders):
    """Run all cells again in random orders; raise if one says something else."""
    first = {cell.id: said(cell, names) for cell in cells}
    for order in range(orders):
        for k in np.random.default_rng(order).permutation(len(cells)):
            later, tags = said(cells[k], names), cells[k].metadata.get("tags", [])
            if later != first[cells[k].id] and "nbval-ignore-output" not in tags:
                what = f"in order {order} {cells[k].id} said {later!r}"
                raise RuntimeError(f"{what}, at first {first[cells[k].id]!r}")


def run_cell(cell, names):
    """Run one code cell in a dictionary of names; %pip and !git become Python."""
    source, name = TransformerManager().transform_cell(cell.source), f"<cell {cell.id}>"
    linecache.cache[name] = len(source), None, source.splitlines(True), name
    exec(compile(source, name, "exec"), names)
