"""The syllabus counts what the notebooks have; its calendars hold the whole course."""

import re

import nbformat
import pytest

from tools.course import NOTEBOOKS
from tools.minutes import ALONE, contents, thread
from tools.teach import syllabus


def test_every_outcome_of_every_notebook_is_in_the_syllabus():
    said = syllabus.outcomes()
    for path in NOTEBOOKS[1:]:
        cells = nbformat.read(path, as_version=4).cells
        (objectives,) = (cell.source for cell in cells if cell.id == "objectives")
        promised = re.findall(r"(?m)^- .+$", objectives)
        assert len(promised) >= 3
        assert [line for line in promised if line not in said] == []


@pytest.mark.parametrize("number", syllabus.numbers())
def test_the_time_alone_is_reading_and_what_a_class_leaves_for_home(number):
    kinds = set(ALONE) - set(syllabus.DONE)
    cells = list(thread(syllabus.notebook(number)))
    reading = sum(ALONE[k] * contents(c).get(k, 0) for c in cells for k in kinds)
    _, alone = syllabus.stated(number)
    assert 0 <= alone - (reading + syllabus.minutes_of(number, *syllabus.DONE)) <= 5


def test_the_hours_are_those_of_the_notebooks_heads():
    rows = syllabus.hours().splitlines()[2:]
    for number, row in zip(syllabus.numbers(), rows, strict=False):
        in_class, alone = syllabus.stated(number)
        _, _, _, first, home, last, _ = map(str.strip, row.split("|"))
        assert (first, last) == (f"{in_class} min", f"{alone} min")
        assert int(home.split()[0]) == syllabus.after(number) < alone


@pytest.mark.parametrize("hours", syllabus.PLANS)
def test_a_calendar_has_its_hours_and_no_notebook_twice(hours):
    plan = syllabus.PLANS[hours]
    assert len(plan) == hours
    done = [what for what, _ in plan if "lab" not in what]
    read = [number for _, number in plan if number]
    assert len({*done, *read}) == len(done) + len(read)
    assert sorted([*done, *read]) == syllabus.numbers()[: 6 if hours == 4 else 8]
    assert sorted(done) == done


def test_exercises_are_counted_once():
    """Done in the room they take the room's minutes; at home all of theirs."""
    together = sum(syllabus.at_home(*row, lab=True) for row in syllabus.PLANS[12])
    apart = sum(syllabus.at_home(*row, lab=False) for row in syllabus.PLANS[8])
    labs = sum("lab" in what for what, _ in syllabus.PLANS[12])
    assert apart - together == pytest.approx(labs * syllabus.LAB, abs=30)
