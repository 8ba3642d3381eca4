"""A right answer is right in any style."""

import numpy as np
import pytest

from tests.exercises.all_exercises import (
    EXERCISES,
    STEPS,
    checks,
    handed,
)
from utils import costs
from utils.optimizers import RMSprop

# Right answers in other styles.


def as_list(f):
    return lambda *args: list(f(*args))


def as_nested_lists(f):
    return lambda *args: [value.tolist() for value in f(*args)]


def in_float32(f):
    def step(*args):
        return f(*(np.float32(a) if isinstance(a, np.ndarray) else a for a in args))

    return step


def row_by_row(f):
    """Walk through runs and parameters with Python loops."""

    def step(*args):
        arrays = [a for a in args if isinstance(a, np.ndarray)]
        rest = [a for a in args if not isinstance(a, np.ndarray)]
        results = None
        for place in np.ndindex(arrays[0].shape):
            values = f(*(a[place] for a in arrays), *rest)
            results = results or [np.zeros(arrays[0].shape) for _ in values]
            for result, value in zip(results, values, strict=True):
                result[place] = value
        return tuple(results)

    return step


def in_place_on_copies(f):
    def step(theta, *args):
        mine = theta.copy()
        new, *memory = f(theta, *args)
        mine += new - theta
        return mine, *memory

    return step


def stacked(f):
    return lambda *args: np.stack(f(*args))


STYLES = [
    as_list,
    as_nested_lists,
    in_float32,
    row_by_row,
    in_place_on_copies,
    stacked,
]


@pytest.mark.parametrize("style", STYLES, ids=lambda style: style.__name__)
@pytest.mark.parametrize("name", STEPS)
def test_a_right_step_in_another_style_is_correct(name, style):
    exercise = EXERCISES[name]
    assert exercise.verdict(style(exercise.answer)).startswith("Correct.")


def efficient(theta, g, m, v, t, lr, b1, b2, eps=1e-8):
    """Kingma & Ba's reordered Adam, with eps scaled to mean the same."""
    m, v = m + (1 - b1) * (g - m), v + (1 - b2) * (g * g - v)
    root = (1 - b2**t) ** 0.5
    return theta - lr * root / (1 - b1**t) * m / (v**0.5 + eps * root), m, v


class AsObject:
    def __call__(self, *args):
        return checks.adam_step.answer(*args)


def with_working_copies(theta, g, m, v, t, lr, b1, b2, eps):
    theta, m, v = theta.copy(), m.copy(), v.copy()
    m *= b1
    m += (1 - b1) * g
    v *= b2
    v += (1 - b2) * g**2
    theta -= lr * (m / (1 - b1**t)) / (np.sqrt(v / (1 - b2**t)) + eps)
    return theta, m, v


def by_shuffle_and_loops(gradients, theta, n, lr, batch_size, epochs, rng):
    order, where = list(range(n)), np.array(theta)
    for _ in range(epochs):
        rng.shuffle(order)
        k = 0
        while k < n:
            batch = order[k : k + batch_size]
            total = 0
            for i in batch:
                total = total + gradients(where, [i])[0]
            where -= lr * total / len(batch)
            k += batch_size
    return where


def by_choice_without_replacement(gradients, theta, n, lr, batch_size, epochs, rng):
    for _ in range(epochs):
        left = rng.choice(n, n, replace=False)
        while len(left):
            rows, left = left[:batch_size], left[batch_size:]
            theta = theta - lr * sum(gradients(theta, rows)) / len(rows)
    return tuple(theta)


def keys_as_order(gradients, theta, n, lr, batch_size, epochs, rng):
    for _ in range(epochs):
        order = np.argsort(rng.random(n))
        for b in range((n + batch_size - 1) // batch_size):
            g = gradients(theta, order[b * batch_size : (b + 1) * batch_size])
            theta = theta - lr * g.sum(0) / g.shape[0]
    return theta.tolist()


def one_by_one(gradients, theta, n, lr, batch_size, epochs, rng):
    for _ in range(epochs):
        batch = []
        for i in rng.permutation(n):
            batch.append(i)
            if len(batch) == batch_size:
                theta = theta - lr * gradients(theta, batch).mean(axis=0)
                batch = []
        if batch:
            theta = theta - lr * gradients(theta, batch).mean(axis=0)
    return theta


def restores(f, x, h):
    gradient = []
    for i in range(len(x)):
        old = x[i]
        x[i] = old + h
        high = f(x)
        x[i] = old - h
        gradient.append((high - f(x)) / 2 / h)
        x[i] = old
    return gradient


def skips_nan(train, grid, seeds):
    best, best_cost = None, float("inf")
    for lr in grid:
        total = 0
        for seed in seeds:
            total += train(lr, seed).validation_cost
        if total < best_cost:
            best, best_cost = lr, total
    return best


def all_factors_at_once(ax, curvatures, rates):
    ax.plot(curvatures, np.abs(np.prod(1 - rates[:, None] * curvatures, axis=0)))


def in_closed_form(ax, sizes, budget, lr):
    eta, steps = sizes * lr, budget // sizes
    floor = eta / sizes / (2 - eta)
    ax.loglog(sizes, (floor + (1 - eta) ** (2 * steps) * (9 - floor)) / 2)


def in_radians(ax, degrees):
    saddle, angles = costs.saddle(), degrees * np.pi / 180
    for delta in 1e-2, 1e-8:
        steps = []
        for c, s in zip(np.cos(angles), np.sin(angles), strict=True):
            turn = np.array([[c, -s], [s, c]])
            rms, theta = RMSprop(0.05, beta=0.9, eps=0.0), turn @ [-1.5, delta]
            state, t = rms.init(theta), 0
            while abs(turn[:, 1] @ theta) < 1:
                g, t = turn @ saddle.gradient(theta @ turn), t + 1
                theta, state = rms.step(theta, g, state, t)
            steps.append(t)
        ax.plot(degrees, steps)


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("left_over", all_factors_at_once),
        ("plot_gaps", in_closed_form),
        ("plot_turned_saddle", in_radians),
        ("adam_step", efficient),
        ("adam_step", AsObject()),
        ("adam_step", with_working_copies),
        ("sgd", by_shuffle_and_loops),
        ("sgd", by_choice_without_replacement),
        ("sgd", keys_as_order),
        ("sgd", one_by_one),
        ("central_difference", restores),
        ("tune", skips_nan),
        ("best_beta", lambda k: (1 - 2 / (k**0.5 + 1)) ** 2),
        ("mean_square", lambda d, s, k: s**d * (0.5 + k * k / 2) ** d),
    ],
    ids=lambda value: getattr(value, "__name__", type(value).__name__),
)
def test_a_right_answer_in_another_style_is_correct(name, function):
    answer = handed(EXERCISES[name], function)
    assert EXERCISES[name].verdict(answer).startswith("Correct.")
