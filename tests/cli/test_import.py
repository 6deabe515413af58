"""`sweep import`, and what the other commands say of such a sweep."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete

from sweeper.cli.main import sweep
from tests.cli.conftest import Cli
from tests.search.curves import evaluations, files, write


@pytest.fixture
def here(cli: Cli, home: Path) -> Path:
    """A folder that is a home with empty stores, and has both files."""
    with (
        contextlib.closing(sqlite3.connect(home / "mlflow.db")) as made,
        contextlib.closing(sqlite3.connect("mlflow.db")) as own,
    ):
        made.backup(own)
    files(Path())
    return Path()


USUAL = ("import", "curves.csv", "--parameters", "trials.csv", "--objective", "validation_ssim", "--maximize")


def test_a_sweep_is_imported_and_looked_at(cli: Cli, here: Path):
    made = cli(*USUAL, "--name", "knees", "--repeat", "study", "--compare", "optimizer", "--target", "0.9")
    assert made.exit_code == 0, made.output
    assert "knees: 6 trials (12 trainings), 168 evaluations: 6 complete" in made.stdout
    assert "sweep report knees" in made.stdout and "val_ssim (validation_ssim)" in made.stderr
    assert "imported   from curves.csv" in cli("status").stdout
    assert "knees" in cli("list").stdout
    table = cli("trials", "--top", "2").stdout
    assert "best step" in table and "epoch" not in table
    trial = cli("trial", "0").stdout
    assert "best step" in trial and "imported from curves.csv" in trial and "epoch" not in trial
    assert "at step" in cli("best").stdout
    assert json.loads(cli("best", "--json").stdout)["params"]["optimizer"] in ("adam", "sgd")
    refused = [cli("resume"), cli("best", "--space"), cli("refine")]
    assert [result.exit_code for result in refused] == [2, 2, 2] and all("imported" in result.stderr for result in refused)
    told = cli("report", "--section", "convergence").stdout
    assert "0.9, which was named" in told and "epoch" not in told


def test_a_dry_run_shows_what_the_columns_mean_and_writes_nothing(cli: Cli, here: Path):
    shown = cli(*USUAL, "--dry-run", "--json")
    assert json.loads(shown.stdout)["trial"] == "optimizer, study, trial"
    assert "left out" in cli(*USUAL, "--dry-run").stdout
    assert not Path(".sweeps").exists()


def test_json_is_one_value(cli: Cli, here: Path):
    made = json.loads(cli(*USUAL, "--json").stdout)
    assert made["trials"] == {"complete": 12, "pruned": 0, "failed": 0, "diverged": 0}
    assert (made["sweep"], made["trainings"], made["evaluations"]) == ("curves", 12, 168)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (("--step", "stepp"), "no column 'stepp'"),
        (("--metric", "val_loss"), "NAME=COLUMN"),
        (("--design", "fair"), "no design 'fair'"),
        (("--unit", "epochs"), "Did you mean 'epoch'"),
        (("--columns", "nowhere.yaml"), "does not exist"),
        (("--name", "a b"), "cannot be used"),
    ],
)
def test_bad_input_is_told_in_a_line(cli: Cli, here: Path, more: tuple[str, ...], words: str):
    refused = cli(*USUAL, *more)
    assert refused.exit_code == 2 and words in refused.stderr
    assert "There is no sweep here yet" in cli("list").stderr


def test_an_empty_file_is_told(cli: Cli, here: Path):
    Path("curves.csv").write_text("")
    assert "is empty" in cli(*USUAL).stderr
    write(Path("curves.csv"), ("optimizer", "trial", "step"), [row[:3] for row in evaluations()[:1]])
    assert cli(*USUAL).exit_code == 2


def test_options_complete():
    def offered(*typed: str) -> list[str]:
        return [item.value for item in ShellComplete(sweep, {}, "sweep", "_C").get_completions(list(typed[:-1]), typed[-1])]

    assert offered("im") == ["import"]
    assert offered("import", "c.csv", "--design", "") == ["unknown", "independent", "paired"]
    assert offered("import", "c.csv", "--unit", "s") == ["step", "second"]


def test_trials_are_sorted_by_a_metric_the_best_first_and_show_it(cli: Cli, here: Path):
    write(Path("c.csv"), ("run", "epoch", "val_loss", "val_accuracy"), [[n, 1, 0.1 * n, 0.1 * n + 0.05] for n in range(1, 7)])
    write(Path("p.csv"), ("run", "rate"), [[n, 0.5 * n] for n in range(1, 7)])
    assert cli("import", "c.csv", "--parameters", "p.csv", "--name", "six").exit_code == 0
    for key, best in (("val_accuracy", [5, 4, 3]), ("val_loss", [0, 1, 2]), ("value", [0, 1, 2]), ("rate", [0, 1, 2])):
        rows = json.loads(cli("trials", "--sort", key, "--top", "3", "--json").stdout)
        assert [row["number"] for row in rows] == best, key
    head, first, *_ = cli("trials", "--sort", "val_accuracy", "--top", "3").stdout.splitlines()
    assert "val_accuracy" in head and "0.65" in first
    assert cli("trials", "--sort", "val_loss").stdout.splitlines()[0].count("val_loss") == 1


def test_what_is_maximized_is_sorted_so_on_every_part(cli: Cli, here: Path):
    assert cli(*USUAL, "--name", "knees").exit_code == 0
    rows = json.loads(cli("trials", "--sort", "test_ssim", "--json").stdout)
    values = [row["metrics"]["test_ssim"] for row in rows]
    assert values == sorted(values, reverse=True) and values[0] > values[-1]
