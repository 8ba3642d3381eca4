"""What notebook 07 says of hyper-parameters: measures for its table, and formulas."""

import re
from functools import cache

import numpy as np
import pytest

from tests.claims.taught import cells, names, notebook, panels, printed
from tests.library.test_symptoms import LOGS, confusion
from utils import costs, stats, symptoms
from utils import optimizers as opt
from utils.descent import descend, noisy, train

TEXTS = {cell.id: cell.source for cell in notebook("07").cells}


def settings(cell, *before):
    """Return the numbers that follow some phrases in the code of a cell."""
    patterns = (re.escape(words) + r"([\d.]+)" for words in before)
    return [float(re.search(pattern, TEXTS[cell])[1]) for pattern in patterns]


def beyond(values, errors=2):
    """Say whether the mean of values is above 0 by some standard errors."""
    mean, se = stats.mean_and_error(values)
    return mean > errors * se


# 1 and 2, searches; n holds the names of the notebook


LONGER = 10  # times the steps of the search


def hits(n):
    """Return what grid, random points, and eight rates find, in per cent."""
    return np.multiply(100, [*n["hit"].values()])


@cache
def searched_elsewhere():
    """Return the names of the search with four other sets of seeds."""
    ids = "problem-code", "search-guess", "search-code"
    return [cells("07", *ids, seed=seed) for seed in range(1, 5)]


@cache
def leads_elsewhere():
    """Return by how much random points lead with four other sets of seeds, and after
    LONGER runs: there in seven of eight sets of seeds that were tried.
    """
    code = TEXTS["search-code"].replace("steps=95", f"steps={95 * LONGER}", 1)
    exec(code, longer := dict(names("07")))
    shares = np.array([hits(n) for n in [*searched_elsewhere(), longer]])
    return shares[:, 1] - shares[:, 0]


def speck_elsewhere():
    """Return how often the point that is good, and none beside it, is good elsewhere.

    The four beside it are the next rates and the next memories.
    """
    framed = np.pad(names("07")["good"], 1)
    beside = framed[:-2, 1:-1] | framed[2:, 1:-1] | framed[1:-1, :-2] | framed[1:-1, 2:]
    (speck,) = np.argwhere(framed[1:-1, 1:-1] & ~beside)
    return np.mean([n["good"][tuple(speck)] for n in searched_elsewhere()])


def printed_hit(name):
    return printed("07", "search-figure", rf"{name}: (\d+)%")


def promised(errors):
    """Return the lowest error of the first n runs, averaged over the searches."""
    return np.minimum.accumulate(errors).mean(axis=1)


def worse_than_most(n, *seeds):
    """Return at which share of the rates seeds do worse than the mean seed."""
    worse = n["found"] > n["found"].mean(axis=1, keepdims=True)
    return worse[:, seeds].mean(axis=0).min()


# 3 Schedules


def gain(runs, name, n):
    """Return by how much each seed ends below the constant rate without warm-up."""
    return n["unchanged"] - runs[name][2]


def errors_lost(runs):
    """Return how many standard errors early ends above constant, without warm-up."""
    ends = [stats.mean_and_error(-gain(n["cold"], "early", n)) for n in runs]
    return [mean / se for mean, se in ends]


def printed_less(name):
    """Return what a schedule's cost is above the constant's, and ±, as printed."""
    line = rf"(?m)^{name} +peak .*minus constant (\S+) ± (\S+)"
    return np.abs(printed("07", "schedules-figure", line))


def printed_gains(*kinds):
    """Return what schedules gain by warm-up, as printed, to two digits."""
    line = r"(?m)^{} +peak .*gain by warm-up (\S+) ±"
    printed_by = (printed("07", "warmup-figure", line.format(k)) for k in kinds)
    return [round(gain, 2) for gain in printed_by]


def printed_costs(*kinds):
    """Return the costs of schedules with warm-up, as printed."""
    line = r"(?m)^{} +peak .*cost (\S+), gain"
    return [printed("07", "warmup-figure", line.format(kind)) for kind in kinds]


@cache
def elsewhere():
    """Return the names of section 3, run with three other sets of seeds."""
    ids = "problem-code", "schedules-kinds", "schedules-guess", "schedules-code"
    ids += "schedules-figure", "warmup-figure", "control-code"
    return [cells("07", *ids, seed=seed) for seed in (1, 2, 3)]


def gains_most(n):
    """Return the schedule that gains most by warm-up, each at its best peak."""
    won = {k: np.mean(n["cold"][k][2] - n["warm"][k][2]) for k in n["kinds"]}
    return max(won, key=won.get)


def all_agree(runs):
    """Say whether late pays, early does not and warm-up turns that, in all runs."""
    for n in runs:
        cold, warm = n["cold"], n["warm"]
        late_paid = gain(cold, "late", n).mean() > 0
        early_lost = late_paid and not beyond(gain(cold, "early", n))
        turned = gain(warm, "early", n).mean() > 0 and beyond(n["behind"]["with"])
        late_is_as_good = not beyond(warm["late"][2] - warm["early"][2])
        if not (early_lost and turned and late_is_as_good and gains_most(n) == "early"):
            return False
    return True


@cache
def after_fifty_epochs():
    """Say whether all medians are below 0.005, and the means in another order."""
    n, T = names("07"), 1900
    peaks = 2.0 ** np.arange(-5.5, -4.4, 0.5)[:, None, None]
    means, medians = [], []
    for kind in "constant", "late", "early":
        long = {"np": np, "schedules": n["schedules"]}
        exec(TEXTS["schedules-kinds"].replace("T = 190", f"T = {T}"), long)
        end = n["trained"](opt.Adam(long[kind](peaks)), 10, T, 2)
        costs = n["network"].cost(end, *n["training"])
        means.append(costs.mean(axis=-1).min())
        medians.append(np.median(costs, axis=-1).min())
    same_order = np.argsort(means).tolist() == np.argsort(medians).tolist()
    return max(medians) < 0.005, not same_order


