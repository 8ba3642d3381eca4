"""Descent: the one loop, and the mini-batches that make it stochastic."""

import os
import time
from functools import lru_cache

import numpy as np
from tqdm.auto import tqdm


def descend(gradient, start, optimizer, steps, record=None, every=1):
    """Take `steps` steps from `start` and return the path, `(steps + 1, *runs, P)`.

    gradient   function (theta, t) -> array of theta's shape, exact or sampled
    start      array `(*runs, P)`; it is repeated where `optimizer` brings more runs
    record     what to keep in place of theta: a function of theta, called at
               t = 0, every, 2 every, ...; the result has one row for each

    A run that leaves the finite numbers is NaN from there on, without a warning; the
    others go on.  Raises ValueError for a negative number of steps, for runs that do
    not fit those of the optimizer, and for a gradient of another shape than theta.
    """
    for name, value, least in ("steps", steps, 0), ("every", every, 1):
        if not isinstance(value, (int, np.integer)) or value < least:
            raise ValueError(
                f"{name}={value!r}: give a whole number, {least} or more; "
                f"try {name}={max(least, 100)}."
            )
    record = record or (lambda theta: theta)
    with np.errstate(all="ignore"):
        theta = _one_row_per_run(start, optimizer)
        memory = optimizer.start(theta)
        records = [record(theta)]
        for t in _watched(steps):
            g = gradient(theta, t)
            if np.shape(g) != theta.shape:
                raise ValueError(
                    f"the gradient has shape {np.shape(g)}, but theta has "
                    f"{theta.shape}: they must be equal; try one start for each run."
                )
            theta, memory = optimizer.step(theta, g, memory, t)
            theta = _freeze(theta)
            if t % every == 0:
                records.append(record(theta))
        return np.array(records)


def _one_row_per_run(start, optimizer):
    """Repeat start so that each run of the optimizer's hyper-parameters has its own."""
    theta = np.atleast_1d(start)
    if not np.issubdtype(theta.dtype, np.floating):
        theta = theta.astype(float)
    shapes = [np.shape(value) for value in optimizer.at(1, theta)]
    try:
        shape = np.broadcast_shapes(theta.shape, *shapes)
    except ValueError:
        shape = ()
    if shape[-1:] != theta.shape[-1:]:
        raise ValueError(
            f"start has shape {theta.shape}, the hyper-parameters have {shapes}: "
            "they must broadcast as (*runs, P) and (*runs, 1); try values[:, None]."
        )
    return np.array(np.broadcast_to(theta, shape), order="C")  # a run in one piece


def _freeze(theta):
    """Set the runs that are not finite to NaN."""
    finite = np.isfinite(theta)
    if finite.all():
        return theta
    return np.where(finite.all(axis=-1, keepdims=True), theta, np.nan)


def _watched(steps):
    """Yield 1 ... steps; from two seconds on, show a progress bar until the end."""
    begin = time.monotonic()
    for t in range(1, steps + 1):
        yield t
        if time.monotonic() - begin > 2:
            rest = range(t + 1, steps + 1)
            quiet = os.environ.get("TQDM_DISABLE", "0") != "0"  # tqdm.notebook forgets
            yield from tqdm(rest, total=steps, initial=t, leave=False, disable=quiet)
            return


def diverged(path):
    """Say which runs left the finite numbers, and when.

    Takes a path `(steps + 1, *runs, P)`; returns two arrays `(*runs,)`: True where the
    run diverged, and the row of the path (the step, if every step was kept) in which it
    was first NaN, -1 where never.
    """
    lost = ~np.isfinite(path).all(axis=-1)
    which = lost.any(axis=0)
    return which, np.where(which, lost.argmax(axis=0), -1)


def minibatches(gradient, data, batch_size, rng, replace=False, runs=()):
    """Turn the gradient of a data cost into a sampled one, a function of (theta, t).

    gradient   function (theta, *batch) -> array of theta's shape
    data       tuple of arrays with N rows each; `batch` has the same rows of each
    rng        numpy.random.Generator; read once, here: what is drawn at step t depends
               on t alone, so that every optimizer and every run sees the same batches
    replace    False: each epoch goes once through the data, in a new order (its last
               batch is smaller where batch_size does not divide N); True: each row is
               drawn from all N
    runs       leading shape that broadcasts with theta's runs; each gets its own draws,
               and a batch of shape `(*runs, batch_size, ...)`

    Raises ValueError for an empty batch, one larger than the data, or data of
    different lengths.
    """
    lengths = [len(array) for array in data]
    n = lengths[0]
    if len(set(lengths)) > 1:
        raise ValueError(
            f"data has {lengths} rows: each array has one for each sample; "
            f"try array[:{min(lengths)}]."
        )
    if not isinstance(batch_size, (int, np.integer)) or not 1 <= batch_size <= n:
        raise ValueError(
            f"batch_size={batch_size!r}: a batch has a whole number of samples, from 1 "
            f"to {n} (all); try batch_size={min(64, n)}."
        )
    seed = rng.integers(2**63)
    steps_per_epoch = -(-n // batch_size)

    @lru_cache(maxsize=1)
    def order(epoch):
        epoch_rng = np.random.default_rng([seed, epoch])
        if replace:
            return epoch_rng.integers(n, size=(*runs, steps_per_epoch * batch_size))
        return epoch_rng.permuted(np.broadcast_to(np.arange(n), (*runs, n)), axis=-1)

    def sampled_gradient(theta, t):
        epoch, k = divmod(t - 1, steps_per_epoch)
        rows = order(epoch)[..., k * batch_size : (k + 1) * batch_size]
        return gradient(theta, *(array[rows] for array in data))

    return sampled_gradient
