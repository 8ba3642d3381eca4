"""Optimizers: how a gradient becomes a step.

An optimizer is a frozen dataclass: it holds hyper-parameters and nothing else, so
that running a cell twice gives the same answer twice.  What it remembers from step
to step, its state, is handed to it and handed back:

    state = optimizer.init(theta)                                # at t = 0
    theta, state = optimizer.step(theta, gradient, state, t)     # t = 1, 2, ...

`theta` and `gradient` have the shape `(*runs, P)`.  A hyper-parameter is a number; an
array of shape `(*runs, 1)`, which gives each run its own; or a function of t (see
`schedules`).  `step` returns new arrays and writes into none of its arguments.

An optimizer of your own extends `Optimizer`, or one of those below; what it must keep
to be added here, `tests/library/test_optimizers.py` says:

    @dataclass(frozen=True, eq=False)
    class Decayed(Optimizer):
        gamma: float = field(default=0.99, metadata=DECAY_RATE)  # lr is inherited
        State = namedtuple("State", "scale")                     # begins at 0

        def step(self, theta, gradient, state, t):
            h = self.at(t, theta)
            ...

Conventions are PyTorch's: velocity v = beta v + g, and eps outside the square root.
Each docstring names its source and says where Keras (version 3) differs.
"""

from collections import namedtuple
from dataclasses import dataclass, field, fields
from types import SimpleNamespace

import numpy as np

from utils import refusals
from utils.refusals import DECAY_RATE, NOT_NEGATIVE, POSITIVE, refusal


@dataclass(frozen=True, eq=False)
class Optimizer:
    """What all optimizers share: a learning rate, checks of their values, a state.

    Raises ValueError for a hyper-parameter that breaks the rule of its field.
    """

    lr: float = field(metadata=POSITIVE)
    State = namedtuple("State", "")  # what is remembered from step to step: nothing

    def __post_init__(self):
        for parameter in fields(self):
            value = getattr(self, parameter.name)
            if callable(value):
                value = value(1)  # no later: a schedule may end at 0
            refusals.check_hyperparameter(type(self).__name__, parameter, value)

    def init(self, theta):
        """Return the state at t = 0: zeros of theta's shape, under their names."""
        return self.State(*(np.zeros_like(theta) for name in self.State._fields))

    def at(self, t, theta):
        """Return the hyper-parameters of step t by name, in the precision of theta.

        Raises ValueError for t below 1.

        >>> h = Adam(lr=lambda t: 1 / t).at(4, np.zeros(2))
        >>> h.lr, h.beta1
        (0.25, 0.9)
        """
        if t < 1:
            raise refusal("t={t!r}: steps are counted 1, 2, ...; try t=1.", {"t": t})
        h = SimpleNamespace()
        for name, value in vars(self).items():
            value = value(t) if callable(value) else value
            scalar = np.isscalar(value)
            setattr(h, name, float(value) if scalar else np.asarray(value, theta.dtype))
        return h


@dataclass(frozen=True, eq=False)
class SGD(Optimizer):
    """theta = theta - lr g  (Robbins & Monro 1951).

    Gradient descent when g is the gradient of the whole cost; stochastic gradient
    descent when g comes from a sample of the data.

    >>> sgd, theta = SGD(lr=0.1), np.array([1.0, 2.0])
    >>> theta, state = sgd.step(theta, np.array([10.0, 0.0]), sgd.init(theta), t=1)
    >>> theta
    array([0., 2.])
    """

    def step(self, theta, gradient, state, t):
        h = self.at(t, theta)
        return theta - h.lr * gradient, state


@dataclass(frozen=True, eq=False)
class Momentum(Optimizer):
    """v = beta v + g;  theta = theta - lr v  (Polyak 1964, the heavy ball).

    Sutskever et al. 2013, eq. 1-2, and Keras keep -lr v instead of v: the same path
    while lr is constant.  The other convention, v = beta v + (1 - beta) g, is this one
    with lr (1 - beta) in place of lr.

    >>> momentum, theta = Momentum(lr=0.1, beta=0.5), np.zeros(1)
    >>> theta, state = momentum.step(theta, np.ones(1), momentum.init(theta), t=1)
    >>> theta, state = momentum.step(theta, np.ones(1), state, t=2)
    >>> theta, state
    (array([-0.25]), State(v=array([1.5])))
    """

    beta: float = field(default=0.9, metadata=DECAY_RATE)
    State = namedtuple("State", "v")  # the velocity

    def step(self, theta, gradient, state, t):
        h = self.at(t, theta)
        v = h.beta * state.v + gradient
        return theta - h.lr * v, self.State(v)


@dataclass(frozen=True, eq=False)
class Nesterov(Momentum):
    """v = beta v + g;  theta = theta - lr (g + beta v)  (Nesterov 1983).

    Written in the look-ahead point, so that g is taken at theta itself (Bengio et al.
    2013), as in PyTorch and Keras.

    >>> nesterov, theta = Nesterov(lr=0.1, beta=0.5), np.zeros(1)
    >>> nesterov.step(theta, np.ones(1), nesterov.init(theta), t=1)
    (array([-0.15]), State(v=array([1.])))
    """

    def step(self, theta, gradient, state, t):
        h = self.at(t, theta)
        v = h.beta * state.v + gradient
        return theta - h.lr * (gradient + h.beta * v), self.State(v)


