"""Ten exam problems on notebook 05, with their answers: for the teacher."""

import numpy as np

from notebooks.problems.cost_landscape import UNITS
from notebooks.problems.question import Question, pick, problem
from utils.descent import descend
from utils.optimizers import Adam


def steps_along(gradients, optimizer):
    """Return how far each step moves theta against a list of gradients."""
    path = descend(lambda theta, t: gradients[t - 1], [0.0], optimizer, len(gradients))
    return -np.diff(path[:, 0])


@problem(cell="contains")
def first_step(rng):
    """The first step of one parameter of two."""
    lr, large, small = pick(
        rng, [0.001, 0.002, 0.01, 0.03], [40, 250, 1300], [0.004, 0.02, 0.3]
    )
    (right,) = steps_along([np.array([small])], Adam(lr))
    return Question(
        rf"Adam starts with $\eta = {lr}$, $\beta_1 = 0.9$, $\beta_2 = 0.999$ and "
        rf"$\epsilon = 10^{{-8}}$. The first gradient is ${large}$ in $\theta_1$ and "
        rf"${small}$ in $\theta_2$. How far does $\theta_2$ move in the first step?",
        right,
        {
            lr * small: r"that is SGD's step: Adam divides $\hat m$ by $\sqrt{\hat v}$",
            lr * 0.1: r"only $v$ is corrected: $m$ is divided by $1-\beta_1$ as well",
            lr * 0.1 / np.sqrt(0.001): "the bias correction is left out: divide $m$ "
            r"by $1-\beta_1^t$ and $v$ by $1-\beta_2^t$ first",
            lr * small / large: r"each parameter has its own $v$: $\theta_2$ is not "
            r"divided by the gradient of $\theta_1$",
        },
        why=r"$\hat m = g$ and $\sqrt{\hat v} = |g|$: every first step is $\eta$ long",
    )


@problem(cell="bias")
def share(rng):
    """How much of the mean square is in v."""
    beta, t = pick(rng, [0.99, 0.995, 0.998, 0.999], [20, 50, 100, 200, 400])
    return Question(
        rf"All gradients have the same mean square, and $v$ starts at 0, with "
        rf"$\beta_2 = {beta}$. Which share of the true mean square does $v$ hold after "
        rf"{t} steps, on average, before it is corrected?",
        1 - beta**t,
        {
            beta**t: r"$\beta_2^t$ is the share that is missing: subtract it from 1",
            1 - beta: r"that is the share after one step: the exponent $t$ is missing",
            t * (1 - beta): "old gradients fade: the weights are a geometric series, "
            "and not all the same",
            np.sqrt(1 - beta**t): r"the root is that of $\sqrt v$: $v$ was asked for",
        },
        within=0.005,
        why=r"the weights of $t$ gradients sum to $1-\beta_2^t$",
    )


@problem(cell="recipe")
def second_step(rng):
    """The length of the second step."""
    first, times, beta1, beta2 = pick(
        rng, [1, 2, 4], [3, -2, -3, 5], [0.8, 0.9], [0.96, 0.99, 0.999]
    )
    g = np.array([first, times * first], float)
    m = beta1 * (1 - beta1) * g[0] + (1 - beta1) * g[1]
    v = beta2 * (1 - beta2) * g[0] ** 2 + (1 - beta2) * g[1] ** 2
    m_hat, v_hat = m / (1 - beta1**2), v / (1 - beta2**2)
    return Question(
        rf"Adam, $\beta_1 = {beta1}$, $\beta_2 = {beta2}$, $\epsilon = 0$, starts from "
        rf"rest. The first gradient is ${first}$, the second ${times * first}$. How "
        r"many $\eta$ long is the *second* step, whatever its direction?",
        abs(steps_along(g[:, None], Adam(1.0, beta1, beta2, eps=0))[1]),
        {
            abs(m) / np.sqrt(v): "the bias correction is left out: with $t = 2$ divide "
            r"by $1-\beta_1^2$ and $1-\beta_2^2$",
            abs(m) / (1 - beta1) / np.sqrt(v / (1 - beta2)): "the correction is that "
            "of $t = 1$: this is step 2",
            1.0: "that is the first step: in the second, $m$ remembers two gradients",
            abs(m_hat) / v_hat: r"the root is missing: $\sqrt{\hat v}$ divides",
        },
        why=r"$\hat m_2/\sqrt{\hat v_2}$, with $1-\beta_1^2$ and $1-\beta_2^2$",
    )


