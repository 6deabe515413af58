"""How the trials of each choice came to the common target, as a table; or those of a whole search to three targets."""

from __future__ import annotations

import math

import pandas as pd

from sweeper.reporting.frames import TARGETS
from sweeper.reporting.metrics.plateau import PLATEAUED, STILL_IMPROVING
from sweeper.reporting.metrics.targets import SHARES
from sweeper.reporting.statistics.pace import unlike_steps
from sweeper.reporting.statistics.speed import COMMON
from sweeper.reporting.story.blocks import Cell, Head, Table
from sweeper.reporting.story.subject import Subject
from sweeper.reporting.text import NONE, clean, number, percent


def choice_table(subject: Subject, rows: pd.DataFrame, level: str) -> Table:
    """A line for each choice; `rows` are those of one target in the frame `convergence`."""
    timed = subject.unit != "second"  # else seconds are what is counted anyway
    alike = unlike_steps(subject.frames) is None
    table = []
    for _, row in rows.iterrows():
        own = subject.racing[subject.racing["choice"] == row["choice"]]
        told = own[own["plateau"] != ""]
        ends = [int((told["plateau"] == word).sum()) for word in (PLATEAUED, STILL_IMPROVING)]
        table.append(
            (
                Cell(clean(row["choice"], 40), colour=subject.colours[row["choice"]]),
                *_arrived(row, alike),
                *([Cell(number(_middle(1000 * own["seconds_per_epoch"]), 2))] * timed),
                *([Cell(number(row["seconds_to_target"], 2))] * timed),
                Cell(number(_middle(own["alc"]))),
                *(Cell(str(n), f"of {len(told)}", sort=n) if len(told) else Cell(NONE) for n in ends),
            )
        )
    names = (
        *_arrived_names(subject, rows, f"Reached {level}", alike),
        *([f"ms per {subject.unit}", f"Seconds to {level}"] * timed),
        "Area under curve", "Plateaued", "Still improving",
    )  # fmt: skip
    note = (
        f"{_note(subject, rows, alike)} Area under curve: how far the best value so far is from the sweep's best, averaged "
        f"over the {subject.units}, as a share of where guessing is (median; lower is better)."
    )
    return Table((Head("Choice", right=False), *map(Head, names)), tuple(table), note)


def target_table(subject: Subject) -> Table:
    """A line for each target of a sweep that compares nothing."""
    shares = {name: f"{percent(share, 1)} of trials" for name, share in zip(TARGETS, SHARES, strict=True)}
    if subject.frames.sweep.target is not None:
        shares[COMMON] = "named"
    rows = [
        (
            Cell(level_words(subject, row), shares[row["target"]], sort=row["level"]),
            *_arrived(row),
            Cell(number(row["seconds_to_target"], 2)),
        )
        for _, row in subject.convergence.iterrows()
    ]
    names = (*_arrived_names(subject, subject.convergence, "Reached"), "Seconds")
    heads = (Head(f"Target, {subject.metric}", right=False), *map(Head, names))
    return Table(heads, tuple(rows), _note(subject, subject.convergence), phone=3)


def level_words(subject: Subject, row: pd.Series) -> str:
    """The target of a row of the frame `convergence`: one that was named as it was, one that was chosen rounded."""
    named = row["target"] == COMMON and subject.frames.sweep.target is not None
    return f"{row['level']:g}" if named else number(row["level"])


def needed(row: pd.Series) -> tuple[str, str]:
    """The median of a row of the frame `convergence` and its interval: `6` and `[5, 8]`; `over 20` where it never came."""
    beyond = f"over {number(row['longest'])}"
    middle, *ends = (number(row[name]) if math.isfinite(row[name]) else beyond for name in _MEDIAN)
    return middle, f"[{ends[0]}, {ends[1]}]" if 1 <= row["median_low"] < math.inf else ""


_MEDIAN = ("median", "median_low", "median_high")


def ended_early(subject: Subject) -> str:
    """What became of a trial of which it is not known whether it would have come to the target."""
    return "ended before others did" if subject.frames.sweep.imported else "stopped early"


def of_times(subject: Subject) -> str:
    if subject.frames.sweep.imported:
        return "Times are those that the file gave."
    return f"Times hold for this machine and for what else it did; {subject.units} are what can be compared."


def _arrived_names(subject: Subject, rows: pd.DataFrame, reached: str, alike: bool = True) -> tuple[str, ...]:
    return reached, f"{subject.units.capitalize()}, median", *([f"Mean to {number(rows['horizon'].iloc[0])}"] * alike)


def _arrived(row: pd.Series, alike: bool = True) -> tuple[Cell, ...]:
    """How many came, by when half of them were there, and, where steps are `alike`, the mean under both bounds: it goes to an
    end that is common to all."""
    low, high = (f"{100 * row[name]:.0f}" for name in ("share_low", "share_high"))
    bounds = dict.fromkeys(number(row[name]) for name in ("rmet_optimistic", "rmet_pessimistic"))
    return (
        Cell(f"{row['reached']}/{row['n']}", f"[{low}, {high}] %", sort=row["share"]),
        Cell(*needed(row), sort=min(row["median"], row["longest"] + 1)),
        *([Cell(" to ".join(bounds), sort=row["rmet_pessimistic"])] * alike),
    )


def _note(subject: Subject, rows: pd.DataFrame, alike: bool = True) -> str:
    mean = _mean_note(subject, rows) if alike else ""
    return (
        f"Brackets are 95 % intervals. Median: the {subject.unit} by which half of the trials were there, a miss counted as "
        f"later than any. {mean}Seconds are of training alone, medians. {of_times(subject)}"
    )


def _mean_note(subject: Subject, rows: pd.DataFrame) -> str:
    """What the mean is; of trials that ended early it has two bounds."""
    horizon = number(rows["horizon"].iloc[0])
    said = f"Mean to {horizon}: of the {subject.units} to the target, where a miss counts {horizon}. "
    if not rows["hidden"].any():
        return said
    return said + (
        f"Of two figures the lower holds if those that {ended_early(subject)} had done as the others, the upper if they had "
        "never come. "
    )


def _middle(values: pd.Series) -> float | None:
    return float(values.median()) if values.notna().any() else None
