"""What notebook 06 says of SGD and Adam: measures for its table, and other seeds."""

import time
from functools import cache, partial
from math import gamma

import numpy as np
import pytest

from tests.claims.taught import cells, names, panels, printed
from utils import figures, stats
from utils import optimizers as opt
from utils.data import digits
from utils.descent import descend, sampled, train
from utils.network import Network
from utils.stats import mean_and_error, median

monthly = partial(pytest.param, marks=pytest.mark.monthly)
TRAINING, VALIDATION, TEST = digits()
NETWORK = Network((64, 32, 10))
RATES = 10 ** np.arange(-3, 0.5, 0.25)
MAIN = "SGD", "Momentum", "RMSprop", "Adam"
BOTH = "SGD", "Adam"
SHORT, LONG = 190, 380  # steps in 10 and in 20 epochs


def learn(optimizer, seeds, steps, seed, every, network=NETWORK):
    return train(network, TRAINING, optimizer, 64, steps, seed, seeds, every=every)


def error(theta, data, network=NETWORK):
    return 1 - network.accuracy(theta, *data)


# Cells of the notebook with other seeds


@cache
def sweep(seed):
    """Run section 2 with other seeds: the tuning, and the windows."""
    return cells("06", "problem-code", "learn", "tune-code", "window-code", seed=seed)


@cache
def race(seed):
    """Run sections 1 and 3 with other seeds, at the rates of the notebook."""
    made = "problem-code", "learn", "converge-code", "paired-code"
    ids = *made, "both-errors", "test-code"
    return cells("06", *ids, seed=seed, **at_the_rates_of_the_notebook())


@cache
def retuned(seed):
    """Tune six times with other seeds, and race at the rates so found."""
    ids = "problem-code", "learn", "converge-code", "paired-code", "retune-code"
    return cells("06", *ids, seed=seed, **at_the_rates_of_the_notebook())


def at_the_rates_of_the_notebook():
    return {name: names("06")[name] for name in ("methods", "rates", "tuned")}


# Measures of the table; n holds the names of the notebook


def first_step(rule, gradient=1.0):
    """Return how far a rule goes in its first step, in its learning rates."""
    gradient = np.atleast_1d(gradient)
    way = descend(lambda theta, t: gradient, 0 * gradient, rule, 1)[-1]
    return way / rule.lr


def refuses_an_edge():
    """Say whether `stats.best` refuses a best value that is the last."""
    try:
        stats.best([3.0, 2.0, 1.0])
    except ValueError:
        return True


def suits_all(n):
    """Say for each rate whether all methods are within 2 points of their best."""
    means = (rows.mean(axis=-1) for rows in n["error"].values())
    return np.all([mean <= np.nanmin(mean) + 0.02 for mean in means], axis=0)


def drawn_line(cell, name, panel=0):
    lines = {line.get_label(): line for line in panels("06", cell)[panel].lines}
    return lines[name].get_ydata()


def drawn_band(cell, name, panel=0):
    """Return the lower and the upper edge of the band of a line, at its last point."""
    ax = panels("06", cell)[panel]
    labels = [line.get_label() for line in ax.lines]
    vertices = ax.collections[labels.index(name)].get_paths()[0].vertices
    last = vertices[vertices[:, 0] == vertices[:, 0].max(), 1]
    return last.min(), last.max()


def percentiles(n):
    """Return which percentiles the edges of the band of SGD's costs are."""
    low, high = drawn_band("converge-figure", "SGD")
    costs = n["costs"]["SGD"][-1]
    return 100 * np.mean(costs < low), 100 * np.mean(costs <= high)


def factor(n):
    return n["needed"]["SGD"].mean() / n["needed"]["Adam"].mean()


def ahead(n, name):
    """Return by how many epochs Adam is ahead, and the standard error."""
    return mean_and_error(n["needed"][name] - n["needed"]["Adam"])


def line_of(name):
    """Return how many epochs a method needs, how far behind Adam, and ±, printed."""
    return printed(
        "06", "paired-code", rf"(?m)^{name} +(\S+) +minus Adam +(.*) ± (\S+)"
    )


def part_of_the_lead(name):
    """Return which part of Adam's lead over SGD another has, in per cent, printed."""
    return printed("06", "paired-code", rf"(?m)^{name} .*lead +(-?\d+)%")


def mean_epochs(n, name):
    """Return the mean epochs needed at each rate near the best."""
    return n["by_rate"][name].mean(axis=1)


def on_an_edge(n):
    """Return how many of the six tunings' rates are the first or the last of three."""
    chosen = np.concatenate(list(n["chosen_rates"].values()))
    return np.sum(chosen != 1), chosen.size


