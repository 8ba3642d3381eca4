"""What notebook 04 says in prose: measures for its table, and proofs."""

from functools import cache, partial

import numpy as np
import pytest

from tests.claims.measures import monthly, side  # noqa: F401
from tests.claims.taught import cells, names, printed
from utils import costs
from utils.descent import descend, noisy
from utils.optimizers import SGD, AdaGrad, Adam, RMSprop
from utils.stats import mean_and_error, median, nearest  # noqa: F401

J = costs.quadratic(kappa=100)
NINE_TO_ONE = [0.1] * 9 + [-0.9]
long_memory = partial(RMSprop, beta=0.999)


def along(gradients, optimizer, start=(0.0,)):
    """Return the walk along gradients that do not depend on where it is."""
    start = np.asarray(start, float) * np.ones(np.shape(gradients)[1:])
    return descend(
        lambda theta, t: np.broadcast_to(gradients[t - 1], theta.shape),
        start,
        optimizer,
        len(gradients),
    )


# Measures of the table; n holds the names of the notebook


def sign_descent(n):
    """Return steps to the minimum and the cost from then on, at 0.07 and 0.007."""
    there = (np.abs(n["pair"]).max(axis=-1) < [0.07, 0.007]).argmax(axis=0)
    return there, n["J"](n["pair"][-100:]).mean(axis=0)


def lengths_of_rprop(n):
    """Return Rprop's lengths, from 0.1: after the same sign twice, a new one, and 0."""
    rprop, theta = n["Rprop"](0.1), np.zeros(3)
    state = rprop.init(theta)
    for t, slope in enumerate(([7.0, 7.0, 7.0], [0.1, -0.1, 0.0]), 1):
        theta, state = rprop.step(theta, np.array(slope), state, t)
    np.testing.assert_allclose(theta, [-0.22, -0.05, -0.1])
    return state.length


def rprop_at(n, angle):
    """Return Rprop's J after 100 steps in a ravine that is turned."""
    ravine = costs.quadratic(100, angle)
    return ravine(descend(ravine.gradient, ravine.start, n["Rprop"](0.07), 100)[-1])


def height(n, kind, name):
    """Return the mean of the last 50 medians of a rule in the figure of the trials."""
    (key,) = (key for key in n["kinds"] if key.startswith(kind))
    return n["drops"][key, name][-50:].mean()


def ends_at(kind, name):
    """Return the cost that is printed for a rule, at its best rate."""
    return printed("04", "trials-run", rf"{kind} +{name} .*J = (.*)")


def trial(n, rule, sigma, bad=0):
    """Return what the trials give for a rule of any kind, at its best rate."""
    return n["best_trial"](rule, sigma, bad)[2]


def after_a_huge_gradient(first=100.0, beside_usual=True):
    """Return AdaGrad's steps after a first gradient, as shares of the usual ones."""
    gradients = np.ones((20_000, 1))
    steps = []
    for size in first, 1.0:
        gradients[0] = size
        steps.append(np.diff(along(gradients, AdaGrad(1.0))[:, 0])[1:])
    return steps[0] / steps[1] if beside_usual else -steps[0]


@cache
def in_3000_steps(sigma=10):
    """Return the lowest costs of AdaGrad and of RMSprop with a memory of 1000."""
    curvatures, rates = np.array([1.0, 100.0]), np.geomspace(1e-4, 3, 28)
    start = np.random.default_rng(141).normal(size=(100, 2)) * [2, 0.6]
    ends = []
    for rule in AdaGrad, long_memory:
        slope = noisy(lambda theta, t: curvatures * theta, sigma, 142, start.shape)
        walk = descend(slope, start, rule(rates[:, None, None]), 3000, every=20)[-10:]
        ends.append(np.min(np.median(walk**2 @ curvatures, axis=-1).mean(axis=0)))
    return ends


def at_the_end(beta, lr):
    """Return the last five places of RMSprop in the ravine, with the exact gradient."""
    rule = RMSprop(lr, beta, eps=0.0)
    return descend(J.gradient, J.start, rule, 6000)[-5:]


