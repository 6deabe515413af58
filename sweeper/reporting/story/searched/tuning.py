"""What k trials would have found: the tuning curve, of all trials or of each choice."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd

from sweeper.reporting.metrics.orientation import Orientation
from sweeper.reporting.statistics.pairs import ADAPTIVE, BASELINE, why_not_compared
from sweeper.reporting.statistics.tuning import MOST, TuningCurve, tuning_curve
from sweeper.reporting.statistics.verdict import LEAST
from sweeper.reporting.story.blocks import GREY, Area, Axis, Block, Caption, Cell, Chart, Head, Line, Mark, Table
from sweeper.reporting.story.subject import Subject
from sweeper.reporting.text import NONE, clean, count, number

ALL = "all trials"
GRID, DRAWN = "a grid is no sample of the space", "the sampler looked at outcomes, so that its trials are no independent draws"
EVEN = ("paired", "qmc")
_SHOWN = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
"""Numbers of trials that the table and the axis name."""
_BANDED = 3
"""So many curves have a band; more would hide each other."""


def why_no_curve(subject: Subject) -> str:
    """Why the trials say nothing about fewer of them; empty where they do."""
    sampler = subject.frames.sweep.sampler
    own = {"grid": GRID, **dict.fromkeys(ADAPTIVE, DRAWN)}
    return own.get(sampler) or why_not_compared(subject.trials, sampler)


def tuning_curves(subject: Subject) -> Mapping[str, TuningCurve]:
    """By choice (without `compare`: one of all trials), of the trials that were drawn and completed or diverged; those of fewer
    than five are left out."""
    trials = subject.trials[subject.trials["phase"] != BASELINE]
    y = subject.orientation.loss_like(trials["trial_value"].astype("float64"))
    known = y.mask(trials["reason"] == "diverged", math.inf).dropna()
    names = trials["choice"].reindex(known.index) if subject.compares else pd.Series(ALL, index=known.index)
    groups = {name: known[names == name].to_numpy() for name in (subject.choices or [ALL])}
    return {name: tuning_curve(values, subject.frames.sweep.number) for name, values in groups.items() if len(values) >= LEAST}


def tuning_sentences(subject: Subject) -> list[str]:
    why = why_no_curve(subject)
    if why:
        return [f"What fewer trials would have found is not said: {why}."]
    curves = tuning_curves(subject)
    if not curves:
        return [f"What fewer trials would have found is not said: it takes {LEAST} trials that were drawn."]
    if not subject.compares:
        return [_alone(subject, curves[ALL])]
    n = min(curve.n for curve in curves.values())
    found = {name: subject.orientation.as_metric(float(curve.median[n - 1])) for name, curve in curves.items()}
    order = sorted(found, key=lambda name: float(curves[name].median[n - 1]))
    told = ", ".join(f"{clean(name, 40)} {_value(found[name])}" for name in order[:LEAST])
    return [f"With {count(n, 'trial')} for each choice, half of all searches would find these or better: {told}."]


def _alone(subject: Subject, curve: TuningCurve) -> str:
    few = max(1, curve.n // 4)
    as_metric = subject.orientation.as_metric
    first, last = (_value(as_metric(float(curve.median[k - 1]))) for k in (few, curve.n))
    worse, side = _value(as_metric(float(curve.worse[few - 1]))), "least" if subject.orientation.maximize else "most"
    return (
        f"Half of all searches with {count(few, 'such trial')} would have found {subject.metric} {first} or better "
        f"(that value is {worse} at {side}, in 95 %), and with all {curve.n} {last}."
    )


def tuning_blocks(subject: Subject) -> list[Block]:
    curves = {} if why_no_curve(subject) else tuning_curves(subject)
    return [_chart(subject, curves), _table(subject, curves)] if curves else []


def _chart(subject: Subject, curves: Mapping[str, TuningCurve]) -> Chart:
    as_metric, longest = subject.orientation.as_metric, max(curve.n for curve in curves.values())
    shown = [as_metric(float(side)) for curve in curves.values() for side in curve.median if math.isfinite(side)]
    low, high = min(shown, default=0.0), max(shown, default=1.0)
    room = 0.15 * (high - low) or 0.1
    low, high = low - room, high + room
    marks: list[Mark] = []
    for name, curve in curves.items():
        marks += _marks(subject, name, curve, (low, high), banded=len(curves) <= _BANDED)
    ticks = tuple((float(k), str(k)) for k in _SHOWN if k <= longest)
    x = Axis("trials of the search", 1, max(longest, 2), log=True, ticks=ticks)
    return Chart("tuning", tuple(marks), x, Axis(subject.metric, low, high), _caption(subject, curves))


def _marks(subject: Subject, name: str, curve: TuningCurve, ends: tuple[float, float], banded: bool) -> list[Line | Area]:
    """The median curve, ahead of it its band as far as it lies between the axis' `ends`."""
    low, high = ends
    colour = subject.colours.get(name, 1)
    k = tuple(float(number) for number in range(1, curve.n + 1))
    sides = [np.clip(subject.orientation.as_metric(side), low, high) for side in (curve.better, curve.worse)]
    below, above = (tuple(float(value) for value in side) for side in (np.minimum(*sides), np.maximum(*sides)))
    median = tuple(float(value) for value in np.clip(subject.orientation.as_metric(curve.median), low, high))
    shown = clean(name, 28)
    says = f"{shown}: best of {curve.n} {_value(subject.orientation.as_metric(float(curve.median[-1])))}"
    line = Line(k, median, colour, says, name=shown if subject.compares else "", thin=colour == GREY)
    return [Area(k, below, above, colour, f"{shown}: 95 % band"), line] if banded else [line]


