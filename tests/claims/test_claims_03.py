"""What notebook 03 and its companion say: measures for their tables, and proofs."""

import numpy as np
import pytest

from tests.claims.measures import side, within  # noqa: F401
from tests.claims.taught import names, panels
from utils.descent import descend
from utils.optimizers import SGD, Momentum


def slope_of(curvature):
    return lambda theta, t: curvature * theta


def roots(step, beta):
    """Return the eigenvalues of a step of momentum along a direction; step is ηλ."""
    matrix = np.array([[beta, step], [-beta, 1 - step]])
    return np.linalg.eigvals(np.moveaxis(matrix, (0, 1), (-2, -1)))


def polyak(mu, L):
    root = (np.sqrt(L) - np.sqrt(mu)) / (np.sqrt(L) + np.sqrt(mu))
    return (1 + root) ** 2 / L, root**2  # the right end of the bar on the dashed line


# Measures of the table; n holds the names of the notebook


def largest_rate(n, beta):
    """Return the largest ηλ that converges."""
    step = np.linspace(0, 4.5, 4501)
    return step[n["shrink_factor"](step, beta) < 1 - 1e-9].max()


def four_characters(n):
    """Say whether r is positive, complex, negative, large where the picture says so."""
    crawls, swings, bounces, diverges = (roots(*pair) for pair in n["pairs"].values())
    return (
        np.all(crawls > 0),
        np.all(swings.imag != 0),
        np.all(bounces < 0),
        np.abs(diverges).max() > 1,
    )


def rho_of(n, name):
    return np.abs(roots(*n["pairs"][name])).max()


def one_direction(step, beta):
    """Return the errors of 25 steps, by the matrix."""
    matrix = np.array([[beta, step], [-beta, 1 - step]])
    return [np.linalg.matrix_power(matrix, t)[1, 1] for t in range(26)]


def rho_along(n, name):
    """Return what the right half of the figure of Polyak's pair has for a method."""
    _, ax, _ = panels("deeper/03", "edge-figure")
    (line,) = (line for line in ax.lines if line.get_label() == name)
    return line.get_ydata()


def way_of_the_roots():
    """Say how the roots go while ηλ grows: product, sum, larger, smaller, and beyond.

    The larger one and the smaller one are followed until they meet; those that are
    negative, until one is far beyond -1.
    """
    beta = 0.5
    root = np.sqrt(beta)
    step = np.linspace(0, (1 - root) ** 2, 200)[:-1]
    low, high = np.sort(roots(step, np.full(199, beta)).real).T
    after = np.linspace((1 + root) ** 2, 9, 500)[1:]
    far, near = np.sort(roots(after, np.full(499, beta)).real).T
    return (
        np.allclose(low * high, beta) and np.allclose(far * near, beta),
        np.all(np.diff(low + high) < 0) and np.all(np.diff(far + near) < 0),
        np.all(np.diff(high) < 0),
        np.all(np.diff(low) > 0) and np.isclose(low[-1], high[-1], atol=0.1),
        np.all(near < 0) and np.all(np.diff(far) < 0) and far[0] > -1 > far[-1],
    )


def larger_outside(n):
    """Say whether ρ is √β up to the right end of the dashed line, and larger beyond."""
    end, least = (1 + np.sqrt(0.7)) ** 2, np.sqrt(0.7)
    inside, outside = n["shrink_factor"](end * np.array([0.99, 1.01]), 0.7)
    return np.isclose(inside, least) and outside > least + 0.01


def factor_of_rates(beta, kappa):
    """Return the largest η at which every direction swings, over the smallest."""
    rates = np.geomspace(1e-4, 4, 20_001)
    step = rates * np.geomspace(1, kappa, 9)[:, None]
    swing = np.all(roots(*np.broadcast_arrays(step, beta)).imag != 0, axis=(0, 2))
    return rates[swing].max() / rates[swing].min()


