"""Data: small sets that are stored here.  No network, ever."""

import re
from collections import Counter
from pathlib import Path

import numpy as np

from utils.refusals import refusal

HERE = Path(__file__).parent
_WORDS = r"[^\W\d_]+|[.,;:?]"
_TOKENS = {
    "documentation": _WORDS,
    "program": r"[^\W\d_]+|[^\w\s]",
    "licence": r"(?s).",
    "novel": r"(?s).",
}


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
    return _numbered(re.findall(_WORDS, text), vocabulary)


def _numbered(tokens, vocabulary):
    """Return each token's number, 0 for the most frequent, and the list of names."""
    names = [word for word, _count in Counter(tokens).most_common(vocabulary - 1)]
    number = {word: k for k, word in enumerate(names)}
    return np.array([number.get(w, vocabulary - 1) for w in tokens]), [*names, "…"]


def _stored(file, name):
    """Return an array of a file by its name; refuse a name that is not there."""
    with np.load(HERE / file) as arrays:
        if name not in arrays.files:
            raise refusal(
                "name={name!r}: there are {names}; try {remedy!r}.",
                {
                    "name": name,
                    "names": ", ".join(sorted(arrays.files)),
                    "remedy": min(arrays.files),
                },
            )
        return arrays[name]


def table(name):
    """Return a table of numbers, x `(n, columns)` and what is asked, y `(n,)`.

    name    "breast_cancer": 569 tumours, 30 measures; y is 1 if one is malignant.
            "diabetes": 442 patients, 10 measures; y, how the illness goes on

    Columns, and the y of diabetes, have the mean 0 and the standard deviation 1, in
    float32.  The order of the rows was drawn once and is stored.  Raises ValueError
    for another name.

    Sources: W. Wolberg et al., Breast Cancer Wisconsin (Diagnostic), UCI Machine
    Learning Repository, 1995, doi:10.24432/C5DW2B, licence CC BY 4.0.  B. Efron et al.,
    Least angle regression, Annals of Statistics 32 (2004) 407-499.  Both as in
    scikit-learn 1.9 (BSD 3-Clause), in `tables.npz`, each column as whole numbers.

    >>> x, y = table("breast_cancer")
    >>> x.shape, y[:5]
    ((569, 30), array([0, 0, 1, 0, 0]))
    """
    columns = _stored("tables.npz", name).astype(float)
    scaled = ((columns - columns.mean(0)) / columns.std(0)).astype(np.float32)
    y = columns[:, -1].astype(int) if name == "breast_cancer" else scaled[:, -1]
    return scaled[:, :-1], y


def text(name, vocabulary):
    """Return another text than the course's as numbers, as `words` does, and the names.

    name    "documentation": chapters 8 and 3.3 of Python's reference, in words;
            "program": the beginning of Python's argparse, in names and marks;
            "licence": the licence CC BY 4.0, letter by letter;
            "novel": Alice's Adventures in Wonderland, letter by letter

    Raises ValueError for another name.

    Sources: Python 3.11.7, its pydoc_data/topics.py ("compound", "specialnames") and
    argparse.py (its first 90,000 characters), (c) 2001-2023 Python Software Foundation,
    PSF License Version 2; creativecommons.org/licenses/by/4.0/legalcode.txt, CC0;
    L. Carroll, 1865 (the Canterbury Corpus's alice29.txt), in the public domain; here a
    paragraph is a line.
    Stored in `texts.npz` as bytes.

    >>> tokens, names = text("licence", vocabulary=64)
    >>> len(tokens), "".join(names[k] for k in tokens[:12])
    (18653, 'Attribution ')
    """
    whole = _stored("texts.npz", name).tobytes().decode()
    if name == "documentation":
        whole = whole.lower()
    return _numbered(re.findall(_TOKENS[name], whole), vocabulary)
