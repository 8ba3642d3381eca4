"""The handouts: a PDF has every formula, figure and note of its class.

`make site` or `make handouts` prints them, if there is Chromium; without them these
tests are skipped, and say so.
"""

import re
from functools import cache

import nbformat
import pytest

from tests.claims.texts import FORMULA
from tools.course import LIVE, NOTEBOOKS, ROOT
from tools.site.slides import role, text_cell
from tools.teach import formulas, handouts
from tools.teach.handouts import (
    class_at,
    classes,
    page,
    print_page,
    slides,
    title_of,
)  # fmt: skip

pypdf = pytest.importorskip("pypdf", reason="NO pypdf: see tests/requirements.txt")

HANDOUTS = ROOT / "build" / "site" / "handouts"
TEACHER = (ROOT / "build" / "site" / "teacher").exists()  # the edition that was built
PDFS = sorted(HANDOUTS.glob("*.pdf"))
every_handout = pytest.mark.parametrize("pdf", PDFS, ids=lambda path: path.stem)


def class_of(pdf):
    """Return the class that a handout is printed from."""
    if pdf.stem.isdigit():
        return class_at(next(LIVE.glob(f"{pdf.stem}*.ipynb")))
    path = ROOT / "web" / f"{pdf.stem.partition('-')[0]}.md"
    return class_at(path, classes(path)[pdf.stem])


def elements(node):
    """Yield the elements of a PDF's structure, from the first to the last."""
    node = node.get_object()
    for part in node if isinstance(node, list) else [node]:
        part = part.get_object()
        if isinstance(part, dict) and "/S" in part:
            yield part
            yield from elements(part["/K"]) if "/K" in part else ()


def is_drawn(element):
    """Say whether something on a page belongs to an element, or to one below it."""
    below = element.get("/K", [])
    below = below if isinstance(below, list) else [below]
    return any(isinstance(part.get_object(), int) for part in below) or any(
        is_drawn(part) for child in below for part in elements(child)
    )


def alternatives(reader, kind):
    """Return the texts, in order, of what is drawn as a formula ("TeX") or figure."""
    root = reader.trailer["/Root"]["/StructTreeRoot"]["/K"]
    figures = [part for part in elements(root) if part["/S"] == "/Figure"]
    texts = [part["/Alt"] for part in figures if is_drawn(part)]
    return [text.removeprefix(f"{kind}: ") for text in texts if text.startswith(kind)]


def without_spaces(text):
    return re.sub(r"\s", "", text)


def stands_in(words, text):
    """Say whether words are there; a page may end within them."""
    return any(words[:k] in text and words[k:] in text for k in range(len(words)))


def tex_of(cell):
    """Return the formulas of a text, as TeX; what is code holds none."""
    text = re.sub(r"(?s)```.*?```|`[^`]*`", "", cell.source)
    return [without_spaces(formula.strip("$")) for formula in FORMULA.findall(text)]


def cells_of(pdf):
    """Return the cells of a class that are to be on paper."""
    cells = [cell for slide in slides(class_of(pdf).cells) for cell in slide]
    return [cell for cell in cells if TEACHER or not cell.id.endswith("-asked")]


def lost_formulas(reader, cells):
    """Return each formula that is not on paper, in its place."""
    missing = [tex for c in cells if c.cell_type == "markdown" for tex in tex_of(c)]
    on_paper = [without_spaces(tex) for tex in alternatives(reader, "TeX")]
    for tex in on_paper:  # what a question asks may have formulas too: they are no loss
        if missing and tex == missing[0]:
            missing.pop(0)
    return missing


@pytest.mark.skipif(not PDFS, reason="NO HANDOUT WAS TESTED: run make handouts")
def test_there_is_a_handout_of_each_class():
    names = [path.name[:2] for path in NOTEBOOKS]
    decks = ["deck", "deck-100", "deck-50"]
    assert sorted(pdf.stem for pdf in PDFS) == [*names, *decks, "formulas"]


@cache
def text_of(path):
    """Return the text of each page of a PDF."""
    return [without_spaces(page.extract_text()) for page in pypdf.PdfReader(path).pages]


