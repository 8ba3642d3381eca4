"""Ten exam problems on notebook 04, with their answers: for the teacher."""

import numpy as np

from notebooks.problems.question import Question, pick, problem
from utils import costs
from utils.descent import descend
from utils.optimizers import SGD, AdaGrad, Momentum, RMSprop


def steps_along(gradients, optimizer):
    """Return how far each step moves theta against a list of gradients."""
    path = descend(lambda theta, t: gradients[t - 1], [0.0], optimizer, len(gradients))
    return -np.diff(path[:, 0])


@problem(cell="average-name")
def weight(rng):
    """What is left of one gradient in v."""
    beta, k = pick(rng, [0.8, 0.9, 0.95], [3, 5, 8, 12])
    return Question(
        rf"RMSprop has $\beta = {beta}$. By which factor does a gradient's weight "
        f"in $v$ sink in the {k} steps after its own?",
        beta**k,
        {
            (1 - beta) * beta**k: "that is its weight itself: it began with $1-\\beta$",
            1
            - k * (1 - beta): r"each step multiplies by $\beta$, it does not subtract",
            (1 - beta) ** k: r"$\beta$ and $1-\beta$ are swapped",
            beta ** (k + 1): "one step too many",
        },
        why=r"each step multiplies what is in $v$ by $\beta$: $\beta^k$",
    )


@problem(cell="average-rules")
def adagrad(rng):
    """AdaGrad's steps against a steady gradient."""
    lr, g, n = pick(rng, [0.1, 0.3, 0.5], [0.2, 3, 7], [9, 16, 50, 100, 400])
    right = steps_along(np.full((n, 1), float(g)), AdaGrad(lr, eps=0))[-1]
    return Question(
        rf"AdaGrad, $\eta = {lr}$, starts from $s = 0$; the gradient is always {g}. "
        "How "
        f"long is step {n}?",
        right,
        {
            lr: "that is the first step: $s$ goes on growing",
            lr / n: r"the root is missing: $\sqrt s$ grows like $\sqrt t$",
            lr * g / np.sqrt(n): "the size of the gradient cancels: it is in $s$, too",
            lr * g: "that is SGD's step",
        },
        why=r"$s = n g^2$, so the step is $\eta\,g/(\sqrt n\,g)$",
    )


@problem(cell="average-fade")
def second_step(rng):
    """RMSprop's second step."""
    beta, g = pick(
        rng,
        [0.5, 0.6, 0.7, 0.8, 0.9],
        [(1, 2), (2, 1), (1, 3), (3, 1), (4, 3), (2, 3), (5, 2)],
    )
    v1, plain = (1 - beta) * g[0] ** 2, beta * g[0] ** 2 + g[1] ** 2
    v2 = beta * v1 + (1 - beta) * g[1] ** 2
    right = steps_along(np.array(g, float)[:, None], RMSprop(1.0, beta, eps=0))[1]
    return Question(
        rf"RMSprop, $\beta = {beta}$, $\epsilon = 0$, starts from $v = 0$. The "
        "gradients "
        rf"are {g[0]}, then {g[1]}. How many $\eta$ long is the second step?",
        right,
        {
            g[1] / np.sqrt(v1): "that is the old $v$: the step uses the new one",
            g[1] / np.sqrt(plain): r"the weights of a mean add up to 1: $1-\beta$ is "
            "missing before $g^2$",
            g[1] / v2: r"the root is missing: $\sqrt v$ divides",
            g[1] / np.sqrt(v2 / (1 - beta**2)): "that has Adam's bias correction",
            g[1] / np.sqrt(g[0] ** 2 + g[1] ** 2): "that is AdaGrad, which sums",
        },
        why=r"$g_2/\sqrt{v_2}$, $v_2 = \beta(1-\beta)g_1^2 + (1-\beta)g_2^2$",
    )


