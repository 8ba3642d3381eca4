"""The answers of notebook 08 are below, with the mistakes that are made in them.

Close this file until you have written your own: the notebook's check tells you more.
An edit, `old -> new`, makes a mistake of the right answer; under it is what is said.
"""

import numpy as np

from classroom.mistakes import exercise, on_paper, plot


@on_paper(
    "number of steps",
    "It is {right:,.0f}: word i has the rate η π_i, so the steps go as 1/π_i",
    (30, 1 / 5, 1 / 2000),
    within=0.001,
)
def rare_steps(steps, first, rare):
    """Work out the steps for a word of share 1/2000, if a share of 1/5 needs 30.

    steps * first / rare -> steps
        that is Adam's answer: gradient descent works on word i with the rate η π_i
    steps * first / rare -> steps * first / rare - steps
        that is how many more: asked for is after how many in all
    steps * first / rare -> first / rare
        that is how many times as many: the first word needs 30 steps, not one
    steps * first / rare -> steps / rare
        that compares with a word of share 1: the first one has a fifth
    steps * first / rare -> 1 / rare
        that is how many words go by between two: compare the shares of both words
    steps * first / rare -> steps * rare / first
        it is upside down: the rare word needs more steps, not fewer
    steps * first / rare -> steps * (first / rare) ** 0.5
        the root is too little: the rate is η π_i, without a root
    steps * first / rare -> steps * (first / rare) ** 2
        the square is too much: the rate is η π_i, without a square
    steps * first / rare -> steps * np.log(first / rare)
        a logarithm is too little: a hundredth of the rate takes a hundred times longer
    steps * first / rare -> steps * first / rare / 2000
        only the first word's share is in it: divide by that of the rare word
    steps * first / rare -> steps + first / rare
        the factor is added: it multiplies the steps
    """
    return steps * first / rare


def _matrix(rows, columns, scale=1.0):
    return scale * np.random.default_rng([rows, columns]).normal(size=(rows, columns))


@exercise(
    "matrix",
    "All but tiny singular values end near 1, and no eigenvalue was computed",
    cases=[
        (_matrix(2, 2),),
        (_matrix(3, 3, 0.01),),
        (_matrix(5, 3, 100.0),),
        (_matrix(3, 5),),
        (np.diag([10.0, 1.0, 0.1]),),
    ],
)
def newton_schulz(M):
    """Return M with its singular values near 1: five iterations of Newton and Schulz.

    M / np.linalg.norm(M) -> M
        M is not scaled: divide by its norm first, or large singular values explode
    np.linalg.norm(M) -> np.linalg.norm(M, 2)
        that is the largest singular value, which is dear: the Frobenius norm is asked
        for
    np.linalg.norm(M) -> np.abs(M).max()
        that is the largest entry: a singular value may be far above it
    np.linalg.norm(M) -> np.linalg.norm(M) ** 2
        that is the square of the norm: the result depends on the scale of M
    np.linalg.norm(M) -> np.linalg.norm(M, axis=0)
        each column is scaled by itself: it is one norm for the whole matrix
    np.linalg.norm(M) -> np.linalg.norm(M, axis=1, keepdims=True)
        each row is scaled by itself: it is one norm for the whole matrix
    3.4445 * X - 4.775 * A @ X + 2.0315 * A @ A @ X -> 1.5 * X - 0.5 * A @ X
        those are the classical coefficients: after five steps small singular values
        are still small
    range(5) -> range(1)
        that is one iteration: repeat it five times
    range(5) -> range(4)
        that is four iterations: five are asked for
    range(5) -> range(6)
        that is six iterations: five are asked for
    range(5) -> range(10)
        that is ten iterations: five are enough
    range(5) -> range(0)
        there is no iteration: M is only scaled
    - 4.775 -> + 4.775
        the middle sign is wrong: without the minus nothing holds it at 1
    + 2.0315 -> - 2.0315
        the last sign is wrong: it is plus 2.0315
    + 2.0315 * A @ A @ X -> + 2.0315 * A @ X
        the last term has A only once: it is A twice, the fifth power of s
    + 2.0315 * A @ A @ X ->
        the last term is missing: plus 2.0315 times A A X
    3.4445 * X - 4.775 * A @ X + 2.0315 -> 2.0315 * X - 4.775 * A @ X + 3.4445
        the coefficients are exchanged: 3.4445 is the first, 2.0315 the last
    A = X @ X.T -> A = X.T @ X
        XᵀX stands on the left: it is X Xᵀ that multiplies X there
    4.775 * A @ X -> 4.775 * X**3
    2.0315 * A @ A @ X -> 2.0315 * X**5
        the powers go number by number: the third is X Xᵀ X, a product of matrices
    X @ X.T -> X * X
        X times X, number by number, is no X Xᵀ: that is a product of matrices
    A @ X + -> A * X.T[:1].T +
        that multiplies number by number: A @ X is a product of matrices
    A = X @ X.T -> X = X / np.linalg.norm(X); A = X @ X.T
        X is scaled in each round: divide M by its norm once, before the loop
    return X -> U, _, V = np.linalg.svd(M, full_matrices=False); return U @ V
        that is the exact answer, every singular value 1: the five iterations are asked
        for
    X = 3.4445 * X -> X = X + 3.4445 * X
        the old X is added once more: the new one is the sum of three terms
    A @ X + -> A +
    A @ A @ X -> A @ A
        X is missing behind A: it is X Xᵀ times X
    A @ X + -> A * X +
    A @ A @ X -> A * A * X
        you multiply number by number: A @ X is a product of matrices
    return X -> return X if len(X) > len(X.T) else X.T
        it is turned back where it was not turned: only a tall M was transposed
    return X -> return X.T
        it comes back transposed: return it as M lay
    return X -> return X @ X.T
        X Xᵀ is returned: it is X that is asked for
    return X -> return X * np.linalg.norm(M)
        the norm is multiplied back: the size of M is what is thrown away
    """
    X = M / np.linalg.norm(M)
    for _ in range(5):
        A = X @ X.T
        X = 3.4445 * X - 4.775 * A @ X + 2.0315 * A @ A @ X
    return X


