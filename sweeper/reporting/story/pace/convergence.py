"""How fast the trials came to a target that is common to all (in epochs, or in what else the curves count), apart from how good
they are in the end."""

from __future__ import annotations

import pandas as pd

from sweeper.reporting.statistics.pace import unlike_steps
from sweeper.reporting.statistics.speed import COMMON
from sweeper.reporting.story.blocks import Block, Section
from sweeper.reporting.story.pace.speed import method, speed_sentences, speed_table, unsaid
from sweeper.reporting.story.pace.target_charts import by_epochs, by_seconds
from sweeper.reporting.story.pace.target_tables import choice_table, ended_early, level_words, needed, target_table
from sweeper.reporting.story.subject import Subject
from sweeper.reporting.text import clean, count, listed, number

_OTHERS = {
    "epochs_to_hard_target": ("Nearly all", "25 %", "The harder target"),
    "epochs_to_easy_target": ("Hardly any", "75 %", "The easier target"),
}

_UNEQUAL = 1.25
"""Trainings of different choices that lie further apart than this are mentioned."""


def convergence(subject: Subject) -> Section:
    rows = subject.convergence
    if not rows["level"].notna().any():
        return _nothing(subject)
    if len(subject.racing) == 1:
        said = "With one ended trial there is no target that is common to several, so nothing can be said about speed."
        return Section("convergence", "Convergence", (said,))
    column = subject.speed["target"].iloc[0] if len(subject.speed) else COMMON
    own = rows[rows["target"] == column]
    level = level_words(subject, own.iloc[0])
    several = len(subject.choices) > 1
    sentences = [*_target(subject, own.iloc[0]), *(sentence for sentence, _ in speed_sentences(subject))]
    sentences += [*unsaid(subject), *method(subject)] if several else _half(subject, own)
    alike = unlike_steps(subject.frames) is None
    sentences += [*_lengths(subject, own), *_stopped(subject, own)] if alike else []
    blocks: list[Block | None] = [
        by_epochs(subject, column, level) if alike else None,
        by_seconds(subject, column, level),
        choice_table(subject, own, level) if subject.compares else target_table(subject),
        speed_table(subject) if several else None,
    ]
    return Section("convergence", "Convergence", tuple(sentences), tuple(block for block in blocks if block is not None))


def _nothing(subject: Subject) -> Section:
    metric = clean(subject.frames.sweep.objective.metric)
    ended = subject.counts["complete"] + subject.counts["pruned"] + subject.counts["diverged"]
    why = f"no trial has a finite {metric} over its {subject.units}" if ended else "no trial has ended"
    return Section("convergence", "Convergence", (f"Nothing can be said about speed: {why}.",))


def _target(subject: Subject, row: pd.Series) -> list[str]:
    """What the target is, who reached it, and why it is not the common one, where that tells nothing."""
    trials, level = subject.racing, level_words(subject, row)
    reached, missed = int(trials[row["target"]].notna().sum()), _missed(trials[trials[row["target"]].isna()])
    chosen = "the median of the trials' best values" if subject.frames.sweep.target is None else "which was named"
    which, found = "The common target", []
    if row["target"] != COMMON:
        common = subject.convergence[subject.convergence["target"] == COMMON].iloc[0]
        share, part, which = _OTHERS[row["target"]]
        found.append(
            f"{share} of every choice's trials reached {level_words(subject, common)}, {chosen}: it says little of speed."
        )
        chosen = f"which {part} of all trials reach"
    said = f"{reached} of {count(len(trials), 'trial')} reached it{f' (missed: {missed})' if missed else ''}"
    return [*found, f"{which} is {subject.metric} {level}, {chosen}; {said}."]


def _half(subject: Subject, rows: pd.DataFrame) -> list[str]:
    """By when half of the trials were there, where there is nothing to compare."""
    row = rows.iloc[0]
    if row["median"] == float("inf"):
        return []
    middle, interval = needed(row)
    return [f"Half of the trials were there by {subject.unit} {middle}{f' {interval}' if interval else ''}."]


def _lengths(subject: Subject, rows: pd.DataFrame) -> list[str]:
    """A caution where choices were trained unequally long."""
    horizon, longest = number(rows["horizon"].iloc[0]), rows.set_index("choice")["longest"]
    if not longest.max() > _UNEQUAL * rows["horizon"].iloc[0]:
        return []
    ends = [str(longest.idxmin()), str(longest.idxmax())]
    least, most = (f"{clean(choice, 40)} up to {number(rows['longest'][rows['choice'] == choice].iloc[0])}" for choice in ends)
    return [
        f"The choices were not trained equally long ({least} {subject.units}, {most}): means and ratios are over the first "
        f"{horizon}, through which every choice was watched."
    ]


def _stopped(subject: Subject, rows: pd.DataFrame) -> list[str]:
    hidden = int(rows["hidden"].sum())
    if not hidden:
        return []
    they = "it is" if hidden == 1 else "they are"
    return [
        f"{count(hidden, 'trial').capitalize()} {ended_early(subject)}, without reaching it. What would have come is unknown, "
        f"so {they} counted in two ways: as never arriving, and as doing what the others did."
    ]


def _missed(trials: pd.DataFrame) -> str:
    """Why those that missed the target did: `9 at the end of their budget, 2 diverged`."""
    words = {
        "budget": "at the end of their budget",
        "early_stop": "by early stopping",
        "pruned": "pruned",
        "diverged": "diverged",
    }
    counts = trials["epochs_to_target_reason"].value_counts()
    return listed([f"{int(counts[key])} {said}" for key, said in words.items() if key in counts])
