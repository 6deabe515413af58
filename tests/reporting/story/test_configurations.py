"""Several trainings of one configuration are one trial: the same counts and values as `tracking.combined` gives."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from sweeper.records import Asked, Outcome, Reason, State, TrialPlan
from sweeper.reporting import SECTIONS, SweepFrames, section_text, write_report
from sweeper.reporting.frames import ENDED
from sweeper.reporting.story.subject import Subject
from sweeper.seeds import Seeds
from sweeper.tracking.combined import configurations
from sweeper.tracking.replay import SweepState
from tests.reporting.synthetic import Planted, Trial, repeated

Read = Callable[[Planted], SweepFrames]
FALLING = {"val_loss": [0.9, 0.5, 0.6], "train_eval_loss": [0.8, 0.3, 0.1]}
LOW = {"val_loss": [0.5, 0.4, 0.3, 0.2], "train_eval_loss": [0.4, 0.3, 0.2, 0.1]}
DIVERGED = {"val_loss": [0.7, math.nan], "train_eval_loss": [0.7, math.nan]}


def test_the_frames_count_configurations(folds: SweepFrames):
    assert len(folds.trials) == 8 and len(folds.runs) == 48
    assert list(folds.trials["number"]) == list(range(8)) and set(folds.trials["repeats"]) == {6}
    assert list(folds.runs["fold"])[:6] == [0, 1, 2, 0, 1, 2]
    assert not folds.runs.duplicated(["trial", "repeat"]).any()
    assert "repeat" not in folds.trials and "number" not in folds.runs
    assert folds.sweep.trainings == 6


def test_the_combined_trials_are_those_of_the_spool(folds: SweepFrames):
    """The twin: the same outcomes, combined by the rule that the search and Optuna's mirror use."""
    state = SweepState()
    for row in folds.runs.to_dict("records"):
        plan = TrialPlan(row["trial"], {}, {}, Seeds(0, 0, 0), 20, repeat=row["repeat"], fold=row["fold"])
        state.add(Asked(plan, 1))
        values = [None if pd.isna(row[name]) else row[name] for name in ("value", "value_last", "best_epoch")]
        once = {} if pd.isna(row["test_loss"]) else {"test_loss": row["test_loss"]}
        seconds = {"train": row["seconds_train"]}
        ends = State(row["state"]), Reason(row["reason"])
        state.add(
            Outcome(
                row["trial"],
                *ends,
                *values,
                0 if pd.isna(row["epochs"]) else row["epochs"],
                seconds,
                2,
                once,
                repeat=row["repeat"],
            )
        )
    for found, row in zip(configurations(state.trials, 6), folds.trials.to_dict("records"), strict=True):
        outcome = found.outcome
        assert outcome is not None
        assert (row["number"], row["state"], row["reason"]) == (found.number, outcome.state, outcome.reason)
        assert row["epochs"] == outcome.epochs and row["seconds_train"] == pytest.approx(outcome.seconds["train"])
        assert row["spread"] == pytest.approx(found.spread)
        told = {"value": outcome.value, "value_last": outcome.last, "best_epoch": outcome.best_epoch}
        for name, value in {**told, "test_loss": outcome.metrics.get("test_loss")}.items():
            assert pd.isna(row[name]) if value is None else row[name] == pytest.approx(value), name


def test_what_is_measured_is_the_mean_over_repeats(read: Read):
    frames = read(Planted("two", [Trial(0, {}, FALLING), Trial(0, {}, LOW, reason="early_stop", repeat=1)]))
    [row] = frames.trials.to_dict("records")
    assert row["value"] == pytest.approx(0.35) and row["spread"] == pytest.approx(0.3 / math.sqrt(2))
    assert row["gap_best"] == pytest.approx((0.2 + 0.1) / 2) and row["gap_end"] == pytest.approx((0.5 + 0.1) / 2)
    assert row["given_back"] == pytest.approx(0.05)
    assert (row["best_epoch"], row["epochs"], row["epochs_wasted"]) == (2, 4, 0)
    assert row["seconds_train"] == pytest.approx(0.4)
    assert row["seconds_per_epoch"] == pytest.approx((0.2 / 3 + 0.2 / 4) / 2)
    assert (row["state"], row["reason"], row["gap_best_reason"], row["trial_value_reason"]) == ("COMPLETE", "finished", "", "")


@pytest.mark.parametrize(
    ("ends", "state", "reason"),
    [
        (["COMPLETE finished", "COMPLETE early_stop"], "COMPLETE", "finished"),
        (["COMPLETE finished", "PRUNED diverged"], "PRUNED", "diverged"),
        (["PRUNED diverged", "FAILED crashed"], "FAILED", "crashed"),
        (["FAILED crashed", "RUNNING "], "RUNNING", ""),
        (["PRUNED pruner"], "PRUNED", "pruner"),
    ],
)
def test_how_repeats_end_together(read: Read, ends: list[str], state: str, reason: str):
    runs = [Trial(0, {}, FALLING, *end.split(" "), repeat=repeat) for repeat, end in enumerate(ends)]
    [row] = read(Planted("ends", runs)).trials.to_dict("records")
    assert (row["state"], row["reason"]) == (state, reason)
    assert pd.isna(row["trial_value"]) == (state != "COMPLETE")


