"""Ten exam problems on notebook 03, with their answers: for the teacher."""

import numpy as np

from notebooks.problems.question import Question, pick, problem
from utils.descent import descend
from utils.optimizers import Momentum


def way(gradients, beta):
    """Return how far momentum has come against a list of gradients, in lr."""
    rule, steps = Momentum(1.0, beta), len(gradients)
    return -descend(lambda theta, t: gradients[t - 1], [0.0], rule, steps)[-1, 0]


@problem(cell="update")
def three_steps(rng):
    """The way of three steps."""
    beta, g = pick(
        rng, [0.5, 0.6, 0.8, 0.9], [(1, 1, -1), (2, -1, 1), (1, 2, -2), (3, -1, -1)]
    )
    v1, v2 = g[0], beta * g[0] + g[1]
    v3 = beta * v2 + g[2]
    return Question(
        rf"Momentum, $v \leftarrow \beta v + g$ with $\beta = {beta}$, starts from "
        "rest. "
        f"The gradients are {g[0]}, {g[1]} and {g[2]}. How many $\\eta$ has $\\theta$ "
        "moved down in all after three steps? (Negative: up.)",
        way(np.array(g, float)[:, None], beta),
        {
            (1 - beta) * (v1 + v2 + v3): r"that is with $v = \beta v + (1-\beta)\,g$: "
            "here the gradient is added whole",
            v3: "that is the last step: add all three",
            v1 + v2: "each step uses the *new* $v$, so the third counts, too",
            1.0 * sum(g): "that is gradient descent: the velocity is missing",
        },
        why="$v$ step by step, then the sum of the three",
    )


@problem(cell="loop-sum")
def alternating(rng):
    """The velocity, if the gradient alternates."""
    beta, g = pick(rng, [0.5, 0.6, 0.7, 0.8, 0.9, 0.95], [0.3, 1.2, 2, 5])
    return Question(
        rf"The gradient is $+{g}, -{g}, +{g}, \dots$ Momentum has $\beta = {beta}$ and "
        r"$v \leftarrow \beta v + g$. Which size does $v$ have in the long run?",
        g / (1 + beta),
        {
            g / (1 - beta): "that is for a gradient that stays the same: here "
            "neighbours partly cancel",
            g * (1 - beta) / (1 + beta): "that is for a moving average: here the "
            "gradient is added whole",
            1.0 * g: "that is without memory: the last gradient is still in $v$, with "
            "the other sign",
            g * (1 - beta): "the sum goes on: older gradients have $\\beta^2$, "
            "$\\beta^3$, with alternating signs",
        },
        why=r"$g\,(1-\beta+\beta^2-\dots) = g/(1+\beta)$",
    )


@problem(cell="map")
def border(rng):
    """The largest rate that does not diverge."""
    beta, L = pick(rng, [0.2, 0.3, 0.4, 0.5, 0.6], [4, 8, 20, 50, 100])
    return Question(
        rf"Momentum with $\beta = {beta}$, $v \leftarrow \beta v + g$, on a quadratic "
        f"cost whose largest curvature is {L}. Above which learning rate does it "
        "diverge?",
        2 * (1 + beta) / L,
        {
            2 / L: "that is gradient descent's: momentum moves the border",
            2 / (L * (1 - beta)): r"at the border the gradient alternates: $1+\beta$, "
            r"not $1/(1-\beta)$",
            2 * (1 - beta) / L: "the border moves up, not down",
            (1 + np.sqrt(beta)) ** 2 / L: "there the direction ceases to swing: it "
            "still converges",
        },
        why=r"at $r = -1$: $\eta L = 2(1+\beta)$",
    )


@problem(cell="map-swing")
def swings(rng):
    """Steps in a direction that swings."""
    beta, x, part = pick(rng, [0.5, 0.64, 0.7, 0.81, 0.9], [0.3, 0.5, 0.8], [100, 1000])
    far = np.log(part)
    return Question(
        rf"A direction has $\eta\lambda = {x}$ and momentum $\beta = {beta}$: it "
        "swings. "
        rf"About how many steps does its error take to fall to $1/{part}$, if each "
        r"leaves the shrink factor $\rho$?",
        2 * far / -np.log(beta),
        {
            far
            / -np.log(beta): r"$\beta$ is the product of the two roots: each has the "
            r"size $\sqrt\beta$",
            far / -np.log(1 - x): r"that is gradient descent: inside the dashed line "
            r"$\eta$ does not matter",
            2 * np.log10(part) / -np.log(beta): "the same logarithm above and below",
            4
            * far
            / -np.log(beta): r"that is $\sqrt\rho$: a step leaves $\rho$ itself",
        },
        why=r"$\rho = \sqrt\beta$, and $\rho^t$ is to be that small",
    )


@problem(cell="polyak")
def best_beta(rng):
    """Polyak's momentum."""
    kappa = pick(rng, [9, 16, 25, 36, 49, 64, 81, 121, 144, 196, 225, 400])
    root = np.sqrt(kappa)
    rho = (root - 1) / (root + 1)
    return Question(
        rf"A quadratic cost has $\kappa = {kappa}$. Which $\beta$ is in Polyak's pair?",
        rho**2,
        {
            rho: r"that is $\rho$, what is left of the error: $\beta = \rho^2$",
            ((kappa - 1) / (kappa + 1)) ** 2: r"the root of $\kappa$ is missing",
            1 - 1 / root: r"that is a large-$\kappa$ guess of another method's factor: "
            "solve the two equations at the ends of the bar",
            (root - 1) / root / (root + 1): "the square belongs to the whole fraction",
        },
        within=0.005,
        why=r"$\sqrt\beta = (\sqrt\kappa-1)/(\sqrt\kappa+1)$",
    )


