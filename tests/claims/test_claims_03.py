"""What notebook 03 says in prose: measures for its table, and proofs."""

from functools import cache

import numpy as np
import pytest

from tests.claims.measures import side, within  # noqa: F401
from tests.claims.taught import names, panels
from utils import costs
from utils.descent import descend, sampled
from utils.optimizers import SGD, Momentum, Nesterov

SGD_ALL = "SGD, all the data"


def slope_of(curvature):
    return lambda theta, t: curvature * theta


def roots(step, beta):
    """Return the eigenvalues of a step of momentum along a direction; step is ηλ."""
    matrix = np.array([[beta, step], [-beta, 1 - step]])
    return np.linalg.eigvals(np.moveaxis(matrix, (0, 1), (-2, -1)))


def rho(step, beta):
    return np.abs(roots(*np.broadcast_arrays(step, beta))).max(axis=-1)


def polyak(mu, L):
    root = (np.sqrt(L) - np.sqrt(mu)) / (np.sqrt(L) + np.sqrt(mu))
    return (1 + root) ** 2 / L, root**2  # the right end of the bar on the dashed line


# Measures of the table; n holds the names of the notebook


def kappa_of(cost):
    return np.linalg.cond(cost.gradient(np.eye(2)))


def steady(beta):
    """Return the lengths of momentum's steps along a gradient of 1, in η."""
    path = descend(lambda theta, t: np.ones(1), [0.0], Momentum(1.0, beta), 200)
    return -np.diff(path[:, 0])


def strides(n, axis):
    """Return the steps without memory and with it, along the ravine (0) or across."""
    _, axes = np.linalg.eigh(n["ravine"].gradient(np.eye(2)))
    return [np.abs(np.diff(n[walk] @ axes[:, axis])) for walk in ("memoryless", "walk")]


def alternates(n, walk):
    """Say whether the error across the ravine changes sign in each step."""
    _, axes = np.linalg.eigh(n["ravine"].gradient(np.eye(2)))
    across = n[walk] @ axes[:, 1]
    return np.all(across[1:] * across[:-1] < 0)


def swung(step, beta):
    """Return the way that a direction swings in all, from an error of 1."""
    return np.abs(descend(slope_of(1.0), [1.0], Momentum(step, beta), 300)).sum()


def largest_rate(n, beta):
    """Return the largest ηλ that converges."""
    step = np.linspace(0, 4.5, 4501)
    return step[n["shrink_factor"](step, beta) < 1 - 1e-9].max()


def along_one(n):
    """Return a walk of momentum from the steepest eigenvector, along all of them."""
    start = n["directions"][:, -1]
    walk = descend(lambda theta, t: n["H"] @ theta, start, Momentum(0.05, 0.9), 50)
    return walk @ n["directions"]


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
    _, ax, _ = panels("03", "polyak-figure")
    (line,) = (line for line in ax.lines if line.get_label() == name)
    return line.get_ydata()


def larger_outside(n):
    """Say whether ρ is √β up to the right end of the dashed line, and larger beyond."""
    end, least = (1 + np.sqrt(0.7)) ** 2, np.sqrt(0.7)
    inside, outside = n["shrink_factor"](end * np.array([0.99, 1.01]), 0.7)
    return np.isclose(inside, least) and outside > least + 0.01


def pairs_agree(n):
    """Say whether random pairs converge, and swing, within the lines of the map."""
    step, beta = np.random.default_rng(303).uniform(0, [[4.5], [1]], (2, 1000))
    rate, edge = n["shrink_factor"](step, beta), np.sqrt(beta)
    inside = ((1 - edge) ** 2 < step) & (step < (1 + edge) ** 2)
    left = step < 2 * (1 + beta)
    return np.array_equal(rate < 1, left) and np.array_equal(
        np.isclose(rate, edge), inside
    )


