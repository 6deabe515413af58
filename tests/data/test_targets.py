"""Which task a target sets."""

from __future__ import annotations

import numpy as np
import pytest

from sweeper.data.raw import RawData
from sweeper.data.targets import read_targets
from sweeper.errors import DataError
from sweeper.records import Task


def read(y, task=None, **more):
    y = np.asarray(y)
    return read_targets(RawData("t", np.zeros((len(y), 1)), y, task, **more))


@pytest.mark.parametrize(
    ("y", "task", "outputs"),
    [
        (["yes", "no"] * 10, Task.CLASSIFICATION, 2),
        ([True, False] * 10, Task.CLASSIFICATION, 2),
        ([0.5, 1.5] * 10, Task.CLASSIFICATION, 2),
        (list(range(4)) * 30, Task.CLASSIFICATION, 4),
        (list(range(20)) * 20, Task.REGRESSION, 1),
        (list(range(20)) * 21, Task.CLASSIFICATION, 20),
        (list(range(21)) * 100, Task.REGRESSION, 1),
        ([0.5, 1.5, 2.5] * 100, Task.REGRESSION, 1),
        (np.eye(3)[[0, 1, 2] * 10], Task.CLASSIFICATION, 3),
        (np.linspace(0, 1, 20).reshape(10, 2), Task.REGRESSION, 2),
        (np.array([[0], [1]] * 9), Task.CLASSIFICATION, 2),
    ],
)
def test_the_target_tells_the_task(y, task, outputs):
    targets = read(y)
    assert (targets.task, targets.outputs) == (task, outputs)
    assert targets.y.dtype == (np.int32 if task is Task.CLASSIFICATION else np.float32)
    assert targets.y.shape == ((len(y),) if task is Task.CLASSIFICATION else (len(y), outputs))


def test_a_guess_is_said_and_can_be_overruled():
    y = list(range(4)) * 30
    assert "`task: regression` overrules" in read(y).notes[0]
    assert read(y, Task.REGRESSION).task is Task.REGRESSION
    assert read(list(range(21)) * 3, Task.CLASSIFICATION).outputs == 21
    assert read(np.eye(3)[[0, 1, 2] * 10], Task.REGRESSION).outputs == 3


def test_classes_keep_their_names():
    assert read(["b", "a", "b"]).class_names == ("a", "b")
    assert read(["b", "a", "b"]).y.tolist() == [1, 0, 1]
    assert read([1.0, 2.0, 2.0]).class_names == ("1", "2")
    assert read([0, 1, 1], class_names=("no", "yes")).class_names == ("no", "yes")


@pytest.mark.parametrize(
    ("y", "task", "says"),
    [
        ([1.0, 1.0, 1.0], None, "all rows have the same target, 1.0"),
        (["a", "a"], None, "all rows have the same target, a"),
        ([1.0, float("nan"), 3.0], None, "the target in row 2 is nan"),
        ([1.0, 2.0, 1e300], None, "1e\\+300, is too large"),
        ([f"name {i}" for i in range(30)], None, "too many classes"),
        (["a", "b"] * 4, Task.REGRESSION, "the target is text, such as 'a'"),
        (np.random.default_rng(0).random((9, 2)), Task.CLASSIFICATION, "no classes"),
        ([{}, {}], None, "object values"),
        (np.zeros((4, 2, 2)), None, "shape \\[4, 2, 2\\]"),
    ],
)
def test_targets_that_fit_no_task_are_refused(y, task, says):
    with pytest.raises(DataError, match=says):
        read(y, task)
