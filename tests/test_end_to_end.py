"""The whole tool as its users run it: whole processes, real data, real training, real stores."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.quick_stores import empty_database

ROOT = Path(__file__).resolve().parent.parent

SPACE = """\
# Question  Does a larger step learn wine faster?
data: wine
model:
  mlp: {layers: 16, activation: relu}
optimizer:
  adam: {learning_rate: {float: [1e-3, 1e-1], log: true}}
regularization:
  dropout: {float: [0.0, 0.5]}
budget: {trials: 6, epochs: 4}
search: {sampler: random, pruner: none}
"""


def sweep(home: Path, *arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "sweep.py"), "--home", str(home), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=240, check=False, **options)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one finished sweep, whose stores MLflow and Optuna made."""
    home = tmp_path_factory.mktemp("home")
    (home / "wine.yaml").write_text(SPACE)
    ended = sweep(home, "run", str(home / "wine.yaml"), "--workers", "1", "--json")
    assert ended.returncode == 0, ended.stderr
    (home / "summary.json").write_text(ended.stdout)
    return home


@pytest.fixture(scope="module")
def trials(home: Path) -> list[dict[str, Any]]:
    """What `sweep trials` says of it."""
    return list(json.loads(sweep(home, "trials", "--json").stdout))


@pytest.fixture
def another(tmp_path: Path) -> Path:
    """Another home with the same space, and empty stores: MLflow takes seconds to make its own."""
    (tmp_path / "wine.yaml").write_text(SPACE)
    (tmp_path / "mlflow.db").write_bytes(empty_database())
    return tmp_path


def runs(home: Path) -> tuple[Any, list[Any]]:
    """(parent run, child runs) of the home's only sweep, by MLflow's client."""
    from mlflow.tracking import MlflowClient

    client = MlflowClient(f"sqlite:///{home / 'mlflow.db'}")
    experiment = client.get_experiment_by_name("sweeper")
    found = client.search_runs([experiment.experiment_id])
    [parent] = [run for run in found if "mlflow.parentRunId" not in run.data.tags]
    return parent, [run for run in found if run.data.tags.get("mlflow.parentRunId") == parent.info.run_id]


def test_the_summary_is_one_json_value_of_the_documented_shape(home: Path) -> None:
    summary = json.loads((home / "summary.json").read_text())
    assert summary.keys() == {"sweep", "home", "trials", "best", "seconds", "report", "mlflow", "optuna"}
    assert sum(summary["trials"].values()) == 6
    assert summary["trials"]["complete"] == 6
    assert summary["best"].keys() == {"trial", "value", "epoch", "params"}
    assert Path(summary["report"]).is_file()


def test_mlflow_holds_a_parent_and_its_trials_with_their_curves(home: Path) -> None:
    from mlflow.tracking import MlflowClient

    parent, children = runs(home)
    assert parent.info.status == "FINISHED"
    assert sorted(int(run.data.tags["sweeper.trial"]) for run in children) == list(range(6))
    client = MlflowClient(f"sqlite:///{home / 'mlflow.db'}")
    for run in children:
        assert run.info.status == "FINISHED"
        history = client.get_metric_history(run.info.run_id, "val_loss")
        assert [point.step for point in sorted(history, key=lambda point: point.step)] == list(range(5))


def test_optuna_has_the_same_trials(home: Path) -> None:
    import optuna

    study = optuna.load_study(study_name="wine", storage=f"sqlite:///{home / 'optuna.db'}")
    _, children = runs(home)
    objective = {int(run.data.tags["sweeper.trial"]): run.data.metrics["objective"] for run in children}
    assert {trial.number: trial.value for trial in study.trials} == objective


def test_looking_needs_no_training(home: Path, trials: list[dict[str, Any]]) -> None:
    assert [trial["number"] for trial in sorted(trials, key=lambda trial: trial["number"])] == list(range(6))
    best = json.loads((home / "summary.json").read_text())["best"]
    assert str(best["trial"]) in sweep(home, "best").stdout


def test_the_same_seed_gives_the_same_sweep_in_another_home(trials: list[dict[str, Any]], another: Path) -> None:
    assert sweep(another, "run", str(another / "wine.yaml"), "--workers", "1", "--no-report").returncode == 0
    again = json.loads(sweep(another, "trials", "--json").stdout)
    one, other = ([{**trial, "seconds": None} for trial in found] for found in (trials, again))
    assert one == other


def test_a_sweep_that_was_killed_is_finished_by_resume_and_equals_an_undisturbed_one(
    trials: list[dict[str, Any]], another: Path
) -> None:
    command = [sys.executable, str(ROOT / "sweep.py"), "run", "wine.yaml", "--workers", "1", "--no-report"]
    running = subprocess.Popen(command, cwd=another, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    spool = another / ".sweeps" / "wine" / "spool"
    until = time.monotonic() + 120
    while not any('"epoch"' in file.read_text() for file in spool.glob("*.jsonl")):
        assert running.poll() is None, "it ended before it could be killed"
        assert time.monotonic() < until
        time.sleep(0.05)
    os.kill(running.pid, signal.SIGKILL)
    running.wait()
    resumed = sweep(another, "resume", "--json")
    assert resumed.returncode == 0, resumed.stderr
    parent, children = runs(another)
    assert {run.info.status for run in (parent, *children)} == {"FINISHED"}
    told = json.loads(sweep(another, "trials", "--json").stdout)
    assert {trial["number"]: trial["value"] for trial in told} == {trial["number"]: trial["value"] for trial in trials}


@pytest.mark.parametrize(
    ("line", "place", "paste"),
    [
        ("activation: [relu, tanh]", "wine.yaml:4:33", "activation: {choice: [relu, tanh]}"),
        ("layers: [64, 32]", None, "64-32"),
        ("activaton: relu", None, "activation"),
    ],
)
def test_bad_input_starts_and_writes_nothing(tmp_path: Path, line: str, place: str | None, paste: str) -> None:
    text = SPACE.replace("activation: relu" if "activ" in line else "layers: 16", line)
    (tmp_path / "wine.yaml").write_text(text)
    ended = sweep(tmp_path, "run", str(tmp_path / "wine.yaml"))
    assert ended.returncode == 2
    assert paste in ended.stderr
    assert place is None or place in ended.stderr
    assert "Traceback" not in ended.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["wine.yaml"]


def test_inline_trains_in_this_process(another: Path) -> None:
    ended = sweep(another, "run", str(another / "wine.yaml"), "--executor", "inline", "--trials", "2", "--no-report", "--json")
    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout)["trials"]["complete"] == 2
