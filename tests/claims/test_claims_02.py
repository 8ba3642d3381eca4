"""What notebook 02 says in prose, as mathematics or with other seeds than its own."""

from functools import cache, partial
from itertools import combinations, product
from math import log

import numpy as np
import pytest

from classroom.mistakes.checks import drawn
from notebooks.exercises.stochastic_gradient_descent import plot_gaps
from tests.claims.taught import cells, names
from utils.data import digits
from utils.descent import descend, minibatches, noisy, sampled
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
    norm = np.linalg.norm(full)
    return each @ full / norm, norm, cost(theta), theta, each


def test_the_mean_of_the_sample_gradients_is_the_gradient():
    for seed in range(5):
        slopes, norm, *_ = slopes_after_one_epoch(seed)
        assert slopes.mean() == pytest.approx(norm)


@pytest.mark.parametrize(
    ("wrong", "end"), [(lambda g: 2 * g, 0), (lambda g: g + 0.5, -0.5)]
)
def test_a_gradient_that_is_wrong_on_average_may_miss_the_minimum_and_may_not(
    wrong, end
):
    kicked = noisy(lambda theta, t: theta, 1.0, rng=48)
    walks = descend(
        lambda theta, t: wrong(kicked(theta, t)),
        np.full((400, 1), 3.0),
        SGD(inverse_time(1.0)),
        5000,
        every=5000,
    )
    assert np.abs(walks[-1] - end).mean() < 0.05


def test_one_epoch_of_single_samples_costs_one_gradient_and_lowers_the_cost_a_lot():
    assert all(slopes_after_one_epoch(seed)[2] < 1.2 for seed in range(5))


def test_about_a_quarter_of_the_samples_point_uphill_and_longer_steps_of_more_climb():
    tiny, uphill, long = [], [], []
    for seed in range(5):
        slopes, _, height, theta, each = slopes_after_one_epoch(seed)
        climbs = [cost(theta - lr * each) > height for lr in (1e-6, 0.03)]
        tiny.append(np.mean(climbs[0] == (slopes < 0)))
        uphill.append(np.mean(slopes < 0))
        long.append(np.mean(climbs[1]))
    assert min(tiny) > 0.99  # what "points uphill" means
    assert 0.15 < np.mean(uphill) < 0.4
    assert np.mean(long) > 1.3 * np.mean(uphill)


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


RACE = "problem-code", "fast-code", "tuned-code", "prices", "ratios", "stays-code"


@cache
def races():
    """Run the race of the notebook with two other sets of five seeds."""
    figures = "three-clocks-code", "floor-code", "rate-code", "u-code"
    return [cells("02", *RACE, "noise-code", *figures, seed=seed) for seed in (1, 2)]


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


def test_of_the_three_guesses_40_is_the_nearest_with_other_seeds_too():
    for n in races():
        mean, error = n["dearer"]["samples", "full batch"]
        nearest = min([3, 40, 500], key=lambda option: abs(np.log(mean / option)))
        assert nearest == 40
        assert error < 0.2 * mean
        assert n["dearer"]["samples", "single sample"] == (1, 0)


def test_to_stay_below_takes_one_sample_longer_than_to_get_there():
    for n in races():
        for name in BATCHES:
            for seed, step in enumerate(n["below_for_good"](name)):
                curve = n["trained"][name][:, n["best"][name], seed]
                records = np.flatnonzero(~(curve <= 0.4))
                last = (records[-1] + 1) * n["between"][name]
                assert step == last or (np.isnan(step) and records[-1] == 64)
    calm = np.concatenate([n["calm"] for n in races()])
    mean, error = mean_and_error(calm)
    first, its = mean_and_error(ratio("full batch", "single sample", lambda B: B))
    assert first - mean > 3 * np.hypot(error, its)
    assert mean > 5


def test_the_three_clocks_show_who_is_first():
    n = races()[0]
    for ax in n["axes"]:
        first = {}
        for line in ax.lines:
            name, reached = line.get_label(), np.array(line.get_ydata()) <= 0.4
            if name.startswith("SGD, "):
                first[name.removeprefix("SGD, ")] = line.get_xdata()[reached.argmax()]
                look = n["looks"][name.removeprefix("SGD, ")]
                assert line.get_color() == look["color"]
        assert f"{min(first, key=first.get)} wins" == ax.get_title(loc="left")
        assert ax.get_xscale() == "log"
    assert [ax.get_xlabel() for ax in n["axes"]] == [*n["prices"]]


