"""What notebook 01 says in prose, as mathematics or with other seeds than its own."""

from functools import cache
from itertools import pairwise
from math import erf, log, sqrt

import numpy as np
import pytest

from classroom.mistakes.slips import function_of
from tests.claims import taught
from tests.claims.taught import cells, printed
from tests.exercises.all_exercises import EXERCISES
from utils import costs
from utils.data import digits
from utils.descent import descend
from utils.network import Network
from utils.optimizers import SGD

# Sections 2 and 3: a network with two free parameters, 3 or 8 from one pixel

PLANE = cells("01", "model-code", "network-code", "walks-code", "kinds-code")
plane_cost, plane_slope = PLANE["plane_cost"], PLANE["plane_slope"]
hessian = PLANE["hessian"]


def stationary(theta):
    for _ in range(10):
        theta = theta - np.linalg.solve(hessian(plane_slope, theta), plane_slope(theta))
    np.testing.assert_allclose(plane_slope(theta), 0, atol=1e-10)
    return theta


@pytest.mark.parametrize(
    "near, cost, low, high",
    [
        ([1.7, 2.5], 0.373, 0.019, 0.106),
        ([-2.7, -2.0], 0.395, 0.006, 0.096),
        ([0.0, 0.0], log(2), -0.262, 0.315),
    ],
)
def test_there_are_two_minima_and_a_saddle_of_the_cost_ln_2(near, cost, low, high):
    theta = stationary(np.array(near))
    assert np.abs(theta - near).max() < 0.1
    assert plane_cost(theta) == pytest.approx(cost, abs=6e-4)
    curvatures = np.linalg.eigvalsh(hessian(plane_slope, theta))
    np.testing.assert_allclose(curvatures, [low, high], atol=6e-4)


@pytest.mark.parametrize("near, kappa", [([1.7, 2.5], 6), ([-2.7, -2.0], 15)])
def test_a_valley_is_kappa_times_as_steep_across_as_along(near, kappa):
    H = hessian(plane_slope, stationary(np.array(near)))
    low, high = np.linalg.eigvalsh(H)
    assert high / low == pytest.approx(kappa, abs=0.5)


def test_the_floor_is_flat_where_tanh_is_saturated():
    out = np.array([[6.0, 2.2], [-6.0, -2.0]])
    along, across = np.abs(plane_slope(out)[:, 0]), np.array([6.0, -4.0])
    walls = np.abs(plane_slope(np.stack([out[:, 0], across], axis=-1))[:, 1])
    assert np.all(along < 0.05 * walls)


@pytest.mark.parametrize("seed", range(100, 104))
def test_some_walks_end_in_the_worse_valley_and_most_of_the_descent_is_early(seed):
    n = cells("01", "model-code", "network-code", "walks-code", seed=seed)
    walks, which = n["walks"], np.where(n["went_right"], 0, 1)
    bottoms = np.array([stationary(np.array(p)) for p in ([1.7, 2.5], [-2.7, -2.0])])
    assert np.linalg.norm(walks[-1] - bottoms[which], axis=-1).max() < 0.05
    assert 0.15 < which.mean() < 0.85
    gap = plane_cost(walks) - plane_cost(bottoms)[which]
    assert np.median(gap[10]) < 0.1 * np.median(gap[0])
    late = [np.argmax(fall < 1e-8) for fall in gap.T]
    assert min(late) > 100  # the whole of the right picture


def test_most_walks_need_ten_steps_down_and_more_than_a_hundred_along_the_floor():
    starts = np.random.default_rng(116).uniform(-6, 6, size=(300, 2))
    walks = PLANE["gradient_descent"](plane_slope, starts, 2, 800)
    bottoms = np.array([stationary(np.array(p)) for p in ([1.7, 2.5], [-2.7, -2.0])])
    which = np.where(walks[-1, :, 0] > 0, 0, 1)
    gap = plane_cost(walks) - plane_cost(bottoms)[which]
    assert np.mean(gap[10] < 0.1 * gap[0]) > 0.5
    assert np.mean(gap[110] > 1e-6) > 0.8  # the picture goes to 1e-8


def four_slope(theta):
    return PLANE["network"].gradient(theta, PLANE["x"][:, None], PLANE["y"])


def four_cost(theta):
    return PLANE["network"].cost(theta, PLANE["x"][:, None], PLANE["y"])


@pytest.mark.parametrize("seed", range(2))
def test_set_free_the_biases_lead_from_both_sides_to_one_cost(seed):
    starts = np.random.default_rng([117, seed]).uniform(-6, 6, size=(20, 2))
    held = PLANE["gradient_descent"](plane_slope, starts, 2, 1000)[-1]
    right = held[:, 0] > 0
    assert 0 < right.sum() < 20
    worse, better = plane_cost(held[~right]), plane_cost(held[right])
    assert np.median(worse) - np.median(better) > 0.02
    free = PLANE["gradient_descent"](four_slope, PLANE["four"](held), 0.5, 5000)[-1]
    costs = four_cost(free)
    assert np.abs(costs - 0.363).max() < 1e-3  # 0.373 and 0.395 with the biases held
    np.testing.assert_array_equal(free[:, 0] > 0, right)  # each on its own side
    np.testing.assert_allclose(four_cost(free * [-1, -1, -1, 1]), costs)  # the mirror


