"""What notebook 04 and its companion say: measures for their tables, and proofs."""

from functools import cache

import numpy as np
import pytest

from tests.claims.measures import along, monthly, side  # noqa: F401
from tests.claims.taught import cells, names, printed
from utils import board, costs
from utils.descent import descend, train
from utils.optimizers import SGD, AdaGrad, Momentum, RMSprop  # noqa: F401
from utils.stats import mean_and_error, median

J = costs.quadratic(kappa=100)
NINE_TO_ONE = [0.1] * 9 + [-0.9]


# Measures of the table; n holds the names of the notebook


def ends_at_1024():
    """Return where RMSprop ends with both memories after 1024 steps, at its best."""
    data = board.problem()

    def end(beta, powers):
        rule = RMSprop(2.0 ** powers[:, None, None], beta)
        theta = train(board.network, data, rule, 32, 1024, 5, 5, every=1024)[-1]
        return median(board.network.cost(theta, *data)).min()

    return end(0.9, np.arange(-6.5, -4.9, 0.5)), end(0.99, np.arange(-8, -6.4, 0.5))


@cache
def sign_walk(steps):
    """Return the walk of sign descent, which is RMSprop without a memory."""
    return descend(J.gradient, J.start, RMSprop(0.07, beta=0.0, eps=0.0), steps)


def after_a_huge_gradient(first=100.0, beside_usual=True):
    """Return AdaGrad's steps after a first gradient, as shares of the usual ones."""
    gradients = np.ones((20_000, 1))
    steps = []
    for size in first, 1.0:
        gradients[0] = size
        steps.append(np.diff(along(gradients, AdaGrad(1.0))[:, 0])[1:])
    return steps[0] / steps[1] if beside_usual else -steps[0]


def at_the_end(beta, lr):
    """Return the last five places of RMSprop in the ravine, with the exact gradient."""
    rule = RMSprop(lr, beta, eps=0.0)
    return descend(J.gradient, J.start, rule, 6000)[-5:]


def sinks_first(beta):
    """Say whether RMSprop is far below its floor in 1000 steps, and on it at last.

    Then whether it is below, and for how many steps it is far below.
    """
    rule, floor = RMSprop(0.01, beta), 101 * 0.01**2 / 8
    seen = J(descend(J.gradient, J.start, rule, 6000))
    far = seen[1000] < 1e-6 * floor and np.isclose(seen[6000], floor)
    return far, seen[1000] < floor, round(np.sum(seen < 0.01 * floor), -3)


def pulled(ratio):
    """Say whether θ, √v fall, and whether they grow, at a part of the floor's rate.

    √v is λη/2 over that part, the rate η/√v that part of 2/λ; θ is as large as √v says.
    """
    lam, lr = 100.0, 0.01
    root = lam * lr / 2 / ratio
    theta, v = root / lam, root**2
    for _ in range(2):
        v = 0.9 * v + 0.1 * (lam * theta) ** 2
        theta = theta - lr * lam * theta / np.sqrt(v)
    sizes = abs(theta) * lam, np.sqrt(0.9 * v + 0.1 * (lam * theta) ** 2)
    return max(sizes) < root, min(sizes) > root


def walk_in(kappa):
    """Return RMSprop's walk along the axes of a ravine, without ε."""
    return descend(costs.quadratic(kappa).gradient, J.start, RMSprop(0.03, 0.9, 0), 60)


def turns_along(optimizer, tolerance=1e-9):
    """Say whether a path just turns with a ravine, at three angles."""
    straight = costs.quadratic(1000)
    path = descend(straight.gradient, straight.start, optimizer, 100)
    turned = {angle: costs.quadratic(1000, angle) for angle in (15, 30, 45)}
    return all(
        np.allclose(
            descend(ravine.gradient, ravine.start, optimizer, 100),
            path @ costs.rotation(angle).T,
            atol=tolerance,
        )
        for angle, ravine in turned.items()
    )


@cache
def left_in_600(angle):
    """Return the part of the way along the valley that is left, at five rates."""
    ravine, turn = costs.quadratic(1000, angle), costs.rotation(angle)
    rates = np.array([0.0125, 0.025, 0.05, 0.1, 0.2])
    rule = RMSprop(rates[:, None], beta=0.9)
    end = descend(ravine.gradient, ravine.start, rule, 600, every=600)[-1]
    return np.abs(end @ turn[:, 0]) / 2


def steps_of_rmsprop(gradients, beta=0.9):
    """Return RMSprop's steps along gradients, in η, without ε."""
    return -np.diff(along(np.reshape(gradients, (-1, 1)), RMSprop(1, beta, 0))[:, 0])


def first_step(beta, gradient):
    return steps_of_rmsprop([gradient], beta)[0]


def away_from(v, beta=0.9):
    """Return RMSprop's steps from 1e-8 off the saddle, if its memory begins at v."""
    y, steps = 1e-8, 0
    while y < 1:
        v = beta * v + (1 - beta) * y**2
        y, steps = y + 0.05 * y / np.sqrt(v), steps + 1
    return steps


