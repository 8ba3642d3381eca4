"""The students' edition has nothing that is the teacher's; both are whole."""

import nbformat
import pytest

from tools.course import NOTEBOOKS, ROOT
from tools.site.slides import on_slides, teaching
from tools.site.source import write
from tools.teach import formulas, inventory

EDITIONS = {"students": False, "teacher": True}
every_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


@pytest.fixture(scope="module", params=EDITIONS)
def edition(request, tmp_path_factory):
    """The name of an edition, and the folder of its source."""
    folder = tmp_path_factory.mktemp("source") / request.param
    write(folder, EDITIONS[request.param], live=ROOT / "notebooks")
    return request.param, folder


def texts(folder):
    return {path: path.read_text("utf-8") for path in folder.rglob("*.*")}


def test_the_teachers_pages_are_in_one_edition_only(edition):
    name, folder = edition
    folders = {path.relative_to(folder).parts[:-1] for path in folder.rglob("*.md")}
    assert (("teacher",) in folders) == (("notebooks", "teaching") in folders)
    assert (("teacher",) in folders) == (name == "teacher")
    assert ("teacher/index" in (folder / "index.md").read_text("utf-8")) == (
        name == "teacher"
    )


def test_the_key_of_the_inventory_is_in_one_edition_only(edition):
    name, folder = edition
    whole = "\n".join(texts(folder).values())
    beliefs = {
        belief for item in inventory.key() for belief in item["A"] + item["B"] if belief
    }
    assert len(beliefs) > 60
    leaks = {belief for belief in beliefs if len(belief) > 15 and belief in whole}
    assert (len(leaks) > 5) == (name == "teacher"), leaks  # a few are plain English


@every_notebook
def test_a_note_of_the_teacher_is_in_one_edition_only(edition, path):
    name, folder = edition
    whole = "\n".join(texts(folder).values())
    asked = [line for *_, text in teaching(path.stem[:2]) for line in text.split("\n")]
    notes = [line for line in asked if len(line) > 40]
    assert len(notes) >= 2
    assert [line for line in notes if (line in whole) != (name == "teacher")] == []


@every_notebook
def test_the_speaker_has_notes_in_one_edition_only(path):
    notes = {}
    for name, teacher in EDITIONS.items():
        cells = nbformat.read(path, as_version=4).cells
        shown = on_slides(cells, path.stem[:2], teacher)
        notes[name] = [cell.id for cell in shown if cell.id.endswith("-asked")]
    assert notes["students"] == []
    assert len(notes["teacher"]) == len(teaching(path.stem[:2]))


def test_every_page_of_the_course_is_in_both(edition):
    _, folder = edition
    pages = {path.name for path in folder.glob("*.md")}
    assert pages >= {"index.md", "teachers.md", "syllabus.md", "formulas.md"}
    assert {path.name for path in (folder / "notebooks").glob("*.ipynb")} == {
        path.name for path in NOTEBOOKS
    }


def test_what_is_made_for_a_page_is_there(edition):
    _, folder = edition
    for path in folder.glob("*.md"):
        assert "<!--" not in path.read_text("utf-8"), path


def test_a_link_to_a_cell_has_its_place(edition):
    _, folder = edition
    for stem, names in formulas.cells_linked().items():
        page = nbformat.read(folder / "notebooks" / f"{stem}.ipynb", as_version=4)
        places = [cell.id for cell in page.cells if "cell-" + cell.id in cell.source]
        assert {*places} == names
