"""A small course on falling, swinging and counting: it knows the package alone.

Its exercises show each kind that there is, and in them the tests try what any check
does.
"""

import matplotlib.pyplot as plt  # noqa: F401  # in answers
import numpy as np

from classroom.mistakes import compare, exercise, on_paper, plot


@exercise(
    "time",
    "Twice as high is not twice as long, but {ratio:.3g} times what it was",
    cases=[(20.0, 5.0, 9.81), (3.0, 2.0, 1.62), (100.0, 0.5, 9.81), (45.0, 9.0, 3.7)],
)
def fall(height, speed, g):
    """Return the time after which a stone is down, thrown down at this speed.

    2 * g * height -> g * height
        the 2 is missing: the height is gt²/2 + vt
    speed**2 + -> speed +
        v is not squared: in the root stands v² + 2gh
    - speed) / g -> + speed) / g
        that is thrown up: who throws it down has to wait less
    (root - speed) / g -> root - speed / g
        brackets are missing: all of √(v² + 2gh) - v is divided by g
    """
    root = np.sqrt(speed**2 + 2 * g * height)
    return (root - speed) / g


def _swings():
    rng = np.random.default_rng(0)
    sizes = [(2, float), (3, np.float32), (1, float)]
    return [
        (*rng.normal(size=(2, n)).astype(kind), 0.1 * (k + 1), 9.81 - k)
        for k, (n, kind) in enumerate(sizes)
    ]


@exercise(
    "angle, rate",
    "The new rate moves the angle, so that no energy is won",
    cases=_swings(),
)
def swing(angle, rate, dt, g):
    """Take one step dt of pendulums of length 1; angle and rate are arrays.

    rate = rate - -> old, rate = rate, rate -
    dt * rate -> dt * old
        the old rate moves the angle: so the pendulum swings higher and higher
    np.sin(angle) -> angle
        that is for small angles: the pull goes as the sine
    rate - dt -> rate + dt
        the sign is flipped: the pull is towards the middle
    """
    rate = rate - dt * g * np.sin(angle)
    return angle + dt * rate, rate


@on_paper("metres", "It is {right:.0f} m", (20.0, 1.5, 4.0), within=0.01)
def stop(speed, reaction, brake):
    """Work out how far a car goes on at 20 m/s: 1.5 s of reaction, brakes of 4 m/s².

    speed * reaction + ->
        the reaction is forgotten: for 1.5 s nothing brakes
    / (2 * brake) -> / brake
        the half is missing: while it brakes, the speed is on average half of 20
    """
    return speed * reaction + speed**2 / (2 * brake)


@on_paper("smaller root, larger root", "Their sum is minus b", (1.0, -6.0), within=0.02)
def roots(b, c):
    """Work out the roots of x² + x - 6.

    -b -> b
        the sign of b is lost: the roots are (-b ± √(b² - 4c)) / 2
    """
    width = (b**2 - 4 * c) ** 0.5
    return (-b - width) / 2, (-b + width) / 2


@plot(
    "x, y, log x, log y",
    "On logarithmic axes the slopes are -1/2 and -1",
    cases=[(np.array([1, 4, 9]), 2.0), (np.array([2, 3, 5, 50]), 3.0)],
)
def plot_errors(ax, n, sigma):
    """Plot the error of a mean of n values, and its square, both axes logarithmic.

    ax.loglog(n, error**2) ->
        the square is missing: there are two curves
    np.sqrt(n) -> n
        you divide by n: the error falls as the root
    """
    error = sigma / np.sqrt(n)
    ax.loglog(n, error)
    ax.loglog(n, error**2)


@plot(
    "x of cats, y of cats, x of dogs, y of dogs",
    "So they cross",
    cases=[(np.arange(3), np.array([[3.0, 2, 1], [9, 1, 1]]))],
)
def plot_pets(ax, years, numbers):
    """Plot both rows of numbers, with the labels cats and dogs.

    numbers[1] -> numbers[0]
        the second curve is the first: that of dogs is in row 1
    """
    ax.plot(years, numbers[0], label="cats")
    ax.plot(years, numbers[1], label="dogs")


def _traits(shuffled, values, rng):
    """Return what is true of a shuffle, whatever its order."""
    values, again = list(values), shuffled(list(values), np.random.default_rng(7))
    result = shuffled(list(values), rng)
    return sorted(result) == sorted(values), list(result) == list(again)


@exercise(
    "same values, same order from another seed",
    "Any order will do",
    cases=[(list(range(9)), np.random.default_rng(k)) for k in range(2)],
    observe=_traits,
)
def shuffled(values, rng):
    """Return the values in an order that rng gives.

    rng.permutation(values) -> values
        nothing is shuffled: the order is that of the values
    rng.permutation(values) -> rng.choice(values, len(values))
        some values come twice: draw each of them once
    """
    return rng.permutation(values)


SHAPES = {
    "A": ("skewed", "where is the mean, and where the median?"),
    "B": ("symmetric", "fold the picture in the middle"),
}


def name_the_shape(answers):
    """Check {"A": "skewed" or "symmetric", ...} of two pictures."""
    truth = {letter: shape for letter, (shape, _hint) in SHAPES.items()}
    hints = {letter: hint for letter, (_shape, hint) in SHAPES.items()}
    options, praise = ["symmetric", "skewed"], "The eye is quick, and often right"
    compare("name_the_shape", answers, truth, hints, options, praise)


FOREIGN = {
    check.name: check
    for check in (fall, swing, stop, roots, plot_errors, plot_pets, shuffled)
}