def on_the_saddle():
    """Return the shortest and the longest step to y = 1, in η, from 1e-8, without ε."""
    path = descend(lambda y, t: -y, [1e-8], RMSprop(0.05, 0.9, eps=0.0), 30)[:, 0]
    steps = np.diff(path)[: np.argmax(path >= 1)] / 0.05
    return steps.min(), steps.max()


@cache
def gradients_at_45():
    """Return the gradients of RMSprop's walk at 45°, in the axes of the ravine."""
    ravine = costs.quadratic(1000, 45)
    path = descend(ravine.gradient, ravine.start, RMSprop(0.05, 0.9), 60)
    return ravine.gradient(path[:-1]) @ costs.rotation(45)


def roots_at_45():
    """Return both √v at the end of that walk."""
    v = 0.0
    for g in gradients_at_45() @ costs.rotation(45).T:
        v = 0.9 * v + 0.1 * g**2
    return np.sqrt(v)


def wall_over_valley():
    """Return by how much √v is larger than the valley's gradient, at the end."""
    return roots_at_45().min() / abs(gradients_at_45()[-1, 0])


def first_wall_over_valley():
    """Return how many times the valley's gradient the wall's is, at the start."""
    along_valley, along_wall = np.abs(gradients_at_45()[0])
    return along_wall / along_valley


def jumps_later():
    """Say whether steps 75 to 600 at 45° cross the valley's floor again and again."""
    ravine = costs.quadratic(1000, 45)
    path = descend(ravine.gradient, ravine.start, RMSprop(0.05, 0.9), 600)
    above = np.sign(path[75:] @ costs.rotation(45)[:, 1])
    return np.mean(above[1:] != above[:-1]) > 0.9


def later_steps(n):
    """Return how long the later steps are with β = 0.99, where 0.9 has 1: own rates."""
    length = {
        b: n["rates"][n["best"][k]] * n["steps_in_rates"][b][60:].mean()
        for k, b in enumerate((0.9, 0.99))
    }
    return length[0.99] / length[0.9]


def alike(n, step):
    """Say whether from a step on both steps in η are equal on average, within 15 %."""
    means = [n["steps_in_rates"][b][step:].mean() for b in (0.9, 0.99)]
    return max(means) < 1.15 * min(means)


def met_at(n):
    """Return the rates that meet both goals of the board's slider, at β = 0.9."""
    goals = n["your_rmsprop"].draw
    assert not any(all(goals(lr, 0.99)[2]) for lr in n["rates"])
    return [lr for lr in n["rates"] if all(goals(lr, 0.9)[2])]


def left_at(n, angle, place):
    """Return the per cent that RMSprop has left at a position of the slider."""
    rule, kappa = RMSprop(0.05, 0.9), n["kappas"][place]
    ravine = costs.quadratic(kappa, angle)
    end = descend(ravine.gradient, ravine.start, rule, 60)[-1]
    return 50 * abs(end @ costs.rotation(angle)[:, 0])


def felt_at_45():
    """Return the steps away from the turned saddle, from 1e-2 and from 1e-8."""
    starts = [[1, 1 - 1e-2], [1, 1 - 1e-8]]
    path = descend(lambda theta, t: theta[:, ::-1], starts, RMSprop(0.05, 0.9), 100)
    return (path[..., 0] - path[..., 1] >= np.sqrt(2)).argmax(axis=0)


def drift_of(optimizer, gradients, cycles):
    """Return how far theta goes in the last of many cycles."""
    path = along(np.tile(gradients, cycles)[:, None], optimizer)[:, 0]
    return path[-1] - path[-1 - len(gradients)]


def largest_in_the_cycle():
    """Return at which of the ten gradients v is largest."""
    v, seen = 0.0, []
    for g in NINE_TO_ONE * 200:
        v = 0.9 * v + 0.1 * g**2
        seen.append(v)
    return np.argmax(seen[-10:])


def forgotten(beta):
    """Return the steps until what a gradient 1000 times too large adds to v is 3."""
    return np.log((1 - beta) * 1e6 / 3) / np.log(1 / beta)


def is_adagrad(rest):
    """Say whether RMSprop with β = 1 - rest walks like AdaGrad."""
    gradients = np.random.default_rng(51).normal(size=(300, 3))
    rules = RMSprop(0.1 * np.sqrt(rest), 1 - rest, eps=0.0), AdaGrad(0.1, eps=0.0)
    return np.allclose(*(along(gradients, rule) for rule in rules), atol=1e-6)


def cycle_of_v():
    """Return the three v of the exercise on paper, as the gradients come again."""
    seen = [4.0]
    for g in [1, -3, 1.5]:
        seen.append(0.5 * seen[-1] + 0.5 * g**2)
    return seen[1:]


def place_of_rmsprop(n, k):
    """Return how many of the board's medians are lower than RMSprop's, at row k."""
    return sum(m[k] < n["medians"]["RMSprop"][k] for m in n["medians"].values())


def starts_fastest(n):
    """Say whether both curves of RMSprop are lower than the others, at step 16."""
    own = [n["tried"][8, n["best"][k], k] for k in (0, 1)]
    return max(own) < min(n["medians"][name][8] for name in ("SGD", "Momentum"))


