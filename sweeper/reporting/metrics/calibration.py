"""Loss that overfits while accuracy does not: the network is as often right as before, but too sure where it is wrong."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sweeper.reporting.metrics.curves import RUN, objective_curves
from sweeper.reporting.metrics.evaluations import Evaluations, smooth
from sweeper.reporting.metrics.noise import noise
from sweeper.reporting.metrics.orientation import Orientation
from sweeper.reporting.metrics.overfitting import overfitting

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
