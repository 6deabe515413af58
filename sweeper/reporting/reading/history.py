"""The metrics of many runs over their epochs: from the database where the store is one we know, else through the client."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import sqlalchemy as sa

from sweeper.reporting.reading.database import points
from sweeper.reporting.reading.points import Points
from sweeper.reporting.reading.run import Run
from sweeper.reporting.reading.served import served
from sweeper.reporting.reading.store import Store

HISTORY = ("run_id", "key", "step", "time", "value")
ONCE = ("objective", "objective_last", "best_epoch", "epochs")
"""Metrics logged once for a trial; with `seconds_*` and `test_*` they are no curves."""


def is_curve(key: str) -> bool:
    """Whether a metric is a curve over epochs."""
    return key not in ONCE and not key.startswith(("objective_", "seconds_", "test_"))


def read_histories(
    store: Store, runs: Sequence[Run], connection: sa.Connection | None, cache: Path | None = None
) -> pd.DataFrame:
    """Columns `HISTORY`, a row for each run, step and metric, in the order of `runs`, steps and names; `run_id` and `key` are
    categories, `time` in Unix milliseconds.

    Of several values for one step the one logged first stays. NaN and infinities come back as such. Without a `connection` to a
    database the client is asked, and what it told of runs that have ended is kept in the folder `cache`, where one is given.
    Raises StoreError where the store does not answer.
    """
    keys = sorted({key for run in runs for key in run.data.metrics if is_curve(key)})
    found = [one.tidy() for one in _points(store, runs, keys, connection, cache)]
    if not runs:
        found = [Points.of([], [], [], [])]
    places = np.repeat(np.arange(len(found)), [len(one.key) for one in found])
    key, step, time, value = (np.concatenate(column) for column in zip(*found, strict=True))
    return pd.DataFrame(
        {
            "run_id": pd.Categorical.from_codes(places, pd.Index([run.info.run_id for run in runs], dtype="str")),
            "key": pd.Categorical.from_codes(key, pd.Index(keys, dtype="str")),
            "step": step,
            "time": time,
            "value": value,
        }
    )


def _points(
    store: Store, runs: Sequence[Run], keys: Sequence[str], connection: sa.Connection | None, cache: Path | None
) -> list[Points]:
    """Those of each run, in the order of `runs`."""
    places = {key: place for place, key in enumerate(keys)}
    if connection is None:
        return served(store.client, runs, places, cache)
    return [points(connection, run.info.run_id, places) for run in runs]
