"""`delete`, on stores of its own: from all of them, or from none."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import optuna
import pytest
from mlflow.tracking import MlflowClient

from sweeper.errors import InputError, StoreError
from sweeper.search.deleting import delete_sweep, doomed
from sweeper.tracking import optuna_mirror
from sweeper.tracking.lock import Lock
from tests.cli.conftest import Cli


@pytest.fixture
def mine(home: Path, tmp_path: Path) -> Path:
    """A copy of the home with the sweep `tiny`, to delete from."""
    return Path(shutil.copytree(home, tmp_path / "mine"))


def runs(home: Path) -> list[str]:
    client = MlflowClient(f"sqlite:///{home / 'mlflow.db'}")
    experiment = client.get_experiment_by_name("sweeper")
    assert experiment is not None
    return [run.info.run_id for run in client.search_runs([experiment.experiment_id])]


def studies(home: Path) -> list[str]:
    return optuna.get_all_study_names(f"sqlite:///{home / 'optuna.db'}")


def test_a_sweep_goes_from_every_store(cli: Cli, mine: Path) -> None:
    assert len(runs(mine)) == 5
    assert studies(mine) == ["tiny"]
    result = cli("delete", "tiny", "--yes", "--home", mine)
    assert result.exit_code == 0
    assert result.stdout == "tiny is deleted: 5 runs in MLflow, its study and its folder.\n"
    assert "mlflow gc --backend-store-uri" in result.stderr
    assert runs(mine) == studies(mine) == []
    assert list((mine / ".sweeps").glob("*tiny*")) == []
    assert json.loads(cli("list", "--json", "--home", mine).stdout) == []


def test_as_json(cli: Cli, mine: Path) -> None:
    assert json.loads(cli("delete", "tiny", "--yes", "--json", "--home", mine).stdout) == {"sweep": "tiny", "runs": 5}


def test_a_store_that_fails_leaves_the_sweep_whole(cli: Cli, mine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = sorted(runs(mine))

    def fail(*_: object) -> None:
        raise StoreError("the disk is full")

    monkeypatch.setattr(optuna_mirror, "delete_study", fail)
    result = cli("delete", "tiny", "--yes", "--home", mine)
    assert result.exit_code == 3
    assert "the disk is full" in result.stderr
    assert sorted(runs(mine)) == before
    assert studies(mine) == ["tiny"]
    assert json.loads(cli("list", "--json", "--home", mine).stdout)[0]["sweep"] == "tiny"


@pytest.mark.parametrize("step", ["tracking.mlflow_store.MlflowStore.discard", "tracking.optuna_mirror.delete_study"])
def test_a_deletion_that_is_killed_is_told_and_ended_by_the_next(cli: Cli, mine: Path, step: str) -> None:
    killing = f"""
import os, signal
from unittest.mock import patch
from sweeper.search.deleting import delete_sweep, doomed

with patch("sweeper.{step}", lambda *_: os.kill(os.getpid(), signal.SIGKILL)):
    delete_sweep({str(mine)!r}, doomed({str(mine)!r}, "tiny"))
"""
    assert subprocess.run([sys.executable, "-c", killing]).returncode == -signal.SIGKILL
    listed = cli("list", "--home", mine)
    assert "the deletion of 'tiny' was broken off. To end it: sweep delete tiny" in listed.stderr
    assert cli("delete", "tiny", "--yes", "--home", mine).exit_code == 0
    assert runs(mine) == studies(mine) == []
    assert not list((mine / ".sweeps").glob("*tiny*"))
    assert "broken off" not in cli("list", "--home", mine).stderr


def test_a_sweep_that_was_deleted_meanwhile_is_told(mine: Path) -> None:
    sweep = doomed(mine, "tiny")
    delete_sweep(mine, sweep)
    with pytest.raises(InputError, match="the sweep 'tiny' is gone"):
        delete_sweep(mine, sweep)


def test_trials_behind_a_damaged_file_are_neither_hidden_nor_replaced(cli: Cli, mine: Path, space: Path) -> None:
    folder = mine / ".sweeps" / "tiny"
    (folder / "sweep.json").write_text("{")
    spooled = {file: file.read_bytes() for file in (folder / "spool").iterdir()}
    assert f"cannot read {folder / 'sweep.json'}" in cli("list", "--home", mine).stderr
    again = cli("run", space, "--name", "tiny", "--home", mine, "--workers", 1, "--no-report")
    assert again.exit_code == 2
    assert "belongs to a sweep that is unfinished" in again.stderr
    assert {file: file.read_bytes() for file in (folder / "spool").iterdir()} == spooled


def test_a_study_of_another_with_the_same_name_stays(cli: Cli, mine: Path) -> None:
    optuna.load_study(study_name="tiny", storage=f"sqlite:///{mine / 'optuna.db'}").set_user_attr("sweeper.id", "another")
    assert cli("delete", "tiny", "--yes", "--home", mine).exit_code == 0
    assert studies(mine) == ["tiny"]


def test_a_sweep_that_runs_is_refused(cli: Cli, mine: Path) -> None:
    with Lock(mine / ".sweeps" / "tiny" / "lock", "tiny"):
        result = cli("delete", "tiny", "--yes", "--home", mine)
    assert result.exit_code == 2
    assert "is in use by process" in result.stderr
    assert len(runs(mine)) == 5


def test_nobody_is_asked_where_nobody_can_answer(cli: Cli, mine: Path) -> None:
    result = cli("delete", "tiny", "--home", mine)
    assert result.exit_code == 2
    assert "sweep delete tiny --yes" in result.stderr
    assert len(runs(mine)) == 5


@pytest.mark.parametrize("typed", [[], ["tinny", "--yes"]])
def test_a_name_has_to_be_given_and_known(cli: Cli, mine: Path, typed: list[str]) -> None:
    assert cli("delete", *typed, "--home", mine).exit_code == 2
    assert len(runs(mine)) == 5


def test_runs_that_are_elsewhere_are_not_forgotten_there(cli: Cli, mine: Path) -> None:
    file = mine / ".sweeps" / "tiny" / "sweep.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "tracking_uri": "https://mlflow.example"}))
    result = cli("delete", "tiny", "--yes", "--home", mine)
    assert result.exit_code == 2
    assert "MLFLOW_TRACKING_URI" in result.stderr


def test_a_sweep_of_another_version_can_be_deleted(cli: Cli, mine: Path) -> None:
    file = mine / ".sweeps" / "tiny" / "sweep.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "format": 99}))
    assert cli("delete", "tiny", "--yes", "--home", mine).exit_code == 0
    assert runs(mine) == []
