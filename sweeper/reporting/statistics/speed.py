"""Every pair of choices on the way to a common target: the frame `speed`.

The comparison keeps to the design as that of `pairs` does: by blocks, or between independent draws, and not at all where a
sampler looked at outcomes. Trials that were stopped early are no bar as long as both bounds (`arrivals`) say the same.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
from scipy.stats import false_discovery_control

from sweeper.reporting.frames import ENDED, TARGETS, SweepFrames
from sweeper.reporting.metrics.targets import UNINFORMATIVE
from sweeper.reporting.statistics.arrivals import Arrivals, horizon_of
from sweeper.reporting.statistics.pace import UNLIKE, unlike_steps
from sweeper.reporting.statistics.pairs import BASELINE, STARTUP, STARTUP_PHASE, choices_of, pairwise, rung_of
from sweeper.reporting.statistics.race import Race, race
from sweeper.reporting.statistics.rerun import noise_of
from sweeper.reporting.statistics.speed_verdict import (
    SPEED_VERDICTS,
    UNINFORMATIVE_TARGET,
    bounds_disagree,
    end_of,
    speed_verdict,
)
from sweeper.reporting.statistics.verdict import LEAST, NOT_ENOUGH
from sweeper.seeds import derive

COMMON = "epochs_to_target"
NEITHER = "no trials of both to compare"
HIDDEN = "trials that were stopped early hide the answer"
COLUMNS = (
    "a", "b", "target", "horizon", "design", "n_a", "n_b", "ratio", "ratio_low", "ratio_high", "ratio_optimistic",
    "ratio_optimistic_low", "ratio_optimistic_high", "hidden", "p", "p_fdr", "end", "verdict", "why",
)  # fmt: skip
_TEXTS = ("a", "b", "target", "design", "end", "verdict", "why")
_COUNTS = ("n_a", "n_b", "hidden")


def speed_of(frames: SweepFrames, pairs: pd.DataFrame | None = None) -> pd.DataFrame:
    """The frame `speed` of a sweep, empty where it compares nothing; `pairs` is its frame of that name, if it is known."""
    names = choices_of(frames.trials, frames.sweep) if frames.sweep.compare else []
    if len(names) < 2:
        return compared_speed(frames.trials.iloc[:0], [], "", 0, pd.DataFrame())
    known = pairwise(frames) if pairs is None or len(frames.sweep.compare) > 1 else pairs
    sampler, seed = frames.sweep.sampler, frames.sweep.number
    why = "" if unlike_steps(frames) is None else UNLIKE
    return compared_speed(frames.trials, names, sampler, seed, known, noise_of(frames).sd, why)


def compared_speed(
    trials: pd.DataFrame,
    choices: list[str],
    sampler: str,
    seed: int,
    pairs: pd.DataFrame,
    noise: float = np.nan,
    why_not: str = "",
) -> pd.DataFrame:
    """A row for each pair of `choices`, of which `a` is the one that needs fewer epochs; `pairs` says how they end, `noise` is
    that of training a configuration again, `why_not` why epochs cannot be compared at all."""
    trials, why = comparable(racing(trials, baseline=sampler == "paired"), sampler)
    why = why_not or why
    # The frame is wide, and each pair takes rows of it.
    trials = trials[["choice", "block", "reason", "epochs", "diverged_epoch", *TARGETS]]
    horizon = horizon_of(trials) if len(trials) else np.nan
    column, telling = telling_target(trials, choices, horizon)
    rows: list[dict[str, object]] = [{"a": a, "b": b, "target": column} for a, b in combinations(choices, 2)]
    races = [None if why else _race(trials, pair["a"], pair["b"], column, horizon, sampler, seed) for pair in rows]
    known = [one for one in races if one is not None]
    corrected = iter(false_discovery_control([one.p for one in known]) if known else [])
    for row, found in zip(rows, races, strict=True):
        if found is None:
            row |= {"verdict": NOT_ENOUGH, "why": why or NEITHER}
        else:
            row |= _judged(row, found, float(next(corrected)), len(known), trials, horizon, telling, pairs, noise)
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    numbers = [name for name in COLUMNS if name not in (*_TEXTS, *_COUNTS)]
    frame = frame.astype(dict.fromkeys(_TEXTS, "object")).fillna(dict.fromkeys(_TEXTS, ""))
    return frame.astype(dict.fromkeys(_TEXTS, "str") | dict.fromkeys(_COUNTS, "Int64") | dict.fromkeys(numbers, "float64"))


def racing(trials: pd.DataFrame, baseline: bool) -> pd.DataFrame:
    """The trials that count: those that ended and have a curve, or diverged. The baseline, which nobody drew, counts only where
    `baseline` says so."""
    counts = trials["state"].isin(ENDED) & (trials["best_epoch"].notna() | (trials["reason"] == "diverged"))
    return trials[counts & (baseline | (trials["phase"] != BASELINE))]


def comparable(trials: pd.DataFrame, sampler: str) -> tuple[pd.DataFrame, str]:
    """Those of the trials that count which can be compared, or why none can: of a sampler that learns the ones before it had
    learned anything. That trials were pruned is no bar here, for what pruning hides is bounded."""
    unpruned = trials.assign(reason=trials["reason"].replace("pruner", ""))
    rung, why = rung_of(unpruned, trials["choice"], pd.Series(1.0, index=trials.index), sampler)
    return trials[trials["phase"] == STARTUP_PHASE] if rung == STARTUP else trials, why


def racing_of(frames: SweepFrames) -> pd.DataFrame:
    """The trials of a sweep that count. In a paired comparison, and where nothing is compared, the baseline is one of them."""
    return racing(frames.trials, frames.sweep.sampler == "paired" or not frames.sweep.compare)


def telling_target(trials: pd.DataFrame, choices: list[str], horizon: float) -> tuple[str, bool]:
    """The column of the target that tells most about speed, and whether it tells anything: the common one, else the harder one
    where nearly all trials of every choice reach that, or the easier one where nearly none of any does."""
    where = _usual_share(trials, choices, COMMON, horizon)
    if where == 0:
        return COMMON, True
    other = [name for name in TARGETS if name != COMMON][where > 0]
    return (other, True) if _usual_share(trials, choices, other, horizon) == 0 else (COMMON, False)


def _usual_share(trials: pd.DataFrame, choices: list[str], column: str, horizon: float) -> int:
    """1 where more of every choice's trials reach the target than tell anything, -1 where fewer do, else 0."""
    own = [Arrivals.of(trials[trials["choice"] == choice], column) for choice in choices]
    shares = [one.reached_by(horizon) / len(one) for one in own if len(one)]
    low, high = UNINFORMATIVE
    return 0 if not shares else 1 if min(shares) > high else -1 if max(shares) < low else 0


