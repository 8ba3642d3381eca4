"""The answers of notebook 02 are below, with the mistakes that are made in them.

Close this file until you have written your own: the notebook's check tells you more.
An edit, `old -> new`, makes a mistake of the right answer; under it is what is said.
"""

import copy
import itertools

import numpy as np

from classroom.mistakes import Trouble, exercise, on_paper, plot
from classroom.mistakes.values import read


def _walk(sgd, gradients, theta, n, lr, batch_size, epochs, rng):
    """Let sgd walk; return its steps, (from, rows, to) each, and where it ends."""
    asked = []

    def recorded(theta, rows):
        if not np.size(rows):
            raise Trouble(
                "empty",
                "you ask for the gradients of no rows: a batch is empty, as "
                "order[k:batch_size] is for a large k, and order[k:] for a k that has "
                "reached n",
            )
        if not asked or not np.array_equal(asked[-1][0], theta):
            asked.append((np.array(theta, float), []))
        asked[-1][1].extend(np.arange(n)[np.ravel(rows)].tolist())
        return gradients(theta, rows)

    recorded.__qualname__ = "gradients"  # as errors call it
    (end,) = read(sgd(recorded, theta, n, lr, batch_size, epochs, rng), ["theta"])
    if end.shape != theta.shape:
        raise Trouble(
            "shape",
            "your theta has the shape {shape}, and should have {asked}: the last theta "
            "alone is asked for",
            shape=end.shape,
            asked=theta.shape,
        )
    places = [*(place for place, _ in asked[1:]), end]
    return [(*step, to) for step, to in zip(asked, places, strict=False)], end


def _batches(steps, n):
    """Return the rows of each step; of all n the order does not matter."""
    return [sorted(rows) if len(rows) == n else rows for _, rows, _ in steps]


def _traits(sgd, gradients, start, n, lr, batch_size, epochs, rng):
    """Describe what sgd does in numbers that do not depend on the order it drew."""

    def walk(rng):
        theta = start.copy()
        steps, end = _walk(
            sgd, gradients, theta, n, lr, batch_size, epochs, copy.deepcopy(rng)
        )
        return steps, end, not np.array_equal(theta, start)

    steps, end, spoilt = walk(rng)
    _, same_end, _ = walk(rng)
    others, _, _ = walk(np.random.default_rng(99))
    lengths, alike, first, last = [], 0, 0, 0
    for before, rows, after in steps:
        pulls, moved = gradients(before, rows), before - after
        pull = pulls.mean(axis=0)
        alike += np.allclose(moved, moved[0])
        several = len(set(rows)) > 1  # chance may draw one sample twice
        first += several and np.allclose(moved, lr * pulls[0])
        last += several and np.allclose(moved, lr * pulls[-1])
        length = moved @ pull / (lr * pull @ pull)
        straight = np.allclose(moved, length * lr * pull)
        lengths.append(length if straight else np.nan)
    batches = _batches(steps, n)
    parts = np.array_split([*itertools.chain(*batches)], epochs)
    orders = [part.tolist() for part in parts]
    cuts = [
        frozenset(frozenset(order[k : k + batch_size]) for k in range(0, n, batch_size))
        for order in orders
    ]
    pairs = [*itertools.pairwise(batches)]
    slides = sum(len(batch) > 1 and batch[1] == later[0] for batch, later in pairs)
    return (
        spoilt,
        not np.array_equal(end, same_end),
        batches == _batches(others, n),
        len(steps),
        int(np.isfinite(lengths).sum()),
        alike,
        first,
        last,
        min(map(len, batches), default=0),
        max(map(len, batches), default=0),
        sum(len(set(order)) < len(order) for order in orders),
        len(set(map(tuple, orders))),
        sum(order == sorted(order) for order in orders),
        sum(len(set(order)) <= batch_size for order in orders),
        len(set(cuts)) == 1,
        2 * slides > len(pairs),
        np.min(lengths, initial=np.inf),
        np.max(lengths, initial=-np.inf),
    )