def test_it_is_the_held_bias_that_makes_the_valleys_unequal():
    x, y, net = PLANE["x"][:, None], PLANE["y"], PLANE["network"]
    gaps = []
    for bias in 0.0, 0.25, 0.5, 1.0:
        theta = np.array([[1.7, bias, 2.5, 0.0], [-2.7, bias, -2.0, 0.0]])
        for _ in range(3000):
            theta = theta - 2 * net.gradient(theta, x, y) * [1, 0, 1, 0]
        deeper, worse = net.cost(theta, x, y)
        gaps.append(worse - deeper)
    assert abs(gaps[0]) < 1e-6 and min(gaps[1:]) > 0.01


# Section 6: central differences


@cache
def central_differences(seed):
    ids = "model-code", "network-code", "walks-code", "kinds-code"
    return cells(
        "01", *ids, "real-hessian-code", "check-code", "check-measured", seed=seed
    )


def slope_of(x, y):
    return np.polyfit(np.log(x), np.log(y), 1)[0]


@pytest.mark.parametrize("seed", range(101, 104))
@pytest.mark.parametrize("which", ["exponential", "real"])
def test_a_central_difference_is_best_near_the_third_root_of_the_precision(which, seed):
    d, off = central_differences(seed)["d"], central_differences(seed)[which]
    assert 1e-6 < d[off.argmin()] < 5e-5  # the third root is 6e-6
    assert off.min() < 1e-9
    assert off[0] > 1e-5  # d = 1e-12
    small, large = d < 1e-7, (d > 1e-4) & (d < 1e-2)
    assert slope_of(d[small], off[small]) == pytest.approx(-1, abs=0.15)
    assert slope_of(d[large], off[large]) == pytest.approx(2, abs=0.1)


@pytest.mark.parametrize("seed", range(118, 120))
def test_with_large_inputs_a_right_gradient_sounds_the_alarm(seed):
    n = central_differences(seed)
    at_1e5, d = n["at_1e5"], n["d"]
    assert d[at_1e5] == pytest.approx(1e-5)
    assert n["real"][at_1e5] < 1e-8 < 1e-6 < n["unscaled"][at_1e5]
    smaller = n["unscaled"][d < 2e-7]  # a smaller d mends it
    assert smaller.min() < 1e-8


def test_at_a_hundredth_the_derivative_of_exp_is_off_by_a_sixth_of_h_squared():
    theta, h = np.linspace(-1, 1, 2001), 1e-2
    central = (np.exp(theta + h) - np.exp(theta - h)) / (2 * h)
    np.testing.assert_allclose(central / np.exp(theta) - 1, h**2 / 6, rtol=1e-4)


def test_a_kink_between_both_points_spoils_a_central_difference():
    h, theta = 1e-5, np.array([0.4e-5, 2e-5])
    central = (np.maximum(theta + h, 0) - np.maximum(theta - h, 0)) / (2 * h)
    np.testing.assert_allclose(central, [0.7, 1])


# Section 3: a real Hessian


@pytest.mark.parametrize("seed", range(104, 107))
def test_a_real_hessian_has_few_negative_curvatures_and_most_are_near_zero(seed):
    ids = "model-code", "walks-code", "kinds-code", "real-hessian-code"
    n = cells("01", "network-code", *ids, seed=seed)
    negative, flat = [], []
    for theta in n["theta"], n["trained"]:
        c = np.linalg.eigvalsh(hessian(n["small_slope"], theta))
        negative.append(np.mean(c < -1e-6))
        flat.append(np.mean(np.abs(c) < 0.01 * c.max()))
    assert negative[0] == pytest.approx(0.27, abs=0.1) and negative[1] < 0.15
    assert 0.65 < flat[0] < flat[1]


# Section 5: the gradient, and what it costs


class Counted(np.ndarray):
    """An array that counts the multiplications of its matrix products."""

    count = 0

    def __array_ufunc__(self, ufunc, method, *inputs, out=None, **options):
        plain = [np.asarray(a) for a in inputs]
        if ufunc is np.matmul:
            Counted.count += plain[0].size * plain[1].shape[-1]
        if out is not None:
            options["out"] = tuple(np.asarray(a) for a in out)
        return np.asarray(getattr(ufunc, method)(*plain, **options)).view(Counted)


@pytest.mark.parametrize("sizes", [(64, 32, 32, 10), (64, 16, 10), (8, 30, 5)])
def test_backpropagation_costs_three_costs_less_the_first_layer(sizes):
    net, n = Network(sizes), 50
    rng = np.random.default_rng(105)
    theta = net.initial(rng).view(Counted)
    x, y = rng.normal(size=(n, sizes[0])).view(Counted), rng.integers(5, size=n)
    Counted.count = 0
    net.cost(theta, x, y)
    cost, Counted.count = Counted.count, 0
    net.gradient(theta, x, y)
    weights = [a * b for a, b in pairwise(sizes)]
    assert cost == n * sum(weights)
    assert Counted.count == n * (3 * sum(weights) - weights[0])
    assert 2 <= Counted.count / cost <= 3


def test_seventeen_million_parameters_take_four_months_by_differences():
    n = taught.names("01")
    _, back, differences = n["work"][-1]
    seconds = differences / back  # back-propagation takes 1 s
    assert 17.05e6 < n["P"][-1] < 17.15e6
    assert 4 < seconds / (30 * 86400) < 5
    assert n["months"].outcome == "four months"


