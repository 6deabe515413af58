"""What is written into MLflow's tables at once is what its client would write."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from mlflow.entities import Metric, Param, RunTag
from mlflow.tracking import MlflowClient

from tests.reporting.planting import Planted, Trial, plant, runs_of

CURVES = {"val_loss": [0.5, math.nan, math.inf], "train_loss": [-math.inf, 0.25]}
SWEEP = Planted(
    "both",
    [
        Trial(0, {"optimizer": "adam", "rate": 0.1}, CURVES, block=0, once={"test_loss": 0.75}),
        Trial(1, {"optimizer": "sgd"}, {"val_loss": [0.5, 0.25]}, "RUNNING", ""),
        Trial(2, {}, {}, "FAILED", "error", repeat=1),
    ],
    {"sweeper.compare": "optimizer"},
    {"budget.trials": 3},
)


def test_the_tables_hold_what_the_client_would_write(fresh: str, tmp_path: Path) -> None:
    parent = plant(fresh, SWEEP, tmp_path)
    planted = told(fresh)
    client = MlflowClient(fresh)
    experiment = client.get_run(parent).info.experiment_id
    for run in client.search_runs([experiment]):
        client.delete_run(run.info.run_id)
    by_client(client, experiment, SWEEP)
    assert told(fresh) == planted and len(planted) == 4


def by_client(client: MlflowClient, experiment: str, sweep: Planted) -> None:
    ids: dict[str, str] = {}
    for run in runs_of(sweep):
        tags = {key: ids.get(value, value) for key, value in run.tags.items() if key != "mlflow.note.content"}
        made = client.create_run(experiment, start_time=run.start, run_name=run.name, tags=tags)
        ids[run.id] = made.info.run_id
        note = [RunTag(key, value) for key, value in run.tags.items() if key == "mlflow.note.content"]
        client.log_batch(made.info.run_id, run.metrics, [Param(key, value) for key, value in run.params.items()], note)
        if run.end is not None:
            client.set_terminated(made.info.run_id, run.status, end_time=run.end)


def told(uri: str) -> list[Any]:
    """All that the client says of the runs of a store, with names in place of their ids."""
    client = MlflowClient(uri)
    experiment = client.get_experiment_by_name("sweeper")
    assert experiment is not None
    runs = sorted(client.search_runs([experiment.experiment_id]), key=lambda run: run.info.run_name or "")
    names = {run.info.run_id: run.info.run_name for run in runs}

    def point(metric: Metric) -> tuple[Any, ...]:
        return metric.key, repr(metric.value), metric.timestamp, metric.step

    return [
        (
            {
                **dict(run.info),
                "run_id": "",
                "run_uuid": "",
                "artifact_uri": str(run.info.artifact_uri).replace(run.info.run_id, ""),
            },
            {key: names.get(value, value) for key, value in run.data.tags.items()},
            run.data.params,
            sorted(map(point, run.data._metric_objs)),
            sorted(point(one) for key in run.data.metrics for one in client.get_metric_history(run.info.run_id, key)),
        )
        for run in runs
    ]
