"""Record the runs of notebook 10, once; store them in utils/flights.npz.

    python -m tools.flights record    (needs torch; goes on where it stopped)
    python -m tools.flights pack      store all that were recorded
    python -m tools.flights again 3   compare three of them with what is stored

What runs are the notebook's own cells.  Each run is kept in build/flights when it is
done, under a hash of these cells, without comments, and of torch's version.
"""

import ast
import hashlib
import json
import os
import platform
import sys
from itertools import product

import nbformat
import numpy as np

from tools.course import FOLDER, ROOT

NOTEBOOK = FOLDER / "10_your_own_model.ipynb"
STORED = ROOT / "utils" / "flights.npz"
CELLS = (
    *("text", "windows", "loaders", "block", "model", "groups"),
    *("optimizers", "start", "loss", "step", "ratio", "loop"),
)
STEPS, EVERY, SEEDS = 300, 4, range(4)
SERIES = "training", "validation", "norm", "clipped", "matrices", "rest"

# The best rate of each is inside, for every schedule and clip: powers of 2.
LOWEST = {"SGD": -5, "Momentum": -5, "RMSprop": -12, "AdamW": -11, "Muon": -10}
RATES = {name: 2.0 ** np.arange(low, low + 9) for name, low in LOWEST.items()}
CHOICES = ("constant", "cosine"), (np.inf, 1.0)
FLOWN = [
    (name, float(lr), schedule, clip)
    for name, rates in RATES.items()
    for lr, schedule, clip in product(rates, *CHOICES)
]
# Not to be flown, but asked: what clips most steps, and a rate that many take unseen.
CONTROLS = [(*setting[:3], 0.25) for setting in FLOWN if setting[3] == 1]
CONTROLS += [("AdamW", 3e-4, *both) for both in product(*CHOICES)]
SETTINGS = FLOWN + CONTROLS
FINDER = 100  # steps, in which a finder's rate rises from an optimizer's lowest


def source(names=CELLS):
    """Return the code of the notebook's cells, as Python reads it, without comments."""
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    code = {cell.id: cell.source for cell in notebook.cells}
    return ast.unparse(ast.parse("\n".join(code[f"{name}-code"] for name in names)))


def recipe():
    """Return what a run depends on, and a hash of it."""
    import torch

    text = data_of().tobytes()
    made = {
        "torch": torch.__version__,
        "numpy": np.__version__,
        "python": platform.python_version(),
        "machine": f"{platform.machine()}, one thread",
        "steps": STEPS,
        "every": EVERY,
        "seeds": list(SEEDS),
        "text": hashlib.sha256(text).hexdigest()[:20],
        "cells": hashlib.sha256(source().encode()).hexdigest()[:20],
    }
    whole = json.dumps(made, sort_keys=True)
    return {**made, "hash": hashlib.sha256(whole.encode()).hexdigest()[:20]}


def data_of():
    """Return the novel, as the bytes that are stored."""
    with np.load(ROOT / "utils" / "texts.npz") as arrays:
        return arrays["novel"]


def cells():
    """Return what the notebook's cells define."""
    import torch
    from torch import nn
    from torch.nn import functional as F
    from torch.optim.lr_scheduler import LambdaLR
    from torch.utils.data import DataLoader, Subset

    from utils import data, schedules

    torch.set_num_threads(1)
    names = {
        **{"torch": torch, "nn": nn, "F": F, "LambdaLR": LambdaLR, "np": np},
        **{"DataLoader": DataLoader, "Subset": Subset},
        **{"data": data, "schedules": schedules},
    }
    exec(source((*CELLS, "write")), names)
    return names


