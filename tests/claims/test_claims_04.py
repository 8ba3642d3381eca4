"""What notebook 04 says in prose, as mathematics or with other seeds than its own."""

import re
from functools import cache, partial

import matplotlib.pyplot as plt
import numpy as np
import pytest

from tests.claims.taught import cells, names, printed
from utils import costs, figures
from utils.descent import descend, noisy
from utils.optimizers import SGD, AdaGrad, Adam, Momentum, RMSprop
from utils.stats import mean_and_error, nearest

J = costs.quadratic(kappa=100)


class SignDescent(SGD):
    def step(self, theta, gradient, state, t):
        return theta - self.lr * np.sign(gradient), state


class Rprop(SGD):
    """Written with a loop's `where` in place of the notebook's `select`."""

    def init(self, theta):
        return np.zeros_like(theta), np.broadcast_to(self.lr, theta.shape)

    def step(self, theta, gradient, state, t):
        last, length = state
        agreement = np.sign(gradient) * last
        length = length * np.where(agreement > 0, 1.2, 1)
        length = length * np.where(agreement < 0, 0.5, 1)
        return theta - length * np.sign(gradient), (np.sign(gradient), length)


# Section 1: four rules on one ravine


def test_sign_descent_arrives_in_distance_over_rate_and_stays_within_one_step():
    lr = np.array([0.07, 0.007])
    path = descend(J.gradient, J.start, SignDescent(lr[:, None]), 600)
    arrived = (np.abs(path).max(axis=-1) < lr).argmax(axis=0)
    np.testing.assert_array_equal(arrived, np.floor(2 / lr))
    assert np.all(np.abs(path[400:]).max(axis=(0, 2)) < lr + 1e-12)
    floors = J(path[-100:]).mean(axis=0)
    assert 50 < floors[0] / floors[1] < 200  # a tenth of the rate, squared


def test_rprop_with_exact_gradients_goes_on_to_rounding():
    assert J(descend(J.gradient, J.start, Rprop(0.07), 100)[-1]) < 1e-25


@cache
def lengths_of_rprop():
    """Return Rprop's lengths, from 0.1: after the same sign twice, a new one, and 0."""
    rprop, theta = names("04")["Rprop"](0.1), np.zeros(3)
    state = rprop.init(theta)
    for t, slope in enumerate(([7.0, 7.0, 7.0], [0.1, -0.1, 0.0]), 1):
        theta, state = rprop.step(theta, np.array(slope), state, t)
    np.testing.assert_allclose(theta, [-0.22, -0.05, -0.1])
    return state.length


def test_the_lengths_of_rprop_grow_after_the_same_sign_and_halve_after_a_new_one():
    np.testing.assert_allclose(lengths_of_rprop(), [0.12, 0.05, 0.1])


def test_a_coin_toss_shrinks_the_step_of_rprop_by_0_77():
    rng = np.random.default_rng(10)
    rprop, theta = Rprop(1.0), np.zeros(20_000)
    state, lengths = rprop.init(theta), []
    for t in range(1, 12):
        theta, state = rprop.step(theta, rng.normal(size=theta.shape), state, t)
        lengths.append(np.exp(np.log(state[1]).mean()))
    shrink = np.array(lengths[1:]) / lengths[:-1]
    np.testing.assert_allclose(shrink, np.sqrt(1.2 * 0.5), atol=0.01)
    assert np.sqrt(1.2 * 0.5) == pytest.approx(0.77, abs=0.005)


RULES = "sign-code", "rprop-code", "trials-code"


@cache
def trials(seed):
    """Run the cells of the four rules with other starts and other noise."""
    return cells("04", *RULES, "trials-race", seed=seed)


@cache
def ends(name, sigma, bad, seed, rule=None):
    """Return the median cost of a rule at its best rate, over 100 starts."""
    n = trials(seed)
    return n["best_trial"](rule or n["rules"][name], sigma, bad)[2]


def median(name, sigma, bad, seed):
    return ends(name, sigma, bad, seed + 1)


def difference(one, other, sigma, bad):
    """Return mean and standard error of the log of the ratio, over five seeds."""
    pairs = [[median(name, sigma, bad, k) for k in range(5)] for name in (one, other)]
    return mean_and_error(np.log(pairs[0]) - np.log(pairs[1]))


