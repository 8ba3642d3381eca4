"""Record the curves of notebook 10's exercises, once; store them in utils/faults.npz.

    python -m tools.faults    (needs torch; five minutes)

Each is a run of the notebook's own model and step, with one thing changed: FAULTS says
which, in the lines that change it.  "resumed" and "resumed with its state" are those of
the second exercise.
"""

import ast
import hashlib
import itertools
import json
import platform
from pathlib import Path

import numpy as np
from tqdm import tqdm

from tools.course import ROOT
from tools.flights import cells, source

STORED = ROOT / "utils" / "faults.npz"
STEPS, EVERY, SEEDS = 300, 4, range(3)
CELLS = cells()
FAULTS = {}  # {name: function}


def fault(function):
    """Say of a function (seed) -> arguments of `curves` that it is recorded."""
    FAULTS[function.__name__] = function
    return function


def begin(seed, name="AdamW", lr=2**-8, factor="cosine"):
    """Return a model, its optimizers and schedulers; factor may be a function of k."""
    model, rules, _ = CELLS["start"](name, lr, "constant", seed)
    factor = CELLS["factors"].get(factor, factor)
    return model, rules, [CELLS["LambdaLR"](rule, factor) for rule in rules]


def loader(windows, shuffle=True, size=32):
    """Return batches of windows."""
    return CELLS["DataLoader"](windows, batch_size=size, shuffle=shuffle)


def windows(every=1):
    """Return the windows of the training text."""
    return CELLS["Windows"](CELLS["training"], every)


def warm(k):
    """Climb in 30 steps, and stay."""
    return min(1, (k + 1) / 30)


def falls(k):
    """Fall as a cosine, without a climb."""
    return (1 + np.cos(np.pi * k / STEPS)) / 2


@fault
def unshuffled(seed):
    """The batches are neighbouring lines of the book."""
    return begin(seed), loader(windows(), shuffle=False)


@fault
def corrupted(seed):
    """At step 180 the letters to be guessed are drawn by lot."""

    def batches():
        for t, (x, y) in enumerate(loader(windows()), 1):
            yield x, y if t != 180 else CELLS["torch"].randint(67, y.shape)

    return begin(seed, factor="constant"), batches()


@fault
def too_large(seed):
    """AdamW climbs to a rate of a quarter, and stays there."""
    return begin(seed, lr=2**-2, factor=warm), loader(windows())


@fault
def no_warmup(seed):
    """RMSprop begins with its whole rate."""
    return begin(seed, "RMSprop", 2**-7, falls), loader(windows())


@fault
def leaked(seed):
    """Two pages are trained on; one of them is the validation text."""
    held_out = CELLS["Windows"](CELLS["validation"], 32)
    both = [*itertools.islice(windows(32), 64), *itertools.islice(held_out, 64)]
    return begin(seed), loader(both)


@fault
def lowered(seed):
    """All is well: after step 200 the rate is a tenth."""

    def factor(k):
        return warm(k) * (1 if k < 200 else 0.1)

    return begin(seed, "RMSprop", 2**-6, factor), loader(windows(), size=8)


@fault
def overflow(seed):
    """Gradients are scaled up, and rounded to half precision."""
    parts = begin(seed)
    for p in parts[0].parameters():
        p.register_hook(in_half())
    return parts, loader(windows())


