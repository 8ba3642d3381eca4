"""What notebook 03 says in prose, as mathematics or with other numbers than its own."""

import re
from functools import cache

import numpy as np
import pytest

from tests.claims.taught import cells, names, printed
from tests.claims.texts import NUMBER
from utils import costs, figures
from utils.descent import descend, sampled
from utils.optimizers import SGD, Momentum, Nesterov

KAPPAS = 10.0 ** np.arange(1, 5)
SGD_ALL = "SGD, all the data"
COUNT = "count-code", "count-figure"
RATIOS = np.array([1.0, 2.0, 7.0, 40.0, 300.0, 5000.0])  # condition numbers to try


def roots(step, beta):
    """The eigenvalues of one step of momentum along a direction; step is ηλ."""
    matrix = np.array([[beta, step], [-beta, 1 - step]])
    return np.linalg.eigvals(np.moveaxis(matrix, (0, 1), (-2, -1)))


def rho(step, beta):
    return np.abs(roots(*np.broadcast_arrays(step, beta))).max(axis=-1)


def polyak(mu, L):
    root = (np.sqrt(L) - np.sqrt(mu)) / (np.sqrt(L) + np.sqrt(mu))
    return (1 + root) ** 2 / L, root**2  # the right end of the bar on the dashed line


def first_below(error, goal=1e-6):
    """The step from which the error stays below its share of the first error."""
    return np.flatnonzero(error > goal * error[0])[-1] + 1


TAUGHT = cells("03", "one-code", "bar-code", "polyak-code", "two-code", "beyond-code")


def needed(kappa, optimizer, steps):
    return TAUGHT["arrival"](TAUGHT["walk_down"](float(kappa), optimizer, steps))


# The update


@pytest.mark.parametrize("angle", [0, 20, 45, 77, 90])
def test_at_the_same_rate_momentum_is_a_million_times_lower_in_the_ravine(angle):
    ravine = costs.quadratic(kappa=50, angle=angle)
    ends = [
        ravine(descend(ravine.gradient, ravine.start, rule, 60)[-1])
        for rule in (SGD(0.035), Momentum(0.035, 0.7), SGD(2 / 51))
    ]
    assert ends[0] > 1e6 * ends[1]
    assert ends[2] > 1e6 * ends[1]


@pytest.mark.parametrize("beta", [0.0, 0.5, 0.9, 0.97])
def test_the_velocity_is_the_sum_of_faded_gradients(beta):
    gradients = np.random.default_rng(300).normal(size=(300, 3))
    momentum, theta = Momentum(0.1, beta), np.zeros(3)
    state = momentum.init(theta)
    for t, g in enumerate(gradients, 1):
        theta, state = momentum.step(theta, g, state, t)
    np.testing.assert_allclose(state.v, beta ** np.arange(299, -1, -1) @ gradients)


@pytest.mark.parametrize("beta", [0.5, 0.9, 0.97])
def test_equal_gradients_add_up_and_alternating_ones_cancel(beta):
    velocities = {1: 0.0, -1: 0.0}
    for t in range(2000):
        for sign in velocities:
            velocities[sign] = beta * velocities[sign] + float(sign) ** t
    assert velocities[1] == pytest.approx(1 / (1 - beta))
    assert abs(velocities[-1]) == pytest.approx(1 / (1 + beta))


@pytest.mark.parametrize("seed", range(5))
def test_with_changing_signs_momentum_bears_a_larger_rate(seed):
    curvature = np.random.default_rng([309, seed]).uniform(0.1, 30)
    ends = [
        descend(lambda theta, t: curvature * theta, [1.0], rule, 2000)[-1, 0]
        for rule in (SGD(2.1 / curvature), Momentum(2.1 / curvature, 0.2))
    ]
    assert np.isnan(ends[0]) or abs(ends[0]) > 1e6
    assert abs(ends[1]) < 1e-6


def test_along_the_ravine_the_steps_of_momentum_are_longer():
    n = names("03")
    _, axes = np.linalg.eigh(n["ravine"].gradient(np.eye(2)))
    steps = [np.abs(np.diff(n[walk] @ axes[:, 0])) for walk in ("memoryless", "walk")]
    assert np.all(steps[1][1:12] > 1.5 * steps[0][1:12])


def test_across_the_ravine_momentum_does_not_make_each_step_shorter():
    n = names("03")  # so the text must not say it does, as it once did
    _, axes = np.linalg.eigh(n["ravine"].gradient(np.eye(2)))
    steps = [np.abs(np.diff(n[walk] @ axes[:, 1])) for walk in ("memoryless", "walk")]
    assert np.mean(steps[1] > steps[0]) > 0.8


def test_near_its_border_gradient_descent_swings_more_than_with_momentum():
    """So "here the swings die away no faster" is of this ravine's η and β alone."""
    sums = {}
    for step in 1.75, 1.95:
        for beta in 0.0, 0.3, 0.7:
            rule = Momentum(step, beta)
            walk = descend(lambda theta, t: theta, [1.0], rule, 300)
            sums[step, beta] = np.abs(walk).sum()
    assert sums[1.75, 0.7] > sums[1.75, 0.0] > 1.5 * sums[1.75, 0.3]
    assert sums[1.95, 0.0] > 3 * max(sums[1.95, 0.3], sums[1.95, 0.7])


# Section 1: the digits


@cache
def linear_model():
    """Return curvatures and directions of the linear model of the digits."""
    n = cells("03", "slow-code")
    return n["curvatures"], n["directions"]


def test_the_slope_of_the_digits_is_that_of_their_cost():
    n, rng = cells("03", "slow-code"), np.random.default_rng(301)

    def cost(theta):
        return np.mean((n["x"] @ theta - n["y"]) ** 2) / 2 + 0.01 / 2 * theta @ theta

    theta, way = rng.normal(size=(2, 64))
    rise = cost(theta + way) - cost(theta - way)  # exact, on a quadratic
    assert rise == pytest.approx(2 * way @ n["digits_slope"](theta, 0))


