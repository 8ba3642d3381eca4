"""What notebook 01 says in prose, as mathematics or with other seeds than its own."""

from functools import cache
from itertools import pairwise
from math import erf, log, pi, sqrt

import numpy as np
import pytest

from tests.claims import said
from tests.claims.said import differences, loose, rows
from tests.claims.taught import cells
from utils import costs
from utils.descent import descend
from utils.network import Network
from utils.optimizers import SGD

# Section 1: a network with two free parameters, 3 or 8 from one pixel

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
    late = [np.argmax(fall < 1e-4) for fall in gap.T]
    assert np.median(late) > 100


# Section 2: central differences


@cache
def central_and_forward(seed):
    return cells("01", "model-code", "check-code", "check-measured", seed=seed)


def slope_of(h, error):
    return np.polyfit(np.log(h), np.log(error), 1)[0]


@pytest.mark.parametrize("seed", range(101, 104))
@pytest.mark.parametrize("which", ["exponential", "real"])
def test_a_central_difference_is_best_near_the_third_root_of_the_precision(which, seed):
    h, (central, _) = central_and_forward(seed)["h"], central_and_forward(seed)[which]
    assert 1e-6 < h[central.argmin()] < 5e-5  # the third root is 6e-6
    assert central.min() < 1e-9
    assert central[0] > 1e-5  # h = 1e-12
    small, large = h < 1e-7, (h > 1e-4) & (h < 1e-2)
    assert slope_of(h[small], central[small]) == pytest.approx(-1, abs=0.15)
    assert slope_of(h[large], central[large]) == pytest.approx(2, abs=0.1)


@pytest.mark.parametrize("seed", range(101, 104))
@pytest.mark.parametrize("which", ["exponential", "real"])
def test_a_forward_difference_has_slope_one(which, seed):
    h, (_, forward) = central_and_forward(seed)["h"], central_and_forward(seed)[which]
    large = (h > 1e-4) & (h < 1e-2)
    assert slope_of(h[large], forward[large]) == pytest.approx(1, abs=0.1)


def test_at_a_hundredth_the_derivative_of_exp_is_off_by_a_sixth_of_h_squared():
    theta, h = np.linspace(-1, 1, 2001), 1e-2
    central = (np.exp(theta + h) - np.exp(theta - h)) / (2 * h)
    np.testing.assert_allclose(central / np.exp(theta) - 1, h**2 / 6, rtol=1e-4)
    assert h**2 / 6 == pytest.approx(1.7e-5, abs=5e-7)


def test_a_kink_between_both_points_spoils_a_central_difference():
    h, theta = 1e-5, np.array([0.4e-5, 2e-5])
    central = (np.maximum(theta + h, 0) - np.maximum(theta - h, 0)) / (2 * h)
    np.testing.assert_allclose(central, [0.7, 1])


# Section 3: minima are rare

EXACT = np.array([1 / 2, (2 - sqrt(2)) / 4, (pi - 2 * sqrt(2)) / (4 * pi)])
MATRICES = 1_000_000


@pytest.fixture(scope="module")
def survivors():
    """How many random symmetric matrices have N positive pivots, N = 1 ... 5."""
    return MATRICES * cells("01", "pivots-code", seed=102)["share"]


def test_the_chance_of_a_minimum_is_the_exact_one(survivors):
    error = np.sqrt(EXACT * (1 - EXACT) / MATRICES)
    assert np.all(np.abs(survivors[:3] / MATRICES - EXACT) < 4 * error)


def test_with_five_curvatures_a_minimum_is_a_1_in_7000_event(survivors):
    expected = MATRICES / 7000
    assert abs(survivors[4] - expected) < 4 * sqrt(expected)


def test_the_logarithm_of_the_chance_bends_down_by_half_of_ln_3(survivors):
    bends = np.diff(np.log(survivors / MATRICES), 2)
    np.testing.assert_allclose(bends[:2], -log(3) / 2, atol=0.08)