def test_the_three_lines_of_the_chain_rule_are_the_gradient_of_one_sample():
    net, rng = Network((5, 4, 3), "tanh"), np.random.default_rng(113)
    theta, x, y = net.initial(rng, scale=1), rng.normal(size=(1, 5)), [2]
    (W1, b1), (W2, b2) = net.layers(theta)
    h = np.tanh(x @ W1 + b1)
    p = np.exp(h @ W2 + b2) / np.exp(h @ W2 + b2).sum()
    delta2 = p - np.eye(3)[y]
    delta1 = (delta2 @ W2.T) * (1 - h**2)
    lines = (x.T @ delta1, delta1), (h.T @ delta2, delta2)
    gradient = net.layers(net.gradient(theta, x, y))
    for mine, theirs in zip(lines, gradient, strict=True):
        for one, other in zip(mine, theirs, strict=True):
            np.testing.assert_allclose(one, other)


# Section 4: speed


@pytest.mark.parametrize("kappa, steps", [(10, 69), (100, 691), (1000, 6908)])
def test_steps_to_a_millionth_at_the_best_rate(kappa, steps):
    assert np.ceil(log(1e-6) / log((kappa - 1) / (kappa + 1))) == steps
    start = np.random.default_rng(kappa).normal(size=2)  # any start
    best = SGD(2 / (1 + kappa))
    path = descend(costs.quadratic(kappa).gradient, start, best, steps)
    error = np.linalg.norm(path, axis=-1) / np.linalg.norm(start)
    assert error[-1] < 1e-6 <= error[-2]


@pytest.mark.parametrize("kappa", [10, 100, 1000])
def test_no_other_rate_is_faster_and_beyond_two_over_L_it_diverges(kappa):
    best = 2 / (1 + kappa)
    rates = best * np.array([0.9, 0.99, 1, 1.001, 1.01])[:, None]
    path = descend(costs.quadratic(kappa).gradient, [1.0, 1.0], SGD(rates), 2 * kappa)
    slowest = np.abs(path[-1]).max(axis=-1)  # of the two coordinates
    assert slowest.argmin() == 2
    edge = SGD(np.array([[1.999], [2.001]]) / kappa)
    end = np.abs(descend(costs.quadratic(kappa).gradient, [1.0, 1.0], edge, 2000)[-1])
    below, beyond = end.max(axis=-1)
    assert below < 1 < beyond


@pytest.mark.parametrize("kappa, left_over", [(100, 0.09), (1000, 0.5)])
def test_at_a_large_kappa_no_rate_gets_near_in_100_steps_and_at_10_one_does(
    kappa, left_over
):
    def least(kappa):
        rates = np.linspace(0.002, 2.1, 1050)[:, None] / kappa
        path = descend(costs.quadratic(kappa).gradient, [1.0, 1.0], SGD(rates), 100)
        return np.linalg.norm(path[-1], axis=-1).min() / sqrt(2)

    assert least(kappa) > left_over and least(10) < 1e-8


@pytest.mark.parametrize("mixed", [0, 1])
def test_a_feature_in_millimetres_makes_kappa_up_to_a_million_times_as_large(mixed):
    for seed in range(5):
        rng = np.random.default_rng([108, seed])
        x = rng.normal(size=(1000, 4)) @ (np.eye(4) + mixed * rng.normal(size=(4, 4)))
        kappa = np.linalg.cond(x.T @ x)
        x[:, 0] *= 1000
        grown = np.linalg.cond(x.T @ x) / kappa
        assert grown <= 1e6 * 1.001
        assert grown > (1e4 if mixed else 0.7e6)


# Section 7: depth

expected = cells("01", "expected-code")["expected"]
signal = cells("01", "typical-code")["signal"]


@pytest.mark.parametrize(
    "activation, s",
    [("identity", 1), ("relu", 1), ("relu", 2.2), ("tanh", 1), ("sigmoid", 1)],
)
def test_layers_of_200_000_units_follow_the_formula(activation, s):
    rng = np.random.default_rng([114, int(10 * s)])
    squares = signal(50, s, activation, rng, 200_000)[1:]
    wanted = expected(50, s, activation)[0]
    # A layer's mean scatters by root(5 / units) at most, the last one by root(50) more.
    allowed = 4 * sqrt(5 * 50 / 200_000)
    assert np.abs(np.array(squares) / wanted - 1).max() < allowed


@pytest.mark.parametrize(
    "activation, s, value",
    [("identity", 1, 1), ("relu", 1, 9e-16), ("relu", 2, 1), ("relu", 2.2, 117)],
)
def test_a_factor_per_layer_is_a_power_of_the_depth(activation, s, value):
    squares, errors = expected(50, s, activation)
    gain = s / 2 if activation == "relu" else s
    np.testing.assert_allclose(squares, gain ** np.arange(1, 51.0))
    np.testing.assert_allclose(errors, gain ** np.arange(49.0, -1, -1))
    assert squares[-1] == pytest.approx(value, rel=0.02)


@pytest.mark.parametrize("s", [0.5, 1, 1.71, 4])
def test_a_layer_of_tanh_multiplies_the_signal_by_less_than_s(s):
    squares = np.array([1, *expected(50, s, "tanh")[0]])
    assert np.all(squares[1:] < s * squares[:-1])


