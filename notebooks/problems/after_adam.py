"""Exam problems on notebook 09, with their answers: for the teacher."""

import numpy as np

from notebooks.problems.question import Question, pick, problem


@problem(cell="lion")
def lion(rng):
    """One step of Lion."""
    m, g, lr = pick(rng, [0.2, 0.4, 0.5], [-1.0, -3.0, -6.0, -9.0], [0.01, 0.02, 0.05])
    c = 0.9 * m + 0.1 * g
    return Question(
        f"Lion with $\\beta_1 = 0.9$, $\\beta_2 = 0.99$ and $\\eta = {lr}$. A "
        f"parameter is at $\\theta = 1$, with $m = {m}$ and the gradient ${g:g}$. "
        "Where is it after the step?",
        1 - lr * np.sign(c),
        {
            1 - lr * c: "the size of the average does not matter: its sign does",
            1 - lr * g: "that is gradient descent",
            1 + lr * np.sign(c): "the step goes against the average",
        },
        why=r"$c = \beta_1 m + (1-\beta_1)\,g$, $\theta - \eta\,\operatorname{sign} c$",
    )


@problem(cell="sign")
def muon(rng):
    """The singular values of a step."""
    s, lr, n = pick(rng, [8, 12, 20], [0.01, 0.02, 0.05], [16, 64, 100])
    return Question(
        f"Muon's average $M$ of a square matrix with {n} rows has the largest singular "
        f"value {s}, and none is 0. With $\\eta = {lr}$ and the factor $\\sqrt n$: how "
        "large is the largest singular value of the step?",
        lr * np.sqrt(n),
        {
            lr * np.sqrt(n) * s: "the singular values of $M$ are set to 1",
            lr: f"the factor $\\sqrt{{{n}}}$ is missing",
            lr * n: "the factor is $\\sqrt n$",
            lr * s: "that is momentum's step",
        },
        why="all singular values of $UV^\\top$ are 1",
    )


@problem(cell="newton-exercise")
def newton_schulz(rng):
    """What one round does to a singular value."""
    s = pick(rng, [0.05, 0.1, 0.2, 0.3, 0.4, 0.6, 0.7, 0.8])
    return Question(
        r"$X \leftarrow \frac32 X - \frac12 X X^\top X$. "
        f"$X$ has the singular value {s}. What becomes of it in one round?",
        1.5 * s - 0.5 * s**3,
        {
            1.5 * s - 0.5 * s**2: r"$X X^\top X$ has three factors: $s^3$",
            1.5 * s: "that is the first term: it leads for small values alone",
            1.5 - 0.5 * s**2: "each term has one factor $s$ more",
            1.0: "that is where it goes, after many rounds",
        },
        why=r"$\frac32 s - \frac12 s^3$",
    )


@problem(cell="free")
def average(rng):
    """One step of the average."""
    t, x, z = pick(rng, [4, 5, 10, 20], [1.0, 2.0], [0.2, 0.5])
    return Question(
        f"Schedule-Free is at step {t}. Its average $x$ was {x:g}, and the new $z$ is "
        f"{z}. Where is $x$ now?",
        x + (z - x) / t,
        {
            x + (z - x) / (t + 1): "the new $z$ is the one of step $t$",
            (x + z) / 2: f"the new $z$ is one of {t} places",
            z + (x - z) / t: "$x$ and $z$ are exchanged",
            x + (z - x) / 10: "the 0.9 is for the place of the gradient",
        },
        why="$x + (z - x)/t$",
    )


@problem(cell="used-told")
def adafactor(rng):
    """How many squares Adafactor keeps."""
    rows, columns = pick(rng, [16, 64, 512], [256, 1000, 30_000])
    return Question(
        f"A matrix of parameters has {rows} rows and {columns:,} columns. How many "
        "numbers does Adafactor keep for its squares?",
        f"{rows + columns:,}",
        {
            f"{rows * columns:,}": "that is Adam's $v$, one for each parameter",
            f"{2 * rows * columns:,}": "those are Adam's $m$ and $v$",
            f"{rows**2 + columns**2:,}": "that is Shampoo: two square matrices",
            f"{min(rows, columns):,}": "rows *and* columns: a mean for each",
        },
        why="a mean for each row and for each column",
    )