def test_the_u_is_drawn_on_a_logarithmic_axis_with_the_line_of_ignorance():
    ax = races()[0]["ax"]
    assert ax.get_xscale() == "log"
    (grey,) = (line for line in ax.lines if "knows nothing" in line.get_label())
    np.testing.assert_allclose(grey.get_ydata(), log(10))
    names = [line.get_label() for line in ax.lines[:3]]
    assert names == [f"SGD, {name}" for name in BATCHES]


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


@pytest.mark.parametrize("name", BATCHES)
def test_on_the_right_of_a_u_longer_steps_learn_less_even_at_their_best_moment(name):
    for n in races():
        curves = median(n["trained"][name][:, n["best"][name] :])  # (65, rates)
        lowest = np.nanmin(curves, axis=0)
        nothing = np.argmax(lowest > log(10) - 0.1)
        assert nothing > 0 and np.all(np.diff(lowest[: nothing + 1]) > 0.05)
        assert np.all(lowest[nothing:] > log(10) - 0.1)


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


@pytest.mark.parametrize("step, left", [(0.02, 0.5), (4 / 3, 0.25), (1.9, 0.05)])
def test_half_a_large_rate_has_far_less_than_half_the_floor(step, left):
    chains = np.zeros((2, 4000, 1))
    sgd = SGD(np.array([step, step / 2])[:, None, None])
    noise = noisy(lambda theta, t: theta, 1.0, rng=137)
    squares = descend(noise, chains, sgd, 1500, lambda theta: np.mean(theta**2, (1, 2)))
    floor, half = squares[500:].mean(axis=0)
    assert half / floor == pytest.approx(left, rel=0.06)


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


@pytest.mark.parametrize("seed", [1, 2])
def test_shuffled_epochs_have_less_noise_than_the_formula_the_less_the_lower_the_rate(
    seed,
):
    n = cells("02", "problem-code", "noise-code", "shuffled-code", seed=seed)
    formula = n["slower"] / (2 - n["slower"])
    error = np.sqrt(2 / 1000)  # of the mean of 1000 squares
    replaced, shuffled = (
        n["mean_square"](n["settled"](replace)) / formula for replace in (True, False)
    )
    assert np.all(abs(replaced - 1) < 4 * error)
    assert 1 > shuffled[1] + 3 * error > shuffled[1] > 3 * shuffled[2]
    assert shuffled[0] > shuffled[1] and shuffled[2] < 0.05


@pytest.mark.parametrize("seed", [1, 2])
def test_on_the_linear_model_the_floor_is_the_sum_of_64_floors(seed):
    n = cells("02", "real-floor-code", "real-floor-run", seed=seed)
    ratio, error = n["real_floor"] / n["predicted"], n["real_error"] / n["predicted"]
    assert np.all(ratio > 1 - 3 * error) and np.all(ratio < 1.15 + 3 * error)
    assert ratio[0] - ratio[2] > 2 * np.hypot(error[0], error[2])  # large rates: worst
    halves = n["real_floor"][:-1] / n["real_floor"][1:]
    assert np.all((halves > 1.9) & (halves < 2.3))


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


@cache
def planes(seed):
    """Fit the planes with other points, labels and draws; and draw them."""
    names = "labels-code", "labels-figure", "averaged-fits-code"
    return cells("02", *names, seed=seed)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_tenth_of_the_scatter_is_a_hundredth_of_the_floor_and_none_is_no_floor(seed):
    n = planes(seed)
    gaps = n["plane_gap"](n["fits"])
    one, tenth = gaps[500:, 0], gaps[500:, 1]
    assert one.mean() / tenth.mean() == pytest.approx(100, rel=1e-3)
    halves = one[:2250].mean(0), one[2250:].mean(0)  # of each run: level, and no drift
    change, error = mean_and_error(halves[1] - halves[0])
    assert abs(change) < 4 * error and 0.03 < one.mean() < 0.2
    assert np.all(gaps[500, 2] < 1e-8) and np.all(gaps[2000, 2] < 1e-20)


def pulls(n):
    """Return each point's gradients at the three minima."""
    return [
        n["point_slope"](n["plane"], point[None, None], label[None, None])
        for point, label in zip(n["points"], n["labels"], strict=True)
    ]