def _caption(subject: Subject, curves: Mapping[str, TuningCurve]) -> Caption:
    counts = sorted({curve.n for curve in curves.values()})
    each = " to ".join(str(n) for n in ({counts[0]: 0, counts[-1]: 0})) + (
        " trials of each choice" if subject.compares else " trials"
    )
    who = f"{each}: complete and diverged ones, without the baseline."
    side = "higher" if subject.orientation.maximize else "lower"
    reading = (
        f"Half of all searches with so many trials end at the line or better ({side} is better). A line that is still steep at "
        "its end says that more trials would pay."
    )
    if len(curves) <= _BANDED:
        reading += " The band holds it for all numbers of trials at once, in 95 % of such sweeps."
    return Caption("How good is the best of so many trials?", who, reading)


def _table(subject: Subject, curves: Mapping[str, TuningCurve]) -> Table:
    """A row for each number of trials; of several choices a row for each."""
    longest, shortest = (side(curve.n for curve in curves.values()) for side in (max, min))
    if not subject.compares:
        numbers = [k for k in _SHOWN if k < longest] + [longest]
        rows = [(Cell(str(k), sort=k), _best_of(curves[ALL], k, subject.orientation)) for k in numbers]
        heads = (Head("Best of so many trials", right=False), Head(subject.metric.capitalize()))
        return Table(heads, tuple(rows), _note(subject, curves), phone=2)
    numbers = sorted({1, min(LEAST, shortest), shortest})
    by_choice = [
        (
            Cell(clean(name, 40), colour=subject.colours[name]),
            *(_best_of(curve, k, subject.orientation) for k in numbers),
        )
        for name, curve in curves.items()
    ]
    names = (Head("Choice", right=False), *(Head("One trial" if k == 1 else f"Best of {k}") for k in numbers))
    return Table(names, tuple(by_choice), _note(subject, curves))


def _best_of(curve: TuningCurve, k: int, orientation: Orientation) -> Cell:
    if k > curve.n:
        return Cell(NONE)
    median, better, worse = (orientation.as_metric(float(side[k - 1])) for side in (curve.median, curve.better, curve.worse))
    ends = sorted((better, worse))
    if not np.isfinite(better):
        interval = f"{'at least' if orientation.maximize else 'at most'} {_value(worse)}"
    else:
        interval = f"{_value(ends[0])} to {_value(ends[1])}"
    return Cell(_value(median), interval if math.isfinite(worse) or math.isfinite(better) else "")


def _value(value: float) -> str:
    return number(value) if math.isfinite(value) else "diverged"


def _note(subject: Subject, curves: Mapping[str, TuningCurve]) -> str:
    note = (
        f"The {subject.metric} that the best of so many trials has in half of all searches, with a band that holds for all "
        "numbers of trials together in 95 % of such sweeps (Lourie, Cho and He 2023). How much better than the best trial "
        "others could be is not known; then only the worse end is given."
    )
    if subject.frames.sweep.sampler in EVEN:
        note += " The trials were spread evenly instead of at random, so the bands are rather too wide."
    sampled = any(curve.n == MOST for curve in curves.values())
    return note + (f" Of more than {MOST} trials a sample of {MOST} is taken." if sampled else "")
