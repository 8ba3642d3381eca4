"""The running problem of the course, and the board: one picture that grows with it.

512 digits, a network 64-16-10, 256 steps of 32 samples.  Each method runs at its own
best rate, so that what differs is the method.
"""

from gettext import gettext as _

import numpy as np

from utils import figures
from utils.data import digits
from utils.descent import train
from utils.network import Network
from utils.optimizers import SGD, Adam, Momentum, RMSprop

network = Network((64, 16, 10))
BATCH_SIZE, STEPS, EVERY = 32, 256, 2
SEED = 5  # of the starts and batches, where a race names none
# Rates a factor of the root of 2 apart: each is the one whose median run ends lowest.
METHODS = {
    "SGD": SGD(lr=2**-0.5),
    "Momentum": Momentum(lr=2**-3),
    "RMSprop": RMSprop(lr=2**-7),
    "Adam": Adam(lr=2**-4.5),
}


def problem():
    """Return the data, (x, y), of shapes `(512, 64)` and `(512,)`.

    >>> x, y = problem()
    >>> x.shape, y.shape
    ((512, 64), (512,))
    """
    (x, y), _validation, _test = digits()
    return x[:512], y[:512]


def race(optimizer, seeds=20, rng=None):
    """Train `seeds` networks; return the cost of all data, `(129, *runs, seeds)`.

    The rows are steps 0, 2, ..., 256.  Hyper-parameters `(*runs, 1, 1)` make a sweep:
    its runs share the starts and batches, one for each seed.  rng is a seed, or a
    `numpy.random.Generator`; None stands for `SEED`.

    >>> costs = race(METHODS["Adam"], seeds=3)
    >>> costs.shape
    (129, 3)
    """
    x, y = data = problem()
    rng = SEED if rng is None else rng
    record = {"record": lambda theta: network.cost(theta, x, y), "every": EVERY}
    return train(network, data, optimizer, BATCH_SIZE, STEPS, rng, seeds, **record)


def draw(costs, ax):
    """Draw `{name: (129, seeds)}` on the board: median, and band from 10 to 90 %.

    Returns the lines.

    >>> fig, ax = figures.subplots()
    >>> (line,) = draw({"SGD": np.ones((129, 3))}, ax)
    >>> line.get_xdata()[-1]
    np.int64(256)
    """
    lines = figures.curves(costs, ax, x=np.arange(0, STEPS + 1, EVERY))
    ax.set(xlim=(0, STEPS), ylim=(0.01, 3), yscale="log")
    ax.set(xlabel=_("step t"), ylabel=_("training cost"))
    return lines
