"""The answers of notebook 06 are below, with the mistakes that are made in them.

Close this file until you have written your own: the notebook's check tells you more.
An edit, `old -> new`, makes a mistake of the right answer; under it is what is said.
"""

from dataclasses import dataclass

import numpy as np

from classroom.mistakes import (
    Trouble,
    exercise,
    on_paper,
    plot,
)
from utils import stats  # noqa: F401  # for a mistake


def _differences():
    """Draw the differences of two methods, one for each seed."""
    rng = np.random.default_rng(5)
    return [(rng.normal(1, 2, size=n),) for n in (5, 9, 20)]


@plot(
    "x, y",
    "The bar shrinks like 1/√n, and it wanders: of a few seeds it is a guess itself",
    cases=_differences(),
)
def shrinking_bar(ax, d):
    """Plot, for n = 2, 3, ... seeds, the mean of the first n and the ends of its bar.

    d has one difference for each seed.  The bar is the mean ± two standard errors.

    ddof=1 -> ddof=0
        the squares are averaged over n: with a mean from the same runs, use n - 1
    / np.sqrt(k) ->
        that is the standard deviation of one difference: their mean's is √n smaller
    np.sqrt(k) -> k
        you divide by n: the error of a mean falls like 1/√n
    np.sqrt(k) -> np.sqrt(len(d))
        you divide by the root of all seeds: a bar of n seeds has √n
    np.sqrt(k) -> np.sqrt(k - 1)
        n - 1 is used twice: with ddof=1 it is in the standard deviation already
    d[:k].std -> d.std
        the scatter is that of all seeds: a bar of n seeds knows only d[:n]
    d[:k].std -> d[:k].var
        the variance stands in place of the standard deviation: take its root
    d[:k].mean() -> d.mean()
        the mean is that of all seeds: a bar of n seeds knows only d[:n]
    d[:k].mean() -> np.median(d[:k])
        you take the median: the standard error is one of the mean
    d[:k].mean() -> d[:k].sum()
        you take the sum of the differences: divide it by n
    2 * error -> error
        those are ends at one standard error: two are asked for
    ax.plot(n, mean - 2 * error) -> ax.plot(n, mean - error)
        the lower end is at one standard error: two are asked for
    ax.plot(n, mean + 2 * error) -> ax.plot(n, mean + error)
        the upper end is at one standard error: two are asked for
    2 * error -> 1.96 * error
        you take 1.96 standard errors: two are asked for
    2 * error -> 4 * error
        the bar is twice as long: two standard errors to each side
    mean - 2 * error -> 0 - 2 * error
    mean + 2 * error -> 2 * error
        the ends lie around zero: the bar is around the mean
    mean - 2 * error -> 2 * error
        you draw the length of the bar: draw its ends, mean ± 2 standard errors
    ax.plot(n, mean - 2 * error) ->
        the lower end is missing: there are three curves
    ax.plot(n, mean + 2 * error) ->
        the upper end is missing: there are three curves
    mean - 2 * error -> mean + 2 * error
        the upper end is drawn twice: the lower one is mean - 2 standard errors
    ax.plot(n, mean) ->
        the mean itself is missing: there are three curves
    np.arange(2, len(d) + 1) -> np.arange(1, len(d) + 1)
        you begin at one seed: one difference has no standard deviation, so begin at 2
    np.arange(2, len(d) + 1) -> np.arange(1, len(d) + 1)
    d[:k].std(ddof=1) -> (d[:k].std(ddof=1) if k > 1 else 0)
        you begin at one seed: one difference has no standard deviation, so begin at 2
    ax.plot(n, -> ax.plot(n - 1,
        the x axis is one too low: n, the number of seeds, belongs there
    d[:k] -> d[: k - 1]
        the slice ends one too early: d[:n] has the first n
    np.arange(2, -> np.arange(3,
    d[:k] -> d[: k - 1]
    np.sqrt(k) -> np.sqrt(k - 1)
        the slice ends one too early: d[:n] has the first n
    d[:k] -> d[-k:]
        you take the last n differences: take the first n
    d[:k] -> d[k - 2 : k]
        you take two differences each time: take the first n
    d[:k].std(ddof=1) -> (d[:k].max() - d[:k].min())
        you take the range: the standard deviation belongs there
    d[:k] -> np.sort(d)[:k]
        the differences are sorted: take the first n in the order of the seeds
    d[:k].std(ddof=1) / np.sqrt(k) -> d.std(ddof=1) / np.sqrt(len(d))
        the error is that of all seeds: a bar of n seeds knows only d[:n]
    d[:k].std(ddof=1) -> np.sqrt(((d[:k] - d.mean()) ** 2).sum() / (k - 1))
        s is taken around the mean of all seeds: a bar of n seeds knows only d[:n]
    d[:k] -> np.abs(d[:k])
        the sign of the differences is lost: do not take |d|
    d[:k].std(ddof=1) -> np.sqrt((d[:k] ** 2).sum() / (k - 1))
        the mean is not subtracted: s² averages (d - mean of d)²
    """
    n = np.arange(2, len(d) + 1)
    mean = np.array([d[:k].mean() for k in n])
    error = np.array([d[:k].std(ddof=1) / np.sqrt(k) for k in n])
    ax.plot(n, mean)
    ax.plot(n, mean - 2 * error)
    ax.plot(n, mean + 2 * error)


