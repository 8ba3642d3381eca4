"""The Spanish notebooks are the English ones, word by word translated, and run."""

import ast
import re
from collections import Counter

import nbformat
import pytest

from classroom.language import CATALOGUES
from tests.notebooks.test_notebooks import reaches_the_edge, size_faults
from tests.notebooks.test_runs import not_as_stored
from tools.course import NOTEBOOKS, ROOT
from tools.translate.held import english_words
from tools.translate.make import sentences, store, translated_notebook, write_course
from tools.translate.messages import tree_of

SPANISH = ROOT / "notebooks" / "es"
MADE = ROOT / "build" / "es" / "build" / "runs"
every_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def both(path):
    """Return the cells of a notebook in pairs, English and Spanish."""
    names = path, SPANISH / path.name
    english, spanish = (nbformat.read(name, as_version=4).cells for name in names)
    return [*zip(english, spanish, strict=True)]


def texts(cell):
    """Yield what a cell has put out, in letters: printed, shown, said of a picture."""
    for output in cell.get("outputs", []):
        yield output.get("text", "")
        yield output.get("data", {}).get("text/plain", "")
        yield said_of(output)


def said_of(output):
    """Return what is said of a picture, "" of what is none."""
    return output.get("metadata", {}).get("image/png", {}).get("alt", "")


def numbers(said):
    """Return the numbers in a text, in order."""
    return re.findall(r"\d+(?:\.\d+)?(?:e[+-]\d+)?", said)


def in_columns(cell):
    """Say of each number that a cell prints in all lines whether it is in a column.

    The last of each line comes first; of a column they begin or end in one place.
    """
    printed = "".join(output.get("text", "") for output in cell.get("outputs", []))
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


@every_notebook
def test_a_spanish_notebook_is_what_its_messages_make_of_the_english_one(path):
    made = translated_notebook("es", path)
    for cell, (english, spanish) in zip(made.cells, both(path), strict=True):
        source = spanish.source.replace('["../.."', '[".."')
        assert source == cell.source, f"{cell.id}: run `make spanish`"
        for key in ("id", "cell_type", "metadata"):
            assert spanish[key] == english[key]


def test_spanish_pages_are_what_their_messages_make_of_the_english_ones(tmp_path):
    write_course("es", tmp_path / "made")
    store("es", tmp_path / "made", tmp_path)
    for page in [*SPANISH.rglob("*.md"), ROOT / "README.es.md"]:
        made = (tmp_path / page.relative_to(ROOT)).read_text("utf-8")
        assert page.read_text("utf-8") == made, f"{page}: run `make spanish`"
    stored = CATALOGUES / "es" / "LC_MESSAGES" / "course.mo"
    assert stored.read_bytes() == sentences("es").to_binary(), "run `make spanish`"


@every_notebook
def test_the_program_is_the_same(path):
    for english, spanish in both(path):
        if english.cell_type == "code":
            assert program(english.source) == program(
                spanish.source.replace('["../.."', '[".."')
            ), english.id


@every_notebook
def test_spanish_code_has_no_more_lines_and_columns_than_english_may_have(path):
    made = translated_notebook("es", path).cells
    code = [cell for cell in made if cell.cell_type == "code"]
    found = [
        f"{cell.id}: {fault}" for cell in code for fault in size_faults(cell.source)
    ]
    assert not found, "\n".join([*found, "say it in fewer letters"])


@every_notebook
def test_it_puts_out_the_same_numbers_and_as_many_pictures(path):
    for english, spanish in both(path):
        if "nbval-ignore-output" not in english.metadata.get("tags", []):
            en, es = (numbers(" ".join(texts(cell))) for cell in (english, spanish))
            assert Counter(en) == Counter(es), english.id
        kinds = [[*out.get("data", {})] for out in english.get("outputs", [])]
        assert kinds == [[*out.get("data", {})] for out in spanish.get("outputs", [])]


@every_notebook
def test_no_picture_is_cut_off_by_a_longer_word(path):
    for _, cell in both(path):
        for output in cell.get("outputs", []):
            png = output.get("data", {}).get("image/png")
            assert not reaches_the_edge(png), cell.id


@every_notebook
def test_every_curve_stands_where_it_stands_in_english(path):
    """A program may go by a name, as in name.startswith("warm"): names are words."""
    for cells in both(path):
        if "nbval-ignore-output" in cells[0].metadata.get("tags", []):
            continue  # rounding draws it, and that is another on each machine
        pictures = [map(said_of, cell.get("outputs", [])) for cell in cells]
        english, spanish = ([*map(numbers, alts)] for alts in pictures)
        assert english == spanish, cells[0].id


@every_notebook
def test_numbers_that_stand_in_a_column_stand_in_one_in_spanish(path):
    for english, spanish in both(path):
        if english.cell_type == "code":
            pairs = zip(in_columns(english), in_columns(spanish), strict=False)
            assert (True, False) not in pairs, english.id


@every_notebook
def test_no_english_word_is_left_in_what_it_puts_out(path):
    for _, spanish in both(path):
        if spanish.id == "sentence-code":
            continue  # what a model has learnt from English
        left = english_words(" ".join(texts(spanish)))
        assert not left, (spanish.id, left)


@every_notebook
@pytest.mark.skipif(not MADE.exists(), reason="no Spanish run: make site runs it")
def test_a_spanish_notebook_says_what_is_stored(path, request):
    (run,) = MADE.glob(f"{path.stem}-*.ipynb")
    executed = nbformat.read(run, as_version=4)
    found = [*not_as_stored(SPANISH / path.name, executed, request.session)]
    assert not found, "\n".join(found)


def test_a_change_of_the_program_is_found():
    assert program('print("one", 1)') == program('print("uno", 1)')
    assert program('print("one", 1)') != program('print("uno", 2)')
    assert program('f"{a} of {b}"') == program('f"de {b}, {a}"')
    assert program('f"{a} of {b}"') != program('f"de {b}"')
    assert numbers("from 0.5 to 1e-05") == numbers("1e-05, luego 0.5")[::-1]
