"""Prepared arrays as a worker sees them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from sweeper.data.arrays import ALIGNMENT, Parts, aligned, concatenated, taken
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


ROWS = arrays(st.sampled_from(["float32", "int32"]), array_shapes(max_dims=3), elements=st.integers(-9, 9))


@given(ROWS, st.data())
def test_rows_are_taken_and_joined_into_aligned_memory_of_their_own(array, data):
    rows = np.array(data.draw(st.lists(st.integers(0, len(array) - 1))), dtype="int64")
    for found, expected in (
        (taken(array, rows), array[rows]),
        (concatenated([array, array[:1]]), np.concatenate([array, array[:1]])),
    ):
        np.testing.assert_array_equal(found, expected, strict=True)
        assert found.size == 0 or found.ctypes.data % ALIGNMENT == 0
        assert found.flags.c_contiguous
        assert found.flags.writeable
        assert not np.shares_memory(found, array)


def test_numbers_of_two_kinds_are_joined_as_numpy_would():
    assert concatenated([np.zeros(2, "int32"), np.zeros(1, "float64")]).dtype == "float64"
    assert aligned((0, 3), "float32").shape == (0, 3)
