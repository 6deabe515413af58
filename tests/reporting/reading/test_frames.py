"""What is read from MLflow: the same by SQL as through the client, every column described, nothing made up."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from mlflow.entities import Metric
from mlflow.tracking import MlflowClient

from sweeper.errors import InputError
from sweeper.reporting import SweepFrames, read_sweep
from sweeper.reporting.columns import described
from sweeper.reporting.reading.runs import typed
from tests.reporting.synthetic import Planted, Trial, plant

Read = Callable[[Planted], SweepFrames]
FALLING = {"val_loss": [0.9, 0.5, 0.6], "train_eval_loss": [0.8, 0.3, 0.1]}


def test_infinities_and_nans_come_back(fresh: str, tmp_path: Path):
    run_id = plant(fresh, Planted("wild", [Trial(0, {}, {"val_loss": [math.inf, -math.inf, math.nan, 1.0]})]), tmp_path)
    values = list(read_sweep(run_id=run_id, tracking_uri=fresh).epochs["value"])
    assert values[:2] == [math.inf, -math.inf]
    assert math.isnan(values[2])


def test_of_two_values_for_an_epoch_the_first_logged_stays(fresh: str, tmp_path: Path):
    plant(fresh, Planted("twice", [Trial(0, {}, FALLING)]), tmp_path)
    run_id = read_sweep("twice", fresh).trials.loc[0, "run_id"]
    MlflowClient(fresh).log_batch(run_id, metrics=[Metric("val_loss", 0.01, 1_999_999_999_999, 2)])
    assert read_sweep("twice", fresh).trials.loc[0, "best.val_loss"] == 0.5


@pytest.mark.parametrize("frame", ["trials", "runs", "epochs"])
def test_every_column_is_described(optimizers: SweepFrames, plain: SweepFrames, folds: SweepFrames, frame: str):
    for frames in (optimizers, plain, folds):
        missing = [name for name in getattr(frames, frame) if described(frame, str(name)) is None]
        assert missing == []


def test_the_sweep(optimizers: SweepFrames):
    sweep = optimizers.sweep
    assert (sweep.name, sweep.compare, sweep.sampler, sweep.seconds) == ("digits-optimizers", ("optimizer",), "paired", 41.0)
    assert (sweep.objective.metric, sweep.objective.maximize, sweep.running) == ("val_loss", False, False)
    assert sweep.fixed["training.batch_size"] == "32"


def test_a_row_a_trial_and_a_row_an_epoch(optimizers: SweepFrames):
    trials, epochs = optimizers.trials, optimizers.epochs
    assert list(trials["number"]) == list(range(18))
    assert list(trials["choice"])[:3] == ["sgd", "rmsprop", "adam"]
    assert not epochs.duplicated(["trial", "repeat", "epoch", "metric"]).any()
    complete = trials[trials["state"] == "COMPLETE"]
    assert (complete["best.val_loss"] == complete["value"]).all()
    assert (complete["best_epoch"] == complete["best_epoch_logged"]).all()
    assert (complete["gap_best"] - (complete["best.val_loss"] - complete["best.train_eval_loss"])).abs().max() < 1e-12


def test_reasons_stand_beside_what_is_missing(plain: SweepFrames):
    trials = plain.trials
    for name in ("best_epoch", "gap_best", "gap_end", "epochs_to_target", "trial_value"):
        assert ((trials[f"{name}_reason"] != "") == trials[name].isna()).all(), name
    failed = trials[trials["state"] == "FAILED"].iloc[0]
    assert (failed["gap_best_reason"], failed["epochs_to_target_reason"]) == ("the trial failed", "failed")


def test_a_running_trial_is_counted_but_not_measured(read: Read):
    frames = read(Planted("live", [Trial(0, {}, FALLING), Trial(1, {}, FALLING, state="RUNNING", reason="")], status="RUNNING"))
    assert frames.sweep.running
    assert list(frames.trials["state"]) == ["COMPLETE", "RUNNING"]
    assert frames.trials.loc[1, "best_epoch"] is pd.NA
    assert frames.trials.loc[1, "gap_best_reason"] == "the trial still runs"


def test_an_interrupted_trial_is_not_over(fresh: str, tmp_path: Path):
    plant(
        fresh,
        Planted("cut", [Trial(0, {}, FALLING), Trial(1, {}, FALLING, "INTERRUPTED", "")], {"sweeper.state": "INTERRUPTED"}),
        tmp_path,
    )
    frames = read_sweep("cut", fresh)
    assert frames.sweep.running
    assert list(frames.trials["state"]) == ["COMPLETE", "RUNNING"]


def test_the_question_is_found_in_the_description(read: Read):
    frames = read(Planted("asked", [], {"mlflow.note.content": "**Which is best?**\n\nA sweep made by ..."}))
    assert frames.sweep.question == "Which is best?"


def test_a_diverged_trial_never_reaches_the_target(read: Read):
    better = {"val_loss": [0.2, math.nan], "train_eval_loss": [0.2, math.nan]}
    frames = read(Planted("off", [Trial(0, {}, FALLING), Trial(1, {}, better, "PRUNED", "diverged")]))
    assert frames.trials.loc[1, "epochs_to_target"] is pd.NA
    assert frames.trials.loc[1, "epochs_to_target_reason"] == "diverged"


def test_the_last_attempt_stands_for_the_trial(read: Read):
    frames = read(Planted("again", [Trial(0, {}, FALLING, "FAILED", "crashed"), Trial(0, {}, FALLING, attempt=2)]))
    assert list(frames.trials["attempt"]) == [2]
    assert list(frames.trials["state"]) == ["COMPLETE"]


def test_a_trials_value_is_the_mean_of_its_repeats(read: Read):
    low = {"val_loss": [0.3], "train_eval_loss": [0.1]}
    lost = Trial(1, {}, low, "PRUNED", "diverged", repeat=1)
    frames = read(Planted("seeds", [Trial(0, {}, FALLING), Trial(0, {}, low, repeat=1), Trial(1, {}, low), lost]))
    assert list(frames.trials["number"]) == [0, 1] and list(frames.trials["repeats"]) == [2, 2]
    assert list(frames.trials["trial_value"]) == [pytest.approx(0.4), pytest.approx(math.nan, nan_ok=True)]
    assert frames.trials.loc[1, "trial_value_reason"] == "no value: 1 of 2 repeats did not complete with one"
    assert list(zip(frames.runs["trial"], frames.runs["repeat"], frames.runs["value"], strict=True)) == [
        (0, 0, 0.5),
        (0, 1, 0.3),
        (1, 0, 0.3),
        (1, 1, 0.3),
    ]


def test_a_sweep_without_trials_has_empty_frames(read: Read):
    frames = read(Planted("bare", []))
    assert len(frames.trials) == len(frames.epochs) == 0
    assert "gap_best" in frames.trials


@pytest.mark.parametrize(
    ("texts", "dtype"),
    [
        (["1", "2", None], "Int64"),
        (["1", "0.5"], "Float64"),
        (["none", "1.0"], "str"),
        (["nan", "1"], "str"),
        (["64-32"], "str"),
        (["1_0"], "str"),
    ],
)
def test_parameters_are_numbers_only_if_all_are(texts: list[str | None], dtype: str):
    assert typed(pd.Series(texts, dtype="object")).dtype == dtype


def test_an_unknown_name_is_answered_with_the_nearest(store: str):
    with pytest.raises(InputError, match=r"no sweep named 'digit-mlp'. Did you mean 'digits-mlp'\? Known sweeps: "):
        read_sweep("digit-mlp", store)
    with pytest.raises(InputError, match="no sweep has the run id 'x' OR '1'"):
        read_sweep(run_id="x' OR '1", tracking_uri=store)


def test_without_a_name_the_newest_is_read(store: str):
    assert read_sweep(tracking_uri=store).sweep.name in ("digits-mlp", "digits-optimizers")


def test_an_empty_store_is_said_and_a_missing_one_is_not_made(fresh: str, tmp_path: Path):
    with pytest.raises(InputError, match="holds no sweep"):
        read_sweep("digits-mlp", fresh)
    missing = tmp_path / "nowhere" / "mlflow.db"
    with pytest.raises(InputError, match="no MLflow store at"):
        read_sweep(None, f"sqlite:///{missing}")
    assert not missing.parent.exists()


def test_a_file_that_is_no_database(tmp_path: Path):
    file = tmp_path / "mlflow.db"
    file.write_text("not a database at all, only text")
    with pytest.raises(InputError, match="is no SQLite database"):
        read_sweep(None, f"sqlite:///{file}")


def test_a_parent_without_an_objective_is_explained(fresh: str, tmp_path: Path):
    plant(fresh, Planted("odd", [], {"sweeper.direction": "sideways"}), tmp_path)
    with pytest.raises(InputError, match="expected a metric's name such as val_loss, and minimize or maximize"):
        read_sweep("odd", fresh)
