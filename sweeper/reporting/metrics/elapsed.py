"""Seconds of training at an epoch, where a sweep has logged them: imported curves do, for their epochs or steps take no even
time. Our own trials say the seconds of all their epochs together (`seconds_train`)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sweeper.reporting.metrics.curves import RUN
from sweeper.tracking.layout import ELAPSED


def elapsed(epochs: pd.DataFrame) -> pd.DataFrame:
    """Columns trial, repeat, epoch, value: the logged seconds, in the order of epochs; empty where there are none."""
    return epochs.loc[epochs["metric"] == ELAPSED, [*RUN, "epoch", "value"]].sort_values([*RUN, "epoch"])


def seconds_at(seconds: pd.DataFrame, when: pd.Series[int]) -> pd.Series[float]:
    """The seconds at one epoch of each run; `seconds` as `elapsed` gives them, `when` by (trial, repeat).

    Exact at an evaluation, on the straight line between two, and the last one's behind the last: a repeat that had ended by
    then has spent no more. Missing where nothing was logged or `when` is missing.
    """
    asked = when.dropna().astype("float64").rename("when")
    known = seconds[seconds["value"].notna()].merge(asked.reset_index(), on=RUN)
    found = {
        run: np.interp(own["when"].iloc[0], own["epoch"].to_numpy("float64"), own["value"].to_numpy())
        for run, own in known.groupby(RUN)
    }
    return pd.Series(found, dtype="float64").reindex(when.index) if found else pd.Series(np.nan, index=when.index)
