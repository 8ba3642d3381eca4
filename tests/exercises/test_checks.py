"""Exercise checks: what is right passes, and each mistake gets its own name."""

import ast
import inspect
import itertools
import statistics
import sys
import time
import warnings

import nbformat
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbclient import NotebookClient

from utils import checks, costs, network, optimizers, schedules

EXERCISES = {
    name: value
    for name, value in vars(checks).items()
    if isinstance(value, checks.Exercise)
}
STEPS = "heavy_ball", "rmsprop_step", "adagrad_step", "adam_step", "amsgrad_step"
every_exercise = pytest.mark.parametrize("name", EXERCISES)


@pytest.fixture(autouse=True)
def no_tracer():
    """Under a coverage tool there would be no time limit: take its tracer away."""
    tracer = sys.gettrace()
    sys.settrace(None)
    yield
    sys.settrace(tracer)


# The right answers are right: they are those of utils, or of mathematics.


def stepper(make, memory, hyper):
    """Turn an optimizer of utils into a function with the arguments of an exercise."""

    def step(theta, gradient, *rest):
        state, rest = rest[:memory], rest[memory:]
        t, hypers = (rest[0], rest[1:]) if len(rest) > hyper else (1, rest)
        state = state if memory > 1 else state[0]
        return make(*hypers).step(theta, gradient, state, t)

    return step


@pytest.mark.parametrize(
    ("name", "make", "memory", "hyper"),
    [
        ("heavy_ball", optimizers.Momentum, 1, 2),
        ("rmsprop_step", optimizers.RMSprop, 1, 3),
        ("adagrad_step", optimizers.AdaGrad, 1, 2),
        ("adam_step", optimizers.Adam, 2, 4),
        ("amsgrad_step", optimizers.AMSGrad, 3, 4),
    ],
)
def test_the_optimizers_of_utils_are_right(name, make, memory, hyper):
    exercise = EXERCISES[name]
    assert exercise.verdict(stepper(make, memory, hyper)).startswith("Correct.")


def test_the_gradient_of_the_network_in_utils_is_right():
    def gradient(W1, b1, W2, b2, x, y):
        net = network.Network((len(W1), len(b1), len(b2)))
        theta = np.concatenate([np.ravel(part) for part in (W1, b1, W2, b2)])
        (dW1, db1), (dW2, db2) = net.layers(net.gradient(theta, x, y))
        return dW1, db1[0], dW2, db2[0]

    assert checks.network_gradient.verdict(gradient).startswith("Correct.")


def test_central_differences_come_close_to_the_gradients_of_the_landscapes():
    for J in costs.rosenbrock(), costs.himmelblau(), costs.quadratic(10, 30):
        estimate = checks.central_difference.answer(J, J.start, 1e-5)
        np.testing.assert_allclose(estimate, J.gradient(J.start), rtol=1e-7)


def test_mean_square_is_that_of_a_wide_network():
    rng = np.random.default_rng(11)
    for scale, activation in itertools.product([1.6, 2.0], ["relu", "identity"]):
        net = network.Network((1000, 1000, 1000, 1000, 1), activation)
        theta = net.initial(rng, scale)
        *_, h, _ = net.activations(theta, rng.choice([-1.0, 1.0], size=(1, 1000)))
        want = checks.mean_square.answer(3, scale, activation)
        assert abs(np.mean(h**2) / want - 1) < 0.25


def test_noise_floor_is_the_variance_that_one_more_step_keeps():
    for lr, curvature, sigma in checks.noise_floor.cases:
        floor = checks.noise_floor.answer(lr, curvature, sigma)
        after = (1 - lr * curvature) ** 2 * floor + lr**2 * sigma**2
        assert np.isclose(after, floor)


def test_the_schedules_of_utils_are_right():
    inverse = lambda t, lr, decay: schedules.inverse_time(lr, decay)(t)  # noqa: E731
    assert checks.inverse_time.verdict(inverse).startswith("Correct.")

    def climb_then_fall(t, lr, warmup, steps):
        if t <= warmup:
            return schedules.warmup(lr, warmup)(t)
        return schedules.cosine(lr, steps - warmup)(t - warmup + 1)

    assert checks.warmup_cosine.verdict(climb_then_fall).startswith("Correct.")


def test_with_the_converted_rate_both_conventions_walk_the_same_path():
    lr, beta, rng = 0.03, 0.9, np.random.default_rng(12)
    theta = other = np.ones(2)
    v = u = np.zeros(2)
    for _ in range(20):
        g = rng.normal(size=2)
        v, u = beta * v + g, beta * u + (1 - beta) * g
        theta = theta - lr * v
        other = other - checks.convert_lr.answer(lr, beta) * u
    np.testing.assert_allclose(theta, other, rtol=1e-12)


@pytest.mark.parametrize("kappa", [4.0, 50.0])
def test_no_other_beta_is_faster_at_its_best_rate(kappa):
    def rate(lr, beta):
        radii = []
        for curvature in 1, kappa:
            step = [[1 + beta - lr * curvature, -beta], [1, 0]]
            radii.append(abs(np.linalg.eigvals(step)).max())
        return max(radii)

    best = checks.best_beta.answer(kappa)
    lrs = np.geomspace(0.1, 4, 400) / kappa
    fastest = [
        min(rate(lr, beta) for lr in lrs) for beta in best + np.r_[-0.05, 0, 0.05]
    ]
    assert fastest[1] < min(fastest[0], fastest[2])