def test_pivots_and_eigenvalues_agree_on_what_is_positive_definite():
    A = np.random.default_rng(103).normal(size=(20_000, 3, 3))
    A = A + A.swapaxes(1, 2)
    share = np.mean(np.linalg.eigvalsh(A)[:, 0] > 0)
    assert share == pytest.approx(EXACT[2], abs=4 * sqrt(EXACT[2] / 20_000))


@pytest.mark.parametrize("seed", range(104, 107))
def test_a_real_hessian_has_few_negative_curvatures_and_most_are_near_zero(seed):
    ids = "model-code", "walks-code", "check-code", "kinds-code", "real-hessian-code"
    n = cells("01", "network-code", *ids, seed=seed)
    negative, flat = [], []
    for theta in n["theta"], n["trained"]:
        c = np.linalg.eigvalsh(hessian(n["small_slope"], theta))
        negative.append(np.mean(c < -1e-6))
        flat.append(np.mean(np.abs(c) < 0.01 * c.max()))
    assert negative[0] == pytest.approx(0.27, abs=0.1) and negative[1] < 0.15
    assert 0.65 < flat[0] < flat[1]


# Section 4: scalability


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


# Section 5: speed of convergence


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


def test_at_kappa_1000_the_error_after_100_steps_is_above_a_half_at_every_rate():
    rates = np.linspace(0.002, 2.1, 1050)[:, None] / 1000
    path = descend(costs.quadratic(1000).gradient, [1.0, 1.0], SGD(rates), 100)
    error = np.linalg.norm(path[-1], axis=-1) / sqrt(2)
    assert error.min() > 0.5


def test_a_feature_in_millimetres_makes_kappa_a_million_times_as_large():
    for seed in range(5):
        x = np.random.default_rng([108, seed]).normal(size=(1000, 4))
        kappa = np.linalg.cond(x.T @ x)
        x[:, 0] *= 1000
        assert np.linalg.cond(x.T @ x) / kappa == pytest.approx(1e6, rel=0.3)


# Section 6: depth

expected = cells("01", "expected-code")["expected"]


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


def test_without_signals_or_errors_no_layer_learns_without_errors_the_first_do_not():
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


def test_a_sigmoid_multiplies_the_squared_error_by_at_most_s_over_16():
    for s in 0.5, 1, 4:
        errors = expected(50, s, "sigmoid")[1]
        assert np.all(errors[:-1] / errors[1:] <= s / 16)


def test_the_signal_of_a_sigmoid_stays_between_a_quarter_and_a_half():
    for s in 0.5, 1, 4:
        squares, _ = expected(60, s, "sigmoid")
        assert np.all((squares > 1 / 4) & (squares < 1 / 2))


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
    ids = "model-code", "network-code", "walks-code", "surface-figure"
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


def test_e_to_the_score_overflows_above_709_and_the_network_does_not():
    with np.errstate(over="ignore"):
        assert np.isfinite(np.exp(709.0)) and np.isinf(np.exp(710.0))
    net = Network((1, 2))
    assert np.isfinite(net.cost(np.array([0.0, 0, 5000, 0]), np.ones((1, 1)), [1]))


@pytest.mark.parametrize("seed", range(3))
def test_equal_scores_more_and_weights_of_dark_pixels_change_no_cost(seed):
    n, rng = said.names("01"), np.random.default_rng([111, seed])
    net, x, y = n["small"], n["x1"], n["y1"]
    theta = net.initial(rng, scale=1)
    free = theta.copy()
    (W1, _), (W2, b2) = net.layers(free)
    W1[(x == 0).all(axis=0)] = rng.normal(size=(n["unlit"], 4))
    W2 += rng.normal(size=(4, 1))
    b2 += 5
    assert not np.array_equal(free, theta)  # layers are views
    assert net.cost(free, x, y) == pytest.approx(net.cost(theta, x, y), abs=1e-12)


