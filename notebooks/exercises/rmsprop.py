"""The answers of notebook 04 are below, with the mistakes that are made in them.

Close this file until you have written your own: the notebook's check tells you more.
An edit, `old -> new`, makes a mistake of the right answer; under it is what is said.
"""

import numpy as np

from classroom.mistakes import exercise, on_paper, plot
from utils.descent import descend
from utils.optimizers import SGD, AdaGrad, Adam, Momentum, RMSprop  # noqa: F401  # mistakes


@exercise(
    "length",
    "The longer the memory, the longer a bad batch is felt",
    cases=[(0.9, 1000.0, 5), (0.5, 30.0, 3), (0.99, 200.0, 50), (0.7, 3.0, 1)],
)
def step_after(beta, size, k):
    """Return the length of RMSprop's k-th step after one large gradient, in rates.

    All other gradients are 1, so that v was 1 before it; eps = 0.

    v = beta * 1.0 + (1 - beta) * size**2 -> v = (1 - beta) * size**2
        your v starts at 0: before the large gradient it was 1
    v = beta * 1.0 + (1 - beta) * size**2 -> v = 1.0 + (1 - beta) * size**2
        the old v, 1, is not multiplied by β: v is an average, and lets the past fade
    v = beta * 1.0 + (1 - beta) * size**2 -> v = size**2
        v is the last square alone: the large gradient comes in with the weight 1 - β
    v = beta * 1.0 + (1 - beta) * size**2 -> v = beta * 1.0 + size**2
        the factor 1 - β is missing: the large gradient comes into v with that weight
    v = beta * 1.0 + (1 - beta) * size**2 -> v = beta * 1.0 + (1 - beta) * size
        the large gradient is not squared: v is an average of squares
    v = beta * 1.0 + (1 - beta) * size**2 -> v = (1 - beta) * 1.0 + beta * size**2
    v = beta * v + (1 - beta) * 1.0 -> v = (1 - beta) * v + beta * 1.0
        β and 1 - β are swapped: the old v keeps β
    v = beta * 1.0 + (1 - beta) * size**2 -> v = (1 - beta) * 1.0 + beta * size**2
        β and 1 - β are swapped for the large gradient: it comes in with 1 - β
    v = beta * v + (1 - beta) * 1.0 -> v = (1 - beta) * v + beta * 1.0
        β and 1 - β are swapped in the loop: the old v keeps β
    v = beta * v + (1 - beta) * 1.0 -> v = beta * v + (1 - beta) * size**2
        `size` is fed in at every step: after the large gradient they are 1 again
    return 1.0 / np.sqrt(v) -> return 1.0 / np.sqrt(v + beta**k)
        the usual gradients add up to 1 in your v: in k steps it is 1 - βᵏ
    return 1.0 / np.sqrt(v) -> return (1 - beta) / np.sqrt(v)
        the step is multiplied by 1 - β: it is 1/√v
    v = beta * 1.0 + (1 - beta) * size**2 -> v = a = beta * 1.0 + (1 - beta) * size**2
    1.0 / np.sqrt(v) -> 1.0 / np.sqrt(v) / (size / np.sqrt(a))
        that is a part of the large step: the length in learning rates is asked for
    v = beta * 1.0 + (1 - beta) * size**2 -> v, s = beta + (1 - beta) * size**2, 0
    v = beta * v + (1 - beta) * 1.0 -> v = beta * v + 1 - beta; s = s + v**-0.5
    return 1.0 / np.sqrt(v) -> return s
        that is a sum of steps: the k-th alone is asked for
    size**2 -> size**2; s = size / v**0.5
    v = beta * v + (1 - beta) * 1.0 -> v = beta * v + 1 - beta; s = s + v**-0.5
    return 1.0 / np.sqrt(v) -> return s
        that is a sum of steps: the k-th alone is asked for
    1.0 / np.sqrt(v) -> (1 + beta * k * (1 - beta) * (size**2 - 1)) ** -0.5
        β is multiplied by k: in k steps the large square fades to βᵏ of it
    return 1.0 / np.sqrt(v) -> return np.sqrt(1 - beta) / np.sqrt(v)
        √(1 - β) is a factor too many: the step is 1/√v
    return 1.0 / np.sqrt(v) -> return 1 / np.sqrt(1 - beta) / np.sqrt(v)
        √(1 - β) is a factor too many: the step is 1/√v
    v = beta * v + (1 - beta) * 1.0 -> v = beta * v
    return 1.0 / np.sqrt(v) -> return 1.0 / np.sqrt(v + k * (1 - beta))
        the usual gradients do not fade in your v: after k steps they add up to 1 - βᵏ
    v = beta * v + (1 - beta) * 1.0 -> v = beta * v
    return 1.0 / np.sqrt(v) -> return 1.0 / np.sqrt(v + 1 - beta)
        only one gradient of 1 is in your v: all k of them add up to 1 - βᵏ
    size**2 -> (beta**k * size**2)
        βᵏ is squared, too: it is the square that fades to βᵏ of it
    v = beta * v + (1 - beta) * 1.0 -> v = 1 + (v - 1) * np.exp(beta - 1)
        βᵏ is the power itself: e^(-k(1 - β)) is near it for β near 1 only
    return 1.0 / np.sqrt(v) -> return 1.0 / np.sqrt(v / (1 - beta ** (k + 1)))
        you correct v, as Adam does: it begins at 1, not at 0
    v = beta * v + (1 - beta) * 1.0 -> v = beta * v
        the gradients of 1 are missing: v goes on with 1 - β times their square
    v = beta * v + (1 - beta) * 1.0 -> v = beta * v + 1.0
        the factor 1 - β is missing in the loop: v is an average
    v = beta * 1.0 + (1 - beta) * size**2 -> v = 1.0 + size**2
    v = beta * v + (1 - beta) * 1.0 -> v = v + 1.0
        that is AdaGrad: RMSprop lets the past fade
    range(k) -> range(k - 1)
        that is the step before: the k-th gradient of 1 is in v when its step is taken
    range(k) -> range(k + 1)
        that is the step after: count the steps after the large one
    range(k) -> range(0)
    1.0 / np.sqrt(v) -> size / np.sqrt(v)
        that is the large step itself: go on for k steps more
    1.0 / np.sqrt(v) -> 1.0 / v
        the root is missing: a step is g/√v
    1.0 / np.sqrt(v) -> np.sqrt(v)
        that is √v: a step is g/√v, with g = 1
    1.0 / np.sqrt(v) -> size / np.sqrt(v)
        the large gradient stands over the root: at the k-th step after it, g is 1
    return 1.0 / np.sqrt(v) -> return v
        that is v: a step is g/√v, with g = 1
    """
    v = beta * 1.0 + (1 - beta) * size**2
    for _ in range(k):
        v = beta * v + (1 - beta) * 1.0
    return 1.0 / np.sqrt(v)


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
    v / (1 - beta ** len(gradients)) -> 1.0
        that is a cycle from v = 1: v repeats itself, so look for the x that it leaves
    v / (1 - beta ** len(gradients)) -> np.mean(np.square(gradients))
        that is a cycle from v = 4.08, the mean of the squares: look for the x that the
        cycle leaves
    return total -> return 0.0
        your drift is 0: the three do not cancel, as each is divided by another √v
    v / (1 - beta ** len(gradients)) -> v
        that is the second cycle: v does not repeat itself yet
    v / (1 - beta ** len(gradients)) -> (1 + beta ** len(gradients)) * v
        that is the third cycle: v does not repeat itself yet
    (1 - beta) * g**2 -> g**2
    v / (1 - beta ** len(gradients)) -> 0.0
        that is the first cycle, without 1 - β: v is an average, and goes on
    / np.sqrt(v) -> / v
        the root is missing, or v is 4 all the time and the sign is flipped: a step is
        -g/√v, with the v of this step
    / np.sqrt(v) ->
        that is gradient descent, minus the sum of g, or the first step is missing: a
        cycle has three steps, each -g/√v
    g / np.sqrt(v) -> np.sign(g)
        that is sign descent: RMSprop divides by the root of an average, not by |g|
    return total -> return total / len(gradients)
        that is the drift in one step: sum over the cycle
    return total -> return -total / len(gradients)
        that is the drift in one step: sum over the cycle
    v = beta * v + (1 - beta) * g**2 -> old, v = v, beta * v + (1 - beta) * g**2
    np.sqrt(v) -> np.sqrt(old)
        the root is that of the old v: a gradient is in v when its own step is taken
    v = beta * v + (1 - beta) * g**2 -> old, v = v, beta * v + (1 - beta) * g**2
    - g / np.sqrt(v) -> + g / np.sqrt(old)
        the root is that of the old v, and the sign is flipped: a step is -g/√v
    v / (1 - beta ** len(gradients)) -> 0.0
    - g / np.sqrt(v) -> + g / np.sqrt(v)
        that is the first cycle, and its sign is flipped: a step is -g/√v
    in gradients: -> in gradients[::-1]:
        the gradients come in the reverse order: the first is 1, the last 1.5
    v / (1 - beta ** len(gradients)) -> 2 * v
        your x is 7: x - x/8 is 3.5
    v / (1 - beta ** len(gradients)) -> 8 * v
        your x is 28: x - x/8 is 3.5
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
    - g / np.sqrt(v) -> + abs(g) / np.sqrt(v)
        all three steps are positive: a step is -g/√v, and g has both signs
    - g / np.sqrt(v) -> - (g if g == 1 else -g) / np.sqrt(v)
        two of the signs are wrong: the steps -g/√v have the signs -, + and -
    return total -> return gradients[0] / np.sqrt(v) + total
        the first step is missing: a cycle has three
    return total -> return gradients[-1] / np.sqrt(v) + total
        the last step is missing: a cycle has three
    return total -> return -gradients[-1] / np.sqrt(v)
        that is the last step alone: sum the three
    total = total - g / np.sqrt(v) -> total = total - (g == -3) * g / np.sqrt(v)
        that is the large step alone: sum the three
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
    "x, y, log x",
    "Turned by 45°, both partial derivatives are alike in size, and RMSprop feels δ",
    cases=[
        (np.array([1e-2, 1e-4, 1e-6, 1e-8]),),
        (np.array([0.9, 0.3, 0.03, 1e-5, 2e-7]),),
    ],
)
def plot_turned_saddle(ax, deltas):
    """Draw RMSprop's steps away from the saddle J = θ₁θ₂, against the start.

    1 - deltas -> deltas
        you start at (1, δ), far from the ridge: the start is (1, 1 - δ)
    1 - deltas -> 1 - np.sqrt(2) * deltas
        you start at y = δ: from (1, 1 - δ) it is δ/√2
    1 - deltas -> 1 + deltas
    path[..., 0] - path[..., 1] -> path[..., 1] - path[..., 0]
        you start on the other side of the ridge: the start is (1, 1 - δ)
    1 - deltas -> np.ones_like(deltas)
        every count is 0: start at (1, 1 - δ), not on the ridge or at 0, and let the
        gradient be (θ₂, θ₁); what grows is y = (θ₁ - θ₂)/√2, and argmax finds where
    np.stack([np.ones_like(deltas), 1 - deltas], axis=-1) -> np.zeros((len(deltas), 2))
        every count is 0: start at (1, 1 - δ), not on the ridge or at 0, and let the
        gradient be (θ₂, θ₁); what grows is y = (θ₁ - θ₂)/√2, and argmax finds where
    theta[..., ::-1] -> theta[::-1]
        theta[::-1] exchanges the starts: theta[..., ::-1] swaps the two coordinates
    theta[..., ::-1] -> theta * [1, -1]
    (path[..., 0] - path[..., 1]) / np.sqrt(2) -> path[..., 1]
    [np.ones_like(deltas), 1 - deltas] -> [np.full_like(deltas, -1.5), deltas]
        that is the saddle along the axes: here J = θ₁θ₂, from (1, 1 - δ)
    far.argmax -> y.argmax
        argmax of y finds its top: the first place far enough is argmax of y >= 1
    far.argmax(axis=0) -> y[-1]
        that is y at the end of the walk: count the steps until it is 1
    RMSprop(0.05, beta=0.9) -> RMSprop(0.05, beta=0.1)
        your β is 0.1: it is 0.9
    theta[..., ::-1] -> theta
        every count is 0: start at (1, 1 - δ), not on the ridge or at 0, and let the
        gradient be (θ₂, θ₁); what grows is y = (θ₁ - θ₂)/√2, and argmax finds where
    path[..., 0] - path[..., 1] -> path[..., 1] - path[..., 0]
        every count is 0: start at (1, 1 - δ), not on the ridge or at 0, and let the
        gradient be (θ₂, θ₁); what grows is y = (θ₁ - θ₂)/√2, and argmax finds where
    .argmax(axis=0) -> .argmin(axis=0)
        every count is 0: start at (1, 1 - δ), not on the ridge or at 0, and let the
        gradient be (θ₂, θ₁); what grows is y = (θ₁ - θ₂)/√2, and argmax finds where
    theta[..., ::-1] -> theta * [1, -1]
        every count is 0: start at (1, 1 - δ), not on the ridge or at 0, and let the
        gradient be (θ₂, θ₁); what grows is y = (θ₁ - θ₂)/√2, and argmax finds where
    theta[..., ::-1] -> -theta[..., ::-1]
        every count is 0: start at (1, 1 - δ), not on the ridge or at 0, and let the
        gradient be (θ₂, θ₁); what grows is y = (θ₁ - θ₂)/√2, and argmax finds where
    path[..., 0] - path[..., 1] -> path[..., 0]
        every count is 0: start at (1, 1 - δ), not on the ridge or at 0, and let the
        gradient be (θ₂, θ₁); what grows is y = (θ₁ - θ₂)/√2, and argmax finds where
    path[..., 0] - path[..., 1] -> path[..., 1]
        every count is 0: start at (1, 1 - δ), not on the ridge or at 0, and let the
        gradient be (θ₂, θ₁); what grows is y = (θ₁ - θ₂)/√2, and argmax finds where
    (path[..., 0] - path[..., 1]) / np.sqrt(2) -> path[..., 0] - path[..., 1]
        √2 is missing: y is (θ₁ - θ₂)/√2
    (path[..., 0] - path[..., 1]) / np.sqrt(2) -> (path[..., 0] - path[..., 1]) / 2
        you divide by 2: y is (θ₁ - θ₂)/√2
    (path[..., 0] - path[..., 1]) / np.sqrt(2) -> path[..., 0] / 2
        you count until θ₁ is 2: it is y = (θ₁ - θ₂)/√2 that is to be 1
    [np.ones_like(deltas), 1 - deltas] -> [deltas, np.zeros_like(deltas)]
        you start at (δ, 0), near the saddle's centre: the start is (1, 1 - δ)
    .argmax(axis=0) -> .sum(axis=0)
        that is how many points are far enough: the first of them is asked for
    .argmax(axis=0) -> .argmax(axis=0) + 1
        the count is off by one: row t of a path is that after t steps
    .argmax(axis=0) -> .argmax(axis=0) - 1
        the count is off by one: row t of a path is that after t steps
    RMSprop(0.05, beta=0.9) -> RMSprop(0.05)
        β is the default of utils, 0.99: it is 0.9 here
    RMSprop(0.05, beta=0.9) -> RMSprop(0.01, beta=0.9)
        your η is smaller: it is 0.05
    RMSprop(0.05, beta=0.9) -> RMSprop(0.1, beta=0.9)
        your η is larger: it is 0.05
    RMSprop(0.05, beta=0.9) -> RMSprop(0.01, beta=0.9)
    rule, 200 -> rule, 1000
        your η is smaller: it is 0.05
    RMSprop(0.05, beta=0.9) -> SGD(0.05)
        that is gradient descent: RMSprop is asked for
    RMSprop(0.05, beta=0.9) -> SGD(0.05)
    rule, 200 -> rule, 1000
        that is gradient descent: RMSprop is asked for
    RMSprop(0.05, beta=0.9) -> AdaGrad(0.05)
        that is AdaGrad: RMSprop is asked for
    RMSprop(0.05, beta=0.9) -> AdaGrad(0.05)
    rule, 200 -> rule, 3000
        that is AdaGrad: RMSprop is asked for
    RMSprop(0.05, beta=0.9) -> Momentum(0.05)
        that is momentum: RMSprop is asked for
    RMSprop(0.05, beta=0.9) -> Adam(0.05)
        that is Adam: RMSprop is asked for
    rule, 200 -> rule, 50
        the walk is too short: from 1e-8 it takes more than 60 steps
    rule, 200 -> rule, 40
        the walk is too short: from 1e-8 it takes more than 60 steps
    rule, 200 -> rule, 30
        the walk is too short: from 1e-8 it takes more than 60 steps
    rule, 200 -> rule, 60
        the walk is too short: from 1e-8 it takes more than 60 steps
    RMSprop(0.05, beta=0.9) -> RMSprop(0.05, beta=0.9, eps=0.01)
        your ε is large: leave it at its tiny default
    ax.semilogx(deltas, -> ax.semilogx(1 - deltas,
        x is 1 - δ in your picture: draw the steps against δ itself
    ax.semilogx(deltas, -> ax.plot(deltas,
        the x axis is linear: draw with ax.semilogx
    """
    starts = np.stack([np.ones_like(deltas), 1 - deltas], axis=-1)
    rule = RMSprop(0.05, beta=0.9)
    path = descend(lambda theta, t: theta[..., ::-1], starts, rule, 200)
    y = (path[..., 0] - path[..., 1]) / np.sqrt(2)
    far = y >= 1
    ax.semilogx(deltas, far.argmax(axis=0))
