"""Ten exam problems on notebook 01, with their answers: for the teacher."""

import numpy as np

from notebooks.problems.question import Question, pick, problem
from utils.network import Network

UNITS = [  # of, into, how many times as large the numbers are
    ("metres", "millimetres", 1000),
    ("metres", "centimetres", 100),
    ("kilometres", "metres", 1000),
    ("hours", "minutes", 60),
    ("days", "hours", 24),
    ("kilograms", "grams", 1000),
    ("litres", "decilitres", 10),
    ("euros", "cents", 100),
]


@problem(cell="parts")
def parameters(rng):
    """Count the parameters of a network."""
    a, b, c = pick(rng, [8, 20, 64], [5, 12, 16, 30], [2, 3, 10])
    weights = a * b + b * c
    return Question(
        f"A network has {a} inputs, one hidden layer of {b} units, and {c} scores. How "
        "many parameters does it have?",
        Network((a, b, c)).size,
        {
            weights: "the biases are missing: each unit and each score has one",
            weights + b: "the scores have biases, too",
            weights + a + b + c: "inputs have no bias: they are only read",
            a * b * c: "layers are joined two by two: add the products",
        },
        within=0.0005,
        why="weights between neighbouring layers, and a bias for each unit and score",
    )


@problem(cell="model-cost")
def cross_entropy(rng):
    """The cost of three samples."""
    p = np.array(
        [pick(rng, [0.9, 0.8, 0.7]), pick(rng, [0.5, 0.4]), pick(rng, [0.1, 0.2])]
    )
    given = ", ".join(f"{x:g}" for x in p)
    return Question(
        f"Three samples. To the true class of each a network gives the probabilities "
        f"{given}. What is its cost, the cross-entropy?",
        -np.log(p).mean(),
        {
            -np.log(p).sum(): "that is the sum: the cost is the mean over the samples",
            -np.log(p.mean()): "first the logarithm of each, then the mean",
            -np.log10(p).mean(): "the logarithm is the natural one",
            1 - p.mean(): "the logarithm is missing: the cost of a sample is $-\\ln P$",
        },
        why=r"the mean of $-\ln P(\text{true class})$",
    )


@problem(cell="speed-border")
def border(rng):
    """The largest learning rate that does not diverge."""
    a, b = pick(rng, [2, 3, 4], [10, 16, 25, 40])
    return Question(
        rf"$J(x, y) = {a}x^2 + {b}y^2$. Above which learning rate does gradient "
        "descent "
        "diverge?",
        2 / (2 * b),
        {
            2 / b: rf"the second derivative of ${b}y^2$ is ${2 * b}$: a 2 comes down",
            1
            / (2 * b): "at $1/L$ the steep direction arrives in one step: it diverges "
            "above twice that",
            2 / (2 * a): "that is the border of the flat direction: the steepest one "
            "decides",
            2 / (2 * a + 2 * b): r"that is the *best* rate, $2/(\mu+L)$",
        },
        why=f"$2/L$, and the largest curvature is $L = {2 * b}$",
    )


@problem(cell="speed-best")
def steps(rng):
    """Steps to a small distance, at the best rate."""
    mu, kappa, digits = pick(rng, [0.1, 0.5, 2], [20, 50, 80, 200, 400], [2, 3, 4, 6])
    far = digits * np.log(10)
    rho, root = (kappa - 1) / (kappa + 1), np.sqrt(kappa)
    return Question(
        rf"The curvatures of a quadratic cost lie between ${mu}$ and ${mu * kappa:g}$. "
        "Gradient descent has its best constant rate. After how many steps is the "
        rf"distance to the minimum $10^{{-{digits}}}$ of that at the start?",
        far / -np.log(rho),
        {
            digits / -np.log(rho): rf"$10^{{-{digits}}}$ has to go through the same "
            "logarithm as the factor",
            far
            / -np.log(1 - 1 / kappa): r"that is with $\eta = 1/L$: the best rate is "
            r"$2/(\mu+L)$",
            far / -np.log((root - 1) / (root + 1)): r"$\sqrt\kappa$ is momentum's: "
            r"gradient descent pays $\kappa$",
            far / -np.log(rho) / 2: "that is for the cost, which has the square of the "
            "distance",
        },
        why=r"each step leaves $(\kappa-1)/(\kappa+1)$, "
        rf"$\kappa = {kappa}$; divide the logarithms",
    )


@problem(cell="exercise-walk")
def end_of_walk(rng):
    """How long the cost takes to fall along the floor."""
    lr, mu, L, part = pick(
        rng, [0.5, 1, 2], [0.004, 0.01, 0.02], [0.1, 0.2], [10, 50, 100]
    )
    return Question(
        rf"In a valley the curvatures are ${mu}$ along the floor and ${L}$ across; "
        rf"$\eta = {lr}$. Near the end of the walk, how many steps does the cost above "
        rf"its minimum take to fall to $1/{part}$?",
        np.log(part) / (-2 * np.log(1 - lr * mu)),
        {
            np.log(part) / -np.log(1 - lr * mu): "that is for the distance: the cost "
            "has its square",
            np.log(part) / (-2 * np.log(1 - lr * L)): "across, the walk is over long "
            "before: what is left at the end lies along the floor",
            np.log10(part)
            / (-2 * np.log(1 - lr * mu)): "take the same logarithm above and below",
            2 * np.log(part) / -np.log(1 - lr * mu): "the square makes it faster, not "
            "slower: divide by 2",
        },
        why=r"a step leaves $(1-\eta\mu)^2$ of the cost",
    )


