"""`ui`, in front of a server that is none."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from mlflow import MlflowClient

from sweeper.tracking.home import Home
from sweeper.tracking.layout import EXPERIMENT
from tests.cli.conftest import Cli


def test_a_port_that_is_taken_gets_a_free_one(cli: Cli, home: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        result = cli("ui", "--port", port, "--home", home)
    assert result.exit_code == 2
    assert f"Port {port} is taken" in result.stderr
    assert "sweep ui --port" in result.stderr


def test_a_server_that_is_named_needs_no_other(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "https://me:secret@runs.example.org")
    result = cli("ui")
    assert (result.exit_code, result.stdout) == (0, "https://runs.example.org\n")


def test_it_opens_at_the_runs_of_the_sweeps(cli: Cli, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In MLflow's view for training, which it does not take by itself."""
    monkeypatch.setattr("sweeper.cli.ui._serve", lambda *_: None)
    experiment = MlflowClient(Home.at(home).tracking_uri).get_experiment_by_name(EXPERIMENT)
    assert experiment is not None
    result = cli("ui", "--port", free_port(), "--home", home)
    assert result.stdout.endswith(f"/#/experiments/{experiment.experiment_id}/runs?workflowType=machine_learning\n")


def test_without_a_sweep_that_can_be_read_it_opens_at_the_start(
    cli: Cli, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sweeper.cli.ui._serve", lambda *_: None)
    at = Home.at(shutil.copytree(home, tmp_path / "home"))
    at.sweep("tiny").settings.write_text("{")
    port = free_port()
    assert cli("ui", "--port", port, "--home", at.folder).stdout == f"http://127.0.0.1:{port}\n"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_ctrl_c_ends_the_server_and_its_children(tmp_path: Path) -> None:
    """The server writes its process group's id; after Ctrl-C nobody of that group may be left."""
    server = "import os, subprocess, time; open('group', 'w').write(str(os.getpgid(0))); subprocess.run(['sleep', '60'])"
    ours = f"from sweeper.cli.ui import _serve; import sys; _serve([sys.executable, '-c', {server!r}], {str(tmp_path)!r}, '')"
    process = subprocess.Popen([sys.executable, "-c", ours])
    note = tmp_path / "group"
    deadline = time.monotonic() + 20
    while not (note.exists() and note.read_text()) and time.monotonic() < deadline:
        time.sleep(0.05)
    group = int(note.read_text())
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=20) == 0
    assert living(group) == []


def living(group: int) -> list[int]:
    """Processes of this group that still run, after they had a moment to go; a dead one that nobody waited for is gone too."""
    for _ in range(100):
        found = [process.pid for process in psutil.process_iter() if _in_group(process, group)]
        if not found:
            return []
        time.sleep(0.05)
    return found


def _in_group(process: psutil.Process, group: int) -> bool:
    try:
        return os.getpgid(process.pid) == group and process.status() != psutil.STATUS_ZOMBIE
    except (ProcessLookupError, psutil.NoSuchProcess):
        return False
