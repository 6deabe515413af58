"""The training value at which gaps are matched, as a number and in words."""

from __future__ import annotations

from sweeper.reporting.story.subject import Subject
from sweeper.reporting.text import clean, number


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
