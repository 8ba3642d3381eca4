"""What notebook 09 says of what came after Adam: measures, and references."""

from functools import cache

import numpy as np
import pytest

from notebooks.exercises import after_adam as checks
from tests.claims.taught import cells, names
from tools.course import ROOT
from utils import stats
from utils.data import digits
from utils.descent import descend
from utils.network import Network
from utils.optimizers import Adam, AdamW

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
        min(lion) > 0.2 and max(lion) < 0.4,
        min(adam) > 0.3 and max(adam) < 0.8,
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


@cache
def _elsewhere():
    """Return the board's problem, Lion and Schedule-Free, with four sets of seeds."""
    ids = "problem-code", "lion-code", "free-code"
    return [cells("09", *ids, seed=seed) for seed in range(4)]


@cache
def lower_peak(T):
    """Return where the next lower peak ends, in ends of the slider's, in each set."""
    ends = [with_plan(n, T, 2.0 ** np.array([-3, -2.5])) for n in _elsewhere()]
    return [lower / own for lower, own in ends]


def best_peak(n):
    """Say whether the peak is the best of its neighbours, within a grid point."""
    ends = with_plan(n, 256, 2.0 ** np.arange(-4, -1.9, 0.5))
    return abs(stats.best(ends) - 3) <= 1


@cache
def _ends_of_free():
    """Return where Schedule-Free ends, (seeds, rates): its own is the middle."""
    ids = "problem-code", "free-code"
    runs = (cells("09", *ids, seed=seed) for seed in (0, 1, 2))
    return np.array(
        [
            [
                np.median(n["training_cost"](n["schedule_free_adam"](rate)[-1]))
                for rate in 2.0 ** np.array([-4, -3.5, -3])
            ]
            for n in runs
        ]
    )


def best_free():
    """Say whether the rate of Schedule-Free is the best, over several seeds."""
    return np.log(_ends_of_free()).mean(axis=0).argmin() == 1


def free_at_next_rate():
    """Say whether the next rate is a little lower here, and higher with other seeds."""
    here, *others = _ends_of_free()[:, 2] / _ends_of_free()[:, 1]
    return 0.7 < here < 1, min(others) > 1


def order_at_50(n):
    """Return who is lowest and who is highest at step 50."""
    order = sorted(n["middle"], key=lambda name: n["middle"][name][25])
    return order[0], order[-1]


def tuned_rest(n):
    """Say whether Muon ends lowest with its rate for what Adam moves."""
    ends = [
        np.median(n["training_cost"](n["muon"](2**-8, rest=rest)[-1]))
        for rest in 2.0 ** np.array([-5.5, -4.5, -3.5])
    ]
    return np.argmin(ends) == 1


@cache
def _free_at_512():
    n, rates = names("09"), 2.0 ** np.array([-4, -3.5, -3])
    ends = [n["training_cost"](n["schedule_free_adam"](lr, 512)[-1]) for lr in rates]
    return min(map(np.median, ends))


def ahead_at_512(n):
    """Return the plan's lead over Schedule-Free, both at their best rates for 512."""
    return _free_at_512() / with_plan(n, 512, 2.0 ** np.arange(-3.5, -1.9, 0.5)).min()


@cache
def with_decay():
    """Return where AdamW ends with its usual decay, in ends of Adam, in each set."""
    both, ratios = (AdamW(2**-4.5), Adam(2**-4.5)), []
    for n in _elsewhere():
        paths = [descend(n["gradient"], n["start"], o, 256, every=256) for o in both]
        ratios.append(
            np.divide(*(stats.median(n["training_cost"](path[-1])) for path in paths))
        )
    return ratios


@cache
def lion_with_decay(lr=2**-7, decay=0.3):
    """Return where Lion with weight decay ends, in ends without, in each set."""
    ratios = []
    for n in _elsewhere():
        theta, m = n["start"], 0
        for t in range(1, 257):
            g = n["gradient"](theta, t)
            theta = (1 - lr * decay) * theta - lr * np.sign(0.9 * m + 0.1 * g)
            m = 0.99 * m + 0.01 * g
        ends = theta, n["lion"](2**-7.5)[-1]
        ratios.append(
            np.divide(*(stats.median(n["training_cost"](end)) for end in ends))
        )
    return ratios


def rms_of_step(n, name, t):
    """Return how far step t moves the numbers of the first layer's matrix."""
    path = {"Adam": n["adam"], "Muon": n["muon"](2**-8)}[name]
    return np.sqrt(np.mean(n["matrices"](path[t] - path[t - 1])[0] ** 2))


def mean_place(n, since=0):
    """Return where the average of the places of Adam ends, of those since a step."""
    return np.median(n["training_cost"](n["adam"][since:].mean(axis=0)))