@pytest.mark.parametrize("seed", [1, 2])
def test_where_one_plane_fits_all_points_no_single_gradient_pulls(seed):
    each = pulls(planes(seed))
    sizes = np.abs(each).max(axis=(0, 2, 3))
    assert sizes[2] < 1e-12 and sizes[0] > 0.5
    np.testing.assert_allclose(np.mean(each, axis=0), 0, atol=1e-12)


def test_the_figure_of_the_labels_shows_two_levels_and_a_fall():
    ax = planes(1)["ax"]
    assert [line.get_label() for line in ax.lines] == ["s = 1", "s = 0.1", "s = 0"]
    one, tenth, none = (line.get_ydata() for line in ax.lines)
    assert ax.get_yscale() == "log"
    assert ax.lines[0].get_xdata()[-1] == 1000
    assert one[50:].mean() / tenth[50:].mean() == pytest.approx(100, rel=0.01)
    assert none[-1] < 1e-12 < 1e-5 < tenth[-1]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_mean_of_the_second_half_is_far_lower_than_the_last_with_the_same_gradients(
    seed,
):
    n = planes(seed)
    last = n["plane_gap"](n["fits"][-1])[0]
    half = n["plane_gap"](np.mean(n["fits"][2501:], axis=0))[0]
    difference, error = mean_and_error(last - 30 * half)  # 50 to 80 times, by seed
    assert difference > 2 * error
    np.testing.assert_allclose(n["last"][0], last.mean())
    np.testing.assert_allclose(n["half"][0], half.mean())


def test_on_another_cost_the_mean_of_a_walk_misses_the_minimum():
    """Not on the parabola; exp(theta) - theta is flatter to the left of its minimum."""
    means = {}
    for cost_of, slope in (
        ("parabola", lambda theta, t: theta),
        (
            "exp",
            lambda theta, t: np.exp(theta) - 1,
        ),
    ):
        kicked = noisy(slope, 1.0, rng=47)
        path = descend(kicked, np.zeros((400, 1)), SGD(0.2), 2000)[1000:, :, 0]
        means[cost_of] = mean_and_error(path.mean(axis=0))
    mean, error = means["parabola"]
    assert abs(mean) < 4 * error
    mean, error = means["exp"]
    assert mean < -10 * error


GIVEN = "network", "x", "y", "n", "starts", "J"


@pytest.mark.parametrize("seed", [1, 2])
def test_a_network_that_fits_all_has_no_floor_and_the_larger_rate_ends_lower(seed):
    given = {name: races()[seed - 1][name] for name in GIVEN}
    fitted = cells("02", "no-floor-code", seed=seed, **given)["fitted"]
    assert np.all(np.diff(fitted, axis=0) < 0)
    assert np.all(fitted[1:, 0] < fitted[1:, 1])
    assert np.all(fitted[2:, 0] < fitted[2:, 1] / 2)
    assert fitted[-1, 0] < 0.01 * fitted[0, 0]


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize(
    ("lr", "B", "dies"), [(0.05, 1, True), (0.5, 1, False), (0.5, 16, True)]
)
def test_noise_dies_with_the_error_below_a_border_that_rises_with_b(seed, lr, B, dies):
    """The mean square of the plane fit at s = 0, at rates below 2/L."""
    x = planes(seed)["points"]
    H, V = x.T @ x / len(x), np.eye(5)
    assert lr < 2 / np.linalg.eigvalsh(H)[-1]
    for _ in range(300):
        square = x.T @ (np.sum(x @ V * x, axis=1)[:, None] * x) / len(x)
        square = square / B + (1 - 1 / B) * H @ V @ H
        V = V - lr * (H @ V + V @ H) + lr**2 * square
    assert (np.trace(V) < 1e-6) == dies


@pytest.mark.parametrize("seed", [1, 2])
def test_the_best_rate_of_the_full_batch_lies_above_two_over_the_sharpness(seed):
    n = cells("02", "sharp-code", **{k: races()[seed - 1][k] for k in GIVEN})
    assert np.all(2 / n["largest"] < 1)
    costs_seen = median(n["J"](n["run"]))
    theta = n["starts"]
    for _ in range(20):
        theta = theta - 1.0 * NETWORK.gradient(theta, X, Y)
    np.testing.assert_allclose(n["run"][1], theta, atol=1e-8)
    assert np.all(np.diff(costs_seen) < 0)


