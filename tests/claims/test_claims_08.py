"""What notebook 08 says of words: measures for its table, and references."""

from functools import cache, partial

import numpy as np
import pytest

from tests.claims.taught import cells
from utils import optimizers as opt
from utils import schedules
from utils.descent import descend, train
from utils.stats import mean_and_error

TABLE = "table-code", "language-code", "limits-code", "race-methods", "race-code"

# 1 to 3 The table; n holds the names of the notebook


def mean_end(n, kind, name):
    return n["falls"][kind, name][-1].mean()


def lead(n, kind):
    """Return how many times as high momentum ends as Adam."""
    return mean_end(n, kind, "Momentum") / mean_end(n, kind, "Adam")


@cache
def lead_elsewhere(steps=100, seeds=(100, 200), finer=2):
    """Return momentum's least and largest lead in other languages, rates finer."""
    n, leads = cells("08", *TABLE), []
    for seed in seeds:
        table = n["Languages"](4, seed)
        ends = []
        for name in "Momentum", "Adam":
            method, betas, rates = n["methods"][name]
            few = np.geomspace(rates[0], rates[-1], finer * (len(rates) - 1) + 1)
            n["methods"]["finer"] = method, betas, few
            rule = n["tuned"]("finer", table, steps)
            ends.append(n["run"](rule, table, every=steps, steps=steps)[-1].mean())
        leads.append(ends[0] / ends[1])
    return min(leads), max(leads)


def short_memories(n, steps=3000):
    """Return steps, a memory and its cost at two rates; another, and its largest."""
    rates, memories = np.array([0.03, 0.01]), np.array([100, 500, 1000])
    lr, beta2 = np.float32(rates[:, None, None, None]), 1 - 1 / memories
    adam = n["Adam"](lr, beta2=beta2[:, None, None])
    given = n["model"], n["training"], adam, 16, steps
    last = train(*given, rng=7, every=steps, seeds=4)[-1]
    ends = n["model"].cost(last, *n["rare_pairs"]).mean(axis=-1)
    short, long = (ends - ends[:, -1:])[:, :2].T
    costs = short[0], rates[0], short[1], rates[1]
    return steps, memories[0], *costs, memories[1], long.max()


@cache
def ends_falling(name):
    """Return where a method ends with Zipf's words, a rate that falls, tuned anew."""
    n = cells("08", *TABLE)
    table = n["Languages"](4, 5)
    method, betas, rates = n["methods"][name]
    unit = 1 / table.pi.max() if method is opt.Momentum else 1
    more = rates[-1] * 10 ** np.arange(0.25, 1, 0.25)
    lr = np.float32(unit * np.append(rates, more))
    lr = schedules.cosine(lr[:, None, None, None], 100)
    rule = method(lr, np.float32(betas)[:, None, None])
    ends = np.fmin.reduce(n["run"](rule, table, every=100)[-1].mean(axis=-1), axis=-1)
    assert np.nanargmin(ends) < len(ends) - 1, f"{name}: the best rate is the last"
    return np.nanmin(ends)


@cache
def when_falling(name):
    """Return how many times as high a method ends with a falling rate."""
    n = cells("08", *TABLE)
    table = n["Languages"](4, 5)
    return ends_falling(name) / n["run"](n["tuned"](name, table), table)[-1].mean()


def alike(n, name):
    """Say whether a method takes the same number of steps for words 1, 10 and 50."""
    method = n["methods"][name][0]
    rate = 6 / n["eight"].pi.max() if method is opt.Momentum else 0.1
    rule = method(np.float32(rate), 0) if method is opt.Momentum else method(rate)
    part = n["run"](rule, n["eight"], n["eight"].by_word, steps=200)
    below = part[..., [0, 9, 49]] < part[0, :, [0, 9, 49]].T / 10
    steps = np.median(below.argmax(axis=0), axis=0)
    return below.any(axis=0).all() and np.ptp(steps) <= 0.25 * steps[0] + 1


def alike_with_batches(n):
    """Say whether Adam takes as many steps for rare words as for frequent ones."""
    one, rule = n["one"], n["Adam"](0.02)
    path = descend(n["batches"], n["start"], rule, 600, one.by_word, 10)
    steps = (path[:, 0] < path[0, 0] / 4).argmax(axis=0)
    return np.median(steps[45:55]) <= 2 * np.median(steps[:3])


@cache
def with_epsilon(eps, rates=slice(3, 13)):
    """Return where Adam ends in Zipf's languages with another ε, tuned anew."""
    n = cells("08", *TABLE)
    n["methods"]["Adam, ε"] = partial(opt.Adam, eps=eps), [0.9], n["quarters"][rates]
    table = n["Languages"](4, 5)
    return n["run"](n["tuned"]("Adam, ε", table), table)[-1].mean()


def steps_for(n, table, rule, steps=1500):
    """Return how many steps a rule takes for words 1 and 50, medians of languages."""
    far = n["run"](rule, table, table.by_word, steps=steps)[..., [0, 49]]
    below = far < far[0] / 10
    assert below.any(axis=0).all()
    return np.median(below.argmax(axis=0), axis=0)