def _race(trials: pd.DataFrame, a: object, b: object, column: str, horizon: float, sampler: str, seed: int) -> Race | None:
    arms = [trials[trials["choice"] == choice] for choice in (a, b)]
    paired = sampler == "paired"
    if paired:
        arms = [arm.dropna(subset=["block"]).drop_duplicates("block").set_index("block") for arm in arms]
        both = arms[0].index.intersection(arms[1].index).sort_values()
        arms = [arm.loc[both] for arm in arms]
    if not all(map(len, arms)):
        return None
    first, second = (Arrivals.of(arm, column) for arm in arms)
    return race(first, second, horizon, paired, derive(seed, "race", str(a), str(b)))


def _judged(
    row: dict[str, object], found: Race, p: float, count: int, trials: pd.DataFrame, horizon: float, telling: bool,
    pairs: pd.DataFrame, noise: float,
) -> dict[str, object]:  # fmt: skip
    a, b = str(row["a"]), str(row["b"])
    if found.pessimistic.value > 1:
        a, b, found = b, a, found.turned()
    arms = [Arrivals.of(trials[trials["choice"] == choice], str(row["target"])) for choice in (a, b)]
    came = [(arm.reached_by(horizon), len(arm)) for arm in arms]
    end = end_of(pairs, a, b, noise)
    verdict = speed_verdict(found, p, count, came, end)
    if not telling and verdict != NOT_ENOUGH:
        verdict = UNINFORMATIVE_TARGET
    if min(found.n) < LEAST:
        found = found.bare()
    pessimistic, optimistic = found.pessimistic, found.optimistic
    return {
        "a": a, "b": b, "horizon": horizon, "design": "paired" if found.paired else "independent",
        "n_a": found.n[0], "n_b": found.n[1], "hidden": found.hidden, "p": found.p, "p_fdr": p, "end": end, "verdict": verdict,
        "ratio": pessimistic.value, "ratio_low": pessimistic.low, "ratio_high": pessimistic.high,
        "ratio_optimistic": optimistic.value, "ratio_optimistic_low": optimistic.low, "ratio_optimistic_high": optimistic.high,
        "why": HIDDEN if bounds_disagree(found) else "",
    }  # fmt: skip


def ranked_speed(speed: pd.DataFrame) -> pd.DataFrame:
    """Pairs in the order of what they say most surely."""
    order = speed["verdict"].map({word: place for place, word in enumerate(SPEED_VERDICTS)})
    return speed.assign(order=order).sort_values(["order", "p_fdr", "a", "b"]).drop(columns="order")
