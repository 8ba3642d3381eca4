"""What notebook 08 says of words: measures for its table, and references."""

from functools import cache, partial

import numpy as np
import pytest

from tests.claims.taught import cells
from utils import optimizers as opt

TABLE = (
    "table-code", "floor-code", "language-code", "limits-code", "race-methods",
    "race-code",
)  # fmt: skip

RIVALS = "Momentum", "Adam"

# The table, and the model; n holds the names of the notebook


def mean_end(n, name):
    """Return where a method ends with Zipf's words, the mean of four languages."""
    return n["falls"]["Zipf's words", name][-1].mean()


def momentum_over_adam(n, k):
    """Return how many times as high momentum ends as Adam, in the k-th batch size."""
    return float(np.divide(*(np.ravel(n["with_batches"][m])[k] for m in RIVALS)))


def later(n, name):
    """Return how many times as many steps a method takes for word 50 as for word 1."""
    return n["reached"][name][49] / n["reached"][name][0]


def alike(n, name):
    """Say whether a method takes the same number of steps for words 1, 10 and 50."""
    method = n["methods"][name][0]
    rate = 6 / n["eight"].pi.max() if method is opt.Momentum else 0.1
    rule = method(np.float32(rate), 0) if method is opt.Momentum else method(rate)
    part = n["run"](rule, n["eight"], n["eight"].by_word, steps=200)
    below = part[..., [0, 9, 49]] < part[0, :, [0, 9, 49]].T / 10
    steps = np.median(below.argmax(axis=0), axis=0)
    return below.any(axis=0).all() and np.ptp(steps) <= 0.25 * steps[0] + 1


@cache
def with_epsilon(eps, rates=slice(3, 13)):
    """Return where Adam ends in Zipf's languages with another ε, tuned anew."""
    n = cells("08", *TABLE)
    n["methods"]["Adam, ε"] = partial(opt.Adam, eps=eps), [0.9], n["quarters"][rates]
    table = n["Languages"](4, 5)
    return n["run"](n["tuned"]("Adam, ε", table), table)[-1].mean()


def some(about, values):
    """Return a rough number if all values are near it; else the farthest of them.

    >>> some(50, [44, 62]), some(50, [44, 90])
    (50, 90)
    """
    farthest = max(np.ravel(values), key=lambda value: abs(np.log(value / about)))
    return about if 0.7 < farthest / about < 1.4 else farthest


def leads(n, V=100):
    """Return how many times as high momentum ends as Adam, at each exponent."""
    return n["curves"]["Momentum", V][-1] / n["curves"]["Adam", V][-1]


# Medians: at momentum's best rate, near its border, about one run in twenty diverges.


def gap(n, name, plan):
    """Return how far a method ends above Adam in the small model, in nats."""
    ends = (np.median(n["cost"](n["models"][k, plan])) for k in (name, "Adam"))
    return float(np.subtract(*ends))


def gain(n, name):
    """Return how much lower a method ends with a rate that falls."""
    ends = (np.median(n["cost"](n["models"][name, plan])) for plan in n["plans"])
    return float(np.subtract(*ends))


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
