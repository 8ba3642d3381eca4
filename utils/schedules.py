"""Schedules: learning rates that change with the step t = 1, 2, ...

Each function here returns a function of t, to be given to an optimizer as its `lr`
(or any other hyper-parameter).  A schedule has no state: plotting it changes nothing.
`lr` may be a number or an array of shape `(*runs, 1)`; with a number, t may be an
array.  ValueError is raised for a negative decay, and for steps that are not above 0.
"""

import numpy as np

from utils.refusals import NOT_NEGATIVE, POSITIVE, check_value


def inverse_time(lr, decay=1.0):
    """lr / (1 + decay (t - 1)): from lr down like 1/t  (Robbins & Monro 1951).

    >>> inverse_time(0.6)(np.array([1, 2, 3]))
    array([0.6, 0.3, 0.2])
    """
    _check(NOT_NEGATIVE, decay=decay)
    return lambda t: lr / (1 + decay * (t - 1))


def inverse_sqrt(lr, decay=1.0):
    """lr / sqrt(1 + decay (t - 1)): from lr down like 1/sqrt(t).

    >>> inverse_sqrt(0.6)(np.array([1, 4, 9]))
    array([0.6, 0.3, 0.2])
    """
    _check(NOT_NEGATIVE, decay=decay)
    return lambda t: lr / np.sqrt(1 + decay * (t - 1))


def cosine(lr, steps):
    """lr (1 + cos(pi (t - 1) / steps)) / 2, which is 0 after so many steps.

    Loshchilov & Hutter 2017, eq. 5, without restarts.

    >>> cosine(0.4, steps=2)(np.arange(1, 4))
    array([0.4, 0.2, 0. ])
    """
    _check(POSITIVE, steps=steps)
    return lambda t: lr * (1 + np.cos(np.pi * np.clip((t - 1) / steps, 0, 1))) / 2


def warmup(schedule, steps):
    """min(t / steps, 1) times `schedule`: a number, an array or a function of t.

    >>> warmup(0.4, steps=2)(np.arange(1, 4))
    array([0.2, 0.4, 0.4])
    """
    _check(POSITIVE, steps=steps)
    target = schedule if callable(schedule) else lambda t: schedule
    return lambda t: target(t) * np.minimum(t / steps, 1)


def _check(rule, **values):
    for name, value in values.items():
        check_value(f"{name}={value!r}", name, value, rule, remedy=f"{name}=1")
