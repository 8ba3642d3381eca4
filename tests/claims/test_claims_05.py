"""What notebook 05 and its companion say in prose: measures for tables, and proofs."""

from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from notebooks.exercises import adam as checks
from tests.claims.measures import along, monthly, side, within  # noqa: F401
from tests.claims.taught import cells, names, panels, printed  # noqa: F401
from utils import board, costs, stats
from utils.data import digits
from utils.descent import descend, noisy
from utils.optimizers import SGD, Adam, Momentum, RMSprop
from utils.stats import median

(X, Y), _, _ = digits()
THREE = "SGD", "Momentum", "RMSprop"
FROZEN = "v frozen at step 200"
some_seeds = pytest.mark.parametrize("seed", [0, *map(monthly, range(1, 5))])


def adam_steps(gradients, silence=0, beta1=0.9, beta2=0.999):
    """Return Adam's steps in learning rates, `silence` gradients of 0 before them."""
    adam, theta = Adam(1.0, beta1, beta2, eps=0), np.zeros(np.shape(gradients)[1:])
    state, lengths = adam.init(theta), []
    for t, gradient in enumerate(gradients, 1 + silence):
        after, state = adam.step(theta, gradient, state, t)
        lengths.append(theta - after)
    return np.array(lengths)


# Measures of the table; n holds the names of the notebook


def first_to(n, level, among=(*THREE, "Adam")):
    """Return the method whose median cost is first at a level, on the board."""
    return min(among, key=lambda k: np.argmax(n["medians"][k] <= level))


def soonest(n, level):
    """Say whether no method's median is at a level before Adam's, on the board."""
    steps = {name: n["steps_to"](level, m) for name, m in n["medians"].items()}
    return steps["Adam"] <= min(steps.values())


def like_momentum(n):
    """Say whether Adam goes with momentum: to 0.1, and nearer its end than SGD's."""
    ends = {name: np.log(m[-1]) for name, m in n["medians"].items()}
    adam, momentum = (n["steps_to"](0.1, n["medians"][k]) for k in ("Adam", "Momentum"))
    return bool(
        abs(np.log(adam / momentum)) < np.log(1.25)
        and abs(ends["Adam"] - ends["Momentum"]) < ends["SGD"] - ends["Adam"]
    )


def lowest_at_the_end(n, among):
    return min(among, key=lambda k: n["medians"][k][-1])


def last_at_the_end(n, among):
    return max(among, key=lambda k: n["medians"][k][-1])


def goals_met(n, lr):
    """Say of the slider's two goals whether a rate meets them."""
    adam, medians = median(n["tried"])[:, np.argmin(abs(n["rates"] - lr))], n["medians"]
    pairs = (1, medians["RMSprop"]), (0.1, medians["Momentum"])
    return [0 < n["steps_to"](k, adam) < n["steps_to"](k, old) for k, old in pairs]


def longest_at(t, beta1=0.9, beta2=0.999):
    """Return the longest step at t: what Cauchy and Schwarz leave, corrected."""
    q = beta1**2 / beta2
    correction = np.sqrt(1 - beta2**t) / (1 - beta1**t)
    series = (1 - q**t) / (1 - q)
    return (1 - beta1) / np.sqrt(1 - beta2) * np.sqrt(series) * correction


def formula_of(letter):
    """Return the share of its mean that m or v has after each of 1000 steps."""
    return 1 - {"m": 0.9, "v": 0.999}[letter] ** np.arange(1, 1001)


def right_when_divided(n):
    """Say whether both averages, divided by 1 - β^t, are the true means."""
    pairs = (n["m_share"], "m"), (n["v_share"], "v")
    return all(np.allclose(s / formula_of(k), 1, atol=0.1) for s, k in pairs)


def contains_rmsprop():
    """Say whether β₁ = 0 makes RMSprop whose v is corrected."""
    rms = RMSprop(lambda t: 0.01 * np.sqrt(1 - 0.999**t), 0.999, eps=0)
    return np.allclose(along(UNIT, Adam(0.01, beta1=0, eps=0)), along(UNIT, rms))


