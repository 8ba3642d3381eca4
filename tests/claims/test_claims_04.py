"""What notebook 04 says in prose, as mathematics or with other seeds than its own."""

from functools import cache

import numpy as np
import pytest

from tests.claims.taught import cells
from utils import costs
from utils.descent import descend
from utils.optimizers import SGD, AdaGrad, Adam, Momentum, RMSprop
from utils.stats import mean_and_error

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


def test_noisy_rprop_freezes_and_adagrad_is_several_times_lower():
    ratios = [median("Rprop", 10, 0, k) / median("AdaGrad", 10, 0, k) for k in range(5)]
    assert 3.5 < np.mean(ratios) < 6
    mean, error = difference("Rprop", "AdaGrad", 10, 0)
    assert mean > 5 * error


@pytest.mark.parametrize("other", ["sign", "Rprop", "RMSprop"])
def test_with_steady_noise_adagrad_is_lowest(other):
    mean, error = difference(other, "AdaGrad", 10, 0)
    assert mean > 5 * error


def test_a_bad_batch_freezes_adagrad_and_is_forgotten_by_rmsprop():
    for seed in range(5):
        assert median("AdaGrad", 10, 10, seed) > 4 * median("AdaGrad", 10, 0, seed)
        assert median("RMSprop", 10, 10, seed) < 2 * median("RMSprop", 10, 0, seed)
        assert median("sign", 10, 10, seed) == median("sign", 10, 0, seed)
    mean, error = difference("AdaGrad", "RMSprop", 10, 10)
    assert mean > 5 * error


def test_the_noisy_costs_are_those_of_the_prose():
    for name, bad, said in (
        ("Rprop", 0, 0.84),
        ("AdaGrad", 0, 0.17),
        ("RMSprop", 0, 0.23),
        ("AdaGrad", 10, 1.1),
        ("RMSprop", 10, 0.36),
        ("sign", 10, 0.33),
    ):
        medians = [median(name, 10, bad, seed) for seed in range(5)]
        assert np.mean(medians) == pytest.approx(said, rel=0.25), name


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


# Section 2: scales and turns


@pytest.mark.parametrize("seed", range(5))
def test_rmsprop_does_not_see_the_scale_of_any_parameter(seed):
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


def test_adam_needs_about_80_176_305_353_steps_at_0_15_30_45_degrees():
    steps = [needed(seed)["Adam"] for seed in range(1, 6)]
    mean, error = mean_and_error(np.transpose(steps))
    assert np.all(np.abs(mean - [80, 176, 305, 353]) < 15 + 3 * error)
    assert np.all(np.diff(steps, axis=1) > 0)


def test_gradient_descent_and_momentum_need_the_same_number_at_every_angle():
    for name, said in ("SGD", 3454), ("Momentum", 203):
        np.testing.assert_allclose(needed(1)[name], said, atol=1)


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


@pytest.mark.parametrize("beta", [0.5, 0.9, 0.99])
@pytest.mark.parametrize("size", [1e-30, 1e-3, 1e9])
def test_the_first_step_of_rmsprop_is_the_rate_over_the_root_of_one_minus_beta(
    beta, size
):
    path = descend(lambda theta, t: np.array([size]), [0.0], RMSprop(1, beta, 0.0), 1)
    assert -path[1, 0] == pytest.approx(1 / np.sqrt(1 - beta))


# Section 4: rare features


def test_zipf_feature_k_is_present_with_chance_1_over_k():
    n = 40_000
    zipf_features = cells("04", "sparse-code")["zipf_features"]
    x, y = zipf_features(n, 20, np.random.default_rng(0))
    assert x.shape == (n, 20) and set(np.unique(x)) == {0, 1} and set(y) == {0, 1}
    chance = 1 / np.arange(1, 21)
    error = np.sqrt(chance * (1 - chance) / n)
    assert (abs(x.mean(axis=0) - chance) <= 4 * error).all()


@cache
def fitted(seed):
    """Fit six other data sets."""
    return cells("04", "sparse-code", "sparse-race", "sparse-figure", seed=seed)


def test_the_gradient_of_the_nll_is_its_slope():
    n = cells("04", "sparse-code")
    point = np.random.default_rng(42).normal(size=(6, 1, 100))
    h = 1e-5 * (np.arange(100) == 3)
    slope = (n["nll"](point + h) - n["nll"](point - h)) / 2e-5
    np.testing.assert_allclose(slope, n["nll_gradient"](point, 1)[..., 3], atol=1e-8)


@pytest.mark.parametrize("name", ["RMSprop", "Momentum", "AdaGrad"])
def test_with_rare_features_gradient_descent_ends_0_04_nats_higher(name):
    fits = fitted(1)["fits"]
    mean, error = mean_and_error(fits["SGD"][-1] - fits[name][-1])
    assert abs(mean - 0.040) < 4 * error and mean > 5 * error


def test_gradient_descent_is_slow_on_rare_features_and_rmsprop_is_not():
    early = {name: np.abs(w) for name, w in fitted(1)["early"].items()}
    rare = {name: w[:, 62:].mean(axis=1) for name, w in early.items()}
    mean, error = mean_and_error(rare["SGD"])
    assert abs(mean - 0.14) < 4 * error
    assert early["SGD"][:, 0].mean() > 2.5 * mean
    mean, error = mean_and_error(rare["RMSprop"] - early["RMSprop"][:, 0])
    assert mean > 2 * error
    assert np.all(rare["RMSprop"] > 4 * rare["SGD"])


# Section 5: nine to one


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


def test_the_formula_for_ten_is_twenty_thirds_and_the_challenge_needs_a_memory_of_667():
    assert 10 * (10 - 2) / (4 * np.sqrt(9)) == pytest.approx(20 / 3)
    for memory, met in (650, False), (680, True):
        found = drift(RMSprop(1.0, 1 - 1 / memory, 0.0), NINE_TO_ONE, 1000)
        assert (np.abs(found) < 0.01) == met
    positions = 10 ** (np.arange(1, 31) / 10)
    assert 0 < np.sum(positions > 680) < 5  # the slider reaches it, late


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
