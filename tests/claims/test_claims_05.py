"""What notebook 05 says in prose, as mathematics or with other seeds than its own."""

import re
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from notebooks.exercises import adam as checks
from tests.claims import taught
from tests.claims.taught import cells, printed
from utils import costs, figures, stats
from utils.data import digits
from utils.descent import descend, noisy, sampled
from utils.network import Network
from utils.optimizers import SGD, Adam, Momentum, RMSprop

T = np.arange(1, 1001)
R = (1 - 0.9**T) / np.sqrt(1 - 0.999**T)
NETWORK = Network((64, 32, 10))
(X, Y), _, _ = digits()


def path(optimizer, gradients, start=None):
    start = np.zeros(gradients.shape[1:]) if start is None else start
    return descend(lambda theta, t: gradients[t - 1], start, optimizer, len(gradients))


def steps(gradients, silence=0, beta1=0.9, beta2=0.999):
    """Return Adam's steps in learning rates, `silence` gradients of 0 before them."""
    adam, theta = Adam(1.0, beta1, beta2, eps=0), np.zeros(np.shape(gradients)[1:])
    state, taken = adam.init(theta), []
    for t, gradient in enumerate(gradients, 1 + silence):
        after, state = adam.step(theta, gradient, state, t)
        taken.append(theta - after)
    return np.array(taken)


def bound(beta1=0.9, beta2=0.999, t=np.inf):
    """Return the longest step at t: what Cauchy and Schwarz leave, corrected."""
    q = beta1**2 / beta2
    correction = np.sqrt(1 - beta2**t) / (1 - beta1**t)
    series = (1 - q**t) / (1 - q)
    return (1 - beta1) / np.sqrt(1 - beta2) * np.sqrt(series) * correction


SOON, LATE = (0, 200), (0, 2000)
SHAKEN, SHAKEN_LATE, WILD = (0.3, 200), (0.3, 2000), (1, 200)


def window(n, name, when=SOON):
    """Return the decades of rates that are good, by the noise and the step."""
    return n["decades"][when][name]


def unit(n):
    """Say whether the walk is the same in other units of the cost, not of θ."""
    walk = n["slope_per_metre"]
    costly, small = walk(1000, 1, lr=0.5), walk(1, 1000, lr=0.5)
    return np.allclose(n["one"], costly) and not np.allclose(n["one"], small)


def bursts_and_bound(n):
    """Say whether Adam's walk comes back without noise, and its steps are bounded."""
    lengths = n["lengths"]["after a silence"]
    return n["bursts"][0] > 0.5 and lengths.max() < n["bound"](0.9, 0.999) + 1e-9


def at_best(n, name):
    """Return the best rate of a method in section 3, and its cost."""
    middle = stats.median(n["ends"][name])
    return n["rates"][middle.argmin()], middle.min()


# What no cell computes: settings, names, and what is so by definition.


def most(n, when, kind):
    """Return the longest step along one kind of gradients."""
    return n["lengths"][when].max(axis=0)[kind]


