"""Keras's data sets, through Keras's own loaders: downloaded once into Keras's cache. The test part is the set's own."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from sweeper.data.raw import Array, RawData, Settings
from sweeper.errors import DataError
from sweeper.records import Task

PATIENCE = 30.0
"""Seconds without an answer after which a download has failed; Keras itself would wait for ever."""

FIRST_WORD = 4
"""The number of the most frequent word: 0 to 3 are Keras's padding, start, unknown and an unused one."""

_CLOTHES = ("T-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot")
_THINGS = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")


def mnist(settings: Settings, folder: Path) -> RawData:
    """70,000 pictures [28, 28, 1]."""
    return _pictures("mnist")


def fashion_mnist(settings: Settings, folder: Path) -> RawData:
    """70,000 pictures [28, 28, 1]."""
    return _pictures("fashion_mnist", _CLOTHES)


def cifar10(settings: Settings, folder: Path) -> RawData:
    """60,000 pictures [32, 32, 3]."""
    return _pictures("cifar10", _THINGS)


def cifar100(settings: Settings, folder: Path) -> RawData:
    """60,000 pictures [32, 32, 3]."""
    return _pictures("cifar100")


def imdb(settings: Settings, folder: Path) -> RawData:
    """50,000 reviews [words]: 1 where a word occurs."""
    return _texts("imdb", settings["words"], ("negative", "positive"))


def reuters(settings: Settings, folder: Path) -> RawData:
    """11,228 newswires [words]: 1 where a word occurs."""
    return _texts("reuters", settings["words"])


def california_housing(settings: Settings, folder: Path) -> RawData:
    """20,640 districts by 8 measurements."""
    return _joined("california_housing", _load("california_housing", version="large"), Task.REGRESSION)


def _pictures(name: str, class_names: tuple[str, ...] = ()) -> RawData:
    (x, y), (test_x, test_y) = _load(name)
    if x.ndim == 3:
        x, test_x = x[..., np.newaxis], test_x[..., np.newaxis]
    return _joined(name, ((x, y), (test_x, test_y)), Task.CLASSIFICATION, class_names)


def _texts(name: str, words: int, class_names: tuple[str, ...] = ()) -> RawData:
    (x, y), (test_x, test_y) = _load(name, num_words=FIRST_WORD + words)
    return _joined(name, ((multi_hot(x, words), y), (multi_hot(test_x, words), test_y)), Task.CLASSIFICATION, class_names)


def multi_hot(texts: Sequence[Sequence[int]], words: int) -> Array:
    """uint8 [texts, words]: 1 where the text has the word; words are counted from the most frequent one."""
    x = np.zeros((len(texts), words), np.uint8)
    for row, text in enumerate(texts):
        numbers = np.asarray(text, dtype=np.int64) - FIRST_WORD
        x[row, numbers[(numbers >= 0) & (numbers < words)]] = 1
    return x


def _joined(name: str, loaded: Any, task: Task, class_names: tuple[str, ...] = ()) -> RawData:
    (x, y), (test_x, test_y) = loaded
    return RawData(
        name,
        np.concatenate([x, test_x]),
        np.concatenate([y, test_y]),
        task,
        class_names=class_names,
        parts=np.array([""] * len(x) + ["test"] * len(test_x)),
        notes=(f"The test part is the set's own: {len(test_x):,} rows.",),
    )


def _load(name: str, **settings: Any) -> Any:
    import keras

    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(PATIENCE)
    try:
        return getattr(keras.datasets, name).load_data(**settings)
    except Exception as error:  # Keras raises bare Exceptions here, and whatever a damaged file makes NumPy raise
        raise DataError(
            f"Keras could not load '{name}', which it downloads once: {str(error) or type(error).__name__}\n"
            "    Without a network, use a set that comes with scikit-learn (digits, wine, breast_cancer, iris, diabetes),\n"
            "    or your own file:  npz: {file: my.npz}"
        ) from error
    finally:
        socket.setdefaulttimeout(before)
