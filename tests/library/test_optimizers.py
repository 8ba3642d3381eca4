"""The contract of an optimizer, held by every class of utils.optimizers; and its base.

The classes are found by their tree: who adds one gets these tests, and is told what is
missing and where.
"""

import re
from collections import namedtuple
from dataclasses import MISSING, dataclass, field, fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from references.make import TWINS, trials

from tests.rules import demand
from tools.course import ROOT
from utils import costs, figures, optimizers
from utils.descent import descend
from utils.optimizers import SGD, AMSGrad, Optimizer
from utils.refusals import ANY, DECAY_RATE, NOT_NEGATIVE, POSITIVE, RULES

TORCH = np.load(ROOT / "utils" / "torch.npz")


def family(parent=Optimizer):
    """Return the optimizers of utils, {name: class}: those that extend Optimizer."""
    children = {}
    for child in parent.__subclasses__():
        children |= family(child)
        if child.__module__ == optimizers.__name__:
            children[child.__name__] = child
    return dict(sorted(children.items()))


every_optimizer = pytest.mark.parametrize("name", family())
LANDSCAPES = {"the bowl": costs.quadratic(kappa=10), "Rosenbrock": costs.rosenbrock()}
# Their steepest curvature at the start: divided by it, one rate is good for both.
STEEPEST = {"the bowl": 10, "Rosenbrock": 1506}
# What a hyper-parameter may be, in four runs, by the rule of its field.
ALLOWED = {
    POSITIVE["rule"]: np.array([[0.01], [0.1], [0.3], [0.9]]),
    NOT_NEGATIVE["rule"]: np.array([[0], [1e-8], [0.01], [0.9]]),
    DECAY_RATE["rule"]: np.array([[0], [0.5], [0.8], [0.9]]),
    ANY["rule"]: np.array([[0.01], [0.1], [0.3], [0.9]]),
}


def rate_of(name):
    """Return the learning rate of an optimizer's example, in its docstring."""
    example = re.search(rf"\b{name}\(lr=([\d.e-]+)", family()[name].__doc__)
    demand(
        example,
        f"{name} names no learning rate: begin the example of its docstring, in "
        f"utils/optimizers.py, with one at which it descends, as in `{name}(lr=0.1)`.",
    )
    return float(example[1])


def build(name, **changes):
    """Return an optimizer with the rate of its docstring."""
    declared = vars(family()[name]).get("__dataclass_params__")
    demand(
        declared and declared.frozen and not declared.eq,
        f"{name} is not declared as the others are: write @dataclass(frozen=True, "
        "eq=False) above its class.",
    )
    return family()[name](**{"lr": rate_of(name)} | changes)


def in_columns(name):
    """Return the hyper-parameters of four runs, {name: (4, 1)}."""
    rules = {x.name: x.metadata or ANY for x in fields(family()[name])}
    return {key: ALLOWED[rule["rule"]] for key, rule in rules.items()}


def walk(optimizer, gradients, start):
    """Return the path along some gradients, by `init` and `step` alone."""
    theta, state, path = start, optimizer.init(start), [start]
    for t, gradient in enumerate(gradients, start=1):
        try:
            theta, state = optimizer.step(theta, gradient, state, t)
        except RuntimeWarning as warning:
            pytest.fail(
                f"{optimizer} at step {t}: {warning}. A step warns of nothing: must a "
                "hyper-parameter of it be above 0?  Then its rule is POSITIVE."
            )
        path.append(theta)
    return np.array(path)


def noise(*shape):
    return np.random.default_rng(3).normal(size=shape)


@every_optimizer
@pytest.mark.parametrize("place", LANDSCAPES)
def test_it_descends_at_the_rate_of_its_docstring(name, place):
    J, lr = LANDSCAPES[place], rate_of(name)
    path = descend(
        lambda theta, t: J.gradient(theta) / STEEPEST[place], J.start, build(name), 500
    )
    first, last = J(path[[0, -1]])
    demand(
        last < first / 5,
        f"{name} {'hardly descends' if last < first else 'climbs'} {place}: in 500 "
        f"steps at lr={lr:g}, its docstring's, J goes from {first:.3g} to {last:.3g}. "
        "Is a sign of its step flipped?  If not, name a better rate there.",
    )


@every_optimizer
def test_it_reaches_the_minimum_of_the_bowl(name):
    """In the mean of 100 steps: with a constant rate some swing about it for ever."""
    J, lr = LANDSCAPES["the bowl"], rate_of(name)
    path = descend(
        lambda theta, t: J.gradient(theta) / STEEPEST["the bowl"],
        J.start,
        build(name),
        2000,
    )
    off = np.linalg.norm(path[-100:].mean(axis=0) - J.minima[0])
    share = off / np.linalg.norm(J.start - J.minima[0])
    demand(
        share < 0.03,
        f"{name} does not reach the minimum of the bowl: in 2000 steps at lr={lr:g}, "
        f"its docstring's, {share:.0%} of the way is left, and 3% may be. Does its "
        "step die out before it is there?  If not, name a better rate there.",
    )


