"""The complete trials with a training curve: where their training ended, and the level at which their gaps are matched."""

from __future__ import annotations

import pandas as pd

from sweeper.reporting.metrics.labels import NEVER_LEARNED
from sweeper.reporting.story.subject import Subject
from sweeper.reporting.text import clean, number


def fitted(subject: Subject) -> pd.DataFrame:
    return subject.trials[(subject.trials["state"] == "COMPLETE") & subject.trials["gap_end"].notna()]


def learned(subject: Subject) -> pd.DataFrame:
    """Of these the ones that learned anything."""
    trials = fitted(subject)
    return trials[trials["label"] != NEVER_LEARNED]


def training_end(subject: Subject, trials: pd.DataFrame) -> pd.Series:
    """Loss-like training values at the end: validation there less its gap."""
    return _loss_like(subject, trials, "end.") - trials["gap_end"].astype("float64")


def validation_best(subject: Subject, trials: pd.DataFrame) -> pd.Series:
    """The best loss-like validation values."""
    return _loss_like(subject, trials, "best.")


def level_of(subject: Subject) -> float | None:
    """The training value, of the metric, at which gaps are matched."""
    known = subject.trials["matched_level"].dropna()
    return float(subject.orientation.as_metric(float(known.iloc[0]))) if len(known) else None


def level_words(subject: Subject) -> str:
    """`training loss 0.30`; empty where there is no level."""
    known = subject.trials["matched_level"].dropna()
    return training_words(subject, float(known.iloc[0])) if len(known) else ""


def training_words(subject: Subject, level: float) -> str:
    """`training loss 0.30`, of a loss-like value."""
    return (
        f"training {clean(subject.orientation.metric.replace('_', ' '))} {number(float(subject.orientation.as_metric(level)))}"
    )


def _loss_like(subject: Subject, trials: pd.DataFrame, when: str) -> pd.Series:
    return subject.orientation.loss_like(trials[when + subject.frames.sweep.objective.metric].astype("float64"))
