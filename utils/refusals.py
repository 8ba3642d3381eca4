"""Refusals: what cannot be meant is refused in a sentence: value, rule, remedy.

Every refusal is a ValueError, in the language of the reader.  The longer checks stand
here, so that the other modules show their idea; a check returns nothing, or raises.
"""

import inspect
from contextlib import contextmanager
from dataclasses import MISSING
from gettext import gettext as _

import numpy as np

# Rules for values: when a finite one is allowed, and the same in words.
POSITIVE = {"allowed": lambda x: x > 0, "rule": "a finite number above 0"}
NOT_NEGATIVE = {"allowed": lambda x: x >= 0, "rule": "a finite number, 0 or more"}
DECAY_RATE = {"allowed": lambda x: (x >= 0) & (x < 1), "rule": "a decay rate in [0, 1)"}
ANY = {"allowed": lambda x: True, "rule": "a finite number"}
RULES = POSITIVE, NOT_NEGATIVE, DECAY_RATE, ANY


def refusal(sentence, values=()):
    """Return the ValueError that says a sentence, translated, with its values."""
    return ValueError(_(sentence).format(**dict(values)))


def check_value(call, name, value, rule, remedy):
    """Refuse a value, or an array of them, that breaks one of RULES."""
    try:
        fits = np.all(np.isfinite(value) & rule["allowed"](np.asarray(value)))
    except TypeError:
        fits = False
    if not fits:
        values = {"call": call, "name": name, "rule": _(rule["rule"]), "remedy": remedy}
        raise refusal("{call}: {name} is {rule}; try {remedy}.", values)


def check_hyperparameter(optimizer, field, value):
    """Refuse the value of a dataclass field that is no number, or breaks its rule."""
    name, call = field.name, f"{optimizer}({field.name}={value!r})"
    remedy = f"{name}={0.01 if field.default is MISSING else field.default}"
    if np.ndim(value) and np.shape(value)[-1] != 1:
        raise refusal(
            "{call}: give one number, or a column with one number for each "
            "run; try {remedy}, or {name}=np.array(values)[:, None].",
            {"call": call, "name": name, "remedy": remedy},
        )
    check_value(call, name, value, field.metadata or ANY, remedy)


def check_descent(gradient, optimizer, steps, every):
    """Refuse what is no gradient function, no optimizer or no whole number."""
    if not _takes(gradient, 2):
        raise refusal(
            "gradient={name}: it is called as gradient(theta, t), which {name} does "
            "not take; try lambda theta, t: gradient(theta), or J.gradient for a "
            "landscape J, or sampled(gradient, data, ...) where it takes data.",
            {"name": getattr(gradient, "__name__", type(gradient).__name__)},
        )
    has_all = all(hasattr(optimizer, name) for name in ("init", "at", "step"))
    if isinstance(optimizer, type) or not has_all:
        raise refusal(
            "optimizer={optimizer!r}: give an optimizer with its learning rate; "
            "try {name}(lr=0.1), or extend optimizers.Optimizer by a step.",
            {"optimizer": optimizer, "name": getattr(optimizer, "__name__", "SGD")},
        )
    for name, value, least in ("steps", steps, 0), ("every", every, 1):
        if not isinstance(value, (int, np.integer)) or value < least:
            whole = isinstance(value, float) and value.is_integer() and value >= least
            remedy = int(value) if whole else max(least, 100)
            raise refusal(
                "{name}={value!r}: give a whole number, {least} or more; "
                "try {name}={remedy}.",
                {"name": name, "value": value, "least": least, "remedy": remedy},
            )


def _takes(function, count):
    """Return whether a function can be called with so many arguments."""
    try:
        inspect.signature(function).bind(*range(count))
    except TypeError:
        return False
    return True


def check_start(start, theta, shapes):
    """Refuse a start, theta as an array, that is not finite or has other runs."""
    if not theta.size or not np.isfinite(theta).all():
        raise refusal(
            "start={start!r}: a start is P finite numbers, (*runs, P); "
            "try start=[-1.0, 1.0] for two parameters.",
            {"start": start},
        )
    try:
        np.broadcast_shapes(theta.shape, *shapes)
    except ValueError:
        raise refusal(
            "start has shape {shape}, the hyper-parameters have {shapes}: "
            "they must broadcast as (*runs, P) and (*runs, 1); try values[:, None, "
            "None] for a run with each value from each start.",
            {"shape": theta.shape, "shapes": shapes},
        ) from None


