"""Optimizers against PyTorch, against their formulas, and under bad input."""

from collections import namedtuple
from dataclasses import FrozenInstanceError, dataclass, field, fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from references.make import OPTIMIZERS, torch_path, twin

from tools.course import ROOT
from utils import schedules
from utils.descent import descend
from utils.optimizers import (
    DECAY_RATE,
    SGD,
    AdaGrad,
    Adam,
    AdamW,
    AMSGrad,
    Momentum,
    Nesterov,
    RMSprop,
)

TORCH = np.load(ROOT / "utils" / "torch.npz")
CLASSES = SGD, Momentum, Nesterov, AdaGrad, RMSprop, Adam, AMSGrad, AdamW
every_class = pytest.mark.parametrize("Optimizer", CLASSES)
every_optimizer = pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=repr)


def walk(optimizer, gradients, start):
    """Return the path along given gradients, by `init` and `step` alone."""
    theta, state, path = start, optimizer.init(start), [start]
    for t, gradient in enumerate(gradients, start=1):
        theta, state = optimizer.step(theta, gradient, state, t)
        path.append(theta)
    return np.array(path)


@every_optimizer
def test_500_steps_equal_the_stored_steps_of_torch(optimizer):
    path = walk(optimizer, TORCH["gradients"], TORCH["start"])
    assert len(path) == 501
    np.testing.assert_allclose(
        path[TORCH["kept"]], TORCH[repr(optimizer)], rtol=1e-12, atol=0
    )


@every_optimizer
def test_500_steps_equal_torch_itself(optimizer):
    pytest.importorskip("torch", reason="no torch here: its stored numbers stand in")
    gradients = np.random.default_rng(7).normal([0, 0.1, 1, -3], size=(500, 4))
    start = np.array([20.0, -20, 30, 40])
    path = walk(optimizer, gradients, start)
    expected = torch_path(optimizer, start, gradients)
    np.testing.assert_allclose(path, expected, rtol=1e-12, atol=0)


def test_the_defaults_are_those_of_torch():
    torch = pytest.importorskip("torch", reason="no torch here")
    theta = [torch.zeros(1)]
    for optimizer in AdaGrad(1e-2), RMSprop(1e-2), Adam(1e-3), AdamW(1e-3):
        ours = twin(optimizer, theta)
        assert ours.defaults == type(ours)(theta).defaults


@every_class
def test_arrays_of_hyperparameters_are_separate_runs(Optimizer):
    rng = np.random.default_rng(1)
    gradients, start = rng.normal(size=(50, 1, 3)), rng.normal(size=3)
    lows = {"lr": 0.01, "eps": 1e-8, "weight_decay": 0.01}
    values = {
        field.name: np.linspace(lows.get(field.name, 0.5), 0.9, 4)[:, None]
        for field in fields(Optimizer)
    }
    together = walk(Optimizer(**values), gradients, np.broadcast_to(start, (4, 3)))
    for k in range(4):
        one = Optimizer(**{name: array[k, 0] for name, array in values.items()})
        alone = walk(one, gradients[:, 0], start)
        np.testing.assert_allclose(together[:, k], alone, rtol=1e-13)


@every_class
def test_a_step_writes_into_none_of_its_arguments(Optimizer):
    rng = np.random.default_rng(2)
    optimizer = Optimizer(np.full((1,), 0.1))
    theta, gradient = rng.normal(size=(2, 3))
    state = optimizer.init(theta)
    for t in range(1, 4):
        arrays = [theta, gradient, optimizer.lr, *state]
        before = [array.copy() for array in arrays]
        for array in arrays:
            array.flags.writeable = False
        theta, state = optimizer.step(theta, gradient, state, t)
        for array, copy in zip(arrays, before, strict=True):
            np.testing.assert_array_equal(array, copy)


