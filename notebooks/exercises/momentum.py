"""The answers of notebook 03 are below, with the mistakes that are made in them.

Close this file until you have written your own: the notebook's check tells you more.
An edit, `old -> new`, makes a mistake of the right answer; under it is what is said.
"""

import numpy as np

from classroom.mistakes import exercise, on_paper, plot


def _places():
    """Draw arguments for a step: where it is, where it was, a gradient, η and β."""
    rng, cases = np.random.default_rng(3), []
    for size in 2, 3, 5, 4:
        theta, before, gradient = rng.normal(size=(3, size)).round(2)
        lr, beta = rng.uniform(0.1, 0.9, 2).round(2)
        cases.append((theta, before, gradient, lr, beta))
    return cases


def _velocity(theta, before, gradient, lr, beta):
    v = beta * (before - theta) / lr + gradient
    return theta - lr * v


@exercise(
    "theta",
    "A step of momentum is a step of gradient descent, plus β times the last step",
    cases=_places(),
    forms=[_velocity],
)
def ball(theta, before, gradient, lr, beta):
    """Take one step of the heavy ball from the last two places, without a velocity.

    theta - before -> before - theta
        the last step points backwards: it was from the place before to θ
    + beta * (theta - before) ->
        the last step is missing: that is plain gradient descent
    beta * (theta - before) -> beta * (theta - before - lr * gradient)
        that looks ahead, as Nesterov's momentum does: here β multiplies the last step
        alone
    theta - lr * v -> theta - lr * (gradient + beta * v)
        that looks ahead, as Nesterov's momentum does: here β multiplies the last step
        alone
    beta * (theta - before) -> (theta - before)
        β is missing: the whole last step is taken again
    beta * (theta - before) -> lr * beta * (theta - before)
        η multiplies the last step as well: θ - before is -ηv, and has its η already
    beta * (theta - before) -> beta * (theta - before) / lr
        the last step is divided by η: it is -ηv, and goes in as it is
    beta * (theta - before) -> lr * (theta - before)
        η stands where β belongs: the last step fades by β, and has its η already
    lr * gradient -> gradient
        η is missing before the gradient: momentum moves by η times v
    lr * gradient -> (1 - beta) * lr * gradient
        that is the other convention, v = βv + (1 - β)g: here the gradient is added
        whole
    beta * (theta - before) -> (1 - beta) * (theta - before)
        the last step fades by 1 - β: its factor is β
    theta - lr * gradient + -> (1 - beta) * (theta - lr * gradient) +
        1 - β multiplies θ too: nothing is averaged here, so leave it out
    theta - lr * gradient + -> theta + lr * gradient +
        the sign of the gradient is flipped: your step climbs
    theta - lr * gradient -> - lr * gradient
        that is the step alone: add it to θ
    theta - lr * gradient -> before - lr * gradient
        you step from the place before: step from θ
    beta * (theta - before) -> beta * theta
        β multiplies θ itself: it belongs to the last step, θ - before
    beta * (theta - before) -> beta * before
        β multiplies the place before: it belongs to the last step, θ - before
    theta - lr * gradient + -> theta - lr * beta * gradient +
        β multiplies the gradient too: it is the old v alone that fades
    theta - lr * gradient + beta -> theta - (1 - beta) * lr * gradient + (1 - beta)
        1 - β multiplies both parts: the gradient is added whole, the last step fades by
        β
    theta - lr * v -> v
        that is the velocity: the next θ is asked for
    lr * gradient + beta * (theta - before) -> lr * (gradient + beta * (theta - before))
        the bracket takes in the last step, and its sign is wrong: θ - before is -ηv
    """
    return theta - lr * gradient + beta * (theta - before)


