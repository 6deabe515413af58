"""What may have held a choice back, so that a claim against it is weaker: the end of a range, the curve of its best trial."""

from __future__ import annotations

from collections.abc import Mapping

from sweeper.reporting.metrics.labels import OVERFITTING, UNSTABLE
from sweeper.reporting.metrics.plateau import STILL_IMPROVING
from sweeper.reporting.story.searched.edges import crowded
from sweeper.reporting.story.subject import Subject
from sweeper.reporting.text import clean

_CURVES = {
    UNSTABLE: "is unstable: with smaller steps it may do better",
    STILL_IMPROVING: "was still improving: with longer training it may do better",
    **dict.fromkeys(OVERFITTING, "overfits: with regularization it may do better"),
}


def doubts(subject: Subject) -> Mapping[str, str]:
    """Of each choice that has some, a sentence for each (Tuning Playbook: boundaries, and the curves of the best trials)."""
    found: dict[str, list[str]] = {}
    for one in crowded(subject):
        found.setdefault(one.choice, []).append(f"{one.says[0].upper()}{one.says[1:]}: a wider one may do better.")
    for _, row in subject.ranking.drop_duplicates("choice").iterrows():
        if row["label"] in _CURVES:
            said = f"The best trial of {clean(row['choice'], 40)} ({row['number']}) {_CURVES[row['label']]}."
            found.setdefault(row["choice"], []).append(said)
    return {choice: " ".join(sentences) for choice, sentences in found.items()}