def test_tanh_sinks_like_one_over_twice_the_layer():
    squares, _ = expected(2000, 1, "tanh")
    assert squares[49] == pytest.approx(0.01, rel=0.03)
    layer = np.arange(1, 2001)
    assert 2 * layer[-1] * squares[-1] == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize(
    "activation, s", [("identity", 1), ("relu", 1), ("relu", 2.2), ("tanh", 1)]
)
def test_real_networks_follow_the_formulas(activation, s):
    net, depth = Network((128,) * 31 + (10,), activation), 30
    logs = []
    for seed in range(6):
        rng = np.random.default_rng([106, seed])
        theta = net.initial(rng, scale=s)
        x, y = rng.normal(size=(8, 128)), rng.integers(10, size=8)
        values, errors = net.backward(theta, x, y)
        back = [np.mean(errors[k] ** 2) for k in (0, depth - 1)]
        logs.append([log(np.mean(values[depth] ** 2)), log(back[0] / back[1])])
    squares, errors = expected(depth, s, activation)
    wanted = np.log([squares[-1], errors[0]])
    # A log scatters with the variance 5 depth / width (ReLU; less for the others).
    # With tanh the factors differ: a layer too early would be a factor 2 here.
    allowed = 0.45 if activation == "tanh" else 1.5 * sqrt(5 * depth / 128)
    assert np.all(np.abs(np.mean(logs, axis=0) - wanted) < allowed)


def test_at_the_start_relu_moves_no_layer_and_a_sigmoid_the_last_ones_alone():
    sizes = (128,) * 51 + (10,)
    for seed in range(5):
        rng = np.random.default_rng([109, seed])
        x, y = rng.normal(size=(8, 128)), rng.integers(10, size=8)
        theta = Network(sizes).initial(rng, scale=1)
        size = []
        for name, s in ("relu", 1), ("relu", 2), ("sigmoid", 1):
            net, start = Network(sizes, name), np.sqrt(s) * theta
            gradient = net.layers(net.gradient(start, x, y))
            norms = [
                np.linalg.norm(dW) / np.linalg.norm(W)
                for (dW, _), (W, _) in zip(gradient, net.layers(start), strict=True)
            ]
            size.append(np.array(norms[:50]))
        relu, at_two, sigmoid = size
        assert relu.max() < 1e-6 * at_two.min() and relu.max() < 20 * relu.min()
        assert sigmoid[0] < 1e-20 and sigmoid[-1] > 1e-3


def test_relus_last_weights_move_as_soon_as_the_last_biases_have_and_the_first_do_not():
    sizes = (128,) * 51 + (10,)
    for seed in range(2):
        rng = np.random.default_rng([110, seed])
        x, y = rng.normal(size=(8, 128)), rng.integers(10, size=8)
        net = Network(sizes, "relu")
        start = net.initial(rng, scale=1)
        walk = descend(lambda p, t: net.gradient(p, x, y), start, SGD(0.1), 60)  # noqa: B023
        first, last = (
            [
                np.linalg.norm(now - W) / np.linalg.norm(W)
                for (now, _), (W, _) in zip(
                    net.layers(theta), net.layers(start), strict=True
                )
            ]
            for theta in (walk[1], walk[-1])
        )
        assert max(first) < 1e-6  # one step: none
        assert last[-1] > 0.05 and last[0] < 1e-5


def kept(activation, strengths):
    """Say for which s a signal, and an error, stays within a factor 2 at 50 layers."""
    signal, error = [], []
    for s in strengths:
        squares, errors = expected(50, s, activation)
        signal.append(0.5 <= squares[-1] / squares[0] <= 2)
        error.append(0.5 <= errors[0] <= 2)
    return strengths[signal], strengths[error]


def test_the_room_that_fifty_layers_leave():
    strengths = np.arange(50, 401) / 100
    for activation, low, high in ("relu", 1.98, 2.02), ("identity", 0.99, 1.01):
        for room in kept(activation, strengths):
            assert (room[0], room[-1]) == (low, high)
    signal, error = kept("tanh", strengths)
    assert (signal[0], signal[-1]) == (1.71, 4.0)
    assert (error[0], error[-1]) == (1.32, 1.5)
    signal, error = kept("sigmoid", strengths)
    assert len(signal) == len(strengths) and len(error) == 0


def test_the_slider_draws_the_formulas_and_one_network_and_ticks_what_is_met():
    n = taught.names("01")
    draw = n["through"].draw
    for s, name, both in (2, "relu", True), (2.2, "relu", False), (1.6, "tanh", False):
        lines, _, met = draw(50, s, name)
        assert all(met) == both
        for line, formula in zip(lines[:2], expected(50, s, name), strict=True):
            np.testing.assert_allclose(line.get_ydata(), formula)
        signal_line, error_line, *dots = lines
        for dot, line in zip(dots, (signal_line, error_line), strict=True):
            off = np.log(dot.get_ydata() / line.get_ydata())
            assert len(off) == 50 and np.abs(off).max() < 5  # 64 units scatter
    _, sentence, _ = draw(50, 2.2, "relu")
    assert sentence == f"signal × {1.1**49:.2g}, error back × {1.1**49:.2g}"
    assert draw(45, 2, "relu")[2] == [False, False]  # 50 layers are asked for


