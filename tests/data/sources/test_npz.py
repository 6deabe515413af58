"""NumPy archives: arrays are read, pickles are not."""

from __future__ import annotations

import io
import os
import zipfile

import numpy as np
import pytest

from sweeper.data.arrays import Parts
from sweeper.records import Task

X = np.random.default_rng(0).normal(size=(50, 3))
Y = np.arange(50) % 2


class Canary:
    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


def test_arrays_by_name(prepared, tmp_path):
    np.savez_compressed(tmp_path / "a.npz", inputs=X, labels=Y)
    info = prepared("npz", file="a.npz", x="inputs", y="labels")
    assert (info.input_shape, info.task, info.outputs) == ((3,), Task.CLASSIFICATION, 2)
    assert info.rows == {"train": 30, "validation": 10, "test": 10}


def test_a_single_column_and_several_targets(prepared, tmp_path):
    np.savez(tmp_path / "a.npz", x=X[:, 0], y=X)
    info = prepared("npz", file="a.npz")
    assert info.input_shape == (1,) and info.outputs == 3 and Parts.open(info).train.y.shape == (30, 3)


def test_pickles_are_refused_and_never_run(refused, tmp_path):
    canary = tmp_path / "canary"
    np.savez(tmp_path / "a.npz", x=np.array([Canary(canary)] * 50, dtype=object), y=Y, allow_pickle=True)
    assert "holds Python objects (a pickle), which are refused" in refused("npz", file="a.npz")
    with (tmp_path / "b.npz").open("wb") as file:
        np.save(file, np.array([Canary(canary)], dtype=object), allow_pickle=True)
    assert "pickle" in refused("npz", file="b.npz")
    assert not canary.exists()


@pytest.mark.parametrize(
    ("arrays", "says"),
    [
        ({"x": X}, "has no array 'y' (`y`)"),
        ({"X": X, "y": Y}, "has no array 'x' (`x`). Did you mean 'X'?"),
        ({"x": X, "y": Y[:40]}, "x has 50 rows and y has 40"),
        ({"x": X[:0], "y": Y[:0]}, "there are no rows"),
        ({"x": X.astype(str), "y": Y}, "expected numbers"),
        ({"x": X.astype(complex), "y": Y}, "expected numbers"),
        ({"x": X[:, :0], "y": Y}, "its rows are empty"),
        ({"x": np.array(1.0), "y": Y}, "one row for each example"),
        ({"x": np.where(np.arange(150).reshape(50, 3) == 31, np.nan, X), "y": Y}, "row 11, position [1]"),
        ({"x": np.where(X[4, 2] == X, np.inf, X), "y": Y}, "x, row 5, position [2]"),
        ({"x": np.where(X[4, 2] == X, 1e39, X), "y": Y}, "1e+39 is too large for 32 bits"),
        ({"x": np.full((50, 3), np.inf, np.float16), "y": Y}, "x, row 1, position [0]"),
        ({"x": X, "y": np.where(Y == 1, np.nan, 0.5)}, "the target in row 2 is nan"),
    ],
)  # fmt: skip
def test_bad_arrays_are_refused(refused, tmp_path, arrays, says):
    np.savez(tmp_path / "a.npz", **arrays)
    assert says in refused("npz", file="a.npz")


def test_damaged_files_are_refused(refused, tmp_path):
    np.savez_compressed(tmp_path / "a.npz", x=X, y=Y)
    whole = (tmp_path / "a.npz").read_bytes()
    for size in (1, 10, 100, len(whole) // 2, len(whole) - 1):
        (tmp_path / "a.npz").write_bytes(whole[:size])
        assert "a.npz cannot be read as a NumPy archive" in refused("npz", file="a.npz")
    (tmp_path / "a.npz").write_bytes(whole[:60] + b"\xff" * 40 + whole[100:])
    assert "cannot be read" in refused("npz", file="a.npz")
    np.save(tmp_path / "b.npy", X)
    assert "holds a single array" in refused("npz", file="b.npy")


def test_an_archive_that_would_not_fit_is_refused_before_it_is_unpacked(refused, tmp_path, monkeypatch):
    np.savez_compressed(tmp_path / "a.npz", x=np.zeros((1000, 1000)), y=np.arange(1000))
    monkeypatch.setattr(os, "sysconf", lambda name: 1024)
    assert "this machine has" in refused("npz", file="a.npz")
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "<f8", "fortran_order": False, "shape": (10**12, 10)})
    with zipfile.ZipFile(tmp_path / "b.npz", "w") as archive:
        for name in "xy":
            archive.writestr(f"{name}.npy", header.getvalue())
    assert "cannot be read" in refused("npz", file="b.npz")


def test_a_file_of_another_kind_is_not_taken_for_a_pickle(refused, tmp_path):
    (tmp_path / "text.npz").write_text("x,y\n1,2\n")
    assert "text.npz cannot be read as a NumPy archive (.npz): it does not begin like one" in refused("npz", file="text.npz")
