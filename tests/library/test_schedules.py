"""Schedules against their formulas."""

import numpy as np
import pytest

from utils.optimizers import SGD
from utils.schedules import cosine, inverse_sqrt, inverse_time, step_decay, warmup

T = np.arange(1, 101)
ALL = {
    "inverse time": lambda lr: inverse_time(lr, 0.1),
    "inverse sqrt": lambda lr: inverse_sqrt(lr, 0.1),
    "step": lambda lr: step_decay(lr, 25),
    "cosine": lambda lr: cosine(lr, 100),
    "warm-up": lambda lr: warmup(cosine(lr, 100), 10),
    "warm-up to a number": lambda lr: warmup(lr, 10),
}
every_schedule = pytest.mark.parametrize("schedule", ALL.values(), ids=ALL)


def test_inverse_time_without_delay_is_lr_over_t():
    np.testing.assert_allclose(inverse_time(0.3)(T), 0.3 / T, rtol=1e-15)


def test_inverse_sqrt_is_lr_over_the_root_of_t():
    np.testing.assert_allclose(inverse_sqrt(0.3)(T), 0.3 / np.sqrt(T), rtol=1e-15)


def test_step_decay_is_multiplied_after_each_full_stretch():
    lr = step_decay(0.8, every=3, factor=0.5)
    assert [lr(t) for t in range(1, 8)] == [0.8, 0.8, 0.8, 0.4, 0.4, 0.4, 0.2]


def test_cosine_falls_from_lr_through_its_half_to_0_and_stays_there():
    lr = cosine(0.4, steps=100)
    assert [lr(1), lr(51), lr(101), lr(1000)] == pytest.approx([0.4, 0.2, 0, 0])
    assert (np.diff(lr(T)) < 0).all()


def test_warmup_climbs_in_a_line_and_then_is_the_schedule():
    lr = warmup(inverse_time(0.6), steps=4)
    assert lr(np.arange(1, 5)) == pytest.approx([0.15, 0.15, 0.15, 0.15])
    np.testing.assert_array_equal(lr(T[4:]), inverse_time(0.6)(T[4:]))
    assert warmup(0.6, 4)(T[:6]) == pytest.approx([0.15, 0.3, 0.45, 0.6, 0.6, 0.6])


@every_schedule
def test_an_array_of_rates_gives_each_run_its_own(schedule):
    rates = np.array([[0.1], [0.7]])
    for t in T:
        expected = [[schedule(0.1)(t)], [schedule(0.7)(t)]]
        np.testing.assert_allclose(schedule(rates)(t), expected, rtol=1e-14)


@every_schedule
def test_plotting_a_schedule_changes_nothing(schedule):
    lr = schedule(0.2)
    curve = lr(T)
    np.testing.assert_allclose([lr(int(t)) for t in T], curve, rtol=1e-14)
    np.testing.assert_array_equal(lr(T), curve)


@every_schedule
def test_a_schedule_is_a_learning_rate(schedule):
    theta, _ = SGD(schedule(0.2)).step(np.ones(1), np.ones(1), (), 7)
    assert theta[0] == pytest.approx(1 - schedule(0.2)(7))


@pytest.mark.parametrize(
    "make, name",
    [
        (lambda bad: inverse_time(0.1, decay=bad), "decay"),
        (lambda bad: inverse_sqrt(0.1, decay=bad), "decay"),
        (lambda bad: step_decay(0.1, every=bad), "every"),
        (lambda bad: step_decay(0.1, 5, factor=bad), "factor"),
        (lambda bad: cosine(0.1, steps=bad), "steps"),
        (lambda bad: warmup(0.1, steps=bad), "steps"),
    ],
)
def test_a_schedule_refuses_what_would_make_it_climb_or_divide_by_0(make, name):
    for bad in -2, np.nan, np.inf, *([] if name == "decay" else [0]):
        with pytest.raises(ValueError, match=rf"{name}={bad}: .* try {name}=1"):
            make(bad)
