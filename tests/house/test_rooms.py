"""The arrows of the house go one way: ruff refuses the others, and none is a circle."""

import ast
import subprocess
import sys
from graphlib import CycleError, TopologicalSorter

import nbformat
import pytest

from tests.rules import demand
from tools.course import ROOT

ABOVE = ["tools", "web", "tests"]
OUTSIDE = [f"classroom.{p.stem}" for p in ROOT.glob("classroom/[a-z]*.py")]
# A file of each room, and what no file there may import.
BANNED = {
    "utils/stats.py": [*ABOVE, "notebooks", "classroom", "classroom.mistakes"],
    "classroom/record.py": [*ABOVE, "notebooks"],
    "classroom/mistakes/edits.py": [*ABOVE, "notebooks", *OUTSIDE, "utils"],
    "notebooks/exercises/adam.py": ABOVE,
    "notebooks/05_adam.ipynb": ABOVE,
}


@pytest.mark.parametrize("path", BANNED)
def test_ruff_refuses_an_arrow_back_and_says_what_to_do(path):
    wanted = [form.format(name) for name in BANNED[path] for form in (
        "import {}.stats", "def f():\n    from {} import keep",
    )]  # fmt: skip
    source = "\n".join(wanted)
    if path.endswith(".ipynb"):
        cells = [nbformat.v4.new_code_cell(source)]
        source = nbformat.writes(nbformat.v4.new_notebook(cells=cells))
    command = "ruff check --select TID251 --output-format concise --stdin-filename"
    done = subprocess.run(
        [sys.executable, "-m", *command.split(), path, "-"],
        cwd=ROOT, input=source, capture_output=True, text=True,
    )  # fmt: skip
    refused = [line for line in done.stdout.splitlines() if "TID251" in line]
    demand(
        len(refused) == len(wanted),
        f"ruff lets {path} import some of {BANNED[path]}: give each a row in the "
        f"ruff.toml of its room, or else in pyproject.toml.\n{done.stdout}",
    )
    assert all("move what it needs" in line for line in refused), refused


def imports(path):
    """Yield the full name of each module that a file imports, wherever it does."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def circle(needs):
    """Return the names along a circle, [] if there is none."""
    try:
        TopologicalSorter(needs).prepare()
    except CycleError as error:
        return error.args[1]
    return []


def test_no_module_needs_itself():
    rooms = "utils", "classroom", "notebooks/exercises", "notebooks/problems", "tools"
    files = [path for room in rooms for path in (ROOT / room).rglob("*.py")]
    modules = {".".join(p.relative_to(ROOT).with_suffix("").parts): p for p in files}
    needs = {
        name: {*imports(path), *(x.rpartition(".")[0] for x in imports(path))}
        for name, path in modules.items()
    }
    names = circle({name: needs[name] & {*modules} for name in modules})
    demand(
        not names,
        f"{' <- '.join(names)}: a module needs itself. Move what two of them share "
        "into a third, or hand it over.",
    )