def test_exact_sign_descent_and_rmsprop_stop_where_rprop_and_adagrad_go_on():
    for seed in range(5):
        assert median("sign", 0, 0, seed) == pytest.approx(9e-4, rel=0.2)
        assert median("RMSprop", 0, 0, seed) == pytest.approx(6e-4, rel=0.2)
        assert median("Rprop", 0, 0, seed) == median("AdaGrad", 0, 0, seed) == 1e-30


def test_with_a_longer_memory_rmsprop_first_sinks_far_below_its_floor():
    """In 300 steps; in 4000 it has come back."""
    for seed in 1, 2, 3:
        long = partial(RMSprop, beta=0.99)
        assert ends("long", 0, 0, seed, long) == 1e-30 < ends("RMSprop", 0, 0, seed)
    early, late = (
        J(descend(J.gradient, J.start, RMSprop(0.01, 0.99), steps)[-1])
        for steps in (1000, 6000)
    )
    assert early < 1e-9 and late == pytest.approx(101 * 0.01**2 / 8)


@pytest.mark.parametrize("other", ["sign", "Rprop", "RMSprop"])
def test_after_a_bad_batch_adagrad_is_last(other):
    mean, error = difference("AdaGrad", other, 10, 10)
    assert mean > 3 * error


def test_the_figure_of_the_trials_shows_what_its_titles_say():
    n = names("04")
    exact, noisy, bad = (
        {line.get_label(): line.get_ydata()[-1] for line in ax.lines}
        for ax in n["axes"]
    )
    assert min(exact["sign"], exact["RMSprop"]) > 1e-4 > exact["Rprop"]
    assert max(noisy, key=noisy.get) == "Rprop"
    assert max(bad, key=bad.get) == "AdaGrad"


def test_noisy_rprop_freezes_and_adagrad_is_several_times_lower():
    ratios = [median("Rprop", 10, 0, k) / median("AdaGrad", 10, 0, k) for k in range(5)]
    assert 3.5 < np.mean(ratios) < 6
    mean, error = difference("Rprop", "AdaGrad", 10, 0)
    assert mean > 5 * error


@pytest.mark.parametrize("other", ["sign", "Rprop", "RMSprop"])
def test_with_steady_noise_adagrad_is_lowest(other):
    mean, error = difference(other, "AdaGrad", 10, 0)
    assert mean > 5 * error


def test_with_a_long_memory_rmsprop_is_adagrad_in_noise_and_after_a_bad_batch():
    def long(lr):
        return RMSprop(lr, beta=0.999)

    for bad in 0, 10:
        logs = [
            np.log(ends(name, 10, bad, seed, rule) / ends("AdaGrad", 10, bad, seed))
            for name, rule in [("long", long)]
            for seed in range(1, 7)
        ]
        mean, error = mean_and_error(logs)
        assert abs(mean) < 0.25 + 2 * error
        short = [ends("RMSprop", 10, bad, seed) for seed in range(1, 7)]
        ratio = np.log([ends("long", 10, bad, k, long) for k in range(1, 7)])
        mean, error = mean_and_error(ratio - np.log(short))
        assert (mean < -3 * error) if bad == 0 else (mean > 3 * error)


def test_rprop_without_noise_is_excellent_along_the_axes_and_only_there():
    rprop, ends = cells("04", "sign-code", "rprop-code")["Rprop"], {}
    turns = np.random.default_rng(143).uniform(0, 2 * np.pi, size=(100, 1))
    circle = np.hstack([2 * np.cos(turns), 0.6 * np.sin(turns)])
    for angle in 0, 45:
        ravine, start = costs.quadratic(100, angle), circle @ costs.rotation(angle).T
        for rule in rprop(lr=0.07), SGD(2 / 101):
            end = descend(ravine.gradient, start, rule, 100, every=100)[-1]
            ends[angle, type(rule)] = np.median(ravine(end))
    assert ends[0, rprop] < 1e-25
    assert ends[45, rprop] > 0.3 * ends[45, SGD] > 0.03  # no better than without


@pytest.mark.parametrize("sigma", [1, 10])
def test_in_ten_times_the_steps_adagrad_is_ahead_of_a_long_memory(sigma):
    curvatures, rates = np.array([1.0, 100.0]), np.geomspace(1e-4, 3, 28)
    rules = AdaGrad(rates[:, None, None]), RMSprop(rates[:, None, None], beta=0.999)
    start = np.random.default_rng(141).normal(size=(100, 2)) * [2, 0.6]
    ends = []
    for rule in rules:
        slope = noisy(lambda theta, t: curvatures * theta, sigma, 142, start.shape)
        walk = descend(slope, start, rule, 3000, every=20)[-10:]
        ends.append(np.min(np.median(walk**2 @ curvatures, axis=-1).mean(axis=0)))
    assert ends[1] > 1.2 * ends[0]


