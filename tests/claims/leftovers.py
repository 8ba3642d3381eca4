"""What still speaks of a cell, a sentence or a name that is gone: delete it.

    python -m tests.claims.leftovers      in seconds, and without running a cell

A place that has only been reworded is named, too: then its row is reworded with it.
"""

import ast
import builtins
import importlib
import re
import sys
from functools import cache

from IPython.core.inputtransformer2 import TransformerManager

from tests.claims import table, texts
from tests.claims.taught import notebook
from tools.course import PATHS, ROOT
from tools.minutes import notes_of, teaching
from tools.site.slides import read_deck
from utils import stats

TABLES = [*PATHS, "pages"]
APART = "figure ", "revealed", "plain"
# What table.evaluated gives to an expression beside the names of a notebook.
KNOWN = {*vars(builtins), *vars(stats), "np", "costs", "opt", "n", "names", "printed"}


@cache
def names_of(number):
    """Return the names that the code of a notebook gives."""
    code = [c.source for c in notebook(number).cells if c.cell_type == "code"]
    source = "\n".join(map(TransformerManager().transform_cell, code))
    nodes = [*ast.walk(ast.parse(source))]
    stored = {n.id for n in nodes if isinstance(getattr(n, "ctx", None), ast.Store)
              and isinstance(n, ast.Name)}  # fmt: skip
    made = {n.name for n in nodes if isinstance(n, ast.FunctionDef | ast.ClassDef)}
    aliases = [a for n in nodes if hasattr(n, "names") for a in n.names]
    brought = {a.asname or a.name for a in aliases if isinstance(a, ast.alias)}
    return stored | made | brought


def helpers_of(name):
    """Return the module of the functions that a table uses; None if it has none."""
    number = name.removeprefix("deeper/")
    path = ROOT / f"tests/claims/test_claims_{number}.py"
    return (
        importlib.import_module(f"tests.claims.{path.stem}") if path.exists() else None
    )


def unknown_names(row):
    """Return the names in the expression of a row that nothing gives any more."""
    expression = row.expression.removeprefix("title: ").rpartition(" = ")[2]
    try:
        nodes = [*ast.walk(ast.parse(expression or "0", mode="eval"))]
    except SyntaxError:
        return set()  # a title without an expression
    used = {n.id for n in nodes if isinstance(n, ast.Name)}
    own = {n.id for n in nodes if isinstance(n, ast.Name) and n.ctx == ast.Store()}
    own |= {n.id for c in nodes if isinstance(c, ast.comprehension)
            for n in ast.walk(c.target) if isinstance(n, ast.Name)}  # fmt: skip
    own |= {n.arg for n in nodes if isinstance(n, ast.arg)}
    module = helpers_of(row.name)
    given = names_of(row.name) if row.name in PATHS else {"places"}
    return used - own - KNOWN - given - {*(vars(module) if module else ())}


def of_rows(name):
    """Yield each row of a table whose place, sentence or names are gone."""
    known = {*texts.PAGES} if name == "pages" else {*texts.places(name)}
    for row in table.rows(name):
        cell = row.section.removeprefix("figure ")
        if row.section not in ("revealed", "plain") and cell not in known:
            yield f"{row.place}: there is no {cell!r} any more: delete the row"
        elif row.section == "revealed" and row.sentence not in names_of(name):
            yield f"{row.place}: no prediction is {row.sentence!r} any more: delete it"
        elif row.section != "plain" and (gone := unknown_names(row)):
            names = ", ".join(sorted(gone))
            yield f"{row.place}: nothing gives {names} any more: delete the row"
        elif not row.section.startswith(APART):
            yield from _without_sentence(row)


def _without_sentence(row):
    try:
        table.stated(row)
    except ValueError as error:
        yield f"{error} If the sentence is gone, delete the row."


def of_helpers(name):
    """Yield each function of tests/claims that no row and no test uses any more."""
    path = ROOT / f"tests/claims/test_claims_{name}.py"
    if not path.exists():
        return
    source = path.read_text("utf-8")
    tables = [ROOT / f"tests/claims/{t}.txt" for t in (name, f"deeper/{name}", "pages")]
    rows = "\n".join(t.read_text("utf-8") for t in tables if t.exists())
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("test_"):
            used = len(re.findall(rf"\b{node.name}\b", source + rows))
            fixture = any("fixture" in ast.unparse(d) for d in node.decorator_list)
            if used < 2 and not fixture:
                where = f"{path.relative_to(ROOT)}, line {node.lineno}"
                yield f"{where}: no row uses {node.name} any more: delete it"


def of_notes(number):
    """Yield each note of a teacher, and each code under a figure, of a cell gone."""
    cells = {cell.id for cell in notebook(number).cells}
    path = notes_of(number)
    for _minute, heading, cell, _text in teaching(number) if path.exists() else ():
        if cell not in cells:
            where = path.relative_to(ROOT)
            yield f"{where}: {heading!r} is of {cell}, which is gone: delete the note"
    source = "\n".join(cell.source for cell in notebook(number).cells)
    for script in sorted(ROOT.glob(f"notebooks/code/{number}_*.py")):
        figure = script.stem[3:].removesuffix("_torch")
        if not re.search(rf"\b{figure}\b", source):
            where = script.relative_to(ROOT)
            yield f"{where}: no figure is called {figure} any more: delete it"


def of_slides():
    """Yield each cell of web/deck.md that is gone."""
    for _text, _note, below in read_deck(ROOT / "web/deck.md"):
        for number, ids in below:
            for gone in {*ids} - {cell.id for cell in notebook(number).cells}:
                yield f"web/deck.md: {number}: {gone} is gone: delete it"


def leftovers():
    """Yield a sentence for all that is left of something that is gone."""
    for name in TABLES:
        yield from of_rows(name)
    for path in PATHS:
        if "/" not in path:
            yield from of_helpers(path)
            yield from of_notes(path)
    yield from of_slides()


if __name__ == "__main__":
    sys.exit("\n".join(leftovers()) or 0)
