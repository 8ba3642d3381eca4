"""What the course says: its texts, by place, and what in them is a number.

A place is the id of a cell, of text or of code (its strings: titles, questions);
"quiz" or "teaching" beside a notebook; or the path of a page.
"""

import ast
import re
from functools import cache

import nbformat
from IPython.core.inputtransformer2 import TransformerManager

from tests.claims.taught import notebook
from tools.counting import TABLE
from tools.course import PATHS, ROOT

PAGES = [
    "README.md",
    "notebooks/glossary.md",
    *sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob("web/**/*.md")),
    *sorted(
        p.relative_to(ROOT).as_posix() for p in ROOT.glob("notebooks/problems/*.py")
    ),
]
# A question and its times; an address; years; a sheet that tests/teach compares.
NO_CLAIM = "title", "setup", "references", "web/formulas.md"
SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")  # where the next one begins

NUMBER = r"[−-]?\d+(?:,\d{3})*(?:\.\d+)?(?:e[−-]?\d+)?"
SMALL = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
SMALL += ["ten", "eleven", "twelve"]
LARGE = {"twice": 2, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16}
LARGE |= {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60}
LARGE |= {"seventy": 70, "eighty": 80, "ninety": 90, "hundred": 100, "thousand": 1000}
WHOLE = {word: k for k, word in enumerate(SMALL, 1)} | LARGE
PARTS = {"half": 2, "third": 3, "quarter": 4, "fifth": 5, "sixth": 6, "tenth": 10}
PARTS |= {"twentieth": 20, "hundredth": 100, "thousandth": 1000}
SHARE = rf"(?:{'|'.join(SMALL)}) (?:{'|'.join(PARTS)})s"  # two thirds
WORD = rf"\b(?i:{SHARE}|{'|'.join([*WHOLE, *PARTS])})\b"
# Small numbers as words are often none: these always are one.
CLEAR = rf"\b(?i:{SHARE}|{'|'.join(word for word in LARGE if word != 'twice')})\b"

# Not what is meant by a number: code, addresses, tags; names of places.
SILENT = [
    TABLE.pattern,  # tests/teach/test_syllabus.py
    r"(?s)```.*?```",
    r"`[^`]*`",
    r"\]\([^)\s]*\)",
    r"<[^>]*>",
    r"\*In class.*\*",
    r"(?m)^### Exercise.* · \d+ min · .*",
    r"Exercise \d",
    r"\[\d\d\b",
    r"(?m)^\d\. ",  # of a list
    r"(?i)\b(?:notebook|section|slide|line)s? \d+(?:(?:,| and| to|,? or|–) \d+)*",
    r"(?m)^#+ \d+( min)? ·",
    r"(?<![\d.,])0[0-9](?![\d.])",
    r"\b(?:19|20)\d\d\b",
    r"(?<![\d.,−-])[01](?![\d.,]\d|\d)",  # exact, or a name
    r"\| \d+ min \| \d+ min \| \d+ s \|",  # of the README: test_notebooks.py
    r"(?m)^\| (?:the (?:old|new)est|in the browser) .*$",  # and test_versions.py
    r"Python 3\.\d+ or newer",
    r"(?m) · (?:50|100|150)$",  # in which classes a line of the deck is: test_deck.py
]
FORMULA = re.compile(r"(?s)\$\$.*?\$\$|\$[^$]*\$")
# A formula's single digits and exponents are its form; these are numbers like others.
IN_FORMULA = re.compile(r"[−-]?\d+\.\d+|(?<![{^_\d.−\-a-z])\d\d+(?!\^)")
# A setting: a symbol and its value, or how many of what is set; the code has it too.
SYMBOL = r"(?:[ηβκσεδλμθBLPnsd]|β[₁₂]|\\(?:eta|beta|beta_[12]|kappa|sigma|epsilon)\b)"
COUNTED = (
    "batches|digits|epochs|inputs|layers|networks|points|rates|runs|samples|seeds|"
    "starts|steps|units|words"
)
SETTINGS = (
    re.compile(rf"{SYMBOL}\s*(?:=|\\in|of)\s*({NUMBER})"),
    re.compile(rf"(?<![\w.,])({NUMBER}) (?:[\w*-]+ )?(?:{COUNTED})\b"),
)


class Fields(ast.NodeTransformer):
    """What an f-string computes, a problem tries itself: it is read as three dots."""

    def visit_JoinedStr(self, node):
        parts = (getattr(part, "value", "") for part in node.values)
        return ast.Constant(
            "".join(part if isinstance(part, str) else "…" for part in parts)
        )


def problems_in(source):
    """Return what each problem of a module says, under its name as a heading."""
    return "\n\n".join(
        f"## {node.name}\n" + "\n".join(strings(ast.unparse(node)))
        for node in Fields().visit(ast.parse(source)).body
        if isinstance(node, ast.FunctionDef) and node.decorator_list
    )