def later(n, name):
    """Return how many times as many word 50 takes, here and in ten other languages."""
    return n["times_as_many"][name], _later_elsewhere()[name]


@cache
def _later_elsewhere():
    n = cells("08", *TABLE)
    table = n["Languages"](10, seed=100)
    rate = 6 / table.pi.max()
    rules = {
        "gradient descent": opt.SGD(rate),
        "momentum, β = 0.9": opt.Momentum(rate, 0.9),
        "Adam": n["Adam"](0.1),
    }
    return {k: 1 / np.divide(*steps_for(n, table, rule)) for k, rule in rules.items()}


def long_memory(n):
    """Return the steps of momentum with β = 0.98 for words 1 and 50."""
    rule = opt.Momentum(6 / n["eight"].pi.max(), 0.98)
    return steps_for(n, n["eight"], rule, 300)


def some(about, values):
    """Return a rough number if all values are near it; else the farthest of them.

    >>> some(50, [44, 62]), some(50, [44, 90])
    (50, 90)
    """
    farthest = max(np.ravel(values), key=lambda value: abs(np.log(value / about)))
    return about if 0.7 < farthest / about < 1.4 else farthest


@cache
def helped_elsewhere(seeds=(5, 100, 200)):
    """Return how much more balanced answers help Adam than momentum."""
    n, more = cells("08", *TABLE), []
    for seed in seeds:
        leads = []
        for after in 0, 1:
            table = n["Languages"](4, seed, after=after)
            ends = (
                n["run"](n["tuned"](k, table), table, every=100)[-1].mean()
                for k in ("Momentum", "Adam")
            )
            leads.append(np.divide(*ends))
        more.append(leads[0] / leads[1])
    return more


def helped(n):
    """Return how much more balanced answers help Adam; contexts rare, and balanced."""
    pairs = ("rare before", "Zipf's words"), ("Balanced words", "rare after")
    return [lead(n, flat) / lead(n, rare) for flat, rare in pairs]


def leads(n, V=100):
    """Return how many times as high momentum ends as Adam, at each exponent."""
    return n["curves"]["Momentum", V][-1] / n["curves"]["Adam", V][-1]


# 4 and 5 The model


def gap(n, name, part=0):
    """Return how far a method ends above Adam, and its error."""
    return mean_and_error(n["gaps"][name][part])


def owed(n, V):
    """Return what Zipf's words add to the gap of momentum, and its error, paired."""
    zipf, flat = (n["behind"][k, V] for k in ("Zipf's words", "balanced words"))
    return mean_and_error(zipf - flat)


def part_owed(n):
    return owed(n, 256)[0] / n["behind"]["Zipf's words", 256].mean()


def not_alone(n):
    """Say whether unequal words make the gap, and balanced words have one as well."""
    left, error = mean_and_error(n["behind"]["balanced words", 256])
    more, error_of_more = owed(n, 256)
    return left > 3 * error and more > 2 * error_of_more


def some_fifty(times):
    return 50 if 40 < times < 62 else times


@cache
def left_elsewhere(steps, firsts=(50,)):
    """Return which part of the gap balanced words leave, for four languages each."""
    n = cells("08", *TABLE, "zipf-figure", "text-code", "control-code")
    parts = []
    for first in firsts:
        seeds, gaps = range(first, first + 40, 10), []
        for exponent in 0, 1:
            momentum, adam = (
                n["lowest_costs"](method, rates, 256, exponent, steps, seeds).mean()
                for method, rates in zip(
                    (opt.Momentum, n["Adam"]), n["large"], strict=True
                )
            )
            gaps.append(momentum - adam)
        parts.append(gaps[0] / gaps[1])
    return parts


def beta_costs(n, B, k=0):
    """Return what a β₂ costs rare words, beside 0.999; k: its place, 0 for 0.9."""
    return n["by_beta"][B][0][k]


# Formulas


def test_mixed_rows_have_the_same_cost_and_the_same_floor():
    n = cells("08", *TABLE, "mix-code", seed=3)
    plain, mixed = n["Languages"](1, 53), n["Mixed"](1, 53)
    theta = np.random.default_rng(53).normal(size=(100, 100))
    for point in theta, np.log(plain.true[0]):
        turned = (mixed.Q.T @ point).reshape(1, -1)
        assert mixed.excess(turned) == pytest.approx(
            plain.excess(point.reshape(1, -1)), abs=1e-5
        )


@pytest.mark.parametrize("seed", [0, 1])
def test_the_gradient_of_the_table_is_that_of_its_cost(seed):
    n = cells("08", *TABLE)
    table = n["Languages"](1, seed, V=5)
    table.joint = table.joint[0].astype(float) / table.joint.sum(dtype=float)
    table.pi = table.joint.sum(axis=-1, keepdims=True)
    table.true = table.joint / table.pi
    rng = np.random.default_rng(seed)
    theta, step = rng.normal(size=25), 1e-6 * np.eye(25)
    central = (table.excess(theta + step) - table.excess(theta - step)) / 2e-6
    np.testing.assert_allclose(table.gradient(theta, 1), central, atol=1e-8)
    floor = np.log(table.true).ravel()
    assert table.excess(floor) == pytest.approx(0, abs=1e-12)
