"""The glossary, the sheet and the deck: no sentence of them is turned round.

What holds them is beside the page: a word's cell, the cells of a row, the tests of a
line of the class.
"""

import pytest

from tests.claims import said

PAGES = {
    "notebooks/glossary.md": "the cell that it names",
    "web/deck.md": "COVERAGE of test_deck",
    "web/formulas.md": "the cells of its rows",
}


@pytest.mark.parametrize("page", PAGES)
def test_no_sentence_of_a_page_is_turned_round(page):
    held = dict.fromkeys(said.by_part(page), (PAGES[page],))
    faults = "\n".join(said.moved(page, held, globals()))
    assert not faults, faults
