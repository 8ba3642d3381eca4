"""The answers of notebook 07 are below, with the mistakes that are made in them.

Close this file until you have written your own: the notebook's check tells you more.
An edit, `old -> new`, makes a mistake of the right answer; under it is what is said.
"""

import numpy as np

from classroom.mistakes import exercise, on_paper, plot


@on_paper(
    "lead",
    "On the square the grid is ahead, by {right:.3g} points: it never hits twice",
    (0.2, 3),
    within=0.012,
)
def lead(side, k):
    """Work out by how many percentage points a grid leads as many random points.

    The good region is a square; the grid has k rows and k columns.

    100 * (grid - random) -> grid - random
        that is a share: percentage points are asked for, a hundred times as many
    100 * (grid - random) -> 100 * (random - grid)
        the sign: positive if the grid's chance is the larger one, and it is
    100 * (grid - random) -> 100 * grid
        that is the grid's chance, less nothing or less 0.04⁹: take off the chance that
        one of nine random points hits
    100 * (grid - random) -> 100 * random
        that is the chance of the random points: take it off the grid's
    n * area -> k * side
        that is a strip's chance, k columns: in a square the row must fit, too
    n * area -> n * side
        nine times the side is more than 1: a point covers an area, side times side
    n * area -> k * area
        three points are counted: the grid has nine, three times three
    (1 - area) -> (1 - side)
        the side is taken for the chance: a random point hits with the area, side times
        side
    n * area -> 1
    (1 - area) -> (1 - side)
        the side is taken for the chance, of both, and the grid's is cut off at 1: one
        point hits with the area, 0.2²
    ) ** n -> ) ** k
        three random points are counted: nine are drawn
    (1 - area) ** n -> (1 - area) ** (n - 1)
        eight random points are counted: nine are drawn
    (1 - area) ** n -> (1 - area) ** (n + 1)
        ten random points are counted: nine are drawn
    100 * (grid - random) -> grid / random
        that is how many times as large it is: subtract, points are asked for
    1 - (1 - area) ** n -> (1 - area) ** n
        that is the chance that all nine miss: a hit is the rest
    1 - (1 - area) ** n -> area
        that is one random point: nine are drawn
    100 * (grid - random) -> 100 * (grid / random - 1)
        that is how much larger it is in per cent: subtract, points are asked for
    100 * (grid - random) -> 100 * grid - random
        per cent minus a share: take both in per cent
    1 - (1 - area) ** n -> n * area
        the lead is 0 if random chances add up: two random points may hit, so they do
        not
    1 - (1 - area) ** n -> n * area * (1 - area) ** (n - 1)
        that is the chance of exactly one hit: two or more count, too
    n * area -> area
        that is one grid point's chance: those of all nine add up
    n * area -> k * side
    (1 - area) ** n -> (1 - side) ** n
        that is for a strip: a square has the area side times side
    n * area -> n * area / (1 - side) ** 2
    (1 - area) ** n -> (1 - area / (1 - side) ** 2) ** n
        you hold the square inside the border: it may lie across it
    n * area -> n * area / (1 - side) ** 2
        you hold the square inside the border: it may lie across it
    n * area -> 1 - (1 - k * area) ** k
        the columns are taken as independent: the square hits one at most, so add
    n * area -> 1 - (1 - n * area) ** n
        0.36 is the whole grid's chance already: nine grids are counted
    n * area -> 1 - (1 - k * side) ** 2
        that is a hit by a row or by a column: in a square both must fit
    1 - (1 - area) ** n -> 1 - np.exp(-n * area)
        you take e to the minus 0.36, which is near: nine points miss with (1 - area)^9
    """
    area, n = side**2, k**2
    grid = n * area
    random = 1 - (1 - area) ** n
    return 100 * (grid - random)


def _errors(seed, runs, searches):
    """Draw errors; in the first search each run is better than those before it."""
    errors = np.random.default_rng(seed).uniform(1, 9, (runs, searches))
    errors[:, 0] = np.sort(errors[:, 0])[::-1]
    return errors