def test_a_sigmoid_multiplies_the_squared_error_by_at_most_s_over_16():
    for s in 0.5, 1, 4:
        errors = expected(50, s, "sigmoid")[1]
        assert np.all(errors[:-1] / errors[1:] <= s / 16)


def test_the_signal_of_a_sigmoid_stays_between_a_quarter_and_a_half():
    for s in 0.5, 1, 4:
        squares, _ = expected(60, s, "sigmoid")
        assert np.all((squares > 1 / 4) & (squares < 1 / 2))


@pytest.mark.parametrize(
    "edit, low, high",
    [
        (None, 0, 0.1),
        ("h.T @ delta2 -> a.T @ delta2", 0, 0.1),
        ("delta1.sum(axis=0) -> delta1.mean(axis=0)", 0, 0.1),
        ("delta2 @ W2.T * (a > 0) -> np.maximum(delta2 @ W2.T * (a > 0), 0)", 1, 2.4),
        ("x.T @ delta1 -> -x.T @ delta1", 1, np.inf),
    ],
)
def test_some_wrong_gradients_learn_badly_and_some_so_well_that_nobody_notices(
    edit, low, high
):
    right = EXERCISES["network_gradient"]
    gradient = right.answer
    if edit:
        gradient = function_of(right.edited(edit)[0], right.answer)
    (x, y), _, _ = digits()
    rng = np.random.default_rng(149)
    W1, W2 = rng.normal(size=(64, 32)) / 6, rng.normal(size=(32, 10)) / 4
    parts = [W1, np.zeros(32), W2, np.zeros(10)]
    for _ in range(400):
        slopes = gradient(*parts, x[:400], y[:400])
        parts = [part - 0.3 * slope for part, slope in zip(parts, slopes, strict=True)]
    theta = np.concatenate([part.ravel() for part in parts])
    assert low <= Network((64, 32, 10)).cost(theta, x[:400], y[:400]) < high


@pytest.mark.parametrize("seed", range(3))
def test_a_sigmoid_loses_what_differs_between_samples_as_it_loses_the_error(seed):
    """The last layers then learn how frequent each class is, and no more."""
    rng = np.random.default_rng([131, seed])
    net = Network((64, *50 * (32,), 10), "sigmoid")
    x, y = rng.normal(size=(60, 64)), rng.choice(10, size=60, p=np.arange(1, 11) / 55)
    theta = start = net.initial(rng, scale=1)
    signals = net.activations(theta, x)[1:-1]
    differ = np.array([np.mean((h - h.mean(axis=0)) ** 2) for h in signals])
    assert differ[9] < 16.0**-9 * differ[0]
    assert differ[-1] < 1e-25
    assert all(0.2 < np.mean(h**2) < 0.6 for h in signals)
    for _ in range(400):
        theta = theta - net.gradient(theta, x, y)
    shares = np.bincount(y) / len(y)
    shares = shares[shares > 0]
    assert net.cost(theta, x, y) == pytest.approx(-shares @ np.log(shares), abs=0.01)
    moved_by = [
        np.ptp(a[0] - b[0])
        for a, b in zip(*map(net.layers, (theta, start)), strict=True)
    ]
    assert moved_by[0] == 0 and moved_by[-1] > 0.01


# What is said in words


def test_about_half_of_the_starts_lead_to_the_worse_valley():
    ids = "model-code", "network-code", "walks-code", "half-code"
    runs = [cells("01", *ids, seed=seed) for seed in range(200, 203)]
    worse = np.mean([n["worse"] for n in runs])
    assert worse == pytest.approx(0.5, abs=5 * sqrt(0.25 / 3000))
    for n in runs:  # the side that was chosen is that of the end
        far = n["gradient_descent"](plane_slope, n["many"][:30], 2, 400)
        np.testing.assert_array_equal(far[-1, :, 0] > 0, n["chosen"][:30])


def test_the_solid_walks_end_in_the_deeper_valley_and_the_axes_are_those_of_the_text():
    ids = "model-code", "network-code", "walks-code", "surface-code", "surface-figure"
    n = cells("01", *ids, seed=200)
    walks = [line for line in n["map_ax"].lines if len(line.get_xdata()) == 1001]
    for line in walks:
        deeper = line.get_xdata()[-1] > 0
        assert line.get_linestyle() == ("-" if deeper else "--")
    looks = {(line.get_linestyle(), line.get_color()) for line in walks}
    assert len(looks) == 2 and len(walks) == 20
    assert np.argmin([plane_cost(valley) for valley in n["valleys"]]) == 0
    time_ax = n["time_ax"]
    assert (time_ax.get_xscale(), time_ax.get_yscale()) == ("log", "log")
    assert time_ax.get_title("left") == "Fast down the walls, slow along the floor"
    gaps = np.array([line.get_ydata() for line in time_ax.lines])
    assert len(gaps) == 20 and np.median(gaps[:, 10]) < 0.2 * np.median(gaps[:, 0])


def central(f, theta, h=1e-5):
    steps = h * np.eye(len(theta))
    return np.array([(f(theta + d) - f(theta - d)) / (2 * h) for d in steps])


