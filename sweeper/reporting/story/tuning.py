"""What k trials would have found: the tuning curve, of all trials or of each choice."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd

from sweeper.reporting.metrics.orientation import Orientation
from sweeper.reporting.statistics.pairs import BASELINE, why_not_compared
from sweeper.reporting.statistics.tuning import MOST, TuningCurve, tuning_curve
from sweeper.reporting.statistics.verdict import LEAST
from sweeper.reporting.story.blocks import Block, Cell, Head, Table
from sweeper.reporting.story.subject import Subject
from sweeper.reporting.text import NONE, clean, count, number

ALL = "all trials"
GRID = "a grid is no sample of the space"
EVEN = ("paired", "qmc")
_SHOWN = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
"""Numbers of trials that the table has."""


def why_no_curve(subject: Subject) -> str:
    """Why the trials say nothing about fewer of them; empty where they do."""
    sampler = subject.frames.sweep.sampler
    return GRID if sampler == "grid" else why_not_compared(subject.trials, sampler)


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
    return [f"With {count(n, 'trial')} for each choice, half of all searches would find at least: {told}."]


def _alone(subject: Subject, curve: TuningCurve) -> str:
    few = max(1, curve.n // 4)
    first, last = (_value(subject.orientation.as_metric(float(curve.median[k - 1]))) for k in (few, curve.n))
    side = "least" if subject.orientation.maximize else "most"
    return (
        f"Half of all searches with {count(few, 'such trial')} would have found {subject.metric} {first} or better "
        f"(at {side} {_value(subject.orientation.as_metric(float(curve.worse[few - 1])))} in 95 %), and with {curve.n} {last}."
    )


def tuning_blocks(subject: Subject) -> list[Block]:
    curves = {} if why_no_curve(subject) else tuning_curves(subject)
    return [_table(subject, curves)] if curves else []


def _table(subject: Subject, curves: Mapping[str, TuningCurve]) -> Table:
    """A row for each number of trials; of several choices a row for each."""
    longest, shortest = (side(curve.n for curve in curves.values()) for side in (max, min))
    if not subject.compares:
        numbers = [k for k in _SHOWN if k < longest] + [longest]
        rows = [(Cell(str(k), sort=k), _best_of(curves[ALL], k, subject.orientation)) for k in numbers]
        heads = (Head("Best of so many trials", right=False), Head(subject.metric.capitalize()))
        return Table(heads, tuple(rows), _note(subject, curves), phone=2)
    numbers = sorted({1, min(LEAST, shortest), shortest})
    rows = [
        (
            Cell(clean(name, 40), colour=subject.colours[name]),
            *(_best_of(curve, k, subject.orientation) for k in numbers),
        )
        for name, curve in curves.items()
    ]
    heads = (Head("Choice", right=False), *(Head("One trial" if k == 1 else f"Best of {k}") for k in numbers))
    return Table(heads, tuple(rows), _note(subject, curves))


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
