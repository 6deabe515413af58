"""The curves of configurations: means over their repeats, which are further seeds or folds of one configuration and no
configurations of their own. Of a single repeat they are its own curves."""

from __future__ import annotations

import pandas as pd

from sweeper.reporting.metrics.curves import usable

_EPOCH = ["trial", "epoch"]


def mean_curves(curves: pd.DataFrame) -> pd.DataFrame:
    """Columns trial, epoch, validation, training, low, high: means of `objective_curves` over the repeats of each trial at
    the epochs that all of them have, and the least and greatest validation value there.

    `training` is missing where one repeat lacks it. Only epochs before a repeat's first value that is not finite count.
    """
    at = usable(curves).groupby(_EPOCH)
    validation = at["validation"].agg(["mean", "min", "max", "size"])
    training = at["training"].mean().where(at["training"].count() == validation["size"])
    means = pd.DataFrame(
        {"validation": validation["mean"], "training": training, "low": validation["min"], "high": validation["max"]}
    )
    return means[
        validation["size"] == _repeats(curves).reindex(validation.index.get_level_values("trial")).to_numpy()
    ].reset_index()


def best_so_far(curves: pd.DataFrame) -> pd.DataFrame:
    """Columns trial, epoch, validation: the mean over the repeats of the best (loss-like) validation value so far.

    A repeat that ended earlier keeps its best; epochs before each of them has a value are left out.
    """
    whole = usable(curves)
    best = whole.assign(validation=whole.groupby(["trial", "repeat"])["validation"].cummin())
    wide = best.pivot(index=_EPOCH, columns="repeat", values="validation").groupby(level="trial").ffill()
    repeats = _repeats(curves).reindex(wide.index.get_level_values("trial")).to_numpy()
    return wide.mean(axis=1)[wide.notna().sum(axis=1) == repeats].rename("validation").reset_index()


def _repeats(curves: pd.DataFrame) -> pd.Series[int]:
    """How many repeats of each trial have curves at all."""
    return curves.groupby("trial")["repeat"].nunique()
