"""Schedules: learning rates that change with the step t = 1, 2, ...

Each function here returns a function of t, to be given to an optimizer as its `lr`
(or any other hyper-parameter).  A schedule has no state: plotting it changes nothing.
`lr` may be a number or an array of shape `(*runs, 1)`; with a number, t may be an
array.
"""

import numpy as np


def inverse_time(lr, decay=1.0):
    """lr / (1 + decay (t - 1)): from lr down like 1/t  (Robbins & Monro 1951)."""
    return lambda t: lr / (1 + decay * (t - 1))


def inverse_sqrt(lr, decay=1.0):
    """lr / sqrt(1 + decay (t - 1)): from lr down like 1/sqrt(t)."""
    return lambda t: lr / np.sqrt(1 + decay * (t - 1))


def step_decay(lr, every, factor=0.5):
    """Multiply lr by `factor` after each `every` steps."""
    return lambda t: lr * factor ** ((t - 1) // every)


def cosine(lr, steps):
    """lr (1 + cos(pi (t - 1) / steps)) / 2: from lr to 0  (Loshchilov, Hutter 2017)."""
    return lambda t: lr * (1 + np.cos(np.pi * np.clip((t - 1) / steps, 0, 1))) / 2


def warmup(schedule, steps):
    """Climb linearly, in `steps`, to `schedule`: a number, array or function of t."""
    target = schedule if callable(schedule) else lambda t: schedule
    return lambda t: target(t) * np.minimum(t / steps, 1)
