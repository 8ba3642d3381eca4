"""The answers of notebook 01 are below, with the mistakes that are made in them.

Close this file until you have written your own: the notebook's check tells you more.
An edit, `old -> new`, makes a mistake of the right answer; under it is what is said.
"""

import itertools

import numpy as np

from classroom.mistakes import exercise, on_paper, plot


@on_paper(
    "number of steps",
    "The flattest curvature sets the pace: {right:.0f} steps, as in section 2",
    (0.0275, 0.1932, 2.0),
    within=0.02,
)
def end_of_walk(along, across, lr):
    """Count the steps in which the cost above the minimum falls to 1/1000, at the end.

    Rounded up or not, the number is right within 2 %.

    ** 2 -> ** 1
        that is twice too many: the cost goes with the square of the distance, a step is
        η = 2 times the gradient, and it falls to a thousandth, not to a millionth
    ** 2 -> ** 1
    lr * along -> along
        neither the square nor η is in it: a step multiplies the distance by 1 - ηλ, and
        the cost by the square of that
    lr * along -> along
        η = 2 is forgotten: a step multiplies the distance by 1 - ηλ
    ** 2 -> ** 4
        that is half of it: a step multiplies the distance by 1 - ηλ, and the cost by
        the square of that, no more
    (1 - lr * along) ** 2 -> np.exp(-2 * lr * along)
        that is nearly it: 1 - ηλ is a little less than e to the -ηλ, so take its own
        logarithm
    (1 - lr * along) ** 2 -> np.exp(-lr * along)
        that is for the distance, and e to the -ηλ is only near to 1 - ηλ: the cost goes
        with the square of 1 - ηλ
    (1 - lr * along) ** 2 -> ((1 - lr * along) * (1 - lr * across)) ** 2
        the two factors are multiplied: each belongs to a coordinate of its own, and at
        the end one of these is left
    lr * along -> lr * across
        that is the curvature across: this coordinate is gone long before the end
    ** 2 -> ** 1
    lr * along -> lr * across
        that is the curvature across, and for the distance: at the end the floor is
        left, and the cost goes with the square of the distance
    lr * along -> 2 / (along + across) * along
        that is for the best rate: the walks take η = 2
    ** 2 -> ** 1
    lr * along -> 2 / (along + across) * along
        that is for the best rate, and for the distance: the walks take η = 2, and the
        cost goes with the square of the distance
    lr * along -> lr * 0.1116
        that is the end of a walk in valley A: take the curvatures of B
    np.log(1000) -> 1
        that is a fall by the factor e: to a thousandth is ln 1000 times as far
    np.log(1000) -> np.log(10)
        that is a fall to a tenth: to a thousandth takes three times as long
    np.log(1000) -> np.log(100)
        that is a fall to a hundredth: to a thousandth takes longer
    np.log(1000) / -np.log(factor) -> np.log(1000) * across / along
        that is κ times ln 1000: κ counts at the best rate, and the walks take η = 2
    np.log(1000) / -np.log(factor) -> 1 / (lr * along)
        that is 1/(ηλ), in which the distance falls by the factor e: take the cost, and
        a thousandth of it
    np.log(1000) / -np.log(factor) -> 1 / along
        that is 1 over the curvature: look at what is left after one step, and after two
    np.log(1000) / -np.log(factor) -> np.log(1000) * across / along / 2
        that is κ/2 times ln 1000: κ counts at the best rate, and the walks take η = 2
    -np.log(factor) -> -np.log10(factor)
        the two logarithms have different bases: take both natural, or both of base 10
    np.log(1000) -> np.log10(1000)
        the two logarithms have different bases: take both natural, or both of base 10
    np.log(1000) / -np.log(factor) -> np.log(1000)
        that is ln 1000 alone: divide it by what the logarithm falls by in one step
    np.log(1000) / -np.log(factor) -> 1000
        that is the fall itself: count the steps whose factors multiply to 1/1000
    np.log(1000) / -np.log(factor) -> factor
        that is the factor of one step: count how many of them make a thousandth
    """
    factor = (1 - lr * along) ** 2
    return np.log(1000) / -np.log(factor)


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
    ax.plot(curvatures, np.abs(left)) -> ax.plot(left)
        neither x nor np.abs is there: give ax.plot the curvatures first, then the size
    np.abs(left) -> 1 - np.abs(left)
        that is the part that is gone: draw the one that is left
    left = left * (1 - lr * curvatures) -> left = 1 - lr * curvatures
        only the last rate counts in yours: multiply by the factor of each
    left = left * (1 - lr * curvatures) -> left = left - lr * curvatures
        the rates are added to one long step: the next one starts from what is left
    for lr in rates -> for lr in rates[:1]
        only the first rate counts in yours: multiply by the factor of each
    for lr in rates -> for lr in (rates[0], rates[-1])
        you take the first rate and the last: there may be one, or more than two
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
    for lr in rates -> for lr in [np.prod(rates)]
        you take one step with the product of the rates: take a step with each
    left = left * (1 - lr * curvatures) -> left = abs(1 - rates[:, None] * curvatures)
    np.abs(left) -> left.max(axis=0)
        you draw the largest factor: multiply the factors of all steps
    np.ones(len(curvatures)) -> curvatures
        you start from the curvature: the distance is 1 at the start, whatever λ
    np.abs(left) -> curvatures * left**2 / 2
        that is the cost, ½λθ²: the distance is asked for
    for lr in rates -> for lr in [np.mean(rates)]
        you take one step with the mean of the rates: take a step with each
    (1 - lr * curvatures) -> (1 + lr * curvatures)
        the sign is flipped: a step goes against the gradient, so 1 - ηλ
    (1 - lr * curvatures) -> (1 - lr * curvatures**2 / 2)
        you take ½λ² for λ: the gradient of ½λθ² is λθ
    (1 - lr * curvatures) -> np.exp(-lr * curvatures)
        that is e to the -ηλ, for steps that are short: each of these leaves 1 - ηλ
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
    (1 + leak**2) / 2 -> ((1 + leak**2) / 2 - (1 - leak) ** 2 / (2 * np.pi))
        the squared mean is taken away: that is the variance, and E[h²] is asked for
    (1 + leak**2) / 2 -> (1 - (1 - leak) ** 2 / 2)
        the square of what is lost is taken away: leak times a is what is left, and its
        square counts
    (1 + leak**2) / 2 -> (1 + leak) ** 2 / 2
        the sum is squared: a is on one side or on the other, so 1 and leak² are added
    (1 + leak**2) / 2 -> (1 + leak**2)
        the half is missing: each sign of a comes half of the time
    (1 + leak**2) / 2 -> (1 + leak**2 if leak else 1 / 2)
        the half is there only without a leak: each sign of a comes half of the time,
        whatever the leak
    (1 + leak**2) / 2 -> (1 if leak else 1 / 2)
        a leak changes more than whether: it keeps leak² of the other half
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
        the leaking side lacks its half and the scale: it too is part of E[a²]
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
    (1 + leak**2) / 2 -> 1 / (1 + leak**2)
        you divide by 1 + leak²: it is what the two halves keep, so multiply by it
    scale * (1 + leak**2) / 2 -> 1 / 2
        scale and leak are missing: the half of E[a²] is one part, the leak has another
    scale * (1 + leak**2) / 2 -> (1 + leak**2) / 2
        the scale is missing: it multiplies E[a²] in each layer
    scale * (1 + leak**2) / 2 -> scale / 2 + leak**2 / 2
        the leaking side lacks the scale: it multiplies E[a²], of which both are halves
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
        one layer alone is counted: use the depth as a power of the gain, and
        let return stand after a loop, not in it
    gain**depth -> depth**gain
        base and exponent are exchanged: the depth is the exponent
    gain**depth -> gain ** (2 * depth)
        the square is there twice: the scale is a variance, and multiplies the square
    """
    gain = scale * (1 + leak**2) / 2
    return gain**depth
