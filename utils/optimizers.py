"""Optimizers: how a gradient becomes a step.

An optimizer is a frozen dataclass: it holds hyper-parameters and nothing else, so
that running a cell twice gives the same answer twice.  What it remembers from step
to step is handed to it and handed back:

    memory = optimizer.start(theta)                                # at t = 0
    theta, memory = optimizer.step(theta, gradient, memory, t)     # t = 1, 2, ...

`theta` and `gradient` have the shape `(*runs, P)`.  A hyper-parameter is a number; an
array of shape `(*runs, 1)`, which gives each run its own; or a function of t (see
`schedules`).  `step` returns new arrays and writes into none of its arguments.

Conventions are PyTorch's: velocity v = beta v + g, and eps outside the square root.
Each docstring names its source and says where Keras (version 3) differs.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields

import numpy as np

Hyperparameter = float | np.ndarray | Callable

# For each field: when a value is allowed, the rule in words, and what to try.
_BETA = (lambda b: (b >= 0) & (b < 1), "a decay rate lies in [0, 1)")
_RULES = {
    "lr": (lambda lr: lr > 0, "a learning rate is a finite number above 0", 0.01),
    "beta": (*_BETA, 0.9),
    "beta1": (*_BETA, 0.9),
    "beta2": (*_BETA, 0.999),
    "eps": (lambda eps: eps >= 0, "eps is a finite number, 0 or more", 1e-8),
    "weight_decay": (lambda w: w >= 0, "a weight decay is finite, 0 or more", 0.01),
}


@dataclass(frozen=True, eq=False)
class Optimizer:
    """What all optimizers share: a learning rate, a check of every value, `at`."""

    lr: Hyperparameter

    def __post_init__(self):
        """Raise ValueError, with the value, the rule and a remedy, for a bad value."""
        for field in fields(self):
            value = getattr(self, field.name)
            allowed, rule, remedy = _RULES[field.name]
            if callable(value):
                value = value(1)  # no more: a schedule may end at 0
            try:
                good = np.all(np.isfinite(value) & allowed(np.asarray(value)))
            except TypeError:
                good = False
            if not good:
                raise ValueError(
                    f"{type(self).__name__}({field.name}={value!r}): {rule}; "
                    f"try {field.name}={remedy}."
                )

    def start(self, theta):
        """Return the memory at t = 0."""
        return ()

    def at(self, t, theta):
        """Return the hyper-parameters of step t, arrays in the precision of theta."""
        values = [getattr(self, name) for name in self.__dataclass_fields__]
        values = [value(t) if callable(value) else value for value in values]
        return [
            np.asarray(value, theta.dtype) if np.ndim(value) else float(value)
            for value in values
        ]


@dataclass(frozen=True, eq=False)
class SGD(Optimizer):
    """theta = theta - lr g  (Robbins & Monro 1951).

    Gradient descent when g is the gradient of the whole cost; stochastic gradient
    descent when g comes from a sample of the data.
    """

    def step(self, theta, gradient, memory, t):
        (lr,) = self.at(t, theta)
        return theta - lr * gradient, memory


@dataclass(frozen=True, eq=False)
class Momentum(Optimizer):
    """v = beta v + g;  theta = theta - lr v  (Polyak 1964, the heavy ball).

    Sutskever et al. 2013, eq. 1-2, and Keras keep -lr v instead of v: the same path
    while lr is constant.  The other convention, v = beta v + (1 - beta) g, is this one
    with lr (1 - beta) in place of lr.
    """

    beta: Hyperparameter = 0.9

    def start(self, theta):
        """Return the velocity v = 0."""
        return np.zeros_like(theta)

    def step(self, theta, gradient, v, t):
        lr, beta = self.at(t, theta)
        v = beta * v + gradient
        return theta - lr * v, v


@dataclass(frozen=True, eq=False)
class Nesterov(Momentum):
    """v = beta v + g;  theta = theta - lr (g + beta v)  (Nesterov 1983).

    Written in the look-ahead point, so that g is taken at theta itself (Bengio et al.
    2013), as in PyTorch and Keras.
    """

    def step(self, theta, gradient, v, t):
        lr, beta = self.at(t, theta)
        v = beta * v + gradient
        return theta - lr * (gradient + beta * v), v


@dataclass(frozen=True, eq=False)
class AdaGrad(Optimizer):
    """s = s + g^2;  theta = theta - lr g / (sqrt(s) + eps)  (Duchi et al. 2011).

    Keras starts s at 0.1 and puts eps = 1e-7 inside the root; here s starts at 0.
    """

    eps: Hyperparameter = 1e-10

    def start(self, theta):
        """Return the sum of squares s = 0."""
        return np.zeros_like(theta)

    def step(self, theta, gradient, s, t):
        lr, eps = self.at(t, theta)
        s = s + gradient**2
        return theta - lr * gradient / (np.sqrt(s) + eps), s


@dataclass(frozen=True, eq=False)
class RMSprop(Optimizer):
    """v = beta v + (1-beta) g^2;  theta = theta - lr g / (sqrt(v) + eps).

    Tieleman & Hinton 2012, lecture 6e (who use beta = 0.9; PyTorch's default is 0.99).
    Keras uses beta = 0.9 and puts eps = 1e-7 inside the root.
    """

    beta: Hyperparameter = 0.99
    eps: Hyperparameter = 1e-8

    def start(self, theta):
        """Return the mean square v = 0."""
        return np.zeros_like(theta)

    def step(self, theta, gradient, v, t):
        lr, beta, eps = self.at(t, theta)
        v = beta * v + (1 - beta) * gradient**2
        return theta - lr * gradient / (np.sqrt(v) + eps), v


@dataclass(frozen=True, eq=False)
class Adam(Optimizer):
    """Adaptive moment estimation  (Kingma & Ba 2015, algorithm 1).

    m = beta1 m + (1 - beta1) g          m_hat = m / (1 - beta1^t)
    v = beta2 v + (1 - beta2) g^2        v_hat = v / (1 - beta2^t)
    theta = theta - lr m_hat / (sqrt(v_hat) + eps)

    Keras adds eps = 1e-7 to the root of the uncorrected v (the paper's "eps hat").
    """

    beta1: Hyperparameter = 0.9
    beta2: Hyperparameter = 0.999
    eps: Hyperparameter = 1e-8

    def start(self, theta):
        """Return the moving averages m = 0 and v = 0."""
        return np.zeros_like(theta), np.zeros_like(theta)

    def step(self, theta, gradient, memory, t):
        lr, beta1, beta2, eps, *_ = self.at(t, theta)  # AdamW has one more
        m, v = memory
        m = beta1 * m + (1 - beta1) * gradient
        v = beta2 * v + (1 - beta2) * gradient**2
        m_hat = m / (1 - beta1**t)
        v_hat = v / (1 - beta2**t)
        return theta - lr * m_hat / (np.sqrt(v_hat) + eps), (m, v)


@dataclass(frozen=True, eq=False)
class AMSGrad(Adam):
    """Adam whose denominator never shrinks  (Reddi et al. 2018, algorithm 2).

    The largest v so far takes the place of v.  Like PyTorch and Keras, and unlike the
    paper, m and the largest v are bias-corrected, the latter after the maximum.
    """

    def start(self, theta):
        """Return m = 0, v = 0 and the largest v so far, 0."""
        return tuple(np.zeros_like(theta) for _ in range(3))

    def step(self, theta, gradient, memory, t):
        lr, beta1, beta2, eps = self.at(t, theta)
        m, v, v_max = memory
        m = beta1 * m + (1 - beta1) * gradient
        v = beta2 * v + (1 - beta2) * gradient**2
        v_max = np.maximum(v_max, v)
        m_hat = m / (1 - beta1**t)
        v_hat = v_max / (1 - beta2**t)
        return theta - lr * m_hat / (np.sqrt(v_hat) + eps), (m, v, v_max)


@dataclass(frozen=True, eq=False)
class AdamW(Adam):
    """Adam with decoupled weight decay  (Loshchilov & Hutter 2019, algorithm 2).

    theta first shrinks by the factor 1 - lr weight_decay, then takes Adam's step.  As
    in PyTorch and Keras, the decay is multiplied by lr; in the paper it is not.
    """

    weight_decay: Hyperparameter = 0.01

    def step(self, theta, gradient, memory, t):
        lr, *_, weight_decay = self.at(t, theta)
        moved, memory = super().step(theta, gradient, memory, t)
        return moved - lr * weight_decay * theta, memory
