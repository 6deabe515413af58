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


AT_TARGET = "target"
"""The reason of a training that was stopped because it had reached the target: a result, but its best value is cut there."""
STOPPED = 0.5
"""Trainings of which this share ends at the very evaluation that reached the target were stopped by it, and it is no chance."""
_FEWEST = 5


def stopped_at(last: pd.Series[int], reached: pd.Series[int]) -> pd.Series[bool]:
    """Which trainings were stopped because they had reached the target: their `last` epoch is the one that `reached` it
    (missing where none did). None were where it is so of fewer than half of those that reached it, or of a handful."""
    there = (last == reached).fillna(False).astype(bool)
    usual = there.sum() >= max(_FEWEST, STOPPED * reached.notna().sum())
    return there & bool(usual)


def censoring(state: str, reason: str) -> str:
    """Why a trial that did not reach the target stopped."""
    if reason in ("diverged", "early_stop"):
        return reason
    return {"COMPLETE": "budget", "PRUNED": "pruned", "RUNNING": "running"}.get(state, "failed")