def test_the_sharpness_is_the_largest_eigenvalue_of_the_hessian():
    given = {name: races()[0][name] for name in GIVEN}
    small = Network((64, 2, 10))
    given |= {
        "network": small,
        "starts": small.initial(np.random.default_rng(3), runs=(5,)),
    }
    given["J"] = lambda theta: small.cost(theta, X, Y)
    n = cells("02", "sharp-code", **given)
    theta = n["run"][-1, 0]
    shift = 1e-4 * np.eye(small.size)
    hessian = small.gradient(theta + shift, X, Y) - small.gradient(theta - shift, X, Y)
    largest = np.abs(np.linalg.eigvalsh((hessian + hessian.T) / 4e-4)).max()
    assert n["sharpness"](theta) == pytest.approx(largest, rel=0.05)
    assert n["sharpness"](theta) <= largest * 1.001


@pytest.mark.parametrize(("batch_size", "stays"), [(1, False), (4, True), (512, True)])
def test_the_border_of_sampled_data_is_lower_for_one_sample_and_rises_with_b(
    batch_size, stays
):
    """The mean square on the linear model of the digits, step by step, exactly."""
    H = X.T @ X / N
    lr = 0.85 * 2 / np.linalg.eigvalsh(H)[-1]
    V = np.eye(64)
    for _ in range(400):
        sampled_square = X.T @ (np.sum(X @ V * X, axis=1)[:, None] * X) / N
        square = sampled_square / batch_size + (1 - 1 / batch_size) * H @ V @ H
        V = V - lr * (H @ V + V @ H) + lr**2 * square
    assert (np.trace(V) < 64) == stays


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


@cache
def decays(seed):
    """Run the schedules on both parabolas with other noise, and draw them."""
    names = "noise-code", "schedules-code", "averaged-code", "schedules-figure"
    shades = ["#5AAEDD -", "#0072B2 --", "#00304D -.", "#000000 :"]
    return cells("02", *names, seed=seed, shades=shades)


def exact_gap(curvature, schedule):
    """Return the mean gap after each step, by the recursion of the mean square."""
    square = [9.0]
    for t in range(1, 2001):
        lr = schedule(t)
        square.append((1 - lr * curvature) ** 2 * square[-1] + lr**2)
    return curvature * np.array(square) / 2


@pytest.mark.parametrize("seed", [1, 2])
def test_the_gaps_of_the_schedules_follow_the_recursion(seed):
    n = decays(seed)
    for bend, heights in zip((1, 0.2), n["gaps"].swapaxes(0, 1), strict=True):
        for schedule, height in zip(n["schedules"].values(), heights.T, strict=True):
            ratio = height[[20, 200, 2000]] / exact_gap(bend, schedule)[[20, 200, 2000]]
            assert np.all(abs(ratio - 1) < 5 * np.sqrt(2 / 2000))


def test_a_decaying_rate_is_20_times_lower_for_one_curvature_and_too_soon_for_a_fifth():
    large, small, decaying, too_soon = decays(1)["schedules"].values()
    one, fifth = (
        {s: exact_gap(bend, s) for s in (large, small, decaying, too_soon)}
        for bend in (1, 0.2)
    )
    assert one[small][-1] / one[decaying][-1] == pytest.approx(20, abs=0.5)
    assert one[decaying][20] < one[large][20] < one[small][20]
    assert one[too_soon][-1] > one[large][-1]
    assert fifth[decaying][-1] > 10 * fifth[small][-1]


@pytest.mark.parametrize("curvature", [1, 0.2])
def test_lowering_pays_unless_more_is_left_of_the_start_than_the_floor(curvature):
    kept, _, lowered, too_soon = decays(1)["schedules"].values()
    floor = exact_gap(curvature, kept)[-1]
    for schedule, pays in (lowered, True), (too_soon, False):
        rates = np.array([schedule(t) for t in range(1, 2001)])
        start_left = curvature * 9 / 2 * np.prod(1 - rates * curvature) ** 2
        assert (exact_gap(curvature, schedule)[-1] < floor / 2) == pays
        assert (start_left < floor) == pays


