"""What 01 says, as mathematics or with other seeds; what rows of 01.txt compute."""

from itertools import pairwise
from math import erf, log, sqrt

import numpy as np
import pytest

from tests.claims.measures import monthly, yellow_is_low  # noqa: F401
from tests.claims.taught import cells, names, panels
from utils import costs
from utils.descent import descend
from utils.network import Network
from utils.optimizers import SGD

PLANE = cells("01", "model-code", "walks-code")
plane_cost, plane_slope = PLANE["plane_cost"], PLANE["plane_slope"]
_DEPTH = {"after_50": names("01")["after_50"]}
expected = cells("01", "expected-code", **_DEPTH)["expected"]


# What the rows of the table use


def shape(curvatures):
    """Return what a point with these curvatures is, by the cost all around it."""
    away = np.random.default_rng(0).normal(size=(999, len(curvatures)))
    J = away**2 @ np.asarray(curvatures)
    return "minimum" if J.min() > 0 else "maximum" if J.max() < 0 else "saddle"


def levels_off(curve):
    """Say whether a curve is level at both ends, compared with its middle."""
    rise = np.diff(curve)
    return max(rise[0], rise[-1]) < 0.1 * rise.max()


def bends(n, k):
    """Return the curvatures at the minimum of valley k (0: A, 1: B)."""
    return np.linalg.eigvalsh(n["hessian"](n["plane_slope"], n["bottoms"][k]))


def kappa_of(n, k):
    """Return the condition number at the minimum of valley k (0: A, 1: B)."""
    low, high = bends(n, k)
    return high / low


def at_c(n):
    """Return the curvatures at C."""
    return np.linalg.eigvalsh(n["hessian"](n["plane_slope"], n["shapes"]["C"]))


def gain(s):
    """Return by what the last of 50 ReLU layers multiplies the mean square."""
    squares, _ = expected(50, s, "relu")
    return squares[-1] / squares[-2]


def worse_valley(n):
    """Return the letter of the valley with the higher minimum."""
    return max("AB", key=lambda letter: n["plane_cost"](n["shapes"][letter]))


def knows(n, letter):
    """Return P(4) with no ink at the pixel, the mean, and full ink, in a valley."""
    w1, w2 = n["shapes"][letter]
    ink = np.array([0, n["ink"].mean(), 1])
    z = w2 * np.tanh(w1 * (ink - n["ink"].mean()) / n["ink"].std() + 3) + 1.5
    return 1 / (1 + np.exp(-z))


def plateau(n):
    """Say whether around C the unit is saturated, and the cost level along w1."""
    w1 = np.linspace(-0.5, 0.5, 11)
    along = np.stack([w1, np.full(11, n["level"])], axis=-1)
    h = np.tanh(w1[:, None] * n["x"] + 3)
    return h.min() > 0.95 and np.ptp(n["plane_cost"](along)) < 0.01


def floor_is_flat(n, k):
    """Say whether walks end along the direction of the lower curvature, far lower."""
    side = n["valleys"]["AB"[k]][1]
    last = np.diff(n["walks"][90:92, side], axis=0)[0]
    curvatures, directions = np.linalg.eigh(
        n["hessian"](n["plane_slope"], n["bottoms"][k])
    )
    along, across = np.abs(last @ directions).T
    return np.median(along / across) > 5 and curvatures[1] > 5 * curvatures[0]


def gap_of(n, letter):
    """Return the cost of each walk above the minimum of its valley, (steps, walks)."""
    side = n["valleys"][letter][1]
    return n["plane_cost"](n["walks"][:, side]) - n["plane_cost"](n["shapes"][letter])


def steps_to_a_tenth(n, letter="B", steps=slice(60, 100)):
    """Return how many steps a walk needs to a tenth, at its end: the median."""
    gaps = gap_of(n, letter)[steps]
    falls = (np.log10(gaps[0]) - np.log10(gaps[-1])) / (len(gaps) - 1)
    return 1 / np.median(falls)


def border(n):
    """Return up to which rate, in units of 1/L, the sweeps come nearer."""
    return max(n["fractions"][sweep < 1].max() for sweep in n["sweeps"].values())


def beyond_the_border(n):
    """Say whether above 2/L only the steep coordinate grows, below it the flat is left.

    100 steps with the curvatures 1 and 100, as in the left picture.
    """
    slope = costs.quadratic(100).gradient
    above, below = (
        np.abs(n["gradient_descent"](slope, np.ones(2), part / 100, 100)[-1])
        for part in (2.05, 1.95)
    )
    return above[0] < 1 < above[1] and below[1] < 0.1 < below[0]


