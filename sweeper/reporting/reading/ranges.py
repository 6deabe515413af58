"""The ranges of the parameters that a sweep searches, as its run says them, or as its trials show them."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

Array = np.ndarray

FEW = 12
"""So many values of a range in steps are told apart."""
_WIDE = 100.0
"""Where only trials tell: values so many times apart are taken to be searched by their logarithm."""


@dataclass(frozen=True)
class Range:
    """Numbers from `low` to `high`, uniform (`log`: in the logarithm), in steps of `step` (0: any number between). Not
    `declared`, it is only what the trials have of it."""

    low: float
    high: float
    log: bool = False
    step: float = 0.0
    declared: bool = True

    @property
    def count(self) -> int:
        """How many values there are; 0 where they are too many to tell apart."""
        values = round((self.high - self.low) / self.step) + 1 if self.step else 0
        return values if values <= FEW else 0

    def places(self, values: Array) -> Array:
        """Where values lie on the range's own scale, 0 to 1; of few values each takes an equal part, and is its middle."""
        if self.count:
            return np.asarray(((values - self.low) / self.step + 0.5) / self.count)
        low, high, at = (np.log(side) if self.log else side for side in (self.low, self.high, values))
        return np.asarray((at - low) / (high - low)) if high > low else np.full(len(values), 0.5)

    def at(self, place: float) -> float:
        """The value at a place between 0 and 1."""
        if self.log:
            return float(self.low * (self.high / self.low) ** place)
        return self.low + (self.high - self.low) * place


def ranges_of(text: str) -> dict[str, Range]:
    """What the tag `sweeper.ranges` says: `{"optimizer.adam.learning_rate": [0.0001, 0.01, "log"], "depth": [1, 4, 1]}`, the
    third a step or `log` or missing. Empty for anything else: whoever wrote it, a report is made."""
    try:
        said = json.loads(text)
        found = {str(name): _range(*ends) for name, ends in said.items()}
    except (AttributeError, TypeError, ValueError):
        return {}
    return {name: one for name, one in found.items() if one is not None}


def _range(low: float, high: float, third: float | str = 0.0) -> Range | None:
    low, high, log = float(low), float(high), third == "log"
    step = 0.0 if isinstance(third, str) else float(third)
    sound = math.isfinite(low) and math.isfinite(high) and low < high and (low > 0 or not log) and step >= 0
    return Range(low, high, log, step) if sound else None


def tried_range(values: pd.Series) -> Range | None:
    """Of a numeric column, what its values span; None where there are fewer than two."""
    known = values.dropna().astype("float64")
    if known.nunique() < 2:
        return None
    low, high = float(known.min()), float(known.max())
    step = 1.0 if bool((known == known.round()).all()) else 0.0
    return Range(low, high, not step and low > 0 and high / low > _WIDE, step, declared=False)


def range_for(name: str, values: pd.Series, declared: Mapping[str, Range]) -> Range | None:
    """The range of a searched parameter whose trials have `values`: the declared one, unless a trial lies outside it."""
    known = values.dropna()
    if not pd.api.types.is_numeric_dtype(known) or not len(known):
        return None
    said, tried = declared.get(name), tried_range(known)
    if said is not None and said.low <= known.min() and known.max() <= said.high:
        return said
    return tried
