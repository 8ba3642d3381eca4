"""The answers of notebook 02 are below, with the mistakes that are made in them.

Close this file until you have written your own: the notebook's check tells you more.
An edit, `old -> new`, makes a mistake of the right answer; under it is what is said.
"""

import copy
import itertools

import numpy as np

from utils.calls import Trouble, read
from utils.checks import exercise


def _walk(sgd, gradients, theta, n, lr, batch_size, epochs, rng):
    """Let sgd walk; return its steps, (from, rows, to) each, and where it ends."""
    asked = []

    def recorded(theta, rows):
        if not asked or not np.array_equal(asked[-1][0], theta):
            asked.append((np.array(theta, float), []))
        asked[-1][1].extend(np.arange(n)[np.ravel(rows)].tolist())
        return gradients(theta, rows)

    (end,) = read(sgd(recorded, theta, n, lr, batch_size, epochs, rng), "theta")
    if end.shape != theta.shape:
        has = f"your theta has the shape {end.shape}, and should have {theta.shape}"
        raise Trouble("shape", f"{has}: return the last theta, and nothing else")
    places = [*(place for place, _ in asked[1:]), end]
    return [(*step, to) for step, to in zip(asked, places, strict=False)], end


def _batches(steps, n):
    """Return the rows of each step; of all n the order does not matter."""
    return [sorted(rows) if len(rows) == n else rows for _, rows, _ in steps]


def _traits(sgd, gradients, start, n, lr, batch_size, epochs, rng):
    """Describe what sgd does in numbers that do not depend on the order it drew."""

    def walk(rng):
        theta = start.copy()
        steps, end = _walk(
            sgd, gradients, theta, n, lr, batch_size, epochs, copy.deepcopy(rng)
        )
        return steps, end, not np.array_equal(theta, start)

    steps, end, spoilt = walk(rng)
    _, same_end, _ = walk(rng)
    others, _, _ = walk(np.random.default_rng(99))
    lengths, alike, first, last = [], 0, 0, 0
    for before, rows, after in steps:
        pulls, moved = gradients(before, rows), before - after
        pull = pulls.mean(axis=0)
        alike += np.allclose(moved, moved[0])
        first += np.allclose(moved, lr * pulls[0])
        last += np.allclose(moved, lr * pulls[-1])
        length = moved @ pull / (lr * pull @ pull)
        straight = np.allclose(moved, length * lr * pull)
        lengths.append(length if straight else np.nan)
    batches = _batches(steps, n)
    parts = np.array_split([*itertools.chain(*batches)], epochs)
    orders = [part.tolist() for part in parts]
    cuts = [
        frozenset(frozenset(order[k : k + batch_size]) for k in range(0, n, batch_size))
        for order in orders
    ]
    return (
        spoilt,
        not np.array_equal(end, same_end),
        batches == _batches(others, n),
        len(steps),
        int(np.isfinite(lengths).sum()),
        alike,
        first,
        last,
        min(map(len, batches), default=0),
        max(map(len, batches), default=0),
        sum(len(set(order)) < len(order) for order in orders),
        len(set(map(tuple, orders))),
        sum(order == sorted(order) for order in orders),
        sum(len(set(order)) <= batch_size for order in orders),
        len(set(cuts)) == 1,
        np.min(lengths, initial=np.inf),
        np.max(lengths, initial=-np.inf),
    )


def _pulls(n):
    """Return the gradients of a quarter of the squared distances to n points."""
    points = np.random.default_rng(n).normal(size=(n, 5))
    return lambda theta, rows: (theta - points[rows]) / 2


