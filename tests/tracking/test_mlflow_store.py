"""What is said of a store of MLflow that cannot be used."""

import contextlib
import json
import sqlite3
import subprocess
import sys

import pytest
from sqlalchemy import create_engine, text

from sweeper.errors import InputError, StoreError
from sweeper.tracking.home import Home
from sweeper.tracking.mlflow_store import MlflowStore


def test_a_database_that_is_damaged_behind_its_first_bytes_is_the_user_s_to_mend(tmp_path, monkeypatch):
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    (tmp_path / "mlflow.db").write_bytes(b"SQLite format 3\0" + b"damage " * 1000)
    with pytest.raises(InputError, match=r"MLflow's store sqlite:.*mlflow\.db cannot be used"):
        MlflowStore(Home(tmp_path))


def test_a_store_that_fails_is_one_line_and_no_traceback(tmp_path, monkeypatch, capfd):
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    store = MlflowStore(Home(tmp_path))
    run = store.begin("one", {}, 1)
    with contextlib.closing(sqlite3.connect(tmp_path / "mlflow.db")) as database, database:
        database.execute("DROP TABLE params")
    with pytest.raises(StoreError, match="no such table"):
        store.log(run, params={"units": "8"})
    assert "Traceback" not in capfd.readouterr().err


def test_a_port_that_is_no_number_is_the_user_s_to_mend(tmp_path, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:tracking")
    with pytest.raises(InputError, match="cannot be used: Port could not be cast"):
        MlflowStore(Home(tmp_path))


def test_a_database_whose_driver_is_missing_is_the_user_s_to_mend(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg2", None)
    monkeypatch.setattr("sweeper.tracking.mlflow_store.knock", lambda uri: None)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "postgresql+psycopg2://me:secret@127.0.0.1/runs")
    with pytest.raises(InputError, match=r"needs the Python package 'psycopg2'.*pip install 'psycopg2-binary'") as caught:
        MlflowStore(Home(tmp_path))
    assert "secret" not in str(caught.value)


def test_a_request_is_read_without_mlflow_which_takes_two_seconds():
    seen = "import sys, sweeper.search.sweep; sys.exit(', '.join({'mlflow', 'pandas'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", seen], capture_output=True, text=True, check=False)
    assert done.stderr.strip() == ""


def test_a_table_of_an_adopted_run_finds_its_place(tmp_path, monkeypatch):
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    home = Home(tmp_path)
    run = MlflowStore(home).begin("one", {}, 1)
    other = MlflowStore(home)
    for _ in range(2):
        other.log_table(run, {"columns": ["a"], "data": [[1.5]]}, "layers.json")
    other.set_status(run, "FINISHED", 5)
    from mlflow.tracking import MlflowClient

    client = MlflowClient(home.tracking_uri)
    assert [file.path for file in client.list_artifacts(run)] == ["layers.json"]
    assert json.loads((tmp_path / "mlartifacts" / run / "artifacts" / "layers.json").read_text())["data"] == [[1.5]]


def test_a_trial_s_run_is_found_by_its_sweep_number_and_repeat(tmp_path, monkeypatch):
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    store = MlflowStore(Home(tmp_path))
    made = [("a", 3, 1), ("a", 3, 0), ("b", 4, 0), ("a", 3, 0)]
    runs = [
        store.begin("t", {"sweeper.id": sweep, "sweeper.trial": str(trial), "sweeper.repeat": str(repeat)}, started)
        for started, (sweep, trial, repeat) in enumerate(made, start=1)
    ]
    assert store.trial_run("a", 3, 0) == runs[1]
    assert store.trial_run("a", 4, 0) is None


ENDED = """
from types import SimpleNamespace
import sweeper.tracking.mlflow_store
from mlflow.tracking._tracking_service.client import TrackingServiceClient
client = TrackingServiceClient("http://127.0.0.1:9")
run = SimpleNamespace(data=SimpleNamespace(tags={}), info=SimpleNamespace(experiment_id="1", run_name="t"))
type(client.store).get_run = lambda store, run_id: run
client._log_url("0")
"""
"""What MLflow does behind the end of a server's run."""


def test_the_end_of_a_server_s_run_prints_nothing():
    done = subprocess.run([sys.executable, "-c", ENDED], capture_output=True, text=True, check=True)
    assert done.stdout == ""


def test_commits_wait_for_no_disk_but_an_end_can(tmp_path, monkeypatch):
    """`synchronous` is a connection's own: 1 is NORMAL, 2 FULL. Without a write-ahead log a file could be damaged, so there it
    stays."""
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    store = MlflowStore(Home(tmp_path))
    synced: list[str] = []
    run = subprocess.run
    monkeypatch.setattr(subprocess, "run", lambda command, **how: (synced.extend(command), run(command, **how))[1])
    store.begin("one", {}, 1)
    assert synced == []
    store.bring_to_disk()
    assert synced[-2:] == [f"{tmp_path}/mlflow.db-wal", f"{tmp_path}/mlflow.db"]
    (tmp_path / "plain.db").touch()
    for name, level in (("mlflow", 1), ("plain", 2)):
        engine = create_engine(f"sqlite:///{tmp_path}/{name}.db")
        with engine.connect() as connection:
            assert connection.execute(text("PRAGMA synchronous")).scalar() == level
        engine.dispose()
