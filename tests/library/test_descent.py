"""The loop, its frozen runs, its mini-batches and its progress bar."""

from functools import partial
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from utils import costs, descent
from utils.descent import descend, diverged, minibatches
from utils.optimizers import SGD, Adam, Momentum

BOWL = costs.quadratic(kappa=5)
RATES = np.array([[0.01], [0.1], [0.3]])


def slope(theta, t):
    return theta  # of theta^2 / 2


def rows(n, batch_size, seed=0, **options):
    """Return a function of t: which rows of n the batch of step t has."""
    rng = np.random.default_rng(seed)
    sampled = minibatches(
        lambda theta, batch: batch, (np.arange(n),), batch_size, rng, **options
    )
    return partial(sampled, None)


def test_a_path_is_the_start_and_then_each_step():
    path = descend(slope, [8.0, -4.0], SGD(0.5), steps=3)
    np.testing.assert_array_equal(path, [[8, -4], [4, -2], [2, -1], [1, -0.5]])
    assert descend(slope, [8.0], SGD(0.5), steps=0).tolist() == [[8]]


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


def test_each_rate_of_a_sweep_is_a_run_alone():
    together = descend(BOWL.gradient, BOWL.start, Adam(RATES), steps=30)
    for k, lr in enumerate(RATES[:, 0]):
        alone = descend(BOWL.gradient, BOWL.start, Adam(lr), steps=30)
        np.testing.assert_allclose(together[:, k], alone, rtol=1e-12)


def test_record_keeps_what_it_is_told_every_so_many_steps():
    path = descend(BOWL.gradient, BOWL.start, SGD(RATES), steps=10)
    values = descend(BOWL.gradient, BOWL.start, SGD(RATES), 10, record=BOWL, every=3)
    np.testing.assert_array_equal(values, BOWL(path)[[0, 3, 6, 9]])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_precision_is_that_of_the_start_and_whole_numbers_become_float64(dtype):
    assert descend(slope, np.ones(2, dtype), SGD(RATES), 3).dtype == dtype
    assert descend(slope, [1, 2], SGD(0.1), 3).dtype == np.float64


def test_a_diverging_run_is_nan_from_there_on_and_the_others_go_on():
    start = np.array([1.0, 2.0])
    path = descend(slope, start, SGD([[0.1], [1e100], [0.2]]), steps=10)
    assert np.isfinite(path[:4]).all()  # 1e100, 1e200, 1e300: then too large
    assert np.isnan(path[4:, 1]).all()
    for k, lr in (0, 0.1), (2, 0.2):
        np.testing.assert_array_equal(path[:, k], descend(slope, start, SGD(lr), 10))
    which, when = diverged(path)
    assert which.tolist() == [False, True, False] and when.tolist() == [-1, 4, -1]


def test_one_parameter_that_is_lost_loses_its_run():
    path = descend(lambda theta, t: theta * [0, 1e200], [1.0, 1.0], SGD(1.0), 3)
    assert np.isnan(path[2:]).all() and np.isfinite(path[:2]).all()
    assert [array.item() for array in diverged(path)] == [True, 2]


