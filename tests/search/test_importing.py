"""Curves from elsewhere: what their columns mean, what is refused, and the sweep that they become."""

from __future__ import annotations

import gzip
import math
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from mlflow.tracking import MlflowClient

from sweeper.errors import InputError, SpaceError, StoreError
from sweeper.records import State
from sweeper.reporting import read_sweep, section_text
from sweeper.reporting.frames import read_frames
from sweeper.reporting.statistics.pace import UNLIKE
from sweeper.reporting.statistics.pairs import CUT, UNKNOWN, pairs_of
from sweeper.reporting.statistics.speed import speed_of
from sweeper.reporting.statistics.verdict import NOT_ENOUGH
from sweeper.reporting.story.findings import findings
from sweeper.reporting.story.subject import Subject
from sweeper.reporting.story.tell import tell
from sweeper.search.deleting import delete_sweep, doomed
from sweeper.search.importing.request import ImportRequest, Said
from sweeper.search.importing.said import read_said, together
from sweeper.search.importing.sweep import import_curves, read_columns
from sweeper.search.resume import resume_sweep
from sweeper.search.settings import Settings
from sweeper.search.view import list_sweeps, open_sweep
from sweeper.tracking.home import Status, SweepFolder
from sweeper.tracking.mlflow_store import MlflowStore
from tests.search.curves import HEADER, evaluations, files, parameters, write

Ask = Callable[..., ImportRequest]


@pytest.fixture
def ask(tmp_path: Path, home: Path) -> Ask:
    """A request for the usual files, with other settings or other rows of curves."""

    def request(rows: list[list[object]] | None = None, header: tuple[str, ...] = HEADER, **settings: object) -> ImportRequest:
        curves, others = files(tmp_path, rows, header)
        usual = {"objective": "val_ssim", "maximize": True, "compare": ("optimizer",), "said": Said(repeat="study")}
        return ImportRequest(curves, others, home, **{**usual, **settings})

    return request


def nothing_is_left(home: Path) -> bool:
    """No sweep, no folder of one, and no run that anybody would be shown."""
    with pytest.raises(InputError, match="holds no sweep"):
        read_sweep(None, f"sqlite:///{home / 'mlflow.db'}")
    return list_sweeps(home).sweeps == () and not list((home / ".sweeps").glob("*"))


def test_columns_are_guessed(ask: Ask):
    meant = read_columns(ask())
    assert meant.trial == ("optimizer", "study", "trial") and meant.configuration == ("optimizer", "trial")
    assert (meant.step, meant.unit, meant.seconds, meant.parameters) == ("global_step", "step", "seconds", ("hparams",))
    assert meant.metrics == {
        "train_loss": "train_loss",
        "val_loss": "validation_loss",
        "val_ssim": "validation_ssim",
        "test_ssim": "test_ssim",
    }
    assert meant.left_out == ("note",)


def test_names_of_keras_and_of_tensorboard_are_known(tmp_path: Path, home: Path):
    rows = [[run, epoch, 0.5, 0.6, 0.7, 1e-3] for run in (1, 2) for epoch in (1, 2)]
    header = ("run", "Epoch", "loss", "val_loss", "Validation/accuracy", "learning_rate")
    others = write(tmp_path / "p.csv", ("run", "lr"), [[1, 0.1], [2, 0.2]])
    meant = read_columns(ImportRequest(write(tmp_path / "c.csv", header, rows), others, home))
    assert meant.unit == "epoch" and meant.seconds is None
    assert list(meant.metrics) == ["train_loss", "val_loss", "val_accuracy", "learning_rate"]