@pytest.mark.parametrize("seed", range(3))
def test_near_a_stationary_point_a_right_gradient_sounds_the_alarm(seed):
    theta = np.random.default_rng([110, seed]).uniform(-2, 2, size=2)
    path = PLANE["gradient_descent"](plane_slope, theta, 2, 1500)
    off, size = [], []
    for at in path[[5, -1]]:
        g = plane_slope(at)
        size.append(np.linalg.norm(g))
        off.append(np.linalg.norm(central(plane_cost, at) - g))
    assert off[0] < 1e-7 * size[0] and off[1] > 1e-7 * size[1]
    assert off[1] < 10 * np.finfo(float).eps * sqrt(2) / 1e-5  # J is below 1


@pytest.mark.parametrize("seed", range(3))
def test_a_small_entry_of_a_right_gradient_is_off_by_more_relative_to_itself(seed):
    n, rng = taught.names("01"), np.random.default_rng([120, seed])
    net, x, y = n["digit_net"], n["x1"], n["y1"]
    theta = net.initial(rng, scale=1)
    g = net.gradient(theta, x, y)
    off = central(lambda p: net.cost(p, x, y), theta) - g
    assert np.linalg.norm(off) < 1e-8 * np.linalg.norm(g)  # the whole gradient
    inked = np.flatnonzero(g)
    relative = np.abs(off / np.where(g == 0, np.inf, g))[
        inked[np.abs(g[inked]).argsort()]
    ]
    assert np.median(relative[:20]) > 1e-7 > 1e-8 > relative[-20:].max()


def test_e_to_the_score_overflows_above_709_and_the_network_does_not():
    with np.errstate(over="ignore"):
        assert np.isfinite(np.exp(709.0)) and np.isinf(np.exp(710.0))
    net = Network((1, 2))
    assert np.isfinite(net.cost(np.array([0.0, 0, 5000, 0]), np.ones((1, 1)), [1]))


@pytest.mark.parametrize("seed", range(3))
def test_equal_scores_more_and_weights_of_dark_pixels_change_no_cost(seed):
    n, rng = taught.names("01"), np.random.default_rng([111, seed])
    net, x, y = n["small"], n["x1"], n["y1"]
    theta = net.initial(rng, scale=1)
    free = theta.copy()
    (W1, _), (W2, b2) = net.layers(free)
    W1[(x == 0).all(axis=0)] = rng.normal(size=(n["unlit"], 4))
    W2 += rng.normal(size=(4, 1))
    b2 += 5
    assert not np.array_equal(free, theta)  # layers are views
    assert net.cost(free, x, y) == pytest.approx(net.cost(theta, x, y), abs=1e-12)


def test_one_cost_and_back_propagation_have_slope_1_and_differences_slope_2():
    n = cells("01", "scale-code", "scale-figure")
    ax, (cost, back, _) = n["ax"], n["work"].T
    assert np.all((2 * cost < back) & (back < 3 * cost))
    lines = {line.get_label(): line.get_ydata() for line in ax.lines}
    P = ax.lines[0].get_xdata()
    slopes = {name: slope_of(P[-4:], line[-4:]) for name, line in lines.items()}
    assert {name: round(slope) for name, slope in slopes.items()} == {
        "one cost": 1,
        "gradient: back-propagation": 1,
        "gradient: central differences": 2,
    }
    assert ax.get_title("left") == "Slopes 1, 1 and 2: why back-propagation exists"


@pytest.mark.parametrize("kappa", [10, 100, 1000])
def test_rates_that_change_can_be_there_in_two_steps(kappa):
    theta, curvature = np.ones(2), np.array([1, kappa])
    for rate in 1, 1 / kappa:
        theta = theta - rate * curvature * theta
    np.testing.assert_allclose(theta, 0, atol=1e-12)


def test_the_picture_of_speed_shows_the_border_and_the_steps_of_each_kappa():
    ids = "walks-code", "predict-steps", "speed-code", "steps-code", "speed-figure"
    n = cells("01", "model-code", "network-code", *ids)
    lines = {line.get_label(): line for line in n["left"].lines}
    assert n["left"].get_ylabel() == "distance left after 100 steps"
    for kappa in 10, 100, 1000:
        line = lines[f"κ = {kappa}"]
        rates, error = np.ravel(line.get_xdata()), line.get_ydata()
        best = rates[error.argmin()]
        assert best == pytest.approx(2 * kappa / (1 + kappa), abs=0.05)
        assert np.all(error[rates > 2.01] > 1) and np.all(error[rates < 1.99] < 1)
        dot = {line.get_label(): line for line in n["right"].lines}[f"κ = {kappa}"]
        assert dot.get_ydata()[0] == n["steps"][kappa]
        assert dot.get_color() == line.get_color()
    assert lines["κ = 1000"].get_ydata().min() > 0.5
    assert n["left"].get_title("left") == "Beyond 2/L all diverge"
    assert n["right"].get_title("left") == "The steps grow like κ"


@pytest.mark.parametrize("seed", range(204, 206))
def test_most_relu_networks_lie_below_the_formula(seed):
    below = cells("01", "typical-code", seed=seed)["below"]
    for units, share in below.items():  # ln h² is normal, of the mean -variance/2
        normal = (1 + erf(sqrt(5 * 50 / units) / 2 / sqrt(2))) / 2
        assert share == pytest.approx(normal, abs=4 * sqrt(0.2 / 400))
    assert 0.5 < below[256] < below[64]


