"""What notebook 06 says of SGD and Adam, tried on seeds that are not the notebook's."""

import time
from functools import cache

import numpy as np
import pytest

from tests.claims.said import names
from tests.claims.taught import cells
from utils import optimizers as opt
from utils import stats
from utils.data import digits
from utils.descent import descend, minibatches, sampled, train
from utils.network import Network
from utils.stats import mean_and_error, median

TRAINING, VALIDATION, TEST = digits()
NETWORK = Network((64, 32, 10))
RATES = 10 ** np.arange(-3, 0.5, 0.25)
MAIN = "SGD", "Momentum", "RMSprop", "Adam"
SHORT, LONG = 190, 380  # steps in 10 and in 20 epochs


def learn(optimizer, seeds, steps, seed, every, network=NETWORK):
    return train(network, TRAINING, optimizer, 64, steps, seed, seeds, every=every)


def error(theta, data, network=NETWORK):
    return 1 - network.accuracy(theta, *data)


@cache
def sweep(seed):
    """Section 2 with other seeds: the tuning run, and the windows."""
    return cells("06", "problem-code", "learn", "tune-code", "window-code", seed=seed)


@pytest.fixture(scope="module")
def sweeps():
    """Validation error, name: (rates, 10 seeds) after 10 epochs."""
    seeds = [sweep(seed)["error"] for seed in (100, 101)]
    return {name: np.concatenate([s[name] for s in seeds], axis=-1) for name in MAIN}


@cache
def race(seed):
    """Sections 1 and 3 with other seeds, at the rates of the notebook."""
    ids = "problem-code", "learn", "converge-code", "paired-code", "test-code"
    return cells("06", *ids, seed=seed, tuned=names("06")["tuned"])


@pytest.fixture(params=[100, 101, 102])
def raced(request):
    return race(request.param)


# Tuning


def test_an_epoch_is_18_batches_of_64_and_one_of_45():
    assert divmod(len(TRAINING[1]), 64) == (18, 45)


def test_no_best_rate_is_on_the_edge_and_they_lie_far_apart(sweeps):
    k = {name: stats.best(rows.mean(axis=-1)) for name, rows in sweeps.items()}
    best = {name: RATES[k] for name, k in k.items()}
    assert max(best.values()) / min(best.values()) > 50
    assert best["SGD"] / best["Adam"] > 5


# 1 Convergence


def test_adam_is_nearly_twice_as_fast_as_sgd_beyond_doubt(raced):
    needed = raced["needed"]
    mean, se = mean_and_error(needed["SGD"] - needed["Adam"])
    assert mean > 8 * se
    assert 1.5 < needed["SGD"].mean() / needed["Adam"].mean() < 2.6


def test_momentum_follows_adam_closely_and_rmsprop_is_no_faster_than_sgd(raced):
    needed = raced["needed"]
    mean, se = mean_and_error(needed["Momentum"] - needed["Adam"])
    assert abs(mean) < 0.5 + 2 * se < 1.2
    mean, se = mean_and_error(needed["RMSprop"] - needed["SGD"])
    assert mean > -2 * se


def epochs_needed(method, rates):
    """Mean over ten seeds, (rates,); infinite where a seed needs more than 15."""
    lr = np.array(rates)[:, None, None]
    path = learn(method(lr), 10, 15 * 19, 116, 19)
    below = np.array([NETWORK.cost(theta, *TRAINING) for theta in path]) < 0.1
    return np.where(below.any(axis=0), below.argmax(axis=0), np.inf).mean(axis=-1)


@pytest.fixture(scope="module")
def fastest():
    """Epochs needed at the rates around the fastest one of the grid."""
    return {
        "SGD": epochs_needed(opt.SGD, RATES[10:14]),
        "RMSprop": epochs_needed(opt.RMSprop, RATES[3:7]),
        "Adam": epochs_needed(opt.Adam, RATES[5:9]),
        "forgetful": epochs_needed(lambda lr: opt.Adam(lr, beta1=0), RATES[4:8]),
        "corrected": epochs_needed(
            lambda lr: opt.Adam(lr, beta1=0, beta2=opt.RMSprop(lr).beta), RATES[4:8]
        ),
    }


def test_each_at_its_fastest_rate_adam_is_about_twice_as_fast(fastest):
    for needed in fastest.values():
        assert 0 < needed.argmin() < len(needed) - 1  # not on the edge
    assert 1.7 < fastest["SGD"].min() / fastest["Adam"].min() < 2.4
    assert fastest["RMSprop"].min() > fastest["SGD"].min() - 0.5


def test_sgd_is_fastest_at_rate_1_and_needs_about_11_epochs_at_056(fastest):
    needed = dict(zip(RATES[10:14].round(2), fastest["SGD"], strict=True))
    assert min(needed, key=needed.get) == 1
    assert 10 < needed[0.56] < 12


