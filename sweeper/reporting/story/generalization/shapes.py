"""What the shapes of the curves say, in counts: which trials overfit, and from when on."""

from __future__ import annotations

import pandas as pd

from sweeper.reporting.metrics.labels import LABELS, OVERFITTING, TOO_SHORT
from sweeper.reporting.story.blocks import Cell
from sweeper.reporting.story.subject import Subject
from sweeper.reporting.text import NONE, clean, count, listed, number

HOW = (
    "Overfits: the running median of validation is worse than it was, by more than 2 % and three times the noise of the curve, "
    "in three evaluations or more, while training is not; those that memorise are counted too. A gap alone is not overfitting."
)

_SAID = {
    "too short to tell": ("is too short to tell", "are too short to tell"),
    "never learned": ("never learned", "never learned"),
    "still improving": ("was still improving at the end", "were still improving at the end"),
    "memorising": ("memorises", "memorise"),
    "unstable": ("is unstable (training got worse too)", "are unstable (training got worse too)"),
    "overfits, then recovers": ("overfits and then recovers", "overfit and then recover"),
    "overfits": ("overfits", "overfit"),
    "gap": ("has a gap without getting worse", "have a gap without getting worse"),
    "healthy": ("is healthy", "are healthy"),
}
_NAMED = 5
"""So many choices a sentence names; the table has all."""


def judged(subject: Subject) -> pd.DataFrame:
    """The complete trials whose curves have a label."""
    trials = subject.trials
    return trials[(trials["state"] == "COMPLETE") & (trials["label"] != "")]


def shape_sentences(subject: Subject) -> list[str]:
    trials = judged(subject)
    if not len(trials):
        return []
    counts = trials["label"].value_counts()
    said = [f"{counts[label]} {_SAID[label][int(counts[label] > 1)]}" for label in LABELS if label in counts and label in _SAID]
    sentences = [f"By the shape of their curves, of {count(len(trials), 'complete trial')} {listed(said)}."]
    return [*sentences, *(_by_choice(subject, trials) if subject.compares else _onset_words(subject, trials)), HOW]


def overfit_cells(trials: pd.DataFrame) -> tuple[Cell, Cell]:
    """How many of these overfit, of those long enough to tell, and the median epoch from which they do."""
    trials = trials[trials["label"] != TOO_SHORT]
    if trials.empty:
        return Cell(NONE), Cell(NONE)
    over = trials[trials["label"].isin(OVERFITTING)]
    onset = over["overfit_onset"].dropna()
    share = Cell(str(len(over)), f"of {len(trials)}", sort=len(over))
    return share, Cell(NONE) if onset.empty else Cell(number(_epoch(onset)), sort=_epoch(onset))


def _by_choice(subject: Subject, trials: pd.DataFrame) -> list[str]:
    told = trials[trials["label"] != TOO_SHORT]
    over = told.assign(over=told["label"].isin(OVERFITTING)).groupby("choice")["over"].agg(["sum", "size", "mean"])
    if not over["sum"].sum():
        return []
    ranked = over.sort_values(["mean", "size"], ascending=False).head(_NAMED)
    said = [
        f"{row['sum']:.0f} of {row['size']:.0f} with {clean(choice, 40)}{_from(subject, trials, str(choice))}"
        for choice, row in ranked.iterrows()
    ]
    rest = len(over) - len(ranked)
    return [f"Overfitting: {listed(said)}{f'; {rest} more choices are in the table' if rest else ''}."]


def _from(subject: Subject, trials: pd.DataFrame, choice: str) -> str:
    onset = trials.loc[trials["label"].isin(OVERFITTING) & (trials["choice"] == choice), "overfit_onset"].dropna()
    middle = ", the median" if len(onset) > 1 else ""
    return f" (from {subject.unit} {number(_epoch(onset))} on{middle})" if len(onset) else ""


def _onset_words(subject: Subject, trials: pd.DataFrame) -> list[str]:
    onset = trials.loc[trials["label"].isin(OVERFITTING), "overfit_onset"].dropna().astype("float64")
    if len(onset) < 2:
        return [f"The one that overfits does so from {subject.unit} {number(float(onset.iloc[0]))} on."] if len(onset) else []
    return [
        f"Those that overfit do so from {subject.unit} {number(_epoch(onset))} on, the median; the middle half of them from "
        f"{number(_epoch(onset, 0.25))} to {number(_epoch(onset, 0.75))}."
    ]


def _epoch(onset: pd.Series, share: float = 0.5) -> float:
    return float(onset.astype("float64").quantile(share, interpolation="lower"))
