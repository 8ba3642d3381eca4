"""Write after.npz: what optax computes, for the three rules of notebook 09.

    python tests/library/references/after.py    (needs optax; no test does)

The gradients are stored too, so that no random stream has to stay the same.
"""

from itertools import pairwise
from pathlib import Path

import jax
import numpy as np
import optax
from optax import contrib

PATH = Path(__file__).with_name("after.npz")
SIZES = (6, 3, 5)  # of a network: one tall matrix, one wide


def warm(t):
    """Return the rate of step t, which climbs for 26 steps."""
    return 0.02 * jax.numpy.minimum(1, jax.numpy.float64(t) / 26)


# Where optax's Schedule-Free counts its steps from 1, its Adam counts them from 0.
ADAM = optax.adam(lambda count: warm(count + 1), b1=0.0, b2=0.999, eps=1e-12)
RULES = {
    "Lion": optax.lion(0.02, b1=0.9, b2=0.99, weight_decay=0.0),
    "Muon": contrib.muon(0.02, beta=0.9, eps=0.0, nesterov=False, consistent_rms=0.2),
    "Schedule-Free": contrib.schedule_free_adamw(0.02, b1=0.9, b2=0.999, eps=1e-12),
    "Schedule-Free, with a warm-up": contrib.schedule_free(ADAM, warm, b1=0.9),
}
EVERY = 50


def folded(theta):
    """Return a flat array as the layers of the network, {name: array}."""
    parts, start = {}, 0
    for k, (rows, columns) in enumerate(pairwise(SIZES)):
        for name, shape in (f"W{k}", (rows, columns)), (f"b{k}", (columns,)):
            size = int(np.prod(shape))
            parts[name] = jax.numpy.array(theta[start : start + size].reshape(shape))
            start += size
    return parts


def flat(parts):
    return np.concatenate([np.ravel(parts[name]) for name in ("W0", "b0", "W1", "b1")])


def walk(name, start, gradients):
    """Return where a rule is after every 50th of the given gradients."""
    theta, path = folded(start), []
    state, update = RULES[name].init(theta), jax.jit(RULES[name].update)
    for t, gradient in enumerate(gradients, 1):
        step, state = update(folded(gradient), state, theta)
        theta = {key: theta[key] + step[key] for key in theta}
        if t % EVERY == 0:
            average = contrib.schedule_free_eval_params
            path.append(flat(average(state, theta) if "Free" in name else theta))
    return np.array(path)


if __name__ == "__main__":
    rng = np.random.default_rng(0)
    size = sum((a + 1) * b for a, b in pairwise(SIZES))
    start, scale = rng.normal(size=size), 10 ** rng.uniform(-3, 1, size=size)
    gradients = scale * rng.normal(0.3, 1, size=(500, size))
    with jax.enable_x64(True):
        paths = {name: walk(name, start, gradients) for name in RULES}
    np.savez_compressed(PATH, start=start, gradients=gradients, **paths)
