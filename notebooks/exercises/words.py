"""The answers of notebook 08 are below, with the mistakes that are made in them.

Close this file until you have written your own: the notebook's check tells you more.
An edit, `old -> new`, makes a mistake of the right answer; under it is what is said.
"""

import numpy as np

from classroom.mistakes import exercise, on_paper, plot


def _harmonic(n):
    """Return 1 + 1/2 + ... + 1/n."""
    return sum(1 / k for k in range(1, n + 1))


@on_paper(
    "share",
    "Six words are learnt, and {right:.0%} of the text follows others",
    (5, 30, 1000),
    within=0.005,
)
def share_left(first, steps, words):
    """Work out which share of the text follows words that are not learnt yet.

    1 - _harmonic -> _harmonic
        that is the share that is learnt: asked for is the other one
    steps // first -> steps
        word k takes 5k steps, not k: after 30 the first six are learnt
    steps // first -> 1
        only word 1 is counted: after 30 steps the first six are learnt
    steps // first -> steps // first - 1
        word 6 takes 5 · 6 = 30 steps: it is learnt as well
    steps // first -> steps // first + 1
        word 7 takes 35 steps: it is not learnt yet
    steps // first -> steps - first
        word k takes 5k steps, not k steps more: six words are learnt
    _harmonic(steps // first) / _harmonic(words) -> steps // first / words
        that is the share of the vocabulary: each word counts with its share of the text
    _harmonic(steps // first) -> np.log(steps // first)
        ln 6 is too rough: add 1 + 1/2 + ... + 1/6
    _harmonic(steps // first) -> np.log(steps // first)
    _harmonic(words) -> np.log(words)
        the logarithm is too rough for so few: add 1 + 1/2 + ... + 1/6
    _harmonic(steps // first) -> np.log(steps // first + 0.5)
        ln 6.5 is too rough: add 1 + 1/2 + ... + 1/6
    _harmonic(steps // first) -> steps // first
        you count the six words: add up 1 + 1/2 + ... + 1/6
    1 - _harmonic(steps // first) / -> -_harmonic(steps // first) +
        the rest is no share of the text yet: divide it by 7.485
    _harmonic(steps // first) / _harmonic(words) -> 1 / 6 / _harmonic(words)
        that is word 6 alone: add up the six that are learnt
    / _harmonic(words) ->
        the shares must add up to 1: divide by 7.485
    1 - _harmonic(steps // first) / _harmonic(words) -> 5 / 30
        that is word 1's part of the steps: count the words learnt, and add their shares
    1 - _harmonic(steps // first) / _harmonic(words) -> (1 - 5 / 30)
        the words wait, not the steps: count the words learnt, and add their shares
    """
    return 1 - _harmonic(steps // first) / _harmonic(words)


@plot(
    "x, y",
    "One word, and the shares, and you know the fall of all",
    cases=[
        (np.array([0.5, 0.3, 0.2]), np.array([2.0, 1.0, 0.5, 0.25, 0.2])),
        (np.array([0.7, 0.2, 0.1]), np.geomspace(1, 0.01, 21)),
    ],
)
def plot_whole(ax, shares, row):
    """Plot the mean of all rows, each the first one, slowed down by its share.

    t * share / shares[0] -> t * share
        word 1 itself is slowed down: its clock runs at 1, and that of word k at π_k/π₁
    t * share / shares[0] -> t * shares[0] / share
        rare words run ahead: they are slower, by π_k/π₁; or are the first two arguments
        of np.interp exchanged?
    t * share / shares[0] -> t
        all words come down together: word k is slower, by π_k/π₁
    t * share / shares[0] -> t / (k + 1)
    share in shares -> k, share in enumerate(shares)
        you slow word k down by k: that holds for Zipf's shares alone, use π_k/π₁
    np.interp(t * share / shares[0], t, row) -> row * share / shares[0]
        the height is scaled: it is the time that runs slower
    np.interp(t * share / shares[0], t, row) -> row * shares[0] / share
        the height is scaled: it is the time that runs slower
    np.interp(t * share / shares[0], t, row) -> row[np.int64(t * share / shares[0])]
        you round the time down: read between the points with np.interp
    np.interp(t * share / shares[0], t, row) -> row[np.rint(t * share / shares[0])]
    np.rint(t * share / shares[0]) -> np.int64(np.rint(t * share / shares[0]))
        you round the time: read between the points with np.interp
    np.interp(t * share / shares[0], t, row) -> row ** (share / shares[0])
        you take the curve for an exponential: read it, later, with np.interp
    t * share / shares[0] -> t * np.mean(shares) / shares[0]
        all words have one clock, of the mean share: each has its own, π_k/π₁
    t * share / shares[0] -> t * (shares @ shares) / shares[0]
        all words have one clock, of a mean share: each has its own, π_k/π₁
    shares @ np.array(slow) -> shares[1:] @ np.array(slow)[1:]
        word 1 is left out: it counts too, with its share π₁
    shares @ np.array(slow) -> np.mean(slow, axis=0)
        all words count alike: each has its share π_k
    shares @ np.array(slow) -> np.sum(slow, axis=0)
        the rows are summed: each counts with its share π_k
    shares @ np.array(slow) -> shares @ np.array(slow) / len(shares)
        the shares add up to 1: nothing is left to divide by
    shares @ np.array(slow) -> shares @ np.array(slow) / shares[0]
        the shares themselves are the weights, not π_k/π₁: they add up to 1
    shares @ np.array(slow) -> np.array(slow).T
        you draw each word: one curve is asked for, their mean with the shares
    shares @ np.array(slow) -> (shares[:, None] * np.array(slow)).T
        you draw each word: one curve is asked for, their mean with the shares
    shares @ np.array(slow) -> shares[-1] * np.array(slow)[-1]
        that is the last word alone: take the mean of all, each with its share
    shares @ np.array(slow) -> np.array(slow)[-1]
        that is the last word alone: take the mean of all, each with its share
    shares @ np.array(slow) -> np.log(shares @ np.array(slow))
        you draw the logarithm: draw the distance itself
    t = np.arange(len(row)) -> t = np.arange(1, len(row) + 1)
        t begins at 1: row[0] is the start, step 0
    """
    t = np.arange(len(row))
    slow = [np.interp(t * share / shares[0], t, row) for share in shares]
    ax.plot(t, shares @ np.array(slow))


def _softmax(scores):
    p = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return p / p.sum(axis=-1, keepdims=True)


def _batch(V, d, before, after):
    """Return E (V, d), U (d, V) and the pairs of a batch."""
    rng = np.random.default_rng([V, d])
    matrices = rng.normal(size=(V, d)), rng.normal(size=(d, V))
    return *matrices, np.array(before), np.array(after)


@exercise(
    "gradient",
    "A word that is not in the batch learns nothing: rare words wait for their turn",
    cases=[
        _batch(3, 3, [0, 1, 2], [1, 0, 0]),  # square: `*` for `@` raises nothing
        _batch(4, 2, [0, 1, 0, 3, 0], [1, 2, 3, 3, 1]),
        _batch(3, 5, [1, 1], [0, 2]),
    ],
)
def embedding_gradient(E, U, before, after):
    """Return the gradient of a batch's cost with respect to the embeddings.

    np.add.at(gradient, before, -> gradient[before] += (
        a word that comes several times keeps one pair: add with np.add.at, or in a loop
        with +=, for = and gradient[before] += keep the last alone
    / len(before) ->
        the pairs are summed: the cost is their mean, divide by how many there are
    / len(before) -> / len(before) ** 2
        the mean is taken twice: divide once by the number of pairs
    / len(before) -> / len(E)
        you divide by the number of words: it is the number of pairs
    / len(before) -> / len(np.unique(before))
        you divide by the number of different words: it is the number of pairs
    / len(before) -> / np.bincount(before)[before][:, None]
        you take a mean for each word: it is one mean, over all pairs of the batch
    / len(before) -> / errors.size
        you divide by pairs times words: the mean is over the pairs alone
    return gradient -> return errors @ U.T / len(before)
        that is one row for each pair: add them up by word
    return gradient -> return E[before].T @ errors / len(before)
        that is the gradient by U: asked for is the one by E
    errors[pairs, after] -= 1 -> errors = (errors - 1) * np.eye(U.shape[1])[after]
        only the word that came is counted: the scores of all words have p, less its 1
    _softmax(E[before] @ U) -> _softmax(E @ U)
    errors[pairs, after] -= 1 -> np.subtract.at(errors, (before, after), 1)
    np.add.at(gradient, before, errors @ U.T / len(before)) -> gradient += errors @ U.T
        each word's p counts once: it counts once for each of its pairs
    errors[pairs, after] -= 1 ->
        the 1 is missing: of p, 1 is taken off at the word that really comes after
    errors[pairs, after] -= 1 -> errors[pairs, after] += 1
        the 1 is added: it is p less 1 at the word that comes after
    errors[pairs, after] -= 1 -> errors = -np.eye(len(E))[after]
        p is missing: the derivative by the scores is p, less 1 at the word after
    errors[pairs, after] -= 1 -> errors[:, after] -= 1
        each pair loses the 1 at the words of all pairs: errors[:, after] is too much
    errors[pairs, after] -= 1 -> errors[pairs, before] -= 1
        the 1 is taken off at the word before: it is the word after
    E[before] @ U) -> E[after] @ U)
        the scores are made of the word after: they guess it, from the word before
    gradient, before, -> gradient, after,
        the rows of the words after are filled: e is the embedding of the word before
    _softmax(E[before] @ U) -> E[before] @ U
        those are the scores: the softmax is missing
    _softmax(E[before] @ U) -> np.exp(E[before] @ U) / np.exp(E[before] @ U).sum()
        the softmax has one sum for the whole batch: each row has its own, axis=1
    _softmax(E[before] @ U) -> _softmax((E[before] @ U).T).T
        the softmax goes over the pairs: it goes over the words, along each row
    errors @ U.T -> errors * U.T
        you multiply number by number: errors @ U.T is a product of matrices
    E[before] @ U -> E[before] * U
        you multiply number by number: E[before] @ U is a product of matrices
    errors @ U.T -> errors @ U
        U is not transposed: scores are e U, so the error goes back by Uᵀ
    errors @ U.T -> errors
        U is missing: that is the gradient by the scores, and scores are e U
    return gradient -> return E - gradient
        E less the gradient is returned: asked for is the gradient alone
    return gradient -> return -gradient
        that is the step down: asked for is the gradient
    """
    errors = _softmax(E[before] @ U)
    pairs = np.arange(len(before))
    errors[pairs, after] -= 1
    gradient = np.zeros(E.shape)
    np.add.at(gradient, before, errors @ U.T / len(before))
    return gradient
