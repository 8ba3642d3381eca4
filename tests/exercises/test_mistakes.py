"""Each mistake gets its own name, listed or slipped."""

import inspect
import re
from functools import cache

import numpy as np
import pytest

from classroom.mistakes import slips
from classroom.mistakes.slips import function_of
from tests.exercises.all_exercises import EXERCISES, checks, every_exercise, handed
from tests.rules import demand, demand_none

# Stubs, solutions, and mistakes made on purpose.


@every_exercise
def test_a_stub_is_not_yet_right(name):
    exercise = EXERCISES[name]
    if exercise.paper:
        assert exercise.verdict(...) == "Not yet: in place of the ... put your number."
        return
    namespace, takes = {}, ", ".join(exercise.parameters)
    exec(f"def stub({takes}):\n    'Words.'\n    ...", namespace)
    said = exercise.verdict(namespace["stub"])
    assert said == (
        "Not yet: write your lines in place of the ..., and run the cell again."
    )


@every_exercise
def test_the_right_answer_is_correct(name, capsys):
    EXERCISES[name](handed(EXERCISES[name], EXERCISES[name].answer))
    said = capsys.readouterr().out
    plain = said.count("\n") == 1 and "nan" not in said and "{" not in said
    demand(
        said.startswith("Correct. ") and plain,
        f"{name}: its right answer is told {said!r}, not one line that begins with "
        "'Correct. ' and has its fields filled in: mend the answer, or the praise",
    )


@pytest.fixture
def remembered(name, monkeypatch):
    """An exercise that tries each mistake once, not again for each that is made."""
    exercise, known = EXERCISES[name], {}

    def outcome(function, case, seconds=None, try_it=exercise.outcome):
        if seconds:  # what is handed in has a limit of time, a mistake has none
            return try_it(function, case, seconds)
        if (tried := (function, id(case))) not in known:
            known[tried] = try_it(function, case)
        return known[tried]

    monkeypatch.setattr(slips, "function_of", cache(slips.function_of))
    monkeypatch.setattr(exercise, "outcome", outcome)
    return exercise


@every_exercise
def test_each_mistake_is_named_and_no_other(name, remembered):
    """Mistakes as they are made, against mistakes as they are named."""
    exercise = remembered
    sentences = {said: said.split("{")[0] for said in exercise.mistakes.values()}
    for edits, sentence in exercise.mistakes.items():
        for source in exercise.edited(edits):
            made = function_of(source, exercise.answer)
            said = exercise.verdict(handed(exercise, made))
            start = said.removeprefix("Not yet: ")
            named = [s for s, begin in sentences.items() if start.startswith(begin)]
            demand(
                named == [sentence],
                f"{name}: the mistake {edits} is told {said!r}, and is to be told "
                f"{sentence!r}: give the check a case that tells it from others, or "
                "its sentence a name before the colon that no other has",
            )
            demand(
                "nan" not in said.replace("(NaN)", "").replace("np.nan", ""),
                f"{name}: the mistake {edits} is told {said!r}, with a number that is "
                "none: give its sentence a field that is finite",
            )


@every_exercise
def test_no_two_mistakes_look_alike_and_none_looks_right(name):
    """Else the name would depend on the order in which the mistakes are listed."""
    exercise = EXERCISES[name]
    right = exercise.wanted
    seen = {}
    for edits, sentence in exercise.mistakes.items():
        for source in exercise.edited(edits):
            made = function_of(source, exercise.answer)
            outcomes = [exercise.outcome(made, case) for case in exercise.cases]
            for other, others in {"right": right, **seen}.items():
                alike = exercise.same(outcomes, others)
                demand(
                    not alike or other == sentence,
                    f"{name}: {sentence!r} gives the same numbers as {other!r}: add a "
                    "case in which they differ, or give both the same sentence",
                )
            seen[sentence] = outcomes


def test_there_are_enough_of_them():
    assert len(EXERCISES) + 3 >= 12  # and name_the_bug, supported, diagnose_logs
    named = {(n, s) for n, e in EXERCISES.items() for s in e.mistakes.values()}
    assert len(named) >= 60


@every_exercise
def test_the_sentences_are_sentences(name):
    """They continue "Not yet: ", and have a name that can be told with another."""
    known = "\n".join(EXERCISES[name].mistakes).splitlines()
    listed = inspect.getdoc(EXERCISES[name].answer).splitlines()
    demand_none(
        f"{name}: the mistake {line!r} has no sentence: write one below it, indented"
        for line in listed
        if re.match(r"\S.* -> ", line) and line not in known
    )
    for sentence in EXERCISES[name].mistakes.values():
        short, _, rest = sentence.partition(": ")
        demand(
            rest and not sentence.endswith(".") and "{" not in short,
            f"{name}: the sentence of a mistake names it, then a colon, then says why "
            "or what to do, without a full stop: 'the sign is flipped: your step "
            f"climbs'. This one does not: {sentence!r}",
        )
        demand(
            len(short) < 100 and len(sentence) < 200,
            f"{name}: {sentence!r} has {len(sentence)} characters, {len(short)} before "
            "its colon: at most 200 and 100, or nobody reads it",
        )


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