def late(n, name):
    """Return the sharpness in borders, median of the second half, for each rate."""
    shares = n["edges"][name]
    return np.median(shares[len(shares) // 2 :], axis=0)


def wild(n, name="Momentum"):
    return window(n, name, WILD)


def diverging(n):
    """Return the methods that have a cross in the first panel of the windows."""
    first = n["late_costs"][SOON]
    return [name for name, cost in first.items() if not np.all(cost < 1e15)]


def corrected_in_place():
    """Return the second and third step along constant gradients, in η.

    m and v are kept with their correction; the first step is right.
    """
    m = v = 0.0
    taken = []
    for t in 1, 2, 3:
        m = (0.9 * m + 0.1) / (1 - 0.9**t)
        v = (0.999 * v + 0.001) / (1 - 0.999**t)
        taken.append(m / np.sqrt(v))
    assert np.isclose(taken[0], 1)
    return taken[1:]


def half_way(beta):
    return 1 + np.sum(1 - beta**T < 0.5)


def suspect(letter):
    return checks.suspects[letter]


def growing(n, beta2=0.999):
    """Return the longest step along gradients that grow, with the correction."""
    adam = Adam(lr=1, beta2=beta2, eps=0)
    return np.abs(n["steps_along"](n["sequences"], adam))[:, 4].max()


# Section 1: moving averages


@pytest.mark.parametrize("beta", [0.5, 0.9, 0.99, 0.999])
def test_the_weights_fade_geometrically_with_mean_age_one_over_one_minus_beta(beta):
    age = np.arange(1, 40_001)
    weights = (1 - beta) * beta ** (age - 1)
    average, seen = 0.0, []
    for value in age == 1:
        average = beta * average + (1 - beta) * value
        seen.append(average)
    np.testing.assert_allclose(seen, weights, atol=1e-300)
    assert weights @ age == pytest.approx(1 / (1 - beta))
    assert weights[:12].sum() == pytest.approx(1 - beta**12)


@pytest.mark.parametrize("seed", range(3))
def test_both_averages_start_too_low_by_a_known_factor(seed):
    g = np.random.default_rng([50, seed]).gamma(2.0, size=(3000, 200))
    m = v = np.zeros(3000)
    for t, gradient in enumerate(g.T, start=1):
        m, v = 0.9 * m + 0.1 * gradient, 0.999 * v + 0.001 * gradient**2
        if t in (1, 7, 50, 200):
            for average, mean, beta in (m, 2, 0.9), (v, 6, 0.999):
                corrected = average / (1 - beta**t)
                measured, error = stats.mean_and_error(corrected)
                assert abs(measured - mean) < 4.5 * error


def test_at_first_m_has_a_tenth_and_v_a_thousandth_and_v_is_half_way_at_693():
    np.testing.assert_allclose(
        [(1 - beta**T)[0] for beta in (0.9, 0.999)], [0.1, 0.001]
    )
    assert 1 + np.sum(1 - 0.9**T < 0.5) == 7
    assert 1 + np.sum(1 - 0.999**T < 0.5) == 693


# Section 2: what Adam contains

UNIT = np.random.default_rng(51).normal(size=(500, 4))


@pytest.mark.parametrize("size", [1e-6, 1e-3, 1.0, 1e3, 1e6])
def test_the_first_step_is_the_learning_rate_whatever_the_gradient(size):
    g = size * np.array([[1.0, -1.0]])
    moved = path(Adam(0.1, eps=0), g)[-1]
    np.testing.assert_allclose(moved, [-0.1, 0.1])


def test_without_beta1_adam_is_rmsprop_with_corrected_v():
    rms = RMSprop(lambda t: 0.01 * np.sqrt(1 - 0.999**t), 0.999, eps=0)
    adam = Adam(0.01, beta1=0, eps=0)
    np.testing.assert_allclose(path(adam, UNIT), path(rms, UNIT), atol=1e-12)


def test_with_a_large_epsilon_adam_is_averaged_momentum():
    momentum = path(Momentum(lambda t: 0.1 * 0.1 / (1 - 0.9**t), beta=0.9), UNIT)
    off = [
        np.abs(path(Adam(0.1 * eps, eps=eps), UNIT) - momentum).max() / np.ptp(momentum)
        for eps in (1e2, 1e5, 1e8)
    ]
    assert off[2] < 2e-8
    np.testing.assert_allclose(np.divide(off[:2], off[1:]), 1000, rtol=0.02)


def test_without_both_memories_adam_is_sign_descent_and_not_sgd():
    adam = path(Adam(0.01, beta1=0, beta2=0, eps=0), UNIT)[1:]
    signs = np.cumsum(np.sign(UNIT), axis=0)
    np.testing.assert_allclose(adam, -0.01 * signs, atol=1e-12)
    sgd = path(SGD(0.01), UNIT)
    back = path(Adam(0.01 * 1e9, beta1=0, eps=1e9), UNIT)
    np.testing.assert_allclose(back, sgd, atol=1e-7)


# Section 3: the correction


def test_uncorrected_steps_are_r_times_as_long_for_any_gradients():
    rng = np.random.default_rng(52)
    for g in (rng.normal(size=(1000, 3)), rng.gamma(0.3, size=(1000, 3))):
        late = steps(g, silence=10**6)
        np.testing.assert_allclose(late, R[:, None] * steps(g), rtol=1e-9)


def test_in_training_the_gradients_part_and_so_do_the_steps_from_the_second_on():
    def walk(silence):
        adam, theta = Adam(0.1, eps=0), np.ones(1)
        state, taken = adam.init(theta), []
        for t in range(1 + silence, 31 + silence):
            after, state = adam.step(theta, theta, state, t)
            taken.append(after[0] - theta[0])
            theta = after
        return np.array(taken)

    ratio = walk(10**6) / walk(0) / R[:30]
    assert np.isclose(ratio[0], 1) and abs(ratio[1] - 1) > 0.01
    assert np.abs(ratio[2:] - 1).min() > 0.01


def test_r_is_a_brake_released_3_16_and_6_57_and_1_26():
    np.testing.assert_allclose(R[[0, 11, 999]], [3.16, 6.57, 1.26], atol=0.005)
    assert R.argmax() == 11 and R.min() > 1


@pytest.mark.parametrize("beta1", [0.5, 0.9, 0.95])
@pytest.mark.parametrize("beta2", [0.9, 0.95, 0.98, 0.995, 0.999])
def test_the_first_step_is_longer_without_correction_only_if_beta2_is_large(
    beta1, beta2
):
    g = np.random.default_rng(61).normal(size=(3, 5))
    late, corrected = (steps(g, k, beta1, beta2)[0] for k in (10**6, 0))
    assert np.all((np.abs(late) > np.abs(corrected)) == ((1 - beta1) ** 2 > 1 - beta2))


@pytest.mark.parametrize("seed", range(3))
def test_for_pure_noise_the_first_step_is_the_longest(seed):
    g = np.random.default_rng([62, seed]).normal(size=(1000, 1000))
    mean = np.abs(steps(g)).mean(axis=1)
    assert mean.argmax() == 0 and mean[0] == pytest.approx(1)
    assert mean[11] == pytest.approx(0.25, abs=0.03) and mean[500:].max() < mean[11]


def test_without_correction_the_best_rate_is_lower_and_the_cost_no_higher():
    n = cells("05", "average-code", "bias-code", "brake-code", "network-code", seed=53)
    rows = [n["ends"][name] for name in ("Adam", "Adam, uncorrected")]
    with_it, without = (stats.best(stats.median(values)) for values in rows)
    assert 3 < n["rates"][with_it] / n["rates"][without] < 11  # 5.6 in the notebook
    mean, se = stats.mean_and_error(rows[1][without] / rows[0][with_it])
    assert 0.6 < mean < 1 + 2 * se


# Section 4: the length of a step


@given(
    st.lists(st.floats(-1, 1).filter(lambda g: abs(g) > 1e-9), min_size=1, max_size=60),
    st.sampled_from([0, 10, 1000, 10**6]),
)
def test_no_gradients_make_a_step_longer_than_7_27(gradients, silence):
    assert np.abs(steps(np.array(gradients), silence)).max() <= 7.2703


def test_the_bound_is_7_27_and_gradients_that_grow_by_the_ratio_of_the_betas_reach_it():
    assert bound() == pytest.approx(7.27, abs=0.005)
    growing = (0.999 / 0.9) ** np.arange(300.0)
    assert steps(growing, silence=10**6)[-1] == pytest.approx(bound(), rel=1e-9)
    for factor in (1.03, 1.2, 2.0):
        other = factor ** np.arange(300.0)
        assert steps(other, silence=10**6).max() < bound() - 0.1


@pytest.mark.parametrize(
    ("beta1", "beta2"), [(0.9, 0.999), (0.5, 0.9), (0.8, 0.8), (0.9, 0.85)]
)
def test_the_correction_lowers_the_bound_at_first_from_1_on(beta1, beta2):
    most = bound(beta1, beta2, np.arange(1, 3000))
    assert most[0] == pytest.approx(1)
    assert np.all(most <= bound(beta1, beta2) * (1 + 1e-9))
    growing = (beta2 / beta1) ** np.arange(300.0)
    np.testing.assert_allclose(steps(growing, 0, beta1, beta2), most[:300])


def test_with_the_correction_growing_gradients_pass_5_before_step_1000():
    assert steps((0.999 / 0.9) ** np.arange(1000.0))[-1] == pytest.approx(
        5.78, abs=0.01
    )


def test_after_a_silence_constant_gradients_give_6_57_and_a_spike_3_16():
    assert steps(np.ones(100), silence=10**6).max() == pytest.approx(6.57, abs=0.005)
    np.testing.assert_allclose(steps(np.ones(100)), 1)
    spike = steps(np.eye(100)[0], silence=10**6)
    assert spike.max() == spike[0] == pytest.approx(3.16, abs=0.005)
    silent = steps(np.concatenate([[1e-100], np.zeros(9999), np.ones(50)]))
    assert silent[-50:].max() == pytest.approx(6.57, abs=0.005)


@pytest.mark.parametrize("seed", range(5))
def test_random_gradients_give_0_18_on_average(seed):
    g = np.random.default_rng([54, seed]).normal(size=(2000, 500))
    mean = np.abs(steps(g)[500:]).mean()
    assert mean == pytest.approx(0.18, abs=0.005)
    assert mean == pytest.approx(np.sqrt(2 / np.pi * 0.1 / 1.9), rel=0.01)


def test_alternating_gradients_give_0_053():
    assert abs(steps(np.resize([1.0, -1.0], 2000))[-1]) == pytest.approx(0.1 / 1.9)
    assert round(0.1 / 1.9, 3) == 0.053


def test_there_is_no_bound_once_beta1_squared_is_beta2_or_more():
    for beta1, beta2 in (0.95, 0.8), (0.99, 0.5):
        spike = steps(np.eye(400)[0], 0, beta1, beta2)
        assert spike[-1] > 1e4 and np.all(np.diff(spike[10:]) > 0)


def test_a_shorter_memory_of_v_tames_the_growing_gradients():
    growing = (0.999 / 0.9) ** np.arange(1000.0)
    assert steps(growing, 0, 0.9, 0.98).max() < 2 < steps(growing, 0, 0.9, 0.99).max()


def test_each_goal_of_the_slider_is_met_by_what_it_says():
    n = taught.names("05")
    usual, tamed, boundless, silent = (
        n["chosen"](0.9, beta2, gradients, correction)
        for beta2, gradients, correction in (
            (0.999, "growing 11 % a step", True),
            (0.98, "growing 11 % a step", True),
            (0.8, "constant", True),
            (0.999, "growing 11 % a step", False),
        )
    )
    met = [[*map(bool, chosen[2])] for chosen in (usual, tamed, boundless, silent)]
    assert met == [[k == goal for goal in range(3)] for k in range(4)]
    assert [goal.split()[0] for goal in n["goals"]] == ["a", "tamed:", "no"]
    assert usual[1] == (
        "m remembers 10 steps, v 1000; longest step 5.78 η, bound 7.27 η"
    )
    assert boundless[1].endswith("no bound")


# Section 5: what of SGD's instability is left


MANY = 10 ** np.arange(-5, 5.01, 0.125)
COLUMN = MANY[:, None, None]
HALVES = {
    "descent": SGD(COLUMN),
    "momentum": Momentum(COLUMN),
    "scaling": Adam(COLUMN, beta1=0),
    "Adam": Adam(COLUMN),
}


def windows(ravine, methods, sigma, begin, seed=0, stretch=(1.0,)):
    """Return the decades of rates whose mean cost of steps t to 2t is good, by name."""
    starts = np.reshape(stretch, (-1, 1)) * ravine.start
    starts = np.repeat(starts, 7 if sigma else 1, axis=0)
    found = {}
    for name, optimizer in methods.items():
        slope = noisy(ravine.gradient, sigma, np.random.default_rng([63, seed]))
        cost = descend(slope, starts, optimizer, 2 * begin, record=ravine)
        mean = np.minimum(cost[begin:], 1e20).mean(axis=0) / cost[0]
        found[name] = np.sum(stats.median(mean) < 1e-3) / 8
    return found


@pytest.mark.parametrize("angle", [15, 30, 60])
def test_adams_window_is_the_widest_at_first_and_not_after_two_memories(angle):
    ravine = costs.quadratic(kappa=100, angle=angle)
    stretch = np.random.default_rng(55).uniform(0.7, 1.4, size=3)
    first, late = (windows(ravine, HALVES, 0, t, 0, stretch) for t in (200, 2000))
    adam, adam_late = first.pop("Adam"), late.pop("Adam")
    assert adam > max(first.values()) + 2
    assert late["scaling"] < adam_late < late["momentum"]
    assert first["momentum"] > first["descent"] + 0.5


@pytest.mark.parametrize("kappa", [100, 1000])
def test_later_not_adams_window_is_the_widest_nor_always_momentums(kappa):
    """It is as wide with a memory of 100 steps, in a longer ravine wider."""
    ravine = costs.quadratic(kappa=kappa, angle=30)
    methods = HALVES | {"short": Adam(COLUMN, beta2=0.99)}
    late = windows(ravine, methods, 0, 2000)
    assert late["Adam"] < late["short"] - 0.5
    assert late["momentum"] < late["short"] + 0.1 - 0.5 * (kappa == 1000)


@pytest.mark.parametrize("angle", [0, 15, 45])
def test_bursts_narrow_adams_late_window_and_the_median_step_does_not_see_them(angle):
    ravine = costs.quadratic(kappa=100, angle=angle)
    cost = descend(ravine.gradient, ravine.start, Adam(COLUMN), 4000, record=ravine)
    share = cost[2000:, :, 0] / cost[0, 0, 0]  # (steps, rates)
    good = [np.sum(of(share, axis=0) < 1e-3) / 8 for of in (np.mean, np.median)]
    assert good[0] < 3 and 7 < good[1] < 8.5


@pytest.mark.parametrize("seed", range(3))
def test_so_it_is_with_noise(seed):
    ravine = costs.quadratic(kappa=100, angle=30)
    two = {name: HALVES[name] for name in ("momentum", "Adam")}
    first, late = (windows(ravine, two, 0.3, t, seed) for t in (200, 2000))
    assert 4.4 < first["Adam"] < 5.1 and 1.2 < first["momentum"] < 1.8
    assert 1.6 < late["Adam"] < 2.2 < 2.3 < late["momentum"] < 2.8
    wild = windows(ravine, two, 1.0, 200, seed)
    assert wild["Adam"] < 0.6 and wild["momentum"] > wild["Adam"] - 0.2


@pytest.mark.parametrize("sigma", [0, 0.3])
@pytest.mark.parametrize("beta2", [0.99, 0.995, 0.999])
def test_the_window_closes_within_three_memories_of_v(sigma, beta2):
    ravine, memory = costs.quadratic(kappa=100, angle=30), round(1 / (1 - beta2))
    tried = {"Adam": Adam(COLUMN, beta2=beta2), "momentum": Momentum(COLUMN)}
    wide = [
        windows(ravine, tried, sigma, round(k * memory), 5)["Adam"] for k in (0.5, 1.5)
    ]
    late = windows(ravine, tried, sigma, 3 * memory, 5)
    assert max(wide) > 2.5 + (beta2 > 0.99)
    assert late["Adam"] < max(wide) - 1 and late["Adam"] < late["momentum"] + 0.1


@pytest.mark.parametrize("seed", range(4))
def test_with_noise_and_a_short_memory_it_is_not_half_as_wide_by_step_200(seed):
    ravine = costs.quadratic(kappa=100, angle=30)
    two = {"short": Adam(COLUMN, beta2=0.99), "usual": Adam(COLUMN)}
    found = windows(ravine, two, 0.3, 200, seed)
    assert found["short"] < found["usual"] / 2


def test_large_first_gradients_keep_adams_own_rate_small_until_v_forgets_them():
    ravine, lr = costs.quadratic(kappa=100, angle=30), 10.0
    walk = descend(ravine.gradient, ravine.start, Adam(lr), 4000)
    v, rates = 0.0, []
    for t, theta in enumerate(walk[:-1], start=1):
        v = 0.999 * v + 0.001 * ravine.gradient(theta, t) ** 2
        rates.append((lr / np.sqrt(v / (1 - 0.999**t))).max())
    assert max(rates[:1000]) < 38 / 100  # below the border, at L = 100
    cost = ravine(walk)
    back = 2000 + cost[2000:].argmax()
    assert cost[1000:1200].max() < 1e-6 * cost[0] < cost[back] / 1e6
    assert max(rates[1000:back]) > 38 / 100


def test_gradient_descent_explodes_beyond_two_over_the_curvature():
    ravine = costs.quadratic(kappa=100, angle=30)
    rates = np.array([[0.98], [1.02]]) * 2 / 100
    first, last = ravine(
        descend(ravine.gradient, ravine.start, SGD(rates), 2000, every=2000)
    )
    assert last[0] < first[0] < last[1]


@pytest.mark.parametrize(("lr", "start"), [(0.1, 1.0), (0.1, 3.0), (0.03, -1.0)])
def test_at_a_constant_rate_adam_does_not_settle_without_noise_either(lr, start):
    walk = descend(lambda theta, t: theta, [start], Adam(lr), 25_000)[:, 0]
    v = 0.999 ** np.arange(25_001)  # of the weights below, cut off where they vanish
    deepest = np.abs(walk[:12_000]).argmin()
    squares = walk[: deepest + 1] ** 2
    v_hat = 0.001 * squares[::-1] @ v[: len(squares)] / (1 - 0.999 ** len(squares))
    assert abs(walk[deepest]) < 1e-100
    assert lr / np.sqrt(v_hat) == pytest.approx((2 + 2 * 0.9) / (1 - 0.9), rel=0.1)
    after = np.abs(walk[deepest:]) / lr
    assert 0.75 < after.max() < 1.2 and after.argmax() < 3000  # the first is highest
    ends = after[-6000:].reshape(6, 1000)
    assert np.all((ends.max(axis=1) > 0.2) & (ends.max(axis=1) < 0.3))  # a quarter
    assert np.all(ends.min(axis=1) < 0.01)  # and down between: again and again


def test_where_the_minimum_is_decides_whether_adam_stays():
    walk = descend(lambda theta, t: theta - 1, [-1.0], Adam(0.05), 30_000)[:, 0]
    assert np.all(walk[-15_000:] == 1)  # rounds to 0, and stays there
    back = []
    for seed in range(6):
        rng = np.random.default_rng([70, seed])
        x, y = rng.normal(1, 1, size=(40, 3)), rng.normal(size=40)

        def summed(theta, t):
            return x.T @ (x @ theta - y) / 40  # noqa: B023

        right = np.linalg.lstsq(x, y, rcond=None)[0]
        walk = descend(summed, np.zeros(3), Adam(0.1), 20_000)
        away = np.abs(walk[-6000:] - right).max(axis=1)
        assert np.abs(summed(right, 0)).max() < 1e-14
        back.append(away.min() < 1e-6 and away.max() > 0.015)

        def fitted(theta, t):
            return x.T @ (x @ theta - x @ np.ones(3)) / 40  # noqa: B023

        exact = descend(fitted, np.zeros(3), Adam(0.1), 9000)
        assert np.all(np.abs(exact[-1000:] - 1) < 1e-6)  # all data fitted
    assert sum(back) >= 4  # as a rule


def test_averaged_momentum_is_stable_below_38_and_not_above():
    for rate, stable in (37.5, True), (38.5, False):
        momentum = Momentum(0.1 * rate, beta=0.9)  # averaged: (1 - beta) times the rate
        walk = np.abs(descend(lambda theta, t: theta, [1.0], momentum, 3000)[:, 0])
        assert (walk[-1] < 1e-3) == stable


def test_nothing_moves_further_than_the_bound_times_the_number_of_steps():
    ravine = costs.quadratic(kappa=100, angle=30)
    rates = np.geomspace(1e-3, 1e3, 7)[:, None]
    moved = np.abs(
        descend(ravine.gradient, ravine.start, Adam(rates), 200) - ravine.start
    )
    assert np.all(moved <= bound() * rates * np.arange(201)[:, None, None] + 1e-12)


@pytest.mark.parametrize(("sigma", "curvature"), [(0.5, 1), (2.0, 1), (2.0, 4)])
def test_the_noise_floor_is_half_of_the_rate_times_sigma_and_sgds_goes_with_its_square(
    sigma, curvature
):
    rates = np.array([0.01, 0.03, 0.1])
    for method in Adam, SGD:
        rng = np.random.default_rng([56, int(10 * sigma)])
        squares = descend(
            noisy(lambda theta, t: curvature * theta, sigma, rng),
            np.zeros((3, 5, 100, 1)),
            method(rates[:, None, None, None]),
            3000,
            record=lambda theta: np.mean(theta**2, axis=(-2, -1)),
        )[1500:].mean(axis=0)
        floor = rates * sigma / (2 * curvature)
        if method is SGD:
            floor = rates * sigma**2 / curvature / (2 - rates * curvature)
        np.testing.assert_allclose(squares.mean(axis=1), floor, rtol=0.1)
        assert np.all(
            np.diff(squares.mean(axis=1)) > 5 * stats.mean_and_error(squares)[1][1:]
        )


# Section 6: a rate for each parameter


@cache
def own_rates(seed):
    """Return Adam's rates after each step, at 0.01 and 0.001, and which never moved."""
    n = cells("05", "parameter-code", seed=57 + seed, network=NETWORK, x=X, y=Y)
    return n["own"][:, 0], n["own"][:, 1], ~n["moved"]


@pytest.mark.parametrize("seed", range(5))
def test_the_rates_of_a_network_differ_by_more_than_a_hundred(seed):
    rates, _, silent = own_rates(seed)
    assert 0.05 < silent.mean() < 0.22  # up to a fifth
    np.testing.assert_allclose(rates[-1, silent], 1e6)
    low, _, high = np.quantile(rates[-1, ~silent], [0.1, 0.5, 0.9])
    assert low == pytest.approx(0.59, rel=0.3) and high / low > 100


def test_the_quantiles_of_the_rates_are_printed_in_their_order():
    n, told = taught.names("05"), printed("05", "parameter-code")
    edges = re.search("10 % are below (.*), half below (.*), 10 % above (.*)", told)
    rates = n["own"][-1, 0, n["moved"]]
    below = [np.mean(rates < float(edge)) for edge in edges.groups()]
    np.testing.assert_allclose(below, [0.1, 0.5, 0.9], atol=0.01)
    assert f"{np.mean(~n['moved']):.0%} of the gradients were always 0" in told


@pytest.mark.parametrize("seed", range(5))
def test_the_rates_of_a_pixel_go_like_one_over_its_rms(seed):
    rates, _, _ = own_rates(seed)
    rms = np.sqrt(np.mean(X**2, axis=0))
    used = rms > 0
    of_pixel = np.median(NETWORK.layers(rates[-1])[0][0], axis=1)[used]
    rms = rms[used]
    assert len(rms) == 61
    assert 300 < of_pixel.max() / of_pixel.min() < 5000
    assert np.corrcoef(np.log(rms), np.log(of_pixel))[0, 1] < -0.96
    off = of_pixel * rms / np.median(of_pixel * rms)
    assert np.all(np.abs(off[rms > 0.3] - 1) < 0.25) and np.sum(rms > 0.3) > 20
    assert np.mean(off[rms < 0.1] > 1) > 0.7 and np.median(off[rms < 0.1]) > 1.5


@pytest.mark.parametrize("seed", range(5))
def test_the_rates_fall_at_first_and_then_rise(seed):
    for layer in NETWORK.layers(own_rates(seed)[0]):
        rate = np.median(layer[0], axis=(1, 2))
        lowest = rate.argmin()
        assert 10 < lowest < 100
        assert rate[0] > 1.3 * rate[lowest] and rate[-1] > 1.15 * rate[lowest]


@pytest.mark.parametrize("seed", range(5))
def test_at_the_default_rate_the_rates_of_the_first_layer_stay_down(seed):
    rises = []
    for rates in own_rates(seed)[:2]:
        rate = np.median(NETWORK.layers(rates)[0][0], axis=(1, 2))
        rises.append(rate[-1] / rate.min())
    assert rises[0] > 1.3 and rises[1] < 1.1


@pytest.mark.parametrize("seed", range(5))
def test_the_rates_fall_at_first_with_theta_held_still_too(seed):
    rng = np.random.default_rng([57, seed])
    theta, v = NETWORK.initial(rng), 0.0
    gradient = sampled(NETWORK.gradient, (X, Y), 64, rng)
    medians = []
    for t in range(1, 31):
        v = 0.999 * v + 0.001 * gradient(theta, t) ** 2
        rates = 0.01 / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
        medians.append([np.median(layer[0]) for layer in NETWORK.layers(rates)])
    assert np.all(medians[0] > 1.2 * np.array(medians[-1]))


def test_adams_rate_has_the_unit_of_the_parameter():
    rng = np.random.default_rng(58)
    x = rng.normal(3, 1, size=(50, 1))
    y = -2 * x + rng.normal(size=x.shape)

    def walk(cost_unit, unit, lr):
        def gradient(w, t):
            return cost_unit * np.mean(unit * x * (unit * x * w - y), axis=0)

        return unit * descend(gradient, [0.0], Adam(lr, eps=0), 300)

    one = walk(1, 1, 0.1)
    np.testing.assert_allclose(walk(1000, 1, 0.1), one)
    np.testing.assert_allclose(walk(1, 1000, 0.1 / 1000), one)
    assert np.abs(walk(1, 1000, 0.1)).max() > 10 * np.abs(one).max()


def test_adam_keeps_two_vectors_of_the_size_of_theta():
    theta = np.ones(1000, np.float32)
    assert sum(array.nbytes for array in Adam(0.1).init(theta)) == 2 * theta.nbytes


# The break and the bug hunt


def test_the_first_step_has_the_length_of_the_rate_times_the_root_of_p():
    for P in (10, 1000):
        g = np.random.default_rng(59).normal(size=(1, P))
        assert np.linalg.norm(path(Adam(0.1, eps=0), g)[-1]) == pytest.approx(
            0.1 * np.sqrt(P)
        )


def from_rest(letter, gradient):
    zero, g = np.zeros(1), np.array([gradient])
    suspect = checks.suspects[letter]
    with np.errstate(invalid="ignore"):
        theta, m, _ = suspect(zero, g, zero, zero, 1, 0.1, 0.9, 0.999, 1e-8)
    return -theta[0] / 0.1, m[0] / (gradient or 1)


def test_each_suspect_is_given_away_as_the_solution_says():
    assert from_rest("A", 1e-4)[0] == pytest.approx(0.71, abs=0.005)
    assert from_rest("B", 1.0)[0] == pytest.approx(31.6, abs=0.05)
    assert from_rest("C", 1.0)[1] == pytest.approx(1)
    assert from_rest("D", 1.0)[1] == pytest.approx(0.001)
    assert from_rest("E", 1.0)[0] == 0
    assert np.isnan(from_rest("F", 0.0)[0])


# Going deeper: the edge of stability


@cache
def edge(seed):
    """Return the cells that train at the edge, with another start."""
    ids = "edge-squared", "edge-code", "edge-run"
    return cells("05", *ids, seed=seed, x=X, y=Y)


def test_the_squared_network_has_the_gradient_of_half_of_the_squared_error():
    network = edge(0)["Squared"]((64, 6, 5, 10), "tanh")
    x, y, theta = X[:20], Y[:20], network.initial(65)

    def cost(theta):
        error = network.activations(theta, x)[-1] - np.eye(10)[y]
        return 0.5 * np.sum(error**2, axis=-1).mean(axis=-1)

    d = 1e-6 * np.eye(len(theta))
    slopes = (cost(theta + d) - cost(theta - d)) / 2e-6
    np.testing.assert_allclose(network.gradient(theta, x, y), slopes, atol=1e-8)


def test_the_sharpness_is_the_largest_eigenvalue_in_the_units_of_the_scale():
    rng = np.random.default_rng(66)
    root, scale = rng.normal(size=(6, 6)), rng.uniform(0.5, 2, size=6)
    hessian, u = root @ root.T, rng.normal(size=(1, 6))
    theta = rng.normal(size=(1, 6))
    for units in np.ones(6), scale:
        found, _ = edge(0)["largest_eigenvalue"](
            lambda x: x @ hessian, theta, u, units, 300
        )
        right = np.linalg.eigvalsh(units[:, None] * hessian * units)[-1]
        assert found == pytest.approx(right, rel=1e-4)


@pytest.mark.parametrize("seed", [67, 68])
def test_the_sharpness_climbs_to_the_border_and_stays_there(seed):
    n, sizes = edge(seed), (64, 32, 32, 10)
    squared, crossed = n["Squared"](sizes, "tanh"), Network(sizes, "tanh")
    settings = {
        "SGD": (squared, SGD(np.array([[0.3], [0.4]])), 2, 1200),
        "Adam": (squared, Adam(np.array([[0.006], [0.01]])), 38, 800),
        "crossed": (crossed, SGD(np.array([[0.3], [1.0]])), 2, 800),
    }
    shares = {name: n["along_training"](*all_) for name, all_ in settings.items()}
    ends = {k: np.median(rows[len(rows) // 2 :], axis=0) for k, rows in shares.items()}
    assert np.all(shares["SGD"][0] < 0.97) and np.all(shares["Adam"][0] < 0.5)
    np.testing.assert_allclose(ends["SGD"], 1.005, atol=0.02)
    assert np.all((ends["Adam"] > 0.92) & (ends["Adam"] < 1))  # a little below
    assert np.all(shares["crossed"][-1] < 0.05) and shares["crossed"].max() < 0.6


@pytest.mark.parametrize("seed", [70, 71])
def test_with_cross_entropy_the_sharpness_rises_at_first_and_then_falls(seed):
    model, few = Network((64, 32, 32, 10), "tanh"), X[:300] - X[:300].mean(axis=0)
    rng, lr, shares = np.random.default_rng(seed), np.array([[0.3], [1.0]]), []
    theta = np.tile(model.initial(rng, scale=1), (2, 1))
    u = rng.normal(size=theta.shape)

    def slope(theta):
        return model.gradient(theta, few, Y[:300])

    for k in range(0, 201, 10):
        rounds = 8 if k else 30
        top, u = edge(seed)["largest_eigenvalue"](slope, theta, u, 1.0, rounds)
        shares.append(top * lr[:, 0] / 2)
        theta = descend(lambda theta, t: slope(theta), theta, SGD(lr), 10)[-1]
    highest = np.max(shares, axis=0)
    assert np.all(highest > 1.3 * shares[0]) and np.all(highest < 0.7)
    assert np.all(shares[-1] < highest / 1.3)


def test_a_rate_below_the_edge_never_meets_it():
    n = edge(69)
    model, small = n["Squared"]((64, 32, 32, 10), "tanh"), SGD(np.array([[0.05]]))
    assert n["along_training"](model, small, 2, 400).max() < 0.5


# What the figures show

FIGURES = {  # cell: (title, x axis, y axis) of each panel
    "bias-figure": [
        ("m, β₁ = 0.9: low for ten steps", "log", "linear"),
        ("v, β₂ = 0.999: low for a thousand steps", "log", "linear"),
    ],
    "brake-figure": [
        ("Uncorrected steps are longer", "log", "log"),
        ("Their best rate is lower", "log", "log"),
    ],
    "kinds-figure": [
        ("From the start: mostly up to 1", "log", "linear"),
        ("After a silence: first several η", "log", "linear"),
    ],
    "stable-figure": [
        ("Adam's window is widest", "log", "log"),
        ("Later it is not", "log", "log"),
        ("With noise (σ = 0.3), too", "log", "log"),
    ],
    "settle-figure": [
        ("Down for thousands of steps, and back", "linear", "log"),
        ("Its rate returns to the border, 38", "linear", "linear"),
    ],
    "parameter-figure": [
        ("Rare pixels have higher rates (line: 1/rms)", "log", "log"),
        ("At η = 0.01 they rise again", "linear", "linear"),
    ],
    "edge-figure": [
        ("SGD, at 2/η", "linear", "linear"),
        ("Adam, at 38/η", "linear", "linear"),
        ("SGD, cross-entropy: away", "linear", "linear"),
    ],
}


@cache
def drawn(cell):
    """Return the panels of a figure of the notebook."""
    return cells("05", cell, **taught.names("05"))["fig"].axes


def lines(ax):
    """Return the (x, y) values of the lines of a panel, by label."""
    return {line.get_label(): line.get_data() for line in ax.lines}


@pytest.mark.parametrize("cell", FIGURES)
def test_a_figure_has_its_titles_and_its_axes(cell):
    panels = drawn(cell)
    found = [(ax.get_title("left"), ax.get_xscale(), ax.get_yscale()) for ax in panels]
    assert found == FIGURES[cell]


def test_the_measured_shares_lie_on_the_formulas():
    for ax, beta in zip(drawn("bias-figure"), (0.9, 0.999), strict=True):
        (formula, measured, corrected) = (y for _, y in lines(ax).values())
        np.testing.assert_allclose(formula, 1 - beta**T)
        at = lines(ax)["measured"][0].astype(int)
        np.testing.assert_allclose(measured, 1 - beta**at, rtol=0.1)
        np.testing.assert_allclose(corrected, 1, rtol=0.1)


def test_r_is_drawn_with_its_highest_point_and_the_dotted_curve_is_lowest_earlier():
    left, right = drawn("brake-figure")
    np.testing.assert_allclose(lines(left)["_r(t)"][1], R)
    assert lines(left)["_longest"] == pytest.approx((12, R[11]))
    rates, corrected = lines(right)["Adam"]
    _, without = lines(right)["Adam, uncorrected"]
    np.testing.assert_allclose(rates, 10 ** np.arange(-3.5, -0.4, 0.25))
    assert without.argmin() < corrected.argmin()


def test_the_kinds_of_gradients_are_drawn_as_adam_steps_along_them():
    for ax, silence in zip(drawn("kinds-figure"), (0, 10**6), strict=True):
        found = {name: y for name, (_, y) in lines(ax).items()}
        expected = {
            "constant": np.ones(1000),
            "alternating": np.resize([1.0, -1.0], 1000),
            "one spike": np.eye(1000)[0],
            "growing 11 % a step": (0.999 / 0.9) ** T.astype(float),
        }
        for name, gradients in expected.items():
            along = np.abs(steps(gradients, silence))
            np.testing.assert_allclose(found[name], along, atol=1e-9)
        tops = [y.max() for y in found.values()]
        if silence:
            assert min(tops) > 3
        else:
            assert np.sum(np.array(tops) > 1.1) == 1


def test_the_sweeps_of_the_ravine_are_drawn_where_they_belong():
    ravine = costs.quadratic(kappa=100, angle=30)
    names = dict(
        zip(
            ["SGD, gradient descent", "Momentum", "RMSprop, corrected", "Adam"],
            HALVES.values(),
            strict=True,
        )
    )
    counts = []
    for ax, t in zip(drawn("stable-figure"), (200, 2000, 2000), strict=True):
        for name, optimizer in names.items():
            line = next(line for line in ax.lines if line.get_label() == name)
            assert line.get_color() == figures.look(name)["color"]
            if ax is not drawn("stable-figure")[2]:
                along = descend(
                    ravine.gradient, ravine.start, optimizer, 2 * t, record=ravine
                )
                j = np.minimum(along[t:], 1e20).mean(axis=0).reshape(-1)
                expected = np.where(j < 1e15, j, np.nan)
                np.testing.assert_allclose(line.get_ydata(), expected, rtol=1e-3)
        mark = lines(ax)["_good"][1][0]
        assert mark == pytest.approx(1e-3 * ravine(ravine.start))
        counts.append({name: np.sum(lines(ax)[name][1] < mark) for name in names})
    widest = [max(when, key=when.get) for when in counts]
    assert widest == ["Adam", "Momentum", "Momentum"]  # "with noise, too"


def test_the_lone_walk_goes_down_and_comes_back_where_its_rate_is_past_38():
    left, right = drawn("settle-figure")
    size, rate = lines(left)["_distance"][1], lines(right)["_rate"][1]
    deepest = size[:8000].argmin()
    assert size[0] == 1 and 0.05 < size[deepest:].max() < 0.2
    assert 36 < rate[deepest] < 40 < rate.max()
    assert set(lines(right)["_border"][1]) == {38}
    ends = rate[-10_000:].reshape(10, 1000)
    assert np.all((ends.max(axis=1) > 37) & (ends.max(axis=1) < 42))


def test_pixels_and_their_line_and_both_rates_are_drawn():
    left, right = drawn("parameter-figure")
    rms, of_pixel = lines(left)["_pixels"]
    np.testing.assert_allclose(np.sort(rms), np.sort(RMS[RMS > 0]))
    at, line = lines(left)["_1/rms"]
    np.testing.assert_allclose(line * at, line[0] * at[0])
    assert np.median(of_pixel * rms) == pytest.approx(line[0] * at[0])
    (_, usual), (_, default) = lines(right).values()
    assert list(lines(right)) == ["η = 0.01", "η = 0.001"]
    assert usual[0] > usual[-1] > 1.3 * usual.min() and 10 < usual.argmin() < 100
    assert default[0] > 1.3 * default.min() and default[-1] < 1.1 * default.min()


def test_the_edge_is_drawn_for_each_rate_beside_the_border():
    n = taught.names("05")
    for ax, (name, shares) in zip(
        drawn("edge-figure"), n["edges"].items(), strict=True
    ):
        *rows, border = (line for line in ax.lines)
        assert set(border.get_ydata()) == {1} and len(rows) == 2
        for line, share, lr in zip(rows, shares.T, n["tried"][name][1].lr, strict=True):
            np.testing.assert_array_equal(line.get_ydata(), share)
            assert line.get_label() == f"η = {lr[0]:g}"
            assert line.get_color() == figures.look(name)["color"]


RMS = np.sqrt(np.mean(X**2, axis=0))
