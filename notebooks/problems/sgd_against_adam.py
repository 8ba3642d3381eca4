"""Ten exam problems on notebook 06, with their answers: for the teacher."""

import numpy as np

from notebooks.problems.question import Question, pick, problem
from utils import stats


@problem(cell="paired")
def standard_error(rng):
    """The standard error of a paired difference."""
    d = rng.permutation(
        pick(rng, [(1, 2, 4, 5, 8), (0, 3, 3, 4, 5), (2, 2, 5, 7), (1, 4, 4, 7)])
    )
    b = rng.integers(4, 9, size=len(d))
    rows = [", ".join(map(str, row)) for row in (b + d, b)]
    s, n = d.std(ddof=1), len(d)
    _, right = stats.mean_and_error(d)
    return Question(
        f"In seeds 1 to {n} SGD needs {rows[0]} epochs, Adam, from the same starts, "
        f"{rows[1]}. What is the standard error of the mean difference?",
        right,
        {
            s: r"that is $s_d$, the scatter of one seed: divide by $\sqrt n$",
            d.std() / np.sqrt(n): "the variance of a few is divided by $n-1$, not $n$",
            s / n: r"the mean of $n$ scatters $\sqrt n$ times less, not $n$ times",
            np.hypot(*(row.std(ddof=1) for row in (b + d, b))) / np.sqrt(n): "that is "
            "not paired: take the differences within each seed first",
        },
        why=r"$s_d/\sqrt n$ of the differences within the seeds",
    )


@problem(cell="best-seen")
def both_errors(rng):
    """How many standard errors, of both kinds."""
    d, seeds, digits = pick(
        rng, [0.6, 0.9, 1.3, 1.8], [0.2, 0.3, 0.43, 0.6], [0.25, 0.38, 0.51, 0.8]
    )
    return Question(
        f"Adam's test error is lower than SGD's by {d} ± {seeds} (seeds) ± {digits} "
        "(digits) points. How many standard errors is that, if both errors are "
        "independent?",
        d / np.hypot(seeds, digits),
        {
            d / (seeds + digits): "errors of independent causes add in squares",
            d / seeds: "that forgets that the digits are a sample, too",
            d / digits: "that forgets that the seeds are a sample, too",
            d / (seeds**2 + digits**2): "the root is missing",
        },
        why="divide by the root of the sum of both squares",
    )


@problem(cell="exercise-digits")
def digits_to_tell(rng):
    """How many digits would tell."""
    n, error, d, k = pick(
        rng, [300, 500, 1000], [0.38, 0.5, 0.8], [0.2, 0.3, 0.4], [2, 3]
    )
    return Question(
        f"On {n} test digits a difference of {d} points has the standard error "
        f"{error}, "
        f"from the digits alone. How many digits are needed in all, until {d} is {k} "
        "standard errors? Do not round.",
        n * (k * error / d) ** 2,
        {
            n
            * k
            * error
            / d: r"an error falls like $1/\sqrt n$: the factor is squared",
            n * (error / d) ** 2: f"that is one standard error: {k} are asked for",
            n * k * (error / d) ** 2: f"the {k} is squared, too",
            n
            * (d / (k * error)) ** 2: "upside down: a smaller error takes more digits",
        },
        why=f"the error must be {d}/{k}, and it falls like the root of the number",
    )


