"""Where a picture of several panels is cut, so that on a phone they stand in a column.

The cuts are found in the picture: between panels no column of it has ink.
"""

import io
from itertools import pairwise

import numpy as np
from PIL import Image

APART = 40  # pixels between two entries of a legend, at the 200 to an inch of pictures
MARKER = 60  # pixels: what is narrower is no entry yet
LEAST = 0.22  # of the width: what is narrower, such as a label, is no panel


def runs(blank):
    """Return `[(begin, end), ...]` of where an array is true."""
    edges = np.flatnonzero(np.diff([0, *blank.astype(int), 0]))
    return [*zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)]


def columns(ink):
    """Return the edges of a picture's panels, from its left to its right."""
    width = ink.shape[1]
    cuts = [0]
    for begin, end in runs(~ink.any(0)):
        middle = (begin + end) // 2
        if min(middle - cuts[-1], width - middle) > LEAST * width:
            cuts.append(middle)
    return [*cuts, width]


def is_legend(ink, edges):
    """Say whether rows go on across an edge: labels of two panels lie far apart."""
    blank = runs(~ink.any(0))
    gaps = [end - begin for e in edges for begin, end in blank if begin <= e < end]
    return len(gaps) < len(edges) or min(gaps) < 0.1 * ink.shape[1]


def entries(ink):
    """Return where the entries of a legend begin and end, `[(left, right), ...]`."""
    found, left, width = [], 0, ink.shape[1]
    for begin, end in [*runs(~ink.any(0)), (width, width)]:
        if end - begin > APART or end == width:
            inked = np.flatnonzero(ink[:, left:end].any(0))
            if inked.size and np.ptp(inked) < MARKER and end < width:
                continue  # a marker, before its word
            middle = (begin + end) // 2
            if inked.size:
                found.append((left, middle))
            left = middle
    return found


def panels(png):
    """Return the panels of a PNG, `[(x, y, width, height), ...]`; [] if there is one.

    The entries of a legend below all of them are the last.
    """
    ink = np.asarray(Image.open(io.BytesIO(png)).convert("L")) < 250
    height = len(ink)
    low, edges = height, columns(ink)
    for begin, end in reversed(runs(~ink.any(1))):
        middle = (begin + end) // 2
        above = columns(ink[:middle])
        if begin > 0.7 * height and end < height and len(above) > 2:
            if is_legend(ink[middle:low], above[1:-1]):
                low, edges = middle, above
            elif len(edges) > 2:
                break
    if len(edges) == 2:
        return []
    found = [(left, 0, right - left, low) for left, right in pairwise(edges)]
    if low < height:
        found += [(a, low, b - a, height - low) for a, b in entries(ink[low:])]
    return found