def first_at(n):
    """Return the methods in the order in which they come to 0.1."""
    return sorted(n["middle"], key=lambda name: np.argmax(n["middle"][name] <= 0.1))


def steps_of_muon(n):
    """Return Muon's steps to 0.1, in those of Schedule-Free."""
    muon, free = (np.argmax(n["middle"][k] <= 0.1) for k in ("Muon", "Schedule-Free"))
    return muon / free


def soonest(n):
    """Return who needs the least time to 0.1, if a step of Muon takes twice as long."""
    steps = {name: np.argmax(n["middle"][name] <= 0.1) for name in n["middle"]}
    return min(steps, key=lambda name: steps[name] * (1 + (name == "Muon")))


def moved_by_adam(n):
    """Say whether all that Muon leaves takes Adam's step, and the first layer not."""
    g = n["gradient"](n["start"], 1)
    first, *others = n["matrices"](n["muon"](2**-8, 1)[1])
    adam = n["board"].METHODS["Adam"]
    moved, _ = adam.step(n["start"], g, adam.init(n["start"]), 1)
    wanted, *others_wanted = n["matrices"](moved)
    return all(map(np.array_equal, others, others_wanted)) and not np.allclose(
        first, wanted
    )


def muon_on_all(n):
    """Return where it ends if Muon moves biases and output, too, at its best rate."""
    W = n["matrices"](n["start"])
    M = [0] * len(W)
    for t in range(1, 257):
        G = n["matrices"](n["gradient"](n["flat"](W), t))
        for k in range(len(W)):
            M[k] = 0.9 * M[k] + 0.1 * G[k]
            root = np.sqrt(max(G[k].shape[-2:]))
            W[k] = W[k] - 2**-8 * root * n["orth"](M[k])
    return stats.median(n["training_cost"](n["flat"](W)))


def fewer_errors(n):
    """Return whether Muon errs less than Adam, by how much, and both deviations."""
    x, y = digits()[2]
    network = n["network"]
    right = {
        name: network.activations(path[-1], x)[-1].argmax(axis=-1) == y
        for name, path in {"Adam": n["adam"], "Muon": n["muon"](2**-8)}.items()
    }
    points = 100 * (right["Muon"].astype(float) - right["Adam"])
    networks, each = points.mean(axis=1), points.mean(axis=0)
    errors = [m.std(ddof=1) / np.sqrt(len(m)) for m in (networks, each)]
    return points.mean() > 0, points.mean(), *errors


def at_z(n):
    """Return where Schedule-Free ends with the gradient at z, at its best rate."""
    rule, rates = n["schedule_free_adam"], 2.0 ** np.arange(-5.5, -3.4, 0.5)
    return min(
        stats.median(n["training_cost"](rule(rate, beta=0)[-1])) for rate in rates
    )


@cache
def no_plan_has_both():
    """Say whether no plan, however long, ends below Schedule-Free at 128 and 256."""
    T, both = np.arange(100, 304, 8)[:, None, None], []

    def planned(t):
        return 2**-2.5 * np.minimum(1, t / (0.1 * T)) * np.maximum(0, 1 - (t - 1) / T)

    for n in _elsewhere()[:3]:
        given, cost = (n["gradient"], n["start"]), n["training_cost"]
        runs = descend(*given, Adam(planned), 256, every=128, record=cost)[1:]
        free = cost(n["schedule_free_adam"](2**-3.5)[[128, 256]])
        lower = stats.median(runs) < stats.median(free)[:, None]
        both.append(lower.all(axis=0).any() or not lower.any(axis=1).all())
    return not any(both)


def lion_at_adams_rate(n):
    """Say whether Lion at Adam's rate is left far above Lion at its own."""
    costs = dict(zip(n["rates"], stats.median(n["ends"]["Lion"]), strict=True))
    return costs[n["at"]["Adam"]] > 10 * costs[n["at"]["Lion"]]


# The rules, beside their references


def walk_of(rule, *ids, **given):
    """Walk through the gradients of the references; return every 50th place."""
    gradients = AFTER["gradients"]
    given |= {"start": AFTER["start"], "gradient": lambda theta, t: gradients[t - 1]}
    return cells("09", *ids, **given, lr_at=lambda lr, t: lr)[rule]


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


def test_500_steps_of_muon_equal_those_of_optax_on_a_hidden_layer():
    network = Network(SIZES)

    def matrices(theta):
        return [part for layer in network.layers(theta) for part in layer]

    def flat(parts):
        return np.concatenate([part.ravel() for part in parts])

    muon = walk_of("muon", "muon-code", matrices=matrices, flat=flat)
    muon.__globals__["orth"] = five_rounds
    ours = muon(0.2 * 0.02, 500)[50::50]  # optax has the factor 0.2
    (W, _), *_ = network.layers(ours)
    (theirs, _), *_ = network.layers(AFTER["Muon"])
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