def factors(lr, curvatures):
    """Return by what a step of gradient descent multiplies each coordinate."""
    path = descend(lambda theta, t: curvatures * theta, np.ones(2), SGD(lr), 1)
    return path[1] / path[0]


def left_after(*rates):
    """Return what is left at worst, with curvatures from 1 to 9, after these rates."""
    curvatures = np.linspace(1, 9, 801)
    return np.abs(np.prod([1 - lr * curvatures for lr in rates], axis=0)).max()


def two_best_rates():
    """Return the two rates that leave least, of a grid."""
    grid = np.linspace(0.1, 0.5, 401)
    curvatures = np.linspace(1, 9, 81)
    left = np.abs(1 - grid[:, None] * curvatures)
    worst = (left[:, None] * left).max(axis=-1)
    return grid[list(np.unravel_index(worst.argmin(), worst.shape))]


def left_per_step(count):
    """Return what a step leaves at worst with Chebyshev's rates, so many in turn."""
    angles = (np.arange(count) + 0.5) * np.pi / count
    return left_after(*1 / (5 + 4 * np.cos(angles))) ** (1 / count)


def in_costs(n):
    """Return how many costs a gradient takes, at least and at most."""
    costs = n["work"][:, 1] / n["work"][:, 0]
    return np.floor(costs.min()), np.ceil(costs.max())


def times_for_ten(n, kind):
    """Return how many times as much 0 cost, 1 back-propagation, 2 differences takes.

    For ten times the parameters.
    """
    return 10 ** slope_of(n["P"][-4:], n["work"][-4:, kind])


def slope_of(x, y):
    return np.polyfit(np.log(x), np.log(y), 1)[0]


def room(n, activation):
    """Return the places of s on the slider at which signal, and error, hold."""
    places = n["ranges"]["s"]
    ratios = [expected(50, s, activation) for s in places]
    signal = np.array([squares[-1] / squares[0] for squares, _ in ratios])
    error = np.array([errors[0] / errors[-1] for _, errors in ratios])
    return [places[(ratio >= 0.5) & (ratio <= 2)] for ratio in (signal, error)]


def ending(s):
    """Return what the signal of 50 ReLU layers does: vanish, hold or grow."""
    last = expected(50, s, "relu")[0][-1]
    return "vanish" if last < 0.01 else "grow" if last > 100 else "hold"


def wires(sizes, end=-1):
    """Return the lines between units as drawn, with gaps, each unit from above."""
    places = [[(k, (m - 1) / 2 - i) for i in range(m)] for k, m in enumerate(sizes)]
    gap = (np.nan, np.nan)
    ends = [(a, b, gap) for u, v in pairwise(places) for b in v for a in u]
    return tuple(np.concatenate(ends)[:end].T)


# Section 2: a network with two parameters that move, 0 or 4 from one pixel


@pytest.mark.parametrize("seed", range(3))
def test_set_free_all_four_parameters_stay_in_two_minima_and_b_is_the_worse(seed):
    n, rng = names("deeper/01"), np.random.default_rng([153, seed])
    start = n["valleys"] + rng.normal(scale=0.1, size=(2, 4))
    freed = descend(n["unit_slope"], start, SGD(2), 8000, every=8000)[-1]
    low = [np.linalg.eigvalsh(n["hessian"](n["unit_slope"], at))[0] for at in freed]
    assert min(low) > 1e-4
    ends = n["unit"].cost(freed, n["x"], n["y"])
    np.testing.assert_allclose(ends, [0.612, 0.624], atol=1e-3)


def test_the_pass_is_stationary_and_the_walks_are_drawn_by_valley():
    n = names("01")
    assert np.linalg.norm(plane_slope(n["shapes"]["C"])) < 1e-5
    on_map, in_time = panels("01", "walks-figure")
    sides = [np.flatnonzero(n["valleys"][letter][1]) for letter in "AB"]
    lines = [line for line in on_map.lines if len(line.get_xdata()) == 201]
    walks = n["walks"][:, np.concatenate(sides)].swapaxes(0, 1)
    np.testing.assert_array_equal([line.get_xydata() for line in lines], walks)
    gaps = np.concatenate([gap_of(n, letter)[:101].T for letter in "AB"])
    np.testing.assert_allclose([line.get_ydata() for line in in_time.lines], gaps)


