"""What may be compared in a sweep whose sampler looked at outcomes: pair by pair the highest rung that holds.

startup trials       drawn at random before it had learned anything: a fair sample (`pairs`)
matched pairs        trials with settings alike (`matching`); a verdict says no more than "in this sweep"
standardisation      the same by models of settings and choices (`matching`)
best of k            the best value after as many trials of each: told, never tested (`best_of`)
counts               the values of each choice with their number: told, never tested
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from sweeper.reporting.reading.ranges import Range
from sweeper.reporting.statistics.divergence import is_lopsided
from sweeper.reporting.statistics.evidence import Row, corrected, row_of
from sweeper.reporting.statistics.matching import Adjusted, adjusted
from sweeper.reporting.statistics.predictors import predictors_of
from sweeper.reporting.statistics.surrogate import clipped
from sweeper.seeds import derive

MOST = 400
"""Of more trials of a choice a seeded sample is compared."""


@dataclass(frozen=True)
class Settings:
    """What the trials tried: the `searched` parameters, the ranges of the numbers among them, and which are `compared`."""

    searched: Sequence[str] = ()
    spans: Mapping[str, Range] = field(default_factory=dict)
    compared: Sequence[str] = ()


def adjusted_rows(
    trials: pd.DataFrame,
    y: pd.Series,
    factors: Mapping[str, pd.Series],
    pairs: Sequence[tuple[str, tuple[str, str]]],
    settings: Settings,
    seed: int,
    noise: float,
    why: str,
) -> list[Row]:
    """The rows of the frame `pairs` for levels of `factors` (what each trial chose of it), with all else that was searched held
    alike; `y` is missing for trials that do not count. `why` is said where no rung holds."""
    found = {(name, pair): _adjusted(trials, y, name, factors[name], pair, settings, seed) for name, pair in pairs}
    p = corrected({key: one.comparison if one else None for key, one in found.items()})
    rows: list[Row] = []
    for (name, pair), one in found.items():
        row: Row = {"factor": name, "a": pair[0], "b": pair[1], "verdict": "not enough evidence", "why": why}
        if one is not None:
            lopsided = is_lopsided(*(trials[factors[name] == level] for level in pair))
            row = {"factor": name, **row_of(pair, one.comparison, p[name, pair], len(p), noise, lopsided)}
            row |= {"rung": one.rung, "smd_before": one.before, "smd_after": one.after}
        rows.append(row)
    return rows


def _adjusted(
    trials: pd.DataFrame, y: pd.Series, name: str, chosen: pd.Series, pair: tuple[str, str], settings: Settings, seed: int
) -> Adjusted | None:
    parts = [y.index[y.notna() & (chosen == level)] for level in pair]
    draw = np.random.default_rng(derive(seed, "ladder", name, *pair))
    parts = [part if len(part) <= MOST else part[np.sort(draw.choice(len(part), MOST, replace=False))] for part in parts]
    index = parts[0].append(parts[1])
    values = y[index]
    if not np.isfinite(values).any() or not all(map(len, parts)):
        return None
    tried = predictors_of(trials.loc[index], settings.searched, settings.spans, clipped(values))
    # A crossed question has other compared parameters: they are settings like any other.
    own = {name} if name else set(settings.compared)
    kept = [place for place, column in enumerate(tried.columns) if not own & {*column.members}]
    columns = tuple(tried.columns[place] for place in kept)
    is_b = np.arange(len(index)) >= len(parts[0])
    return adjusted(columns, tried.x[:, kept], values.to_numpy("float64"), is_b, derive(seed, "forest", name, *pair))


def best_of(trials: pd.DataFrame, y: pd.Series, choice: pd.Series) -> pd.DataFrame:
    """The best loss-like value of each choice after its first k trials that count, in the order in which the sweep tried them:
    choice, k, best. The true running best, not one of random subsets: later trials of such a sweep know of earlier ones."""
    known = pd.DataFrame({"number": trials["number"], "choice": choice, "y": y})[y.notna()].sort_values("number")
    groups = known.groupby("choice", sort=False)["y"]
    return known.assign(k=groups.cumcount() + 1, best=groups.cummin())[["choice", "k", "best"]].reset_index(drop=True)
