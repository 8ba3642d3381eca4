"""What 00 says, from other starts and after other steps; what rows of 00.txt compute.

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
from utils.stats import nearest

J = costs.rosenbrock()
RATES = np.geomspace(1e-3, 1, 81)
METHODS = {method.__name__: method for method in (SGD, Momentum, RMSprop, Adam)}
SHIFTED = J.start + np.random.default_rng(0).normal(scale=0.3, size=(9, 2))


# What the rows of the table use


def at(n, rate):
    """Return the costs at the end where the slider stands, {name: cost}."""
    return {name: ends[nearest(RATES, rate)] for name, ends in n["final"].items()}


def lowest_of(n):
    """Return the cost of each optimizer at its own best rate, {name: cost}."""
    return {name: np.nanmin(ends) for name, ends in n["final"].items()}


def lost(n):
    """Return the first rate at which each of those diverges that do, {name: rate}."""
    lost = {name: RATES[np.isnan(ends)] for name, ends in n["final"].items()}
    return {name: rates[0] for name, rates in lost.items() if rates.size}


def ratio(n, low, high):
    """Return RMSprop's cost at the end over Adam's, for the rates of an interval."""
    compared = (n["rates"] >= low) & (n["rates"] <= high)
    return n["final"]["RMSprop"][compared] / n["final"]["Adam"][compared]


def ahead_at(n, t):
    """Return the name of the optimizer that is lowest at step t of the film."""
    return min(n["first"], key=lambda name: J(n["first"][name][t]))


def passed(n):
    """Return the step from which on Momentum is below SGD."""
    heights = {name: J(walk) for name, walk in n["first"].items()}
    return np.flatnonzero(heights["Momentum"] >= heights["SGD"])[-1] + 1


def fading(n):
    """Return by what the last gradients but one and but two count in a step."""
    pulse = descend(lambda theta, t: np.array([float(t == 1)]), [0.0], Momentum(1), 3)
    return -np.diff(pulse[:, 0])[1:]


def yellow_is_low(n):
    """Say whether the bands of a map go from yellow, the lowest, to blue."""
    _fig, ax = figures.subplots()
    figures.landscape(n["J"], ax)
    low, high = ax.collections[0].to_rgba(ax.collections[0].get_array())[[0, -1], :3]
    return low[0] > low[2] and high[2] > high[0]


def diverged(n):
    """Return from how many of the film's starts each diverges, {name: count}."""
    return {name: np.isnan(J(walk[-1])).sum() for name, walk in n["slow"].items()}


def steps_of(rule, size=1):
    """Return 50 steps on random gradients, all `size` times as large."""
    g = size * np.random.default_rng(1).normal(size=50)
    path = descend(lambda theta, t: g[t - 1 : t], [0.0], rule, 50)
    return np.diff(path, axis=0)[:, 0]


def steady(method):
    """Return the length of a step where the gradient has long been 1."""
    path = descend(lambda theta, t: np.ones(1), np.zeros(1), method(lr=0.1), 200)
    return path[-2, 0] - path[-1, 0]


def costs_after(steps, starts, rates=RATES):
    """Return the cost at the end, (methods, starts, rates)."""
    return np.array(
        [
            J(descend(J.gradient, starts[:, None], rule(rates[:, None]), steps)[-1])
            for rule in METHODS.values()
        ]
    )


def winners(steps):
    """Return the numbers of the optimizers that are lowest at some of many rates."""
    rates = np.geomspace(1e-3, 1, 1001)  # at 1000 steps SGD still wins at a few
    return {*np.nanargmin(costs_after(steps, J.start[None], rates)[:, 0], axis=0)}


def sgd_is_last(steps, starts):
    """Say for each start whether SGD is last, each at its own best of many rates."""
    best = np.nanmin(costs_after(steps, starts, np.geomspace(1e-3, 1, 601)), axis=2)
    return best[0] == best.max(axis=0)


# From other starts than the notebook's


@pytest.mark.parametrize("steps", [50, 100, 200])
def test_the_winner_depends_on_the_rate_from_other_starts_too(steps):
    winner = np.nanargmin(costs_after(steps, SHIFTED), axis=0)
    counts = [len({*row}) for row in winner]
    assert min(counts) >= 2 and np.mean(counts) > 3


@pytest.mark.parametrize("seed", range(3))
def test_at_that_rate_momentum_diverges_from_most_starts(seed):
    random = np.random.default_rng([0, seed])
    starts = random.uniform([-2.1, -0.75], [2.1, 2.75], (400, 2))
    ends = costs_after(100, starts, np.array([0.0031]))[..., 0]
    sgd, momentum, rmsprop, adam = np.isnan(ends).mean(axis=1)
    assert momentum > 0.6 and momentum > sgd > 0.3 and rmsprop == adam == 0


@pytest.mark.parametrize(
    ("start", "never"), [([0.0, 0.0], "SGD"), ([1.5, 0.0], "Momentum")]
)
def test_here_each_wins_but_from_other_starts_one_may_not(start, never):
    ends = costs_after(100, np.array([start]))[:, 0]
    assert never not in np.array([*METHODS])[np.nanargmin(ends, axis=0)]


@pytest.mark.parametrize("steps", [50, 200])
def test_at_its_own_best_rate_sgd_is_last_after_fewer_and_more_steps(steps):
    assert sgd_is_last(steps, J.start[None]).all()


def test_a_walk_is_drawn_from_the_start_that_is_chosen():
    n = cells("00", "walks", "motion-walks", "motion-code")
    starts = n["starts"].reshape(-1, 2)
    assert J.start.tolist() in starts.tolist()
    for start in starts[[0, 17, 48]]:
        lines, sentence = n["motion"].draw(*start, 50)
        for line, (name, method) in zip(lines, METHODS.items(), strict=True):
            walk = descend(J.gradient, start, method(lr=0.0031), 50)
            np.testing.assert_allclose(line.get_xydata(), walk)
            assert name in sentence


def test_the_windows_lie_in_the_order_momentum_sgd_rmsprop_adam():
    ends = costs_after(100, J.start[None])[:, 0]
    winner = np.array([*METHODS])[np.nanargmin(ends, axis=0)]
    middle = {name: np.median(np.flatnonzero(winner == name)) for name in METHODS}
    assert sorted(middle, key=middle.get) == ["Momentum", "SGD", "RMSprop", "Adam"]


def test_what_each_makes_of_the_gradient():
    g = -steps_of(SGD(1))
    fading = np.convolve(g, 0.9 ** np.arange(50))[:50]
    np.testing.assert_allclose(g, np.random.default_rng(1).normal(size=50))
    np.testing.assert_allclose(steps_of(Momentum(1)), -fading)
    for rule, along in (RMSprop(1, eps=0), g), (Adam(1, eps=0), fading):
        np.testing.assert_allclose(steps_of(rule), steps_of(rule, 1000))  # no size
        np.testing.assert_array_equal(np.sign(steps_of(rule)), -np.sign(along))


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
        shown = text.replace("*", "") + "".join(f"\n{n}: {ids[0]}" for n, ids in below)
        places = [shown.find(line) for line in lines.split("; ")]
        assert -1 not in places and places == sorted(places), (k, places)


def test_the_teachers_page_has_every_route_of_the_deck():
    page = (ROOT / "web" / "teachers.md").read_text("utf-8")
    for name, minutes in routes(ROOT / "web" / "deck.md").items():
        assert f'<a href="slides/{name}.html">{minutes or 150}</a>' in page
