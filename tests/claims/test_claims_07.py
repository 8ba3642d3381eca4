"""What notebook 07 says of hyper-parameters: measures for its table, and formulas."""

import re
from functools import cache

import numpy as np
import pytest

from notebooks.exercises import hyperparameters as checks
from tests.claims.taught import cells, names, notebook, panels, printed
from utils import optimizers as opt
from utils import stats
from utils.data import digits
from utils.descent import descend, noisy, train
from utils.network import Network

TEXTS = {cell.id: cell.source for cell in notebook("07").cells}
FALLING = "1/√t", "step", "cosine"


def settings(cell, *before):
    """Return the numbers that follow some phrases in the code of a cell."""
    patterns = (re.escape(words) + r"([\d.]+)" for words in before)
    return [float(re.search(pattern, TEXTS[cell])[1]) for pattern in patterns]


def beyond(values, errors=2):
    """Say whether the mean of values is above 0 by some standard errors."""
    mean, se = stats.mean_and_error(values)
    return mean > errors * se


# 1 The protocol; n holds the names of the notebook


def wrong_digits(n):
    """Return how many digits more than the best each setting has wrong."""
    total = len(n["validation"][1])
    return np.rint(total / 100 * (n["error"] - n["error"].min()))


def hits(n):
    """Return what grid, random points, and eight η twice find, in per cent."""
    return np.multiply(100, [*n["hit"].values(), n["eight"], n["spread"]])


@cache
def hits_elsewhere():
    """Return these shares with four other sets of seeds, (seeds, 4)."""
    ids = "problem-code", "search-guess", "search-code", "search-count"
    return np.array([hits(cells("07", *ids, seed=seed)) for seed in range(1, 5)])


def printed_hit(name):
    return printed("07", "search-count", rf"(?m)^{name} +(\d+)%")


def printed_wrong(what):
    """Return a percentage of wrong digits, and ±, as it is printed."""
    return printed("07", "default-code", rf"{what}: +(.*) ± (.*)")


def missed():
    """Return the chance to miss that is left, and those of a run to hit and to miss."""
    ((p, chance),) = checks.runs_needed.cases
    return 1 - chance, p, 1 - p


def promised(errors):
    """Return the lowest error of the first n runs, averaged over the searches."""
    return np.minimum.accumulate(errors).mean(axis=1)


# 2 Schedules


def gain_of(n, name):
    """Return by how much each seed ends below the constant rate with a schedule."""
    constant, end = (n["at_best"][k] for k in ("constant", name))
    return np.subtract(*(n["network"].cost(x, *n["training"]) for x in (constant, end)))


def printed_schedule(name):
    """Return the peak, the cost, and cost minus constant with ±, as printed."""
    line = rf"(?m)^{name} +η = (\S+), cost (\S+), minus constant (\S+) ± (\S+)"
    return np.array(printed("07", "schedules-code", line))


def losses():
    """Return what those that only fall lose, as printed: least, most, and ±."""
    lost = np.array([printed_schedule(name) for name in FALLING])
    return lost[:, 2].min(), lost[:, 2].max(), lost[:, 3].max()


def best_peak(n, name):
    return n["peaks"][n["by_schedule"][name].mean(axis=-1).argmin()]


def first_at_a_shared_peak(n):
    """Return the schedules that are first when all have the same peak rate."""
    costs = {name: cost.mean(axis=-1) for name, cost in n["by_schedule"].items()}
    shared = range(len(n["peaks"]))
    return {min(costs, key=lambda name: costs[name][k]) for k in shared}


@cache
def gains_if_capped(seed=170):
    """Say whether the cosine gains if its first steps are no longer than constant's."""
    n, (low, high) = names("07"), 10 ** np.array([-1.5, -1.25])  # the two best peaks
    cosine = n["kinds"]["cosine"](high)

    def capped(t):
        return np.minimum(cosine(t), low) if t <= 10 else cosine(t)

    ends = (n["trained"](opt.Adam(lr), 40, n["T"], seed) for lr in (low, capped))
    costs = (n["network"].cost(end, *n["training"]) for end in ends)
    return beyond(np.subtract(*costs))


# 3 Batch size


def on_the_line(n, *sizes):
    """Return the costs of batch sizes at η/B = 1/128."""
    return [n["by_size"][B][n["powers"] == B / 128].item() for B in sizes]


def printed_on_the_line(*sizes):
    return [printed("07", "batch-figure", rf"B = +{B}, .*cost (.*)") for B in sizes]


def best_rates(n, *sizes):
    return [n["powers"][n["by_size"][B].argmin()] for B in sizes]


