"""A row for each choice: how many of its trials diverged, and how steadily the others went."""

from __future__ import annotations

import pandas as pd

from sweeper.reporting.frames import ENDED
from sweeper.reporting.metrics.curves import RUN
from sweeper.reporting.story.blocks import Cell, Head, Table
from sweeper.reporting.story.shares import share_cell
from sweeper.reporting.story.subject import Subject
from sweeper.reporting.text import NONE, clean, number


def has_ended(subject: Subject) -> pd.DataFrame:
    return subject.trials[subject.trials["state"].isin(ENDED)]


def steady(subject: Subject) -> pd.DataFrame:
    """The trainings with a curve that did not diverge."""
    runs = subject.frames.runs
    return runs[runs["state"].isin(ENDED) & (runs["reason"] != "diverged") & runs["spikes"].notna()]


def diverged_counts(subject: Subject) -> dict[str, tuple[int, int]]:
    """By choice (without choices under an empty name): how many trials diverged, and of how many that ended."""
    ended = has_ended(subject)
    choice = ended["choice"]
    of, lost = choice.value_counts(), choice[ended["reason"] == "diverged"].value_counts()
    return {one: (int(lost.get(one, 0)), int(of[one])) for one in subject.choices or [""] if one in of.index}


def stability_table(subject: Subject) -> Table:
    counts, measured, runs = diverged_counts(subject), steady(subject), subject.frames.runs
    trained = subject.loss_like[subject.loss_like["epoch"] >= 1]
    evaluations = trained.groupby(RUN).size()
    rows = []
    for choice in counts:
        own = measured[measured["choice"] == choice]
        start = runs.loc[(runs["choice"] == choice) & runs["init_check"].notna(), "init_check"]
        rose = own["train_increase"].dropna()
        rows.append(
            (
                Cell(clean(choice, 40), colour=subject.colours[choice]) if subject.compares else Cell("all"),
                share_cell(*counts[choice]),
                share_cell(int((own["spikes"] > 0).sum()), len(own), not subject.repeated),
                _jumps(own, evaluations),
                _middle(own["late_sd"]),
                Cell(f"{int(rose.sum())} of {len(rose)}", sort=int(rose.sum())) if len(rose) else Cell(NONE),
                Cell(f"{start.median():.0f}\u00a0%", sort=float(start.median())) if len(start) else Cell(NONE),
            )
        )
    names = ("Diverged", "With jumps", "Jumps in 100", "Jitter at the end", "Training got worse", "Start off guessing")
    note = (
        "Diverged: of the trials that ended, with Wilson's 95 % interval; the other columns but the last are without what "
        "diverged. Jumps: of training, that passed, and how many in 100 evaluations. Jitter: the standard deviation of a "
        f"single {subject.metric} over the last fifth, median. Start: how far the loss before training lies from that of "
        "guessing, median."
    )
    return Table((Head("Choice" if subject.compares else "Trials", right=False), *map(Head, names)), tuple(rows), note)


def _jumps(own: pd.DataFrame, evaluations: pd.Series) -> Cell:
    """How many in 100 evaluations, of which each epoch of a sweep has one."""
    count = int(evaluations.reindex(pd.MultiIndex.from_frame(own[RUN])).sum())
    if not count:
        return Cell(NONE)
    rate = 100 * float(own["spikes"].sum()) / count
    return Cell(number(rate, 2), sort=rate)


def _middle(values: pd.Series) -> Cell:
    if not values.notna().any():
        return Cell(NONE)
    middle = float(values.median())
    return Cell(number(middle, 2), sort=middle)
