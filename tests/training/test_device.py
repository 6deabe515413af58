"""Prepared data on the device."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sweeper.data.prepare import prepare
from sweeper.training.device import claim_device, load


def test_numbers_to_predict_are_standardized_by_the_training_part(tmp_path: Path) -> None:
    info = prepare({"diabetes": {}}, tmp_path, tmp_path / "data")
    data = load(info)
    raw = {part: np.load(tmp_path / "data" / f"{part}_y.npy") for part in ("train", "validation")}
    mean, deviation = raw["train"].mean(), raw["train"].std()
    np.testing.assert_allclose(data.train.y.numpy(), (raw["train"] - mean) / deviation, atol=1e-5)
    assert data.validation is not None
    np.testing.assert_allclose(data.validation.y.numpy(), (raw["validation"] - mean) / deviation, atol=1e-5)
    assert data.train.y.numpy().std() == pytest.approx(1.0, abs=1e-5)


def test_classes_stay_numbers_of_classes_and_train_eval_is_the_head_of_train(tmp_path: Path) -> None:
    info = prepare({"wine": {}}, tmp_path, tmp_path / "data")
    data = load(info)
    assert data.train.y.dtype == "int32"
    assert len(data.train_eval) == info.rows["validation"]
    np.testing.assert_array_equal(data.train_eval.x.numpy(), data.train.x.numpy()[: len(data.train_eval)])


def test_without_a_test_part_there_is_none(tmp_path: Path) -> None:
    assert load(prepare({"wine": {"test": 0.0}}, tmp_path, tmp_path / "data")).test is None


def test_the_device_has_a_name() -> None:
    assert claim_device()