def files(name):
    """Return the files of a text, `{what: path}`: a page, or a notebook and its own."""
    if "." in name:
        return {name: ROOT / name}
    folders = {"quiz": "quizzes", "teaching": "teaching"}
    beside = {k: ROOT / "notebooks" / f / f"{name}.md" for k, f in folders.items()}
    return {"notebook": PATHS[name]} | {k: p for k, p in beside.items() if p.exists()}


@cache
def places(name):
    """Return the texts of a notebook, `{place: text}`; or of a page, by its path."""
    return places_in(name, lambda path: path.read_text(encoding="utf-8"))


def places_in(name, read):
    """Return the places of a text, of what a function reads of its files."""
    sources = {place: read(path) for place, path in files(name).items()}
    if name.endswith(".py"):
        return {name: problems_in(sources[name])}
    stored = sources.pop("notebook", None)
    cells = nbformat.reads(stored, as_version=4).cells if stored else []
    return {c.id: text_of(c) for c in cells if not is_stub(c)} | sources


def is_stub(cell):
    """Say whether a cell is the code that a student is to complete."""
    return cell.cell_type == "code" and "exercise" in cell.metadata.get("tags", [])


def text_of(cell):
    """Return the text of a cell: of code, its strings."""
    markdown = cell.cell_type == "markdown"
    return cell.source if markdown else "\n".join(strings(cell.source))


def where(name, place):
    """Return how a place is called in a refusal: a cell, or the file that it is."""
    folder = {"quiz": "quizzes", "teaching": "teaching"}.get(place)
    if folder:
        return f"notebooks/{folder}/{name}.md"
    return place if "." in place else f"cell {place} of {name}"


def strings(source):
    """Return strings of several words; assertions; and calls that print or label."""
    code = TransformerManager().transform_cell(source)
    nodes = [*ast.walk(ast.parse(code))]
    values = [node.value for node in nodes if isinstance(node, ast.Constant)]
    calls = [node for node in nodes if isinstance(node, ast.Assert) or labels(node)]
    return [
        *(text for text in values if isinstance(text, str) and " " in text.strip()),
        *(f"```{ast.get_source_segment(code, node)}```" for node in calls),
    ]


def labels(node):
    """Say whether a piece of code prints, or labels a curve or an axis."""
    if not isinstance(node, ast.Call):
        return False
    words = {word.arg for word in node.keywords} | {getattr(node.func, "id", "")}
    return bool(words & {"print", "label", "xlabel", "ylabel"})


@cache
def constants(number):
    """Return the numbers that stand in the code of a notebook, as magnitudes."""
    code = (c.source for c in notebook(number).cells if c.cell_type == "code")
    trees = (ast.parse(TransformerManager().transform_cell(source)) for source in code)
    values = (getattr(node, "value", "") for tree in trees for node in ast.walk(tree))
    return {abs(float(v)) for v in values if type(v) in (int, float)}


@cache
def printed_numbers(number):
    """Return the numbers that the stored outputs of each section have, by cell.

    Printed, or in the words of a figure; of "quiz" and "teaching", those of all.
    """
    sections, cells = [[]], {}
    for cell in notebook(number).cells:
        if cell.cell_type == "markdown" and re.match("## ", cell.source):
            sections.append([])
        cells[cell.id] = len(sections) - 1
        for output in cell.get("outputs", []):
            alt = output.get("metadata", {}).get("image/png", {}).get("alt", "")
            html = "".join(output.get("data", {}).get("text/html", ""))
            words = f"{output.get('text', '')} {alt} {re.sub('<[^>]*>', ' ', html)}"
            sections[-1] += map(value_of, re.findall(NUMBER, words))
    whole = [number for numbers in sections for number in numbers]
    by_cell = {cell: sections[k] for cell, k in cells.items()}
    return by_cell | {"quiz": whole, "teaching": whole}


def value_of(number):
    """Return the value of a number as it is written."""
    return float(number.replace(",", "").replace("−", "-"))


def sentences(text):
    """Return the sentences of a text, in order."""
    return [s for s in map(str.strip, SENTENCE.split(text)) if s]


def blank(pattern, text, group=0):
    """Return a text in which what a pattern finds, or a group of it, is blank."""

    def spaces(match):
        start, end = (edge - match.start() for edge in match.span(group))
        return match[0][:start] + " " * (end - start) + match[0][end:]

    return re.sub(pattern, spaces, text)


def without_form(formula):
    """Blank all of a formula but decimals and numbers of several digits."""
    empty, end = "", 0
    for match in IN_FORMULA.finditer(formula):
        empty += " " * (match.start() - end) + match[0]
        end = match.end()
    return empty + " " * (len(formula) - end)


def without_settings(number, text):
    """Blank the settings of a text that stand in the code of its notebook, too."""
    for pattern in SETTINGS:
        for match in [*pattern.finditer(text)]:
            value = abs(float(match[1].replace(",", "").replace("−", "-")))
            if value in constants(number):
                start, end = match.span(1)
                text = text[:start] + " " * (end - start) + text[end:]
    return text
