"""Small measures that the tables of several notebooks use."""

from functools import partial

import numpy as np
import pytest

from tests.claims.taught import panels

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


def within(bound, values):
    """Return a bound that the text states if no value is beyond it; else the farthest.

    >>> within(5, [-3, 4]), within(5, [-7, 4])
    (5, 7)
    """
    farthest = np.max(np.abs(values))
    return bound if farthest <= bound else farthest
