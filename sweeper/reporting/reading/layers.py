"""The signal health of layers: the table `layers.json` that each run carries as an artifact.

It is a file a run, so it is read only when somebody asks, and of a large sweep for a part of the runs: for each choice the best
one, and others evenly spread over the trials' numbers. Tables in a local folder are opened where they lie, others are fetched
side by side.
"""

from __future__ import annotations

import json
import math
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from sweeper.reporting.reading.address import local_folder
from sweeper.reporting.reading.run import Run
from sweeper.tracking.layout import LAYER_TABLE

AT_MOST, FETCHED_AT_MOST = 600, 200
"""Runs whose tables are read where they lie in folders, and where each has to be fetched."""
LARGEST_TABLE = 20_000_000
"""Bytes of a table that is read."""
_AT_ONCE = 16

_DTYPES: dict[Any, Any] = {
    "trial": "int64", "repeat": "int64", "epoch": "int64", "layer": "str", "depth": "int64", "statistic": "str",
    "value": "float64",
}  # fmt: skip
_Row = tuple[int, str, str, float]


@dataclass(frozen=True)
class LayerTables:
    """Where the tables lie: `places` maps a run's id to the address of its artifacts."""

    tracking_uri: str = ""
    places: Mapping[str, str] = field(default_factory=dict)

    @staticmethod
    def of(tracking_uri: str, runs: Sequence[Run]) -> LayerTables:
        return LayerTables(tracking_uri, {run.info.run_id: run.info.artifact_uri or "" for run in runs})

    def read(self, runs: pd.DataFrame, maximize: bool = False) -> pd.DataFrame:
        """The frame of `COLUMNS["layers"]` for `runs` (trial, repeat, run_id, choice, value), or for a part of them where they
        are many; runs without a table are left out. `maximize` says that the larger value is the better one."""
        fetched = any(place and local_folder(place) is None for place in self.places.values())
        chosen = spread(runs, FETCHED_AT_MOST if fetched else AT_MOST, maximize)
        ids = [str(run_id) for run_id in chosen["run_id"]]
        with ThreadPoolExecutor(_AT_ONCE if fetched else 1) as pool:
            tables = list(pool.map(self._table, ids))
        rows = [
            (trial, repeat, *row)
            for trial, repeat, table in zip(chosen["trial"], chosen["repeat"], tables, strict=True)
            for row in table
        ]
        frame = pd.DataFrame(rows, columns=["trial", "repeat", "epoch", "layer", "statistic", "value"])
        depth = frame.groupby(["trial", "repeat", "epoch", "statistic"], sort=False).cumcount() + 1
        return frame.assign(depth=depth)[list(_DTYPES)].astype(_DTYPES)

    def _table(self, run_id: str) -> list[_Row]:
        place = self.places.get(run_id, "")
        if not place:
            return []
        folder = local_folder(place)
        try:
            return self._fetched(place) if folder is None else _rows(folder / LAYER_TABLE)
        except (OSError, ValueError):
            return []

    def _fetched(self, place: str) -> list[_Row]:
        from mlflow.exceptions import MlflowException
        from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository

        try:
            with tempfile.TemporaryDirectory() as own:
                artifacts = get_artifact_repository(place, tracking_uri=self.tracking_uri or None)
                return _rows(Path(artifacts.download_artifacts(LAYER_TABLE, own)))  # type: ignore[no-untyped-call]
        except MlflowException:
            return []


def spread(runs: pd.DataFrame, most: int, maximize: bool = False) -> pd.DataFrame:
    """At most about `most` of `runs`, of each choice as many: the best by `value` and others evenly spread over the trials. Of
    a trial that is trained several times the first training."""
    if len(runs) <= most:
        return runs
    runs = runs.drop_duplicates("trial")
    choices = runs.groupby("choice")
    share = max(most // choices.ngroups, 1)
    size, place = choices["trial"].transform("size"), choices.cumcount()
    taken = place * share // size > (place - 1) * share // size
    order = -runs["value"] if maximize else runs["value"]
    return runs[taken | (order.groupby(runs["choice"]).rank(method="first") == 1)]


def _rows(file: Path) -> list[_Row]:
    """What the table says, in its order; a row that is none is passed over. Raises ValueError for what is no JSON."""
    if file.stat().st_size > LARGEST_TABLE:
        return []
    told = json.loads(file.read_bytes())
    data = told.get("data") if isinstance(told, dict) else None
    return [found for row in data if (found := _row(row)) is not None] if isinstance(data, list) else []


def _row(row: object) -> _Row | None:
    if not (isinstance(row, list) and len(row) == 4):
        return None
    epoch, layer, statistic, value = row
    if not (isinstance(epoch, int) and isinstance(layer, str) and isinstance(statistic, str)):
        return None
    return epoch, layer, statistic, float(value) if isinstance(value, int | float) else math.nan
