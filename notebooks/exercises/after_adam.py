"""The answers of notebook 09 are below, with the mistakes that are made in them.

Close this file until you have written your own: the notebook's check tells you more.
An edit, `old -> new`, makes a mistake of the right answer; under it is what is said.
"""

import numpy as np

from classroom.mistakes import Trouble, exercise, on_paper, plot


@on_paper(
    "size of a step",
    "One sample shows one direction, which alone gets a step: a quarter of the usual",
    (64, 16),
    within=0.001,
)
def batch_of_one(rows, columns):
    """Work out the root mean square of Muon's step for a gradient of one sample.

    root * size -> root * size * np.sqrt(columns)
        all 16 directions are counted: the gradient of one sample has fewer
    root * size -> size
        √n is missing: multiply by it
    root * size -> root
        that is the root of the sum of all squares: divide the sum by their number
    root * size -> (root * size) ** 2
        that is the mean of the squares: take its root
    root * size -> 1 / (root * size)
        it is upside down, or the root of the sum of all squares, with n = 16: a single
        direction gives a smaller step, not a larger one
    max(rows, columns) -> (rows + columns)
        n is the sum of rows and columns: it is the larger of them
    root * size -> root / columns
        you divide by 16, or all 16 directions are counted, with n = 16: n is the
        larger, 64, and the mean is that of all entries
    root * size -> rows * size
        n stands in place of √n: take its root
    root * size -> np.sqrt(columns) * size
        n is the smaller of rows and columns: it is the larger
    root * size -> root * size**2
        the root of the number of numbers is missing: the mean of the squares is 1/1024
    root * size -> size**2
        that is the mean of the squares, without √n: take its root, times √n
    """
    root, size = np.sqrt(max(rows, columns)), 1 / np.sqrt(rows * columns)
    return root * size


class Factor(np.ndarray):
    """A matrix that may be multiplied, and is asked for no singular values."""

    def __array_function__(self, function, types, args, kwargs):
        name = function.__name__
        if name in ("svd", "svdvals", "eig", "eigh", "pinv", "qr"):
            raise Trouble(
                name,
                "you call {name}: singular values and their like are slow, so use "
                "products of matrices alone",
                name=name,
            )
        return super().__array_function__(function, types, args, kwargs)


def _matrix(rows, columns, scale=1.0):
    """Draw a matrix whose singular values lie between a tenth of scale and scale."""
    rng = np.random.default_rng([rows, columns])
    A, s, B = np.linalg.svd(rng.normal(size=(rows, columns)), full_matrices=False)
    return (A * (scale * rng.uniform(0.1, 1, len(s))) @ B).view(Factor)


