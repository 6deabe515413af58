"""What holds for everything a report says: a sweep that still runs, trials and values that are missing."""

from __future__ import annotations

import pandas as pd

from sweeper.reporting.story import elsewhere
from sweeper.reporting.story.subject import Subject
from sweeper.reporting.text import clean, count


def cautions(subject: Subject) -> tuple[str, ...]:
    """A sentence for each."""
    counts, found = subject.counts, []
    if subject.frames.sweep.running or counts["running"]:
        found.append(
            f"This sweep is not over: {counts['running']} of {len(subject.trials)} trials are running or were left so. "
            "They are counted, but nothing here is computed from them."
        )
    if counts["failed"]:
        found.append(
            f"{count(counts['failed'], 'trial').capitalize()} failed and {'is' if counts['failed'] == 1 else 'are'} "
            "missing from every figure and median."
        )
    ended = subject.trials[subject.trials["state"].isin(("COMPLETE", "PRUNED"))]
    bare = int((ended["best_epoch"].isna() & (ended["reason"] != "diverged")).sum())
    if bare:
        metric = clean(subject.frames.sweep.objective.metric)
        found.append(
            f"{count(bare, 'trial').capitalize()} logged no finite {metric} over the {subject.units}: best {subject.unit}, "
            f"gap and {subject.units} to target are missing there."
        )
    absent = subject.frames.trials[subject.trials["block"].notna()]
    if subject.compares and len(absent):
        have = absent.groupby("block")["choice"].nunique()
        short = int((have < len(subject.choices)).sum())
        found += [f"{short} of {len(have)} blocks lack a choice: the choices were not tried alike."] if short else []
    different = subject.trials["best_epoch_logged"].notna() & subject.trials["best_epoch"].notna()
    differ = (
        int((subject.trials["best_epoch_logged"] != subject.trials["best_epoch"])[different].sum())
        if pd.notna(different).all()
        else 0
    )
    if differ:
        found.append(
            f"In {count(differ, 'trial')} the logged best {subject.unit} is not the best of the logged curve; the "
            "curve's is used here."
        )
    return (*found, *elsewhere.cautions(subject))
