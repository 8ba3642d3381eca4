"""The digits, the words, and what is not the course's own."""

import socket

import numpy as np
import pytest

from utils import data


def test_the_digits_are_1197_and_300_and_300_images_of_64_sixteenths():
    parts = data.digits()
    assert [(x.shape, y.shape) for x, y in parts] == [
        ((n, 64), (n,)) for n in (1197, 300, 300)
    ]
    for x, y in parts:
        assert x.dtype == np.float64 and y.dtype.kind == "i"
        assert x.min() == 0 and x.max() == 1 and (x * 16 == np.rint(x * 16)).all()
        assert set(y) == set(range(10))


def test_the_digits_are_the_same_in_float32():
    for (x, y), (rough, labels) in zip(
        data.digits(), data.digits(np.float32), strict=True
    ):
        assert rough.dtype == np.float32 and (rough == x).all() and (labels == y).all()


def test_each_digit_has_its_share_of_each_part():
    for _, y in data.digits():
        shares = np.bincount(y, minlength=10) / len(y)
        error = np.sqrt(0.1 * 0.9 / len(y))
        assert (abs(shares - 0.1) < 4 * error).all()


def test_no_digit_is_in_two_parts():
    images = [{image.tobytes() for image in x} for x, _ in data.digits()]
    train, validation, test = images
    assert not (train & validation or train & test or validation & test)


def test_no_data_set_needs_a_network(monkeypatch):
    def no_network(*args, **options):
        raise AssertionError("a data set asked for the network")

    monkeypatch.setattr(socket, "socket", no_network)
    data.digits(), data.words(), data.table("diabetes"), data.text("licence", 64)


def test_the_words_are_numbered_by_how_often_they_occur():
    text, names = data.words(100)
    counts = np.bincount(text, minlength=100)
    assert (np.diff(counts[:-1]) <= 0).all() and counts.min() > 0
    assert len(set(names)) == 100 and names[-1] == "…"


def test_a_smaller_vocabulary_keeps_the_text_and_the_frequent_words():
    (text, names), (few, short) = data.words(256), data.words(20)
    assert len(text) == len(few) and names[:19] == short[:-1]
    assert (np.where(text < 19, text, 19) == few).all()


@pytest.mark.parametrize(
    ("name", "shape"), [("breast_cancer", (569, 30)), ("diabetes", (442, 10))]
)
def test_a_table_has_columns_of_mean_0_and_deviation_1(name, shape):
    x, y = data.table(name)
    assert x.shape == shape and y.shape == shape[:1] and x.dtype == np.float32
    assert np.allclose(x.mean(axis=0), 0, atol=1e-5) and np.allclose(x.std(axis=0), 1)
    assert set(y) == {0, 1} if name == "breast_cancer" else abs(y.std() - 1) < 1e-4


@pytest.mark.parametrize(
    ("name", "size"), [("documentation", 256), ("licence", 64), ("program", 512)]
)
def test_each_word_of_another_text_occurs(name, size):
    tokens, names = data.text(name, size)
    assert len(names) == len(set(names)) == size
    assert np.bincount(tokens, minlength=size).min() > 0
