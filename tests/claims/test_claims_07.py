"""What notebook 07 says of hyper-parameters: measures for its table, and formulas."""

import re
from functools import cache

import numpy as np
import pytest

from tests.claims.taught import cells, names, notebook, panels, printed
from utils import costs, stats, symptoms
from utils import optimizers as opt
from utils.descent import descend, noisy

TEXTS = {cell.id: cell.source for cell in notebook("07").cells}


def beyond(values, errors=2):
    """Say whether the mean of values is above 0 by some standard errors."""
    mean, se = stats.mean_and_error(values)
    return mean > errors * se


# 1 and 2, searches; n holds the names of the notebook


def promised(errors):
    """Return the lowest error of the first n runs, averaged over the searches."""
    return np.minimum.accumulate(errors).mean(axis=1)


# 4 Batch size


def on_the_line(n, *sizes):
    """Return the costs of batch sizes at η/B = 1/128."""
    return [n["by_size"][B][n["powers"] == B / 128].item() for B in sizes]


def best_rates(n, *sizes):
    return [n["powers"][n["by_size"][B].argmin()] for B in sizes]


# The companion: does Adam always go downhill?


def per_period(memory, period, beta1=0.9, times=1):
    """Return how far θ moves in a period, in learning rates, once averages settle."""
    age, beta2, large = np.arange(period), 1 - 1 / memory, times * period
    m = -1 + (1 - beta1) * (large + 1) * beta1**age / (1 - beta1**period)
    v = 1 + (1 - beta2) * (large**2 - 1) * beta2**age / (1 - beta2**period)
    return -np.sum(m / np.sqrt(v), axis=-1)


@cache
def needed(period):
    """Return the least whole memory with which Adam goes the right way."""
    whole = np.arange(2, 4000)
    return whole[np.argmax(per_period(whole[:, None], period) < 0)]


def follows_the_sum():
    """Say whether RMSprop's way in a period is the notebook's sum, to a tenth."""
    pairs = [(P, times * P**2 / 4) for P in (51, 101) for times in (0.7, 2, 4)]
    walked = np.array([per_period(M, P, 0.0) for P, M in pairs])
    summed = np.array([(P**2 / 4 / M - 1) / np.sqrt(P) for P, M in pairs])
    return np.allclose(walked, summed, rtol=0.1)


def drift(beta2, period, beta1=0.9, start=opt.Adam, cycles=200, times=1):
    """Step through many periods with the optimizer; return θ's way in the last."""
    spike = np.append(times * period, -np.ones(period - 1))

    def gradient(theta, t):
        return np.full(theta.shape, spike[(t - 1) % period])

    optimizer = start(1.0, beta1, np.reshape(beta2, (-1, 1)), 0.0)
    path = descend(gradient, [0.0], optimizer, cycles * period)[..., 0]
    return path[-1] - path[-1 - period]


def first_saved(n):
    """Return the first memory on the slider that saves Adam at period 101."""
    return n["notches"][per_period(n["notches"][:, None], 101) < 0].min()


# The symptoms


def symptoms_of(name):
    """Return the symptoms of a run, as printed."""
    output = printed("07", "symptoms-figure")
    return re.search(rf"(?m)^{re.escape(name)} +(.*)$", output)[1]


def beyond_the_border():
    """Return the symptoms of gradient descent on a parabola, a little above 2/L."""
    path = descend(lambda theta, t: theta, [1.0], opt.SGD(2.05), 100)[:, 0]
    return symptoms.symptoms(path**2)


def adam_in_the_ravine():
    """Return the symptoms of 05's walk at η = 1, which arrives and leaves."""
    ravine = costs.quadratic(kappa=100, angle=30)
    fall = descend(ravine.gradient, ravine.start, opt.Adam(1.0), 1500, ravine)
    return symptoms.symptoms(fall)


# The capstone


def two_errors(won):
    """Return both ends of two standard errors about a mean."""
    mean, se = stats.mean_and_error(won)
    return [mean - 2 * se, mean + 2 * se]


def answer_wins(n, first):
    """Return the mean decades of the published answer on twenty problems."""
    answer = re.search(r"```python\n(.*?)```", TEXTS["capstone-seen"], re.S)[1]
    exec(answer, known := dict(n))
    return n["score"](known["my_search"], range(first, first + 20)).mean()


# Formulas


