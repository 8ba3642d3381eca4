"""The sheet to take home says nothing that the cell it names does not say."""

import re

import nbformat
import pytest

from tests.claims.texts import NUMBER
from tests.rules import demand_none
from tools.course import PATHS
from tools.teach import formulas, problems

FORMULA = re.compile(r"\$([^$]+)\$")
ROWS = [line for line in formulas.whole().splitlines() if formulas.LINK.search(line)]


def without_spaces(tex):
    """Return TeX without its spaces, and what ends a displayed formula."""
    return re.sub(r"\\q?quad|\\[,;]|[\s&]|\\!", "", tex).rstrip(".,")


def text_of(row):
    """Return the text of the cells that a row leads to, all in one."""
    links = formulas.LINK.findall(row)
    return "\n".join(formulas.text(number, name) for _, number, name in links)


def foreign(row):
    """Yield each formula and number of a row that its cells do not have."""
    cells = text_of(row)
    for tex in FORMULA.findall(row):
        whole = re.escape(without_spaces(tex)) + r"(?![_^])"
        if not re.search(whole, without_spaces(cells)):
            yield tex
    words = FORMULA.sub("", formulas.LINK.sub("", row))
    numbers = re.findall(NUMBER, cells)
    for number in re.findall(rf"(?<![\w.]){NUMBER}", words):
        if number not in numbers:
            yield number


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[2:60])
def test_a_row_says_what_its_cells_say(row):
    demand_none(
        f"the sheet of formulas says {part!r}, and the cells that its row leads to do "
        f"not: mend web/formulas.md, or the cell; the row is {row}"
        for part in foreign(row)
    )


@pytest.mark.parametrize(
    ("right", "wrong"), [("7.27", "7.72"), ("(1-\\beta_1)/", "(1+\\beta_1)/")]
)
def test_a_wrong_number_and_a_wrong_formula_are_found(right, wrong):
    (row,) = (row for row in ROWS if "longest step" in row)
    assert list(foreign(row.replace(right, wrong)))


def test_every_row_leads_to_a_cell():
    tables = formulas.PAGE.read_text("utf-8").split("\n\n")
    rows = [row for table in tables if table[0] == "|" for row in table.split("\n")[2:]]
    cells = {(n, c.id) for n in PATHS for c in nbformat.read(PATHS[n], 4).cells}
    demand_none(
        f"a row of web/formulas.md leads to {sorted(links) or 'no cell'}: begin it "
        f"with cells that there are, [05](05:summary); the row is {row}"
        for row in filter(None, rows)
        if not (links := {link[1:] for link in formulas.LINK.findall(row)})
        or links - cells
    )
    assert len(rows) > 50


def test_every_row_of_the_summaries_is_on_the_sheet():
    sheet = without_spaces(formulas.whole())
    missing = []
    for number in PATHS:
        if number == "00" or number.startswith("deeper"):
            continue
        for row in formulas.text(number, "summary").splitlines():
            tex = FORMULA.findall(row)
            if row.startswith("|") and tex:
                parts = [part for formula in tex for part in formula.split(r", \quad")]
                on_it = [part for part in parts if without_spaces(part) in sheet]
                missing += [] if on_it else [(number, row)]
    demand_none(
        f"web/formulas.md lacks a row of the summary of {number}: write it there, with "
        f"its cell, `{number}:summary`; the row is {row}"
        for number, row in missing
    )


@pytest.mark.parametrize("number", problems.NUMBERS)
def test_each_formula_of_a_problem_can_be_drawn(number):
    for problem in problems.of(number):
        question = problem.variant(0)
        for text in question.text, *question.answers.values():
            assert "$" not in re.sub(
                r'alt="[^"]*"', "", formulas.with_pictures(text)
            ), text


def test_what_is_no_formula_stays_as_it_is_and_is_no_html():
    text = "<b>it cost $5, and $\\nonsense$"
    assert formulas.with_pictures(text) == "&lt;b&gt;it cost $5, and $\\nonsense$"
    assert '<img alt="a &lt; b" ' in formulas.with_pictures("where $a < b$")
