"""A sweep, its export, and whoever uses it without sweeper: all of them whole processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_wine

from tests.quick_stores import empty_database

ROOT = Path(__file__).resolve().parents[2]

SPACE = """\
data: wine
model:
  mlp: {layers: 16-8, normalization: batch}
optimizer:
  adam: {learning_rate: {float: [1e-2, 1e-1], log: true}}
regularization: {dropout: 0.2, l2: 1e-3}
budget: {trials: 2, epochs: 4}
search: {sampler: random, pruner: none}
"""

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


def run(*arguments: object, folder: Path, path: str = "") -> str:
    ended = subprocess.run(
        [sys.executable, *map(str, arguments)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path, "CUDA_VISIBLE_DEVICES": "-1"},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With a sweep that has been exported and registered; what the command printed is `export.json`."""
    home = tmp_path_factory.mktemp("home")
    (home / "wine.yaml").write_text(SPACE)
    (home / "mlflow.db").write_bytes(empty_database())
    run(ROOT / "sweep.py", "run", "wine.yaml", "--workers", 1, "--no-report", folder=home)
    printed = run(ROOT / "sweep.py", "export", "--register", "wines", "--json", folder=home)
    (home / "export.json").write_text(printed)
    return home


@pytest.fixture(scope="module")
def exported(home: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((home / "export.json").read_text())
    return found


def test_training_again_gives_what_was_recorded(home: Path, exported: dict[str, Any]) -> None:
    best = json.loads(run(ROOT / "sweep.py", "best", "--json", folder=home))
    assert exported["trained_again"] == exported["expected"] == exported["script"]["value"] == best["value"]
    assert exported["trial"] == best["trial"]
    assert Path(exported["folder"]) == home / "exports" / f"wine-t{best['trial']:04d}"
    assert {path.name for path in Path(exported["folder"]).iterdir()} == set(exported["files"])
    assert set(exported["files"]) == {"model.keras", "model.json", "train.py", "initial.weights.h5", "rows.npz"}


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
    said = run("-c", USER, version.source, folder=folder)
    value = f"{exported['expected']:.6g}"
    assert f"expected val_loss {value} at epoch {exported['epoch']}, got {value} at epoch {exported['epoch']}" in said
    predicted = np.load(folder / "predicted.npy")
    assert predicted.sum(axis=1) == pytest.approx(1, abs=1e-5)
    assert (predicted.argmax(axis=1) == y).mean() > 0.7
    np.testing.assert_allclose(np.load(folder / "mlflow.npy"), predicted, atol=1e-6)