class Counted(np.ndarray):
    """An array that counts the operations on whole arrays."""

    operations = 0

    def __array_ufunc__(self, ufunc, method, *inputs, **options):
        Counted.operations += 1
        plain = (np.asarray(a) if isinstance(a, Counted) else a for a in inputs)
        return getattr(ufunc, method)(*plain, **options).view(Counted)


def operations(method):
    """Count the operations of a step on whole arrays."""
    optimizer, theta = method(lr=0.1), np.ones(5).view(Counted)
    state = optimizer.init(theta)
    Counted.operations = 0
    optimizer.step(theta, theta, state, 1)
    return Counted.operations


@cache
def fastest_of(trials, *functions):
    """Return the least seconds that each function took: what disturbs only adds."""
    taken = np.empty((trials, len(functions)))
    for row in taken:
        for k, function in enumerate(functions):
            begin = time.perf_counter()
            function()
            row[k] = time.perf_counter() - begin
    return taken.min(axis=0)


def product_is_cheaper():
    """Say whether an operation of a matrix product takes less than one of Adam's."""
    rng = np.random.default_rng(118)
    theta, adam = NETWORK.initial(rng), opt.Adam(0.01)
    gradient = sampled(NETWORK.gradient, TRAINING, 64, rng)
    step = partial(adam.step, theta, gradient(theta, 1), adam.init(theta), 1)
    product, own = fastest_of(500, partial(gradient, theta, 1), step)
    return own / operations(opt.Adam) > 1.5 * product / (4 * 64)


def shared(n, name, k):
    """Return the median validation error at a rate of the grid, in per cent."""
    return 100 * median(n["error"][name][k])


def ranked(n, k):
    """Return the methods by their median error at a rate of the grid, best first."""
    return sorted(n["error"], key=lambda name: shared(n, name, k))


def wins(n, name):
    """Return the rates at which no other has a lower median error."""
    return n["rates"][n["medians"][name] == n["lowest"]]


@cache
def goes_on_falling(k):
    """Return what part of SGD's cost is left if its budget is doubled."""
    path = learn(opt.SGD(RATES[k]), 5, LONG, 150, SHORT)
    return np.divide(*NETWORK.cost(path, *TRAINING).mean(axis=-1)[[2, 1]])


def apart_when_moved(n, at):
    """Return how far momentum's errors are from SGD's at ten times the rate."""
    k = np.arange(10)[at]
    gap = median(n["error"]["Momentum"])[k] - median(n["error"]["SGD"])[k + 4]
    return np.abs(gap).max()


def cliff(n, name):
    """Return the last rate before the median training cost jumps."""
    jump = np.diff(np.log(median(n["cost"][name])))
    return n["rates"][jump.argmax()]


def width(n, name):
    return len(n["windows"][name]) / 1000


def edges(n, name):
    """Return the lowest and the highest rate of a window."""
    return tuple(10 ** n["windows"][name][[0, -1]])


def printed_window(name):
    """Return the decades, the ends, the factor and the decades of low cost, printed."""
    line = (
        rf"{name} +(\d\S*) decades: η from (.*) to (.*), a factor of (.*);.*: (.*) dec"
    )
    return printed("06", "window-code", rf"(?m)^{line}")


def width_elsewhere(name):
    """Return the mean width of a window in three other sets of seeds."""
    return np.mean([width(sweep(seed), name) for seed in (100, 101, 102)])


def worst_inside(n, name):
    """Return how far from the best the errors of a window come, in points."""
    mean = np.interp(n["fine"], np.log10(n["rates"]), n["error"][name].mean(axis=-1))
    inside = np.isin(n["fine"], n["windows"][name])
    return 100 * (mean[inside].max() - mean.min())


def on_the_ravine(name):
    """Return the decades of a window on the ravine of 05, at first."""
    return names("05")["windows"][name.split(", ")[-1], 200]


@cache
def rounding_decides(k):
    """Say whether networks that begin equal to rounding end apart with RMSprop."""
    rng = np.random.default_rng(117)
    start = NETWORK.initial(rng, runs=(5,))
    gradient = sampled(NETWORK.gradient, TRAINING, 64, rng, runs=(5,))
    twins = np.stack([start, start * (1 + 1e-15)])
    end = descend(gradient, twins, opt.RMSprop(RATES[k]), SHORT, every=SHORT)[-1]
    apart = np.abs(np.diff(NETWORK.cost(end, *TRAINING), axis=0)).max()
    return apart > 1e-3


