"""Twelve runs to spend: what they cost, what is refused, what is kept."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from classroom import budget, players
from classroom.budget import fly, verdict
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


@pytest.mark.parametrize(
    ("steps", "remedy"),
    [
        *[(0, 4), (-4, 4), (50, 52), (101, 100), (298.9, 300), (2.5, 4), (40.0, 40)],
        *[("100", 300), (None, 300), (True, 4)],
    ],
)
def test_steps_are_a_multiple_of_four(steps, remedy):
    assert refused(*GOOD, steps=steps) == (
        f"steps={steps!r}: give a multiple of 4, from 4 to 300; try steps={remedy}."
    )


@pytest.mark.parametrize("steps", [302, 304, 400])
def test_a_run_has_300_steps(steps):
    said = f"steps={steps}: a run has 300 steps; try steps=300."
    assert refused(*GOOD, steps=steps) == said


def test_the_budget_is_named_where_it_is_the_reason():
    for lr in flights.rates("AdamW"):
        fly("AdamW", lr)
    for lr, steps in zip(flights.rates("SGD"), (300, 300, 260), strict=False):
        fly("SGD", lr, steps=steps)
    assert budget.left() == 40
    assert refused("SGD", flights.rates("SGD")[3], steps=44) == (
        "steps=44: 40 steps of the budget are left, and 0 of this run are paid; "
        "try steps=40."
    )
    assert "try steps=40." in refused("SGD", flights.rates("SGD")[3], steps=90)
    assert "try steps=40." in refused("SGD", flights.rates("SGD")[3], steps=400)


@pytest.mark.parametrize("clip", [0.25, 2, True, "1"])
@pytest.mark.parametrize("call", [fly, verdict])
def test_a_clip_is_none_or_1(call, clip):
    with pytest.raises(ValueError) as error:  # before the rate, which is wrong, too
        call("AdamW", 17, "cosine", clip)
    assert str(error.value) == f"clip={clip!r}: fly with None or 1; try clip=1."


def test_a_new_kernel_gives_nothing_back(file, monkeypatch):  # noqa: F811
    fly(*GOOD, steps=100)
    monkeypatch.setattr(budget, "_flown", {})
    assert budget.left() == 3500 and budget.logbook() == {GOOD: 100}


def test_the_logbook_shows_the_lowest_loss_first_and_a_run_that_diverged_last(file):  # noqa: F811
    flown = fly("SGD", 2**3, steps=300), fly(*GOOD, steps=100)
    shown = repr(budget.logbook()).splitlines()
    assert shown == [
        f"{flown[1].validation:.2f} after 100 steps: {budget.name_of(*GOOD)}",
        f"inf after 300 steps: {budget.name_of(*flown[0].setting)}",
    ]


def test_what_was_flown_in_another_recording_does_not_count(file, monkeypatch):  # noqa: F811
    fly(*GOOD, steps=100)
    monkeypatch.setattr(budget, "_flown", {})
    other = flights.recipe() | {"hash": "another"}
    monkeypatch.setattr(flights, "recipe", lambda: other)
    assert budget.left() == 3600


def test_a_choice_is_judged_on_the_seeds_that_were_not_seen(monkeypatch):
    monkeypatch.setattr(budget, "_named", {})
    unseen = flights.ends(*GOOD)["test"][1:]
    first = verdict(*GOOD)
    assert first.loss == pytest.approx(unseen.mean()) and first.choice == 1
    assert "not flown" in repr(first)
    fly(*GOOD, steps=4)
    assert "not flown" not in repr(first) and "choice" not in repr(first)
    second = verdict("Momentum", 1)
    assert "it diverges" in repr(second)
    said = "choice number 2. The first counts, AdamW, η = 0.0039, cosine, clipped at 1"
    assert f"{said}: {unseen.mean():.3f}" in repr(second)
    assert "seeds that you have seen by now" in repr(verdict("Muon", 2**-6))
    assert verdict(*GOOD).choice == 1  # asked again, it is still the first


def test_a_verdict_says_how_many_games_end_worse(monkeypatch):
    monkeypatch.setattr(budget, "_named", {})
    best = verdict("Muon", 2**-4, "cosine", 1)
    _setting, _everything, words, *shares = repr(best).splitlines()
    assert words == "of 1000 games, so many end worse than yours:"
    worse = (players.games(players.halving) > best.loss).mean()
    assert shares[2] == f"    {'successive halving':24}{worse:7.1%}"


def test_a_choice_is_kept_beside_what_was_flown(file, monkeypatch):  # noqa: F811
    monkeypatch.setattr(budget, "_named", {})
    fly(*GOOD, steps=100)
    verdict(*GOOD), verdict("Muon", 2**-6)
    monkeypatch.setattr(budget, "_named", {})
    monkeypatch.setattr(budget, "_flown", {})
    assert budget.logbook() == {GOOD: 100}
    assert [*budget.choices().values()] == [1, 2]


def test_the_first_choice_is_named_whatever_was_flown_first(file, monkeypatch):  # noqa: F811
    monkeypatch.setattr(budget, "_named", {})
    fly(*GOOD, steps=100)
    verdict("Muon", 2**-6)
    assert "The first counts, Muon, η = 0.016" in repr(verdict(*GOOD))


def test_the_curtain_opens_when_a_choice_is_made(file, monkeypatch, capsys):  # noqa: F811
    monkeypatch.setattr(budget, "_named", {})
    assert budget.curtain("all") is None
    assert "3600 steps are left" in capsys.readouterr().out
    verdict(*GOOD)
    assert budget.curtain("all") == "all"


def test_where_no_record_is_kept_the_curtain_is_open():
    assert budget.curtain("all") == "all"


@pytest.mark.parametrize("name", players.PLAYERS)
def test_a_player_stays_within_twelve_runs(name):
    assert len(players.games(players.PLAYERS[name], 20)) == 20


def test_who_flies_a_step_too_many_is_refused():
    with pytest.raises(ValueError) as error:
        players.games(lambda settings, run: min(settings[:13], key=run), 1)
    assert str(error.value) == (
        "300 steps are too many: twelve runs of 300 are to be spent; stop a run "
        "earlier, or fly fewer."
    )


def test_a_step_that_was_flown_is_not_paid_again():
    def player(settings, run):
        assert run(settings[0], 20) >= 0 and run(settings[0]) >= 0
        return min(settings[:12], key=run)

    assert np.isfinite(players.games(player, 1)).all()


def test_the_table_names_every_player():
    table = players.table()
    assert all(name in table for name in players.PLAYERS)
