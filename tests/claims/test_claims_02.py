"""What notebook 02 says in prose, as mathematics or with other seeds than its own."""

from functools import cache
from itertools import combinations, product
from math import log

import numpy as np
import pytest

from tests.claims.taught import cells
from utils.data import digits
from utils.descent import descend, minibatches, sampled
from utils.network import Network
from utils.optimizers import SGD
from utils.schedules import cosine, inverse_time
from utils.stats import mean_and_error, median

N = 512
BATCHES = {"single sample": 1, "mini-batch": 32, "full batch": N}
NETWORK = Network((64, 16, 10))
(X, Y), _, _ = digits()
X, Y = X[:N], Y[:N]


def cost(theta):
    return NETWORK.cost(theta, X, Y)


def test_each_epoch_holds_every_sample_once_in_an_order_of_its_own():
    rows = minibatches(10, 4, rng=20)
    batches = [rows(t) for t in range(1, 7)]
    assert [len(batch) for batch in batches] == [4, 4, 2, 4, 4, 2]
    first, second = np.split(np.concatenate(batches), 2)
    assert sorted(first) == sorted(second) == list(range(10))
    assert not np.array_equal(first, second)


# Section 1: unbiased, and its variance


@cache
def slopes_after_one_epoch(seed):
    """Return the slopes s_i that the single samples see, and the gradient's norm."""
    rng = np.random.default_rng([21, seed])
    start = NETWORK.initial(rng)
    gradient = sampled(NETWORK.gradient, (X, Y), 1, rng)
    theta = descend(gradient, start, SGD(0.03), N, every=N)[-1]
    each = NETWORK.gradient(np.tile(theta, (N, 1)), X[:, None], Y[:, None])
    full = NETWORK.gradient(theta, X, Y)
    np.testing.assert_allclose(each.mean(axis=0), full, rtol=0, atol=1e-14)
    return each @ full / np.linalg.norm(full), np.linalg.norm(full), cost(theta)


def test_the_mean_of_the_sample_gradients_is_the_gradient():
    for seed in range(5):
        slopes, norm, _ = slopes_after_one_epoch(seed)
        assert slopes.mean() == pytest.approx(norm)


def test_one_epoch_of_single_samples_costs_one_gradient_and_lowers_the_cost_a_lot():
    assert all(slopes_after_one_epoch(seed)[2] < 1.2 for seed in range(5))


def test_about_a_quarter_of_the_samples_step_uphill():
    uphill = [np.mean(slopes_after_one_epoch(seed)[0] < 0) for seed in range(5)]
    assert 0.15 < np.mean(uphill) < 0.4


@pytest.mark.parametrize("replace", [True, False])
@pytest.mark.parametrize("batch_size", [1, 10, 100, 256])
def test_the_variance_of_a_batch_follows_the_formula(batch_size, replace):
    slopes, *_ = slopes_after_one_epoch(0)
    theory = slopes.var() / batch_size
    if not replace:
        theory *= (N - batch_size) / (N - 1)
    rows = minibatches(N, batch_size, [22, batch_size], replace, runs=(20_000,))
    mean, error = mean_and_error((slopes[rows(1)].mean(axis=-1) - slopes.mean()) ** 2)
    assert abs(mean - theory) < 4 * error


@pytest.mark.parametrize("batch_size", [1, 2, 3, 5, 6])
def test_the_variances_are_exact_over_all_batches_of_a_small_set(batch_size):
    n, slopes = 6, np.random.default_rng(26).normal(size=6)
    without = np.mean([*combinations(slopes, batch_size)], axis=1)
    theory = slopes.var() / batch_size * (n - batch_size) / (n - 1)
    assert without.var() == pytest.approx(theory)
    replaced = np.mean([*product(slopes, repeat=batch_size)], axis=1)
    assert replaced.var() == pytest.approx(slopes.var() / batch_size)


def test_the_batch_of_all_samples_has_no_variance():
    slopes, *_ = slopes_after_one_epoch(0)
    rows = minibatches(N, N, rng=23, runs=(50,))
    np.testing.assert_allclose(slopes[rows(1)].mean(axis=-1), slopes.mean())