def bar_moves(n):
    """Say whether η shifts the bar of the slider, and leaves its length and height."""

    def bar(**change):
        (line, *_), *_ = n["bar_on_the_map"].draw(**(n["begin"] | change))
        return line.get_xdata(), line.get_ydata()[0]

    (x, y), (shifted, same) = bar(), bar(lr=0.1)
    return shifted[0] > x[0] and np.isclose(*np.divide(shifted, x)) and same == y


def every_arrival(n):
    """Return the steps to a millionth at each position of the slider."""
    return n["arrival"](n["every_walk"]).T


def fewest(n):
    """Return the η, β and steps of the slider's best position, at κ = 100."""
    lr, kappa, beta = n["positions"]
    steps = np.where(kappa == 100, every_arrival(n), 401)
    best = np.unravel_index(steps.argmin(), steps.shape)
    return lr[best], beta[best], steps[best]


def slopes_of_the_formula(n):
    """Return the slopes of ln(steps) against ln κ: without momentum, and with it."""
    kappa = np.array([1e4, 1e8])
    steps = [1 / np.log((k + 1) / (k - 1)) for k in (kappa, np.sqrt(kappa))]
    return np.diff(np.log(steps))[:, 0] / np.log(1e4)


def shares_left(n, name):
    """Return the share of the error that is left in each direction after 150 steps."""
    return np.abs(n["digits_walks"][name][150] @ n["directions"])


def higher_up_to_one_plus_beta(n):
    """Say whether momentum has the higher floor up to ηλ = 1 + β, and only there."""
    eta = np.linspace(0.01, 1.99, 397)
    return all(
        np.array_equal(n["floor"](eta, beta) > n["floor"](eta, 0), eta < 1 + beta)
        for beta in (0.507, 0.903)
    )


def conjugate_steps(n):
    return n["arrival"](n["best_path"] - n["minimum"])


def lowest_of_all(n):
    """Say whether conjugate gradients are the lowest at each step of their figure."""
    best = n["heights"]["conjugate gradients"]
    others = (n["heights"][name] for name in n["plan"])
    return all(np.all(best[1:] < other[1 : len(best)]) for other in others)


def memoryless_rates(n):
    """Return J of gradient descent at its long-run best η; its best J here, and η."""
    rates = np.append(2 / 51, np.linspace(0.03, 0.0399, 991))
    rule = SGD(rates[:, None])
    ravine, steps = n["ravine"], len(n["walk"]) - 1
    J = ravine(descend(ravine.gradient, ravine.start, rule, steps)[-1])
    return J[0], J.min(), rates[J.argmin()]


def beyond_the_edge(n):
    """Say whether Polyak's pair diverges with an η larger by 1/κ, and not before."""
    lr, beta = polyak(1, 100)
    below, beyond = n["shrink_factor"](lr * 100 * np.array([1.009, 1.011]), beta)
    return below < 1 < beyond


def arrives_with(factor):
    """Say whether Polyak's pair arrives on the digits if L is taken so many times."""
    n = names("deeper/03")
    rule = Momentum(*n["polyak"](n["mu"], factor * n["L"]))
    walk = descend(slope_of(n["curvatures"]), np.ones(64), rule, 1000)
    return n["arrival"](walk) < 1000


def rise(kappa):
    """Return the largest error on the way with Polyak's pair, over the first one."""
    path = names("03")["walk_down"](kappa, Momentum(*polyak(1, kappa)), 1000)
    error = np.hypot(*path.T)
    return error.max() / error[0]


# The digits, and the map


def test_the_slope_of_the_digits_is_that_of_their_cost():
    n, rng = names("deeper/03"), np.random.default_rng(301)

    def cost(theta):
        return np.mean((n["x"] @ theta - n["y"]) ** 2) / 2 + 0.01 / 2 * theta @ theta

    theta, way = rng.normal(size=(2, 64))
    rise = cost(theta + way) - cost(theta - way)  # exact, on a quadratic
    assert rise == pytest.approx(2 * way @ n["digits_slope"](theta, 0))


