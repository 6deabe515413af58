"""A run as its store tells it, in the shape that MLflow's client gives it, without what MLflow itself takes to import."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class RunInfo:
    """Times in Unix milliseconds; `end_time` is None while it runs."""

    run_id: str
    run_name: str | None
    experiment_id: str
    status: str
    start_time: int | None
    end_time: int | None
    artifact_uri: str | None


@dataclass(frozen=True)
class RunData:
    """The last value of each metric."""

    metrics: Mapping[str, float]
    params: Mapping[str, str]
    tags: Mapping[str, str]


@dataclass(frozen=True)
class Run:
    info: RunInfo
    data: RunData

    @staticmethod
    def of(told: Any) -> Run:
        """Of a run that MLflow's client gave."""
        info, data = told.info, told.data
        return Run(
            RunInfo(
                info.run_id, info.run_name, str(info.experiment_id), info.status, info.start_time, info.end_time,
                info.artifact_uri,
            ),
            RunData(dict(data.metrics), dict(data.params), dict(data.tags)),
        )  # fmt: skip