def test_while_repeats_are_to_come_a_trial_runs(read: Read):
    asked = Planted("live", [Trial(0, {}, FALLING)], tags={"sweeper.repeats": "3", "sweeper.folds": "1"}, status="RUNNING")
    frames = read(asked)
    assert list(frames.trials["state"]) == ["RUNNING"] and list(frames.runs["state"]) == ["COMPLETE"]
    assert frames.trials["value"].isna().all()
    over = read(replace(asked, name="over", status="FINISHED"))
    assert list(over.trials["state"]) == ["COMPLETE"]


def test_a_trial_whose_repeat_diverged_never_reaches_the_target(read: Read):
    runs = [Trial(0, {}, LOW), Trial(0, {}, DIVERGED, "PRUNED", "diverged", repeat=1)]
    frames = read(Planted("half", [*runs, *(Trial(1, {}, FALLING, repeat=repeat) for repeat in range(2))]))
    assert list(frames.trials["epochs_to_target_reason"]) == ["diverged", "budget"]
    assert list(frames.trials["best.val_loss"]) == [pytest.approx(0.45), pytest.approx(0.5)], (
        "though its mean passes the target"
    )
    assert list(frames.trials["diverged_epoch"].isna()) == [False, True]


def test_half_of_the_configurations_reach_the_common_target(folds: SweepFrames):
    ended = folds.trials[folds.trials["state"].isin(ENDED) & (folds.trials["reason"] != "diverged")]
    best = folds.trials.loc[folds.trials["state"].isin(ENDED), "best.val_loss"]
    reached = ended["best.val_loss"] <= best.median() * (1 + 1e-12)
    assert list(ended["epochs_to_target"].notna()) == list(reached) and reached.any() and not reached.all()


def test_the_report_counts_configurations_and_says_of_what_values_are_means(folds: SweepFrames, tmp_path: Path):
    report = write_report(folds, tmp_path / "out")
    text = re.sub(r"\s+", " ", report.markdown.read_text())
    best = folds.trials.loc[folds.trials["trial_value"].idxmin()]
    for said in (
        "8 trials on digits, each with 2 seeds x 3 folds: 48 trainings.",
        "- trials: **8** (6 complete, 1 diverged, 1 failed)",
        f"best validation loss: **{best['value']:.3f} ± {best['spread']:.4f}** (trial {best['number']}, adam,",
        "the mean of 2 seeds x 3 folds and their standard deviation.",
        "6 of 8 trials ran to their end; 1 diverged (a result, and counted) and 1 failed (missing data).",
        "Each was trained with 2 seeds x 3 folds (48 trainings), and its values are their means.",
        "digits, 1077 train + 360 validation + 360 test rows in the first of 3 folds, digest 5f0c83 - **Design**",
        "By the shape of their curves, of 6 complete trials",
        "of 7 trials reached it",
        "| adam | 4 | 3 | 0 |",
        "Values are means of 2 seeds x 3 folds ± their standard deviation.",
    ):
        assert said in text, said
    assert "once: how much of a difference" not in text, "how much a training repeats is known here"
    page = report.index.read_text()
    assert page.count("lowest to highest of 2 seeds x 3 folds") == 2 * 2, "a band in both panels, wide and narrow"
    assert len(pd.read_csv(tmp_path / "out" / "trials.csv")) == 8
    assert len(pd.read_parquet(tmp_path / "out" / "runs.parquet")) == 48
    for section in SECTIONS:
        assert not re.search(r"\bnan\b|<NA>|None", section_text(folds, section, 100))


@pytest.mark.parametrize(("seeds", "count", "words"), [(3, 1, "3 seeds"), (1, 4, "4 folds"), (2, 2, "2 seeds x 2 folds")])
def test_what_values_are_means_of(read: Read, seeds: int, count: int, words: str):
    assert Subject(read(repeated(blocks=1, seeds=seeds, folds=count))).averaged == words


def test_the_mean_curve_of_the_best_trial_is_drawn_with_its_band(folds: SweepFrames):
    subject = Subject(folds)
    best = subject.best
    assert best is not None
    curve = subject.curve(best)
    one = folds.epochs[(folds.epochs["trial"] == best["number"]) & (folds.epochs["metric"] == "val_loss")]
    by_epoch = one.groupby("epoch")["value"]
    assert list(curve["validation"]) == pytest.approx(list(by_epoch.mean()))
    assert list(curve["low"]) == list(by_epoch.min()) and list(curve["high"]) == list(by_epoch.max())
