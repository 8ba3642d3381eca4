"""Landscapes: gradients, minima, views and batches."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from utils import costs

LANDSCAPES = [
    costs.quadratic(),
    costs.quadratic(kappa=1),
    costs.quadratic(kappa=1000, angle=30),
    costs.rosenbrock(),
    costs.double_well(),
    costs.double_well(tilt=0),
    costs.double_well(tilt=1.5 - 1e-9),
    costs.saddle(),
]
every_landscape = pytest.mark.parametrize(
    "cost", LANDSCAPES, ids=lambda cost: cost.name
)


def random_points(cost, n):
    return np.random.default_rng(0).uniform(*cost.view.T, size=(n, len(cost.start)))


@every_landscape
def test_the_gradient_is_the_derivative_by_complex_step(cost):
    theta = random_points(cost, 200)
    h = 1e-30
    steps = 1j * h * np.eye(len(cost.start))
    derivative = cost(theta[:, None] + steps).imag / h
    gradient = cost.gradient(theta)
    size = np.linalg.norm(gradient, axis=-1)
    assert (np.linalg.norm(gradient - derivative, axis=-1) < 1e-8 * size).all()


@every_landscape
def test_at_a_minimum_the_gradient_is_0_and_all_around_is_higher(cost):
    turns = np.linspace(0, 2 * np.pi, 33)
    around = np.stack([np.cos(turns), np.sin(turns)], axis=-1)[:, : len(cost.start)]
    around = around[np.linalg.norm(around, axis=-1) > 0.1]
    for minimum in cost.minima:
        np.testing.assert_allclose(cost.gradient(minimum), 0, atol=1e-12)
        for radius in 1e-3, 1e-2, 1e-1:
            assert (cost(minimum + radius * around) > cost(minimum)).all()


@every_landscape
def test_the_view_contains_the_start_and_every_minimum(cost):
    for point in [cost.start, *cost.minima]:
        assert (cost.view[:, 0] < point).all() and (point < cost.view[:, 1]).all()


@every_landscape
def test_a_batch_is_a_loop(cost):
    theta = random_points(cost, 12).reshape(3, 4, -1)
    values, gradients = cost(theta), cost.gradient(theta, t=5)
    assert values.shape == (3, 4) and gradients.shape == theta.shape
    for index in np.ndindex(3, 4):
        assert values[index] == pytest.approx(cost(theta[index]), rel=1e-13)
        alone = cost.gradient(theta[index])
        np.testing.assert_allclose(gradients[index], alone, rtol=1e-12, atol=1e-13)


@given(kappa=st.floats(1, 1e6), angle=st.floats(-360, 360))
def test_the_curvatures_of_a_ravine_are_1_and_kappa(kappa, angle):
    J = costs.quadratic(kappa, angle)
    hessian = J.gradient(np.eye(2))
    np.testing.assert_allclose(np.linalg.eigvalsh(hessian), [1, kappa], rtol=1e-9)
    flat = np.array([np.cos(np.deg2rad(angle)), np.sin(np.deg2rad(angle))])
    np.testing.assert_allclose(hessian @ flat, flat, atol=1e-9 * kappa)
    assert J(J.start) == pytest.approx(2 + 0.18 * kappa)  # however it is turned


def test_rosenbrocks_start_has_its_famous_value():
    J = costs.rosenbrock()
    assert J(J.start) == pytest.approx(24.2) and J.start.tolist() == [-1.2, 1]


def test_far_out_a_cost_is_infinite_without_a_warning():
    assert costs.rosenbrock()([1e200, 1.0]) == np.inf


def test_the_left_well_comes_first_and_is_deeper():
    cost = costs.double_well(tilt=0.3)
    left, right = cost.minima
    assert left < 0 < right and cost(left) < cost(right)
