"""The sweep that curves from elsewhere become."""

from __future__ import annotations

import gzip
import math
import shutil
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from mlflow.tracking import MlflowClient

from sweeper.errors import InputError
from sweeper.records import State
from sweeper.reporting import SweepFrames, read_sweep, section_text
from sweeper.reporting.frames import read_frames
from sweeper.reporting.statistics.pace import UNLIKE
from sweeper.reporting.statistics.pairs import CUT, UNKNOWN, pairs_of
from sweeper.reporting.statistics.speed import speed_of
from sweeper.reporting.statistics.verdict import NOT_ENOUGH
from sweeper.reporting.story.findings import findings
from sweeper.reporting.story.subject import Subject
from sweeper.reporting.story.tell import tell
from sweeper.search.importing.request import Said
from sweeper.search.importing.sweep import import_curves
from sweeper.search.resume import resume_sweep
from sweeper.search.view import open_sweep
from tests.search.curves import HEADER, evaluations
from tests.search.importing.conftest import Ask, requested

TARGET = 0.9


@pytest.fixture(scope="module")
def imported(stores: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home into which the usual files were imported. Read it, do not write to it."""
    folder = tmp_path_factory.mktemp("imported")
    shutil.copy(stores / "mlflow.db", folder)
    made = import_curves(requested(folder, folder, target=TARGET, data="knees"), lambda event: None)
    assert (made.sweep, made.trials, made.trainings, made.counts["complete"]) == ("curves", 6, 12, 6)
    return folder


@pytest.fixture(scope="module")
def frames(imported: Path) -> SweepFrames:
    return read_sweep("curves", f"sqlite:///{imported / 'mlflow.db'}")


def test_a_sweep_is_made_that_everything_reads(imported: Path, frames: SweepFrames):
    sweep = open_sweep(imported)
    assert (sweep.settings.unit, sweep.settings.imported, len(sweep.trials)) == ("step", "curves.csv", 6)
    assert len(sweep.trials[0].repeats) == 2 and sweep.trials[0].state is State.COMPLETE
    assert sweep.trials[0].params == {"optimizer": "adam", "trial": 1, "learning_rate": 0.001, "clip.norm": 1.0, "warm": True}
    assert (frames.sweep.unit, frames.sweep.target, frames.sweep.design) == ("step", TARGET, "unknown")
    assert frames.sweep.searched == ("optimizer", "learning_rate") and frames.sweep.fixed["clip.norm"] == "1.0"
    assert frames.sweep.data == {"name": "knees"} and len(frames.runs) == 12
    best = sweep.best
    assert best is not None and best.value == pytest.approx(frames.trials["trial_value"].max())


def test_every_repeat_of_a_configuration_has_the_mean_of_all(imported: Path):
    client = MlflowClient(f"sqlite:///{imported / 'mlflow.db'}")
    runs = client.search_runs([client.get_experiment_by_name("sweeper").experiment_id], "tags.`sweeper.trial` = '0'")
    values = [run.data.metrics["objective"] for run in runs]
    assert len(values) == 2 and values[0] != values[1]
    for run in runs:
        assert run.data.metrics["objective_mean"] == pytest.approx(sum(values) / 2)
        history = client.get_metric_history(run.info.run_id, "objective_mean")
        assert len(history) == 1, "written once, when all are known"


def test_steps_and_seconds_to_the_target_are_those_of_the_file(frames: SweepFrames):
    rows = pd.DataFrame(evaluations(), columns=list(HEADER))
    hit = rows[rows["validation_ssim"] >= TARGET].groupby(["optimizer", "trial", "study"])[["global_step", "seconds"]].first()
    runs = frames.runs.assign(study="study_" + frames.runs["repeat"].astype(str))
    runs = runs.set_index(["params.optimizer", "params.trial", "study"])
    assert 0 < len(hit) < len(runs) and runs["epochs_to_target"].notna().sum() == len(hit)
    for key, row in hit.iterrows():
        assert runs.loc[key, "epochs_to_target"] == row["global_step"]
        assert runs.loc[key, "seconds_to_target"] == row["seconds"]


def test_over_seconds_every_evaluation_is_kept(ask: Ask, home: Path):
    rows = evaluations()
    rows[1][4], rows[2][4], rows[3][4] = 70.1, 70.2, 70.4
    made = import_curves(ask(rows, said=Said(step="seconds", unit="second")), lambda event: None)
    assert made.evaluations == len(rows)
    trial = open_sweep(home).trial(0)
    assert trial is not None
    assert [second for second, _ in trial.curves["val_ssim"]][:5] == [4, 70, 71, 72, round(rows[4][4])]
    assert [seconds for _, seconds in trial.curves["training_seconds"]][:4] == [3.5, 70.1, 70.2, 70.4]


def test_a_report_says_no_more_than_the_design_permits(ask: Ask, home: Path):
    pairs = {}
    for design, said in (("unknown", Said()), ("independent", Said(repeat="study")), ("paired", Said(block="study_trial"))):
        rows = [[*row, f"{row[1]}-{row[2]}"] for row in evaluations()]
        import_curves(ask(rows, (*HEADER, "study_trial"), design=design, said=said, name=design), lambda event: None)
        pairs[design] = pairs_of(read_frames(design, f"sqlite:///{home / 'mlflow.db'}")).iloc[0]
    assert (pairs["unknown"]["why"], pairs["unknown"]["verdict"]) == (UNKNOWN, NOT_ENOUGH)
    assert (pairs["independent"]["design"], pairs["independent"]["n_a"]) == ("independent", 3)
    assert (pairs["paired"]["design"], pairs["paired"]["n_a"]) == ("paired", 6)


def test_trainings_that_were_stopped_at_the_target_are_not_compared_by_their_values(ask: Ask, home: Path):
    target, rows, over = 0.9, [], set()
    for row in evaluations():
        if tuple(row[:3]) not in over:
            rows.append(row)
        if row[7] >= target:
            over.add(tuple(row[:3]))
    import_curves(ask(rows, target=target, design="independent"), lambda event: None)
    frames = read_frames("curves", f"sqlite:///{home / 'mlflow.db'}")
    assert set(frames.runs["reason"]) == {"target", "finished"} and len(over) == (frames.runs["reason"] == "target").sum()
    assert set(pairs_of(frames)["why"]) == {CUT}
    told = section_text(frames, "winner", 400)
    assert "cannot be said, for trials were stopped" in told and "chance" not in told.split("\n")[1]
    for section in ("importance", "budget"):
        assert CUT in section_text(frames, section, 400)
    assert any("end at that very evaluation" in caution for caution in tell(Subject(frames), ()).cautions)
    opening = tell(Subject(frames), findings(Subject(frames))).conclusions
    assert sum(CUT in one.sentence for one in opening) == 1, "the reason is told once"


def test_steps_that_count_different_things_are_told(ask: Ask, home: Path):
    rows = evaluations()
    for row in rows:
        row[3] = row[3] * 50 if row[0] == "adam" else row[3]
    import_curves(ask(rows, design="independent"), lambda event: None)
    frames = read_frames("curves", f"sqlite:///{home / 'mlflow.db'}")
    assert any("steps do not count the same thing" in caution for caution in tell(Subject(frames), ()).cautions)
    assert set(speed_of(frames)["why"]) == {UNLIKE} and set(pairs_of(frames)["why"]) == {""}
    speed = section_text(frames, "convergence", 400)
    assert f"No choice is called faster: {UNLIKE}." in speed and "Seconds to" in speed
    assert "Mean to" not in speed and "means and ratios" not in speed and "ended before others did" not in speed
    assert f"the ranking holds is not said: {UNLIKE}." in section_text(frames, "budget", 400)


def test_the_test_part_is_kept_at_the_best_step_alone(frames: SweepFrames):
    rows = pd.DataFrame(evaluations(), columns=list(HEADER))
    best = rows.loc[rows.groupby(["optimizer", "trial", "study"], sort=False)["validation_ssim"].idxmax()]
    assert sorted(frames.runs["test_ssim"]) == pytest.approx(sorted(best["test_ssim"]))
    assert not frames.epochs["metric"].str.startswith("test_").any()


def test_parquet_and_compressed_files_give_the_same(ask: Ask, tmp_path: Path, home: Path, frames: SweepFrames):
    request = ask()
    pd.read_csv(request.curves).to_parquet(tmp_path / "c.parquet")
    with gzip.open(tmp_path / "c.csv.gz", "wt") as text:
        text.write(request.curves.read_text())
    for name in ("c.parquet", "c.csv.gz"):
        made = import_curves(replace(request, curves=tmp_path / name), lambda event: None)
        found = read_sweep(made.sweep, f"sqlite:///{home / 'mlflow.db'}")
        pd.testing.assert_frame_equal(found.epochs.drop(columns="time"), frames.epochs.drop(columns="time"))


def test_what_is_not_finite_is_a_divergence_and_a_blank_is_none(ask: Ask, home: Path):
    rows = evaluations()
    rows[3][7], rows[16][7], rows[17][7] = "nan", "", "inf"
    made = import_curves(ask(rows, said=Said()), lambda event: None)
    assert made.counts == {"complete": 10, "pruned": 0, "failed": 0, "diverged": 2}
    trial = open_sweep(home).trial(0)
    assert trial is not None and trial.reason == "diverged" and trial.best_epoch == rows[2][3]
    assert math.isnan(dict(trial.curves["val_ssim"])[rows[3][3]])
    other = open_sweep(home).trial(1)
    assert other is not None and rows[16][3] not in dict(other.curves["val_ssim"])


def test_a_trial_without_any_value_is_missing_data(ask: Ask, home: Path):
    rows = evaluations()
    for row in rows[:14]:
        row[7] = ""
    made = import_curves(ask(rows, said=Said()), lambda event: None)
    assert made.counts["failed"] == 1 and "no value of val_ssim" in open_sweep(home).trials[0].message


def test_a_name_that_is_taken_is_refused_or_numbered(ask: Ask):
    assert import_curves(ask(), lambda event: None).sweep == "curves"
    assert import_curves(ask(), lambda event: None).sweep == "curves-2"
    with pytest.raises(InputError, match="already taken"):
        import_curves(ask(name="curves"), lambda event: None)


def test_an_imported_sweep_cannot_be_resumed(imported: Path):
    with pytest.raises(InputError, match="imported from curves"):
        resume_sweep(imported, None, 0, lambda event: None)