@on_paper(
    "room",
    "With β = 0.5625 it is 1: at Polyak's pair the bar has no room left",
    (0.64, 49),
    within=0.005,
)
def room(beta, kappa):
    """Work out the largest η at which every direction swings, over the smallest.

    / kappa ->
        that is the longest κ that fits: the bar itself takes 49 of it, so divide
    / kappa -> * kappa
        the ends are exchanged: the flattest direction limits η below, the steepest
        above
    / kappa -> / np.sqrt(kappa)
        √κ stands in place of κ: the ends of the bar are ημ and ηL, their quotient is κ
    / kappa -> / kappa - 1
        that is how much larger it is, as a share: as a factor it is 1 more
    ((1 + root) / (1 - root)) ** 2 / kappa -> kappa * ((1 - root) / (1 + root)) ** 2
        the fraction is upside down: the largest η over the smallest one
    ((1 + root) / (1 - root)) ** 2 / kappa -> (1 + root) / (1 - root) / np.sqrt(kappa)
        that is the root of it: the dashed line is at (1 ± √β)²
    ((1 + root) / (1 - root)) ** 2 / kappa -> (1 + root) ** 2 / kappa - (1 - root) ** 2
        that is the difference of the two η: their quotient is asked for
    ((1 + root) / (1 - root)) ** 2 / kappa -> (1 - root) ** 2
        that is the smallest ημ: divide the largest η by the smallest
    ((1 + root) / (1 - root)) ** 2 / kappa -> (1 + root) ** 2
        that is the largest ηL: divide the largest η by the smallest
    ((1 + root) / (1 - root)) ** 2 -> (1 + beta) / (1 - root) ** 2
        the right end is taken as 1 + β: it is (1 + √β)²
    ** 2 ->
        the square is missing: the dashed line is at (1 ± √β)²
    np.sqrt(beta) -> beta
        β stands in place of √β: the dashed line is at (1 ± √β)²
    ** 2 / kappa ->
        the square is missing, and κ: that is √κ of the longest bar
    np.sqrt(beta) -> beta
    / kappa ->
        β stands in place of √β, and κ is missing: the dashed line is at (1 ± √β)²
    np.sqrt(beta) -> beta
    ** 2 ->
        you have (1 + β)/(1 - β): the dashed line is at (1 ± √β)², so take √β and square
    (1 + root) / (1 - root) -> (1 - root) / (1 + root)
        the ends of the dashed line are upside down: the right one over the left one
    ((1 + root) / (1 - root)) ** 2 -> 2 * (1 + beta) / (1 - root) ** 2
        the right end is on the solid line: there it diverges, and it swings only up to
        the dashed one
    ((1 + root) / (1 - root)) ** 2 -> (1 + root) ** 2 / (1 - root)
        the left end is not squared: it is (1 - √β)²
    ((1 + root) / (1 - root)) ** 2 -> (1 + root) / (1 - root) ** 2
        the right end is not squared: it is (1 + √β)²
    ((1 + root) / (1 - root)) ** 2 -> 4 / (1 - root) ** 2
        the right end is taken as 4: that is for β = 1, and it is (1 + √β)²
    ((1 + root) / (1 - root)) ** 2 -> 2 * (1 + beta) / (1 - beta) ** 2
        the right end is on the solid line, and the left one has β for √β: both ends
        are on the dashed line, (1 ± √β)²
    ((1 + root) / (1 - root)) ** 2 -> (1 + root) ** 2
        that is the right end of the dashed line, over κ: divide it by the left end
    ((1 + root) / (1 - root)) ** 2 -> ((1 + root) ** 2 - (1 - root) ** 2)
        you have the difference of the ends: it is their quotient
    ((1 + root) / (1 - root)) ** 2 -> 1 / (1 - root) ** 2
        the right end is taken as 1: it is (1 + √β)²
    ((1 + root) / (1 - root)) ** 2 -> 2 / (1 - root) ** 2
        the right end is gradient descent's border, 2: it is (1 + √β)²
    ((1 + root) / (1 - root)) ** 2 -> (2 * root / (1 - root)) ** 2
        the right end has 2√β in place of 1 + √β: it is (1 + √β)²
    ((1 + root) / (1 - root)) ** 2 / kappa -> np.log(81 / kappa)
        that is the logarithm, the room on a logarithmic axis: the factor itself is
        asked for
    ((1 + root) / (1 - root)) ** 2 / kappa -> np.log10(81 / kappa)
        that is the logarithm, the room on a logarithmic axis: the factor itself is
        asked for
    ((1 + root) / (1 - root)) ** 2 -> ((1 + root) / (1 - root)) ** 4
        it is squared twice: the ends are (1 ± √β)² already
    ((1 + root) / (1 - root)) ** 2 -> 2 * (1 + root) / (1 - root)
        you doubled the fraction: square it
    """
    root = np.sqrt(beta)
    return ((1 + root) / (1 - root)) ** 2 / kappa


def _made_up(rows, networks, seed):
    """Return a race that costs nothing: a function of the rate, as in the notebook."""

    def race(rate):
        rng = np.random.default_rng(seed)
        fall = np.exp(-np.linspace(0, 3, rows)[:, None] * rate)
        return fall * rng.lognormal(size=(rows, networks)) + 0.01 * rate

    return race


