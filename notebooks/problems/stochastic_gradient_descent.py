"""Ten exam problems on notebook 02, with their answers: for the teacher."""

import numpy as np

from notebooks.problems.question import Question, pick, problem


@problem(cell="words")
def steps(rng):
    """Steps in some epochs."""
    n, B, epochs = pick(rng, [500, 1000, 1197, 2000], [24, 32, 48, 64, 128], [3, 5, 8])
    whole = -(-n // B)
    return Question(
        f"There are {n} samples; batches have {B}, and each epoch is shuffled anew. "
        "How "
        f"many steps are {epochs} epochs?",
        epochs * whole,
        {
            epochs * (n // B): "the last, smaller batch of each epoch is a step, too",
            epochs * n: "that is for one sample at a time: a step takes a batch",
            whole: "that is one epoch",
            -(-epochs * n // B): "a batch does not reach into the next epoch: round up "
            "in each",
        },
        within=0.001,
        why=r"$\lceil n/B\rceil$ steps in each epoch",
    )


@problem(cell="floor-seen")
def batch_error(rng):
    """How far off a batch's gradient is."""
    sigma, B = pick(rng, [0.4, 1.2, 2.5, 6], [9, 16, 25, 64, 100, 400])
    return Question(
        f"The slopes that single samples see have the standard deviation {sigma}. "
        f"Batches of {B} are drawn with replacement. What is the standard deviation of "
        "a batch's slope?",
        sigma / np.sqrt(B),
        {
            sigma / B: "the *variance* falls like $1/B$, the error like its root",
            sigma**2 / B: r"that is the variance: take its root",
            sigma: "that is one sample: a mean of many scatters less",
            sigma
            * np.sqrt(B): "that is the scatter of the *sum*: a batch takes the mean",
        },
        why=r"the variance is $\sigma^2/B$",
    )


@problem(cell="fast")
def clocks(rng):
    """Which batch is faster, by a given clock."""
    c, B = pick(rng, [20, 50, 100, 300], [16, 32, 64])
    one, many = pick(rng, [1, 2], [4, 6, 8])
    samples, steps = np.array([one, many]), np.array([one, many]) / [1, B]
    time = samples + c * steps
    return Question(
        f"With single samples SGD needs {one} epoch{'s' * (one > 1)}, with batches of "
        f"{B} it needs {many}. A step costs its samples and a call, worth "
        f"{c} samples. How many times as long do single samples take as these batches?",
        time[0] / time[1],
        {
            samples[0] / samples[1]: "that counts samples alone: each step has a call",
            steps[0] / steps[1]: "that counts steps alone: samples cost something, too",
            time[1] / time[0]: "upside down",
            (1 + c) / (B + c): "that compares single steps: count how many there are",
        },
        why=r"time = samples + $c\,\cdot$ steps, for both",
    )


@problem(cell="noise-solved")
def floor(rng):
    """The noise floor of SGD, not approximated."""
    lr, curvature, sigma = pick(rng, [0.1, 0.2, 0.3], [2, 3, 4, 5], [0.5, 1.5, 2, 3])
    x = lr * curvature
    return Question(
        rf"$J = \frac12\lambda\theta^2$, $\lambda = {curvature}$. Each gradient has "
        rf"fresh noise of standard deviation $\sigma = {sigma}$. SGD runs on with "
        rf"$\eta = {lr}$. At which $\mathbb E\,\theta^2$ does it end? Do not "
        "approximate.",
        lr * sigma**2 / (curvature * (2 - x)),
        {
            lr * sigma**2 / (2 * curvature): r"that is for small $\eta$: here "
            rf"$\eta\lambda = {x:g}$ is not small beside 2",
            lr * sigma**2 / (2 * (2 - x)): r"that is the mean gap, $\frac\lambda2"
            r"\mathbb E\,\theta^2$",
            lr * sigma / (curvature * (2 - x)): r"the noise enters squared: $\sigma^2$",
            lr * sigma**2 / (curvature * (2 + x)): r"a sign: $1-(1-\eta\lambda)^2 = "
            r"\eta\lambda(2-\eta\lambda)$",
        },
        why=r"$v = (1-\eta\lambda)^2v + \eta^2\sigma^2$, solved for $v$",
    )


@problem(cell="rate")
def beyond(rng):
    """How fast it diverges above the border."""
    over, t, L = pick(rng, [0.02, 0.03, 0.05, 0.1], [40, 60, 100], [0.5, 4, 20])
    return Question(
        rf"A parabola has the curvature $L = {L}$; there is no noise. Gradient descent "
        rf"takes $\eta = {(2 + over) / L:.6g}$. By which factor has $|\theta|$ grown "
        f"after {t} steps?",
        (1 + over) ** t,
        {
            1 + over * t: "the factors of the steps multiply: they do not add up",
            (1 + over) ** (2 * t): "that is the cost, which has the square",
            (1 - over) ** t: r"it is above $2/L$, so it grows: $|1-\eta L|$ is "
            f"{1 + over:g}",
            1 + over: "that is one step",
        },
        why=r"each step multiplies by $|1-\eta L|$",
    )


@problem(cell="escape-noise")
def barrier(rng):
    """A barrier, in units of the temperature."""
    height, lr, sigma = pick(
        rng, [0.5, 0.72, 1.32, 2], [0.01, 0.02, 0.05, 0.1], [2.5, 3, 4, 5]
    )
    T = lr * sigma**2 / 2
    return Question(
        rf"SGD with $\eta = {lr}$ and noise of standard deviation $\sigma = {sigma}$ "
        "is "
        f"in a valley, whose way out is a climb of {height} in the cost. How many "
        "temperatures $T$ is that?",
        height / T,
        {
            height / (2 * T): r"$T = \eta\sigma^2/2$: the 2 is missing",
            2 * height / T: r"$T = \eta\sigma^2/2$, not a quarter: the mean gap is "
            r"$\frac12T$, the climb is counted in $T$",
            height / (lr * sigma / 2): r"the noise enters squared: $\sigma^2$",
            height / (lr**2 * sigma**2 / 2): r"one $\eta$ only: a step adds "
            r"$\eta^2\sigma^2$, and old noise is forgotten at the pace $\eta$",
            T / height: "upside down",
        },
        why=r"$T = \eta\sigma^2/2$; divide the climb by it",
    )


@problem(cell="board-figure")
def same_price(rng):
    """Steps of SGD for the price of gradient descent."""
    n, B, steps = pick(rng, [1024, 2048, 4096], [16, 32, 64, 128], [5, 10, 12])
    return Question(
        f"There are {n} samples. Gradient descent takes {steps} steps. How many steps "
        f"of SGD, with batches of {B}, look at as many samples?",
        steps * n // B,
        {
            steps: f"a step of gradient descent looks at all {n} samples",
            n // B: "that is for one step of gradient descent",
            steps * n: f"that is for single samples: a batch has {B}",
            steps * B: "each of its steps is worth as many of yours as there are "
            "batches in the data",
        },
        within=0.001,
        why=r"each step of gradient descent has the price of $n/B$ of SGD",
    )


@problem(cell="floor-seen")
def forgotten(rng):
    """When the start is forgotten."""
    lr, curvature, part = pick(rng, [0.001, 0.002, 0.005], [0.5, 2, 4], [10, 100, 1000])
    steps = np.log(part) / (2 * lr * curvature)
    return Question(
        rf"$J = \frac12\lambda\theta^2$ with $\lambda = {curvature}$, and SGD with "
        rf"$\eta = {lr}$. After how many steps is 1/{part} left of what $\mathbb "
        r"E\,\theta^2$ was above its noise floor at the start?",
        steps,
        {
            2 * steps: r"that is for $\theta$: its square is forgotten twice as fast",
            steps * curvature: r"$\lambda$ is missing: a step multiplies $\theta$ by "
            r"$1-\eta\lambda$",
            part / (2 * lr * curvature): r"the start fades like $e^{-2\eta\lambda t}$: "
            "take the logarithm",
            steps / np.log(10): "that is with the logarithm to the base 10: take the "
            "natural one",
        },
        within=0.02,
        why=r"$e^{-2\eta\lambda t}$ is that part, so $-2\eta\lambda t$ is "
        r"its logarithm",
    )


@problem(cell="break")
def same_floor(rng):
    """Batch size and rate at the same floor."""
    B, times, lr = pick(rng, [4, 8, 16], [2, 4, 9, 16], [0.001, 0.002, 0.005])
    return Question(
        rf"SGD has a small rate, $\eta = {lr}$, and $B = {B}$, and stands on its noise "
        f"floor. You take $B = {B * times}$. Which rate has the same floor, in fewer "
        "steps?",
        f"{lr * times:g}",
        {
            f"{lr * times**0.5:.3g}": r"the floor has $\sigma^2/B$, the variance: no "
            "root is left",
            f"{lr:g}": f"that has a floor {times} times lower, and takes as many steps",
            f"{lr / times:.3g}": "a larger batch has less noise: the rate may be "
            "larger",
            f"{lr * times**2:g}": r"the floor has one factor $\eta$, and one $1/B$",
        },
        why=r"for small rates the floor depends on $\eta\sigma^2/B$",
    )


@problem(cell="summary")
def summed(rng):
    """A sum in place of a mean."""
    B, lr = pick(rng, [16, 32, 64, 100], [0.1, 0.2, 0.4, 0.8])
    return Question(
        f"A colleague's program *adds up* the gradients of a batch of {B}, where yours "
        rf"takes their mean. Yours works well with $\eta = {lr}$. Which rate gives his "
        "the same walk?",
        f"{lr / B:.4g}",
        {
            f"{lr:g}": f"then his steps are {B} times as long",
            f"{lr * B:g}": "the other way round: his gradient is the longer one",
            f"{lr / B**0.5:.4g}": "the root is for the noise: the sum itself is "
            f"{B} times the mean",
            "there is none": "the sum is the mean times a number: the rate makes up "
            "for it",
        },
        why=f"the sum is {B} times the mean",
    )
