"""What is said beside a comparison, and weakens it: divergence on one side, and what may have held a side back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from sweeper.reporting.metrics.labels import OVERFITTING, UNSTABLE
from sweeper.reporting.metrics.plateau import STILL_IMPROVING
from sweeper.reporting.reading.runs import PARAM
from sweeper.reporting.statistics.divergence import diverged, is_lopsided
from sweeper.reporting.statistics.verdict import BETTER, NO_DIFFERENCE, SMALL
from sweeper.reporting.story.searched.edges import crowded_among
from sweeper.reporting.story.subject import Subject
from sweeper.reporting.text import clean, listed

_CURVES = {
    UNSTABLE: "is unstable: with smaller steps it may do better",
    STILL_IMPROVING: "was still improving: with longer training it may do better",
    **dict.fromkeys(OVERFITTING, "overfits: with regularization it may do better"),
}


@dataclass(frozen=True)
class Modifiers:
    """Sentences: on divergence where it is `lopsided`, and on what may have held the `better` side back and the `worse` one."""

    lopsided: tuple[str, ...] = ()
    better: tuple[str, ...] = ()
    worse: tuple[str, ...] = ()

    def beside(self, verdict: str) -> tuple[str, ...]:
        """Those that bear on a verdict: on a claim against one side what held that one back, on one of no difference either."""
        held = {BETTER: self.worse, SMALL: self.worse, NO_DIFFERENCE: (*self.better, *self.worse)}
        return *self.lopsided, *held.get(verdict, ())

    @property
    def of_either(self) -> tuple[str, ...]:
        """Those that bear on a difference between two such comparisons, which any side may have made."""
        return *self.lopsided, *self.better, *self.worse


PLAIN = Modifiers()


def appended(sentences: Sequence[str]) -> str:
    """Each once, as they follow another sentence."""
    return "".join(f" {said}" for said in dict.fromkeys(sentences))


def modifiers(subject: Subject, row: pd.Series) -> Modifiers:
    """Of a row of the frame `pairs` that sets two choices against each other, or two levels of a factor, on average or with one
    level of another (not of an interaction, which has four sides)."""
    sides = {level: _side(subject, row, level) for level in (row["a"], row["b"])}
    names = {level: _name(subject, row, level) for level in sides}
    ranking, ends = subject.ranking[["number", "label", *(PARAM + name for name in subject.spans)]], ["state", "reason"]
    better, worse = (_doubts(subject, ranking[sides[level][ranking.index]], names[level]) for level in sides)
    return Modifiers(_asymmetry({names[level]: subject.trials[ends][side] for level, side in sides.items()}), better, worse)


def _side(subject: Subject, row: pd.Series, level: str) -> pd.Series[bool]:
    """Which trials a side of a comparison stands for."""
    if not subject.crossed:
        return subject.trials["choice"] == level
    chosen = subject.frames.levels
    own: pd.Series[bool] = chosen[row["factor"]] == level
    return own & (chosen[row["partner"]] == row["within"]) if row["within"] else own


def _name(subject: Subject, row: pd.Series, level: str) -> str:
    """`he`, or `he · relu` of a level with one of another, in the order in which the sweep compares them."""
    if not row["within"]:
        return clean(level, 40)
    chosen = {row["factor"]: level, row["partner"]: row["within"]}
    return " · ".join(clean(chosen[factor], 40) for factor in sorted(chosen, key=list(subject.factors).index))


def _asymmetry(sides: dict[str, pd.DataFrame]) -> tuple[str, ...]:
    """Where far more trials of one side diverged than of the other, that is part of the answer."""
    if not is_lopsided(*sides.values()):
        return ()
    shares = {name: diverged(trials) for name, trials in sides.items()}
    told = listed([f"{n} of {of} with {name}" for name, (n, of) in shares.items()])
    return (f"Diverged: {told}; a trial that diverged counts as worse than any other.",)


def _doubts(subject: Subject, ranked: pd.DataFrame, name: str) -> tuple[str, ...]:
    """What may have held trials back (Tuning Playbook: boundaries, and the curves of the best trials); `ranked`, best first."""
    ends = [f"{one.says[0].upper()}{one.says[1:]}: a wider one may do better." for one in crowded_among(subject, ranked, name)]
    curves = [
        f"The best trial of {name} ({row['number']}) {_CURVES[row['label']]}."
        for _, row in ranked.head(1).iterrows()
        if row["label"] in _CURVES
    ]
    return *ends, *curves
