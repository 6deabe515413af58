"""`run`, `resume` and what they print, with workers that only pretend."""

from __future__ import annotations

import json
import statistics
from pathlib import Path

import pytest

from tests.cli.conftest import Cli

RUN = ("--workers", 1, "--device", "cpu")


def everything_in(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*"))


@pytest.mark.usefixtures("fake_training", "undrawn")
def test_a_run_prints_its_result_on_stdout_and_its_progress_on_stderr(cli: Cli, space: Path) -> None:
    result = cli("run", space, *RUN, "--trials", 3)
    assert result.exit_code == 0
    assert "starting 1 worker" in result.stderr
    assert "runs go to sqlite:///" in result.stderr
    assert "3 of 3 trials (3 complete)" in result.stderr
    first, best, *rest = result.stdout.splitlines()
    assert first.startswith("3 trials in ")
    assert "val_loss" in best
    assert any(line.startswith("  report     reports/tiny/index.html") for line in rest)
    assert Path("reports/tiny/index.html").is_file()


@pytest.mark.usefixtures("fake_training")
def test_a_run_as_json_is_what_the_documentation_says(cli: Cli, space: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    result = cli("run", space, *RUN, "--no-report", "--json", "--home", home)
    said = json.loads(result.stdout)
    assert list(said) == ["sweep", "home", "trials", "best", "seconds", "report", "mlflow", "optuna"]
    assert (said["sweep"], said["home"], said["report"]) == ("tiny", str(home), None)
    assert said["trials"] == {"complete": 4, "pruned": 0, "failed": 0, "diverged": 0}
    assert list(said["best"]) == ["trial", "value", "epoch", "params"]
    assert list(said["mlflow"]) == ["tracking_uri", "experiment_id", "run_id"]
    assert said["optuna"] == {"storage": f"sqlite:///{home / 'optuna.db'}", "study_name": "tiny"}
    assert not (home / "reports").exists()

    more = cli("resume", "--trials", "+2", "--no-report", "--json", "--home", home)
    assert json.loads(more.stdout)["trials"]["complete"] == 6


@pytest.mark.usefixtures("fake_training")
def test_a_trial_that_failed_is_status_1_and_its_message_is_found(
    cli: Cli, space: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE_BEHAVIOUR", '{"2": "error"}')
    result = cli("run", space, *RUN, "--no-report")
    assert result.exit_code == 1
    assert "next       sweep trials tiny" in result.stdout
    assert "  failed     trial 2   model.py:3: ValueError: no" in result.stdout
    trial = cli("trial", 2)
    assert "FAILED (error)" in trial.stdout
    assert "model.py:3: ValueError: no" in trial.stdout
    assert cli("trial", 2, "--log").exit_code == 0


def test_a_sampler_is_found_by_the_name_that_others_give_it(cli: Cli) -> None:
    assert "Did you mean 'tpe'?" in cli("run", "digits_mlp", "--sampler", "bayes").stderr


@pytest.mark.parametrize(
    "wrong",
    [
        ["no_such_space"],
        ["digits_mpl"],
        ["digits_mlp", "--sampler", "tpee"],
        ["digits_mlp", "--pruner", "ashha"],
        ["digits_mlp", "--time", "0,5h"],
        ["digits_mlp", "--trials", "0"],
        ["digits_mlp", "--until", "nan"],
        ["digits_mlp", "--device", "tpu"],
        ["digits_mlp", "--set", "optimizer.adam.lr=0.1"],
        ["digits_mlp", "--set", "budget.trials"],
        ["digits_mlp", "--name", "../up"],
        ["digits_mlp", "--lanes", "0"],
        ["digits_mlp", "--lanes", "many"],
        [],
    ],
)
@pytest.mark.parametrize("dry", [[], ["--dry-run"]])
def test_bad_input_is_status_2_and_leaves_nothing_behind(cli: Cli, wrong: list[str], dry: list[str]) -> None:
    if dry and "--name" in wrong:
        pytest.skip("a dry run needs no name")
    result = cli("run", *wrong, *dry)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr
    assert everything_in(Path()) == []


def test_a_dry_run_shows_the_first_trials_and_writes_nothing(cli: Cli) -> None:
    result = cli("run", "digits_optimizers", "--dry-run", "--trials", 5)
    assert result.exit_code == 0
    assert "compare      optimizer: sgd" in result.stdout
    assert result.stdout.rstrip().splitlines()[-1].startswith("    4  paired")
    assert everything_in(Path()) == []


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_a_dry_run_looks_whether_the_data_are_there(cli: Cli, form: list[str]) -> None:
    Path("rows.csv").write_text("a,b\n1,2\n")
    Path("own.yaml").write_text("data: {csv: {file: rows.csv, target: c}}\nmodel: mlp\nbudget: {trials: 2}\n")
    refused = cli("run", "own.yaml", "--dry-run", *form)
    assert (refused.exit_code, refused.stdout) == (2, "") and "rows.csv has no column 'c'" in refused.stderr
    Path("rows.csv").unlink()
    assert "There is no file 'rows.csv'" in cli("run", "own.yaml", "--dry-run", *form).stderr


def test_a_grid_is_told_with_as_many_trials_as_it_has_and_the_baseline(cli: Cli) -> None:
    grid = "model: {mlp: {layers: {choice: [8, 16]}, activation: {choice: [relu, tanh]}}}\nsearch: {sampler: grid}\n"
    Path("own.yaml").write_text(f"data: digits\n{grid}budget: {{trials: 60, epochs: 3}}\n")
    for command in (("run", "own.yaml", "--dry-run"), ("show", "own.yaml")):
        told = cli(*command).stdout
        assert "5 trials x 3 epochs" in told and "60" not in told
    assert "2 trials x 3 epochs" in cli("show", "own.yaml", "--set", "budget.trials=2").stdout


def test_a_dry_run_draws_what_the_sweep_draws(cli: Cli, home: Path, space: Path) -> None:
    drawn = json.loads(cli("run", space, "--dry-run", "--json").stdout)
    tried = json.loads(cli("trials", "--json", "--home", home).stdout)
    assert [trial["params"] for trial in drawn] == [trial["params"] for trial in tried]


def test_a_dry_run_of_a_sampler_that_learns_shows_what_it_draws_before(cli: Cli) -> None:
    drawn = json.loads(cli("run", "digits_mlp", "--dry-run", "--json").stdout)
    assert [trial["phase"] for trial in drawn] == ["baseline"] + ["startup"] * 7


@pytest.mark.usefixtures("fake_training")
def test_trials_that_fail_alike_end_the_sweep_with_its_result_as_json(
    cli: Cli, space: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE_BEHAVIOUR", json.dumps({str(number): "error" for number in range(4)}))
    result = cli("run", space, *RUN, "--json")
    assert result.exit_code == 1
    said = json.loads(result.stdout)
    assert (said["trials"]["failed"], said["trials"]["complete"], said["best"], said["report"]) == (3, 0, None, None)
    assert "failed alike" in result.stderr


@pytest.mark.parametrize("dry", [[], ["--dry-run"]])
def test_a_back_end_that_is_not_installed_is_named_with_the_extra(
    cli: Cli, space: Path, monkeypatch: pytest.MonkeyPatch, dry: list[str]
) -> None:
    monkeypatch.setattr("sweeper.search.extras.find_spec", lambda name: None if name == "jax" else object())
    result = cli("run", space, *RUN, "--backend", "jax", *dry)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "pip install 'sweeper[jax]'" in result.stderr
    assert everything_in(Path()) == []


@pytest.mark.usefixtures("fake_training")
def test_a_sweep_with_repeats_in_lanes_from_run_to_trial(cli: Cli, space: Path) -> None:
    run = cli("run", space, *RUN, "--lanes", 2, "--set", "budget.repeats=3", "--no-report", "--json")
    assert json.loads(run.stdout)["trials"] == {"complete": 4, "pruned": 0, "failed": 0, "diverged": 0}
    assert "4 trials of 3 epochs, each trained 3 times" in run.stderr
    trials = json.loads(cli("trials", "--json").stdout)
    assert [trial["number"] for trial in trials] == [0, 1, 2, 3]
    for trial in trials:
        values = [repeat["value"] for repeat in trial["repeats"]]
        assert list(trial["repeats"][0]) == ["repeat", "fold", "value", "state", "best_epoch", "epochs", "seconds"]
        assert trial["value"] == pytest.approx(statistics.mean(values))
        assert trial["spread"] == pytest.approx(statistics.stdev(values))
    assert trials[0]["metrics"]["test_loss"] == pytest.approx(trials[0]["value"] + 0.5)
    header = cli("trials", "--csv", "-").stdout.splitlines()[0]
    assert header.startswith("number,state,reason,value,best_epoch,epochs,seconds,spread,params.")
    assert "repeats" not in header
    one = cli("trial", 1).stdout
    assert "over 3 trainings" in one
    assert "repeat 2: " in one
    assert " \u00b1 " in cli("best").stdout
    status = cli("status").stdout
    assert "2 structures, 2 programs compiled in 1.0 s, 10 trainings found theirs" in status
    assert "lanes      2 lanes for 2 structures" in status
    programs = json.loads(cli("status", "--json").stdout)["programs"]
    assert programs == {
        "structures": 2,
        "compiled": 2,
        "seconds": 1.0,
        "found": 10,
        "lanes": [{"lanes": 2, "structures": 2, "why": ""}],
    }


@pytest.mark.usefixtures("fake_training")
def test_more_trials_are_right_in_the_tags_though_params_cannot_change(cli: Cli, space: Path) -> None:
    from tests.search.inspecting import runs

    cli("run", space, *RUN, "--no-report")
    assert cli("resume", "--trials", "+2", "--no-report").exit_code == 0
    [parent] = runs(Path(), "sweep")
    assert (parent.data.params["budget.trials"], parent.data.tags["sweeper.trials"]) == ("4", "6")


@pytest.mark.usefixtures("fake_training")
def test_one_sweep_that_cannot_be_read_hides_no_other(cli: Cli, space: Path) -> None:
    for name in ("a", "b", "c"):
        assert cli("run", space, *RUN, "--trials", 1, "--name", name, "--no-report").exit_code == 0
    Path(".sweeps/a/sweep.json").write_text("{")
    settings = json.loads(Path(".sweeps/b/sweep.json").read_text())
    Path(".sweeps/b/sweep.json").write_text(json.dumps({**settings, "format": 99}))
    result = cli("list")
    assert result.exit_code == 0
    assert [line.split()[0] for line in result.stdout.splitlines()] == ["sweep", "c"]
    assert "sweeps/a/sweep.json" in result.stderr
    assert "sweeps/b/sweep.json was written by another version" in result.stderr