def test_what_is_said_wins_over_guesses(ask: Ask, tmp_path: Path):
    file = tmp_path / "columns.yaml"
    file.write_text("step: seconds\nunit: second\nmetrics: {train_eval_loss: train_loss}\nleave_out: test_ssim\n")
    said = together(Said(repeat="study"), read_said(file))
    meant = read_columns(ask(said=said))
    assert (meant.step, meant.unit, meant.repeat) == ("seconds", "second", "study")
    assert meant.metrics["train_eval_loss"] == "train_loss" and "train_loss" not in meant.metrics
    assert meant.left_out == ("global_step", "test_ssim", "note")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("stp: x\n", "Did you mean 'step'"),
        ("step: [a, b]\n", "one column's name was expected"),
        ("metrics: loss\n", "metrics with their columns"),
        ("- a\n", "the columns' meanings"),
    ],
)
def test_a_file_of_meanings_is_read_strictly(tmp_path: Path, text: str, words: str):
    file = tmp_path / "columns.yaml"
    file.write_text(text)
    with pytest.raises(SpaceError, match=words):
        read_said(file)


def test_a_sweep_is_made_that_everything_reads(ask: Ask, home: Path):
    made = import_curves(ask(target=0.9, data="knees"), lambda event: None)
    assert (made.sweep, made.trials, made.trainings, made.counts["complete"]) == ("curves", 6, 12, 6)
    sweep = open_sweep(home)
    assert (sweep.settings.unit, sweep.settings.imported, len(sweep.trials)) == ("step", "curves.csv", 6)
    assert len(sweep.trials[0].repeats) == 2 and sweep.trials[0].state is State.COMPLETE
    assert sweep.trials[0].params == {"optimizer": "adam", "trial": 1, "learning_rate": 0.001, "clip.norm": 1.0, "warm": True}
    frames = read_sweep("curves", f"sqlite:///{home / 'mlflow.db'}")
    assert (frames.sweep.unit, frames.sweep.target, frames.sweep.design) == ("step", 0.9, "unknown")
    assert frames.sweep.searched == ("optimizer", "learning_rate") and frames.sweep.fixed["clip.norm"] == "1.0"
    assert frames.sweep.data == {"name": "knees"} and len(frames.runs) == 12
    best = sweep.best
    assert best is not None and best.value == pytest.approx(frames.trials["trial_value"].max())


def test_every_repeat_of_a_configuration_has_the_mean_of_all(ask: Ask, home: Path):
    import_curves(ask(), lambda event: None)
    client = MlflowClient(f"sqlite:///{home / 'mlflow.db'}")
    runs = client.search_runs([client.get_experiment_by_name("sweeper").experiment_id], "tags.`sweeper.trial` = '0'")
    values = [run.data.metrics["objective"] for run in runs]
    assert len(values) == 2 and values[0] != values[1]
    for run in runs:
        assert run.data.metrics["objective_mean"] == pytest.approx(sum(values) / 2)
        history = client.get_metric_history(run.info.run_id, "objective_mean")
        assert len(history) == 1, "written once, when all are known"


def test_steps_and_seconds_to_the_target_are_those_of_the_file(ask: Ask, home: Path):
    target = 0.9
    import_curves(ask(target=target), lambda event: None)
    rows = pd.DataFrame(evaluations(), columns=list(HEADER))
    hit = rows[rows["validation_ssim"] >= target].groupby(["optimizer", "trial", "study"])[["global_step", "seconds"]].first()
    runs = read_sweep("curves", f"sqlite:///{home / 'mlflow.db'}").runs
    runs = runs.assign(study="study_" + runs["repeat"].astype(str)).set_index(["params.optimizer", "params.trial", "study"])
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


def test_the_test_part_is_kept_at_the_best_step_alone(ask: Ask, home: Path):
    import_curves(ask(), lambda event: None)
    frames = read_sweep("curves", f"sqlite:///{home / 'mlflow.db'}")
    rows = pd.DataFrame(evaluations(), columns=list(HEADER))
    best = rows.loc[rows.groupby(["optimizer", "trial", "study"], sort=False)["validation_ssim"].idxmax()]
    assert sorted(frames.runs["test_ssim"]) == pytest.approx(sorted(best["test_ssim"]))
    assert not frames.epochs["metric"].str.startswith("test_").any()


