"""What chance alone does: how far two trainings of one configuration lie apart, and how sure that figure is."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from sweeper.reporting.statistics.rerun import CONFIRMED, MEASURED
from sweeper.reporting.story.blocks import Axis, Block, Caption, Cell, Chart, Head, Line, Mark, Points, Section, Table
from sweeper.reporting.story.subject import Subject
from sweeper.reporting.text import NONE, clean, count, number, percent

TITLE = "What chance alone does"
_UNEVEN = 0.1
"""Twice the share of pairs that chance alone puts so far apart."""
_STRIPS = 16
"""So many configurations are drawn."""


def noise(subject: Subject) -> Section:
    rows = [row for row in (_again(subject), _rows(subject)) if row is not None]
    heads = (Head("Source of chance", right=False), Head("Standard deviation"), Head("From", right=False))
    table = Table(heads, tuple(rows), phone=3)
    blocks: list[Block] = [table] if rows else []
    return Section("noise", TITLE, noise_sentences(subject), (*_strips(subject), *blocks))


def noise_sentences(subject: Subject) -> tuple[str, ...]:
    """How large the noise of a training is, where that is known from, and below which difference it decides."""
    found = subject.rerun
    if math.isnan(found.sd):
        return ("How far two trainings of one configuration lie apart is not known: nothing was trained twice.",)
    apart = number(found.apart())
    ignored = (
        f"Two single trainings lie more than {apart} apart by chance alone once in twenty times, so a smaller difference "
        f"between two trials says nothing; between choices a typical shift within {number(found.sd)} counts as none."
    )
    if found.measured:
        interval = f"[{number(found.low)}, {number(found.high)}]"
        where = f" in {again}" if (again := confirming(subject)) else ""
        trainings = f"{count(found.n, 'group')} of trainings{where} that differ in their seed alone"
        return (
            f"The same configuration trained again ends {number(found.sd)} {interval} away in {subject.metric}: the typical "
            f"standard deviation of {trainings}, with {count(found.degrees, 'degree')} of freedom and a 95 % interval.",
            ignored,
            *_uneven(subject, found.apart()),
        )
    return (
        f"No configuration was trained twice on the same data. What is known is how {subject.metric} jitters from one "
        f"{subject.unit} to the next within a training: {number(found.sd)} (median of {count(found.n, 'training')}). "
        "That takes the place of the noise of a training here. Mostly it is too small, though too large where curves jitter "
        f"much, for the best of many {subject.units} varies less than one; repeats: 3 in the budget would measure it.",
        ignored,
    )


def _uneven(subject: Subject, apart: float) -> list[str]:
    """Where some configurations scatter more than the typical one: of how many trainings of one configuration the figure is too
    small. Their number is known only of a sweep's own repeats."""
    if subject.rerun.source != MEASURED:
        return []
    runs = subject.frames.runs
    known = runs[(runs["state"] == "COMPLETE") & runs["value"].notna()]
    groups = [values.to_numpy("float64") for _, values in known.groupby(["trial", "fold"])["value"] if len(values) > 1]
    gaps = np.concatenate([np.abs(values[:, np.newaxis] - values)[np.triu_indices(len(values), 1)] for values in groups])
    beyond = int((gaps > apart).sum())
    if beyond <= _UNEVEN * len(gaps):
        return []
    return [
        f"That holds for the typical configuration, and some scatter more: of {count(len(gaps), 'pair')} of trainings that "
        f"differ in their seed alone, {percent(beyond, len(gaps))} lie further apart than that."
    ]


def confirming(subject: Subject) -> str:
    """The sweep from which the noise of a training is known, where that is a confirmation of this one."""
    found = subject.frames.confirmation
    return clean(found.sweep.name, 64) if found is not None and subject.rerun.source == CONFIRMED else ""


def _strips(subject: Subject) -> list[Chart]:
    """The values of all trainings of the best configurations that were trained several times."""
    runs, best = subject.frames.runs, subject.ranking["number"]
    known = runs[(runs["state"] == "COMPLETE") & runs["value"].notna() & (runs["fold"] == 0)]
    several = list(best[best.isin(known.loc[known.duplicated("trial"), "trial"])])[:_STRIPS]
    if not several:
        return []
    groups = dict(list(known[known["trial"].isin(several)].groupby("trial")))
    marks: list[Mark] = []
    for place, trial in enumerate(several):
        values = tuple(float(value) for value in groups[trial]["value"])
        mean, colour = sum(values) / len(values), subject.colours.get(groups[trial]["choice"].iloc[0], 1)
        says = tuple(f"trial {trial}: {number(value)}" for value in values)
        marks.append(Line((place + 0.25, place + 0.75), (mean, mean), colour, f"trial {trial}: mean {number(mean)}"))
        marks.append(Points((place + 0.5,) * len(values), values, colour, says))
    shown = known.loc[known["trial"].isin(several), "value"]
    room = 0.08 * float(shown.max() - shown.min()) or 0.1
    ticks = tuple((place + 0.5, str(trial)) for place, trial in enumerate(several))
    caption = Caption(
        "How far apart do trainings of one configuration end?",
        f"The best {count(len(several), 'complete trial')}: {count(len(shown), 'training')} that differ in their seed alone"
        f"{', on the first fold' if subject.frames.sweep.folds > 1 else ''}.",
        "A dot is a training, the bar is their mean. Trials whose dots lie among each other are not told apart.",
    )
    y = Axis(subject.metric, float(shown.min()) - room, float(shown.max()) + room)
    return [Chart("repeats", tuple(marks), Axis("trial", 0, len(several), ticks=ticks), y, caption, height=240)]


def _again(subject: Subject) -> tuple[Cell, ...] | None:
    found = subject.rerun
    if math.isnan(found.sd):
        return None
    if found.measured:
        interval = f"{number(found.low)} to {number(found.high)}"
        where = f" in {again}" if (again := confirming(subject)) else ""
        what = f"{count(found.n, 'configuration')}{where}, {count(found.degrees, 'degree')} of freedom"
        return Cell("Training again"), Cell(number(found.sd), interval), Cell(what)
    return Cell("Jitter within a training"), Cell(number(found.sd)), Cell(f"{count(found.n, 'training')}, median")


def _rows(subject: Subject) -> tuple[Cell, ...] | None:
    """Of accuracy it is known how far another validation part of the same size would move it: a share of so many rows."""
    rows, best = subject.frames.sweep.data.get("rows.validation", ""), subject.best
    share = best.get("best.val_accuracy") if best is not None else None
    if not rows.isdecimal() or int(rows) < 1 or share is None or pd.isna(share) or not 0 <= share <= 1:
        return None
    spread = math.sqrt(share * (1 - share) / int(rows))
    says = f"accuracy {number(share)} of {rows} rows, binomial; the same for all trials, so it cancels between them"
    return Cell("Another validation part"), Cell(number(spread) if spread else NONE), Cell(says)
