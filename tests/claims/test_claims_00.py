"""What 00 says, from other starts and after other steps; what its rows compute."""

import numpy as np
import pytest

from tests.claims.measures import yellow_is_low  # noqa: F401
from tests.claims.taught import cells
from utils import costs
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