def test_parquet_and_compressed_files_give_the_same(ask: Ask, tmp_path: Path, home: Path):
    request = ask()
    frame = pd.read_csv(request.curves)
    frame.to_parquet(tmp_path / "c.parquet")
    with gzip.open(tmp_path / "c.csv.gz", "wt") as text:
        text.write(request.curves.read_text())
    found = []
    for place, file in enumerate((request.curves, tmp_path / "c.parquet", tmp_path / "c.csv.gz")):
        import_curves(
            ImportRequest(file, request.parameters, home, request.said, f"n{place}", "val_ssim", True), lambda event: None
        )
        found.append(read_sweep(f"n{place}", f"sqlite:///{home / 'mlflow.db'}").epochs.drop(columns="time"))
    pd.testing.assert_frame_equal(found[0], found[1])
    pd.testing.assert_frame_equal(found[0], found[2])


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


def test_blank_cells_of_the_objective_are_told_with_the_word_for_a_divergence(ask: Ask, home: Path):
    rows = evaluations()
    for row in (*rows[10:14], rows[20]):
        row[7] = ""
    notes = []
    import_curves(ask(rows, said=Said()), lambda event: notes.append(getattr(event, "text", "")))
    [told] = [note for note in notes if "blank" in note]
    assert told.startswith("5 cells of the objective ('validation_ssim') are blank, first in curves.csv, line 12, of trial ")
    assert "trial '1', trial optimizer" in told and "written as nan" in told and "na_rep='nan'" in told
    frames = read_frames(None, f"sqlite:///{home / 'mlflow.db'}")
    said = section_text(frames, "run", 2000) + section_text(frames, "convergence", 2000)
    assert "12 of 12 trials have a value of the objective; whether each ran to its end is not recorded." in said
    assert "ended before others did, without reaching it" in said
    assert "ran to their end" not in said and "stopped early" not in said


def test_a_file_without_blanks_has_no_remark_on_them(ask: Ask, home: Path):
    notes: list[str] = []
    import_curves(ask(said=Said()), lambda event: notes.append(getattr(event, "text", "")))
    assert not [note for note in notes if "blank" in note]


def test_a_trial_without_any_value_is_missing_data(ask: Ask, home: Path):
    rows = evaluations()
    for row in rows[:14]:
        row[7] = ""
    made = import_curves(ask(rows, said=Said()), lambda event: None)
    assert made.counts["failed"] == 1 and "no value of val_ssim" in open_sweep(home).trials[0].message


def renamed(column: int, name: str) -> tuple[str, ...]:
    return tuple(name if place == column else known for place, known in enumerate(HEADER))


BAD = [
    ("an unknown column", {"said": Said(step="globalstep2")}, "Did you mean 'global_step'"),
    ("an unknown repeat", {"said": Said(repeat="studdy")}, "Did you mean 'study'"),
    ("an unknown objective", {"objective": "val_sim"}, "Did you mean 'val_ssim'"),
    ("a training objective", {"objective": "train_loss"}, "no validation metric"),
    ("no direction", {"maximize": None}, "--maximize"),
    ("an unknown parameter", {"compare": ("optimiser",)}, "Did you mean 'optimizer'"),
    ("an infinite target", {"target": math.inf}, "no number"),
    ("pairs without blocks", {"design": "paired"}, "--block"),
    ("another design", {"design": "fair"}, "Designs are"),
    ("draws that are no draws", {"design": "independent", "said": Said()}, "--repeat study"),
    ("no step", {"header": renamed(3, "count")}, "--step COLUMN"),
    ("a column twice", {"header": renamed(5, "val_loss")}, "would both be val_loss"),
    ("no keys", {"header": ("a", "b", "c", *HEADER[3:])}, "share no column"),
]


@pytest.mark.parametrize(("settings", "words"), [pytest.param(*case[1:], id=case[0]) for case in BAD])
def test_bad_requests_are_refused_and_leave_nothing(ask: Ask, home: Path, settings: dict[str, object], words: str):
    with pytest.raises(InputError, match=words):
        import_curves(ask(**settings), lambda event: None)
    assert nothing_is_left(home)


def cell(row: int, column: int, value: object) -> Callable[[list[list[object]]], None]:
    def change(rows: list[list[object]]) -> None:
        rows[row][column] = value

    return change


