"""What notebook 00 and its teacher's notes say, and from other starts than theirs.

And what the one class says: every line of the class that this course grew out of.
"""

import numpy as np
import pytest

from tests.claims.taught import cells
from tools.course import ROOT
from tools.site.slides import read_deck, routes
from utils import costs, figures
from utils.descent import descend
from utils.optimizers import SGD, Adam, Momentum, RMSprop

J = costs.rosenbrock()
RATES = np.geomspace(1e-3, 1, 81)
METHODS = {method.__name__: method for method in (SGD, Momentum, RMSprop, Adam)}


def costs_after(steps, starts, rates=RATES):
    """The cost at the end, (methods, starts, rates)."""
    return np.array(
        [
            J(descend(J.gradient, starts[:, None], rule(rates[:, None]), steps)[-1])
            for rule in METHODS.values()
        ]
    )


@pytest.fixture(scope="module")
def ends():
    """{name: cost after 100 steps, (rates,)}, as in the notebook."""
    return cells("00", "walks", "slider")["final"]


def at(rate):
    """Where the slider goes when that number is typed."""
    return np.abs(RATES - rate).argmin()


@pytest.mark.parametrize(
    ("rate", "first", "cost"),
    [
        (0.002, "Momentum", 0.05),
        (0.005, "SGD", 0.31),
        (0.01, "RMSprop", 3.9),
        (0.2, "RMSprop", 0.033),
        (0.84, "Adam", 0.0013),
    ],
)
def test_who_wins_where_the_teacher_stops(rate, first, cost, ends):
    here = {
        name: np.nan_to_num(end[at(rate)], nan=np.inf) for name, end in ends.items()
    }
    assert min(here, key=here.get) == first
    assert here[first] == pytest.approx(cost, rel=0.05)


def test_momentum_diverges_before_sgd_and_the_others_never(ends):
    lost = {name: np.flatnonzero(np.isnan(end)) for name, end in ends.items()}
    assert lost["Momentum"][0] < lost["SGD"][0] < at(0.01)
    for name in "Momentum", "SGD":  # from there on, as the cross says
        assert len(lost[name]) == len(RATES) - lost[name][0]
    assert not lost["RMSprop"].size and not lost["Adam"].size


def test_at_its_own_best_rate_only_sgd_stays_high(ends):
    lowest = {name: np.nanmin(end) for name, end in ends.items()}
    assert float(f"{lowest.pop('SGD'):.1g}") == 0.2
    assert max(lowest.values()) < 0.003


def test_who_is_ahead_at_step_30_is_not_ahead_at_step_100():
    walks = cells("00", "walks", "motion-walks", "motion-code")["first"]
    said = {
        name: [f"{J(walk[t]):.2g}" for t in (30, 100)] for name, walk in walks.items()
    }
    assert said["SGD"] == ["1.6", "0.69"] and said["Momentum"] == ["2.1", "0.016"]
    assert {min(walks, key=lambda name: J(walks[name][t])) for t in (30, 100)} == {
        "SGD",
        "Momentum",
    }
    along = walks["Momentum"][:31, 0]
    assert along.argmax() == 10 and f"{along.max():.2f}" == "0.95"
    for name in "RMSprop", "Adam":
        steps = np.abs(np.diff(walks[name], axis=0)) / 0.0031
        assert 0.1 < steps.mean() < 1 and J(walks[name][-1]) > 4


@pytest.mark.parametrize("steps", [50, 100, 200])
def test_the_winner_depends_on_the_rate_from_other_starts_too(steps):
    shifts = np.random.default_rng(0).normal(scale=0.3, size=(9, 2))
    winner = np.nanargmin(costs_after(steps, J.start + shifts), axis=0)
    winners = [len({*row}) for row in winner]
    assert min(winners) >= 2 and np.mean(winners) > 3


# The class of all notebooks, web/deck.md