def test_without_its_memory_adam_keeps_about_half_of_its_lead(fastest):
    best = {name: needed.min() for name, needed in fastest.items()}
    lead_left = (best["SGD"] - best["forgetful"]) / (best["SGD"] - best["Adam"])
    assert 0.3 < lead_left < 0.7


def test_what_rmsprop_lacks_to_be_faster_than_sgd_is_the_bias_correction(fastest):
    best = {name: needed.min() for name, needed in fastest.items()}
    assert best["corrected"] < min(best["SGD"], best["RMSprop"]) - 0.5
    assert best["corrected"] > best["Adam"] + 0.5


def test_a_step_of_adam_takes_one_to_two_times_as_long():
    needed = race(100)["needed"]
    rng = np.random.default_rng(102)
    theta = NETWORK.initial(rng)
    gradient = sampled(NETWORK.gradient, TRAINING, 64, rng)

    def clock(optimizer):
        begin = time.perf_counter()
        descend(gradient, theta, optimizer, 20)
        return time.perf_counter() - begin

    trials = [[clock(opt.SGD(0.01)), clock(opt.Adam(0.01))] for _ in range(100)]
    sgd, adam = np.min(trials, axis=0)
    assert 1 < adam / sgd < 2
    assert adam / sgd < needed["SGD"].mean() / needed["Adam"].mean()


def test_an_operation_in_a_matrix_product_is_cheaper_than_one_of_adams():
    rng = np.random.default_rng(118)
    theta, adam = NETWORK.initial(rng), opt.Adam(0.01)
    gradient = sampled(NETWORK.gradient, TRAINING, 64, rng)
    g, state = gradient(theta, 1), adam.init(theta)

    def clock(function, *arguments):
        begin = time.perf_counter()
        function(*arguments)
        return time.perf_counter() - begin

    product = min(clock(gradient, theta, 1) for _ in range(500)) / (4 * 64)
    own = min(clock(adam.step, theta, g, state, 1) for _ in range(500)) / 14
    assert own > 1.5 * product


def test_adam_keeps_two_vectors_and_sgd_none():
    methods, theta = (opt.SGD, opt.Momentum, opt.RMSprop, opt.Adam), np.zeros(7)
    sizes = [np.size(method(lr=1).init(theta)) / 7 for method in methods]
    assert sizes == [0, 1, 1, 2]


class Counted(np.ndarray):
    """An array that counts the operations on whole arrays."""

    operations = 0

    def __array_ufunc__(self, ufunc, method, *inputs, **options):
        Counted.operations += 1
        plain = (np.asarray(a) if isinstance(a, Counted) else a for a in inputs)
        return getattr(ufunc, method)(*plain, **options).view(Counted)


def test_adam_does_14_operations_where_sgd_does_2_which_is_5_percent_of_a_step():
    counts = []
    for method in (opt.SGD, opt.Adam):
        optimizer, theta = method(lr=0.1), np.ones(5).view(Counted)
        state = optimizer.init(theta)
        Counted.operations = 0
        optimizer.step(theta, theta, state, 1)
        counts.append(Counted.operations)
    assert counts == [2, 14]
    assert round((4 * 64 + 14) / (4 * 64 + 2) - 1, 2) == 0.05


# 2 Learning rates


def test_the_best_rate_of_sgd_is_just_before_a_cliff(sweeps):
    at = dict(zip(RATES.round(2), median(sweeps["SGD"]), strict=True))
    assert at[1] < 0.08 and at[1.78] > 0.8


def test_momentum_is_sgd_moved_one_decade(sweeps):
    """Where ten times the rate is still before SGD's cliff."""
    gap = median(sweeps["Momentum"])[:8] - median(sweeps["SGD"])[4:12]
    assert np.abs(gap).max() < 0.05  # where the error falls from 0.8 to 0.05


def test_momentum_stays_where_ten_times_the_rate_makes_sgd_fall(sweeps):
    k = RATES.round(2).tolist().index(0.18)
    assert median(sweeps["Momentum"])[k] < 0.05 < 0.8 < median(sweeps["SGD"])[k + 4]


def test_adam_amsgrad_and_adamw_lie_on_one_line():
    rates = RATES[:7, None, None]
    adam, *others = (
        error(learn(method(lr=rates), 5, SHORT, 103, SHORT)[-1], VALIDATION)
        for method in (opt.Adam, opt.AMSGrad, opt.AdamW)
    )
    for other in others:
        assert np.abs(median(other) - median(adam)).max() < 0.01


def window(rows):
    fine = np.linspace(-3, 0.25, 3251)
    mean = np.interp(fine, np.log10(RATES), rows.mean(axis=-1))
    return fine[mean <= np.nanmin(mean) + 0.02]