# Section 2: fast updates


RACE = "problem-code", "fast-code", "tuned-code", "prices"


@cache
def races():
    """Run the race of the notebook with two other sets of five seeds."""
    return [cells("02", *RACE, seed=seed) for seed in (1, 2)]


def ratio(slow, fast, price):
    """Return how many times dearer `slow` is, by seed; `price` is that of a step."""
    dear, cheap = (
        np.concatenate([n["steps_needed"][name] for n in races()])
        * price(BATCHES[name])
        for name in (slow, fast)
    )
    both = np.isfinite(dear) & np.isfinite(cheap)
    assert both.sum() >= 8
    return (dear / cheap)[both]


def test_each_batch_size_has_the_best_rate_that_is_said():
    for n in races():
        best = [n["rates"][n["best"][name]] for name in BATCHES]
        assert best == [1 / 16, 1 / 2, 1]


@pytest.mark.parametrize(
    ("slow", "fast", "price"),
    [
        ("mini-batch", "single sample", lambda B: B),
        ("full batch", "single sample", lambda B: B),
        ("single sample", "mini-batch", lambda B: B + 100),
        ("full batch", "mini-batch", lambda B: B + 100),
        ("single sample", "full batch", lambda B: 1),
        ("mini-batch", "full batch", lambda B: 1),
    ],
)
def test_each_batch_size_wins_on_its_own_clock(slow, fast, price):
    mean, error = mean_and_error(ratio(slow, fast, price))
    assert mean - 1 > 2 * error


def test_the_mini_batch_wins_for_every_price_of_a_call_near_a_hundred():
    for c in (30, 100, 300):
        for slow in "full batch", "single sample":
            assert np.all(ratio(slow, "mini-batch", lambda B, c=c: B + c) > 1)


@cache
def clock():
    """Return the names of the cells that time the steps."""
    race = races()[0]
    given = {
        name: race[name]
        for name in ("network", "x", "y", "theta0", "batches", "steps_needed")
    }
    return cells("02", "seconds-code", **given)


def test_in_seconds_the_mini_batch_wins():
    seconds = clock()["seconds"]
    assert min(seconds, key=seconds.get) == "mini-batch"


def test_a_single_sample_step_is_several_times_as_fast_and_a_call_costs_a_hundred():
    one, _, all_of_them = clock()["step"].values()
    per_sample = (all_of_them - one) / (N - 1)
    assert 2 < all_of_them / one < 30  # about six on the authors' machine
    assert 15 < one / per_sample < 600  # about 100 there


@pytest.mark.parametrize(
    ("name", "times"), [("single sample", 8), ("mini-batch", 4), ("full batch", 2)]
)
def test_a_rate_a_few_times_too_large_learns_nothing(name, times):
    for n in races():
        wrong = n["best"][name] + int(np.log2(times))
        assert median(n["trained"][name][-1, wrong]) > log(10) - 0.05


@pytest.mark.parametrize("name", BATCHES)
def test_the_final_cost_against_the_rate_is_a_u(name):
    for n in races():
        final = median(n["trained"][name][-1])
        lowest = final.argmin()
        assert 0 < lowest < len(final) - 1
        assert np.all(np.diff(final[: lowest + 1]) < 0.02)
        assert final[0] > 2 * final[lowest] < final[-1]


# Section 3: the noise floor


@pytest.mark.parametrize(("curvature", "sigma"), [(1, 1), (2, 0.5), (0.3, 3)])
@pytest.mark.parametrize("share", [0.05, 0.5, 1.5])
def test_the_noise_floor_is_the_formula(curvature, sigma, share):
    lr = share / curvature
    rng = np.random.default_rng([31, round(100 * share)])

    def gradient(theta, t):
        return curvature * theta + sigma * rng.normal(size=theta.shape)

    starts = rng.normal(size=(5, 800, 1))  # five groups, for a standard error
    squares = descend(
        gradient, starts, SGD(lr), 1000, record=lambda theta: np.mean(theta**2, (1, 2))
    )
    mean, error = mean_and_error(squares[200:].mean(axis=0))
    floor = lr * sigma**2 / (curvature * (2 - lr * curvature))
    assert abs(mean - floor) < 5 * error
    assert mean == pytest.approx(floor, rel=0.03)


