"""The answers of notebook 01 are below, with the mistakes that are made in them.

Close this file until you have written your own: the notebook's check tells you more.
An edit, `old -> new`, makes a mistake of the right answer; under it is what is said.
"""

import itertools

import numpy as np

from classroom.mistakes import exercise, on_paper, plot
from utils import costs


@on_paper(
    "number of steps",
    "The flattest curvature sets the pace: {right:.0f} steps, as the walks themselves",
    (0.0275, 0.1932, 2.0),
    within=0.02,
)
def end_of_walk(along, across, lr):
    """Count the steps in which the cost above the minimum falls to a tenth, at the end.

    ** 2 -> ** 1
        that is twice too many: the cost goes with the square of the distance, a step is
        η = 2 times the gradient, and it falls to a tenth, not to a hundredth
    ** 2 -> ** 1
    lr * along -> along
        neither the square nor η is in it: a step multiplies the distance by 1 - ηλ, and
        the cost by the square of that
    ** 2 -> ** 4
        that is half of it: a step multiplies the distance by 1 - ηλ, and the cost by
        the square of that, no more
    lr * along -> lr * across
        that is the curvature across: this coordinate is gone long before the end
    lr * along -> 2 / (along + across) * along
        that is for the best rate: the walks take η = 2
    lr * along -> lr * 0.1116
        that is the end of a walk in valley A: take the curvatures of B
    np.log(10) -> 1
        that is a fall by the factor e: to a tenth is ln 10 times as far
    np.log(10) -> np.log(2)
        that is a fall to a half: to a tenth takes longer
    np.log(10) -> np.log(1e6)
        that is a fall to a millionth: only a tenth is asked for
    np.log(10) / -np.log(factor) -> np.log(10) * across / along
        that is κ times ln 10: κ counts at the best rate, and the walks take η = 2
    np.log(10) / -np.log(factor) -> 1 / (lr * along)
        that is 1/(ηλ), in which the distance falls by the factor e: take the cost, and
        a tenth of it
    np.log(10) / -np.log(factor) -> 1 / along
        that is 1 over the curvature: look at what is left after one step, and after two
    -np.log(factor) -> -np.log10(factor)
        the two logarithms have different bases: take both natural, or both of base 10
    np.log(10) / -np.log(factor) -> factor
        that is the factor of one step: count how many of them make a tenth
    """
    factor = (1 - lr * along) ** 2
    return np.log(10) / -np.log(factor)


@plot(
    "x, y",
    "With curvatures from 1 to 9 two rates in turn leave less at worst than one twice",
    cases=[
        (np.linspace(2, 9, 8), np.array([0.15])),
        (np.linspace(0.5, 4, 6), np.array([0.4, 0.5, 0.3, 0.45])),
    ],
)
def left_over(ax, curvatures, rates):
    """Draw what is left of a distance after one step with each rate.

    np.abs(left) -> left
        the sign is still there: a distance has none, so draw np.abs of it
    np.abs(left) -> np.maximum(left, 0)
        a coordinate beyond the minimum counts as 0: it has a distance too, np.abs of it
    np.abs(left) -> left**2
        it is squared: that is what is left of the cost, and the distance is asked for
    np.abs(left) -> 1 - np.abs(left)
        that is the part that is gone: draw the one that is left
    left = left * (1 - lr * curvatures) -> left = 1 - lr * curvatures
        only the last rate counts in yours: multiply by the factor of each
    left = left * (1 - lr * curvatures) -> left = left - lr * curvatures
        the rates are added to one long step: the next one starts from what is left
    for lr in rates -> for lr in rates[:1]
        only the first rate counts in yours: multiply by the factor of each
    for lr in rates -> for lr in np.repeat(rates[:1], len(rates))
        you use the first rate in each step: use each rate in its own
    np.ones(len(curvatures)) -> np.zeros(len(curvatures))
    left * (1 - lr * curvatures) -> left + abs(1 - lr * curvatures)
        the factors are added: multiply, for a step starts from what the last one left
    np.ones(len(curvatures)) -> np.zeros(len(curvatures))
    left * (1 - lr * curvatures) -> left + (1 - lr * curvatures)
        the factors are added: multiply, for a step starts from what the last one left
    np.ones(len(curvatures)) -> np.zeros(len(curvatures))
    left * (1 - lr * curvatures) -> left + abs(1 - lr * curvatures) / len(rates)
        the factors are averaged: multiply, for a step starts where the last one ended
    for lr in rates -> for lr in [np.mean(rates)] * len(rates)
        you use the mean of the rates in each step: use each rate in its own
    for lr in rates -> for lr in [np.mean(rates)]
        you take one step with the mean of the rates: take a step with each
    (1 - lr * curvatures) -> (1 + lr * curvatures)
        the sign is flipped: a step goes against the gradient, so 1 - ηλ
    (1 - lr * curvatures) -> (1 - lr / curvatures)
        you divide by the curvature: the gradient is λθ, so it multiplies
    (1 - lr * curvatures) -> lr * curvatures
        the 1 is missing: a step takes ηλ away from what is there
    left = left * (1 - lr * curvatures) -> ax.plot(curvatures, abs(1 - lr * curvatures))
    ax.plot(curvatures, np.abs(left)) -> pass
        you draw a curve for each rate: draw one, for all steps together
    (1 - lr * curvatures) -> (1 - lr * curvatures); ax.plot(curvatures, abs(left))
    ax.plot(curvatures, np.abs(left)) -> pass
        you draw a curve after each step: draw one, after the last
    """
    left = np.ones(len(curvatures))
    for lr in rates:
        left = left * (1 - lr * curvatures)
    ax.plot(curvatures, np.abs(left))