def widths(rows):
    """In decades, for two groups of five seeds."""
    return np.array([len(window(rows[:, k : k + 5])) / 1000 for k in (0, 5)])


def test_adams_window_is_wider_than_sgds_and_as_wide_as_momentums(sweeps):
    of = {name: widths(rows) for name, rows in sweeps.items()}
    assert (of["Adam"] > of["SGD"]).all()
    assert (of["Adam"] - of["SGD"]).mean() > 0.3
    assert (of["RMSprop"] - of["SGD"]).mean() > 0.15
    assert abs((of["Adam"] - of["Momentum"]).mean()) < 0.3


def test_the_widths_move_by_about_a_tenth_of_a_decade(sweeps):
    spread = np.mean([widths(rows).var(ddof=1) for rows in sweeps.values()]) ** 0.5
    assert 0.02 < spread < 0.2


def test_adams_window_is_wider_than_a_decade_and_sgds_is_about_one(sweeps):
    assert len(window(sweeps["Adam"])) > 1150
    assert 850 < len(window(sweeps["SGD"])) < 1150


def test_the_windows_of_adam_and_sgd_hardly_meet(sweeps):
    assert window(sweeps["Adam"]).max() < window(sweeps["SGD"]).min() + 0.1


def test_the_default_rate_is_outside_adams_window(sweeps):
    assert window(sweeps["Adam"]).min() > -3 + np.log10(2)
    assert window(sweeps["SGD"]).min() > -1.1


# 3 One shared rate


@pytest.mark.parametrize(
    ("rate", "first", "last"),
    [
        (0.001, ["RMSprop", "Adam"], ["Momentum", "SGD"]),
        (0.01, ["Adam", "RMSprop", "Momentum"], ["SGD"]),
        (0.32, ["Momentum", "SGD"], ["Adam", "RMSprop"]),
        (1.0, ["SGD"], ["Adam", "Momentum", "RMSprop"]),
    ],
)
def test_each_shared_rate_has_its_own_ranking(sweeps, rate, first, last):
    k = np.abs(np.log(RATES / rate)).argmin()
    at = {name: median(rows)[k] for name, rows in sweeps.items()}
    ranking = sorted(at, key=at.get)
    assert {*ranking[: len(first)]} == {*first}
    assert max(at[name] for name in first) < 0.15 < 0.3 < min(at[name] for name in last)


def test_rounding_decides_for_rmsprop_at_a_third_and_not_at_its_best_rate():
    rng = np.random.default_rng(117)
    start = NETWORK.initial(rng, runs=(5,))
    gradient = sampled(NETWORK.gradient, TRAINING, 64, rng, runs=(5,))
    twins = np.stack([start, start * (1 + 1e-15)])
    moved = {}
    for rate in (RATES[3], RATES[10]):
        end = descend(gradient, twins, opt.RMSprop(rate), SHORT, every=SHORT)[-1]
        moved[rate] = np.abs(np.diff(NETWORK.cost(end, *TRAINING), axis=0)).max()
    assert moved[RATES[3]] < 1e-9 < 1e-3 < moved[RATES[10]]


def test_adams_lead_over_sgd_is_a_lead_in_time(raced):
    def lead(epoch, other):
        errors = raced["errors"]
        return mean_and_error(errors[other][epoch] - errors["Adam"][epoch])

    early, se = lead(5, "SGD")
    late, _ = lead(20, "SGD")
    assert early > 2 * se
    assert late < early / 2
    assert all(abs(lead(epoch, "Momentum")[0]) < 0.01 for epoch in (5, 10, 20))


def test_on_the_test_set_nobody_wins(raced):
    """Adam, SGD and momentum: within two standard errors, seeds and digits together."""
    wrong = raced["wrong"]
    for name in ("SGD", "Momentum"):
        apart = wrong["Adam"] - wrong[name]
        mean, over_seeds = mean_and_error(apart.mean(axis=1))
        _, over_digits = mean_and_error(apart.mean(axis=0))
        both = np.hypot(over_seeds, over_digits)
        assert abs(mean) < 2 * both
        assert 0.5 < 2 * both < 2  # "about one point"


def test_rates_tuned_for_ten_epochs_serve_for_twenty():
    for method, best in (opt.SGD, 1), (opt.Adam, 10**-1.5):
        near = best * 10 ** np.array([-0.5, -0.25, 0, 0.25, 0.5])
        end = learn(method(lr=near[:, None, None]), 10, LONG, 104, LONG)[-1]
        mean = error(end, VALIDATION).mean(axis=-1)
        assert mean[2] < np.nanmin(mean) + 0.01


# 4 The famous table


