"""What the columns of a file mean: guessed, or said."""

from __future__ import annotations

from pathlib import Path

import pytest

from sweeper.errors import SpaceError
from sweeper.reporting import read_sweep, section_text
from sweeper.reporting.frames import read_frames
from sweeper.search.importing.request import ImportRequest, Said
from sweeper.search.importing.said import read_said, together
from sweeper.search.importing.sweep import import_curves, read_columns
from sweeper.search.view import open_sweep
from tests.search.curves import evaluations, write
from tests.search.importing.conftest import Ask


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