@problem(cell="scale-seen")
def differences(rng):
    """What a gradient by differences would take."""
    P, seconds = pick(rng, [20_000, 90_000, 300_000, 1_200_000], [0.01, 0.03, 0.2])
    hours = 2 * P * seconds / 3 / 3600
    return Question(
        f"A network has {P:,} parameters. Its gradient by back-propagation takes "
        f"{seconds} seconds, three times as long as one cost. How many *hours* does it "
        "take by central differences?",
        hours,
        {
            3 * hours: "one cost takes a third of that time",
            hours / 2: "a central difference needs two costs for each parameter",
            hours * 3600: "those are seconds",
            3 * hours / 2: "two costs for each parameter, and a cost takes a third of "
            "the time of a gradient",
        },
        why=f"$2P$ costs, each of {seconds}/3 seconds",
    )


@problem(cell="depth-gains")
def depth(rng):
    """The signal at the end of a deep ReLU network."""
    s, layers = pick(rng, [1.0, 1.5, 1.8, 2.2, 2.5, 3.0], [10, 20, 30, 40])
    return Question(
        f"{layers} ReLU layers; the weights have mean 0 and variance $s/m$ for $m$ "
        rf"inputs, $s = {s}$. At the input $\mathbb E\,h^2 = 1$. What is it after the "
        "last layer, on average over the weights?",
        (s / 2) ** layers,
        {
            s**layers: "that is for linear layers: a ReLU loses half",
            s / 2: "that is the factor of one layer: the depth is its exponent",
            (s / 2) ** (layers / 2): r"that is the root mean square: $\mathbb E\,h^2$ "
            "was asked for",
            (s / 4) ** layers: "a ReLU loses half of the mean square, not three "
            "quarters",
        },
        why="each layer multiplies it by $s/2$",
    )


KINDS = {
    "a minimum": "for that, all would be positive",
    "a maximum": "for that, all would be negative",
    "a saddle": "for that, there would be some of both signs",
    "the Hessian alone does not say": "it does, unless some are 0 and the others of "
    "one "
    "sign",
}


@problem(cell="kinds")
def kinds(rng):
    """Classify a stationary point."""
    low = pick(rng, [-4, -0.2, 0, 0.3])
    middle, high = sorted([pick(rng, [-1, 0, 2]), pick(rng, [-3, 0.1, 5])])
    values = np.sort([low, middle, high])
    if values[0] < 0 < values[2]:
        right = "a saddle"
    elif 0 in values:
        right = "the Hessian alone does not say"
    else:
        right = "a minimum" if values[0] > 0 else "a maximum"
    return Question(
        "The gradient is 0, and the Hessian has exactly the eigenvalues "
        + ", ".join(f"${v:g}$" for v in values)
        + ". What is here?",
        right,
        {kind: why for kind, why in KINDS.items() if kind != right},
        why="the signs of the curvatures decide, if none is 0 or both signs are there",
    )


@problem(cell="scale")
def price(rng):
    """Count the multiplications of a gradient."""
    a, b, c = pick(rng, [20, 64, 100], [12, 16, 30], [2, 5, 10])
    n = pick(rng, [50, 100, 200])
    cost = n * (a * b + b * c)
    return Question(
        f"A network has {a} inputs, one hidden layer of {b} units, and {c} scores. How "
        f"many multiplications does its gradient over {n} samples take by "
        "back-propagation? (The first layer need not pass its error on.)",
        3 * cost - n * a * b,
        {
            cost: "that is one cost: backwards there are two things to find in each "
            "layer",
            3 * cost: "the first layer has nobody to pass its error on to",
            2 * cost: "backwards it is twice as much as forwards, but for the first "
            "layer",
            (3 * cost - n * a * b) // n: "that is for one sample",
        },
        within=0.0005,
        why="three costs, less one product of the first layer",
    )


@problem(cell="break")
def units(rng):
    """What a bad unit does to the curvature."""
    of, into, times = pick(rng, UNITS)
    return Question(
        f"You measure one input in {into} instead of {of}. What becomes of the "
        "curvature of the cost in the direction of its weight, at the same "
        "predictions?",
        f"it grows by {times**2:,}",
        {
            f"it grows by {times:,}": "that is the slope: the curvature is its change, "
            "and has the factor twice",
            "it stays": "the predictions stay, but a step of the same length changes "
            "them more",
            f"it shrinks by {times:,}": "the input grows, so the cost changes faster",
            f"it shrinks by {times**2:,}": "the input grows, so the cost changes "
            "faster",
        },
        why=f"the cost changes {times:,} times as fast with the weight, and its slope "
        "does so, too",
    )
