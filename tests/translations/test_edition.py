"""The Spanish notebooks are the English ones, word by word translated, and run.

They are stored without outputs; what they put out is read from the run for the site.
"""

import ast
import re
from collections import Counter
from functools import cache

import nbformat
import pytest

from tests.notebooks.test_notebooks import reaches_the_edge, size_faults
from tests.translations.english import english_left, english_shown
from tools.course import PATHS, ROOT, name_of
from tools.execute import stored
from tools.translate.make import stored_files, translated_notebook
from tools.translate.messages import WAITING, remarks, tree_of, with_spaces

SPANISH = ROOT / "notebooks" / "es"
RUNS = ROOT / "build" / "es" / "build" / "runs"
every_notebook = pytest.mark.parametrize("path", PATHS.values(), ids=name_of)


@cache
def translated(path):
    """Return the Spanish cells as the messages make them of the English ones."""
    return translated_notebook("es", path).cells


def code_pairs(path):
    """Return the code cells of a notebook in pairs, English and Spanish, not run."""
    english = nbformat.read(path, as_version=4).cells
    pairs = zip(english, translated(path), strict=True)
    return [pair for pair in pairs if pair[0].cell_type == "code"]


@cache
def run_pairs(path):
    """Return the same pairs, the Spanish as run; skip if that is not there, or old."""
    runs = [nbformat.read(run, as_version=4) for run in RUNS.glob(f"{name_of(path)}-*")]
    cells = {cell.id: cell for run in runs for cell in run.cells}
    pairs = code_pairs(path)
    if not all(c.id in cells and cells[c.id].source == c.source for _, c in pairs):
        pytest.skip("THE SPANISH OUTPUTS WERE NOT TRIED: make site runs the notebooks")
    for _, cell in pairs:
        cell.outputs = stored(cells[cell.id].outputs)
    return pairs


def translated_pairs(pairs):
    """Leave out the cells in which English waits: its mark may take a letter's room."""
    return [pair for pair in pairs if WAITING not in pair[1].source]


def texts(cell):
    """Return what a cell has put out, in letters: printed, shown, said of a picture."""
    shown = [output.get("data", {}).get("text/plain", "") for output in cell.outputs]
    return [*(output.get("text", "") for output in cell.outputs), *shown, *alts(cell)]


def alts(cell):
    """Return the text alternative of each output, "" of what is no picture."""
    metadata = [output.get("metadata", {}) for output in cell.outputs]
    return [data.get("image/png", {}).get("alt", "") for data in metadata]


def kinds(cell):
    """Return of each output of a cell what kind it is: its stream, or its data."""
    return [output.get("name", [*output.get("data", {})]) for output in cell.outputs]


def numbers(text):
    """Return the numbers in a text, in order, whatever parts their thousands."""
    text = re.sub(r"(?<=\d)[,\u202f](?=\d{3})", "", text)
    return re.findall(r"\d+(?:\.\d+)?(?:e[+-]\d+)?", text)


def in_columns(cell):
    """Say of each number that a cell prints in all lines whether it is in a column.

    The last of each line comes first; of a column they begin or end in one place.
    """
    printed = "".join(output.get("text", "") for output in cell.outputs)
    number = re.compile(r"[-+]?\d[\d.]*(?:e[+-]\d+)?")
    places = [[m.span() for m in number.finditer(s)] for s in printed.splitlines()]
    return [
        any(len(set(edges)) == 1 for edges in zip(*column, strict=True))
        for column in zip(*map(reversed, places), strict=False)
    ]


class WithoutStrings(ast.NodeTransformer):
    """Empty the strings of a tree: two programs that differ in them alone are equal."""

    def visit_Constant(self, node):
        return ast.Constant("" if isinstance(node.value, str) else node.value)

    def visit_JoinedStr(self, node):
        fields = [part for part in node.values if isinstance(part, ast.FormattedValue)]
        return ast.List(sorted(fields, key=ast.dump))


def program(source):
    return ast.dump(WithoutStrings().visit(tree_of(source)))


def test_what_is_stored_is_what_the_messages_make_of_the_english_course(course):
    files = dict(stored_files("es", course))
    for name, content in files.items():
        assert (ROOT / name).read_bytes() == content, (
            f"{name} is not what its messages make of the English: run `make spanish`"
        )
    there = {
        path.relative_to(ROOT).as_posix()
        for path in SPANISH.rglob("*")
        if path.is_file() and ".ipynb_checkpoints" not in path.parts
    }
    assert there <= {*files}, "no message makes these: run `make spanish`"


@every_notebook
def test_the_program_is_the_same_and_nothing_is_stored_that_a_run_makes(path):
    for english, spanish in code_pairs(path):
        expected = program(with_spaces(english.source))
        assert expected == program(spanish.source), english.id
        assert (spanish.outputs, spanish.execution_count) == ([], None)


@every_notebook
def test_spanish_code_has_no_more_lines_and_columns_than_english_may_have(path):
    faults = [
        f"{cell.id}: {fault}"
        for _, cell in translated_pairs(code_pairs(path))
        for fault in size_faults(cell.source)
    ]
    assert not faults, "\n".join([*faults, "say it in fewer letters"])


@every_notebook
def test_it_puts_out_the_same_numbers_and_draws_the_same_curves(path):
    """A program may go by a name, as in name.startswith("warm"): names are words."""
    for english, spanish in run_pairs(path):
        assert kinds(english) == kinds(spanish), english.id
        if "nbval-ignore-output" not in english.metadata.get("tags", []):
            en, es = (numbers(" ".join(texts(cell))) for cell in (english, spanish))
            assert Counter(en) == Counter(es), english.id
            en, es = ([*map(numbers, alts(cell))] for cell in (english, spanish))
            assert en == es, english.id  # of a picture in their order


@every_notebook
def test_no_picture_is_cut_off_by_a_longer_word(path):
    for _, cell in translated_pairs(run_pairs(path)):
        for output in cell.outputs:
            png = output.get("data", {}).get("image/png")
            assert not reaches_the_edge(png), cell.id


@every_notebook
def test_numbers_that_stand_in_a_column_stand_in_one_in_spanish(path):
    for english, spanish in translated_pairs(run_pairs(path)):
        pairs = zip(in_columns(english), in_columns(spanish), strict=False)
        assert (True, False) not in pairs, english.id


@every_notebook
def test_no_english_word_is_left_in_what_it_puts_out(path):
    for _, spanish in run_pairs(path):
        if spanish.id in ("sentence-code", "text-read", "write"):
            continue  # a book that a model reads, what it learnt, and what it writes
        left = english_shown(" ".join(texts(spanish)))
        assert not left, (spanish.id, left)


def test_teachers_have_the_words_of_spain(course):
    assert "| ordenador |" in (course / "web/teachers.md").read_text("utf-8")


@every_notebook
def test_no_english_word_is_left_in_a_comment(path):
    for _, spanish in code_pairs(path):
        for _start, _end, remark in remarks(spanish.source):
            assert not english_left(remark), (spanish.id, remark)


def test_a_change_of_the_program_is_found():
    assert program('print("one", 1)') == program('print("uno", 1)')
    assert program('print("one", 1)') != program('print("uno", 2)')
    assert program('f"{a} of {b}"') == program('f"de {b}, {a}"')
    assert program('f"{a} of {b}"') != program('f"de {b}"')
    assert numbers("from 0.5 to 1e-05") == numbers("1e-05, luego 0.5")[::-1]
