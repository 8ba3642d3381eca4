"""The network's cost and gradient, against PyTorch and run by run."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from references.make import ACTIVATIONS, SIZES

from tools.course import ROOT
from utils.network import Network

TORCH = np.load(ROOT / "utils" / "torch.npz")
every_activation = pytest.mark.parametrize("activation", ACTIVATIONS)
every_size = pytest.mark.parametrize("name", SIZES)
NET = Network((3, 4, 5))


def problem(net, runs=(), samples=9, seed=0):
    """Return random (theta, x, y); y for all runs together, x too."""
    rng = np.random.default_rng(seed)
    theta = net.initial(rng, runs=runs) + 0.1 * rng.normal(size=(*runs, net.size))
    x = rng.normal(size=(samples, net.sizes[0]))
    return theta, x, rng.integers(max(net.sizes[-1], 2), size=samples)


@every_size
@every_activation
def test_cost_and_gradient_equal_the_stored_ones_of_torch(name, activation):
    net = Network(SIZES[name], activation)
    theta, x, y = (TORCH[key] for key in (f"{name} theta", "x", f"{name} y"))
    cost, gradient = (TORCH[f"{name} {activation} {k}"] for k in ("cost", "gradient"))
    assert net.cost(theta, x, y) == pytest.approx(cost, rel=1e-12)
    near_zero = 1e-10 * abs(gradient).max()
    ours = net.gradient(theta, x, y)
    np.testing.assert_allclose(ours, gradient, rtol=1e-10, atol=near_zero)


def test_a_batch_of_runs_is_a_loop():
    net = Network((3, 4, 4, 2))
    theta, x, y = problem(net, runs=(2, 3))
    functions = net.cost, net.accuracy, net.gradient
    together = [function(theta, x, y) for function in functions]
    for index in np.ndindex(2, 3):
        for function, all_runs in zip(functions, together, strict=True):
            alone = function(theta[index], x, y)
            np.testing.assert_allclose(all_runs[index], alone, rtol=1e-12, atol=1e-15)


def test_each_run_may_have_its_own_samples():
    theta, *_ = problem(NET, runs=(4,))
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(4, 6, 3)), rng.integers(5, size=(4, 6))
    for function in NET.cost, NET.accuracy, NET.gradient:
        together = function(theta, x, y)
        alone = [function(*run) for run in zip(theta, x, y, strict=True)]
        np.testing.assert_allclose(together, alone, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("scale, options", [(1, {"scale": 1.0}), (2, {})])
def test_initial_weights_have_the_variance_scale_over_inputs(scale, options):
    net = Network((200, 100, 10))
    theta = net.initial(np.random.default_rng(0), runs=(20,), **options)
    assert theta.shape == (20, net.size) and net.size == 201 * 100 + 101 * 10
    for (weights, biases), inputs in zip(net.layers(theta), (200, 100), strict=True):
        assert inputs * weights.var() == pytest.approx(scale, rel=0.03)
        assert weights.mean() == pytest.approx(
            0, abs=5 / np.sqrt(weights.size * inputs)
        )
        assert (biases == 0).all()
    assert len(np.unique(theta[:, 0])) == 20  # each run its own


def test_cost_and_gradient_stay_finite_at_scores_of_any_size():
    for activation in ACTIVATIONS:
        net = Network((3, 4, 5), activation)
        theta, x, y = problem(net)
        assert np.isfinite(net.cost(1e6 * theta, x, y))
        assert np.isfinite(net.gradient(1e6 * theta, x, y)).all()


def test_accuracy_is_a_share_and_nan_where_the_run_is():
    theta, x, _ = problem(NET, runs=(2,))
    best = NET.activations(theta[0], x)[-1].argmax(axis=-1)
    assert NET.accuracy(theta[0], x, best) == 1
    assert NET.accuracy(theta[0], x, (best + 1) % 5) == 0
    theta[1, 0] = np.nan  # one parameter is enough
    assert np.isnan(NET.accuracy(theta, x, best)).tolist() == [False, True]


def test_a_network_that_diverges_is_nan_without_a_warning():
    theta, x, y = problem(NET)
    assert np.isnan(NET.cost(1e200 * theta, 1e200 * x, y))
    assert 0 <= NET.accuracy(1e200 * theta, 1e200 * x, y) <= 1


@every_activation
def test_float32_stays_float32(activation):
    net = Network((3, 4, 5), activation)
    theta, x, y = problem(net)
    low = theta.astype(np.float32), x.astype(np.float32), y
    rough = net.gradient(*low)
    values, errors = net.backward(*low)
    for array in rough, net.cost(*low), *values, *errors:
        assert array.dtype == np.float32
    assert net.initial(np.random.default_rng(0), dtype=np.float32).dtype == np.float32
    np.testing.assert_allclose(rough, net.gradient(theta, x, y), rtol=1e-4, atol=1e-5)


@given(label=st.integers(-9, -1) | st.integers(5, 99), at=st.integers(0, 8))
def test_a_label_out_of_range_is_refused_and_the_remedy_works(label, at):
    theta, x, y = problem(NET)
    y[at] = label
    for function in NET.cost, NET.accuracy, NET.gradient:
        with pytest.raises(ValueError, match=f"{label}.*from 0 to 4; try") as error:
            function(theta, x, y)
    units = int(str(error.value).split()[-1].rstrip(")."))
    wide = Network((3, 4, units))
    assert np.isfinite(wide.cost(np.zeros(wide.size), x, y - y.min()))


def test_lists_and_a_seed_do():
    theta, x, y = problem(NET)
    for function in NET.cost, NET.accuracy, NET.gradient:
        lists = function(theta, x.tolist(), y.tolist())
        np.testing.assert_array_equal(lists, function(theta, x, y))
    same = NET.initial(np.random.default_rng(3))
    np.testing.assert_array_equal(NET.initial(3), same)
    assert len({NET, Network((3, 4, 5))}) == 1  # a value, of which a key is made


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("runs, of_x", [((), ()), ((3,), ()), ((2, 3), (3,))])
def test_words_that_are_looked_up_are_one_hot_rows(runs, of_x, activation):
    rng = np.random.default_rng(0)
    words, y = rng.integers(5, size=(*of_x, 7)), rng.integers(4, size=(*of_x, 7))
    by_row = Network((5, 3, 4), activation)
    looked_up = Network((5, 3, 4), activation, embedding=True)
    theta = by_row.initial(rng, runs=runs)
    for method in ("cost", "accuracy", "gradient"):
        expected = getattr(by_row, method)(theta, np.eye(5)[words], y)
        actual = getattr(looked_up, method)(theta, words, y)
        np.testing.assert_allclose(actual, expected, rtol=0, atol=1e-14)
