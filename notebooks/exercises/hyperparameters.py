"""The answers of notebook 07 are below, with the mistakes that are made in them.

Close this file until you have written your own: the notebook's check tells you more.
An edit, `old -> new`, makes a mistake of the right answer; under it is what is said.
"""

import numpy as np

from classroom.mistakes import compare, exercise, on_paper, plot
from notebooks.exercises import steps
from utils import network


@on_paper(
    "number of runs",
    "With {right:.0f} runs the chance is 95 %, however many knobs the space has",
    (0.05, 0.95),
    within=0.001,
)
def runs_needed(p, chance):
    """Work out how many random runs hit a region of 5 % with a chance of 95 %.

    np.ceil(runs) -> np.floor(runs)
        one run fewer than is needed: the chance is still below 95 %, so round up
    np.ceil(runs) -> runs
        that is no whole number: round up to the next run
    np.ceil(runs) -> np.ceil(runs) + 1
        one run more than is needed: look at the chance with one fewer
    np.log(1 - chance) / np.log(1 - p) -> 1 / p
        1/p runs hit once on average, but often not at all: their chance is only 64 %
    np.log(1 - chance) / np.log(1 - p) -> chance / p
        chances of runs do not add up: two may hit, so count those that all miss
    np.log(1 - chance) / np.log(1 - p) -> np.log(1 - chance) / np.log(p)
        p and 1 - p are exchanged: each run misses with the probability 1 - p
    np.log(1 - chance) / np.log(1 - p) -> np.log(0.5) / np.log(1 - p)
        the chance is one half only: 95 % are asked for
    np.log(1 - chance) / np.log(1 - p) -> np.log(0.01) / np.log(1 - p)
        the chance is 99 %: 95 % are enough
    np.log(1 - chance) / np.log(1 - p) -> np.log(0.1) / np.log(1 - p)
        the chance is 90 % only: 95 % are asked for
    np.log(1 - chance) / np.log(1 - p) -> np.log(0.025) / np.log(1 - p)
        the 5 % that may miss are halved: there is one side only
    np.log(1 - chance) / np.log(1 - p) -> 100 * chance
        95 % is no share of a hundred runs: it is the chance of a hit
    np.log(1 - chance) / np.log(1 - p) -> 9
        nine is the budget of section 1: its chance is 37 % here
    np.ceil(runs) -> np.log(1 - p) / np.log(1 - chance)
        the quotient is upside down: the chance that all miss is (1 - p)ⁿ
    """
    runs = np.log(1 - chance) / np.log(1 - p)
    return np.ceil(runs)


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
    """
    n = np.arange(1, len(errors) + 1)
    lowest = np.minimum.accumulate(errors)
    ax.plot(n, lowest.mean(axis=1))


@exercise(
    "theta, m, v, v_max",
    "Your v_max never shrinks: a large gradient is not forgotten",
    cases=steps.cases("theta gradient m v v_max t lr beta1 beta2 eps"),
    also=steps.scaling("m_hat", "v_hat") + steps.MOMENTS,
    numbers=steps.first_step,
)
def amsgrad_step(theta, gradient, m, v, v_max, t, lr, beta1, beta2, eps):
    """Take step t = 1, 2, ... of AMSGrad; v_max is the largest v so far.

    m and v_max are bias-corrected, v_max after the maximum is taken.

    m / (1 - beta1**t) -> m
    v_max / (1 - beta2**t) -> v_max
        there is no bias correction: your first step is {step:.3g} η, and 1 η is right
    v_hat = v_max -> v_hat = v
        v_max is not used: with v̂ made of v the step is Adam's
    v_max / (1 - beta2**t) -> v_max
        only m is corrected: your first step is {step:.3g} η, and 1 η is right
    np.maximum(v_max, v) -> np.maximum(v_max, gradient**2)
        the maximum is that of g²: it is the average v whose maximum is kept
    np.maximum(v_max, v) -> np.maximum(v_max, np.max(v))
        v_max is one number for all parameters: np.maximum goes entry by entry
    m = beta1 * m -> old_m, m = m, beta1 * m
    v = beta2 * v -> old_v, v = v, beta2 * v
    return theta, m, v, v_max -> return theta, old_m, old_v, v_max
        the old averages are returned: return the new m and v, for the next step
    return theta, m, v, v_max -> return theta, m_hat, v / (1 - beta2**t), v_hat
        the correction is written back into m, v and v_max: return them uncorrected
    np.maximum(v_max, v) -> np.minimum(v_max, v)
        np.minimum keeps the smallest v: v_max must never shrink
    v = beta2 * v -> old, v = v, beta2 * v
    np.maximum(v_max, v) -> np.maximum(v_max, old)
        the maximum is that of the old v: average first, then take the maximum
    v = beta2 * v -> v = beta2 * v_max
        v averages on from v_max: it goes on from v, which may shrink
    v_max = np.maximum -> old, v_max = v_max, np.maximum
    v_hat = v_max -> v_hat = old
        the maximum is taken after its use: the step needs the new v_max
    np.maximum(v_max, v) -> np.maximum(v_max, v / (1 - beta2**t))
    v_hat = v_max / (1 - beta2**t) -> v_hat = v_max
        v_max is the maximum of v̂: take that of v, and correct it afterwards
    np.maximum(v_max, v) -> np.maximum(v_max, v / (1 - beta2**t))
        v_max mixes v̂ and v: it is corrected before the maximum, and again after it
    np.maximum(v_max, v) -> v
        the maximum is missing: with v_max = v the step is Adam's
    np.maximum(v_max, v) -> np.maximum(v_max, m)
        the maximum is that of m: it is v whose maximum is kept
    return theta, m, v, v_max -> return theta, m, v_max, v_max
        v_max is returned in place of v: the average would go on from the maximum
    return theta, m, v, v_max -> return theta, m, v, v_hat
        the correction is written back into v_max: return it uncorrected
    return theta, m, v, v_max -> return theta, m_hat, v, v_hat
        the correction is written back into m and v_max: return them uncorrected
    """
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * gradient**2
    v_max = np.maximum(v_max, v)
    m_hat = m / (1 - beta1**t)
    v_hat = v_max / (1 - beta2**t)
    theta = theta - lr * m_hat / (np.sqrt(v_hat) + eps)
    return theta, m, v, v_max


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
        climb and cosine overlap, as in section 2: here the fall begins where the
        climb ends
    np.maximum(t - warmup, 0) -> (t - warmup)
        the cosine runs before the climb has ended: let progress be 0 until then
    np.maximum(t - warmup, 0) -> np.maximum(t - 1 - warmup, 0)
        the fall is one step late: at t = steps it is not yet 0
    np.maximum(t - warmup, 0) / (steps - warmup) -> t / steps * (t > warmup)
        the cosine does not wait for the warm-up: count t from its end
    / (steps - warmup) -> / steps
        it does not end at 0: the fall has steps - warmup steps
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
    climb = t / warmup -> climb = (t + 1) / warmup
        t counts from 1, not from 0: at t = warmup you are above η
    climb = t / warmup -> climb = t / steps
        the climb takes all steps: it reaches η at t = warmup
    climb = t / warmup -> climb = (t / warmup) ** 2
        the climb is a parabola: linearly is asked for
    climb = t / warmup -> climb = (1 - np.cos(np.pi * t / warmup)) / 2
        the climb is a cosine too: linearly is asked for
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


# letter: (the diagnosis, the learning rate, training samples, what to look at)
_LOGS = {
    "A": ("overfitting", 0.3, 20, "compare the two curves in the second half"),
    "B": ("too low", 0.001, 200, "are the curves still on their way at the end?"),
    "C": ("too high", 3.0, 200, "does the training cost settle?"),
}


def training_logs(epochs=60):
    """Train a linear classifier three times; return {letter: (epochs, 2)}, costs.

    The columns are the costs on the training set and on the validation set.  The cost
    is convex, so that rounding does not grow: the logs are the same on any processor.
    """
    net, logs = network.Network((20, 2)), {}
    for letter, (_, lr, n, _) in _LOGS.items():
        rng = np.random.default_rng(7)
        x = rng.normal(size=(n + 200, 20))
        y = (x[:, 0] + 0.7 * rng.normal(size=n + 200) > 0).astype(int)
        theta, log = net.initial(rng), []
        for _ in range(epochs):
            for rows in np.split(rng.permutation(n), n // 10):
                theta = theta - lr * net.gradient(theta, x[rows], y[rows])
            log.append([net.cost(theta, x[:n], y[:n]), net.cost(theta, x[n:], y[n:])])
        logs[letter] = np.array(log)
    return logs


def diagnose_logs(answers):
    """Check {letter: "too high", "too low" or "overfitting"} for `training_logs()`."""
    truth = {letter: diagnosis for letter, (diagnosis, *_) in _LOGS.items()}
    hints = {letter: hint for letter, (*_, hint) in _LOGS.items()}
    options = sorted(truth.values(), reverse=True)  # the first is not right for A
    compare(
        "diagnose_logs",
        answers,
        truth,
        hints,
        options,
        "One curve alone would not have told you",
    )
