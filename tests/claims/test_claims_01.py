"""What 01 says, as mathematics or with other seeds; what rows of 01.txt compute."""

from functools import partial
from itertools import pairwise
from math import erf, log, sqrt

import numpy as np
import pytest

from classroom.mistakes.edits import function_of
from tests.claims.taught import cells, names, panels
from tests.exercises.all_exercises import EXERCISES
from utils import costs
from utils.data import digits
from utils.descent import descend
from utils.network import Network
from utils.optimizers import SGD

monthly = partial(pytest.param, marks=pytest.mark.monthly)
PLANE = cells("01", "model-code", "network-code", "walks-code")
plane_cost, plane_slope = PLANE["plane_cost"], PLANE["plane_slope"]
expected = cells("01", "expected-code")["expected"]


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


def softmax(scores):
    return np.exp(scores) / np.exp(scores).sum()


def bends(n, k):
    """Return the curvatures at the minimum of valley k (0: A, 1: B)."""
    return np.linalg.eigvalsh(n["hessian"](n["plane_slope"], n["valleys"][k]))


def saddle_of(n):
    """Return the lower curvature at the stationary point near 0."""
    return np.linalg.eigvalsh(n["hessian"](n["plane_slope"], np.zeros(2)))


def worse_valley(n):
    """Return the letter of the valley with the higher minimum."""
    return max("AB", key=lambda letter: n["plane_cost"](n["shapes"][letter]))


def floor_is_flat(n, k):
    """Say whether walks end along the direction of the lower curvature, far lower."""
    side = n["went_right"] if k == 0 else ~n["went_right"]
    last = np.diff(n["walks"][200:202, side], axis=0)[0]
    curvatures, directions = np.linalg.eigh(
        n["hessian"](n["plane_slope"], n["valleys"][k])
    )
    along, across = np.abs(last @ directions).T
    return np.median(along / across) > 5 and curvatures[1] > 5 * curvatures[0]


def gap_of(n, t):
    """Return the cost above its valley's minimum of each walk at step t, (walks,)."""
    minima = np.where(n["went_right"], *map(n["plane_cost"], n["valleys"]))
    return n["plane_cost"](n["walks"][t]) - minima


def fall(n, begin, end):
    """Return by how much the logarithm of the gap of a median walk falls in a step."""
    return np.median(np.log(gap_of(n, begin) / gap_of(n, end))) / (end - begin)


def steps_to_a_tenth(n):
    """Return how many steps the walks to B need from 1e-7 to 1e-8 above its minimum."""
    curves = np.array([gap_of(n, t) for t in range(1001)])[:, ~n["went_right"]]
    low = curves[:, curves[-1] < 1e-8]
    return np.mean((low < 1e-8).argmax(axis=0) - (low < 1e-7).argmax(axis=0))


def shares(n, theta):
    """Return which parts of the real Hessian's curvatures are negative, and near 0."""
    c = np.linalg.eigvalsh(n["hessian"](n["small_slope"], theta))
    return np.mean(c < -1e-6), np.mean(np.abs(c) < 0.01 * c.max())


def dark_slopes(n):
    """Return the gradient of the weights of the pixels without ink, (pixels, units)."""
    weights, _ = n["small"].layers(n["small_slope"](n["theta"]))[0]
    return weights[(n["x1"] == 0).all(axis=0)]


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


def central_difference(f, theta, h=1e-5):
    steps = h * np.eye(len(theta))
    return np.array([(f(theta + d) - f(theta - d)) / (2 * h) for d in steps])


def off_in_entries(n):
    """Return how far a right gradient is off, relative to its smallest entries.

    And to its largest: the median of 20 of each.
    """
    net, theta, x, y = n["digit_net"], n["thetas"][0], n["x1"], n["y1"]
    g = net.gradient(theta, x, y)
    off = np.abs(central_difference(lambda p: net.cost(p, x, y), theta) - g)
    order = np.abs(g).argsort()[np.sum(g == 0) :]
    relative = off[order] / np.abs(g[order])
    return np.median(relative[:20]), np.median(relative[-20:])


def grows_by(s, activation):
    """Return by what the layers multiply signal and error, (2, layers)."""
    squares, errors = expected(50, s, activation)
    return squares[1:] / squares[:-1], errors[:-1] / errors[1:]


def room(n, activation):
    """Return the places of s on the slider at which signal, and error, hold."""
    places = n["ranges"]["s"]
    ratios = [expected(50, s, activation) for s in places]
    signal = np.array([squares[-1] / squares[0] for squares, _ in ratios])
    error = np.array([errors[0] / errors[-1] for _, errors in ratios])
    return [places[(ratio >= 0.5) & (ratio <= 2)] for ratio in (signal, error)]


