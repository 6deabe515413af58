"""Tables of layers are read from the runs' artifacts, and of a large sweep from a part of its runs."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pandas as pd
import pytest
from mlflow.tracking import MlflowClient

from sweeper.reporting import SweepFrames, read_sweep, write_report
from sweeper.reporting.columns import described
from sweeper.reporting.reading import layers as reading
from sweeper.reporting.reading.layers import LayerTables, spread
from tests.reporting.synthetic import Planted, Trial

FALLING = {"val_loss": [0.9, 0.5], "train_eval_loss": [0.8, 0.3]}
ROWS = [[0, "dense_1", "gradient_rms", 0.5], [0, "output", "gradient_rms", None], [0, "dense_1", "dead", 0.25]]


def artifacts(uri: str, frames: SweepFrames, trial: int) -> Path:
    run = MlflowClient(uri).get_run(frames.runs["run_id"][trial])
    folder = Path(urlsplit(run.info.artifact_uri).path)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def planted(read: Callable[[Planted], SweepFrames], fresh: str) -> SweepFrames:
    """Trial 0 has a table, trial 1 none, trial 2 one that is no JSON, trial 3 failed, trial 4 has odd rows."""
    trials = [Trial(n, {"a": n}, FALLING, "FAILED" if n == 3 else "COMPLETE") for n in range(5)]
    frames = read(Planted("layers", trials))
    odd = [["0", "x", "dead", 1], [1, "x", "dead"], {"a": 1}, [2, "dense_1", "dead", 1], [2, 3, "dead", 1]]
    for trial, text in ((0, {"data": ROWS}), (2, "no JSON"), (3, {"data": ROWS}), (4, {"columns": 3, "data": odd})):
        file = artifacts(fresh, frames, trial) / "layers.json"
        file.write_text(text if isinstance(text, str) else json.dumps(text))
    return frames


def test_tables_are_read_when_they_are_asked_for(planted: SweepFrames, fresh: str) -> None:
    layers = planted.layers
    assert layers[["trial", "epoch", "layer", "depth", "statistic"]].to_numpy().tolist() == [
        [0, 0, "dense_1", 1, "gradient_rms"],
        [0, 0, "output", 2, "gradient_rms"],
        [0, 0, "dense_1", 1, "dead"],
        [4, 2, "dense_1", 1, "dead"],
    ]
    assert layers["value"].tolist()[::2] == [0.5, 0.25] and math.isnan(layers["value"][1])
    assert all(described("layers", str(column)) for column in layers)
    assert planted.layers is layers, "once"


def test_tables_on_a_server_are_fetched(planted: SweepFrames, monkeypatch: pytest.MonkeyPatch) -> None:
    own = reading.local_folder
    monkeypatch.setattr(reading, "local_folder", lambda place: None)
    fetched = planted.tables.read(planted.runs[planted.runs["state"] == "COMPLETE"])
    monkeypatch.setattr(reading, "local_folder", own)
    pd.testing.assert_frame_equal(fetched, planted.layers)


@pytest.mark.usefixtures("undrawn")
def test_the_report_has_them_as_tables(planted: SweepFrames, tmp_path: Path) -> None:
    write_report(planted, tmp_path / "out")
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "out" / "layers.parquet"), planted.layers)
    assert len(pd.read_csv(tmp_path / "out" / "signal.csv")) == 2


def test_a_run_without_artifacts_has_no_table() -> None:
    runs = pd.DataFrame({"trial": [0], "repeat": [0], "run_id": ["x"], "choice": [""], "value": [1.0]})
    assert not len(LayerTables().read(runs))


def test_of_many_runs_each_choice_gives_its_best_and_others_evenly() -> None:
    runs = pd.DataFrame({"trial": range(100), "repeat": 0, "choice": ["a", "b", "b", "b"] * 25, "value": 1.0})
    runs.loc[[40, 42], "value"] = [0.1, 0.1]
    runs.loc[[44, 46], "value"] = [9.0, 9.0]
    for maximize, best in ((False, {40, 42}), (True, {44, 46})):
        some = spread(runs, 20, maximize)
        assert best <= set(some["trial"])
        assert some["choice"].value_counts().isin([10, 11]).all()
    trials = spread(runs, 20)["trial"]
    assert trials.min() < 5 and trials.max() > 90
    assert len(spread(runs, 100)) == 100
    folds = pd.concat([runs, runs.assign(repeat=1)], ignore_index=True)
    assert not spread(folds, 150)["trial"].duplicated().any()


def test_a_sweep_without_tables_has_empty_frames(optimizers: SweepFrames) -> None:
    assert not len(optimizers.layers) and not len(optimizers.signal)


def test_a_read_sweep_knows_where_its_tables_lie(store: str) -> None:
    frames = read_sweep("digits-mlp", store)
    assert set(frames.tables.places) == set(frames.runs["run_id"])
