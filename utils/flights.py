"""Flights: recorded runs of notebook 10's model, to be looked at without PyTorch.

Five optimizers, nine rates of each, a constant rate or a warm-up and a cosine, clipped
at 1 or not, four seeds; 300 steps.  tools/flights.py recorded them; `recipe` says how.
"""

import json
from difflib import get_close_matches
from functools import cache
from gettext import gettext as _
from pathlib import Path

import numpy as np

from utils.refusals import refusal

STEPS, EVERY, SEEDS = 300, 4, 4
SERIES = "training", "validation", "norm", "clipped", "matrices", "rest"
SCHEDULES = "constant", "cosine"
CLIPS = None, 1
_FAR = 1e4  # above the axis: where no clip is
_FILE = Path(__file__).with_suffix(".npz")


def series(optimizer, lr, schedule="constant", clip=None):
    """Return `{name: (seeds, points)}`, of every fourth step the mean of four.

    training     loss of the batches, in nats a letter
    validation   loss of 64 windows of text that is not trained on, after that step
    norm         length of the gradient, before it is clipped
    clipped      share of steps with a gradient longer than the clip
    matrices     length of the step / length of the weights: the matrices of the layers
    rest         the same of all other parameters

    A run that diverges is NaN from there on.  Raises ValueError, with a remedy, for a
    setting that was not flown.

    >>> series("AdamW", 2**-7, "cosine", 1)["validation"].shape
    (4, 75)
    """
    points = _stored()["series"][:, number(optimizer, lr, schedule, clip)]
    return dict(zip(SERIES, points.astype(float), strict=True))


def ends(optimizer, lr, schedule="constant", clip=None):
    """Return the losses after the last step, `{part: (seeds,)}`, of all its windows.

    >>> list(ends("AdamW", 2**-7, "cosine", 1))
    ['validation', 'test']
    """
    losses = _stored()["ends"][number(optimizer, lr, schedule, clip)]
    return dict(zip(("validation", "test"), losses.T.astype(float), strict=True))


def finder(optimizer):
    """Return a learning-rate finder's run: the rates, and the losses `(seeds, points)`.

    In a hundred steps the rate rises by the same factor in each, from the lowest that
    was flown to the highest; each point is of four steps, NaN once it diverges.

    >>> rates, losses = finder("AdamW")
    >>> losses.shape
    (4, 25)
    """
    there = list(dict.fromkeys(row[0] for row in settings()))
    _check("optimizer", optimizer, there)
    losses = _stored()["finder"][there.index(optimizer)].astype(float)
    steps = EVERY * np.arange(losses.shape[1]) + (EVERY - 1) / 2
    low, *_between, high = rates(optimizer)
    return low * (high / low) ** (steps / (EVERY * losses.shape[1] - 1)), losses


def settings():
    """Return all settings `(optimizer, lr, schedule, clip)`, with those of controls.

    >>> settings()[0]
    ('SGD', 0.03125, 'constant', None)
    """
    rows = [json.loads(row) for row in _stored()["settings"]]
    clips = {np.inf: None, 1.0: 1}
    return [(*row[:3], clips.get(row[3], row[3])) for row in rows]


def rates(optimizer):
    """Return the nine rates of an optimizer; the best is inside.

    >>> np.log2(rates("AdamW"))
    array([-11., -10.,  -9.,  -8.,  -7.,  -6.,  -5.,  -4.,  -3.])
    """
    flown = {row[1] for row in settings() if row[0] == optimizer and row[3] in CLIPS}
    return np.array(sorted(lr for lr in flown if np.log2(lr).is_integer()))


def recipe():
    """Return how the flights were recorded: versions, seeds, hashes.

    >>> recipe()["steps"], recipe()["seeds"]
    (300, [0, 1, 2, 3])
    """
    return json.loads(str(_stored()["recipe"]))


def written():
    """Return what the model wrote before AdamW's run at 2**-8, and after it.

    >>> list(written())
    [0, 300]
    """
    texts = json.loads(str(_stored()["written"]))
    return {int(steps): words for steps, words in texts.items()}


