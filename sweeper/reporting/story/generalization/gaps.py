"""The generalization gap in tables: by choice, or of the best trials."""

from __future__ import annotations

import pandas as pd

from sweeper.reporting.story.blocks import Cell, Head, Table
from sweeper.reporting.story.generalization.shapes import judged, overfit_cells
from sweeper.reporting.story.subject import Subject
from sweeper.reporting.text import NONE, clean, number, percent, signed

ROWS = 10
"""Best trials in the table of a sweep that compares nothing."""

LATE, EARLY = 0.75, 0.10
"""Best epochs past 75 % of the budget suggest longer training, within the first 10 % far shorter training (Deep Learning
Tuning Playbook)."""


def choice_gaps(subject: Subject) -> Table:
    """A row a choice: medians over its complete trials, with counts."""
    rows, trials = [], judged(subject)
    for choice in subject.choices:
        own = subject.trials[(subject.trials["choice"] == choice) & (subject.trials["state"] == "COMPLETE")]
        known = own[own["gap_best"].notna()]
        late = own[own["best_epoch"].notna()]
        last = int((late["best_epoch"] > LATE * late["epochs"]).sum())
        rows.append(
            (
                Cell(clean(choice, 40), colour=subject.colours[choice]),
                *overfit_cells(trials[trials["choice"] == choice]),
                Cell(str(len(known)), f"of {len(own)}", sort=len(known)),
                *(_median(known[name]) for name in ("gap_best", "gap_end", "given_back")),
                _median(late["best_epoch"], False),
                _median(late["epochs_wasted"], False),
                Cell(str(last), f"of {len(late)}", sort=last),
            )
        )
    unit, units = subject.unit, subject.units.capitalize()
    names = (
        "Overfit",
        f"From {unit}",
        "Gap known",
        f"Gap at best {unit}",
        "Gap at the end",
        "Given back",
        f"Best {unit}",
        f"{units} past best",
        "Best in last quarter",
    )
    note = _gap_note(subject) + " All but the counts are medians over the choice's complete trials."
    return Table((Head("Choice", right=False), *map(Head, names)), tuple(rows), note)


def _median(values: pd.Series, sign: bool = True) -> Cell:
    if not values.notna().any():
        return Cell(NONE)
    median = float(values.median())
    return Cell(signed(median) if sign else f"{median:g}", sort=median)


def trial_gaps(subject: Subject) -> Table:
    """A row for each of the best `ROWS` trials."""
    rows = []
    for _, row in subject.ranking.head(ROWS).iterrows():
        share = percent(row["wasted_frac"], 1) if pd.notna(row["wasted_frac"]) else ""
        value = "" if pd.isna(row["epochs_wasted"]) else str(row["epochs_wasted"])
        best = "" if pd.isna(row["best_epoch"]) else f"{row['best_epoch']}"
        rows.append(
            (
                Cell(str(row["number"]), sort=int(row["number"])),
                Cell(number(row["trial_value"])),
                *(Cell(signed(_or_none(row[name]))) for name in ("gap_best", "gap_end", "given_back")),
                Cell(best or NONE, f"of {row['epochs']}" if best else ""),
                Cell(value or NONE, share),
                Cell(clean(row["label"]) or NONE),
            )
        )
    names = (
        "Trial",
        f"Best {subject.metric}",
        f"Gap at best {subject.unit}",
        "Gap at the end",
        "Given back",
        f"Best {subject.unit}",
        f"{subject.units.capitalize()} past best",
        "Curve",
    )
    note = f"The best {len(rows)} of {len(subject.ranking)} complete trials. {_gap_note(subject)} {_budget_note(subject)}"
    heads = tuple(Head(name, right=0 < place < len(names) - 1) for place, name in enumerate(names))
    return Table(heads, tuple(rows), note.strip(), phone=4)


def _or_none(value: float) -> float | None:
    return None if pd.isna(value) else float(value)


def _gap_note(subject: Subject) -> str:
    unit = (
        "points of (1 − " + clean(subject.orientation.metric) + ")"
        if subject.orientation.kind == "error"
        else clean(subject.orientation.metric)
    )
    means = f" Of each trial they are means over its {subject.averaged}." if subject.repeated else ""
    return (
        f"Gap: validation minus training, in {unit}, positive where validation is worse. Given back: "
        f"validation at the end minus its best.{means}"
    )


def _budget_note(subject: Subject) -> str:
    ended = subject.trials[(subject.trials["state"] == "COMPLETE") & subject.trials["best_epoch"].notna()]
    place = ended["best_epoch"].astype("float64") / ended["epochs"].astype("float64")
    late, early = int((place > LATE).sum()), int((place <= EARLY).sum())
    return (
        f"Best in the last quarter of its {subject.units}: {late} of {len(ended)} complete trials; in the first tenth: {early}."
    )