def _one_by_one(ax, errors):
    """Draw the same with a loop: some mistakes are made there alone."""
    n = 1 + np.arange(len(errors))
    ax.plot(n, [errors[:k].min(axis=0).mean() for k in n])


@plot(
    "x, y",
    "It falls, though no run is better than another: that is the winner's curse",
    cases=[(_errors(1, 6, 4),), (_errors(2, 4, 7),)],
    forms=[_one_by_one],
)
def plot_best(ax, errors):
    """Plot against n the lowest error of the first n runs, mean over the searches.

    np.minimum.accumulate(errors) -> np.maximum.accumulate(errors)
        you keep the largest error: the lowest is chosen
    np.minimum.accumulate(errors) -> errors
        each point is one run's error: keep the lowest of the first n
    lowest.mean(axis=1) -> lowest
        you draw each search: average over the searches
    lowest.mean(axis=1) -> lowest[:, 0]
        that is the first search alone: average over all of them
    lowest.mean(axis=1) -> np.minimum.accumulate(errors.mean(axis=1))
        the mean is taken first: choose within each search, then average
    np.minimum.accumulate(errors) -> np.minimum.accumulate(errors, axis=1)
        the lowest is kept across searches: go down the runs, axis 0
    lowest.mean(axis=1) -> lowest.min(axis=1)
        that is the luckiest of all searches: average over them
    lowest.mean(axis=1) -> np.median(lowest, axis=1)
        that is the median over the searches: the mean is asked for
    lowest.mean(axis=1) -> np.cumsum(errors, axis=0).mean(axis=1) / n
        that is the mean of the first n runs: the lowest of them is chosen
    n, lowest.mean(axis=1) -> np.arange(1, errors.shape[1] + 1), lowest.mean(axis=0)
        you average over the runs: the searches are the columns, so take axis=1
    n, lowest.mean(axis=1) -> lowest.mean(axis=0)
        you average over the runs: the searches are the columns, so take axis=1
    np.minimum.accumulate(errors) -> np.sort(errors, axis=0)
        you sort all the runs: of the first n, only those have been seen
    lowest.mean(axis=1) -> [errors[:k].argmin(axis=0).mean() for k in n]
        that is the number of the best run: its error is asked for
    np.arange(1, len(errors) + 1) -> np.arange(1, errors.shape[1] + 1)
    np.minimum.accumulate(errors) -> np.minimum.accumulate(errors, axis=1).T
        the axes of errors are exchanged: choose among the runs, axis 0
    np.minimum.accumulate(errors) -> np.sort(errors, axis=0)[::-1]
        you sort all the runs: of the first n, only those have been seen
    lowest.mean(axis=1) -> lowest[-1].mean() + 0 * n
        that is the lowest of all runs for every n: take that of the first n
    lowest.mean(axis=1) -> lowest.sum(axis=1)
        that is the sum over the searches: divide by their number
    lowest.mean(axis=1) -> lowest.std(axis=1)
        that is the spread over the searches: the mean is asked for
    lowest.mean(axis=1) -> [errors[:k].mean(axis=0).min() for k in n]
        the runs are averaged, and the best search is chosen: choose the lowest run of
        each search, then average the searches
    errors[:k].min(axis=0).mean() -> errors[:k].min(axis=1).mean()
        the lowest is kept across searches: go down the runs, axis 0
    errors[:k].min(axis=0).mean() -> errors[:, :k].min(axis=1).mean()
        those are the first k searches: take the first k runs, the rows errors[:k]
    errors[:k].min(axis=0).mean() -> errors[:, :k].min(axis=0).mean()
        those are the first k searches: take the first k runs, the rows errors[:k]
    errors[:k].min(axis=0).mean() -> errors[-k:].min(axis=0).mean()
        you take the last n runs: the first n are errors[:n]
    n = 1 + np.arange(len(errors)) -> n = np.arange(2, len(errors) + 1)
    errors[:k] -> errors[: k - 1]
        one run is missing: errors[:k] has the first k, errors[:k - 1] one fewer
    errors[:k].min(axis=0).mean() -> errors[: max(k - 1, 1)].min(axis=0).mean()
        one run is missing: errors[:k] has the first k, errors[:k - 1] one fewer
    n = 1 + np.arange(len(errors)) -> n = np.array([1, 2, 4, 8, 16, 30])
        you draw at the dots' n alone: a curve has every n from 1 on
    errors[:k].min(axis=0).mean() -> errors[k - 1 :].min(axis=0).mean()
        you choose among the later runs: the first n are errors[:n]
    n = 1 + np.arange(len(errors)) -> n = np.arange(1, len(errors))
    errors[:k].min(axis=0).mean() -> errors[k:].min(axis=0).mean()
        you choose among the later runs: the first n are errors[:n]
    """
    n = np.arange(1, len(errors) + 1)
    lowest = np.minimum.accumulate(errors)
    ax.plot(n, lowest.mean(axis=1))


