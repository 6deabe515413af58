"""Every pair of choices of a sweep, compared by what its design permits: the frame `pairs`.

In a paired design by the blocks in which both choices have ended, in one of independent draws (random, qmc, grid) by the trials
of each. Where a sampler looked at outcomes, better choices got more trials with better settings: of such a sweep the trials
that were drawn before it had learned anything are compared, if there are enough, else those with settings alike (`ladder`).
`rung` says on what a comparison stands, and `why` why there is none. A crossed question is compared by its factors (`factors`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import combinations
from types import MappingProxyType

import pandas as pd

from sweeper.reporting.frames import SweepFrames
from sweeper.reporting.metrics.targets import AT_TARGET
from sweeper.reporting.reading.offered import Offered, in_order
from sweeper.reporting.reading.ranges import range_for
from sweeper.reporting.reading.runs import PARAM
from sweeper.reporting.reading.sweep import Sweep
from sweeper.reporting.statistics.comparison import Comparison, independent, paired
from sweeper.reporting.statistics.divergence import is_lopsided
from sweeper.reporting.statistics.evidence import corrected, frame_of, row_of
from sweeper.reporting.statistics.factors import Crossed, crossed_rows
from sweeper.reporting.statistics.ladder import Settings, adjusted_rows
from sweeper.reporting.statistics.rerun import noise_of
from sweeper.reporting.statistics.verdict import NOT_ENOUGH, least
from sweeper.seeds import derive

BASELINE, STARTUP_PHASE = "baseline", "startup"
INDEPENDENT = ("random", "qmc", "grid")
ADAPTIVE = ("tpe", "gp", "cmaes")
BLOCKS, DRAWS, STARTUP = "blocks", "independent draws", "startup trials"
LEARNED = "the sampler looked at outcomes, so choices were not tried alike"
UNKNOWN = "how the trials were drawn is not known"
PRUNED = "trials were pruned because of how they were doing"
CUT = "trials were stopped when they had reached the target, so their best values are cut there"


def pairs_of(frames: SweepFrames) -> pd.DataFrame:
    """The frame `pairs` of a sweep, empty where it compares nothing."""
    trials, sweep = frames.trials, frames.sweep
    if len(sweep.compare) > 1 and trials["choice"].nunique() > 1:
        noise = noise_of(frames).sd
        values, settings = losses(frames), settings_of(frames)
        return crossed(trials, frames.levels, values, sweep.sampler, sweep.number, noise, settings, sweep.offered)
    return pairwise(frames).assign(factor="".join(sweep.compare[:1]))


def pairwise(frames: SweepFrames) -> pd.DataFrame:
    """Every two choices, which are combinations in a crossed question."""
    names = choices_of(frames.trials, frames.sweep) if frames.sweep.compare else []
    sampler, seed, noise = frames.sweep.sampler, frames.sweep.number, noise_of(frames).sd
    return compared(frames.trials, names, losses(frames), sampler, seed, noise, settings_of(frames))


def settings_of(frames: SweepFrames) -> Settings:
    """What the trials tried, as far as the sweep's run names it."""
    trials, sweep = frames.trials, frames.sweep
    searched = [name for name in sweep.searched if PARAM + name in trials]
    spans = {name: range_for(name, trials[PARAM + name], sweep.ranges) for name in searched}
    return Settings(searched, {name: span for name, span in spans.items() if span is not None}, sweep.compare)


def losses(frames: SweepFrames) -> pd.Series:
    """What is compared, loss-like: complete trials, and those that diverged, which are infinite."""
    y = frames.orientation.loss_like(frames.trials["trial_value"].astype("float64"))
    return y.mask(frames.trials["reason"] == "diverged", float("inf"))


def choices_of(trials: pd.DataFrame, sweep: Sweep) -> list[str]:
    """In the order of the sweep's space, where its run says it, else in that in which they were first tried; the first is the
    reference."""
    return in_order(list(trials.sort_values("number")["choice"]), sweep.choices)


def factors_of(trials: pd.DataFrame, chosen: pd.DataFrame, offered: Offered) -> dict[str, list[str]]:
    """The levels of each compared parameter in that order; `chosen` are the trials' (`frames.levels`)."""
    order = trials["number"].argsort()
    return {str(name): in_order(list(chosen[name].iloc[order]), offered.get(str(name), ())) for name in chosen}


