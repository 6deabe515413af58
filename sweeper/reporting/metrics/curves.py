"""The two curves of every trial that the objective is about: validation and training, loss-like, epoch by epoch."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sweeper.reporting.metrics.orientation import Orientation

RUN = ["trial", "repeat"]
"""What names a run: the trial and its repeat."""


def objective_curves(epochs: pd.DataFrame, orientation: Orientation, first: int = 1) -> pd.DataFrame:
    """Columns trial, repeat, epoch, validation, training, source: a row for each epoch from `first` on with a validation value.

    `validation` and `training` are loss-like. `training` is `train_eval` where the run has it (inference mode, a fixed part
    of the training set). Otherwise it is `train`, a mean over an epoch in which the weights moved, read at the epoch's
    end by averaging it with the next epoch's (where that was not logged it stays as it is); `source` says which: `train_eval`
    or `train`.
    """
    own = epochs[(epochs["name"] == orientation.metric) & (epochs["epoch"] >= first)]
    parts = {split: own.loc[own["split"] == split, [*RUN, "epoch", "value"]] for split in ("val", "train_eval", "train")}
    curves = parts["val"].rename(columns={"value": "validation"})
    curves = curves.merge(parts["train_eval"].rename(columns={"value": "exact"}), on=[*RUN, "epoch"], how="left")
    curves = curves.merge(_at_epoch_end(parts["train"]), on=[*RUN, "epoch"], how="left")
    curves = curves.sort_values([*RUN, "epoch"], ignore_index=True)
    evaluated = curves["exact"].notna().groupby([curves[name] for name in RUN]).transform("any").astype(bool)
    return pd.DataFrame(
        {
            **{name: curves[name] for name in (*RUN, "epoch")},
            "validation": orientation.loss_like(curves["validation"].astype("float64")),
            "training": orientation.loss_like(curves["exact"].where(evaluated, curves["running"]).astype("float64")),
            "source": np.where(evaluated, "train_eval", np.where(curves["running"].notna(), "train", "")),
        }
    )


def first_unusable(curves: pd.DataFrame) -> pd.Series[float]:
    """For each run, the first epoch whose validation value is not finite; infinity for a run without one."""
    broken = curves["epoch"].where(~np.isfinite(curves["validation"]), np.inf)
    return broken.groupby([curves[name] for name in RUN]).min()


def usable(curves: pd.DataFrame) -> pd.DataFrame:
    """The epochs before a run's first value that is not finite."""
    limit = curves.join(first_unusable(curves).rename("limit"), on=RUN)["limit"]
    return curves[curves["epoch"] < limit]


def _at_epoch_end(running: pd.DataFrame) -> pd.DataFrame:
    running = running.sort_values([*RUN, "epoch"])
    later = running.groupby(RUN)[["epoch", "value"]].shift(-1)
    following = later["value"].where(later["epoch"] == running["epoch"] + 1)
    return running.assign(running=((running["value"] + following) / 2).fillna(running["value"])).drop(columns="value")
