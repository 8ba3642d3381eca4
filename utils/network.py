"""A multilayer perceptron: its cost, and the gradient by back-propagation.

All weights and biases are one array `theta` of shape `(*runs, P)`, so that many
networks are trained side by side.  Samples are `x` `(n, inputs)` with labels `y`
`(n,)`, the same for all runs, or `(*runs, n, inputs)` and `(*runs, n)`.  Precision
follows theta and x: float32 if both are.
"""

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from utils import refusals


def _sigmoid(a):
    return (1 + np.tanh(a / 2)) / 2  # no overflow, whatever a is


# name: (the activation, its derivative written in terms of its value h)
ACTIVATIONS = {
    "relu": (lambda a: np.maximum(a, 0), lambda h: h > 0),
    "tanh": (np.tanh, lambda h: 1 - h**2),
    "sigmoid": (_sigmoid, lambda h: h * (1 - h)),
    "identity": (lambda a: a, np.ones_like),
}


@dataclass(frozen=True)
class Network:
    """A multilayer perceptron for classification, with softmax cross-entropy.

    sizes        units per layer, from the inputs to the classes: (64, 32, 10).  One
                 last unit means two classes: it is the log-odds of class 1.
    activation   of the hidden layers: "relu", "tanh", "sigmoid" or "identity"
    embedding    True: x `(n,)` or `(*runs, n)` names for each sample the one input
                 that is 1, all others being 0; its row of weights is looked up

    Raises ValueError for sizes or an activation of no network, and for parameters,
    samples or labels that do not fit it.

    >>> network = Network((2, 3, 2))
    >>> theta = network.initial(rng=0)
    >>> x, y = np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([0, 1])
    >>> theta.shape, network.gradient(theta, x, y).shape
    ((17,), (17,))
    >>> print(network.cost(0 * theta, x, y).round(3), network.accuracy(theta, x, y))
    0.693 0.5
    """

    sizes: tuple[int, ...]
    activation: str = "relu"
    embedding: bool = field(default=False, repr=False)

    def __post_init__(self):
        refusals.check_network(self.sizes, self.activation, ACTIVATIONS)

    @property
    def size(self):
        """The number of parameters, P."""
        return sum((inputs + 1) * outputs for inputs, outputs in pairwise(self.sizes))

    def initial(self, rng, scale=2.0, runs=(), dtype=float):
        """Draw parameters `(*runs, P)`: biases 0, weights normal.

        The weights of a layer have the variance scale / inputs: scale = 2 is He et al.
        2015, eq. 10, for ReLU; scale = 1 is LeCun et al. 1998.  `rng` is a
        `numpy.random.Generator` or a seed.
        """
        rng = np.random.default_rng(rng)
        theta = np.zeros((*runs, self.size), dtype)
        for (weights, _b), inputs in zip(self.layers(theta), self.sizes, strict=False):
            weights[...] = np.sqrt(scale / inputs) * rng.normal(size=weights.shape)
        return theta

    def layers(self, theta):
        """Return [(W, b), ...], views of `(*runs, in, out)` and `(*runs, 1, out)`."""
        layers, runs, start = [], theta.shape[:-1], 0
        for inputs, outputs in pairwise(self.sizes):
            middle = start + inputs * outputs
            end = middle + outputs
            weights = theta[..., start:middle].reshape(*runs, inputs, outputs)
            layers.append((weights, theta[..., None, middle:end]))
            start = end
        return layers

    def activations(self, theta, x):
        """Return [x, h1, ..., logits]: what each layer gives, `(*runs, n, units)`."""
        x = np.asanyarray(x)
        refusals.check_samples(self, theta, x)
        activate = ACTIVATIONS[self.activation][0]
        values = [x]
        for k, (weights, bias) in enumerate(self.layers(theta), 1):
            looked_up = self.embedding and k == 1
            h = weights[_rows(x, theta)] if looked_up else values[-1] @ weights
            values.append(h + bias if k == len(self.sizes) - 1 else activate(h + bias))
        return values

    @np.errstate(all="ignore")  # a run that diverges is shown, not warned about
    def cost(self, theta, x, y):
        """Return the mean cross-entropy over the samples, in nats, `(*runs,)`."""
        log_p = _log_softmax(self.activations(theta, x)[-1])
        return -(log_p * self._one_hot(y, log_p)).sum(axis=-1).mean(axis=-1)

    @np.errstate(all="ignore")
    def accuracy(self, theta, x, y):
        """Return the share of samples classified as y, `(*runs,)`; of a NaN run NaN."""
        log_p = _log_softmax(self.activations(theta, x)[-1])
        right = log_p.argmax(axis=-1) == _labels(y, log_p)
        return np.where(np.isnan(theta).any(axis=-1), np.nan, right.mean(axis=-1))

    def gradient(self, theta, x, y):
        """Return the gradient of the cost, `(*runs, P)`, by back-propagation."""
        gradient = np.empty_like(theta)  # its layers are views: filled below
        values, errors = self.backward(theta, x, y)
        for (into_w, into_b), h, delta in zip(
            self.layers(gradient), values, errors, strict=False
        ):
            if self.embedding and h is values[0]:
                into_w[...] = 0
                np.add.at(into_w, _rows(h, theta), delta)
            else:
                np.matmul(np.swapaxes(h, -1, -2), delta, out=into_w)
            delta.sum(axis=-2, keepdims=True, out=into_b)
        return gradient

    def backward(self, theta, x, y):
        """Return (activations, errors), for each layer `(*runs, n, units)`.

        An error is the derivative of the cost by a layer's pre-activation, h W + b.  It
        passes a layer backwards through the transposed weights, and through the
        derivative of the activation (Rumelhart et al. 1986).
        """
        values = self.activations(theta, x)
        derivative = ACTIVATIONS[self.activation][1]
        log_p = _log_softmax(values[-1])
        delta = (np.exp(log_p) - self._one_hot(y, log_p)) / log_p.shape[-2]
        errors = [delta[..., -self.sizes[-1] :]]  # one unit: only that of class 1
        for (weights, _b), h in zip(
            self.layers(theta)[:0:-1], values[-2:0:-1], strict=True
        ):
            errors.insert(0, errors[0] @ np.swapaxes(weights, -1, -2) * derivative(h))
        return values, errors

    def _one_hot(self, y, logits):
        """Return a row for each sample, 1 at its label: `(*runs, n, classes)`."""
        classes = np.eye(logits.shape[-1], dtype=logits.dtype)
        return classes[_labels(y, logits).astype(int)]


