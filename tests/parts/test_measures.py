"""Metrics against scikit-learn, loss against hand arithmetic."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
from keras import ops
from scipy.special import softmax
from sklearn import metrics as reference

from sweeper.catalogue.metrics import METRICS, Metric
from sweeper.parts.measures import Measures, ends_in_logits, loss_function
from sweeper.records import DataInfo, Task

RNG = np.random.default_rng(4)


def described(task: Task, outputs: int) -> DataInfo:
    return DataInfo("data", task, (1,), outputs, {}, "", "")


def measured(name: str, task: Task, targets: np.ndarray, predictions: np.ndarray) -> float:
    measures = Measures([name], described(task, predictions.shape[1]), logits=True)
    units = {"mean": ops.zeros(1), "scale": ops.ones(1)} if task is Task.REGRESSION else None
    found = measures(ops.convert_to_tensor(targets), ops.convert_to_tensor(predictions), units)
    again = measures(ops.convert_to_tensor(targets), ops.convert_to_tensor(predictions), units)
    assert float(found[name]) == float(again[name]), "a metric kept something from its first call"
    return float(found[name])


def classes(count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    targets = RNG.integers(0, count, 400).astype("int32")
    logits = RNG.normal(size=(400, count)).astype("float32") + 1.5 * np.eye(count, dtype="float32")[targets]
    return targets, logits, softmax(logits, axis=1)


@pytest.mark.parametrize("count", [2, 5])
def test_classification_metrics_equal_scikit_learns(count: int) -> None:
    targets, logits, probabilities = classes(count)
    called = logits.argmax(axis=1)
    one_hot = np.eye(count)[targets]
    expected = {
        "accuracy": reference.accuracy_score(targets, called),
        "f1": reference.f1_score(targets, called, average="macro"),
        # Keras sums the area over 200 thresholds, scikit-learn over all: hence the tolerance.
        "auc": reference.roc_auc_score(one_hot, probabilities, average="macro"),
    }
    for name, value in expected.items():
        assert measured(name, Task.CLASSIFICATION, targets, logits) == pytest.approx(value, abs=2e-3)


def test_binary_metrics_equal_scikit_learns() -> None:
    targets, logits, _ = classes(2)
    called = logits.argmax(axis=1)
    assert measured("precision", Task.CLASSIFICATION, targets, logits) == pytest.approx(
        reference.precision_score(targets, called)
    )
    assert measured("recall", Task.CLASSIFICATION, targets, logits) == pytest.approx(reference.recall_score(targets, called))


def test_top_k_equals_scikit_learns() -> None:
    targets, logits, probabilities = classes(5)
    expected = reference.top_k_accuracy_score(targets, probabilities, k=3)
    assert measured("top_3_accuracy", Task.CLASSIFICATION, targets, logits) == pytest.approx(expected)


def test_regression_metrics_equal_scikit_learns() -> None:
    targets = RNG.normal(size=(300, 1)).astype("float32")
    predictions = targets + RNG.normal(size=(300, 1)).astype("float32") * 0.5
    expected = {
        "mae": reference.mean_absolute_error(targets, predictions),
        "mse": reference.mean_squared_error(targets, predictions),
        "rmse": reference.root_mean_squared_error(targets, predictions),
        "r2": reference.r2_score(targets, predictions),
    }
    for name, value in expected.items():
        assert measured(name, Task.REGRESSION, targets, predictions) == pytest.approx(value, rel=1e-4)


def test_errors_of_values_are_in_the_datas_own_units() -> None:
    """Standardized by mean 150 and deviation 80, an error of 0.5 is one of 40; the share of variance has no unit."""
    targets = np.array([[-1.0], [0.0], [1.0]], "float32")
    measures = Measures(["mae", "mse", "r2"], described(Task.REGRESSION, 1), logits=True)
    units = {"mean": ops.convert_to_tensor([150.0]), "scale": ops.convert_to_tensor([80.0])}
    found = {name: float(value) for name, value in measures(targets, targets + 0.5, units).items()}
    assert found == pytest.approx({"mae": 40.0, "mse": 1600.0, "r2": 1 - 0.75 / 2})


def test_every_metric_of_the_catalogue_can_be_measured() -> None:
    for known in METRICS:
        outputs = 1 if known.task is Task.REGRESSION else 2 if known.binary_only else 6
        assert Measures([known.name], described(known.task, outputs), logits=True).names == (known.name,)


@pytest.mark.parametrize("known", METRICS, ids=lambda known: known.name)
def test_totals_of_pieces_add_up_to_those_of_the_whole(known: Metric) -> None:
    """What streams rely on, for every metric of the catalogue."""
    outputs = 1 if known.task is Task.REGRESSION else 2 if known.binary_only else 6
    if known.task is Task.REGRESSION:
        targets = RNG.normal(size=(400, 1)).astype("float32")
        predictions = targets + RNG.normal(size=(400, 1)).astype("float32")
        units = {"mean": ops.zeros(1) + 3.0, "scale": ops.ones(1) * 2.0}
    else:
        targets, predictions, _ = classes(outputs)
        units = None
    measures = Measures([known.name], described(known.task, outputs), logits=True)
    whole = measures(ops.convert_to_tensor(targets), ops.convert_to_tensor(predictions), units)
    pieces = [measures.totals(targets[at], predictions[at], units) for at in (slice(0, 150), slice(150, 157), slice(157, 400))]
    found = zip(*(piece[known.name] for piece in pieces), strict=True)
    added = [sum(np.asarray(part, "float64") for part in parts) for parts in found]
    assert float(measures.results({known.name: added})[known.name]) == pytest.approx(float(whole[known.name]), rel=1e-5)


def test_cross_entropy_by_hand() -> None:
    loss = loss_function(Task.CLASSIFICATION, logits=True)
    logits = np.log(np.array([[0.7, 0.2, 0.1], [0.1, 0.6, 0.3]], "float32"))
    assert float(loss(np.array([0, 2], "int32"), logits)) == pytest.approx(-(np.log(0.7) + np.log(0.3)) / 2)


def dense(activation: str | None = None) -> keras.layers.Layer:
    return keras.layers.Dense(3, activation=activation)


class Subclassed(keras.Model):
    """Its end cannot be seen, and it does not ask whether it trains."""

    def __init__(self, activation: str | None) -> None:
        super().__init__()
        self.last = dense(activation)

    def call(self, x: Any) -> Any:
        return self.last(x)


def functional(end: Callable[[Any], Any]) -> keras.Model:
    inputs = keras.Input((4,))
    return keras.Model(inputs, end(dense()(inputs)))


@pytest.mark.parametrize(
    ("model", "logits"),
    [
        (keras.Sequential([keras.Input((4,)), dense("softmax")]), False),
        (keras.Sequential([keras.Input((4,)), dense()]), True),
        (functional(keras.layers.Softmax()), False),
        (functional(keras.layers.Activation("softmax")), False),
        (functional(keras.activations.softmax), False),
        (functional(ops.softmax), False),
        (functional(lambda x: x / 2), True),
        (Subclassed("softmax"), False),
        (Subclassed(None), True),
    ],
)
def test_a_softmax_at_the_end_is_seen(model: keras.Model, logits: bool) -> None:
    assert ends_in_logits(model, (4,)) is logits


def test_the_share_of_explained_variance_of_large_numbers() -> None:
    """Pressures near 101,325: the squares of such numbers leave nothing of their differences in 32 bits."""
    targets = RNG.normal(size=(300, 1)).astype("float32")
    predictions = targets + 0.5 * RNG.normal(size=(300, 1)).astype("float32")
    measures = Measures(["r2"], described(Task.REGRESSION, 1), logits=True)
    units = {"mean": ops.convert_to_tensor([101325.0]), "scale": ops.convert_to_tensor([100.0])}
    found = float(measures(ops.convert_to_tensor(targets), ops.convert_to_tensor(predictions), units)["r2"])
    assert found == pytest.approx(reference.r2_score(targets, predictions), rel=1e-4)
