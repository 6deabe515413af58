"""Signal statistics by hand arithmetic."""

from __future__ import annotations

import numpy as np
import pytest

from sweeper.diagnostics.signal import activation_statistics, relative_change, rms, symmetry


def test_root_mean_square() -> None:
    assert float(rms(np.array([3.0, -4.0], "float32"))) == pytest.approx(np.sqrt(12.5))


def test_relative_change() -> None:
    before, after = np.array([3.0, 4.0], "float32"), np.array([3.0, 4.5], "float32")
    assert float(relative_change(before, after)) == pytest.approx(0.1)
    assert float(relative_change(before * 0, before * 0)) == 0.0


def test_a_unit_that_is_never_positive_is_dead() -> None:
    activation = np.array([[0.0, 1.0, 0.0, 2.0], [0.0, 0.0, 3.0, 0.0]], "float32")
    found = activation_statistics(activation, "relu")
    assert float(found["dead"]) == 0.25
    assert "saturated" not in found


def test_in_pictures_a_unit_is_dead_if_it_is_so_at_every_place() -> None:
    activation = np.zeros((2, 3, 3, 2), "float32")
    activation[1, 2, 2, 0] = 0.1
    assert float(activation_statistics(activation, "relu")["dead"]) == 0.5


@pytest.mark.parametrize(
    ("kind", "values", "share"), [("tanh", [0.98, -0.98, 0.5, 0.0], 0.5), ("sigmoid", [0.01, 0.5, 0.6, 0.99], 0.5)]
)
def test_saturation(kind: str, values: list[float], share: float) -> None:
    assert float(activation_statistics(np.array([values], "float32"), kind)["saturated"]) == share


def test_equal_units_are_symmetric_and_different_ones_are_not() -> None:
    equal = np.tile(np.array([[1.0], [2.0]], "float32"), (1, 5))
    assert float(symmetry(equal)) == 1.0
    assert float(symmetry(np.zeros((4, 3), "float32"))) == 1.0
    assert float(symmetry(np.eye(4, dtype="float32"))) == 0.0
    pair = np.array([[1.0, 1.0, 0.0], [0.0, 0.0, 1.0]], "float32")
    assert float(symmetry(pair)) == pytest.approx(1 / 3)


def test_opposite_units_are_not_the_same() -> None:
    assert float(symmetry(np.array([[1.0, -1.0]], "float32"))) == 0.0
