"""What notebook 05 and its companion say in prose: measures for tables, and proofs."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from notebooks.exercises import adam as checks
from tests.claims.measures import along, monthly, side, within  # noqa: F401
from tests.claims.taught import cells, names, panels, printed  # noqa: F401
from utils import costs, stats
from utils.data import digits
from utils.descent import descend, noisy
from utils.optimizers import SGD, Adam, Momentum, RMSprop
from utils.stats import median

(X, Y), _, _ = digits()
THREE = "SGD", "Momentum", "RMSprop"
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


def best_rate(n, name, hats):
    """Return the rate at which a method ends lowest, with its hats or without."""
    return n["powers"][n["ends"][name, hats].argmin()]


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


def never_above_the_bound():
    """Say whether no step's bound is above that of all, whatever the βs."""
    rng, t = np.random.default_rng(64), np.arange(1, 5000)
    for beta1, share in rng.uniform(0.05, 0.99, size=(50, 2)):
        beta2 = beta1**2 + share * (1 - beta1**2)
        if longest_at(t, beta1, beta2).max() > longest_at(np.inf, beta1, beta2) + 1e-9:
            return False
    return True


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


# Section 4: the length of a step


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


# Section 5: what it does at rest, and on a ravine


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
