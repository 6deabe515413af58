"""The commands that look at sweeps: list, status, trials, best, trial."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from tests.cli.conftest import Cli

TRIAL_KEYS = ["number", "state", "reason", "value", "best_epoch", "epochs", "seconds", "params", "metrics"]


def test_trials_as_json_are_what_the_documentation_says(cli: Cli, home: Path) -> None:
    result = cli("trials", "--json", "--home", home)
    trials = json.loads(result.stdout)
    assert [list(trial) for trial in trials] == [TRIAL_KEYS] * 4
    assert [trial["number"] for trial in trials] == [0, 1, 2, 3]
    assert (trials[1]["state"], trials[1]["reason"]) == ("PRUNED", "diverged")
    assert set(trials[0]["params"]) == {"model.mlp.layers", "optimizer.adam.learning_rate"}
    assert trials[0]["metrics"]["test_loss"] == pytest.approx(trials[0]["value"] + 0.5)


def test_what_is_not_finite_is_null_in_json(cli: Cli, home: Path) -> None:
    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is no JSON")

    trial = json.loads(cli("trial", 1, "--json", "--home", home).stdout, parse_constant=refuse)
    assert [value for _, value in trial["curves"]["val_loss"]][-1] is None


def test_top_shows_the_best_first(cli: Cli, home: Path) -> None:
    trials = json.loads(cli("trials", "--top", 2, "--json", "--home", home).stdout)
    every = json.loads(cli("trials", "--json", "--home", home).stdout)
    values = sorted(trial["value"] for trial in every if trial["state"] == "COMPLETE")
    assert [trial["value"] for trial in trials] == values[:2]


@pytest.mark.parametrize("key", ["seconds", "val_loss", "optimizer.adam.learning_rate", "model.mlp.layers"])
def test_trials_are_sorted_by_fields_metrics_and_parameters(cli: Cli, home: Path, key: str) -> None:
    trials = json.loads(cli("trials", "--sort", key, "--json", "--home", home).stdout)
    values = [{**trial, **trial["params"], **trial["metrics"]}[key] for trial in trials]
    known = [value for value in values if value is not None]
    assert known == sorted(known)
    assert values[: len(known)] == known


def test_an_unknown_key_to_sort_by_gets_the_nearest(cli: Cli, home: Path) -> None:
    result = cli("trials", "--sort", "vall_loss", "--home", home)
    assert result.exit_code == 2
    assert "Did you mean 'val_loss'?" in result.stderr


def test_csv_goes_to_stdout_or_to_a_file(cli: Cli, home: Path) -> None:
    printed = cli("trials", "--csv", "-", "--home", home).stdout
    rows = list(csv.DictReader(io.StringIO(printed)))
    assert [row["number"] for row in rows] == ["0", "1", "2", "3"]
    assert "params.model.mlp.layers" in rows[0]
    assert cli("trials", "--csv", "trials.csv", "--home", home).stdout == ""
    assert Path("trials.csv").read_text() == printed


def test_one_form_at_a_time(cli: Cli, home: Path) -> None:
    assert cli("trials", "--csv", "-", "--json", "--home", home).exit_code == 2
    assert cli("best", "--space", "--json", "--home", home).exit_code == 2


def test_list_and_status_agree(cli: Cli, home: Path) -> None:
    [listed] = json.loads(cli("list", "--json", "--home", home).stdout)
    assert listed == json.loads(cli("status", "--json", "--home", home).stdout)
    assert listed["sweep"] == "tiny"
    assert listed["trials"] == {"complete": 3, "pruned": 0, "failed": 0, "diverged": 1}
    assert "tiny   finished   does it run?" in cli("status", "tiny", "--home", home).stdout


def test_an_empty_home_says_what_to_type(cli: Cli) -> None:
    result = cli("list")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "sweep run" in result.stderr
    assert json.loads(cli("list", "--json").stdout) == []
    for command in (["status"], ["trials"], ["best"], ["trial", 3], ["report"], ["resume"], ["ui"]):
        result = cli(*command)
        assert (result.exit_code, result.stdout) == (2, ""), command
        assert "sweep run" in result.stderr
    assert list(Path().iterdir()) == []


@pytest.mark.parametrize("command", [["status", "tinny"], ["trials", "tinny"], ["trial", "tinny", 1], ["resume", "tinny"]])
def test_an_unknown_sweep_gets_the_nearest_name(cli: Cli, home: Path, command: list[object]) -> None:
    result = cli(*command, "--home", home)
    assert result.exit_code == 2
    assert "Did you mean 'tiny'?" in result.stderr


def test_best_is_the_trial_with_the_lowest_value(cli: Cli, home: Path) -> None:
    best = json.loads(cli("best", "--json", "--home", home).stdout)
    trials = json.loads(cli("trials", "--json", "--home", home).stdout)
    assert list(best) == ["trial", "value", "epoch", "params"]
    assert best["value"] == min(trial["value"] for trial in trials if trial["state"] == "COMPLETE")
    assert f"trial {best['trial']}   val_loss" in cli("best", "--home", home).stdout


def test_best_as_a_space_reads_back_with_the_same_values(cli: Cli, home: Path, tmp_path: Path) -> None:
    from sweeper.spaces import read_space

    best = json.loads(cli("best", "--json", "--home", home).stdout)
    text = cli("best", "--space", "--home", home).stdout
    file = tmp_path / "best.yaml"
    file.write_text(text)
    space = read_space(str(file))
    assert space.leaves == ()
    settings = space.defaults().settings
    assert {name: settings[name] for name in best["params"]} == best["params"]


def test_a_trial_shows_its_curves_and_how_it_ended(cli: Cli, home: Path) -> None:
    complete = cli("trial", "tiny", 0, "--home", home).stdout
    assert "trial 0  COMPLETE   best epoch 3 of 3" in complete
    assert "val_loss    █▃▂▁" in complete
    assert "at best" in complete
    assert "PRUNED (diverged)" in cli("trial", 1, "--home", home).stdout


@pytest.mark.parametrize("typed", [["x"], ["tiny", "x"], ["a", "b", "3"], ["-1"]])
def test_what_is_no_trial_is_refused(cli: Cli, home: Path, typed: list[str]) -> None:
    result = cli("trial", *typed, "--home", home)
    assert result.exit_code == 2
    assert result.stdout == ""


def test_a_number_that_no_trial_has_is_refused(cli: Cli, home: Path) -> None:
    assert "it has 0 to 3" in cli("trial", 99, "--home", home).stderr
