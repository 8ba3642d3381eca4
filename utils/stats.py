"""Statistics of runs that may diverge: NaN is a result, and the worst one."""

from gettext import gettext as _

import numpy as np

from utils.refusals import refusal


def median(values):
    """Return the median of the last axis; NaN counts as the largest value.

    Of an even number of values it is the upper of the middle two: nothing is averaged,
    so that half the runs or more diverged (NaN) make a median of NaN.

    >>> median([[3, 1, 2], [1, np.nan, np.nan]])
    array([ 2., nan])
    """
    return np.sort(values, axis=-1)[..., np.shape(values)[-1] // 2]


def band(values):
    """Return the 10th and the 90th percentile of the last axis, NaN being the largest.

    Both are among the values: of n, a tenth of n - 1, rounded, lie below the first, and
    as many above the second.

    >>> low, high = band(np.arange(11))
    >>> print(low, high)
    1 9
    """
    ordered, n = np.sort(values, axis=-1), np.shape(values)[-1]
    cut = (n + 3) // 10  # a tenth of n - 1, rounded, halves down
    return ordered[..., cut], ordered[..., n - 1 - cut]


def best(values):
    """Return the position of the lowest value of a grid; NaN is never the best.

    Raises ValueError if that is the first or the last, as a wider grid might have a
    lower value, and if all are NaN.

    >>> best([3.0, 0.5, np.nan, 4.0])
    1
    """
    values = np.asarray(values, float)
    if np.isnan(values).all():
        raise refusal("every value is NaN: all runs diverged; try lower rates.")
    k = int(np.nanargmin(values))
    if k in (0, len(values) - 1):
        raise refusal(
            "the lowest of {count} values is number {k}, on the edge of the grid: "
            "beyond it may be a lower one; try a wider grid.",
            {"count": len(values), "k": k},
        )
    return k


def nearest(grid, value):
    """Return the position in a grid of the number nearest to a value.

    >>> nearest([0.01, 0.1, 1.0], 0.2)
    1
    """
    return int(np.abs(np.asarray(grid) - value).argmin())


def mean_and_error(values):
    """Return the mean over the last axis and its standard error, s / sqrt(n).

    >>> mean, error = mean_and_error([1, 2, 3, 4])
    >>> print(f"{mean} ± {error:.3f}")
    2.5 ± 0.645
    """
    n = np.shape(values)[-1]
    return np.mean(values, axis=-1), np.std(values, axis=-1, ddof=1) / np.sqrt(n)


def ranking(values):
    """Return the names of `{name: value}` with their values, from the lowest up.

    >>> ranking({"SGD": 0.35, "Momentum": np.nan, "Adam": 0.0069})
    'Adam 0.0069, SGD 0.35, Momentum diverges'
    """
    order = sorted(values, key=lambda name: np.nan_to_num(values[name], nan=np.inf))
    return ", ".join(
        f"{name} {values[name]:.2g}"
        if np.isfinite(values[name])
        else _("{name} diverges").format(name=name)
        for name in order
    )