@pytest.mark.parametrize("curvature", [1, 0.2])
@pytest.mark.parametrize(("power", "share"), [(0.5, 0.1), (0, 1)])
def test_a_parabola_forgets_old_noise_if_the_rate_falls_to_0(curvature, power, share):
    """The squares of 0.5/sqrt(t) add up to infinity, and yet there is no floor."""
    square, gaps = 9.0, {}
    for t in range(1, 100_001):
        lr = 0.5 / t**power
        square = (1 - lr * curvature) ** 2 * square + lr**2
        gaps[t] = curvature * square / 2
    assert gaps[100_000] / gaps[1000] == pytest.approx(share, rel=0.1)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_mean_of_a_long_walk_is_low_for_both_curvatures(seed):
    n = decays(seed)
    small = [exact_gap(bend, lambda t: 0.02)[-1] for bend in (1, 0.2)]
    assert np.all(n["averaged"] < np.array(small) / 2)
    assert n["averaged"][1] < exact_gap(0.2, inverse_time(0.5, decay=0.5))[-1] / 10


def test_the_figure_of_the_schedules_shows_who_is_lowest_on_each_parabola():
    left, right = decays(1)["axes"]
    for ax, lowest in (left, "0.5, then like 1/t"), (right, "constant 0.02"):
        ends = {line.get_label(): line.get_ydata()[-1] for line in ax.lines}
        star = ends.pop("0.5/√t, averaged")
        assert min(ends, key=ends.get) == lowest
        assert ax.get_xscale() == ax.get_yscale() == "log"
        assert star < ends["constant 0.02"]
    assert left.get_title(loc="left").startswith("λ = 1:")


# Going deeper: the rates of convergence


@cache
def rates(seed):
    names = "lemma-code", "lemma-run", "rates-code", "rates-run", "rates-slopes"
    return cells("02", *names, "rates-figure", seed=seed)


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


def test_with_a_tenth_of_the_bound_the_lemma_is_broken():
    n = cells("02", "lemma-code", "lemma-run")
    assert n["broken"](n["bound"]) == 0
    assert n["broken"](n["bound"] / 10) > 30


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_measured_slopes_are_near_the_proved_ones(seed):
    n = rates(seed)
    # Measured with five seeds: scatter 0.004 of the second, 0.015 of the third.
    for (steps, gaps, proved), room in zip(
        n["rates_of"].values(), (0.02, 0.05, 0.11), strict=True
    ):
        assert n["slope_of"](steps, gaps) == pytest.approx(proved, abs=room)


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


def test_gradient_descent_stays_below_its_proved_ceiling():
    n = rates(1)
    T = np.arange(1, 10_001)
    assert np.all(n["exact"][1:] <= n["bent"].max() * len(n["bent"]) / (2 * T))


def test_a_ravine_keeps_its_slope_while_some_curvatures_are_far_below_one_over_t():
    bent = rates(1)["bent"]

    def slope(t, start=1):
        parts = bent * np.square(start)
        return np.log2(np.divide(*(parts @ (1 - bent) ** (2 * k) for k in (2 * t, t))))

    np.testing.assert_allclose([slope(100), slope(1000)], -1, atol=0.05)
    assert slope(1e6) < -10 < slope(10_000) < -1.2  # the lowest is 1e-5
    assert slope(1000, np.sqrt(bent)) == pytest.approx(-2, abs=0.05)  # not from ones


def test_on_curvatures_that_are_all_alike_gradient_descent_is_faster():
    walk = descend(lambda theta, t: 0.5 * theta, np.ones(51), SGD(1.0), 100)
    gaps = np.sum(0.5 * walk**2, axis=-1) / 2
    assert gaps[100] / gaps[10] < 1e-20


def test_the_figure_of_the_rates_has_the_slopes_in_its_titles():
    n = rates(0)
    for ax, (steps, gaps, proved) in zip(
        n["axes"], n["rates_of"].values(), strict=True
    ):
        measured, line = ax.lines
        np.testing.assert_array_equal(measured.get_xdata(), steps)
        slope = n["slope_of"](line.get_xdata(), line.get_ydata())
        assert slope == pytest.approx(proved)
        assert ax.get_title(loc="left").endswith(f"{n['slope_of'](steps, gaps):.2f}")
        assert ax.get_xscale() == ax.get_yscale() == "log"


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