def met_together(n):
    """Say whether one position of the slider meets both goals."""
    soon = (n["tried"][: n["early"] // board.EVERY] <= 1).any(axis=0)
    return (soon & (n["tried"][-1] < n["medians"]["SGD"][-1])).any()


RATES = 2.0 ** np.arange(-9, -4.9, 0.5)


@cache
def ends_of(beta, rng=6):
    """Return the median ends of another 20 networks: of RMSprop at RATES, or of SGD."""
    if beta == "SGD":
        return median(board.race(board.METHODS["SGD"], rng=rng)[-1])
    return median(board.race(RMSprop(RATES[:, None, None], beta), rng=rng)[-1])


@cache
def ends_like_sgd():
    """Say whether RMSprop, β = 0.9, ends near SGD with 100 networks, on both sides."""
    rates, options = RATES[6:8, None, None], {"seeds": 100, "rng": 1000}
    sgd = board.race(board.METHODS["SGD"], **options)[-1]
    rms = board.race(RMSprop(rates, 0.9), **options)[-1]
    own = rms[median(rms).argmin()]
    twenties = [median(end.reshape(5, 20)) for end in (own, sgd)]
    sides = twenties[0] < twenties[1]
    near = abs(np.log(median(own) / median(sgd))) < 0.1
    return bool(near and sides.any() and not sides.all())


# Of the companion


def end_of(n, name):
    """Return the median cost of a fall in steady noise, over its last 50 steps."""
    return median(n["falls"][name])[-50:].mean()


def ahead(n, name):
    """Return by how much a method ends lower than SGD on rare features, and ±."""
    return mean_and_error(n["fits"]["SGD"][-1] - n["fits"][name][-1])


def lower_by(cell, name):
    """Return by how much a method is printed to be lower than SGD, and ±."""
    return printed("deeper/04", cell, rf"(?m)^{name}.*lower by (.*) ± (.*)$")


# Proofs


@pytest.mark.parametrize("rng", [6, monthly(7), monthly(8)])
def test_with_its_start_corrected_the_rate_is_larger_and_rmsprop_ends_below_sgd(rng):
    """The riddle has its answer: only the first steps are mended here."""
    rule = RMSprop(lambda t: 2**-5 * np.sqrt(1 - 0.99**t), beta=0.99)
    mended = median(board.race(rule, rng=rng)[-1])
    assert mended < ends_of("SGD", rng) < ends_of(0.99, rng).min()


def test_the_full_matrix_divides_by_the_root_of_the_mean_of_g_g_t():
    g = np.random.default_rng(45).normal(size=(30, 2))
    path = along(g, names("deeper/04")["FullAdam"](1.0))
    b1, b2 = 0.1 * 0.9 ** np.arange(29, -1, -1), 0.001 * 0.999 ** np.arange(29, -1, -1)
    m, V = b1 @ g / (1 - 0.9**30), (g.T * b2) @ g / (1 - 0.999**30)
    step = path[-2] - path[-1]
    # V^(1/2) step = m, so that step V step = m m; and V^(1/2) is symmetric and positive
    np.testing.assert_allclose(step @ V @ step, m @ m)
    assert step @ m > 0


@pytest.mark.parametrize("seed", [0, 1])
def test_zipf_feature_k_is_present_with_chance_1_over_k(seed):
    n = cells("deeper/04", "sparse-code", seed=seed)
    x, chance = n["draw"](4000, np.random.default_rng(5))
    assert x.shape == (12, 4000, 100) and set(np.unique(x)) == {0, 1}
    expected = 1 / np.arange(1, 101)
    error = np.sqrt(expected * (1 - expected) / 48_000)
    assert (abs(x.mean(axis=(0, 1)) - expected) <= 5 * error).all()
    right = 1 / (1 + np.exp(-n["truth"] @ x.swapaxes(1, 2)))
    np.testing.assert_allclose(chance, right, atol=1e-14)


def test_the_batch_gradient_is_the_slope_of_the_expected_cost_on_average():
    n = names("deeper/04")
    point = 0.5 * np.random.default_rng(42).normal(size=(12, 1, 100))
    h = 1e-5 * (np.arange(100) == 1)
    slope = (n["nll"](point + h) - n["nll"](point - h))[:, 0] / 2e-5
    slopes = [n["batch_gradient"](point, t)[:, 0, 1] for t in range(1, 1001)]
    mean, error = mean_and_error(np.transpose(slopes))
    assert np.all(abs(mean - slope) < 4 * error + 0.03)  # 2000 samples scatter too


@pytest.mark.parametrize("n", [3, 5, 10, monthly(30), monthly(101)])
def test_the_drift_is_one_minus_beta_times_the_formula(n):
    memory = 200.0 * n
    gradients = [0.3] * (n - 1) + [-0.3 * (n - 1)]
    formula = -n * (n - 2) / (4 * np.sqrt(n - 1)) / memory
    drift = drift_of(RMSprop(1.0, 1 - 1 / memory, 0.0), gradients, 2000)
    np.testing.assert_allclose(drift, formula, rtol=0.01)
