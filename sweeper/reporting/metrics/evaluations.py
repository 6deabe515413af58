"""The curves of many runs as arrays, so that what is measured on them is measured on all at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from sweeper.reporting.metrics.curves import RUN, usable

Array = np.ndarray


@dataclass(frozen=True)
class Evaluations:
    """The usable evaluations of each run behind each other, whatever epochs they belong to.

    `epoch`, `validation` and `training` are float64 [runs, most evaluations], loss-like, NaN behind a run's last one; `count`
    is int [runs], at least 1; `runs` has the names (trial, repeat).
    """

    runs: pd.MultiIndex
    epoch: Array
    validation: Array
    training: Array
    count: Array

    @staticmethod
    def of(curves: pd.DataFrame) -> Evaluations:
        """`curves` as `objective_curves` gives them; runs without a usable evaluation are left out."""
        whole = usable(curves).sort_values([*RUN, "epoch"])
        whole = whole.assign(place=whole.groupby(RUN).cumcount())
        wide = {name: whole.pivot(index=RUN, columns="place", values=name) for name in ("epoch", "validation", "training")}
        runs = wide["epoch"].index
        assert isinstance(runs, pd.MultiIndex)
        arrays = {name: table.to_numpy("float64") for name, table in wide.items()}
        return Evaluations(runs, **arrays, count=np.isfinite(arrays["epoch"]).sum(axis=1))

    def last(self, values: Array) -> Array:
        """What stands at each run's last evaluation [runs]."""
        return np.take_along_axis(values, self.count[:, np.newaxis] - 1, axis=1)[:, 0]

    def late(self, share: float, least: int) -> Array:
        """Which evaluations are among the last `share` of their run, at least `least` of them: bool [runs, evaluations]."""
        wide = np.maximum(np.ceil(share * self.count), least)
        place = np.arange(self.epoch.shape[1])
        return (place >= (self.count - wide)[:, np.newaxis]) & (place < self.count[:, np.newaxis])


def smooth(values: Array) -> Array:
    """The running median of five: of each value and the two on either side, at the ends of fewer. NaN stays where it was."""
    padded = np.pad(values, ((0, 0), (2, 2)), constant_values=np.nan)
    medians = middle(np.lib.stride_tricks.sliding_window_view(padded, 5, axis=1))
    return np.where(np.isfinite(values), medians, np.nan)


def middle(values: Array) -> Array:
    """The median along the last axis of what is not NaN; NaN where nothing is."""
    if values.shape[-1] == 0:
        return np.full(values.shape[:-1], np.nan)
    ordered = np.sort(values, axis=-1)  # NaN comes last
    known = np.isfinite(ordered).sum(axis=-1)
    low, high = (np.maximum((known - side) // 2, 0)[..., np.newaxis] for side in (1, 0))
    found = (np.take_along_axis(ordered, low, -1) + np.take_along_axis(ordered, high, -1))[..., 0] / 2
    return np.where(known > 0, found, np.nan)
