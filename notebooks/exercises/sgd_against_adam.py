"""The answers of notebook 06 are below, with the mistakes that are made in them.

Close this file until you have written your own: the notebook's check tells you more.
An edit, `old -> new`, makes a mistake of the right answer; under it is what is said.
"""

import re
from dataclasses import dataclass

import numpy as np

from utils.calls import Trouble
from utils.checks import compare, exercise


def _pairs():
    """Draw the results of two methods that share their seeds, (n,) each."""
    rng, cases = np.random.default_rng(5), []
    for n in (5, 10, 20):
        shared, *own = rng.normal(size=(3, n))
        cases.append((2 + shared + 0.3 * own[0], 1.8 + shared + 0.3 * own[1]))
    return cases


@exercise(
    "standard error",
    "What both methods share, run by run, drops out of the differences",
    cases=_pairs(),
)
def paired_standard_error(a, b):
    """Return the standard error of the mean of a - b, run by run, (n,) each.

    difference.std(ddof=1) -> (a.var(ddof=1) + b.var(ddof=1)) ** 0.5
        the pairs are lost: as if unrelated, the two have an error {ratio:.2g} times as
        large, so take the differences run by run
    ddof=1 -> ddof=0
        the squares are averaged over n: with a mean from the same runs, use n - 1
    / np.sqrt(len(difference)) ->
        that is the standard deviation of one difference: their mean's is √n smaller
    np.sqrt(len(difference)) -> len(difference)
        you divide by n: the error of a mean falls like √n
    difference.std(ddof=1) -> (a.std(ddof=1) + b.std(ddof=1))
        the two errors are added: take the error of the differences, run by run
    difference.std(ddof=1) -> difference.var(ddof=1)
        the variance stands in place of the standard deviation: take its root
    a - b -> a
        that is the error of the first method alone: take the differences a - b
    a - b -> a + b
        that is the error of the sum: take the differences a - b
    difference.std(ddof=1) -> 2 * difference.std(ddof=1)
        those are two standard errors: one is asked for
    difference.std(ddof=1) -> difference.mean()
        that is the mean over √n: its error starts from the standard deviation
    difference.std(ddof=1) / np.sqrt(len(difference)) -> difference.mean()
        that is the mean of the differences: return its standard error, and only that
    np.sqrt(len(difference)) -> np.sqrt(len(difference) - 1)
        n - 1 is used twice: with ddof=1 it is in the standard deviation already
    a - b -> np.sort(a) - np.sort(b)
        the two are sorted first: that loses which seed belongs to which
    difference.std(ddof=1) / -> difference.mean() / difference.std(ddof=1) *
        that is the mean over its error: the error itself is asked for
    a - b -> np.abs(a - b)
        the sign of the differences is lost: do not take |a - b|
    np.sqrt(len(difference)) -> np.sqrt(len(a) + len(b))
        n is counted twice: there are len(a) differences
    difference.std(ddof=1) -> np.sqrt((difference**2).sum() / (len(difference) - 1))
        the mean is not subtracted: s² averages (d - mean of d)²
    difference.std(ddof=1) -> np.sqrt((difference**2).mean())
        the mean is not subtracted: s² averages (d - mean of d)²
    difference.std(ddof=1) -> np.sqrt((a.var(ddof=0) + b.var(ddof=0)))
        the pairs are lost, and n stands in place of n - 1: take the differences
    difference.std(ddof=1) -> (a.std(ddof=1) - b.std(ddof=1))
        the two errors are subtracted: take the error of the differences, run by run
    difference.std(ddof=1) -> np.abs(difference - difference.mean()).mean()
        that is the mean distance from the mean: take the root of the mean square
    """
    difference = a - b
    return difference.std(ddof=1) / np.sqrt(len(difference))


@dataclass(frozen=True)
class Run:
    """What a training run reports; the test set is not for tuning."""

    training_cost: float
    validation_cost: float

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
    while len(cases) < 8:
        grid, seeds = [0.003, 0.01, 0.03, 0.1, 0.3], [11, 12, 13]
        table = rng.uniform(0.1, 0.9, size=(2, len(grid), len(seeds)))
        table[:, rng.integers(len(grid)), rng.integers(len(seeds))] = np.nan
        if np.nanargmin(table[1].mean(axis=-1)) in (0, len(grid) - 1):
            continue  # the notebook teaches that a best rate on the edge is none

        def train(lr, seed, table=table, grid=grid, seeds=seeds):
            if lr in seeds and seed in grid:
                raise Trouble("swapped", "you call train(seed, lr): give lr first")
            if lr not in grid or seed not in seeds:
                given = f"you call train({lr}, {seed})"
                raise Trouble("train", f"{given}: give a rate of the grid, and a seed")
            return Run(*table[:, grid.index(lr), seeds.index(seed)])

        cases.append((train, grid, seeds))
    return cases


@exercise(
    "learning rate",
    "The test set was not touched, so that it can still test",
    cases=_trainings(),
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
        a NaN wins: np.argmin returns the first NaN, so give that rate no chance
    grid[np.nanargmin(means)] -> np.nanargmin(means)
        that is a place in the grid: return the learning rate that stands there
    grid[np.nanargmin(means)] -> np.nanmin(means)
        that is the lowest cost: return the learning rate that reached it
    for seed in seeds -> for seed in seeds[:1]
        only the first seed is used: average all of them
    for seed in seeds -> for seed in seeds[-1:]
        only the last seed is used: average all of them
    np.mean(costs) -> np.mean(np.nan_to_num(costs))
        a run that diverged counts as 0: its rate must not look safe
    np.mean(costs) -> np.nanmedian(costs)
        you take the median of the seeds: the mean is asked for, and NaN in it counts
    np.mean(costs) -> np.nanmax(costs)
        you choose by the worst seed, and leave out those that diverged: average
    np.mean(costs) -> costs[-1]
        only the last seed is used: average all of them
    np.mean(costs) -> np.std(costs)
        you choose by the scatter: it is the mean cost that should be low
    grid[np.nanargmin(means)] -> grid[np.nanargmax(np.nan_to_num(means, nan=-1))]
        you choose the highest cost: the best rate has the lowest
    grid[np.nanargmin(means)] -> grid[0]
        it is always the first rate: choose by the costs
    grid[np.nanargmin(means)] -> np.max(np.array(grid)[np.isfinite(means)])
        that is the largest rate that does not diverge: choose by the costs
    """
    means = []
    for lr in grid:
        costs = [train(lr, seed).validation_cost for seed in seeds]
        means.append(np.mean(costs))
    return grid[np.nanargmin(means)]


def supported(chosen, sentences):
    """Check which sentences the data support.

    chosen      the letters of those that they do: "AC", or {"A", "C"}
    sentences   {letter: (True or False, why)}
    """
    try:
        if isinstance(chosen, dict):  # {"A": True, "B": False}
            chosen = [letter for letter, said in chosen.items() if said]
        if isinstance(chosen, str):  # "a and c"
            chosen = re.findall("[A-Za-z]", chosen.replace("and", ""))
        letters = {letter.strip().upper() for letter in chosen}
    except Exception:  # no collection of letters
        letters = set()
    if not letters or letters - set(sentences):
        print(
            f'Not yet: choose some of the letters {", ".join(sentences)}, as in "AB".'
        )
        return
    words = ["not supported", "supported"]
    compare(
        {letter: words[letter in letters] for letter in sentences},
        {letter: words[bool(true)] for letter, (true, _) in sentences.items()},
        {letter: why for letter, (_, why) in sentences.items()},
        words,
        "You chose what the data support, and nothing else",
    )