def _pulls(n):
    """Return the gradients of a quarter of the squared distances to n points."""
    points = np.random.default_rng(n).normal(size=(n, 5))
    return lambda theta, rows: (theta - points[rows]) / 2


@exercise(
    returns="change of the argument theta, dependence on chance outside rng, "
    "same order from another rng, number of steps, number of steps along the mean "
    "gradient, number of steps with all entries alike, number of steps along the first "
    "gradient, number of steps along the last gradient, smallest batch, largest batch, "
    "number of epochs that use a sample twice, number of different orders, number of "
    "sorted orders, number of epochs with the samples of one batch, reuse of the same "
    "batches in every epoch, overlap of the batches, shortest step / (η mean "
    "gradient), longest step / (η mean gradient)",
    praise="Each epoch takes every sample once, in an order of its own",
    cases=[
        (_pulls(n), np.ones(5), n, 0.1, batch_size, 4, np.random.default_rng(n))
        for n, batch_size in [(12, 3), (14, 4)]
    ],
    observe=_traits,
)
def sgd(gradients, theta, n, lr, batch_size, epochs, rng):
    """Walk by stochastic gradient descent, `epochs` times through n samples.

    Each epoch takes the samples in a new order, batch_size at a time; its last batch
    may be smaller.  gradients(theta, rows) gives the gradient of each of these samples,
    (len(rows), P), and a step follows their mean.  With batch_size = 1, one sample.

    rng.permutation(n) -> copy.deepcopy(rng).permutation(n)
        the samples are shuffled once: draw a new order in each epoch
    rng.permutation(n) -> np.arange(n)
        the samples are not shuffled: every epoch takes them in the order of the data
    rng.permutation(n) -> copy.deepcopy(rng).permutation(n)
    [k : k + batch_size] -> [:batch_size]
        the sample is drawn once, outside the loop: every step uses the same one
    [k : k + batch_size] -> [:batch_size]
        all steps of an epoch use the same samples: take the next ones at each step
    k + batch_size] -> k + batch_size - 1]
        each batch is one sample short: order[k : k + batch_size] has batch_size of them
    k + batch_size] -> k + batch_size + 1]
        each batch has one sample of the next: order[k : k + batch_size] ends before it
    order[k : k + batch_size] -> rng.choice(n, batch_size, replace=False)
        each step draws from all samples: an epoch then repeats some, and misses others
    order[k : k + batch_size] -> rng.integers(n, size=batch_size)
        each step draws from all samples: an epoch then repeats some, and misses others
    order[k : k + batch_size] -> rng.integers(n, size=batch_size)
    range(0, n, batch_size) -> range(n // batch_size)
        each step draws from all samples: an epoch then repeats some, and misses others
    order[k : k + batch_size] -> rng.integers(n, size=batch_size)
    range(0, n, batch_size) -> range(n)
        each step draws from all samples, n times in an epoch: go through an order, and
        take batch_size of it at a time
    range(epochs) -> range(1)
    order[k : k + batch_size] -> rng.integers(n, size=batch_size)
    range(0, n, batch_size) -> range(epochs * n // batch_size)
        each step draws from all samples: an epoch then repeats some, and misses others
    rng.permutation(n) -> np.arange(n)
    range(0, n, batch_size) -> rng.permutation(np.arange(0, n, batch_size))
        only the batches are shuffled: each holds the same samples in every epoch
    range(0, n, batch_size) -> range(n // batch_size)
        the batches overlap: the next one begins batch_size further on, not 1
    range(0, n, batch_size) -> range(n)
        the batches overlap: the next one begins batch_size further on, not 1
    rng.permutation(n) -> rng.integers(n, size=n)
        each step draws from all samples: an epoch then repeats some, and misses others
    .mean(axis=0) ->
        the mean is missing: gradients gives a row for each sample, and a step follows
        the mean of the rows
    .mean(axis=0) -> .sum(axis=0)
        the gradients of a batch are summed: average them, or η depends on batch_size
    .mean(axis=0) -> .sum(axis=0) / batch_size
        the last batch is smaller, but divided by batch_size: divide by its own number
    gradients(theta, rows) -> gradients(theta, order)[k : k + batch_size]
        each step computes all n gradients and uses a few, at gradient descent's price:
        ask for those of `rows` alone
    k in range(0, n, batch_size) -> rows in np.array_split(order, n // batch_size)
    rows = order[k : k + batch_size] -> pass
        np.array_split makes parts of nearly the same size: a batch has batch_size
        samples, and only the last one may be smaller
    k in range(0, n, batch_size) -> rows in np.array_split(order, -(-n // batch_size))
    rows = order[k : k + batch_size] -> pass
        np.array_split makes parts of nearly the same size: a batch has batch_size
        samples, and only the last one may be smaller
    (0, n, batch_size) -> (n)
    order[k : k + batch_size] -> order[k]
        rows is one number, not a list: of one row the mean is over the entries of θ
    gradients(theta, rows) -> gradients(theta, order)
        every step uses all n samples: that is the full gradient, an epoch's price
    range(0, n, batch_size) -> [0]
    [k : k + batch_size] ->
        an epoch is one step with all n samples: that is gradient descent
    range(0, n, batch_size) -> [0]
        an epoch is one batch alone: go on through the order to its end
    order = rng.permutation(n) -> order, old = rng.permutation(n), theta
    gradients(theta, -> gradients(old,
        θ moves once in an epoch: all its gradients are taken at the same place
    theta = theta - lr -> theta -= lr
        your function changes its argument theta: `theta -= ...` writes into the array
        that was given, and theta = theta - ... makes a new one
    theta = theta - lr -> theta -= lr
    (0, n, batch_size) -> (0, n - batch_size + 1, batch_size)
        two things at once: your function changes its argument theta, as `theta -= ...`
        does, and the last batch is left out where it is smaller
    range(epochs) -> range(epochs if (rng := np.random.default_rng(0)) else 0)
        the order is always that of one seed: draw from the rng that is given
    range(epochs) -> range(1)
    range(0, n, batch_size) -> [0]
        there is one step alone: does return stand inside both loops? Let it come last
    range(epochs) -> range(1)
        there is one epoch alone: go through the samples `epochs` times, and return
        after both loops
    range(epochs) -> range(epochs - 1)
        an epoch is missing: range(epochs) has as many as are asked for
    range(epochs) -> range(epochs + 1)
        there is an epoch too many: range(epochs) has as many as are asked for
    .mean(axis=0) -> .mean()
        the mean is over everything, one number: average over the samples, axis=0
    .mean(axis=0) -> [0]
        only the first gradient of a batch is used: average over all
    .mean(axis=0) -> [-1]
        only the last gradient of a batch is used: average over all
    .mean(axis=0) -> .mean(axis=0) / batch_size
        the mean is divided by batch_size once more: a step follows the mean
    .mean(axis=0) -> .sum(axis=0) / n
        you divide by n: a batch is averaged over its own samples
    lr * gradients -> lr * batch_size * gradients
        η is multiplied by batch_size: a step is η times the mean, whatever the batch
    theta = theta - lr -> for i in rows: theta = theta - lr / batch_size
    (theta, rows) -> (theta, [i])
        θ moves within a batch, sample by sample: take all its gradients at one place
    theta = theta - lr -> for i in rows: theta = theta - lr / len(rows)
    (theta, rows) -> (theta, [i])
        θ moves within a batch, sample by sample: take all its gradients at one place
    theta - lr -> theta + lr
        the sign is flipped: your steps climb
    lr * gradients -> gradients
        η is missing: a step is η times the gradient
    (0, n, batch_size) -> (0, n - batch_size, batch_size)
        the last batch of each epoch is left out: go on to the end of the order
    (0, n, batch_size) -> (0, n - batch_size + 1, batch_size)
        the last batch is left out where it is smaller: its samples count too
    (0, n, batch_size) -> (batch_size, n, batch_size)
        the first batch of each epoch is left out: range begins at 0
    permutation(n) -> permutation(n - 1)
        the last sample is never used: the n samples go from 0 to n - 1
    (0, n, batch_size) -> (n)
    + batch_size] -> + 1]
        batch_size is not used: you take one sample at a time
    rng.permutation -> np.random.default_rng().permutation
        the order does not come from rng: the same seed must give the same walk
    """
    for _ in range(epochs):
        order = rng.permutation(n)
        for k in range(0, n, batch_size):
            rows = order[k : k + batch_size]
            theta = theta - lr * gradients(theta, rows).mean(axis=0)
    return theta