@dataclass(frozen=True, eq=False)
class AdaGrad(Optimizer):
    """s = s + g^2;  theta = theta - lr g / (sqrt(s) + eps)  (Duchi et al. 2011).

    Keras starts s at 0.1 and puts eps = 1e-7 inside the root; here s starts at 0.

    >>> adagrad, theta = AdaGrad(lr=0.1), np.zeros(2)
    >>> adagrad.step(theta, np.array([3.0, -4.0]), adagrad.init(theta), t=1)
    (array([-0.1,  0.1]), State(s=array([ 9., 16.])))
    """

    eps: float = field(default=1e-10, metadata=NOT_NEGATIVE)
    State = namedtuple("State", "s")  # the sum of squares

    def step(self, theta, gradient, state, t):
        h = self.at(t, theta)
        s = state.s + gradient**2
        return theta - h.lr * gradient / (np.sqrt(s) + h.eps), self.State(s)


@dataclass(frozen=True, eq=False)
class RMSprop(Optimizer):
    """v = beta v + (1-beta) g^2;  theta = theta - lr g / (sqrt(v) + eps).

    Tieleman & Hinton 2012, lecture 6e (who use beta = 0.9; PyTorch's default is 0.99).
    Keras uses beta = 0.9 and puts eps = 1e-7 inside the root.

    >>> rmsprop, theta = RMSprop(lr=0.1, beta=0.75), np.zeros(2)
    >>> rmsprop.step(theta, np.array([3.0, -4.0]), rmsprop.init(theta), t=1)
    (array([-0.2,  0.2]), State(v=array([2.25, 4.  ])))
    """

    beta: float = field(default=0.99, metadata=DECAY_RATE)
    eps: float = field(default=1e-8, metadata=NOT_NEGATIVE)
    State = namedtuple("State", "v")  # the mean square

    def step(self, theta, gradient, state, t):
        h = self.at(t, theta)
        v = h.beta * state.v + (1 - h.beta) * gradient**2
        return theta - h.lr * gradient / (np.sqrt(v) + h.eps), self.State(v)


@dataclass(frozen=True, eq=False)
class Adam(Optimizer):
    """Adaptive moment estimation  (Kingma & Ba 2015, algorithm 1).

    m = beta1 m + (1 - beta1) g          m_hat = m / (1 - beta1^t)
    v = beta2 v + (1 - beta2) g^2        v_hat = v / (1 - beta2^t)
    theta = theta - lr m_hat / (sqrt(v_hat) + eps)

    Keras adds eps = 1e-7 to the root of the uncorrected v (the paper's "eps hat").

    >>> adam, theta = Adam(lr=0.1), np.zeros(2)
    >>> theta, state = adam.step(theta, np.array([3.0, -4.0]), adam.init(theta), t=1)
    >>> theta, state.v
    (array([-0.1,  0.1]), array([0.009, 0.016]))
    """

    beta1: float = field(default=0.9, metadata=DECAY_RATE)
    beta2: float = field(default=0.999, metadata=DECAY_RATE)
    eps: float = field(default=1e-8, metadata=NOT_NEGATIVE)
    State = namedtuple("State", "m v")  # the moving averages of g and of g^2

    def step(self, theta, gradient, state, t):
        h = self.at(t, theta)
        m = h.beta1 * state.m + (1 - h.beta1) * gradient
        v = h.beta2 * state.v + (1 - h.beta2) * gradient**2
        m_hat = m / (1 - h.beta1**t)
        v_hat = v / (1 - h.beta2**t)
        return theta - h.lr * m_hat / (np.sqrt(v_hat) + h.eps), self.State(m, v)


@dataclass(frozen=True, eq=False)
class AMSGrad(Adam):
    """Adam whose v never shrinks  (Reddi et al. 2018, algorithm 2).

    The largest v so far takes the place of v.  Like PyTorch and Keras, and unlike the
    paper, m and the largest v are bias-corrected, the latter after the maximum.

    >>> amsgrad, theta = AMSGrad(lr=0.1, beta2=0.5), np.zeros(1)
    >>> theta, state = amsgrad.step(theta, np.ones(1), amsgrad.init(theta), t=1)
    >>> theta, state = amsgrad.step(theta, np.zeros(1), state, t=2)
    >>> state.v, state.v_max
    (array([0.25]), array([0.5]))
    """

    State = namedtuple("State", "m v v_max")

    def step(self, theta, gradient, state, t):
        h = self.at(t, theta)
        m = h.beta1 * state.m + (1 - h.beta1) * gradient
        v = h.beta2 * state.v + (1 - h.beta2) * gradient**2
        v_max = np.maximum(state.v_max, v)
        m_hat = m / (1 - h.beta1**t)
        v_hat = v_max / (1 - h.beta2**t)
        return theta - h.lr * m_hat / (np.sqrt(v_hat) + h.eps), self.State(m, v, v_max)


@dataclass(frozen=True, eq=False)
class AdamW(Adam):
    """Adam with decoupled weight decay  (Loshchilov & Hutter 2019, algorithm 2).

    theta first shrinks by the factor 1 - lr weight_decay, then takes Adam's step.  As
    in PyTorch and Keras, the decay is multiplied by lr; in the paper by the schedule
    alone.

    >>> adamw, theta = AdamW(lr=0.1, weight_decay=0.5), np.full(1, 2.0)
    >>> theta, state = adamw.step(theta, np.zeros(1), adamw.init(theta), t=1)
    >>> theta
    array([1.9])
    """

    weight_decay: float = field(default=0.01, metadata=NOT_NEGATIVE)

    def step(self, theta, gradient, state, t):
        h = self.at(t, theta)
        undecayed, state = super().step(theta, gradient, state, t)
        return undecayed - h.lr * h.weight_decay * theta, state