def test_in_a_goe_minima_are_rarer_than_among_coins():
    n = cells("01", "predict-goe", "pivots-code", "goe-figure", seed=203)
    ax, lines = n["ax"], {line.get_label(): line.get_ydata() for line in n["ax"].lines}
    assert ax.get_title("left") == "In a GOE minima are rare"
    assert ax.get_yscale() == "log"
    coins, exact = lines["coins: $1/2^N$"], lines["GOE, exact"]
    np.testing.assert_allclose(coins, 0.5 ** np.arange(1, 6))
    np.testing.assert_allclose(exact, EXACT)
    assert np.all(n["share"][1:] < 0.7 * coins[1:])


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
    below = cells("01", "wide-code", "typical-code", seed=seed)["below"]
    for units, share in below.items():  # ln h² is normal, of the mean -variance/2
        normal = (1 + erf(sqrt(5 * 50 / units) / 2 / sqrt(2))) / 2
        assert share == pytest.approx(normal, abs=4 * sqrt(0.2 / 400))
    assert 0.5 < below[256] < below[64]


def test_the_picture_of_depth_shows_signals_and_errors_in_their_order():
    ids = "wide-code", "expected-code", "real-depth-code", "mean-squares"
    n = cells("01", *ids, "real-depth-run", "depth-figure", seed=207)
    order = ["relu, s = 1", "tanh, s = 1", "identity, s = 1", "relu, s = 2.2"]
    for ax, end in zip(n["axes"], (-1, 0), strict=True):
        lines = {line.get_label(): line.get_ydata() for line in ax.lines}
        heights = [lines[name][end] for name in order]
        assert ax.get_yscale() == "log"
        assert heights[0] < 1e-14 and heights[3] > 80 and heights[2] == pytest.approx(1)
        assert lines["relu, s = 2"][end] == pytest.approx(1)
    signal = {line.get_label(): line.get_ydata() for line in n["axes"][0].lines}
    assert [*sorted(order, key=lambda name: signal[name][-1])] == order
    assert n["axes"][0].get_title("left") == "Signals vanish, hold, grow"
    assert n["axes"][1].get_title("left") == "So do errors, on the way back"


def test_forward_differences_are_worse_wherever_the_formula_counts():
    n = cells("01", "model-code", "check-code", "check-measured", "check-figure")
    assert [ax.get_title("left") for ax in n["axes"]] == [
        "exp, 1000 points: central best near 1e-5",
        "network, 20 points: central best near 1e-5",
    ]
    for ax in n["axes"]:
        lines = {line.get_label(): line for line in ax.lines}
        h, far = n["h"], n["h"] > 1e-6
        forward, central = (lines[k].get_ydata() for k in ("forward", "central"))
        assert np.all(forward[far] > central[far]) and ax.get_yscale() == "log"
        assert 1e-6 < h[central.argmin()] < 5e-5


# The numbers of the text, and what they are


def bottom(k):
    """Say where valley k lies (0: the deeper), and its cost."""
    return lambda n: (*n["valleys"][k], n["plane_cost"](n["valleys"][k]))


def bends(n, k):
    return np.linalg.eigvalsh(n["hessian"](n["plane_slope"], n["valleys"][k]))


def negative(n, name):
    c = np.linalg.eigvalsh(n["hessian"](n["small_slope"], n[name]))
    return 100 * np.mean(c < -1e-6)


def near_0(n, name):
    c = np.linalg.eigvalsh(n["hessian"](n["small_slope"], n[name]))
    return 100 * np.mean(np.abs(c) < 0.01 * c.max())


def wide(*case):
    return lambda n: n["wide"][case][-1]


def off_at(h):
    """Say how far the central difference of exp is off."""
    return lambda n: (
        10 ** np.interp(np.log10(h), np.log10(n["h"]), np.log10(n["exponential"][0]))
    )


def costs_of(kind, k=-1):
    """Say how many costs a gradient needs: 1 by back-propagation, 2 by differences."""
    return lambda n: n["work"][k][kind] / n["work"][k][0]


