"""Prepared data on the device."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sweeper.data.arrays import aligned, concatenated
from sweeper.data.prepare import prepare
from sweeper.training.backends.backend import Backend
from sweeper.training.device_data import load


def test_numbers_to_predict_are_standardized_by_the_training_part(tmp_path: Path, backend: Backend) -> None:
    info = prepare({"diabetes": {}}, tmp_path, tmp_path / "data")
    data = load(info, backend)
    raw = {part: np.load(tmp_path / "data" / f"{part}_y.npy") for part in ("train", "validation")}
    mean, deviation = raw["train"].mean(), raw["train"].std()
    y = np.asarray(data.y)
    np.testing.assert_allclose(y[data.index[0]["train"]], (raw["train"] - mean) / deviation, atol=1e-5)
    np.testing.assert_allclose(y[data.index[0]["val"]], (raw["validation"] - mean) / deviation, atol=1e-5)
    assert y[data.index[0]["train"]].std() == pytest.approx(1.0, abs=1e-5)


def test_classes_stay_numbers_of_classes_and_train_eval_is_the_head_of_train(tmp_path: Path, backend: Backend) -> None:
    info = prepare({"wine": {}}, tmp_path, tmp_path / "data")
    data = load(info, backend)
    assert data.y.dtype == "int32"
    assert data.count(0, "train_eval") == info.rows["validation"]
    np.testing.assert_array_equal(data.index[0]["train_eval"], data.index[0]["train"][: data.count(0, "train_eval")])


def test_every_part_of_every_fold_finds_its_rows(tmp_path: Path, backend: Backend) -> None:
    info = prepare({"wine": {"folds": 3}}, tmp_path, tmp_path / "data")
    data = load(info, backend)
    assert len(data.index) == 3
    for fold, described in enumerate(info.folds):
        for part, file in (("train", "train"), ("val", "validation"), ("test", "test")):
            stored = np.load(Path(described.folder) / f"{file}_x.npy")
            np.testing.assert_array_equal(np.asarray(data.x)[data.index[fold][part]], stored)


def test_without_a_test_part_there_is_none(tmp_path: Path, backend: Backend) -> None:
    assert load(prepare({"wine": {"test": 0.0}}, tmp_path, tmp_path / "data"), backend).count(0, "test") == 0


def test_an_array_is_adopted_wherever_it_lies_and_copied_only_if_it_has_to_be(backend: Backend) -> None:
    values = np.arange(24, dtype="float32").reshape(6, 4)
    ready = concatenated([values])
    askew = aligned((25,), "float32")[1:].reshape(6, 4)
    askew[:] = values
    locked = concatenated([values])
    locked.flags.writeable = False
    for given, shared in ((ready, True), (askew, False), (locked, False), (concatenated([values.T]).T, False)):
        adopted = backend.adopt(given)
        np.testing.assert_array_equal(np.asarray(adopted), values, strict=True)
        assert np.shares_memory(np.asarray(adopted), given) == shared


def test_the_device_has_a_name(backend: Backend) -> None:
    assert backend.claim("")
