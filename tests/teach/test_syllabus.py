"""The syllabus counts what the notebooks have; its calendars hold the whole course."""

import re

import pytest

from tests.rules import demand
from tools.counting import ALONE, contents, thread
from tools.course import ROOT
from tools.teach import syllabus


def test_the_syllabus_says_what_every_notebook_promises():
    page = (ROOT / "web" / "syllabus.md").read_text("utf-8")
    for number in syllabus.numbers():
        heading = f"### {number} · {syllabus.title(number)}\n"
        promised = re.findall(r"(?m)^- ", page.partition(heading)[2].partition("##")[0])
        demand(
            len(promised) >= 3,
            f"web/syllabus.md has {len(promised)} outcomes of {number}: list three or "
            f"more, each on a line that begins with -, under the heading {heading!r}",
        )


@pytest.mark.parametrize("number", syllabus.numbers())
def test_the_time_alone_is_reading_and_what_a_class_leaves_for_home(number):
    kinds = set(ALONE) - set(syllabus.DONE)
    cells = list(thread(syllabus.notebook(number)))
    reading = sum(ALONE[k] * contents(c).get(k, 0) for c in cells for k in kinds)
    work = syllabus.minutes_of(number, *syllabus.DONE)
    _, alone = syllabus.stated(number)
    demand(
        0 <= alone - (reading + work) <= 5,
        f"the title of {number} says {alone} minutes alone; its cells take "
        f"{reading + work:.0f}: {reading:.0f} to read, {work:.0f} for exercises, quiz "
        "and code. Write those up to the next five in the title and in the README, or "
        "change the minutes in the headings of its exercises.",
    )


def test_the_hours_are_those_of_the_notebooks_heads():
    rows = syllabus.hours().splitlines()[2:]
    for number, row in zip(syllabus.numbers(), rows, strict=False):
        in_class, alone = syllabus.stated(number)
        _, _, _, first, home, last, _ = map(str.strip, row.split("|"))
        demand(
            (first, last) == (f"{in_class} min", f"{alone} min"),
            f"the syllabus gives {number} {first} and {last}, its title {in_class} and "
            f"{alone} minutes: mend hours() of tools/teach/syllabus.py",
        )
        assert int(home.split()[0]) == syllabus.after(number) < alone


@pytest.mark.parametrize("hours", syllabus.PLANS)
def test_a_calendar_has_its_hours_and_no_notebook_twice(hours):
    plan = syllabus.PLANS[hours]
    demand(
        sum(bool(what) for what, _ in plan) == hours,
        f"the calendar of {hours} hours has {len(plan)} rows: give PLANS of "
        "tools/teach/syllabus.py one for each hour",
    )
    done = [what for what, _ in plan if what and "lab" not in what]
    read = [number for _, number in plan if number]
    wanted = syllabus.numbers()[: {4: 6, 8: 8, 12: 10}[hours]]
    demand(
        sorted([*done, *read]) == wanted and sorted(done) == done,
        f"the calendar of {hours} hours does {', '.join(done)} in class and reads "
        f"{', '.join(read) or 'none'} at home: each of {', '.join(wanted)} is to come "
        "once, in order (PLANS of tools/teach/syllabus.py)",
    )


def test_exercises_are_counted_once():
    """Done in the room they take the room's minutes; at home all of theirs."""
    labs = syllabus.together(plan := syllabus.PLANS[12])
    together = sum(syllabus.at_home(*row, labs) for row in plan)
    apart = sum(map(syllabus.after, syllabus.numbers()))
    hours = sum("lab" in what for what, _ in plan)
    assert apart - together == pytest.approx(hours * syllabus.LAB, abs=30)


def test_the_tables_that_are_stored_are_those_that_are_counted():
    page = (ROOT / "web" / "syllabus.md").read_text("utf-8")
    demand(
        syllabus.with_tables(page) == page,
        "the tables of web/syllabus.md are not those of the notebooks: "
        "python -m tools.minutes --set writes them",
    )