def _in_two_parts(t, lr, warmup, steps):
    """Return the same by cases: some mistakes are made in one of them alone."""
    climb = t / warmup
    if t <= warmup:
        return lr * climb
    progress = (t - warmup) / (steps - warmup)
    return lr * (1 + np.cos(np.pi * progress)) / 2


def _top_in_the_fall(t, lr, warmup, steps):
    """Return the same: a mistake in the fall is then made at its top as well."""
    if t < warmup:
        return lr * t / warmup
    progress = (t - warmup) / (steps - warmup)
    return lr * (1 + np.cos(np.pi * progress)) / 2


@exercise(
    "learning rate",
    "It passes through η at the end of the warm-up, η/2 half-way down, and 0",
    cases=[
        *((t, 0.5, 5, 20) for t in (1, 2, 5, 6, 13, 20)),
        *((t, 2.0, 30, 100) for t in (1, 30, 31, 65, 99, 100)),
    ],
    forms=[_in_two_parts, _top_in_the_fall],
)
def warmup_cosine(t, lr, warmup, steps):
    """Return the learning rate of step t = 1, ..., steps: up, then down to 0.

    It climbs linearly to lr, at t = warmup, then falls as half a cosine to 0, at
    t = steps.

    t / warmup -> (t - 1) / warmup
        the climb starts at 0: the first step, t = 1, would be wasted
    climb = np.minimum(t / warmup, 1) -> climb = 1
        the climb is missing: during the warm-up the rate is ηt/warmup
    np.maximum(t - warmup, 0) / (steps - warmup) -> t / steps
        climb and cosine overlap: the fall begins where the climb ends
    np.maximum(t - warmup, 0) / (steps - warmup) -> (t - 1) / steps
        climb and cosine overlap, as in section 3: here the fall begins where the
        climb ends
    np.maximum(t - warmup, 0) -> (t - warmup)
        the cosine runs before the climb has ended: let progress be 0 until then
    np.maximum(t - warmup, 0) -> np.maximum(t - 1 - warmup, 0)
        the fall is one step late: at t = steps it is not yet 0
    np.maximum(t - warmup, 0) / (steps - warmup) -> t / steps * (t > warmup)
        the cosine does not wait for the warm-up: count t from its end
    / (steps - warmup) -> / steps
        it does not end at 0: the fall has steps - warmup steps
    np.maximum(t - warmup, 0) / (steps - warmup) -> t / (steps - warmup)
        progress counts t from 0: count from the end of the warm-up, t - warmup
    climb = np.minimum(t / warmup, 1) -> climb = np.minimum(10 * t / steps, 1)
        that is section 3's climb, a tenth of the steps: here it takes warmup steps
    lr * climb -> np.minimum(lr, t / warmup)
        the smaller of lr and t/warmup is taken: the climb is lr times t/warmup
    climb = np.minimum(t / warmup, 1) -> climb = t / warmup
        the climb has no ceiling: it stops at 1, np.minimum(t / warmup, 1)
    climb = np.minimum(t / warmup, 1) -> climb = t / warmup
    np.maximum(t - warmup, 0) / (steps - warmup) -> t / steps
        neither climb nor cosine knows where the warm-up ends: it stops the one, and
        starts the other
    np.pi * -> 180 *
        the angle is in degrees: NumPy wants radians, π and not 180
    np.pi * -> 2 * np.pi *
        that is a whole period: it ends at η again, and half a one ends at 0
    (1 + np.cos(np.pi * progress)) / 2 -> (1 - progress)
        the fall is a straight line: half a cosine is flat at both ends
    (1 + np.cos(np.pi * progress)) / 2 -> np.cos(np.pi / 2 * progress)
        that is a quarter of a cosine: it is flat at its beginning only
    (1 + np.cos(np.pi * progress)) / 2 -> 1
        the fall is missing: after the warm-up the rate stays at η
    climb = np.minimum(t / warmup, 1) -> climb = 1
    np.maximum(t - warmup, 0) -> (t - warmup)
        the climb is overwritten: without an else, the cosine runs from the first step
    lr * climb -> climb
        η is missing: multiply by lr
    (1 + np.cos(np.pi * progress)) / 2 -> (1 + np.cos(np.pi * progress))
        the half is missing: 1 + cos goes from 2 to 0
    (1 + np.cos(np.pi * progress)) / 2 -> (1 + np.cos(np.pi * progress) / 2)
        the half belongs to the 1, too: yours falls from 3/2 to 1/2, and (1 + cos)/2
        from 1 to 0
    (1 + np.cos(np.pi * progress)) / 2 -> (1 / 2 + np.cos(np.pi * progress))
        the half belongs to the cosine, too: yours falls from 3/2 to -1/2, and
        (1 + cos)/2 from 1 to 0
    (1 + np.cos(np.pi * progress)) / 2 -> np.cos(np.pi * progress)
        the rate becomes negative: cos goes from 1 to -1, and (1 + cos)/2 from 1 to 0
    progress = (t - warmup) / (steps - warmup) -> progress = t / steps
        the cosine does not wait for the warm-up: count t from its end
    progress = (t - warmup) / (steps - warmup) -> progress = (t - 1) / steps
        the cosine does not wait for the warm-up: count t from its end
    lr * (1 + -> (1 +
        η is missing in the fall: multiply by lr there too
    climb = t / warmup -> climb = (t - 1) / (warmup - 1)
        the climb starts at 0: the first step, t = 1, would be wasted
    climb = t / warmup -> climb = 1 / warmup
        the rate is held at η/warmup: during the warm-up it climbs, ηt/warmup
    return lr * climb -> return lr * t
        your climb is lr times t: it reaches lr at t = warmup, so divide by warmup
    climb = t / warmup -> climb = warmup / t
        the climb is upside down: t/warmup goes from 0 to 1
    climb = t / warmup -> climb = (t + 1) / warmup
        t counts from 1, not from 0: at t = warmup you are above η
    climb = t / warmup -> climb = t / steps
        the climb takes all steps: it reaches η at t = warmup
    climb = t / warmup -> climb = (t / warmup) ** 2
        the climb is a parabola: linearly is asked for
    climb = t / warmup -> climb = (1 - np.cos(np.pi * t / warmup)) / 2
        the climb is a cosine too: linearly is asked for
    (t - warmup) / (steps - warmup) -> (t - warmup - 1) / (steps - warmup - 1)
        the fall is a step late: it begins at t = warmup, and has steps - warmup steps
    np.cos(np.pi * progress) -> np.cos(progress)
        π is missing: half a cosine goes from 0 to π
    1 + np.cos(np.pi * progress) -> 1 - np.cos(np.pi * progress)
        the cosine climbs: 1 + cos falls, and 1 - cos climbs
    (1 + np.cos(np.pi * progress)) -> 1 + np.cos(np.pi * progress)
        brackets are missing: the factor η/2 belongs to 1 + cos as a whole
    np.cos(np.pi * progress) -> np.sin(np.pi * progress)
        that is a sine: half a cosine starts at its top
    lr * (1 + np.cos(np.pi * progress)) / 2 -> lr * np.exp(-5 * progress)
        the fall is exponential: half a cosine is asked for
    """
    climb = np.minimum(t / warmup, 1)
    progress = np.maximum(t - warmup, 0) / (steps - warmup)
    return lr * climb * (1 + np.cos(np.pi * progress)) / 2
