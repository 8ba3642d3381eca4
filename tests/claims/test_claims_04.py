"""What notebook 04 and its companion say: measures for their tables, and proofs."""

from functools import cache

import numpy as np
import pytest

from tests.claims.measures import along, monthly, side  # noqa: F401
from tests.claims.taught import cells, names, printed
from utils import board, costs
from utils.descent import descend, train
from utils.optimizers import SGD, AdaGrad, Momentum, RMSprop  # noqa: F401
from utils.stats import mean_and_error, median

# Measures of the table; n holds the names of the notebook


def ends_at_1024():
    """Return where RMSprop ends with both memories after 1024 steps, at its best."""
    data = board.problem()

    def end(beta, powers):
        rule = RMSprop(2.0 ** powers[:, None, None], beta)
        theta = train(board.network, data, rule, 32, 1024, 5, 5, every=1024)[-1]
        return median(board.network.cost(theta, *data)).min()

    return end(0.9, np.arange(-6.5, -4.9, 0.5)), end(0.99, np.arange(-8, -6.4, 0.5))


def turns_along(optimizer, tolerance=1e-9):
    """Say whether a path just turns with a ravine, at three angles."""
    straight = costs.quadratic(1000)
    path = descend(straight.gradient, straight.start, optimizer, 100)
    turned = {angle: costs.quadratic(1000, angle) for angle in (15, 30, 45)}
    return all(
        np.allclose(
            descend(ravine.gradient, ravine.start, optimizer, 100),
            path @ costs.rotation(angle).T,
            atol=tolerance,
        )
        for angle, ravine in turned.items()
    )


def felt_at_45():
    """Return the steps away from the turned saddle, from 1e-2 and from 1e-8."""
    starts = [[1, 1 - 1e-2], [1, 1 - 1e-8]]
    path = descend(lambda theta, t: theta[:, ::-1], starts, RMSprop(0.05, 0.9), 100)
    return (path[..., 0] - path[..., 1] >= np.sqrt(2)).argmax(axis=0)


def drift_of(optimizer, gradients, cycles):
    """Return how far theta goes in the last of many cycles."""
    path = along(np.tile(gradients, cycles)[:, None], optimizer)[:, 0]
    return path[-1] - path[-1 - len(gradients)]


RATES = 2.0 ** np.arange(-9, -4.9, 0.5)


@cache
def ends_of(beta, rng=6):
    """Return the median ends of another 20 networks: of RMSprop at RATES, or of SGD."""
    if beta == "SGD":
        return median(board.race(board.METHODS["SGD"], rng=rng)[-1])
    return median(board.race(RMSprop(RATES[:, None, None], beta), rng=rng)[-1])


# Of the companion


def end_of(n, name):
    """Return the median cost of a fall in steady noise, over its last 50 steps."""
    return median(n["falls"][name])[-50:].mean()


def ahead(n, name):
    """Return by how much a method ends lower than SGD on rare features, and ±."""
    return mean_and_error(n["fits"]["SGD"][-1] - n["fits"][name][-1])


def lower_by(cell, name):
    """Return by how much a method is printed to be lower than SGD, and ±."""
    return printed("deeper/04", cell, rf"(?m)^{name}.*lower by (.*) ± (.*)$")


# Proofs


@pytest.mark.parametrize("rng", [6, monthly(7), monthly(8)])
def test_with_its_start_corrected_the_rate_is_larger_and_rmsprop_ends_below_sgd(rng):
    """The riddle has its answer: only the first steps are mended here."""
    rule = RMSprop(lambda t: 2**-5 * np.sqrt(1 - 0.99**t), beta=0.99)
    mended = median(board.race(rule, rng=rng)[-1])
    assert mended < ends_of("SGD", rng) < ends_of(0.99, rng).min()


def test_the_full_matrix_divides_by_the_root_of_the_mean_of_g_g_t():
    g = np.random.default_rng(45).normal(size=(30, 2))
    path = along(g, names("deeper/04")["FullAdam"](1.0))
    b1, b2 = 0.1 * 0.9 ** np.arange(29, -1, -1), 0.001 * 0.999 ** np.arange(29, -1, -1)
    m, V = b1 @ g / (1 - 0.9**30), (g.T * b2) @ g / (1 - 0.999**30)
    step = path[-2] - path[-1]
    # V^(1/2) step = m, so that step V step = m m; and V^(1/2) is symmetric and positive
    np.testing.assert_allclose(step @ V @ step, m @ m)
    assert step @ m > 0


@pytest.mark.parametrize("seed", [0, 1])
def test_zipf_feature_k_is_present_with_chance_1_over_k(seed):
    n = cells("deeper/04", "sparse-code", seed=seed)
    x, chance = n["draw"](4000, np.random.default_rng(5))
    assert x.shape == (12, 4000, 100) and set(np.unique(x)) == {0, 1}
    expected = 1 / np.arange(1, 101)
    error = np.sqrt(expected * (1 - expected) / 48_000)
    assert (abs(x.mean(axis=(0, 1)) - expected) <= 5 * error).all()
    right = 1 / (1 + np.exp(-n["truth"] @ x.swapaxes(1, 2)))
    np.testing.assert_allclose(chance, right, atol=1e-14)


def test_the_batch_gradient_is_the_slope_of_the_expected_cost_on_average():
    n = names("deeper/04")
    point = 0.5 * np.random.default_rng(42).normal(size=(12, 1, 100))
    h = 1e-5 * (np.arange(100) == 1)
    slope = (n["nll"](point + h) - n["nll"](point - h))[:, 0] / 2e-5
    slopes = [n["batch_gradient"](point, t)[:, 0, 1] for t in range(1, 1001)]
    mean, error = mean_and_error(np.transpose(slopes))
    assert np.all(abs(mean - slope) < 4 * error + 0.03)  # 2000 samples scatter too


@pytest.mark.parametrize("n", [3, 5, 10, monthly(30), monthly(101)])
def test_the_drift_is_one_minus_beta_times_the_formula(n):
    memory = 200.0 * n
    gradients = [0.3] * (n - 1) + [-0.3 * (n - 1)]
    formula = -n * (n - 2) / (4 * np.sqrt(n - 1)) / memory
    drift = drift_of(RMSprop(1.0, 1 - 1 / memory, 0.0), gradients, 2000)
    np.testing.assert_allclose(drift, formula, rtol=0.01)
