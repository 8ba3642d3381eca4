"""Run the cells of a notebook as a plain program, quickly: no kernel, no pictures.

    python -m tools.plain notebook [--seed N] [--solved]

--seed N    every seed is given N more, so that other numbers are drawn
--solved    the published solutions stand in the place of the exercises' stubs
"""

import argparse
import builtins
import linecache
import os
import re
import subprocess
import sys
import types
from pathlib import Path

import matplotlib
import nbformat
from IPython.core.inputtransformer2 import TransformerManager

from tools.course import ROOT

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


def tagged(notebook, tag):
    """Return the cells with a tag."""
    return [cell for cell in notebook.cells if tag in cell.metadata.get("tags", [])]


def solved(notebook):
    """Put the published solutions in the place of the exercises' stubs."""
    stubs, solutions = tagged(notebook, "exercise"), tagged(notebook, "solution")
    for stub, solution in zip(stubs, solutions, strict=True):
        stub.source = FENCE.search(solution.source)[1]


def run(notebook, names):
    """Run all code cells in a dictionary of names; an error names its cell and line."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            run_cell(cell, names)


def run_cell(cell, names):
    """Run one code cell in a dictionary of names; %pip and !git become Python."""
    source, name = TransformerManager().transform_cell(cell.source), f"<cell {cell.id}>"
    linecache.cache[name] = len(source), None, source.splitlines(True), name
    exec(compile(source, name, "exec"), names)


def printed(path, *options):
    """Run a notebook in a process of its own; return all that it prints."""
    command = [sys.executable, "-m", "tools.plain", path, *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8")
    if done.returncode:
        raise RuntimeError(done.stderr)
    return done.stdout


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("notebook", type=Path)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--solved", action="store_true")
    wanted = parser.parse_args()
    notebook = nbformat.read(wanted.notebook, as_version=4)
    if wanted.seed:
        for cell in notebook.cells:
            cell.source = reseeded(cell.source, wanted.seed)
    if wanted.solved:
        solved(notebook)
    matplotlib.use("Agg")
    os.chdir(wanted.notebook.parent)
    sys.path[0] = ""  # as in a kernel that was started there
    builtins.display = print
    sys.modules["__main__"] = types.ModuleType("__main__")
    run(notebook, vars(sys.modules["__main__"]))