@cache
def factor_elsewhere():
    """Return how far from 0.5 the best rates from B = 32 on are with other seeds."""
    ids = "problem-code", "border-code", "batch-guess", "batch-code"
    runs = [cells("07", *ids, seed=seed) for seed in range(1, 5)]
    best = np.array([best_rates(n, 32, 64, 128, 256) for n in runs])
    return np.max(np.maximum(best / 0.5, 0.5 / best))


# 4 Does Adam always go downhill?


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
    betas = 1 - 1 / n["notches"][:, None]
    return n["notches"][n["steps_of"](betas, 101)[:, -101:].sum(axis=1) < 0].min()


@cache
def adam_and_amsgrad():
    """Say whether both are on one line on the digits of 06, up to the best rate."""
    rates, (training, validation, _) = 10 ** np.arange(-3, -0.9, 0.25), digits()
    network, wrong = Network((64, 32, 10)), []
    for rule in opt.Adam(rates[:, None, None]), opt.AMSGrad(rates[:, None, None]):
        end = train(network, training, rule, 64, 20 * 19, 140, 5, every=20 * 19)[-1]
        wrong.append(1 - network.accuracy(end, *validation).mean(axis=-1))
    best = wrong[0].argmin()
    inside = 3 < best < len(rates) - 1
    return inside and np.allclose(*np.array(wrong)[:, : best + 1], atol=0.004)


@cache
def goes_up_at_random(noise):
    """Say whether Adam goes up where large gradients come at random times."""
    rng = np.random.default_rng(107)
    large = rng.random((5000, 200, 1)) < 1 / 101
    small = noise * rng.normal(size=large.shape) - 1

    def gradient(theta, t):
        return np.where(large[t - 1], 101.0, small[t - 1])  # 1/101 on average

    path = descend(gradient, np.zeros((200, 1)), opt.Adam(1.0, beta2=0.99), 5000)
    return beyond(path[-1, :, 0] - path[1000, :, 0], 5)


def printed_chance(B):
    """Return what of its chance a word is given with both memories, printed."""
    return printed("07", "break-code", rf"B = +{B}: \D*(\S+) \(\D*[\d.]+\), (\S+) ")


@cache
def slowly_rising():
    """Say whether one sample a step gives a rare word more of its chance later."""
    n = cells("07", "break-code", seed=3)
    path = descend(n["of_bias"], n["start"], n["adam"], 18_000, every=6000)[1:, 0, 1]
    early, _, late = np.median(1000 / (1 + np.exp(-path)), axis=-1)
    return early + 0.03 < late < 0.5


# 5 Weight decay


def printed_left(name):
    """Return what is left of the noisy and of the quiet weight, printed."""
    return printed("07", "decay-print", rf"{name} +quiet (\S+), noisy (\S+)")[::-1]


@cache
def follows_the_formula(sigma):
    """Say whether e^(-3/σ) is left; λθ is 1/3 at the start, and η as in the cell."""
    gradient = noisy(lambda theta, t: theta / 3, sigma, rng=8)
    end = descend(gradient, np.ones((500, 1)), opt.Adam(0.003), 300)[-1]
    return 0.9 < end.mean() / np.exp(-0.3 / sigma) < 1.1


# The capstone


