"""Prepared arrays as a worker sees them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sweeper.data.arrays import Parts
from sweeper.errors import DataError


def test_arrays_are_mapped_and_the_training_part_is_evaluated_like_the_validation_part(prepared):
    parts = Parts.open(prepared("wine"))
    assert isinstance(parts.train.x, np.memmap)
    assert len(parts.train_eval) == len(parts.validation) == 36
    np.testing.assert_array_equal(parts.train_eval.x, parts.train.x[:36])
    small = Parts.open(prepared("wine", train_rows=10))
    assert len(small.train_eval) == 10


def test_missing_or_other_arrays_are_refused(prepared):
    info = prepared("wine")
    with pytest.raises(DataError, match="not those that the sweep began with"):
        Parts.open(replace(info, input_shape=(12,)))
    (Path(info.folder) / "train_x.npy").write_bytes(b"\x93NUMPY")
    with pytest.raises(DataError, match="cannot be read"):
        Parts.open(info)
    (Path(info.folder) / "train_x.npy").unlink()
    with pytest.raises(DataError, match="cannot be read"):
        Parts.open(info)
