"""What is said of one training's curve."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sweeper.records import Objective
from sweeper.reporting.metrics.one_curve import shape_of, shapes_of

LOSS = Objective("val_loss", False)
EPOCHS = np.arange(1, 31)
FALLING = np.maximum(2.0 * np.exp(-EPOCHS / 4), 0.12) + 0.1


def curve(values: np.ndarray) -> list[tuple[int, float]]:
    return [(int(epoch), float(value)) for epoch, value in zip(EPOCHS, values, strict=False)]


@pytest.mark.parametrize(
    ("validation", "label", "words"),
    [
        (FALLING + 0.03 * np.maximum(EPOCHS - 12, 0), "overfits", "overfits from epoch 14 on"),
        (FALLING, "healthy", "no overfitting beyond its noise"),
        (3.0 - EPOCHS / 20, "still improving", "was still improving at the end"),
        (FALLING[:6], "too short to tell", ""),
    ],
)
def test_the_label_of_a_report_in_words(validation: np.ndarray, label: str, words: str) -> None:
    found = shape_of({"val_loss": curve(validation), "train_eval_loss": curve(FALLING[: len(validation)])}, LOSS, 2.3)
    assert found == (label, words)


def test_a_metric_that_is_maximised_and_another_unit() -> None:
    validation = 1 - (FALLING + 0.03 * np.maximum(EPOCHS - 12, 0)) / 4
    curves = {"val_accuracy": curve(validation), "train_accuracy": curve(1 - FALLING / 4), "val_loss": curve(FALLING)}
    found = shape_of(curves, Objective("val_accuracy", True), None, "step")
    assert found is not None
    assert found.words.startswith("overfits from step ")


def test_a_net_that_only_guesses_never_learned() -> None:
    found = shape_of({"val_loss": curve(np.full(30, 2.3)), "train_loss": curve(np.full(30, 2.3))}, LOSS, 2.3)
    assert found is not None
    assert found.words == "never learned (training ends no better than guessing)"


def test_without_a_value_there_is_no_shape() -> None:
    assert shape_of({}, LOSS, None) is None
    assert shape_of({"val_loss": [(1, math.nan)]}, LOSS, None) is None
    assert shape_of({"val_accuracy": curve(FALLING)}, LOSS, None) is None


def test_many_trainings_at_once_have_the_shapes_that_each_has_alone() -> None:
    overfits = {"val_loss": curve(FALLING + 0.03 * np.maximum(EPOCHS - 12, 0)), "train_eval_loss": curve(FALLING)}
    short = {"val_loss": curve(FALLING[:6]), "val_accuracy": curve(FALLING[:6])}
    many = {7: overfits, 3: short, 5: {"val_loss": [(1, math.nan)]}, 4: {}}
    found = shapes_of(many, LOSS, 2.3)
    assert found == {number: shape_of(many[number], LOSS, 2.3) for number in (3, 7)}
    assert shapes_of({}, LOSS, 2.3) == {}


def test_words_follow_values_and_a_colon_as_they_are() -> None:
    rising = FALLING + 0.05 * np.maximum(EPOCHS - 12, 0)
    found = shape_of({"val_loss": curve(rising), "train_loss": curve(rising)}, LOSS, None)
    assert found is not None and found.label == "unstable"
    assert found.words == "unstable (training got worse, too)"
