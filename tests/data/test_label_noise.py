"""Labels made wrong on purpose: how many, of which rows, and the same in every fold."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sweeper.data.arrays import Parts
from sweeper.data.label_noise import with_noise
from sweeper.data.prepare import prepare
from sweeper.data.targets import Targets
from sweeper.records import Task

ROWS, CLASSES = 20_000, 10
TARGETS = Targets(Task.CLASSIFICATION, (np.arange(ROWS) % CLASSES).astype("int32"), CLASSES)
TRAIN = np.random.default_rng(0).permutation(ROWS)[: ROWS // 2]


@pytest.mark.parametrize("share", [0.2, 1.0])
def test_so_many_training_rows_have_another_class_as_drawing_from_all_gives(share):
    noisy = with_noise("t", TARGETS, TRAIN, share, seed=0)
    wrong = float((noisy[TRAIN] != TARGETS.y[TRAIN]).mean())
    expected = share * (1 - 1 / CLASSES)  # a class drawn evenly from all is the row's own now and then
    assert wrong == pytest.approx(expected, abs=4 * np.sqrt(expected * (1 - expected) / len(TRAIN)))
    assert noisy.dtype == TARGETS.y.dtype


def test_other_rows_keep_their_labels_and_without_noise_nothing_is_copied():
    noisy = with_noise("t", TARGETS, TRAIN, 1.0, seed=0)
    others = np.setdiff1d(np.arange(ROWS), TRAIN)
    np.testing.assert_array_equal(noisy[others], TARGETS.y[others])
    assert with_noise("t", TARGETS, TRAIN, 0.0, seed=0) is TARGETS.y


def test_a_row_has_the_same_label_wherever_it_trains():
    first, second = (with_noise("t", TARGETS, rows, 0.5, seed=3) for rows in (TRAIN, TRAIN[::2]))
    np.testing.assert_array_equal(first[TRAIN[::2]], second[TRAIN[::2]])
    assert (first != with_noise("t", TARGETS, TRAIN, 0.5, seed=4)).any()


def test_prepared_data_differ_in_the_training_labels_alone(tmp_path: Path):
    def parts(share: float) -> tuple[Parts, str]:
        info = prepare({"digits": {"label_noise": share}}, tmp_path, tmp_path / f"data-{share}")
        return Parts.open(info), info.digest

    (plain, digest), (noisy, other) = parts(0.0), parts(1.0)
    assert digest != other
    np.testing.assert_array_equal(plain.train.x, noisy.train.x)
    np.testing.assert_array_equal(plain.validation.y, noisy.validation.y)
    np.testing.assert_array_equal(plain.test.y, noisy.test.y)
    assert float((np.asarray(plain.train.y) == np.asarray(noisy.train.y)).mean()) < 0.2


def test_numbers_to_predict_have_no_class_to_draw(refused):
    assert "label_noise is for classes" in refused("diabetes", label_noise=0.5)
