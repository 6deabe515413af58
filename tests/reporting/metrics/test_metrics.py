"""Twins of the metrics by hand arithmetic, and what must hold for any curve."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sweeper.records import Objective
from sweeper.reporting.metrics.best import NO_TRAINING, NOTHING_FINITE, best_epochs
from sweeper.reporting.metrics.curves import objective_curves
from sweeper.reporting.metrics.orientation import Orientation, orientation_of, split_of
from sweeper.reporting.metrics.repeats import best_so_far, mean_curves
from sweeper.reporting.metrics.targets import censoring, epochs_to, target_of

LOSS = Orientation("loss", "minimize")


def frame(number: int = 0, first: int = 1, repeat: int = 0, **curves: Sequence[float]) -> pd.DataFrame:
    """An epochs frame of one trial; `val_loss=[...]` from epoch `first` on."""
    rows = [
        (number, repeat, epoch, 0, key, *split_of(key), float(value))
        for key, values in curves.items()
        for epoch, value in enumerate(values, start=first)
    ]
    return pd.DataFrame(rows, columns=["trial", "repeat", "epoch", "time", "metric", "split", "name", "value"])


def measured(**curves: Sequence[float]) -> pd.Series:
    return best_epochs(objective_curves(frame(**curves), LOSS)).iloc[0]


def test_gap_best_epoch_and_what_was_given_back():
    row = measured(val_loss=[1.0, 0.5, 0.4, 0.6], train_eval_loss=[0.9, 0.45, 0.25, 0.1], train_loss=[9, 9, 9, 9])
    assert row["best_epoch"] == 3
    assert row["gap_best"] == pytest.approx(0.15)
    assert row["gap_end"] == pytest.approx(0.5)
    assert row["given_back"] == pytest.approx(0.2)
    assert (row["epochs_wasted"], row["wasted_frac"]) == (1, 0.25)
    assert (row["gap_source"], row["gap_best_reason"]) == ("train_eval", "")


def test_a_negative_gap_is_not_clipped():
    assert measured(val_loss=[0.5, 0.4], train_eval_loss=[0.8, 0.7])["gap_best"] == pytest.approx(-0.3)


def test_the_first_of_equal_epochs_is_the_best():
    assert measured(val_loss=[0.5, 0.4, 0.4], train_eval_loss=[1, 1, 1])["best_epoch"] == 2


def test_training_loss_measured_while_training_is_read_at_the_epochs_end():
    row = measured(val_loss=[1.0, 0.5, 0.6], train_loss=[0.8, 0.4, 0.2])
    assert row["gap_source"] == "train"
    assert row["gap_best"] == pytest.approx(0.5 - (0.4 + 0.2) / 2)
    assert row["gap_end"] == pytest.approx(0.6 - 0.2)


def test_a_curve_ends_where_it_is_no_longer_finite():
    row = measured(val_loss=[0.9, 0.7, math.nan, 0.1], train_eval_loss=[0.5] * 4)
    assert (row["diverged_epoch"], row["best_epoch"], row["epochs_seen"]) == (3, 2, 2)
    row = measured(val_loss=[math.inf, 0.1], train_eval_loss=[0.5, 0.5])
    assert row["best_epoch"] is pd.NA
    assert row["best_epoch_reason"] == row["gap_best_reason"] == NOTHING_FINITE


def test_a_gap_without_training_has_a_reason():
    row = measured(val_loss=[0.9, 0.7])
    assert math.isnan(row["gap_best"])
    assert (row["best_epoch"], row["gap_best_reason"], row["gap_source"]) == (2, NO_TRAINING, "")


def test_the_state_before_training_is_no_epoch():
    curves = objective_curves(frame(first=0, val_loss=[0.1, 0.9, 0.8]), LOSS)
    assert best_epochs(curves).iloc[0]["best_epoch"] == 2


def test_a_missing_evaluation_is_not_filled():
    rows = frame(val_loss=[0.9, 0.8, 0.7, 0.6], train_eval_loss=[0.5] * 4)
    rows = rows[~((rows["split"] == "val") & (rows["epoch"] == 3))]
    assert list(objective_curves(rows, LOSS)["epoch"]) == [1, 2, 4]


def test_accuracy_is_measured_as_error():
    orientation = orientation_of(Objective("val_accuracy", maximize=True))
    assert orientation.kind == "error"
    rows = frame(val_accuracy=[0.8, 0.9, 0.85], train_eval_accuracy=[0.9, 0.95, 0.99])
    row = best_epochs(objective_curves(rows, orientation)).iloc[0]
    assert row["best_epoch"] == 2
    assert row["gap_best"] == pytest.approx(0.05)
    assert row["y_best"] == pytest.approx(0.1)


def test_other_maximized_metrics_are_negated():
    assert orientation_of(Objective("val_r2", maximize=True)) == Orientation("r2", "negated")
    assert orientation_of(Objective("val_mine", maximize=True)).kind == "negated"
    assert orientation_of(Objective("val_loss", maximize=False)).kind == "minimize"


@pytest.mark.parametrize(
    ("key", "parts"),
    [
        ("train_eval_loss", ("train_eval", "loss")),
        ("train_loss", ("train", "loss")),
        ("val_top_3_accuracy", ("val", "top_3_accuracy")),
        ("penalty", ("", "penalty")),
        ("val_", ("", "val_")),
    ],
)
def test_split_of(key: str, parts: tuple[str, str]):
    assert split_of(key) == parts


def test_targets_are_the_quartiles_of_the_best_values():
    best = pd.Series([0.1, 0.2, 0.3, 0.4, math.nan])
    assert target_of(best) == pytest.approx(0.25)
    assert target_of(best, 0.25) == pytest.approx(0.175)
    assert target_of(pd.Series([math.nan])) is None


def test_epochs_to_target():
    rows = pd.concat([frame(0, val_loss=[0.9, 0.5, 0.3, 0.4]), frame(1, val_loss=[0.9, 0.8, 0.7, 0.6])])
    assert epochs_to(best_so_far(objective_curves(rows, LOSS)), 0.5).to_dict() == {0: 2}


@pytest.mark.parametrize(
    ("state", "reason", "word"),
    [
        ("COMPLETE", "finished", "budget"),
        ("COMPLETE", "early_stop", "early_stop"),
        ("PRUNED", "pruner", "pruned"),
        ("PRUNED", "diverged", "diverged"),
        ("FAILED", "crashed", "failed"),
        ("RUNNING", "", "running"),
    ],
)
def test_censoring(state: str, reason: str, word: str):
    assert censoring(state, reason) == word


losses = st.lists(st.floats(0.01, 10), min_size=1, max_size=12)


@settings(max_examples=30)
@given(losses, losses)
def test_what_holds_for_any_curve(validation: list[float], training: list[float]):
    row = measured(val_loss=validation, train_eval_loss=training)
    assert 1 <= row["best_epoch"] <= len(validation)
    assert row["given_back"] >= 0
    assert row["epochs_wasted"] == len(validation) - row["best_epoch"]
    assert bool(row["gap_best_reason"]) == math.isnan(row["gap_best"])


@settings(max_examples=30)
@given(losses)
def test_the_maximized_twin_has_the_same_values(values: list[float]):
    """A metric to maximize that is the loss negated gives the same gap, best epoch and loss given back."""
    negated = Orientation("score", "negated")
    twin = frame(val_score=[-v for v in values], train_eval_score=[-v / 2 for v in values])
    other = best_epochs(objective_curves(twin, negated)).iloc[0]
    row = measured(val_loss=values, train_eval_loss=[v / 2 for v in values])
    for name in ("best_epoch", "gap_best", "gap_end", "given_back", "epochs_wasted"):
        assert row[name] == other[name]


def test_a_mean_curve_goes_as_far_as_all_repeats_do():
    rows = pd.concat(
        [
            frame(0, repeat=0, val_loss=[1.0, 0.4, 0.2], train_eval_loss=[0.5, 0.5, 0.5]),
            frame(0, repeat=1, val_loss=[0.6, 0.6, math.nan], train_eval_loss=[0.3, math.nan, 0.1]),
            frame(1, repeat=0, val_loss=[0.9, 0.8, 0.7]),
        ]
    )
    means = mean_curves(objective_curves(rows, LOSS)).set_index(["trial", "epoch"])
    assert means["validation"].round(9).to_dict() == {(0, 1): 0.8, (0, 2): 0.5, (1, 1): 0.9, (1, 2): 0.8, (1, 3): 0.7}
    assert (means.loc[(0, 1), "low"], means.loc[(0, 1), "high"]) == (0.6, 1.0)
    assert means.loc[(0, 1), "training"] == pytest.approx(0.4) and math.isnan(means.loc[(0, 2), "training"])


def test_the_best_so_far_of_a_repeat_that_ended_stays():
    rows = pd.concat(
        [
            frame(0, repeat=0, val_loss=[0.9, 0.4, 0.6, 0.2]),
            frame(0, repeat=1, val_loss=[0.8, 0.6]),
            frame(1, repeat=0, val_loss=[0.5, 0.3]),
            frame(1, repeat=1, val_loss=[math.nan]),
        ]
    )
    progress = best_so_far(objective_curves(rows, LOSS))
    assert progress["trial"].eq(0).all(), "a repeat without a single value never arrives, and its trial neither"
    assert list(progress["validation"].round(9)) == [0.85, 0.5, 0.5, 0.4]
    assert epochs_to(progress, 0.4).to_dict() == {0: 4}


@settings(max_examples=30)
@given(st.lists(st.lists(st.floats(0.01, 10), min_size=1, max_size=8), min_size=1, max_size=4))
def test_the_mean_of_the_bests_is_reached_by_the_last_epoch_and_not_passed(curves: list[list[float]]):
    rows = objective_curves(pd.concat([frame(0, repeat=r, val_loss=values) for r, values in enumerate(curves)]), LOSS)
    value = sum(map(min, curves)) / len(curves)
    progress = best_so_far(rows)
    assert progress["validation"].is_monotonic_decreasing
    assert progress["validation"].iloc[-1] == pytest.approx(value)
    [reached] = epochs_to(progress, value)
    assert 1 <= reached <= max(map(len, curves))


@settings(max_examples=30)
@given(losses)
def test_of_a_single_repeat_mean_and_progress_are_its_own(values: list[float]):
    curves = objective_curves(frame(val_loss=values, train_eval_loss=values), LOSS)
    means, progress = mean_curves(curves), best_so_far(curves)
    assert list(means["validation"]) == list(means["training"]) == list(means["low"]) == list(means["high"]) == values
    assert list(progress["validation"]) == [min(values[: place + 1]) for place in range(len(values))]