@on_paper(
    "rate",
    "It is {right:.3g}; the formula for small rates would have said 0.178",
    (4.0, 3.0, 0.2),
    within=0.01,
)
def rate_for_floor(curvature, sigma, floor):
    """Find the learning rate whose noise floor, the mean of x^2, is `floor`.

    The cost is curvature x^2 / 2; sigma is the standard deviation of the gradient's
    noise.  Worked out on paper, for the numbers of the case.

    sigma**2 + curvature**2 * floor -> sigma**2
        that is the limit of small η: (1 - ηλ)² has the term η²λ² too
    top / below -> floor / sigma**2
        you set ησ² = 0.2: a step adds η²σ², and the steps before it have left some, too
    top / below -> 4 * floor * curvature / sigma**2
        that is twice the limit of small η: E θ² itself is the floor, and (1 - ηλ)² has
        the term η²λ² too
    top / below -> floor * curvature / sigma**2
        (1 - ηλ) stands without its square, or the 2 of ησ²/(2λ) is missing: square the
        whole step
    sigma**2 + curvature**2 -> sigma + curvature**2
        σ is not squared: the noise of a step has the mean square η²σ²
    top / below -> floor / (sigma**2 / 4 + curvature * floor / 2)
        that is the rate for a mean cost of the floor's size: it is E θ² that is given
    top / below -> 4 * floor * curvature / (sigma**2 + 2 * curvature**2 * floor)
        you took the floor for half of E θ²: it is E θ² itself
    sigma**2 + -> 1 +
        σ is forgotten: the noise of a step has the mean square η²σ²
    2 * floor * -> 2 * floor**2 *
    curvature**2 * floor -> curvature**2 * floor**2
        you took the floor for a standard deviation: it is E θ², a square already
    2 * floor * -> 2 * floor**0.5 *
    curvature**2 * floor -> curvature**2 * floor**0.5
        you took the root of the floor: v is E θ² itself, 0.2
    top / below -> (2 * floor * curvature - sigma**2) / (curvature**2 * floor)
        η stands without its square in the noise, and comes out negative: a step adds
        η²σ²
    top / below -> 2 * floor / (sigma**2 + curvature * floor)
        one λ is lost: ηλ stands in both terms of (1 - ηλ)² = 1 - 2ηλ + η²λ²
    curvature**2 -> 1
        λ is missing in η²λ²: (1 - ηλ)² is 1 - 2ηλ + η²λ²
    curvature**2 -> 2 * curvature
        λ is doubled in η²λ², and not squared: with λ = 4 that is 16η²
    curvature**2 -> curvature
        λ is not squared: (1 - ηλ)² is 1 - 2ηλ + η²λ²
    top / below -> 2 * floor / (sigma**2 + floor)
        λ is missing: each step multiplies θ by 1 - ηλ, not by 1 - η
    sigma**2 + curvature**2 * floor -> sigma**2 - curvature**2 * floor
        a sign is wrong: in 1 - 2ηλ + η²λ² the last term is positive
    top / below -> floor**0.5 / sigma
        that is the rate whose noise in one step is the floor: the noise of the steps
        before is still there, by the part (1 - ηλ)²
    2 * floor * curvature -> floor * curvature
        the 2 is missing: (1 - ηλ)² has the term -2ηλ
    top / below -> 2 / curvature
        that is the border 2/λ: there the floor is infinite
    top / below -> 1 / curvature
        at 1/λ each step forgets the last one: its floor is η²σ², more than is asked for
    top / below -> sigma**2 * floor / (curvature * (2 - floor * curvature))
        you put 0.2 in for η: that is the floor of this rate, and 0.2 is the floor
    """
    top = 2 * floor * curvature
    below = sigma**2 + curvature**2 * floor
    return top / below


