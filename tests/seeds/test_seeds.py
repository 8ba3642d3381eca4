"""With other seeds a notebook's words must hold, its assertions too, and its solutions.

One seed daily, the others monthly, and all of them for the companions.
"""

import re

import nbformat
import pytest

from tests.claims import table
from tests.claims.measures import monthly
from tests.claims.taught import names
from tests.rules import demand_none
from tools.course import PATHS
from tools.plain import tagged


@pytest.mark.parametrize(
    ("number", "seed"),
    [
        monthly(number, seed) if seed > 1 or "/" in number else (number, seed)
        for number in PATHS
        for seed in range(1, 6)
    ],
)
def test_a_notebook_holds_with_other_seeds_and_its_solutions(number, seed):
    left = names(number, seed)
    verdicts = re.findall("(?m)^(?:Correct|Not yet)", left["printed"])
    exercises = tagged(nbformat.read(PATHS[number], 4), "exercise")
    assert verdicts == ["Correct"] * len(exercises), left["printed"]
    order = [r for r in table.said(number) if any(table.choices(r.sentence))]
    demand_none(f for row in order if not row.here for f in table.faults(row, seed))
