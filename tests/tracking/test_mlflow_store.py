"""What is said of a store of MLflow that cannot be used."""

import contextlib
import sqlite3
import subprocess
import sys

import pytest

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


def test_a_request_is_read_without_mlflow_which_takes_two_seconds():
    seen = "import sys, sweeper.search.sweep; sys.exit(', '.join({'mlflow', 'pandas'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", seen], capture_output=True, text=True, check=False)
    assert done.stderr.strip() == ""