def way_of_the_dashed_line():
    """Say where the dashed line of the map begins, how it goes on, and where."""
    ax = panels("03", "map-figure")[0]
    (line,) = (line for line in ax.lines if "±" in line.get_label())
    (x, y), low = line.get_data(), line.get_ydata().argmin()
    return x[0] < x[low], y[low] < y[0], x[low], y[-1] > y[low], x[-1]


def rate_in_its_place(n):
    """Return how many times the rate does without momentum what β = 0.9 does."""
    step = np.geomspace(1e-4, 0.9999 * (1 - np.sqrt(0.9)) ** 2, 100)
    return np.log(n["shrink_factor"](step, 0.9)) / np.log(1 - step)


def bar_moves(n):
    """Say whether β lifts the bar of the slider, η shifts it, and κ makes it longer."""

    def bar(**change):
        (line, *_), *_ = n["bar_on_the_map"].draw(**(n["begin"] | change))
        return line.get_xdata(), line.get_ydata()[0]

    (x, y), (_, higher) = bar(), bar(beta=0.6)
    (shifted, same), (longer, _) = bar(lr=0.1), bar(kappa=1000)
    sideways = shifted[0] > x[0] and np.isclose(np.divide(*shifted), np.divide(*x))
    return higher > y, sideways and same == y, np.divide(*longer) < np.divide(*x)


def fewest(n):
    """Return the η, β and steps of the slider's best position, at κ = 100."""
    lr, kappa, beta = n["positions"]
    steps = np.where(kappa == 100, n["every_arrival"], 401)
    best = np.unravel_index(steps.argmin(), steps.shape)
    return lr[best], beta[best], steps[best]


def one_notch_further(n):
    """Return ηL one notch beyond the best of the slider, and the limit."""
    lr, beta, _ = fewest(n)
    notch = n["ranges"]["lr"][1] / n["ranges"]["lr"][0]
    return 100 * lr * notch, 2 * (1 + beta)


def beside_polyak(n):
    """Say whether the slider's best has a larger β, a worse ρ and a smaller detour."""
    lr, beta, _ = fewest(n)
    pairs = (lr, beta), (n["best_lr"], n["best_beta"])
    detour, polyaks = (
        np.hypot(*n["walk_down"](100.0, Momentum(*pair), 100).T).max() for pair in pairs
    )
    worse = rho(lr * 100, beta) > np.sqrt(n["best_beta"])
    return beta > n["best_beta"], worse, detour < 0.8 * polyaks


def arrives_with(n, factor):
    """Say whether Polyak's pair arrives on the digits if L is taken so many times."""
    rule = Momentum(*n["polyak"](n["mu"], factor * n["L"]))
    walk = descend(slope_of(n["curvatures"]), np.ones(64), rule, 1000)
    return n["arrival"](walk) < 1000


def slopes_of_the_formula(n):
    """Return the slopes of ln(steps) against ln κ: without momentum, and with it."""
    kappa = np.array([1e4, 1e8])
    steps = [1 / np.log((k + 1) / (k - 1)) for k in (kappa, np.sqrt(kappa))]
    return np.diff(np.log(steps))[:, 0] / np.log(1e4)


@cache
def polyak_steps(kappa):
    """Count the steps with the closed form of the double roots, not with the loop."""
    root, t = (np.sqrt(kappa) - 1) / (np.sqrt(kappa) + 1), np.arange(1, 20_000)
    flat, steep = (np.abs(r) ** t * (1 + (1 - r) * t) for r in (root, -root))
    return 1 + np.flatnonzero(np.hypot(flat, steep) > 1e-6 * np.sqrt(2))[-1] + 1


def shares_left(n, name):
    """Return the share of the error that is left in each direction after 150 steps."""
    return np.abs(n["digits_walks"][name][150] @ n["directions"])


def digits_rise(n, direction):
    """Return how often its start an error of the digits is at most, with momentum."""
    error = np.abs(n["digits_walks"]["Momentum"] @ n["directions"][:, direction])
    return error.max() / error[0]


