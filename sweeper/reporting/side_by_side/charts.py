"""The sweeps in two figures: the values of their trials, and how many were at the common target when."""

from __future__ import annotations

import numpy as np

from sweeper.reporting.side_by_side.several import Several
from sweeper.reporting.story.blocks import GREY, Axis, Caption, Chart, Line, Mark, Points
from sweeper.reporting.story.subject import COLOURS
from sweeper.reporting.text import count, number

WIDE = 20.0
_SHARES = tuple((share / 4, f"{25 * share} %") for share in range(5))


def colour_of(place: int) -> int:
    """A sweep's place in the palette: beyond five all are grey."""
    return place if place < COLOURS else GREY


def values_chart(several: Several, key: str) -> list[Chart]:
    """A row of dots for each sweep; nothing where fewer than two have complete trials. `key` is the figure's own."""
    rankings = [subject.ranking["trial_value"].astype("float64") for subject in several.subjects]
    if sum(bool(len(values)) for values in rankings) < 2:
        return []
    marks: list[Mark] = []
    for place, (name, subject) in enumerate(zip(several.names, several.subjects, strict=True)):
        own, row, colour = subject.ranking, len(rankings) - 1 - place, colour_of(several.places[place])
        if not len(own):
            continue
        says = tuple(
            f"{name}, trial {trial}: {number(value)}" for trial, value in zip(own["number"], own["trial_value"], strict=True)
        )
        aside = 0.22 * (np.arange(len(own)) % 5 - 2) / 2
        marks.append(Points(tuple(own["trial_value"].astype("float64")), tuple(row + aside), colour, says))
        best = own.iloc[0]
        marks.append(Points((float(best["trial_value"]),), (float(row),), colour, (f"best of {name}: {says[0]}",), "ring"))
    low, high = min(values.min() for values in rankings if len(values)), max(values.max() for values in rankings if len(values))
    log = low > 0 and high / low > WIDE
    room = 1.08 if log else 0.04 * ((high - low) or abs(high) or 1)
    metric = several.first.metric
    x = Axis(metric, low / room, high * room, True) if log else Axis(metric, low - room, high + room)
    ticks = tuple((float(len(rankings) - 1 - place), name) for place, name in enumerate(several.names))
    caption = Caption(
        "Which values did the trials of each sweep come to?",
        f"{count(sum(map(len, rankings)), 'complete trial').capitalize()}.",
        "A dot is a trial; the ring is the best of its sweep.",
    )
    y = Axis("", -0.6, len(rankings) - 0.4, ticks=ticks)
    return [Chart(key, tuple(marks), x, y, caption, 90 + 46 * len(rankings))]


def arrivals_chart(several: Several, key: str) -> list[Chart]:
    """The share of each sweep's trials that were at the common target; nothing where none ever was."""
    marks: list[Mark] = []
    last = max((float(subject.racing["epochs"].max()) for subject in several.subjects if len(subject.racing)), default=0.0)
    for place, name in enumerate(several.names):
        reached = several.reached(place)
        own = several.subjects[place].racing
        if not len(own):
            continue
        there = reached.dropna().astype("float64").value_counts().sort_index().cumsum() / len(reached)
        end = float(own["epochs"].max())
        x, y = (0.0, *there.index, end), (0.0, *there, float(there.iloc[-1]) if len(there) else 0.0)
        said = f"{name} {int(reached.notna().sum())} of {len(reached)}"
        marks.append(Line(x, y, colour_of(several.places[place]), said, said, steps=True))
    if not last or not any(mark.y[-1] for mark in marks if isinstance(mark, Line)):
        return []
    subject = several.first
    caption = Caption(
        f"What share of each sweep's trials has reached {subject.metric} {number(several.target)}?",
        "Complete, pruned and diverged trials; what was stopped or diverged counts as not reached.",
        "Higher and further left is faster. A line ends where the longest training of its sweep does.",
    )
    return [
        Chart(
            key,
            tuple(marks),
            Axis(f"{subject.units} trained", 0, last),
            Axis("share of trials", 0, 1, ticks=_SHARES),
            caption,
        )
    ]