@pytest.mark.parametrize("seed", [104, *map(monthly, (105, 106))])
def test_a_real_hessian_has_few_negative_curvatures_and_most_are_near_zero(seed):
    n = cells("deeper/01", "freed-code", "real-hessian-code", seed=seed)
    start, later = (
        np.linalg.eigvalsh(n["hessian"](n["small_slope"], n[at]))
        for at in ("begin", "trained")
    )
    negative = [np.mean(c < -1e-6) for c in (start, later)]
    flat = [np.mean(np.abs(c) < 0.01 * c.max()) for c in (start, later)]
    assert negative[0] == pytest.approx(0.27, abs=0.1) and negative[1] < 0.15
    assert 0.65 < flat[0] < flat[1]


# Section 4: the gradient, and what it costs


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


def test_large_inputs_kinks_and_chaos_are_false_alarms():
    n = names("deeper/01")
    assert n["off"](255 * n["x1"])[np.abs(n["d"] / 1e-5 - 1).argmin()] > 1e-6
    kink = (np.maximum(4e-6 + 1e-5, 0) - np.maximum(4e-6 - 1e-5, 0)) / 2e-5
    assert kink == pytest.approx(0.7)
    net, rng = Network((12, *30 * (12,), 3), "tanh"), np.random.default_rng(154)
    x, y = rng.normal(size=(20, 12)), rng.integers(3, size=20)
    off = []
    for _ in range(9):
        theta = net.initial(rng, scale=4)
        g = net.gradient(theta, x, y)
        step = 1e-5 * g / np.linalg.norm(g)
        rise = net.cost(theta + step, x, y) - net.cost(theta - step, x, y)
        off.append(abs(rise / 2e-5 / np.linalg.norm(g) - 1))
    assert np.median(off) > 1e-6


# Section 5: depth


@pytest.mark.parametrize(
    "activation, s",
    [("identity", 1), ("relu", 1), ("relu", 2.2), ("tanh", 1), ("sigmoid", 1)],
)
def test_layers_of_200_000_units_follow_the_formula(activation, s):
    rng = np.random.default_rng([114, int(10 * s)])
    squares = names("deeper/01")["signal"](50, s, activation, rng, 200_000)[1:]
    wanted = expected(50, s, activation)[0]
    # A layer's mean scatters by root(5 / units) at most, the last one by root(50) more.
    allowed = 4 * sqrt(5 * 50 / 200_000)
    assert np.abs(np.array(squares) / wanted - 1).max() < allowed


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


def test_the_slider_draws_the_formulas_and_one_network_and_ticks_what_is_met():
    n = names("01")
    draw = n["through"].draw
    for s, name, both in (2, "relu", True), (2.2, "relu", False), (1.6, "tanh", False):
        lines, _, met = draw(s, name)
        assert all(met) == both
        formulas, dots = expected(50, s, name), n["one_network"](s, name)
        wanted = [formulas[0], dots[0], formulas[1], dots[1]]
        for line, height in zip(lines, wanted, strict=True):
            np.testing.assert_allclose(line.get_ydata(), height)
        assert np.abs(np.log(np.divide(dots, formulas))).max() < 6  # 64 units scatter
    _, sentence, _ = draw(2.2, "relu")
    assert sentence == f"signal × {1.1**49:.2g}, error back × {1.1**49:.2g}"


@pytest.mark.parametrize("seed", range(3))
def test_at_the_start_no_layers_weights_move_with_relu_and_scale_one(seed):
    net, rng = Network((64,) * 51 + (10,)), np.random.default_rng([155, seed])
    x, y = rng.normal(size=(8, 64)), rng.integers(10, size=8)
    for s, low, high in (1, 0, 1e-6), (2, 1e-3, np.inf):
        theta = net.initial(rng, scale=s)
        g = net.gradient(theta, x, y)
        parts = zip(net.layers(g), net.layers(theta), strict=True)
        sizes = [np.linalg.norm(dW) / np.linalg.norm(W) for (dW, _), (W, _) in parts]
        assert low <= min(sizes) and max(sizes) <= high


@pytest.mark.parametrize("seed", range(204, 206))
def test_most_relu_networks_lie_below_the_formula(seed):
    below = cells("deeper/01", "typical-code", seed=seed)["beneath"]
    for units, share in below.items():  # ln h² is normal, of the mean -variance/2
        normal = (1 + erf(sqrt(5 * 50 / units) / 2 / sqrt(2))) / 2
        assert share == pytest.approx(normal, abs=4 * sqrt(0.2 / 400))
    assert 0.5 < below[256] < below[64]
