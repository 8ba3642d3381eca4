"""Answers of exam problems that come from a formula, found again by simulation."""

import re

import numpy as np
import pytest

from tools.teach import problems
from utils import schedules
from utils.descent import descend, noisy
from utils.network import Network
from utils.optimizers import SGD, Adam, Momentum, RMSprop

FEW = range(0, 200, 23)


def questions(notebook, name, variants=FEW):
    """Yield some variants of a problem, with the numbers of their text."""
    (problem,) = [p for p in problems.of(notebook) if p.name == name]
    for k in variants:
        question = problem.variant(k)
        numbers = re.findall(r"(?<![\d_^{])-?\d[\d,]*\.?\d*(?:e-?\d+)?", question.text)
        yield question, [float(number.replace(",", "")) for number in numbers]


def named(question):
    """Return the numbers that a text gives a name, `{"beta_1": 0.9, ...}`."""
    pairs = re.findall(r"\\?(\w+) = (-?[\d.]*\d)", question.text)
    return {name: float(number) for name, number in pairs}


def parabola(curvature):
    return lambda theta, t: curvature * theta


def drift(gradients, rule, cycles=400):
    """Return how far a rule comes down in the last of many cycles."""
    steps = cycles * len(gradients)
    path = descend(
        lambda theta, t: np.full(1, gradients[(t - 1) % len(gradients)]),
        [0.0],
        rule,
        steps,
    )
    return (path[-1 - len(gradients)] - path[-1]).item()


def test_the_steps_of_gradient_descent():
    for question, (low, high, _, power) in questions("01", "steps"):
        rule = SGD(2 / (low + high))
        path = descend(parabola(np.array([low, high])), np.ones(2), rule, 9000)
        left = np.hypot(*path.T) / np.sqrt(2)
        assert np.ceil(question.right) == (left <= 10.0 ** -abs(power)).argmax()


def test_a_deep_relu_network_keeps_that_much_of_its_signal():
    for question, (layers, _, s, *_) in questions("01", "depth", range(2)):
        sizes = (128,) * int(layers + 1) + (2,)
        net, rng = Network(sizes, "relu"), np.random.default_rng(1)
        x = np.sqrt(128) * np.eye(128)[:1]
        thetas = net.initial(rng, scale=s, runs=(36,), dtype=np.float32)
        ends = [np.mean(net.activations(theta, x)[-2] ** 2) for theta in thetas]
        mean, error = np.mean(ends), np.std(ends) / 6
        assert abs(mean - question.right) < 4 * error


def test_the_noise_floor_of_sgd():
    for question, _ in questions("02", "floor", range(3)):
        given = named(question)
        curvature, sigma, lr = given["lambda"], given["sigma"], given["eta"]
        slope = noisy(parabola(curvature), sigma, rng=2)
        start = np.zeros((4000, 1))
        path = descend(slope, start, SGD(lr), 200, record=lambda p: np.mean(p**2))
        assert path[50:].mean() == pytest.approx(question.right, rel=0.02)


def test_above_the_border_it_grows_like_that():
    for question, (L, lr, t) in questions("02", "beyond"):
        path = descend(parabola(L), [1.0], SGD(lr), int(t))
        assert abs(path[-1, 0]) == pytest.approx(question.right, rel=0.01)


def test_the_start_is_forgotten_after_that_many_steps():
    for question, _ in questions("02", "forgotten"):
        given, (part,) = named(question), re.findall(r"is 1/(\d+) left", question.text)
        kept = (1 - given["eta"] * given["lambda"]) ** 2  # of what is above the floor
        assert kept**question.right == pytest.approx(1 / int(part), rel=0.1)


def test_momentum_diverges_from_that_border_on():
    for question, (beta, L) in questions("03", "border"):
        for part, grows in (0.99, False), (1.01, True):
            rule = Momentum(part * question.right, beta)
            end = descend(parabola(L), [1.0], rule, 2000)[-1, 0]
            assert (not abs(end) < 1) == grows


def test_polyaks_pair_is_the_best_of_its_neighbours():
    for question, (kappa,) in questions("03", "best_beta"):
        beta, rho = question.right, np.sqrt(question.right)
        lr = (1 - rho) ** 2  # on the dashed line, for a curvature of 1
        assert lr * kappa == pytest.approx((1 + rho) ** 2)
        assert abs(np.roots([1, -(1 + beta - lr), beta])).max() == pytest.approx(rho)


def test_an_alternating_gradient_leaves_that_velocity():
    for question, (g, *_, beta) in questions("03", "alternating"):
        path = descend(
            lambda theta, t, g=g: np.full(1, g * (-1) ** t),
            [0.0],
            Momentum(1.0, beta),
            801,
        )
        assert abs(path[-1] - path[-2]).item() == pytest.approx(question.right)


