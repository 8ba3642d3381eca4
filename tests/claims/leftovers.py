"""What still speaks of a cell, a sentence or a name that is gone: delete it.

    python -m tests.claims.leftovers      in seconds, and without running a cell

A place that has only been reworded is named, too: then its row is reworded with it.
Names that the notebook itself still uses are Ruff's (F821).
"""

import ast
import builtins
import re
import sys
from functools import cache

from IPython.core.inputtransformer2 import TransformerManager

from classroom.questions import read_quiz
from tests.claims import table, texts
from tests.claims.taught import notebook
from tools import counting
from tools.course import PATHS, ROOT
from utils import stats

TABLES = [*PATHS, "pages"]
APART = "figure ", "revealed", "plain"
# What table.evaluated gives to an expression beside the names of a notebook.
KNOWN = {*vars(builtins), *vars(stats), "np", "costs", "opt", "n", "names", "printed"}
# Functions of taught.py that are given a notebook and ids of its cells.
GIVEN_IDS = {"cells", "panels", "printed"}
# Where a page or a module names cells of a notebook: a slide, a link, a string, a pair.
REFERENCES = re.compile(
    r"(?m)^(?P<a>\d\d): (?P<b>[a-z][\w -]*?)(?: · \d+)?$|\((?P<c>\d\d):(?P<d>[\w-]+)\)"
    r'|"(?P<e>\d\d): (?P<f>[a-z][\w -]*)"|"(?P<g>\d\d)": "(?P<h>[\w-]+)"'
)
REFERRING = (
    *sorted(ROOT.glob("web/**/*.md")),
    ROOT / "tools/site/live.py",
    ROOT / "tests/claims/test_deck.py",
)
# What the catalogues name beside cells.
BESIDE = {"exercises", "problems", "quizzes", "teaching"}


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


@cache
def ids_of(number):
    """Return the ids of the cells of a notebook."""
    return {cell.id for cell in notebook(number).cells}


def line_of(text, start):
    """Return the number of the line in which a place of a text stands."""
    return text.count("\n", 0, start) + 1


def unknown_names(row):
    """Return the names in the expression of a row that nothing gives any more."""
    expression = row.expression.removeprefix("title: ").rpartition(" = ")[2]
    if "title: " + expression == row.expression:
        return set()  # a title without an expression
    try:
        nodes = [*ast.walk(ast.parse(expression or "0", mode="eval"))]
    except SyntaxError:
        return set()  # a title that holds an equals sign
    used = {n.id for n in nodes if isinstance(n, ast.Name)}
    own = {n.id for n in nodes if isinstance(n, ast.Name) and n.ctx == ast.Store()}
    own |= {n.id for c in nodes if isinstance(c, ast.comprehension)
            for n in ast.walk(c.target) if isinstance(n, ast.Name)}  # fmt: skip
    own |= {n.arg for n in nodes if isinstance(n, ast.arg)}
    module = table.HELPERS.get(row.name[-2:])
    given = names_of(row.name) if row.name in PATHS else {"places", *table.TOOLS}
    return used - own - KNOWN - given - {*(vars(module) if module else ())}


@cache
def dead_rows(name):
    """Return {row: why it is to be deleted} of a table."""
    return {row: why for row in table.rows(name) if (why := _why_dead(name, row))}


def _why_dead(name, row):
    """Say what of a row is gone: place, sentence or names; "" if nothing is."""
    told = texts.PAGES if name == "pages" else texts.places(name)
    cell = row.section.removeprefix("figure ")
    if row.section == "plain":
        pages = map(texts.places, texts.PAGES) if name == "pages" else [told]
        if any(row.sentence in text for page in pages for text in page.values()):
            return ""
        return f"{row.place}: no text says {row.sentence!r} any more: delete the row"
    if row.section == "revealed":
        if row.sentence in names_of(name):
            return ""
        return f"{row.place}: no prediction is {row.sentence!r} any more: delete it"
    if cell not in told:
        return f"{row.place}: there is no {cell!r} any more: delete the row"
    if lost := sorted(unknown_names(row) | unknown_cells(row)):
        return f"{row.place}: nothing gives {', '.join(lost)} any more: delete the row"
    return "" if cell != row.section else _without_sentence(row)


def unknown_cells(row):
    """Return the ids in the expression of a row that no cell has any more."""
    calls = re.findall(r'\bprinted\("([\w-]+)"', row.expression)
    return {*calls} - ids_of(row.name) if row.name in PATHS else set()


def _without_sentence(row):
    try:
        table.stated(row)
    except ValueError as error:
        return f"{error} If the sentence is gone, delete the row."
    return ""


def of_helpers(name):
    """Yield each function of tests/claims that no row and no test uses any more.

    A function that only dead rows, or other such functions, use is named at once.
    """
    path = ROOT / f"tests/claims/test_claims_{name}.py"
    source = path.read_text("utf-8")
    tables = [t for t in (name, f"deeper/{name}", "pages") if t in TABLES]
    rows = [row for t in tables for row in table.rows(t) if row not in dead_rows(t)]
    nodes = {node: ast.get_source_segment(source, node) for node in _top(source)}
    functions = {
        node: text
        for node, text in nodes.items()
        if isinstance(node, ast.FunctionDef)
        and not node.name.startswith("test_")
        and "fixture" not in "".join(map(ast.unparse, node.decorator_list))
    }
    live = [row.expression for row in rows]
    live += [text for node, text in nodes.items() if node not in functions]
    while live:
        words = {*re.findall(r"\w+", live.pop())}
        used = [node for node in functions if node.name in words]
        live += [functions.pop(node) for node in used]
    for node in functions:
        where = f"{path.relative_to(ROOT)}, line {node.lineno}"
        yield f"{where}: no row uses {node.name} any more: delete it"


