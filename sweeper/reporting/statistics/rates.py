"""How wide the range of learning rates is in which a choice does well, and how far above it training comes apart.

Rates are sorted into steps of equal width on the logarithmic axis, of about three trials each. A step is good where its best
loss-like value lies within the tolerance of the best of all and fewer than half of its trials diverged; the width is that of
the good steps around the best one. The best of a step and not its mean, because other settings vary as well: with few trials a
step's best is still a bad one now and then, so that a width is rather too small than too large.

Where the best rate lies in the outer tenth of the range, or the good steps reach its end, the width is a lower
bound. Training comes apart at the smallest diverged rate of the first step above the best one in which half or more diverged.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from sweeper.reporting.metrics.evaluations import Array

LEAST_RATES, LEAST_DECADES = 8, 1.5
PER_STEP, FEWEST, MOST = 3, 4, 10
OUTER = 0.1
HALF = 0.5


@dataclass(frozen=True)
class Rates:
    """Of `n` trials with rates from `low` to `high`: the `best` rate; the good range `good_low` to `good_high` of `width`
    decades, of which each end is `open` where it may lie further out; `apart`, the rate from which on half or more diverged,
    infinite where none of the steps above the best one did. `edge` is where the best rate lies: `low`, `high` or empty;
    `step` the width of a step in decades."""

    n: int
    diverged: int
    low: float
    high: float
    best: float
    good_low: float
    good_high: float
    open_low: bool
    open_high: bool
    apart: float
    edge: str
    step: float

    @property
    def width(self) -> float:
        return math.log10(self.good_high / self.good_low)

    @property
    def margin(self) -> float:
        """Decades from the best rate to where training comes apart; infinite where it did not."""
        return math.log10(self.apart / self.best)


def too_few(rates: Array, low: float, high: float) -> bool:
    """Whether rates are too few, or their range is too narrow, to say anything: fewer than 8, or 1.5 decades."""
    return len(np.unique(rates)) < LEAST_RATES or math.log10(high / low) < LEAST_DECADES


def rates_of(rates: Array, y: Array, tolerance: float, low: float, high: float) -> Rates | None:
    """`rates` [trials], from a range of `low` above 0 to `high`, and their loss-like values `y`, infinite for those that
    diverged; `tolerance` is absolute. None where `too_few`, or all diverged."""
    if too_few(rates, low, high) or not np.isfinite(y).any():
        return None
    place, diverged = np.log10(rates), ~np.isfinite(y)
    low, high = min(math.log10(low), float(place.min())), max(math.log10(high), float(place.max()))
    steps = int(np.clip(len(rates) // PER_STEP, FEWEST, MOST))
    ends = np.linspace(low, high, steps + 1)
    of = np.clip(np.searchsorted(ends, place, side="right") - 1, 0, steps - 1)
    best_trial = int(np.argmin(y))
    bests = np.array([y[of == step].min(initial=np.inf) for step in range(steps)])
    broken = np.array([bool((of == step).any()) and float(diverged[of == step].mean()) >= HALF for step in range(steps)])
    middle = int(of[best_trial])
    good = (bests <= y[best_trial] + tolerance) & ~broken
    good[middle] = True
    first, last = middle, middle
    while first > 0 and good[first - 1]:
        first -= 1
    while last + 1 < steps and good[last + 1]:
        last += 1
    above = [step for step in range(middle + 1, steps) if broken[step] and diverged[of >= step].mean() >= HALF]
    apart = float(rates[diverged & (of == above[0])].min()) if above else math.inf
    share = (place[best_trial] - low) / (high - low)
    return Rates(
        n=len(rates), diverged=int(diverged.sum()), low=10**low, high=10**high, best=float(rates[best_trial]),
        good_low=float(10 ** ends[first]), good_high=float(10 ** ends[last + 1]),
        open_low=first == 0, open_high=last == steps - 1, apart=apart,
        edge="low" if share < OUTER else "high" if share > 1 - OUTER else "", step=(high - low) / steps,
    )  # fmt: skip
