"""What notebook 09 says of what came after Adam: measures, and references."""

from functools import cache

import numpy as np
import pytest

from notebooks.exercises import after_adam as checks
from tests.claims.taught import cells, names
from tools.course import ROOT
from utils import stats
from utils.data import digits, words
from utils.descent import descend, sampled
from utils.network import Network
from utils.optimizers import Adam

AFTER = np.load(ROOT / "tests" / "library" / "references" / "after.npz")
SIZES = (6, 3, 5)  # of the network of these references


def moves(path, lr=2**-7.5):
    """Return the median size of what moved in the last step, in learning rates."""
    step = np.abs(path[-1] - path[-2])
    return np.median(step[step > 0]) / lr


def rms_of_a_full_step(n):
    M = np.random.default_rng(1).normal(size=(64, 16))
    return np.sqrt(np.mean((8 * n["orth"](M)) ** 2))


def longest_directions(n):
    """Say whether the shares of the longest direction stay where the text has them."""
    paths = {"Lion": n["lion"](2**-7.5, 200), "Adam": n["adam"]}
    shares = {
        name: [n["shares"](path[: t + 1])[0] for t in (10, 20, 30, 50, 100, 200)]
        for name, path in paths.items()
    }
    lion, adam = shares["Lion"], shares["Adam"]
    return (
        min(lion) > 0.22 and max(lion) < 0.38,
        min(adam) > 0.3 and max(adam) < 0.78,
    )


def lifted(s):
    """Return the least and the largest of singular values after Muon's five rounds."""
    for _ in range(5):
        s = 3.4445 * s - 4.7750 * s**3 + 2.0315 * s**5
    return s.min(), s.max()


def with_plan(n, T, peaks):
    """Return where plans for T steps end, the median for each peak."""

    def planned(t):
        return (
            np.array(peaks)[:, None, None] * min(1, t / (0.1 * T)) * (1 - (t - 1) / T)
        )

    ends = descend(n["gradient"], n["start"], Adam(planned), T, every=T)[-1]
    return stats.median(n["training_cost"](ends))


def best_peak(n):
    """Say whether the peak is the best of its neighbours, within a grid point."""
    ends = with_plan(n, 256, 2.0 ** np.arange(-4, -1.9, 0.5))
    return abs(stats.best(ends) - 2) <= 1


@cache
def _free_at_512():
    n = names("09")
    return n["training_cost"](n["schedule_free_adam"](2**-3.5, 512)[-1])


def ahead_at_512(n):
    return (
        np.median(_free_at_512())
        / with_plan(n, 512, 2.0 ** np.arange(-3.5, -1.9, 0.5)).min()
    )


def mean_place(n):
    """Return where the average of all places of Adam ends."""
    return np.median(n["training_cost"](n["adam"].mean(axis=0)))


def first_at(n):
    """Return the methods in the order in which they come to 0.1."""
    return sorted(n["last"], key=lambda name: np.argmax(n["middle"][name] <= 0.1))


def least_wrong(n):
    """Return who has the lowest test error."""
    x, y = digits()[2]
    right = {k: n["network"].accuracy(p[-1], x, y).mean() for k, p in n["last"].items()}
    return max(right, key=right.get)


def lion_at_adams_rate(n):
    """Say whether Lion at Adam's rate is left far above Lion at its own."""
    costs = dict(zip(n["rates"], stats.median(n["ends"]["Lion"]), strict=True))
    return costs[n["at"]["Adam"]] > 10 * costs[n["at"]["Lion"]]