@pytest.mark.parametrize("seed", [1, 2])
def test_with_more_steps_less_noise_will_do(seed):
    kicked = noisy(WELL.gradient, 2.0, rng=[46, seed])
    runs = descend(kicked, np.full((400, 1), SHALLOW), SGD(0.05), 10_000, every=1000)
    deep = np.mean(runs[..., 0] < TOP, axis=1)
    assert deep[1] < 0.08 and deep[10] > 0.2


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


@pytest.mark.parametrize(("width", "wins"), [(0.1, False), (0.7, True)])
def test_a_deep_valley_is_visited_more_often_unless_it_is_narrow(width, wins):
    """The deep one is a dent at 1, `width` wide, in a parabola with its minimum at -1.

    The temperature is 0.4: by the formula, and in walks that start in both alike.
    """

    def dent(theta):
        return 2.4 * np.exp(-(((theta - 1) / width) ** 2))

    def slope(theta, t):
        return theta + 1 + 2 * (theta - 1) / width**2 * dent(theta)

    grid = np.linspace(-4, 4, 80_001)
    J = (grid + 1) ** 2 / 2 - dent(grid)
    top = grid[(J * ((grid > -1) & (grid < 1))).argmax()]
    assert J[grid > top].min() < J[grid < top].min() - 0.1
    density = np.exp((J.min() - J) / 0.4)
    lr, starts = 0.0005, np.tile([-1.0, 1.0], 200)[:, None]
    kicked = noisy(slope, np.sqrt(2 * 0.4 / lr), rng=47)
    walks = descend(kicked, starts, SGD(lr), 40_000, every=400)[50:, :, 0]
    for share in density[grid > top].sum() / density.sum(), np.mean(walks > top):
        assert (share > 0.55) if wins else (share < 0.3)


# Section 6: the slider


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