def test_off_the_quadratic_momentum_diverges_below_that_border():
    """So the border 2(1 + β) is said of quadratics; that of gradient descent holds."""

    def kinked(theta, t):  # the slope of a convex cost, of curvatures 1 and 0.35
        return np.where(theta < 0, theta, 0.35 * theta)

    starts = np.random.default_rng(311).uniform(0.5, 2, size=(20, 1))
    inside = Momentum(3.4, 0.9)  # below 3.8
    assert not np.any(np.abs(descend(kinked, starts, inside, 400)[-1]) < 1e8)
    for slope, rule in (kinked, SGD(1.99)), (slope_of(1), inside):
        assert np.abs(descend(slope, starts, rule, 400)[-1]).max() < 0.1


# Polyak's pair


def test_the_slider_shows_the_walk_of_where_it_stands():
    n = names("03")
    for lr, kappa, beta in (7, 1, 3), (15, 2, 6), (24, 3, 11), (30, 0, 0):
        at = [
            values[k]
            for values, k in zip(n["ranges"].values(), (lr, kappa, beta), strict=True)
        ]
        (bar, *falls), told, (met,) = n["bar_on_the_map"].draw(*at)
        assert bar.get_xydata().tolist() == [[at[0], at[2]], [at[0] * at[1], at[2]]]
        path = n["walk_down"](at[1], Momentum(at[0], at[2]), 400)
        for fall, error in zip(falls, np.abs(path[::5]).T, strict=True):
            np.testing.assert_array_equal(fall.get_ydata(), error)
        steps = n["arrival"](path)
        assert (f"1e-6 in {steps} steps" if steps <= 400 else "no 1e-6 in 400") in told
        assert met == (at[1] == 100 and steps <= 100)
    steps = every_arrival(n)[:, 2]  # κ = 100
    assert 1 < np.sum(steps <= 100) < 10  # it is a challenge
    assert steps[:, 0].min() > 400  # and cannot be met without momentum


# Going deeper


@pytest.mark.parametrize("seed", range(5))
def test_no_momentum_is_lower_than_conjugate_gradients_at_any_step(seed):
    n, rng = names("deeper/03"), np.random.default_rng([311, seed])
    start = n["minimum"] + rng.normal(size=64)
    rules = [SGD(2 / (n["L"] + n["mu"])), Momentum(*polyak(n["mu"], n["L"]))]
    rules += [Momentum(*pair) for pair in rng.uniform([0.01, 0], [0.19, 0.99], (8, 2))]
    paths = [n["conjugate_gradients"](start, 30)]
    paths += [descend(n["digits_slope"], start, rule, 30) for rule in rules]
    best, *others = (
        ((p - n["minimum"]) @ n["directions"]) ** 2 @ n["curvatures"] for p in paths
    )
    for other in others:
        assert np.all(best <= other * (1 + 1e-9))
        assert best[10] < 0.1 * other[10]  # by far


@pytest.mark.parametrize("seed", range(3))
def test_conjugate_gradients_reach_the_lowest_point_of_the_gradients_seen(seed):
    n = names("deeper/03")
    start = n["minimum"] + np.random.default_rng([312, seed]).normal(size=64)
    path, best = n["conjugate_gradients"](start, 6), []
    for t in range(1, 7):
        seen = np.array([n["digits_slope"](theta, 0) for theta in path[:t]]).T
        x = np.linalg.solve(seen.T @ n["H"] @ seen, seen.T @ (n["b"] - n["H"] @ start))
        best.append(start + seen @ x)
    np.testing.assert_allclose(path[1:], best, atol=1e-7)


def test_they_are_momentum_with_new_numbers_in_each_step():
    n = names("deeper/03")
    theta, before = n["best_path"][1:-1], n["best_path"][:-2]
    for now, last, then in zip(n["best_path"][2:20], theta, before, strict=False):
        directions = np.array([n["digits_slope"](last, 0), last - then]).T
        (lr, beta), *_ = np.linalg.lstsq(directions, now - last, rcond=None)
        assert lr < 0 < beta
        np.testing.assert_allclose(directions @ [lr, beta], now - last, atol=1e-8)