def sinks_first(beta):
    """Say whether RMSprop is far below its floor in 1000 steps, and on it at last."""
    rule, floor = RMSprop(0.01, beta), 101 * 0.01**2 / 8
    early, late = J(descend(J.gradient, J.start, rule, 6000))[[1000, 6000]]
    return early < 1e-6 * floor and np.isclose(late, floor), early < floor


def walk_in(kappa):
    """Return RMSprop's walk along the axes of a ravine, without ε."""
    return descend(costs.quadratic(kappa).gradient, J.start, RMSprop(0.03, 0.9, 0), 60)


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


def turned_walk(optimizer, angle, kappa):
    """Return the walk of the slider, from the start that turns with the ravine."""
    begin = costs.rotation(angle) @ [-2, 0.6]
    return descend(costs.quadratic(kappa, angle).gradient, begin, optimizer, 60)


def comes_back():
    """Say whether Adam, at a constant rate, rises again far above a millionth."""
    turned = costs.quadratic(1000, 45)
    angles = np.random.default_rng(23).uniform(0, 2 * np.pi, size=(20, 1))
    start = np.hstack([np.cos(angles), np.sin(angles)])
    path = descend(turned.gradient, start, Adam(1.0, eps=0.0), 5000, record=turned)
    share = path / path[0]
    low = share[:3000].min(axis=0) < 1e-6
    return np.all(low) and np.all(share[1000:].max(axis=0) > 1e-3)


def stays_below(n):
    """Say whether J is below a millionth for 100 steps from where the count ends."""
    ravine, rule = costs.quadratic(1000), Adam(0.075, eps=0.0)
    steps, start = n["steps_needed"](rule, 0, 700), n["circle"]
    below = descend(ravine.gradient, start, rule, 700, record=ravine)
    below = below < 1e-6 * ravine(start)
    return all(
        below[first : first + 100, run].all() and not below[first - 1, run]
        for run, first in enumerate(steps.astype(int))
    )


def left_of_the_way(n, angle, kappa):
    """Return the percentage of the way along the valley that RMSprop has left."""
    a, k = nearest(n["degrees"], angle), nearest(n["kappas"], kappa)
    return 100 * n["ways"]["RMSprop"][a, k]


def steps_of_rmsprop(gradients, beta=0.9):
    """Return RMSprop's steps along gradients, in η, without ε."""
    return -np.diff(along(np.reshape(gradients, (-1, 1)), RMSprop(1, beta, 0))[:, 0])


def first_step(beta, gradient):
    return steps_of_rmsprop([gradient], beta)[0]


@cache
def felt(angle):
    """Return the steps away from a turned saddle, for four distances from its ridge."""
    turn = costs.rotation(angle)
    deltas = np.array([1e-2, 1e-4, 1e-6, 1e-8])
    starts = np.stack([np.full(4, -1.5), deltas], axis=-1) @ turn.T
    bend = turn @ np.diag([1.0, -1.0]) @ turn.T
    rule = RMSprop(0.05, 0.9, eps=0.0)
    path = descend(lambda theta, t: theta @ bend, starts, rule, 400)
    return (np.abs(path @ turn)[..., 1] >= 1).argmax(axis=0)


def drift_of(optimizer, gradients, cycles):
    """Return how far theta goes in the last of many cycles."""
    path = along(np.tile(gradients, cycles)[:, None], optimizer)[:, 0]
    return path[-1] - path[-1 - len(gradients)]


def largest_in_the_cycle():
    """Return at which of the ten gradients v is largest."""
    v, seen = 0.0, []
    for g in NINE_TO_ONE * 200:
        v = 0.9 * v + 0.1 * g**2
        seen.append(v)
    return np.argmax(seen[-10:])


@cache
def drawn_independently(beta):
    """Return how many times the drift of the formula that of random batches is."""
    rng, v, steps = np.random.default_rng(52), np.full(2000, 0.09), []
    for _ in range(4000):
        g = np.where(rng.uniform(size=2000) < 0.9, 0.1, -0.9)
        v = beta * v + (1 - beta) * g**2
        steps.append(np.mean(g / 0.3 - g / np.sqrt(v)))  # g alone has the mean 0
    return -10 * np.mean(steps[1000:]) / (20 / 3 * (1 - beta))