@exercise(
    "matrix",
    "All singular values go to 1, and none is computed",
    cases=[
        (_matrix(2, 2), 3),
        (_matrix(3, 3, 0.01), 2),
        (_matrix(5, 3, 4.0), 3),
        (_matrix(3, 5), 4),
        (np.diag([3.0, 2.0, 1.0]).view(Factor), 4),
    ],
)
def orthogonal(M, rounds):
    """Take all singular values of M to 1 by products of matrices.

    M / np.linalg.norm(M) -> M
        M is not scaled: divide it by its norm, or large singular values explode
    M / np.linalg.norm(M) -> M / np.linalg.norm(M, 2)
        that is the largest singular value, which is dear: divide by the norm
    M / np.linalg.norm(M) -> M / np.linalg.norm(M, "nuc")
        that is the sum of the singular values, which is dear: divide by the norm
    M / np.linalg.norm(M) -> M / np.linalg.norm(M) ** 2
        that is the square of the norm: divide by the norm
    M / np.linalg.norm(M) -> M / np.sqrt(np.linalg.norm(M))
        you take a root of the norm: the norm is a root already
    M / np.linalg.norm(M) -> M / np.abs(M).max()
        you divide by the largest number: a singular value may be far above it
    M / np.linalg.norm(M) -> M / np.linalg.norm(M, axis=0)
        each column is scaled by itself: it is one norm for the whole matrix
    M / np.linalg.norm(M) -> M / np.linalg.norm(M, axis=1, keepdims=True)
        each row is scaled by itself: it is one norm for the whole matrix
    range(rounds) -> range(rounds - 1)
        a round is missing: there are as many as `rounds` says
    range(rounds) -> range(rounds + 1)
        a round is too many: there are as many as `rounds` says
    range(rounds) -> range(1)
        that is one round: there are as many as `rounds` says
    range(rounds) -> range(0)
        there is no round: M is only scaled
    range(rounds) -> range(5)
        those are five rounds: there are as many as `rounds` says
    X @ X.T @ X -> X**3
        the cube goes number by number: it is a product of matrices, X Xᵀ X, that
        cubes the singular values
    1.5 * X - 0.5 * X @ X.T @ X -> 0.5 * X @ (3 - X.T @ X)
        3 - X.T @ X takes every number from 3: beside a product of matrices a number is
        so many identities, 3 * np.eye(len(X.T))
    1.5 * X - 0.5 * X @ X.T @ X -> 0.5 * (3 - X @ X.T) @ X
        3 - X @ X.T takes every number from 3: beside a product of matrices a number is
        so many identities, 3 * np.eye(len(X))
    1.5 * X - 0.5 * X @ X.T @ X -> 0.5 * X @ (3 - X @ X.T)
        3 - X @ X.T stands on the wrong side, and takes every number from 3: it is
        (3 * np.eye(len(X)) - X @ X.T) @ X
    1.5 * X - 0.5 * X @ X.T @ X -> 0.5 * X * (3 - X @ X)
        the outer product goes number by number, and a transpose is missing: it is
        X Xᵀ X that cubes the singular values
    1.5 * X - 0.5 * X @ X.T @ X -> 0.5 * X * (3 - X.T @ X)
        the outer product, X * (3 - XᵀX), goes number by number: it is X Xᵀ X that cubes
        the singular values
    X @ X.T @ X -> X.T @ X @ X.T
        the order is wrong, XᵀXXᵀ: it is X Xᵀ X that cubes the singular values
    X @ X.T @ X -> X.T @ X @ X
        the order is wrong, XᵀXX: it is X Xᵀ X that cubes the singular values
    X @ X.T @ X -> X @ X @ X.T
        the order is wrong, XXXᵀ: it is X Xᵀ X that cubes the singular values
    X @ X.T @ X -> X @ X @ X
        there is no transpose: it is X Xᵀ X that cubes the singular values
    X @ X.T @ X -> X @ X.T
        X Xᵀ has two factors, which is a square: X Xᵀ X cubes the singular values
    X @ X.T @ X -> X.T @ X
        XᵀX has two factors, which is a square: X Xᵀ X cubes the singular values
    1.5 * X -> 3.4445 * X
    - 0.5 * X @ X.T @ X -> - 4.775 * X @ X.T @ X + 2.0315 * X @ X.T @ X @ X.T @ X
        those are the numbers of Muon's own rounds: here a round is s(3 - s²)/2
    X @ X.T @ X -> X @ X.T * X
        one of the two products goes number by number: X @ X.T @ X has none that does
    - 0.5 * X @ X.T @ X -> + 0.5 * X @ X.T @ X
        the sign is wrong: s(3 - s²)/2 has a minus before the cube
    1.5 * X - 0.5 * X @ X.T @ X -> 3 * X - X @ X.T @ X
        the factor ½ is missing: s(3 - s²)/2
    0.5 * X @ X.T @ X -> X @ X.T @ X
        the ½ stands before 3X alone: it belongs to both, 3X and X Xᵀ X
    X @ X.T @ X -> M @ M.T @ M
        M is cubed in each round: X changes from round to round, and it is X that is
        cubed
    X @ X.T @ X -> X @ M.T @ M
        XᵀX is made of M in each round: X changes from round to round, and it is X that
        is cubed
    1.5 * X - 0.5 * X @ X.T @ X -> X @ X.T @ X
        that is the cube alone, which goes to 0: s(3 - s²)/2 has two terms
    1.5 * X - 0.5 * X @ X.T @ X -> 1.5 * X
        that is the first term alone: s(3 - s²)/2 has two
    X = 1.5 * X -> X = X / np.linalg.norm(X); X = 1.5 * X
        X is scaled in each round: divide M by its norm once, before the loop
    return X -> return X.T
        it comes back transposed: return it as M lay
    return X -> return X * np.sqrt(max(M.shape))
        √n is multiplied on: that belongs to Muon's step, and X alone is asked for
    return X -> return X @ X.T
        X Xᵀ is returned: it is X that is asked for
    return X -> return X * np.linalg.norm(M)
        the norm is multiplied back: the size of M is what is thrown away
    """
    X = M / np.linalg.norm(M)
    for _ in range(rounds):
        X = 1.5 * X - 0.5 * X @ X.T @ X
    return X


def _valley(theta):
    """Return a cost that is no quadratic, so that the order of mean and cost counts."""
    return np.abs(theta).sum(axis=-1) + (theta**4).sum(axis=-1)


def _path(steps, networks, seed):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(steps + 1, networks, 3)).cumsum(axis=0) + 3