LINES = [
    "millions of parameters; cost function; predictions and the true values",
    "landscape; scalability; speed of convergence; vanishing and exploding gradients",
    "one random sample; 02: update",
    "fast updates; escapes local minima",
    "noisy convergence; depends on the learning rate",
    "Class break! Any questions?",
    "Adaptive Moment Estimation; momentum; RMSprop; stable, adaptive updates",
    "adapts by itself to each parameter; like momentum, and $\\hat v_t$; like RMSprop",
    "unstable convergence of SGD; fixed choice of the learning rate",
    "first order; second order; bias correction; underestimated; the update",
    "05: recipe",
    "fast convergence; adapts a learning rate per parameter",
    "possible overfitting; larger computational cost",
    "Class break! Any questions?",
    "convergence of both models; effect of each learning rate; good practice",
    "Any questions?",
]


def test_the_deck_has_every_line_in_its_order():
    deck = read_deck(ROOT / "web" / "deck.md")
    parts = [(text, below) for text, _, below in deck if text[2].isdigit()]
    for k, ((text, below), lines) in enumerate(zip(parts, LINES, strict=True), 1):
        assert text.startswith(f"# {k} · ")
        said = text.replace("*", "") + "".join(f"\n{n}: {ids[0]}" for n, ids in below)
        places = [said.find(line) for line in lines.split("; ")]
        assert -1 not in places and places == sorted(places), (k, places)


def test_the_teachers_page_has_every_route_of_the_deck():
    page = (ROOT / "web" / "teachers.md").read_text("utf-8")
    for name, minutes in routes(ROOT / "web" / "deck.md").items():
        assert f'<a href="slides/{name}.html">{minutes or 150}</a>' in page


def test_a_walk_is_drawn_from_the_start_that_is_chosen():
    n = cells("00", "walks", "motion-walks", "motion-code")
    starts = n["starts"].reshape(-1, 2)
    assert J.start.tolist() in starts.tolist()
    for start in starts[[0, 17, 48]]:
        lines, said = n["motion"].draw(*start, 50)
        for line, (name, method) in zip(lines, METHODS.items(), strict=True):
            walk = descend(J.gradient, start, method(lr=0.0031), 50)
            np.testing.assert_allclose(line.get_xydata(), walk)
            assert name in said


@pytest.mark.parametrize("seed", range(3))
def test_at_that_rate_rmsprop_is_ahead_most_often_and_adam_hardly_ever(seed):
    random = np.random.default_rng([0, seed])
    starts = random.uniform([-2.1, -0.75], [2.1, 2.75], (400, 2))
    costs = costs_after(100, starts, np.array([0.0031]))[..., 0]
    ahead = np.bincount(np.nanargmin(costs, axis=0), minlength=4) / len(starts)
    sgd, momentum, rmsprop, adam = ahead
    assert rmsprop > 0.45 and sgd > 0.1 and momentum > 0.1 and adam < 0.02


def test_the_picture_shows_the_cost_of_each_in_its_own_look():
    n = cells("00", "walks", "slider", "answer-code")
    ax, lines = n["ax"], {line.get_label(): line for line in n["ax"].lines}
    assert ax.get_title("left") == "Who wins depends on the learning rate"
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")
    for name, final in n["final"].items():
        assert lines[name].get_color() == figures.look(name)["color"]
        np.testing.assert_allclose(lines[name].get_xdata(), RATES)
        np.testing.assert_allclose(lines[name].get_ydata(), final)


def test_the_windows_lie_in_the_order_momentum_sgd_rmsprop_adam():
    winner = cells("00", "walks", "slider", "answer-code")["winner"]
    middle = {name: np.median(np.flatnonzero(winner == name)) for name in METHODS}
    assert sorted(middle, key=middle.get) == ["Momentum", "SGD", "RMSprop", "Adam"]


def test_here_each_wins_but_from_other_starts_one_may_not():
    winners = np.array([*METHODS])[np.nanargmin(costs_after(100, J.start[None]), 0)]
    assert {*winners[0]} == {*METHODS}
    for start, never in ([0.0, 0.0], "SGD"), ([1.5, 0.0], "Momentum"):
        costs = costs_after(100, np.array([start]))[:, 0]
        assert never not in np.array([*METHODS])[np.nanargmin(costs, axis=0)]


def test_at_its_own_best_rate_sgd_is_last_here_but_not_from_every_start():
    rates = np.geomspace(1e-3, 1, 601)
    here = J.start[None]
    for steps in 50, 100, 200:
        best = np.nanmin(costs_after(steps, here, rates)[:, 0], axis=1)
        assert best[0] > 4 * best[1:].max()
    shifts = np.random.default_rng(0).normal(scale=0.3, size=(9, 2))
    best = np.nanmin(costs_after(100, J.start + shifts), axis=2)
    assert 0 < np.sum(best[0] == best.max(axis=0)) < 9


