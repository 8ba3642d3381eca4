"""Schedules against their formulas, at other parameters than their examples'."""

import numpy as np
import pytest

from utils.schedules import cosine, inverse_sqrt, inverse_time, warmup

FORMULAS = {
    "inverse time": (lambda lr: inverse_time(lr, 0.1), lambda t: 1 / (0.9 + 0.1 * t)),
    "inverse sqrt": (lambda lr: inverse_sqrt(lr, 3), lambda t: (3 * t - 2) ** -0.5),
    "cosine": (
        lambda lr: cosine(lr, 20),
        lambda t: np.cos(np.pi / 40 * np.minimum(t - 1, 20)) ** 2,
    ),
    "warm-up": (
        lambda lr: warmup(inverse_time(lr, 0.1), 4),
        lambda t: np.minimum(t, 4) / 4 / (0.9 + 0.1 * t),
    ),
    "warm-up to a number": (lambda lr: warmup(lr, 4), lambda t: np.minimum(t, 4) / 4),
}


@pytest.mark.parametrize("name", FORMULAS)
def test_a_schedule_is_its_formula_for_a_number_and_for_a_column_of_rates(name):
    schedule, formula = FORMULAS[name]
    t, rates = np.arange(1, 31), np.array([[0.1], [0.7]])
    np.testing.assert_allclose(schedule(0.3)(t), 0.3 * formula(t), atol=1e-15)
    for step in map(int, t):
        column = schedule(rates)(step)
        np.testing.assert_allclose(column, rates * formula(step), atol=1e-15)
