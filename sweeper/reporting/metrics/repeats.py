"""The curves of configurations: means over their repeats, which are further seeds or folds of one configuration and no
configurations of their own. Of a single repeat they are its own curves."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sweeper.reporting.metrics.curves import RUN, usable

_EPOCH = ["trial", "epoch"]


def mean_curves(curves: pd.DataFrame) -> pd.DataFrame:
    """Columns trial, epoch, validation, training, low, high: means of `objective_curves` over the repeats of each trial at
    the epochs between which all of them go, and the least and greatest validation value there.

    A repeat that was not evaluated where another was (imported curves seldom agree) is taken on the straight line between its
    evaluations on either side. `training` is missing where one repeat lacks it. Only epochs before a repeat's first value that
    is not finite count.
    """
    repeats = _repeats(curves)
    at = _filled(usable(curves), repeats).groupby(_EPOCH)
    validation = at["validation"].agg(["mean", "min", "max", "size"])
    training = at["training"].mean().where(at["training"].count() == validation["size"])
    means = pd.DataFrame(
        {"validation": validation["mean"], "training": training, "low": validation["min"], "high": validation["max"]}
    )
    return means[validation["size"] == repeats.reindex(validation.index.get_level_values("trial")).to_numpy()].reset_index()


def _filled(whole: pd.DataFrame, repeats: pd.Series[int]) -> pd.DataFrame:
    """`whole` with rows for the repeats that lack an epoch which others of their trial have, inside their own range."""
    ends = whole.groupby(RUN)["epoch"].agg(["min", "max"]).groupby("trial").agg({"min": "max", "max": "min"})
    inside = whole.join(ends, on="trial")
    inside = inside[(inside["epoch"] >= inside["min"]) & (inside["epoch"] <= inside["max"])]
    sizes = inside.groupby(_EPOCH).size()
    short = sizes < repeats.reindex(sizes.index.get_level_values("trial")).to_numpy()
    uneven = whole[whole["trial"].isin(short[short].index.get_level_values("trial"))]
    added = [_between(run, epochs["epoch"].unique()) for _, epochs in uneven.groupby("trial") for _, run in epochs.groupby(RUN)]
    return pd.concat([whole, *added]) if added else whole


def _between(run: pd.DataFrame, epochs: np.ndarray) -> pd.DataFrame:
    """What one run lacks of `epochs` between its first and its last."""
    own = run["epoch"].to_numpy()
    lacking = np.setdiff1d(epochs[(epochs > own[0]) & (epochs < own[-1])], own)
    columns = {name: np.interp(lacking, own, run[name].to_numpy("float64")) for name in ("validation", "training")}
    return pd.DataFrame({"trial": run["trial"].iloc[0], "repeat": run["repeat"].iloc[0], "epoch": lacking, **columns})


def best_of_runs(curves: pd.DataFrame) -> pd.DataFrame:
    """Columns trial, repeat, epoch, validation: the best (loss-like) validation value so far of each run."""
    whole = usable(curves)
    return whole.assign(validation=whole.groupby(RUN)["validation"].cummin())[[*RUN, "epoch", "validation"]]


def best_so_far(curves: pd.DataFrame) -> pd.DataFrame:
    """Columns trial, epoch, validation: the mean over the repeats of the best validation value so far.

    A repeat that ended earlier keeps its best; epochs before each of them has a value are left out.
    """
    best = best_of_runs(curves)
    wide = best.pivot(index=_EPOCH, columns="repeat", values="validation").groupby(level="trial").ffill()
    repeats = _repeats(curves).reindex(wide.index.get_level_values("trial")).to_numpy()
    return wide.mean(axis=1)[wide.notna().sum(axis=1) == repeats].rename("validation").reset_index()


def _repeats(curves: pd.DataFrame) -> pd.Series[int]:
    """How many repeats of each trial have curves at all."""
    return curves.groupby("trial")["repeat"].nunique()
