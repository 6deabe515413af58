"""The loss before training against what guessing gives: far above it the first outputs are too large."""

from __future__ import annotations

import pandas as pd

from sweeper.reporting.metrics.curves import RUN

TOO_FAR = 20.0
"""Per cent."""


def init_check(epochs: pd.DataFrame, guess: float) -> pd.Series[float]:
    """100 |loss - guess| / guess of the training loss before the first epoch, in inference mode, by (trial, repeat); runs that
    did not log it are left out. `guess` is the cross-entropy of guessing; NaN leaves out all."""
    start = epochs[(epochs["epoch"] == 0) & (epochs["metric"] == "train_eval_loss")].set_index(RUN)["value"]
    return (100 * (start - guess).abs() / guess).dropna()