@problem(cell="bad-seen")
def first_step(rng):
    """RMSprop's first step."""
    lr, beta, g = pick(
        rng, [0.001, 0.01, 0.05], [0.9, 0.95, 0.99, 0.999], [3e-5, 0.02, 40]
    )
    return Question(
        rf"RMSprop, $\eta = {lr}$, $\beta = {beta}$, $\epsilon = 0$, starts from "
        f"$v = 0$. The first gradient is {g:g}. How long is the first step?",
        steps_along(np.array([[g]]), RMSprop(lr, beta, eps=0))[0],
        {
            lr: "that is Adam's: here $v$ is not corrected, and begins too small",
            lr / (1 - beta): r"the root is missing: $\sqrt{1-\beta}$",
            lr * np.sqrt(1 - beta): "$v$ is too small, so the step is too *long*",
            lr * g: "that is SGD's: the size of the gradient cancels",
        },
        why=r"$v = (1-\beta)\,g^2$, so the step is $\eta/\sqrt{1-\beta}$",
    )


@problem(cell="settle")
def settle(rng):
    """Where RMSprop ends in a ravine."""
    lr, low, high = pick(rng, [0.001, 0.004, 0.01, 0.02], [1, 2, 5], [20, 50, 100])
    return Question(
        rf"A ravine along the axes has the curvatures {low} and {high}; the gradient "
        "is "
        rf"exact. RMSprop runs on with $\eta = {lr}$ and $\beta = 0.9$. At which cost "
        "above the minimum does it end?",
        lr**2 * (low + high) / 8,
        {
            lr**2 * (low + high) / 2: r"it jumps between $\pm\eta/2$, not $\pm\eta$",
            lr**2 * (low + high) / 4: r"a half is missing: $J = "
            r"\frac12\sum\lambda_i\theta_i^2$",
            lr**2 * high / 8: "both directions jump: add the flat one",
            lr * (low + high) / 8: r"$\theta$ enters squared: $\eta^2$",
        },
        why=r"each $\theta_i = \pm\eta/2$: $\frac12\sum\lambda_i(\eta/2)^2$",
    )


@problem(cell="exercise-saddle")
def saddle(rng):
    """How long gradient descent stays on a saddle."""
    lr, digits = pick(rng, [0.05, 0.1, 0.2, 0.3], [3, 4, 6, 8, 12])
    far = digits * np.log(10)
    return Question(
        rf"Gradient descent starts on the saddle $J = \frac12(x^2-y^2)$ at "
        rf"$y = 10^{{-{digits}}}$, with $\eta = {lr}$. After how many steps is $y = "
        "1$? "
        "Do not approximate, and do not round.",
        far / np.log(1 + lr),
        {
            far / lr: r"that is for small $\eta$: $\ln(1+\eta)$, not $\eta$",
            digits / np.log(1 + lr): "the same logarithm above and below",
            far / -np.log(1 - lr): r"along $y$ the curvature is $-1$: each step "
            r"multiplies by $1+\eta$",
            1
            / lr: "that is a step of $\\eta$ each time, as sign descent takes it: the "
            "gradient is far smaller",
        },
        why=r"$y\,(1+\eta)^t = 1$",
    )


@problem(cell="exercise-memory-solution")
def forget(rng):
    """How long a bad batch is remembered."""
    beta, size = pick(rng, [0.9, 0.95, 0.99, 0.999], [2000, 3000, 5000, 10_000])
    return Question(
        f"One gradient is {size} times as large as all others. RMSprop has "
        rf"$\beta = {beta}$. After how many steps has what it added to $v$ sunk to the "
        "usual $g^2$?",
        np.log((1 - beta) * size**2) / -np.log(beta),
        {
            np.log((1 - beta) * size)
            / -np.log(beta): "the square is missing: $v$ holds $g^2$",
            np.log(size**2) / -np.log(beta): r"it comes in with the weight $1-\beta$",
            1 / (1 - beta): "that is the memory: so large a gradient is felt longer",
            np.log(2) / -np.log(beta): "that is the half-life: here more than half has "
            "to go",
        },
        why=r"$(1-\beta)\,s^2\beta^k = 1$, solved for $k$",
    )


def path_of(rule, change, size):
    """Return two paths in a ravine: as it is, and changed, then turned back."""
    ravine, angle = costs.quadratic(20), size if change == "turn" else 0
    Q, c = costs.rotation(angle), 1 if change == "turn" else size
    scales = np.array([1.0, c]) if change == "one" else np.array([c, c])
    plain = descend(ravine.gradient, ravine.start, rule, 10)
    other = descend(
        lambda theta, t: (scales * ravine.gradient(theta @ Q)) @ Q.T,
        Q @ ravine.start, rule, 10,
    )  # fmt: skip
    return plain, other @ Q


