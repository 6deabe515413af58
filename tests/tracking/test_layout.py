"""How records become what MLflow shows."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from sweeper.records import DataInfo, EpochRecord, Objective, State, Task
from sweeper.tracking.combined import configurations
from sweeper.tracking.layout import (
    SweepFacts,
    child_name,
    child_tags,
    end_tags,
    epoch_rows,
    layer_rows,
    parent_tags,
    together_rows,
)
from sweeper.tracking.replay import SweepState
from tests.tracking import synthetic as made

LAYERS = {"layers/dense_1/gradient_rms": 0.5, "layers/dense_1/dead": math.nan}
DATA = DataInfo("points", Task.CLASSIFICATION, (4,), 3, {"train": 80, "validation": 20}, "d", "")
FACTS = SweepFacts("tiny", "id", "", Objective("val_loss", False), DATA, "tiny.yaml", "0", "me", "", 0)


def epoch(number: int, metrics: dict[str, float]) -> EpochRecord:
    return EpochRecord(0, number, metrics, {}, 1000 + number)


def test_layers_are_a_table_and_no_metrics() -> None:
    records = [epoch(0, {"val_loss": 2.0, **LAYERS}), epoch(1, {"val_loss": 1.0})]
    assert [(row.key, row.step) for record in records for row in epoch_rows(record)] == [("val_loss", 0), ("val_loss", 1)]
    assert layer_rows(records[0]) == [[0, "dense_1", "gradient_rms", 0.5], [0, "dense_1", "dead", None]]
    assert layer_rows(records[1]) == []


def test_a_run_says_which_training_it_is_and_how_its_program_came() -> None:
    records = made.trial_records(42, repeat=1)
    records[1] = replace(records[1], lanes=8, compiled=False)
    trial = SweepState(records).trial(42, 1)
    trial.plan = replace(trial.plan, fold=3)
    assert child_name(trial.plan) == "t0042r1-mlp-adam"
    tags = child_tags(FACTS, "parent", trial)
    wanted = {
        "sweeper.trial": "42",
        "sweeper.repeat": "1",
        "sweeper.fold": "3",
        "sweeper.lanes": "8",
        "sweeper.compiled": "false",
    }
    assert {name: tags[name] for name in wanted} == wanted


def test_a_further_attempt_changes_how_the_program_came() -> None:
    state = SweepState(made.trial_records(0, ended=None) + made.trial_records(0, attempt=2))
    state.trial(0).starts[2] = replace(made.start(0, 2), compiled=False, lanes=1)
    assert end_tags(state.trial(0)) | {"sweeper.compiled": "false", "sweeper.attempt": "2"} == end_tags(state.trial(0))


def test_what_repeats_come_to_stands_on_each_of_their_runs() -> None:
    records = made.trial_records(0, value=0.25) + made.trial_records(0, repeat=1, value=0.75)
    [found] = configurations(SweepState(records).trials, 2)
    for trial in found.trials:
        rows = {row.key: (row.value, row.step, row.time) for row in together_rows(found, trial)}
        assert rows == {"objective_mean": (0.5, 3, 1050), "objective_spread": (pytest.approx(0.125**0.5), 3, 1050)}


def test_one_run_alone_and_one_without_a_value_say_no_mean() -> None:
    [alone] = configurations(SweepState(made.trial_records(0)).trials, 1)
    assert together_rows(alone, alone.first) == []
    records = made.trial_records(0) + made.trial_records(0, ended=State.FAILED, repeat=1)
    [failed] = configurations(SweepState(records).trials, 2)
    assert together_rows(failed, failed.first) == []


def test_folds_are_counted_with_the_rows_of_each() -> None:
    folds = (replace(DATA, rows={"train": 80, "validation": 20}), replace(DATA, rows={"train": 81, "validation": 19}))
    tags = parent_tags(replace(FACTS, data=replace(DATA, folds=folds)))
    assert tags["sweeper.data.folds"] == "2"
    assert tags["sweeper.data.fold.1"] == "train 81, validation 19"
    assert "sweeper.data.folds" not in parent_tags(FACTS)