def higher_up_to_one_plus_beta(n):
    """Say whether momentum has the higher floor up to ηλ = 1 + β, and only there."""
    eta = np.linspace(0.01, 1.99, 397)
    return all(
        np.array_equal(n["floor"](eta, beta) > n["floor"](eta, 0), eta < 1 + beta)
        for beta in (0.507, 0.903)
    )


def lowest_floor(n, steps):
    """Return for each β how low the floor can be within so many steps per factor."""
    return np.array([gap[time <= steps].min() for time, gap in n["trade"].values()])


def at_its_fastest(n, beta):
    time, gap = n["trade"][beta]
    return gap[time.argmin()]


def price_of(beta):
    """Return the steps per factor 1/e and the mean height, as the text defines them."""
    lr = np.geomspace(1e-5, 0.0199 * (1 + beta), 3000)
    slowest = np.maximum(*(rho(lr * curvature, beta) for curvature in (1, 100)))
    heights = (
        lr * (1 + beta) / ((1 - beta) * (2 * (1 + beta) - lr * curvature)) / 2
        for curvature in (1, 100)
    )
    return 1 / np.log(1 / slowest), sum(heights)


def above_minimum(n, path):
    """Return J above its minimum, of errors of the digits."""
    return np.einsum("ti,ij,tj->t", path, n["H"], path) / 2


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
    J = n["ravine"](descend(n["ravine"].gradient, n["ravine"].start, rule, 60)[-1])
    return J[0], J.min(), rates[J.argmin()]


def along_the_mean(n):
    """Return the cosine of the steepest direction and the mean digit."""
    mean = n["x"].mean(axis=0)
    return abs(n["directions"][:, -1] @ mean) / np.linalg.norm(mean)


def centred_kappa(n):
    centred = n["x"] - n["x"].mean(axis=0)
    return np.linalg.cond(centred.T @ centred / len(centred) + 0.01 * np.eye(64))


# The update


@pytest.mark.parametrize("beta", [0.0, 0.5, 0.9, 0.97])
def test_the_velocity_is_the_sum_of_faded_gradients(beta):
    gradients = np.random.default_rng(300).normal(size=(300, 3))
    momentum, theta = Momentum(0.1, beta), np.zeros(3)
    state = momentum.init(theta)
    for t, g in enumerate(gradients, 1):
        theta, state = momentum.step(theta, g, state, t)
    np.testing.assert_allclose(state.v, beta ** np.arange(299, -1, -1) @ gradients)


def test_kerass_velocity_gives_the_same_path_only_while_the_rate_is_constant():
    for rates, same in (np.full(50, 0.01), True), (np.geomspace(0.1, 0.001, 50), False):
        theta = ours = 1.0
        v = w = 0.0
        for rate in rates:
            v, w = 0.9 * v + ours, 0.9 * w - rate * theta
            ours, theta = ours - rate * v, theta + w
        assert np.isclose(theta, ours, rtol=1e-9) == same


# The digits, and the map


def test_the_slope_of_the_digits_is_that_of_their_cost():
    n, rng = names("03"), np.random.default_rng(301)

    def cost(theta):
        return np.mean((n["x"] @ theta - n["y"]) ** 2) / 2 + 0.01 / 2 * theta @ theta

    theta, way = rng.normal(size=(2, 64))
    rise = cost(theta + way) - cost(theta - way)  # exact, on a quadratic
    assert rise == pytest.approx(2 * way @ n["digits_slope"](theta, 0))


def test_a_step_of_momentum_is_the_matrix_along_each_eigenvector():
    ravine = costs.quadratic(kappa=9, angle=30)
    _, axes = np.linalg.eigh(ravine.gradient(np.eye(2)))
    path = descend(ravine.gradient, ravine.start, Momentum(0.13, 0.6), 40) @ axes
    for error, step in zip(path.T, (0.13, 0.13 * 9), strict=True):
        state = np.array([0.0, error[0]])
        for e in error[1:]:
            state = np.array([[0.6, step], [-0.6, 1 - step]]) @ state
            assert e == pytest.approx(state[1], abs=1e-12)


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