def test_in_steady_noise_tuned_sgd_is_nearly_level_with_rmsprop():
    seeds = range(1, 7)
    logs = [
        [np.log(ends(name, 10, 0, k, rule)) for k in seeds]
        for name, rule in (("SGD", SGD), ("RMSprop", None))
    ]
    assert abs(np.subtract(*logs).mean()) < 0.15  # sign descent: 0.3


@pytest.mark.parametrize("seed", range(3))
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


def test_a_bad_batch_freezes_adagrad_and_is_forgotten_by_rmsprop():
    for seed in range(5):
        assert median("AdaGrad", 10, 10, seed) > 4 * median("AdaGrad", 10, 0, seed)
        assert median("RMSprop", 10, 10, seed) < 2 * median("RMSprop", 10, 0, seed)
        assert median("sign", 10, 10, seed) == median("sign", 10, 0, seed)
    mean, error = difference("AdaGrad", "RMSprop", 10, 10)
    assert mean > 5 * error


def test_adagrad_is_lowest_because_its_rate_falls():
    """RMSprop at a falling rate gains on RMSprop; AdaGrad without its fall loses."""

    def falling(lr):
        return RMSprop(lambda t: lr / np.sqrt(t), beta=0.9)

    def steady(lr):
        return AdaGrad(lambda t: lr * np.sqrt(t))

    seeds = range(1, 9)
    for lower, higher in (
        [("falling RMSprop", falling), ("RMSprop", None)],
        [("AdaGrad", None), ("steady AdaGrad", steady)],
    ):
        logs = [
            np.log([ends(name, 10, 0, seed, rule) for seed in seeds])
            for name, rule in (lower, higher)
        ]
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


# Section 2: scales and turns


@pytest.mark.parametrize("seed", range(5))
def test_rmsprop_does_not_see_the_scale_of_any_gradient(seed):
    rng = np.random.default_rng([21, seed])
    gradients = rng.normal(size=(200, 4))
    scales = 10.0 ** rng.uniform(-6, 6, size=4)

    def walk(c):
        optimizer = RMSprop(0.03, 0.9, eps=0.0)
        return descend(
            lambda theta, t: c * gradients[t - 1], np.ones(4), optimizer, 200
        )

    np.testing.assert_allclose(walk(scales), walk(1), rtol=1e-10, atol=1e-12)


def test_along_the_axes_rmsprop_does_not_see_the_condition_number():
    ravines = [costs.quadratic(kappa) for kappa in (1, 1000)]
    one, thousand = (
        descend(r.gradient, r.start, RMSprop(0.03, 0.9, eps=0.0), 60) for r in ravines
    )
    np.testing.assert_allclose(one, thousand, rtol=1e-9)


def turn(angle):
    c, s = np.cos(np.deg2rad(angle)), np.sin(np.deg2rad(angle))
    return np.array([[c, -s], [s, c]])


@pytest.mark.parametrize("angle", [15, 30, 45])
@pytest.mark.parametrize(
    ("optimizer", "turns_along"),
    [
        (SGD(1 / 1000), True),
        (Momentum(0.003, 0.9), True),
        (RMSprop(0.05, 0.9), False),
        (AdaGrad(0.5), False),
        (Adam(0.05), False),
    ],
)
def test_only_the_paths_of_rules_without_scaling_turn_along(
    angle, optimizer, turns_along
):
    straight, turned = costs.quadratic(1000), costs.quadratic(1000, angle)
    along = descend(straight.gradient, straight.start, optimizer, 100)
    path = descend(turned.gradient, turned.start, optimizer, 100)
    error = np.abs(path - along @ turn(angle).T).max()
    assert (error < 1e-9) if turns_along else (error > 0.1)


@cache
def needed(seed):
    """Return the mean steps of each method at each angle, from other starts."""
    return cells("04", *RULES, "turned-code", "turned-race", seed=seed)["needed"]


def test_a_turn_costs_adam_more_and_more_and_the_others_nothing():
    steps = np.array([needed(seed)["Adam"] for seed in range(1, 6)])
    rises, errors = mean_and_error(np.diff(steps, axis=1).T)
    assert np.all(rises > 5 * errors)
    for name in "SGD", "Momentum":
        np.testing.assert_allclose(needed(1)[name], needed(1)[name][0], rtol=1e-9)


