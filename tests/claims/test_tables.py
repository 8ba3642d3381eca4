"""What the texts say is what the cells compute: every row of every table, as it stands.

With other seeds: tests/seeds.
"""

import re

import nbformat
import numpy as np
import pytest

from classroom.questions import Prediction
from tests.claims import table, texts
from tests.claims.measures import monthly
from tests.claims.taught import names, panels
from tests.claims.texts import NUMBER
from tests.rules import demand, demand_none
from tools.course import PATHS
from utils.optimizers import Optimizer

every_notebook = pytest.mark.parametrize("number", PATHS)
TABLES = [*PATHS, "pages"]
SETTINGS = {"η": "lr", "β": "beta", "β₁": "beta1", "β₂": "beta2"}
# Pictures, and curves of board and figures, which tests/library tries.
DRAWN = r"imshow|board\.draw\(|figures\.curves\("
FIGURES = [(number, cell) for number in PATHS for cell in table.figures(number)]


@pytest.mark.parametrize(
    "row",
    [monthly(r) if r.monthly else r for t in TABLES for r in table.said(t)],
    ids=str,
)
def test_a_sentence_says_what_the_cells_compute(row):
    demand_none(table.faults(row))


@pytest.mark.parametrize(
    "row", [r for t in TABLES for r in table.said(t) if r.monthly], ids=str
)
def test_a_sentence_that_is_computed_monthly_stands_in_its_text(row):
    table.stated(row)


@pytest.mark.parametrize(("number", "cell"), FIGURES)
def test_a_figure_draws_what_its_labels_say(number, cell):
    wanted, axes = table.figures(number)[cell], panels(number, cell)
    assert len(wanted) == len(axes), (
        f"figure {cell} of tests/claims/{number}.txt has {len(wanted)} panels, drawn "
        f"are {len(axes)}: give each a line."
    )
    for panel, ax in zip(wanted, axes, strict=True):
        demand_none(table.figure_faults(panel, ax))


@every_notebook
def test_each_figure_has_rows(number):
    drawn = {
        cell.id
        for cell in nbformat.read(PATHS[number], 4).cells
        if any("image/png" in out.get("data", {}) for out in cell.get("outputs", []))
        and "@sliders.live(" not in cell.source  # these move: test_sliders.py
        and not re.search(DRAWN, cell.source)
    }
    demand_none(
        f"no row says what cell {cell} of {number} draws: add to tests/claims/"
        f"{number}.txt a section `figure {cell}`, with its curves and its title"
        for cell in sorted(drawn - table.figures(number).keys())
    )


@every_notebook
def test_the_predictions_are_told_what_the_table_says(number):
    told = {
        name: value.outcome if value.options else f"{value.outcome:.4g}"
        for name, value in names(number).items()
        if isinstance(value, Prediction)
    }
    rows = {row.sentence: row for row in table.section(number, "revealed")}
    wanted = {name: eval(row.expression) for name, row in rows.items()}
    places = {name: row.place for name, row in rows.items()}
    demand_none(
        f"{places.get(name, f'tests/claims/{number}.txt, revealed')}: {name} is "
        f"{wanted.get(name, 'in no row')!r} here, {told.get(name, 'no question')!r} in "
        "the notebook: write what it reveals, or delete the row"
        for name in sorted(told.keys() | wanted.keys())
        if told.get(name) != wanted.get(name)
    )


@every_notebook
def test_a_label_has_the_settings_of_its_optimizer(number):
    made = [value for value in names(number).values() if isinstance(value, dict)]
    for label, rule in (pair for group in made for pair in group.items()):
        if isinstance(label, str) and isinstance(rule, Optimizer):
            for letter, text in re.findall(rf"(η|β[₁₂]?) = ({NUMBER})", label):
                value = getattr(rule, SETTINGS[letter])
                assert np.all(value == float(text)), f"{label} of {number} is {rule}"


@pytest.mark.parametrize("name", [*PATHS, *texts.PAGES])
def test_no_number_of_a_text_is_loose(name):
    demand_none(table.loose(name))


@pytest.mark.parametrize("name", TABLES)
def test_each_section_of_a_table_is_a_place_of_its_text(name):
    rows = table.said(name)
    known = {*texts.PAGES} if name == "pages" else {*texts.places(name)}
    for row in rows:
        demand(
            row.section in known,
            f"{row.place}: no place is called {row.section!r} any more: delete its "
            "rows (python -m tests.claims.leftovers names all), or write the new name.",
        )
        demand(
            choices_of(row),
            f"{row.place}: no {{}} and no {{a/b}} in it: delete it, it says nothing.",
        )


def choices_of(row):
    return table.choices(row.sentence)
