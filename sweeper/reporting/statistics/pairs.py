"""Every pair of choices of a sweep, compared by what its design permits: the frame `pairs`.

In a paired design by the blocks in which both choices have ended, in one of independent draws (random, qmc, grid) by the trials
of each. Where a sampler looked at outcomes, better choices got more trials with better settings: then nothing is compared, and
`why` says so.
"""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pandas as pd

from sweeper.reporting.frames import SweepFrames
from sweeper.reporting.statistics.comparison import Comparison, holm, independent, paired
from sweeper.reporting.statistics.rerun import rerun_noise
from sweeper.reporting.statistics.verdict import CLEARLY, LEVEL, NOT_ENOUGH, UNDECIDED, VERDICTS, least, needed, verdict
from sweeper.seeds import derive

LEAST_WINS = 0.6
"""A win probability below which nobody would look for a difference."""
LOPSIDED = 0.2
BASELINE = "baseline"
INDEPENDENT = ("random", "qmc", "grid")
ADAPTIVE = ("tpe", "gp", "cmaes")
LEARNED = "the sampler looked at outcomes, so choices were not tried alike"
UNKNOWN = "how the trials were drawn is not known"
PRUNED = "trials were pruned because of how they were doing"
COLUMNS = (
    "a", "b", "design", "n_a", "n_b", "wins", "wins_low", "wins_high", "shift", "shift_low", "shift_high", "p", "p_holm",
    "verdict", "needed", "why",
)  # fmt: skip


def pairs_of(frames: SweepFrames) -> pd.DataFrame:
    """The frame `pairs` of a sweep, empty where it compares nothing: of complete trials, and of those that diverged."""
    trials = frames.trials
    y = frames.orientation.loss_like(trials["trial_value"].astype("float64"))
    y = y.mask(trials["reason"] == "diverged", float("inf"))
    names = choices_of(trials) if frames.sweep.compare else []
    return compared(trials, names, y, frames.sweep.sampler, frames.sweep.number, rerun_noise(frames.runs).sd)


def choices_of(trials: pd.DataFrame) -> list[str]:
    """In the order in which the sweep first tried them; the first is the reference."""
    return list(dict.fromkeys(trials.sort_values("number")["choice"]))


def compared(
    trials: pd.DataFrame, choices: list[str], y: pd.Series, sampler: str, seed: int, noise: float = math.nan
) -> pd.DataFrame:
    """A row for each pair of `choices`; `y` are the loss-like values of `trials`, infinite for those that diverged and missing
    for those that count for nothing (failed, running). `noise` is that of training a configuration again. `a` is the choice
    with the better shift. The baseline, which nobody drew, is left out."""
    why = why_not_compared(trials, sampler)
    values = trials.assign(y=y.mask(trials["phase"] == BASELINE) if sampler != "paired" else y)
    rows = []
    if not why:
        blocks = values.pivot_table(index="block", columns="choice", values="y", aggfunc="first")
        table = blocks if sampler == "paired" else None
        found = {pair: _compare(values, table, pair, seed) for pair in combinations(choices, 2)}
        known = {pair: comparison for pair, comparison in found.items() if comparison is not None}
        corrected = dict(zip(known, holm(np.array([one.p for one in known.values()])), strict=True)) if known else {}
        rows = [_row(pair, found[pair], corrected.get(pair), len(known), noise, is_lopsided(trials, *pair)) for pair in found]
    else:
        rows = [{"a": a, "b": b, "verdict": NOT_ENOUGH, "why": why} for a, b in combinations(choices, 2)]
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    texts = dict.fromkeys(("a", "b", "design", "verdict", "why"), "str")
    numbers = {name: "float64" for name in COLUMNS if name not in texts and name not in ("n_a", "n_b", "needed")}
    frame = frame.fillna(dict.fromkeys(texts, "")).astype({**texts, **numbers})
    return frame.astype(dict.fromkeys(("n_a", "n_b", "needed"), "Int64"))


