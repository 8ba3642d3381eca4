"""The answers of notebook 01 are below, with the mistakes that are made in them.

Close this file until you have written your own: the notebook's check tells you more.
An edit, `old -> new`, makes a mistake of the right answer; under it is what is said.
"""

import itertools

import numpy as np

from utils import costs
from utils.checks import exercise


def _wave(theta):
    return np.exp(theta @ np.arange(1, len(theta) + 1) / 2)


def _himmelblau(theta):
    x, y = theta
    return (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2


def _error_gain(first, outcomes):
    """Measure by what the error falls when h falls from 0.1 to 0.01, on _wave."""
    exact = _wave(first["theta"]) * np.array([0.5, 1.0])
    errors = [np.linalg.norm(outcome.values[0] - exact) for outcome in outcomes[:2]]
    return {"gain": errors[0] / errors[1]}


@exercise(
    "gradient",
    "A ten times smaller h makes your error {gain:.0f} times smaller",
    cases=[
        (_wave, np.array([0.3, -0.2]), 0.1),
        (_wave, np.array([0.3, -0.2]), 0.01),
        (_wave, np.array([0.5, -0.4, 0.1, -0.3, 0.2]), 0.5),
        (costs.rosenbrock(), np.array([-1.2, 1.0]), 0.2),
        (_himmelblau, np.array([-0.5, -1.0]), 0.2),
    ],
    numbers=_error_gain,
    also="\n".join(
        f"step[i] = h -> step[i] = h = {h}\n    {said}: use the h that is given"
        for h, said in [
            (1e-6, "your gradient hardly changes with h, as if h were fixed"),
            *(
                (h, "h is fixed in your function, so small that rounding spoils it")
                for h in (1e-11, 1e-12, 1e-13, 1e-14, 1e-15)
            ),
        ]
    ),
)
def central_difference(f, theta, h):
    """Estimate the gradient of f, (P,) to a number, at theta by central differences.

    f(theta - step) -> f(theta)
    (2 * h) -> h
        that is a forward difference: a ten times smaller h makes your error
        {gain:.0f} times smaller, and that of a central difference 100 times
    gradient[i] = (f(theta + step) -> gradient[i] = (8 * f(theta + step)
    - f(theta - step)) -> - 8 * f(theta - step) - ahead + behind)
    step[i] = h -> step[i] = h; ahead, behind = f(theta + 2 * step), f(theta - 2 * step)
    (2 * h) -> (12 * h)
        four points are more than asked for: take one on each side, at -h and at +h
    - f(theta - step) -> - 2 * f(theta) + f(theta - step)
    (2 * h) -> h**2
        that is the second derivative: the gradient needs the two points alone
    (2 * h) -> h**2
        you divide by h²: the two points are 2h apart
    f(theta + step) -> f(theta)
    (2 * h) -> h
        that is a backward difference: one point belongs on each side, at -h and at +h
    step[i] = h -> step[i] = h / 2
    (2 * h) -> h
        your points lie h/2 from theta: take them at -h and +h, and divide by 2h
    step[i] = h -> step[i] = 2 * h
        your points lie 2h from theta: take them at -h and +h
    f(theta + step) - f(theta - step) -> 0.0
        the difference is 0 everywhere: are your two points one array? `a = theta` is
        no copy, and theta + step is a new array
    (2 * h) -> h
        the factor 2 is missing: the two points are 2h apart, and your gradient is
        {ratio:.3g} times the right one
    / (2 * h) -> / 2 * h
        brackets are missing: / 2 * h multiplies by h, and / (2 * h) divides by it
    f(theta + step) - f(theta - step) -> f(theta - step) - f(theta + step)
        the two points are swapped: your gradient is {ratio:.3g} times the right one
    step[i] = h -> step[:] = h
        all coordinates move at once: for entry i, move theta[i] alone
    step = np.zeros_like(theta) -> step = step if i else np.zeros_like(theta)
        a coordinate is not put back before the next one moves: it stays at +h
    step = np.zeros_like(theta) -> theta = theta - (step if i else 0); step = 0 * theta
        a coordinate is not put back before the next one moves: it stays at -h
    """
    gradient = np.zeros_like(theta)
    for i in range(len(theta)):
        step = np.zeros_like(theta)
        step[i] = h
        gradient[i] = (f(theta + step) - f(theta - step)) / (2 * h)
    return gradient


def _networks():
    """Draw small networks with data; the first is square, so that any W fits.

    In the last no sample has the last class.
    """
    rng, cases = np.random.default_rng(1), []
    for sizes, dtype in [((3, 3, 3), float), ((4, 5, 2), float), ((2, 4, 3), "f4")]:
        inputs, hidden, outputs = sizes
        shapes = (inputs, hidden), hidden, (hidden, outputs), outputs, (6, inputs)
        arrays = [rng.normal(size=shape).astype(dtype) for shape in shapes]
        y = np.arange(6) % (outputs - (dtype == "f4"))
        cases.append((*arrays, rng.permutation(y)))
    return cases


@exercise(
    "dW1, db1, dW2, db2",
    "Two products with transposed matrices carry all errors back",
    cases=_networks(),
)
def network_gradient(W1, b1, W2, b2, x, y):
    """Differentiate the mean cross-entropy of a network with one layer of ReLU.

    h = relu(x W1 + b1), scores = h W2 + b2; x is (n, inputs), y the n labels.

    / len(x) -> / 1
        1/n is missing: the cost is a mean, and yours is {ratio:.3g} times its gradient
    / len(x) -> / len(x) ** 2
        1/n is there twice: the errors carry it already, so the sums are means
    .sum(axis=1, keepdims=True) -> .sum(axis=0)
        the softmax adds up over the samples: add over the classes, axis=1
    .sum(axis=1, keepdims=True) -> .sum()
        the softmax adds up over everything: add over the classes, axis=1
    np.maximum(x @ W1 + b1, 0) -> x @ W1 + b1
        the ReLU is missing on the way forward: h is max(a, 0), and not a itself
    x.T @ delta1 -> delta1.T @ x
    h.T @ delta2 -> delta2.T @ h
        the weight gradients are transposed: a dW has the shape of its W
    * (h > 0) ->
        the mask of the ReLU is missing: no error passes through a unit that is off
    * (h > 0) -> * (1 - h**2)
        1 - h² is the slope of tanh: that of the ReLU is 1 where h > 0, else 0
    * (h > 0) -> * h * (1 - h)
        h(1 - h) is the slope of a sigmoid: that of the ReLU is 1 where h > 0, else 0
    W2.T -> W2
        W2 is not transposed: errors go back through W2.T, even if the shapes allow W2
    p - one_hot -> one_hot - p
        the sign is flipped: the error of the scores is softmax minus one-hot
    p - one_hot -> p
        the labels are missing: the error of the scores is softmax minus one-hot
    p - one_hot -> scores - one_hot
        the softmax is missing: the error of the scores is softmax minus one-hot
    delta1.sum(axis=0) -> delta1.mean(axis=0)
    delta2.sum(axis=0) -> delta2.mean(axis=0)
        the bias gradients are a mean: sum, because 1/n is in the errors already
    * (h > 0) -> * h
        the mask of the ReLU is h itself: it is 1 where h > 0, else 0
    delta2 @ W2.T * (h > 0) -> np.maximum(delta2 @ W2.T, 0)
        the ReLU is applied to the error: the mask is where h > 0, not the error
    delta2 @ W2.T * (h > 0) -> np.maximum(delta2 @ W2.T * (h > 0), 0)
        the ReLU is applied to the error: multiply by the mask, and no more
    (h > 0) -> (x @ W1 > 0)
        the mask lacks b1: the unit is on where x W1 + b1 > 0
    / np.exp(scores).sum(axis=1, keepdims=True) -> / (1 + np.exp(scores))
        that is a sigmoid: a softmax divides by the sum over the classes
    x @ W1 + b1 -> x @ W1
        b1 is forgotten on the way forward: a = x W1 + b1
    h @ W2 + b2 -> h @ W2
        b2 is forgotten on the way forward: the scores are h W2 + b2
    p - one_hot -> np.log(p) - one_hot
        the logarithm is too much: the error of the scores is softmax minus one-hot
    / len(x) -> / len(b2)
        the mean is over the classes: divide by the number of samples, len(x)
    delta1.sum(axis=0) -> delta1.sum()
    delta2.sum(axis=0) -> delta2.sum()
        the bias gradients are summed over everything: sum over the samples, axis=0
    delta1.sum(axis=0) -> delta1.sum(axis=1)
    delta2.sum(axis=0) -> delta2.sum(axis=1)
        the bias gradients are summed over the units: sum over the samples, axis=0
    (p - one_hot) / len(x) -> 2 * (p - one_hot) / len(x)
        there is a 2 too many: that of a square, and the cost is a cross-entropy
    (p - one_hot) / len(x) -> p * (1 - p) * (p - one_hot) / len(x)
        p(1 - p) is too much: softmax and cross-entropy together give p - one-hot
    """
    h = np.maximum(x @ W1 + b1, 0)
    scores = h @ W2 + b2
    p = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    one_hot = y[:, None] == np.arange(len(b2))
    delta2 = (p - one_hot) / len(x)
    delta1 = delta2 @ W2.T * (h > 0)
    return x.T @ delta1, delta1.sum(axis=0), h.T @ delta2, delta2.sum(axis=0)


def _by_cases(depth, scale, activation):
    """Return the same by cases: some mistakes are made in one of them alone."""
    if activation == "relu":
        return (scale / 2) ** depth
    return scale**depth


@exercise(
    "mean square",
    "At scale 2 a ReLU layer keeps E[h²]: half of its units are off",
    forms=[_by_cases],
    cases=[*itertools.product([1, 3, 6], [1.6, 2.5, 5.0], ["relu", "identity"])],
)
def mean_square(depth, scale, activation):
    """Predict E[h^2] after `depth` layers, from 1, with n Var(W) = scale in each.

    The activation is "identity" or "relu".

    scale / 2 if activation == "relu" else scale -> scale
        the half is missing: a ReLU sets half of the units to 0, in each layer
    scale / 2 if activation == "relu" else scale -> scale / 2
        the half is there for linear units too: only the ReLU loses half of E[h²]
    scale / 2 -> scale / np.sqrt(2)
        the half is under a root: it is E[h²] that is halved, not the size of h
    scale / 2 -> scale
    gain**depth -> gain**depth / (1 + (activation == "relu"))
        the half is taken once: it belongs to every layer, so inside the power
    activation == "relu" -> activation != "relu"
        the activations are swapped: it is the ReLU that loses half of E[h²]
    gain**depth -> (scale / 2**depth if activation == "relu" else scale**depth)
        brackets are missing: scale / 2**depth is not (scale / 2)**depth
    gain**depth -> gain ** (depth + 1)
        a layer too many: one ReLU layer makes {right:.3g} of 1, and yours {got:.3g}
    gain**depth -> gain ** (depth - 1)
        a layer is missing: one ReLU layer makes {right:.3g} of 1, and yours {got:.3g}
    gain**depth -> gain * depth
        the layers add up: they multiply, so the depth is an exponent
    gain**depth -> gain ** (depth / 2)
        that is the root of E[h²]: the scale is a variance, and multiplies the square
    gain**depth -> gain
        the depth is not used: depth layers multiply by a power of the gain
    gain**depth -> depth**gain
        base and exponent are exchanged: the depth is the exponent
    gain**depth -> gain ** (2 * depth)
        the square is there twice: the scale is a variance, and multiplies the square
    scale / 2 if -> scale * 2 if
        the ReLU doubles the signal in yours: it halves E[h²]
    """
    gain = scale / 2 if activation == "relu" else scale
    return gain**depth
