"""Properties of the split: exact counts, fair classes, groups in one part only."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sweeper.data.split import draw, split_rows
from sweeper.errors import DataError

SETTINGS = {"validation": 0.2, "test": 0.2, "train_rows": None, "split_seed": 0}


@given(st.lists(st.integers(1, 40), min_size=1, max_size=8), st.floats(0.01, 0.9), st.integers(0, 1000))
def test_a_draw_has_the_right_count_and_every_class_its_share(sizes, share, seed):
    classes = np.repeat(np.arange(len(sizes)), sizes)
    count = int(share * len(classes))
    taken = draw(classes, count, np.random.default_rng(seed))
    if taken is None:
        assert count > len(classes) - len(sizes)
        return
    assert len(taken) == len(set(taken.tolist())) == count
    left = np.bincount(np.delete(classes, taken), minlength=len(sizes))
    assert left.min() >= 1
    assume(min(sizes) * (1 - share) >= 1)  # else keeping a row of each class comes before fairness
    drawn = np.bincount(classes[taken], minlength=len(sizes))
    assert np.abs(drawn - count * np.array(sizes) / len(classes)).max() <= 1


@given(
    st.lists(st.tuples(st.integers(0, 12), st.integers(0, 2)), min_size=20, max_size=120),
    st.floats(0.05, 0.4),
    st.floats(0.0, 0.4),
    st.integers(0, 50),
    st.booleans(),
)
def test_no_group_is_in_two_parts(rows, validation, test, seed, stratified):
    groups, classes = (np.array(values) for values in zip(*rows, strict=True))
    asked = {**SETTINGS, "validation": validation, "test": test, "split_seed": seed}
    try:
        parts = split_rows("t", classes if stratified else None, groups, None, len(groups), asked)
    except DataError:
        return
    inside = [set(groups[part].tolist()) for part in parts.values()]
    assert sum(len(part) for part in parts.values()) == len(groups)
    assert len(set().union(*inside)) == sum(len(part) for part in inside)


def test_the_seed_decides():
    classes = np.arange(100) % 3
    first, again = (split_rows("t", classes, None, None, 100, SETTINGS) for _ in range(2))
    other = split_rows("t", classes, None, None, 100, {**SETTINGS, "split_seed": 1})
    for part, rows in first.items():
        np.testing.assert_array_equal(rows, again[part])
        assert not np.array_equal(rows, other[part])


def test_parts_that_the_source_assigned_stay():
    assigned = np.array([""] * 80 + ["test"] * 20)
    parts = split_rows("t", None, None, assigned, 100, SETTINGS)
    assert parts["test"].tolist() == list(range(80, 100))
    assert (len(parts["validation"]), len(parts["train"])) == (16, 64), "shares count from what is left"
    assert len(split_rows("t", None, None, assigned, 100, {**SETTINGS, "test": 0.0})["test"]) == 0


@pytest.mark.parametrize(
    ("classes", "groups", "says"),
    [
        ([0, 1, 0], None, "too few for a validation part"),
        ([0, 1, 2, 3, 4], None, "5 rows are too few for a test part of 1 that leaves the training part a row of each class"),
        (None, [1, 1, 1, 1], "too few groups for a test part"),
        (None, [1, 1, 2, 2], "too few groups for a validation part"),
    ],
)
def test_too_few_rows_or_groups_are_refused(classes, groups, says):
    as_array = [None if values is None else np.array(values) for values in (classes, groups)]
    with pytest.raises(DataError, match=says):
        split_rows("t", *as_array, None, len(classes or groups), SETTINGS)


def test_a_rare_class_stays_in_the_training_part():
    classes = np.array([0] * 50 + [1] * 49 + [2])
    parts = split_rows("t", classes, None, None, 100, SETTINGS)
    assert 2 in classes[parts["train"]] and 2 not in classes[parts["test"]]