def test_a_turn_by_45_degrees_costs_2_8_times_the_steps_at_kappa_1000_and_few_at_100():
    for name, said in ("Adam", 353 / 127), ("Adam, κ = 100", 134 / 126):
        ratios = [needed(k)[name][3] / needed(k)[name][0] for k in range(1, 6)]
        mean, error = mean_and_error(ratios)
        assert abs(mean - said) < 0.02 + 4 * error
    along = [needed(k)["Adam"][0] for k in range(1, 6)]
    np.testing.assert_allclose(along, 127, atol=2)


def test_what_stays_is_below_from_there_on_for_100_steps():
    names = *RULES, "turned-code"
    n = cells("04", *names)
    steps = n["steps_needed"](Adam(0.075, eps=0.0), 0, 700)
    ravine = costs.quadratic(1000)
    path = descend(ravine.gradient, n["circle"], Adam(0.075, eps=0.0), 700)
    below = ravine(path) < 1e-6 * ravine(n["circle"])
    for run, first in enumerate(steps.astype(int)):
        assert below[first : first + 100, run].all()
        assert not below[first - 1, run]


def test_adam_at_a_constant_rate_comes_back():
    turned = costs.quadratic(1000, 45)
    angles = np.random.default_rng(23).uniform(0, 2 * np.pi, size=(20, 1))
    start = np.hstack([np.cos(angles), np.sin(angles)])
    path = descend(turned.gradient, start, Adam(1.0, eps=0.0), 5000, record=turned)
    low = np.minimum.accumulate(path[:3000] / path[0], axis=0)
    assert np.all(low[-1] < 1e-6)
    assert np.all((path[1000:] / path[0]).max(axis=0) > 1e-3)


def test_the_figure_of_the_turn_shows_who_sees_the_axes():
    n = cells(
        "04", *RULES, "turned-guess", "turned-code", "turned-race", "turned-figure"
    )
    lines = {line.get_label(): line.get_ydata() for line in n["ax"].lines}
    assert lines["Adam"][-1] > 2 * lines["momentum"][-1]
    assert np.all(np.diff(lines["Adam"]) > 0)
    assert np.ptp(lines["Adam, κ = 100"]) < 10
    assert np.ptp(lines["gradient descent"]) == np.ptp(lines["momentum"]) < 1
    assert n["ax"].get_yscale() == "log"
    colors = {line.get_label(): line.get_color() for line in n["ax"].lines}
    assert colors["Adam"] == figures.look("Adam")["color"]


def test_in_the_slider_a_turn_stops_rmsprop_on_its_way_along_the_valley():
    left = {}
    for angle in (0, 45):
        ravine = costs.quadratic(1000, angle)
        path = descend(ravine.gradient, ravine.start, RMSprop(0.05, 0.9), 60)
        left[angle] = np.abs((path[-1] @ turn(angle))[0]) / 2
    assert left[0] < 0.01 and left[45] > 0.5


# Section 3: the saddle


def test_gradient_descent_leaves_a_saddle_in_logarithmic_time_and_rmsprop_at_once():
    saddle = costs.saddle()
    deltas = np.array([1e-2, 1e-4, 1e-6, 1e-8])
    starts = np.stack([np.full(4, -1.5), deltas], axis=-1)

    def steps(optimizer):
        path = descend(saddle.gradient, starts, optimizer, 400)
        return (path[..., 1] >= 1).argmax(axis=0).tolist()

    formula = np.ceil(np.log(1 / deltas) / np.log(1.05))
    assert steps(SGD(0.05)) == formula.tolist() == [95, 189, 284, 378]
    assert np.diff(formula).mean() == pytest.approx(94, abs=0.5)  # per factor of 100
    assert steps(RMSprop(0.05, 0.9)) == [8, 8, 8, 9]
    assert steps(RMSprop(0.05, 0.9, eps=0.0)) == [8, 8, 8, 8]  # the ninth is eps's


def saddle_steps(angle, optimizer):
    """Return the steps away from a turned saddle, for four distances from its ridge."""
    deltas = np.array([1e-2, 1e-4, 1e-6, 1e-8])
    starts = np.stack([np.full(4, -1.5), deltas], axis=-1) @ turn(angle).T
    bend = turn(angle) @ np.diag([1.0, -1.0]) @ turn(angle).T
    path = descend(lambda theta, t: theta @ bend, starts, optimizer, 400)
    return (np.abs(path @ turn(angle))[..., 1] >= 1).argmax(axis=0)