@every_class
def test_an_optimizer_is_frozen_and_runs_the_same_twice(Optimizer):
    optimizer = Optimizer(0.1)
    with pytest.raises(FrozenInstanceError):
        optimizer.lr = 0.2
    first, second = (
        descend(lambda theta, t: theta * [1, 5], [1.0, 1.0], optimizer, 20)
        for _ in range(2)
    )
    np.testing.assert_array_equal(first, second)
    assert vars(optimizer) == vars(Optimizer(0.1))


@every_class
@pytest.mark.parametrize("lr", [0.1, np.full((3, 1), 0.1), schedules.cosine(0.1, 9)])
def test_float32_stays_float32(Optimizer, lr):
    optimizer, theta = Optimizer(lr), np.ones((3, 2), np.float32)
    state = optimizer.init(theta)
    for t in 1, 2:
        theta, state = optimizer.step(theta, theta, state, t)
    assert {array.dtype for array in (theta, *state)} == {np.dtype(np.float32)}


@every_class
def test_a_constant_schedule_is_a_number(Optimizer):
    gradients = np.random.default_rng(3).normal(size=(30, 2))
    plain = walk(Optimizer(0.1), gradients, np.ones(2))
    scheduled = walk(Optimizer(lambda t: 0.1), gradients, np.ones(2))
    np.testing.assert_array_equal(plain, scheduled)


def test_a_schedule_is_read_at_each_step():
    path = walk(SGD(lambda t: 1 / t), np.ones((4, 1)), np.zeros(1))
    np.testing.assert_allclose(np.diff(path[:, 0]), [-1, -1 / 2, -1 / 3, -1 / 4])


@pytest.mark.parametrize("Optimizer", [Adam, AMSGrad, AdamW])
@given(g=st.floats(1e-3, 1e6), sign=st.sampled_from([-1, 1]))
def test_adam_first_step_is_lr_times_the_sign_of_the_gradient(Optimizer, g, sign):
    optimizer = Optimizer(0.1, eps=0)
    theta = np.zeros(1)
    moved, _ = optimizer.step(theta, np.array([sign * g]), optimizer.init(theta), 1)
    assert moved[0] == pytest.approx(-0.1 * sign, rel=1e-12)


def test_adam_without_memory_is_descent_along_the_sign():
    gradients = np.random.default_rng(4).normal(size=(20, 3))
    adam = walk(Adam(0.1, beta1=0, beta2=0, eps=0), gradients, np.zeros(3))
    sign = walk(SGD(0.1), np.sign(gradients), np.zeros(3))
    np.testing.assert_allclose(adam, sign, atol=1e-15)


def test_momentum_and_nesterov_without_memory_are_sgd():
    gradients = np.random.default_rng(5).normal(size=(20, 3))
    for Optimizer in Momentum, Nesterov:
        path = walk(Optimizer(0.1, beta=0), gradients, np.zeros(3))
        sgd = walk(SGD(0.1), gradients, np.zeros(3))
        np.testing.assert_array_equal(path, sgd)


def test_adamw_without_decay_is_adam_and_amsgrad_never_speeds_up():
    gradients = np.random.default_rng(6).normal(size=(50, 3))
    adam = walk(Adam(0.1), gradients, np.zeros(3))
    undecayed = walk(AdamW(0.1, weight_decay=0), gradients, np.zeros(3))
    np.testing.assert_array_equal(adam, undecayed)
    v_max, amsgrad, state = 0, AMSGrad(0.1), AMSGrad(0.1).init(np.zeros(3))
    for t, gradient in enumerate(gradients, start=1):
        _, state = amsgrad.step(np.zeros(3), gradient, state, t)
        assert (state.v_max >= v_max).all() and (state.v_max >= state.v).all()
        v_max = state.v_max


BELOW_0 = st.floats(max_value=0, exclude_max=True) | st.sampled_from([np.nan, np.inf])
BETA = BELOW_0 | st.floats(1) | st.just(1.0)
BAD = {
    "lr": BELOW_0 | st.just(0.0),
    "beta": BETA,
    "beta1": BETA,
    "beta2": BETA,
    "eps": BELOW_0,
    "weight_decay": BELOW_0,
}
ALL_FIELDS = [(c, field.name) for c in CLASSES for field in fields(c)]


