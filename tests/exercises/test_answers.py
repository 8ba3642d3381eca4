"""The right answers are right: they are those of utils, or of mathematics."""

import itertools
import statistics

import numpy as np
import pytest

from tests.exercises.all_exercises import (
    EXERCISES,
    checks,
)
from utils import costs, network, optimizers, schedules


def stepper(make, memory, hyper):
    """Turn an optimizer of utils into a function with the arguments of an exercise."""

    def step(theta, gradient, *rest):
        state, rest = rest[:memory], rest[memory:]
        t, hypers = (rest[0], rest[1:]) if len(rest) > hyper else (1, rest)
        optimizer = make(*hypers)
        theta, state = optimizer.step(theta, gradient, optimizer.State(*state), t)
        return theta, *state

    return step


@pytest.mark.parametrize(
    ("name", "make", "memory", "hyper"),
    [
        ("heavy_ball", optimizers.Momentum, 1, 2),
        ("rmsprop_step", optimizers.RMSprop, 1, 3),
        ("adam_step", optimizers.Adam, 2, 4),
        ("amsgrad_step", optimizers.AMSGrad, 3, 4),
    ],
)
def test_the_optimizers_of_utils_are_right(name, make, memory, hyper):
    exercise = EXERCISES[name]
    assert exercise.verdict(stepper(make, memory, hyper)).startswith("Correct.")


def test_the_gradient_of_the_network_in_utils_is_right():
    def gradient(W1, b1, W2, b2, x, y):
        net = network.Network((len(W1), len(b1), len(b2)))
        theta = np.concatenate([np.ravel(part) for part in (W1, b1, W2, b2)])
        (dW1, db1), (dW2, db2) = net.layers(net.gradient(theta, x, y))
        return dW1, db1[0], dW2, db2[0]

    assert checks.network_gradient.verdict(gradient).startswith("Correct.")


def test_central_differences_come_close_to_the_gradients_of_the_landscapes():
    for J in costs.rosenbrock(), costs.quadratic(10, 30):
        estimate = checks.central_difference.answer(J, J.start, 1e-5)
        np.testing.assert_allclose(estimate, J.gradient(J.start), rtol=1e-7)


def test_mean_square_is_that_of_a_wide_network():
    rng = np.random.default_rng(11)
    for scale, activation in itertools.product([1.6, 2.0], ["relu", "identity"]):
        net = network.Network((1000, 1000, 1000, 1000, 1), activation)
        theta = net.initial(rng, scale)
        *_, h, _ = net.activations(theta, rng.choice([-1.0, 1.0], size=(1, 1000)))
        want = checks.mean_square.answer(3, scale, activation)
        assert abs(np.mean(h**2) / want - 1) < 0.25


def test_noise_floor_is_the_variance_that_one_more_step_keeps():
    for lr, curvature, sigma in checks.noise_floor.cases:
        floor = checks.noise_floor.answer(lr, curvature, sigma)
        after = (1 - lr * curvature) ** 2 * floor + lr**2 * sigma**2
        assert np.isclose(after, floor)


def test_the_schedules_of_utils_are_right():
    inverse = lambda t, lr, decay: schedules.inverse_time(lr, decay)(t)  # noqa: E731
    assert checks.inverse_time.verdict(inverse).startswith("Correct.")

    def climb_then_fall(t, lr, warmup, steps):
        if t <= warmup:
            return schedules.warmup(lr, warmup)(t)
        return schedules.cosine(lr, steps - warmup)(t - warmup + 1)

    assert checks.warmup_cosine.verdict(climb_then_fall).startswith("Correct.")


def test_with_the_converted_rate_both_conventions_walk_the_same_path():
    lr, beta, rng = 0.03, 0.9, np.random.default_rng(12)
    theta = other = np.ones(2)
    v = u = np.zeros(2)
    for _ in range(20):
        g = rng.normal(size=2)
        v, u = beta * v + g, beta * u + (1 - beta) * g
        theta = theta - lr * v
        other = other - checks.convert_lr.answer(lr, beta) * u
    np.testing.assert_allclose(theta, other, rtol=1e-12)


@pytest.mark.parametrize("kappa", [4.0, 50.0])
def test_no_other_beta_is_faster_at_its_best_rate(kappa):
    def rate(lr, beta):
        radii = []
        for curvature in 1, kappa:
            step = [[1 + beta - lr * curvature, -beta], [1, 0]]
            radii.append(abs(np.linalg.eigvals(step)).max())
        return max(radii)

    best = checks.best_beta.answer(kappa)
    lrs = np.geomspace(0.1, 4, 400) / kappa
    fastest = [
        min(rate(lr, beta) for lr in lrs) for beta in best + np.r_[-0.05, 0, 0.05]
    ]
    assert fastest[1] < min(fastest[0], fastest[2])


def test_drift_is_that_of_rmsprop_in_utils():
    for gradients, beta in checks.drift.cases:
        rms, theta = optimizers.RMSprop(lr=1.0, beta=beta, eps=0), np.zeros(1)
        state, ends = rms.init(theta), []
        for g in gradients * 2000:
            theta, state = rms.step(theta, np.array([g]), state, 1)
            ends.append(theta[0])
        drift = ends[-1] - ends[-1 - len(gradients)]
        assert np.isclose(checks.drift.answer(gradients, beta), drift)


def test_the_corrected_average_of_a_constant_is_the_constant():
    average = 0.0
    for t in range(1, 9):
        average = 0.8 * average + 0.2 * 5.0
        assert np.isclose(checks.bias_correction.answer(average, 0.8, t), 5.0)


def test_paired_standard_error_is_that_of_the_standard_library():
    for a, b in checks.paired_standard_error.cases:
        want = statistics.stdev((a - b).tolist()) / len(a) ** 0.5
        assert np.isclose(checks.paired_standard_error.answer(a, b), want)


def test_sgd_walks_to_where_the_mean_gradient_is_0():
    gradients, theta, n, *_ = checks.sgd.cases[0]
    rng = np.random.default_rng(0)
    end = checks.sgd.answer(gradients, theta, n, 0.003, 3, 2000, rng)
    assert abs(gradients(end, np.arange(n)).mean(axis=0)).max() < 2e-3
