"""Trials that diverged, as a part of the answer to which of two choices is better."""

from __future__ import annotations

import pandas as pd

LOPSIDED = 0.2
"""A difference of the shares of diverged trials that is part of the answer."""


def diverged(trials: pd.DataFrame) -> tuple[int, int]:
    """How many of these trials diverged, and how many have ended."""
    ended = trials["state"].isin(("COMPLETE", "PRUNED"))
    return int((ended & (trials["reason"] == "diverged")).sum()), int(ended.sum())


def is_lopsided(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    """Whether the shares of two groups of trials that diverged lie so far apart that they are part of the answer."""
    (first, of_first), (second, of_second) = diverged(one), diverged(other)
    return bool(of_first and of_second and abs(first / of_first - second / of_second) > LOPSIDED)