def spent(n):
    """Return how many gradients `four_rates` spends on its search, and after it."""
    hidden, taken = n["Hidden"](0), []
    ask = hidden.gradient

    def counted(theta, t=None):
        taken.append(theta.size // 20)
        return ask(theta, t)

    hidden.gradient = counted
    n["four_rates"](hidden)
    return sum(k for k in taken if k > 1), sum(k for k in taken if k == 1)


@cache
def answer_wins(first, noise=0.0):
    """Return the mean decades of the published answer on twenty problems.

    noise   the size of what is added to a gradient, beside the first one
    """
    left = cells("07", "capstone-code")
    answer = re.search(r"```python\n(.*?)```", TEXTS["capstone-seen"], re.S)[1]
    exec(answer, left)

    class Noisy(left["Hidden"]):
        def __init__(self, seed):
            super().__init__(seed)
            self.rng = np.random.default_rng(1000 + seed)
            self.noise = noise * np.linalg.norm(self._hessian @ self._minimum)

        def gradient(self, theta, t=None):
            added = self.noise / np.sqrt(20) * self.rng.normal(size=20)
            return super().gradient(theta, t) + added

    problems = map(Noisy, range(first, first + 20))
    return np.mean([p.decades(left["my_search"](p)) for p in problems])


def newton_wins(hidden):
    """Return the decades that Newton's step wins: the curvature is 20 gradients."""
    slope = hidden.gradient(np.zeros(20))
    curvature = hidden.gradient(np.eye(20)) - slope
    return hidden.decades(-np.linalg.solve(curvature, slope))


# Going deeper


def costs_of_one():
    """Return the steps that one gradient, 1000 times too large, costs, and formula."""
    return printed("07", "clip-formula", r"(?m)^ +1000 times: +(\d+) .*formula +(\d+)")


def formula_is_right_to(n):
    """Return by how many per cent the formula is wrong at most, up to 1000 times."""
    sizes, lost = n["large"][:, 0], n["lost"]
    up_to = sizes < 1001
    wrong = n["steps_lost"](sizes[up_to]) / lost[up_to] - 1
    return np.ceil(100 * np.abs(wrong).max())


def lost_to(size, beta2, at=3000, steps=9000):
    """Walk with Adam by hand; return how far one large gradient leaves it behind."""
    m = v = walked = 0.0
    for t in range(1, steps + 1):
        g = size if t == at else 1.0
        m, v = 0.9 * m + 0.1 * g, beta2 * v + (1 - beta2) * g**2
        walked += m / (1 - 0.9**t) / np.sqrt(v / (1 - beta2**t))
    return steps - walked


# Formulas


def test_the_schedules_are_the_formulas():
    run = cells("07", "schedules-kinds")
    T, eta, t = run["T"], 0.3, np.arange(1, run["T"] + 1)
    s = (t - 1) / T
    cosine = eta / 2 * (1 + np.cos(np.pi * s))
    climb = np.minimum(10 * t / T, 1)
    formulas = {
        "constant": eta + 0 * t,
        "1/√t": eta / np.sqrt(1 + 10 * s),
        "step": eta / 2 ** ((s >= 1 / 4) + (s >= 1 / 2) * 1 + (s >= 3 / 4)),
        "cosine": cosine,
        "warm-up": climb * eta,
        "warm-up, cosine": climb * cosine,
    }
    assert formulas.keys() == run["kinds"].keys()
    for name, kind in run["kinds"].items():
        assert np.allclose(kind(eta)(t), formulas[name]), name


def test_the_border_is_two_over_the_largest_eigenvalue():
    n = cells("07", "problem-code", "border-code")
    theta, data = n["path"][-1, 0, :1], n["subset"]
    shifts = 1e-5 * np.eye(theta.size)
    up, down = (n["network"].gradient(theta + s, *data) for s in (shifts, -shifts))
    largest = np.linalg.eigvalsh((up - down) / 2e-5).max()
    assert n["border"](theta) == pytest.approx(2 / largest, rel=0.02)


@pytest.mark.parametrize("method", [opt.Adam, opt.AMSGrad])
def test_the_formulas_of_the_notebook_are_what_the_optimizers_do(method):
    n = names("07")
    steps = n["steps_of"](0.97, 31, method is opt.AMSGrad, periods=100)
    assert np.isclose(steps[-31:].sum(), drift(0.97, 31, start=method, cycles=100))
    if method is opt.Adam:
        for setting in {"times": 1}, {"times": 2}, {"beta1": 0.0}:
            wanted = drift(0.98, 31, **setting)
            assert np.isclose(n["per_period"](50, 31, **setting), wanted)


@pytest.mark.parametrize("size", [50, 700])
@pytest.mark.parametrize("beta2", [0.99, 0.998])
def test_the_formula_says_what_one_large_gradient_costs(size, beta2):
    formula = cells("07", "clip-code", "clip-formula")["steps_lost"]
    assert lost_to(size, beta2) == pytest.approx(formula(size, beta2), rel=0.01, abs=1)


def test_the_chances_are_those_of_the_best_of_n_drawn():
    n, rng = names("07"), np.random.default_rng(5)
    cost = rng.normal(size=30)
    lowest = cost[rng.integers(30, size=(40_000, 4))].min(axis=1)
    mean, se = stats.mean_and_error(lowest)
    assert abs(np.sum(n["best_odds"](cost, 4) * cost) - mean) < 4 * se
    assert n["best_odds"](cost, 4).sum() == pytest.approx(1)
    assert n["best_odds"](cost, 1) == pytest.approx(1 / 30)


def test_a_hidden_problem_gives_sixty_gradients_and_no_more():
    hidden = names("07")["Hidden"](0)
    hidden.gradient(np.zeros((59, 20)))
    hidden.gradient(np.zeros(20))
    with pytest.raises(AssertionError, match="the budget is spent"):
        hidden.gradient(np.zeros(20))


# What the figures show beside their lines


def test_the_picture_of_the_search_has_the_errors_and_the_good_region():
    n = names("07")
    for ax in panels("07", "search-figure")[:2]:
        mesh, contour = ax.collections[:2]
        assert np.array_equal(mesh.get_array(), n["error"].T)
        assert contour.levels == [0.5]


def test_the_picture_of_the_walks_tells_the_three_adams_apart():
    (ax,) = panels("07", "reddi-figure")
    adams = [line for line in ax.lines if line.get_label().startswith("Adam")]
    assert len({line.get_linestyle() for line in adams}) == len(adams) == 3