@exercise(
    returns="change of the argument theta, dependence on chance outside rng, "
    "same order from another rng, number of steps, number of steps along the mean "
    "gradient, number of steps with all entries alike, number of steps along the first "
    "gradient, number of steps along the last gradient, smallest batch, largest batch, "
    "number of epochs that use a sample twice, number of different orders, number of "
    "sorted orders, number of epochs with the samples of one batch, reuse of the same "
    "batches in every epoch, shortest step / (η mean gradient), longest step / "
    "(η mean gradient)",
    praise="Each epoch takes every sample once, in an order of its own",
    cases=[
        (_pulls(n), np.ones(5), n, 0.1, batch_size, 4, np.random.default_rng(n))
        for n, batch_size in [(12, 3), (14, 4)]
    ],
    observe=_traits,
)
def sgd(gradients, theta, n, lr, batch_size, epochs, rng):
    """Walk by stochastic gradient descent, `epochs` times through n samples.

    Each epoch takes the samples in a new order, batch_size at a time; its last batch
    may be smaller.  gradients(theta, rows) gives the gradient of each of these samples,
    (len(rows), P), and a step follows their mean.  With batch_size = 1, one sample.

    rng.permutation(n) -> copy.deepcopy(rng).permutation(n)
        the samples are shuffled once: draw a new order in each epoch
    rng.permutation(n) -> np.arange(n)
        the samples are not shuffled: every epoch takes them in the order of the data
    rng.permutation(n) -> copy.deepcopy(rng).permutation(n)
    [k : k + batch_size] -> [:batch_size]
        the sample is drawn once, outside the loop: every step uses the same one
    [k : k + batch_size] -> [:batch_size]
        all steps of an epoch use the same samples: take the next ones at each step
    order[k : k + batch_size] -> rng.choice(n, batch_size, replace=False)
        each step draws from all samples: an epoch then repeats some, and misses others
    order[k : k + batch_size] -> rng.integers(n, size=batch_size)
        each step draws from all samples: an epoch then repeats some, and misses others
    rng.permutation(n) -> np.arange(n)
    range(0, n, batch_size) -> rng.permutation(np.arange(0, n, batch_size))
        only the batches are shuffled: each holds the same samples in every epoch
    range(0, n, batch_size) -> range(n // batch_size)
        the batches overlap: the next one begins batch_size further on, not 1
    range(0, n, batch_size) -> range(n)
        the batches overlap: the next one begins batch_size further on, not 1
    rng.permutation(n) -> rng.integers(n, size=n)
        each step draws from all samples: an epoch then repeats some, and misses others
    .mean(axis=0) -> .sum(axis=0)
        the gradients of a batch are summed: average them, or η depends on batch_size
    .mean(axis=0) -> .sum(axis=0) / batch_size
        the last batch is smaller, but divided by batch_size: divide by its own number
    gradients(theta, rows) -> gradients(theta, order)
        every step uses all n samples: that is the full gradient, an epoch's price
    range(0, n, batch_size) -> [0]
    [k : k + batch_size] ->
        an epoch is one step with all n samples: that is gradient descent
    order = rng.permutation(n) -> order, old = rng.permutation(n), theta
    gradients(theta, -> gradients(old,
        θ moves once in an epoch: all its gradients are taken at the same place
    theta = theta - lr -> theta -= lr
        your function changes its argument theta: `theta -= ...` writes into the array
        that was given, and theta = theta - ... makes a new one
    range(epochs) -> range(epochs if (rng := np.random.default_rng(0)) else 0)
        the order is always that of one seed: draw from the rng that is given
    range(epochs) -> range(1)
    range(0, n, batch_size) -> [0]
        there is one step alone: does return stand inside both loops? Let it come last
    range(epochs) -> range(1)
        there is one epoch alone: go through the samples `epochs` times
    range(epochs) -> range(epochs - 1)
        an epoch is missing: range(epochs) has as many as are asked for
    range(epochs) -> range(epochs + 1)
        there is an epoch too many: range(epochs) has as many as are asked for
    .mean(axis=0) -> .mean()
        the mean is over everything, one number: average over the samples, axis=0
    .mean(axis=0) -> [0]
        only the first gradient of a batch is used: average over all
    .mean(axis=0) -> [-1]
        only the last gradient of a batch is used: average over all
    .mean(axis=0) -> .mean(axis=0) / batch_size
        the mean is divided by batch_size once more: a step follows the mean
    .mean(axis=0) -> .sum(axis=0) / n
        you divide by n: a batch is averaged over its own samples
    theta - lr -> theta + lr
        the sign is flipped: your steps climb
    lr * gradients -> gradients
        η is missing: a step is η times the gradient
    (0, n, batch_size) -> (0, n - batch_size, batch_size)
        the last batch of each epoch is left out: go on to the end of the order
    (0, n, batch_size) -> (0, n - batch_size + 1, batch_size)
        the last batch is left out where it is smaller: its samples count too
    permutation(n) -> permutation(n - 1)
        the last sample is never used: the n samples go from 0 to n - 1
    (0, n, batch_size) -> (n)
    + batch_size] -> + 1]
        batch_size is not used: you take one sample at a time
    rng.permutation -> np.random.default_rng().permutation
        the order does not come from rng: the same seed must give the same walk
    """
    for _ in range(epochs):
        order = rng.permutation(n)
        for k in range(0, n, batch_size):
            rows = order[k : k + batch_size]
            theta = theta - lr * gradients(theta, rows).mean(axis=0)
    return theta