def speed_without_its_sign(theta, g, v, lr, beta):
    v = beta * np.abs(v) + g
    return theta - lr * v, v


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


def off_where_it_is_on(W1, b1, W2, b2, x, y):
    a = x @ W1 + b1
    e = np.exp(a.clip(0) @ W2 + b2)
    p = (e / e.sum(-1, keepdims=True) - np.eye(len(b2))[y]) / len(y)
    back = np.where(a < 0, p @ W2.T, 0)
    return x.T @ back, back.sum(0), a.clip(0).T @ p, p.sum(0)


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


def slices_from_0(gradients, theta, n, lr, batch_size, epochs, rng):
    for _ in range(epochs):
        order = rng.permutation(n)
        for k in range(0, n, batch_size):
            theta = theta - lr * gradients(theta, order[k:batch_size]).mean(axis=0)
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


def sums_on(train, grid, seeds):
    best, lowest, total = None, np.inf, 0
    for lr in grid:
        total += sum(train(lr, seed).validation_cost for seed in seeds)
        if total < lowest:
            best, lowest = lr, total
    return best


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


def numpy_default(ax, d):
    n = range(2, len(d) + 1)
    mean = np.array([np.mean(d[:k]) for k in n])
    half = 2 * np.array([np.std(d[:k]) / np.sqrt(k) for k in n])
    ax.plot(n, np.array([mean, mean - half, mean + half]).T)


def bare_deviation(ax, d):
    n = range(2, len(d) + 1)
    for side in -2, 0, 2:
        ax.plot(n, [d[:k].mean() + side * np.std(d[:k], ddof=1) for k in n])


def cosine_from_the_start(t, lr, warmup, steps):
    if t <= warmup:
        return lr * t / warmup
    return lr / 2 * (1 + np.cos(np.pi * t / steps))


def falls_by_the_whole_from_its_top(t, lr, warmup, steps):
    if t < warmup:
        return lr * t / warmup
    return lr / 2 * (1 + np.cos(np.pi * t / steps))


def twice_as_high_in_the_fall(t, lr, warmup, steps):
    if t <= warmup:
        return lr * t / warmup
    return lr * (1 + np.cos(np.pi * (t - warmup) / (steps - warmup)))


def rises_in_the_fall(t, lr, warmup, steps):
    if t < warmup:
        return lr * t / warmup
    return lr * (1 - np.cos(np.pi * (t - warmup) / (steps - warmup))) / 2


def a_bare_fall(t, lr, warmup, steps):
    if t < warmup:
        return lr * t / warmup
    return (1 + np.cos(np.pi * (t - warmup) / (steps - warmup))) / 2


def best_of_each_run(ax, errors):
    n = range(1, len(errors) + 1)
    ax.plot(n, [np.mean([min(row) for row in errors[:k]]) for k in n])