# 4 Batch size


def on_the_line(n, *sizes):
    """Return the costs of batch sizes at η/B = 1/128."""
    return [n["by_size"][B][n["powers"] == B / 128].item() for B in sizes]


def printed_on_the_line(*sizes):
    return [printed("07", "batch-figure", rf"B = +{B}: .*cost (.*)") for B in sizes]


def best_rates(n, *sizes):
    return [n["powers"][n["by_size"][B].argmin()] for B in sizes]


# 5 Does Adam always go downhill?


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


def last_period(n):
    """Return θ of β₂ = 0.9999 in the last period of its walk, step by step."""
    beta2, m, v, theta, path = n["betas"][-1], 0.0, 0.0, 0.0, []
    for t in range(1, 101 * 1000 + 1):
        g = 101 if t % 101 == 1 else -1
        m, v = 0.9 * m + 0.1 * g, beta2 * v + (1 - beta2) * g**2
        theta -= 0.02 * m / (1 - 0.9**t) / np.sqrt(v / (1 - beta2**t))
        theta = min(max(theta, -1.0), 1.0)
        path.append(theta)
    return np.array(path[-101:])


def first_saved(n):
    """Return the first memory on the slider that saves Adam at period 101."""
    return n["notches"][per_period(n["notches"][:, None], 101) < 0].min()


# The symptoms


def symptoms_of(name):
    """Return the symptoms of a run, as printed."""
    output = printed("07", "symptoms-code")
    return re.search(rf"(?m)^{re.escape(name)} +(.*)$", output)[1]


def dead_units(n):
    """Say whether all hidden units of the run that is called so end at 0, always."""
    rule, many = n["cases"]["dead units"]
    images, labels = (array[:many] for array in n["training"])
    end = train(n["network"], (images, labels), rule, 32, 400, rng=1, every=400)[-1, 0]
    weights, bias = n["network"].layers(end)[0]
    return not np.any(images @ weights + bias > 0)


def parts_of(length):
    """Return how many medians are taken of a list of so many losses."""
    return len(symptoms._levels("training", np.ones(length), 20)[1])


def beyond_the_border():
    """Return the symptoms of gradient descent on a parabola, a little above 2/L."""
    path = descend(lambda theta, t: theta, [1.0], opt.SGD(2.05), 100)[:, 0]
    return symptoms.symptoms(path**2)


def adam_in_the_ravine():
    """Return the symptoms of 05's walk at η = 1, which arrives and leaves."""
    ravine = costs.quadratic(kappa=100, angle=30)
    fall = descend(ravine.gradient, ravine.start, opt.Adam(1.0), 1500, ravine)
    return symptoms.symptoms(fall)


def takes_noise_for_a_spike(length):
    """Say whether of 500 falls with normal noise one is said to have spikes."""
    noise = np.random.default_rng(1).normal(size=(500, length))
    falls = np.exp(-3 * np.linspace(0, 1, length) + 0.5 * noise)
    return any("spikes" in symptoms.symptoms(fall) for fall in falls)


@cache
def planted():
    """Return the planted runs, the right ones, if no healthy one is sick, and these."""
    read = confusion()
    healthy = {name: runs for (cause, name), runs in read.items() if not cause}
    right = sum(runs for (cause, name), runs in read.items() if cause == name)
    return read.total(), right, [*healthy] == [""], sum(healthy.values())


def misses_a_long_step_of_adams():
    """Say whether most runs of this kind are called healthy."""
    runs = [symptoms.symptoms(*LOGS["spikes"][4](seed)) for seed in range(5)]
    return runs.count([]) > 2


def rises_with_the_data():
    """Say whether a run whose labels go wrong on the way falls and rises."""
    return symptoms.symptoms(*LOGS["falls and rises"][5](0)) == ["falls and rises"]


def missed(first, long):
    """Return how often a spike of so many of 400 losses, in little noise, is missed."""
    noise = np.random.default_rng(1).normal(size=(100, 400))
    falls = np.geomspace(2.3, 0.02, 400) * np.exp(0.1 * noise)
    falls[:, first : first + long] *= 3
    return np.mean(["spikes" not in symptoms.symptoms(fall) for fall in falls])


def called_flat(end):
    """Say whether 400 losses from 1 steadily to an end are called flat."""
    return symptoms.symptoms(np.linspace(1, end, 400)) == ["flat"]


def flat_in_noise(end):
    """Return how often 400 losses from 1 to an end are called flat in strong noise."""
    noise = np.random.default_rng(1).normal(size=(100, 400))
    falls = np.geomspace(1, end, 400) * np.exp(0.3 * noise)
    return np.mean([symptoms.symptoms(fall) == ["flat"] for fall in falls])


def flat_after_the_fall(n):
    """Say whether the last hundred steps of a run that is done are called flat."""
    rule = opt.Adam(n["schedules"].cosine(0.03, 400))
    path = train(n["network"], n["training"], rule, 32, 800, rng=3)[-100:]
    losses = n["network"].cost(path, *(some[:300] for some in n["training"]))[:, 0]
    return symptoms.symptoms(losses) == ["flat"]


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
    n, beta2 = names("07"), np.array([0.97, 0.99])
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