def lead_in_points(name, epochs):
    """Return Adam minus another in validation error, ± seeds, ± digits, printed."""
    line = rf"Adam − {name} +after +{epochs} epochs: +(.*) ± (.*) \(s.* ± (.*) \(d"
    return printed("06", "best-table", line)


def in_errors(n, name, epochs):
    """Return how many of both errors together Adam is ahead on the validation set."""
    mean, *errors = n["gaps_to"][name, epochs]
    return -mean / np.hypot(*errors)


def of_test(name):
    """Return Adam's test error minus another's, ± seeds, ± digits, printed."""
    line = rf"(?m)^{name} .*this: +(.*) ± (.*) \(s.* ± (.*) \(d"
    return printed("06", "test-code", line)


def difference_of(n, name):
    return n["difference"](n["wrong"]["Adam"], n["wrong"][name])


def how_fine(n):
    """Return both errors together, and how much better or worse Adam may be."""
    mean, *errors = difference_of(n, "SGD")
    both = np.hypot(*errors)
    return both, abs(mean - 2 * both), abs(mean + 2 * both)


def larger_gap(n, unit, epochs, digits):
    """Return by how much Adam's gap is larger, and the standard error."""
    at = epochs // 10 - 1, [63, 1197].index(digits)
    return mean_and_error(n["gap"]["Adam", unit][at] - n["gap"]["SGD", unit][at])


