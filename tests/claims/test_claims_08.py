"""What notebook 08 says of words: measures for its table, and references."""

from functools import cache, partial

import numpy as np
import pytest

from notebooks.exercises import words as checks
from tests.claims.taught import cells, names, printed
from tools.course import ROOT
from utils import optimizers as opt
from utils import stats
from utils.descent import descend
from utils.network import Network
from utils.stats import mean_and_error

AFTER = np.load(ROOT / "tests" / "library" / "references" / "after.npz")
TABLE = "language-code", "table-code", "race-methods", "race-code"

# 1 to 3 The table; n holds the names of the notebook


def mean_end(n, kind, name):
    return n["falls"][kind, name][-1].mean()


def times(n, kind):
    """Return how many times as high momentum ends as Adam."""
    return mean_end(n, kind, "momentum") / mean_end(n, kind, "Adam")


def printed_end(kind, name):
    """Return where a method is printed to end in a kind of languages, and ±."""
    cell = "half-code" if kind.startswith("rare") else "race-run"
    return printed("08", cell, rf"(?m)^{kind} +{name} +(\S+) ± (\S+)")


def bounces(n):
    """Say whether gradient descent stays far from the floor of the first word."""
    path = n["run"](n["best"]["Zipf", "gradient descent"], n["zipf"], n["zipf"].by_word)
    by_word = np.median(path[-10:], axis=(0, 1))
    return by_word[0] > 3 * by_word[1]


def neglect(n):
    """Return the methods whose rare words are behind their frequent ones."""
    behind = []
    for name in n["five"]:
        path = n["run"](
            n["best"]["Zipf", name], n["zipf"], n["zipf"].by_word, every=100
        )
        frequent, rare = np.split(path[-1].mean(axis=0), [25])
        ratio = rare[50:].mean() / frequent.mean()
        behind += [name] * int(ratio > 2)
    return behind


def alike(n, name):
    """Say whether a method takes the same number of steps for words 1, 10 and 50."""
    method = n["methods"][name][0]
    part = n["run"](method(np.float32(0.1)), n["long"], n["long"].by_word)
    below = part[..., [0, 9, 49]] < part[0, :, [0, 9, 49]].T / 10
    steps = np.median(below.argmax(axis=0), axis=0)
    return below.any(axis=0).all() and np.ptp(steps) <= 0.25 * steps[0] + 1


def alike_with_batches(n):
    """Say whether Adam takes as many steps for rare words as for frequent ones."""
    one, start = n["one"], np.zeros((1, 100**2), np.float32)
    path = descend(n["by_batch"](3), start, n["Adam"](0.02), 600, one.by_word, 10)
    steps = (path[:, 0] < path[0, 0] / 4).argmax(axis=0)
    return np.median(steps[45:55]) <= 2 * np.median(steps[:3])


@cache
def with_epsilon(eps, rates=slice(3, 13)):
    """Return where Adam ends in Zipf's languages with another ε, tuned anew."""
    n = cells("08", *TABLE)
    n["methods"]["Adam, ε"] = partial(opt.Adam, eps=eps), [0.9], n["quarters"][rates]
    tuning, judging = (n["Bigrams"](n["languages"](k, k)) for k in (3, 5))
    return n["run"](n["tuned"]("Adam, ε", tuning), judging)[-1].mean()


def leads(n, V=100):
    """Return how many times as high momentum ends as Adam, at each exponent."""
    return n["curves"]["momentum", V][-1] / n["curves"]["Adam", V][-1]


def grown(n):
    """Return Adam's lead for each number of words."""
    _, momentum, adam = n["growth"]
    return np.divide(momentum, adam)


# 4 The model


def gaps(n, kind, name, part=0):
    return mean_and_error(n["gap"][kind, name][part])


def printed_gap(kind, name):
    """Return what a method is behind Adam, and ±, in training and held out, printed."""
    pairs = r"(\S+) ± (\S+) \| (\S+) ± (\S+)"
    return printed("08", "model-print", rf"(?m)^{kind} +{name} +{pairs}")


def owed(n, part):
    """Return what Zipf's words add to the gap of momentum, and its error."""
    kinds = "Zipf", "balanced"
    (zipf, se), (flat, other) = (gaps(n, k, "momentum", part) for k in kinds)
    return zipf - flat, np.hypot(se, other)


def part_owed(n):
    return owed(n, 0)[0] / gaps(n, "Zipf", "momentum")[0]


def agrees_held_out(n):
    """Say whether both gaps have their signs on held-out text, beyond two errors."""
    momentum, rmsprop = (gaps(n, "real", k, 1) for k in ("momentum", "RMSprop"))
    return np.divide(*momentum) > 2 and np.divide(*rmsprop) < -2


@cache
def after_1000_steps():
    """Return each method's costs after 1,000 steps, less Adam's, on both parts."""
    n = names("08")
    data, chosen = n["texts"]["real"], ("Adam", "momentum", "RMSprop")
    last = {name: n["fitted"](*n["rival"][name], data, steps=1000) for name in chosen}
    return {name: n["behind"](end, last["Adam"], data) for name, end in last.items()}


def left_after_1000(name, part=0):
    return mean_and_error(after_1000_steps()[name][part])


def model_costs(n, *chosen):
    return [n["cost"](n["models"]["real", k], n["texts"]["real"]) for k in chosen]