def _wave(theta):
    return np.exp(theta @ np.arange(1, len(theta) + 1) / 2)


def _himmelblau(theta):
    x, y = theta
    return (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2


def _error_gain(first, outcomes):
    """Measure by what the error falls when d falls from 0.1 to 0.01, on _wave."""
    exact = _wave(first["theta"]) * np.array([0.5, 1.0])
    errors = [np.linalg.norm(outcome.values[0] - exact) for outcome in outcomes[:2]]
    return {"gain": errors[0] / errors[1]}


@exercise(
    "gradient",
    "A ten times smaller d makes your error {gain:.0f} times smaller",
    cases=[
        (_wave, np.array([0.3, -0.2]), 0.1),
        (_wave, np.array([0.3, -0.2]), 0.01),
        (_wave, np.array([0.5, -0.4, 0.1, -0.3, 0.2]), 0.5),
        (costs.rosenbrock(), np.array([-1.2, 1.0]), 0.2),
        (_himmelblau, np.array([-0.5, -1.0]), 0.2),
    ],
    numbers=_error_gain,
    also="\n".join(
        f"step[i] = d -> step[i] = d = {d}\n    {said}: use the d that is given"
        for d, said in [
            (1e-6, "your gradient hardly changes with d, as if d were fixed"),
            *(
                (d, "d is fixed in your function, so small that rounding spoils it")
                for d in (1e-11, 1e-12, 1e-13, 1e-14, 1e-15)
            ),
        ]
    ),
)
def central_difference(f, theta, d):
    """Estimate the gradient of f, (P,) to a number, at theta by central differences.

    f(theta - step) -> f(theta)
    (2 * d) -> d
        that is a forward difference: a ten times smaller d makes your error
        {gain:.0f} times smaller, and that of a central difference 100 times
    gradient[i] = (f(theta + step) -> gradient[i] = (8 * f(theta + step)
    - f(theta - step)) -> - 8 * f(theta - step) - ahead + behind)
    step[i] = d -> step[i] = d; ahead, behind = f(theta + 2 * step), f(theta - 2 * step)
    (2 * d) -> (12 * d)
        four points are more than asked for: take one on each side, at -d and at +d
    - f(theta - step) -> - 2 * f(theta) + f(theta - step)
    (2 * d) -> d**2
        that is the second derivative: the gradient needs the two points alone
    (2 * d) -> d**2
        you divide by d²: the two points are 2d apart
    f(theta + step) -> f(theta)
    (2 * d) -> d
        that is a backward difference: one point belongs on each side, at -d and at +d
    step[i] = d -> step[i] = d / 2
        your points lie d/2 from theta, but you divide by 2d: take them at -d and +d
    step[i] = d -> step[i] = 1
        your points lie 1 from theta: the step of coordinate i is d, not 1
    step[i] = d -> step[i] = d / 2
    (2 * d) -> d
        your points lie d/2 from theta: take them at -d and +d, and divide by 2d
    step[i] = d -> step[i] = 2 * d
        your points lie 2d from theta: take them at -d and +d
    f(theta + step) - f(theta - step) -> 0.0
        the difference is 0 everywhere: are your two points one array? `a = theta` is
        no copy, and theta + step is a new array
    (2 * d) -> d
        the factor 2 is missing: the two points are 2d apart, and your gradient is
        {ratio:.3g} times the right one
    / (2 * d) -> / 2 * d
        brackets are missing: / 2 * d multiplies by d, and / (2 * d) divides by it
    f(theta + step) - f(theta - step) -> f(theta - step) - f(theta + step)
        the two points are swapped: your gradient is {ratio:.3g} times the right one
    range(len(theta)) -> range(len(theta) - 1)
        the last entry is left out: range(P) goes from 0 to P - 1 by itself
    step[i] = d -> step[:] = d
        all coordinates move at once: for entry i, move theta[i] alone
    return gradient -> return (f(theta + d) - f(theta - d)) / (2 * d)
        all coordinates move at once: for entry i, move theta[i] alone
    step = np.zeros_like(theta) -> step = step if i else np.zeros_like(theta)
        a coordinate is not put back before the next one moves: it stays at +d
    step = np.zeros_like(theta) -> theta = theta - (step if i else 0); step = 0 * theta
        a coordinate is not put back before the next one moves: it stays at -d
    """
    gradient = np.zeros_like(theta)
    for i in range(len(theta)):
        step = np.zeros_like(theta)
        step[i] = d
        gradient[i] = (f(theta + step) - f(theta - step)) / (2 * d)
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
    x.T @ delta1 -> len(x) * x.T @ delta1
    h.T @ delta2 -> len(x) * h.T @ delta2
        1/n is missing in the weight gradients: sums over the samples, like those of the
        biases, so divide all by n
    / len(x) -> / len(x) ** 2
        1/n is there twice: the errors carry it already, so the sums are means
    x.T @ delta1 -> len(x) * x.T @ delta1
    delta1.sum(axis=0) -> len(x) * delta1.sum(axis=0)
        1/n is missing in the first layer: both layers' gradients are means
    h.T @ delta2 -> len(x) * h.T @ delta2
    delta2.sum(axis=0) -> len(x) * delta2.sum(axis=0)
        1/n is missing in the second layer: both layers' gradients are means
    * (a > 0) -> * (a > 0) / len(x)
        1/n is there twice in the first layer: the errors carry it already
    h.T @ delta2 -> h.T @ delta2 / len(x)
    delta2.sum(axis=0) -> delta2.sum(axis=0) / len(x)
        1/n is there twice in the second layer: the errors carry it already
    .sum(axis=1, keepdims=True) -> .sum(axis=0)
        the softmax adds up over the samples: add over the classes, axis=1
    .sum(axis=1, keepdims=True) -> .sum()
        the softmax adds up over everything: add over the classes, axis=1
    np.maximum(a, 0) -> a
        the ReLU is missing on the way forward: h is max(a, 0), and not a itself
    x.T @ delta1 -> delta1.T @ x
    h.T @ delta2 -> delta2.T @ h
        the weight gradients are transposed: a dW has the shape of its W
    * (a > 0) ->
        the mask of the ReLU is missing: no error passes through a unit that is off
    * (a > 0) -> * (1 - h**2)
        1 - h² is the slope of tanh: that of the ReLU is 1 where h > 0, else 0
    np.maximum(a, 0) -> np.tanh(a)
    * (a > 0) -> * (1 - h**2)
        that is a network with tanh: here h is max(a, 0), and its slope 1 where h > 0
    * (a > 0) -> * h * (1 - h)
        h(1 - h) is the slope of a sigmoid: that of the ReLU is 1 where h > 0, else 0
    W2.T -> W2
        W2 is not transposed: errors go back through W2.T, even if the shapes allow W2
    p - one_hot -> one_hot - p
        the sign is flipped: the error of the scores is softmax minus one-hot
    p - one_hot -> p
        the labels are missing: the error of the scores is softmax minus one-hot
    p - one_hot -> p - y[:, None]
        the labels are subtracted as numbers: subtract 1, in the column of the label
    p - one_hot -> scores - one_hot
        the softmax is missing: the error of the scores is softmax minus one-hot
    delta1.sum(axis=0) -> delta1.mean(axis=0)
    delta2.sum(axis=0) -> delta2.mean(axis=0)
        the bias gradients are a mean: sum, because 1/n is in the errors already
    * (a > 0) -> * h
        the mask of the ReLU is h itself: it is 1 where h > 0, else 0
    delta2 @ W2.T * (a > 0) -> np.maximum(delta2 @ W2.T, 0)
        the ReLU is applied to the error: the mask is where h > 0, not where the
        error is
    delta2 @ W2.T * (a > 0) -> np.maximum(delta2 @ W2.T * (a > 0), 0)
        the ReLU is applied to the error: multiply by the mask, and no more
    (a > 0) -> (a - b1 > 0)
        the mask lacks b1: the unit is on where x W1 + b1 > 0
    scores = h @ W2 + b2 -> scores = np.maximum(h @ W2 + b2, 0)
        the scores go through a ReLU: only the hidden layer has one
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
    delta1.sum(axis=0) -> delta1
    delta2.sum(axis=0) -> delta2
        the bias gradients have a row for each sample: sum over the samples, axis=0
    h.T @ delta2 -> a.T @ delta2
        dW2 is made with a: what W2 multiplies is h, after the ReLU
    (p - one_hot) / len(x) -> (p - one_hot) * (np.arange(len(x)) == len(x) - 1)[:, None]
        only the last sample counts: add up the gradients of all, and divide by n
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
    a = x @ W1 + b1
    h = np.maximum(a, 0)
    scores = h @ W2 + b2
    p = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    one_hot = y[:, None] == np.arange(len(b2))
    delta2 = (p - one_hot) / len(x)
    delta1 = delta2 @ W2.T * (a > 0)
    return x.T @ delta1, delta1.sum(axis=0), h.T @ delta2, delta2.sum(axis=0)


@exercise(
    "mean square",
    "At scale 2 / (1 + leak²) the signal stays what it is: ReLU 2, linear 1",
    cases=[*itertools.product([1, 3, 6], [1.6, 2.5, 5.0], [0.2, 0.0, 1.0])],
)
def mean_square(depth, scale, leak):
    """Predict E[h^2] after `depth` layers, from 1, with m Var(W) = scale in each.

    The activation is a where a > 0, else leak * a: 0 is the ReLU, 1 is linear.

    leak**2 -> leak
        the leak is not squared: it is h² whose mean is taken
    (1 + leak**2) / 2 -> ((1 + leak) / 2) ** 2
        the mean slope is squared: take the mean of the squares, 1 and leak²
    (1 + leak**2) / 2 -> (1 + leak) ** 2 / 2
        the sum is squared: a is on one side or on the other, so 1 and leak² are added
    (1 + leak**2) / 2 -> (1 + leak**2)
        the half is missing: each sign of a comes half of the time
    (1 + leak**2) / 2 -> (0.5 + leak**2)
        the leaking side is counted in full: it too comes half of the time
    (1 + leak**2) / 2 -> (1 + leak**2 / 2)
        the open side is counted in full: a > 0 comes half of the time
    (1 + leak**2) / 2 -> (1 - leak**2) / 2
        the leak is taken away: it adds to the signal, leak² of the other half
    (1 + leak**2) / 2 -> 1 / 2
        the leak is forgotten: what comes through it adds to E[h²]
    (1 + leak**2) / 2 -> 1
        nothing is lost in yours: that is the linear layer, with a leak of 1
    scale * (1 + leak**2) / 2 -> scale / 2 + leak**2
        the leaking side lacks the scale: it too is half of scale times the old mean
    gain**depth -> (scale / 2) ** depth + (scale * leak**2 / 2) ** depth
        the two sides have powers of their own: they are added in each layer
    (1 + leak**2) / 2 -> leak**2 / 2
        only the leak is counted: where a > 0, h is a
    (1 + leak**2) / 2 -> leak**2
        the signal goes through the leak alone: where a > 0, h is a
    (1 + leak**2) / 2 -> np.sqrt((1 + leak**2) / 2)
        the half is under a root: it is E[h²] that is asked for, not the size of h
    (1 + leak**2) / 2 -> 2 / (1 + leak**2)
        the gain is upside down: half of 1 + leak² is what a layer keeps
    gain = scale * -> gain = np.sqrt(scale) *
        the scale is under a root: it is a variance, and multiplies the square
    gain = scale * -> gain = scale**2 *
        the scale is squared: it is a variance already
    gain**depth -> scale**depth * (1 + leak**2) / 2
        the half is taken once: it belongs to every layer, so inside the power
    gain**depth -> scale * ((1 + leak**2) / 2) ** depth
        the scale is taken once: it belongs to every layer, so inside the power
    gain**depth -> scale * (1 + leak**2) / 2**depth
        brackets are missing: the whole gain has the power, not its 2 alone
    gain**depth -> gain ** (depth + 1)
        a layer too many: one layer makes {right:.3g} of 1, and yours {got:.3g}
    gain**depth -> gain ** (depth - 1)
        a layer is missing: one layer makes {right:.3g} of 1, and yours {got:.3g}
    gain**depth -> gain * depth
        the layers add up: they multiply, so the depth is an exponent
    gain**depth -> gain ** (depth / 2)
        that is the root of E[h²]: the scale is a variance, and multiplies the square
    gain**depth -> gain
        one layer alone is counted: use the depth as a power of the gain, and if there
        is a loop, let return stand after it
    gain**depth -> depth**gain
        base and exponent are exchanged: the depth is the exponent
    gain**depth -> gain ** (2 * depth)
        the square is there twice: the scale is a variance, and multiplies the square
    """
    gain = scale * (1 + leak**2) / 2
    return gain**depth