def compared(
    trials: pd.DataFrame,
    choices: list[str],
    y: pd.Series,
    sampler: str,
    seed: int,
    noise: float = math.nan,
    settings: Settings | None = None,
) -> pd.DataFrame:
    """A row for each pair of `choices`; `y` are the loss-like values of `trials`, infinite for those that diverged and missing
    for those that count for nothing (failed, running). `noise` is that of training a configuration again. `a` is the choice
    with the better shift. The baseline, which nobody drew, is left out. Where a sampler looked at outcomes, the `settings` are
    held alike."""
    rung, why = rung_of(trials, trials["choice"], y, sampler)
    pairs = list(combinations(choices, 2))
    if why == LEARNED and settings is not None and settings.searched:
        return _by_settings(trials, y, {"": trials["choice"]}, [("", pair) for pair in pairs], settings, seed, noise)
    if why:
        return frame_of([{"a": a, "b": b, "verdict": NOT_ENOUGH, "why": why} for a, b in pairs])
    values = trials[["choice", "block"]].assign(y=counted(trials, y, rung))
    blocks = in_blocks(values, rung)
    found = {pair: compare(values, blocks, pair, seed) for pair in pairs}
    p = corrected(found)
    ends = trials[["state", "reason"]]
    own = {choice: ends[trials["choice"] == choice] for choice in choices}
    lopsided = {pair: is_lopsided(own[pair[0]], own[pair[1]]) for pair in pairs}
    rows = [row_of(pair, found[pair], p.get(pair), len(p), noise, lopsided[pair]) for pair in pairs]
    return frame_of([{**row, "rung": "" if row.get("why") else rung} for row in rows])


def _by_settings(
    trials: pd.DataFrame,
    y: pd.Series,
    factors: Mapping[str, pd.Series],
    pairs: Sequence[tuple[str, tuple[str, str]]],
    settings: Settings,
    seed: int,
    noise: float,
) -> pd.DataFrame:
    values = y.mask(trials["phase"] == BASELINE)
    return frame_of(adjusted_rows(trials, values, factors, pairs, settings, seed, noise, LEARNED))


def crossed(
    trials: pd.DataFrame,
    chosen: pd.DataFrame,
    y: pd.Series,
    sampler: str,
    seed: int,
    noise: float = math.nan,
    settings: Settings | None = None,
    offered: Offered = MappingProxyType({}),
) -> pd.DataFrame:
    """The same of a crossed question, by its factors: `chosen` has a column of levels for each, `offered` their order."""
    rung, why = rung_of(trials, trials["choice"], y, sampler)
    factors = factors_of(trials, chosen, offered)
    pairs = [(factor, pair) for factor, known in factors.items() for pair in combinations(known, 2)]
    if why == LEARNED and settings is not None and settings.searched:
        return _by_settings(trials, y, {name: chosen[name] for name in factors}, pairs, settings, seed, noise)
    if why:
        return frame_of([{"factor": factor, "a": a, "b": b, "verdict": NOT_ENOUGH, "why": why} for factor, (a, b) in pairs])
    found = Crossed(chosen, counted(trials, y, rung), trials["block"] if rung == BLOCKS else None, factors, seed)
    return frame_of([{**row, "rung": "" if row.get("why") else rung} for row in crossed_rows(found, noise)])


def rung_of(trials: pd.DataFrame, choice: pd.Series, y: pd.Series, sampler: str) -> tuple[str, str]:
    """What a comparison stands on, or why there can be none."""
    why = why_not_compared(trials, sampler)
    if why != LEARNED:
        return "" if why else BLOCKS if sampler == "paired" else DRAWS, why
    pairs = choice.nunique() * (choice.nunique() - 1) // 2
    drawn = y.notna() & (trials["phase"] == STARTUP_PHASE)
    enough = choice.nunique() > 1 and drawn.groupby(choice).sum().min() >= least(False, pairs)
    return (STARTUP, "") if enough else ("", LEARNED)


def why_not_compared(trials: pd.DataFrame, sampler: str) -> str:
    """Why trials are no fair sample of what they tried; empty where they are."""
    reasons = set(trials["reason"])
    if drawn_unalike(sampler) != UNKNOWN and (cut := PRUNED if "pruner" in reasons else CUT if AT_TARGET in reasons else ""):
        return cut
    return drawn_unalike(sampler)


def drawn_unalike(sampler: str) -> str:
    """Why choices that this sampler drew cannot be set against each other; empty where they can."""
    if sampler == "paired" or sampler in INDEPENDENT:
        return ""
    return LEARNED if sampler in ADAPTIVE else UNKNOWN


def counted(trials: pd.DataFrame, y: pd.Series, rung: str) -> pd.Series:
    """The values that a rung compares. A baseline is no draw; in a block it may stand in for a trial."""
    if rung == BLOCKS:
        return y
    return y.where(trials["phase"] == STARTUP_PHASE) if rung == STARTUP else y.mask(trials["phase"] == BASELINE)


def in_blocks(values: pd.DataFrame, rung: str) -> pd.DataFrame | None:
    """The values by block and choice, where the rung is that of blocks."""
    return values.pivot_table(index="block", columns="choice", values="y", aggfunc="first") if rung == BLOCKS else None


def compare(values: pd.DataFrame, blocks: pd.DataFrame | None, pair: tuple[str, str], seed: int) -> Comparison | None:
    """Two choices by the values `y` of trials, or of blocks where these are not None; None where one of the two has none."""
    if blocks is not None:
        if not {*pair} <= {*blocks.columns}:
            return None
        both = blocks[list(pair)].dropna()
        return paired(both[pair[0]].to_numpy(), both[pair[1]].to_numpy()) if len(both) else None
    a, b = (values.loc[values["choice"] == choice, "y"].dropna().to_numpy() for choice in pair)
    return independent(a, b, derive(seed, "bootstrap", *pair)) if len(a) and len(b) else None
