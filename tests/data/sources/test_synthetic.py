"""Data sets that are made: exactly what their papers say."""

from __future__ import annotations

import numpy as np
import pytest

from sweeper.data.arrays import Parts
from sweeper.records import Task


def all_rows(info):
    parts = Parts.open(info)
    pairs = [(part.x, part.y) for part in (parts.train, parts.validation, parts.test)]
    return tuple(np.concatenate(arrays) for arrays in zip(*pairs, strict=True))


@pytest.mark.parametrize("length", [2, 7, 50])
def test_two_marked_numbers_are_to_be_added_one_from_each_half(prepared, length):
    info = prepared("adding_problem", length=length, rows=300, standardize=False)
    assert (info.task, info.input_shape, info.outputs, sum(info.rows.values())) == (Task.REGRESSION, (length, 2), 1, 300)
    assert info.features == ("number", "mark")
    x, y = all_rows(info)
    numbers, marks = x[..., 0], x[..., 1]
    assert numbers.min() >= 0 and numbers.max() < 1 and set(np.unique(marks)) <= {0, 1}
    half = length // 2
    assert (marks[:, :half].sum(axis=1) == 1).all() and (marks[:, half:].sum(axis=1) == 1).all()
    np.testing.assert_allclose(y[:, 0], (numbers * marks).sum(axis=1), rtol=1e-6)


def test_marks_lie_anywhere_in_their_half(prepared):
    x, _ = all_rows(prepared("adding_problem", length=10, rows=2000, standardize=False))
    counts = x[..., 1].sum(axis=0)
    assert counts.sum() == 4000 and counts.min() > 300, "each of ten places about 400 times"


def test_always_to_say_one_is_wrong_by_a_sixth(prepared):
    """The variance of the sum of two uniform numbers; the standard error with 12,000 rows is 0.0017."""
    _, y = all_rows(prepared("adding_problem", length=2, standardize=False))
    assert len(y) == 12000
    assert ((y - 1) ** 2).mean() == pytest.approx(1 / 6, abs=0.007)


def test_the_split_seed_makes_other_sequences(prepared):
    digest = prepared("adding_problem", rows=50).digest
    assert prepared("adding_problem", rows=50).digest == digest
    assert prepared("adding_problem", rows=50, split_seed=1).digest != digest


def test_what_cannot_be_made_is_refused(refused):
    assert "`length` of 'adding_problem' is 1; expected a whole number of at least 2" in refused("adding_problem", length=1)
    assert "rows are left to train on" in refused("adding_problem", rows=3)