def test_the_picture_of_depth_shows_signals_and_errors_in_their_order():
    n = cells("01", "expected-code", "real-depth-code", "depth-figure", seed=207)
    order = ["relu, s = 1", "tanh, s = 1", "identity, s = 1", "relu, s = 2.2"]
    for ax, end in zip(n["axes"], (-1, 0), strict=True):
        lines = {line.get_label(): line.get_ydata() for line in ax.lines}
        heights = [lines[name][end] for name in order]
        assert ax.get_yscale() == "log"
        assert heights[0] < 1e-14 and heights[3] > 80 and heights[2] == pytest.approx(1)
        assert lines["relu, s = 2"][end] == pytest.approx(1)
    forth = {line.get_label(): line.get_ydata() for line in n["axes"][0].lines}
    assert [*sorted(order, key=lambda name: forth[name][-1])] == order
    for case, measured in n["actual"].items():  # the dots
        for side, formula in zip(measured, expected(50, *case[::-1]), strict=True):
            assert np.abs(np.log(side / formula)).max() < 4
    assert n["axes"][0].get_title("left") == "Signals vanish, hold, grow"
    assert n["axes"][1].get_title("left") == "So do errors, on the way back"


def test_the_picture_of_differences_shows_both_branches():
    n = taught.names("01")
    n = cells("01", "check-figure", **{k: n[k] for k in ("d", "exponential", "real")})
    ax, d = n["ax"], n["d"]
    assert ax.get_title("left") == "Central differences are best near d = 1e-5"
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")
    exponential, real, taylor, rounding = (line.get_ydata() for line in ax.lines)
    far, near = d > 1e-4, d < 1e-6
    np.testing.assert_allclose(taylor, d**2 / 6)
    np.testing.assert_allclose(exponential[far], taylor[far], rtol=0.02)
    for dots in exponential, real:
        assert 1e-6 < d[dots.argmin()] < 5e-5
        assert np.abs(np.log10(dots[far] / taylor[far])).max() < 0.5
        assert np.abs(np.log10(dots[near] / rounding[near])).max() < 1


def test_the_drawing_has_a_line_for_each_weight_and_a_circle_for_each_unit():
    n = cells("01", "parts-drawn", "parts-figure")
    wires, own, *circles = n["net_ax"].lines
    (W1, b1), (W2, b2) = (net := Network(n["drawn"])).layers(np.zeros(net.size))
    assert wires.get_label() == f"{W1.size + W2.size} weights"
    assert np.isnan(wires.get_xdata()).sum() == W1.size + W2.size - 1
    assert own.get_label() == f"{len(W1)} weights"  # those of the first hidden unit
    ends = np.transpose(own.get_data())[1::3]
    np.testing.assert_array_equal(ends, np.tile([1, b1.size / 2 - 0.5], (3, 1)))
    assert [len(layer.get_xdata()) for layer in circles] == [*n["drawn"]]
    assert [layer.get_label() for layer in circles] == [*n["layers"]]
    assert b1.size + b2.size == sum(n["drawn"][1:])
    curves = {line.get_label(): line.get_ydata() for line in n["bend_ax"].lines}
    a = n["a"]
    np.testing.assert_allclose(curves["sigmoid"], 1 / (1 + np.exp(-a)))
    np.testing.assert_array_equal(curves["relu"], np.maximum(a, 0))
    for name in "tanh", "sigmoid":  # both ends are level, compared with the middle
        rise = np.diff(curves[name])
        assert max(rise[0], rise[-1]) < 0.1 * rise.max()


@pytest.mark.parametrize("seed", range(208, 210))
def test_the_letters_on_the_map_stand_for_what_the_text_says(seed):
    ids = "model-code", "network-code", "walks-code", "surface-code"
    shapes = cells("01", *ids, seed=seed)["shapes"]
    a, b, c, d = (np.array(shapes[letter]) for letter in "ABCD")
    assert plane_cost(a) < plane_cost(b)
    for letter in a, b:
        assert np.all(np.linalg.eigvalsh(hessian(plane_slope, letter)) > 0)
    up = np.array([0, 2])
    slopes = [np.linalg.norm(plane_slope(p)) for p in (c, c + up, c - up)]
    assert slopes[0] < 0.05 * min(slopes[1:])  # a level floor, and its walls
    assert np.linalg.norm(c - a) > 2
    assert (
        abs(plane_cost(c + np.array([0.5, 0])) - plane_cost(c)) < 0.002
    )  # the scale is 0.37
    low, high = np.linalg.eigvalsh(hessian(plane_slope, d))
    assert low < 0 < high and np.linalg.norm(plane_slope(d)) < 1e-3
    near = d + 0.5, d - 0.5  # down into both valleys
    assert max(map(plane_cost, near)) < plane_cost(d)


@pytest.mark.parametrize("seed", range(215, 218))
@pytest.mark.parametrize("near, flat", [([1.7, 2.5], 0.0188), ([-2.7, -2.0], 0.0064)])
def test_at_its_end_a_walk_is_as_slow_as_the_flattest_curvature(near, flat, seed):
    n = cells("01", "model-code", "network-code", "walks-code", seed=seed)
    side = n["went_right"] if near[0] > 0 else ~n["went_right"]
    gap = plane_cost(n["walks"][:, side]) - plane_cost(stationary(np.array(near)))
    tenth = [
        np.argmax(fall < 1e-8) - np.argmax(fall < 1e-7)
        for fall in gap.T
        if fall[-1] < 1e-8
    ]
    wanted = log(10) / (-2 * log(1 - 2 * flat))  # the cost falls with the square
    assert np.mean(tenth) == pytest.approx(wanted, abs=1)
    assert wanted == pytest.approx(89 if flat < 0.01 else 30, abs=0.5)
    assert EXERCISES["end_of_walk"].wanted[0].values[0] == pytest.approx(89.4, abs=0.1)