RULES = {
    "gradient descent": SGD(0.01),
    "momentum": Momentum(0.01, 0.5),
    "RMSprop": RMSprop(0.03, beta=0.9, eps=0.0),
    "AdaGrad": AdaGrad(0.3, eps=0.0),
}


@problem(cell="invariance")
def invariance(rng):
    """What changes the path, and what does not."""
    change, size, says = pick(
        rng,
        [
            ("turn", 30, "turn the cost and the start by 30°"),
            ("turn", 45, "turn the cost and the start by 45°"),
            ("cost", 2, "measure the cost in another unit, so that it is doubled"),
            ("cost", 3, "multiply the cost by 3"),
            ("one", 3, "multiply the gradient of *one* of the two parameters by 3"),
        ],
    )
    rule = pick(rng, [*RULES])
    before, after = path_of(RULES[rule], change, size)
    same = np.allclose(before, after)
    turned = "the same path, turned along" if change == "turn" else "the same path"
    return Question(
        f"On a ravine along the axes ($\\epsilon = 0$, the same $\\eta$) you {says}. "
        f"What does {rule} do?",
        turned if same else "it takes another path",
        {
            "it takes another path" if same else turned: (
                "a number in all of $g$, or in one coordinate, is in the root as well, "
                "and cancels"
                if rule in ("RMSprop", "AdaGrad") and same
                else "it adds gradients and multiplies them by numbers: a turned "
                "gradient gives a turned step"
                if same
                else "each coordinate is divided by a root of its own, and a turn "
                "mixes "
                "coordinates"
                if change == "turn"
                else "its steps grow with the gradient"
            ),
            "the same path, but in fewer steps": "the points on the way are compared "
            "one by one: count them",
            "it diverges": "the rate was small, and is small enough still",
        },
        why="scaled gradients cancel in $g/\\sqrt v$; turned ones do not: it is the "
        "other way round where nothing is divided",
    )


@problem(cell="average-name")
def own_rates(rng):
    """The rates of two parameters."""
    a, b, method = pick(rng, [20, 50, 300], [0.1, 0.4, 2], ["RMSprop", "AdaGrad"])
    times = a / b
    return Question(
        f"For long the gradients of $\\theta_1$ have had the size {a}, those of "
        f"$\\theta_2$ the size {b}; $\\epsilon$ is tiny. How do their own learning "
        "rates "
        f"compare in {method}?",
        f"that of θ₂ is {times:g} times as large",
        {
            f"that of θ₁ is {times:g} times as large": "upside down: a parameter with "
            "large gradients gets a small rate",
            f"that of θ₂ is {times**2:g} times as large": "$v$ holds squares, but the "
            "root is taken",
            "they are equal": "so they are in SGD; here the *steps* are about equal, "
            "because the rates are not",
        },
        why="the rate is $\\eta$ over the root of the squares: it goes like $1/|g|$",
    )


@problem(cell="exercise-drift")
def drift(rng):
    """Which way it drifts."""
    beta, small, large = pick(rng, [0.5, 0.6, 0.7, 0.8], [0.5, 1, 2], [2, 2.5, 3])
    g = small * np.array([1, 1, -large])
    path = steps_along(np.tile(g, 60)[:, None], RMSprop(1.0, beta, eps=0))
    right, signs, plain = path[-3:].sum(), 1.0, g.sum()

    def said(x):
        way = "down" if x > 0 else "up"
        return f"{way} by {abs(x):.2f} η" if x else "nowhere"

    return Question(
        rf"RMSprop, $\beta = {beta}$, $\epsilon = 0$, gets the gradients {g[0]:g}, "
        f"{g[1]:g} and {g[2]:g}, again and again. Which way does $\\theta$ go in one "
        "cycle, in the long run?",
        said(right),
        {
            said(-right): "the step is *minus* the gradient over the root",
            said(signs): "that is sign descent: the large one counts for more, though "
            "not in proportion",
            said(plain): "that is gradient descent: each is divided by the root of "
            "its own $v$",
        },
        why="$v$ repeats itself: find it for the three steps, then add $-g/\\sqrt v$",
    )
