"""What 02 and its companion say, as mathematics or with other seeds."""

import time
from functools import cache
from math import log

import numpy as np
import pytest

from classroom.mistakes.plots import picture
from notebooks.exercises.stochastic_gradient_descent import plot_gaps
from tests.claims.measures import monthly
from tests.claims.taught import cells, names
from utils import board
from utils.descent import descend, noisy, sampled, train
from utils.network import Network
from utils.optimizers import SGD
from utils.schedules import inverse_sqrt, inverse_time
from utils.stats import mean_and_error
from utils.stats import median as middle_of

BATCHES = {"single sample": 1, "mini-batch": 32, "full batch": 512}
other_seeds = pytest.mark.parametrize("seed", [1, monthly(2)])


# What the rows of the tables use


def paid(n, clock, name):
    """Return what the median run of a batch size pays until it stays below 0.4.

    The clock is a name, or the price of a step in samples.
    """
    sample, step = n["clocks"].get(clock, (1, clock))
    return n["needed"][name] * (BATCHES[name] * sample + step)


def first(n, clock):
    """Return which batch is first on a clock."""
    return min(BATCHES, key=lambda name: paid(n, clock, name))


def prices(n):
    """Return the least and the largest price of a step, for a mini-batch to win."""
    won = [price for price in range(1, 1000) if first(n, price) == "mini-batch"]
    return won[0], won[-1]


def noise_floor(lr, batch_size):
    """Return the noise floor of a parabola of curvature 1, at sigma 1."""
    return lr / batch_size / (2 - lr)


@cache
def shares(deep_shares, start):
    """Return the per cent that end in the deep valley, for each noise of a figure."""
    noises = np.arange(0.5, 6.1, 0.5)
    return dict(zip(noises, 100 * deep_shares(start, noises), strict=True))


def deep_share(n, noise, start="shallow"):
    return shares(n["deep_shares"], n[start])[noise]


def barrier(n, noise):
    """Return the way back and the way out in units of the temperature."""
    return n["climb"] / (0.05 * noise**2 / 2)


@cache
def plotted():
    """Return {batch size: gap} of the plot of exercise 3."""
    sizes = [1, 4, 16, 64, 128, 256, 384]
    _, gaps = picture(["x", "y"], plot_gaps.answer, sizes, 4096, 0.005)
    return dict(zip(sizes, np.ravel(gaps), strict=True))


def visits(width):
    """Return the share of the deep valley by the formula, and a cost that has it.

    The deep valley is a dent at 1 in a parabola with its minimum at -1; T = 0.4.
    """

    def dent(theta):
        return 2.4 * np.exp(-(((theta - 1) / width) ** 2))

    def slope(theta, t):
        return theta + 1 + 2 * (theta - 1) / width**2 * dent(theta)

    grid = np.linspace(-4, 4, 80_001)
    J = (grid + 1) ** 2 / 2 - dent(grid)
    top = grid[(J * ((grid > -1) & (grid < 1))).argmax()]
    density = np.exp((J.min() - J) / 0.4)
    return density[grid > top].sum() / density.sum(), slope, top


# The board


@pytest.mark.parametrize("seed", [11, monthly(12)])
def test_sgd_is_after_a_tenth_of_the_samples_where_gradient_descent_ends(seed):
    (x, y), network = board.problem(), board.network
    options = {"record": lambda theta: network.cost(theta, x, y)}
    rates = 2.0 ** np.arange(-1.5, 0.6, 0.5)[:, None, None]
    walk = train(network, (x, y), SGD(rates), 512, 16, seed, 20, **options)
    end = middle_of(walk[-1]).min()  # at its best rate
    fall = middle_of(board.race(board.METHODS["SGD"], rng=seed))
    assert 20 <= board.EVERY * np.argmax(fall <= end) <= 32
    assert 18 < end / fall[-1] < 25


# Section 1: fast updates


@pytest.mark.parametrize("seed", [1, *map(monthly, range(2, 6))])
def test_many_a_step_of_one_sample_raises_the_cost(seed):
    n = names("02", seed)
    climbs = n["J"](n["after"] - 0.03 * n["each"]) > n["J"](n["after"])
    assert 0.25 < np.mean(climbs) < 0.6


@pytest.mark.parametrize("seed", [1, *map(monthly, range(2, 6))])
def test_one_epoch_of_single_samples_costs_one_gradient_and_lowers_the_cost_a_lot(seed):
    n = names("02", seed)
    assert sorted(n["order"]) == [*range(512)] and n["J"](n["path"][-1]) < 1.2