@pytest.mark.parametrize("angle", [0, 10, 25, 30, 40, 44, 46, 60, 80])
def test_a_turn_costs_rmsprop_steps_but_the_same_for_every_distance(angle):
    steps = saddle_steps(angle, RMSprop(0.05, 0.9, eps=0.0))
    assert np.ptp(steps) <= 2
    assert (steps.max() == 8) if angle == 0 else (steps.min() > 8)
    if angle in (30, 60):
        assert steps.tolist() == [22, 22, 22, 22]


def test_at_45_degrees_rmsprop_feels_how_flat_a_saddle_is():
    steps = saddle_steps(45, RMSprop(0.05, 0.9, eps=0.0))
    assert np.all(np.diff(steps) > 2) and steps[[0, -1]].tolist() == [40, 66]
    assert np.ptp(saddle_steps(44.5, RMSprop(0.05, 0.9, eps=0.0))) == 2
    assert np.ptp(saddle_steps(44.95, RMSprop(0.05, 0.9, eps=0.0))) > 4


@pytest.mark.parametrize(("beta", "said"), [(0.9, 67), (0.999, 347)])
def test_after_steep_ground_rmsprop_feels_a_saddle(beta, said):
    y, v, steps = 1e-8, 1.0, 0
    while y < 1:
        v = beta * v + (1 - beta) * y**2
        y, steps = y + 0.05 * y / np.sqrt(v), steps + 1
    assert steps == said > 5 * 9


@pytest.mark.parametrize("seed", range(5))
def test_while_the_gradient_grows_no_step_is_below_the_rate(seed):
    grow = np.cumsum(np.random.default_rng([44, seed]).exponential(size=(200, 7)), 0)
    path = descend(lambda theta, t: grow[t - 1], np.zeros(7), RMSprop(1, 0.9, 0.0), 200)
    assert np.all(-np.diff(path, axis=0) > 1)


@pytest.mark.parametrize("beta", [0.5, 0.9, 0.99])
@pytest.mark.parametrize("size", [1e-30, 1e-3, 1e9])
def test_the_first_step_of_rmsprop_is_the_rate_over_the_root_of_one_minus_beta(
    beta, size
):
    path = descend(lambda theta, t: np.array([size]), [0.0], RMSprop(1, beta, 0.0), 1)
    assert -path[1, 0] == pytest.approx(1 / np.sqrt(1 - beta))


# Going deeper: a full matrix, and rare features


@cache
def full(seed):
    names = *RULES, "turned-code", "turned-race", "axes-code", "axes-run"
    return cells("04", *names, seed=seed)


@pytest.mark.parametrize("seed", [1, 2])
def test_with_a_full_matrix_adam_takes_as_many_steps_at_every_angle(seed):
    n = full(seed)
    assert np.ptp(n["full"]) < 1
    assert abs(n["full"][0] - n["needed"]["Adam"][0]) < 1  # as along the axes
    assert n["full"][3] < 0.5 * n["needed"]["Adam"][3]


@pytest.mark.parametrize("angle", [15, 45, 70])
def test_the_path_of_the_full_matrix_turns_along_and_that_of_adam_does_not(angle):
    straight, turned = costs.quadratic(100), costs.quadratic(100, angle)
    for make, turns_along in (full(1)["FullAdam"], True), (Adam, False):
        along = descend(straight.gradient, [1.0, 0.7], make(0.05, eps=0.0), 60)
        start = turn(angle) @ [1.0, 0.7]
        path = descend(turned.gradient, start, make(0.05, eps=0.0), 60)
        error = np.abs(path - along @ turn(angle).T).max()
        assert (error < 1e-4) if turns_along else (error > 0.1)


def test_the_full_matrix_divides_by_the_root_of_the_mean_of_g_g_t():
    g = np.random.default_rng(45).normal(size=(30, 2))
    path = descend(lambda theta, t: g[t - 1], np.zeros(2), full(1)["FullAdam"](1.0), 30)
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


@cache
def streams(seed):
    """Run the twelve streams with other samples, and other true weights."""
    names = "sparse-code", "sparse-race", "sparse-off", "sparse-figure"
    return cells("04", *names, seed=seed)