def why_not_compared(trials: pd.DataFrame, sampler: str) -> str:
    """Why trials are no fair sample of what they tried; empty where they are."""
    return drawn_unalike(sampler) or (PRUNED if (trials["reason"] == "pruner").any() else "")


def drawn_unalike(sampler: str) -> str:
    """Why choices that this sampler drew cannot be set against each other; empty where they can."""
    if sampler == "paired" or sampler in INDEPENDENT:
        return ""
    return LEARNED if sampler in ADAPTIVE else UNKNOWN


def diverged(trials: pd.DataFrame, choice: str) -> tuple[int, int]:
    """How many trials of a choice diverged, and how many have ended."""
    own = trials[(trials["choice"] == choice) & trials["state"].isin(("COMPLETE", "PRUNED"))]
    return int((own["reason"] == "diverged").sum()), len(own)


def is_lopsided(trials: pd.DataFrame, a: str, b: str) -> bool:
    """Whether the shares of diverged trials lie so far apart that they are part of the answer."""
    (first, of_first), (second, of_second) = diverged(trials, a), diverged(trials, b)
    return bool(of_first and of_second and abs(first / of_first - second / of_second) > LOPSIDED)


def _compare(values: pd.DataFrame, table: pd.DataFrame | None, pair: tuple[str, str], seed: int) -> Comparison | None:
    if table is not None:
        if not {*pair} <= {*table.columns}:
            return None
        both = table[list(pair)].dropna()
        return paired(both[pair[0]].to_numpy(), both[pair[1]].to_numpy()) if len(both) else None
    a, b = (values.loc[values["choice"] == choice, "y"].dropna().to_numpy() for choice in pair)
    return independent(a, b, derive(seed, "bootstrap", *pair)) if len(a) and len(b) else None


def _row(
    pair: tuple[str, str], found: Comparison | None, p_holm: float | None, pairs: int, noise: float, lopsided: bool
) -> dict[str, object]:
    if found is None or p_holm is None:
        return {"a": pair[0], "b": pair[1], "verdict": NOT_ENOUGH, "why": "no trials of both to compare"}
    word = verdict(found, p_holm, pairs, noise, lopsided)
    swapped = found.shift < 0 or (found.shift == 0 and found.wins < 0.5)
    a, b = pair[::-1] if swapped else pair
    n = found.n[::-1] if swapped else found.n
    wins, wins_low, wins_high = found.wins, found.wins_low, found.wins_high
    low, high = found.shift_low, found.shift_high
    if swapped:
        wins, wins_low, wins_high, low, high = 1 - wins, 1 - wins_high, 1 - wins_low, -high, -low
    return {
        "a": a, "b": b, "design": "paired" if found.paired else "independent", "n_a": n[0], "n_b": n[1],
        "wins": wins, "wins_low": wins_low, "wins_high": wins_high,
        "shift": abs(found.shift), "shift_low": low, "shift_high": high,
        "p": found.p, "p_holm": p_holm, "verdict": word, "needed": _needed(word, wins, found.paired, pairs),
    }  # fmt: skip


def _needed(word: str, wins: float, paired: bool, pairs: int) -> int | None:
    """Pairs, or trials of each choice, that would settle an open question: for a win probability that is worth having where
    little is known, else for the one that was seen."""
    if word not in (NOT_ENOUGH, UNDECIDED):
        return None
    enough = needed(CLEARLY if word == NOT_ENOUGH else max(wins, LEAST_WINS), paired, LEVEL / pairs)
    return max(enough, least(paired, pairs))


def ranked(pairs: pd.DataFrame) -> pd.DataFrame:
    """Pairs in the order of what they say most surely."""
    order = pairs["verdict"].map({word: place for place, word in enumerate(VERDICTS)})
    return pairs.assign(order=order).sort_values(["order", "p_holm", "a", "b"]).drop(columns="order")
