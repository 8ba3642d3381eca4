"""Descent: the one loop, and what makes its gradient stochastic.

A gradient is a function of (theta, t) that returns an array of theta's shape,
`(*runs, P)`: `J.gradient` of a landscape, one of your own, or one made from a sample of
the data (`sampled`) or by adding noise (`noisy`).  It must not write into theta.
"""

import os
import sys
import time
from functools import lru_cache

import numpy as np
from tqdm import tqdm

from utils import refusals


def descend(gradient, start, optimizer, steps, record=None, every=1, last_state=False):
    """Take `steps` steps from `start` and return the path, `(steps + 1, *runs, P)`.

    gradient   function (theta, t) -> array of theta's shape, exact or sampled
    start      array `(*runs, P)`; it is repeated where `optimizer` brings more runs
    record     what to keep in place of theta: a function of theta, called at
               t = 0, every, 2 every, ...; the result has one row for each
    last_state True: return (path, state), with what the optimizer remembers at the end

    A run that leaves the finite numbers is NaN from there on, without a warning; the
    others go on.  Raises ValueError for what is no gradient, start, optimizer or number
    of steps, for runs that do not fit those of the optimizer, and for a gradient that
    has another shape than theta or writes into it.

    >>> from utils.optimizers import SGD
    >>> path = descend(lambda theta, t: theta, [8.0, -4.0], SGD(lr=0.5), steps=2)
    >>> path
    array([[ 8., -4.],
           [ 4., -2.],
           [ 2., -1.]])
    """
    refusals.check_descent(gradient, optimizer, steps, every)
    record = record or (lambda theta: theta)
    with np.errstate(all="ignore"), refusals.check_writing():
        theta = _frozen(_one_row_per_run(start, optimizer))
        state = optimizer.init(theta)
        records = [record(theta)]
        for t in _watched(steps):
            g = gradient(theta, t)
            refusals.check_gradient(g, theta)
            theta, state = optimizer.step(theta, np.asarray(g), state, t)
            theta = _frozen(theta)
            if t % every == 0:
                records.append(record(theta))
        path = np.array(records)
        return (path, state) if last_state else path


def _one_row_per_run(start, optimizer):
    """Repeat start so that each run of the optimizer's hyper-parameters has its own."""
    theta = np.atleast_1d(start)
    if not np.issubdtype(theta.dtype, np.floating):
        theta = theta.astype(float)
    shapes = [np.shape(value) for value in vars(optimizer.at(1, theta)).values()]
    refusals.check_start(start, theta, shapes)
    shape = np.broadcast_shapes(theta.shape, *shapes)
    return np.array(np.broadcast_to(theta, shape), order="C")  # a run in one piece


def _frozen(theta):
    """Set the runs that are not finite to NaN, and make theta read-only."""
    finite = np.isfinite(theta)
    if not finite.all():
        theta = np.where(finite.all(axis=-1, keepdims=True), theta, np.nan)
    theta.flags.writeable = False
    return theta


def _watched(steps):
    """Yield 1 ... steps; from two seconds on, show a progress bar until the end."""
    begin = time.monotonic()
    for t in range(1, steps + 1):
        yield t
        if time.monotonic() - begin > 2:
            rest = range(t + 1, steps + 1)
            how = {"total": steps, "initial": t, "leave": False}
            how["disable"] = os.environ.get("TQDM_DISABLE", "0") != "0"
            # Printed: what is saved of a widget says "model not found" ever after.
            yield from tqdm(rest, file=sys.stdout, **how)
            return


