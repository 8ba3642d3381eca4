"""What 02 says, as mathematics or with other seeds; what rows of 02.txt compute."""

import re
from functools import cache, partial
from itertools import combinations, product
from math import log

import numpy as np
import pytest

from classroom.mistakes.plots import picture
from notebooks.exercises.stochastic_gradient_descent import plot_gaps
from tests.claims.taught import cells, names, printed
from utils.descent import descend, noisy, sampled
from utils.network import Network
from utils.optimizers import SGD
from utils.schedules import inverse_time
from utils.stats import mean_and_error
from utils.stats import median as middle

BATCHES = {"single sample": 1, "mini-batch": 32, "full batch": 512}
monthly = partial(pytest.param, marks=pytest.mark.monthly)
other_seeds = pytest.mark.parametrize("seed", [1, monthly(2)])


# What the rows of the table use


def epochs_shown():
    """Return the batches that a cell prints, as lists of samples, by epoch."""
    lines = printed("02", "words-code").splitlines()
    batches = [re.findall(r"\d", line.partition("[")[2]) for line in lines]
    return batches[: len(batches) // 2], batches[len(batches) // 2 :]


def climbs(n, lr):
    """Say of each sample whether a step along its gradient raises the cost."""
    return n["J"](n["path"][-1] - lr * n["each"]) > n["J"](n["path"][-1])


def ratio_shown(clock, column, part=0):
    """Return a ratio of the printed table of clocks; with part=1, its error."""
    (line,) = re.findall(rf"(?m)^{clock} .*", printed("02", "ratios"))
    pairs = re.findall(r"(\S+) ± (\S+)", line)
    return float(pairs[column][part])


def printed_fastest():
    """Return which batch a cell prints to be first in seconds."""
    return printed("02", "seconds-code").partition(": ")[2].strip()


def cheapest(n, clock):
    """Return the batch that is first on a clock."""
    return min(n["batches"], key=lambda name: n["dearer"][clock, name][0])


def best_rate(n, name):
    return n["rates"][n["best"][name]]


def race_curve(n, name):
    """Return the median cost at the best rate, after each 64th of the budget."""
    return middle(n["trained"][name][1:, n["best"][name]])


def lost_at(n, name):
    """Return at how many times its best rate the median network knows nothing."""
    ends = middle(n["trained"][name][-1])
    lost = ~(ends < log(10) - 0.05) & (n["rates"] > best_rate(n, name))
    return n["rates"][lost][0] / best_rate(n, name)


def ends_early(n):
    """Say whether the costs at the lowest rate still fall when the budget ends."""
    ends = [middle(n["trained"][name][[48, -1], 0]) for name in BATCHES]
    return all(later < early for early, later in ends)


def learns_less(n):
    """Say whether beyond its best rate each ends higher, and at last knows nothing."""
    for name in BATCHES:
        ends = middle(n["trained"][name][-1, n["best"][name] :])
        ends = np.nan_to_num(ends, nan=np.inf)
        nothing = np.argmax(ends > log(10) - 0.15)
        rising = np.all(np.diff(ends[: nothing + 1]) > 0.05)
        if not (nothing and rising and ends[nothing:].min() > log(10) - 0.15):
            return False
    return True


def growth(n):
    """Return how much the best rate grows from batch 1 to 32, and from 32 to 512."""
    single, some, every = (best_rate(n, name) for name in BATCHES)
    return some / single, every / some


def noise_floor(lr, batch_size):
    """Return the noise floor of a parabola of curvature 1, at sigma 1."""
    return lr / batch_size / (2 - lr)


def pulls(n):
    """Return each point's gradients at the three minima, (points, 3, ...)."""
    return np.array(
        [
            n["point_slope"](n["plane"], point[None, None], label[None, None])
            for point, label in zip(n["points"], n["labels"], strict=True)
        ]
    )


def two_over_L(n):
    """Return 2/L of the plane fit."""
    return 2 / np.linalg.eigvalsh(n["points"].T @ n["points"] / len(n["points"]))[-1]


def dies(n, lr, batch_size):
    """Say whether the mean square of the plane fit at s = 0 falls to 0, exactly."""
    x = n["points"]
    H, V = x.T @ x / len(x), np.eye(5)
    for _ in range(300):
        square = x.T @ (np.sum(x @ V * x, axis=1)[:, None] * x) / len(x)
        square = square / batch_size + (1 - 1 / batch_size) * H @ V @ H
        V = V - lr * (H @ V + V @ H) + lr**2 * square
    return np.trace(V) < 1e-6


@cache
def shares(ends, start, top):
    """Return the per cent that end in the deep valley, for each noise of a figure."""
    noises = np.arange(0.5, 6.1, 0.5)
    runs = ends(start, np.full((12, 1, 1), 0.05), noises)
    return dict(zip(noises, 100 * np.mean(runs < top, axis=1), strict=True))


def deep_share(n, noise, start="shallow"):
    return shares(n["ends"], n[start], n["top"])[noise]


def share_of(n, sweep, start):
    """Return the share that ends in the deep valley, along a sweep of the figure."""
    _, lr, noise = n["sweeps"][sweep]
    ends = n["ends"](n[start], lr[:, None, None], noise)
    return np.mean(ends < n["top"], axis=1)


def binomial_error(share):
    """Return the standard error of a share of 1000 runs."""
    return np.sqrt(share * (1 - share) / 1000)


def meet(n, noise):
    """Say whether runs from both valleys end alike, as the formula says."""
    shares = [deep_share(n, noise, start) for start in ("shallow", "deep")]
    formula = 100 * n["long_run"](np.array([0.05]), np.array([noise]))
    return np.abs(shares - formula).max() < 5


def later_share(n, seed):
    """Return the share in the deep valley after 10,000 steps with the noise 2."""
    kicked = noisy(n["well"].gradient, 2.0, rng=[46, seed])
    starts = np.full((400, 1), n["shallow"])
    return np.mean(
        descend(kicked, starts, SGD(0.05), 10_000, every=10_000)[-1] < n["top"]
    )


def barrier(n, noise):
    """Return the way back and the way out in units of the temperature."""
    return n["climb"] / (0.05 * noise**2 / 2)


def mean_cost(n, name):
    return n["well"](n["final"][name][0, :, None]).mean()


@cache
def plotted():
    """Return {batch size: gap} of the plot that the solution proposes."""
    sizes = [1, 4, 16, 64, 128, 256, 384]
    _, gaps = picture(["x", "y"], plot_gaps.answer, sizes, 4096, 0.005)
    return dict(zip(sizes, np.ravel(gaps), strict=True))


def forgets(curvature, power):
    """Return what is left of a gap after 100 times the steps, at 0.5 / t**power."""
    square, gaps = 9.0, {}
    for t in range(1, 100_001):
        lr = 0.5 / t**power
        square = (1 - lr * curvature) ** 2 * square + lr**2
        gaps[t] = square
    return gaps[100_000] / gaps[1000]


def left_of_start(n, bend, k):
    """Return the gap that schedule k leaves of the start, without the noise."""
    curvature, schedule = (1, 0.2)[bend], [*n["schedules"].values()][k]
    rates = np.array([schedule(t) for t in range(1, 2001)])
    return curvature * 9 / 2 * np.prod(1 - rates * curvature) ** 2


def met(n, size):
    """Return which choices of the slider meet the challenge, (rates, decays)."""
    return n["gap"][2000 // size, :, n["batch_sizes"].index(size)] < 1e-3


def local_slope(curvatures, t):
    """Return the slope of gradient descent's gap at step t, on log-log axes."""
    gaps = [curvatures @ (1 - curvatures) ** (2 * k) for k in (2 * t, t)]
    return np.log2(np.divide(*gaps))


def wrong_end(wrong):
    """Return where SGD at 1/t ends on a parabola with wrong gradients: 400 walks."""
    kicked = noisy(lambda theta, t: theta, 1.0, rng=48)
    walks = descend(
        lambda theta, t: wrong(kicked(theta, t)),
        np.full((400, 1), 3.0),
        SGD(inverse_time(1.0)),
        5000,
        every=5000,
    )
    return walks[-1].mean()


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
    if J[grid > top].min() > J[grid < top].min() - 0.1:
        raise ValueError("the dent is not the deeper valley: make it wider.")
    density = np.exp((J.min() - J) / 0.4)
    return density[grid > top].sum() / density.sum(), slope, top


# Section 1: unbiased, and its variance


@other_seeds
def test_the_mean_of_the_sample_gradients_is_the_gradient(seed):
    n = names("02", seed)
    np.testing.assert_allclose(n["each"].mean(axis=0), n["full"], rtol=0, atol=1e-14)
    assert n["slopes"].mean() == pytest.approx(np.linalg.norm(n["full"]))


@pytest.mark.parametrize("seed", [1, *map(monthly, range(2, 6))])
def test_one_epoch_of_single_samples_costs_one_gradient_and_lowers_the_cost_a_lot(seed):
    n = names("02", seed)
    assert sorted(n["order"]) == [*range(512)] and n["J"](n["path"][-1]) < 1.2


@pytest.mark.parametrize("batch_size", [1, 2, 3, 5, 6])
def test_the_variances_are_exact_over_all_batches_of_a_small_set(batch_size):
    n, slopes = 6, np.random.default_rng(26).normal(size=6)
    without = np.mean([*combinations(slopes, batch_size)], axis=1)
    theory = slopes.var() / batch_size * (n - batch_size) / (n - 1)
    assert without.var() == pytest.approx(theory)
    replaced = np.mean([*product(slopes, repeat=batch_size)], axis=1)
    assert replaced.var() == pytest.approx(slopes.var() / batch_size)


def test_a_gradient_that_is_twice_too_long_still_leads_to_the_minimum():
    assert abs(wrong_end(lambda g: 2 * g)) < 0.05


# Section 2: fast updates


@other_seeds
def test_each_batch_size_has_the_best_rate_that_is_said(seed):
    n = names("02", seed)
    assert [best_rate(n, name) for name in BATCHES] == [1 / 16, 1 / 2, 1]


@other_seeds
@pytest.mark.parametrize(
    ("slow", "fast", "clock"),
    [
        ("mini-batch", "single sample", "samples"),
        ("full batch", "single sample", "samples"),
        ("single sample", "mini-batch", "time at c = 100"),
        ("full batch", "mini-batch", "time at c = 100"),
        ("single sample", "full batch", "steps"),
        ("mini-batch", "full batch", "steps"),
    ],
)
def test_each_batch_size_wins_on_its_own_clock(slow, fast, clock, seed):
    n = names("02", seed)
    dear, cheap = (n["steps_needed"][k] * n["per_step"](clock, k) for k in (slow, fast))
    ratio = (dear / cheap)[np.isfinite(dear) & np.isfinite(cheap)]
    mean, error = mean_and_error(ratio)
    assert len(ratio) >= 4 and mean - 1 > 2 * error


def test_a_single_sample_step_is_several_times_as_fast_and_a_call_costs_a_hundred():
    single, _, every = names("02")["step"].values()
    per_sample = (every - single) / 511
    assert 2 < every / single < 30  # about six on the authors' machine
    assert 15 < single / per_sample < 600  # about 100 there


@other_seeds
@pytest.mark.parametrize(
    ("name", "times"), [("single sample", 8), ("mini-batch", 4), ("full batch", 2)]
)
def test_a_rate_a_few_times_too_large_learns_nothing(name, times, seed):
    n = names("02", seed)
    wrong = n["best"][name] + int(np.log2(times))
    assert middle(n["trained"][name][-1, wrong]) > log(10) - 0.05


@other_seeds
@pytest.mark.parametrize("name", BATCHES)
def test_the_final_cost_against_the_rate_is_a_u(name, seed):
    final = middle(names("02", seed)["trained"][name][-1])
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


def test_the_floor_of_the_linear_model_is_that_of_its_exact_covariance():
    """Solve V = V - lr (H V + V H) + lr^2 (H V H + C): all directions at once."""
    n = cells("02", "real-floor-code")
    each = n["linear_slope"](n["minimum"], n["pixels"][:, None], n["zero"][:, None])
    np.testing.assert_allclose(each.mean(axis=0), 0, atol=1e-12)
    in_directions = n["directions"].T @ np.cov(each.T, bias=True) @ n["directions"]
    for lr, floor in zip(n["small"], n["predicted"], strict=True):
        a = n["lambdas"]
        covariance = lr * in_directions / (a[:, None] + a - lr * a[:, None] * a)
        assert np.sum(a * np.diag(covariance)) / 2 == pytest.approx(floor)


@pytest.mark.parametrize("seed", [1, monthly(2), monthly(3)])
def test_a_tenth_of_the_scatter_is_a_hundredth_of_the_floor_and_none_is_no_floor(seed):
    n = names("02", seed)
    gaps = n["plane_gap"](n["fits"])
    whole, tenth = gaps[500:, 0], gaps[500:, 1]
    assert whole.mean() / tenth.mean() == pytest.approx(100, rel=1e-3)
    halves = whole[:2250].mean(0), whole[2250:].mean(0)  # of each run: no drift
    change, error = mean_and_error(halves[1] - halves[0])
    assert abs(change) < 4 * error and 0.03 < whole.mean() < 0.2
    assert np.all(gaps[500, 2] < 1e-8) and np.all(gaps[2000, 2] < 1e-20)


@pytest.mark.parametrize(
    ("slope", "misses"),
    [(lambda theta, t: theta, False), (lambda theta, t: np.exp(theta) - 1, True)],
)
def test_on_another_cost_the_mean_of_a_walk_misses_the_minimum(slope, misses):
    """Not on the parabola; exp(theta) - theta is flatter to the left of its minimum."""
    path = descend(noisy(slope, 1.0, rng=47), np.zeros((400, 1)), SGD(0.2), 2000)
    mean, error = mean_and_error(path[1000:, :, 0].mean(axis=0))
    assert (mean < -10 * error) if misses else (abs(mean) < 4 * error)


# Section 4: the learning rate


def test_the_sharpness_is_the_largest_eigenvalue_of_the_hessian():
    n, small = names("02"), Network((64, 2, 10))
    x, y, starts = n["x"], n["y"], small.initial(np.random.default_rng(3), runs=(5,))
    given = {"network": small, "x": x, "y": y, "n": 512, "starts": starts}
    left = cells("02", "sharp-code", J=lambda theta: small.cost(theta, x, y), **given)
    theta = left["run"][-1, 0]
    shift = 1e-4 * np.eye(small.size)
    hessian = small.gradient(theta + shift, x, y) - small.gradient(theta - shift, x, y)
    largest = np.abs(np.linalg.eigvalsh((hessian + hessian.T) / 4e-4)).max()
    assert left["sharpness"](theta) == pytest.approx(largest, rel=0.05)
    assert left["sharpness"](theta) <= largest * 1.001


def test_one_over_t_on_a_flat_parabola_is_still_far_off_after_a_billion_steps():
    n = cells("02", "slow-code")
    walk = descend(lambda theta, t: theta / 5, [1.0], SGD(inverse_time(1.0)), 1000)
    assert walk[-1] == pytest.approx(n["shrunk"][999])
    first = np.log1p(-0.2 / np.arange(1.0, 10**6 + 1)).sum()
    # From a million to a billion by Euler and Maclaurin: log(1 - a/t) = -a/t - a^2/2t^2
    a, low, high = 0.2, 1e6, 1e9
    harmonic = log(high / low) + (1 / high - 1 / low) / 2
    rest = -a * harmonic - a**2 / 2 * (1 / low - 1 / high)
    assert np.exp(first) == pytest.approx(n["shrunk"][-1], rel=1e-9)
    assert np.exp(first + rest) == pytest.approx(n["far"], rel=1e-4)
    shown = [f"{x:.3g}" for x in (*n["shrunk"][[999, -1]], n["far"])]
    assert shown == ["0.216", "0.0542", "0.0136"]


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
    n = names("02", seed)
    for bend, heights in zip((1, 0.2), n["gaps"].swapaxes(0, 1), strict=True):
        for schedule, height in zip(n["schedules"].values(), heights.T, strict=True):
            square = [9.0]
            for t in range(1, 2001):
                lr = schedule(t)
                square.append((1 - lr * bend) ** 2 * square[-1] + lr**2)
            ratio = height / (bend * np.array(square) / 2)
            assert np.all(abs(ratio[[20, 200, 2000]] - 1) < 5 * np.sqrt(2 / 2000))


# Going deeper: the rates of convergence


def test_the_bound_of_the_curvature_is_one_and_the_slope_is_that_of_the_cost():
    n, rng = cells("02", "lemma-code"), np.random.default_rng(44)
    for scale in 0, 1, 5:
        theta = scale * rng.normal(size=64)
        shift = 1e-5 * np.eye(64)
        ahead, behind = n["two_cost"](theta + shift), n["two_cost"](theta - shift)
        slope = n["two_slope"](theta)
        np.testing.assert_allclose((ahead - behind) / 2e-5, slope, atol=1e-8)
        slopes = (n["two_slope"](theta + d) - n["two_slope"](theta - d) for d in shift)
        curvatures = np.linalg.eigvalsh(np.array([*slopes]) / 2e-5)
        assert n["mu"] - 1e-8 < curvatures[0] < curvatures[-1] < n["bound"] + 1e-8


@pytest.mark.parametrize("seed", range(3))
def test_the_descent_lemma_holds_in_every_step_from_any_start_and_at_any_rate(seed):
    n, rng = cells("02", "lemma-code"), np.random.default_rng([45, seed])
    theta, L = rng.normal(size=64), n["bound"]
    for share in rng.uniform(0, 3, size=300):
        slope = n["two_slope"](theta)
        new = theta - share / L * slope
        fall = share / L * (1 - share / 2) * slope @ slope
        assert n["two_cost"](new) <= n["two_cost"](theta) - fall + 1e-12
        theta = new


@pytest.mark.parametrize(("tail", "proved"), [(np.inf, -1), (1.5, -2 / 3)])
def test_the_third_rate_needs_noise_of_bounded_variance(tail, proved):
    """The median gap, on a parabola with L = mu = 1; the mean is infinite for 1.5."""
    rng, gaps = np.random.default_rng(49), {}
    theta = np.ones(4000)
    for t in range(1, 3001):
        noise = rng.normal(size=4000)
        if tail < np.inf:
            noise = np.sign(noise) * (1 + rng.pareto(tail, size=4000))
        theta = theta - 2 / (t + 2) * (theta + noise)
        gaps[t + 2] = np.median(theta**2) / 2
    late = np.geomspace(30, 3000, 20).astype(int)
    slope, _ = np.polyfit(np.log(late), np.log([gaps[t] for t in late]), 1)
    assert slope == pytest.approx(proved, abs=0.1)


# Section 5: two valleys


@other_seeds
def test_a_little_noise_keeps_more_finds_and_too_much_forgets(seed):
    n = names("02", seed)
    assert deep_share(n, 2.0) < 6
    assert deep_share(n, 3.5) == pytest.approx(85, abs=5)
    for start in "shallow", "deep":
        assert deep_share(n, 6.0, start) == pytest.approx(64, abs=6)


@pytest.mark.parametrize("seed", [1, *map(monthly, range(2, 6))])
def test_noise_that_calms_down_ends_lower_than_noise_and_than_none(seed):
    n = names("02", seed)
    loud, calmed = (
        n["well"](n["final"][name][0, :, None])
        for name in ("noise", "noise, rate lowered")
    )
    assert loud.mean() == pytest.approx(0.10, abs=0.05)
    assert calmed.mean() == pytest.approx(-0.16, abs=0.05)
    mean, error = mean_and_error(calmed - loud)
    assert mean < -5 * error


@pytest.mark.parametrize(("width", "wins"), [(0.1, False), (0.7, True)])
def test_a_deep_valley_is_visited_more_often_unless_it_is_narrow(width, wins):
    share, slope, top = visits(width)
    lr, starts = 0.0005, np.tile([-1.0, 1.0], 200)[:, None]  # in both alike
    kicked = noisy(slope, np.sqrt(2 * 0.4 / lr), rng=47)
    walks = descend(kicked, starts, SGD(lr), 40_000, every=400)[50:, :, 0]
    for part in share, np.mean(walks > top):
        assert (part > 0.55) if wins else (part < 0.3)