@plot(
    "x, y, log x, log y",
    "The control is drawn: what the average alone gives, your curve shows",
    cases=[(_path(8, 5, 0), _valley), (_path(13, 7, 1), _valley)],
)
def mean_place(ax, path, cost):
    """Draw the cost of the average of all places so far, median of the networks.

    cost(places) -> cost(path)
        that is the cost of the places themselves: take the average of the places first
    cost(places) -> np.cumsum(cost(path), axis=0) / count[..., 0]
        you average the costs: average the places, and take the cost of that
    np.median(cost(places), axis=1) -> np.median(cost(path), axis=1).cumsum() / (t + 1)
        you average the median costs: average the places, and take the cost of that
    np.median(cost(places), axis=1) -> np.exp(np.log(cost(places)).mean(axis=1))
        that is the geometric mean of the networks: the median is asked for
    cost(places) -> cost(np.array([path[k // 2 : k + 1].mean(axis=0) for k in t]))
        that is the average of the later half: in this one every place so far counts
    cost(places) -> cost(np.cumsum(path, axis=0))
        you add the places up: divide by how many they are
    np.cumsum(path, axis=0) -> (np.cumsum(path, axis=0) - path[0] * (count > 1))
    / count -> / np.maximum(count - 1, 1)
        the start is left out of the average: it is one of the places
    count = 1 + t[:, None, None] -> path, t = path[1:], t[1:]; count = t[:, None, None]
        the start is left out: it is the first of the places
    count = 1 + t[:, None, None] -> w = 0.9 ** (t[:, None] - t) * np.where(t, 0.1, 1)
    np.cumsum(path, axis=0) / count -> np.tensordot(np.tril(w), path, 1)
        your average fades, as Adam's m does: in this one every place counts alike
    cumsum(path, axis=0) -> cumsum(path, axis=1)
        you add along the networks: axis 0 is that of the steps
    cost(places) -> cost(places.mean(axis=1, keepdims=True))
        you average the networks, too: each has its own average, and its own cost
    cumsum(path, axis=0) / count -> cumsum(path, axis=0) / len(path)
        you divide by all steps: at step t there are t + 1 places so far
    cumsum(path, axis=0) / count -> cumsum(path, axis=0) / np.maximum(count - 1, 1)
        you divide by t: with the start there are t + 1 places
    cumsum(path, axis=0) / count -> cumsum(path, axis=0) / (count + 1)
        you divide by t + 2: with the start there are t + 1 places
    cost(places) -> cost(path.mean(axis=0) + 0 * path)
        that is the average of the whole path at every step: only places so far count
    cost(places) -> cost((path + path[0]) / 2)
        that is the mean of the start and the present place: all between count too
    np.cumsum(path, axis=0) -> np.cumsum(path[::-1], axis=0)
        you begin at the end of the path: begin at its start
    np.median(cost(places), axis=1) -> cost(path.mean(axis=1))
        you average over the networks: average each one's own places so far
    t, np.median(cost(places), axis=1) -> np.median(cost(places), axis=0)
        the median is that of the steps: the networks are columns, so axis=1
    cost(places) -> cost(np.array([path[: max(k, 1)].mean(axis=0) for k in t]))
        the newest place is left out: path[: t + 1] has it
    np.median(cost(places), axis=1) -> np.mean(cost(places), axis=1)
        that is the mean of the networks: the median is asked for
    np.median(cost(places), axis=1) -> cost(places)
        you draw each network: take their median
    np.median(cost(places), axis=1) -> cost(places)[:, 0]
        that is the first network alone: take the median of all
    np.median(cost(places), axis=1) -> cost(places).min(axis=1)
        that is the best network of each step: take the median
    np.median(cost(places), axis=1) -> cost(np.median(places, axis=1))
        you take the median of the parameters: take that of the costs
    np.median(cost(places), axis=1) -> np.log(np.median(cost(places), axis=1))
    ax.semilogy( -> ax.plot(
        you draw the logarithm of the cost: draw the cost, on a logarithmic axis
    ax.semilogy(t -> ax.semilogy(t + 1
        x begins at 1: the first place is the start, step 0
    ax.semilogy(t -> ax.semilogy(2 * t
        x is doubled: the rows are of the steps 0, 1, 2, …
    ax.semilogy( -> ax.plot(
        the y axis is linear: draw with ax.semilogy
    ax.semilogy( -> ax.loglog(
        the x axis is logarithmic too: draw with ax.semilogy
    """
    t = np.arange(len(path))
    count = 1 + t[:, None, None]
    places = np.cumsum(path, axis=0) / count
    ax.semilogy(t, np.median(cost(places), axis=1))
