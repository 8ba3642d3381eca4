"""The right answers are right: they are those of utils, or of mathematics."""

import itertools
import statistics

import matplotlib.pyplot as plt
import numpy as np
import pytest

from classroom.mistakes.plots import picture
from tests.exercises.all_exercises import (
    EXERCISES,
    checks,
)
from utils import costs, descent, optimizers, schedules


def test_a_step_that_keeps_the_hats_is_adams():
    rng, hyper = np.random.default_rng(12), (0.1, 0.8, 0.95, 1e-8)
    adam, theta = optimizers.Adam(*hyper), rng.normal(size=3)
    mine, m_hat, v_hat, state = theta, 0 * theta, 0 * theta, adam.init(theta)
    for t, gradient in enumerate(rng.normal(size=(50, 3)), start=1):
        theta, state = adam.step(theta, gradient, state, t)
        answer = EXERCISES["adam_step"].answer
        mine, m_hat, v_hat = answer(mine, gradient, m_hat, v_hat, t, *hyper)
    np.testing.assert_allclose(mine, theta, rtol=1e-12)


def test_mean_square_is_that_of_a_wide_layer_with_a_leak():
    rng = np.random.default_rng(11)
    for scale, leak in itertools.product([1.6, 2.0], [0.0, 0.2, 1.0]):
        h = np.ones(2000)
        for _ in range(3):
            a = np.sqrt(scale / 2000) * rng.normal(size=(2000, 2000)) @ h
            h = np.where(a > 0, a, leak * a)
        want = checks.mean_square.answer(3, scale, leak)
        assert abs(np.mean(h**2) / want - 1) < 0.25


def test_at_the_rate_for_a_floor_one_more_step_keeps_it():
    for curvature, sigma, floor in checks.rate_for_floor.cases:
        lr = checks.rate_for_floor.answer(curvature, sigma, floor)
        after = (1 - lr * curvature) ** 2 * floor + lr**2 * sigma**2
        assert np.isclose(after, floor) and 0 < lr < 2 / curvature


def test_the_plotted_gaps_are_those_of_chains():
    def chains(ax, sizes, budget, lr):
        gaps, rng = [], np.random.default_rng(8)
        for size in sizes:
            theta = np.full(200_000, 3.0)
            for _ in range(budget // size):
                noise = rng.normal(size=theta.shape) / np.sqrt(size)
                theta = theta - lr * size * (theta + noise)
            gaps.append(np.mean(theta**2) / 2)
        ax.loglog(sizes, gaps)

    _, budget, lr = checks.plot_gaps.cases[1]
    right, measured = (
        picture(["y"], plot, [5, 10], budget, lr)[0]
        for plot in (checks.plot_gaps.answer, chains)
    )
    np.testing.assert_allclose(measured, right, rtol=0.015)


def test_the_schedules_of_utils_are_right():
    def climb_then_fall(t, lr, warmup, steps):
        if t <= warmup:
            return schedules.warmup(lr, warmup)(t)
        return schedules.cosine(lr, steps - warmup)(t - warmup + 1)

    assert checks.warmup_cosine.verdict(climb_then_fall).startswith("Correct.")


def test_a_ball_without_a_velocity_walks_the_path_of_momentum_in_utils():
    bowl = costs.quadratic(10, 30)
    rule = optimizers.Momentum(0.1, 0.7)
    path = descent.descend(bowl.gradient, bowl.start, rule, 30)
    for before, theta, after in zip(path, path[1:], path[2:], strict=False):
        step = checks.ball.answer(theta, before, bowl.gradient(theta), 0.1, 0.7)
        np.testing.assert_allclose(step, after)


@pytest.mark.parametrize(("beta", "kappa"), [(0.3, 5), (0.64, 49)])
def test_the_room_is_that_of_the_rates_at_which_every_direction_swings(beta, kappa):
    rates = np.geomspace(1e-4, 4, 100_000)
    step = rates * np.geomspace(1, kappa, 9)[:, None]
    swing = rates[((1 + beta - step) ** 2 < 4 * beta).all(axis=0)]
    assert np.isclose(checks.room.answer(beta, kappa), swing[-1] / swing[0], rtol=1e-3)


def test_drift_is_that_of_rmsprop_in_utils():
    for gradients, beta in checks.drift.cases:
        rms, theta = optimizers.RMSprop(lr=1.0, beta=beta, eps=0), np.zeros(1)
        state, ends = rms.init(theta), []
        for g in gradients * 2000:
            theta, state = rms.step(theta, np.array([g]), state, 1)
            ends.append(theta[0])
        drift = ends[-1] - ends[-1 - len(gradients)]
        assert np.isclose(checks.drift.answer(gradients, beta), drift)


def test_growing_gradients_reach_the_bound_at_every_step():
    for beta1, beta2, t in checks.plot_bound.cases:
        adam, theta = optimizers.Adam(1.0, beta1, beta2, eps=0), np.zeros(1)
        state, steps = adam.init(theta), []
        for k in range(1, t[-1] + 1):
            g = np.array([(beta2 / beta1) ** (k - 300.0)])
            after, state = adam.step(theta, g, state, k)
            steps.append((theta - after)[0])
        at, bound, *logarithmic = checks.plot_bound.outcome(
            checks.plot_bound.answer, (beta1, beta2, t)
        ).values
        assert logarithmic == [True, False] and np.array_equal(at, t)
        assert np.allclose(bound, np.array(steps)[t - 1])


def test_the_floor_on_paper_is_where_adam_stops():
    ((lr, curvature, sigma),) = checks.floor_on_paper.cases
    rng = np.random.default_rng(0)
    squares = descent.descend(
        lambda theta, t: curvature * theta + sigma * rng.normal(size=theta.shape),
        np.zeros((2000, 1)),
        optimizers.Adam(lr),
        1500,
        record=lambda theta: np.mean(theta**2),
    )
    floor = checks.floor_on_paper.answer(lr, curvature, sigma)
    assert np.isclose(squares[500:].mean(), floor, rtol=0.05)


def test_the_bar_of_n_seeds_is_that_of_the_standard_library():
    ax = plt.figure().add_subplot()
    for (d,) in checks.shrinking_bar.cases:
        ax.clear()
        checks.shrinking_bar.answer(ax, d)
        mean, low, high = (line.get_ydata() for line in ax.lines)
        for k in range(2, len(d) + 1):
            first = d[:k].tolist()
            error = statistics.stdev(first) / k**0.5
            assert np.isclose(mean[k - 2], statistics.mean(first))
            assert np.isclose(high[k - 2] - low[k - 2], 4 * error)
    plt.close()


def test_with_so_many_digits_the_difference_is_two_errors():
    (case,) = checks.digits_to_tell.cases
    difference, over_digits, digits = case
    n = checks.digits_to_tell.answer(*case)
    assert np.isclose(difference, 2 * over_digits * (digits / n) ** 0.5)


def test_sgd_walks_to_where_the_mean_gradient_is_0():
    gradients, theta, n, *_ = checks.sgd.cases[0]
    rng = np.random.default_rng(0)
    end = checks.sgd.answer(gradients, theta, n, 0.003, 3, 2000, rng)
    assert abs(gradients(end, np.arange(n)).mean(axis=0)).max() < 2e-3
