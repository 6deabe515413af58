"""Best epoch, generalization gap and what training on cost, for every run at once.

With loss-like y, epochs t = 1..T and t* = argmin y_validation (the first on ties):

    gap_best      = y_validation(t*) - y_training(t*)        negative is legal (dropout, augmentation) and never clipped
    gap_end       = y_validation(T)  - y_training(T)
    given_back    = y_validation(T)  - y_validation(t*)      >= 0
    epochs_wasted = T - t*,   wasted_frac = (T - t*) / T

A value that is not finite ends a curve: T is the epoch before it. A gap is a difference, not overfitting.
"""

from __future__ import annotations

import pandas as pd

from sweeper.reporting.metrics.curves import RUN, first_unusable, usable

NO_VALIDATION = "no validation value was logged"
NO_TRAINING = "no training value there"
NOTHING_FINITE = "no finite validation value"


def best_epochs(curves: pd.DataFrame) -> pd.DataFrame:
    """Indexed by (trial, repeat), for every run in `curves` (see `objective_curves`).

    Columns best_epoch, epochs_seen (T), diverged_epoch, y_best, y_end, gap_best, gap_end, gap_source, given_back,
    epochs_wasted, wasted_frac; and `gap_best_reason`, `gap_end_reason`, `best_epoch_reason`, empty where there is a value.
    """
    runs = curves.groupby(RUN)["source"].first()
    whole = usable(curves)
    best = whole.loc[whole.groupby(RUN)["validation"].idxmin()].set_index(RUN).reindex(runs.index)
    end = whole.groupby(RUN).tail(1).set_index(RUN).reindex(runs.index)
    diverged = first_unusable(curves).reindex(runs.index)
    found = pd.DataFrame(
        {
            "best_epoch": best["epoch"].astype("Int64"),
            "epochs_seen": end["epoch"].astype("Int64"),
            "diverged_epoch": diverged.where(diverged < float("inf")).astype("Int64"),
            "y_best": best["validation"],
            "y_end": end["validation"],
            "gap_best": best["validation"] - best["training"],
            "gap_end": end["validation"] - end["training"],
            "gap_source": runs,
            "given_back": end["validation"] - best["validation"],
            "epochs_wasted": (end["epoch"] - best["epoch"]).astype("Int64"),
            "wasted_frac": (end["epoch"] - best["epoch"]) / end["epoch"],
        }
    )
    found["best_epoch_reason"] = _reason(found["best_epoch"], NOTHING_FINITE)
    for gap in ("gap_best", "gap_end"):
        found[f"{gap}_reason"] = _reason(found[gap], NO_TRAINING).where(found["y_best"].notna(), NOTHING_FINITE)
    return found


def _reason(values: pd.Series[float], words: str) -> pd.Series[str]:
    return pd.Series("", index=values.index, dtype="str").where(values.notna(), words)