@problem(cell="tune")
def tuning(rng):
    """What tuning costs."""
    n, B, epochs = pick(rng, [1000, 1197, 1500], [32, 48, 64, 128], [5, 10])
    decades, each, seeds = pick(rng, [2, 3], [2, 3, 4], [3, 5])
    rates, whole = decades * each + 1, -(-n // B)
    return Question(
        f"You tune one optimizer: {each} rates to a decade over {decades} decades, "
        "both "
        f"ends included; {seeds} seeds; {epochs} epochs of {n} digits in batches of "
        f"{B}. How many steps are that in all?",
        rates * seeds * epochs * whole,
        {
            (rates - 1) * seeds * epochs * whole: "both ends count: one rate more",
            rates * seeds * epochs * (n // B): "the last, smaller batch is a step, too",
            rates * epochs * whole: "each rate has several seeds",
            rates * seeds * epochs: "an epoch has many steps",
        },
        within=0.002,
        why=f"{rates} rates, {seeds} seeds, {epochs} epochs of {whole} steps",
    )


@problem(cell="rates")
def window(rng):
    """The width of a window."""
    low, high = pick(rng, [0.0014, 0.0037, 0.024, 0.12], [0.02, 0.067, 0.56, 1.0])
    if high < 3 * low:
        low, high = low / 10, high * 3
    return Question(
        f"An optimizer's error is within 2 points of its best from $\\eta = {low:g}$ "
        "to "
        f"{high:g}. How many decades wide is its window?",
        np.log10(high / low),
        {
            np.log(high / low): "a decade is a factor of *ten*: take the logarithm to "
            "base 10",
            high / low: "that is the factor from end to end: take its logarithm",
            high - low: "rates act by factors: take the ratio, not the difference",
            np.log2(high / low): "those are doublings: take the logarithm to base 10",
        },
        why=r"$\log_{10}$ of the ratio of its ends",
    )


@problem(cell="seconds")
def dearer(rng):
    """How much dearer a step of Adam is, by count."""
    B, adam, own = pick(rng, [4, 8, 16, 32, 64], [12, 14, 16], [2, 4])
    gradient = 4 * B
    return Question(
        f"Per parameter an update takes {own} operations with SGD, {adam} with Adam; "
        "the "
        f"gradient takes 4 for each of the {B} samples of a batch. By how many per "
        "cent "
        "is a whole step of Adam dearer, by count?",
        100 * (adam - own) / (gradient + own),
        {
            100
            * (adam - own)
            / own: "that is the update alone: the step has a gradient",
            100
            * (adam - own)
            / (4 + own): f"the gradient is of {B} samples, not of one",
            100 * adam / gradient: "SGD's own update is there in both: compare whole "
            "steps",
            100
            * (gradient + adam)
            / (gradient + own): "that is Adam's step in per cent "
            "of SGD's: subtract 100",
        },
        why=f"({gradient} + {adam}) against ({gradient} + {own})",
    )


@problem(cell="overfit")
def equal_cost(rng):
    """Whose gap is larger at the same training cost."""
    first = pick(rng, [0.28, 0.31, 0.34])
    sgd = first + np.array([0, *pick(rng, [(0.05, 0.11), (0.06, 0.13)])])
    ahead = pick(rng, [-0.02, -0.01, 0.01, 0.02])
    adam = np.array([sgd[1] - 0.01, sgd[2] + ahead, sgd[2] + 0.09])
    rows = [", ".join(f"{gap:.2f}" for gap in gaps) for gaps in (sgd, adam)]
    return Question(
        "After 100, 200 and 300 steps SGD has the training costs 0.4, 0.2, 0.1 and the "
        f"gaps {rows[0]}; Adam has 0.2, 0.1, 0.05 and {rows[1]}. How much larger is "
        "Adam's gap at a training cost of 0.1?",
        ahead,
        {
            adam[2] - sgd[2]: "that is after equal steps: Adam has fitted more then",
            adam[1] - sgd[1]: "that is after 200 steps: look for equal costs",
            -ahead: "that is SGD's minus Adam's",
            adam[0] - sgd[1]: "that is at a training cost of 0.2",
        },
        why=f"Adam is at 0.1 after 200 steps, SGD after 300: {rows[1].split(', ')[1]} "
        f"− {rows[0].split(', ')[2]}",
    )


@problem(cell="best-seen")
def decide(rng):
    """What an error bar allows to say."""
    seeds, digits, sign = pick(rng, [0.2, 0.3, 0.4], [0.3, 0.4, 0.5], [1, -1])
    times = pick(rng, [0.5, 1.2, 1.6, 2.6, 3.5])
    both = np.hypot(seeds, digits)
    d = round(times * both, 2) * sign
    winner = "SGD" if d > 0 else "Adam"
    right = f"{winner} is better, on this task" if abs(d) > 2 * both else "neither is"
    loser = "Adam" if d > 0 else "SGD"
    wrong = {
        f"{loser} is better, on this task": "look at the sign: less error is better",
        "both are equally good": "that cannot be shown by a difference and its error: "
        "it may hide a difference of two of them",
        f"{winner} is better on any task": "a conclusion is never wider than its "
        "experiment",
    }
    if right == "neither is":
        wrong[f"{winner} is better, on this task"] = (
            f"both errors together are {both:.2f}, and the difference is less than two "
            "of them"
        )
        right = "these runs cannot tell"
    else:
        wrong["these runs cannot tell"] = (
            f"both errors together are {both:.2f}, and the difference is more than two "
            "of them"
        )
    return Question(
        f"Test error, Adam minus SGD, each tuned: {d:+.2f} ± {seeds} (seeds) ± "
        f"{digits} "
        "(digits) points, both errors independent. What may you write?",
        right,
        wrong,
        why="hold the difference against two standard errors, of both kinds together",
    )


@problem(cell="tuned-code")
def edge(rng):
    """The best rate of a grid."""
    grid = [0.003, 0.01, 0.03, 0.1, 0.3]
    best, last = pick(rng, [0, 1, 2, 3, 4]), "diverges"
    errors = [f"{4 + 3 * abs(k - best) + (k > best)} %" for k in range(5)]
    if best < 3:
        errors[4] = last
    rows = "; ".join(f"{lr}: {e}" for lr, e in zip(grid, errors, strict=True))
    options = {
        "go on to smaller rates": "the best is not the smallest of the grid",
        "go on to larger rates": "the best is not the largest of the grid",
        f"take {grid[best]}": "it is the best of the grid, and on its edge: beyond it "
        "nobody has looked",
        "take the one beside the best, to be safe": "nothing says that it is better",
    }
    right = [*options][0 if best == 0 else 1 if best == 4 else 2]
    return Question(
        f"Validation errors by learning rate, means of five seeds: {rows}. What do you "
        "do next?",
        right,
        {o: why for o, why in options.items() if o != right},
        why="a best value counts if it has a worse one on both sides",
    )


@problem(cell="shared-seen")
def shared(rng):
    """One rate for two optimizers."""
    lr, adam, sgd = pick(rng, [0.001, 0.32], [7, 9, 11, 14], [75, 80, 88])
    if lr > 0.1:
        adam, sgd = sgd, adam // 2
    better, other = ("Adam", "SGD") if adam < sgd else ("SGD", "Adam")
    return Question(
        rf"Both at $\eta = {lr}$, with ten seeds, Adam ends at {adam} % error, SGD at "
        f"{sgd} %. What follows?",
        f"that this rate suits {better} better",
        {
            f"that {better} is the better optimizer": "at another shared rate the two "
            "may end the other way round: each needs its own",
            f"that {other} cannot learn this task": "it may well, at its own rate",
            "nothing: ten seeds are too few": "a gap of so many points is no matter of "
            "seeds",
        },
        why="at one shared rate you learn about the rate",
    )