def test_drift_is_that_of_rmsprop_in_utils():
    for gradients, beta in checks.drift.cases:
        rms, theta = optimizers.RMSprop(lr=1.0, beta=beta, eps=0), np.zeros(1)
        v, ends = rms.start(theta), []
        for g in gradients * 100:
            theta, v = rms.step(theta, np.array([g]), v, 1)
            ends.append(theta[0])
        drift = ends[-1] - ends[-1 - len(gradients)]
        assert np.isclose(checks.drift.answer(gradients, beta), drift)


def test_the_corrected_average_of_a_constant_is_the_constant():
    average = 0.0
    for t in range(1, 9):
        average = 0.8 * average + 0.2 * 5.0
        assert np.isclose(checks.bias_correction.answer(average, 0.8, t), 5.0)


def test_paired_standard_error_is_that_of_the_standard_library():
    for a, b in checks.paired_standard_error.cases:
        want = statistics.stdev((a - b).tolist()) / len(a) ** 0.5
        assert np.isclose(checks.paired_standard_error.answer(a, b), want)


def test_sgd_walks_to_where_the_mean_gradient_is_0():
    gradients, theta, n, *_ = checks.sgd.cases[0]
    rng = np.random.default_rng(0)
    end = checks.sgd.answer(gradients, theta, n, 0.003, 3, 2000, rng)
    assert abs(gradients(end, np.arange(n)).mean(axis=0)).max() < 2e-3


# Stubs, solutions, and the confusion matrix.


@every_exercise
def test_a_stub_is_not_yet_right(name):
    exercise = EXERCISES[name]
    namespace = {}
    exec(f"def stub({', '.join(exercise.names)}):\n    'Words.'\n    ...", namespace)
    said = exercise.verdict(namespace["stub"])
    assert said == (
        "Not yet: write your lines in place of the ..., and run the cell again."
    )


@every_exercise
def test_the_right_answer_is_correct(name, capsys):
    EXERCISES[name](EXERCISES[name].answer)
    said = capsys.readouterr().out
    assert said.startswith("Correct. ") and said.count("\n") == 1, said
    assert "nan" not in said and "{" not in said


@every_exercise
def test_each_mistake_is_named_and_no_other(name, capsys):
    """The confusion matrix: mistakes as they are made, against mistakes as named."""
    exercise = EXERCISES[name]
    sentences = list(dict.fromkeys(exercise.mistakes.values()))
    matrix = np.zeros((len(sentences), len(sentences)), int)
    for edits, sentence in exercise.mistakes.items():
        made = exercise.edited(edits)
        assert made is not None, f"{edits!r} is not an edit of the right answer"
        said = exercise.verdict(made)
        named = [s for s in sentences if said.startswith(f"Not yet: {s.split('{')[0]}")]
        assert len(named) == 1, said
        assert "nan" not in said.replace("(NaN)", "").replace("np.nan", ""), said
        matrix[sentences.index(sentence), sentences.index(named[0])] += 1
    with capsys.disabled():
        print(f"\n{name}: made (down) × named (across)")
        for row, sentence in zip(matrix, sentences, strict=True):
            cells = "".join(f"{count:2d}" if count else " ·" for count in row)
            print(f"{cells}  {sentence.split(': ')[0]}")
    assert np.count_nonzero(matrix - np.diag(np.diag(matrix))) == 0
    assert (np.diag(matrix) > 0).all()


@every_exercise
def test_no_two_mistakes_look_alike_and_none_looks_right(name):
    """Else the name would depend on the order in which the mistakes are listed."""
    exercise = EXERCISES[name]
    right = [exercise.outcome(exercise.answer, case) for case in exercise.cases]
    seen = {}
    for edits, sentence in exercise.mistakes.items():
        made = exercise.edited(edits)
        outcomes = [
            exercise.outcome(made, case, r.values)
            for case, r in zip(exercise.cases, right, strict=True)
        ]
        for other, others in {"right": right, **seen}.items():
            alike = all(map(checks.Outcome.same, outcomes, others))
            assert not alike or other == sentence, f"{sentence} looks like {other}"
        seen[sentence] = outcomes


def test_there_are_enough_of_them():
    assert len(EXERCISES) + 3 >= 12  # and name_the_bug, supported, diagnose_logs
    named = {(n, s) for n, e in EXERCISES.items() for s in e.mistakes.values()}
    assert len(named) >= 60


@every_exercise
def test_the_sentences_are_sentences(name):
    """They continue "Not yet: ", and have a name that can be told with another."""
    for sentence in EXERCISES[name].mistakes.values():
        short, colon, rest = sentence.partition(": ")
        assert colon and rest and not sentence.endswith(".")
        assert len(short) < 100 and len(sentence) < 200
        assert "{" not in short


# Mistakes as people write them: none of these functions is made from an edit.


def no_correction(theta, g, m, v, t, lr, b1, b2, eps):
    m += (1 - b1) * (g - m)
    v += (1 - b2) * (g * g - v)
    return theta - lr * m / (v**0.5 + eps), m, v


def corrected_in_place(theta, g, m, v, t, lr, b1, b2, eps):
    m = b1 * m + (1 - b1) * g
    v = b2 * v + (1 - b2) * g**2
    m /= 1 - b1**t
    v /= 1 - b2**t
    return theta - lr * m / (np.sqrt(v) + eps), m, v


def only_m(theta, g, m, v, t, lr, b1, b2, eps):
    m, v = m * b1 + g * (1 - b1), v * b2 + g * g * (1 - b2)
    return [theta - lr * (m / (1 - b1**t)) / (eps + np.sqrt(v)), m, v]


def only_v(theta, g, m, v, t, lr, b1, b2, eps):
    m, v = m * b1 + g * (1 - b1), v * b2 + g * g * (1 - b2)
    return theta - lr * m / (eps + np.sqrt(v / (1 - b2**t))), m, v