def test_who_wins_depends_on_the_steps_too():
    rates = np.geomspace(1e-3, 1, 1001)  # at 1000 steps SGD still wins at a few
    after = {
        s: np.nanargmin(costs_after(s, J.start[None], rates)[:, 0], 0)
        for s in (100, 3000)
    }
    assert 0 in after[100] and 0 not in after[3000]  # SGD


def test_sgd_wins_only_where_momentum_diverges_and_the_others_hardly_move(ends):
    winner = cells("00", "walks", "slider", "answer-code")["winner"]
    where = winner == "SGD"
    assert where.any() and np.isnan(ends["Momentum"][where]).all()
    for name in "RMSprop", "Adam":
        assert ends[name][where].min() > 4
    assert ends["SGD"][where].max() < 0.4


def test_rmsprop_and_adam_nearly_coincide_up_to_a_tenth(ends):
    ratio = (ends["RMSprop"] / ends["Adam"])[(RATES >= 0.002) & (RATES <= 0.1)]
    assert np.all((ratio > 0.8) & (ratio <= 1))
    assert (ends["RMSprop"] / ends["Adam"])[at(0.2)] < 0.1  # not so beyond


def test_where_the_gradient_stays_momentums_step_is_ten_times_that_of_sgd():
    def slope(theta, t):
        return np.ones(1)

    path = descend(slope, np.zeros(1), Momentum(lr=0.1), 200)
    alone = descend(slope, np.zeros(1), SGD(lr=0.1), 200)
    ratio = np.diff(path, axis=0)[-1] / np.diff(alone, axis=0)[-1]
    assert ratio == pytest.approx(10, rel=1e-6)


def test_what_each_makes_of_the_gradient():
    g = np.random.default_rng(1).normal(size=50)

    def steps(rule, size=1):
        path = descend(lambda theta, t: size * g[t - 1 : t], [0.0], rule, 50)
        return np.diff(path, axis=0)[:, 0]

    fading = np.convolve(g, 0.9 ** np.arange(50))[:50]
    np.testing.assert_allclose(steps(SGD(1)), -g)
    np.testing.assert_allclose(steps(Momentum(1)), -fading)
    for rule, along in (RMSprop(1, eps=0), g), (Adam(1, eps=0), fading):
        np.testing.assert_allclose(steps(rule), steps(rule, 1000))  # its size is gone
        np.testing.assert_array_equal(np.sign(steps(rule)), -np.sign(along))


# The numbers of the text, and what they are


def end(name, rate):
    return lambda n: n["final"][name][at(rate)]


def slow(name, t):
    return lambda n: J(n["first"][name][t])


def first(rate):
    """Say who is lowest where the slider stands at that rate."""
    return lambda n: n["winner"][at(rate)]


def passed(n):
    """Say from which step on Momentum is ahead of SGD."""
    costs = {name: J(walk) for name, walk in n["first"].items()}
    return np.flatnonzero(costs["Momentum"] >= costs["SGD"])[-1] + 1


def ahead(k):
    """Say from how many starts the optimizer of that number is lowest at the end."""
    return lambda n: np.sum(n["ahead"] == k)


def last(n):
    return len(n["walks"]["SGD"]) - 1


def nearly_coincide(n):
    compared = (RATES >= 0.002) & (RATES <= 0.1)
    ratio = n["final"]["RMSprop"][compared] / n["final"]["Adam"][compared]
    return np.all((ratio > 0.8) & (ratio <= 1))


def divided(n):
    """Say whether RMSprop's step stays as it is when all gradients are larger."""
    rule = n["RMSprop"](0.1, eps=0)
    one, other = (
        descend(
            lambda theta, t, size=size: size * np.cos(t) * np.ones(1), [0.0], rule, 9
        )
        for size in (1, 1000)
    )
    return np.allclose(one, other)


def order_of(t):
    """Return the names at step t of the film, the lowest first."""
    return lambda n: sorted(n["first"], key=lambda name: J(n["first"][name][t]))
