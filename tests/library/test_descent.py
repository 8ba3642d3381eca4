"""The loop, its frozen runs, its mini-batches and its progress bar."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tqdm import std

from utils import costs, descent
from utils.descent import descend, minibatches, noisy, sampled, train
from utils.network import Network
from utils.optimizers import SGD, Adam, Momentum

BOWL = costs.quadratic(kappa=5)
RATES = np.array([[0.01], [0.1], [0.3]])


def slope(theta, t):
    return theta  # of theta^2 / 2


def test_steps_are_counted_from_1():
    seen = []
    descend(lambda theta, t: seen.append(t) or theta, [1.0], SGD(0.1), steps=4)
    assert seen == [1, 2, 3, 4]


@pytest.mark.parametrize(
    "start, optimizer, runs",
    [
        ((2,), SGD(0.1), ()),
        ((2,), SGD(RATES), (3,)),
        ((3, 2), SGD(0.1), (3,)),
        ((3, 2), SGD(RATES), (3,)),
        ((4, 2), SGD(RATES[:, None]), (3, 4)),
        ((2,), Momentum(RATES[:, None], beta=np.full((4, 1), 0.5)), (3, 4)),
        ((2,), SGD(lambda t: RATES / t), (3,)),
    ],
)
def test_the_start_is_repeated_for_the_runs_of_the_hyperparameters(
    start, optimizer, runs
):
    start = np.random.default_rng(0).normal(size=start)
    before = start.copy()
    path = descend(BOWL.gradient, start, optimizer, steps=5)
    assert path.shape == (6, *runs, 2)
    np.testing.assert_array_equal(path[0], np.broadcast_to(start, (*runs, 2)))
    np.testing.assert_array_equal(start, before)


def test_record_keeps_what_it_is_told_every_so_many_steps():
    path = descend(BOWL.gradient, BOWL.start, SGD(RATES), steps=10)
    values = descend(BOWL.gradient, BOWL.start, SGD(RATES), 10, record=BOWL, every=3)
    np.testing.assert_array_equal(values, BOWL(path)[[0, 3, 6, 9]])


def test_the_last_state_is_what_the_next_step_goes_on_from():
    rule, short = Momentum(RATES, beta=0.5), 4
    whole = descend(BOWL.gradient, BOWL.start, rule, steps=short + 1)
    path, state = descend(BOWL.gradient, BOWL.start, rule, short, last_state=True)
    np.testing.assert_array_equal(path, whole[:-1])
    g = BOWL.gradient(path[-1], short + 1)
    theta, _state = rule.step(path[-1], g, state, short + 1)
    np.testing.assert_array_equal(theta, whole[-1])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_precision_is_that_of_the_start_and_whole_numbers_become_float64(dtype):
    assert descend(slope, np.ones(2, dtype), SGD(RATES), 3).dtype == dtype
    assert descend(slope, [1, 2], SGD(0.1), steps=0).dtype == np.float64


def test_a_diverging_run_is_nan_from_there_on_and_the_others_go_on():
    start = np.array([1.0, 2.0])
    path = descend(slope, start, SGD([[0.1], [1e100], [0.2]]), steps=10)
    assert np.isfinite(path[:4]).all()  # 1e100, 1e200, 1e300: then too large
    assert np.isnan(path[4:, 1]).all()
    for k, lr in (0, 0.1), (2, 0.2):
        np.testing.assert_array_equal(path[:, k], descend(slope, start, SGD(lr), 10))


def test_one_parameter_that_is_lost_loses_its_run():
    path = descend(lambda theta, t: theta * [0, 1e200], [1.0, 1.0], SGD(1.0), 3)
    assert np.isnan(path[2:]).all() and np.isfinite(path[:2]).all()


@given(n=st.integers(1, 40), data=st.data(), runs=st.sampled_from([(), (3,), (2, 2)]))
def test_an_epoch_without_replacement_is_a_permutation(n, data, runs):
    batch_size = data.draw(st.integers(1, n))
    batch = minibatches(n, batch_size, rng=0, runs=runs)
    steps = -(-n // batch_size)
    for epoch in 0, 1, 5:
        drawn = [batch(epoch * steps + k) for k in range(1, steps + 1)]
        assert {part.shape for part in drawn[:-1]} <= {(*runs, batch_size)}
        assert drawn[-1].shape == (*runs, n - (steps - 1) * batch_size)
        whole = np.sort(np.concatenate(drawn, axis=-1), axis=-1)
        np.testing.assert_array_equal(whole, np.broadcast_to(np.arange(n), (*runs, n)))


def test_each_epoch_has_a_new_order():
    batch = minibatches(50, 50, rng=0)
    orders = {tuple(batch(t)) for t in range(1, 21)}
    assert len(orders) == 20


def test_the_batch_of_step_t_depends_on_t_alone():
    rng = np.random.default_rng(0)
    rows = minibatches(20, 6, rng)
    state = rng.bit_generator.state
    forward = [rows(t) for t in range(1, 30)]
    backward = [rows(t) for t in range(29, 0, -1)]
    for batch, again in zip(forward, reversed(backward), strict=True):
        np.testing.assert_array_equal(batch, again)
    assert rng.bit_generator.state == state
    np.testing.assert_array_equal(minibatches(20, 6, rng=0)(1), forward[0])
    assert (minibatches(20, 6, rng=1)(1) != forward[0]).any()


@pytest.mark.parametrize("replace", [False, True])
def test_runs_draw_independently_and_uniformly(replace):
    n, runs = 8, 2000
    batch = minibatches(n, 2, 0, replace=replace, runs=(runs,))
    drawn = np.stack([batch(t) for t in range(1, 9)])
    assert drawn.shape == (8, runs, 2)
    share = np.bincount(drawn[..., 0].ravel(), minlength=n) / (8 * runs)
    assert share == pytest.approx(1 / n, abs=4 * np.sqrt(1 / 8 * 7 / 8 / (8 * runs)))
    neighbours = (drawn[:, 1:] == drawn[:, :-1]).mean()
    assert neighbours == pytest.approx(1 / n, abs=4 * np.sqrt(7 / 64 / (8 * runs)))


def test_with_replacement_a_pair_is_twice_the_same_row_with_chance_1_over_n():
    batch = minibatches(10, 2, 0, replace=True)
    pairs = np.stack([batch(t) for t in range(1, 5001)])
    twice = (pairs[:, 0] == pairs[:, 1]).mean()
    assert twice == pytest.approx(0.1, abs=4 * np.sqrt(0.1 * 0.9 / 5000))
    assert minibatches(10, 4, 0, replace=True)(3).shape == (4,)  # no smaller last batch


@pytest.fixture
def shown(monkeypatch, capsys):
    """Return what a descent of 5 steps writes on the screen, by an invented clock."""

    def descent_of(seconds_per_step, disabled="0"):
        clock = SimpleNamespace(
            monotonic=iter(np.arange(9) * seconds_per_step).__next__
        )
        monkeypatch.setattr(descent, "time", clock)
        monkeypatch.setenv("TQDM_DISABLE", disabled)
        path = descend(slope, [32.0], SGD(0.5), steps=5)
        assert path[:, 0].tolist() == [32, 16, 8, 4, 2, 1]
        return capsys.readouterr()

    return descent_of


def test_a_descent_of_two_seconds_shows_no_progress_bar(shown):
    assert shown(0.4) == ("", "")


def test_a_longer_one_shows_a_progress_bar_that_leaves_nothing(shown):
    out, err = shown(0.9)
    assert err == "" and "3/5" in out
    assert "\n" not in out and out.endswith("\r") and not out.split("\r")[-2].strip()
    assert descent.tqdm is std.tqdm, "in a notebook it would leave a widget"


def test_a_longer_one_shows_nothing_where_progress_bars_are_disabled(shown):
    assert shown(0.9, disabled="1") == ("", "")


@given(
    n=st.integers(1, 30), size=st.integers(-5, 0) | st.integers(31) | st.floats(0, 40)
)
def test_a_batch_that_is_empty_larger_than_the_data_or_not_whole_is_refused(n, size):
    with pytest.raises(
        ValueError, match=rf"1 to {n} \(all\); try batch_size="
    ) as error:
        minibatches(n, size, 0)
    assert f"batch_size={size!r}" in str(error.value)
    minibatches(n, int(str(error.value).split("=")[-1].rstrip(".")), 0)(1)


def test_a_batch_has_the_same_rows_of_each_array():
    data = np.arange(20), -np.arange(20)
    gradient = sampled(lambda theta, x, y: np.stack([x, y]), data, 6, rng=3)
    rows = minibatches(20, 6, rng=3)
    for t in range(1, 9):
        np.testing.assert_array_equal(gradient(None, t), [rows(t), -rows(t)])


def test_noise_has_its_deviation_and_its_shape_is_shared_by_the_runs():
    gradient = noisy(lambda theta, t: t * theta, 0.5, rng=0, shape=(50_000, 1))
    g = gradient(np.full((2, 50_000, 1), 3.0), 2)
    np.testing.assert_array_equal(g[0], g[1])
    assert g.mean() == pytest.approx(6, abs=0.02)
    assert g.std() == pytest.approx(0.5, rel=0.02)
    own = noisy(lambda theta, t: theta, 0.5, rng=0)(np.zeros((2, 50, 1)), 1)
    assert own.shape == (2, 50, 1) and (own[0] != own[1]).all()


def test_noise_is_drawn_anew_at_each_call_and_again_from_the_same_seed():
    gradient = noisy(lambda theta, t: theta, 1, rng=5)
    noise = np.random.default_rng(5).normal(size=(2, 3))
    for row in noise:
        np.testing.assert_array_equal(gradient(np.zeros(3), 1), row)


def test_training_is_the_descent_of_networks_that_are_drawn_first():
    net, rng = Network((2, 3, 2)), np.random.default_rng(8)
    x, y = rng.normal(size=(12, 2)), rng.integers(2, size=12)
    path = train(net, (x, y), Adam(RATES[:, None]), 5, 9, rng=4, seeds=6, every=3)
    rng = np.random.default_rng(4)
    start = net.initial(rng, runs=(6,))
    gradient = sampled(net.gradient, (x, y), 5, rng, runs=(6,))
    expected = descend(gradient, start, Adam(RATES[:, None]), 9, every=3)
    assert path.shape == (4, 3, 6, net.size)
    np.testing.assert_array_equal(path, expected)
    assert len(np.unique(path[0, 0, :, 0])) == 6


def test_a_gradient_may_be_a_list():
    path = descend(lambda theta, t: [1, 2], [0.0, 0.0], SGD(0.5), 2)
    np.testing.assert_array_equal(path, [[0, 0], [-0.5, -1], [-1, -2]])


def in_place(theta, t):
    theta -= 1
    return theta


class InPlace(SGD):
    def step(self, theta, gradient, state, t):
        theta -= self.lr * gradient
        return theta, state


@pytest.mark.parametrize("gradient", [in_place, slope])
def test_writing_into_theta_fails_at_once(gradient):
    start = np.ones(2)
    optimizer = SGD(0.1) if gradient is in_place else InPlace(0.1)
    with pytest.raises(ValueError, match=r"written into.*try theta = theta - "):
        descend(gradient, start, optimizer, 5)
    assert (start == 1).all() and start.flags.writeable


def test_another_error_of_a_gradient_stays_its_own():
    def fails(theta, t):
        raise ValueError("the data is gone")

    with pytest.raises(ValueError, match="the data is gone"):
        descend(fails, [1.0], SGD(0.1), 3)
