"""The board's rates are the best of their grids, inside it, on more than one draw."""

from dataclasses import replace

import numpy as np
import pytest

from utils import board, stats

NEAR = 2.0 ** np.arange(-1, 1.1, 0.5)  # a factor of the root of 2 apart


@pytest.mark.monthly
@pytest.mark.parametrize("name", board.METHODS)
@pytest.mark.parametrize("rng", [5, 6, 7])
def test_each_method_has_its_own_best_rate_within_a_grid_point(name, rng):
    method = board.METHODS[name]
    rates = method.lr * NEAR
    ends = board.race(replace(method, lr=rates[:, None, None]), rng=rng)[-1]
    assert abs(stats.best(stats.median(ends)) - 2) <= 1
