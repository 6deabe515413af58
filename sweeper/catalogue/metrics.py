"""Metrics, by Keras's names where it has them: which way is better, for which task, and the class that computes each."""

import math
from dataclasses import dataclass, field
from typing import Any

from sweeper.records import DataInfo, Task


@dataclass(frozen=True)
class Metric:
    """`keras` is the class in `keras.metrics`; `encoding` says what targets it wants: `sparse` (class numbers, with a
    `Sparse...` class or none), `one_hot` (rows of zeros and a one), `positive` (two classes: the second one's probability),
    `values` (regression, in the data's own units), or `standardized` (for what has no unit: there the differences of large numbers
    would be lost in rounding). What Keras lacks has an `implementation` of ours, `module:Class`, and no `keras`."""

    name: str
    keras: str
    maximize: bool
    task: Task
    encoding: str
    says: str
    binary_only: bool = False
    arguments: dict[str, Any] = field(default_factory=dict)
    implementation: str | None = None


CALIBRATION_BINS = 15
"""Of equal width, as Guo et al. 2017 have them."""

_C, _R = Task.CLASSIFICATION, Task.REGRESSION

METRICS = (
    Metric("accuracy", "SparseCategoricalAccuracy", True, _C, "sparse", "share of rows whose likeliest class is the right one"),
    Metric(
        "top_3_accuracy",
        "SparseTopKCategoricalAccuracy",
        True,
        _C,
        "sparse",
        "share of rows whose class is among the 3 likeliest",
        arguments={"k": 3},
    ),
    Metric(
        "top_5_accuracy",
        "SparseTopKCategoricalAccuracy",
        True,
        _C,
        "sparse",
        "share of rows whose class is among the 5 likeliest",
        arguments={"k": 5},
    ),
    Metric(
        "f1",
        "F1Score",
        True,
        _C,
        "one_hot",
        "harmonic mean of precision and recall, averaged over classes",
        arguments={"average": "macro"},
    ),
    Metric(
        "auc", "AUC", True, _C, "one_hot", "area under the ROC curve, averaged over classes", arguments={"multi_label": True}
    ),
    Metric(
        "calibration_error",
        "",
        False,
        _C,
        "sparse",
        "how far probabilities are from how often they are right: expected calibration error, "
        f"{CALIBRATION_BINS} bins of equal width",
        implementation="sweeper.parts.calibration:CalibrationError",
    ),
    Metric("precision", "Precision", True, _C, "positive", "share of the rows called positive that are", binary_only=True),
    Metric("recall", "Recall", True, _C, "positive", "share of the positive rows that are found", binary_only=True),
    Metric("mae", "MeanAbsoluteError", False, _R, "values", "mean absolute error"),
    Metric("mse", "MeanSquaredError", False, _R, "values", "mean squared error"),
    Metric("rmse", "RootMeanSquaredError", False, _R, "values", "root of the mean squared error"),
    Metric("r2", "R2Score", True, _R, "standardized", "share of the variance that is explained"),
)

NOT_BUILT = {"reconstruction_error": False, "exact_match": True, "modes_covered": True, "energy_distance": False}
"""Metrics that the language knows and no code measures yet, and whether they are better when large."""

SPLITS = ("train", "train_eval", "val")
"""The parts on which every metric is measured each epoch; `test` is measured once and never chooses."""

DEFAULT_METRICS = {_C: ("accuracy",), _R: ("mae", "r2")}


_LOPSIDED = 0.8
"""A share of the largest class beyond which accuracy does not tell who has learned."""


def chance(name: str, data: DataInfo) -> float | None:
    """What guessing by the training part gives: for cross-entropy the entropy of its classes (in nats), for accuracy the share of
    its largest class (not where that is so large that accuracy says nothing), for the loss of standardized numbers 1, their
    variance. None where it is not known."""
    if data.task is Task.REGRESSION:
        return 1.0 if name == "loss" and any(scale != 1.0 for scale in data.target_scale) else None
    shares = [count / sum(data.class_counts) for count in data.class_counts if count]
    if name == "accuracy" and shares and max(shares) <= _LOPSIDED:
        return max(shares)
    return -sum(share * math.log(share) for share in shares) if name == "loss" and shares else None


def metric(name: str) -> Metric | None:
    return next((known for known in METRICS if known.name == name), None)


def measured(key: str) -> str:
    """What a key measures, without its part: `accuracy` of `val_accuracy`, `train_eval_accuracy` and `accuracy`."""
    part = next((part for part in ("train_eval_", "train_", "val_", "test_") if key.startswith(part)), "")
    return key.removeprefix(part)


def maximized(key: str) -> bool | None:
    """Which way a metric's key (`val_accuracy`, `train_eval_loss`, `penalty`) is better: True for large, False for small, None
    where the catalogue does not know it."""
    name = measured(key)
    known = metric(name)
    return known.maximize if known is not None else False if name in ("loss", "penalty") else None