ARRAYS = {
    "the momentum method": 1,
    "Adam": 2,
    "Lion": 1,
    "Schedule-Free": 2,
}


@problem(cell="cost-table")
def memory(rng):
    """What an optimizer keeps in memory."""
    name, million = pick(rng, [*ARRAYS], [100, 500, 2000, 7000])
    size = 4 * million / 1000  # gigabytes of one array
    return Question(
        f"A model has {million:,} million parameters, 4 bytes each. How many gigabytes "
        f"does {name} keep from step to step, beside the parameters?",
        ARRAYS[name] * size,
        {
            (3 - ARRAYS[name]) * size: "count its arrays of the size of $\\theta$",
            (1 + ARRAYS[name]) * size: "the parameters themselves do not count",
            ARRAYS[name] * size / 4: "each number has 4 bytes",
        },
        why="momentum and Lion keep one array, Adam and Schedule-Free two",
    )


@problem(cell="one-exercise")
def missing(rng):
    """A gradient that lacks directions."""
    rows, columns, r = pick(rng, [64, 100, 256], [16, 25, 36], [1, 2, 4, 9])
    return Question(
        f"The average $M$ of a {rows} × {columns} matrix has {r} singular values that "
        "are not 0, and Muon makes no step in the other directions. How large is the "
        "root mean square of the numbers of its step, in units of $\\eta$? (The factor "
        f"is $\\sqrt n$, with $n = {rows}$.)",
        np.sqrt(r / columns),
        {
            1.0: f"that is for all {columns} directions",
            np.sqrt(r / (rows * columns)): "the factor $\\sqrt n$ is missing",
            np.sqrt(r * rows): "that is not the mean: divide by the number of numbers",
            r / columns: "that is the mean square: take its root",
        },
        why="the squares of $UV^\\top$ add up to the number of directions",
    )


@problem(cell="lion-seen")
def farthest(rng):
    """How far Lion can go."""
    lr, steps = pick(rng, [0.001, 0.002, 0.005], [64, 100, 256, 400])
    return Question(
        f"Lion runs {steps} steps with $\\eta = {lr}$, without decay. How far can a "
        "parameter be from its start at the end, at most?",
        lr * steps,
        {
            lr * np.sqrt(steps): "that is for signs that change at random",
            lr: "that is one step",
            lr * steps / 0.1: "the average does not lengthen a sign",
            lr * steps * 0.9: "the sign of the average is a whole sign",
        },
        why="each step is $\\eta$ long, in every parameter",
    )


SCALED = {"SGD": False, "the momentum method": False, "Lion": True, "Muon": True}


@problem(cell="muon-seen")
def scaled(rng):
    """Who minds the scale of the gradient."""
    times, name = pick(rng, [10, 100, 1000], [*SCALED])
    why = {
        "nothing": "it looks at signs or directions alone, not at sizes",
        f"its steps are {times} times as long": "it multiplies the gradient by $\\eta$",
        f"its steps are {times} times as short": "no method here divides twice",
        f"its steps are {times**0.5:.0f} times as long": "a root would be in no rule",
    }
    options = [*why]
    right = options[0] if SCALED[name] else options[1]
    return Question(
        f"From the first step on, all gradients are multiplied by {times}; the places "
        f"where they are taken stay the same. What becomes of the steps of {name}?",
        right,
        {option: reason for option, reason in why.items() if option != right},
        why="is the size of the gradient in the step?",
    )


GIVEN = {
    "a hidden layer's weights": "Muon",
    "a bias": "AdamW",
    "an embedding": "AdamW",
    "the output layer": "AdamW",
}


@problem(cell="rule-told")
def given(rng):
    """To whom Muon's authors give a parameter."""
    part = pick(rng, [*GIVEN])
    why = {
        "Muon": "only the matrices of hidden layers get Muon's step",
        "AdamW": "a hidden layer's matrix is what Muon is for",
        "gradient descent": "no part of a large model is trained so here",
        "nothing: it stays at its start": "all parts are trained",
    }
    return Question(
        f"In a model trained with Muon as its authors use it: what trains {part}?",
        GIVEN[part],
        {option: reason for option, reason in why.items() if option != GIVEN[part]},
        why="Muon is for the matrices of hidden layers",
    )
