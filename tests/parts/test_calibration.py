"""The expected calibration error against plain numpy over the bins of Guo et al. 2017, and against arithmetic by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from keras import ops
from scipy.special import softmax

from sweeper.catalogue.metrics import CALIBRATION_BINS as BINS
from sweeper.parts.calibration import CalibrationError
from sweeper.parts.measures import Measures
from sweeper.records import DataInfo, Task


def measured(targets: np.ndarray, predictions: np.ndarray, logits: bool = True) -> float:
    measures = Measures(
        ["calibration_error"], DataInfo("d", Task.CLASSIFICATION, (1,), predictions.shape[1], {}, "", ""), logits=logits
    )
    return float(measures(ops.convert_to_tensor(targets), ops.convert_to_tensor(predictions))["calibration_error"])


def by_bins(targets: np.ndarray, probabilities: np.ndarray) -> float:
    """Guo's formula as it is written: for each bin (low, high] the share of right rows less their mean confidence."""
    confidence, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == targets
    error = 0.0
    for low in range(BINS):
        inside = (confidence > np.float32(low / BINS)) & (confidence <= np.float32((low + 1) / BINS))
        if inside.any():
            error += inside.mean() * abs(right[inside].mean() - confidence[inside].astype("float64").mean())
    return float(error)


@pytest.mark.parametrize("classes", [2, 3, 10])
@pytest.mark.parametrize("sharpness", [0.1, 1.0, 6.0])
def test_it_is_guos_sum_over_bins(classes: int, sharpness: float) -> None:
    random = np.random.default_rng(11)
    targets = random.integers(0, classes, 500).astype("int32")
    logits = (sharpness * (random.normal(size=(500, classes)) + np.eye(classes)[targets])).astype("float32")
    probabilities = softmax(logits, axis=1)
    assert measured(targets, probabilities, logits=False) == pytest.approx(by_bins(targets, probabilities), abs=1e-6)
    assert measured(targets, logits) == pytest.approx(by_bins(targets, probabilities), abs=1e-6)


@settings(max_examples=40, deadline=None)
@given(arrays("float32", (12, 3), elements=st.floats(0, 1, width=32)), arrays("int32", 12, elements=st.integers(0, 2)))
def test_whatever_the_numbers(raw: np.ndarray, targets: np.ndarray) -> None:
    probabilities = ((raw + np.float32(0.01)) / (raw + np.float32(0.01)).sum(axis=1, keepdims=True)).astype("float32")
    at_an_edge = np.abs(probabilities.max(axis=1) * BINS - np.round(probabilities.max(axis=1) * BINS)) < 1e-5
    if not at_an_edge.any():
        assert measured(targets, probabilities, logits=False) == pytest.approx(by_bins(targets, probabilities), abs=1e-6)


def test_by_hand() -> None:
    """Three rows of confidence 0.9, two of them right, and one of 0.6 that is right: (3 * |2/3 - 0.9| + |1 - 0.6|) / 4."""
    probabilities = np.array([[0.9, 0.1], [0.9, 0.1], [0.1, 0.9], [0.4, 0.6]], "float32")
    assert measured(np.array([0, 1, 1, 1], "int32"), probabilities, logits=False) == pytest.approx(
        (3 * (0.9 - 2 / 3) + 0.4) / 4
    )


def test_the_ends_belong_to_a_bin() -> None:
    """Sure and right is 0, sure and wrong is 1, and so is what divides evenly among many classes nearly 0 where it is right."""
    sure = np.eye(2, dtype="float32")[[0, 1, 1]]
    assert measured(np.array([0, 1, 1], "int32"), sure, logits=False) == 0.0
    assert measured(np.array([1, 0, 0], "int32"), sure, logits=False) == 1.0
    even = np.full((100, 100), 0.01, "float32")
    assert measured(np.arange(100, dtype="int32"), even, logits=False) == pytest.approx(0.0, abs=1e-6)


def test_opposite_errors_in_one_bin_cancel_and_in_two_add_up() -> None:
    one = np.array([[0.71, 0.29], [0.72, 0.28]], "float32")
    assert measured(np.array([0, 1], "int32"), one, logits=False) == pytest.approx(abs(0.29 - 0.72) / 2)
    two = np.array([[0.71, 0.29], [0.92, 0.08]], "float32")
    assert measured(np.array([0, 1], "int32"), two, logits=False) == pytest.approx((0.29 + 0.92) / 2)


def test_predictions_that_are_no_numbers_have_no_error() -> None:
    broken = np.array([[0.7, 0.3], [math.nan, math.nan]], "float32")
    assert math.isnan(measured(np.array([0, 1], "int32"), broken, logits=False))


def test_weights_of_rows_are_refused() -> None:
    with pytest.raises(ValueError, match="counts every row once"):
        CalibrationError().update_state(np.array([0]), np.array([[1.0, 0.0]]), sample_weight=np.array([2.0]))