def contains_momentum():
    """Say whether a large ε makes averaged momentum."""
    momentum = along(UNIT, Momentum(lambda t: 0.01 * 0.1 / (1 - 0.9**t), beta=0.9))
    off = np.abs(along(UNIT, Adam(1e6, eps=1e8)) - momentum).max()
    return off < 1e-5 * np.ptp(momentum)


def contains_signs():
    """Say whether no memory at all makes sign descent."""
    signs = -0.01 * np.cumsum(np.sign(UNIT), axis=0)
    return np.allclose(along(UNIT, Adam(0.01, 0, 0, eps=0))[1:], signs)


def is_sgd(beta1, eps):
    """Say whether Adam with a large ε, and η as large, walks like SGD."""
    adam = Adam(0.01 * eps, beta1=beta1, eps=eps)
    return np.allclose(along(UNIT, adam), along(UNIT, SGD(0.01)), atol=1e-7)


def around(lr):
    return lr * 2.0 ** np.array([[[-0.5]], [[0]], [[0.5]]])


@cache
def best_corrected(rng=5):
    """Return the best rate of RMSprop with its start corrected, on the board."""
    ends = median(board.race(Adam(around(2**-5), 0, 0.99), rng=rng)[-1])
    return around(2**-5).ravel()[stats.best(ends)]


@cache
def corrected_over_rmsprop(rng=6):
    """Return corrected RMSprop's best rate, and its end, beside those of RMSprop."""
    high, low = around(2**-5), around(board.METHODS["RMSprop"].lr)
    mended = median(board.race(Adam(high, 0, 0.99), rng=rng)[-1])
    plain = median(board.race(RMSprop(low), rng=rng)[-1])
    times = high.ravel()[mended.argmin()] / low.ravel()[plain.argmin()]
    return times, mended.min() / plain.min()


@cache
def uncorrected_adam(rng=5):
    """Return its best rate, and its end, beside those of Adam on the board."""
    rates, adam = around(2**-6), board.METHODS["Adam"]
    ends = median(board.race(names("05")["Uncorrected"](rates), rng=rng)[-1])
    k = stats.best(ends)
    return rates.ravel()[k] / adam.lr, ends[k] / median(board.race(adam, rng=rng)[-1])


@cache
def at_the_ends(name):
    """Return where RMSprop ends on the board, corrected or not, at each rate."""
    column = 2.0 ** np.arange(-8, -3)[:, None, None]
    rules = {"RMSprop": RMSprop(column), "corrected": Adam(column, 0, 0.99)}
    return median(board.race(rules[name])[-1])


@cache
def at_the_border():
    """Return Adam's walk in the ravine at η = 1: J, and η times the curvature.

    The curvature is the largest eigenvalue in the units of the parameters' rates.
    """
    ravine, adam = costs.quadratic(kappa=100, angle=30), Adam(1.0)
    hessian = np.array([ravine.gradient(e) for e in np.eye(2)])
    theta, state, cost, products = ravine.start, adam.init(ravine.start), [], []
    for t in range(1, 4001):
        theta, state = adam.step(theta, ravine.gradient(theta), state, t)
        rates = 1 / np.sqrt(state.v / (1 - 0.999**t))
        products.append(np.linalg.eigvals(rates[:, None] * hessian).real.max())
        cost.append(ravine(theta))
    return np.array(cost), np.array(products)


def crossings(n):
    """Return the steps at which η times the curvature passes 38: up, down, up, ..."""
    _, products = at_the_border()
    return np.flatnonzero(np.diff(products > 38)) + 2


def turns(n):
    """Return the steps at which the cost begins to climb, and then to fall, once."""
    cost, _ = at_the_border()
    low = 1 + cost[:1300].argmin()
    return low, 1000 + cost[1000:2000].argmax() + 1


def never_above_the_bound():
    """Say whether no step's bound is above that of all, whatever the βs."""
    rng, t = np.random.default_rng(64), np.arange(1, 5000)
    for beta1, share in rng.uniform(0.05, 0.99, size=(50, 2)):
        beta2 = beta1**2 + share * (1 - beta1**2)
        if longest_at(t, beta1, beta2).max() > longest_at(np.inf, beta1, beta2) + 1e-9:
            return False
    return True


LATER, TURNS = (1500, 2000, 3000), tuple(range(0, 180, 15))