@on_paper(
    "number of digits",
    "About {right:.0f} digits: more than there are",
    (0.28, 0.18, 1497),
    within=0.005,
)
def digits_to_tell(difference, over_digits, digits):
    """Work out how many test digits make a difference two standard errors.

    With six seeds the error over the digits is 0.18 points, with 1497 of them.

    (2 * over_digits / difference) ** 2 -> 2 * over_digits / difference
        the error falls like 1/√n, not like 1/n: half of it takes four times the digits
    ** 2 -> ** 0.5
        a root is taken where the square belongs: the error falls like 1/√n
    2 * over_digits -> over_digits
        that makes 0.28 one standard error: it shall be two
    2 * over_digits -> 1.96 * over_digits
        you take 1.96 standard errors: two are asked for
    2 * over_digits -> 3 * over_digits
        that makes 0.28 three standard errors: it shall be two
    2 * over_digits / difference -> 2 * difference / over_digits
        the quotient is upside down: the smaller the difference, the more digits
    2 * over_digits / difference -> over_digits / (2 * difference)
        the 2 is on the wrong side: the error must be half of the difference
    2 * over_digits / difference -> difference / (2 * over_digits)
        the quotient is upside down: the smaller the difference, the more digits
    2 * over_digits -> 2 * np.hypot(over_digits, 0.13)
        the error over the seeds is in it: asked for is that over the digits alone
    2 * over_digits -> 2 * (over_digits + 0.13)
        the error over the seeds is in it: asked for is that over the digits alone
    2 * over_digits -> 2 * 0.13
        that is the error over the seeds: that over the digits is 0.18
    (2 * over_digits / difference) -> np.round(2 * over_digits / difference, 1)
        you have rounded too early: the square makes a rounding worse
    (2 * over_digits / difference) -> np.ceil(2 * over_digits / difference)
        that is 4 · 1497: the factor under the square is 2 · 0.18/0.28, and not 2
    digits * (2 * over_digits / difference) ** 2 -> 1497
        that is how many digits judge here: how many would it take?
    digits * (2 * over_digits / difference) ** 2 -> 1797
        that is how many digits the data set has: how many would it take?
    digits * (2 * over_digits / difference) ** 2 -> 2 * 1497
        that is rounded, or 1497 for each of two: keep the factor's digits
    digits * (2 -> 1797 * (2
        you start from all 1797 digits: the 300 that chose the rates do not judge
    digits * (2 -> 300 * (2
        you start from the 300 of one test set: in the folds 1497 digits judge
    digits * (2 -> 6 * digits * (2
        you have six times too many: the 1497 are those of all six folds
    digits * (2 -> digits / 6 * (2
        you divide by six, for one fold or one seed: in all six folds 1497 digits judge
    digits * (2 -> 4 * digits * (2
        you have four times too many: the 2 is squared once
    digits * (2 -> (2
        that is how many times as many: in all it is that times 1497
    digits * (2 -> -digits + digits * (2
        that is how many more: asked for is how many in all
    digits * (2 -> digits + digits * (2
        that is added to the 1497: the factor times 1497 is how many in all
    digits * (2 -> 2 * digits * (2
        you have twice too many: both methods are tested on the same digits
    (2 * over_digits / difference) ** 2 -> 4 * over_digits / difference
        you have squared the 2 alone: the error falls like 1/√n, so the quotient, too
    (2 * over_digits / difference) ** 2 -> (2 * over_digits) ** 2 / difference
        the difference is not squared: the whole quotient is
    (2 * over_digits / difference) ** 2 -> 2 * (over_digits / difference) ** 2
        the 2 is not squared: the whole quotient is
    """
    return digits * (2 * over_digits / difference) ** 2