def beta_costs(n, B, k=0):
    """Return what a β₂ costs rare words, beside 0.999; k: its place, 0 for 0.9."""
    return n["by_beta"][B][k] - n["by_beta"][B][3]


def chance_in_a_batch(n, size=512):
    """Return how often a rare word of average share is in a batch."""
    return 1 - np.exp(-size * n["share"][n["rare"]].mean())


def cosine_helps(n):
    """Say whether momentum gains by the cosine, and whether Adam does, in batches."""
    rates, start, gains = n["quarters"][6:11, None], n["start"], []
    for name, rate in ("momentum", 6), ("Adam", 0.02):
        method, betas, _ = n["methods"][name]
        rule = method(np.float32(rate * rates), betas[0])
        ends = descend(n["by_batch"](2), start, rule, 1000, n["one"].excess, 1000)[-1]
        gains.append(ends[stats.best(ends)] / n["noisy_ends"][name])
    return gains[0] > 1.5, gains[1] > 1


# 5 What came after


def printed_after(name):
    return printed("08", "after-run", rf"(?m)^{name} +− Adam (\S+) ± (\S+)")


def part_of_a_schedule(n):
    """Return which part of the cosine's gain Schedule-Free has."""
    gain = {k: n["gap"]["after", k].mean() for k in ("Schedule-Free", "Adam, cosine")}
    return gain["Schedule-Free"] / gain["Adam, cosine"]


def lifted(s):
    """Return the least and the largest of singular values after five iterations."""
    for _ in range(5):
        s = 3.4445 * s - 4.7750 * s**3 + 2.0315 * s**5
    return s.min(), s.max()


def ends_of_ratios(n):
    """Return the first and the mean of the last 20, of output and of embedding."""
    both = [n["ratio"][k] for k in ("output", "embedding")]
    return [(layer[0], layer[-20:].mean()) for layer in both]


# Formulas, and other searches


def test_mixed_rows_have_the_same_cost_and_the_same_floor():
    n = cells("08", *TABLE, "mix-code", seed=3)
    joint = n["languages"](1, 53)[0].astype(float)
    plain, mixed = n["Bigrams"](joint), n["Mixed"](joint)
    theta = np.random.default_rng(53).normal(size=(100, 100))
    for point in theta, np.log(plain.true):
        turned = (mixed.Q.astype(float).T @ point).ravel()
        assert mixed.excess(turned) == pytest.approx(
            plain.excess(point.ravel()), abs=1e-5
        )


@pytest.mark.parametrize("seed", [0, 1])
def test_the_gradient_of_the_table_is_that_of_its_cost(seed):
    n = cells("08", *TABLE)
    rng = np.random.default_rng(seed)
    table = n["Bigrams"](n["language"](rng, V=5))
    theta, step = rng.normal(size=25), 1e-6 * np.eye(25)
    central = (table.excess(theta + step) - table.excess(theta - step)) / 2e-6
    np.testing.assert_allclose(table.gradient(theta, 1), central, atol=1e-8)
    floor = np.log(table.true).ravel()
    assert table.excess(floor) == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("V", [100, 200, pytest.param(400, marks=pytest.mark.monthly)])
def test_the_few_rates_tried_for_many_words_hold_the_best_of_all(V):
    n = cells("08", *TABLE, "growth-code")
    tuning = n["Bigrams"](n["languages"](3, 54, V=V))
    for name, beta in ("momentum", "beta"), ("Adam", "beta1"):
        few, all_ = (n["tuned"](f"{name}{near}", tuning) for near in (", near", ""))
        assert (few.lr, getattr(few, beta)) == (all_.lr, getattr(all_, beta))


# What came after, beside its reference


def walk(optimizer):
    theta, path = AFTER["start"], []
    state = optimizer.init(theta)
    for t, gradient in enumerate(AFTER["gradients"], 1):
        theta, state = optimizer.step(theta, gradient, state, t)
        path.append(theta)
    return np.array(path)[49::50]


def agree(ours, name):
    np.testing.assert_allclose(ours, AFTER[name], rtol=0, atol=1e-10)


def test_500_steps_of_lion_equal_those_of_optax():
    n = cells("08", "lion-code")
    agree(walk(n["Lion"](0.02, beta2=0.99)), "Lion")


def test_500_steps_of_muon_with_five_iterations_equal_those_of_optax():
    n = cells("08", "orthogonal-code", "muon-code", model=Network((6, 3, 5)))
    n["orthogonal"] = checks.newton_schulz.answer
    agree(walk(n["Muon"](0.02, eps=0.0)), "Muon")


def test_500_steps_of_schedule_free_equal_those_of_optax():
    n = cells("08", "free-code")

    def gradient(theta, t):
        return AFTER["gradients"][t - 1]

    ends = [
        n["schedule_free"](gradient, AFTER["start"], 0.02, steps)
        for steps in range(50, 501, 50)
    ]
    agree(np.array(ends), "Schedule-Free")


@pytest.mark.parametrize("shape", [(7, 3), (3, 7), (4, 4)])
def test_the_orthogonal_factor_has_singular_values_of_1(shape):
    n = cells("08", "orthogonal-code")
    M = np.random.default_rng(1).normal(size=(2, *shape))
    U, _, V = np.linalg.svd(M, full_matrices=False)
    np.testing.assert_allclose(n["orthogonal"](M), U @ V, atol=1e-10)
