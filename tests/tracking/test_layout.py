"""How records become what MLflow shows."""

from __future__ import annotations

import math

from sweeper.records import EpochRecord
from sweeper.tracking.layout import epoch_rows, layer_table
from sweeper.tracking.replay import SweepState
from tests.tracking.synthetic import asked, start

LAYERS = {"layers/dense_1/gradient_rms": 0.5, "layers/dense_1/dead": math.nan}


def epoch(number: int, metrics: dict[str, float]) -> EpochRecord:
    return EpochRecord(0, number, metrics, {}, 1000 + number)


def test_layers_are_a_table_and_no_metrics() -> None:
    records = [epoch(0, {"val_loss": 2.0, **LAYERS}), epoch(1, {"val_loss": 1.0})]
    assert [(row.key, row.step) for record in records for row in epoch_rows(record)] == [("val_loss", 0), ("val_loss", 1)]
    trial = SweepState([asked(0), start(0), *records]).trial(0)
    assert layer_table(trial) == {
        "columns": ["epoch", "layer", "statistic", "value"],
        "data": [[0, "dense_1", "gradient_rms", 0.5], [0, "dense_1", "dead", None]],
    }


def test_a_trial_that_was_not_looked_into_has_no_table() -> None:
    assert layer_table(SweepState([asked(0), epoch(0, {"val_loss": 2.0})]).trial(0)) is None