@every_optimizer
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("kind", ["a number", "a column", "a schedule"])
def test_it_keeps_precision_and_shape(name, dtype, kind):
    changes = {
        "a number": {},
        "a column": in_columns(name),
        "a schedule": {"lr": np.sqrt},
    }
    optimizer, theta = build(name, **changes[kind]), np.ones((2, 4, 3), dtype)
    moved, state = optimizer.step(theta, theta, optimizer.init(theta), 1)
    for what, array in {"theta": moved, **state._asdict()}.items():
        demand(
            (array.dtype, array.shape) == (dtype, theta.shape),
            f"{name}, with {kind} for its rate, makes of {what} {array.dtype} of shape "
            f"{array.shape}: it stays {theta.dtype} of shape {theta.shape}.  A NumPy "
            "scalar such as np.sqrt(1 - h.beta) is float64: try (1 - h.beta) ** 0.5.",
        )


@every_optimizer
def test_it_writes_into_none_of_its_arguments(name):
    optimizer, theta, gradient = build(name, lr=np.full((3, 1), 0.1)), *noise(2, 3, 2)
    state = optimizer.init(theta)
    for t in range(1, 4):
        arrays = {"theta": theta, "gradient": gradient, "lr": optimizer.lr}
        arrays |= {f"state.{key}": array for key, array in state._asdict().items()}
        before = {key: array.copy() for key, array in arrays.items()}
        theta, state = optimizer.step(theta, gradient, state, t)
        for key, array in arrays.items():
            demand(
                np.array_equal(array, before[key]),
                f"{name} writes into {key} in its step {t}: make a new array, "
                "v = beta * v + g in place of v *= beta.",
            )


@every_optimizer
def test_a_run_does_not_feel_the_others(name):
    """Each has its hyper-parameters, start and gradients; one of them diverges."""
    columns, start, gradients = in_columns(name), noise(4, 3), noise(30, 4, 3)
    gradients[5:, 1] = np.nan
    together = walk(build(name, **columns), gradients, start)
    for k in range(4):
        numbers = {key: column[k, 0] for key, column in columns.items()}
        alone = walk(build(name, **numbers), gradients[:, k], start[k])
        demand(
            np.allclose(together[:, k], alone, 1e-12, 1e-14, equal_nan=True),
            f"{name} mixes its runs: one alone takes another path than beside others. "
            "Sum or take a norm with axis=-1, keepdims=True, and ask no run for all.",
        )


@every_optimizer
def test_where_the_gradient_is_0_it_stays(name):
    """But for weight decay."""
    decay = {"weight_decay": 0} if "weight_decay" in in_columns(name) else {}
    optimizer = build(name, **decay)
    path = walk(optimizer, np.zeros((3, 2)), np.array([3.0, -4.0]))
    demand(
        (path == path[0]).all(),
        f"{name} moves from [3, -4] to {path[-1]} where every gradient is 0: only a "
        "hyper-parameter named weight_decay may do so.  Is it 0/0, without eps?",
    )


@every_optimizer
def test_it_is_the_same_twice(name):
    optimizer, gradients = build(name, lr=np.full((4, 1), 0.1)), noise(9, 4, 3)
    first, second = (walk(optimizer, gradients, np.ones((4, 3))) for time in range(2))
    demand(
        np.array_equal(first, second),
        f"{name} takes another path when it is run again: what it remembers is its "
        "State, and chance is the gradient's.",
    )


@every_optimizer
def test_it_reads_each_hyperparameter_at_step_t(name):
    for key, column in in_columns(name).items():
        theta, gradient = noise(2, 3)
        state, schedule = build(name).init(theta), column[:, 0].__getitem__
        for t in 1, 2, 3:
            scheduled = build(name, **{key: schedule}).step(theta, gradient, state, t)
            constant = build(name, **{key: schedule(t)})
            theta, state = constant.step(theta, gradient, state, t)
            demand(
                np.array_equal(scheduled[0], theta),
                f"{name} does not read {key} at step {t}, where it may be a function "
                f"of t: begin its step with h = self.at(t, theta), and read h.{key}.",
            )


@every_optimizer
def test_500_steps_equal_those_of_pytorch(name):
    demand(
        name in TWINS,
        f"{name} is compared with nothing: give it a row in TWINS, in tests/library/"
        "references/make.py, with PyTorch's optimizer, or with the reason why it has "
        "none.",
    )
    demand(
        trials(name) or "t=2" in family()[name].__doc__,
        f"{name} has no twin in PyTorch ({TWINS[name]}): let the example of its "
        "docstring take a second step, t=2, with the numbers that you find by hand.",
    )
    for optimizer in trials(name):
        demand(
            repr(optimizer) in TORCH,
            f"utils/torch.npz has no {optimizer}: where PyTorch is (make .venv/peers), "
            "run python tests/library/references/make.py, and commit the file.",
        )
        path = walk(optimizer, TORCH["gradients"], TORCH["start"])
        theirs = TORCH[repr(optimizer)]
        apart = np.abs(path[TORCH["kept"]] / theirs - 1).max(axis=-1)
        demand(
            (apart < 1e-12).all(),
            f"{optimizer} leaves PyTorch's path at step "
            f"{TORCH['kept'][np.argmax(~(apart < 1e-12))]}: compare its formula with "
            "torch.optim's, power by power.",
        )


