"""Every trial's value by its choice, with the best of each (the isolation plot of the Deep Learning Tuning Playbook); in a
crossed question by the levels of one factor, with a line for each level of the other."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sweeper.reporting.story.blocks import GREY, Axis, Caption, Chart, Line, Mark, Points
from sweeper.reporting.story.subject import COLOURS, Subject, factor_words, trial_name
from sweeper.reporting.text import clean, count, number

MOST = 12
"""So many rows a figure has."""
WIDE = 8
"""A largest value so many times the smallest one asks for a logarithmic axis: one bad trial would hide the others."""
_SPREAD = 0.22
"""How far from its row a dot may lie, so that dots do not hide each other."""


def isolation(subject: Subject) -> list[Chart]:
    """No figure where no trial is complete."""
    if not len(subject.ranking):
        return []
    return [_of_factors(subject, *list(subject.factors)[:2])] if subject.crossed else [_of_choices(subject)]


def _of_choices(subject: Subject) -> Chart:
    shown = list(dict.fromkeys(subject.ranking["choice"]))[:MOST]
    marks: list[Mark] = []
    for place, choice in enumerate(reversed(shown)):
        own = subject.ranking[subject.ranking["choice"] == choice]
        marks += _dots(subject, own, place, subject.colours[choice])
        marks.append(_best(subject, own.iloc[0], place, subject.colours[choice]))
    rest = len(subject.choices) - len(shown)
    left = f" {count(rest, 'choice')} {'is' if rest == 1 else 'are'} not shown." if rest else ""
    reading = "A dot is a trial; the ring is the best trial of its choice. The best choice is at the top." + left
    return _chart(subject, marks, shown, "Which values did the trials of each choice come to?", reading)


def _of_factors(subject: Subject, first: str, second: str) -> Chart:
    rows, lines = sorted((first, second), key=lambda name: -len(subject.factors[name]))
    levels = subject.frames.levels.loc[subject.ranking.index]
    shown, coloured = subject.factors[rows][:MOST], subject.factors[lines]
    marks: list[Mark] = []
    for number_, partner in enumerate(coloured):
        colour = number_ if number_ < COLOURS else GREY
        aside = 0.5 * (number_ / max(len(coloured) - 1, 1) - 0.5) if len(coloured) > 1 else 0.0
        middles = []
        for place, level in enumerate(reversed(shown)):
            own = subject.ranking[(levels[rows] == level) & (levels[lines] == partner)]
            if len(own):
                marks += _dots(subject, own, place - aside, colour, 0.3)
                middles.append((float(own["trial_value"].median()), place - aside))
        if middles:
            x, y = zip(*reversed(middles), strict=True)
            says = f"{clean(partner, 40)}: medians {', '.join(number(value) for value in x)}"
            marks.append(Line(x, y, colour, says, clean(partner, 24)))
    reading = (
        f"A dot is a trial, in the colour of its {factor_words(lines)}; a line joins the medians of one {factor_words(lines)}. "
        "Lines that run alike say that the two act apart from each other, lines that cross that they do not."
    )
    question = f"What does each {factor_words(rows)} come to, with each {factor_words(lines)}?"
    return _chart(subject, marks, shown, question, reading)


def value_axis(label: str, low: float, high: float) -> Axis:
    """An axis on which these values and all between them have room; logarithmic where they are very unlike."""
    if low > 0 and high / low > WIDE:
        return Axis(label, low / 1.08, high * 1.08, True)
    room = 0.04 * ((high - low) or abs(high) or 1)
    return Axis(label, low - room, high + room)


def _dots(subject: Subject, own: pd.DataFrame, place: float, colour: int, narrow: float = 1.0) -> list[Mark]:
    """Dots lie beside each other in the order of the trials, so that equal values can be told apart."""
    order = np.arange(len(own)) % 5 - 2
    y = place + narrow * _SPREAD * order[np.argsort(np.argsort(own["number"].to_numpy()))] / 2
    says = [f"{trial_name(row)}: {clean(row['choice'], 40)}, {number(row['trial_value'])}" for _, row in own.iterrows()]
    return [Points(tuple(own["trial_value"]), tuple(map(float, y)), colour, tuple(says))]


def _best(subject: Subject, row: pd.Series, place: float, colour: int) -> Points:
    says = f"best of {clean(row['choice'], 40)}: {trial_name(row)}, {number(row['trial_value'])}"
    return Points((row["trial_value"],), (float(place),), colour, (says,), "ring")


def _chart(subject: Subject, marks: list[Mark], shown: list[str], question: str, reading: str) -> Chart:
    values = subject.ranking["trial_value"]
    x = value_axis(subject.metric, float(values.min()), float(values.max()))
    ticks = tuple((float(place), clean(level, 40)) for place, level in enumerate(reversed(shown)))
    lost = subject.counts["diverged"]
    trials = f"{count(len(values), 'complete trial')}" + (f"; {lost} that diverged have no value" if lost else "")
    height = 90 + (70 if subject.crossed else 42) * max(len(shown), 2)
    caption = Caption(question, trials + ".", reading)
    return Chart("isolation", tuple(marks), x, Axis("", -0.6, len(shown) - 0.4, ticks=ticks), caption, height)
