"""The arrows of the house go one way: ruff refuses the others, and none is a circle."""

import ast
import subprocess
import sys
from fnmatch import fnmatchcase
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
    "tools/teach/students/sealed.py": [*ABOVE, "notebooks"],
    "tools/translate/catalogue.py": ["tools.teach", "tools.site"],
}


@pytest.mark.parametrize("path", BANNED)
def test_ruff_refuses_an_arrow_back_and_says_what_to_do(path):
    lines = [form.format(name) for name in BANNED[path] for form in (
        "import {}.stats", "def f():\n    from {} import keep",
    )]  # fmt: skip
    source = "\n".join(lines)
    if path.endswith(".ipynb"):
        cells = [nbformat.v4.new_code_cell(source)]
        source = nbformat.writes(nbformat.v4.new_notebook(cells=cells))
    command = "ruff check --select TID251 --output-format concise --stdin-filename"
    check = subprocess.run(
        [sys.executable, "-m", *command.split(), path, "-"],
        cwd=ROOT, input=source, capture_output=True, text=True,
    )  # fmt: skip
    refused = [line for line in check.stdout.splitlines() if "TID251" in line]
    demand(
        len(refused) == len(lines),
        f"ruff lets {path} import some of {BANNED[path]}: give each a row in the "
        f"ruff.toml of its room, or else in pyproject.toml.\n{check.stdout}",
    )
    assert all("move what it needs" in line for line in refused), refused


LATE = "import_module", "importlib.import_module", "__import__"


def imports(name, path, modules):
    """Yield each of some modules that a file imports, wherever it does, and however.

    Of a name that is put together at run time, all that it may be.
    """
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            patterns = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            package = name.rsplit(".", node.level)[0] + "." if node.level else ""
            base = f"{package}{node.module or ''}".strip(".")
            parts = [f"{base}.{alias.name}" for alias in node.names]
            patterns = [part if part in modules else base for part in parts]
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in LATE:
            parts = getattr(node.args[0], "values", [node.args[0]])  # of an f-string
            texts = (p.value if isinstance(p, ast.Constant) else "*" for p in parts)
            pattern = "".join(texts)
            demand(
                pattern.strip("*"),
                f"{path.name}, line {node.lineno}: nobody can see what is imported: "
                "write its name there, as a string or an f-string",
            )
            patterns = [pattern]
        else:
            continue
        yield from (m for m in modules if any(fnmatchcase(m, p) for p in patterns))


def circle(modules):
    """Return the names along a circle of `{module: path}`, [] if there is none."""
    needs = {name: {*imports(name, modules[name], modules)} for name in modules}
    try:
        TopologicalSorter(needs).prepare()
    except CycleError as error:
        return error.args[1]
    return []


def test_no_module_needs_itself():
    rooms = "utils", "classroom", "notebooks/exercises", "notebooks/problems", "tools"
    files = [path for room in rooms for path in (ROOT / room).rglob("*.py")]
    names = [".".join(p.relative_to(ROOT).with_suffix("").parts) for p in files]
    names = [name.removesuffix(".__init__") for name in names]
    names = circle(dict(zip(names, files, strict=True)))
    demand(
        not names,
        f"{' <- '.join(names)}: a module needs itself. Move what two of them share "
        "into a third, or hand it over.",
    )


@pytest.mark.parametrize(
    "late",
    ["import room.a", "from .a import x", "import_module('room.a')",
     "importlib.import_module(f'{room}.a')"],
)  # fmt: skip
def test_a_circle_is_found_however_late_its_import(late, tmp_path):
    (tmp_path / "a.py").write_text("from room import b")
    (tmp_path / "b.py").write_text(f"def f():\n    {late}")
    assert circle({f"room.{name}": tmp_path / f"{name}.py" for name in "ab"})