def neighbours(n, s):
    """Return the places of the slider before and after s."""
    k = n["ranges"]["s"].tolist().index(s)
    return n["ranges"]["s"][[k - 1, k + 1]]


def ending(s):
    """Return what the signal of 50 ReLU layers does: vanish, hold or grow."""
    last = expected(50, s, "relu")[0][-1]
    return "vanish" if last < 0.01 else "grow" if last > 100 else "hold"


def fades(squares):
    """Say whether mean squares begin near 1 and end near 0."""
    return squares[-1] < 1e-10 < 0.2 < squares[0]


def wires(sizes, end=-1):
    """Return the lines between units as drawn, with gaps, each unit from above."""
    places = [[(k, (m - 1) / 2 - i) for i in range(m)] for k, m in enumerate(sizes)]
    gap = (np.nan, np.nan)
    ends = [(a, b, gap) for u, v in pairwise(places) for b in v for a in u]
    return tuple(np.concatenate(ends)[:end].T)


# Sections 2 and 3: a network with two free parameters, 3 or 8 from one pixel


@pytest.mark.parametrize("seed", range(200, 203))
def test_about_half_of_the_starts_lead_to_the_worse_valley(seed):
    starts = np.random.default_rng(seed).uniform(-6, 6, size=(1000, 2))
    w1, _ = PLANE["gradient_descent"](plane_slope, starts, 2, 30)[-1].T
    assert np.mean(w1 < 0) == pytest.approx(0.5, abs=5 * sqrt(0.25 / 1000))


def test_the_walks_are_drawn_by_valley_with_the_cost_above_its_own_minimum():
    n = names("01")
    on_map, in_time = panels("01", "surface-figure")
    sides = [np.flatnonzero(side) for side in (n["went_right"], ~n["went_right"])]
    lines = [line for line in on_map.lines if len(line.get_xdata()) == 1001]
    walks = n["walks"][:, np.concatenate(sides)].swapaxes(0, 1)
    np.testing.assert_array_equal([line.get_xydata() for line in lines], walks)
    styles = [
        style for side, style in zip(sides, ("-", "--"), strict=True) for _ in side
    ]
    assert [line.get_linestyle() for line in lines] == styles
    gaps = np.array([gap_of(n, t)[np.concatenate(sides)] for t in range(1001)]).T
    np.testing.assert_allclose([line.get_ydata() for line in in_time.lines], gaps)


@pytest.mark.parametrize("seed", [0, monthly(1)])
def test_set_free_the_biases_lead_from_both_sides_to_one_cost(seed):
    x, y, net = PLANE["x"][:, None], PLANE["y"], PLANE["network"]
    starts = np.random.default_rng([117, seed]).uniform(-6, 6, size=(20, 2))
    held = PLANE["gradient_descent"](plane_slope, starts, 2, 1000)[-1]
    right = held[:, 0] > 0
    assert 0 < right.sum() < 20
    free = PLANE["gradient_descent"](
        lambda theta: net.gradient(theta, x, y), PLANE["four"](held), 0.5, 5000
    )[-1]
    ends = net.cost(free, x, y)
    assert np.abs(ends - 0.363).max() < 1e-3  # 0.373 and 0.395 with the biases held
    np.testing.assert_array_equal(free[:, 0] > 0, right)  # each on its own side
    np.testing.assert_allclose(net.cost(free * [-1, -1, -1, 1], x, y), ends)  # mirror


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


@pytest.mark.parametrize("seed", [104, *map(monthly, (105, 106))])
def test_a_real_hessian_has_few_negative_curvatures_and_most_are_near_zero(seed):
    ids = "model-code", "walks-code", "kinds-code", "real-hessian-code"
    n = cells("01", "network-code", *ids, seed=seed)
    (start, flat), (later, flatter) = (shares(n, n[at]) for at in ("theta", "trained"))
    assert start == pytest.approx(0.27, abs=0.1) and later < 0.15
    assert 0.65 < flat < flatter


@pytest.mark.parametrize("seed", range(3))
def test_equal_scores_more_and_weights_of_dark_pixels_change_no_cost(seed):
    n, rng = names("01"), np.random.default_rng([111, seed])
    net, x, y = n["small"], n["x1"], n["y1"]
    theta = net.initial(rng, scale=1)
    free = theta.copy()
    (W1, _), (W2, b2) = net.layers(free)
    W1[(x == 0).all(axis=0)] = rng.normal(size=(n["unlit"], 4))
    W2 += rng.normal(size=(4, 1))
    b2 += 5
    assert not np.array_equal(free, theta)  # layers are views
    assert net.cost(free, x, y) == pytest.approx(net.cost(theta, x, y), abs=1e-12)


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


# Section 6: central differences


