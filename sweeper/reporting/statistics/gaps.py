"""Whether a choice narrows the gap between training and validation by itself, or by how far it trained.

Each choice is set against the first of them, on the rung on which the sweep's comparisons stand (`pairs.rung_of`): by its
gaps at the end, by its gaps at equal training, and by its training values at the end. Equal training is where training first
came to the lowest value that four of five trainings of either reach (`metrics.matched`; that of all choices together would be
one that hardly any training of the slowest choice reaches). With the differences of gaps d, seen from the side whose gap at the
end is smaller, and p after Holm (1979) over the choices:

    not different    the interval of d at the end holds 0, or p is 0.05 or more
    fits less        at equal training the interval of d lies within half of the difference at the end to either side of 0,
                     four of five that are compared at the end are compared there too, and training surely ended worse
    by its training  the same, but how far training went is not surely different
    by itself        the gap at equal training is smaller too, by an interval above 0 that reaches beyond that half, with p
                     after Holm below 0.05
    open             anything else

After Jiang et al. (2020, arXiv 1912.02178), who compare gaps at one training value.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

from sweeper.reporting.frames import SweepFrames, guess
from sweeper.reporting.metrics.labels import NEVER_LEARNED
from sweeper.reporting.metrics.matched import REACHED, gaps_at, matched_level
from sweeper.reporting.statistics.comparison import Comparison
from sweeper.reporting.statistics.evidence import corrected, turned
from sweeper.reporting.statistics.pairs import choices_of, compare, counted, in_blocks, rung_of
from sweeper.reporting.statistics.verdict import LEAST, LEVEL

NOT_DIFFERENT, BY_ITSELF, OPEN = "not different", "by itself", "open"
FITS_LESS, BY_TRAINING = "fits less", "by its training"
WITHOUT = "none"
VERDICTS = (BY_ITSELF, FITS_LESS, BY_TRAINING, OPEN, NOT_DIFFERENT)
HALF = 0.5


@dataclass(frozen=True)
class GapPair:
    """`smaller` is the choice with the smaller gap at the end, `larger` the other; comparisons are seen from its side, positive
    where its gap is smaller or its training value lower. `level` is the loss-like value of equal training, `gaps` are the
    gaps there by trial, of either choice. `matched` and `training` are None where fewer than 5 of either have a value;
    `p_end` and `p_matched` are corrected."""

    smaller: str
    larger: str
    level: float
    gaps: tuple[pd.Series, pd.Series]
    end: Comparison
    matched: Comparison | None
    training: Comparison | None
    p_end: float
    p_matched: float
    verdict: str


def gaps_of(frames: SweepFrames, curves: pd.DataFrame) -> list[GapPair]:
    """Every choice of a sweep against the one that is called `none`, else the first one; `curves` are its
    `objective_curves` from epoch 0 on. Trials that never learned have no gap to speak of and are left out."""
    trials, choices = learned(frames.trials), choices_of(frames.trials, frames.sweep)
    if not frames.sweep.compare or not len(trials):
        return []
    choices = sorted(choices, key=lambda choice: choice != reference(choices))
    training, sweep = training_end(frames, trials), frames.sweep
    return gap_pairs(trials, choices, training, curves, guess(sweep), sweep.sampler, sweep.number)


def reference(choices: list[str]) -> str:
    return WITHOUT if WITHOUT in choices else choices[0]


def fitted(trials: pd.DataFrame) -> pd.DataFrame:
    """The complete trials with a training curve."""
    return trials[(trials["state"] == "COMPLETE") & trials["gap_end"].notna()]


def learned(trials: pd.DataFrame) -> pd.DataFrame:
    """Of these the ones that learned anything."""
    known = fitted(trials)
    return known[known["label"] != NEVER_LEARNED]


def training_end(frames: SweepFrames, trials: pd.DataFrame) -> pd.Series:
    """Loss-like training values at the end: validation there less its gap."""
    return _validation(frames, trials, "end.") - trials["gap_end"].astype("float64")


def validation_best(frames: SweepFrames, trials: pd.DataFrame) -> pd.Series:
    """The best loss-like validation values."""
    return _validation(frames, trials, "best.")


def _validation(frames: SweepFrames, trials: pd.DataFrame, when: str) -> pd.Series:
    return frames.orientation.loss_like(trials[when + frames.sweep.objective.metric].astype("float64"))


def why_no_gaps(frames: SweepFrames) -> str:
    """Why the gaps of choices cannot be set against each other; empty where they can."""
    trials = learned(frames.trials)
    return rung_of(trials, trials["choice"], trials["gap_end"], frames.sweep.sampler)[1]


def gap_pairs(
    trials: pd.DataFrame, choices: list[str], training: pd.Series, curves: pd.DataFrame, guess: float, sampler: str, seed: int
) -> list[GapPair]:
    """Each of `choices` but the first against the first; those with fewer than 5 pairs or trials of either are left out.
    `training` are the loss-like training values at the end of `trials`, `curves` their `objective_curves` from epoch 0 on, and
    `guess` the loss-like value of guessing or NaN."""
    rung, why = rung_of(trials, trials["choice"], trials["gap_end"], sampler)
    if why:
        return []
    # The frame is wide, and each pair takes rows of it.
    trials = trials[["number", "choice", "block", "phase", "gap_end"]]
    pairs = [(choice, choices[0]) for choice in choices[1:]]
    own = {choice: curves[curves["trial"].isin(trials.loc[trials["choice"] == choice, "number"])] for choice in choices}
    reached = {choice: matched_level(part, part[["trial", "repeat"]].drop_duplicates(), guess) for choice, part in own.items()}
    level = {
        pair: max(reached[pair[0]], reached[pair[1]]) for pair in pairs if not math.isnan(reached[pair[0]] + reached[pair[1]])
    }
    gaps = {pair: tuple(_by_trial(own[choice], level.get(pair, math.nan)) for choice in pair) for pair in pairs}
    ends = {pair: _compared(trials, pair, trials["gap_end"], rung, seed) for pair in pairs}
    spent = {pair: _compared(trials, pair, training, rung, seed) for pair in pairs}
    levels = {pair: _compared(trials, pair, trials["number"].map(pd.concat(gaps[pair])), rung, seed) for pair in pairs}
    p_end, p_level = corrected(ends), corrected(levels)
    found = []
    for pair, end in ends.items():
        if end is not None:
            p = p_end[pair], p_level.get(pair, 1.0)
            found.append(_turned(pair, level.get(pair, math.nan), gaps[pair], end, levels[pair], spent[pair], p))
    return found


def _by_trial(curves: pd.DataFrame, level: float) -> pd.Series[float]:
    """Gaps at a level by trial: means over its repeats, where all of them have one."""
    gaps = gaps_at(curves, level).groupby("trial").agg(["mean", "size"])
    repeats = curves.groupby("trial")["repeat"].nunique().reindex(gaps.index)
    return gaps.loc[gaps["size"] == repeats, "mean"]


def _compared(trials: pd.DataFrame, pair: tuple[str, str], y: pd.Series, rung: str, seed: int) -> Comparison | None:
    """By values of which the smaller is the better; None for fewer than 5 of either."""
    values = trials.assign(y=counted(trials, y.astype("float64"), rung)).dropna(subset="y")
    values = values[values["choice"].isin(pair)]
    found = compare(values, in_blocks(values, rung), pair, seed)
    return found if found is not None and min(found.n) >= LEAST else None


def _turned(
    pair: tuple[str, str],
    level: float,
    gaps: tuple[pd.Series, ...],
    end: Comparison,
    matched: Comparison | None,
    training: Comparison | None,
    p: tuple[float, float],
) -> GapPair:
    """Seen from the side of the smaller gap."""
    if end.shift < 0:
        pair, gaps, end = pair[::-1], gaps[::-1], turned(end)
        matched, training = (None if one is None else turned(one) for one in (matched, training))
    return GapPair(*pair, level, (gaps[0], gaps[1]), end, matched, training, *p, _verdict(end, matched, training, *p))


def _verdict(end: Comparison, matched: Comparison | None, training: Comparison | None, p_end: float, p_level: float) -> str:
    if end.shift_low <= 0 or p_end >= LEVEL:
        return NOT_DIFFERENT
    if matched is None:
        return OPEN
    reach = HALF * end.shift
    if -reach <= matched.shift_low and matched.shift_high <= reach:
        if not is_covered(end, matched):
            return OPEN
        return FITS_LESS if training is not None and training.shift_high < 0 else BY_TRAINING
    return BY_ITSELF if matched.shift_low > 0 and p_level < LEVEL else OPEN


def is_covered(end: Comparison, matched: Comparison) -> bool:
    """Whether enough of those that are compared at the end are compared at the level too."""
    return min(matched.n) >= REACHED * min(end.n)