def printed_gap(unit, epochs, digits):
    """Return by how much Adam's gap is printed to be larger, and ±."""
    pairs = r"\S+ ± \S+ +" * (epochs // 10 - 1)
    line = rf"gap, Adam − SGD, +{digits} digits, {unit} +{pairs}(\S+) ± (\S+)"
    return printed("06", "overfit-table", line)


def printed_right(line):
    """Return the share of new examples that an optimizer has right, printed."""
    return printed("06", "wilson-run", rf"(?m)^{line} +right on new: (\S+)")


def right_with_batches(n, size=10):
    """Return Adam's share on new examples, if it fits, with batches of another seed."""
    x, y, rng = n["x"], n["y"], np.random.default_rng(112)

    def of_a_batch(theta, t):
        some = rng.choice(len(y), size, replace=False)
        return (x[some] @ theta - y[some]) @ x[some] / size

    start = np.zeros(x.shape[1])
    theta = descend(of_a_batch, start, opt.Adam(0.01), 3000, every=3000)[-1]
    return n["right_on_new"](theta) if np.array_equal(np.sign(x @ theta), y) else 0


def mean_fastest(n, *chosen):
    return [n["fastest"][name].mean() for name in chosen]


# 1 Convergence


@pytest.mark.parametrize("seed", [100, monthly(101), monthly(102)])
def test_adam_is_nearly_twice_as_fast_as_sgd_beyond_doubt(seed):
    needed = race(seed)["needed"]
    mean, se = mean_and_error(needed["SGD"] - needed["Adam"])
    assert mean > 8 * se
    assert 1.5 < needed["SGD"].mean() / needed["Adam"].mean() < 2.6


@pytest.mark.parametrize("seed", [131, monthly(132)])
def test_in_every_tuning_adam_is_faster_and_by_how_much_the_error_bar_does_not_say(
    seed,
):
    """If two errors held the leads, five or six of six would lie in them."""
    n = retuned(seed)
    assert (n["leads"] > 3 * n["lead_errors"]).all()
    assert n["leads"].std(ddof=1) > 2 * n["lead_error"]
    assert 1 < n["in_bar"].sum() <= 4  # "in other seeds, more"


def test_the_validation_error_hardly_tells_sgds_rates_apart():
    pooled = [sweep(seed)["error"]["SGD"][10:13] for seed in (100, 101)]
    mean, error = mean_and_error(np.concatenate(pooled, axis=1))
    assert np.ptp(mean) < 0.015 and np.ptp(mean) < 3 * np.hypot(*error[[0, 2]])


@pytest.mark.monthly
def test_the_correction_of_v_matters_to_rmsprop_and_not_to_adam():
    ids = "problem-code", "learn", "paired-code", "deeper-code"
    given = at_the_rates_of_the_notebook()
    given |= {key: names("06")[key] for key in ("names", "costs")}
    runs = [cells("06", *ids, seed=s, **given)["fastest"] for s in (133, 134)]
    taken = {k: mean_and_error(np.concatenate([r[k] for r in runs])) for k in runs[0]}
    (r, r_error), (rc, rc_error) = taken["RMSprop"], taken["RMSprop, corrected"]
    (au, au_error), (a, a_error) = taken["Adam, uncorrected"], taken["Adam"]
    assert r - rc > 2 * np.hypot(r_error, rc_error)
    assert au - a < 2 * np.hypot(au_error, a_error)


def epochs_needed(method, rates):
    """Return the mean over ten seeds, (rates,); infinite if one needs more than 15."""
    path = learn(method(np.array(rates)[:, None, None]), 10, 15 * 19, 116, 19)
    below = np.array([NETWORK.cost(theta, *TRAINING) for theta in path]) < 0.1
    return np.where(below.any(axis=0), below.argmax(axis=0), np.inf).mean(axis=-1)


def test_each_at_its_fastest_rate_adam_is_about_twice_as_fast():
    sgd, adam = (
        epochs_needed(opt.SGD, RATES[10:14]),
        epochs_needed(opt.Adam, RATES[5:9]),
    )
    for needed in sgd, adam:
        assert 0 < needed.argmin() < len(needed) - 1  # not on the edge
    assert 1.7 < sgd.min() / adam.min() < 2.4


def test_a_step_of_adam_takes_one_to_two_times_as_long():
    rng = np.random.default_rng(102)
    theta = NETWORK.initial(rng)
    gradient = sampled(NETWORK.gradient, TRAINING, 64, rng)
    walks = (
        partial(descend, gradient, theta, m(0.01), 20) for m in (opt.SGD, opt.Adam)
    )
    sgd, adam = fastest_of(100, *walks)
    assert 1 < adam / sgd < 2
    assert adam / sgd < factor(race(100))


def test_adam_keeps_two_vectors_and_sgd_none():
    methods, theta = (opt.SGD, opt.Momentum, opt.RMSprop, opt.Adam), np.zeros(7)
    sizes = [np.size(method(lr=1).init(theta)) / 7 for method in methods]
    assert sizes == [0, 1, 1, 2]


# 2 and 4 Learning rates; who is better


@pytest.mark.parametrize(
    ("method", "rates"),
    [
        (opt.SGD, np.geomspace(1, 2, 7)),
        monthly(opt.Momentum, np.geomspace(0.5, 1.26, 9)),
        monthly(opt.Adam, np.geomspace(0.1, 0.4, 13)),
    ],
)
def test_on_a_finer_grid_too_only_sgd_falls_off_a_cliff(method, rates):
    """Twenty rates to a decade: errors from 7 % to half, costs from 0.25 to 1.5."""
    theta = learn(method(rates[:, None, None]), 12, SHORT, seed=151, every=SHORT)[-1]
    errors = np.mean(error(theta, VALIDATION), axis=-1)
    costs = np.mean(NETWORK.cost(theta, *TRAINING), axis=-1)
    for values, low, high in (errors, 0.07, 0.5), (costs, 0.25, 1.5):
        fine, broken = rates[values < low].max(), rates[values > high].min()
        assert (np.log10(broken / fine) < 0.16) == (method is opt.SGD)


@pytest.mark.monthly
def test_adams_lead_over_sgd_is_a_lead_in_time():
    """In points of error, in 60 other seeds, with both errors."""
    runs = [race(seed) for seed in (100, 101, 102)]

    def lead(epoch, other):
        wrong = [
            [run["wrong_on"](VALIDATION, run["paths"][name][epoch]) for run in runs]
            for name in (other, "Adam")
        ]
        mean, *errors = runs[0]["difference"](*map(np.concatenate, wrong))
        return mean, 2 * np.hypot(*errors)

    (early, early_bar), (late, late_bar) = lead(5, "SGD"), lead(20, "SGD")
    assert early > early_bar and late < late_bar and late < early / 2
    for epoch in (5, 10, 20):
        mean, bar = lead(epoch, "Momentum")
        assert abs(mean) < bar


def beyond_two(nu):
    """Return how often Student's t of nu degrees of freedom is beyond 2."""
    x = np.linspace(-2, 2, 4001)
    density = gamma((nu + 1) / 2) / gamma(nu / 2) / np.sqrt(nu * np.pi)
    return 1 - np.mean(density * (1 + x**2 / nu) ** (-(nu + 1) / 2)) * 4


def test_with_no_difference_two_seeds_find_one_in_30_percent_and_peeking_in_50():
    n = cells("06", "peeking-code", seed=122)
    outside, comparisons = n["found"].mean(axis=1), n["found"].shape[1]
    by_student = [beyond_two(k - 1) for k in range(2, 21)]
    np.testing.assert_allclose(outside, by_student, atol=4 * 0.5 / comparisons**0.5)
    assert by_student[0] == pytest.approx(0.30, abs=0.005)
    assert by_student[-1] == pytest.approx(0.06, abs=0.005)
    peeking = n["found"].any(axis=0).mean()
    assert abs(peeking - 0.50) < 0.005 + 3 * 0.5 / comparisons**0.5


@pytest.mark.parametrize("seed", [100, monthly(101), monthly(102)])
def test_on_the_test_set_nobody_wins(seed):
    """Adam, SGD and momentum: within two standard errors, seeds and digits together."""
    for name in ("SGD", "Momentum"):
        mean, *errors = difference_of(race(seed), name)
        assert abs(mean) < 2 * np.hypot(*errors)
        assert 0.5 < 2 * np.hypot(*errors) < 2  # "about one point"


def test_rates_tuned_for_ten_epochs_serve_for_twenty():
    for method, best in (opt.SGD, 1), (opt.Adam, 10**-1.5):
        near = best * 10 ** np.array([-0.5, -0.25, 0, 0.25, 0.5])
        end = learn(method(lr=near[:, None, None]), 10, LONG, 104, LONG)[-1]
        mean = error(end, VALIDATION).mean(axis=-1)
        assert mean[2] < np.nanmin(mean) + 0.01


# 5 Overfitting


@pytest.fixture(scope="module")
def overfitted():
    """Adam's gap minus SGD's in section 5, with 36 other seeds."""
    given = {"training": TRAINING, "validation": VALIDATION, "network": NETWORK}
    given["tuned"] = names("06")["tuned"]
    ids = "overfit-code", "overfit-run"
    gaps = [cells("06", *ids, seed=s, **given)["gap"] for s in (111, 112, 113)]
    return {
        unit: np.concatenate([g["Adam", unit] - g["SGD", unit] for g in gaps], axis=-1)
        for unit in ("nats", "points")
    }


@pytest.mark.parametrize("unit", ["nats", "points"])
def test_adams_gap_is_larger_until_sgd_has_arrived_and_then_it_is_not(unit, overfitted):
    mean, error = mean_and_error(overfitted[unit][:, 1])
    assert mean[0] > 2.5 * error[0]
    assert mean[-1] < 2 * error[-1]
    assert mean[-1] < mean[0] - 2 * np.hypot(error[0], error[-1]) * (unit == "points")


def test_with_63_digits_the_gap_stays_larger_in_nats_and_not_in_points(overfitted):
    mean, error = mean_and_error(overfitted["nats"][:, 0])
    assert (mean > 3 * error).all() and mean[-1] > mean[0]
    mean, error = mean_and_error(overfitted["points"][:, 0])
    assert (np.abs(mean) < 2 * error).all()


def test_at_equal_training_cost_too_adams_gap_is_larger():
    """So that SGD has learnt less is not the whole reason, with all digits."""
    costs, gap = {}, {}
    for name in BOTH:
        rule = names("06")["tuned"][name]
        path = learn(rule, seeds=48, steps=LONG, seed=115, every=10)
        costs[name] = np.array([NETWORK.cost(theta, *TRAINING) for theta in path])
        assert (costs[name] < 0.1).any(axis=0).all()
        at = (costs[name] < 0.1).argmax(axis=0), range(48)
        costs[name] = costs[name][at].mean()
        on = TRAINING, VALIDATION, TEST
        old, *new = (100 * error(path[at], data) for data in on)
        gap[name] = np.mean(new, axis=0) - old
    assert costs["Adam"] == pytest.approx(costs["SGD"], rel=0.05)
    mean, se = mean_and_error(gap["Adam"] - gap["SGD"])
    assert 2.5 * se < mean


@pytest.mark.parametrize("seed", [112, monthly(113), monthly(114)])
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


# What the figures show beside their lines


def test_the_grey_bar_of_the_six_tunings_is_two_errors_to_each_side():
    _, right = panels("06", "retune-figure")
    n = names("06")
    bar = right.patches[0].get_extents().transformed(right.transData.inverted())
    low, high = n["lead"] - 2 * n["lead_error"], n["lead"] + 2 * n["lead_error"]
    assert (bar.x0, bar.x1) == (pytest.approx(low), pytest.approx(high))


def test_the_leads_have_bands_of_two_standard_errors():
    errors = names("06")["errors"]
    for name in MAIN[:3]:
        mean, error = mean_and_error(100 * (errors["Adam"] - errors[name])[-1])
        edges = mean - 2 * error, mean + 2 * error
        assert drawn_band("best-code", f"Adam − {name}") == pytest.approx(edges)


@pytest.mark.parametrize("cell", ["converge-figure", "rates-figure", "best-code"])
def test_a_line_has_the_colour_of_its_optimizer(cell):
    for ax in panels("06", cell):
        for line in ax.lines:
            name = line.get_label().removeprefix("Adam − ")
            if name in names("06")["names"]:
                assert line.get_color() == figures.look(name)["color"]