def test_the_floor_is_the_fixed_point_and_the_way_there_is_geometric():
    for lr, curvature, sigma in (0.1, 2.0, 0.7), (0.5, 1.0, 1.0):
        shrink = (1 - lr * curvature) ** 2
        floor = lr * sigma**2 / (curvature * (2 - lr * curvature))
        v = [9.0]
        for _ in range(50):
            v.append(shrink * v[-1] + lr**2 * sigma**2)
        closed = floor + (9 - floor) * shrink ** np.arange(51)
        np.testing.assert_allclose(v, closed)


def test_half_the_rate_is_half_the_floor_in_twice_the_time():
    floors = [lr / (2 - lr) for lr in (0.02, 0.01)]
    steps = [log(0.5) / log(1 - lr) for lr in (0.02, 0.01)]
    assert floors[0] / floors[1] == pytest.approx(2, rel=0.01)
    assert steps[1] / steps[0] == pytest.approx(2, rel=0.01)


def test_twice_the_batch_is_half_the_floor_on_sampled_data():
    data = np.random.default_rng(32).normal(size=4096)

    def gradient(theta, batch):
        return theta - batch.mean(axis=-1, keepdims=True)

    floors = []
    for batch_size in (4, 8):
        rng = np.random.default_rng([33, batch_size])
        kicked = sampled(gradient, (data,), batch_size, rng, True, runs=(500,))
        start = np.full((500, 1), data.mean())
        path = descend(kicked, start, SGD(0.1), 500)[100:]
        floors.append(np.mean((path - data.mean()) ** 2))
    assert floors[0] / floors[1] == pytest.approx(2, rel=0.1)
    assert floors[0] == pytest.approx(0.1 * data.var() / 4 / 1.9, rel=0.07)


# Section 4: the learning rate


def test_the_border_of_stability_is_two_over_the_curvature():
    L = 7.0
    rates = np.array([1.99, 2.0, 2.01, 2.1]) / L
    path = descend(lambda theta, t: L * theta, [1.0], SGD(rates[:, None]), 200)
    ends = np.abs(path[-1, :, 0])
    np.testing.assert_allclose(ends, [0.134, 1, 7.32, 1.9e8], rtol=3e-3)


def test_one_over_t_is_the_running_mean():
    xi = np.random.default_rng(41).gamma(2.0, size=300)
    path = descend(
        lambda theta, t: theta - xi[t - 1], [-5.0], SGD(inverse_time(1.0)), 300
    )
    means = np.cumsum(xi) / np.arange(1, 301)
    np.testing.assert_allclose(path[1:, 0], means)


def test_one_over_t_on_a_flat_parabola_is_still_far_off_after_a_billion_steps():
    left_after = cells("02", "slow-code")["left_after"]
    first = np.log1p(-0.2 / np.arange(1.0, 10**6 + 1)).sum()
    # From a million to a billion by Euler and Maclaurin: log(1 - a/t) = -a/t - a^2/2t^2
    a, low, high = 0.2, 1e6, 1e9
    harmonic = log(high / low) + (1 / high - 1 / low) / 2
    rest = -a * harmonic - a**2 / 2 * (1 / low - 1 / high)
    assert np.exp(first) == pytest.approx(left_after(10**6), rel=1e-7)
    assert np.exp(first + rest) == pytest.approx(left_after(10**9), rel=1e-4)
    shown = [f"{left_after(10**k):.3g}" for k in (3, 6, 9)]
    assert shown == ["0.216", "0.0542", "0.0136"]
    assert left_after(10**6) * 10**1.2 == pytest.approx(0.86, abs=0.005)


def test_c_over_t_leaves_t_to_the_minus_c_times_the_curvature():
    for c, curvature in (1, 0.2), (2, 0.1), (0.5, 0.7):
        path = descend(
            lambda theta, t, k=curvature: k * theta,
            [1.0],
            SGD(inverse_time(float(c))),
            4000,
        )[:, 0]
        slope = log(path[4000] / path[2000]) / log(2)
        assert slope == pytest.approx(-c * curvature, abs=1e-3)