def minibatches(n, batch_size, rng, replace=False, runs=()):
    """Return a function of t: the row numbers of batch t, `(*runs, batch_size)`.

    n          the number of samples
    rng        numpy.random.Generator or seed; read once, here: what is drawn at step t
               depends on t alone, so that every optimizer sees the same batches
    replace    False: each epoch goes once through the data, in a new order (its last
               batch is smaller where batch_size does not divide n); True: each row is
               drawn from all n
    runs       leading shape that broadcasts with theta's runs; each gets its own draws

    Raises ValueError for an empty batch and for one larger than the data.

    >>> rows = minibatches(5, batch_size=2, rng=0)
    >>> [rows(t).tolist() for t in (1, 2, 3)]
    [[3, 2], [0, 4], [1]]
    """
    refusals.check_batches(n, batch_size)
    seed = np.random.default_rng(rng).integers(2**63)
    steps_per_epoch = -(-n // batch_size)

    @lru_cache(maxsize=1)
    def order(epoch):
        epoch_rng = np.random.default_rng([seed, epoch])
        if replace:
            return epoch_rng.integers(n, size=(*runs, steps_per_epoch * batch_size))
        return epoch_rng.permuted(np.broadcast_to(np.arange(n), (*runs, n)), axis=-1)

    def rows(t):
        epoch, k = divmod(t - 1, steps_per_epoch)
        return order(epoch)[..., k * batch_size : (k + 1) * batch_size]

    return rows


def sampled(gradient, data, batch_size, rng, replace=False, runs=()):
    """Return the gradient of a data cost on batches, a function of (theta, t).

    gradient   function (theta, *batch) -> array of theta's shape
    data       tuple of arrays with n rows each; `batch` has the rows of batch t of each

    The batches are those of `minibatches(n, batch_size, rng, replace, runs)`.  Raises
    ValueError as that does, for data of different lengths, and for a gradient that does
    not take one batch of each array.

    >>> x = np.array([1.0, 2.0, 3.0])
    >>> gradient = sampled(lambda theta, x: theta - x.mean(), (x,), batch_size=1, rng=0)
    >>> [gradient(np.zeros(1), t).item() for t in (1, 2, 3)]
    [-1.0, -3.0, -2.0]
    """
    refusals.check_data(gradient, data)
    data = [np.asarray(array) for array in data]
    rows = minibatches(len(data[0]), batch_size, rng, replace, runs)

    def sampled_gradient(theta, t):
        batch = rows(t)
        return gradient(theta, *(array[batch] for array in data))

    return sampled_gradient


def noisy(gradient, sigma, rng, shape=None):
    """Return a gradient plus normal noise of standard deviation sigma at each call.

    rng        numpy.random.Generator or seed; each call draws from it: make a noisy
               gradient for each descent
    shape      of the noise: theta's, or one that broadcasts with it; where that has
               length 1, runs share their noise

    >>> kicked = noisy(lambda theta, t: theta, sigma=0.1, rng=0, shape=(2,))
    >>> kicked(np.zeros((3, 2)), t=1).round(3)
    array([[ 0.013, -0.013],
           [ 0.013, -0.013],
           [ 0.013, -0.013]])
    """
    rng = np.random.default_rng(rng)

    def noisy_gradient(theta, t):
        return gradient(theta, t) + sigma * rng.normal(size=shape or theta.shape)

    return noisy_gradient


def train(network, data, optimizer, batch_size, steps, rng, seeds=1, **options):
    """Train `seeds` networks side by side; return the path, `(steps + 1, *runs, P)`.

    data       (x, y), as the network takes them
    rng        numpy.random.Generator or seed: of each network's start and batches
    seeds      how many networks: the length of the last axis of runs
    options    `record`, `every` and `last_state` of `descend`

    Raises ValueError as `descend` and `sampled` do.

    >>> from utils.network import Network
    >>> from utils.optimizers import Adam
    >>> x, y = np.array([[-1.0], [1.0], [2.0], [-2.0]]), np.array([0, 1, 1, 0])
    >>> path = train(Network((1, 2)), (x, y), Adam(0.1), 2, steps=9, rng=0, seeds=5)
    >>> path.shape
    (10, 5, 4)
    """
    rng = np.random.default_rng(rng)
    start = network.initial(rng, runs=(seeds,))
    gradient = sampled(network.gradient, data, batch_size, rng, runs=(seeds,))
    return descend(gradient, start, optimizer, steps, **options)
