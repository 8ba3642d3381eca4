"""The glossary: each word is taught where it says, and each link to it arrives."""

import re
from functools import cache
from itertools import pairwise

import nbformat
import pytest

from tests.rules import demand_none
from tools.course import PATHS, ROOT, anchor, name_of

FOLDER = ROOT / "notebooks"
ENTRY = re.compile(
    r"## (?P<term>.+)\n\n\*(?P<spanish>[^*]+)\* · (?P<sentence>.+) "
    r"\[(?P<number>\d\d)\]\((?P<file>\S+\.ipynb)\), `(?P<cell>[\w-]+)`\n"
)
ENTRIES = [
    match.groupdict()
    for match in ENTRY.finditer((FOLDER / "glossary.md").read_text(encoding="utf-8"))
]


@cache
def texts(path):
    return {c.id: c.source for c in nbformat.read(path, as_version=4).cells}


FORM = "*Spanish* · a sentence. [NN](NN_name.ipynb), `cell-id`"


def test_every_heading_is_an_entry_and_they_are_in_order():
    glossary = (FOLDER / "glossary.md").read_text(encoding="utf-8")
    terms = [entry["term"] for entry in ENTRIES]
    headings = re.findall("(?m)^## (.+)", glossary)
    demand_none(
        f"glossary.md, {heading}: no entry; it needs {FORM}"
        for heading in headings
        if heading not in terms
    )
    demand_none(
        f"glossary.md: {later} stands after {first}: words are in alphabetical order"
        for first, later in pairwise(headings)
        if first.lower() > later.lower()
    )


def entry_faults(entry):
    """Yield a sentence for each fault of an entry of the glossary."""
    term, file, name = (entry[part] for part in ("term", "file", "cell"))
    if not file.removeprefix("deeper/").startswith(entry["number"]):
        yield f"the link [{entry['number']}] leads to {file}: mend one of them"
    if len(entry["sentence"].split()) > 30:
        yield f"{len(entry['sentence'].split())} words, more than 30: shorten it"
    cell = texts(FOLDER / file).get(name, "")
    bold = " ".join(re.findall(r"\*\*([^*]+)\*\*", cell) + re.findall("(?m)^#.*", cell))
    stem = re.sub(r"\W+", ".{0,3}", re.sub(r" \(.*", "", term))[:-1]
    if not re.search(stem, bold, re.IGNORECASE):
        yield (
            f"cell `{name}` of {file} does not have {term} in bold: name the cell "
            "where the word first stands and is defined, or put it in bold there"
        )


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: anchor(entry["term"]))
def test_a_word_is_taught_in_the_cell_that_is_named(entry):
    demand_none(f"glossary.md, {entry['term']}: {f}" for f in entry_faults(entry))


@pytest.mark.parametrize("path", PATHS.values(), ids=name_of)
def test_links_to_the_glossary_arrive(path):
    anchors = {anchor(entry["term"]) for entry in ENTRIES}
    demand_none(
        f"{path.name}, cell {name}: the glossary has no word #{link}: mend the "
        "link, or give the word an entry"
        for name, source in texts(path).items()
        for link in re.findall(r"\((?:\.\./)?glossary\.md#([\w-]+)\)", source)
        if link not in anchors
    )