def by_formula():
    """Return which choices of the slider meet the challenge, but for the chains' luck.

    By the recursion of the mean square: `{batch size: (rates, decays)}`.
    """
    rates, decays = np.geomspace(0.002, 1, 28), np.array([0, 0.001, 0.01, 0.1, 1])
    met = {}
    for batch_size in (1, 4, 16, 64):
        square = np.full((28, 5), 9.0)
        for t in range(1, 2000 // batch_size + 1):
            lr = rates[:, None] / (1 + decays * (t - 1))
            square = (1 - lr) ** 2 * square + lr**2 / batch_size
        met[batch_size] = square / 2 < 1e-3
    return met


def test_the_choices_of_the_slider_that_meet_the_challenge():
    met, rates = by_formula(), np.geomspace(0.002, 1, 28)
    np.testing.assert_allclose(rates[met[16][:, 0]], [0.04, 0.05], rtol=0.01)
    assert np.array_equal(met[64][:, 3], (rates > 0.3) & (rates < 0.9))
    without = rates[~met[16][:, 0]]  # decay: too few steps, or too high a floor
    left, floor = 9 * (1 - without) ** (2 * 125) / 2, without / 16 / (2 - without) / 2
    np.testing.assert_array_equal(left > 1e-3, without < 0.04)
    np.testing.assert_array_equal(floor > 1e-3, without > 0.05)


# Exercise 3: how far the rate may grow with the batch


def gap_after(budget, size, lr):
    """Return the mean gap on the parabola, from 9, after budget // size steps."""
    shrink, steps = (1 - lr) ** 2, budget // size
    fresh = lr**2 / size * (1 - shrink**steps) / (1 - shrink)
    return (9 * shrink**steps + fresh) / 2


def test_the_best_gap_of_a_budget_is_the_same_for_small_and_large_batches():
    rates = np.geomspace(1e-4, 1.99, 20_000)
    best = [gap_after(4096, size, rates).min() for size in (1, 4, 16, 64, 128, 256)]
    assert max(best) / min(best) < 1.02


@cache
def plotted():
    """Return {batch size: gap} of the plot that the solution proposes."""
    sizes = [1, 4, 16, 64, 128, 256, 384]
    asked = "x, y, log x, log y"
    _, gaps, *_ = drawn(asked, plot_gaps.answer, sizes, 4096, 0.005)
    return dict(zip(sizes, np.ravel(gaps), strict=True))


def test_the_gap_rises_with_the_batch_the_more_the_nearer_the_border():
    gaps = [*plotted().values()]
    assert np.all(np.diff(gaps) > 0)
    for size, gap in plotted().items():
        assert gap == pytest.approx(gap_after(4096, size, 0.005 * size))


# The numbers of the text


def percent(share):
    return 100 * share


def times(n, slow, fast, clock="samples"):
    """Return how many times dearer one batch size is than another, and the error."""
    dear, cheap = (n["steps_needed"][k] * n["per_step"](clock, k) for k in (slow, fast))
    return mean_and_error(dear / cheap)


SAMPLES = partial(times, slow="full batch", fast="single sample")
TIME = partial(times, fast="mini-batch", clock="time at c = 100")
STEPS = partial(times, fast="full batch", clock="steps")


def best_rate(n, name):
    return n["rates"][n["best"][name]]


def lost_at(n, name):
    """Return at how many times its best rate the median network knows nothing."""
    ends = median(n["trained"][name][-1])
    lost = ~(ends < log(10) - 0.05) & (n["rates"] > best_rate(n, name))
    return n["rates"][lost][0] / best_rate(n, name)


def growth(n):
    """Return how much the best rate grows from batch 1 to 32, and from 32 to 512."""
    one, some, every = (best_rate(n, name) for name in BATCHES)
    return some / one, every / some


@cache
def deep_shares():
    """Return the share in the deep valley for each noise of the figure."""
    n = names("02")
    _, lr, noise = n["sweeps"]["noise σ, at η = 0.05"]
    after = n["ends"](n["shallow"], lr[:, None, None], noise)
    return dict(zip(noise, percent(np.mean(after < n["top"], axis=1)), strict=True))


def mean_cost(n, name):
    return n["well"](n["final"][name][0, :, None]).mean()


def choices(n):
    """Return where the chains of the slider end below 0.001: rates, sizes, decays."""
    return np.stack(
        [n["gap"][2000 // size, :, k] < 1e-3 for k, size in enumerate([1, 4, 16, 64])],
        axis=1,
    )


def averaging(n):
    return n["last"][0] / n["half"][0]


def slopes(n):
    return tuple(n["slope_of"](*run[:2]) for run in n["rates_of"].values())


def barrier(n, noise):
    """Return the way back and the way out in units of the temperature."""
    return tuple(n["climb"] / (0.05 * noise**2 / 2))


def bound_rates(n):
    return tuple(n["lrs"][choices(n)[:, 2, 0]])


def small_answer(n):
    """Return the answer to the challenge, if the chains and the formula accept it."""
    k = int(np.abs(n["lrs"] - 0.3).argmin())
    met = choices(n)[k, 3, 3] and by_formula()[64][k + 1, 3]
    return (n["lrs"][k], n["decays"][3]) if met else (0, 0)


def bound_of_floors(n):
    """Return 2, unless a floor is further from the formula than 2 %."""
    return max(2, percent(np.abs(n["measured_floor"] / n["floor"] - 1).max()))


def factor(n):
    """Return how many times lower than a small rate a decaying one ends: λ = 1, 1/5."""
    small, decaying = n["gaps"][-1, :, 1], n["gaps"][-1, :, 2]
    return small / decaying


def wrong_valley(n):
    """Return one run in how many is in the wrong valley at the largest noise."""
    return 1 / (1 - deep_shares()[6.0] / 100)


def larger_floors(n):
    return np.all(np.diff(n["measured_floor"]) > 0)


def sooner_but_higher(n):
    """Say whether, of the curves drawn, that of a larger rate is level sooner."""
    curves, floors = n["square"][:301, [0, 2, 4]], n["floor"][[0, 2, 4]]
    there = (curves < 2 * floors).argmax(axis=0)
    return there[0] > there[1] > there[2] > 0 and larger_floors(n)


def most_of_both(n):
    """Say whether the mini-batch has lost less than half of each gain, in logarithm."""
    samples, _ = times(n, "mini-batch", "single sample")
    steps, _ = STEPS(n, "mini-batch")
    return samples**2 < SAMPLES(n)[0] and steps**2 < STEPS(n, "single sample")[0]


def test_each_curve_of_the_floor_is_that_of_the_rate_in_its_label():
    n = names("02")
    lines = {
        line.get_label(): line.get_ydata()
        for line in cells("02", "floor-figure", **n)["left"].lines
    }
    for k in 0, 2, 4:
        np.testing.assert_array_equal(
            lines[f"η = {n['etas'][k]:g}"], n["square"][:301, k]
        )