class LanguageModel(Network):
    """An embedding of each of V words, and the scores of the next: sizes (V, d, V).

    >>> LanguageModel((256, 16, 256), "identity", embedding=True).size
    8464
    """

    def initial(self, rng, scale=1.0, runs=(), dtype=np.float32):
        """Return parameters `(*runs, P)` that have nearly no opinion of the next."""
        theta = super().initial(rng, scale, runs, dtype)
        (E, _), (U, _) = self.layers(theta)
        E *= self.sizes[0] ** 0.5  # one input in V is 1: its row has the variance 1
        U *= 0.1
        return theta

    def gradient(self, theta, x, y):
        """Return the gradient of the cost `(*runs, P)`: an embedding has no bias."""
        gradient = super().gradient(theta, x, y)
        self.layers(gradient)[0][1][...] = 0
        return gradient


def _labels(y, logits):
    """Return the labels as an array `(*runs, n)`; raise ValueError if they are none."""
    y = np.asarray(y)
    refusals.check_labels(y, *logits.shape[-2:])
    return y


def _rows(x, theta):
    """Return the index of the rows that x `(*runs, n)` names, in each run's weights."""
    *runs, _n = np.ogrid[(*map(slice, theta.shape[:-1]), slice(1))]
    return *runs, x


def _log_softmax(logits):
    """Return log-probabilities; a single logit is that of class 1, class 0 having 0."""
    if logits.shape[-1] == 1:
        logits = np.concatenate([np.zeros_like(logits), logits], axis=-1)
    logits = logits - logits.max(axis=-1, keepdims=True)  # no overflow
    return logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))
