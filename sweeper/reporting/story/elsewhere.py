"""What has to be kept in mind of curves that another program made."""

from __future__ import annotations

from sweeper.reporting.metrics.targets import AT_TARGET
from sweeper.reporting.statistics.pace import unlike_steps
from sweeper.reporting.story.subject import Subject
from sweeper.reporting.text import clean, count, number


def cautions(subject: Subject) -> list[str]:
    """Nothing for a sweep of our own."""
    return [*_cut(subject), *_unlike_steps(subject)] if subject.frames.sweep.imported else []


def is_cut(subject: Subject) -> bool:
    """Whether trainings were stopped because they had reached the target."""
    return bool((subject.frames.runs["reason"] == AT_TARGET).any())


def _cut(subject: Subject) -> list[str]:
    if not is_cut(subject):
        return []
    runs = subject.frames.runs
    stopped, reached = int((runs["reason"] == AT_TARGET).sum()), int(runs["epochs_to_target"].notna().sum())
    target = f"{subject.frames.sweep.target:g}"
    return [
        f"{stopped} of the {count(reached, 'training')} that reached {subject.metric} {target} end at that very evaluation: "
        "they were stopped because they had. How good they would have become is not known, so their best values are cut there "
        "(and lie closer together than they would), and no trial or choice can be called better by its value. What can be "
        f"compared is how long they took to {target}."
    ]


def _unlike_steps(subject: Subject) -> list[str]:
    paces = unlike_steps(subject.frames)
    if paces is None:
        return []
    said = [f"{number(float(paces.iloc[place]), 2)} s with {clean(paces.index[place], 40)}" for place in (-1, 0)]
    return [
        f"A {subject.unit} takes {said[0]} and {said[1]}: {subject.units} do not count the same thing in all trials, so "
        "between choices only seconds compare. To have everything over seconds, import the curves with --step and their "
        "column of seconds."
    ]