def eps_inside(theta, g, m, v, t, lr, b1, b2, eps):
    m, v = m * b1 + g * (1 - b1), v * b2 + g * g * (1 - b2)
    return theta - lr * m / (1 - b1**t) * (v / (1 - b2**t) + eps) ** -0.5, m, v


def eps_outside(theta, g, m, v, t, lr, b1, b2, eps):
    m, v = m * b1 + g * (1 - b1), v * b2 + g * g * (1 - b2)
    step = lr * m / (1 - b1**t) / np.sqrt(v / (1 - b2**t))
    return theta - step + eps, m, v


def counts_from_zero(theta, g, m, v, t, lr, b1, b2, eps):
    k = t - 1
    m, v = m * b1 + g * (1 - b1), v * b2 + g * g * (1 - b2)
    step = lr * m / (1 - b1**k) / (np.sqrt(v / (1 - b2**k)) + eps)
    return theta - step, m, v


def swapped(theta, g, m, v, t, lr, b2, b1, eps):
    m, v = m * b1 + g * (1 - b1), v * b2 + g * g * (1 - b2)
    step = lr * m / (1 - b1**t) / (np.sqrt(v / (1 - b2**t)) + eps)
    return theta - step, m, v


def stale(theta, g, m, v, t, lr, b1, b2, eps):
    step = lr * m / (1 - b1**t)
    m, v = m * b1 + g * (1 - b1), v * b2 + g * g * (1 - b2)
    return theta - step / (np.sqrt(v / (1 - b2**t)) + eps), m, v


def no_root(theta, g, m, v, t, lr, b1, b2, eps):
    m, v = m * b1 + g * (1 - b1), v * b2 + g * g * (1 - b2)
    return theta - lr * m / (1 - b1**t) / (v / (1 - b2**t) + eps), m, v


def torch_like_with_a_plus(theta, g, m, v, t, lr, b1, b2, eps):
    m, v = m * b1 + g * (1 - b1), v * b2 + g * g * (1 - b2)
    step = lr / (1 - b1**t) * m / (np.sqrt(v) / np.sqrt(1 - b2**t) + eps)
    return theta + step, m, v


def ema(theta, g, v, lr, beta):
    v = v + (1 - beta) * (g - v)
    return theta - lr * v, v


def sutskever(theta, g, v, lr, beta):
    v = beta * v - lr * g
    return theta + v, v


def look_ahead(theta, g, v, lr, beta):
    v = beta * v + g
    return theta - lr * g - lr * beta * v, v


def moves_first(theta, g, v, lr, beta):
    theta = theta - lr * v
    return theta, beta * v + g


def no_memory(theta, g, v, lr, beta):
    v = np.zeros_like(theta)
    v = beta * v + g
    return theta - lr * v, v


def adagrad_instead(theta, g, v, lr, beta, eps):
    v = v + np.square(g)
    return theta - lr / (np.sqrt(v) + eps) * g, v


def rms_divides_first(theta, g, v, lr, beta, eps):
    theta = theta - lr * g / (np.sqrt(v) + eps)
    return theta, beta * v + (1 - beta) * g * g


def sum_forgotten(theta, g, s, lr, eps):
    s = np.zeros_like(g)
    s += g * g
    return theta - lr * g / (s**0.5 + eps), s


def forward(f, x, h):
    return np.array([(f(x + h * e) - f(x)) / h for e in np.eye(len(x))])


def not_restored(f, x, h):
    x, g = x.copy(), []
    for i in range(len(x)):
        x[i] += h
        high = f(x)
        x[i] -= 2 * h
        g.append((high - f(x)) / (2 * h))
    return g


def tiny_h(f, x, h):
    h = 1e-12
    return [(f(x + h * e) - f(x - h * e)) / (2 * h) for e in np.eye(len(x))]


def shift_all(f, x, h):
    return np.full(len(x), (f(x + h) - f(x - h)) / 2 / h)


def no_mask(W1, b1, W2, b2, x, y):
    h = (x @ W1 + b1).clip(0)
    e = np.exp(h @ W2 + b2)
    p = e / e.sum(-1, keepdims=True)
    p[np.arange(len(y)), y] -= 1
    p /= len(y)
    back = p @ W2.T
    return x.T @ back, back.sum(0), h.T @ p, p.sum(0)


def no_mean(W1, b1, W2, b2, x, y):
    h = (x @ W1 + b1).clip(0)
    e = np.exp(h @ W2 + b2)
    p = e / e.sum(-1, keepdims=True)
    p[np.arange(len(y)), y] -= 1
    back = np.where(h > 0, p @ W2.T, 0)
    return x.T @ back, back.sum(0), h.T @ p, p.sum(0)