def test_the_batch_gradient_is_the_slope_of_the_expected_cost_on_average():
    n = streams(1)
    point = 0.5 * np.random.default_rng(42).normal(size=(12, 1, 100))
    h = 1e-5 * (np.arange(100) == 1)
    slope = (n["nll"](point + h) - n["nll"](point - h))[:, 0] / 2e-5
    drawn = [n["batch_gradient"](point, t)[:, 0, 1] for t in range(1, 1001)]
    mean, error = mean_and_error(np.transpose(drawn))
    assert np.all(abs(mean - slope) < 4 * error + 0.03)  # 2000 samples scatter too


def test_no_fit_is_better_than_the_truth():
    assert all(excess.min() > 0 for excess in streams(1)["fits"].values())


def pooled(one, other):
    """Return how much lower `other` ends than `one`, with its error; 36 streams."""
    ends = [[streams(k)["fits"][name][-1] for k in (1, 2, 3)] for name in (one, other)]
    return mean_and_error(np.ravel(ends[0]) - np.ravel(ends[1]))


@pytest.mark.parametrize("other", ["SGD", "Momentum"])
@pytest.mark.parametrize("name", ["AdaGrad", "RMSprop"])
def test_on_new_data_a_rate_per_parameter_is_lower(name, other):
    mean, error = pooled(other, name)
    assert mean > 4 * error


def test_the_leads_over_sgd_are_those_of_the_text_within_their_errors():
    for name, said, its in ("AdaGrad", 0.0119, 0.0022), ("RMSprop", 0.0091, 0.0021):
        mean, error = pooled("SGD", name)
        assert abs(mean - said) < 3 * np.hypot(error, its)


@cache
def falling(seed):
    names = "sparse-code", "sparse-race", "sparse-fall"
    return cells("04", *names, seed=seed)


def test_a_falling_rate_does_as_much_for_sgd_as_adagrad_at_a_constant_rate():
    n = [falling(k) for k in (1, 2, 3)]
    sgd = np.ravel([each["fallen"]["SGD"] for each in n])
    adagrad = np.ravel([each["fallen"]["AdaGrad"] for each in n])
    constant = {
        name: np.ravel([each["fits"][name][-1] for each in n])
        for name in ("SGD", "AdaGrad")
    }
    mean, error = mean_and_error(constant["SGD"] - sgd)
    assert mean > 4 * error and abs(mean - 0.0146) < 3 * np.hypot(error, 0.0027)
    mean, error = mean_and_error(constant["AdaGrad"] - sgd)
    assert mean > -2 * error
    lead = (constant["SGD"] - constant["AdaGrad"]).mean()
    mean, error = mean_and_error(sgd - adagrad)  # what is left of it
    assert mean + 2 * error < lead / 3
    assert abs(mean - 0.001) < 3 * np.hypot(error, 0.0003)


def test_one_rate_is_slow_on_the_rare_or_noisy_on_the_common():
    off = {
        key: np.mean([streams(k)["off"][key] for k in (1, 2, 3)], axis=0)
        for key in streams(1)["off"]
    }
    small, large, adagrad = off["SGD", 1], off["SGD", 8], off["AdaGrad", 0.5]
    assert small[-1] > 1.8 * adagrad[-1]
    assert large[-1] == pytest.approx(adagrad[-1], rel=0.15)
    assert np.all(large[1:5] > 1.2 * adagrad[1:5])


def test_the_figure_of_the_streams_shows_who_is_ahead_and_each_in_its_colour():
    n = streams(1)
    ends = {line.get_label(): line.get_ydata()[-1] for line in n["left"].lines}
    assert min(ends, key=ends.get) == "AdaGrad"
    assert sorted(ends, key=ends.get)[1] == "RMSprop"
    for ax in n["left"], n["right"]:
        for line in ax.lines:
            name = line.get_label().split(",")[0]
            assert line.get_color() == figures.look(name)["color"]
    assert n["left"].lines[0].get_xdata()[-1] == 10_000
    rare = {line.get_label(): line.get_ydata()[-1] for line in n["right"].lines}
    assert max(rare, key=rare.get) == "SGD, η = 1"
    assert n["left"].get_yscale() == n["right"].get_xscale() == "log"


# Section 4: nine to one


def drift(optimizer, gradients, cycles):
    """Return how far theta goes in the last of many cycles."""
    n = len(gradients)
    path = descend(
        lambda theta, t: np.full(theta.shape, gradients[(t - 1) % n]),
        [0.0],
        optimizer,
        n * cycles,
    )
    return path[-1] - path[-1 - n]


NINE_TO_ONE = [0.1] * 9 + [-0.9]


