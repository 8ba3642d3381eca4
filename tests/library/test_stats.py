"""Statistics of runs, of which some are NaN."""

import statistics

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from utils import stats

values = st.lists(st.floats(-1e6, 1e6) | st.just(np.nan), min_size=1, max_size=40)


@given(values)
def test_the_median_is_that_of_the_standard_library_with_nan_as_infinity(values):
    worst = [np.inf if np.isnan(value) else value for value in values]
    median = np.nan_to_num(stats.median(values), nan=np.inf)
    assert median == statistics.median_high(worst)


@given(values)
def test_a_tenth_of_the_other_values_is_outside_the_band_at_each_end(values):
    low, high = np.nan_to_num(stats.band(values), nan=np.inf)
    worst = np.sort(np.nan_to_num(values, nan=np.inf))
    others = len(values) - 1
    assert abs(np.flatnonzero(worst == low) - others / 10).min() <= 0.5
    assert abs(np.flatnonzero(worst == high) - others * 9 / 10).min() <= 0.5
    mirrored = stats.band(-np.nan_to_num(values, nan=1e9))
    if not np.isnan(values).any():
        assert mirrored == (-high, -low)


def test_the_band_of_six_values_holds_them_all():
    assert stats.band([3, 1, 2, 6, 5, 4]) == (1, 6)  # half a value is rounded down


def test_the_last_axis_is_that_of_the_runs():
    rows = np.random.default_rng(0).normal(size=(5, 3, 7))
    for function in stats.median, lambda rows: stats.band(rows)[1]:
        together = function(rows)
        assert together.shape == (5, 3)
        for index in np.ndindex(5, 3):
            assert together[index] == function(rows[index])
    mean, error = stats.mean_and_error(rows)
    assert mean.shape == error.shape == (5, 3)