def test_the_digits_have_a_condition_number_of_about_a_thousand():
    curvatures, _ = linear_model()
    assert len(curvatures) == 64
    assert curvatures[-1] / curvatures[0] == pytest.approx(1047, abs=0.5)


def test_gradient_descent_leaves_most_directions_of_the_digits_behind():
    curvatures, directions = linear_model()
    hessian = directions * curvatures @ directions.T
    rate = 2 / (curvatures[0] + curvatures[-1])
    start = directions.sum(axis=1)
    path = descend(lambda theta, t: hessian @ theta, start, SGD(rate), 150)
    errors = np.abs(path @ directions)
    t = np.arange(151)[:, None]
    np.testing.assert_allclose(errors, np.abs(1 - rate * curvatures) ** t, atol=1e-12)
    assert round(100 * np.mean(errors[100] > 0.5)) == 59
    ends = errors[100, [0, -1]]  # the flattest and the steepest: the slowest two
    np.testing.assert_allclose(ends, errors[100].max())
    assert errors[150, 0] == pytest.approx(0.75, abs=0.005)


# Section 2: the map


def test_a_step_of_momentum_is_the_matrix_along_each_eigenvector():
    ravine = costs.quadratic(kappa=9, angle=30)
    _, axes = np.linalg.eigh(ravine.gradient(np.eye(2)))
    path = descend(ravine.gradient, ravine.start, Momentum(0.13, 0.6), 40) @ axes
    for error, step in zip(path.T, (0.13, 0.13 * 9), strict=True):
        state = np.array([0.0, error[0]])
        for e in error[1:]:
            state = np.array([[0.6, step], [-0.6, 1 - step]]) @ state
            assert e == pytest.approx(state[1], abs=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_the_eigenvalues_solve_the_quadratic_equation(seed):
    step, beta = np.random.default_rng([301, seed]).uniform(0, [[5], [1]], (2, 1000))
    sigma = roots(step, beta)
    residue = sigma**2 - (1 + beta - step)[:, None] * sigma + beta[:, None]
    np.testing.assert_allclose(residue, 0, atol=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_momentum_converges_if_and_only_if_the_step_is_below_two_times_one_plus_beta(
    seed,
):
    step, beta = np.random.default_rng([302, seed]).uniform(0, [[5], [1]], (2, 1000))
    inside = step < 2 * (1 + beta)
    np.testing.assert_array_equal(rho(step, beta) < 1, inside)
    near = np.abs(step / (2 * (1 + beta)) - 1) < 0.01
    settled = (step > 0.02) & (beta < 0.97) & ~near
    rule = Momentum(step[:, None], beta[:, None])
    ends = descend(lambda theta, t: theta, [1.0], rule, 3000, every=3000)[-1, :, 0]
    np.testing.assert_array_equal((np.abs(ends) < 1e-3)[settled], inside[settled])


def test_off_the_quadratic_momentum_diverges_below_that_border():
    """So the border 2(1 + β) is said of quadratics; that of gradient descent holds."""

    def kinked(theta, t):  # the slope of a convex cost, of curvatures 1 and 0.35
        return np.where(theta < 0, theta, 0.35 * theta)

    starts = np.random.default_rng(311).uniform(0.5, 2, size=(20, 1))
    inside = Momentum(3.4, 0.9)  # below 3.8
    assert not np.any(np.abs(descend(kinked, starts, inside, 400)[-1]) < 1e8)
    for slope, rule in (kinked, SGD(1.99)), (lambda theta, t: theta, inside):
        assert np.abs(descend(slope, starts, rule, 400)[-1]).max() < 0.1


@pytest.mark.parametrize("seed", range(5))
def test_where_it_swings_the_rate_is_root_beta_and_elsewhere_it_is_worse(seed):
    step, beta = np.random.default_rng([303, seed]).uniform(0, [[5], [1]], (2, 1000))
    edges = (1 - np.sqrt(beta)) ** 2, (1 + np.sqrt(beta)) ** 2
    swings = (edges[0] < step) & (step < edges[1])
    sigma = roots(step, beta)
    np.testing.assert_array_equal(np.abs(sigma[:, 0].imag) > 0, swings)
    np.testing.assert_allclose(rho(step, beta)[swings], np.sqrt(beta[swings]))
    assert np.all(rho(step, beta)[~swings] > np.sqrt(beta[~swings]))


@pytest.mark.parametrize("beta", [0.0, 0.1, 0.5, 0.9, 0.99])
def test_a_root_leaves_the_circle_at_minus_one_and_nowhere_else(beta):
    limit = 2 * (1 + beta)
    at_limit = roots(*np.broadcast_arrays(limit, beta))
    assert np.abs(at_limit + 1).min() < 1e-12 and np.abs(at_limit).max() < 1 + 1e-12
    for step, outside in (limit - 1e-3, False), (limit + 1e-3, True), (-1e-3, True):
        assert (rho(step, beta) > 1) == outside
    at_zero = roots(*np.broadcast_arrays(0.0, beta))
    assert np.abs(at_zero - 1).min() < 1e-12  # r = 1 says ηλ = 0
    edge = (1 - np.sqrt(beta)) ** 2
    inside = edge + np.linspace(0.01, 0.99, 50) * 4 * np.sqrt(beta)
    pair = roots(*np.broadcast_arrays(inside, beta))
    np.testing.assert_allclose(np.prod(pair, axis=-1).real, beta, atol=1e-12)
    assert np.abs(pair).max() < 1 or beta == 0


def test_four_pairs_have_four_characters():
    crawls, swings, bounces, diverges = (
        roots(*pair) for pair in ((0.1, 0.05), (0.4, 0.7), (2.25, 0.2), (3.25, 0.6))
    )
    assert np.isreal(crawls).all() and np.all(crawls > 0) and np.all(crawls < 1)
    assert not np.isreal(swings).any()
    assert np.isreal(bounces).all() and np.all(bounces < 0) and np.all(bounces > -1)
    assert np.abs(diverges).max() > 1


def test_twice_the_rate_is_no_faster_for_a_direction_that_swings():
    assert rho(0.4, 0.7) == pytest.approx(rho(0.8, 0.7), abs=1e-12)


# Section 3: the best pair


@pytest.mark.parametrize(("kappa", "steps"), [(10, 69), (100, 691), (1000, 6908)])
def test_the_best_gradient_descent_takes_this_many_steps(kappa, steps):
    assert needed(kappa, SGD(2 / (1 + kappa)), steps + 10) == steps
    for other in 1.9 / (1 + kappa), 2.001 / (1 + kappa):
        assert needed(kappa, SGD(other), 2 * steps) > steps


def test_gradient_descent_at_ten_thousand_takes_69078_steps():
    assert np.ceil(np.log(1e6) / np.log(10_001 / 9_999)) == 69_078


@pytest.mark.parametrize("kappa", RATIOS[1:])
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
    within = (beta <= R**2) & (np.abs(1 + beta - step) <= R + beta / R)
    assert np.array_equal(within, rho(step, beta) <= R)
    low, high = ((1 + s * R) * (1 + s * beta / R) for s in (-1, 1))
    inside = beta < R**2  # there the bar may be from low to high
    assert np.all((high / low < ((1 + R) / (1 - R)) ** 2)[inside])
    for end in low, high:
        assert np.allclose(rho(end, beta)[inside], R[inside])


@pytest.mark.parametrize("kappa", RATIOS[1:])
def test_polyaks_pair_diverges_if_its_rate_is_larger_by_the_part_one_over_kappa(kappa):
    lr, beta = polyak(1, kappa)
    for part, outside in (0.99, False), (1.01, True):
        assert (rho(lr * kappa * (1 + part / kappa), beta) > 1) == outside


@pytest.mark.parametrize("seed", range(3))
def test_on_the_digits_l_may_be_a_little_too_large_but_not_too_small(seed):
    curvatures, _ = linear_model()
    mu, L = curvatures[[0, -1]]
    start = np.random.default_rng([314, seed]).normal(size=64)

    def steps(factor):
        rule = Momentum(*polyak(mu, factor * L))
        path = descend(lambda theta, t: curvatures * theta, start, rule, 2000)
        return TAUGHT["arrival"](path)

    assert steps(0.995) == 2001  # not there
    for larger in 1.01, 1.02, 1.1:
        assert steps(larger) < 1.05 * steps(1)


@pytest.mark.parametrize("seed", range(5))
def test_on_the_digits_momentum_has_the_higher_cost_for_some_84_steps(seed):
    curvatures, _ = linear_model()
    mu, L = curvatures[[0, -1]]
    start = np.random.default_rng([313, seed]).normal(size=64)
    plain, momentum = (
        descend(lambda theta, t: curvatures * theta, start, rule, 400) ** 2 @ curvatures
        for rule in (SGD(2 / (mu + L)), Momentum(*polyak(mu, L)))
    )
    behind = np.flatnonzero(momentum > plain)
    np.testing.assert_array_equal(behind, np.arange(1, len(behind) + 1))
    assert len(behind) == pytest.approx(84, abs=3)


def test_both_ends_of_polyaks_bar_are_double_roots_and_the_rest_swings():
    lr, beta = polyak(0.3, 50)
    root = np.sqrt(beta)
    np.testing.assert_allclose([lr * 0.3, lr * 50], [(1 - root) ** 2, (1 + root) ** 2])
    between = np.linspace(0.31, 49.9, 500)
    assert np.all(np.abs(roots(lr * between, np.full(500, beta)).imag) > 0)


@cache
def polyak_steps(kappa):
    """Count the steps with the closed form of the double roots, not with the loop."""
    root, t = (np.sqrt(kappa) - 1) / (np.sqrt(kappa) + 1), np.arange(1, 20_000)
    flat, steep = (np.abs(r) ** t * (1 + (1 - r) * t) for r in (root, -root))
    return 1 + np.flatnonzero(np.hypot(flat, steep) > 1e-6 * np.sqrt(2))[-1] + 1


@pytest.mark.parametrize(
    ("kappa", "steps"), [(10, 27), (100, 93), (1000, 315), (10_000, 1056)]
)
def test_momentum_with_polyaks_pair_takes_this_many_steps(kappa, steps):
    assert polyak_steps(kappa) == steps
    assert needed(kappa, Momentum(*polyak(1, kappa)), 1200) == steps


def test_the_double_root_costs_a_factor_that_grows_from_1_3_to_1_5():
    formula = np.log(1e6) / np.log((np.sqrt(KAPPAS) + 1) / (np.sqrt(KAPPAS) - 1))
    extra = np.array([polyak_steps(kappa) for kappa in KAPPAS]) / formula
    assert np.all(np.diff(extra) > 0)
    np.testing.assert_allclose(extra[[0, -1]], [1.3, 1.5], atol=0.05)


def test_a_hundredfold_kappa_costs_a_hundred_or_eleven_to_twelve_times_the_steps():
    steps = np.array([polyak_steps(kappa) for kappa in KAPPAS])
    assert np.all((steps[2:] / steps[:2] > 11) & (steps[2:] / steps[:2] < 12))
    plain = np.log(1e6) / np.log((KAPPAS + 1) / (KAPPAS - 1))
    np.testing.assert_allclose(plain[2:] / plain[:2], 100, rtol=0.01)
    assert 11_000 < polyak_steps(1_000_000) < 12_000


def test_the_formulas_have_the_slopes_one_and_a_half():
    kappa = np.array([1e4, 1e8])
    for power in 1, 0.5:
        steps = 1 / np.log((kappa**power + 1) / (kappa**power - 1))
        assert np.diff(np.log(steps)) / np.log(1e4) == pytest.approx(power, abs=1e-3)


@cache
def on_the_slider():
    """Return η, β and the steps to a millionth at each position, for κ = 100."""
    n = names("03")
    lr, kappa, beta = n["positions"]
    at = n["ranges"]["kappa"] == 100
    assert np.all(kappa[:, at] == 100)
    return tuple(a[:, at][:, 0] for a in (lr, beta, n["every_arrival"]))


def fewest():
    """Return the η, β and steps of the slider's best position."""
    lr, beta, steps = on_the_slider()
    best = np.unravel_index(steps.argmin(), steps.shape)
    return lr[best], beta[best], steps[best]


def test_the_challenge_can_be_met_with_a_slightly_larger_beta_than_polyaks():
    lr, beta, steps = on_the_slider()
    best_lr, best_beta, least = fewest()
    assert least < 93 and 0 < best_beta - polyak(1, 100)[1] < 0.05
    assert 1 < np.sum(steps <= 93) < 10  # few positions of many
    further = best_lr * lr[1, 0] / lr[0, 0]  # one notch
    assert rho(further * 100, best_beta) > 1
    assert 9 / 11 < rho(best_lr, best_beta) < 9 / 11 + 0.02  # slightly worse
    assert steps[beta == 0].min() == 401  # no position without momentum is there in 400


def test_the_slider_shows_the_walk_of_where_it_stands():
    n = names("03")
    live = n["bar_on_the_map"]
    assert n["every_walk"].nbytes < 2e7 and n["positions"][0].size <= 2500
    for lr, kappa, beta in (7, 1, 3), (15, 2, 6), (24, 3, 13), (30, 0, 0):
        at = (
            n["ranges"]["lr"][lr],
            n["ranges"]["kappa"][kappa],
            n["ranges"]["beta"][beta],
        )
        artists, said, (met,) = live.draw(*at)
        path = n["walk_down"](at[1], Momentum(at[0], at[2]), 400)
        _, _, trail, fall = artists
        np.testing.assert_array_equal(trail.get_xydata(), path[:101])
        error = np.hypot(*path[::5].T) / np.sqrt(2)
        np.testing.assert_allclose(fall.get_ydata(), error)
        steps = n["arrival"](path)
        assert (f"1e-6 in {steps} steps" if steps <= 400 else "no 1e-6 in 400") in said
        assert met == (at[1] == 100 and steps <= 93)
    lr, beta, steps = on_the_slider()
    edge = abs(steps - 93) < 10  # on both sides
    assert steps[edge].min() <= 93 < steps[edge].max()
    for k in zip(*np.nonzero(edge), strict=True):
        *_, (met,) = live.draw(lr[k], 100, beta[k])
        assert met == (steps[k] <= 93)


def test_on_the_digits_momentum_takes_293_steps_in_place_of_6796():
    curvatures, directions = linear_model()
    mu, L = curvatures[[0, -1]]
    t = np.arange(7000)[:, None]
    plain = np.abs(1 - 2 / (mu + L) * curvatures) ** t
    assert first_below(np.linalg.norm(plain, axis=1)) == 6796
    hessian = directions * curvatures @ directions.T
    start, rule = directions.sum(axis=1), Momentum(*polyak(mu, L))
    path = descend(lambda theta, t: hessian @ theta, start, rule, 400)
    assert first_below(np.linalg.norm(path, axis=1)) == 293
    errors = np.abs(path[150] @ directions)
    assert errors.max() < 0.03
    assert errors.argmax() == 63  # the steep end of the bar


# Nesterov


@pytest.mark.parametrize("seed", range(5))
def test_nesterov_is_momentum_with_beta_times_one_minus_the_step(seed):
    rng = np.random.default_rng([305, seed])
    curvature, start = rng.uniform(1, 50, (20, 1)), rng.normal(size=(20, 1))
    lr, beta = rng.uniform(0.2, 1) / 50, rng.uniform(0.3, 0.9)

    def gradient(theta, t):
        return curvature * theta

    ahead = descend(gradient, start, Nesterov(lr, beta), 200)
    rule = Momentum(lr, beta * (1 - lr * curvature))
    path = descend(gradient, start, rule, 200)
    carried = beta * np.diff(path, axis=0)  # -ηβv, where the velocity carries it
    looked_at = path + np.concatenate([np.zeros((1, 20, 1)), carried])
    np.testing.assert_allclose(ahead, looked_at, rtol=0, atol=5e-15)


@pytest.mark.parametrize("kappa", RATIOS[1:])
def test_nesterovs_usual_pair_shrinks_the_error_by_one_minus_one_over_root_kappa(kappa):
    lr, beta = 1 / kappa, (np.sqrt(kappa) - 1) / (np.sqrt(kappa) + 1)
    curvature = np.linspace(1, kappa, 200)
    rate = rho(lr * curvature, beta * (1 - lr * curvature)).max()
    assert rate == pytest.approx(1 - 1 / np.sqrt(kappa), abs=1e-6)


def test_nesterov_takes_1_5_to_1_7_times_the_steps_of_polyak():
    for kappa in KAPPAS:
        rule = Nesterov(1 / kappa, (np.sqrt(kappa) - 1) / (np.sqrt(kappa) + 1))
        assert 1.5 < needed(kappa, rule, 1800) / polyak_steps(kappa) < 1.7


# Section 4: two conventions


@pytest.mark.parametrize("beta", [0.3, 0.9, 0.99])
@pytest.mark.parametrize("curvature", [0.1, 1.0, 40.0])
def test_the_two_conventions_agree_if_and_only_if_the_rate_is_converted(
    curvature, beta
):
    def average(lr):
        return TAUGHT["average_by_hand"](np.array([curvature]), lr, beta, 300)

    rule = Momentum(1e-3, beta)
    summed = descend(lambda theta, t: curvature * theta, [1.0], rule, 300)
    converted = average(1e-3 / (1 - beta))
    np.testing.assert_allclose(converted, summed, rtol=0, atol=1e-12)
    for wrong in 1e-3, 1.001e-3 / (1 - beta), 1e-3 * (1 - beta):
        assert np.abs(average(wrong) - summed).max() > 1e-7


def test_the_same_typed_numbers_take_263_steps_or_1215():
    assert needed(100, Momentum(0.01, 0.9), 2000) == 263
    path = TAUGHT["average_by_hand"](np.array([1.0, 100.0]), 0.01, 0.9, 2000)
    assert first_below(np.linalg.norm(path, axis=1)) == 1215


def test_where_all_directions_crawl_momentum_is_a_rate_ten_to_twenty_times_as_large():
    edge = (1 - np.sqrt(0.9)) ** 2
    step = np.geomspace(1e-6, 0.99999 * edge, 200)
    times = np.log(rho(step, 0.9)) / np.log(1 - step)
    assert np.all(np.diff(times) > 0)
    assert times[0] == pytest.approx(10, rel=0.001) and 15 < times[-1] < 20
    assert times[step < 1e-3].max() < 11.2


def test_longer_steps_are_faster_where_a_direction_crawls():
    assert rho(0.002, 0.9) < rho(0.002, 0.0) ** 10  # crawls: below 0.0026


# Section 5: noise


def floor(lr, beta, curvature=1.0, sigma=1.0):
    room = (1 - beta) * (2 * (1 + beta) - lr * curvature)
    return lr * sigma**2 * (1 + beta) / (curvature * room)


@pytest.mark.parametrize("seed", range(5))
def test_the_noise_floor_is_the_fixed_point_of_the_covariance(seed):
    rng = np.random.default_rng([306, seed])
    curvature, sigma, beta = rng.uniform(0.2, 5), rng.uniform(0.2, 3), rng.uniform()
    lr = rng.uniform() * 2 * (1 + beta) / curvature
    step = lr * curvature
    matrix, kick = np.array([[beta, step], [-beta, 1 - step]]), lr * np.array([1, -1])
    noise = sigma**2 * np.outer(kick, kick)
    linear = np.eye(4) - np.kron(matrix, matrix)
    covariance = np.linalg.solve(linear, noise.ravel()).reshape(2, 2)
    assert covariance[1, 1] == pytest.approx(floor(lr, beta, curvature, sigma))


@pytest.mark.parametrize("seed", range(5))
def test_the_derivation_of_the_floor_has_the_moments_right(seed):
    rng = np.random.default_rng([310, seed])
    curvature, sigma, beta = rng.uniform(0.2, 5), rng.uniform(0.2, 3), rng.uniform()
    lr = rng.uniform() * 2 * (1 + beta) / curvature
    step = lr * curvature
    matrix, kick = np.array([[beta, step], [-beta, 1 - step]]), lr * np.array([1, -1])
    linear, noise = np.eye(4) - np.kron(matrix, matrix), np.outer(kick, kick)
    U, C, _, E = np.linalg.solve(linear, sigma**2 * noise.ravel())
    room = (1 - beta) * (2 * (1 + beta) - step)
    assert pytest.approx(2 * lr**2 * sigma**2 / room) == U
    assert pytest.approx(-U / 2) == C
    assert beta * C + step * E == pytest.approx(U / 2)
    assert step * E == pytest.approx((1 + beta) / 2 * U)


@pytest.mark.parametrize("seed", range(307, 309))
def test_the_noise_floor_is_measured_and_is_the_formula(seed):
    n = cells("03", "noise-question", "noise-code", "noise-run", seed=seed)
    expected = floor(n["etas"], n["betas"][:, None])
    np.testing.assert_allclose(n["measured"], expected, rtol=0.02)


@pytest.mark.parametrize("beta", [0.1, 0.5, 0.9])
def test_momentum_raises_the_floor_as_long_as_the_step_is_below_one_plus_beta(beta):
    lr = np.linspace(0.001, 1.999, 1000)
    np.testing.assert_array_equal(floor(lr, beta) > floor(lr, 0), lr < 1 + beta)


def test_at_a_small_rate_momentum_0_9_makes_the_floor_ten_times_as_high():
    assert floor(1e-4, 0.9) / floor(1e-4, 0) == pytest.approx(10, rel=1e-3)
    assert floor(0.1, 0.9) / floor(0.1, 0) == pytest.approx(9.8, abs=0.1)


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


def gap_at(steps, beta, kappa=100):
    """Find the rate at which the error falls by e in so many steps; return the gap."""
    low, high = 1e-7, 2 / (1 + kappa)
    for _ in range(60):
        lr = np.sqrt(low * high)
        low, high = (lr, high) if rho(lr, beta) > np.exp(-1 / steps) else (low, lr)
    curvature = np.array([1, kappa])
    return (curvature * floor(lr, beta, curvature)).sum() / 2


def test_a_factor_takes_the_steps_of_the_formula_in_the_long_run_only():
    """From rest it is 5 steps to 1/e by the formula of Polyak's pair, and 9 counted."""
    error = np.hypot.reduce(
        TAUGHT["walk_down"](100.0, Momentum(*polyak(1, 100)), 3000), axis=-1
    )
    at_first = first_below(error, np.exp(-1))
    late = np.log(error[1000] / error[3000])
    assert 2000 / late == pytest.approx(-1 / np.log(9 / 11), rel=0.01)
    assert at_first > 1.5 * 2000 / late


def test_at_a_thousand_steps_the_floors_agree_within_five_percent():
    gaps = np.array([gap_at(1000, beta) for beta in (0, 0.5, polyak(1, 100)[1], 0.9)])
    assert gaps.max() < 1.05 * gaps.min()
    np.testing.assert_allclose(gaps, 5.05e-4, rtol=0.03)


def test_the_heights_are_those_at_the_steps_that_are_printed():
    for line in printed("03", "price-code").splitlines():
        beta, _, high, soon, low, late = map(float, re.findall(NUMBER, line))
        beta = polyak(1, 100)[1] if beta == 0.67 else beta
        assert high == pytest.approx(gap_at(soon, beta), rel=0.02)
        assert low == pytest.approx(gap_at(late, beta), rel=0.02)


def test_without_momentum_none_is_faster_than_50_steps_and_with_it_5_are_enough():
    assert -1 / np.log(99 / 101) == pytest.approx(50, abs=0.01)
    assert -1 / np.log(9 / 11) == pytest.approx(5, abs=0.02)


def test_at_its_fastest_momentum_is_noisier_than_plain_sgd_at_its_fastest():
    curvature = np.array([1, 100])
    plain, momentum = (
        (curvature * floor(lr, beta, curvature)).sum() / 2
        for lr, beta in ((2 / 101, 0), polyak(1, 100))
    )
    assert momentum > 4 * plain


# Going deeper: the detour, and what is possible


@pytest.mark.parametrize("kappa", [400.0, 2500.0, 40_000.0])
def test_the_steep_error_rises_to_root_kappa_over_e(kappa):
    path = TAUGHT["walk_down"](kappa, Momentum(*polyak(1, kappa)), 1000)
    flat, steep = np.abs(path).T
    assert steep.max() == pytest.approx(np.sqrt(kappa) / np.e, rel=1 / kappa + 0.002)
    assert steep.argmax() == pytest.approx(np.sqrt(kappa) / 2, abs=1)
    assert flat.max() == 1
    distance = np.hypot(flat, steep)
    assert distance.max() / distance[0] == pytest.approx(steep.max() / 1.414, rel=0.02)


def test_the_rise_has_the_slope_one_half():
    kappas = np.array([1e3, 1e5])
    rule = Momentum(*polyak(1, kappas[:, None]))
    rise = np.hypot(*np.moveaxis(TAUGHT["walk_down"](kappas, rule, 500), -1, 0))
    slope = np.log(np.divide(*rise.max(axis=0)[::-1])) / np.log(100)
    assert slope == pytest.approx(0.5, abs=0.01)


def test_the_best_of_the_slider_makes_a_smaller_detour_than_polyaks_pair():
    lr, beta, _ = fewest()
    ours, polyaks = (
        np.hypot(*TAUGHT["walk_down"](100.0, Momentum(*pair), 100).T).max()
        for pair in ((lr, beta), polyak(1, 100))
    )
    assert np.sqrt(2) < ours < 0.8 * polyaks  # it rises, too


def test_gradient_descent_makes_no_detour():
    for kappa in KAPPAS:
        path = TAUGHT["walk_down"](kappa, SGD(2 / (1 + kappa)), 300)
        assert np.all(np.diff(np.hypot(*path.T)) < 0)


@cache
def digits_heights(seed):
    """Return J above its minimum: conjugate gradients, then others."""
    n, rng = names("03"), np.random.default_rng([311, seed])
    start = n["minimum"] + rng.normal(size=64)
    rules = [SGD(2 / (n["L"] + n["mu"])), Momentum(*polyak(n["mu"], n["L"]))]
    rules += [Momentum(*pair) for pair in rng.uniform([0.01, 0], [0.19, 0.99], (8, 2))]
    paths = [n["conjugate_gradients"](start, 30)]
    paths += [descend(n["digits_slope"], start, rule, 30) for rule in rules]
    return [
        ((p - n["minimum"]) @ n["directions"]) ** 2 @ n["curvatures"] for p in paths
    ]


@pytest.mark.parametrize("seed", range(5))
def test_no_momentum_is_lower_than_conjugate_gradients_at_any_step(seed):
    best, *others = digits_heights(seed)
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


def conjugate_steps(n):
    return first_below(np.linalg.norm(n["best_path"] - n["minimum"], axis=1))


def test_conjugate_gradients_need_fewer_than_40_steps_on_the_digits():
    n = names("03")
    assert 36 <= conjugate_steps(n) < 40  # 31 without rounding, as it happens


def test_in_the_picture_nothing_is_lower_than_conjugate_gradients():
    ids = "slow-code", "split-run", "one-code", "bar-code", "polyak-code", "real-run"
    n = cells("03", *ids, "deeper-best-code", "deeper-best-figure")
    lines = [line.get_ydata() for line in n["ax"].lines]
    assert [*n["heights"]] == [line.get_label() for line in n["ax"].lines]
    best, others = lines[2], lines[:2]
    for other in others:
        assert np.all(best[1:] < other[1 : len(best)])
    title = "Nothing is lower than conjugate gradients, at any step"
    assert n["ax"].get_title("left") == title and n["ax"].get_yscale() == "log"


# Going deeper: not a quadratic


bent = TAUGHT["bent"]


def test_the_bent_cost_is_convex_with_curvatures_25_and_1():
    theta = np.linspace(-5, 5, 10_001) + 1e-5
    curvature = np.diff(bent(theta, 0)) / np.diff(theta)
    assert curvature.min() == pytest.approx(1) and curvature.max() == pytest.approx(25)
    assert bent(np.array(0.0), 0) == 0


def test_on_the_bent_cost_polyaks_pair_cycles_and_the_others_arrive():
    starts = np.linspace(3.1, 3.45, 8)[:, None]
    path = descend(bent, starts, Momentum(*polyak(1, 25)), 600)[..., 0]
    np.testing.assert_allclose(path[598:], path[595:598], atol=1e-9)
    assert np.ptp(path[598:], axis=0).min() > 3.9
    cycle = np.tile([[-1.80], [0.65], [2.12]], 8)
    np.testing.assert_allclose(np.sort(path[598:], axis=0), cycle, atol=0.005)
    anywhere = np.linspace(-5, 5, 101)[:, None]
    for rule in SGD(2 / 26), Nesterov(1 / 25, 4 / 6):
        assert np.abs(descend(bent, anywhere, rule, 400)[-1]).max() < 1e-9


# What is said in words, and what the pictures show


def labelled(ax):
    return {line.get_label(): line for line in ax.lines}


def test_the_penalty_is_the_flattest_curvature_of_the_digits():
    n = names("03")
    assert n["mu"] == pytest.approx(0.01, rel=1e-9)
    assert np.sum((n["x"] == 0).all(axis=0)) == 3  # pixels that never have ink
    bare = np.linalg.eigvalsh(n["x"].T @ n["x"] / len(n["x"]))
    assert np.sum(bare < 1e-12) == 3


def test_the_steep_error_of_polyaks_pair_grows_before_it_falls():
    path = names("03")["polyak_path"]
    highest = np.abs(path).max(axis=0)
    np.testing.assert_allclose(highest[:, 0], 1)  # the flat one never rises
    assert np.all(highest[1:, 1] > 2) and np.all(np.diff(highest[:, 1]) > 0)


def test_kerass_velocity_gives_the_same_path_only_while_the_rate_is_constant():
    for rates, same in (np.full(50, 0.01), True), (np.geomspace(0.1, 0.001, 50), False):
        theta = ours = 1.0
        v = w = 0.0
        for rate in rates:
            v, w = 0.9 * v + ours, 0.9 * w - rate * theta
            ours, theta = ours - rate * v, theta + w
        assert np.isclose(theta, ours, rtol=1e-9) == same


@pytest.mark.parametrize("beta", [0.5, polyak(1, 100)[1], 0.9])
def test_at_the_same_speed_momentum_has_no_higher_floor(beta):
    trade = names("03")["trade"]
    for steps in np.geomspace(52, 3000, 50):
        floors = [gap[time <= steps].min() for time, gap in (trade[0], trade[beta])]
        assert floors[1] < floors[0]


def test_where_every_direction_swings_the_rate_changes_the_noise_alone():
    time, gap = names("03")["trade"][0.9]
    upright = np.isclose(time, time.min())
    root = np.sqrt(0.9)
    assert time.min() == pytest.approx(-1 / np.log(root))
    assert np.ptp(np.log10(gap[upright])) > 1  # more than a factor of 10
    lr = np.geomspace(1e-5, 0.0199 * 1.9, 3000)  # as the cell has it
    swings = (lr > (1 - root) ** 2) & (100 * lr < (1 + root) ** 2)
    np.testing.assert_array_equal(upright, swings)


def test_at_60_steps_momentum_0_9_has_a_quarter_of_the_floor():
    ratio = gap_at(60, 0.9) / gap_at(60, 0)
    assert ratio == pytest.approx(1 / 4, abs=0.01)


def test_the_walk_with_memory_ends_lower_in_the_picture():
    n = cells("03", "loop-code", "loop-figure")
    left, right = n["fig"].axes[:2]
    lines = labelled(right)
    without, with_it = (
        lines[SGD_ALL].get_ydata(),
        lines["Momentum, β = 0.7"].get_ydata(),
    )
    assert without[-1] > 1e6 * with_it[-1] and right.get_yscale() == "log"
    assert left.get_title("left") == "The same η, with and without memory"


def test_the_marks_of_the_digits_lie_on_the_formula_and_the_share_is_in_the_title():
    n = cells("03", "slow-code", "split-run", "split-code")
    lines = labelled(n["ax"])
    for t in 1, 10, 100:
        error = np.abs(1 - 2 / (n["L"] + n["mu"]) * n["curvatures"]) ** t
        np.testing.assert_allclose(lines[f"t = {t}"].get_ydata(), error, atol=1e-12)
    share = np.mean(lines["t = 100"].get_ydata() > 0.5)
    title = f"At t = 100, {share:.0%} of the directions keep over half their error"
    assert n["ax"].get_title("left") == title


def test_the_four_pictures_say_what_they_show():
    n = cells("03", "one-code", "four-code")
    for ax, name in zip(n["axes"], n["pairs"], strict=True):
        e = ax.lines[0].get_ydata()
        signs = np.sign(e[:15])
        assert ax.get_title("left") == f"{name}: ρ = {rho(*n['pairs'][name]):.2f}"
        assert np.all(signs > 0) == (name == "crawls")
        assert np.all(signs[1:] != signs[:-1]) == (name in ("bounces", "diverges"))
        assert (np.abs(e[-1]) > 1) == (name == "diverges")


def test_in_the_long_run_all_directions_are_equally_fast_with_polyaks_pair():
    n = cells("03", "one-code", "polyak-code", "polyak-figure")
    lines = labelled(n["right"])
    plain, ours = lines[SGD_ALL].get_ydata(), lines["Momentum"].get_ydata()
    np.testing.assert_allclose(ours, 9 / 11, atol=1e-6)
    assert plain[0] == pytest.approx(plain[-1]) and plain.min() < 0.05 < 0.9 < plain[0]
    assert n["right"].get_title("left") == "In the long run, all are equally fast"
    assert lines["Momentum"].get_color() == figures.look("Momentum")["color"]
    stars = labelled(n["left"])["_best"]
    np.testing.assert_allclose(stars.get_ydata(), [polyak(1, 100)[1], 0])
    np.testing.assert_allclose(stars.get_xdata(), [polyak(1, 100)[0], 2 / 101])


def test_the_steps_rise_with_the_slopes_of_their_labels():
    n = cells("03", "one-code", "bar-code", "steps-question", "polyak-code", *COUNT)
    for name, slope, steps in (SGD_ALL, "1.00", "plain"), ("Momentum", "0.53", "fast"):
        line = labelled(n["ax"])[f"{name}, slope {slope}"]
        np.testing.assert_array_equal(line.get_ydata(), n[steps])
        assert line.get_color() == figures.look(name)["color"]
    assert (n["ax"].get_xscale(), n["ax"].get_yscale()) == ("log", "log")


def test_the_table_of_steps_has_its_columns_in_the_order_of_its_head():
    n = names("03")
    head, *lines = printed("03", "count-code").splitlines()
    columns = np.array([line.split()[:4] for line in lines], dtype=float).T
    assert head.split("  ")[-3:] == [
        "gradient descent",
        "momentum",
        "more than the formula",
    ]
    for column, right in zip(columns, ("kappas", "plain", "fast"), strict=False):
        np.testing.assert_array_equal(column, n[right])
    np.testing.assert_allclose(columns[3], n["fast"] / n["formula"], atol=0.005)


def test_on_the_digits_no_direction_is_left_behind_with_momentum():
    ids = "slow-code", "split-run", "one-code", "bar-code", "polyak-code", "real-run"
    n = cells("03", *ids, "real-code")
    lines = labelled(n["ax"])
    plain, ours = lines[f"{SGD_ALL}, 6796 steps"], lines["Momentum, 293 steps"]
    assert ours.get_ydata().max() < 0.03 < plain.get_ydata().max()
    assert ours.get_ydata().argmax() == 63  # the steep end of the bar
    assert n["ax"].get_title("left") == "On the digits, no direction is left behind"


def test_the_two_conventions_have_the_same_curve_ten_times_apart():
    n = cells("03", "bar-code", "convention-question", "two-code", "two-figure")
    ours, other = (labelled(n["ax"])[name] for name in ("sum", "average"))
    np.testing.assert_allclose(other.get_xdata(), 10 * ours.get_xdata())
    np.testing.assert_array_equal(other.get_ydata(), ours.get_ydata())
    assert n["ax"].get_xscale() == n["ax"].get_yscale() == "log"
    crosses = labelled(n["ax"])["η = 0.01 typed into both"]
    np.testing.assert_array_equal(crosses.get_ydata(), n["typed"])
    np.testing.assert_allclose(crosses.get_xdata(), 0.01)


def test_the_picture_of_noise_is_higher_at_the_same_rate_not_at_the_same_speed():
    ids = "one-code", "polyak-code", "two-code", "bar-code", "noise-question"
    noise = "noise-code", "noise-run", "price-code", "noise-figure"
    n = cells("03", *ids, *noise, seed=308)
    rows = labelled(n["left"])
    same_rate = [rows[f"β = {beta}"].get_ydata() for beta in ("0", "0.5", "0.9")]
    assert np.all(np.diff(same_rate, axis=0)[:, :5] > 0)  # up to η = 0.5
    assert same_rate[0][-1] > same_rate[1][-1]  # beyond 1 + β
    assert n["left"].get_title("left") == "Same η: higher"
    assert n["right"].get_title("left") == "Same speed: no higher"
    assert n["right"].get_xscale() == n["right"].get_yscale() == "log"


def test_in_the_picture_of_the_bent_cost_only_momentum_goes_on():
    n = cells("03", "one-code", "polyak-code", "beyond-code")
    lines = labelled(n["ax"])
    assert np.ptp(lines["Momentum"].get_ydata()[-6:]) > 3
    for name in SGD_ALL, "Nesterov":
        assert abs(lines[name].get_ydata()[-1]) < 0.1
        assert lines[name].get_color() == figures.look(name)["color"]


# The numbers of the text, and what they are


def plain(k):
    """Say how many steps gradient descent takes, and momentum, at the k-th κ."""
    return lambda n: n["plain"][k]


def fast(k):
    return lambda n: n["fast"][k]


def digits_steps(name):
    return lambda n: n["needed"][name]


def left(name, edge):
    """Say which share of the error is left after 150 steps: the largest, ..."""
    return lambda n: edge(np.abs(n["digits_walks"][name][150] @ n["directions"]))


def J_after(name):
    return lambda n: n["ravine"](n[name][-1])


def extra(k):
    return lambda n: (n["fast"] / n["formula"])[k]


def steep_rise(k):
    """Say how high Polyak's pair lifts the steep error; `rise`, the distance."""
    return lambda n: np.abs(n["polyak_path"][..., 1]).max(axis=0)[k]


def rise(k):
    return lambda n: np.hypot.reduce(n["polyak_path"], axis=-1).max(axis=0)[k] / 2**0.5


def fastest(beta):
    return lambda n: n["trade"][beta][0].min()


def lowest(beta, steps):
    """Say how low the floor can be within so many steps."""
    return lambda n: n["trade"][beta][1][n["trade"][beta][0] <= steps].min()


def typed(k):
    return lambda n: n["typed"][k]


def ends(n):
    """Say where the bar ends one notch beyond the best of the slider, and the limit."""
    further = n["ranges"]["lr"][1] / n["ranges"]["lr"][0]
    return 100 * fewest()[0] * further, 2 * (1 + fewest()[1])


def times_lower(n):
    return J_after("memoryless")(n) / J_after("walk")(n)


def swings(n):
    """Return the lengths of the steps across the ravine, without memory and with."""
    _, axes = np.linalg.eigh(n["ravine"].gradient(np.eye(2)))
    return [np.abs(np.diff(n[walk] @ axes[:, 1])) for walk in ("memoryless", "walk")]


def alternates(walk):
    """Say whether the error across the ravine changes sign in each step."""
    n = names("03")
    _, axes = np.linalg.eigh(n["ravine"].gradient(np.eye(2)))
    across = n[walk] @ axes[:, 1]
    return np.all(across[1:] * across[:-1] < 0)


def largest_rate(n):
    """Return the largest ηλ that converges, in units of 1 + β, at β = 0.5."""
    step = np.linspace(0, 4.5, 4501)
    return step[n["shrink_factor"](step, 0.5) < 1].max() / (1 + 0.5)


def longer_along(n):
    _, axes = np.linalg.eigh(n["ravine"].gradient(np.eye(2)))
    steps = [np.abs(np.diff(n[walk] @ axes[:, 0])) for walk in ("memoryless", "walk")]
    return np.all(steps[1][1:12] > steps[0][1:12])


def four_characters(n):
    """Say whether r is positive, complex, negative where the picture says so."""
    crawls, swings, bounces = (
        roots(*n["pairs"][name]) for name in ("crawls", "swings", "bounces")
    )
    return np.all(crawls > 0) and np.all(swings.imag != 0) and np.all(bounces < 0)


def larger_outside(n):
    """Say whether ρ is √β up to the right end of the dashed line, and larger beyond."""
    end, least = (1 + np.sqrt(0.7)) ** 2, np.sqrt(0.7)
    inside, outside = n["shrink_factor"](end * np.array([0.99, 1.01]), 0.7)
    return np.isclose(inside, least) and outside > least + 0.01


def higher_up_to_one_plus_beta(n):
    """Say whether momentum has the higher floor up to ηλ = 1 + β, and only there."""
    eta = np.linspace(0.01, 1.99, 397)
    return all(
        np.array_equal(n["floor"](eta, beta) > n["floor"](eta, 0), eta < 1 + beta)
        for beta in (0.507, 0.903)
    )


def memoryless_rates(n):
    """Return J of gradient descent after the walk at its long-run best η, and its best.

    J at 2/51; the lowest J of any η, and that η
    """
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
    H = centred.T @ centred / len(centred) + 0.01 * np.eye(64)
    return np.linalg.cond(H)


def digits_rise(n):
    """Return how often its start the steep error of the digits is, at most."""
    steep = np.abs(n["digits_walks"]["Momentum"] @ n["directions"][:, -1])
    return steep.max() / steep[0]