@every_handout
def test_every_formula_is_on_paper(pdf):
    cells = cells_of(pdf)
    assert lost_formulas(pypdf.PdfReader(pdf), cells) == []
    assert sum(len(tex_of(cell)) for cell in cells) > 0


@every_handout
def test_every_figure_is_on_paper_and_has_a_text(pdf):
    outputs = [out for cell in cells_of(pdf) for out in cell.get("outputs", [])]
    pictures = [out for out in outputs if "image/png" in out.get("data", {})]
    texts = alternatives(pypdf.PdfReader(pdf), "Figure")
    assert len(texts) == len(pictures)
    assert all(len(text) > 20 for text in texts)


@every_handout
def test_every_note_is_on_paper(pdf):
    text = "".join(text_of(pdf))
    for cell in cells_of(pdf):
        if role(cell) == "notes":
            read = re.sub(r"\]\([^)]*\)", "*", FORMULA.sub("*", cell.source))
            for words in map(without_spaces, re.split(r"[^\w\s,.]+", read)):
                assert len(words) < 20 or stands_in(words, text), f"{cell.id}: {words}"


@every_handout
def test_a_handout_has_a_title_a_language_tags_and_page_numbers(pdf):
    handout = pypdf.PdfReader(pdf)
    root = handout.trailer["/Root"]
    assert handout.metadata.title == (title := title_of(class_of(pdf)))
    assert root["/Lang"] == "en" and root["/MarkInfo"]["/Marked"]
    for number, text in enumerate(text_of(pdf), 1):
        assert text.endswith(without_spaces(f"{number}{title}"))
    assert pdf.stem != "formulas" or len(handout.pages) == 2  # of one sheet


@pytest.mark.skipif(TEACHER, reason="this is the teacher's edition")
@every_handout
def test_the_students_handouts_have_no_clock(pdf):
    assert not re.search(r"Minute\d+\.", "".join(text_of(pdf)))


def test_only_what_has_changed_is_printed_again(tmp_path, monkeypatch):
    titles = []
    monkeypatch.setattr(handouts, "print_page", lambda *page: titles.append(page[-1]))
    for title in "One", "One", "Two":
        monkeypatch.setattr(handouts, "title_of", lambda _, title=title: title)
        handouts.print_class(None, formulas.PAGE, tmp_path, "formulas")
    assert titles == ["One", "Two"]


@pytest.mark.parametrize("css", ["display: none", "visibility: hidden"])
def test_a_formula_that_is_lost_on_paper_is_found(css, browser, tmp_path):
    if not (ROOT / "build" / "site" / "_static" / "mathjax").exists():
        pytest.skip("NO HANDOUT WAS PRINTED: no MathJax; run make site")
    cells = [
        text_cell("# A title\n\nHere $a = 1$, $b = 2$ and $$c = 3.$$", "slide", "a")
    ]
    html = page(nbformat.v4.new_notebook(cells=cells), "A title")
    hide = f"<style>[aria-label='TeX: b = 2'] {{ {css} !important }}</style>"
    lost = []
    for style in "", hide:
        (source := tmp_path / "page.html").write_text(html.replace("</head>", style))
        print_page(browser, source, tmp_path / "page.pdf", "A title")
        lost.append(lost_formulas(pypdf.PdfReader(tmp_path / "page.pdf"), cells))
    assert lost == [[], ["b=2", "c=3."]]  # from the first that is lost on


SPANISH = sorted((ROOT / "build" / "site" / "es" / "handouts").glob("*.pdf"))


@pytest.mark.skipif(
    not SPANISH, reason="NO SPANISH HANDOUT WAS TESTED: run make handouts LANGUAGE=es"
)
def test_a_spanish_handout_is_in_spanish_and_has_as_many_formulas_and_figures():
    assert [pdf.name for pdf in SPANISH] == [pdf.name for pdf in PDFS]
    for pdf in SPANISH:
        ours, english = (pypdf.PdfReader(p) for p in (pdf, HANDOUTS / pdf.name))
        assert ours.trailer["/Root"]["/Lang"] == "es"
        assert len(alternatives(ours, "TeX")) == len(alternatives(english, "TeX"))
        assert len(alternatives(ours, "Figura")) == len(alternatives(english, "Figure"))
        assert ours.metadata.title != english.metadata.title or pdf.stem == "04"
