"""The glossary: each word is taught where it says, and each link to it arrives."""

import re

import nbformat
import pytest

from tools.course import NOTEBOOKS, ROOT, anchor

FOLDER = ROOT / "notebooks"
ENTRY = re.compile(
    r"## (?P<term>.+)\n\n\*(?P<spanish>[^*]+)\* · (?P<sentence>.+) "
    r"\[(?P<number>\d\d)\]\((?P<file>\S+\.ipynb)\), `(?P<cell>[\w-]+)`\n"
)
ENTRIES = [
    found.groupdict()
    for found in ENTRY.finditer((FOLDER / "glossary.md").read_text(encoding="utf-8"))
]


def texts(path):
    return {c.id: c.source for c in nbformat.read(path, as_version=4).cells}


def test_every_heading_is_an_entry_and_they_are_in_order():
    glossary = (FOLDER / "glossary.md").read_text(encoding="utf-8")
    terms = [entry["term"] for entry in ENTRIES]
    assert terms == re.findall("(?m)^## (.+)", glossary)
    assert terms == sorted(terms, key=str.lower)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: anchor(entry["term"]))
def test_a_word_is_taught_in_the_cell_that_is_named(entry):
    assert entry["file"].startswith(entry["number"])
    assert len(entry["sentence"].split()) <= 30
    cell = texts(FOLDER / entry["file"])[entry["cell"]]
    bold = " ".join(re.findall(r"\*\*([^*]+)\*\*", cell) + re.findall("(?m)^#.*", cell))
    stem = re.sub(r"\W+", ".{0,3}", re.sub(r" \(.*", "", entry["term"]))[:-1]
    assert re.search(stem, bold, re.IGNORECASE), f"not in bold: {entry['term']}"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_links_to_the_glossary_arrive(path):
    anchors = {anchor(entry["term"]) for entry in ENTRIES}
    linked = re.findall(r"\(glossary\.md#([\w-]+)\)", "\n".join(texts(path).values()))
    assert set(linked) <= anchors