@pytest.mark.parametrize("seed", range(1, 6))
def test_a_decaying_rate_beats_constant_ones_unless_it_decays_too_soon(seed):
    n = cells("02", "noise-code", "schedules-code", seed=seed)
    large, small, decaying, too_soon = n["gaps"].values()
    assert 17 < small[-1] / decaying[-1] < 24
    assert too_soon[-1] > 1.3 * large[-1]
    assert decaying[-1] < 1e-3
    assert decaying[20] < large[20] < small[20]  # quick at the start


@pytest.mark.parametrize("seed", range(1, 4))
def test_a_feature_a_thousand_times_larger_needs_a_rate_a_million_times_smaller(seed):
    fit = cells("02", "units-code", seed=seed)["fit"]
    np.testing.assert_allclose(fit(1, 0.05), fit(1000, 0.05e-6))
    assert np.isnan(fit(1000, 0.05)[-1])


# Section 5: two valleys


@cache
def valleys(seed):
    """Run the cells of the two valleys with other kicks."""
    return cells("02", "escape-code", "boltzmann-code", seed=seed)


WELL, DEEP, SHALLOW, TOP = (
    valleys(1)[name] for name in ("well", "deep", "shallow", "top")
)


def ends(start, lr, noise, seed):
    return valleys(seed)["ends"](start, lr, np.array([noise]))[0]


def share_deep(start, lr, noise):
    return np.mean([ends(start, lr, noise, seed) < TOP for seed in (1, 2)])


def long_run(lr, noise):
    return valleys(1)["long_run"](np.array([lr]), np.array([noise]))[0]


def test_the_way_out_of_the_shallow_valley_is_the_lower_one():
    climbs = WELL([TOP]) - WELL(WELL.minima)
    np.testing.assert_allclose(climbs, [1.32, 0.72], atol=0.005)


def test_without_noise_no_run_leaves_its_valley():
    assert share_deep(SHALLOW, 0.05, 0.0) == 0
    assert share_deep(DEEP, 0.05, 0.0) == 1


def test_a_little_noise_keeps_more_finds_and_too_much_forgets():
    assert share_deep(SHALLOW, 0.05, 2.0) < 0.06
    assert share_deep(SHALLOW, 0.05, 3.5) == pytest.approx(0.85, abs=0.04)
    assert share_deep(SHALLOW, 0.05, 6.0) == pytest.approx(0.64, abs=0.05)
    assert share_deep(DEEP, 0.05, 6.0) == pytest.approx(0.64, abs=0.05)


@pytest.mark.parametrize("start", [SHALLOW, DEEP])
@pytest.mark.parametrize("noise", [4.0, 5.0, 6.0])
def test_with_enough_noise_the_start_is_forgotten_and_the_formula_holds(start, noise):
    assert share_deep(start, 0.05, noise) == pytest.approx(
        long_run(0.05, noise), abs=0.05
    )


def test_a_larger_rate_does_what_more_noise_does_until_it_diverges():
    shares = [share_deep(SHALLOW, lr, 3.0) for lr in (0.01, 0.05, 0.16)]
    assert shares[0] < 0.01 and shares[1] > 0.7 and shares[2] < 0.005
    assert np.isnan(ends(DEEP, 0.16, 3.0, 1)).mean() > 0.99


def test_the_temperature_formula_gives_the_noise_floor_on_a_parabola():
    lr, sigma, curvature = 0.01, 2.0, 3.0
    floor = lr * sigma**2 / (curvature * (2 - lr * curvature))
    assert lr * sigma**2 / 2 / curvature == pytest.approx(floor, rel=0.02)


def test_noise_that_calms_down_ends_lower_than_noise_and_than_none():
    loud, calmed = (
        np.array([WELL(ends(SHALLOW, lr, 4.0, k)[:, None]).mean() for k in range(1, 6)])
        for lr in (0.05, cosine(0.05, 1000))
    )
    none = WELL([SHALLOW])
    assert none == pytest.approx(0.29, abs=0.005)
    assert loud.mean() == pytest.approx(0.10, abs=0.03)
    assert calmed.mean() == pytest.approx(-0.16, abs=0.03)
    mean, error = mean_and_error(calmed - loud)
    assert mean < -5 * error
    assert WELL([DEEP]) == pytest.approx(-0.31, abs=0.005)
    shares = [share_deep(SHALLOW, lr, 4.0) for lr in (0.05, cosine(0.05, 1000))]
    assert shares[0] == pytest.approx(shares[1], abs=0.06)