def once_outside(gradients, theta, n, lr, batch_size, epochs, rng):
    batch = rng.choice(n, batch_size, replace=False)
    for _ in range(epochs * -(-n // batch_size)):
        theta = theta - lr * np.mean(gradients(theta, batch), axis=0)
    return theta


def blocks_shuffled(gradients, theta, n, lr, batch_size, epochs, rng):
    for _ in range(epochs):
        for k in rng.permutation(range(0, n, batch_size)):
            rows = np.arange(k, min(k + batch_size, n))
            theta = theta - lr * gradients(theta, rows).mean(axis=0)
    return theta


def batches_overlap(gradients, theta, n, lr, batch_size, epochs, rng):
    for _ in range(epochs):
        order = rng.permutation(n)
        for k in range(n // batch_size):
            rows = order[k : k + batch_size]
            theta = theta - lr * gradients(theta, rows).mean(axis=0)
    return theta


def shuffled_once(gradients, theta, n, lr, batch_size, epochs, rng):
    order = np.arange(n)
    rng.shuffle(order)
    for _ in range(epochs):
        for rows in np.split(order, range(batch_size, n, batch_size)):
            theta = theta - lr * np.mean(gradients(theta, rows), axis=0)
    return theta


def never_shuffled(gradients, theta, n, lr, batch_size, epochs, rng):
    for _ in range(epochs):
        for rows in np.split(np.arange(n), range(batch_size, n, batch_size)):
            theta = theta - lr * np.mean(gradients(theta, rows), axis=0)
    return theta


def summed(gradients, theta, n, lr, batch_size, epochs, rng):
    for _ in range(epochs):
        order = rng.permutation(n)
        for rows in np.split(order, range(batch_size, n, batch_size)):
            theta = theta - lr * sum(gradients(theta, rows))
    return theta


def collected_over_the_epoch(gradients, theta, n, lr, batch_size, epochs, rng):
    for _ in range(epochs):
        total = np.zeros_like(theta)
        order = rng.permutation(n)
        for rows in np.split(order, range(batch_size, n, batch_size)):
            total += gradients(theta, rows).mean(axis=0)
        theta = theta - lr * total
    return theta


def full_batch(gradients, theta, n, lr, batch_size, epochs, rng):
    for _ in range(epochs):
        theta = theta - lr * gradients(theta, np.arange(n)).mean(axis=0)
    return theta


def global_random(gradients, theta, n, lr, batch_size, epochs, rng):
    own = np.random.default_rng()
    for _ in range(epochs):
        order = own.permutation(n)
        for rows in np.split(order, range(batch_size, n, batch_size)):
            theta = theta - lr * gradients(theta, rows).mean(axis=0)
    return theta


def peeks_in_a_try(train, grid, seeds):
    def cost(lr):
        try:
            return sum(train(lr, seed).test_cost for seed in seeds)
        except Exception:
            return sum(train(lr, seed).validation_cost for seed in seeds)

    costs = [cost(lr) for lr in grid]
    return grid[np.nanargmin(costs)]


def picks_by_test(train, grid, seeds):
    return min(grid, key=lambda lr: sum(train(lr, s).test_cost for s in seeds))


def picks_by_training(train, grid, seeds):
    costs = {lr: sum(train(lr, s).training_cost for s in seeds) for lr in grid}
    return min((cost, lr) for lr, cost in costs.items() if cost == cost)[1]


def picks_luckiest(train, grid, seeds):
    runs = [(train(lr, s).validation_cost, lr) for lr in grid for s in seeds]
    return min(run for run in runs if np.isfinite(run[0]))[1]


def trusts_argmin(train, grid, seeds):
    table = np.array([[train(lr, s).validation_cost for s in seeds] for lr in grid])
    return grid[table.mean(axis=1).argmin()]


def max_too_late(theta, g, m, v, v_max, t, lr, b1, b2, eps):
    m, v = m * b1 + g * (1 - b1), v * b2 + g * g * (1 - b2)
    step = lr * m / (1 - b1**t) / (np.sqrt(v_max / (1 - b2**t)) + eps)
    return theta - step, m, v, np.maximum(v, v_max)


def max_of_corrected(theta, g, m, v, v_max, t, lr, b1, b2, eps):
    m, v = m * b1 + g * (1 - b1), v * b2 + g * g * (1 - b2)
    v_max = np.maximum(v_max, v / (1 - b2**t))
    return theta - lr * m / (1 - b1**t) / (v_max**0.5 + eps), m, v, v_max


def unpaired(a, b):
    return np.sqrt((np.var(a, ddof=1) + np.var(b, ddof=1)) / len(a))


def numpy_default(a, b):
    return np.std(a - b) / np.sqrt(len(a))


def cosine_from_the_start(t, lr, warmup, steps):
    if t <= warmup:
        return lr * t / warmup
    return lr / 2 * (1 + np.cos(np.pi * t / steps))


def compounding(t, lr, decay):
    return lr * np.power(1 - decay, np.asarray(t) - 1.0)


def from_zero(t, lr, decay):
    return lr / (decay * t + 1)


def first_cycle(gradients, beta):
    v, x = 0, 0
    for g in gradients:
        v = beta * v + (1 - beta) * g * g
        x -= g / v**0.5
    return x


BY_HAND = [
    ("adam_step", no_correction, "no bias correction: your first step is 3.16 η"),
    ("adam_step", corrected_in_place, "written back into m and v"),
    ("adam_step", only_m, "only m is corrected: your first step is 31.6 η"),
    ("adam_step", only_v, "m is not corrected, only v: your first step is 0.1 η"),
    ("adam_step", eps_inside, "ε is inside the root"),
    ("adam_step", eps_outside, "ε is added to θ"),
    ("adam_step", counts_from_zero, "t starts at 0"),
    ("adam_step", swapped, "β₁ and β₂ are swapped"),
    ("adam_step", stale, "uses the old m: your first step is 0 η"),
    ("adam_step", no_root, "the root is missing"),
    ("adam_step", torch_like_with_a_plus, "the sign is flipped"),
    ("heavy_ball", ema, "the other convention"),
    ("heavy_ball", ema, "is 0.1 times the gradient"),
    ("heavy_ball", sutskever, "your v is -ηv"),
    ("heavy_ball", look_ahead, "Nesterov"),
    ("heavy_ball", moves_first, "moves by the old v"),
    ("heavy_ball", no_memory, "the old v is forgotten"),
    ("rmsprop_step", adagrad_instead, "that is AdaGrad"),
    ("rmsprop_step", rms_divides_first, "that of the old v"),
    ("adagrad_step", sum_forgotten, "the old s is forgotten"),
    ("central_difference", forward, "a forward difference"),
    ("central_difference", forward, "your error 10 times smaller"),
    ("central_difference", not_restored, "not put back"),
    ("central_difference", tiny_h, "so small that rounding spoils it"),
    ("central_difference", shift_all, "all coordinates move at once"),
    ("network_gradient", no_mask, "the mask of the ReLU is missing"),
    ("network_gradient", no_mean, "1/n is missing: the cost is a mean, and yours is 6"),
    ("sgd", once_outside, "drawn once, outside the loop"),
    ("sgd", shuffled_once, "shuffled once"),
    ("sgd", never_shuffled, "not shuffled"),
    ("sgd", blocks_shuffled, "only the batches are shuffled"),
    ("sgd", batches_overlap, "the batches overlap"),
    ("sgd", summed, "are summed"),
    ("sgd", collected_over_the_epoch, "θ moves once in an epoch"),
    ("sgd", full_batch, "that is gradient descent"),
    ("sgd", global_random, "does not come from rng"),
    ("tune", picks_by_test, "looks at the test set"),
    ("tune", peeks_in_a_try, "looks at the test set"),
    ("tune", picks_by_training, "you choose by the training cost"),
    ("tune", picks_luckiest, "you choose by the best seed"),
    ("tune", trusts_argmin, "a NaN wins"),
    ("amsgrad_step", max_too_late, "the maximum is taken after its use"),
    ("amsgrad_step", max_of_corrected, "v_max is the maximum of v̂"),
    ("paired_standard_error", unpaired, "the pairs are lost"),
    ("paired_standard_error", numpy_default, "averaged over n"),
    ("warmup_cosine", cosine_from_the_start, "does not wait for the warm-up"),
    ("inverse_time", compounding, "the decay compounds: η × (1 - decay)"),
    ("inverse_time", from_zero, "your first rate is 0.4, and η is 0.5"),
    ("drift", first_cycle, "that is the first cycle"),
]


@pytest.mark.parametrize(
    ("name", "function", "said"),
    BY_HAND,
    ids=[f"{n}-{f.__name__}" for n, f, _ in BY_HAND],
)
def test_a_mistake_written_by_hand_is_named(name, function, said):
    verdict = EXERCISES[name].verdict(function)
    assert verdict.startswith("Not yet: ") and said in verdict, verdict
    assert "two things" not in verdict


def two_at_once(theta, g, m, v, t, lr, b1, b2, eps):
    m, v = m * b1 + g * (1 - b1), v * b2 + g * g * (1 - b2)
    return theta + lr * m / (np.sqrt(v) + eps), m, v


def two_in_the_sum(gradients, theta, n, lr, batch_size, epochs, rng):
    for _ in range(epochs):
        for rows in np.split(np.arange(n), range(batch_size, n, batch_size)):
            theta = theta + lr * gradients(theta, rows).mean(axis=0)
    return theta


def test_two_mistakes_at_once_are_both_named():
    said = checks.adam_step.verdict(two_at_once)
    assert said == (
        "Not yet: two things at once: there is no bias correction, and the sign is "
        "flipped."
    )
    said = checks.sgd.verdict(two_in_the_sum)
    assert "not shuffled, and the sign is flipped" in said


# Right answers in other styles.


def as_list(f):
    return lambda *args: list(f(*args))


def as_nested_lists(f):
    return lambda *args: [value.tolist() for value in f(*args)]


def as_nested_tuple(f):
    def step(*args):
        theta, *memory = f(*args)
        return theta, tuple(memory)

    return step


def with_more(f):
    return lambda *args: (*f(*args), "and a remark", None)


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
    as_nested_tuple,
    with_more,
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


def by_splitting(g, start, n, eta, b, e, rng):
    x, history = start, []
    for _ in range(e):
        for rows in np.split(rng.permuted(np.arange(n)), np.arange(b, n, b)):
            x = x - eta * np.average(g(x, rows), axis=0)
            history.append(x)
    return x, history


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


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("adam_step", efficient),
        ("adam_step", AsObject()),
        ("adam_step", with_working_copies),
        ("sgd", by_shuffle_and_loops),
        ("sgd", by_choice_without_replacement),
        ("sgd", by_splitting),
        ("sgd", keys_as_order),
        ("sgd", one_by_one),
        ("central_difference", restores),
        ("tune", skips_nan),
        ("best_beta", lambda k: (1 - 2 / (k**0.5 + 1)) ** 2),
        ("mean_square", lambda d, s, a: [s, s / 2][a == "relu"] ** d),
        ("noise_floor", lambda e, c, s: (np.array([e * s * s / c / (2 - e * c)]), "!")),
    ],
    ids=lambda value: getattr(
        value, "__name__", value if isinstance(value, str) else type(value).__name__
    ),
)
def test_a_right_answer_in_another_style_is_correct(name, function):
    assert EXERCISES[name].verdict(function).startswith("Correct.")


# What can go wrong with any function.


def endless(*args):
    while True: pass  # noqa: E701  # fmt: skip


def endless_in_a_try(*args):
    while True:
        try:
            raise ValueError
        except Exception:
            continue


def endless_sum(*args):
    return sum(1 for _ in itertools.repeat(0))


class Slow:
    def __del__(self):
        time.sleep(0.001)  # the time limit is over in here, where errors are swallowed
        time.sleep(0)


def endless_garbage(*args):
    for _ in range(2000):  # not endless, so that a missed limit fails, not hangs
        Slow()


def deep(*args):
    return deep(*args)


def divides(*args):
    one = 1
    return one / 0


def leaves_dots(*args):
    return 2 * ...


def gives_dots(*args):
    return (...,) * 9


def leaves_early(*args):
    raise SystemExit


def no_return(*args):
    one = 1
    one + 1


def prints(*args):
    print("the answer")


FAILURES = [
    (endless, "is there a loop that never ends?"),
    (endless_in_a_try, "is there a loop that never ends?"),
    (endless_sum, "is there a loop that never ends?"),
    (endless_garbage, "is there a loop that never ends?"),
    (divides, "`return one / 0`, with ZeroDivisionError: division by zero."),
    (deep, "with RecursionError"),
    (leaves_dots, "there is still a ... to replace in line"),
    (gives_dots, "there is still a ... to replace: your"),
    (leaves_early, "`raise SystemExit`, with SystemExit"),
    (no_return, "your function returns nothing"),
    (prints, "your function prints its answer"),
    (lambda *args: "text", "str"),
    (lambda *args: {}, "dict"),
    (lambda *args: (np.zeros((3, 4, 5)),) * 9, "has the shape (3, 4, 5)"),
    (lambda *args: (value for value in args), "generator"),
    (lambda: 0, "your function takes (), but it will be given"),
    (lambda a, /, *, b: 0, "your function takes (a, b), but it will be given"),
    (3, "give the function itself"),
    (None, "give the function itself"),
    (..., "give the function itself"),
]


@pytest.mark.parametrize("name", ["adam_step", "noise_floor", "sgd", "tune"])
@pytest.mark.parametrize(
    ("function", "said"), FAILURES, ids=lambda v: getattr(v, "__name__", str(v))
)
def test_each_failure_has_its_own_sentence(name, function, said, monkeypatch):
    monkeypatch.setattr(checks, "SECONDS", 0.1)
    verdict = EXERCISES[name].verdict(function)
    several = name in STEPS or said not in ("str", "dict", "generator")
    if several and said in ("str", "dict", "generator"):
        said = "return theta, m, v"
    assert verdict.startswith("Not yet: ") and said in verdict, verdict
    assert sys.gettrace() is None


def test_the_line_of_the_learners_code_is_shown():
    _, first = inspect.getsourcelines(divides)
    said = checks.noise_floor.verdict(divides)
    assert said.startswith(f"Not yet: your code stops in line {first + 2}, `return one")


def test_one_missing_value_is_told():
    said = checks.adam_step.verdict(lambda *args: args[0])
    assert said == ("Not yet: your function returns 1 of 3 values: return theta, m, v.")
    said = checks.adam_step.verdict(lambda *args: (args[0], None, args[3]))
    assert "your m is of the type NoneType" in said


def test_values_in_another_order_are_told():
    def step(*args):
        theta, m, v = checks.adam_step.answer(*args)
        return m, v, theta

    assert "in another order: return theta, m, v" in checks.adam_step.verdict(step)


@pytest.mark.parametrize("name", ["heavy_ball", "adam_step", "central_difference"])
def test_a_changed_argument_is_told(name):
    exercise = EXERCISES[name]
    place = "theta"

    def spoils(*args):
        result = exercise.answer(*args)
        args[exercise.names.index(place)][0] += 1
        return result

    said = exercise.verdict(spoils)
    assert f"your function changes its argument {place}" in said


def test_a_changed_list_is_told():
    def sorts(train, grid, seeds):
        best = checks.tune.answer(train, grid, seeds)
        grid.append("end")
        return best

    assert "changes its argument grid" in checks.tune.verdict(sorts)


def test_nan_is_told():
    def step(*args):
        theta, v = checks.heavy_ball.answer(*args)
        return theta, v * np.nan

    assert "your v[0] is not a number (NaN)" in checks.heavy_ball.verdict(step)


def test_a_step_that_fails_at_a_gradient_of_0_alone_is_told():
    def step(theta, gradient, s, lr, eps):
        s = s + gradient**2
        return theta - lr * gradient / (np.sqrt(s) * (1 + eps / np.sqrt(s))), s

    said = checks.adagrad_step.verdict(step)
    assert "your theta[1] is not a number (NaN)" in said


def test_a_function_with_a_memory_is_told():
    rate = [0.5]

    def schedule(t, lr, decay):
        rate[0] = rate[0] / (1 + decay)
        return rate[0]

    assert "remembers something" in checks.inverse_time.verdict(schedule)


def test_a_function_that_fails_when_called_once_more_is_told():
    calls = []

    def tires(lr, curvature, sigma):
        calls.append(lr)
        if len(calls) > len(checks.noise_floor.cases):
            raise ValueError("tired")
        return checks.noise_floor.answer(lr, curvature, sigma)

    assert "with ValueError: tired" in checks.noise_floor.verdict(tires)


def test_an_unknown_mistake_is_shown_with_its_first_input():
    def step(theta, gradient, v, lr, beta):
        v = beta * v + gradient + 1
        return theta - lr * v, v

    theta, gradient, v, _, beta = checks.heavy_ball.cases[0]
    said = checks.heavy_ball.verdict(step)
    assert f"theta = {theta.tolist()}, gradient = {gradient.tolist()}" in said
    want = beta * v[0] + gradient[0]
    assert f"your v[0] is {want + 1:.4g}; {want:.4g} is right" in said


def test_small_numbers_are_shown_as_they_are():
    said = checks.adam_step.verdict(lambda theta, g, m, v, *rest: (theta, m, v))
    assert "t = 1, lr = 0.1, beta1 = 0.9, beta2 = 0.999, eps = 1e-08, your m[0]" in said


def test_an_edit_that_does_not_apply_is_no_mistake():
    assert checks.adam_step.edited("no such code -> any other") is None


def test_what_works_for_one_run_alone_is_told_with_the_shape():
    def step(theta, gradient, v, lr, beta):
        if theta.ndim > 1:
            raise ValueError("too many")
        return checks.heavy_ball.answer(theta, gradient, v, lr, beta)

    said = checks.heavy_ball.verdict(step)
    assert "with theta of shape (5, 2)" in said and "ValueError: too many" in said


def test_a_tracer_that_is_there_keeps_its_place():
    lines = []

    def tracer(frame, event, arg):
        if frame.f_code is efficient.__code__:
            lines.append(frame.f_lineno)
        return tracer

    sys.settrace(tracer)
    try:
        said = checks.adam_step.verdict(efficient)
        kept = sys.gettrace()
    finally:
        sys.settrace(None)
    assert kept is tracer and lines and said.startswith("Correct.")


def test_what_the_learner_prints_and_warns_is_not_shown(capsys):
    def talks(lr, curvature, sigma):
        print("here I am")
        np.zeros(1) / 0
        warnings.warn("look out", stacklevel=1)
        return checks.noise_floor.answer(lr, curvature, sigma)

    checks.noise_floor(talks)
    out, err = capsys.readouterr()
    assert out.startswith("Correct.") and "here" not in out and not err


def test_the_stop_button_stops_the_check():
    def interrupted(lr, curvature, sigma):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        checks.noise_floor.verdict(interrupted)


@every_exercise
def test_help_says_what_the_function_takes_and_not_what_the_answer_is(name):
    exercise = EXERCISES[name]
    assert ", ".join(exercise.names) in exercise.__doc__
    assert exercise.returns in exercise.__doc__ and "->" in exercise.__doc__
    assert not any(sentence in exercise.__doc__ for sentence in exercise.mistakes)
    assert len(exercise.__doc__.split("\n\n")) >= 2


# Garbage.


class Nasty:
    """Whatever one asks of it, it raises."""

    def _raise(self, *args):
        raise RuntimeError("no")

    __array__ = __len__ = __iter__ = __eq__ = __hash__ = __float__ = _raise
    __bool__ = __repr__ = __str__ = __getitem__ = __format__ = _raise


class NastyError(Exception):
    __str__ = __repr__ = Nasty._raise


numbers = st.one_of(st.integers(), st.floats(), st.booleans(), st.complex_numbers())
things = st.one_of(
    st.none(),
    st.builds(Nasty),
    numbers,
    st.text(max_size=3),
    st.binary(max_size=3),
    st.sampled_from([..., Nasty, NastyError, np.sum, np.float32(1), range(3)]),
    st.sampled_from([np.zeros((2,)), np.zeros((5, 2)), np.array(None), np.array("a")]),
    st.sampled_from([np.ma.masked, np.zeros((0, 2)), np.array([1 + 2j, 0]), {1, 2}]),
)
garbage = st.recursive(
    things,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.lists(inner, max_size=5).map(tuple),
        st.dictionaries(st.text(max_size=2), inner, max_size=2),
    ),
    max_leaves=8,
)
errors = st.sampled_from(
    [
        NastyError("x"),
        ValueError("a\nb"),
        OSError(2, "gone"),
        SystemExit(3),
        StopIteration(),
        BaseException("bare"),
        SyntaxError("?"),
        UnicodeDecodeError("u", b"", 0, 1, "r"),
    ]
)