@exercise(
    "variance",
    "For small η this is ησ²/(2λ): half the learning rate, half the variance",
    cases=[(0.5, 1.0, 2.0), (0.1, 4.0, 3.0), (0.3, 2.0, 0.5), (0.01, 2.0, 2.0)],
)
def noise_floor(lr, curvature, sigma):
    """Predict the variance that SGD settles at on the cost curvature x^2 / 2.

    sigma is the standard deviation of the noise in the gradient.

    lr * sigma**2 / (curvature -> (lr * sigma**2 / (curvature
    lr * curvature)) -> lr * curvature))) ** 0.5
        that is the standard deviation: the variance is its square
    sigma**2 -> sigma
        σ is not squared: it is the variance σ² of the noise that counts
    (2 - -> (1 -
        the 2 is missing: V = (1 - ηλ)²V + η²σ² has the solution ησ²/(λ(2 - ηλ))
    (2 - lr * curvature) -> 2
        that is the limit of small η: the exact floor has 2 - ηλ in place of the 2
    curvature * (2 -> (2
        λ is missing before (2 - ηλ): a steeper valley has a lower floor
    lr * sigma -> sigma
        η is missing in the numerator: smaller steps have a lower floor
    lr * sigma -> 0.5 * curvature * lr * sigma
        that is the mean cost, λ/2 times the variance: the variance is asked for
    / (curvature * (2 - lr * curvature)) -> / curvature * (2 - lr * curvature)
        brackets are missing: a / b * c is (a / b) c, and the divisor is λ(2 - ηλ)
    lr * sigma**2 -> lr**2 * sigma**2
        η is squared: one η of η²σ² goes into the divisor
    (curvature * (2 - lr * curvature)) -> (lr * curvature) / lr
        (1 - ηλ) stands without its square: V = (1 - ηλ)²V + η²σ²
    (2 - lr * curvature) -> (2 + lr * curvature)
        the sign is wrong: 1 - (1 - ηλ)² is ηλ(2 - ηλ)
    (2 - lr * curvature) -> (2 - lr)
        λ is missing in 2 - ηλ: it is ηλ that counts, not η
    lr * sigma**2 / (curvature * (2 - lr * curvature)) -> lr**2 * sigma**2
        that is the noise of one step: it piles up until the valley takes as much away
    lr * sigma**2 -> (1 - (1 - lr * curvature) ** 40) * lr * sigma**2
        V has not settled after 20 steps: put V on both sides, and solve
    lr * sigma**2 -> (1 - (1 - lr * curvature) ** 200) * lr * sigma**2
        V has not settled after 100 steps: put V on both sides, and solve
    lr * sigma**2 -> 0.5 * lr * sigma**2
        there is a half too many: that is not the cost, but the variance
    """
    return lr * sigma**2 / (curvature * (2 - lr * curvature))


@exercise(
    "learning rate",
    "It has no state: plotting it changes nothing",
    cases=[
        *itertools.product([1, 2, 5, 40], [0.5, 0.08], [0.25, 0.6]),
        (np.arange(1, 8), 0.5, 0.25),  # as one plots it
    ],
)
def inverse_time(t, lr, decay):
    """Return the learning rate of step t = 1, 2, ...: lr / (1 + decay (t - 1)).

    (t - 1) -> t
        t counts from 1, not from 0: your first rate is {got:.3g}, and η is {right:.3g}
    / (1 + decay * (t - 1)) -> / t
        the decay is not used: η/t is the case decay = 1
    lr / ( -> lr * (
        your rate grows: divide by 1 + decay (t - 1)
    / (1 + decay * (t - 1)) -> * (1 - decay) ** (t - 1)
        the decay compounds: η × (1 - decay) at each step falls much faster than 1/t
    / (1 + decay * (t - 1)) -> / (1 + decay) ** (t - 1)
        the decay compounds: η / (1 + decay) at each step falls much faster than 1/t
    / (1 + decay * (t - 1)) -> * np.exp(-decay * (t - 1))
        that is exponential decay: it falls much faster than 1/t
    (1 + decay * (t - 1)) -> 1 + decay * (t - 1)
        brackets are missing: lr / 1 + ... divides by 1 alone
    (1 + decay * (t - 1)) -> ((1 + decay) * (t - 1))
        the brackets are round 1 + decay: only t - 1 is multiplied by decay
    (1 + decay * (t - 1)) -> (1 + decay * t - 1)
        brackets are missing: decay * t - 1 subtracts 1 at the end
    (t - 1) -> (t + 1)
        t is one too large, or two: the first rate, at t = 1, is η
    / (1 + decay * (t - 1)) -> * np.exp(-decay * t)
        that is exponential decay: it falls much faster than 1/t
    / (1 + decay * (t - 1)) -> * decay ** (t - 1)
        the decay compounds: η × decayᵗ⁻¹ falls much faster than 1/t
    / (1 + decay * (t - 1)) -> / np.sqrt(1 + decay * (t - 1))
        there is a root too many: that falls like 1/√t
    / (1 + decay * (t - 1)) -> * (1 - decay * (t - 1))
        that is a straight line: it falls below 0
    / (1 + decay * (t - 1)) -> / (1 + decay) ** t
        the decay compounds: η / (1 + decay) at each step falls much faster than 1/t
    / (1 + decay * (t - 1)) -> * (1 - decay) ** t
        the decay compounds: η × (1 - decay) at each step falls much faster than 1/t
    (t - 1) -> (t - 1) ** 2
        t - 1 is squared: the rate falls like 1/t
    """
    return lr / (1 + decay * (t - 1))