@cache
def last_good(sigma=0, of=np.mean, turns=(0,), begins=LATER, beta2=0.999, seed=0):
    """Return the largest good η of Adam in the ravine: for each first step and start.

    The starts are the ravine's own, turned about the minimum.
    """
    lrs = 10 ** np.arange(-2, 3.01, 1 / 16)
    ravine = costs.quadratic(kappa=100, angle=30)
    starts = np.array([costs.rotation(turn) @ ravine.start for turn in turns])
    slope = noisy(ravine.gradient, sigma, np.random.default_rng([67, seed]))
    rule = Adam(lrs[:, None, None], beta2=beta2)
    cost = descend(slope, starts, rule, 2 * max(begins), record=ravine)
    good = [of(cost[k : 2 * k + 1], axis=0) < 1e-3 * cost[0] for k in begins]
    return np.array([np.where(those, lrs[:, None], 0).max(axis=0) for those in good])


@cache
def held_by_the_first_gradients():
    """Say what holds of Adam at η = 10 in the ravine: three facts, in their order.

    its first gradients are far above the later ones; for 1000 steps its own rate is
    below the border, and the cost falls; later the rate passes it, and J comes back
    """
    ravine, lr = costs.quadratic(kappa=100, angle=30), 10.0
    walk = descend(ravine.gradient, ravine.start, Adam(lr), 4000)
    gradients = np.array([ravine.gradient(theta) for theta in walk[:-1]])
    v, rates = 0.0, []
    for t, gradient in enumerate(gradients, start=1):
        v = 0.999 * v + 0.001 * gradient**2
        rates.append((lr / np.sqrt(v / (1 - 0.999**t))).max())
    cost, size = ravine(walk), np.abs(gradients).max(axis=1)
    back = 2000 + cost[2000:].argmax()
    low = max(rates[:1000]) < 38 / 100 and cost[1000:1200].max() < 1e-6 * cost[0]
    again = max(rates[1000:back]) > 38 / 100 and cost[back] > 1e6 * cost[1000]
    return size[:100].max() > 100 * size[900:1000].max(), low, again


def first_gradient(lr):
    """Return the largest of the first 100 gradients of Adam in the ravine."""
    ravine = costs.quadratic(kappa=100, angle=30)
    walk = descend(ravine.gradient, ravine.start, Adam(lr), 100)
    return max(np.abs(ravine.gradient(theta)).max() for theta in walk)


def averaged_momentum_ends_at(rate):
    """Return how far averaged momentum is from the minimum in the end, at L = 1."""
    momentum = Momentum(0.1 * rate, beta=0.9)
    return np.abs(descend(lambda theta, t: theta, [1.0], momentum, 3000)[-1, 0])


def unit():
    """Say whether the walk is the same in other units of the cost, not of θ."""
    height = np.random.default_rng(5).normal(1.7, 0.1, size=(100, 1))  # metres
    mass = 40 * height + np.random.default_rng(6).normal(0, 5, size=(100, 1))

    def walk(cost_unit, unit, lr):
        def slope(weight, t):
            return cost_unit * np.mean(
                unit * height * (unit * height * weight - mass), 0
            )

        return unit * descend(slope, [0.0], Adam(lr, eps=0), 300)[:, 0]

    large, small = walk(1, 1, lr=0.5), walk(1, 1000, lr=0.5)
    same = np.allclose(large, walk(1000, 1, lr=0.5))
    same = same and np.allclose(large, walk(1, 1000, lr=0.5 / 1000))
    return same and not np.allclose(large, small)


def slope_of_pixels(n):
    """Return how the rates of a pixel's weights go with its rms: an exponent."""
    return np.polyfit(np.log(n["rms"][n["used"]]), np.log(n["of_pixel"]), 1)[0]


def order_of_pixels(n):
    """Return of which share of all pairs of pixels the one with less ink is higher."""
    rms = n["rms"][n["used"]]
    higher = n["of_pixel"][:, None] > n["of_pixel"]
    return np.mean(higher[rms[:, None] < rms])


def rare_above_the_line(n):
    """Return which share of the pixels with rare ink is above the figure's line.

    Rare is less ink than an eighth of the most.
    """
    rms = n["rms"][n["used"]]
    product = n["of_pixel"] * rms
    return np.mean(product[rms < rms.max() / 8] > np.median(product))