@cache
def muon_on_words():
    """Return how far Muon ends above Adam in 08's model, each at its best rate."""
    model = Network((256, 16, 256), "identity", embedding=True)
    text, _ = words(256)
    pairs = text[:-1], text[1:]

    def without_bias(theta, x, y):
        gradient = model.gradient(theta, x, y)
        model.layers(gradient)[0][1][...] = 0  # an embedding has none
        return gradient

    def parts(theta):
        return [part for layer in model.layers(theta) for part in layer]

    rng = np.random.default_rng(4)
    start = model.initial(rng, scale=1.0, runs=(3,))
    (E, _), (U, _) = model.layers(start)
    E *= 16
    U *= 0.1
    given = {
        "start": start,
        "gradient": sampled(without_bias, pairs, 128, rng, runs=(3,)),
        "matrices": parts,
        "flat": cells("09", "problem-code")["flat"],
    }
    muon = cells("09", "muon-code", **given)["muon"]
    every_16th = [array[::16] for array in pairs]
    ends = {"Adam": [], "Muon": []}
    for k in range(4):
        adam = Adam(0.01 * 2**k, eps=1e-12)
        ends["Adam"].append(descend(given["gradient"], start, adam, 200, every=200)[-1])
        ends["Muon"].append(muon(0.002 * 2**k, 200)[-1])
    costs = {
        k: [model.cost(end, *every_16th).mean() for end in v] for k, v in ends.items()
    }
    return min(costs["Muon"]) - min(costs["Adam"])


# The rules, beside their references


def walk_of(rule, *ids, **given):
    """Walk through the gradients of the references; return every 50th place."""
    gradients = AFTER["gradients"]
    given |= {"start": AFTER["start"], "gradient": lambda theta, t: gradients[t - 1]}
    return cells("09", *ids, **given)[rule]


def agree(ours, theirs):
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-10)


def test_500_steps_of_lion_equal_those_of_optax():
    lion = walk_of("lion", "lion-code")
    agree(lion(0.02, 500)[50::50], AFTER["Lion"])


def test_500_steps_of_schedule_free_equal_those_of_optax():
    free = walk_of("schedule_free_adam", "free-code")
    agree(free(0.02, 500, eps=1e-12)[50::50], AFTER["Schedule-Free"])


def five_rounds(M):
    """Return M by the five rounds of Newton and Schulz that optax has."""
    X = M / np.linalg.norm(M)
    for _ in range(5):
        A = X @ X.T
        X = 3.4445 * X - 4.7750 * A @ X + 2.0315 * A @ A @ X
    return X


def test_500_steps_of_muon_equal_those_of_optax_on_matrices():
    network = Network(SIZES)

    def matrices(theta):
        return [part for layer in network.layers(theta) for part in layer]

    def flat(parts):
        return np.concatenate([part.ravel() for part in parts])

    muon = walk_of("muon", "muon-code", matrices=matrices, flat=flat)
    muon.__globals__["orth"] = five_rounds
    ours = muon(0.2 * 0.02, 500)[50::50]  # optax has the factor 0.2
    for (W, _), (theirs, _) in zip(
        network.layers(ours), network.layers(AFTER["Muon"]), strict=True
    ):
        agree(W, theirs)


@pytest.mark.parametrize("shape", [(7, 3), (3, 7), (4, 4)])
def test_the_step_has_singular_values_of_1(shape):
    M = np.random.default_rng(1).normal(size=(2, *shape))
    U, _, V = np.linalg.svd(M, full_matrices=False)
    orth = cells("09", "muon-code")["orth"]
    np.testing.assert_allclose(orth(M), U @ V, atol=1e-10)
    np.testing.assert_allclose(checks.orthogonal.answer(M[0], 60), U[0] @ V[0])


def test_a_direction_that_is_missing_gets_no_step():
    M = np.outer([1.0, 2.0, 2.0], [3.0, 4.0])
    assert np.allclose(cells("09", "muon-code")["orth"](M), M / 15)


NEAR = 2.0 ** np.arange(-1, 1.1, 0.5)  # a factor of the root of 2 apart


@pytest.mark.monthly
@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize(
    ("rule", "lr"),
    [("lion", 2**-7.5), ("muon", 2**-8), ("schedule_free_adam", 2**-3.5)],
)
def test_each_method_has_its_own_best_rate_within_a_grid_point(rule, lr, seed):
    ids = "problem-code", "lion-code", "muon-code", "free-code"
    n = cells("09", *ids, seed=seed)
    ends = [np.median(n["training_cost"](n[rule](rate)[-1])) for rate in lr * NEAR]
    assert abs(stats.best(np.array(ends)) - 2) <= 1