@dataclass(frozen=True)
class Run:
    """What a training run reports; the test set is not for tuning."""

    training_cost: float
    validation_cost: float

    def __add__(self, other):
        sentence = (
            "you calculate with a run, which is no number: take its validation_cost"
        )
        raise Trouble("run", sentence)

    __radd__ = __lt__ = __gt__ = __truediv__ = __add__

    @property
    def test_cost(self):
        """The cost on the test set, for after the tuning."""
        raise Trouble(
            "test set",
            "your function looks at the test set: what is chosen by it is no test any "
            "more, so choose by validation_cost",
        )


def _trainings():
    """Draw costs for each rate and seed, with one run that diverged."""
    rng, cases = np.random.default_rng(6), []
    while len(cases) < 16:
        grid, seeds = [0.003, 0.01, 0.03, 0.1, 0.3], [11, 12, 13]
        highest = (0.9, 6)[len(cases) % 2]  # above 1, too: there NaN is no cost of 1
        table = rng.uniform(0.1, highest, size=(2, len(grid), len(seeds)))
        table[:, rng.integers(len(grid)), rng.integers(len(seeds))] = np.nan
        means = table[1].mean(axis=-1)
        best = np.nanargmin(means)
        early = not (np.diff(means[: best + 1]) > 0).any()
        if early or (best == len(grid) - 1) != (len(cases) % 4 == 3):
            continue  # who stops early is wrong, and who leaves out the last rate

        def train(lr, seed, table=table, grid=grid, seeds=seeds):
            if lr in seeds and seed in grid:
                raise Trouble("swapped", "you call train(seed, lr): give lr first")
            if lr not in grid or seed not in seeds:
                sentence = (
                    "you call train({lr}, {seed}): give a rate of the grid, and a seed"
                )
                raise Trouble("train", sentence, lr=lr, seed=seed)
            return Run(*table[:, grid.index(lr), seeds.index(seed)])

        cases.append((train, grid, seeds))
    return cases


def _in_a_loop(train, grid, seeds):
    """Return the same with the best so far: some mistakes are made there alone."""
    best, lowest = None, np.inf
    for lr in grid:
        total = 0.0
        for seed in seeds:
            total += train(lr, seed).validation_cost
        if total < lowest:
            best, lowest = lr, total
    return best


def _mean_of_best(train, grid, seeds):
    """Return the mean of each seed's best rate, for a mistake."""
    costs = [[train(lr, seed).validation_cost for lr in grid] for seed in seeds]
    return np.mean([grid[np.nanargmin(own)] for own in costs])


