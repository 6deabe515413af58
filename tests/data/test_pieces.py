"""Data larger than memory: the same arrays as of data in memory, of which no more than some pieces is ever held."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from sweeper.data import pieces
from sweeper.data.scratch import Scratch, scratch_beside
from sweeper.errors import DataError


@pytest.fixture
def small_pieces(monkeypatch):
    monkeypatch.setattr(pieces, "PIECE", 64 * 1024)


def test_pieces_cover_all_rows_in_order():
    found = list(pieces.pieces(1001, 3 * pieces.PIECE // 8 // 100))
    rows = np.arange(1001)
    assert np.concatenate([rows[piece] for piece in found]).tolist() == rows.tolist()
    assert {piece.stop - piece.start for piece in found[:-1]} == {33}
    assert list(pieces.pieces(2, 10**12)) == [slice(0, 1), slice(1, 2)], "a row at least"


def test_rows_on_disk_are_gathered_in_the_order_that_is_asked_for(tmp_path):
    x = np.random.default_rng(0).normal(size=(50, 4))
    np.save(tmp_path / "x.npy", x)
    mapped = np.load(tmp_path / "x.npy", mmap_mode="r")
    rows = np.random.default_rng(1).permutation(50)[:31]
    for found in (pieces.gathered(mapped, rows), pieces.gathered(x, rows)):
        np.testing.assert_array_equal(found, x[rows])
        assert not isinstance(found, np.memmap)


LOADS = {
    "arrays": "return x, y",
    "mapped": "np.save('x.npy', x)\n    return np.load('x.npy', mmap_mode='r'), y",
    "dataset": "import tensorflow as tf\n    return tf.data.Dataset.from_tensor_slices((x, y))",
    "batches": "import tensorflow as tf\n    return tf.data.Dataset.from_tensor_slices((x, y)).batch(7)",
}


def test_arrays_files_and_datasets_are_prepared_alike(prepared, tmp_path, small_pieces, monkeypatch):
    monkeypatch.chdir(tmp_path)
    digests = set()
    for name, body in LOADS.items():
        made = "x, y = np.random.default_rng(0).normal(5, 2, (3000, 9)), np.arange(3000) % 3"
        (tmp_path / f"{name}.py").write_text(f"import numpy as np\ndef load():\n    {made}\n    {body}\n")
        digests.add(prepared("python", load=f"{name}.py:load").digest)
        digests.add(prepared("python", load=f"{name}.py:load", folds=3).digest)
    assert len(digests) == 2, "one of the split, one of the folds"
    assert not list(tmp_path.glob("*.scratch"))


def test_parts_from_datasets_are_kept_behind_each_other(prepared, tmp_path):
    (tmp_path / "my.py").write_text(
        "import numpy as np, tensorflow as tf\n"
        "def load():\n"
        "    def rows(start, stop):\n"
        "        x = np.arange(start, stop, dtype='float32').reshape(-1, 1)\n"
        "        return tf.data.Dataset.from_tensor_slices((x, np.arange(start, stop) % 2)).batch(4)\n"
        "    test = np.arange(70, 80, dtype='float32').reshape(-1, 1), [0, 1] * 5\n"
        "    return {'train': rows(0, 60), 'validation': rows(60, 70), 'test': test}\n"
    )
    info = prepared("python", load="my.py:load", standardize=False)
    assert info.rows == {"train": 60, "validation": 10, "test": 10}
    assert np.load(f"{info.folder}/validation_x.npy")[:, 0].tolist() == list(range(60, 70))
    assert np.load(f"{info.folder}/test_x.npy")[:, 0].tolist() == list(range(70, 80))


@pytest.mark.parametrize(
    ("elements", "says"),
    [
        ("[([1.0], 0), ([1.0, 2.0], 1)]", "the rows of the dataset differ in shape: [1], [2]"),
        ("[('a', 0), ('b', 1)]", "x holds |S1 values; expected numbers of one type"),
        ("[]", "returned a dataset without rows"),
    ],
)
def test_datasets_of_what_cannot_be_rows_are_refused(refused, tmp_path, elements, says):
    kind = "tf.string" if "'a'" in elements else "tf.float32"
    shape = "()" if "'a'" in elements else "(None,)"
    (tmp_path / "my.py").write_text(
        f"import tensorflow as tf\ndef load():\n    signature = (tf.TensorSpec({shape}, {kind}), tf.TensorSpec((), tf.int64))\n"
        f"    return tf.data.Dataset.from_generator(lambda: iter({elements}), output_signature=signature)\n"
    )
    assert says in refused("python", load="my.py:load")
    assert not list(tmp_path.glob("*.scratch"))


def test_pictures_are_never_all_in_memory(prepared, tmp_path, small_pieces):
    random = np.random.default_rng(0)
    for name in ("tulip", "daisy"):
        (tmp_path / "flowers" / name).mkdir(parents=True)
        for number in range(100):
            Image.fromarray(random.integers(0, 255, (8, 8, 3), np.uint8)).save(tmp_path / "flowers" / name / f"{number}.png")
    size = 200 * 64 * 64 * 3 * 4

    def peak(**settings):
        tracemalloc.start()
        prepared("images", folder="flowers", size="64x64", **settings)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    peak()  # imports
    assert peak() < size / 4
    assert peak(folds=3) < size / 4


def test_a_table_is_never_in_memory_as_a_whole(prepared, tmp_path, small_pieces, monkeypatch):
    monkeypatch.setattr("sweeper.data.sources.parquet_file.ROWS", 500)
    rows, columns = 20_000, 40
    x = np.random.default_rng(0).normal(size=(rows, columns)).astype("float32")
    frame = pd.DataFrame(x, columns=[f"c{number}" for number in range(columns)])
    frame.assign(text=np.where(x[:, 0] > 0, "a", "b"), y=np.arange(rows) % 2).to_parquet(tmp_path / "t.parquet")
    prepared("parquet", file="t.parquet", target="y")  # imports
    tracemalloc.start()
    info = prepared("parquet", file="t.parquet", target="y")
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert info.input_shape == (columns + 2,)
    assert most < rows * columns * 8 / 2


def test_pieces_of_a_parquet_file_are_read_as_the_whole_is(prepared, tmp_path, monkeypatch):
    random = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "a.b": pd.array(random.integers(0, 9, 300), dtype="Int64"),
            "flag": pd.array(random.choice([True, False], 300), dtype="boolean"),
            "kind": pd.Categorical(np.array(["u", "v", "w"])[np.arange(300) // 100]),
            "text": np.where(np.arange(300) < 150, "5", "6.5"),
            "y": np.arange(300) % 2,
        }
    )
    frame.loc[3:9, ["a.b", "flag"]] = pd.NA
    frame.loc[200:210, "kind"] = None
    frame.set_index(pd.Index(np.arange(300) * 2, name="id")).to_parquet(tmp_path / "t.parquet")
    frame.to_csv(tmp_path / "t.csv", index=False)
    whole = prepared("csv", file="t.csv", target="y")
    monkeypatch.setattr("sweeper.data.sources.parquet_file.ROWS", 7)
    pieced = prepared("parquet", file="t.parquet", target="y")
    assert pieced.features == whole.features == ("a.b", "flag", "kind=u", "kind=v", "kind=w", "text")
    assert (pieced.digest, pieced.notes) == (whole.digest, whole.notes)


def test_a_disk_without_room_is_said_and_nothing_stays(refused, tmp_path, monkeypatch):
    for name in ("tulip", "daisy"):
        (tmp_path / "flowers" / name).mkdir(parents=True)
        Image.new("RGB", (8, 8)).save(tmp_path / "flowers" / name / "1.png")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("sweeper.data.scratch.os.posix_fallocate", full)
    assert "while they are prepared: No space left on device" in refused("images", folder="flowers")
    assert not list(tmp_path.glob("*.scratch"))


def test_scratch_takes_numbers_of_one_type(tmp_path):
    with scratch_beside(tmp_path / "data") as scratch, scratch.growing() as kept:
        kept.append(np.arange(6, dtype=np.int16).reshape(2, 3))
        kept.append(np.arange(3, dtype=np.int16))
        with pytest.raises(ValueError, match="int16 and float64 values"):
            kept.append(np.ones(3))
        found = kept.mapped((3, 3))
        assert found.tolist() == [[0, 1, 2], [3, 4, 5], [0, 1, 2]]
    assert list(tmp_path.iterdir()) == []


def test_scratch_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match=r"Cannot keep the data in .*file while they are prepared"):
        Scratch(tmp_path / "file" / "scratch").array((3,), np.float32)
    assert Scratch(tmp_path / "none").array((0, 3), np.float32).shape == (0, 3)