def number(optimizer, lr, schedule="constant", clip=None):
    """Return the position of a setting; a rate within 5 % of a flown one is that one.

    >>> number("SGD", 0.0313)
    0
    """
    there = settings()
    _check("optimizer", optimizer, [row[0] for row in there])
    _check("schedule", schedule, [row[2] for row in there])
    _check("clip", clip, [row[3] for row in there])
    same = [
        k
        for k, row in enumerate(there)
        if (row[0], *row[2:]) == (optimizer, schedule, clip)
    ]
    positive = isinstance(lr, (int, float, np.number)) and lr > 0
    powers = np.log2([there[k][1] for k in same])
    middle = np.median(powers)
    apart = abs(powers - (np.log2(lr) if positive else middle))
    if not positive or apart.min() > np.log2(1.05):
        raise refusal(
            "lr={lr!r}: {optimizer} was flown at powers of 2, from 2**{low:.0f} to "
            "2**{high:.0f}; try lr=2**{near:.0f}.",
            {
                "lr": lr,
                "optimizer": optimizer,
                "low": np.log2(rates(optimizer)[0]),
                "high": powers.max(),
                "near": powers[apart.argmin()],
            },
        )
    return same[apart.argmin()]


def steps_of(run):
    """Return the step of each point of a run.

    >>> steps_of({"training": [4.3, 4.1, 3.9]})
    array([ 4,  8, 12])
    """
    return EVERY * np.arange(1, 1 + len(next(iter(run.values()))))


def draw(run, axes, clip=None):
    """Draw one run, `{name: (points,)}`, on three axes; return its lines by name.

    Left the two losses, in the middle the gradient's length with its clip, right the
    length of the steps in parts of the weights.

    >>> from utils import figures
    >>> fig, axes = figures.subplots(3)
    >>> run = {name: values[0] for name, values in series("SGD", 0.5).items()}
    >>> list(draw(run, axes))
    ['training', 'validation', 'norm', 'clip', 'matrices', 'rest', '1/1000']
    """
    t, (losses, norms, ratios) = steps_of(run), axes
    for ax in axes:
        ax.set(xlabel=_("step"), xlim=(0, STEPS))
    losses.set(ylabel=_("loss, nats a letter"), ylim=(1.4, 4.6))
    norms.set(ylabel=_("gradient norm"), yscale="log", ylim=(0.05, 50))
    ratios.set(ylabel=_("step / weights"), yscale="log", ylim=(1e-5, 1))
    thin = {"color": "black", "lw": 0.8}

    def line(ax, name, label, color, style):
        return ax.plot(t, run[name], color=color, ls=style, label=label)[0]

    return {
        "training": line(losses, "training", _("training"), "#882255", ":"),
        "validation": line(losses, "validation", _("validation"), "#882255", "-"),
        "norm": line(norms, "norm", "_norm", "#332288", "-"),
        "clip": norms.axhline(clip or _FAR, label=_("clip"), **thin),
        "matrices": line(ratios, "matrices", _("matrices"), "#117733", "-"),
        "rest": line(ratios, "rest", _("all others"), "#999933", (0, (4, 1))),
        "1/1000": ratios.axhline(1e-3, ls=":", label="1/1000", **thin),
    }


def _check(name, value, flown):
    """Refuse what was not flown, and suggest the name that is spelt most like it."""
    flown = list(dict.fromkeys(flown))
    if value not in flown:
        spelt = {str(other).lower(): other for other in flown}
        alike = [spelt[near] for near in get_close_matches(str(value).lower(), spelt)]
        raise refusal(
            "{name}={value!r}: flown were {flown}; try {name}={remedy!r}.",
            {
                "name": name,
                "value": value,
                "flown": ", ".join(map(repr, flown)),
                "remedy": (alike or flown)[0],
            },
        )


@cache
def _stored():
    with np.load(_FILE) as arrays:
        stored = dict(arrays)
    stored["series"] = stored["series"].astype(np.float32)
    stored["series"][4:] /= 1000  # ratios are stored in thousandths
    return stored
