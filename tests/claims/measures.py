"""Small measures that the tables of several notebooks use."""

from functools import partial

import numpy as np
import pytest

from tests.claims.taught import panels
from utils import figures
from utils.descent import descend

monthly = partial(pytest.param, marks=pytest.mark.monthly)
SIDES = {1: ["Alone"], 2: ["Left", "Right"], 3: ["Left", "Middle", "Right"]}


def side(number, cell, words):
    """Say where in the figure of a cell the first panel with a title or label stands.

    "Left", "Middle" or "Right"; ValueError if no panel, or more than one, has it.
    """
    axes = [ax for ax in panels(number, cell) if ax.get_label() != "<colorbar>"]
    texts = [(ax.get_title("left"), ax.get_xlabel(), ax.get_ylabel()) for ax in axes]
    (where,) = (k for k, words_of in enumerate(texts) if words in words_of)
    return SIDES[len(axes)][where]


def yellow_is_low(surface):
    """Say whether the bands of a map go from yellow, the lowest, to blue."""
    _fig, ax = figures.subplots()
    figures.landscape(surface, ax)
    low, high = ax.collections[0].to_rgba(ax.collections[0].get_array())[[0, -1], :3]
    return low[0] > low[2] and high[2] > high[0]


def along(gradients, optimizer):
    """Return the walk along gradients that do not depend on where it is, from 0."""
    start = np.zeros(gradients.shape[1:])
    return descend(lambda theta, t: gradients[t - 1], start, optimizer, len(gradients))


def within(bound, values):
    """Return a bound that the text states if no value is beyond it; else the farthest.

    >>> within(5, [-3, 4]), within(5, [-7, 4])
    (5, 7)
    """
    farthest = np.max(np.abs(values))
    return bound if farthest <= bound else farthest
