"""Data: small sets that are stored here.  No network, ever."""

import re
from collections import Counter
from pathlib import Path

import numpy as np

from utils.refusals import refusal

HERE = Path(__file__).parent


def digits(dtype=float):
    """Return the handwritten digits as three pairs (x, y): train, validation, test.

    x: `(n, 64)`, the 8x8 pixels from 0 to 1 (sixteenths: exact in float32 too); y:
    `(n,)`, the digit.  n = 1197, 300, 300.  Their order was drawn once and is stored,
    so that everybody has the same split, whatever their NumPy.

    Source: E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits, UCI
    Machine Learning Repository, 1998, doi:10.24432/C50P49, licence CC BY 4.0; of its
    5620 digits the 1797 that scikit-learn ships (`sklearn.datasets.load_digits`),
    stored in `digits.npz` as bytes.

    >>> training, validation, test = digits()
    >>> images, labels = training
    >>> images.shape, labels[:5]
    ((1197, 64), array([6, 6, 6, 2, 5]))
    """
    with np.load(HERE / "digits.npz") as arrays:
        x, y = arrays["x"].astype(dtype) / 16, arrays["y"].astype(int)
    return tuple(zip(np.split(x, [1197, 1497]), np.split(y, [1197, 1497]), strict=True))


def words(vocabulary=256):
    """Return a text as numbers, `(n,)`, and the list of words that they stand for.

    A word is in small letters, or one of the marks . , ; : ?  Word 0 is the most
    frequent; the last, "…", stands for all but the `vocabulary - 1` most frequent.
    Raises ValueError for a vocabulary below 2 or above 1000.

    The text is this course's own: what the notebooks, quizzes and teacher's notes of
    version 1.1 say, without code, formulas and tables, licence CC BY 4.0.

    >>> text, names = words(vocabulary=100)
    >>> len(text), len(names), " ".join(names[k] for k in text[:9])
    (32796, 100, '… here which … is best , sgd or')
    """
    if not 2 <= vocabulary <= 1000:
        raise refusal(
            "vocabulary={vocabulary!r}: give a whole number from 2 to 1000; "
            "try vocabulary=256.",
            {"vocabulary": vocabulary},
        )
    text = (HERE / "words.txt").read_text(encoding="utf-8").lower()
    text = re.findall(r"[^\W\d_]+|[.,;:?]", text)
    names = [word for word, _count in Counter(text).most_common(vocabulary - 1)]
    number = {word: k for k, word in enumerate(names)}
    return np.array([number.get(w, vocabulary - 1) for w in text]), [*names, "…"]
