"""The whole tool as its users run it: whole processes, real data, real training, real stores. One sweep serves all that is
looked at and exported; only what reads is called in this process, where nothing has to be imported for it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from sklearn.datasets import load_wine

from sweeper.cli.main import sweep as command_line
from tests.quick_stores import empty_database

ROOT = Path(__file__).resolve().parent.parent

SPACE = """\
# Question  Does a larger step learn wine faster?
data: wine
model:
  mlp: {layers: 16-8, activation: relu, normalization: batch}
optimizer:
  adam: {learning_rate: {float: [1e-3, 1e-1], log: true}}
regularization:
  dropout: {float: [0.1, 0.4]}
  l2: 1e-3
budget: {trials: 6, epochs: 4}
search: {sampler: random, pruner: none}
"""


def process(*arguments: object, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *map(str, arguments)]
    whole = {**os.environ, **environment}
    return subprocess.run(command, cwd=folder, env=whole, capture_output=True, text=True, timeout=240, check=False)


CPU = {"CUDA_VISIBLE_DEVICES": "-1"}
"""Where bits are compared: a card need not give them again."""


def sweep(home: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return process(ROOT / "sweep.py", "--home", home, *arguments, folder=home, **environment)


def told(home: Path, *arguments: str) -> Any:
    """What a command that only reads prints as JSON."""
    result = CliRunner().invoke(command_line, ["--home", str(home), *arguments, "--json"], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one finished sweep, whose stores MLflow and Optuna made."""
    home = tmp_path_factory.mktemp("home")
    (home / "wine.yaml").write_text(SPACE)
    ended = sweep(home, "run", "wine.yaml", "--workers", "1", "--json", **CPU)
    assert ended.returncode == 0, ended.stderr
    (home / "summary.json").write_text(ended.stdout)
    return home


@pytest.fixture(scope="module")
def trials(home: Path) -> list[dict[str, Any]]:
    """What `sweep trials` says of it."""
    return list(told(home, "trials"))


@pytest.fixture(scope="module")
def exported(home: Path) -> dict[str, Any]:
    """What `sweep export` said when it exported and registered the best trial."""
    ended = sweep(home, "export", "--register", "wines", "--json", **CPU)
    assert ended.returncode == 0, ended.stderr
    return dict(json.loads(ended.stdout))


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
    assert (home / summary["report"]).is_file()


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


def test_a_sweep_that_was_killed_is_finished_by_resume_and_equals_an_undisturbed_one(
    trials: list[dict[str, Any]], another: Path
) -> None:
    command = [sys.executable, str(ROOT / "sweep.py"), "run", "wine.yaml", "--workers", "1", "--no-report"]
    running = subprocess.Popen(
        command, cwd=another, env={**os.environ, **CPU}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    spool = another / ".sweeps" / "wine" / "spool"
    until = time.monotonic() + 120
    while not any('"epoch"' in file.read_text() for file in spool.glob("*.jsonl")):
        assert running.poll() is None, "it ended before it could be killed"
        assert time.monotonic() < until
        time.sleep(0.05)
    os.kill(running.pid, signal.SIGKILL)
    running.wait()
    resumed = sweep(another, "resume", "--json", **CPU)
    assert resumed.returncode == 0, resumed.stderr
    parent, children = runs(another)
    assert {run.info.status for run in (parent, *children)} == {"FINISHED"}
    one, other = (
        [{**trial, "seconds": None, "attempt": None} for trial in found] for found in (trials, told(another, "trials"))
    )
    assert one == other, "the same seed gives the same sweep in another home"


def test_bad_input_starts_and_writes_nothing(tmp_path: Path) -> None:
    (tmp_path / "wine.yaml").write_text(SPACE.replace("activation: relu", "activation: [relu, tanh]"))
    ended = sweep(tmp_path, "run", "wine.yaml")
    assert ended.returncode == 2
    assert "wine.yaml:4:35" in ended.stderr and "activation: {choice: [relu, tanh]}" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["wine.yaml"]


def test_inline_trains_in_this_process(another: Path) -> None:
    ended = sweep(another, "run", "wine.yaml", "--executor", "inline", "--trials", "2", "--no-report", "--json")
    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout)["trials"]["complete"] == 2


def test_training_again_gives_what_was_recorded(home: Path, exported: dict[str, Any]) -> None:
    best = told(home, "best")
    assert exported["trained_again"] == exported["expected"] == exported["script"]["value"] == best["value"]
    assert exported["trial"] == best["trial"]
    assert Path(exported["folder"]) == home / "exports" / f"wine-t{best['trial']:04d}"
    assert {path.name for path in Path(exported["folder"]).iterdir()} == set(exported["files"])
    assert set(exported["files"]) == {"model.keras", "model.json", "train.py", "initial.weights.h5", "rows.npz"}


USER = """\
import runpy, sys
sys.modules["sweeper"] = None   # whoever imports it fails
import keras
import mlflow.pyfunc
import numpy as np

model = keras.models.load_model("model.keras")
x = np.load("x.npy")
np.save("predicted.npy", model.predict(x, verbose=0))
np.save("mlflow.npy", mlflow.pyfunc.load_model(sys.argv[1]).predict(x))
runpy.run_path("train.py", run_name="__main__")
"""


def test_both_work_where_sweeper_is_not_and_mlflow_predicts_the_same(home: Path, exported: dict[str, Any]) -> None:
    from mlflow import MlflowClient

    client = MlflowClient(f"sqlite:///{home / 'mlflow.db'}")
    version = client.get_model_version("wines", str(exported["mlflow"]["version"]))
    assert exported["mlflow"]["version"] == 1
    run_of_trial = client.get_run(version.run_id)
    assert run_of_trial.data.tags["sweeper.trial"] == str(exported["trial"])
    assert run_of_trial.outputs.model_outputs[0].model_id == exported["mlflow"]["model_id"]

    folder = Path(exported["folder"])
    x, y = load_wine(return_X_y=True)
    np.save(folder / "x.npy", x)
    ended = process("-c", USER, version.source, folder=folder, PYTHONPATH="", **CPU)
    assert ended.returncode == 0, ended.stderr
    value = f"{exported['expected']:.6g}"
    assert f"expected val_loss {value} at epoch {exported['epoch']}, got {value} at epoch {exported['epoch']}" in ended.stdout
    predicted = np.load(folder / "predicted.npy")
    assert predicted.sum(axis=1) == pytest.approx(1, abs=1e-5)
    assert (predicted.argmax(axis=1) == y).mean() > 0.7
    np.testing.assert_allclose(np.load(folder / "mlflow.npy"), predicted, atol=1e-6)
