"""From a request to arrays on disk: counts, stratification, digest, no leakage, nothing half done."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer
from sklearn.preprocessing import StandardScaler

from sweeper.data.arrays import Parts
from sweeper.data.prepare import prepare
from sweeper.errors import DataError
from sweeper.records import DataInfo, Task


def test_digits_are_pictures_in_three_parts(prepared):
    info = prepared("digits")
    assert info.rows == {"train": 1077, "validation": 360, "test": 360}
    assert info.input_shape == (8, 8, 1)
    assert (info.task, info.outputs, info.class_names[0]) == (Task.CLASSIFICATION, 10, "0")
    parts = Parts.open(info)
    assert parts.train.x.dtype == np.float32 and parts.train.y.dtype == np.int32
    assert info.class_counts == tuple(np.bincount(parts.train.y))
    assert parts.train.x.mean() == pytest.approx(0, abs=1e-4) and parts.train.x.std() == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize("name", ["digits", "wine", "breast_cancer", "iris", "diabetes"])
def test_bundled_sets_come_with_defaults(prepared, name):
    info = prepared(name)
    assert sum(info.rows.values()) == {"digits": 1797, "wine": 178, "breast_cancer": 569, "iris": 150, "diabetes": 442}[name]
    assert DataInfo.from_json(info.to_json()) == info
    assert DataInfo.from_json((Path(info.folder) / "info.json").read_text()) == info
    if info.task is Task.REGRESSION:
        train = Parts.open(info).train
        assert train.y.shape == (info.rows["train"], 1) and train.y.dtype == np.float32
        assert info.target_scale == pytest.approx([train.y.astype("float64").std()])
        assert info.target_mean == pytest.approx([train.y.astype("float64").mean()])
        assert train.y.mean() > 50, "targets stay as they are"


def test_classes_keep_their_shares_within_one_row(prepared):
    info = prepared("digits", train_rows=200)
    parts = Parts.open(info)
    assert info.rows["train"] == 200
    shares = np.bincount(np.load(Path(prepared("digits").folder) / "train_y.npy")) / 1077
    assert np.abs(np.bincount(parts.train.y) - 200 * shares).max() <= 1
    total = sum(
        np.bincount(np.asarray(part.y)) for part in (Parts.open(prepared("digits")).train, parts.validation, parts.test)
    )
    assert np.abs(np.bincount(parts.test.y) - 360 * total / 1797).max() <= 1


def test_standardization_has_seen_the_training_part_alone(prepared):
    raw, plain = prepared("breast_cancer", standardize=False), None
    plain = Parts.open(raw)
    train, validation = np.array(plain.train.x), np.array(plain.validation.x)
    parts = Parts.open(prepared("breast_cancer"))
    twin = StandardScaler().fit(train.astype(np.float64))
    np.testing.assert_allclose(parts.train.x, twin.transform(train.astype(np.float64)), rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(parts.validation.x, twin.transform(validation.astype(np.float64)), rtol=1e-4, atol=1e-5)
    assert len(load_breast_cancer().data) == sum(raw.rows.values())


def test_no_row_is_in_two_parts_and_none_is_lost(prepared, tmp_path):
    np.savez(tmp_path / "a.npz", x=np.arange(500.0), y=np.tile([0, 1], 250))
    parts = Parts.open(prepared("npz", file="a.npz", standardize=False))
    rows = np.concatenate([part.x[:, 0] for part in (parts.train, parts.validation, parts.test)])
    assert sorted(rows) == list(range(500))
    assert list(parts.train.x[:, 0]) != sorted(parts.train.x[:, 0]), "the training part lies in random order"


def test_the_digest_is_the_same_on_each_run_and_another_for_other_data(prepared, tmp_path):
    first = prepared("iris")
    assert prepared("iris").digest == first.digest and len(first.digest) == 16
    assert prepared("iris", split_seed=1).digest != first.digest
    assert prepared("iris", standardize=False).digest != first.digest
    x = np.random.default_rng(0).normal(size=(50, 3))
    np.savez(tmp_path / "a.npz", x=x, y=x[:, 0])
    before = prepared("npz", file="a.npz").digest
    np.savez(tmp_path / "a.npz", x=np.where(x == x[7, 1], x + 1e-3, x), y=x[:, 0])
    assert prepared("npz", file="a.npz").digest != before


def test_another_validation_share_leaves_the_test_part_as_it_is(prepared):
    first = np.array(Parts.open(prepared("wine", standardize=False)).test.x)
    second = Parts.open(prepared("wine", standardize=False, validation=0.1, train_rows=50)).test.x
    np.testing.assert_array_equal(first, second)


def test_without_a_test_part_there_is_no_test_file(prepared):
    info = prepared("iris", test=0.0)
    assert info.rows["test"] == 0 and not (Path(info.folder) / "test_x.npy").exists()
    assert Parts.open(info).test is None


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"digit": {}}, "There is no data set 'digit'. Did you mean 'digits'?"),
        ({"digits": {"tset": 0.2}}, "'digits' has no setting 'tset'. Did you mean 'test'?"),
        ({"digits": {"validation": 1.5}}, "`validation` of 'digits' is 1.5; expected a number"),
        ({"digits": {"validation": 0.5, "test": 0.5}}, "leave no row to train on"),
        ({"digits": {"folds": 1}}, "`folds` of 'digits' is 1; expected a whole number of at least 2"),
        ({"digits": {"folds": 5, "validation": 0.2}}, "`folds` of 'digits' takes the place of `validation`; keep one of them"),
        ({"digits": {"validation": None}}, "`validation` of 'digits' is None; expected a number"),
        ({"iris": {"folds": 121}}, "120 rows beside the test part are too few for 121 folds"),
        ({"iris": {"folds": 5, "train_rows": 97}}, "train_rows is 97, but the training part has 96 rows"),
        ({"digits": {"train_rows": 1078}}, "train_rows is 1,078, but the training part has 1,077 rows"),
        ({"digits": {"train_rows": 9}}, "train_rows is 9, fewer than the 10 classes"),
        ({"gaussian_mixture": {}}, "not built yet"),
        ({"csv": {"target": "y"}}, "'csv' needs `file`"),
    ],
)
def test_settings_that_cannot_be_are_refused(tmp_path, data, says):
    with pytest.raises(DataError, match=says.replace("(", r"\(").replace("?", r"\?")):
        prepare(data, tmp_path, tmp_path / "data")
    assert not (tmp_path / "data").exists()


def test_what_was_prepared_before_stays_when_it_goes_wrong(prepared, tmp_path):
    info = prepared("iris")
    with pytest.raises(DataError):
        prepared("iris", train_rows=1000)
    assert len(Parts.open(info).train) == info.rows["train"]
    assert not list(tmp_path.glob("*.draft"))


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match=r"Cannot write the prepared data to .*file/data"):
        prepare({"iris": {}}, tmp_path, tmp_path / "file" / "data")


def test_what_is_larger_than_the_room_is_streamed_and_told(tmp_path):
    size = 442 * 10 * 4

    def asked(room, **settings):
        return prepare({"diabetes": settings}, tmp_path, tmp_path / "data", room)

    fits, does_not = asked(size), asked(size - 1)
    assert fits.size == size
    assert not fits.streamed and does_not.streamed
    assert "stay on disk and are read in chunks" in does_not.notes[-1] and "stream: never" in does_not.notes[-1]
    assert fits.digest == does_not.digest
    assert asked(None, stream="always").streamed and not asked(1, stream="never").streamed
    folds = asked(5 * size - 1, folds=5)
    assert folds.size == 5 * size and folds.streamed, "every fold has its own arrays"
    with pytest.raises(DataError, match="expected one of auto, always, never"):
        asked(None, stream="yes")


def test_the_process_answers_in_json(tmp_path):
    (tmp_path / "loud.py").write_text(
        "import os\nimport numpy as np\ndef load():\n    print('noise')\n    os.system('echo more')\n"
        "    return np.eye(40), np.arange(40) % 2\n"
    )

    def ask(data):
        request = {"data": data, "folder": str(tmp_path), "into": str(tmp_path / "data"), "room": 2**30}
        (tmp_path / "request.json").write_text(json.dumps(request))
        command = [sys.executable, "-m", "sweeper.data.prepare", str(tmp_path / "request.json")]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    done = ask({"python": {"load": "loud.py:load"}})
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["info"]["rows"] == {"train": 24, "validation": 8, "test": 8}
    wrong = ask({"python": {"load": "loud.py:laod"}})
    assert wrong.returncode == 2 and "Traceback" not in wrong.stderr
    assert "Did you mean 'load'?" in json.loads(wrong.stdout)["error"]