@given(n=st.integers(1, 40), data=st.data(), runs=st.sampled_from([(), (3,), (2, 2)]))
def test_an_epoch_without_replacement_is_a_permutation(n, data, runs):
    batch_size = data.draw(st.integers(1, n))
    batch = rows(n, batch_size, runs=runs)
    steps = -(-n // batch_size)
    for epoch in 0, 1, 5:
        drawn = [batch(epoch * steps + k) for k in range(1, steps + 1)]
        assert {part.shape for part in drawn[:-1]} <= {(*runs, batch_size)}
        assert drawn[-1].shape == (*runs, n - (steps - 1) * batch_size)
        whole = np.sort(np.concatenate(drawn, axis=-1), axis=-1)
        np.testing.assert_array_equal(whole, np.broadcast_to(np.arange(n), (*runs, n)))


def test_each_epoch_has_a_new_order():
    batch = rows(50, 50)
    orders = {tuple(batch(t)) for t in range(1, 21)}
    assert len(orders) == 20


def test_the_batch_of_step_t_depends_on_t_alone():
    rng = np.random.default_rng(0)
    sampled = minibatches(lambda theta, row: row, (np.arange(20),), 6, rng)
    state = rng.bit_generator.state
    forward = [sampled(None, t) for t in range(1, 30)]
    backward = [sampled(np.ones((5, 2)), t) for t in range(29, 0, -1)]
    for one, other in zip(forward, reversed(backward), strict=True):
        np.testing.assert_array_equal(one, other)
    assert rng.bit_generator.state == state
    assert (rows(20, 6, seed=1)(1) != forward[0]).any()


@pytest.mark.parametrize("replace", [False, True])
def test_runs_draw_independently_and_uniformly(replace):
    n, runs = 8, 2000
    batch = rows(n, 2, replace=replace, runs=(runs,))
    drawn = np.stack([batch(t) for t in range(1, 9)])
    assert drawn.shape == (8, runs, 2)
    share = np.bincount(drawn[..., 0].ravel(), minlength=n) / (8 * runs)
    assert share == pytest.approx(1 / n, abs=4 * np.sqrt(1 / 8 * 7 / 8 / (8 * runs)))
    neighbours = (drawn[:, 1:] == drawn[:, :-1]).mean()
    assert neighbours == pytest.approx(1 / n, abs=4 * np.sqrt(7 / 64 / (8 * runs)))


def test_with_replacement_a_pair_is_twice_the_same_row_with_chance_1_over_n():
    batch = rows(10, 2, replace=True)
    pairs = np.stack([batch(t) for t in range(1, 5001)])
    twice = (pairs[:, 0] == pairs[:, 1]).mean()
    assert twice == pytest.approx(0.1, abs=4 * np.sqrt(0.1 * 0.9 / 5000))
    assert rows(10, 4, replace=True)(3).shape == (4,)  # no smaller last batch


def test_the_mean_of_the_batches_of_an_epoch_is_the_gradient():
    x = np.random.default_rng(0).normal(size=(12, 3))
    sampled = minibatches(
        lambda theta, x: theta - x.mean(axis=0), (x,), 4, np.random.default_rng(1)
    )
    mean = np.mean([sampled(np.ones(3), t) for t in (1, 2, 3)], axis=0)
    np.testing.assert_allclose(mean, 1 - x.mean(axis=0), rtol=1e-12)


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
    assert out == "" and "3/5" in err
    assert "\n" not in err and err.endswith("\r") and not err.split("\r")[-2].strip()


def test_a_longer_one_shows_nothing_where_progress_bars_are_disabled(shown):
    assert shown(0.9, disabled="1") == ("", "")


fraction = st.floats()


@given(steps=st.integers(max_value=-1) | fraction | st.text() | st.none())
def test_a_number_of_steps_that_is_negative_or_not_whole_is_refused(steps):
    with pytest.raises(
        ValueError, match="whole number, 0 or more; try steps="
    ) as error:
        descend(slope, [1.0], SGD(0.1), steps)
    assert f"steps={steps!r}" in str(error.value)


@given(every=st.integers(max_value=0) | fraction)
def test_a_stride_below_1_is_refused(every):
    with pytest.raises(
        ValueError, match="whole number, 1 or more; try every="
    ) as error:
        descend(slope, [1.0], SGD(0.1), 5, every=every)
    assert f"every={every!r}" in str(error.value)


shapes = st.lists(st.integers(1, 4), min_size=1, max_size=3).map(tuple)


@given(start=shapes, rates=shapes)
def test_shapes_that_do_not_broadcast_are_refused_and_both_are_named(start, rates):
    try:
        fits = np.broadcast_shapes(start, rates)[-1] == start[-1]
    except ValueError:
        fits = False
    assume(not fits)
    with pytest.raises(
        ValueError, match=r"broadcast .* try values\[:, None\]"
    ) as error:
        descend(slope, np.ones(start), SGD(np.full(rates, 0.1)), 3)
    assert f"start has shape {start}, " in str(error.value)
    assert f"have [{rates}]" in str(error.value)


@given(start=shapes, other=shapes)
def test_a_gradient_of_another_shape_is_refused_and_both_are_named(start, other):
    assume(start != other)
    with pytest.raises(ValueError, match="must be equal; try") as error:
        descend(lambda theta, t: np.ones(other), np.ones(start), SGD(0.1), 3)
    assert f"shape {other}, but theta has {start}" in str(error.value)


@given(
    n=st.integers(1, 30), size=st.integers(-5, 0) | st.integers(31) | st.floats(0, 40)
)
def test_a_batch_that_is_empty_larger_than_the_data_or_not_whole_is_refused(n, size):
    with pytest.raises(
        ValueError, match=rf"1 to {n} \(all\); try batch_size="
    ) as error:
        rows(n, size)
    assert f"batch_size={size!r}" in str(error.value)
    rows(n, int(str(error.value).split("=")[-1].rstrip(".")))(1)


@given(n=st.integers(1, 9), m=st.integers(1, 9))
def test_data_of_different_lengths_are_refused_and_both_are_named(n, m):
    assume(n != m)
    data = np.zeros((n, 2)), np.zeros(m, int)
    with pytest.raises(ValueError, match=rf"\[{n}, {m}\] rows.*try"):
        minibatches(lambda theta, x, y: theta, data, 1, np.random.default_rng(0))
