"""Sweeps as values, and how they get into a real MLflow store exactly as docs/architecture.md ("MLflow's layout") says."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from mlflow.entities import Metric
from mlflow.store.tracking.dbmodels.models import SqlLatestMetric, SqlMetric, SqlParam, SqlRun, SqlTag
from mlflow.tracking import MlflowClient

START = 1_790_000_000_000
STATUS = {"INTERRUPTED": "KILLED", "COMPLETE": "FINISHED", "PRUNED": "KILLED", "FAILED": "FAILED"}
LARGEST = 1.7976931348623157e308
"""What MLflow writes for an infinity."""


@dataclass(frozen=True)
class Trial:
    """One run: `curves` maps a metric's name to its values from epoch 1 on, `once` the metrics logged once."""

    number: int
    params: Mapping[str, object]
    curves: Mapping[str, Sequence[float]]
    state: str = "COMPLETE"
    reason: str = "finished"
    phase: str = "paired"
    block: int | None = None
    repeat: int = 0
    attempt: int = 1
    maximize: bool = False
    objective: str = "val_loss"
    once: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Planted:
    """A whole sweep."""

    name: str
    trials: Sequence[Trial]
    tags: Mapping[str, str] = field(default_factory=dict)
    params: Mapping[str, object] = field(default_factory=dict)
    status: str = "FINISHED"


def plant(uri: str, sweep: Planted, artifacts: Path) -> str:
    """Write the sweep; returns the parent run's id. The experiment is made where it is missing.

    MLflow's client takes seconds for a sweep, filling its tables at once takes none; test_planting.py holds both equal.
    """
    client = MlflowClient(uri)
    if client.get_experiment_by_name("sweeper") is None:
        client.create_experiment("sweeper", artifact_location=artifacts.as_uri())
    experiment = client.get_experiment_by_name("sweeper")
    made = runs_of(sweep)
    rows: dict[Any, list[dict[str, Any]]] = {model: [] for model in (SqlRun, SqlTag, SqlParam, SqlMetric, SqlLatestMetric)}
    for run in made:
        _add(rows, run, int(experiment.experiment_id), f"{experiment.artifact_location}/{run.id}/artifacts")
    engine = sa.create_engine(uri)
    with engine.begin() as connection:
        for model, values in rows.items():
            if values:
                connection.execute(sa.insert(model), values)
    engine.dispose()
    return made[0].id


@dataclass(frozen=True)
class Logged:
    """All that a run logs. A parent has no trial."""

    name: str
    status: str
    start: int
    end: int | None
    tags: Mapping[str, str]
    params: Mapping[str, str]
    metrics: Sequence[Metric] = ()
    id: str = field(default_factory=lambda: uuid4().hex)


def runs_of(sweep: Planted) -> list[Logged]:
    """The parent run, and a run for each trial."""
    tags = {
        "sweeper.kind": "sweep",
        "sweeper.version": "0.1.0",
        "sweeper.objective": "val_loss",
        "sweeper.direction": "minimize",
        "sweeper.sampler": "paired",
        "sweeper.pruner": "none",
        "sweeper.seed": "7",
        "sweeper.design": "paired",
        "sweeper.data.name": "digits",
        "sweeper.data.digest": "5f0c83",
        "sweeper.data.rows.train": "1077",
        "sweeper.data.rows.validation": "360",
        "sweeper.data.rows.test": "360",
        "sweeper.version.keras": "3.15.0",
        "sweeper.backend": "tensorflow",
        "sweeper.workers": "2",
        **sweep.tags,
    }
    end = None if sweep.status == "RUNNING" else START + 41_000
    parent = Logged(sweep.name, sweep.status, START, end, tags, {key: str(value) for key, value in sweep.params.items()})
    return [parent, *(_run_of(parent, trial) for trial in sweep.trials)]


def _run_of(parent: Logged, trial: Trial) -> Logged:
    start = START + 400 * trial.number
    tags = {
        "mlflow.parentRunId": parent.id,
        "sweeper.sweep": parent.name,
        "sweeper.trial": str(trial.number),
        "sweeper.repeat": str(trial.repeat),
        "sweeper.attempt": str(trial.attempt),
        "sweeper.state": trial.state,
        "sweeper.reason": trial.reason,
        "sweeper.phase": trial.phase,
        "sweeper.structure": "mlp-64-64",
        "sweeper.worker": "worker-0",
        "sweeper.device": "CPU",
        "mlflow.note.content": "synthetic",
    }
    if trial.block is not None:
        tags["sweeper.block"] = str(trial.block)
    points = [
        Metric(key, float(value), start + 15 * epoch, epoch)
        for key, values in trial.curves.items()
        for epoch, value in enumerate(values, start=1)
    ]
    points += [Metric(key, float(value), start + 300, 0) for key, value in _once(trial).items()]
    params = {key: str(value) for key, value in trial.params.items()}
    ended = trial.state in STATUS
    return Logged(
        f"t{trial.number:04d}-mlp",
        STATUS[trial.state] if ended else "RUNNING",
        start,
        start + 350 if ended else None,
        tags,
        params,
        points,
    )


def _add(rows: dict[Any, list[dict[str, Any]]], run: Logged, experiment: int, artifacts: str) -> None:
    """A run's rows in MLflow's tables."""
    rows[SqlRun].append(
        {
            "run_uuid": run.id, "name": run.name, "experiment_id": experiment, "artifact_uri": artifacts, "user_id": "unknown",
            "source_type": "UNKNOWN", "source_name": "", "entry_point_name": "", "source_version": "", "status": run.status,
            "start_time": run.start, "end_time": run.end, "lifecycle_stage": "active",
        }
    )  # fmt: skip
    of_run = {"run_uuid": run.id}
    tags = {"mlflow.runName": run.name, **run.tags}
    rows[SqlTag] += [{**of_run, "key": key, "value": value} for key, value in tags.items()]
    rows[SqlParam] += [{**of_run, "key": key, "value": value} for key, value in run.params.items()]
    latest: dict[str, dict[str, Any]] = {}
    for point in run.metrics:
        nan = math.isnan(point.value)
        value = 0.0 if nan else max(min(point.value, LARGEST), -LARGEST)
        row = {**of_run, "key": point.key, "value": value, "is_nan": nan, "step": point.step, "timestamp": point.timestamp}
        rows[SqlMetric].append(row)
        if point.key not in latest or point.step >= latest[point.key]["step"]:
            latest[point.key] = row
    rows[SqlLatestMetric] += latest.values()


def _once(trial: Trial) -> dict[str, float]:
    finite = [value for value in trial.curves.get(trial.objective, ()) if math.isfinite(value)]
    found = {"seconds_compile": 0.4, "seconds_train": 0.2, "seconds_evaluate": 0.05, "seconds_probe": 0.01}
    if finite and trial.state != "FAILED":
        best = max(finite) if trial.maximize else min(finite)
        found |= {"objective": best, "objective_last": finite[-1], "best_epoch": finite.index(best) + 1}
        found["epochs"] = len(trial.curves[trial.objective])
    return {**found, **trial.once}
