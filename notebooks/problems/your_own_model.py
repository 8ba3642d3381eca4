"""Exam problems on notebook 10, with their answers: for the teacher."""

import numpy as np

from notebooks.problems.question import Question, pick, problem


@problem(cell="first-told")
def untrained(rng):
    """The loss of a model that knows nothing."""
    classes = pick(rng, [10, 26, 100, 256, 1000, 50_000])
    return Question(
        f"A model tells {classes:,} classes apart. Nothing is trained yet. About how "
        "large is its cross-entropy, in nats?",
        np.log(classes),
        {
            np.log2(classes): "those are bits: take the natural logarithm",
            np.log10(classes): "take the natural logarithm",
            1 / classes: "that is the probability that it gives to each class",
            float(classes): "the logarithm is missing",
        },
        within=0.02,
        why=r"$-\ln(1/n) = \ln n$",
    )


@problem(cell="windows-told")
def passes(rng):
    """How often a run has read its text."""
    steps, size, context, letters = pick(
        rng, [200, 300, 500], [16, 32, 64], [32, 64], [100_000, 250_000, 1_000_000]
    )
    read = steps * size * context / letters
    return Question(
        f"A text has {letters:,} letters. A run of {steps} steps trains on batches of "
        f"{size} windows of {context} letters. How often has it seen a letter of the "
        "text, on average?",
        read,
        {
            read / context: f"a window has {context} letters",
            read / size: f"a batch has {size} windows",
            1 / read: "it is upside down",
            steps / letters: "count the letters of a batch",
        },
        why="letters read / letters of the text",
    )


@problem(cell="ratio-told")
def first_step(rng):
    """How far Adam's first step goes, in parts of the weights."""
    power, root, norm = pick(
        rng, [5, 6, 7, 8], [0.02, 0.05, 0.1, 0.25], [0.3, 2.0, 5.0]
    )
    lr = 2.0**-power
    return Question(
        f"Adam begins with $\\eta = 2^{{-{power}}}$ and no warm-up. The weights have "
        f"the root mean square {root}, and the first gradient has the length {norm:g}. "
        "How long is the first step, in parts of the length of the weights?",
        lr / root,
        {
            lr: "that is the step of one parameter: divide by what it is a part of",
            root / lr: "it is upside down",
            lr * norm: "that would be gradient descent: Adam's first step has no size "
            "of the gradient",
            lr * root: "divide by the weights",
        },
        why=r"each parameter moves by $\eta$",
    )


@problem(cell="dials-said")
def clipped(rng):
    """The length of a step that is clipped."""
    lr, norm, clip = pick(rng, [0.1, 0.25, 0.5, 2.0], [4.0, 5.0, 20.0], [0.5, 1.5, 3.0])
    return Question(
        f"SGD with $\\eta = {lr}$. A gradient has the length {norm:g}, and gradients "
        f"are clipped at {clip:g}. How long is the step?",
        lr * clip,
        {
            lr * norm: "that is the step without the clip",
            clip / norm: "that is the factor by which the gradient is shortened",
            lr * clip / norm: f"the factor shortens a gradient of {norm:g}",
            lr * (norm - clip): "the gradient is shortened *to* the clip, not by it",
        },
        why=r"$\eta$ times the length that is left",
    )


@problem(cell="loop-told")
def accumulated(rng):
    """Gradients that are added."""
    lr, parts, size = pick(rng, [0.1, 0.2, 0.5], [4, 8, 16], [16, 32])
    return Question(
        f"A loop calls `backward` for {parts} batches of {size}, each with the mean "
        "loss of its batch, and then `step` once, with SGD. Which rate gives the step "
        f"of one batch of {parts * size} at $\\eta = {lr}$?",
        lr / parts,
        {
            lr: f"the gradients are added: the sum is {parts} times their mean",
            lr * parts: "the sum is longer than the mean, so the rate is smaller",
            lr / np.sqrt(parts): "gradients add up, not only their chance",
            lr / (parts * size): "each loss is the mean of its batch already",
        },
        why="the sum of the gradients is so many times their mean",
    )


