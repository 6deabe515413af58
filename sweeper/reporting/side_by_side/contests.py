"""Sweeps set against each other by all their trials, where their trials are independent draws on the same data."""

from __future__ import annotations

from itertools import combinations

import pandas as pd

from sweeper.reporting.reading.runs import PARAM
from sweeper.reporting.side_by_side.several import Several
from sweeper.reporting.statistics.comparison import Comparison, independent
from sweeper.reporting.statistics.evidence import Row, corrected, frame_of, row_of
from sweeper.reporting.statistics.pairs import DRAWS, counted, why_not_compared
from sweeper.reporting.statistics.verdict import NOT_ENOUGH
from sweeper.reporting.story.subject import Subject
from sweeper.reporting.text import clean
from sweeper.seeds import derive

DRAWN = ("random", "qmc")
"""Samplers whose trials are a sample of their space."""


def contests(several: Several) -> pd.DataFrame:
    """A row for each two sweeps, as the frame `pairs` has them for choices: win probability over their trials and shift, with
    intervals, and a p that is corrected for the number of pairs. `why` says why there is no comparison."""
    pairs = list(combinations(range(len(several.subjects)), 2))
    why = {pair: why_not(several, *pair) for pair in pairs}
    found = {pair: None if why[pair] else _compare(several, *pair) for pair in pairs}
    p = corrected(found)
    rows: list[Row] = []
    for pair in pairs:
        names = several.names[pair[0]], several.names[pair[1]]
        if why[pair]:
            rows.append({"a": names[0], "b": names[1], "verdict": NOT_ENOUGH, "why": why[pair]})
        else:
            noise = max((several.subjects[place].rerun.sd for place in pair), key=lambda sd: (sd == sd, sd))
            rows.append(row_of(names, found[pair], p.get(pair), len(p), noise, False))
    return frame_of(rows)


def why_not(several: Several, a: int, b: int) -> str:
    """Why the trials of two sweeps cannot be set against each other, whatever others there are; empty where they can."""
    two = several.only(a, b)
    if not two.seek_the_same:
        return "they do not seek the same"
    if two.same_data is not True:
        return "their data differ" if two.same_data is False else "whether they had the same data is not recorded"
    for place in (a, b):
        reason = _no_sample(several.subjects[place])
        if reason:
            return f"of {several.names[place]} {reason}"
    if _drew_the_same(several.subjects[a], several.subjects[b]):
        return "both drew the same trials from the same seed, so they are no independent draws"
    return ""


def _no_sample(subject: Subject) -> str:
    """Why a sweep's trials are no sample of its space."""
    sampler = subject.frames.sweep.sampler
    if subject.frames.sweep.running:
        return "trials are still to come"
    if sampler == "paired":
        return "the trials were drawn in blocks, to set its own choices against each other"
    if sampler == "grid":
        return "the trials are a grid, which is no sample of the space"
    why = why_not_compared(subject.trials, sampler)
    return f"{why}" if why else "" if sampler in DRAWN else f"the sampler ({clean(sampler, 20)}) is not known"


def _drew_the_same(a: Subject, b: Subject) -> bool:
    """Whether two sweeps of one seed and the same parameters have a configuration in common: then they drew alike. (Where the
    parameters differ, equal seeds make trials alike at most, which lets a test find too little and not too much.)"""
    if a.frames.sweep.seed != b.frames.sweep.seed or set(a.searched) != set(b.searched) or not a.searched:
        return False
    columns = [PARAM + name for name in a.searched]
    first, second = ({tuple(row) for row in one.trials[columns].astype("str").to_numpy()} for one in (a, b))
    return bool(first & second)


def _compare(several: Several, a: int, b: int) -> Comparison | None:
    one, other = (
        counted(several.subjects[place].trials, several.losses[place], DRAWS).dropna().to_numpy("float64") for place in (a, b)
    )
    seed = several.first.frames.sweep.number
    return (
        independent(one, other, derive(seed, "sweeps", several.names[a], several.names[b])) if len(one) and len(other) else None
    )
