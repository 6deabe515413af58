"""When the trials of one choice came to a target, although not all of them did, and not all were watched to the end.

    share reached    F(t), the share of trials that are there after epoch t
    RMET(H)          restricted mean epochs to the target, the mean of min(t, H), which is the area under 1 - F up to H (of
                     survival: Royston and Parmar 2013)

A trial that diverged never reaches the target: a competing event and no censoring. What a trial that was stopped before H
would have done is not known, and its stop had to do with how it was doing. So there are two bounds:

    pessimistic      it would never have come: F is the plain share
    optimistic       it would have done as those that went on: Aalen and Johansen's (1978) estimate of F, which without a
                     divergence is 1 - S of Kaplan and Meier (1958)

Where no trial was stopped they are one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from sweeper.reporting.statistics.medians import median_interval

Array = np.ndarray

REACHED, STOPPED, DIVERGED = 0, 1, 2


@dataclass(frozen=True)
class Arrivals:
    """`what` happened to each trial [trials], and the epoch at which it did (of one that was stopped its last one)."""

    epoch: Array
    what: Array

    @staticmethod
    def of(trials: pd.DataFrame, column: str) -> Arrivals:
        """Of rows of the frame `trials` that have ended; `column` has the epochs to the target."""
        reached = trials[column].astype("float64")
        diverged = trials["reason"] == "diverged"
        last = trials["epochs"].astype("float64").fillna(0.0)
        last = last.mask(diverged, trials["diverged_epoch"].astype("float64").fillna(last))
        what = np.select([reached.notna(), diverged], [REACHED, DIVERGED], STOPPED)
        return Arrivals(reached.fillna(last).to_numpy("float64"), what)

    def __len__(self) -> int:
        return len(self.epoch)

    def reached_by(self, horizon: float) -> int:
        return int(((self.what == REACHED) & (self.epoch <= horizon)).sum())

    def hidden_before(self, horizon: float) -> int:
        """How many trials were stopped before `horizon` without having arrived."""
        return int(((self.what == STOPPED) & (self.epoch < horizon)).sum())

    def restricted(self, horizon: float) -> Array:
        """Epochs to the target up to `horizon`, which also stands for those that never came [trials]."""
        return np.where(self.what == REACHED, np.minimum(self.epoch, horizon), horizon)


@dataclass(frozen=True)
class Course:
    """How the share of trials that are there grows: at which epochs it jumps, and by how much under either bound
    [samples, jumps]."""

    at: Array
    optimistic: Array
    pessimistic: Array

    def shares(self, epochs: Array) -> tuple[Array, Array]:
        """F after each of `epochs` under the optimistic and the pessimistic bound [samples, epochs]."""
        there = (self.at[:, np.newaxis] <= epochs).astype("float64")
        return self.optimistic @ there, self.pessimistic @ there

    def optimistic_mean(self, horizon: float) -> Array:
        """RMET(horizon) under the optimistic bound [samples]; under the other it is the mean of `Arrivals.restricted`."""
        return np.asarray(horizon - self.optimistic @ np.maximum(horizon - self.at, 0.0))


def course(arrivals: Arrivals, weights: Array | None = None) -> Course:
    """The course of a choice's share, or of bootstrap samples of it: `weights` [samples, trials] say how often each sample has
    each trial; by default there is one sample, with each once."""
    weights = np.ones((1, len(arrivals))) if weights is None else weights
    at = np.unique(arrivals.epoch)
    then = (arrivals.epoch[:, np.newaxis] == at).astype("float64")
    came, fell = (weights @ (then * (arrivals.what == what)[:, np.newaxis]) for what in (REACHED, DIVERGED))
    watched = np.maximum(weights @ (arrivals.epoch[:, np.newaxis] >= at).astype("float64"), 1.0)
    left = np.cumprod(1 - (came + fell) / watched, axis=1)
    before = np.concatenate([np.ones((len(weights), 1)), left[:, :-1]], axis=1)
    return Course(at, before * came / watched, came / weights.sum(axis=1, keepdims=True))


def horizon_of(trials: pd.DataFrame) -> float:
    """The epoch up to which every choice can be looked at: the least over the choices of their longest training. That a trial
    which diverged never arrives is known for good, so it shortens nothing."""
    last = trials["epochs"].astype("float64").fillna(0.0).mask(trials["reason"] == "diverged", np.nan)
    longest = last.groupby(trials["choice"]).max().dropna()
    return max(float(longest.min()) if len(longest) else float(trials["epochs"].astype("float64").max()), 1.0)


def median_epoch(arrivals: Arrivals) -> tuple[float, float, float]:
    """The epoch by which half of the trials were there, with the ends of its 95 % interval; infinite where that is not known.

    A trial that never arrived, or was stopped before, counts as later than any (so do AlgoPerf's: Dahl et al. 2023, arXiv
    2306.07179); the interval is that of `median_interval`.
    """
    middle, low, high = median_interval(np.where(arrivals.what == REACHED, arrivals.epoch, np.inf))
    return middle, max(low, 0.0), high
