"""A row for each choice: its gaps at the end and at equal training, and how fit and generalization go together."""

from __future__ import annotations

import math

import pandas as pd

from sweeper.reporting.metrics.matched import REACHED
from sweeper.reporting.statistics.agreement import LEAST, interval, tau_of
from sweeper.reporting.statistics.gaps import fitted, training_end, validation_best
from sweeper.reporting.story.blocks import Cell, Head, Table
from sweeper.reporting.story.generalization.calibrated import gap_cell, measured
from sweeper.reporting.story.generalization.levels import level_words
from sweeper.reporting.story.subject import Subject
from sweeper.reporting.text import NONE, clean, number, signed


def fit_table(subject: Subject) -> Table:
    complete, runs, calibrated = fitted(subject.trials), subject.frames.runs, measured(subject)
    rows = []
    for choice in subject.choices or [""]:
        own = complete[complete["choice"] == choice]
        judged = runs.loc[(runs["choice"] == choice) & (runs["state"] == "COMPLETE"), "overconfident"].dropna()
        rows.append(
            (
                Cell(clean(choice, 40), colour=subject.colours[choice]) if subject.compares else Cell("all"),
                _gap(own["gap_end"], len(own)),
                _gap(own["gap_matched"], len(own)),
                _tau(subject, own),
                _median(own["memorization"]),
                Cell(f"{int(judged.sum())} of {len(judged)}", sort=int(judged.sum())) if len(judged) else Cell(NONE),
                *([gap_cell(calibrated[subject.trials.loc[calibrated.index, "choice"] == choice])] if len(calibrated) else []),
            )
        )
    matched = level_words(subject)
    at_level = f"Gap at {matched}" if matched else "Gap at equal training"
    names = ["Gap at the end", at_level, "Fit and validation, tau", "Gained on training", "Loss overfits alone"]
    names += ["Calibration gap"] if len(calibrated) else []
    note = (
        "Gaps: medians over the complete trials that have one; the second where training first came to a value that "
        f"{100 * REACHED:.0f}\u00a0% of all trainings that learned reach. Tau: Kendall's, of training values at the end and "
        f"best validation values, with its 95 % interval, for {LEAST} trials or more; below 0 what fits better generalizes "
        "worse. Gained on training: what training gained over guessing at the end, as a multiple of what validation gained; 1 "
        "is alike. Loss overfits alone: trainings whose loss gets worse to the end while accuracy does not."
    )
    if len(calibrated):
        note += (
            " Calibration error: how far probabilities are from how often they are right; its gap is validation less training "
            f"at the best {subject.unit}, the median over complete trials with its 95 % interval."
        )
    return Table((Head("Choice" if subject.compares else "Trials", right=False), *map(Head, names)), tuple(rows), note)


def _gap(values: pd.Series, n: int) -> Cell:
    known = values.dropna()
    if not len(known):
        return Cell(NONE, f"of {n}" if n else "")
    return Cell(signed(float(known.median())), f"{len(known)} of {n}", sort=float(known.median()))


def _tau(subject: Subject, own: pd.DataFrame) -> Cell:
    tau = tau_of(training_end(subject.frames, own), validation_best(subject.frames, own)) if len(own) >= LEAST else math.nan
    if math.isnan(tau):
        return Cell(NONE)
    low, high = interval(tau, len(own))
    return Cell(number(tau, 2), f"{number(low, 2)} to {number(high, 2)}", sort=tau)


def _median(values: pd.Series) -> Cell:
    known = values.dropna()
    return Cell(number(float(known.median())), sort=float(known.median())) if len(known) else Cell(NONE)