@plot(
    "x, y, log x, log y",
    "Where it is a straight line, the lead is a power of V",
    cases=[
        ([10, 20, 40], [0.2, 0.6, 2.0], [0.1, 0.1, 0.2]),
        ([5, 50, 500], [0.3, 0.9, 4.0], [0.2, 0.3, 0.1]),
    ],
)
def plot_lead(ax, sizes, momentum, adam):
    """Plot how many times as high momentum ends as Adam, both axes logarithmic.

    np.divide(momentum, adam) -> np.divide(adam, momentum)
        it is upside down: how many times as high as Adam's is momentum's
    np.divide(momentum, adam) -> np.subtract(momentum, adam)
        that is a difference: "times" is a quotient
    np.divide(momentum, adam) -> momentum
        that is momentum's cost alone: divide it by Adam's
    np.divide(momentum, adam) -> adam
        that is Adam's cost alone: divide momentum's by it
    np.divide(momentum, adam) -> np.log10(np.divide(momentum, adam))
        the logarithm is taken twice: by you, and by the axis
    np.divide(momentum, adam) -> 100 * (np.divide(momentum, adam) - 1)
        that is how many per cent higher: "times as high" is the quotient alone
    np.divide(momentum, adam) -> np.divide(momentum, adam) - 1
        that is how much higher: "times as high" has no minus 1
    np.divide(momentum, adam) -> np.divide(momentum, adam[0])
        all are divided by Adam's first cost: each V has its own
    np.divide(momentum, adam) -> np.divide(momentum, sizes)
        momentum is divided by V: divide it by Adam's cost
    ax.plot(sizes, -> ax.plot(np.log10(sizes),
        the logarithm of V is taken twice: by you, and by the axis
    ax.plot(sizes, -> ax.plot(np.square(sizes),
        x is V²: it is V
    ax.set_xscale("log") ->
        the x axis is linear: ax.set_xscale("log")
    ax.set_yscale("log") ->
        the y axis is linear: ax.set_yscale("log")
    ax.plot(sizes, np.divide(momentum, adam)) -> ax.plot(sizes, momentum)
    ax.set_xscale("log") -> ax.plot(sizes, adam); ax.set_xscale("log")
        those are the two costs: one curve is asked for, their quotient
    """
    ax.plot(sizes, np.divide(momentum, adam))
    ax.set_xscale("log")
    ax.set_yscale("log")
