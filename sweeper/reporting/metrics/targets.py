"""Epochs to a target that is common to all trials: how fast, apart from how good in the end.

The target c is the user's, or the median over trials of the best loss-like validation value ("median-best"), with the 25 % and
75 % points beside it. A trial reaches c at the first epoch with y_validation <= c, of several repeats at the first at which the
mean of their best values so far is; one that never does is censored: missing, with the reason it stopped (`budget`,
`early_stop`, `pruned`, `diverged`).
"""

from __future__ import annotations

import pandas as pd

SHARES = (0.75, 0.5, 0.25)
"""Share of trials whose best is at least as good as the target: an easy one, the common one and a hard one."""

UNINFORMATIVE = (0.2, 0.95)
"""A target that fewer or more of every choice's trials reach tells nothing about speed."""


def target_of(y_best: pd.Series[float], share: float = 0.5) -> float | None:
    """The loss-like value that `share` of the trials reach (linear between trials); None where no trial has a value."""
    known = y_best.dropna()
    return float(known.quantile(share)) if len(known) else None


def epochs_to(progress: pd.DataFrame, target: float, of: str | list[str] = "trial") -> pd.Series[int]:
    """By trial, or by run where `of` names that: the first epoch of `repeats.best_so_far` with a value of at most `target`;
    those without one are left out."""
    # The quantile of a value and the value itself may differ by a rounding; a trial that set the target has reached it.
    reached = progress[progress["validation"] <= target + 1e-12 * max(1.0, abs(target))]
    return reached.groupby(of)["epoch"].min().astype("Int64")


def censoring(state: str, reason: str) -> str:
    """Why a trial that did not reach the target stopped."""
    if reason in ("diverged", "early_stop"):
        return reason
    return {"COMPLETE": "budget", "PRUNED": "pruned", "RUNNING": "running"}.get(state, "failed")
