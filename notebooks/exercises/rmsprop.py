"""The answers of notebook 04 are below, with the mistakes that are made in them.

Close this file until you have written your own: the notebook's check tells you more.
An edit, `old -> new`, makes a mistake of the right answer; under it is what is said.
"""

import numpy as np

from notebooks.exercises import steps
from utils.checks import exercise


@exercise(
    "theta, v",
    "Your first step is {step:.3g} η, whatever the size of the gradient",
    cases=steps.drawn("theta gradient v lr beta eps"),
    also=steps.scaling("gradient", "v"),
    numbers=steps.first_step,
)
def rmsprop_step(theta, gradient, v, lr, beta, eps):
    """Take one step of RMSprop; v is the moving average of the squared gradient.

    v = beta * v -> old, v = v, beta * v
    np.sqrt(v) -> np.sqrt(old)
        the root is that of the old v: update v first, so that it knows the gradient
    gradient**2 -> gradient
        the gradient is not squared in v: an average of g may be negative
    beta * v + (1 - beta) * gradient**2 -> (1 - beta) * v + beta * gradient**2
        β and 1 - β are swapped: the old v keeps β
    (1 - beta) * gradient**2 -> gradient**2
        the factor 1 - β is missing: v is an average, and its weights sum to 1
    beta * v + (1 - beta) * gradient**2 -> v + gradient**2
        that is AdaGrad: it sums the squares, and RMSprop averages them
    gradient**2 -> np.linalg.norm(gradient)
        v averages the length of the gradient: square each entry
    gradient**2 -> np.sum(gradient**2)
        v is one number for all parameters: square each entry, and sum nothing
    gradient**2 -> np.mean(gradient**2)
        v is one number for all parameters: square each entry, and average over time
    gradient**2 -> np.abs(gradient)
        v averages |g|: it is g² that is averaged, and the root comes after
    beta * v + (1 - beta) * gradient**2 -> (beta * v + (1 - beta) * gradient) ** 2
        the average is squared: square the gradient first, then average
    (1 - beta) * gradient**2 -> ((1 - beta) * gradient) ** 2
        the factor 1 - β is squared with the gradient: it is g alone that is squared
    beta * v + (1 - beta) * gradient**2 -> gradient**2
        the old v is forgotten: with v = g² every step is ±η
    (np.sqrt(v) + eps) -> (np.sqrt(v / (1 - beta)) + eps)
        v is corrected as Adam's at t = 1: RMSprop corrects nothing
    (np.sqrt(v) + eps) -> (np.sqrt(v / beta) + eps)
        v is divided by β: RMSprop corrects nothing
    return theta, v -> return theta, np.sqrt(v)
        the root is stored: return v itself, and take the root in the step alone
    """
    v = beta * v + (1 - beta) * gradient**2
    theta = theta - lr * gradient / (np.sqrt(v) + eps)
    return theta, v


@exercise(
    "theta, s",
    "Your first step is {step:.3g} η; later ones shrink, because s only grows",
    cases=steps.drawn("theta gradient s lr eps"),
    also=steps.scaling("gradient", "s"),
    numbers=steps.first_step,
)
def adagrad_step(theta, gradient, s, lr, eps):
    """Take one step of AdaGrad; s is the sum of the squared gradients.

    s = s + -> old, s = s, s +
    np.sqrt(s) -> np.sqrt(old)
        the root is that of the old s: update s first, so that it knows the gradient
    s + gradient**2 -> 0.9 * s + 0.1 * gradient**2
        that is the moving average of RMSprop: AdaGrad sums the squares
    s + gradient**2 -> gradient**2
        the old s is forgotten: with s = g² every step is ±η
    gradient**2 -> gradient
        the gradient is not squared in s: a sum of g may be negative
    gradient**2 -> np.abs(gradient)
        s sums |g|: it is g² that is summed, and the root comes after
    s + gradient**2 -> (s + gradient) ** 2
        the sum is squared: square the gradient first, then sum
    gradient**2 -> np.sum(gradient**2)
        s is one number for all parameters: square each entry, and sum over time alone
    gradient**2 -> np.mean(gradient**2)
        s is one number for all parameters: square each entry, and sum over time alone
    return theta, s -> return theta, np.sqrt(s)
        the root is stored: return s itself, and take the root in the step alone
    """
    s = s + gradient**2
    theta = theta - lr * gradient / (np.sqrt(s) + eps)
    return theta, s


@exercise(
    "drift",
    "Nine gradients of 0.1 and one of -0.9 have the mean 0; yet θ drifts by "
    "{right:.2g} η in a cycle",
    cases=[
        ([0.1] * 9 + [-0.9], 0.9),
        ([1.0, -3.0, 1.5], 0.5),
        ([-0.2, -0.3, 2.0, 0.4], 0.8),
        ([0.1] * 9 + [-0.9], 0.5),
        (np.linspace(-0.5, 1, 20).round(2).tolist(), 0.99),
        ([1.0, -3.0, 1.5], 0.99),  # a short cycle is slowest to settle
    ],
    also="\n".join(
        f"(1 - beta ** len(gradients)) -> (1 - beta ** len(gradients)) "
        f"* (1 - beta ** ({cycles} * len(gradients)))\n"
        "    v does not repeat itself yet: go through the cycle more often"
        for cycles in (1, 2, 3, 4, 9, 14, 19, 29)
    ),
)
def drift(gradients, beta):
    """Sum the steps of RMSprop over one cycle of gradients that repeats for ever.

    In learning rates, with eps = 0, when v repeats itself too.

    v / (1 - beta ** len(gradients)) -> 0.0
        that is the first cycle, from v = 0: go on until v repeats itself
    total - g -> total + g
        the sign is flipped: a step goes against the gradient
    / np.sqrt(v) -> / v
        the root is missing: a step is g/√v
    / np.sqrt(v) ->
        that is SGD, which does not divide by √v: it drifts by the sum of g alone
    g / np.sqrt(v) -> np.sign(g)
        that is sign descent: RMSprop divides by the root of an average, not by |g|
    return total -> return total / len(gradients)
        that is the drift in one step: sum over the cycle
    v = beta * v + (1 - beta) * g**2 -> old, v = v, beta * v + (1 - beta) * g**2
    np.sqrt(v) -> np.sqrt(old)
        the root is that of the old v: update v first, so that it knows the gradient
    beta * v + (1 - beta) * g**2 -> (1 - beta) * v + beta * g**2
    1 - beta ** len -> 1 - (1 - beta) ** len
        β and 1 - β are swapped: the old v keeps β
    g**2 -> g
        the gradient is not squared in v: an average of g may be negative
    return total -> return np.sign(total)
        that is only the sign: return how far θ drifts, in learning rates
    (1 - beta) * g**2 -> g**2
        the factor 1 - β is missing: v is an average, and its weights sum to 1
    g / np.sqrt(v) -> g / np.mean(np.square(gradients)) ** 0.5
        v stands still in your cycle: that is the limit of β near 1
    beta * v + (1 - beta) * g**2 -> v + g**2
    v / (1 - beta ** len(gradients)) -> 0.0
        that is the first cycle of AdaGrad: RMSprop averages the squares
    g**2 -> abs(g)
        v averages |g|: it is g² that is averaged
    """
    v = total = 0.0
    for g in gradients:
        v = beta * v + (1 - beta) * g**2
    v = v / (1 - beta ** len(gradients))  # it repeats itself: v -> βⁿv + what was added
    for g in gradients:
        v = beta * v + (1 - beta) * g**2
        total = total - g / np.sqrt(v)
    return total
