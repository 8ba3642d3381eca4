"""Twelve runs to spend: what they cost, what is refused, what is kept."""

import matplotlib.pyplot as plt
import pytest

from classroom import budget
from classroom.budget import fly
from tests.classroom.test_record import file  # noqa: F401  the file of a record
from utils import flights

GOOD = "AdamW", 2**-8, "cosine", 1


@pytest.fixture(autouse=True)
def whole_budget(monkeypatch):
    monkeypatch.setattr(budget, "_flown", {})
    yield
    plt.close("all")


def refused(*call, **options):
    with pytest.raises(ValueError) as error:
        fly(*call, **options)
    return str(error.value)


def test_a_run_costs_the_steps_that_were_seen_and_goes_on_where_it_stopped():
    first = fly(*GOOD, steps=100)
    assert (first.steps, budget.left()) == (100, 3500)
    whole = fly(*GOOD)
    assert (whole.steps, budget.left()) == (300, 3300)
    assert (whole.series["validation"][:25] == first.series["validation"]).all()
    assert fly(*GOOD).steps == 300 and budget.left() == 3300  # to look again is free


def test_what_is_stopped_by_hand_gives_the_rest_back(monkeypatch):
    monkeypatch.setenv("TQDM_DISABLE", "0")
    seen = iter(range(10))

    def pause(_seconds):
        if next(seen) == 9:
            raise KeyboardInterrupt

    monkeypatch.setattr(budget.time, "sleep", pause)
    assert fly(*GOOD).steps == 40 and budget.left() == 3560


def test_a_thirteenth_run_is_refused():
    for lr in flights.rates("AdamW"):
        fly("AdamW", lr)
    for lr in flights.rates("SGD")[:3]:
        fly("SGD", lr)
    assert budget.left() == 0
    assert refused("Muon", 2**-6) == (
        "all 3600 steps are spent, 12 runs of 300: nothing is left to fly; try one of "
        "those that you have flown, in logbook()."
    )
    assert fly("AdamW", 2**-11).steps == 300


@pytest.mark.parametrize("steps", [0, -4, 302, 304, 2.5, "100", None])
def test_steps_are_a_multiple_of_four_up_to_300(steps):
    assert refused(*GOOD, steps=steps) == (
        f"steps={steps!r}: give a multiple of 4 from 4 to 300, for 3600 steps are "
        "left; try steps=300."
    )


def test_a_control_cannot_be_flown():
    said = "clip=0.25: fly with None or 1; try clip=1."
    assert refused("AdamW", 2**-8, "cosine", 0.25) == said


def test_a_new_kernel_gives_nothing_back(file, monkeypatch):  # noqa: F811
    fly(*GOOD, steps=100)
    monkeypatch.setattr(budget, "_flown", {})
    assert budget.left() == 3500 and budget.logbook() == {GOOD: 100}


def test_what_was_flown_in_another_recording_does_not_count(file, monkeypatch):  # noqa: F811
    fly(*GOOD, steps=100)
    monkeypatch.setattr(budget, "_flown", {})
    other = flights.recipe() | {"hash": "another"}
    monkeypatch.setattr(flights, "recipe", lambda: other)
    assert budget.left() == 3600
