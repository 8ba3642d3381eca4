"""Runs of notebook 10's model, some with one thing wrong: what their curves look like.

tools/faults.py recorded them; it says of each what is wrong, in the lines that do it.
"""

import json
from functools import cache
from gettext import gettext as _
from pathlib import Path

import numpy as np

from utils import figures
from utils.refusals import refusal

STEPS, EVERY, SEEDS = 300, 4, 3
_FILE = Path(__file__).with_suffix(".npz")


def names():
    """Return the names of all runs.

    >>> names()[:3]
    ['unshuffled', 'corrupted', 'too_large']
    """
    return list(map(str, _stored()["names"]))


def curve(name, seed=0):
    """Return `{series: (points,)}` of a run; where it has diverged, they are NaN.

    training     loss of each batch, in nats a letter
    validation   loss of 64 windows that are not trained on, after every fourth step
    norm         length of each gradient
    ratio        length of each step / length of the weights: matrices of the layers

    Raises ValueError, with a remedy, for a run or a seed that is not there.

    >>> {series: len(values) for series, values in curve("resumed").items()}
    {'training': 300, 'norm': 300, 'ratio': 300, 'validation': 75}
    """
    if name not in names():
        raise refusal(
            "name={name!r}: recorded are {names}; try name={remedy!r}.",
            {"name": name, "names": ", ".join(names()), "remedy": names()[0]},
        )
    if seed not in range(SEEDS):
        raise refusal(
            "seed={seed!r}: recorded are 0 to {last}; try seed=0.",
            {"seed": seed, "last": SEEDS - 1},
        )
    k, series = names().index(name), ("training", "norm", "ratio", "validation")
    return {each: _stored()[each][k, seed].astype(float) for each in series}


def recipe():
    """Return how the runs were recorded: versions, seeds, hashes.

    >>> recipe()["seeds"]
    [0, 1, 2]
    """
    return json.loads(str(_stored()["recipe"]))


def draw(curves, height=12.5):
    """Draw curves, `{title: curve}`, in threes: losses, and below them the two lengths.

    >>> fig = draw({"A": curve("dead"), "B": curve("resumed"), "C": curve("bump")}, 3)
    >>> len(fig.axes)
    6
    """
    rows = -(-len(curves) // 3)
    fig, axes = figures.subplots(
        3, 2 * rows, height, sharex=True, height_ratios=[5, 3] * rows
    )
    tops, bottoms = axes[::2].ravel(), axes[1::2].ravel()
    t, thin = np.arange(1, STEPS + 1), {"lw": 0.8}
    for (title, run), top, bottom in zip(curves.items(), tops, bottoms, strict=False):
        top.plot(t, run["training"], color="#CC6677", label=_("training"), **thin)
        every = t[EVERY - 1 :: EVERY]
        top.plot(every, run["validation"], color="#882255", label=_("validation"))
        bottom.plot(t, run["norm"], color="#332288", label=_("gradient norm"), **thin)
        bottom.plot(t, run["ratio"], color="#117733", label=_("step / weights"), **thin)
        lowest = np.nanmin(run["validation"])
        top.set(ylim=(1.7, 5.9) if lowest > 1.7 else (0, 5.9), xlim=(0, STEPS))
        top.set_title(title, loc="left")
        bottom.set(yscale="log", ylim=(1e-4, 30))
    for ax in axes[-1]:
        ax.set_xlabel(_("step"))
    for ax in axes[::2, 0]:
        ax.set_ylabel(_("loss"))
    figures.legend(fig)
    return fig


@cache
def _stored():
    with np.load(_FILE) as arrays:
        stored = dict(arrays)
    stored["ratio"] = stored["ratio"].astype(np.float32) / 1000  # as thousandths
    return stored