def steps(n):
    return tuple(n["steps"].values())


def factor(k):
    """Say by what factor the chance of a minimum falls from k curvatures to k + 1."""
    return lambda n: n["share"][k - 1] / n["share"][k]


def room(activation, which, end):
    """Say from which s, or up to which, a signal (0) or error (1) is kept."""
    return lambda n: kept(activation, np.arange(50, 401) / 100)[which][end]


SAID = {
    "model-cost": [("pays $\\ln 2 = {}$", lambda n: n["start"])],
    "walks": [("Let {} walks start", lambda n: len(n["starts"]))],
    "surface-seen": [
        ("the deeper one, $J = {}$", lambda n: bottom(0)(n)[2]),
        ("**local minimum**, $J = {}$", lambda n: bottom(1)(n)[2]),
        ("**about half** of {} starts", lambda n: len(n["many"])),
    ],
    "check-said": [
        ("$\\varepsilon = {}\\cdot", lambda n: 1e16 * np.finfo(float).eps),
        (
            "\\varepsilon^{1/3} = {}\\cdot",
            lambda n: 1e6 * np.finfo(float).eps ** (1 / 3),
        ),
        ("a network with {} parameters", lambda n: n["digit_net"].size),
    ],
    "check-measured": [("least below {}", lambda n: 1e-10)],
    "check-figure": [
        ("exp, {} points", lambda n: len(n["points"])),
        ("network, {} points", lambda n: len(n["thetas"])),
    ],
    "check-seen-said": [
        ("is off by ${}\\cdot10^{-5}$", lambda n: 1e5 * off_at(1e-2)(n)),
    ],
    "kinds-seen-said": [
        ("curvatures are {} and {}:", lambda n: tuple(bends(n, 1))),
        ("it is {} times", lambda n: bends(n, 1)[1] / bends(n, 1)[0]),
    ],
    "goe": [
        ("= {}, \\qquad", lambda n: n["exact"][1]),
        ("= {} .", lambda n: n["exact"][2]),
    ],
    "goe-figure": [("GOE, {}⁶", lambda n: 10)],
    "goe-seen": [
        ("a 1-in-{} event", lambda n: round(1 / n["share"][-1], -3)),
        ("it would be 1 in {}.", lambda n: 2 ** len(n["share"])),
    ],
    "real-hessian-said": [
        ("small enough ({} parameters)", lambda n: n["small"].size),
    ],
    "real-hessian-seen": [
        ("start, and {} % after", lambda n: negative(n, "trained")),
        ("close to 0: {} % (later", lambda n: near_0(n, "theta")),
        ("(later {} %)", lambda n: near_0(n, "trained")),
    ],
    "zero-seen": [
        ("At least {} of the", lambda n: n["exactly_0"]),
        ("of the {} are exactly", lambda n: n["small"].size),
        ("for {} pixels without ink", lambda n: n["unlit"]),
    ],
    "scale-figure": [("multiplications, {} samples", lambda n: len(n["images"]))],
    "seconds": [
        ("first for {} times as many samples", lambda n: n["n"][-1] / n["n"][0]),
        ("then for {} times as many", lambda n: n["P"][6] / n["P"][3]),
    ],
    "scale-seen": [
        ("would need {} million", lambda n: costs_of(2)(n) / 1e6),
    ],
    "predict-steps": [("rate needs {} steps", lambda n: n["steps"][10])],
    "speed-seen": [("**{}, {}, {} steps:", steps)],
    "speed-seen-said": [
        (
            "have $\\kappa$ = {} and {};",
            lambda n: [bends(n, k)[1] / bends(n, k)[0] for k in (0, 1)],
        )
    ],
    "break-said": [("curvature in that direction grows by $10^{}$", lambda n: 6)],
    "wide": [("layers of {} units", lambda n: n["signal"].__defaults__[0])],
    "real-depth": [("layers of {} units", lambda n: n["deep"][0])],
    "depth-seen": [
        ("$2^{-50} = {}\\cdot", lambda n: 1e16 * 0.5**50),
        ("$s = 2$: {}.", wide("relu", 2)),
        ("only {} % more", lambda n: 100 * (2.2 / 2 - 1)),
        ("% more: {}.", lambda n: expected(50, 2.2, "relu")[0][-1]),
    ],
    "depth-seen-said": [
        ("to {} at layer", wide("tanh", 1)),
        ("within {} % of all this", lambda n: np.ceil(100 * n["off"])),
        ("{} % of 400 networks of 256", lambda n: 100 * n["below"][256]),
        ("and {} % of those with 64", lambda n: 100 * n["below"][64]),
    ],
    "gradient-sizes-seen": [
        ("against {} at $s = 2$", lambda n: np.mean(n["sizes"]["relu", 2])),
    ],
    "slider": [("network of {} units", lambda n: n["x2"][:, :64].shape[1])],
    "slider-answer": [
        ("ReLU: $s$ from {} to", room("relu", 0, 0)),
        ("from 1.98 to {}; linear", room("relu", 1, -1)),
        ("linear: from {} to", room("identity", 0, 0)),
        ("from 0.99 to {}.", room("identity", 1, -1)),
        ("needs $s \\ge {}$", room("tanh", 0, 0)),
        ("an $s$ from {} to", room("tanh", 1, 0)),
        ("from 1.32 to {}.", room("tanh", 1, -1)),
    ],
    "verdict": [
        ("once in {} |", lambda n: round(1 / n["share"][-1], -3)),
        ("convergence | {}, {}, {} steps", steps),
        ("$\\kappa$ = {}, {}, {},", lambda n: tuple(n["kappas"])),
        ("{} at $s = 2$,", wide("relu", 2)),
        ("{} at $s = 2.2$", lambda n: expected(50, 2.2, "relu")[0][-1]),
    ],
    "quiz": [
        ("shrinks by {}: the factor is", lambda n: abs(1 - 0.019 * 100)),
        ("is 1 - {}.", lambda n: 0.019 * 100),
        ("above 2/L = {}:", lambda n: 2 / 100),
        ("y grows by {} in each step", lambda n: abs(1 - 0.021 * 100)),
        ("… about {} — a half", lambda n: 0.5**29),
        ("for each of {} layers", lambda n: 30 - 1),
    ],
    "teaching": [
        ("two, near ({}, {}), with the cost {},", bottom(0)),
        ("and near ({}, {}), with {}.", bottom(1)),
        ("the deeper one, {};", lambda n: n["went_right"].sum()),
        ("of {}, each about half", lambda n: len(n["many"])),
        ("50 : 50 pays {},", lambda n: n["start"]),
        ("at 0.1 by {},", off_at(0.1)),
        ("By {} from 1 to 2", factor(1)),
        ("and by {} from 2 to 3", factor(2)),
        ("who goes on with {} comes", factor(2)),
        (
            "about 1 in {}. The factor",
            lambda n: round(factor(2)(n) ** 2 / n["share"][2], -2),
        ),
        ("itself grows, to {} and {}:", lambda n: (factor(3)(n), round(factor(4)(n)))),
        ("hence {}.", lambda n: round(1 / n["share"][-1], -3)),
        ("with {} parameters: which", lambda n: n["small"].size),
        ("It is {} % at the start", lambda n: negative(n, "theta")),
        ("and {} % after 300", lambda n: negative(n, "trained")),
        ("right end, {} million parameters", lambda n: n["P"][-1] / 1e6),
        ("take? {} million costs", lambda n: costs_of(2)(n) / 1e6),
        ("against {}: about", costs_of(1)),
        ("down. {}: κ does not", lambda n: n["steps"][10]),
        ("the answer is {}.", lambda n: n["steps"][1000]),
        ("dots (a real network with {} units", lambda n: n["deep"][0]),
        ("at layer 50? {}. Ask", lambda n: expected(50, 2.2, "relu")[0][-1]),
        ("it sinks to {}.", wide("tanh", 1)),
        ("goes from {} to", room("relu", 0, 0)),
        ("from 1.98 to {}.", room("relu", 1, -1)),
        ("the best answer is {},", lambda n: round(1 / n["share"][-1], -3)),
    ],
}
PLAIN = [  # numerals, labels and classes: no quantity
    *("(4), the", "(5), and gradients", "(6).", "3 or 8", "50 : 50", "of them 8; J(0)"),
    *("Exercise 1:", "Exercise 2:", "Exercise 3:", "exercise 2", "10⁻¹⁵", "2⁻⁵⁰"),
    *("and 0 elsewhere", "is 1 at the true class", "and 0 outside", "ln 2", "2P"),
    *(
        "gradient is 0",
        "the curvatures, is 0",
        "some are 0",
        "none is 0",
        "eigenvalue is 0",
        "exactly 0",
        "near 0",
        "next to 0",
    ),
    *(
        "valleys and at 0",
        "close to 0",
        "w₂ = 0",
        "mean 0",
        "set to 0",
        "of the units to 0",
    ),
    *("units of 1/L", "2/L", "L = 100", "and $0", "50 = 1", "h²/6"),
]
SETTINGS = [  # as the cells have them
    *(
        "below 1 %",
        "300 steps",
        "best of 15 rounds",
        "after 100 steps",
        "steps to 1e-6",
    ),
    *("error of 1e-6", "At κ = 10 ", "at κ = 1000", "50 ReLU layers", "at layer 50"),
    *(
        "At layer 50",
        "50 layers",
        "layer 50",
        "layer 1",
        "s = 1",
        "s = 2",
        "50 layers leave",
    ),
    *("1 at the input", "= 1'", "from 1 at", "of 400 networks", "in layers 1, 25, 50"),
    *(
        "a factor 2",
        "2 parameters",
        "in 5 dimensions",
        "20 walks",
        "these 20",
        "2.2 is only",
    ),
    *(
        "10 % more than 2",
        "By 3.4 from 1",
        "grows by 1000",
        "changes 1000",
        "feature is 1000",
    ),
]
ASKED = [  # of the questions: what can be chosen, and the cases
    *("1e-12, the smaller", "by h, is 1e-4", "[x] 1e-5", "2e-16", "0.1 — the error"),
    *("of 1e-3", "3, 0.1 and -0.2", "-0.2 is not", "beside 3", "(x² + 100 y²)/2"),
    *(
        "0.001 — too",
        "0.019 — y",
        "0.021 — the",
        "0.021 is above",
        "30 ReLU",
        "Var(W) = 1",
    ),
    *(
        "is above 2.",
        "take, 0.1, 1e-5 or 1e-12",
        "at 1e-12",
        "says 32",
        "about 200",
        "about 7000",
    ),
    *(
        "about 700",
        "0.5 is one",
        "0.02 is 1/50",
        "1e-7 comes",
        "about 1e-15",
        "? 1, whatever",
    ),
]
TRIED = [  # in words, by a test above
    *("best near 1e-5", "Slope 2 on", "slope −1 on", "above 709", "Slopes 1, 1 and 2"),
    *(
        "slopes are 1",
        "2 to 3",
        "by about 1e-4",
        "near 1e-5 by",
        "than 1e-10",
        "which s to set: 2",
    ),
    *("at 1.4 the", "at 1.8 it"),
]
EXEMPT = [*PLAIN, *SETTINGS, *ASKED, *TRIED]


@pytest.mark.parametrize("place, sentence, value", rows(SAID))
def test_a_number_in_the_text_is_that_of_the_cells(place, sentence, value):
    assert not list(differences("01", place, sentence, value))


def test_no_number_of_the_text_is_loose():
    assert not list(loose("01", SAID, EXEMPT))