def at_height(n, name, begin, height):
    """Return the good rates of a method, and where they are drawn."""
    good = n["many"][n["is_good"][name, begin]]
    return good, np.full(len(good), height)


def at_few():
    """Return the positions, of 1000 steps, that the figure of the bias marks."""
    return np.unique(np.geomspace(1, 1000, 19).astype(int)) - 1


def from_rest(letter, gradient):
    """Return a suspect's first step, in η, and its m as a share of the gradient."""
    zero, g = np.zeros(1), np.array([gradient])
    with np.errstate(invalid="ignore"):
        theta, m, _ = checks.suspects[letter](
            zero, g, zero, zero, 1, 0.1, 0.9, 0.999, 1e-8
        )
    return -theta[0] / 0.1, m[0] / (gradient or 1)


# Of the companion


def reaches_the_edge():
    """Say whether gradient descent's sharpness climbs to 2/η, and stays."""
    n = names("deeper/05")
    climbs = tried_shares(n, "SGD")[0].max() < 0.99
    return climbs and np.allclose(second_half(n, "SGD, at 2/η"), 1, atol=0.03)


def tried_shares(n, name):
    """Return the sharpness in borders along a training, by the start of its name."""
    return next(rows for key, rows in n["edges"].items() if key.startswith(name))


def second_half(n, name):
    """Return the sharpness in borders, median of the second half, for each rate."""
    shares = n["edges"][name]
    return np.median(shares[len(shares) // 2 :], axis=0)


# Sections 1 and 2: moving averages, and what Adam contains

UNIT = np.random.default_rng(51).normal(size=(500, 4))


@pytest.mark.parametrize("beta", [0.5, 0.9, 0.99, 0.999])
def test_the_weights_fade_geometrically_with_mean_age_one_over_one_minus_beta(beta):
    age = np.arange(1, 40_001)
    weights = names("05")["moving_average"](age == 1, beta)
    np.testing.assert_allclose(weights, (1 - beta) * beta ** (age - 1), atol=1e-300)
    assert weights @ age == pytest.approx(1 / (1 - beta))


# Sections 3 and 4: the correction, and the length of a step


@given(
    st.lists(st.floats(-1, 1).filter(lambda g: abs(g) > 1e-9), min_size=1, max_size=60),
    st.sampled_from([0, 10, 1000, 10**6]),
)
def test_no_gradients_make_a_step_longer_than_7_27(gradients, silence):
    assert np.abs(adam_steps(np.array(gradients), silence)).max() <= 7.2703


@some_seeds
def test_random_gradients_give_0_18_on_average(seed):
    g = np.random.default_rng([54, seed]).normal(size=(2000, 500))
    mean = np.abs(adam_steps(g)[500:]).mean()
    assert mean == pytest.approx(0.18, abs=0.005)
    assert mean == pytest.approx(np.sqrt(2 / np.pi * 0.1 / 1.9), rel=0.01)


def test_there_is_no_bound_once_beta1_squared_is_beta2_or_more():
    for beta1, beta2 in (0.95, 0.8), (0.99, 0.5):
        spike = adam_steps(np.eye(400)[0], 0, beta1, beta2)
        assert spike[-1] > 1e4 and np.all(np.diff(spike[10:]) > 0)


# Section 4: the window


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
    decades = {}
    for name, optimizer in methods.items():
        slope = noisy(ravine.gradient, sigma, np.random.default_rng([63, seed]))
        cost = descend(slope, starts, optimizer, 2 * begin, record=ravine)
        mean = np.minimum(cost[begin:], 1e20).mean(axis=0) / cost[0]
        decades[name] = np.sum(stats.median(mean) < 1e-3) / 8
    return decades


@pytest.mark.parametrize("angle", [15, monthly(30), monthly(60)])
def test_adams_window_is_the_widest_at_first_and_not_after_two_memories(angle):
    ravine = costs.quadratic(kappa=100, angle=angle)
    stretch = np.random.default_rng(55).uniform(0.7, 1.4, size=3)
    first, late = (windows(ravine, HALVES, 0, t, 0, stretch) for t in (200, 2000))
    adam, adam_late = first.pop("Adam"), late.pop("Adam")
    assert adam > max(first.values()) + 2
    assert late["scaling"] < adam_late < late["momentum"]
    assert first["momentum"] > first["descent"] + 0.5


@pytest.mark.parametrize("sigma", [0, monthly(0.3)])
@pytest.mark.parametrize("beta2", [0.99, monthly(0.995), monthly(0.999)])
def test_the_window_closes_within_three_memories_of_v(sigma, beta2):
    ravine, memory = costs.quadratic(kappa=100, angle=30), round(1 / (1 - beta2))
    tried = {"Adam": Adam(COLUMN, beta2=beta2), "momentum": Momentum(COLUMN)}
    wide = [
        windows(ravine, tried, sigma, round(k * memory), 5)["Adam"] for k in (0.5, 1.5)
    ]
    late = windows(ravine, tried, sigma, 3 * memory, 5)
    assert max(wide) > 2.5 + (beta2 > 0.99)
    assert late["Adam"] < max(wide) - 1 and late["Adam"] < late["momentum"] + 0.1


@pytest.mark.parametrize(
    ("beta2", "begins"), [(0.99, (1000, 3000)), monthly(0.999, (1500, 5000, 20_000))]
)
@pytest.mark.parametrize("of", [np.mean, monthly(np.median)])
def test_later_no_rate_above_one_half_is_good(of, beta2, begins):
    sigma = 0.3 if of is np.median else 0
    last = last_good(sigma, of, begins=begins, beta2=beta2)
    assert np.all((last > 0.2) & (last < 0.5))


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


# Section 5: the board


@cache
def own_rates(seed):
    """Return the names of the cell that trains with Adam, for another seed."""
    return cells("05", "parameter-code", "parameter-figure", seed=seed)


@some_seeds
def test_the_rates_of_a_network_differ_by_more_than_a_hundred(seed):
    n = own_rates(57 + seed)
    rates, moved = n["own"], n["v_hat"] > 0
    np.testing.assert_allclose(rates[~moved], board.METHODS["Adam"].lr / 1e-8)
    low, high = np.quantile(rates[moved], [0.1, 0.9])
    assert low == pytest.approx(1.5, rel=0.3) and high / low > 100


@some_seeds
def test_the_rates_of_a_pixel_go_like_one_over_its_rms(seed):
    n = own_rates(57 + seed)
    assert -1.3 < slope_of_pixels(n) < -1.05  # like 1/rms, and more
    assert order_of_pixels(n) > 0.9  # mostly
    assert rare_above_the_line(n) > 0.8
    product = n["of_pixel"] * n["rms"][n["used"]]
    assert product.max() < 4 * product.min()  # while the rms differs by 290


# The companion: the edge of stability


def test_the_squared_network_has_the_gradient_of_half_of_the_squared_error():
    network = names("deeper/05")["Squared"]((64, 6, 5, 10), "tanh")
    x, y, theta = X[:20], Y[:20], network.initial(65)

    def cost(theta):
        error = network.activations(theta, x)[-1] - np.eye(10)[y]
        return 0.5 * np.sum(error**2, axis=-1).mean(axis=-1)

    d = 1e-6 * np.eye(len(theta))
    slopes = (cost(theta + d) - cost(theta - d)) / 2e-6
    np.testing.assert_allclose(network.gradient(theta, x, y), slopes, atol=1e-8)


def test_the_sharpness_is_the_largest_eigenvalue_in_the_units_of_the_scale():
    rng, largest_eigenvalue = (
        np.random.default_rng(66),
        names("deeper/05")["largest_eigenvalue"],
    )
    root, scale = rng.normal(size=(6, 6)), rng.uniform(0.5, 2, size=6)
    hessian, u = root @ root.T, rng.normal(size=(1, 6))
    theta = rng.normal(size=(1, 6))
    for units in np.ones(6), scale:
        top, _ = largest_eigenvalue(lambda x: x @ hessian, theta, u, units, 300)
        right = np.linalg.eigvalsh(units[:, None] * hessian * units)[-1]
        assert top == pytest.approx(right, rel=1e-4)
