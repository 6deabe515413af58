"""What the worker refuses."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import keras
import pytest

from sweeper.errors import InputError, StoreError
from sweeper.exporting.saving import _saved
from sweeper.exporting.worker import _prepared_again
from sweeper.records import DataInfo, Task

INFO = DataInfo("iris", Task.CLASSIFICATION, (4,), 3, {"train": 90}, "abc", "here")


def test_a_disk_that_takes_no_model_is_a_fault_of_the_disk(tmp_path: Path) -> None:
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    with pytest.raises(StoreError, match=r"model\.keras cannot be written"):
        _saved(model, tmp_path / "gone" / "model.keras")


def test_data_that_have_changed_since_are_refused() -> None:
    with pytest.raises(InputError, match="iris has changed"):
        _prepared_again(INFO, replace(INFO, digest="abd"))


def test_data_that_were_streamed_are_streamed_again_from_where_they_lie_now() -> None:
    found = _prepared_again(replace(INFO, streamed=True), replace(INFO, folder="there"))
    assert found.streamed
    assert found.folder == "there"