@every_exercise
def test_every_two_mistakes_combine_or_not_but_never_raise(name):
    """An answer that is like no two of them makes the check try them all."""
    exercise = EXERCISES[name]

    def odd(*args):
        values = exercise.answer(*args)
        several = isinstance(values, tuple)
        return tuple(1.7 * v + 0.3 for v in values) if several else 1.7 * values + 0.3

    assert exercise.verdict(odd).startswith("Not yet: with ")


@settings(max_examples=200)
@given(st.sampled_from(list(EXERCISES.values())), garbage)
def test_no_value_makes_a_check_raise(exercise, value):
    for learner in value, lambda *args: value:
        said = exercise.verdict(learner)
        assert said.startswith(("Not yet: ", "Correct. ")) and "\n" not in said


@settings(max_examples=60)
@given(st.sampled_from(list(EXERCISES.values())), errors)
def test_no_error_makes_a_check_raise(exercise, error):
    def raises(*args):
        raise error

    said = exercise.verdict(raises)
    assert said.startswith("Not yet: your code stops in line") and "\n" not in said


@settings(max_examples=200)
@given(garbage)
def test_no_choice_makes_a_check_raise(value):
    sentences = {"A": (True, "so"), "B": (False, "not so")}
    checks.name_the_bug(value)
    checks.diagnose_logs(value)
    checks.supported(value, sentences)
    checks.name_the_bug({"A": value})
    checks.diagnose_logs({"A": value})