@pytest.mark.parametrize("kappa", [2.0, 7.0, 40.0, 300.0, 5000.0])
def test_no_pair_beats_polyaks(kappa):
    lr, beta = polyak(1, kappa)
    best = (np.sqrt(kappa) - 1) / (np.sqrt(kappa) + 1)
    assert lr == pytest.approx(4 / (np.sqrt(kappa) + 1) ** 2)
    assert max(rho(lr, beta), rho(lr * kappa, beta)) == pytest.approx(best, abs=1e-6)
    rng = np.random.default_rng([304, int(kappa)])
    near = np.array([[lr], [beta]]) * np.exp(rng.normal(scale=0.05, size=(2, 2000)))
    far = rng.uniform(0, [[4 / kappa], [1]], (2, 2000))
    for lrs, betas in near, far:
        betas = np.minimum(betas, 0.9999)
        assert np.maximum(rho(lrs, betas), rho(lrs * kappa, betas)).min() > best


def test_a_lower_bar_that_sticks_out_does_not_fit_in_either():
    """Both roots are within R so far to the left and right; the widest is Polyak's."""
    step, beta, R = np.random.default_rng(312).uniform(0, [[4], [1], [1]], (3, 20_000))
    within_both = (beta <= R**2) & (np.abs(1 + beta - step) <= R + beta / R)
    assert np.array_equal(within_both, rho(step, beta) <= R)
    low, high = ((1 + s * R) * (1 + s * beta / R) for s in (-1, 1))
    inside = beta < R**2  # there the bar may be from low to high
    assert np.all((high / low < ((1 + R) / (1 - R)) ** 2)[inside])
    for end in low, high:
        assert np.allclose(rho(end, beta)[inside], R[inside])


def test_both_ends_of_polyaks_bar_are_double_roots_and_the_rest_swings():
    lr, beta = polyak(0.3, 50)
    root = np.sqrt(beta)
    np.testing.assert_allclose([lr * 0.3, lr * 50], [(1 - root) ** 2, (1 + root) ** 2])
    between = np.linspace(0.31, 49.9, 500)
    assert np.all(np.abs(roots(lr * between, np.full(500, beta)).imag) > 0)


@pytest.mark.parametrize("kappa", [400.0, 2500.0, 40_000.0])
def test_the_steep_error_rises_to_root_kappa_over_e(kappa):
    path = names("03")["walk_down"](kappa, Momentum(*polyak(1, kappa)), 1000)
    flat, steep = np.abs(path).T
    assert steep.max() == pytest.approx(np.sqrt(kappa) / np.e, rel=1 / kappa + 0.002)
    assert steep.argmax() == pytest.approx(np.sqrt(kappa) / 2, abs=1)
    assert flat.max() == 1
    distance = np.hypot(flat, steep)
    assert distance.max() / distance[0] == pytest.approx(steep.max() / 1.414, rel=0.02)


def test_the_slider_shows_the_walk_of_where_it_stands():
    n = names("03")
    for lr, kappa, beta in (7, 1, 3), (15, 2, 6), (24, 3, 13), (30, 0, 0):
        at = [
            values[k]
            for values, k in zip(n["ranges"].values(), (lr, kappa, beta), strict=True)
        ]
        (_, _, trail, fall), told, (met,) = n["bar_on_the_map"].draw(*at)
        path = n["walk_down"](at[1], Momentum(at[0], at[2]), 400)
        np.testing.assert_array_equal(trail.get_xydata(), path[:101])
        error = np.hypot(*path[::5].T) / np.sqrt(2)
        np.testing.assert_allclose(fall.get_ydata(), error)
        steps = n["arrival"](path)
        assert (f"1e-6 in {steps} steps" if steps <= 400 else "no 1e-6 in 400") in told
        assert met == (at[1] == 100 and steps <= 93)
    steps = n["every_arrival"][:, 2]  # κ = 100
    assert 1 < np.sum(steps <= 93) < 10  # it is a challenge
    assert steps[:, 0].min() > 400  # and cannot be met without momentum


# Noise