@problem(cell="groups-told")
def decay(rng):
    """What is left of a weight that nobody needs."""
    lr, factor, steps = pick(rng, [0.001, 0.01], [0.1, 0.5, 1.0], [300, 1000, 5000])
    left = (1 - lr * factor) ** steps
    return Question(
        f"AdamW, with a constant $\\eta = {lr}$ and the weight decay {factor:g}. One "
        f"weight has the gradient 0 in all {steps} steps. What part of it is left?",
        left,
        {
            1 - left: "that is the part that is gone",
            1 - lr * factor: "that is one step",
            left**2: "the decay is taken once in a step",
            (1 - lr) ** steps if factor != 1 else left**0.5: (
                r"a step multiplies by $1 - \eta\lambda$"
            ),
        },
        why=r"$(1 - \eta\lambda)^{\text{steps}}$",
    )


@problem(cell="halving-exercise")
def halved(rng):
    """What successive halving costs."""
    power, steps = pick(rng, [4, 5, 6, 7], [4, 5, 10])
    n = 2**power
    return Question(
        f"Successive halving begins with {n} settings, of {steps} steps each. Each "
        "round keeps the better half, and doubles the steps; each run begins anew. How "
        "many steps are run until one setting is left?",
        power * n * steps,
        {
            n * steps: "that is the first round",
            (power + 1) * n * steps: "with one setting left, nothing is run any more",
            2 * n * steps: "the steps are doubled as the settings are halved",
            n * n * steps: f"there are {power} rounds, not {n}",
        },
        why="each round costs the same, and there are $\\log_2 n$ rounds",
    )


LINES = {
    "`zero_grad` is missing": "each step goes along the sum of all gradients so far",
    "`clip_grad_norm_` stands after `step`": "no step is ever clipped",
    "`shuffle=True` is missing": "a batch is made of neighbouring samples",
    "`scheduler.step` is missing": "the rate stays where it began",
}


@problem(cell="loop")
def misplaced(rng):
    """What a line that is missing does."""
    line = pick(rng, [*LINES])
    why = {
        "each step goes along the sum of all gradients so far": "`zero_grad` empties",
        "no step is ever clipped": "then a gradient is shortened after its use",
        "a batch is made of neighbouring samples": "the data loader shuffles",
        "the rate stays where it began": "the scheduler changes the rate",
    }
    return Question(
        f"In a training loop {line}. What comes of it?",
        LINES[line],
        {effect: reason for effect, reason in why.items() if effect != LINES[line]},
        why="what does the line do, and when?",
    )


SEEN = {
    "all steps are clipped": "the clip has become a part of the rate",
    "the loss begins at twice the logarithm of the number of classes": (
        "its first weights are too large"
    ),
    "the first loss is near 0": "the model can see the answer",
    "the gradient norm grows from step to step": "the descent climbs out of its valley",
}


@problem(cell="dials")
def instrument(rng):
    """What an instrument says."""
    sign = pick(rng, [*SEEN])
    why = {
        "the clip has become a part of the rate": "then gradients are clipped",
        "its first weights are too large": "that is seen in the first loss: it is high",
        "the model can see the answer": "that is seen in a loss that is too good",
        "the descent climbs out of its valley": "that is seen in a change of the norm",
    }
    return Question(
        f"You look at a run, and see that {sign}. What is the most likely reason?",
        SEEN[sign],
        {cause: reason for cause, reason in why.items() if cause != SEEN[sign]},
        why="which instrument shows it, and how?",
    )


LOST = {
    "the averages $m$ and $v$, and $t$": "its next step is as long as its first one",
    "the place in the schedule": "the warm-up comes again",
    "the random order of the batches": "it is another run, and as good",
}


@problem(cell="keep-told")
def checkpoint(rng):
    """What a checkpoint needs."""
    part = pick(rng, [*LOST])
    why = {
        "its next step is as long as its first one": "that is Adam without $m$ and $v$",
        "the warm-up comes again": "that is a schedule that begins at 0",
        "it is another run, and as good": "that is chance alone",
        "it begins at the loss of an untrained model": "the weights are there",
    }
    return Question(
        "AdamW with warm-up is resumed from a checkpoint that has everything but "
        f"{part}. What will you see?",
        LOST[part],
        {sight: reason for sight, reason in why.items() if sight != LOST[part]},
        why="what does the next step need that is not there?",
    )