@problem(cell="brake")
def uncorrected(rng):
    """The step without the bias correction."""
    beta1, beta2, t = pick(
        rng, [0.8, 0.9, 0.95], [0.98, 0.99, 0.995, 0.999], [1, 2, 3, 5, 10]
    )
    m, v = 1 - beta1**t, 1 - beta2**t
    return Question(
        rf"You leave the bias correction out of Adam, with $\beta_1 = {beta1}$, "
        rf"$\beta_2 = {beta2}$ and $\epsilon = 0$. How many times as long as before is "
        rf"step {t}?",
        m / np.sqrt(v),
        {
            m: "that is what happens to $m$ alone: $v$ is too small as well",
            1 / np.sqrt(v): "that is what happens to the denominator alone: $m$ is too "
            "small as well",
            m / v: r"the root is missing: the step has $\sqrt v$ in the denominator",
            np.sqrt(v) / m: "upside down: that is what the correction does to the step",
        },
        why=r"$r(t) = (1-\beta_1^t)/\sqrt{1-\beta_2^t}$",
    )


@problem(cell="units")
def spike(rng):
    """One gradient after a long silence."""
    beta1, beta2 = pick(
        rng, [0.5, 0.6, 0.7, 0.8, 0.9, 0.95], [0.98, 0.99, 0.995, 0.998, 0.999]
    )
    return Question(
        r"A feature has never been seen: for 100,000 steps the gradient of its weight "
        r"was 0. Now it has one gradient of 1. How many $\eta$ does Adam move the "
        rf"weight in this step? ($\beta_1 = {beta1}$, $\beta_2 = {beta2}$, "
        r"$\epsilon = 0$)",
        (1 - beta1) / np.sqrt(1 - beta2),
        {
            1.0: "that is the first step: now $t$ is large, and nothing is corrected",
            (1 - beta1) / np.sqrt((1 - beta2) * (1 - beta1**2 / beta2)): "that is the "
            "longest of all steps: it takes gradients that grow step by step",
            (1 - beta1) / (1 - beta2): r"the root is missing: $\sqrt v$ divides",
            (1 - beta2) / np.sqrt(1 - beta1): r"$\beta_1$ and $\beta_2$ are swapped: "
            r"$\beta_1$ belongs to $m$",
        },
        why=r"$m = 1-\beta_1$, $v = 1-\beta_2$, and both corrections have faded",
    )


@problem(cell="bound")
def longest(rng):
    """The longest possible step."""
    beta1, beta2 = pick(
        rng, [0.5, 0.6, 0.7, 0.8, 0.9], [0.95, 0.98, 0.99, 0.995, 0.998]
    )
    q = beta1**2 / beta2
    return Question(
        rf"Adam, $\beta_1 = {beta1}$, $\beta_2 = {beta2}$, $\epsilon = 0$, long after "
        r"the start. How many $\eta$ long can one step be at most, whatever the "
        "gradients?",
        (1 - beta1) / np.sqrt((1 - beta2) * (1 - q)),
        {
            1.0: r'"at most $\eta$" is folklore: growing gradients give more',
            (1 - beta1) / np.sqrt(1 - beta2): "that is one spike after a silence: "
            "gradients that grow after it give more",
            (1 - beta1) / np.sqrt((1 - beta2) * (1 - beta1 / beta2)): r"$\beta_1$ has "
            r"to be squared: the ratio of the series is $\beta_1^2/\beta_2$",
            (1 - beta1) / ((1 - beta2) * (1 - q)): "the root is missing",
        },
        why="by Cauchy and Schwarz "
        r"$(1-\beta_1)/\sqrt{(1-\beta_2)(1-\beta_1^2/\beta_2)}$",
    )