# Section 6: the border of the learning rate


@cache
def ripples():
    """Return the names that the cell of the rippled parabola defines."""
    return cells("02", "fractal-code")


@cache
def borders(r, samples, factored=False):
    """Count the changes between staying and diverging; `factored`: other rounding."""
    if not factored:
        return ripples()["changes"](r, samples)
    k, rates, theta = 2 * np.pi / 0.2, np.linspace(0.5, 2, samples), 0.5
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(300):
            theta = (1 - 2 * rates) * theta + rates * (2 * r / k) * np.sin(k * theta)
    return np.diff(np.abs(theta) < 1000).sum()


def test_a_convex_cost_has_one_border_however_many_rates_are_tried():
    assert [borders(0.5, 10**k) for k in (3, 4, 5)] == [1, 1, 1]
    assert [borders(0.95, 10**k) for k in (3, 4)] == [1, 1]


@pytest.mark.parametrize("factored", [False, True])
def test_a_cost_that_is_not_convex_has_ever_more_borders(factored):
    counts = np.array([borders(2, 10**k, factored) for k in (3, 4, 5)])
    np.testing.assert_allclose(counts, [15, 90, 790], rtol=0.1)
    assert np.all((counts[1:] / counts[:-1] > 5) & (counts[1:] / counts[:-1] < 10))


def test_the_last_digits_of_the_count_are_rounding():
    counts = [borders(2, 10**5, factored) for factored in (False, True)]
    assert counts[0] != counts[1]
    assert counts[0] == pytest.approx(counts[1], rel=0.03)


@pytest.mark.parametrize("r", [0.5, 1.0, 2.0])
def test_the_ripple_is_convex_up_to_r_equal_to_one(r):
    slope, ripple = ripples()["wiggly_slope"], ripples()["ripple"]
    theta, h = np.linspace(-1, 1, 2001)[:, None], 1e-5
    bend = (slope(theta + h, r) - slope(theta - h, r)) / (2 * h)
    formula = 2 * (1 - r * np.cos(2 * np.pi * theta / ripple))
    np.testing.assert_allclose(bend, formula, atol=1e-6)
    assert (formula.min() >= -1e-12) == (r <= 1)


@pytest.mark.parametrize("batch_size, lr", [(1, 0.004), (64, 0.2)])
def test_the_challenge_can_be_met_with_batches_of_1_and_of_64(batch_size, lr):
    rng = np.random.default_rng(40)

    def gradient(theta, t):
        return theta + rng.normal(size=theta.shape) / np.sqrt(batch_size)

    chains = np.full((4000, 1), 3.0)
    schedule = inverse_time(lr, decay=0.01 if batch_size == 64 else 0)
    steps = 2000 // batch_size
    end = descend(gradient, chains, SGD(schedule), steps, every=steps)[-1]
    assert np.mean(end**2) / 2 < 1e-3


def test_the_choices_of_the_slider_that_meet_the_challenge():
    rates = np.geomspace(0.002, 1, 28)
    decays = np.array([0, 0.001, 0.01, 0.1, 1])
    met = {}  # by the recursion of the mean: no chains, no luck
    for batch_size in (1, 4, 16, 64):
        square = np.full((28, 5), 9.0)
        for t in range(1, 2000 // batch_size + 1):
            lr = rates[:, None] / (1 + decays * (t - 1))
            square = (1 - lr) ** 2 * square + lr**2 / batch_size
        met[batch_size] = square / 2 < 1e-3
    np.testing.assert_allclose(rates[met[16][:, 0]], [0.04, 0.05], rtol=0.01)
    assert np.array_equal(met[64][:, 3], (rates > 0.3) & (rates < 0.9))
    assert sum(choices.sum() for choices in met.values()) == 78
