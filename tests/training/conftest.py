"""A small real problem for the engine's tests: the first digits, and configurations to train on them."""

from __future__ import annotations

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from sklearn.datasets import load_digits

from sweeper.records import DataInfo, Task, TrialPlan
from sweeper.seeds import Seeds
from sweeper.training.program import Rows
from sweeper.training.trial import DeviceData

TRAIN, VALIDATION, TEST = 203, 60, 50
"""203 rows leave a last batch of 11 at batch size 32."""


def configuration(
    optimizer: dict[str, Any] | None = None,
    model: dict[str, Any] | None = None,
    regularization: dict[str, Any] | None = None,
    initializer: dict[str, Any] | None = None,
    **training: Any,
) -> dict[str, Any]:
    """A configuration with every default filled in, as the space reader gives it."""
    nothing = dict.fromkeys(("l1", "l2", "dropout", "noise", "early_stopping"))
    return {
        "model": model or {"mlp": {"layers": "24-16", "depth": None, "activation": "relu", "normalization": None}},
        "initializer": initializer or {"he_normal": {}},
        "regularization": {**nothing, **(regularization or {})},
        "optimizer": optimizer or {"adam": {"learning_rate": 0.01}},
        "training": {"batch_size": 32, "class_weight": None, "shuffle": True, **training},
    }


def plan(settings: dict[str, Any], epochs: int = 3, number: int = 0, **fields: Any) -> TrialPlan:
    return TrialPlan(number, {}, settings, Seeds.of(7, number), epochs, **fields)


@pytest.fixture(scope="session")
def digits() -> tuple[np.ndarray, np.ndarray]:
    x, y = load_digits(return_X_y=True)
    return ((x - x.mean()) / x.std()).astype("float32").reshape(-1, 8, 8, 1), y.astype("int32")


@pytest.fixture(scope="session")
def info() -> DataInfo:
    rows = {"train": TRAIN, "validation": VALIDATION, "test": TEST}
    return DataInfo("digits", Task.CLASSIFICATION, (8, 8, 1), 10, rows, "", "", class_counts=(20,) * 9 + (23,))


@pytest.fixture(scope="session")
def data(digits: tuple[np.ndarray, np.ndarray]) -> DeviceData:
    x, y = digits
    edges = np.cumsum([0, TRAIN, VALIDATION, TEST])
    train, validation, test = (Rows(tf.constant(x[a:b]), tf.constant(y[a:b])) for a, b in pairwise(edges))
    return DeviceData(train, train.first(VALIDATION), validation, test)