def _in_closed_form(ax, sizes, budget, lr):
    """Draw the same without a loop: some mistakes are made there alone."""
    eta, steps = sizes * lr, np.floor_divide(budget, sizes)
    floor = eta / sizes / (2 - eta)
    v = floor + (9 - floor) * (1 - eta) ** (2 * steps)
    ax.loglog(sizes, v / 2)


@plot(
    "x, y, log x, log y",
    "It is nearly level at first: sixteen samples in one step do what sixteen steps "
    "did. It turns up long before the rate meets 2",
    cases=[
        (np.array([1, 4, 16, 64]), 64, 0.02),
        (np.array([1, 2, 5, 10]), 23, 0.1),
    ],
    forms=[_in_closed_form],
)
def plot_gaps(ax, sizes, budget, lr):
    """Plot the mean gap at the end of a budget of samples against the batch size.

    The cost is x^2 / 2, the noise of one sample has variance 1, and the mean of x^2
    begins at 9.  A batch of B samples has the rate B lr, and takes budget // B steps.

    ax.loglog -> ax.plot
        both axes are linear: ax.loglog in place of ax.plot makes them logarithmic
    ax.loglog -> ax.semilogy
        the x axis is linear: ax.loglog, or ax.set_xscale("log")
    ax.loglog -> ax.semilogx
        the y axis is linear: ax.loglog, or ax.set_yscale("log")
    v / 2 -> v
        that is E θ²: the gap of J is half of it
    v / 2 -> v**0.5
        that is a distance: the gap of J is half the mean square
    ** 2 / size -> ** 2 / size * 2
        the noise counts twice: E J is half of E θ², and a step adds η²/(2B) to it
    (lr * size) ** 2 / size -> 0
    v / 2 -> (v + (lr * size) ** 2 / size) / 2
        the noise comes once, after the loop: each step adds η²/B
    v = 9.0 -> v = 4.5
        the half is taken twice: begin E θ² at 9, and halve it at the end
    v = 9.0 -> v = 18.0
        v begins twice too high: E θ² begins at 9, or E J at 4.5
    lr * size -> lr
        every batch has the same rate: it is B times lr
    lr * size -> lr
    v = 9.0 -> v, lr = 9.0, lr * size
        the rate grows from size to size: lr = lr * size in the loop piles up, so give
        the product a name of its own
    (lr * size) ** 2 / size -> lr**2 / size
        the noise has the rate of one sample: there, too, η is B times lr
    lr * size -> lr / size
        the rate is divided by B: it grows with B
    lr * size -> lr * size**0.5
        the rate grows like √B: here it is B times lr
    budget // size -> budget
        every batch takes as many steps as one sample would: a step of B samples spends
        B of the budget
    budget // size -> budget * size
        a batch of B takes B times the steps: it takes budget // B
    budget // size -> size
        a batch of B takes B steps: it takes budget // B
    ** 2 / size -> ** 2
        the noise is that of one sample: the mean of B has the variance 1/B
    ** 2 / size -> ** 2 / size**2
        1/B is squared: it is a variance already
    ** 2 / size -> ** 2 / size**0.5
        1/√B is the standard deviation: its square, 1/B, belongs here
    ** 2 / size -> / size
        η is not squared in the noise: θ moves by η times it, and θ² by η²
    (1 - lr * size) ** 2 -> (1 - lr * size)
        (1 - η) is not squared: it multiplies θ, and θ² by its square
    ** (2 * steps) -> ** steps
        (1 - η) is not squared: it multiplies θ, and θ² by its square
    v = 9.0 -> v = 3.0
        v begins at 3: that is θ, and its square is 9
    v = 9.0 -> v = 81.0
        v begins at 81: E θ² is 9, a square already
    v = 9.0 -> v = 0.0
        v begins at 0, in the minimum: it begins at 9
    v = 9.0 -> v = v if gaps else 9.0
        each batch size goes on where the last one ended: begin each at v = 9
    gaps.append(v / 2) -> ax.loglog(size, v / 2)
    ax.loglog(sizes, gaps) -> pass
        you plot each size by itself: collect the gaps in a list, and plot it once,
        after both loops
    gaps.append(v / 2) -> gaps.append(lr / (2 - lr * size) / 2)
        that is the floor: some walks have not yet reached it, so take the steps
    v = 9.0 -> v, walk = 9.0, []
    (lr * size) ** 2 / size -> (lr * size) ** 2 / size; walk.append(v / 2)
    gaps.append(v / 2) -> ax.loglog(walk)
    ax.loglog(sizes, gaps) -> pass
        you draw each walk: one curve is asked for, the gap at the end against the
        batch size
    budget // size -> 1
        one step alone is taken: a batch of B takes budget // B
    budget // size -> budget // size + 1
        there is a step too many: range(budget // size) has as many as are asked for
    budget // size -> -(-budget // size)
        the steps are rounded up: for the last of them the budget is not enough
    budget // size -> budget // size - 1
        a step is missing: range(budget // size) has as many as are asked for
    sizes, gaps -> [budget // size for size in sizes], gaps
        x is the number of steps: the batch size is asked for
    sizes, gaps -> [lr * size for size in sizes], gaps
        x is the rate: the batch size is asked for
    (1 - lr * size) ** 2 * v + -> v +
        the error does not shrink: each step multiplies it by 1 - η
    gaps.append(v / 2) -> gaps.append((v - lr / (2 - lr * size)) / 2)
        that is how far J lies above its floor: the gap is measured from its minimum
    (1 - eta) ** (2 * steps) -> np.exp(-2 * eta * steps)
        e^(-2ηt) is the limit of small η: a step multiplies E θ² by (1 - η)²
    (1 - eta) ** (2 * steps) -> np.exp(-2 * eta * steps)
    (2 - eta) -> 2
        e^(-2ηt) and the floor η/2 are limits of small η: here η grows with B
    (1 - eta) ** (2 * steps) -> np.exp(-2 * eta * steps)
    floor + (9 - floor) -> 9
        e^(-2ηt) is the limit of small η, and without the floor: each step adds η²/B
    (2 - eta) -> 2
        η/2 is the floor of small η: here η grows with B, and 2 - η belongs there
    v = 9.0 -> v, walk = 9.0, [9.0]
    (lr * size) ** 2 / size -> (lr * size) ** 2 / size; walk.append(v)
    v / 2 -> np.mean(walk) / 2
        that is the mean over the steps of the walk: the gap after the last one is asked
    v = 9.0 -> v, walk = 9.0, []
    (lr * size) ** 2 / size -> (lr * size) ** 2 / size; walk.append(v)
    v / 2 -> np.mean(walk) / 2
        that is the mean over the steps of the walk: the gap after the last one is asked
    v = 9.0 -> v = 3.0
    ** 2 * v + (lr * size) ** 2 / size -> * v + lr * size / size**0.5
    v / 2 -> v**2 / 2
        you follow θ, and every kick has the same sign: follow E θ², where they cancel
    v = 9.0 -> v = 3.0
    ** 2 * v + (lr * size) ** 2 / size -> * v - lr * size / size**0.5
    v / 2 -> v**2 / 2
        you follow θ, and every kick has the same sign: follow E θ², where they cancel
    v = 9.0 -> v = 3.0
    ** 2 * v + (lr * size) ** 2 / size -> * v + (lr * size) ** 2 / size
    v / 2 -> v**2 / 2
        you follow θ: its square is not multiplied by 1 - η, but by (1 - η)²
    + (lr * size) ** 2 / size ->
        there is no noise: each step adds η²/B
    """
    gaps = []
    for size in sizes:
        v = 9.0
        for _ in range(budget // size):
            v = (1 - lr * size) ** 2 * v + (lr * size) ** 2 / size
        gaps.append(v / 2)
    ax.loglog(sizes, gaps)