@exercise(
    "learning rate",
    "The test set was not touched, so that it can still test",
    cases=_trainings(),
    forms=[_in_a_loop],
)
def tune(train, grid, seeds):
    """Return the learning rate of the grid with the least mean validation cost.

    train(lr, seed) gives a run with training_cost, validation_cost and test_cost; where
    it diverged they are NaN, and a rate at which one of the seeds does is no choice.

    validation_cost -> training_cost
        you choose by the training cost: there, a rate that overfits looks best
    np.mean(costs) -> np.min(costs)
        you choose by the best seed: one lucky run is no rate, so average the seeds
    np.mean(costs) -> np.nanmin(costs)
        you choose by the best seed: one lucky run is no rate, so average the seeds
    np.mean(costs) -> np.max(costs)
        you choose by the worst seed: average the seeds
    np.mean(costs) -> np.median(costs)
        you take the median of the seeds: here their mean is asked for
    grid[np.nanargmin(means)] -> min(grid, key=dict(zip(grid, means)).get)
        a NaN misleads min: nothing is smaller than a NaN, so use np.nanargmin
    np.nanargmin -> np.nanargmax
        you choose the highest cost: the best rate has the lowest
    np.mean -> np.nanmean
        a run that diverged is left out of the mean: its rate must not look safe
    nanargmin -> argmin
        a NaN wins, as with np.argmin: give a rate that diverged no chance
    means.append( -> np.isnan(costs).any() or means.append(
        a rate that diverged is left out of the list, so the places after it shift: keep
        its NaN
    np.mean(costs) -> costs
    np.nanargmin(means) -> np.nanargmin(np.mean(means, axis=0))
        the mean goes over the rates: average the seeds of each rate
    grid[np.nanargmin(means)] -> np.nanargmin(means)
        that is a place in the grid: return the learning rate that stands there
    grid[np.nanargmin(means)] -> np.nanmin(means)
        that is the lowest cost: return the learning rate that reached it
    grid[np.nanargmin(means)] -> grid[stats.best(means)]
        stats.best refuses the edge of a grid: here the best may lie there, so take
        np.nanargmin
    train(lr, seed) -> (run := train(lr, seed))
    validation_cost for -> validation_cost - run.training_cost for
        you choose by the gap between the two costs: the validation cost should be low
    for lr in grid -> for lr in grid[:-1]
        the last rate is never tried: go over the whole grid
    for seed in seeds -> for seed in seeds[:1]
        only the first seed is used: average all of them
    for seed in seeds -> for seed in seeds[-1:]
        only the last seed is used: average all of them
    np.mean(costs) -> np.mean(np.nan_to_num(costs))
        a run that diverged counts as 0: its rate must not look safe
    np.mean(costs) -> np.mean(np.nan_to_num(costs, nan=1))
        a run that diverged counts as 1: costs may be higher, so it must not count
    validation_cost for -> validation_cost + train(lr, seed).training_cost for
        you choose by the sum of both costs: choose by the validation cost alone
    grid[np.nanargmin(means)] -> _mean_of_best(train, grid, seeds)
        you average the best rates of the seeds: average their costs, and then choose
    np.mean(costs) -> np.nanmedian(costs)
        you take the median of the seeds: the mean is asked for, and NaN in it counts
    np.mean(costs) -> np.nanmax(costs)
        you choose by the worst seed, and leave out those that diverged: average
    np.mean(costs) -> costs[-1]
        only the last seed is used: average all of them
    means = [] -> means, costs = [], []
    costs = [train -> costs += [train
        the costs of earlier rates stay in the list: begin an empty one for each rate
    grid[np.nanargmin(means)] -> grid[1:-1][np.nanargmin(means[1:-1])]
        the two edges cannot win: here the best may lie there
    np.mean(costs) -> np.std(costs)
        you choose by the scatter: it is the mean cost that should be low
    grid[np.nanargmin(means)] -> grid[np.nanargmax(np.nan_to_num(means, nan=-1))]
        you choose the highest cost: the best rate has the lowest
    grid[np.nanargmin(means)] -> grid[np.nanargmin(means[:1])]
        only the first rate can win: does return stand in the loop, or does a sum go on
        from rate to rate? Each begins at 0, and return comes last
    grid[np.nanargmin(means)] -> grid[0]
        it is always the first rate: choose by the costs
    grid[np.nanargmin(means)] -> np.max(np.array(grid)[np.isfinite(means)])
        that is the largest rate that does not diverge: choose by the costs
    best, lowest = None, np.inf -> best, lowest = None, np.inf; grid = grid[:1]
        only the first rate can win: does return stand in the loop, or does a sum go on
        from rate to rate? Each begins at 0, and return comes last
    """
    means = []
    for lr in grid:
        costs = [train(lr, seed).validation_cost for seed in seeds]
        means.append(np.mean(costs))
    return grid[np.nanargmin(means)]
