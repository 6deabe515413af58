"""The user's own functions: what they may return, and how their errors are told."""

from __future__ import annotations

import textwrap

import numpy as np
import pytest

from sweeper.data.arrays import Parts
from sweeper.records import Task


@pytest.fixture
def own(tmp_path):
    def write(body, name="my.py"):
        (tmp_path / name).write_text("import numpy as np\n" + textwrap.dedent(body))
        return f"{name}:load"

    return write


def test_arrays_with_settings_by_keyword(prepared, own):
    load = own("def load(rows, noise=0.0):\n    return np.eye(rows) + noise, np.arange(rows) % 2\n")
    info = prepared("python", load=load, rows=40, noise=0.5, standardize=False)
    assert (info.name, info.input_shape, info.task) == ("my.py:load", (40,), Task.CLASSIFICATION)
    assert Parts.open(info).train.x.min() == 0.5


def test_a_module_beside_the_file_can_be_imported(prepared, own):
    own("SIZE = 30\n", "beside_my_file.py")
    assert (
        prepared(
            "python", load=own("from beside_my_file import SIZE\ndef load():\n    return np.eye(SIZE), list('ab') * 15\n")
        ).outputs
        == 2
    )


def test_parts_are_kept(prepared, own):
    body = """
    def load():
        x = np.arange(100.0).reshape(100, 1)
        y = np.arange(100) % 2
        return {"train": (x[:70], y[:70]), "validation": (x[70:85], y[70:85]), "test": (x[85:], y[85:])}
    """
    parts = Parts.open(prepared("python", load=own(body), standardize=False))
    assert parts.validation.x[:, 0].tolist() == list(range(70, 85))
    assert parts.test.x[:, 0].tolist() == list(range(85, 100))
    assert sorted(parts.train.x[:, 0]) == list(range(70))


def test_one_hot_targets_and_the_task(prepared, own):
    load = own("def load():\n    return np.random.rand(60, 2), np.eye(3)[np.arange(60) % 3]\n")
    assert prepared("python", load=load).outputs == 3
    assert prepared("python", load=load).task is Task.CLASSIFICATION
    assert prepared("python", load=load, task="regression").task is Task.REGRESSION


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("def load():\n    x = 1\n    raise KeyError('key')\n", "my.py, line 4, in load: KeyError: 'key'\n        raise"),
        ("def load():\n    return np.load('missing.npy'), 1\n", "my.py, line 3, in load: FileNotFoundError"),
        ("import sys\ndef load():\n    sys.exit(0)\n", "my.py, line 4, in load: SystemExit: 0"),
        ("def load(:\n", "my.py, line 2: SyntaxError"),
        ("1 / 0\n", "my.py, line 2, in <module>: ZeroDivisionError"),
        ("def laod():\n    pass\n", "my.py: has no function 'load'. Did you mean 'laod'?"),
        ("def load(rows):\n    pass\n", "my.py, line 2: load does not take what it is called with, (): missing a required"),
        ("def load():\n    return None\n", "my.py:load returned a NoneType; expected arrays (x, y)"),
        ("def load():\n    return 1, 2, 3\n", "returned a tuple of 3; expected"),
        ("def load():\n    return (np.eye(3), np.ones(3)), (np.eye(3), np.ones(3))\n", "which may be (train, validation)"),
        ("def load():\n    return [[1, 2], [3]], [1, 2]\n", "x is no array"),
        ("def load():\n    return np.eye(3), np.ones(4)\n", "x has the shape [3, 3] and y [4]"),
        ("def load():\n    return {'val': (1, 2)}\n", "returned a part 'val'. Parts are: 'train', 'validation', 'test'"),
        ("def load():\n    return {'test': (np.eye(3), np.ones(3))}\n", "but no part 'train'"),
        ("def load():\n  return {'train': (np.eye(3), [1] * 3), 'test': (np.eye(4), [1] * 4)}\n", "rows of x differ in shape"),
        ("def load():\n    return [[object()]] * 9, [1] * 9\n", "x holds object values; expected numbers"),
    ],
)  # fmt: skip
def test_errors_of_the_users_are_told_by_their_line(refused, own, body, says):
    message = refused("python", load=own(body))
    assert says in message and "Traceback" not in message and "own_code.py" not in message


def test_the_place_must_be_a_function_of_a_file(refused):
    assert "expected file.py:function" in refused("python", load="my.py")
    assert "There is no file 'none.py'" in refused("python", load="none.py:load")


def test_sys_path_is_as_before(prepared, own, tmp_path):
    import sys

    before = list(sys.path)
    prepared("python", load=own("def load():\n    return np.eye(30), np.arange(30) % 2\n"))
    assert sys.path == before


@pytest.mark.parametrize("batches", ["", ".batch(7)", ".batch(10, drop_remainder=True)"])
def test_a_tensorflow_dataset_batched_or_not(prepared, own, batches):
    body = f"""
    import tensorflow as tf
    def load():
        x = np.arange(120.0).reshape(60, 2)
        return tf.data.Dataset.from_tensor_slices((x, np.arange(60) % 2)){batches}
    """
    info = prepared("python", load=own(body), standardize=False)
    assert (info.input_shape, sum(info.rows.values())) == ((2,), 60)
    assert sorted(np.concatenate([part.x[:, 1] for part in vars(Parts.open(info)).values()])) == list(range(1, 121, 2))


def test_a_dataset_without_an_end_is_refused(refused, own):
    body = (
        "import tensorflow as tf\ndef load():\n    return tf.data.Dataset.from_tensor_slices((np.eye(9), [1] * 9)).repeat()\n"
    )
    assert "without an end; leave out its `repeat()`" in refused("python", load=own(body))
