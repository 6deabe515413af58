"""The words for one comparison, a row of the frame `pairs`: what it holds, its counts and intervals, what would settle it."""

from __future__ import annotations

import math

import pandas as pd

from sweeper.reporting.statistics.evidence import LEAST_WINS, SEEDS
from sweeper.reporting.statistics.matching import ADJUSTED, MATCHED
from sweeper.reporting.statistics.pairs import STARTUP
from sweeper.reporting.statistics.verdict import BETTER, CLEARLY, NO_DIFFERENCE, NOT_ENOUGH, SMALL, UNDECIDED, least
from sweeper.reporting.story.blocks import Cell
from sweeper.reporting.story.compared.modifiers import PLAIN, Modifiers, appended, modifiers
from sweeper.reporting.story.subject import Subject
from sweeper.reporting.text import clean, count, number

BUT_SMALL = "not surely by more than the noise of a training"
_TOO_MANY = 10
"""Nobody is sent to train so many times as much for a difference that is small at best."""
_FEW = 10
"""Pairs, or trials of each, below which nothing is called clear."""


def verdict_words(subject: Subject, row: pd.Series, family: int, beside: Modifiers = PLAIN) -> str:
    """A comparison as one sentence, what would settle it, and what is to be said `beside` it; `family` is how many were
    corrected for together."""
    a, b = clean(row["a"], 40), clean(row["b"], 40)
    if row["why"]:
        return f"{a} and {b} are not compared: {row['why']}."
    more_said = appended(beside.beside(row["verdict"]))
    if row["verdict"] == NOT_ENOUGH:
        return f"Not enough evidence on {a} and {b}: {_lacking(subject, row, family)}{more_said}"
    whose = a if row["verdict"] in (NO_DIFFERENCE, UNDECIDED) else ""
    evidence = f"{shift_words(subject, row, whose)}{wins_words(row)}"
    here, stands = ("", "") if row.get("rung") not in ADJUSTED else (" in this sweep", f" ({_stands(row)})")
    if row["verdict"] in (BETTER, SMALL):
        but = "" if row["verdict"] == BETTER else f", {'though' if here else 'but'} {BUT_SMALL}"
        return f"{a} {surely(row, beside)} better than {b}{here}{but}: {evidence}{stands}.{more_said}"
    if row["verdict"] == NO_DIFFERENCE:
        within = stands or ", within the noise of a training"
        return f"No practical difference between {a} and {b}{here}: {evidence}{within}.{more_said}"
    return f"Undecided between {a} and {b}{here}: {evidence}{stands}.{more(subject, row)}{more_said}"


def lacking_alike(subject: Subject, rows: pd.DataFrame, family: int) -> str:
    """What several comparisons lack, where each of them has too little evidence, lacks the same, and nothing more is to be said
    beside it; else nothing."""
    if len(rows) < 2 or set(rows["verdict"]) != {NOT_ENOUGH} or set(rows["why"]) != {""}:
        return ""
    if any(modifiers(subject, row).beside(NOT_ENOUGH) for _, row in rows.iterrows()):
        return ""
    lacks = {_lacking(subject, row, family) for _, row in rows.iterrows()}
    return lacks.pop() if len(lacks) == 1 else ""


def _lacking(subject: Subject, row: pd.Series, family: int) -> str:
    """How many there are where more are asked for, and what would settle it."""
    fewest = least(row["design"] == "paired", family)
    among = f" for {count(family, 'comparison')}" if family > 1 else ""
    return f"{counted(row)}, where {fewest} are the least{among}.{more(subject, row)}"


def surely(row: pd.Series, beside: Modifiers) -> str:
    """`did clearly`, `did` or `probably did`: a step less where the worse side may have been held back, and of trials that a
    sampler drew by their outcomes never more than the least."""
    if row.get("rung") in ADJUSTED:
        return "probably did"
    enough = row["verdict"] == BETTER and min(row["n_a"], row["n_b"]) >= _FEW
    clear = enough and row["wins_low"] > CLEARLY and not beside.lopsided
    if beside.worse:
        return "did" if clear else "probably did"
    return "did clearly" if clear else "did"


def _stands(row: pd.Series) -> str:
    """On what a comparison of trials that a sampler drew by their outcomes stands."""
    if row.get("rung") != MATCHED:
        return "settings alike"
    return f"settings alike: largest imbalance {end(row['smd_before'])} before matching, {end(row['smd_after'])} after"


def interval_cell(row: pd.Series, name: str) -> Cell:
    return Cell(end(row[name]), f"{end(row[f'{name}_low'])} to {end(row[f'{name}_high'])}", sort=row[name])


def wins_cell(row: pd.Series) -> Cell:
    """With two decimals, as the sentences have it: a share of some dozen pairs has no third."""
    return Cell(f"{row['wins']:.2f}", f"{row['wins_low']:.2f} to {row['wins_high']:.2f}", sort=row["wins"])


def end(value: float) -> str:
    """An interval's end; infinite where a divergence decides."""
    return number(value) if math.isfinite(value) else "−∞" if value < 0 else "∞"


def shift_words(subject: Subject, row: pd.Series, whose: str = "") -> str:
    """`validation loss 0.03 [0.01, 0.05] lower, `; `whose` names the choice where no verdict does."""
    side = "higher" if subject.orientation.maximize else "lower"
    if math.isinf(row["shift"]):
        return f"in most comparisons {f'the other one than {whose}' if whose else 'the other'} diverged, "
    return f"{subject.metric} {end(row['shift'])} {bounds(row)} {side}{f' for {whose}' if whose else ''}, "


def bounds(row: pd.Series) -> str:
    return f"[{end(row['shift_low'])}, {end(row['shift_high'])}]"


def wins_words(row: pd.Series) -> str:
    interval = f"[{row['wins_low']:.2f}, {row['wins_high']:.2f}]"
    return f"win probability {row['wins']:.2f} {interval}, {counted(row)}, p {p_words(row['p_holm'])}"


def counted(row: pd.Series) -> str:
    """What a row compares; one of `speed`, which has no rung, compares trials."""
    if row["design"] == "paired":
        return count(int(row["n_a"]), "pair")
    return f"{row['n_a']} against {row['n_b']} {'seeds' if row.get('rung') == SEEDS else 'trials'}"


def p_words(value: float) -> str:
    return "below 0.001" if value < 0.001 else f"{value:.3f}" if value < 0.1 else f"{value:.2f}"


def more(subject: Subject, row: pd.Series) -> str:
    """What would settle it; a grid has no more trials, and a sampler that has learned draws no more at random."""
    if pd.isna(row["needed"]) or subject.frames.sweep.sampler == "grid" or row.get("rung") in (STARTUP, SEEDS, *ADJUSTED):
        return ""
    lacking = int(row["needed"]) - int(min(row["n_a"], row["n_b"]))
    if lacking <= 0:
        return ""
    paired = row["design"] == "paired"
    of_each = len(subject.factors[row["factor"]]) if not paired and subject.crossed else len(subject.choices)
    each = "blocks" if paired else "trials of each"
    likely = CLEARLY if row["verdict"] == NOT_ENOUGH else max(row["wins"], LEAST_WINS)
    if lacking > _TOO_MANY * min(row["n_a"], row["n_b"]):
        return f" To tell a win probability of {likely:.2f} would take about {lacking} more {each}: hardly worth it."
    return (
        f" About {lacking} more {each} would tell a win probability of {likely:.2f} four times in five: "
        f"sweep resume {clean(subject.frames.sweep.name, 64)} --trials +{lacking * of_each}."
    )
