"""Keras's sets with Keras's loaders in their place: nothing is downloaded in a test."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import numpy as np
import pytest

from sweeper.data.arrays import Parts
from sweeper.data.sources.downloaded import multi_hot
from sweeper.records import Task


@pytest.fixture
def keras(monkeypatch):
    """A stand-in for the module: `keras.datasets.NAME.load_data` as the test gives it."""

    def loads(name, load_data):
        stand_in = SimpleNamespace(datasets=SimpleNamespace(**{name: SimpleNamespace(load_data=load_data)}))
        monkeypatch.setitem(sys.modules, "keras", stand_in)

    return loads


def test_the_sets_own_test_part_is_kept(prepared, keras):
    x = np.random.default_rng(0).integers(0, 255, (120, 28, 28), np.uint8)
    y = np.arange(120) % 10
    keras("mnist", lambda: ((x[:100], y[:100]), (x[100:], y[100:])))
    info = prepared("mnist", standardize=False)
    assert info.input_shape == (28, 28, 1) and info.rows == {"train": 80, "validation": 20, "test": 20}
    np.testing.assert_array_equal(Parts.open(info).test.x[..., 0], x[100:])
    assert info.notes[0] == "The test part is the set's own: 20 rows."


def test_targets_in_columns_of_one_are_classes(prepared, keras):
    x, y = np.zeros((120, 4, 4, 3), np.uint8), np.arange(120).reshape(-1, 1) % 10
    keras("cifar10", lambda: ((x, y), (x[:10], y[:10])))
    assert prepared("cifar10").class_names[3] == "cat"


def test_words_are_counted_from_the_most_frequent(prepared, keras):
    assert multi_hot([[1, 4, 6, 4], [1, 2, 3, 99]], 3).tolist() == [[1, 0, 1], [0, 0, 0]]
    asked = {}

    def load_data(num_words):
        asked["num_words"] = num_words
        texts = np.array([[1, 4 + i % 5] for i in range(60)])
        return (texts, np.arange(60) % 2), (texts, np.arange(60) % 2)

    keras("imdb", load_data)
    info = prepared("imdb", words=5)
    assert info.input_shape == (5,) and info.class_names == ("negative", "positive") and asked == {"num_words": 9}


def test_houses_are_regression(prepared, keras):
    x = np.random.default_rng(0).normal(size=(50, 8))
    keras("california_housing", lambda version: ((x, x[:, 0]), (x, x[:, 1])))
    assert prepared("california_housing").task is Task.REGRESSION


def test_offline_it_says_what_keras_tried(refused, keras):
    def load_data():
        raise Exception(
            "URL fetch failure on https://storage.googleapis.com/mnist.npz: None -- [Errno -2] Name or service not known"
        )

    keras("mnist", load_data)
    message = refused("mnist")
    assert "Keras could not load 'mnist'" in message and "URL fetch failure on https://storage" in message
    assert "digits, wine" in message and "npz: {file: my.npz}" in message
