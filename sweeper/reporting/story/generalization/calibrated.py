"""How much less right the probabilities are on validation than on training, and whether a loss that overfits alone has to do
with it; where the calibration error was measured."""

from __future__ import annotations

import math

import pandas as pd

from sweeper.reporting.metrics.calibration import AT_BEST, AT_END, GAP
from sweeper.reporting.statistics.medians import median_interval
from sweeper.reporting.story.blocks import Cell
from sweeper.reporting.story.subject import Subject
from sweeper.reporting.text import NONE, count, number, signed

_ADVICE = "consider label smoothing, or early stopping on the loss."


def measured(subject: Subject) -> pd.Series:
    """The calibration gap of each complete trial that has one."""
    trials = subject.trials
    return trials.loc[trials["state"] == "COMPLETE", GAP].dropna() if GAP in trials else pd.Series(dtype="float64")


def calibration_sentences(subject: Subject) -> list[str]:
    gaps = measured(subject)
    if not len(gaps):
        return []
    middle, low, high = median_interval(gaps.to_numpy("float64"))
    said = "whether probabilities are as right on either part cannot be told"
    if low > 0:
        said = "probabilities are less right on rows that were not trained on"
    elif high < 0:
        said = "probabilities are no less right on rows that were not trained on"
    return [
        f"At the best {subject.unit} the calibration error of validation less that of training is "
        f"{_interval(middle, low, high)}, the median of {count(len(gaps), 'complete trial')}: {said}."
    ]


def overconfidence(subject: Subject, sure: pd.DataFrame) -> str:
    """What is said of the trainings `sure`, whose loss overfits while accuracy does not: that they are over-confident, unless
    the calibration error was measured and does not bear it out. Repeats count as one."""
    rise = (sure[AT_END] - sure[AT_BEST]).dropna() if AT_END in sure and AT_BEST in sure else pd.Series(dtype="float64")
    if not len(rise):
        return f"They are over-confident: {_ADVICE}"
    rise = rise.groupby(sure.loc[rise.index, "trial"]).mean()
    middle, low, high = median_interval(rise.to_numpy("float64"))
    grows = f"({_interval(middle, low, high)}, the median of {count(len(rise), 'trial')})"
    until = f"from the best {subject.unit} to the end"
    if low > 0:
        return f"They are over-confident: their calibration error on validation grows {until} {grows}; {_ADVICE}"
    return (
        f"Their calibration error on validation does not surely grow {until} {grows}, so that over-confidence is not shown to "
        "be behind it."
    )


def gap_cell(gaps: pd.Series) -> Cell:
    """Of one choice."""
    if not len(gaps):
        return Cell(NONE)
    middle, low, high = median_interval(gaps.to_numpy("float64"))
    known = f"{number(low)} to {number(high)}" if math.isfinite(low) else f"of {len(gaps)}"
    return Cell(signed(middle), known, sort=middle)


def _interval(middle: float, low: float, high: float) -> str:
    """`0.031 [0.024, 0.04]`; of few values without an interval."""
    if not math.isfinite(low):
        return f"{number(middle)} (too few for an interval)"
    return f"{number(middle)} [{number(low)}, {number(high)}]"