@every_optimizer
def test_its_defaults_are_those_of_pytorch(name):
    """But for what is off in PyTorch: a momentum of 0."""
    for optimizer in trials(name)[:1]:
        for key in (x.name for x in fields(optimizer) if x.default is not MISSING):
            demand(
                f"{name} {key}" in TORCH,
                f"utils/torch.npz has no default for {key} of {name}: where PyTorch is "
                "(make .venv/peers), run python tests/library/references/make.py.",
            )
            theirs = TORCH[f"{name} {key}"].item()
            demand(
                getattr(optimizer, key) == theirs or theirs == 0,
                f"{name} has {key}={getattr(optimizer, key):g} by default, PyTorch "
                f"{theirs:g}: write field(default={theirs:g}, ...) in "
                "utils/optimizers.py.",
            )


@every_optimizer
def test_it_has_a_look_of_its_own(name):
    demand(
        name in figures._LOOKS,
        f"{name} has no look: give it a row in _LOOKS, in utils/figures.py, with a "
        "colour, a line style and a marker that no other has.",
    )


NOT_FINITE = st.sampled_from([np.nan, np.inf, -np.inf])
BELOW_0 = st.floats(max_value=0, exclude_max=True) | NOT_FINITE
FORBIDDEN = {
    POSITIVE["rule"]: BELOW_0 | st.just(0.0),
    NOT_NEGATIVE["rule"]: BELOW_0,
    DECAY_RATE["rule"]: BELOW_0 | st.floats(1),
    ANY["rule"]: NOT_FINITE,
}


@dataclass(frozen=True, eq=False)
class Shrinking(AMSGrad):
    """An optimizer of one's own, with a hyper-parameter of each rule and a state."""

    gamma: float = field(default=0.5, metadata=DECAY_RATE)
    free: float = -3.0
    State = namedtuple("State", "scale")

    def step(self, theta, gradient, state, t):
        h = self.at(t, theta)
        scale = h.gamma * state.scale + h.free
        return theta + scale * gradient, self.State(scale)


def test_an_optimizer_of_ones_own_has_a_named_state():
    path = descend(lambda theta, t: np.ones(1), [0.0], Shrinking(0.1), 2)
    assert path[:, 0].tolist() == [0, -3, -7.5]


@pytest.mark.parametrize("key", ["lr", "eps", "gamma", "free"])
@given(data=st.data())
def test_a_bad_hyperparameter_is_named_with_its_rule_and_a_remedy(key, data):
    rule = {x.name: x.metadata for x in fields(Shrinking)}[key]
    value = data.draw(FORBIDDEN[(rule or ANY)["rule"]])
    in_array = np.array([[0.1], [value]])
    for bad in value, in_array, lambda t: value, str(value), None:
        with pytest.raises(ValueError) as error:
            Shrinking(**{"lr": 0.1, key: bad})
        shown = str(value) if callable(bad) else repr(bad)
        assert f"Shrinking({key}={shown}): {key} is a " in str(error.value)
        remedy = str(error.value).split("try ")[1].rstrip(".")
        assert Shrinking(**{"lr": 0.1, key: float(remedy.split("=")[1])})


@every_optimizer
def test_its_hyperparameters_have_the_rules_of_their_names(name):
    rules = {"lr": [POSITIVE], "weight_decay": [NOT_NEGATIVE]}
    rules |= {"eps": [NOT_NEGATIVE, POSITIVE]}  # above 0, where 0 would divide by 0
    rules |= {key: [DECAY_RATE] for key in ("beta", "beta1", "beta2")}
    for parameter in fields(family()[name]):
        rule = dict(parameter.metadata)
        demand(
            rule in rules.get(parameter.name, RULES),
            f"{name}.{parameter.name} has no rule, or another than elsewhere: write "
            "field(default=..., metadata=...) with one of refusals.RULES.",
        )


@given(lr=st.floats(0, exclude_min=True, allow_infinity=False))
def test_every_finite_learning_rate_above_0_is_accepted(lr):
    assert SGD(lr).lr == lr


def test_a_schedule_is_checked_at_its_first_step_and_may_end_at_0():
    assert SGD(lambda t: 2 - t)
    with pytest.raises(ValueError, match=r"SGD\(lr=0\)"):
        SGD(lambda t: t - 1)