SPOILED = [
    ("a row twice", lambda rows: rows.append(list(rows[0])), "line 170.*has step 1 already"),
    ("text in a metric", cell(4, 6, "oops"), "line 6: column 'validation_loss' has 'oops'"),
    ("a decimal comma", cell(4, 6, "0,5"), "decimals have a point"),
    ("half a step", cell(4, 3, 7.5), "whole number"),
    ("no step", cell(4, 3, ""), "whole number"),
    ("seconds that fall", cell(4, 4, 0.5), "do not fall"),
    ("a trial without parameters", cell(4, 2, 9), "no row for trial optimizer 'adam', study 'study_0', trial '9'"),
    ("parameters without a trial", lambda rows: rows.__delitem__(slice(0, 14)), "no curve of trial optimizer 'adam'"),
    ("nothing at all", lambda rows: rows.clear(), "no rows"),
    ("a row too long", lambda rows: rows[2].append(1), "line 4: 11 cells"),
]


@pytest.mark.parametrize(("spoil", "words"), [pytest.param(*case[1:], id=case[0]) for case in SPOILED])
def test_bad_curves_are_refused_and_leave_nothing(ask: Ask, home: Path, spoil: Callable[..., None], words: str):
    rows = evaluations()
    spoil(rows)
    with pytest.raises(InputError, match=words):
        import_curves(ask(rows), lambda event: None)
    assert nothing_is_left(home)


@pytest.mark.parametrize("name", ["c.csv.gz", "c.csv", "c.parquet"])
def test_damaged_files_are_told(ask: Ask, tmp_path: Path, home: Path, name: str):
    whole = gzip.compress(("trial,step,val_loss\n" + "".join(f"{row},{row % 7},0.5\n" for row in range(5000))).encode())
    for damaged in (whole[:900], whole[:300] + b"\xff" * 40 + whole[340:], b"\xff\xfe\x00", b"PAR1"):
        (tmp_path / name).write_bytes(damaged)
        with pytest.raises(InputError, match=r"cannot be read|not UTF-8|no rows|is empty"):
            import_curves(replace(ask(), curves=tmp_path / name), lambda event: None)
    assert nothing_is_left(home)


def test_repeats_have_the_same_parameters(ask: Ask, home: Path):
    request = ask()
    rows = parameters()
    rows[3][3] = '{"learning_rate": 0.5}'
    write(request.parameters, ("optimizer", "study", "trial", "hparams"), rows)
    with pytest.raises(InputError, match=r"trials.csv, line 5: 'learning_rate' differs from trials.csv, line 2"):
        import_curves(request, lambda event: None)
    rows[3][3] = "{learning_rate"
    write(request.parameters, ("optimizer", "study", "trial", "hparams"), rows)
    with pytest.raises(InputError, match="line 5: column 'hparams' holds no JSON"):
        import_curves(request, lambda event: None)


def test_a_name_that_is_taken_is_refused_or_numbered(ask: Ask):
    assert import_curves(ask(), lambda event: None).sweep == "curves"
    assert import_curves(ask(), lambda event: None).sweep == "curves-2"
    with pytest.raises(InputError, match="already taken"):
        import_curves(ask(name="curves"), lambda event: None)


def test_a_store_that_fails_half_way_keeps_nothing(ask: Ask, home: Path, monkeypatch: pytest.MonkeyPatch):
    log, calls = MlflowStore.log, []

    def failing(self, *arguments, **more):
        calls.append(arguments)
        if len(calls) == 5:
            raise StoreError("the disk is full")
        return log(self, *arguments, **more)

    monkeypatch.setattr(MlflowStore, "log", failing)
    with pytest.raises(StoreError, match="full"):
        import_curves(ask(), lambda event: None)
    assert nothing_is_left(home)