def test_two_rates_in_turn_leave_less_than_the_best_rate_twice():
    twice = min(left(lr, lr) for lr in np.linspace(0.01, 0.3, 291))
    assert left(0.2, 0.2) == pytest.approx(twice) == pytest.approx(0.64)
    assert left(0.46, 0.128) == pytest.approx(0.48, abs=0.005)
    assert abs((1 - 0.46 * 5) * (1 - 0.128 * 5)) > (1 - 0.2 * 5) ** 2  # at worst only
    assert "at worst" in EXERCISES["left_over"].praise
    best = left(*(1 / (5 + sign * 4 * sqrt(0.5)) for sign in (1, -1)))
    assert best == pytest.approx(8 / 17)
    grid = np.linspace(0.05, 0.6, 56)
    assert min(left(a, b) for a in grid for b in grid) > best - 1e-9
    angles = (np.arange(64) + 0.5) * np.pi / 64  # many rates in turn: 1/2 per step, for
    many = left(
        *1 / (5 + 4 * np.cos(angles))
    )  # the root of kappa is 3: (3 - 1)/(3 + 1)
    assert many ** (1 / 64) == pytest.approx(0.5, abs=0.01)


def test_at_the_start_the_last_layers_move_with_a_sigmoid_and_none_with_relu_at_1():
    sizes = taught.names("01")["sizes"]
    assert max(sizes["relu", 1]) < 3e-8 and min(sizes["relu", 1]) > 3e-9
    first, _, last = sizes["sigmoid", 1]
    assert first < 1e-20 and last > 1e-2


# The numbers of the text, and what they are


def bottom(k):
    """Say where valley k lies (0: the deeper), and its cost."""
    return lambda n: (*n["valleys"][k], n["plane_cost"](n["valleys"][k]))


def bends(n, k):
    return np.linalg.eigvalsh(n["hessian"](n["plane_slope"], n["valleys"][k]))


def negative(n, name):
    c = np.linalg.eigvalsh(n["hessian"](n["small_slope"], n[name]))
    return 100 * np.mean(c < -1e-6)


def steepness(n):
    return [np.linalg.norm(n["small_slope"](n[name])) for name in ("theta", "trained")]


def near_0(n, name):
    c = np.linalg.eigvalsh(n["hessian"](n["small_slope"], n[name]))
    return 100 * np.mean(np.abs(c) < 0.01 * c.max())


def far(*case):
    """Say what a signal is after 50 layers, by the formula."""
    return lambda n: expected(50, *case[::-1])[0][-1]


def left(*rates):
    """Say what is left at worst, with curvatures from 1 to 9, after these rates."""
    curvatures = np.linspace(1, 9, 801)
    return np.abs(np.prod([1 - lr * curvatures for lr in rates], axis=0)).max()


def off_at(h):
    """Say how far the central difference of exp is off."""
    return lambda n: (
        10 ** np.interp(np.log10(h), np.log10(n["d"]), np.log10(n["exponential"]))
    )


def costs_of(kind, k=-1):
    """Say how many costs a gradient needs: 1 by back-propagation, 2 by differences."""
    return lambda n: n["work"][k][kind] / n["work"][k][0]


def steps(n):
    return tuple(n["steps"].values())


def room(activation, which, end):
    """Say from which s of the slider, or up to which, signal (0) or error (1) holds."""
    return lambda n: kept(activation, n["ranges"]["s"])[which][end]


def beside(activation, s):
    """Say which are the places of the slider next to s, if neither keeps both."""

    def neighbours(n):
        places = n["ranges"]["s"]
        k = np.flatnonzero(places == s)[0]
        both = np.intersect1d(*kept(activation, places))
        assert both.tolist() == [s]
        return places[k - 1], places[k + 1]

    return neighbours


def beyond_the_border(n):
    """Say whether above 2/L only the steep coordinate grows, below it the flat is left.

    100 steps with the curvatures 1 and 100, as in the left picture.
    """
    slope, one = n["costs"].quadratic(100).gradient, np.ones(2)
    above, below = (
        np.abs(n["gradient_descent"](slope, one, part / 100, 100)[-1])
        for part in (2.05, 1.95)
    )
    return above[0] < 1 < above[1] and below[1] < 0.1 < below[0]


def border(n):
    """Say up to which rate, in units of 1/L, the sweeps come nearer."""
    nearer = [n["fractions"][sweep < 1].max() for sweep in n["sweeps"].values()]
    return max(nearer)


def test_the_real_hessian_prints_the_shares_of_the_text():
    lines = printed("01", "real-hessian-code").splitlines()
    for line, name in zip(lines, ("theta", "trained"), strict=True):
        n = taught.names("01")
        shares = f"{negative(n, name):.0f}% negative, {near_0(n, name):.0f}% below 1 %"
        assert shares in line