def fly(names, setting, seed):
    """Return a run's series, `(points, series)`, and its losses at the end.

    Of a run that diverges the points that are missing are NaN.  The two losses are
    those of all windows of the validation text and of the test text.
    """
    name, lr, schedule, clip = setting
    model, rules, schedulers = names["start"](name, lr, schedule, seed)
    log = names["fit"](
        *(model, rules, schedulers, *names["loaders"]()), clip, STEPS, EVERY
    )
    points = np.full((STEPS // EVERY, len(SERIES)), np.nan)
    points[: len(log)] = log
    ends = []
    for part in (names["validation"], names["test"]):
        windows = names["Windows"](part, every=32)
        loader = names["DataLoader"](windows, batch_size=len(windows))
        ends.append(names["mean_loss"](model, loader))
    return points, np.array(ends)


def finder(names, name, seed):
    """Return the training losses of a learning-rate finder, NaN once it diverges."""
    names["factors"]["rising"] = lambda k: 2.0 ** (8 * k / (FINDER - 1))
    run = names["start"](name, float(RATES[name][0]), "rising", seed)
    log = names["fit"](*run, *names["loaders"](), np.inf, FINDER, EVERY)
    losses = np.full(FINDER // EVERY, np.nan)
    losses[: len(log)] = log[:, 0]
    return losses


def file_of(folder, setting, seed):
    """Return where a run is kept."""
    name, lr, schedule, clip = setting
    return folder / f"{name}_{lr:g}_{schedule}_{clip:g}_{seed}.npz"


def record():
    """Record what is not yet kept, seed by seed; the controls come last."""
    from tqdm import tqdm

    folder = ROOT / "build" / "flights" / recipe()["hash"]
    folder.mkdir(parents=True, exist_ok=True)
    runs = [(s, seed) for part in (FLOWN, CONTROLS) for seed in SEEDS for s in part]
    left = [run for run in runs if not file_of(folder, *run).exists()]
    names = cells()
    for setting, seed in tqdm(left, initial=len(runs) - len(left), total=len(runs)):
        points, ends = fly(names, setting, seed)
        new = folder / f"{os.getpid()}.new.npz"
        np.savez(new, points=points, ends=ends)
        new.replace(file_of(folder, setting, seed))


def written(names):
    """Return what the model of the notebook's own run writes, `{steps: text}`."""
    texts, setting = {}, ("AdamW", 2**-8, "cosine")
    for steps in (0, STEPS):
        model, rules, schedulers = names["start"](*setting, seed=0)
        loaders = names["loaders"]()
        names["fit"](model, rules, schedulers, *loaders, clip=1, steps=steps)
        names["torch"].manual_seed(0)
        texts[steps] = names["write"](model)
    return texts


def pack():
    """Write all runs of the recipe into one file: series in half precision."""
    made, names = recipe(), cells()
    folder = ROOT / "build" / "flights" / made["hash"]
    runs = [[np.load(file_of(folder, s, seed)) for seed in SEEDS] for s in SETTINGS]
    series = np.array([[run["points"] for run in row] for row in runs])
    np.savez_compressed(
        STORED,
        settings=np.array([json.dumps(s) for s in SETTINGS]),
        series=series_halved(series),
        ends=np.array([[run["ends"] for run in row] for row in runs], np.float32),
        finder=halved([[finder(names, name, s) for s in SEEDS] for name in RATES]),
        written=json.dumps(written(names)),
        recipe=json.dumps(made),
    )
    print(f"{STORED.stat().st_size:,} bytes, {len(SETTINGS) * len(SEEDS)} runs")


def series_halved(points):
    """Return series in half precision, the series first, so that like lies by like."""
    series = np.moveaxis(points, -1, 0).copy()
    series[4:] *= 1000  # ratios, in thousandths: the least number is 6e-8
    return halved(series)


def halved(numbers):
    """Return numbers in half precision."""
    with np.errstate(over="ignore"):  # what is above 65504 is infinite
        return np.array(numbers).astype(np.float16)


def again(count):
    """Run some settings once more, and print how far they are from what is stored."""
    names, rng = cells(), np.random.default_rng(0)
    with np.load(STORED) as arrays:
        series, ends = arrays["series"], arrays["ends"]
    for k in rng.choice(len(FLOWN), count, replace=False):
        seed = int(rng.integers(len(SEEDS)))
        points, last = fly(names, FLOWN[k], seed)
        exact = np.array_equal(
            series_halved(points), series[:, k, seed], equal_nan=True
        )
        off = np.abs(last - ends[k, seed]).max()
        print(f"{FLOWN[k]}, seed {seed}: series equal {exact}, ends off by {off:.1g}")


if __name__ == "__main__":
    what, *numbers = sys.argv[1:] or ["record"]
    {"record": record, "pack": pack, "again": again}[what](*map(int, numbers))
