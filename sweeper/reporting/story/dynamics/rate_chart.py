"""The best value of each trial against its learning rate, with a cross at the bad end for each that diverged."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sweeper.reporting.story.blocks import Axis, Caption, Chart, Mark, Points
from sweeper.reporting.story.dynamics.rates import Arm
from sweeper.reporting.story.subject import Subject
from sweeper.reporting.text import count, number

_WIDE = 8.0
"""A loss that spans more than this many times its least is drawn on a logarithmic axis."""


def rate_chart(subject: Subject, arms: list[Arm]) -> tuple[Chart, ...]:
    """Nothing where fewer than two rates were tried or none gave a value, and without choices: the picture of every parameter
    has it then."""
    if not subject.compares or not arms:
        return ()
    rates, y = (pd.concat([getattr(arm, name) for arm in arms]).to_numpy("float64") for name in ("rate", "y"))
    values = subject.orientation.as_metric(pd.Series(y[np.isfinite(y)])).to_numpy()
    if len(np.unique(rates)) < 2 or not len(values):
        return ()
    axis, bad = _axis(subject, values)
    marks = tuple(mark for arm in arms for mark in _marks(subject, arm, bad))
    lost = len(y) - len(values)
    caption = Caption(
        "Which learning rates work with each choice, and which diverge?",
        f"{count(len(y), 'trial')} that completed or diverged ({lost} did). Those that were stopped have no value.",
        f"A dot is the best {subject.metric} of a trial, a cross at the edge one that diverged; each colour is a choice. A "
        "wide floor forgives a wrong rate, crosses next to the best dots do not.",
    )
    x = Axis("learning rate", float(rates.min()) / 1.3, float(rates.max()) * 1.3, log=True)
    return (Chart("rates", marks, x, axis, caption),)


def _axis(subject: Subject, values: np.ndarray) -> tuple[Axis, float]:
    """The y-axis, and the value at which what diverged is drawn."""
    low, high = float(values.min()), float(values.max())
    if not subject.orientation.maximize and low > 0 and high / low > _WIDE:
        return Axis(subject.metric, low / 1.3, high * 1.6, log=True), high * 1.6
    reach = 0.06 * (high - low) or 0.5
    axis = Axis(subject.metric, low - reach, high + reach)
    return axis, axis.low if subject.orientation.maximize else axis.high


def _marks(subject: Subject, arm: Arm, bad: float) -> list[Mark]:
    lost = np.isinf(arm.y)
    marks: list[Mark] = []
    for which, mark in ((~lost, "dot"), (lost, "cross")):
        heights = subject.orientation.as_metric(arm.y[which].mask(lost[which], 0.0)).mask(lost[which], bad)
        ends = ["diverged" if mark == "cross" else f"{subject.metric} {number(value)}" for value in heights]
        says = tuple(
            f"trial {trial}, {arm.name}: learning rate {number(rate, 2)}, {end}"
            for trial, rate, end in zip(arm.trials.loc[which, "number"], arm.rate[which], ends, strict=True)
        )
        if says:
            marks.append(Points(tuple(arm.rate[which]), tuple(heights), arm.colour, says, mark))
    return marks
