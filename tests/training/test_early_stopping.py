"""Patience counts as Keras's EarlyStopping does."""

from __future__ import annotations

import keras
import pytest
from hypothesis import given
from hypothesis import strategies as some

from sweeper.records import Objective
from sweeper.training.early_stopping import Patience


class _Model:
    stop_training = False


def keras_stops_at(values: list[float], mode: str, patience: int, min_delta: float) -> int | None:
    """The epoch, counted from 1, at which Keras stops."""
    callback = keras.callbacks.EarlyStopping("value", min_delta=min_delta, patience=patience, mode=mode)
    model = _Model()
    callback.set_model(model)
    callback.on_train_begin()
    # Keras leaves its first epoch (0) out of stopping, which only matters for a patience of 0 and a value that is no number.
    for epoch, value in enumerate(values):
        callback.on_epoch_end(epoch, {"value": value})
        if model.stop_training:
            return epoch + 1
    return None


@given(
    # Multiples of 1/64, which are exact in float32: Keras compares in that.
    values=some.lists(some.integers(0, 128).map(lambda count: count / 64), min_size=1, max_size=20),
    patience=some.integers(0, 5),
    min_delta=some.sampled_from([0.0, 0.125]),
    maximize=some.booleans(),
)
def test_patience_ends_where_keras_ends(values: list[float], patience: int, min_delta: float, maximize: bool) -> None:
    ours = Patience(Objective("value", maximize), {"patience": patience, "min_delta": min_delta})
    ended = next((epoch for epoch, value in enumerate(values, start=1) if ours.is_over(value)), None)
    assert ended == keras_stops_at(values, "max" if maximize else "min", patience, min_delta)


def test_no_early_stopping_has_a_patience_without_end() -> None:
    endless = Patience(Objective("value", maximize=False), None)
    assert not any(endless.is_over(1.0) for _ in range(100))


@pytest.mark.parametrize(("patience", "ended"), [(1, 3), (3, 5)])
def test_by_hand(patience: int, ended: int) -> None:
    counted = Patience(Objective("value", maximize=False), {"patience": patience, "min_delta": 0.0})
    values = [1.0, 0.5, 0.6, 0.5, 0.5, 0.5]
    assert next(epoch for epoch, value in enumerate(values, start=1) if counted.is_over(value)) == ended