def test_nine_to_one_drifts_are_0_minus_8_minus_0_679_and_minus_0_067():
    for optimizer, said in (
        (SGD(1.0), 0),
        (SignDescent(1.0), -8),
        (RMSprop(1.0, 0.9, 0.0), -0.679),
        (RMSprop(1.0, 0.99, 0.0), -0.067),
    ):
        found = drift(optimizer, NINE_TO_ONE, 300)
        np.testing.assert_allclose(found, said, atol=5e-4)


def test_the_lines_of_the_drift_are_labelled_as_they_run():
    _, left, *_ = names("04")["drift_figure"]()
    plt.close("all")
    ends = {line.get_label(): line.get_ydata()[-1] for line in left.lines}
    assert ends["gradient descent"] == pytest.approx(0, abs=1e-9)
    assert ends["sign descent"] == pytest.approx(5 * -8)


def test_v_is_largest_when_the_large_gradient_is_divided_by_it():
    v, seen = 0.0, []
    for g in NINE_TO_ONE * 200:
        v = 0.9 * v + 0.1 * g**2
        seen.append(v)
    assert np.argmax(seen[-10:]) == 9


@pytest.mark.parametrize("n", [3, 5, 10, 30, 101])
def test_the_drift_is_one_minus_beta_times_the_formula(n):
    memory = 200.0 * n
    gradients = [0.3] * (n - 1) + [-0.3 * (n - 1)]
    formula = -n * (n - 2) / (4 * np.sqrt(n - 1)) / memory
    found = drift(RMSprop(1.0, 1 - 1 / memory, 0.0), gradients, 2000)
    np.testing.assert_allclose(found, formula, rtol=0.01)


def test_in_random_order_the_drift_is_twice_as_large():
    rng, beta, v, steps = np.random.default_rng(52), 0.995, np.full(2000, 0.09), []
    for _ in range(4000):
        g = np.where(rng.uniform(size=2000) < 0.9, 0.1, -0.9)
        v = beta * v + (1 - beta) * g**2
        steps.append(np.mean(g / 0.3 - g / np.sqrt(v)))  # g alone has the mean 0
    mean, error = mean_and_error(np.reshape(steps[1000:], (30, -1)).mean(axis=1))
    once = -20 / 3 * (1 - beta)
    assert abs(10 * mean / once - 2) < 4 * abs(10 * error / once) + 0.04


@pytest.mark.parametrize("beta", [0.9, 0.99])
def test_reshuffled_in_each_cycle_the_drift_is_about_that_of_the_fixed_order(beta):
    rng, v, ends = np.random.default_rng(53), np.full(2000, 0.09), []
    theta = np.zeros(2000)
    for _ in range(300):
        for g in rng.permuted(np.tile(NINE_TO_ONE, (2000, 1)), axis=1).T:
            v = beta * v + (1 - beta) * g**2
            theta = theta - g / np.sqrt(v)
        ends.append(theta)
    mean, error = mean_and_error((ends[-1] - ends[99]) / 200)
    fixed = drift(RMSprop(1.0, beta, 0.0), NINE_TO_ONE, 300)[0]
    assert 1 - 4 * abs(error / fixed) < mean / fixed < 1.25 + 4 * abs(error / fixed)
    assert abs(error / fixed) < 0.02  # and is not twice


def test_from_v_0_a_longer_memory_goes_further_at_first():
    short, long = (
        descend(
            lambda theta, t: np.array([NINE_TO_ONE[(t - 1) % 10]]),
            [0.0],
            RMSprop(1.0, beta, 0.0),
            10_000,
        )[:, 0]
        for beta in (0.9, 0.999)
    )
    assert long[1000] < short[1000] < 0 and short[10_000] < long[10_000]


def test_the_longer_the_memory_the_less_drift():
    n = names("04")
    assert np.all(np.diff(np.abs(n["drifts"])) < 0)


def test_the_formula_for_ten_is_twenty_thirds_and_the_challenge_needs_a_memory_of_667():
    assert 10 * (10 - 2) / (4 * np.sqrt(9)) == pytest.approx(20 / 3)
    for memory, met in (650, False), (680, True):
        found = drift(RMSprop(1.0, 1 - 1 / memory, 0.0), NINE_TO_ONE, 1000)
        assert (np.abs(found) < 0.01) == met
    positions = 10 ** (np.arange(1, 31) / 10)
    assert 0 < np.sum(positions > 680) < 5  # the slider reaches it, late


