"""Validation against training, epoch by epoch: the phase plot of the best trial of each choice."""

from __future__ import annotations

from sweeper.reporting.story.blocks import GREY, Axis, Caption, Chart, Line, Mark, Points
from sweeper.reporting.story.generalization.levels import level_of, level_words
from sweeper.reporting.story.subject import COLOURS, Subject, trial_name
from sweeper.reporting.text import clean, count, number

_WIDE = 20.0
"""A loss that spans more than this many times its least is drawn on logarithmic axes."""


def phases(subject: Subject) -> tuple[Chart, ...]:
    """Nothing where no best trial has two epochs with both values."""
    ranked = subject.ranking
    if subject.compares:
        ranked = ranked[ranked["choice"].map(subject.colours) >= 0].drop_duplicates("choice")
    marks: list[Mark] = []
    x: list[float] = []
    y: list[float] = []
    for place, (_, row) in enumerate(ranked.head(COLOURS).iterrows()):
        curve = subject.curve(row).dropna(subset=["training", "validation"])
        if len(curve) < 2:
            continue
        training, validation = tuple(map(float, curve["training"])), tuple(map(float, curve["validation"]))
        colour = subject.colours[row["choice"]] if subject.compares else place
        name = clean(row["choice"], 28) if subject.compares else trial_name(row)
        best = int(subject.orientation.loss_like(curve["validation"]).argmin())
        says = f"{trial_name(row)}{', ' + name if subject.compares else ''}: {len(curve)} {subject.units}"
        ring = f"{says}; best validation {number(validation[best])} at training {number(training[best])}"
        marks.append(Line(training, validation, colour, says, name))
        marks.append(Points((training[best],), (validation[best],), colour, (ring,), "ring"))
        x += training
        y += validation
    if not marks:
        return ()
    horizontal, vertical = _axes(subject, x, y)
    level = level_of(subject)
    aids = _aids(subject, horizontal, vertical, level)
    shown = len(marks) // 2
    whose = "choice" if subject.compares else "of the sweep"
    trials = f"The best complete trial of each {whose}" if subject.compares else f"The best {count(shown, 'complete trial')}"
    hidden = len(subject.choices) - shown if subject.compares else 0
    trials += f", {shown} of {len(subject.choices)} choices." if hidden else "."
    reading = (
        f"Each line runs to the right as training goes on; its ring is the best {subject.unit}. On the dashed line training "
        "and validation are equal; a line that turns away from it overfits. Lines that lie on each other have the same gap at "
        "equal training, however far they go."
    )
    if level is not None:
        reading += f" The upright line is {level_words(subject)}."
    caption = Caption("At equal training, is validation equal too?", trials, reading)
    return (Chart("phases", (*aids, *marks), horizontal, vertical, caption, height=340),)


def _axes(subject: Subject, x: list[float], y: list[float]) -> tuple[Axis, Axis]:
    """Training falls to the right where it is to be low, so that time runs to the right."""
    label = clean(subject.orientation.metric.replace("_", " "))
    log = not subject.orientation.maximize and min(*x, *y) > 0 and max(x) / min(x) > _WIDE
    spans = [(min(of) / 1.15, max(of) * 1.15) if log else _padded(min(of), max(of)) for of in (x, y)]
    (left, right), (low, high) = spans
    if not subject.orientation.maximize:
        left, right = right, left
    return Axis(f"training {label}", left, right, log), Axis(f"validation {label}", low, high, log)


def _padded(low: float, high: float) -> tuple[float, float]:
    reach = 0.04 * (high - low) or 0.5
    return low - reach, high + reach


def _aids(subject: Subject, x: Axis, y: Axis, level: float | None) -> list[Mark]:
    """Where both are equal, and the common level."""
    low, high = max(min(x.low, x.high), y.low), min(max(x.low, x.high), y.high)
    aids: list[Mark] = []
    if high > low:
        aids.append(Line((low, high), (low, high), GREY, "validation equals training", dashed=True, thin=True))
    if level is not None and min(x.low, x.high) < level < max(x.low, x.high):
        aids.append(Line((level, level), (y.low, y.high), GREY, level_words(subject), thin=True))
    return aids
