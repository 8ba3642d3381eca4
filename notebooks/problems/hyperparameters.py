"""Ten exam problems on notebook 07, with their answers: for the teacher."""

import numpy as np

from notebooks.problems.question import Question, pick, problem
from utils import schedules


@problem(cell="search-seen")
def hit(rng):
    """What random search finds."""
    p, n = pick(rng, [0.04, 0.08, 0.12, 0.15, 0.2], [5, 9, 12, 20])
    return Question(
        f"{100 * p:g} % of the search space is good. You try {n} points at random. How "
        "large is the probability that at least one of them is good?",
        1 - (1 - p) ** n,
        {
            n * p: "that counts hits, on average: some draws have two",
            (1 - p) ** n: "that is the probability that all miss",
            p: "that is one point",
            1 - p**n: "that is: not *all* are good",
        },
        why="all miss with probability $(1-p)^n$",
    )


@problem(cell="search-seen")
def runs_needed(rng):
    """How many random runs it takes."""
    p, sure = pick(rng, [0.03, 0.04, 0.06, 0.08, 0.1, 0.15], [0.8, 0.9, 0.95, 0.99])
    exact = np.log(1 - sure) / np.log(1 - p)
    return Question(
        f"{100 * p:g} % of the search space is good. How many random runs do you need "
        "at "
        f"least, to find a good point with a probability of {100 * sure:g} % or more? "
        "(A whole number.)",
        float(np.ceil(exact)),
        {
            np.floor(exact): f"that falls just short of {100 * sure:g} %: round up",
            float(np.ceil(sure / p)): "hits do not add up: some draws have two",
            float(np.ceil(1 / p)): "so many give one hit *on average*; often there is "
            "none",
            float(
                np.ceil(np.log(sure) / np.log(1 - p))
            ): f"that is for all to miss with a probability of {100 * sure:g} %",
        },
        within=0.002,
        why=r"$(1-p)^n \le 1-\text{sure}$; take logarithms, and round up",
    )


@problem(cell="warmup")
def cosine(rng):
    """The rate of a cosine with warm-up."""
    lr, T, part = pick(rng, [0.03, 0.1, 0.2], [100, 200, 400], [0.04, 0.06, 0.08])
    t = round(part * T)
    right = float(schedules.warmup(schedules.cosine(lr, T), T / 10)(t))
    s = (t - 1) / T
    return Question(
        rf"A cosine schedule, $\frac\eta2(1+\cos\pi s)$ with $s = (t-1)/T$, $T = {T}$ "
        rf"and $\eta = {lr}$, is multiplied by a warm-up, $\min(10\,t/T, 1)$. How "
        "large "
        f"is the rate at $t = {t}$?",
        right,
        {
            lr
            * (1 + np.cos(np.pi * s))
            / 2: "the warm-up is missing: it has not ended",
            right / lr: rf"$\eta = {lr}$ is missing",
            lr
            * t
            / T
            * (1 + np.cos(np.pi * s))
            / 2: "the warm-up lasts a tenth of the steps, not all",
            lr * min(10 * t / T, 1) * (1 + np.cos(np.pi * s)): "a half is missing: at "
            r"$s = 0$ the cosine schedule is $\eta$",
        },
        why="the product of both",
    )


@problem(cell="batch")
def scaled(rng):
    """The linear scaling rule."""
    B, times, lr = pick(rng, [4, 8, 16], [2, 4, 8], [0.01, 0.02, 0.05])
    return Question(
        rf"SGD is at its best with $B = {B}$ and $\eta = {lr}$, far below the border "
        f"$2/L$. You take $B = {B * times}$. Which rate does the linear scaling rule "
        "give?",
        lr * times,
        {
            lr * times**0.5: "that root is said of Adam: for SGD $\\eta/B$ stays",
            lr / times: "the other way round: fewer steps have to be longer",
            lr: f"then {times} times fewer steps of the same length are taken",
            lr * times**2: r"$\eta/B$ stays: one factor",
        },
        why=r"the same $\eta/B$",
    )


@problem(cell="warmup")
def climb(rng):
    """The rate within a warm-up."""
    peak, T, t = pick(rng, [0.02, 0.04, 0.06, 0.1], [400, 600, 1000], [4, 6, 9, 16])
    return Question(
        rf"A run of $T = {T}$ steps begins with a warm-up: in the first tenth of the "
        rf"steps the rate grows on a straight line through 0, up to $\eta = {peak}$. "
        rf"How large is it at step $t = {t}$?",
        10 * peak * t / T,
        {
            peak: "that is the peak, where the warm-up ends",
            peak * t / T: "the warm-up takes a tenth of the steps, not all of them",
            peak * (1 - 10 * t / T): "that is what is missing from the peak",
        },
        within=0.03,
        why=r"at $T/10$ the share is 1, so at $t$ it is $10\,t/T$",
    )