@other_seeds
def test_each_batch_size_wins_on_its_own_clock(seed):
    n, own = names("02", seed), names("02")
    for clock in n["clocks"]:
        assert first(n, clock) == first(own, clock)
    factor = paid(n, "samples", "full batch") / paid(n, "samples", "single sample")
    assert 20 < factor < 30
    # Interior: each at a best rate between two that were tried.
    for name, (_B, powers, *_) in n["races"].items():
        assert powers[0] < np.log2(n["best"][name]) < powers[-1]


def seconds_per_step(batch_size):
    """Return the shortest of several times that a step of SGD took."""
    data, trials = board.problem(), []
    gradient = sampled(board.network.gradient, data, batch_size, rng=5)
    start = board.network.initial(0)
    for _ in range(25):  # short ones: one of them is not interrupted
        begin = time.perf_counter()
        descend(gradient, start, SGD(lr=0.01), 10, every=10)
        trials.append((time.perf_counter() - begin) / 10)
    return min(trials)


def test_a_single_sample_step_is_several_times_as_fast_and_a_call_costs_a_hundred():
    single, every = seconds_per_step(1), seconds_per_step(512)
    assert 2 < every / single < 30  # about six on the authors' machine
    assert 15 < single / ((every - single) / 511) < 600  # about 100 there


# Section 2: the noise floor


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


# Section 3: the learning rate


@other_seeds
def test_the_final_cost_against_the_rate_is_a_u(seed):
    ends = names("02", seed)["ends"]
    lowest = ends.argmin()
    assert np.all(np.diff(ends[: lowest + 1]) < 0.02)
    assert ends[0] > 5 * ends[lowest] and np.all(ends[lowest + 3 :] > 2.25)


@pytest.mark.parametrize("seed", [31, monthly(32)])
def test_at_twice_the_best_rate_most_runs_are_lost_and_at_four_times_all(seed):
    rates = 2.0 ** np.array([0.5, 1.5])[:, None, None]
    twice, four_times = board.race(SGD(rates), seeds=20, rng=seed)[-1]
    assert 0.5 < np.mean(twice > 2.25) < 0.9
    assert four_times.min() > log(10) - 0.01


@pytest.mark.monthly
def test_ten_times_the_steps_mend_a_rate_too_small_and_none_too_large():
    data = x, y = board.problem()
    options = {"record": lambda theta: board.network.cost(theta, x, y), "every": 256}
    rates = 2.0 ** np.array([-4, 1.5])[:, None, None]
    walk = train(board.network, data, SGD(rates), 32, 2560, 33, 5, **options)
    (early, _), (late, lost) = middle_of(walk[1]), middle_of(walk[-1])
    assert late < early / 5 and lost > log(10) - 0.01


# Section 4: two valleys


@other_seeds
def test_a_little_noise_keeps_more_finds_and_too_much_forgets(seed):
    n = names("02", seed)
    assert deep_share(n, 2.0) < 6
    assert deep_share(n, 3.5) == pytest.approx(85, abs=5)
    for start in "shallow", "deep":
        assert deep_share(n, 6.0, start) == pytest.approx(66, abs=6)


@pytest.mark.parametrize(("width", "wins"), [(0.1, False), (0.7, True)])
def test_a_deep_valley_is_visited_more_often_unless_it_is_narrow(width, wins):
    share, slope, top = visits(width)
    lr, starts = 0.0005, np.tile([-1.0, 1.0], 200)[:, None]  # in both alike
    kicked = noisy(slope, np.sqrt(2 * 0.4 / lr), rng=47)
    walks = descend(kicked, starts, SGD(lr), 40_000, every=400)[50:, :, 0]
    for part in share, np.mean(walks > top):
        assert (part > 0.55) if wins else (part < 0.3)


# The companion


def pulls(n):
    """Return each point's gradients at the three minima, (points, 3, ...)."""
    return np.array(
        [
            n["point_slope"](n["plane"], point[None, None], label[None, None])
            for point, label in zip(n["points"], n["labels"], strict=True)
        ]
    )


@pytest.mark.parametrize("seed", [1, monthly(2)])
def test_a_tenth_of_the_scatter_is_a_hundredth_of_the_floor_and_none_is_no_floor(seed):
    n = cells("deeper/02", "labels-code", seed=seed)
    gaps = n["plane_gap"](n["fits"])
    whole, tenth = gaps[500:, 0], gaps[500:, 1]
    assert whole.mean() / tenth.mean() == pytest.approx(100, rel=1e-3)
    halves = whole[:2250].mean(0), whole[2250:].mean(0)  # of each run: no drift
    change, error = mean_and_error(halves[1] - halves[0])
    assert abs(change) < 4 * error and 0.03 < whole.mean() < 0.2
    assert np.all(gaps[500, 2] < 1e-8) and np.all(gaps[2000, 2] < 1e-20)
    assert np.abs(pulls(n)[:, 2]).max() < 1e-12 < np.abs(pulls(n)[:, 0]).max()


