"""Loss that overfits while accuracy does not: the network is as often right as before, but too sure where it is wrong. And,
where the calibration error (`parts.calibration`) was measured, how much larger it is on validation than on training.

    calib_gap = ECE_validation(t*) - ECE_training(t*)        in inference mode; negative is legal

Both parts have as many rows where a sweep trained them, so that what chance adds to either is about the same in both.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from sweeper.reporting.metrics.curves import RUN, objective_curves
from sweeper.reporting.metrics.evaluations import Evaluations, smooth
from sweeper.reporting.metrics.noise import noise
from sweeper.reporting.metrics.orientation import Orientation
from sweeper.reporting.metrics.overfitting import overfitting

ERROR = "calibration_error"
GAP, AT_BEST, AT_END = "calib_gap", f"best.val_{ERROR}", f"end.val_{ERROR}"
_TRAINING = f"best.train_eval_{ERROR}"
LOSS, ACCURACY = Orientation("loss", "minimize"), Orientation("accuracy", "error")


def overconfident(epochs: pd.DataFrame, ended: pd.DataFrame) -> pd.Series[bool]:
    """By (trial, repeat) of those in `ended` that logged both `val_loss` and `val_accuracy`: whether the loss overfits to the
    end (see `overfitting`), while the running median of 1 - accuracy ends within its noise of its best."""
    own = epochs.merge(ended[RUN], on=RUN)
    loss, error = (Evaluations.of(objective_curves(own, which)) for which in (LOSS, ACCURACY))
    if not len(loss.count) or not len(error.count):
        return pd.Series(dtype="boolean", index=loss.runs[:0])
    found = overfitting(loss, noise(loss))
    worse = pd.Series(found.lasts & ~found.unstable, index=loss.runs)
    course = smooth(error.validation)
    with np.errstate(invalid="ignore"):
        kept = error.last(course) - np.fmin.reduce(course, axis=1) <= noise(error)
    both = worse.index.intersection(error.runs)
    return (worse.loc[both] & pd.Series(kept, index=error.runs).loc[both]).astype("boolean")


def with_calibration_gap(runs: pd.DataFrame) -> pd.DataFrame:
    """`runs`, which have every metric at the best epoch (`best.*`), with the column `calib_gap` where the error was measured on
    both parts in any of them."""
    if AT_BEST not in runs or _TRAINING not in runs:
        return runs
    return runs.assign(**{GAP: runs[AT_BEST] - runs[_TRAINING]})
