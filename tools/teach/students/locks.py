"""Locks for answers: hashes that open for who has the numbers, and say nothing else.

And which variant of a sheet is whose: a hash says that, too.  A part of the tools, and
of what students get (sealed.py).
"""

import base64
import hashlib
import re
import unicodedata
import zlib

import numpy as np

VARIANTS = 50
RIGHT = "✓ "  # before the praise, behind the lock of a right answer


class Lock:
    """A lock that numbers open which are alike: on a grid that was chosen for them.

    Numbers are rounded before they are hashed.  On one grid, equal numbers may fall on
    two sides of an edge.  So there are several, shifted; for each number the lock says
    on which one it is in the middle of its cell.  paper is the part by which a number
    may be off; 0: as much as in checks.
    """

    def __init__(self, paper=0):
        self.grids = 16 if paper else 4
        self.cell = 2 / (1 - 1 / self.grids)  # so each side has one unit or more
        self.paper = paper

    def _places(self, outcomes):
        """Return where the numbers lie, a unit being what makes no difference."""
        values = [np.ravel(v) for outcome in outcomes for v in outcome.values]
        flat = np.concatenate([*values, np.empty(0)])
        with np.errstate(all="ignore"):
            if self.paper:
                return flat, np.log(np.abs(flat)) / -np.log1p(-self.paper) / self.cell
            return flat, np.sign(flat) * np.log1p(100 * np.abs(flat)) * 1e4 / self.cell

    def grids_of(self, outcomes):
        """Return the grid of each number, as text."""
        places = self._places(outcomes)[1]
        places = np.where(np.isfinite(places), places, 0.5)
        middle = (0.5 - places % 1) * self.grids
        shifts = (np.rint(middle) % self.grids).astype(np.uint8).tobytes()
        return base64.b64encode(zlib.compress(shifts)).decode()

    def key(self, outcomes, grids, salt):
        """Return the hash of numbers on their grids; None if there are more or less."""
        shifts = np.frombuffer(zlib.decompress(base64.b64decode(grids)), np.uint8)
        flat, places = self._places(outcomes)
        if len(shifts) != len(flat):
            return None
        finite = np.isfinite(places)
        cells = np.floor(np.where(finite, places, 0) + shifts / self.grids)
        signs = np.sign(flat) if self.paper else 0 * cells
        shapes = [
            (outcome.kind, [v.shape for v in outcome.values]) for outcome in outcomes
        ]
        special = np.clip(np.nan_to_num(flat, nan=9, posinf=5), -5, 9)
        signs = np.where(finite, signs, special).astype(np.int8).tobytes()
        text = f"{salt} {shapes}".encode() + cells.astype(np.int64).tobytes() + signs
        return hashlib.sha256(text).digest()


def seal(key, sentence):
    """Return what a key is recognised by, and the sentence, which only it opens."""
    mark = hashlib.sha256(key + b"mark").hexdigest()[:20]
    return mark, base64.b64encode(_mixture(key, sentence.encode())).decode()


def unseal(key, mark, secret):
    """Return the sentence that a key opens, None if it is another's."""
    if key is None or seal(key, "")[0] != mark:
        return None
    return _mixture(key, base64.b64decode(secret)).decode()


def sentence_behind(locks, outcomes, paper, salt):
    """Return the sentence behind the first lock that outcomes open, None if none is."""
    lock = Lock(paper)
    for grids, mark, secret in locks:
        key = lock.key(outcomes, grids, salt)
        if (sentence := unseal(key, mark, secret)) is not None:
            return sentence
    return None


def _mixture(key, message):
    """Mix a message with bytes that only the key gives; a second time undoes it."""
    blocks = range(len(message) // 32 + 1)
    stream = b"".join(hashlib.sha256(key + b"%d" % k).digest() for k in blocks)
    return bytes(a ^ b for a, b in zip(message, stream, strict=False))


def option_mark(salt, letter, option):
    """Return the hash of an option: it hides it from the eye, no more."""
    return hashlib.sha256(f"{salt} {letter} {option}".encode()).hexdigest()[:20]


# Students


def identity(identifier):
    """Return an identifier as it is compared: small letters, digits, hyphens."""
    text = unicodedata.normalize("NFC", str(identifier)).strip().lower()
    return re.sub(r"[^\w-]+", "-", text).strip("-")


def variant(identifier, number, n=VARIANTS):
    """Return which of n variants of a notebook's sheet is this student's."""
    text = f"{identity(identifier)} {number}"
    return int(hashlib.sha256(text.encode()).hexdigest(), 16) % n
