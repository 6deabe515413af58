"""Which choice is faster to the common target, in sentences and as a table: never without what it is worth in the end."""

from __future__ import annotations

import math

import pandas as pd

from sweeper.reporting.statistics.speed import ranked_speed
from sweeper.reporting.statistics.speed_verdict import (
    END_AS_GOOD,
    END_BETTER,
    END_OPEN,
    END_UNKNOWN,
    END_WORSE,
    MORE_OFTEN,
    QUICKER,
    UNINFORMATIVE_TARGET,
)
from sweeper.reporting.statistics.verdict import NO_DIFFERENCE, NOT_ENOUGH
from sweeper.reporting.story.blocks import Cell, Head, Table
from sweeper.reporting.story.compared.comparing import counted, p_words
from sweeper.reporting.story.pace.target_tables import ended_early, level_words, needed
from sweeper.reporting.story.subject import Subject
from sweeper.reporting.text import NONE, clean, count, number

NAMED = 6
"""So many pairs have a sentence; the table has all."""
_ROWS = 40
_ENDS = {
    END_BETTER: "faster, and better at the end",
    END_AS_GOOD: "faster, and at the end not worse by more than the noise of a training",
    END_WORSE: "faster, but worse at the end",
    END_OPEN: "faster to this target; which ends better is open",
    END_UNKNOWN: "faster to this target; how they end is not compared",
}


def speed_sentences(subject: Subject) -> list[tuple[str, pd.Series]]:
    """A sentence with its row of the frame `speed` for each of the first pairs of which anything can be said."""
    told = ranked_speed(subject.speed)
    told = told[~told["verdict"].isin((NOT_ENOUGH, UNINFORMATIVE_TARGET))]
    return [(_sentence(subject, row), row) for _, row in told.head(NAMED).iterrows()]


def unsaid(subject: Subject) -> list[str]:
    """Of how many pairs nothing is said, and why."""
    speed, found = subject.speed, []
    few = speed[speed["verdict"] == NOT_ENOUGH]
    reasons = set(few["why"])
    if len(few) == len(speed) and len(reasons) == 1 and reasons != {""}:
        return [f"No choice is called faster: {reasons.pop()}."]
    if len(few):
        pairs = f"{len(few)} of {len(speed)} pairs" if len(few) < len(speed) else "all pairs" if len(speed) > 1 else "the pair"
        found.append(f"There is too little evidence to say which is faster for {pairs} of choices.")
    if (speed["verdict"] == UNINFORMATIVE_TARGET).any():
        found.append("Nearly all or nearly none of every choice reached the target, so no choice is called faster.")
    more = len(speed) - len(few) - NAMED
    return found + ([f"{count(more, 'more pair')} {'is' if more == 1 else 'are'} in the table."] if more > 0 else [])


def method(subject: Subject) -> list[str]:
    """What the verdicts on speed are worth, where there are any."""
    judged = int(subject.speed["p_fdr"].notna().sum())
    if not judged or (subject.speed["verdict"] == NOT_ENOUGH).all():
        return []
    among = f", corrected for the share of false ones among {judged} pairs" if judged > 1 else ""
    return [f"What is said of speed is exploratory: it is judged beside the objective, by p of its own{among}."]


def _sentence(subject: Subject, row: pd.Series) -> str:
    a, b = clean(row["a"], 40), clean(row["b"], 40)
    of_a, of_b = _arm(subject, row, "a"), _arm(subject, row, "b")
    need_a, need_b = (" ".join(needed(arm)).strip() for arm in (of_a, of_b))
    target = f"the target {level_words(subject, of_a)}"
    proof = f"({counted(row)}, ratio {_ratio(row, 'ratio')}, p {p_words(row['p_fdr'])})"
    if row["verdict"] == MORE_OFTEN:
        came_a, came_b = (f"{arm['reached']} of {arm['n']}" for arm in (of_a, of_b))
        return (
            f"{a} reached {target} in {came_a} trials, {b} in {came_b} {proof}: it gets there more often; how many "
            f"{subject.units} {b} needs is not known."
        )
    needs = f"{a} needed {need_a} {subject.units} to {target}, {b} {need_b} {proof}"
    if row["verdict"] in QUICKER:
        return f"{needs}: {_ENDS[row['end']]}."
    if row["verdict"] == NO_DIFFERENCE:
        return f"{needs}: no practical difference in speed."
    if not row["why"]:
        return f"{needs}: undecided which is faster."
    hidden, they = int(row["hidden"]), "it" if row["hidden"] == 1 else "they"
    hides = f"{count(hidden, 'trial')} that {ended_early(subject)} {'hides' if hidden == 1 else 'hide'} the answer"
    ratio = _ratio(row, "ratio_optimistic")
    return f"{needs}: undecided, for {hides}. Had {they} done as the others, the ratio would be {ratio}."


def _arm(subject: Subject, row: pd.Series, side: str) -> pd.Series:
    """The line of the frame `convergence` of one choice of the pair, at the pair's target."""
    known = subject.convergence
    arm: pd.Series = known[(known["choice"] == row[side]) & (known["target"] == row["target"])].iloc[0]
    return arm


def _ratio(row: pd.Series, name: str) -> str:
    return " ".join(_bounds(row, name))


def _bounds(row: pd.Series, name: str) -> tuple[str, str]:
    """A ratio and its interval, which too few pairs have none of."""
    value, low, high = (number(row[column], 2) for column in (name, f"{name}_low", f"{name}_high"))
    return value, "" if low == NONE else f"[{low}, {high}]"


def speed_table(subject: Subject) -> Table | None:
    """A line for each pair, the surest first; None where nothing is said of any."""
    speed = ranked_speed(subject.speed)
    if speed["verdict"].isin((NOT_ENOUGH,)).all():
        return None
    bounds = ["ratio", *(["ratio_optimistic"] if (speed["hidden"] > 0).any() else [])]
    rows = []
    for _, row in speed.head(_ROWS).iterrows():
        known = math.isfinite(row["ratio"])
        rows.append(
            (
                Cell(clean(row["a"], 40), colour=subject.colours[row["a"]]),
                Cell(clean(row["b"], 40), colour=subject.colours[row["b"]]),
                Cell(clean(row["verdict"])),
                *(Cell(*_bounds(row, name), sort=row[name]) if known else Cell(NONE) for name in bounds),
                Cell(clean(row["end"]) if known else NONE),
                Cell(counted(row) if known else NONE, sort=float(row["n_a"]) if known else 0.0),
                Cell(p_words(row["p_fdr"]), sort=row["p_fdr"]) if known else Cell(NONE),
            )
        )
    ratios = ("Ratio", "Had those done as others")[: len(bounds)]
    names = ("Choice", "Against", "Speed", *ratios, "At the end", "Compared over", "p, BH")
    heads = tuple(Head(name, right=name not in ("Choice", "Against", "Speed", "At the end")) for name in names)
    early = f" Those: trials that {ended_early(subject)}, without reaching the target." if len(bounds) > 1 else ""
    note = (
        f"Ratio: mean {subject.units} to the target of the first over those of the second, a miss counted as the whole budget; "
        "below 1 the first is faster. At the end: how the first stands by the section on the choices. Brackets are 95 % "
        f"intervals; p is corrected for the share of false verdicts (Benjamini and Hochberg).{early}"
    )
    return Table(heads, tuple(rows), note, phone=3)
