"""What the shape of each run's curve says: its noise, overfitting, plateau, stability, and the one word for all of it."""

from __future__ import annotations

from typing import Any

import pandas as pd

from sweeper.reporting.metrics.evaluations import Evaluations
from sweeper.reporting.metrics.increase import train_increase
from sweeper.reporting.metrics.labels import labels
from sweeper.reporting.metrics.memorization import memorization
from sweeper.reporting.metrics.noise import late_sd, noise
from sweeper.reporting.metrics.overfitting import overfitting
from sweeper.reporting.metrics.plateau import final_slopes, plateaus
from sweeper.reporting.metrics.spikes import spikes
from sweeper.reporting.metrics.stopping import progress_quotient, train_progress, up_strips

_DTYPES: dict[Any, Any] = {
    "noise": "float64",
    "late_sd": "float64",
    "overfit_onset": "Int64",
    "overfit_severity": "float64",
    "recovered": "boolean",
    "final_slope": "float64",
    "plateau": "str",
    "spikes": "Int64",
    "train_increase": "boolean",
    "train_progress": "float64",
    "pq": "float64",
    "up_strips": "Int64",
    "memorization": "float64",
    "label": "str",
}


def shapes(curves: pd.DataFrame, guess: float) -> pd.DataFrame:
    """Indexed by (trial, repeat), for every run in `curves` (see `objective_curves`) with a usable evaluation.

    The columns of `_DTYPES`; `guess` is the loss-like value of guessing, NaN where it is not known.
    """
    runs = Evaluations.of(curves)
    if not len(runs.count):
        return pd.DataFrame({name: pd.Series(dtype=dtype) for name, dtype in _DTYPES.items()}, index=runs.runs)
    jitter = noise(runs)
    found, slopes = overfitting(runs, jitter), final_slopes(runs)
    plateau, moves = plateaus(runs, slopes, jitter), train_progress(runs)
    return pd.DataFrame(
        {
            "noise": jitter,
            "late_sd": late_sd(runs),
            "overfit_onset": found.onset,
            "overfit_severity": found.severity,
            "recovered": found.recovered,
            "final_slope": slopes[:, 0],
            "plateau": plateau,
            "spikes": spikes(runs),
            "train_increase": train_increase(runs),
            "train_progress": moves,
            "pq": progress_quotient(found.severity, moves),
            "up_strips": up_strips(runs),
            "memorization": memorization(runs, jitter, guess),
            "label": labels(runs, found, plateau, jitter, guess),
        },
        index=runs.runs,
    ).astype(_DTYPES)