@pytest.mark.parametrize("Optimizer, name", ALL_FIELDS)
@given(data=st.data())
def test_a_bad_hyperparameter_is_named_with_its_rule_and_a_remedy(
    Optimizer, name, data
):
    value = data.draw(BAD[name])
    in_array = np.array([[0.1], [value]])
    for bad in value, in_array, lambda t: value, str(value), None:
        with pytest.raises(ValueError) as error:
            Optimizer(**{"lr": 0.1, name: bad})
        said = str(value) if callable(bad) else repr(bad)
        assert f"{Optimizer.__name__}({name}={said}" in str(error.value)
        remedy = str(error.value).split("try ")[1].split(",")[0].rstrip(".")
        assert Optimizer(**{"lr": 0.1, name: float(remedy.split("=")[1])})


@every_class
@given(lr=st.floats(0, exclude_min=True, allow_infinity=False))
def test_every_finite_learning_rate_above_0_is_accepted(Optimizer, lr):
    assert Optimizer(lr).lr == lr


@every_class
def test_the_state_is_named_and_begins_at_0(Optimizer):
    names = {"SGD": (), "AdaGrad": ("s",), "AMSGrad": ("m", "v", "v_max")}
    names |= {"Momentum": ("v",), "Nesterov": ("v",), "RMSprop": ("v",)}
    state = Optimizer(0.1).init(np.ones((2, 3)))
    assert state._fields == names.get(Optimizer.__name__, ("m", "v"))
    assert all((array == np.zeros((2, 3))).all() for array in state)


@pytest.mark.parametrize("Optimizer, name", ALL_FIELDS)
def test_a_value_per_parameter_is_refused_with_the_two_right_ways(Optimizer, name):
    values = [0.1, 0.9]
    for bad in tuple(values), np.array([values]):
        with pytest.raises(ValueError, match=r"or \w+=np.array\(values\)\[:, None\]"):
            Optimizer(**{"lr": 0.1, name: bad})
    Optimizer(**{"lr": 0.1, name: np.array(values)[:, None]})


def test_betas_as_in_torch_are_refused():
    with pytest.raises(ValueError, match=r"Adam\(beta1=\(0.9, 0.999\)\).*beta1=0.9"):
        Adam(0.1, (0.9, 0.999))


@every_class
def test_an_optimizer_with_a_column_of_rates_is_a_key_and_equal_to_itself_alone(
    Optimizer,
):
    one, other = (Optimizer(np.full((2, 1), 0.1)) for _ in range(2))
    assert {one: 1, other: 2}[one] == 1 and one == one and one != other


@every_class
def test_step_0_is_refused(Optimizer):
    optimizer, theta = Optimizer(0.1), np.ones(1)
    with pytest.raises(ValueError, match="t=0: steps are counted 1, 2"):
        optimizer.step(theta, theta, optimizer.init(theta), 0)


def test_an_optimizer_of_ones_own_has_rules_and_a_named_state():
    @dataclass(frozen=True, eq=False)
    class Shrinking(AMSGrad):
        gamma: float = field(default=0.5, metadata=DECAY_RATE)
        free: float = -3.0
        State = namedtuple("State", "scale")

        def step(self, theta, gradient, state, t):
            h = self.at(t, theta)
            scale = h.gamma * state.scale + h.free
            return theta + scale * gradient, self.State(scale)

    path = descend(lambda theta, t: np.ones(1), [0.0], Shrinking(0.1), 2)
    assert path[:, 0].tolist() == [0, -3, -7.5]
    with pytest.raises(ValueError, match=r"Shrinking\(gamma=1\): .* try gamma=0.5"):
        Shrinking(0.1, gamma=1)
    with pytest.raises(ValueError, match=r"free=nan\): free is a finite number; try"):
        Shrinking(0.1, free=np.nan)