def test_the_last_word_that_cannot_be_written_keeps_nothing(ask: Ask, home: Path, monkeypatch: pytest.MonkeyPatch):
    save = Settings.save

    def failing(self: Settings, folder: SweepFolder) -> None:
        if self.status == Status.FINISHED:
            raise StoreError("the disk is full")
        save(self, folder)

    monkeypatch.setattr(Settings, "save", failing)
    with pytest.raises(StoreError, match="full"):
        import_curves(ask(), lambda event: None)
    assert nothing_is_left(home)


def test_what_a_store_does_not_take_back_can_be_deleted_later(ask: Ask, home: Path, monkeypatch: pytest.MonkeyPatch):
    def fail(*arguments: object) -> None:
        raise StoreError("the server is gone")

    with monkeypatch.context() as patch:
        patch.setattr(MlflowStore, "bring_to_disk", fail)
        patch.setattr(MlflowStore, "discard_sweep", fail)
        with pytest.raises(StoreError, match="sweep delete curves"):
            import_curves(ask(), lambda event: None)
    assert [sweep.status for sweep in list_sweeps(home).sweeps] == [Status.UNFINISHED]
    assert delete_sweep(home, doomed(home, "curves")) == 13
    assert nothing_is_left(home)


KILLED = """
import os, signal, sys
from pathlib import Path
from sweeper.search.importing.request import ImportRequest, Said
from sweeper.search.importing.sweep import import_curves
from sweeper.tracking.mlflow_store import MlflowStore

calls, method = [], MlflowStore.{method}

def killing(self, *arguments, **more):
    calls.append(arguments)
    if len(calls) == {call}:
        os.kill(os.getpid(), signal.SIGKILL)
    return method(self, *arguments, **more)

MlflowStore.{method} = killing
request = ImportRequest(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), Said(repeat="study"), None, "val_ssim", True)
import_curves(request, lambda event: None)
"""


@pytest.mark.parametrize(("method", "call"), [("begin", 1), ("log", 7), ("bring_to_disk", 2)])
def test_of_an_import_that_is_killed_delete_and_the_next_import_leave_nothing(ask: Ask, home: Path, method: str, call: int):
    request = ask()
    for clean in ("delete", "import"):
        code = KILLED.format(method=method, call=call)
        files = [str(file) for file in (request.curves, request.parameters, home)]
        assert subprocess.run([sys.executable, "-c", code, *files]).returncode == -signal.SIGKILL
        assert [sweep.status for sweep in list_sweeps(home).sweeps] == [Status.UNFINISHED]
        with pytest.raises(InputError, match="was broken off"):
            resume_sweep(home, None, 0, lambda event: None)
        if clean == "delete":
            delete_sweep(home, doomed(home, "curves"))
            assert nothing_is_left(home)
    notes: list[object] = []
    assert import_curves(request, notes.append).sweep == "curves"
    assert any("import or deletion was broken off" in str(note) for note in notes)
    client = MlflowClient(f"sqlite:///{home / 'mlflow.db'}")
    assert len(client.search_runs([client.get_experiment_by_name("sweeper").experiment_id])) == 13


def test_names_and_cells_are_data(ask: Ask, tmp_path: Path, home: Path):
    wild = ["<script>alert(1)</script>", "a,b", "line\nbreak", '=cmd|"/c calc"!A1']
    rows = [[name, step, 1 / step] for name in wild for step in range(1, 12)]
    curves = write(tmp_path / "<b>.csv", ("who", "step", "val_loss"), rows)
    others = write(tmp_path / "p.csv", ("who", "<i>,é", "=x"), [[name, place, name] for place, name in enumerate(wild)])
    made = import_curves(ImportRequest(curves, others, home, name="wild", compare=("who",)), lambda event: None)
    assert made.counts["complete"] == 4
    assert [trial.params["who"] for trial in open_sweep(home).trials] == wild
    assert set(open_sweep(home).trials[0].params) == {"who", "_i___", "_x"}
    read_sweep("wild", f"sqlite:///{home / 'mlflow.db'}")


def test_an_imported_sweep_cannot_be_resumed(ask: Ask, home: Path):
    import_curves(ask(), lambda event: None)
    with pytest.raises(InputError, match="imported from curves"):
        resume_sweep(home, None, 0, lambda event: None)