@problem(cell="floor-solution")
def floor(rng):
    """Adam's noise floor."""
    lr, curvature, sigma = pick(
        rng, [0.001, 0.002, 0.005, 0.01], [0.5, 2, 3, 4, 5], [0.5, 2, 3, 4, 6]
    )
    return Question(
        rf"On $J = \frac12\lambda\theta^2$ with $\lambda = {curvature}$ each gradient "
        rf"has noise of standard deviation $\sigma = {sigma}$, far larger than the "
        rf"gradient itself. Adam runs on with $\eta = {lr}$. Where is its noise floor, "
        r"$\mathbb E\,\theta^2$, for small $\eta$?",
        lr * sigma / (2 * curvature),
        {
            lr * sigma**2 / (2 * curvature): r"that is SGD's: Adam divides by "
            r"$\sqrt{\hat v} \approx \sigma$, so one $\sigma$ goes away",
            lr / (2 * curvature): r"only one $\sigma$ goes away: the rate is "
            r"$\eta/\sigma$, the noise still $\sigma^2$",
            lr * sigma / curvature: r"a 2 is missing: SGD's floor is "
            r"$\eta\sigma^2/2\lambda$",
            lr * sigma / 4: r"that is the mean of $J$, $\frac12\lambda\theta^2$: "
            r"$\theta^2$ was asked for",
        },
        why=r"SGD's floor with $\eta/\sigma$ in place of $\eta$: $\eta\sigma/2\lambda$",
    )


METHODS = {
    "RMSprop, with a corrected v": r"$\beta_1 = 0$, the rest as usual",
    "momentum, averaged and corrected": r"$\epsilon$ huge, and $\eta$ grown with it",
    "sign descent": r"$\beta_1 = \beta_2 = 0$ and $\epsilon = 0$",
}


@problem(cell="contains")
def contains(rng):
    """What Adam is with other settings."""
    right = pick(rng, [*METHODS])
    wrong = {
        name: f"that takes {setting}" for name, setting in METHODS.items()
    } | {"SGD": r"that takes $\beta_1 = 0$, so that nothing is remembered, and a huge "
         r"$\epsilon$, so that nothing is divided"}  # fmt: skip
    del wrong[right]
    return Question(
        f"You set {METHODS[right]}. What is Adam now?",
        right,
        wrong,
        why=r"put it into $\hat m/(\sqrt{\hat v}+\epsilon)$, and see what is left",
    )


def first_steps(beta1, beta2, eps, g):
    """Return the length of the first step, in lr, of Adams with one bug each."""
    m, v = (1 - beta1) * g, (1 - beta2) * g**2
    return {
        "no bias correction": m / np.sqrt(v),
        "only m is corrected": g / np.sqrt(v),
        "only v is corrected": m / g,
        "ε is inside the root": g / np.sqrt(g**2 + eps),
        "the root is missing": g / g**2,
    }


@problem(cell="hunt")
def bug(rng):
    """Name the bug by two first steps."""
    beta1, beta2, g = pick(rng, [0.8, 0.9, 0.95], [0.98, 0.999], [1e-4, 3e-4])
    large = first_steps(beta1, beta2, 1e-8, 1.0)
    small = first_steps(beta1, beta2, 1e-8, g)
    told = {bug: f"{large[bug]:.3g} and {small[bug]:.3g}" for bug in large}
    right = pick(rng, [*told])
    wrong = {
        bug: rf"then the first steps would be {steps} $\eta$ long: put $t = 1$ into "
        "each line" for bug, steps in told.items() if bug != right
    }  # fmt: skip
    return Question(
        rf"An Adam with one bug, $\beta_1 = {beta1}$, $\beta_2 = {beta2}$, "
        rf"$\epsilon = 10^{{-8}}$. From rest, its first step is {large[right]:.3g} "
        rf"$\eta$ long for a gradient of 1, and {small[right]:.3g} $\eta$ for one of "
        f"{g:g}. Which bug is it?",
        right,
        wrong,
        why=r"at $t = 1$ a right Adam has $\hat m = g$, $\sqrt{\hat v} = |g|$, and 1 "
        r"$\eta$ both times; put the bug in",
    )


@problem(cell="units")
def unit(rng):
    """A feature in another unit."""
    of, into, times = pick(rng, UNITS)
    return Question(
        f"A linear model is fitted with Adam, $\\epsilon = 0$, from zero. You measure "
        f"one feature in {into} instead of {of}. What must become of the rate of its "
        "weight, if the predictions are to take the same path?",
        f"{times} times smaller",
        {
            f"{times**2:,} times smaller": "that is right for SGD, whose gradient "
            "grows as well: Adam divides by the gradient's size",
            "the same": "the scale of the gradient cancels, that of the weight does "
            f"not: the weight is {times} times smaller, and so must its steps be",
            f"{times} times larger": "the other way round: the numbers grow, so the "
            "weight shrinks",
            f"{times**2:,} times larger": "the weight shrinks, and Adam does not see "
            "the size of the gradient",
        },
        why="Adam's $\\eta$ has the unit of the parameter, and that one is "
        f"{times} times smaller",
    )
