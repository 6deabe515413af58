"""Which trials are not worth finishing: asha, hyperband, median and threshold as pure functions of finished curves.

The rules are those of Optuna's pruners of the same names (tests hold them equal). They stand here because Optuna's look at
whatever is known at the moment of asking, which with several workers is another thing in every run. A verdict here looks at the
trials that had been told when its own trial was asked for, and at nothing else, so it does not depend on who was quicker.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

from sweeper.records import State, Verdict
from sweeper.seeds import derive

Curve = Mapping[int, float]
"""Epoch -> the objective's metric."""


@dataclass(frozen=True)
class Seen:
    """A trial that a verdict may look at."""

    number: int
    state: State
    curve: Curve


class Pruner(Protocol):
    def rungs(self, number: int) -> tuple[int, ...]:
        """The epochs of trial `number` after which a verdict is asked for; the last epoch is none."""

    def verdict(self, number: int, epoch: int, curve: Curve, seen: Sequence[Seen]) -> Verdict:
        """Whether trial `number` goes on after `epoch`, at which its own curve ends. A value that is NaN never goes on."""


def make_pruner(name: str | None, settings: Mapping[str, Any], epochs: int, maximize: bool, seed: int) -> Pruner | None:
    """The pruner of this name for trials of `epochs` epochs; None for none."""
    if name is None or name == "none":
        return None
    match name:
        case "asha":
            return Asha(settings["min_epochs"], settings["factor"], epochs, maximize)
        case "hyperband":
            return Hyperband(settings["min_epochs"], settings["factor"], epochs, maximize, seed)
        case "median":
            return Median(settings["startup"], settings["min_epochs"], epochs, maximize)
        case "threshold":
            return Threshold(settings.get("lower"), settings.get("upper"), settings["min_epochs"], epochs)
    raise ValueError(f"no pruner is called {name!r}; asha, hyperband, median, threshold and none are known")


@dataclass(frozen=True)
class Asha:
    """Asynchronous successive halving, in the form that stops trials (Li et al. 2018, arXiv 1810.05934).

    At rung k, epoch `first` * `factor`^k, a trial goes on if it is among the best 1/`factor` of those that reached the rung;
    while there are fewer than `factor`, if it is the best of them.
    """

    first: int
    factor: int
    epochs: int
    maximize: bool

    def rungs(self, number: int) -> tuple[int, ...]:
        return tuple(_powers(self.first, self.factor, self.epochs))

    def verdict(self, number: int, epoch: int, curve: Curve, seen: Sequence[Seen]) -> Verdict:
        value = curve[epoch]
        if math.isnan(value):
            return Verdict.STOP
        values = [trial.curve[epoch] for trial in seen if not math.isnan(trial.curve.get(epoch, math.nan))]
        ranked = sorted([*values, value], reverse=self.maximize)
        worst = ranked[max(len(ranked) // self.factor - 1, 0)]
        return _go(value >= worst if self.maximize else value <= worst)


@dataclass(frozen=True)
class Hyperband:
    """Several halvings with different first rungs (Li et al. 2018, JMLR 18(185)); a trial belongs to one of them by lot.

    The lot has as many tickets for a bracket as the paper gives it trials.
    """

    first: int
    factor: int
    epochs: int
    maximize: bool
    seed: int

    def rungs(self, number: int) -> tuple[int, ...]:
        return self._halving(self.bracket(number)).rungs(number)

    def verdict(self, number: int, epoch: int, curve: Curve, seen: Sequence[Seen]) -> Verdict:
        bracket = self.bracket(number)
        mates = [trial for trial in seen if self.bracket(trial.number) == bracket]
        return self._halving(bracket).verdict(number, epoch, curve, mates)

    @cache  # noqa: B019  # asked at each verdict of all trials; there is one pruner in a process
    def bracket(self, number: int) -> int:
        """The bracket of a trial, from 0, whose first rung is the earliest."""
        brackets = len(list(_powers(self.first, self.factor, self.epochs + 1)))
        tickets = [math.ceil(brackets * self.factor ** (brackets - 1 - b) / (brackets - b)) for b in range(brackets)]
        drawn = derive(self.seed, "bracket", number) % max(sum(tickets), 1)
        for bracket, count in enumerate(tickets):
            drawn -= count
            if drawn < 0:
                return bracket
        return 0

    def _halving(self, bracket: int) -> Asha:
        return Asha(self.first * self.factor**bracket, self.factor, self.epochs, self.maximize)


@dataclass(frozen=True)
class Median:
    """Stops what, at its best so far, is worse than the median of the complete trials at the same epoch."""

    startup: int
    first: int
    epochs: int
    maximize: bool

    def rungs(self, number: int) -> tuple[int, ...]:
        return tuple(range(self.first, self.epochs))

    def verdict(self, number: int, epoch: int, curve: Curve, seen: Sequence[Seen]) -> Verdict:
        reached = [value for at, value in curve.items() if at <= epoch and not math.isnan(value)]
        if not reached:
            return Verdict.STOP
        complete = [trial for trial in seen if trial.state is State.COMPLETE]
        values = [trial.curve[epoch] for trial in complete if not math.isnan(trial.curve.get(epoch, math.nan))]
        if len(complete) < self.startup or not values:
            return Verdict.GO
        median = statistics.median(values)
        return _go(max(reached) >= median if self.maximize else min(reached) <= median)


@dataclass(frozen=True)
class Threshold:
    """Stops what is above `upper` or below `lower`."""

    lower: float | None
    upper: float | None
    first: int
    epochs: int

    def rungs(self, number: int) -> tuple[int, ...]:
        return tuple(range(self.first, self.epochs))

    def verdict(self, number: int, epoch: int, curve: Curve, seen: Sequence[Seen]) -> Verdict:
        value = curve[epoch]
        above = self.upper is not None and value > self.upper
        below = self.lower is not None and value < self.lower
        return _go(not (math.isnan(value) or above or below))


def _powers(first: int, factor: int, below: int) -> list[int]:
    """first, first * factor, ... as long as they are smaller than `below`."""
    found: list[int] = []
    rung = first
    while rung < below:
        found.append(rung)
        rung *= factor
    return found


def _go(well: bool) -> Verdict:
    return Verdict.GO if well else Verdict.STOP