def one_factor_for_the_square(ax, sizes, budget, lr):
    B = np.array(sizes)
    floor = lr / (2 - lr * B)
    ax.loglog(B, (floor + (1 - lr * B) ** (budget // B) * (9 - floor)) / 2)


def number_by_number(M):
    X = M / np.linalg.norm(M)
    for _ in range(5):
        A = X * X
        X = 3.4445 * X - 4.775 * A @ X + 2.0315 * A @ A @ X
    return X


def steps_by_the_sign(theta, g, v, lr, beta, eps):
    v = beta * v + (1 - beta) * g**2
    return theta - lr * np.sign(g) / (v**0.5 + eps), v


def one_rate_for_all(ax, sizes, budget, lr):
    v = np.full(len(sizes), 9.0)
    for k, B in enumerate(sizes):
        for _ in range(budget // B):
            v[k] = v[k] * (1 - lr) ** 2 + lr * lr / B
    ax.plot(sizes, v / 2)
    ax.set(xscale="log", yscale="log")


def goes_on(ax, sizes, budget, lr):
    square, heights = 9, []
    for B in sizes:
        eta = lr * B
        for _ in range(budget // B):
            square = square * (1 - eta) ** 2 + eta**2 / B
        heights.append(square / 2)
    ax.loglog(sizes, heights, "o-")


def by_the_formula(ax, sizes, budget, lr):
    B = np.array(sizes)
    ax.loglog(B, lr * B / B / (2 - lr * B) / 2)


def slopes_averaged(depth, scale, leak):
    return (scale * np.mean([1, leak]) ** 2) ** depth


def one_long_step(ax, curvatures, rates):
    ax.plot(curvatures, abs(1 - sum(rates) * curvatures))


def factors_added(ax, curvatures, rates):
    ax.plot(curvatures, abs(sum(1 - lr * curvatures for lr in rates)))


def a_curve_for_each(ax, curvatures, rates):
    for lr in rates:
        ax.plot(curvatures, np.abs(1 - lr * curvatures))


BY_HAND = [
    ("mean_square", slopes_averaged, "the mean slope is squared"),
    ("left_over", one_long_step, "the rates are added to one long step"),
    ("left_over", factors_added, "the factors are added"),
    ("left_over", a_curve_for_each, "you draw a curve for each rate"),
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
    ("heavy_ball", speed_without_its_sign, "your v[0] is"),
    ("heavy_ball", no_memory, "the old v is forgotten"),
    ("rmsprop_step", adagrad_instead, "that is AdaGrad"),
    ("rmsprop_step", rms_divides_first, "that of the old v"),
    ("central_difference", forward, "a forward difference"),
    ("central_difference", forward, "your error 10 times smaller"),
    ("central_difference", not_restored, "not put back"),
    ("central_difference", tiny_h, "so small that rounding spoils it"),
    ("central_difference", shift_all, "all coordinates move at once"),
    ("network_gradient", no_mask, "the mask of the ReLU is missing"),
    ("network_gradient", off_where_it_is_on, "`a < 0` in place of `a > 0`"),
    ("network_gradient", no_mean, "1/n is missing: the cost is a mean, and yours is 6"),
    ("sgd", once_outside, "drawn once, outside the loop"),
    ("sgd", shuffled_once, "shuffled once"),
    ("sgd", never_shuffled, "not shuffled"),
    ("sgd", blocks_shuffled, "only the batches are shuffled"),
    ("sgd", batches_overlap, "the batches overlap"),
    ("sgd", summed, "are summed"),
    ("sgd", collected_over_the_epoch, "θ moves once in an epoch"),
    ("sgd", full_batch, "that is gradient descent"),
    ("sgd", slices_from_0, "a batch is empty"),
    ("sgd", global_random, "does not come from rng"),
    ("tune", picks_by_test, "looks at the test set"),
    ("tune", peeks_in_a_try, "looks at the test set"),
    ("tune", picks_by_training, "you choose by the training cost"),
    ("tune", picks_luckiest, "you choose by the best seed"),
    ("tune", trusts_argmin, "a NaN wins"),
    ("tune", sums_on, "only the first rate can win"),
    ("amsgrad_step", max_too_late, "the maximum is taken after its use"),
    ("amsgrad_step", max_of_corrected, "v_max is the maximum of v̂"),
    ("shrinking_bar", numpy_default, "averaged over n"),
    ("shrinking_bar", bare_deviation, "that is the standard deviation"),
    ("warmup_cosine", cosine_from_the_start, "does not wait for the warm-up"),
    ("warmup_cosine", falls_by_the_whole_from_its_top, "does not wait for the warm"),
    ("warmup_cosine", twice_as_high_in_the_fall, "the half is missing"),
    ("warmup_cosine", rises_in_the_fall, "the cosine climbs"),
    ("warmup_cosine", a_bare_fall, "η is missing in the fall"),
    ("plot_best", best_of_each_run, "`errors[:k].min(axis=1)` in place of"),
    ("newton_schulz", number_by_number, "X times X, number by number"),
    ("rmsprop_step", steps_by_the_sign, "only the sign stands over the root"),
    ("plot_gaps", one_factor_for_the_square, "(1 - η) is not squared"),
    ("plot_gaps", one_rate_for_all, "every batch has the same rate"),
    ("plot_gaps", goes_on, "each batch size goes on where the last one ended"),
    ("plot_gaps", by_the_formula, "that is the floor"),
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


def follows_its_own_way(gradients, theta, n, lr, batch_size, epochs, rng):
    for _ in range(epochs):
        for rows in np.split(rng.permutation(n), range(batch_size, n, batch_size)):
            theta = theta - lr * (gradients(theta, rows) + theta).mean(axis=0)
    return theta


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


def test_no_two_mistakes_are_guessed_where_no_step_follows_the_gradient():
    said = checks.sgd.verdict(follows_its_own_way)
    assert said.startswith("Not yet: with theta") and "two things" not in said, said