@plot(
    "x, y, log x, log y",
    "The same long step without the memory: what is left of the gain, your curve shows",
    cases=[(_made_up(17, 5, 0), 0.125, 0.9), (_made_up(9, 3, 1), 0.4, 0.7)],
)
def control(ax, race, lr, beta):
    """Draw how SGD trains with steps as long as momentum's become.

    lr / (1 - beta) -> lr
        you gave SGD momentum's η: along the same g momentum's step is ηg/(1 - β)
    lr / (1 - beta) -> lr * (1 - beta)
        you made the rate smaller: v is longer than g, so SGD's η must be larger
    lr / (1 - beta) -> lr / (1 + beta)
        that is v for a gradient that alternates: here it stays the same
    lr / (1 - beta) -> lr * (1 + beta)
        1 + β is for the border, 2(1 + β)/L: along the same g, v is g/(1 - β)
    lr / (1 - beta) -> lr * beta / (1 - beta)
        the present gradient is left out: v is g + βg + β²g + …, that is g/(1 - β)
    lr / (1 - beta) -> lr * beta
        you multiplied by β: along the same g, v is g/(1 - β)
    lr / (1 - beta) -> lr * (1 + beta) / (1 - beta)
        you divided the two sums: along the same g, v is g/(1 - β)
    lr / (1 - beta) -> lr * (1 - beta**5) / (1 - beta)
        your sum stops after five gradients: it goes on to g/(1 - β)
    lr / (1 - beta) -> lr / beta
        you divided by β: along the same g, v is g/(1 - β)
    lr / (1 - beta) -> 1 / (1 - beta)
        η is missing: the step of momentum is η times v
    lr / (1 - beta) -> lr / (1 - beta) ** 2
        1 - β comes in once: v is g/(1 - β)
    lr / (1 - beta) -> 10 * lr
        ten times is for β = 0.9: use the β that is given
    lr / (1 - beta) -> lr + beta
        β is no rate: along the same g, v is g/(1 - β)
    lr / (1 - beta) -> lr
    np.median(costs, axis=1) -> np.median(costs, axis=1) / (1 - beta)
        1 - β divides the cost: divide the rate by it, before the race
    np.median(costs, axis=1) -> np.median(costs, axis=1) / (1 - beta)
        the cost is divided as well: 1 - β belongs to the rate alone
    np.median(costs, axis=1) -> np.mean(costs, axis=1)
        that is the mean of the networks: the median is asked for
    np.median(costs, axis=1) -> costs
        you draw each network: take their median
    np.median(costs, axis=1) -> costs[:, 0]
        that is the first network alone: take the median of all
    np.median(costs, axis=1) -> np.quantile(costs, 0.9, axis=1)
        that is the 90 % quantile: the median is the middle one
    np.median(costs, axis=1) -> np.quantile(costs, 0.1, axis=1)
        that is the 10 % quantile: the median is the middle one
    np.arange(len(costs)) -> np.arange(costs.shape[1])
    axis=1 -> axis=0
        the median is that of the steps: the networks are columns, so axis=1
    np.median(costs, axis=1) -> costs.min(axis=1)
        that is the best network of each step: take the median
    np.median(costs, axis=1) -> np.log(np.median(costs, axis=1))
    ax.semilogy( -> ax.plot(
        you draw the logarithm of the cost: draw the cost, on a logarithmic axis
    2 * np.arange(len(costs)) -> np.arange(len(costs))
        x counts the rows: they are of the steps 0, 2, 4, …
    2 * np.arange(len(costs)) -> 2 * np.arange(len(costs)) + 2
        x begins at 2: the first row is the start, step 0
    2 * np.arange(len(costs)) -> np.linspace(0, 256, len(costs))
        x is stretched to 256: the rows are of the steps 0, 2, 4, …, as many as there
        are
    2 * np.arange(len(costs)) -> 64 * np.arange(len(costs))
        x counts samples, 32 in a step: count the steps, 0, 2, 4, …
    2 * np.arange(len(costs)) -> 32 * np.arange(len(costs))
        x counts samples, and each row as one step: the rows are of the steps 0, 2, 4, …
    2 * np.arange(len(costs)) -> np.arange(len(costs)) + 1
        x counts the rows from 1: they are of the steps 0, 2, 4, …
    ax.semilogy( -> ax.plot(
        the y axis is linear: draw with ax.semilogy
    ax.semilogy( -> ax.loglog(
        the x axis is logarithmic too: draw with ax.semilogy
    """
    costs = race(lr / (1 - beta))
    ax.semilogy(2 * np.arange(len(costs)), np.median(costs, axis=1))