def test_after_a_huge_gradient_adagrads_rate_is_lower_ever_after_but_less_and_less():
    spike, usual = (
        descend(
            lambda theta, t, first=first: np.array([first if t == 1 else 1.0]),
            [0.0],
            AdaGrad(1.0),
            20_000,
        )
        for first in (100.0, 1.0)
    )
    share = np.diff(spike[:, 0])[1:] / np.diff(usual[:, 0])[1:]
    assert np.all(share < 1) and np.all(np.diff(share) > 0)


@pytest.mark.parametrize(("beta", "said"), [(0.9, 109), (0.999, 6904)])
def test_a_gradient_a_thousand_times_too_large_is_forgotten_after(beta, said):
    added, steps = (1 - beta) * 1e6, 0
    while added >= 1:
        added, steps = beta * added, steps + 1
    assert abs(steps - said) <= 1
    assert np.log((1 - beta) * 1e6) / np.log(1 / beta) == pytest.approx(said, abs=0.6)
    half = descend(
        lambda theta, t: np.array([1e3 if t == 10_000 else 1.0]),
        [0.0],
        RMSprop(1.0, beta),
        10_000 + said // 2,
    )
    assert np.all(np.abs(np.diff(half[10_000:, 0])) < 1 / 5)  # of the usual step


def test_with_an_endless_memory_rmsprop_is_adagrad():
    gradients, left = np.random.default_rng(51).normal(size=(300, 3)), 1e-9
    rmsprop, adagrad = (
        descend(lambda theta, t: gradients[t - 1], np.ones(3), optimizer, 300)
        for optimizer in (
            RMSprop(0.1 * np.sqrt(left), 1 - left, eps=0.0),
            AdaGrad(0.1, eps=0.0),
        )
    )
    np.testing.assert_allclose(rmsprop, adagrad, atol=1e-6)


def test_rmsprop_can_drift_against_the_sum_of_its_gradients():
    gradients = [1.0, -3.0, 1.5]
    assert sum(gradients) == -0.5  # so that gradient descent goes up
    found = drift(RMSprop(1.0, 0.5, 0.0), gradients, 100)
    np.testing.assert_allclose(found, -0.13, atol=0.005)


def test_a_gradient_has_lost_half_its_weight_after_6_6_steps():
    assert np.log(2) / np.log(1 / 0.9) == pytest.approx(6.6, abs=0.05)
    assert 0.9**6 > 0.5 > 0.9**7


# The numbers of the text


def percent(share):
    return 100 * share


def trial(n, name, sigma=10, bad=0):
    return n["best_trial"](n["rules"][name], sigma, bad)[2]


def ahead(n, name):
    """Return by how much a method ends lower than SGD on rare features, and ±."""
    return mean_and_error(n["fits"]["SGD"][-1] - n["fits"][name][-1])


def left_of_the_way(n, angle, kappa):
    a, k = nearest(n["degrees"], angle), nearest(n["kappas"], kappa)
    return percent(n["ways"]["RMSprop"][a, k])


def forgotten(n, beta):
    return np.log((1 - beta) * 1e6) / np.log(1 / beta)


def sign_descent(n):
    """Return steps to the minimum and the cost from then on, at 0.07 and 0.007."""
    there = (np.abs(n["pair"]).max(axis=-1) < [0.07, 0.007]).argmax(axis=0)
    return there, n["J"](n["pair"][-100:]).mean(axis=0)


def drift_down():
    return drift(RMSprop(1.0, 0.5, 0.0), [1, -3, 1.5], 100).item()


def cycle_of_v():
    """Return the three v of the exercise on paper, as the gradients come again."""
    seen = [4.0]
    for g in [1, -3, 1.5]:
        seen.append(0.5 * seen[-1] + 0.5 * g**2)
    return seen[1:]


def felt(angle):
    return saddle_steps(angle, RMSprop(0.05, 0.9, eps=0.0))


def test_the_race_of_the_streams_prints_who_is_lower_than_sgd():
    for name in "Momentum", "AdaGrad", "RMSprop":
        lower, error = ahead(names("04"), name)
        (line,) = re.findall(f"{name}.*", printed("04", "sparse-race"))
        assert line.endswith(f"lower by {lower:.4f} ± {error:.4f}")


def test_what_falls_is_printed_as_lower_than_sgd_that_falls():
    fallen = names("04")["fallen"]
    for name in "AdaGrad", "RMSprop":
        lower, error = mean_and_error(fallen["SGD"] - fallen[name])
        line = f"{name:8} falling, lower than SGD falling: {lower:.4f} ± {error:.4f}"
        assert line in printed("04", "sparse-fall") and lower > 0