@pytest.mark.parametrize("seed", [101, *map(monthly, (102, 103))])
@pytest.mark.parametrize("which", ["exponential", "real"])
def test_a_central_difference_is_best_near_the_third_root_of_the_precision(which, seed):
    ids = "model-code", "network-code", "walks-code", "kinds-code", "real-hessian-code"
    n = cells("01", *ids, "check-code", "check-measured", seed=seed)
    d, off = n["d"], n[which]
    assert 1e-6 < d[off.argmin()] < 5e-5  # the third root is 6e-6
    assert off.min() < 1e-9
    assert off[0] > 1e-5  # d = 1e-12
    small, large = d < 1e-7, (d > 1e-4) & (d < 1e-2)
    assert slope_of(d[small], off[small]) == pytest.approx(-1, abs=0.15)
    assert slope_of(d[large], off[large]) == pytest.approx(2, abs=0.1)


@pytest.mark.parametrize("seed", range(3))
def test_near_a_stationary_point_a_right_gradient_sounds_the_alarm(seed):
    theta = np.random.default_rng([110, seed]).uniform(-2, 2, size=2)
    path = PLANE["gradient_descent"](plane_slope, theta, 2, 1500)
    off, size = [], []
    for at in path[[5, -1]]:
        g = plane_slope(at)
        size.append(np.linalg.norm(g))
        off.append(np.linalg.norm(central_difference(plane_cost, at) - g))
    assert off[0] < 1e-7 * size[0] and off[1] > 1e-7 * size[1]
    assert off[1] < 10 * np.finfo(float).eps * sqrt(2) / 1e-5  # J is below 1


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
        gradient = function_of(right.with_edits(edit)[0], right.answer)
    (x, y), _, _ = digits()
    rng = np.random.default_rng(149)
    W1, W2 = rng.normal(size=(64, 32)) / 6, rng.normal(size=(32, 10)) / 4
    parts = [W1, np.zeros(32), W2, np.zeros(10)]
    for _ in range(400):
        slopes = gradient(*parts, x[:400], y[:400])
        parts = [part - 0.3 * slope for part, slope in zip(parts, slopes, strict=True)]
    theta = np.concatenate([part.ravel() for part in parts])
    assert low <= Network((64, 32, 10)).cost(theta, x[:400], y[:400]) < high


# Section 7: depth


@pytest.mark.parametrize(
    "activation, s",
    [("identity", 1), ("relu", 1), ("relu", 2.2), ("tanh", 1), ("sigmoid", 1)],
)
def test_layers_of_200_000_units_follow_the_formula(activation, s):
    rng = np.random.default_rng([114, int(10 * s)])
    squares = names("01")["signal"](50, s, activation, rng, 200_000)[1:]
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


@pytest.mark.parametrize("seed", [0, monthly(1)])
def test_relus_last_weights_move_as_soon_as_the_last_biases_have_and_the_first_do_not(
    seed,
):
    rng, net = np.random.default_rng([110, seed]), Network((128,) * 51 + (10,), "relu")
    x, y = rng.normal(size=(8, 128)), rng.integers(10, size=8)
    start = net.initial(rng, scale=1)

    def moved(steps):
        gradient = lambda theta, t: net.gradient(theta, x, y)  # noqa: E731
        theta = descend(gradient, start, SGD(0.1), steps, every=steps)[-1]
        pairs = zip(net.layers(theta), net.layers(start), strict=True)
        return [
            np.linalg.norm(now - W) / np.linalg.norm(W) for (now, _), (W, _) in pairs
        ]

    assert max(moved(1)) < 1e-6
    first, *_, last = moved(60)
    assert last > 0.05 and first < 1e-5


def test_the_slider_draws_the_formulas_and_one_network_and_ticks_what_is_met():
    n = names("01")
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


@pytest.mark.parametrize("seed", range(204, 206))
def test_most_relu_networks_lie_below_the_formula(seed):
    below = cells("01", "typical-code", seed=seed)["below"]
    for units, share in below.items():  # ln h² is normal, of the mean -variance/2
        normal = (1 + erf(sqrt(5 * 50 / units) / 2 / sqrt(2))) / 2
        assert share == pytest.approx(normal, abs=4 * sqrt(0.2 / 400))
    assert 0.5 < below[256] < below[64]


def test_the_dots_of_the_picture_of_depth_are_one_network_near_the_formulas():
    n = names("01")
    for k, ax in enumerate(panels("01", "depth-figure")):
        dots = [line for line in ax.lines if line.get_label().startswith("_child")]
        for line, case in zip(dots, n["cases"], strict=True):
            measured, formula = n["actual"][case][k], expected(50, *case[::-1])[k]
            np.testing.assert_array_equal(
                line.get_data(), [range(1, 51, 4), measured[::4]]
            )
            assert np.abs(np.log(measured / formula)).max() < 4