def test_rmsprop_ends_at_that_height():
    for question, (low, high, lr, beta) in questions("04", "settle", range(4)):
        curvature = np.array([low, high])
        rule = RMSprop(lr, beta=beta)
        path = descend(parabola(curvature), np.array([1.0, 0.7]), rule, 4000)
        height = np.sum(curvature * path[-1] ** 2) / 2
        assert height == pytest.approx(question.right, rel=0.01)


def test_gradient_descent_leaves_the_saddle_after_so_many_steps():
    for question, _ in questions("04", "saddle"):
        power = int(re.findall(r"10\^\{(-\d+)", question.text)[0])
        start, rule = [10.0**power], SGD(named(question)["eta"])
        path = descend(lambda theta, t: -theta, start, rule, 900)
        assert np.ceil(question.right) == (path[:, 0] >= 1).argmax()


def test_rmsprop_drifts_as_said():
    for question, (beta, _, *gradients) in questions("04", "drift", range(12)):
        moved = drift(gradients, RMSprop(1.0, beta, eps=0.0))
        way = "down" if moved > 0 else "up"
        assert question.right == f"{way} by {abs(moved):.2f} η"


def test_adams_longest_step_is_reached_by_growing_gradients():
    for question, _ in questions("05", "longest", range(5)):
        beta1, beta2 = named(question)["beta_1"], named(question)["beta_2"]
        ratio, n = beta2 / beta1, 400
        gradients = ratio ** (np.arange(n) - n + 1.0)
        m = (1 - beta1) * np.sum(beta1 ** np.arange(n)[::-1] * gradients)
        v = (1 - beta2) * np.sum(beta2 ** np.arange(n)[::-1] * gradients**2)
        assert m / np.sqrt(v) == pytest.approx(question.right, rel=0.01)


def test_adams_noise_floor_is_there():
    for question, _ in questions("05", "floor", range(3)):
        given = named(question)
        curvature, sigma, lr = given["lambda"], given["sigma"], given["eta"]
        steps = int(6 * sigma / (lr * curvature))
        slope = noisy(parabola(curvature), sigma, rng=3)
        end = descend(slope, np.zeros((2000, 1)), Adam(lr), steps, every=steps)[-1]
        assert np.mean(end**2) == pytest.approx(question.right, rel=0.15)


def test_random_runs_hit_as_often_as_said():
    rng = np.random.default_rng(4)
    for question, (per_cent, n) in questions("07", "hit"):
        hits = rng.uniform(size=(20_000, int(n))) < per_cent / 100
        assert hits.any(axis=1).mean() == pytest.approx(question.right, abs=0.015)


def test_so_many_runs_are_enough_and_one_less_is_not():
    for question, (per_cent, sure) in questions("07", "runs_needed"):
        for n, enough in (question.right, True), (question.right - 1, False):
            assert (1 - (1 - per_cent / 100) ** n >= sure / 100) == enough


def test_a_warm_up_is_on_the_line_from_zero():
    for question, (T, _, peak, t) in questions("07", "climb"):
        climbing = schedules.warmup(lambda _t, peak=peak: peak, int(T) // 10)
        assert climbing(int(t)) == pytest.approx(question.right)


def test_so_many_rates_are_evenly_spaced_from_end_to_end():
    for question, (low, high, per) in questions("07", "decades"):
        grid = np.geomspace(low, high, int(question.right))
        assert grid[int(per)] / grid[0] == pytest.approx(10)


def test_a_late_rate_is_on_the_line_to_zero():
    for question, (peak, T, _, t) in questions("07", "late"):
        line = np.interp(t, [3 * T / 4, T], [peak, 0])
        assert question.right == pytest.approx(line)


def test_a_grid_hits_a_square_as_often_as_said():
    rng = np.random.default_rng(6)
    for question, (side, _, k, *_) in questions("07", "square", range(4)):
        place = rng.uniform(size=(20_000, 1, 2))
        points = np.mgrid[:k, :k].reshape(2, -1).T / k
        hits = np.all((points - place) % 1 < side, axis=-1).any(axis=1)
        assert hits.mean() == pytest.approx(question.right, abs=0.015)


def test_one_entry_of_the_gradient_of_a_table():
    for question, (V, _, share, follows) in questions("08", "row"):
        rest = (1 - follows) / (V - 1)
        true = np.r_[follows, np.full(int(V) - 1, rest)]

        def cost(score, true=true, share=share):
            theta = np.r_[score, np.zeros(len(true) - 1)]
            return -share * true @ (theta - np.log(np.exp(theta).sum()))

        slope = (cost(1e-5) - cost(-1e-5)) / 2e-5
        assert slope == pytest.approx(question.right, rel=1e-4)