@cache
def reshuffled(beta):
    """Return how many times the drift of a fixed order that of shuffled cycles is."""
    rng, v, ends = np.random.default_rng(53), np.full(2000, 0.09), []
    theta = np.zeros(2000)
    for _ in range(300):
        for g in rng.permuted(np.tile(NINE_TO_ONE, (2000, 1)), axis=1).T:
            v = beta * v + (1 - beta) * g**2
            theta = theta - g / np.sqrt(v)
        ends.append(theta.mean())
    fixed = drift_of(RMSprop(1.0, beta, 0.0), NINE_TO_ONE, 300)
    return (ends[-1] - ends[99]) / 200 / fixed


def forgotten(beta):
    """Return the steps until what a gradient 1000 times too large adds is 1."""
    return np.log((1 - beta) * 1e6) / np.log(1 / beta)


def after_a_bad_batch(beta):
    """Return RMSprop's steps for half of that time, as shares of the usual ones."""
    half = int(forgotten(beta) // 2)
    gradients = np.ones(10_000 + half)
    gradients[9999] = 1000
    return steps_of_rmsprop(gradients, beta)[10_000:]


def is_adagrad(rest):
    """Say whether RMSprop with β = 1 - rest walks like AdaGrad."""
    gradients = np.random.default_rng(51).normal(size=(300, 3))
    rules = RMSprop(0.1 * np.sqrt(rest), 1 - rest, eps=0.0), AdaGrad(0.1, eps=0.0)
    return np.allclose(*(along(gradients, rule) for rule in rules), atol=1e-6)


def cycle_of_v():
    """Return the three v of the exercise on paper, as the gradients come again."""
    seen = [4.0]
    for g in [1, -3, 1.5]:
        seen.append(0.5 * seen[-1] + 0.5 * g**2)
    return seen[1:]


def ahead(n, name):
    """Return by how much a method ends lower than SGD on rare features, and ±."""
    return mean_and_error(n["fits"]["SGD"][-1] - n["fits"][name][-1])


def lower_by(cell, name):
    """Return by how much a method is printed to be lower than SGD, and ±."""
    return printed("04", cell, rf"(?m)^{name}.*lower by (.*) ± (.*)$")


# Section 1


def test_a_coin_toss_shrinks_the_step_of_rprop_by_0_77():
    rng = np.random.default_rng(10)
    rprop, theta = names("04")["Rprop"](1.0), np.zeros(20_000)
    state, lengths = rprop.init(theta), []
    for t in range(1, 12):
        theta, state = rprop.step(theta, rng.normal(size=theta.shape), state, t)
        lengths.append(np.exp(np.log(state.length).mean()))
    shrink = np.array(lengths[1:]) / lengths[:-1]
    np.testing.assert_allclose(shrink, np.sqrt(1.2 * 0.5), atol=0.01)


@pytest.mark.parametrize("seed", [0, monthly(1), monthly(2)])
def test_in_noise_that_grows_with_the_curvature_rmsprop_is_far_below_tuned_sgd(seed):
    """The noise has the root of the curvature as its size: 3 and 30."""
    angle = np.random.default_rng([55, seed]).uniform(0, 2 * np.pi, size=(100, 1))
    starts = np.hstack([2 * np.cos(angle), 0.6 * np.sin(angle)])
    noise, rates = np.array([3.0, 30.0]), np.geomspace(1e-4, 0.1, 25)
    batch = noisy(J.gradient, noise, rng=[56, seed], shape=starts.shape)
    best = {}
    for rule in SGD, partial(RMSprop, beta=0.9):
        costs_seen = descend(batch, starts, rule(rates[:, None, None]), 300, record=J)
        heights = np.median(costs_seen[-50:].mean(axis=0), axis=-1)
        assert 0 < np.nanargmin(heights) < 24
        best[rule is SGD] = np.nanmin(heights)
    assert best[True] > 3 * best[False]


def test_adagrad_is_lowest_because_its_rate_falls():
    """RMSprop at a falling rate gains on RMSprop; AdaGrad without its fall loses."""

    def falling(lr):
        return RMSprop(lambda t: lr / np.sqrt(t), beta=0.9)

    def steady(lr):
        return AdaGrad(lambda t: lr * np.sqrt(t))

    ids = "sign-code", "rprop-code", "trials-code", "trials-race"
    runs = [cells("04", *ids, seed=seed) for seed in range(1, 9)]
    for lower, higher in (falling, partial(RMSprop, beta=0.9)), (AdaGrad, steady):
        logs = [np.log([trial(n, rule, 10) for n in runs]) for rule in (lower, higher)]
        mean, error = mean_and_error(logs[1] - logs[0])
        assert mean > 3 * error


@pytest.mark.parametrize("beta", [0.5, 0.9, 0.99])
@pytest.mark.parametrize("kappa", [1, 30, 1000])
@pytest.mark.parametrize("lr", [0.02, 0.003])
def test_rmsprop_jumps_between_plus_and_minus_half_a_rate_for_ever(kappa, lr, beta):
    ravine = costs.quadratic(kappa)
    path = descend(ravine.gradient, ravine.start, RMSprop(lr, beta, eps=0.0), 6000)
    np.testing.assert_allclose(np.abs(path[-5:]), lr / 2, rtol=1e-5)
    np.testing.assert_allclose(path[-1], -path[-2], rtol=1e-5)
    assert ravine(path[-1]) == pytest.approx((1 + kappa) * lr**2 / 8)


def test_with_a_very_long_memory_rmsprop_sinks_to_exactly_0_from_many_starts():
    starts = np.random.default_rng(57).uniform(-2, 2, size=(100, 2))
    ends = descend(J.gradient, starts, RMSprop(0.01, 0.995), 8000, every=8000)[-1]
    assert 0.2 < np.mean(ends == 0) < 0.8


# Going deeper: a full matrix, and rare features


def test_the_full_matrix_divides_by_the_root_of_the_mean_of_g_g_t():
    g = np.random.default_rng(45).normal(size=(30, 2))
    path = along(g, names("04")["FullAdam"](1.0))
    b1, b2 = 0.1 * 0.9 ** np.arange(29, -1, -1), 0.001 * 0.999 ** np.arange(29, -1, -1)
    m, V = b1 @ g / (1 - 0.9**30), (g.T * b2) @ g / (1 - 0.999**30)
    step = path[-2] - path[-1]
    # V^(1/2) step = m, so that step V step = m m; and V^(1/2) is symmetric and positive
    np.testing.assert_allclose(step @ V @ step, m @ m)
    assert step @ m > 0


@pytest.mark.parametrize("seed", [0, 1])
def test_zipf_feature_k_is_present_with_chance_1_over_k(seed):
    n = cells("04", "sparse-code", seed=seed)
    x, chance = n["draw"](4000, np.random.default_rng(5))
    assert x.shape == (12, 4000, 100) and set(np.unique(x)) == {0, 1}
    expected = 1 / np.arange(1, 101)
    error = np.sqrt(expected * (1 - expected) / 48_000)
    assert (abs(x.mean(axis=(0, 1)) - expected) <= 5 * error).all()
    right = 1 / (1 + np.exp(-n["truth"] @ x.swapaxes(1, 2)))
    np.testing.assert_allclose(chance, right, atol=1e-14)


def test_the_batch_gradient_is_the_slope_of_the_expected_cost_on_average():
    n = names("04")
    point = 0.5 * np.random.default_rng(42).normal(size=(12, 1, 100))
    h = 1e-5 * (np.arange(100) == 1)
    slope = (n["nll"](point + h) - n["nll"](point - h))[:, 0] / 2e-5
    slopes = [n["batch_gradient"](point, t)[:, 0, 1] for t in range(1, 1001)]
    mean, error = mean_and_error(np.transpose(slopes))
    assert np.all(abs(mean - slope) < 4 * error + 0.03)  # 2000 samples scatter too


# Section 4: nine to one


@pytest.mark.parametrize("n", [3, 5, 10, monthly(30), monthly(101)])
def test_the_drift_is_one_minus_beta_times_the_formula(n):
    memory = 200.0 * n
    gradients = [0.3] * (n - 1) + [-0.3 * (n - 1)]
    formula = -n * (n - 2) / (4 * np.sqrt(n - 1)) / memory
    drift = drift_of(RMSprop(1.0, 1 - 1 / memory, 0.0), gradients, 2000)
    np.testing.assert_allclose(drift, formula, rtol=0.01)