def moons(seed, optimizer, steps):
    n = cells("06", "moons-code", seed=seed)
    path = descend(n["moons_gradient"], n["start"], optimizer, steps, every=steps)
    return n["small"].accuracy(path[-1], *n["moons"])


def test_averaged_momentum_is_summed_momentum_at_a_tenth_of_the_rate():
    rng = np.random.default_rng(107)
    gradients = rng.normal(size=(200, 4))
    theta, u = np.zeros(4), np.zeros(4)
    for g in gradients:
        u = 0.9 * u + 0.1 * g
        theta = theta - 0.014 * u
    path = descend(
        lambda theta, t: gradients[t - 1], np.zeros(4), opt.Momentum(0.0014, 0.9), 200
    )
    assert np.allclose(path[-1], theta, rtol=1e-12)


def test_the_famous_gap_is_the_rate():
    runs = [cells("06", "moons-code", "moons-run", seed=seed) for seed in (108, 109)]
    rows = {
        name: np.concatenate([run["accuracy"][name] for run in runs])
        for name in runs[0]["accuracy"]
    }
    apart = {name: median(rows["Adam"]) - median(rows[name]) for name in rows}
    assert apart["SGD"] > 0.03
    assert abs(apart["SGD"] - apart["Momentum, averaged"]) < 0.01
    for turned in ("Momentum, summed", "SGD, 10 η", "SGD, 50 η"):
        assert apart[turned] < apart["SGD"] / 3


def test_fewer_steps_that_are_longer_in_proportion_end_at_the_same_place():
    """The error is proportional to the rate: from a fifth to a twentieth, less."""
    fast = moons(110, opt.SGD(0.014), 2500)
    slow = moons(110, opt.SGD(0.014 / 5), 5 * 2500)
    assert np.abs(fast - slow).max() < 0.01
    fast = moons(110, opt.Adam(0.014), 2500)
    slow = moons(110, opt.Adam(0.014 / 5), 5 * 2500)
    assert abs(np.median(fast) - np.median(slow)) < 0.01  # a rare run is left behind


# 5 Overfitting


def test_the_gap_of_adam_is_that_of_sgd_each_tuned_at_each_size():
    x, y = TRAINING
    sizes = [63, 133, 399, 1197]
    rng = np.random.default_rng(111)
    order = rng.permuted(np.tile(np.arange(1197), (10, 1)), axis=-1)
    rows = np.stack([np.tile(order[:, :n], 1197 // n) for n in sizes])

    start = np.tile(NETWORK.initial(rng, runs=(10,)), (4, 1, 1))
    drawn = minibatches(1197, 64, rng, runs=(10,))

    def gradient(theta, t):
        batch = np.take_along_axis(rows, drawn(t)[None], axis=-1)
        return NETWORK.gradient(theta, x[batch], y[batch])

    gap, new = {}, {}
    for method, rates in (opt.SGD, [0.1, 0.32, 1]), (opt.Adam, [0.01, 0.018, 0.032]):
        optimizer = method(lr=np.reshape(rates, (3, 1, 1, 1)))
        end = descend(gradient, start, optimizer, SHORT, every=SHORT)[-1]
        errors = error(end, VALIDATION)
        best = errors.mean(axis=-1).argmin(axis=0), np.arange(4)
        new[method] = errors[best]
        gap[method] = new[method] - error(end[best], (x[rows], y[rows]))
    mean, se = mean_and_error(gap[opt.Adam] - gap[opt.SGD])
    assert (np.abs(mean) < 3 * se + 0.01).all()
    mean, se = mean_and_error(new[opt.Adam] - new[opt.SGD])
    assert (mean < 2 * se).all()


@pytest.mark.parametrize("seed", [112, 113, 114])
def test_in_the_construction_adaptive_methods_call_everything_positive(seed):
    n = cells("06", "wilson-code", seed=seed)
    x, y, sign = n["x"], n["y"], np.sign(n["x"].T @ n["y"])
    assert np.array_equal(x @ sign, 4 * y)

    def end(optimizer):
        start = np.zeros(x.shape[1])
        return descend(n["least_squares"], start, optimizer, 3000, every=3000)[-1]

    for optimizer in opt.AdaGrad(0.1), opt.RMSprop(0.001), opt.Adam(0.01):
        theta = end(optimizer)
        assert np.allclose(theta, sign / 4, atol=0.02)
        assert n["right_on_new"](theta) == np.mean(n["y_new"] == 1)
    for optimizer in opt.SGD(0.3), opt.Momentum(0.03), opt.Adam(lr=1, eps=10):
        theta = end(optimizer)
        assert np.allclose(theta, np.linalg.pinv(x) @ y, atol=0.02)
        assert n["right_on_new"](theta) == 1
