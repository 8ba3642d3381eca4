"""What notebook 09 says of what came after Adam: measures, and references."""

from functools import cache

import numpy as np
import pytest

from notebooks.exercises import after_adam as checks
from tests.claims.taught import cells, names
from tools.course import ROOT
from utils import board, stats
from utils.data import digits, words
from utils.descent import descend, train
from utils.network import Network
from utils.optimizers import Adam

AFTER = np.load(ROOT / "tests" / "library" / "references" / "after.npz")
SIZES = (6, 3, 5)  # of the network of these references


def moves(path, lr=2**-7.5):
    """Return the median size of what moved in the last step, in learning rates."""
    step = np.abs(path[-1] - path[-2])
    return np.median(step[step > 0]) / lr


def rms_of_a_full_step(n):
    M = np.random.default_rng(1).normal(size=(64, 16))
    return np.sqrt(np.mean((8 * n["orth"](M)) ** 2))


def longest_directions(n):
    """Say whether the shares of the longest direction stay where the text has them."""
    paths = {"Lion": n["lion"](2**-7.5, 200), "Adam": n["adam"]}
    shares = {
        name: [n["shares"](path[: t + 1])[0] for t in (10, 20, 30, 50, 100, 200)]
        for name, path in paths.items()
    }
    lion, adam = shares["Lion"], shares["Adam"]
    return (
        0.22 < min(lion) and max(lion) < 0.38,
        0.3 < min(adam) and max(adam) < 0.78,
    )


def lifted(s):
    """Return the least and the largest of singular values after Muon's five rounds."""
    for _ in range(5):
        s = 3.4445 * s - 4.7750 * s**3 + 2.0315 * s**5
    return s.min(), s.max()


def with_plan(n, T, peaks):
    """Return where plans for T steps end, the median for each peak."""

    def planned(t):
        return np.array(peaks)[:, None, None] * min(1, t / (0.1 * T)) * (1 - (t - 1) / T)

    ends = descend(n["gradient"], n["start"], Adam(planned), T, every=T)[-1]
    return stats.median(n["training_cost"](ends))


def best_peak(n):
    """Say whether the peak is the best of its neighbours, within a grid point."""
    ends = with_plan(n, 256, 2.0 ** np.arange(-4, -1.9, 0.5))
    return abs(stats.best(ends) - 2) <= 1


@cache
def _free_at_512():
    n = names("09")
    return n["training_cost"](n["schedule_free_adam"](2**-3.5, 512)[-1])


def ahead_at_512(n):
    return np.median(_free_at_512()) / with_plan(n, 512, 2.0 ** np.arange(-3.5, -1.9, 0.5)).min()


def mean_place(n):
    """Return where the average of all places of Adam ends."""
    return np.median(n["training_cost"](n["adam"].mean(axis=0)))


def first_at(n):
    """Return the methods in the order in which they come to 0.1."""
    return sorted(n["last"], key=lambda name: np.argmax(n["middle"][name] <= 0.1))


def least_wrong(n):
    """Return who has the lowest test error."""
    x, y = digits()[2]
    right = {k: n["network"].accuracy(p[-1], x, y).mean() for k, p in n["last"].items()}
    return max(right, key=right.get)


def lion_at_adams_rate(n):
    """Say whether Lion at Adam's rate is left far above Lion at its own."""
    costs = dict(zip(n["rates"], stats.median(n["ends"]["Lion"]), strict=True))
    return costs[n["at"]["Adam"]] > 10 * costs[n["at"]["Lion"]]


@cache
def muon_on_words():
    """Return how far Muon ends above Adam in 08's model, each at its best rate."""
    n, model = cells("09", "problem-code", "muon-code"), Network((256, 16, 256), "identity", embedding=True)
    text, _ = words(256)
    x, y = text[:-1], text[1:]
    ends = {}
    for name, rates in ("Adam", (0.01, 0.02, 0.04)), ("Muon", (0.004, 0.008, 0.016)):
        costs = []
        for lr in rates:
            rng = np.random.default_rng(4)
            start = model.initial(rng, scale=1.0, runs=(3,))
            (E, _), (U, _) = model.layers(start)
            E *= 16
            U *= 0.1
            if name == "Adam":
                ...
        ends[name] = min(costs)
    return ends["Muon"] - ends["Adam"]