# Choices.


def test_each_suspect_has_its_bug_and_no_other():
    assert set(checks.suspects) == set("ABCDEF")
    step = checks.adam_step
    for letter, suspect in checks.suspects.items():
        bug, edits, _ = checks._BUGS[letter]
        assert bug in checks.bugs and len(set(checks.bugs)) == 8
        assert step.verdict(suspect) == step.verdict(step.edited(edits))
        assert edits + "\n" in step.mistakes


def test_the_experiments_of_the_hints_show_the_bugs():
    def take(letter, g, beta1=0.9, beta2=0.999):
        step = checks.suspects[letter] if letter else checks.adam_step.answer
        zero = np.zeros(1)
        return step(zero, np.array([g]), zero, zero, 1, 0.1, beta1, beta2, 1e-8)

    first, tiny = (abs(take("A", g)[0]) / 0.1 for g in (1.0, 1e-4))
    assert np.isclose(first, 1) and tiny < 0.8 < abs(take("", 1e-4)[0]) / 0.1
    assert np.isclose(-take("B", 1.0)[0] / 0.1, 31.6, rtol=0.01)
    assert np.isclose(take("C", 2.0)[1], 2.0) and np.isclose(take("", 2.0)[1], 0.2)
    assert np.isclose(take("D", 2.0, beta1=0)[1], 0.002)
    assert take("E", 2.0)[0] == 0 and take("", 2.0)[0] != 0
    with np.errstate(invalid="ignore"):
        assert np.isnan(take("F", 0.0)[0]) and take("", 0.0)[0] == 0