def _top(source):
    return ast.parse(source).body


def of_tests(name):
    """Yield each cell, and each name of a cell, that a test or a function asks for."""
    path = ROOT / f"tests/claims/test_claims_{name}.py"
    deeper = f"deeper/{name}"
    given = names_of(name) | (names_of(deeper) if deeper in PATHS else set())
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        where = f"{path.relative_to(ROOT)}, line {getattr(node, 'lineno', 0)}"
        for cell in _cells_lost(node):
            yield f"{where}: there is no cell {cell} any more: delete what asks for it"
        if isinstance(node, ast.Subscript) and getattr(node.value, "id", "") == "n":
            key = getattr(node.slice, "value", "")
            if isinstance(key, str) and key not in {*given, ""}:
                yield f"{where}: no cell gives {key} any more: delete what asks for it"


def _cells_lost(node):
    """Return the ids in a call of taught.py that no cell has any more."""
    called = isinstance(node, ast.Call) and getattr(node.func, "id", "")
    if called not in GIVEN_IDS:
        return []
    number, *ids = (getattr(argument, "value", "") for argument in node.args)
    ids = {cell for cell in ids[: 1 if called == "printed" else None] if cell}
    return sorted({*filter(_is_text, ids)} - ids_of(number)) if number in PATHS else []


def _is_text(value):
    return isinstance(value, str)


def of_notes(number):
    """Yield each note of a teacher, and each code under a figure, of a cell gone."""
    path = counting.notes_of(number)
    text = path.read_text("utf-8")
    for note in counting.NOTE.finditer(text):
        if note[3] not in ids_of(number):
            where = f"{path.relative_to(ROOT)}, line {line_of(text, note.start())}"
            yield f"{where}: {note[2]!r} is of {note[3]}, which is gone: delete it"
    homes = {number, f"deeper/{number}"} & {*PATHS}
    cells = [cell for home in homes for cell in notebook(home).cells]
    source = "\n".join(cell.source for cell in cells)
    for script in sorted(ROOT.glob(f"notebooks/code/{number}_*.py")):
        figure = script.stem[3:].removesuffix("_torch")
        if not re.search(rf"\b{figure}\b", source):
            where = script.relative_to(ROOT)
            yield f"{where}, line 1: no figure is called {figure} any more: delete it"


def of_notebook(number):
    """Yield what a notebook says of its own sections, questions and minutes."""
    path, cells = PATHS[number], notebook(number).cells
    quiz = ROOT / f"notebooks/quizzes/{number}.md"
    there = len(read_quiz(quiz)) if quiz.exists() else 0
    headings = {m for c in cells for m in re.findall(r"(?m)^## (\d+) ·", c.source)}
    for cell in cells:
        where = f"{path.relative_to(ROOT)}, cell {cell.id}"
        for section in re.findall(r"\b[Ss]ection (\d+)\b", cell.source):
            if cell.cell_type == "markdown" and headings and section not in headings:
                yield f"{where}: there is no section {section} any more: delete that"
        asked = re.findall(r'questions\.Quiz\("quizzes/[^"]*"([^)]*)\)', cell.source)
        for question in re.findall(r"\d+", " ".join(asked)):
            if int(question) > there:
                yield f"{where}: there is no question {question}: delete its number"
    title = cells[0].source
    if counting.with_counted(title, path) != title:
        where = f"{path.relative_to(ROOT)}, cell {cells[0].id}"
        yield f"{where}: its minutes are others: run python -m tools.minutes --set"


def of_catalogues(number):
    """Yield each cell that is gone of which a catalogue still has messages."""
    for path in sorted(ROOT.glob(f"translations/*/{number}.po")):
        known, text = {*ids_of(number), *BESIDE}, path.read_text("utf-8")
        for line in re.finditer(r"(?m)^#: (.+)$", text):
            for cell in line[1].split():
                if cell not in known:
                    known.add(cell)
                    where = f"{path.relative_to(ROOT)}, line"
                    where = f"{where} {line_of(text, line.start())}"
                    yield f"{where}: {cell} is gone: make spanish deletes its messages"


def of_references():
    """Yield each cell that is gone of which a page, a slide or a tool speaks."""
    for path in REFERRING:
        text = path.read_text("utf-8")
        for found in REFERENCES.finditer(text):
            number, ids = filter(None, found.groups())
            for cell in sorted({*ids.split()} - ids_of(number)):
                where = f"{path.relative_to(ROOT)}, line {line_of(text, found.start())}"
                yield f"{where}: {number} has no cell {cell} any more: delete it there"


def leftovers():
    """Yield a sentence for all that is left of something that is gone."""
    for name in TABLES:
        yield from dead_rows(name).values()
    for number in PATHS:
        yield from of_catalogues(number)
        if "/" not in number:
            for kind in of_helpers, of_tests, of_notes, of_notebook:
                yield from kind(number)
    yield from of_references()


if __name__ == "__main__":
    sys.exit("\n".join(leftovers()) or 0)