def check_gradient(gradient, theta):
    """Refuse a value of the gradient that does not have theta's shape."""
    if gradient is None:
        raise refusal(
            "the gradient is None, not an array: does its function end with return?"
        )
    if np.shape(gradient) != theta.shape:
        raise refusal(
            "the gradient has shape {shape}, but theta has {theta}: they must be "
            "equal; try one start for each run.",
            {"shape": np.shape(gradient), "theta": theta.shape},
        )


@contextmanager
def check_writing():
    """Refuse, in words, to write into theta, which is read-only inside a descent."""
    try:
        yield
    except ValueError as error:
        if "read-only" not in str(error):
            raise
        raise refusal(
            "theta is written into, which would change the path that is kept: make "
            "a new array; try theta = theta - ... in place of theta -= ..."
        ) from error


def check_batches(n, batch_size):
    """Refuse no samples, an empty batch, and one larger than the data."""
    if not isinstance(n, (int, np.integer)) or n < 1:
        raise refusal(
            "n={n!r:.20}: give the number of samples; try n=len(x).", {"n": n}
        )
    if not isinstance(batch_size, (int, np.integer)) or not 1 <= batch_size <= n:
        raise refusal(
            "batch_size={size!r}: a batch has a whole number of samples, from 1 "
            "to {n} (all); try batch_size={remedy}.",
            {"size": batch_size, "n": n, "remedy": min(64, n)},
        )


def check_data(gradient, data):
    """Refuse data that is no tuple of equally long arrays, one for each argument."""
    if not isinstance(data, (tuple, list)):
        raise refusal(
            "data is {kind}: give a tuple of arrays, with a row for each sample; "
            "try data=(x, y).",
            {"kind": type(data).__name__},
        )
    lengths = [len(array) for array in data]
    if len(set(lengths)) != 1:
        raise refusal(
            "data has {lengths} rows: each array has one for each sample; "
            "try array[:{shortest}].",
            {"lengths": lengths, "shortest": min(lengths, default=64)},
        )
    if not _takes(gradient, 1 + len(data)):
        raise refusal(
            "arrays in data: {count}; gradient is called with theta and a batch of "
            "each, which it does not take; try data=(x, y).",
            {"count": len(data)},
        )


def check_network(sizes, activation, activations):
    """Refuse the sizes of no network, and an activation that does not exist."""
    whole = np.iterable(sizes) and all(isinstance(n, (int, np.integer)) for n in sizes)
    if not whole or len(sizes) < 2 or min(sizes) < 1:
        raise refusal(
            "sizes={sizes!r}: a network has at least inputs and outputs, each a "
            "whole number of units, 1 or more; try sizes=(64, 32, 10).",
            {"sizes": sizes},
        )
    if activation not in activations:
        raise refusal(
            "activation={name!r}: allowed are {allowed}; try activation='relu'.",
            {"name": activation, "allowed": ", ".join(activations)},
        )


def check_samples(network, theta, x):
    """Refuse parameters and samples that do not fit a network, or each other."""
    sizes, size, inputs = network.sizes, network.size, network.sizes[0]
    try:
        *runs, n, width = (*x.shape, inputs) if network.embedding else x.shape
        np.broadcast_shapes(theta.shape[:-1], tuple(runs))
        fits = (theta.shape[-1], width) == (size, inputs) and n > 0
    except (ValueError, IndexError):
        fits = False
    if not fits:
        values = {"theta": theta.shape, "x": x.shape, "sizes": sizes}
        raise refusal(
            "theta has shape {theta} and x {x}: sizes={sizes} needs (*runs, {size})"
            " and (*runs, n, {inputs}), n > 0; try theta=network.initial(rng) or "
            "x=x[None].",
            values | {"size": size, "inputs": inputs},
        )


def check_labels(y, samples, classes):
    """Refuse labels that are not whole numbers from 0, one for each sample."""
    if y.dtype.kind not in "iub" or y.shape[-1:] != (samples,):
        one_hot = y.shape[-2:] == (samples, classes)
        remedy = "y.argmax(axis=-1)" if one_hot else "y.astype(int)"
        values = {"shape": y.shape, "type": y.dtype, "samples": samples}
        raise refusal(
            "labels of shape {shape} and type {type}: {samples} samples need "
            "{samples} whole numbers; try y={remedy}, or other samples.",
            values | {"remedy": remedy},
        )
    if y.min() < 0 or y.max() >= classes:
        values = {"low": y.min(), "high": y.max(), "needed": np.ptp(y) + 1}
        raise refusal(
            "labels from {low} to {high}: with {classes} classes they go from 0 "
            "to {last}; try y=y - y.min() and sizes=(..., {needed}).",
            values | {"classes": classes, "last": classes - 1},
        )
