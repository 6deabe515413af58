"""The file of the next space: the space that ran, changed where the evidence says so."""

from __future__ import annotations

import re

import pandas as pd

from sweeper.errors import SpaceError
from sweeper.records import Value
from sweeper.reporting.reading.runs import PARAM
from sweeper.reporting.refining.propose import Proposal
from sweeper.reporting.story.subject import Subject, trial_name
from sweeper.reporting.text import clean, count, number
from sweeper.spaces import SearchSpace
from sweeper.spaces.leaves import Leaf
from sweeper.spaces.revising import read_kept, renamed, revised, with_baseline
from sweeper.spaces.tree import Range


def next_space(subject: Subject, space: SearchSpace, proposal: Proposal, file: str) -> str:
    """The text of `file`, which is a space that can be read. Where nothing is compared, the best trial is what is tried first.

    Raises SpaceError where the text that the sweep kept cannot be changed.
    """
    text = _headed(subject, revised(space, proposal.changes), file)
    bare, stem = with_baseline(text, {}), file.rpartition("/")[2].removesuffix(".yaml")
    after = read_kept(bare, (), space.folder, stem)
    values = {} if after.compare else _best(subject, space, after, proposal)
    # A value of the best trial may have left the space with its option; a baseline that the space had may have, too.
    for candidate in ([with_baseline(text, values, _first(subject))] if values else []) + [text]:
        try:
            read_kept(candidate, (), space.folder, stem)
            return candidate
        except SpaceError:
            continue
    return bare


def _first(subject: Subject) -> str:
    best, sweep = subject.best, subject.frames.sweep
    assert best is not None
    value = f"{clean(sweep.objective.metric, 40)} {number(float(best['trial_value']))}"
    return f"{trial_name(best)} of {clean(sweep.name, 64)}, the best of {len(subject.ranking)} complete ones, {value}"


def _best(subject: Subject, before: SearchSpace, after: SearchSpace, proposal: Proposal) -> dict[str, Value]:
    """The best trial's values of what is still searched, by the names of the next space."""
    best = subject.best
    if best is None:
        return {}
    known = {leaf.name: leaf for leaf in after.leaves}
    values: dict[str, Value] = {}
    for name in subject.searched:
        leaf, tried = known.get(renamed(before, name, proposal.changes)), best[PARAM + name]
        if leaf is not None and pd.notna(tried) and (value := _value(leaf, tried)) is not None:
            values[leaf.name] = value
    return values


def _value(leaf: Leaf, tried: object) -> Value:
    """What a trial has, as the space has it; None where it is not there."""
    if isinstance(leaf.node, Range):
        value = float(str(tried))
        candidates: tuple[int | float, ...] = (int(value),) if leaf.node.kind == "int" else (float(f"{value:.4g}"), value)
        return next((one for one in candidates if leaf.node.holds(one)), None)
    words = {
        ("none" if value is None else str(value).lower() if isinstance(value, bool) else str(value)): value
        for value in leaf.node.values
    }
    word = str(tried)
    return word if word in words else None


def _headed(subject: Subject, text: str, file: str) -> str:
    """Where the space comes from, and the command that runs it."""
    sweep = subject.frames.sweep
    said = f"{count(len(subject.trials), 'trial')}"
    lines = [f"# Refined by `sweep refine` from {clean(sweep.name, 64)} ({said}): the comments say what was changed, and why."]
    if re.search(r"(?m)^#\s*(Expect|Minutes)\b", text):
        lines.append("# What stands below under Expect and Minutes was said of the space before.")
    text = re.sub(r"(?m)^# (Refined by `sweep refine`|What stands below under Expect).*\n", "", text)
    text = re.sub(r"(?m)\A((?:#.*\n)*?#.*?\bRun\s+)sweep run .*$", lambda found: f"{found[1]}sweep run {file}", text)
    return "\n".join(lines) + "\n" + text
