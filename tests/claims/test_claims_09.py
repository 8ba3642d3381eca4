"""What notebook 09 says of what came after Adam: measures, and references."""

import numpy as np
import pytest

from notebooks.exercises import after_adam as checks
from tests.claims.taught import cells
from tools.course import ROOT
from utils import stats
from utils.descent import descend
from utils.network import Network

AFTER = np.load(ROOT / "tests" / "library" / "references" / "after.npz")
SIZES = (6, 3, 5)  # of the network of these references


def rms_of_a_full_step(n):
    M = np.random.default_rng(1).normal(size=(64, 16))
    return np.sqrt(np.mean((8 * n["sign"](M)) ** 2))


def lifted(s):
    """Return the least and the largest of singular values after Muon's five rounds."""
    for _ in range(5):
        s = 3.4445 * s - 4.7750 * s**3 + 2.0315 * s**5
    return s.min(), s.max()


def lion_at_adams_rate(n):
    """Say whether Lion at Adam's rate is left far above Lion at its own."""
    costs = dict(zip(n["rates"], stats.median(n["ends"]["Lion"]), strict=True))
    return costs[n["at"]["Adam"]] > 10 * costs[n["at"]["Lion"]]


def dead_units(n, name):
    """Return the part of the units that give 0 for every digit, in all networks."""
    units = n["network"].activations(n["finals"][name], n["data"][0])[1]
    return (units == 0).all(axis=1).mean()


# The rules, beside their references


def walk():
    """Return the gradients of the references, a function of (theta, t), and a start."""
    return lambda theta, t: AFTER["gradients"][t - 1], AFTER["start"]


def agree(ours, theirs):
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-10)


def test_500_steps_of_lion_equal_those_of_optax():
    Lion = cells("09", "lion-code")["Lion"]
    agree(descend(*walk(), Lion(0.02), 500)[50::50], AFTER["Lion"])


@pytest.mark.parametrize("warmup", [1, 26])
def test_500_steps_of_schedule_free_equal_those_of_optax(warmup):
    free = cells("09", "free-code")["schedule_free"]
    path = free(*walk(), 0.02, 500, warmup=warmup, eps=1e-12)[50::50]
    theirs = "Schedule-Free" if warmup == 1 else "Schedule-Free, with a warm-up"
    agree(path, AFTER[theirs])


def five_rounds(M):
    """Return M by the five rounds of Newton and Schulz that optax has."""
    X = M / np.linalg.norm(M)
    for _ in range(5):
        A = X @ X.T
        X = 3.4445 * X - 4.7750 * A @ X + 2.0315 * A @ A @ X
    return X


def test_500_steps_of_muon_equal_those_of_optax_on_a_hidden_layer():
    network = Network(SIZES)
    n = cells("09", "muon-code", network=network)
    n["sign"] = five_rounds
    ours = descend(*walk(), n["Muon"](0.02), 500)[50::50]
    (W, _), *_ = network.layers(ours)
    (theirs, _), *_ = network.layers(AFTER["Muon"])
    agree(W, theirs)


def test_muon_leaves_to_adam_all_but_the_first_matrix():
    network = Network(SIZES)
    n = cells("09", "sign-code", "muon-code", network=network)
    ours, adams = (descend(*walk(), n[rule](0.02), 9)[-1] for rule in ("Muon", "Adam"))
    (W, b), *others = network.layers(ours - adams)
    assert W.all() and not np.any(b) and not np.any(others[0][0])


@pytest.mark.parametrize("shape", [(7, 3), (3, 7), (4, 4)])
def test_the_sign_has_singular_values_of_1(shape):
    M = np.random.default_rng(1).normal(size=(2, *shape))
    U, _, V = np.linalg.svd(M, full_matrices=False)
    sign = cells("09", "sign-code")["sign"]
    np.testing.assert_allclose(sign(M), U @ V, atol=1e-10)
    np.testing.assert_allclose(checks.orthogonal.answer(M[0], 60), U[0] @ V[0])


def test_a_direction_that_is_missing_gets_no_step():
    M = np.outer([1.0, 2.0, 2.0], [3.0, 4.0])
    assert np.allclose(cells("09", "sign-code")["sign"](M), M / 15)


NEAR = 2.0 ** np.arange(-1, 1.1, 0.5)[:, None, None]  # a factor of the root of 2 apart


def rates_around(n, rule, lr):
    """Return where a rule ends at rates around lr, without a schedule or with one."""
    if rule == "Schedule-Free":
        path = n["schedule_free"](*n["problem"](20), lr * NEAR, 256, every=256)
        return stats.median(n["training_cost"](path[-1]))
    rate = lr * NEAR
    if "schedule" in rule:
        rate = lambda t: lr * NEAR * n["ramp"](t)  # noqa: E731
    method = n[rule.split(",")[0]](rate)
    path = descend(*n["problem"](20), method, 256, every=256)
    return stats.median(n["training_cost"](path[-1]))


@pytest.mark.monthly
@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize(
    ("rule", "lr"),
    [
        ("Adam, with a schedule", 2**-2.5),
        ("Lion", 2**-7.5),
        ("Muon", 2**-5),
        ("Schedule-Free", 2**-3.5),
    ],
)
def test_each_method_has_its_own_best_rate_within_a_grid_point(rule, lr, seed):
    ids = "problem-code", "lion-code", "sign-code", "muon-code", "free-code"
    n = cells("09", *ids, "ramp-code", seed=seed)
    assert abs(stats.best(rates_around(n, rule, lr)) - 2) <= 1