def test_the_schedules_are_the_formulas():
    run = cells("07", "schedules-kinds")
    T, eta, t = run["T"], 0.3, np.arange(1, run["T"] + 1)
    fall = np.interp(t, [3 * T / 4 + 1, T + 1], [eta, 0])
    formulas = {
        "constant": eta + 0 * t,
        "late": fall,
        "early": eta / 2 * (1 + np.cos(np.pi * (t - 1) / T)),
    }
    for name, formula in formulas.items():
        assert np.allclose(run[name](eta)(t), formula), name


def test_the_walks_of_the_notebook_are_those_of_the_optimizer():
    n, beta2 = names("deeper/07"), np.array([0.97, 0.99])
    walk = n["adam_walk"](beta2, 31, 100, 1.0, np.inf)
    assert np.allclose((walk[-1] - walk[-2])[0], drift(0.97, 31, cycles=100)[0])
    for setting in {"times": 1}, {"times": 2}, {"beta1": 0.0}:
        assert np.isclose(per_period(50, 31, **setting), drift(0.98, 31, **setting))


def test_a_hidden_problem_gives_sixty_gradients_and_no_more():
    hidden = names("07")["Hidden"](0)
    hidden.gradient(np.zeros((59, 20)))
    hidden.gradient(np.zeros(20))
    with pytest.raises(AssertionError, match="the budget is spent"):
        hidden.gradient(np.zeros(20))


def test_the_slope_of_a_hidden_problem_is_that_of_its_cost():
    hidden, rng = names("07")["Hidden"](3), np.random.default_rng(4)
    theta, h = hidden._scale * rng.normal(size=20), 1e-6 * hidden._scale
    shifts = h * np.eye(20)
    slope = (hidden.cost(theta + shifts) - hidden.cost(theta - shifts)) / (2 * h)
    asked = [hidden.__class__(3).gradient(theta), hidden.gradient(theta)]
    off = hidden._scale * (np.mean(asked, axis=0) - slope)
    assert np.abs(off).max() < 12  # the noise is 3


# What the figures show beside their lines


def test_the_picture_of_the_search_shades_the_good_region():
    for ax in panels("07", "search-figure")[:2]:
        (shade,) = [c for c in ax.collections if hasattr(c, "levels")]
        assert list(shade.levels) == [0.5, 1.5]


# The companion


def printed_left(name):
    """Return what is left of the noisy and of the quiet weight, printed."""
    return printed("deeper/07", "decay-code", rf"{name} +quiet (\S+), noisy (\S+)")[
        ::-1
    ]


@cache
def follows_the_formula(sigma):
    """Say whether e^(-3/σ) is left; λθ is 1/3 at the start, and η as in the cell."""
    gradient = noisy(lambda theta, t: theta / 3, sigma, rng=8)
    end = descend(gradient, np.ones((500, 1)), opt.Adam(0.003), 300)[-1]
    return 0.9 < end.mean() / np.exp(-0.3 / sigma) < 1.1


def printed_both(pattern):
    """Return numbers that the race of Adam and AMSGrad has printed."""
    return printed("deeper/07", "amsgrad-code", pattern)


def costs_of_one():
    """Return the steps that one gradient, 1000 times too large, costs, and formula."""
    return printed(
        "deeper/07", "clip-formula", r"(?m)^ +1000 times: +(\d+) .*formula +(\d+)"
    )


def lost_to(size, beta2, at=3000, steps=9000):
    """Walk with Adam by hand; return how far one large gradient leaves it behind."""
    m = v = walked = 0.0
    for t in range(1, steps + 1):
        g = size if t == at else 1.0
        m, v = 0.9 * m + 0.1 * g, beta2 * v + (1 - beta2) * g**2
        walked += m / (1 - 0.9**t) / np.sqrt(v / (1 - beta2**t))
    return steps - walked


@pytest.mark.parametrize("size", [50, 700])
@pytest.mark.parametrize("beta2", [0.99, 0.998])
def test_the_formula_says_what_one_large_gradient_costs(size, beta2):
    formula = cells("deeper/07", "clip-code", "clip-formula")["steps_lost"]
    assert lost_to(size, beta2) == pytest.approx(formula(size, beta2), rel=0.01, abs=1)


def test_the_chances_are_those_of_the_best_of_n_drawn():
    n, rng = names("deeper/07"), np.random.default_rng(5)
    cost = rng.normal(size=30)
    lowest = cost[rng.integers(30, size=(40_000, 4))].min(axis=1)
    mean, se = stats.mean_and_error(lowest)
    assert abs(np.sum(n["best_odds"](cost, 4) * cost) - mean) < 4 * se
    assert n["best_odds"](cost, 4).sum() == pytest.approx(1)
    assert n["best_odds"](cost, 1) == pytest.approx(1 / 30)
