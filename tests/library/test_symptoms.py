"""Symptoms: 40 runs with planted causes, and what is read off their losses."""

from collections import Counter

import numpy as np
import pytest

from tests.rules import demand
from utils import costs
from utils.data import digits, table, words
from utils.descent import descend, minibatches
from utils.network import LanguageModel, Network
from utils.optimizers import SGD, Adam, Momentum, RMSprop
from utils.schedules import cosine, inverse_time, warmup
from utils.symptoms import symptoms

DIGITS, VALIDATION, _ = digits(np.float32)
TOKENS = words()[0][:8001]
TEXT, TUMOURS = (TOKENS[:-1], TOKENS[1:]), table("breast_cancer")
RELU, LINEAR = Network((64, 16, 10)), Network((64, 16, 16, 10), "identity")
WIDE, DEEP = Network((64, 128, 10)), Network((64, *[16] * 12, 10), "sigmoid")
LANGUAGE, ONE = LanguageModel((256, 16, 256), "identity", True), Network((30, 1))


def run(rule, steps, network=RELU, data=DIGITS, B=32, n=None, epochs=False, **planted):
    """Return a function of a seed: a run's losses, and those of the validation set.

    n        how many samples it has, drawn anew; None: all
    epochs   True: a loss is the mean of an epoch; False: that of a batch
    planted  changes: start (network, theta), labels (rng, y), batch (rng, t, x, y)
    """

    def losses_of(seed):
        rng, losses = np.random.default_rng(seed), []
        chosen = rng.permutation(len(data[1]))[:n]
        x, y = data[0][chosen], data[1][chosen]
        if "labels" in planted:
            y = planted["labels"](rng, y)
        rows = minibatches(len(y), B, rng)

        def gradient(theta, t):
            batch = x[rows(t)], y[rows(t)]
            if "batch" in planted:
                batch = planted["batch"](rng, t, *batch)
            losses.append(network.cost(theta, *batch))
            return network.gradient(theta, *batch)

        def beside(theta):
            return network.cost(theta, *VALIDATION) if data is DIGITS else np.nan

        theta = network.initial(rng, dtype=np.float32)
        if "start" in planted:
            planted["start"](network, theta)
        others = descend(gradient, theta, rule, steps, beside, every=steps // 25)[1:]
        if epochs:
            losses = np.reshape(losses, (-1, -(-len(y) // B))).mean(axis=1)
        return losses, others if data is DIGITS else ()

    return losses_of


def in_the_ravine(rule, steps):
    ravine = costs.quadratic(kappa=100, angle=30)

    def losses_of(seed):
        start = np.random.default_rng(seed).normal(size=2)
        return descend(ravine.gradient, start, rule, steps, ravine), ()

    return losses_of


# What is planted


def no_weights(network, theta):
    theta[:] = 0


def dead_units(network, theta):
    network.layers(theta)[0][1][...] = -30


def huge_weights(network, theta):
    theta *= 20


def then(rate, later, at):  # another rate after step `at`
    return lambda t: later if t > at else rate


def stumble(rate, long, every):  # one long step among many
    return lambda t: long if t % every == every // 2 else rate


def shuffled(when):  # the labels of these batches are anybody's
    return lambda rng, t, x, y: (x, rng.permutation(y) if when(t) else y)


def half_random(rng, y):
    return np.where(rng.random(len(y)) < 0.5, rng.integers(10, size=len(y)), y)


def random(rng, y):
    return rng.integers(10, size=len(y))


E = 38  # steps of an epoch of all digits, in batches of 32
LOGS = {
    "flat": [
        run(SGD(1e-4), 400),  # a rate that is far too small
        run(SGD(3e-5), 25 * E, epochs=True),
        run(SGD(1e-5), 1000, B=1),
        run(SGD(0.3), 400, start=no_weights),
        run(Adam(0.003), 20 * E, epochs=True, start=dead_units),
        run(SGD(0.3), 300, DEEP),  # the gradient vanishes
    ],
    "diverges": [
        run(SGD(1.0), 400, LINEAR),
        run(Momentum(0.5), 20 * E, LINEAR, epochs=True),
        run(SGD(0.1), 400, LINEAR, start=huge_weights),
        run(SGD(lambda t: 0.01 * 1.02**t), 400, LINEAR),
        run(SGD(then(0.05, 2.0, 600)), 30 * E, LINEAR, epochs=True),
        in_the_ravine(SGD(0.021), 400),  # 2/L is 0.02; infinity is far
    ],
    "falls and rises": [
        run(Adam(lambda t: 0.5 * (t / 800) ** 2), 800),  # a warm-up without an end
        run(RMSprop(lambda t: 0.3 * (t / 1140) ** 3), 30 * E, epochs=True),
        run(SGD(then(0.2, 1.6, 360)), 600),
        run(RMSprop(then(0.003, 0.09, 360)), 600),
        run(SGD(then(0.02, 0.4, 1200)), 2000, B=1),
        run(Adam(0.003), 600, batch=shuffled(lambda t: t > 360)),
    ],
    "spikes": [
        run(SGD(0.02), 600, batch=shuffled(lambda t: t % 60 == 30)),
        run(Adam(0.003), 800, batch=shuffled(lambda t: t % 200 == 99)),
        run(SGD(stumble(0.05, 3, 150)), 800),
        run(Momentum(stumble(0.03, 2, 200)), 800, B=64),
        run(Adam(stumble(0.01, 0.3, 250)), 800),
        run(SGD(stumble(0.1, 10, 13 * E)), 40 * E, epochs=True),
    ],
    "good in training only": [
        run(Adam(0.01), 300, n=30, B=10),
        run(Adam(0.01), 600, n=63, B=16),
        run(Momentum(0.1), 400, n=63, B=16),
        run(SGD(0.2), 500, n=40, B=8, epochs=True),
        run(Adam(0.01), 60 * 13, WIDE, n=400, epochs=True, labels=half_random),
        run(Adam(0.01), 500, WIDE, n=200, labels=random),
    ],
    "": [
        run(SGD(0.1), 600),
        run(SGD(0.03), 1500, B=1),
        run(Adam(0.003), 800),
        run(RMSprop(0.003), 800),
        run(Adam(warmup(cosine(0.03, 800), 80)), 800),
        run(Adam(cosine(0.02, 1200)), 1200),  # done long before the end
        run(Momentum(cosine(0.1, 30 * E)), 30 * E, epochs=True),
        run(SGD(0.05), 1000, ONE, TUMOURS, B=4),
        run(SGD(inverse_time(0.05, 0.01)), 2000, ONE, TUMOURS, B=1),
        run(Adam(0.01), 500, LANGUAGE, TEXT, B=64),  # never below 3
    ],
}


def confusion(first=0):
    """Return how often each cause was read as what, {(planted, read): runs}."""
    runs = [(cause, log) for cause, logs in LOGS.items() for log in logs]
    return Counter(
        (cause, ", ".join(symptoms(*log(first + k))))
        for k, (cause, log) in enumerate(runs)
    )


def test_symptoms_are_read_off_forty_runs_with_planted_causes():
    read = confusion()
    wrong = {pair: n for pair, n in read.items() if pair[0] != pair[1]}
    demand(
        read.total() == 40 and sum(wrong.values()) <= 2,
        f"of {read.total()} runs more than two are read wrongly, {{(planted, read): "
        f"runs}}: {wrong}; mend the rules in utils/symptoms.py, not the runs",
    )
    demand(
        not any(cause == "" for cause, _ in wrong),
        f"healthy runs are called sick, {wrong}: mend the rules in utils/symptoms.py",
    )


@pytest.mark.parametrize("n", [20, 1000, 100_000])
def test_a_run_that_was_done_at_once_is_not_flat_at_any_length_or_unit(n):
    t, noise = np.arange(n), np.random.default_rng(n).normal(size=n)
    done = 2.3 * np.exp(-4 * np.minimum(t / 5, 1) + 0.3 * noise)
    for unit in 1e-9, 1, 1e9:
        assert symptoms(unit * done) == [] and symptoms(done * 0 + unit) == ["flat"]


def test_what_is_no_number_is_named_wherever_it_stands_and_0_is_a_loss():
    for bad in np.nan, np.inf:
        assert symptoms([1.0] * 20, [1.0] * 4 + [bad]) == ["diverges"]
        assert symptoms([1.0] * 20 + [bad] * 9) == ["diverges"]  # without a warning
    assert symptoms([0.9**t for t in range(40)] + [0] * 9) == []


def test_a_run_that_is_stopped_when_it_blows_up_diverges_and_no_validation_is_none():
    losses = 2.3 * 0.99 ** np.arange(400)
    assert symptoms(losses, []) == symptoms(losses) == []
    for last in 3, 9, 10:
        assert symptoms([*losses[:-last], *[1e6] * last]) == ["diverges"]


def test_a_loss_that_is_skipped_is_no_divergence_and_a_floor_hides_no_spike():
    noise = 0.05 * np.random.default_rng(1).normal(size=3000)
    losses = 2.8 + 8 * np.exp(-np.arange(3000) / 200) + noise  # as of a language model
    skipped, jump, higher = np.copy(losses), np.copy(losses), np.copy(losses)
    skipped[1200], jump[1800:1830], higher[2000:] = np.nan, 4.1, higher[2000:] + 1.5
    assert symptoms(losses) == symptoms(skipped) == []
    assert symptoms(jump) == ["spikes"]
    assert symptoms(higher) == ["falls and rises"]


def test_what_comes_back_is_named_with_its_period_and_a_lowered_rate_is_no_fault():
    t, rng = np.arange(600), np.random.default_rng(2)
    fall = np.exp(-t / 300 + 0.1 * rng.normal(size=600))
    batches = np.exp(0.3 * rng.normal(size=40))  # never shuffled: each comes again
    assert symptoms(fall) == []
    assert symptoms(fall * np.tile(batches, 15)) == ["comes back every 40 losses"]
    assert symptoms(np.tile(batches, 15)) == ["comes back every 40 losses"]
    assert symptoms(3 - t // 100 / 4 + 0.04 * rng.normal(size=600)) == []  # a staircase
    assert symptoms(0.24 + 0.12 * np.exp(-t / 130) + 0.04 * rng.normal(size=600)) == []
    lowered = t[:50] >= 25
    losses = 2 * np.exp(-t[:50] / 6) + np.where(lowered, 0.45, 0.9)
    unseen = 2 * np.exp(-t[:50] / 6) + np.where(lowered, 0.76, 1.0)
    assert symptoms(losses, unseen) == []


@pytest.mark.parametrize(("rise", "seen"), [(0.095, []), (0.105, ["falls and rises"])])
def test_a_rise_is_one_from_a_third_of_the_fall_on(rise, seen):
    log = [*np.linspace(0.3, 0, 800), *[0] * 100, *[rise] * 100]
    assert symptoms(np.exp(log)) == seen


@pytest.mark.parametrize(
    ("gap", "seen"), [(0.12, []), (0.13, ["good in training only"])]
)
def test_a_gap_is_wide_from_an_eighth_of_the_fall_on(gap, seen):
    losses = [*np.linspace(1.1, 0.1, 900), *[0.1] * 100]
    assert symptoms(losses, [0.1 + gap] * 25) == seen
