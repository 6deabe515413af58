"""Cross-validation: every row validates once, classes and groups are dealt fairly, and each fold stands on its own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.model_selection import StratifiedKFold

from sweeper.data.arrays import Parts
from sweeper.data.folds import deal, fold_rows
from sweeper.data.split import split_rows
from sweeper.data.storing import is_prepared
from sweeper.errors import DataError
from sweeper.records import DataInfo

SETTINGS = {"validation": None, "test": 0.2, "train_rows": None, "split_seed": 0, "folds": 5}


@given(st.lists(st.integers(1, 30), min_size=1, max_size=6), st.integers(2, 7), st.sampled_from([0.0, 0.2]), st.integers(0, 99))
def test_every_row_outside_the_test_part_validates_once(sizes, folds, test, seed):
    classes = np.random.default_rng(seed).permutation(np.repeat(np.arange(len(sizes)), sizes))
    asked = {**SETTINGS, "test": test, "split_seed": seed, "folds": folds}
    try:
        splits = fold_rows("t", classes, None, None, len(classes), asked)
    except DataError as error:
        assert "too few" in str(error) or "are left to train on" in str(error)
        return
    assert len(splits) == folds
    everything = set(range(len(classes)))
    for split in splits:
        parts = [set(rows.tolist()) for rows in split.values()]
        assert set().union(*parts) == everything and sum(map(len, parts)) == len(everything), "no row is in two parts"
        np.testing.assert_array_equal(split["test"], splits[0]["test"])
    held_out = np.concatenate([split["validation"] for split in splits])
    assert len(held_out) == len(set(held_out.tolist())) == len(everything) - len(splits[0]["test"])
    for label in (None, *range(len(sizes))):
        counts = [
            int((classes[split["validation"]] == label).sum()) if label is not None else len(split["validation"])
            for split in splits
        ]
        assert max(counts) - min(counts) <= 1, "folds and every class in them differ by one row at most"


@pytest.mark.parametrize(("sizes", "folds"), [((50, 50, 50), 5), ((13, 5, 31), 4), ((7, 8, 9, 10), 7), ((40,), 3)])
def test_classes_are_dealt_as_scikit_learn_deals_them(sizes, folds):
    classes = np.repeat(np.arange(len(sizes)), sizes)
    dealt = deal(classes, folds, np.random.default_rng(0))
    ours = [np.bincount(classes[dealt == fold], minlength=len(sizes)).tolist() for fold in range(folds)]
    twin = StratifiedKFold(folds, shuffle=True, random_state=0).split(np.zeros(len(classes)), classes)
    assert ours == [np.bincount(classes[rows], minlength=len(sizes)).tolist() for _, rows in twin]


def test_the_test_part_is_that_of_one_split():
    classes = np.arange(100) % 3
    one = split_rows("t", classes, None, None, 100, {**SETTINGS, "validation": 0.2})
    for split in fold_rows("t", classes, None, None, 100, SETTINGS):
        np.testing.assert_array_equal(split["test"], one["test"])


def test_the_seed_decides_who_is_held_out():
    classes = np.arange(100) % 3
    first, again = (fold_rows("t", classes, None, None, 100, SETTINGS) for _ in range(2))
    other = fold_rows("t", classes, None, None, 100, {**SETTINGS, "split_seed": 1})
    for fold in range(5):
        np.testing.assert_array_equal(first[fold]["validation"], again[fold]["validation"])
        np.testing.assert_array_equal(first[fold]["train"], again[fold]["train"])
        assert not np.array_equal(first[fold]["validation"], other[fold]["validation"])


@given(
    st.lists(st.tuples(st.integers(0, 12), st.integers(0, 2)), min_size=20, max_size=120),
    st.integers(2, 6),
    st.integers(0, 50),
    st.booleans(),
)
def test_no_group_trains_and_validates(rows, folds, seed, stratified):
    groups, classes = (np.array(values) for values in zip(*rows, strict=True))
    asked = {**SETTINGS, "split_seed": seed, "folds": folds}
    try:
        splits = fold_rows("t", classes if stratified else None, groups, None, len(groups), asked)
    except DataError as error:
        assert "too few" in str(error) or "are left to train on" in str(error)
        return
    for split in splits:
        inside = [set(groups[part].tolist()) for part in split.values()]
        assert len(set().union(*inside)) == sum(map(len, inside))
    held_out = np.concatenate([split["validation"] for split in splits])
    assert sorted([*held_out, *splits[0]["test"]]) == list(range(len(groups)))


def test_train_rows_count_in_each_fold():
    classes = np.arange(100) % 4
    for split in fold_rows("t", classes, None, None, 100, {**SETTINGS, "train_rows": 20}):
        assert len(split["train"]) == 20 and len(split["validation"]) == 16
        assert np.bincount(classes[split["train"]]).tolist() == [5, 5, 5, 5]
        assert not set(split["train"]) & (set(split["validation"]) | set(split["test"]))


def test_a_fixed_test_part_stays_and_a_fixed_validation_part_is_refused():
    assigned = np.array([""] * 80 + ["test"] * 20)
    for split in fold_rows("t", None, None, assigned, 100, SETTINGS):
        assert split["test"].tolist() == list(range(80, 100)) and len(split["validation"]) == 16
    with pytest.raises(DataError, match="t brings a validation part of its own, and `folds` makes others"):
        fold_rows("t", None, None, np.array(["train"] * 80 + ["validation"] * 20), 100, SETTINGS)


def test_fewer_groups_than_folds_are_refused():
    with pytest.raises(DataError, match="4 groups beside the test part are too few for 5 folds"):
        fold_rows("t", None, np.arange(100) % 4, None, 100, {**SETTINGS, "test": 0.0})


def test_each_fold_is_standardized_by_its_own_training_part(prepared, tmp_path):
    values = np.random.default_rng(0).normal(3, 5, size=(40, 2))
    np.savez(tmp_path / "a.npz", x=values, y=values[:, 0] * 2 + 1)
    plain = prepared("npz", file="a.npz", folds=4, standardize=False)
    raw = [Parts.open(fold) for fold in plain.folds]
    trained = [(np.array(parts.train.x, np.float64), np.array(parts.train.y)) for parts in raw]
    validated = [np.array(parts.validation.x, np.float64) for parts in raw]
    info = prepared("npz", file="a.npz", folds=4)
    for fold, (x, y) in enumerate(trained):
        parts = Parts.open(info.fold(fold))
        mean, deviation = x.mean(axis=0), x.std(axis=0)
        np.testing.assert_allclose(parts.train.x, (x - mean) / deviation, rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(parts.validation.x, (validated[fold] - mean) / deviation, rtol=1e-5, atol=1e-6)
        assert info.fold(fold).target_mean == pytest.approx([y.astype(np.float64).mean()], abs=1e-9)
        assert info.fold(fold).target_scale == pytest.approx([y.astype(np.float64).std()], abs=1e-9)
    assert len({fold.target_mean for fold in info.folds}) == 4


def test_what_is_known_of_the_whole_is_the_first_fold_and_all_of_them(prepared):
    info = prepared("iris", folds=5)
    assert info.rows == {"train": 96, "validation": 24, "test": 30} == info.folds[0].rows
    assert [fold.class_counts for fold in info.folds] == [(32, 32, 32)] * 5
    assert info.folder == info.folds[0].folder and info.features and info.folds[3].features == ()
    assert {Path(fold.folder).name for fold in info.folds} == {f"fold-{number}" for number in range(5)}
    assert all(fold.folds == () for fold in info.folds)
    assert len({info.digest, *(fold.digest for fold in info.folds)}) == 6
    top = Path(info.folder).parent
    assert DataInfo.from_json((top / "info.json").read_text()) == info
    assert DataInfo.from_json(info.to_json()) == info


def test_the_digest_is_over_all_folds(prepared):
    assert prepared("iris", folds=5).digest == prepared("iris", folds=5).digest
    digests = {prepared("iris", **split).digest for split in ({}, {"folds": 4}, {"folds": 5}, {"folds": 5, "split_seed": 1})}
    assert len(digests) == 4


def test_folds_that_were_moved_are_found_and_gone_ones_missed(prepared, tmp_path):
    info = prepared("iris", folds=3)
    assert is_prepared(info)
    (tmp_path / "data").rename(tmp_path / "elsewhere")
    assert not is_prepared(info)
    moved = info.moved(str(tmp_path / "elsewhere"))
    assert is_prepared(moved) and moved.digest == info.digest
    assert [len(Parts.open(moved.fold(fold)).validation) for fold in range(3)] == [40, 40, 40]
    (tmp_path / "elsewhere" / "fold-2" / "train_x.npy").unlink()
    assert not is_prepared(moved)


def test_one_split_moves_with_its_folder(prepared, tmp_path):
    info = prepared("iris")
    (tmp_path / "data").rename(tmp_path / "elsewhere")
    moved = info.moved(str(tmp_path / "elsewhere"))
    assert not is_prepared(info) and is_prepared(moved)
    assert len(Parts.open(moved).train) == info.rows["train"]


def test_folds_and_one_split_replace_each_other(prepared, tmp_path):
    prepared("iris", folds=3)
    prepared("iris")
    assert not list((tmp_path / "data").glob("fold-*"))
    prepared("iris", folds=2)
    assert sorted(path.name for path in (tmp_path / "data").iterdir()) == ["fold-0", "fold-1", "info.json"]


def test_text_columns_are_the_same_in_every_fold(prepared, tmp_path):
    colours = ["red"] * 12 + ["blue"] * 11 + ["green"]
    lines = [f"{colour},{row},{row % 2}" for row, colour in enumerate(colours)]
    (tmp_path / "t.csv").write_text("colour,size,y\n" + "\n".join(lines) + "\n")
    info = prepared("csv", file="t.csv", target="y", folds=3, test=0.0, standardize=False)
    assert info.features == ("colour=blue", "colour=green", "colour=red", "size")
    greens = []
    for fold in info.folds:
        parts = Parts.open(fold)
        assert fold.input_shape == (4,)
        greens.append((int(parts.train.x[:, 1].sum()), int(parts.validation.x[:, 1].sum())))
    assert sorted(greens) == [(0, 0), (1, 0), (1, 0)], "a value that a fold has not trained on is 0 in its validation part too"


def test_a_class_that_some_folds_lack_is_noted_once(prepared, tmp_path):
    y = np.array(["a"] * 20 + ["b"] * 20 + ["c"] * 2)
    np.savez(tmp_path / "a.npz", x=np.arange(42.0), y=y)
    info = prepared("npz", file="a.npz", folds=4, test=0.0)
    assert info.notes == ("The validation part of 2 of the 4 folds has no row of the class 'c'.",)
    np.savez(tmp_path / "a.npz", x=np.arange(41.0), y=y[:41])
    info = prepared("npz", file="a.npz", folds=4, test=0.0)
    assert info.notes == (
        "The train part of 1 of the 4 folds has no row of the class 'c'.",
        "The validation part of 3 of the 4 folds has no row of the class 'c'.",
    )


def test_one_split_of_few_rows_is_said_to_be_noise(prepared, tmp_path):
    [note] = prepared("iris").notes
    assert note.startswith("What one split of 150 rows finds best may be luck: it validates on 30.") and "folds: 5" in note
    assert prepared("iris", folds=5).notes == () and prepared("digits").notes == ()
    (tmp_path / "own.py").write_text(
        "import numpy as np\ndef load():\n    x = np.arange(80.0)\n    return {'train': (x, x), 'validation': (x, x)}\n"
    )
    assert prepared("python", load="own.py:load").notes == (), "who brings a validation part has chosen"