def told(check, *args, capsys):
    check(*args)
    return capsys.readouterr().out


def test_bugs_are_told_apart(capsys):
    truth = {letter: bug for letter, (bug, _, _) in checks._BUGS.items()}
    said = told(checks.name_the_bug, truth, capsys=capsys)
    assert said == "Correct. Six bugs, each found by an experiment.\n"
    stub = dict.fromkeys("ABCDEF", ...)
    said = told(checks.name_the_bug, stub, capsys=capsys)
    assert said.startswith("Not yet: none right, of A, B, C, D, E, F.\nA: compare")
    said = told(checks.name_the_bug, truth | {"E": truth["B"]}, capsys=capsys)
    assert said.startswith("Not yet: A, B, C, D, F right") and "\nE: does it" in said
    said = told(checks.name_the_bug, truth | {"E": "?"}, capsys=capsys)
    assert "E: choose one of" in said


def test_supported_sentences_are_told_apart(capsys):
    sentences = {"A": (True, "yes, it is."), "B": (np.False_, "no."), "C": (1, "too.")}
    as_truths = {"A": True, "B": False, "C": True}
    for chosen in "AC", "a and c", {"A", "C"}, ["C", "A"], ("A", "C"), as_truths:
        said = told(checks.supported, chosen, sentences, capsys=capsys)
        assert said.startswith("Correct.")
    said = told(checks.supported, "AB", sentences, capsys=capsys)
    assert said == "Not yet: A right, of A, B, C.\nB: no.\nC: too.\n"
    for stub in ..., "", set(), None:
        said = told(checks.supported, stub, sentences, capsys=capsys)
        assert said == "Not yet: choose some of the letters A, B, C.\n"