@pytest.mark.parametrize("seed", range(5))
def test_the_noise_floor_and_its_derivation_are_the_fixed_point_of_the_covariance(seed):
    rng = np.random.default_rng([306, seed])
    curvature, sigma, beta = rng.uniform(0.2, 5), rng.uniform(0.2, 3), rng.uniform()
    lr = rng.uniform() * 2 * (1 + beta) / curvature
    step = lr * curvature
    matrix, kick = np.array([[beta, step], [-beta, 1 - step]]), lr * np.array([1, -1])
    linear, noise = np.eye(4) - np.kron(matrix, matrix), np.outer(kick, kick)
    U, C, _, E = np.linalg.solve(linear, sigma**2 * noise.ravel())
    room = (1 - beta) * (2 * (1 + beta) - step)
    assert pytest.approx(lr * sigma**2 * (1 + beta) / (curvature * room)) == E
    assert pytest.approx(2 * lr**2 * sigma**2 / room) == U
    assert pytest.approx(-U / 2) == C
    assert beta * C + step * E == pytest.approx(U / 2)
    assert step * E == pytest.approx((1 + beta) / 2 * U)


@pytest.mark.parametrize("replace", [True, False])
def test_tenfold_is_of_fresh_noise_and_in_shuffled_epochs_it_is_more(replace):
    samples = np.random.default_rng(312).normal(size=60)
    samples -= samples.mean()

    def slope(theta, sample):
        return theta - sample

    batch = sampled(slope, (samples,), 1, 313, replace=replace, runs=(300,))
    rule = Momentum(0.01, np.array([[[0.0]], [[0.9]]]))
    squares = descend(
        batch, np.zeros((2, 300, 1)), rule, 3000, lambda theta: np.mean(theta**2, 1)
    )
    plain, momentum = squares[1000:].mean(axis=0)[:, 0]
    times = momentum / plain
    assert 9 < times < 11 if replace else times > 15


# Going deeper


@pytest.mark.parametrize("seed", range(5))
def test_no_momentum_is_lower_than_conjugate_gradients_at_any_step(seed):
    n, rng = names("03"), np.random.default_rng([311, seed])
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
    n = names("03")
    start = n["minimum"] + np.random.default_rng([312, seed]).normal(size=64)
    path, best = n["conjugate_gradients"](start, 6), []
    for t in range(1, 7):
        seen = np.array([n["digits_slope"](theta, 0) for theta in path[:t]]).T
        x = np.linalg.solve(seen.T @ n["H"] @ seen, seen.T @ (n["b"] - n["H"] @ start))
        best.append(start + seen @ x)
    np.testing.assert_allclose(path[1:], best, atol=1e-7)


def test_they_are_momentum_with_new_numbers_in_each_step():
    n = names("03")
    theta, before = n["best_path"][1:-1], n["best_path"][:-2]
    for now, last, then in zip(n["best_path"][2:20], theta, before, strict=False):
        directions = np.array([n["digits_slope"](last, 0), last - then]).T
        (lr, beta), *_ = np.linalg.lstsq(directions, now - last, rcond=None)
        assert lr < 0 < beta
        np.testing.assert_allclose(directions @ [lr, beta], now - last, atol=1e-8)


def test_on_the_bent_cost_polyaks_pair_cycles_and_the_others_arrive():
    bent, starts = names("03")["bent"], np.linspace(3.1, 3.45, 8)[:, None]
    path = descend(bent, starts, Momentum(*polyak(1, 25)), 600)[..., 0]
    np.testing.assert_allclose(path[598:], path[595:598], atol=1e-9)
    cycle = np.tile([[-1.80], [0.65], [2.12]], 8)
    np.testing.assert_allclose(np.sort(path[598:], axis=0), cycle, atol=0.005)
    anywhere = np.linspace(-5, 5, 101)[:, None]
    for rule in SGD(2 / 26), Nesterov(1 / 25, 4 / 6):
        assert np.abs(descend(bent, anywhere, rule, 400)[-1]).max() < 1e-9
