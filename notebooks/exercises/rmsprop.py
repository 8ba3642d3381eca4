"""The answers of notebook 04 are below, with the mistakes that are made in them.

Close this file until you have written your own: the notebook's check tells you more.
An edit, `old -> new`, makes a mistake of the right answer; under it is what is said.
"""

import numpy as np

from classroom.mistakes import exercise, on_paper, plot
from notebooks.exercises import steps
from utils import costs
from utils.descent import descend
from utils.optimizers import SGD, Adam, Momentum, RMSprop  # noqa: F401  # mistakes


@exercise(
    "theta, v",
    "Your first step is {step:.3g} η, whatever the size of the gradient",
    cases=steps.cases("theta gradient v lr beta eps"),
    also=steps.scaling("gradient", "v"),
    numbers=steps.first_step,
)
def rmsprop_step(theta, gradient, v, lr, beta, eps):
    """Take one step of RMSprop; v is the moving average of the squared gradient.

    v = beta * v -> new = beta * v
    return theta, v -> return theta, new
        the root is that of the old v: update v first, so that it knows the gradient
    gradient**2 -> gradient
        the gradient is not squared in v: an average of g may be negative
    gradient**2 -> gradient
    np.sqrt(v) -> np.sqrt(np.abs(v))
        the gradient is not squared in v: a mean square needs squares, no |v|
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


@on_paper(
    "drift",
    "RMSprop goes against the sum, by {right:.2g} η: the large gradient is divided "
    "by the largest v",
    ([1.0, -3.0, 1.5], 0.5),
    within=0.02,
)
def drift(gradients, beta):
    """Sum the steps of RMSprop over one cycle of gradients that repeats for ever.

    In learning rates, with eps = 0, when v repeats itself too.

    v / (1 - beta ** len(gradients)) -> 0.0
        that is the first cycle, from v = 0: v does not begin anew in each cycle
    v / (1 - beta ** len(gradients)) -> v
        that is the second cycle: v does not repeat itself yet
    v / (1 - beta ** len(gradients)) -> (1 + beta ** len(gradients)) * v
        that is the third cycle: v does not repeat itself yet
    (1 - beta) * g**2 -> g**2
    v / (1 - beta ** len(gradients)) -> 0.0
        that is the first cycle, without 1 - β: v is an average, and goes on
    / np.sqrt(v) -> / v
        the root is missing: a step is g/√v
    / np.sqrt(v) ->
        that is gradient descent, minus the sum of g: RMSprop divides each g by √v
    g / np.sqrt(v) -> np.sign(g)
        that is sign descent: RMSprop divides by the root of an average, not by |g|
    return total -> return total / len(gradients)
        that is the drift in one step: sum over the cycle
    v = beta * v + (1 - beta) * g**2 -> old, v = v, beta * v + (1 - beta) * g**2
    np.sqrt(v) -> np.sqrt(old)
        the root is that of the old v: a gradient is in v when its own step is taken
    (1 - beta) * g**2 -> g**2
        the factor 1 - β is missing: v is an average, and its weights sum to 1
    g / np.sqrt(v) -> g / np.mean(np.square(gradients)) ** 0.5
        v stands still in your cycle: that is the limit of β near 1
    - g / np.sqrt(v) -> + g / np.mean(np.square(gradients)) ** 0.5
        v stands still in your cycle, and the sign is flipped: a step is -g/√v
    beta * v + (1 - beta) * g**2 -> v + g**2
    v / (1 - beta ** len(gradients)) -> 0.0
        that is the first cycle of AdaGrad: RMSprop averages the squares
    g**2 -> abs(g)
        v averages |g|: it is g² that is averaged
    g / np.sqrt(v) -> abs(g) / np.sqrt(v)
        the signs of the gradients are lost: the steps go to and fro
    return total -> return gradients[0] / np.sqrt(v) + total
        the first step is missing: a cycle has three
    return total -> return gradients[-1] / np.sqrt(v) + total
        the last step is missing: a cycle has three
    return total -> return -gradients[-1] / np.sqrt(v)
        that is the last step alone: sum the three
    total = total - g / np.sqrt(v) -> return -g / np.sqrt(v)
        that is the first step alone: sum the three
    v / (1 - beta ** len(gradients)) -> 0.0
    total = total - g / np.sqrt(v) -> return -g / np.sqrt(v)
        that is the first step alone: sum the three
    return total -> return sum(gradients)
        that is the sum of the gradients: RMSprop goes against each, divided by √v
    return total -> return v
        that is v after the cycle: with it, sum the three steps
    """
    v = total = 0.0
    for g in gradients:
        v = beta * v + (1 - beta) * g**2
    v = v / (1 - beta ** len(gradients))  # it repeats itself: v -> βⁿv + what was added
    for g in gradients:
        v = beta * v + (1 - beta) * g**2
        total = total - g / np.sqrt(v)
    return total


@plot(
    "x, y",
    "At 45° all partial derivatives are alike in size, and RMSprop feels δ",
    cases=[
        (np.array([90, 45, 10]),),
        (np.array([0, 15, 30, 40, 44, 45, 46, 60]),),
    ],
)
def plot_turned_saddle(ax, degrees):
    """Draw RMSprop's steps away from a turned saddle, from two distances.

    turn @ start -> start
        the start is not turned: turn @ [-1.5, delta]
    saddle.gradient(theta @ turn) @ turn.T -> saddle.gradient(theta)
        the cost is not turned, or one turn undoes the other: the gradient is turned
        with @ turn.T
    saddle.gradient(theta @ turn) @ turn.T -> saddle.gradient(theta @ turn)
        one of two turns is missing: saddle.gradient(theta @ turn) @ turn.T
    saddle.gradient(theta @ turn) @ turn.T -> saddle.gradient(theta @ turn.T) @ turn
    turn @ start -> turn.T @ start
    np.abs((path @ turn)[:, 1]) -> np.abs((path @ turn.T)[:, 1])
        all is turned the other way: by -30° where 30° is asked for
    saddle.gradient(theta @ turn) @ turn.T -> saddle.gradient(theta @ turn.T) @ turn
        the cost is turned the other way: turn θ back with theta @ turn
    np.abs((path @ turn)[:, 1]) -> np.abs(path[:, 1])
        the path is not turned back: the ridge is turned too
    np.abs((path @ turn)[:, 1]) -> (path @ turn)[:, 1]
        above 45° it leaves on the other side: take |y|
    np.abs((path @ turn)[:, 1]) -> np.abs((path @ turn.T)[:, 1])
        the path is turned the wrong way: path @ turn
    np.abs((path @ turn)[:, 1]) -> np.abs((path @ turn)[:, 0])
        every count is 0: is that |x|, which begins beyond 1, or argmin? Count the
        steps until |y|, the last entry, is 1
    .argmax() -> .argmin()
        every count is 0: is that |x|, which begins beyond 1, or argmin? Count the
        steps until |y|, the last entry, is 1
    [-1.5, delta] -> [-1.5, 1e-2]
        δ is not used: one curve is for 1e-2, the other for 1e-8
    [-1.5, delta] -> [-1.5, 1e-8]
        δ is not used: one curve is for 1e-2, the other for 1e-8
    RMSprop(0.05, beta=0.9, eps=0.0) -> Adam(0.05)
        that is Adam: RMSprop is asked for
    RMSprop(0.05, beta=0.9, eps=0.0) -> Momentum(0.05)
        that is momentum: RMSprop is asked for
    RMSprop(0.05, beta=0.9, eps=0.0) -> SGD(0.05)
        that is gradient descent: RMSprop is asked for
    >= 1).argmax() -> >= 1).sum()
        that is how many points are beyond 1: the first of them is asked for
    >= 1).argmax() -> >= 1).argmax() + 1
        the count is off by one: point number t of a path is that after t steps
    >= 1).argmax() -> >= 1).argmax() - 1
        the count is off by one: point number t of a path is that after t steps
    0.05, beta=0.9, eps=0.0 -> 0.05, eps=0.0
        β is the default of utils, 0.99: it is 0.9 here
    0.05, beta=0.9, eps=0.0 -> 0.05, beta=0.9
        ε is the default of utils: it is 0 here
    0.05, beta=0.9, eps=0.0 -> 0.05, beta=0.9, eps=1e-2
        ε is too large: set eps=0.0
    0.05, beta=0.9, eps=0.0 -> 0.01, beta=0.9, eps=0.0
        your η is smaller: it is 0.05
    costs.rotation(angle) -> costs.rotation(np.rad2deg(angle))
        the degrees are taken for radians: np.cos wants np.deg2rad of them
    costs.rotation(angle) -> costs.rotation(np.deg2rad(angle))
        the angles are converted: costs.rotation takes degrees
    rule, 100 -> rule, 50
        the walk is too short: at 45° it takes 66 steps
    rule, 100 -> rule, 30
        the walk is too short: at 45° it takes 66 steps
    (1e-2, 1e-8) -> (1e-2,)
        one curve is missing: there are two δ
    (1e-2, 1e-8) -> (1e-2, 1e-4, 1e-6, 1e-8)
        there are only two δ: 1e-2 and 1e-8
    """
    saddle = costs.saddle()
    for delta in (1e-2, 1e-8):
        start, counts = np.array([-1.5, delta]), []
        for angle in degrees:
            turn = costs.rotation(angle)

            def slope(theta, t, turn=turn):
                return saddle.gradient(theta @ turn) @ turn.T

            rule = RMSprop(0.05, beta=0.9, eps=0.0)
            path = descend(slope, turn @ start, rule, 100)
            counts.append((np.abs((path @ turn)[:, 1]) >= 1).argmax())
        ax.plot(degrees, counts)