@problem(cell="schedules")
def late(rng):
    """The rate of a schedule that is lowered late."""
    peak, T, share = pick(
        rng, [0.02, 0.03, 0.05], [200, 400, 800], [0.8, 0.85, 0.9, 0.95]
    )
    t = round(share * T)
    return Question(
        rf"A rate stays at its peak, $\eta = {peak}$, for three quarters of $T = {T}$ "
        "steps; then it falls on a straight line, to 0 at the end. How large is it "
        rf"at $t = {t}$?",
        4 * peak * (1 - share),
        {
            peak: "that is the peak: the fall has begun",
            peak
            * (1 - share): "the fall takes a quarter of the steps, not all of them",
            4 * peak * (share - 0.75): "that is how much it has fallen",
            peak
            / 2
            * (1 + np.cos(np.pi * share)): "that is half a cosine, which falls "
            "from the start",
        },
        within=0.03,
        why=r"of the last quarter the share $4(1-t/T)$ is left",
    )


@problem(cell="square")
def square(rng):
    """What a grid finds where two knobs matter."""
    side, k = pick(rng, [0.05, 0.08, 0.1, 0.12, 0.15], [3, 4, 5, 6])
    area = side**2
    return Question(
        f"Two knobs matter: the good region is a square with sides of {side} in a "
        f"search space of sides 1, in a random place. A grid of {k} × {k} points is "
        f"spaced 1/{k} apart. How large is the probability that it hits? (What leaves "
        "at one side comes in at the other.)",
        k**2 * area,
        {
            1 - (1 - area) ** k**2: f"that is for {k**2} random points: two of them "
            "may hit, two of the grid cannot",
            k * side: f"that is a strip, which one of {k} columns hits",
            area: "that is one point",
            k * area: f"the grid has {k**2} points",
        },
        within=0.003,
        why="no two grid points hit, so their chances add up",
    )


@problem(cell="protocol-rest")
def log_scale(rng):
    """Where to put a few runs."""
    low, runs = pick(rng, [1e-3, 1e-4, 1e-5, 1e-6], [3, 5])
    high = low * 10 ** (runs - 1)
    factors = low * 10.0 ** np.arange(runs)
    even = np.linspace(low, high, runs)
    middle = np.sqrt(low * high)

    def said(values):
        return ", ".join(f"{v:.2g}" for v in values)

    return Question(
        rf"You search $\eta$ from {low:g} to {high:g} with {runs} runs. Where do you "
        "put "
        "them?",
        said(factors),
        {
            said(even): "that is a linear scale: all but one lie in the last decade",
            said(
                middle * 1.1 ** (np.arange(runs) - runs // 2)
            ): "those lie within half a decade: the ends are never seen",
            said(
                high * 0.8 ** np.arange(runs)
            ): "factors, but small ones: they all lie within a decade",
        },
        why="rates act by factors: space them by factors, over the whole range",
    )


@problem(cell="default")
def decades(rng):
    """How many runs a range of rates takes."""
    low, high, per = pick(rng, [1e-5, 1e-4, 1e-3], [0.1, 1.0], [2, 3, 4, 5])
    span = np.log10(high / low)
    return Question(
        f"You try rates from {low:g} to {high:g}, both ends included, evenly on a log "
        f"scale, {per} to a decade. How many runs is that? (A whole number.)",
        float(np.round(per * span) + 1),
        {
            float(np.round(per * span)): "both ends are included: one more",
            float(per): "that is one decade",
            float(np.round(span)): "that is one rate to a decade, and one end missing",
            float(np.round(high / low)): "evenly on a log scale: count the decades",
        },
        why=r"decades times runs, and one more for the other end",
    )


@problem(cell="control")
def control(rng):
    """What a control may change."""
    lower, peak, other = pick(
        rng, [0.02, 0.03, 0.05], [0.01, 0.02, 0.04], [0.06, 0.08, 0.1, 0.12]
    )
    return Question(
        f"Small batches run at their best rate, {peak}, large ones at theirs, {other}. "
        f"The large ones end {lower} higher. Is it the batches? Which control tells?",
        "both batch sizes at one rate, and then at the other",
        {
            "each batch size at its best rate, on new seeds": "that asks whether the "
            "difference is luck: rate and batch still change together",
            f"the larger batches at {other} again, for more steps": "nothing that you "
            "suspect is taken away",
            f"small batches at {peak}, large ones at {other}, with warm-up": "that "
            "changes a third thing, and leaves the two together",
        },
        why="a control takes away the cause, and nothing else",
    )