def test_the_sharpness_is_the_largest_eigenvalue_of_the_hessian():
    small = Network((64, 2, 10))
    x, y = board.problem()
    n = cells("deeper/02", "sharp-code", x=x, y=y)
    theta = small.initial(3)
    n["slope"].__globals__["slope"] = lambda theta: small.gradient(theta, x, y)
    shift = 1e-7 * np.eye(small.size)
    hessian = small.gradient(theta + shift, x, y) - small.gradient(theta - shift, x, y)
    largest = np.abs(np.linalg.eigvalsh((hessian + hessian.T) / 4e-7)).max()
    assert n["largest_curvature"](theta) == pytest.approx(largest, rel=0.05)


@pytest.mark.parametrize(
    ("slope", "misses"),
    [(lambda theta, t: theta, False), (lambda theta, t: np.exp(theta) - 1, True)],
)
def test_on_another_cost_the_mean_of_a_walk_misses_the_minimum(slope, misses):
    """Not on the parabola; exp(theta) - theta is flatter to the left of its minimum."""
    path = descend(noisy(slope, 1.0, rng=47), np.zeros((400, 1)), SGD(0.2), 2000)
    mean, error = mean_and_error(path[1000:, :, 0].mean(axis=0))
    assert (mean < -10 * error) if misses else (abs(mean) < 4 * error)


def test_a_constant_rate_averaged_does_nearly_as_well():
    bends = np.array([1, 0.2])[:, None, None]
    gradient = noisy(lambda theta, t: bends * theta, 1.0, rng=51)
    walk = descend(gradient, np.full((2, 1000, 1), 3.0), SGD(0.5), 2000)[1001:]
    gap = bends[:, 0, 0] * np.mean(walk.mean(axis=0) ** 2, axis=(-2, -1)) / 2
    assert np.all(gap < 1.6 * cells("deeper/02", "schedules-code")["averaged"])


@pytest.mark.parametrize(("steps", "ratio"), [(2000, 1.1), (20_000, 0.13)])
def test_averaging_needs_a_walk_that_is_long_enough(steps, ratio):
    """The exact gaps at the curvature 1/20: averaged, and at the constant rate 0.02."""
    half, keep = steps // 2, 1 - inverse_sqrt(0.5)(np.arange(1, steps + 1)) / 20
    reach, squares = 0.0, 0.0  # how much of the error at a step is in the mean
    for t in range(steps, 0, -1):
        reach += (t > half) / half
        squares += (20 * (1 - keep[t - 1]) * reach) ** 2
        reach *= keep[t - 1]
    rest = 0.999 ** (2 * steps)
    constant = 9 * rest + 0.02**2 * (1 - rest) / (1 - 0.999**2)
    assert (squares + (3 * reach) ** 2) / constant == pytest.approx(ratio, rel=0.05)


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


@other_seeds
def test_the_gaps_of_the_schedules_follow_the_recursion(seed):
    n = cells("deeper/02", "schedules-code", seed=seed)
    for name, schedule in n["schedules"].items():
        for bend, height in zip((1, 0.2), n["gaps"][name].T, strict=True):
            square = [9.0]
            for t in range(1, 2001):
                lr = schedule(t)
                square.append((1 - lr * bend) ** 2 * square[-1] + lr**2)
            ratio = height / (bend * np.array(square) / 2)
            assert np.all(abs(ratio[[20, 200, 2000]] - 1) < 5 * np.sqrt(2 / 1000))


def test_the_floor_of_the_linear_model_is_that_of_its_exact_covariance():
    """Solve V = V - lr (H V + V H) + lr^2 (H V H + C): all directions at once."""
    n = cells("deeper/02", "real-floor-code")
    each = n["linear_slope"](n["minimum"], n["pixels"][:, None], n["zero"][:, None])
    np.testing.assert_allclose(each.mean(axis=0), 0, atol=1e-12)
    in_directions = n["directions"].T @ np.cov(each.T, bias=True) @ n["directions"]
    for lr, floor in zip(n["small"], n["predicted"], strict=True):
        a = n["lambdas"]
        covariance = lr * in_directions / (a[:, None] + a - lr * a[:, None] * a)
        assert np.sum(a * np.diag(covariance)) / 2 == pytest.approx(floor)