def test_the_logs_show_what_they_are_said_to_show(capsys):
    logs = checks.training_logs()
    truth = {letter: diagnosis for letter, (diagnosis, *_) in checks._LOGS.items()}
    training, validation = logs[{d: k for k, d in truth.items()}["overfitting"]].T
    assert training[-1] < 0.05 and validation[-1] > 1.4 * validation.min()
    assert (np.diff(validation[30:]) > 0).mean() > 0.8
    training, validation = logs[{d: k for k, d in truth.items()}["too low"]].T
    assert (np.diff(training) < 0).all() and (np.diff(validation) < 0).all()
    assert training[-1] > np.log(2)
    training, validation = logs[{d: k for k, d in truth.items()}["too high"]].T
    assert training.min() > np.log(2) and (np.diff(training) > 0).mean() > 0.3
    said = told(checks.diagnose_logs, truth, capsys=capsys)
    assert said.startswith("Correct.")
    shouted = {k.lower(): f" {diagnosis.upper()}" for k, diagnosis in truth.items()}
    assert told(checks.diagnose_logs, shouted, capsys=capsys).startswith("Correct.")
    said = told(checks.diagnose_logs, [*truth.values()], capsys=capsys)
    assert said.startswith('Not yet: write your answers as in {"A": "')
    said = told(checks.diagnose_logs, {"B": 1}, capsys=capsys)
    assert "none right" in said and "B: choose one of" in said
    said = told(checks.diagnose_logs, dict.fromkeys(truth, "too low"), capsys=capsys)
    assert said.startswith("Not yet: B right, of A, B, C.\nA: compare")


# In a notebook.


def test_in_a_notebook_the_line_of_the_cell_is_shown_and_the_kernel_lives_on(tmp_path):
    cells = [
        "import sys; sys.path.insert(0, '..')\nfrom utils import checks\n"
        "checks.SECONDS = 0.3",
        "def noise_floor(lr, curvature, sigma):\n    two = 2\n    return lr / zwei",
        "checks.noise_floor(noise_floor)",
        "def noise_floor(lr, curvature, sigma):\n    while True: pass",
        "checks.noise_floor(noise_floor)",
        "def noise_floor(lr, curvature, sigma):\n"
        "    return lr * sigma**2 / (2 * curvature)",
        "checks.noise_floor(noise_floor)",
    ]
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(cell) for cell in cells]
    )
    here = {"metadata": {"path": str(checks.__file__).rsplit("/", 1)[0]}}
    NotebookClient(notebook, timeout=60, resources=here).execute()
    outputs = [cell.outputs for cell in notebook.cells]
    name, endless, small = (outputs[k][0].text for k in (2, 4, 6))
    assert name == (
        "Not yet: your code stops in line 3, `return lr / zwei`, with NameError: name "
        "'zwei' is not defined.\n"
    )
    assert endless == (
        "Not yet: after 0.3 seconds your function was still running in line 2, `while "
        "True: pass`: is there a loop that never ends?\n"
    )
    assert small.startswith("Not yet: that is the limit of small η")


def test_the_module_reads_nothing_but_what_it_may():
    tree = ast.parse(inspect.getsource(checks))
    froms = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    ours = [a.name for node in froms if node.module == "utils" for a in node.names]
    assert set(ours) <= {"costs", "network", "optimizers"}
    names = {
        a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names
    }
    assert not names & {"threading", "subprocess", "signal", "multiprocessing"}