def in_half():
    """Round gradients to half precision, by a scale that doubles every 30 steps."""
    count = itertools.count()

    def hook(gradient):
        scale = 2.0 ** (17 + next(count) // 30)
        return (gradient * scale).half().float() / scale

    return hook


@fault
def dead(seed):
    """All weights begin at 0."""
    parts = begin(seed, lr=2**-5)
    with CELLS["torch"].no_grad():
        for p in parts[0].parameters():
            p.zero_()
    return parts, loader(windows())


@fault
def decayed(seed):
    """The decay is a hundred times as large, and on all parameters."""
    model, _, _ = begin(seed)
    rule = CELLS["torch"].optim.AdamW(model.parameters(), 2**-8, weight_decay=10)
    scheduler = CELLS["LambdaLR"](rule, CELLS["factors"]["cosine"])
    return (model, [rule], [scheduler]), loader(windows())


@fault
def stateless(seed):
    """After step 140 AdamW has lost m, v and t."""
    parts = begin(seed, lr=2**-5, factor=warm)
    return parts, interrupted(parts[1], 140)


def interrupted(rules, last):
    """Yield batches; after step `last` m, v and t are lost."""
    for t, batch in enumerate(loader(windows()), 1):
        yield batch
        if t == last:
            for rule in rules:
                rule.state.clear()


@fault
def small_batches(seed):
    """All is well: a batch is two windows."""
    return begin(seed), loader(windows(), size=2)


@fault
def bump(seed):
    """All is well: RMSprop stumbles while its rate climbs."""
    return begin(seed, "RMSprop", 2**-7), loader(windows())


@fault
def resumed(seed, last=100):
    """After step `last` AdamW has lost m, v and t; None: it never does."""
    parts = begin(seed, lr=2**-4)
    return parts, interrupted(parts[1], last)


@fault
def resumed_with_its_state(seed):
    """The control: it keeps them."""
    return resumed(seed, last=None)


def curves(parts, batches):
    """Return of a run {name: series}: of every step, and validation of every fourth."""
    model, rules, schedulers = parts
    _, held_out = CELLS["loaders"]()
    log = {name: [] for name in ("training", "norm", "ratio", "validation")}
    for t, (x, y) in zip(range(1, STEPS + 1), repeated(batches), strict=False):
        before = [p.detach().clone() for p in CELLS["groups"](model)[0]]
        loss, norm, _ = CELLS["step"](model, rules, schedulers, x, y, np.inf)
        log["training"].append(loss)
        log["norm"].append(norm)
        still = CELLS["length"](before) == 0
        log["ratio"].append(
            np.nan if still else CELLS["ratio"](before, CELLS["groups"](model)[0])
        )
        if t % EVERY == 0:
            log["validation"].append(CELLS["mean_loss"](model, held_out))
        if not np.isfinite(loss):
            break
    lengths = {name: STEPS // EVERY ** (name == "validation") for name in log}
    return {
        name: np.array(values + [np.nan] * (lengths[name] - len(values)))
        for name, values in log.items()
    }


def repeated(batches):
    """Yield batches epoch after epoch; of a generator, once."""
    while True:
        yield from batches


def code():
    """Return this program, as Python reads it, without comments."""
    return ast.unparse(ast.parse(Path(__file__).read_text("utf-8")))


def recipe():
    """Return what the curves depend on."""
    both = {"cells": source(), "program": code()}
    hashes = {k: hashlib.sha256(v.encode()).hexdigest()[:20] for k, v in both.items()}
    return {
        "torch": CELLS["torch"].__version__,
        "python": platform.python_version(),
        "machine": f"{platform.machine()}, one thread",
        "seeds": [*SEEDS],
        **hashes,
    }


def record():
    """Record all, and store them in half precision; ratios in thousandths."""
    how = json.dumps(recipe())  # the program may be edited while it runs
    runs = [(name, seed) for name in FAULTS for seed in SEEDS]
    made = [curves(*FAULTS[name](seed)) for name, seed in tqdm(runs)]
    arrays = {}
    for series in made[0]:
        factor = 1000 if series == "ratio" else 1
        values = factor * np.array([run[series] for run in made])
        arrays[series] = values.astype(np.float16).reshape(len(FAULTS), len(SEEDS), -1)
    np.savez_compressed(STORED, names=[*FAULTS], recipe=how, **arrays)
    print(f"{STORED.stat().st_size:,} bytes, {len(made)} runs")


if __name__ == "__main__":
    record()