@problem(cell="polyak")
def best_rate(rng):
    """Polyak's rate."""
    mu, L = pick(rng, [0.25, 0.5, 1, 2], [4, 6, 9, 12, 16, 25])
    return Question(
        f"The curvatures of a quadratic cost lie between {mu} and {L}. Which learning "
        "rate is in Polyak's pair?",
        4 / (np.sqrt(L) + np.sqrt(mu)) ** 2,
        {
            2 / (L + mu): "that is the best of gradient descent",
            4 / (L + mu): "the roots are missing: square the *sum of the roots*",
            2 / L: r"that is the border without momentum",
            4 / (np.sqrt(L) + np.sqrt(mu)): "the square is missing",
        },
        within=0.005,
        why=r"$\eta = 4/(\sqrt L+\sqrt\mu)^2$",
    )


@problem(cell="convention")
def convention(rng):
    """From one convention to the other."""
    lr, beta, into = pick(rng, [0.02, 0.05, 0.1, 0.4], [0.8, 0.9, 0.95, 0.99], [0, 1])
    forms = [r"v \leftarrow \beta v + g", r"v \leftarrow \beta v + (1-\beta)\,g"]
    right = lr / (1 - beta) if into else lr * (1 - beta)
    return Question(
        rf"A recipe with ${forms[1 - into]}$ says $\eta = {lr}$, $\beta = {beta}$. "
        "Your "
        rf"program has ${forms[into]}$. Which $\eta$ gives the same path?",
        right,
        {
            lr**2 / right: "the other way round: the average is the shorter $v$, and "
            "needs the larger rate",
            lr: "the same name, but another length of $v$",
            lr / beta if into else lr * beta: r"it is $1-\beta$ that is in one $v$ and "
            "not in the other",
            lr / (1 - beta) ** 2 if into else lr * (1 - beta) ** 2: r"$1-\beta$ comes "
            "in once",
        },
        why=r"the average is $1-\beta$ times the sum",
    )


CHARACTERS = {
    "crawls": "for that, both roots are real and positive",
    "swings": "for that, the roots are complex",
    "bounces": "for that, both roots are real and negative, above $-1$",
    "diverges": "for that, a root is larger than 1 in size",
}


@problem(cell="four")
def character(rng):
    """Crawl, swing, bounce or diverge."""
    beta, place = pick(rng, [0.1, 0.2, 0.3, 0.4], [0, 1, 2, 3])
    low, high = (1 - np.sqrt(beta)) ** 2, (1 + np.sqrt(beta)) ** 2
    inside = [low / 2, (low + high) / 2, (high + 2 * (1 + beta)) / 2, 2.3 * (1 + beta)]
    x = round(inside[place], 2)
    roots = np.roots([1, -(1 + beta - x), beta])
    if np.abs(roots).max() > 1:
        right = "diverges"
    elif np.iscomplex(roots).any():
        right = "swings"
    else:
        right = "crawls" if roots.real.min() > 0 else "bounces"
    return Question(
        rf"Along one direction $\eta\lambda = {x:g}$, and momentum has $\beta = "
        rf"{beta}$. "
        "What does the error do in the long run?",
        right,
        {name: why for name, why in CHARACTERS.items() if name != right},
        why=r"the roots of $r^2-(1+\beta-\eta\lambda)\,r+\beta = 0$ tell",
    )


@problem(cell="count-seen")
def times_the_steps(rng):
    """What a larger condition number costs."""
    small, times = pick(rng, [50, 100, 400], [4, 9, 16, 25, 100])
    root = int(np.sqrt(times))
    return Question(
        rf"The condition number grows from {small} to {small * times}. About how many "
        "times as many steps does momentum take, with Polyak's pair?",
        f"{root} times",
        {
            f"{times} times": r"that is gradient descent, which pays $\kappa$",
            "as many": r"in the long run all are equally fast, but $\rho$ has come "
            "nearer to 1",
            f"{times**2} times": r"that would be $\kappa^2$",
        },
        why=r"$\rho \approx 1-2/\sqrt\kappa$: it pays $\sqrt\kappa$",
    )


@problem(cell="control-solution")
def control(rng):
    """The rate of SGD that is the control of momentum."""
    lr, beta = pick(rng, [0.01, 0.02, 0.05, 0.2], [0.5, 0.8, 0.95, 0.98])
    right = lr / (1 - beta)
    return Question(
        r"A network was trained with momentum, $v \leftarrow \beta v + g$, with "
        rf"$\eta = {lr}$ and $\beta = {beta}$. At which $\eta$ are SGD's steps as "
        "long, along a gradient that stays the same?",
        f"{right:.3g}",
        {
            f"{lr:.3g}": r"then they are $1-\beta$ times as long: $v$ is longer than "
            "$g$",
            f"{lr * (1 - beta):.3g}": r"the wrong way round: $v$ is $1/(1-\beta)$ "
            "times $g$, so SGD needs the larger rate",
            f"{lr * (1 + beta):.3g}": r"$1+\beta$ belongs to the border "
            r"$2(1+\beta)/L$, not to the length of a step",
        },
        why=r"in the long run $v = g/(1-\beta)$",
    )
