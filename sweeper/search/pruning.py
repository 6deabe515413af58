"""Which trials are not worth finishing: asha, hyperband, median and threshold.

The rules are those of Optuna's pruners of the same names (tests hold them equal). They stand here because Optuna's look at
whatever is known at the moment of asking, which with several workers is another thing in every run. A verdict here looks at the
trials that had been told when its own trial was asked for, and at nothing else, so it does not depend on who was quicker.

What the trials told have reached is kept in order as it grows (`marks.py`), so that a verdict costs the same however many they
are; a trial that is told costs a search and a shift in an array for each epoch that it reached.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any, Protocol

from sweeper.records import State, Verdict
from sweeper.search.marks import Curve, Marks
from sweeper.seeds import derive


@dataclass(frozen=True)
class Told:
    """A trial that has ended, as verdicts look at it."""

    number: int
    state: State
    curve: Curve


class Pruner(Protocol):
    def rungs(self, number: int) -> tuple[int, ...]:
        """The epochs of trial `number` after which a verdict is asked for; the last epoch is none."""

    def tell(self, trial: Told) -> None:
        """Takes in how a trial has ended; called once for each trial, in the order of their numbers."""

    def verdict(self, number: int, epoch: int, curve: Curve, told: int) -> Verdict:
        """Whether trial `number` goes on after `epoch`, at which its own curve ends. It is set against the first `told` of the
        trials that were told, and no later one matters. A value that is NaN never goes on."""


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


@dataclass
class Asha:
    """Asynchronous successive halving, in the form that stops trials (Li et al. 2018, arXiv 1810.05934).

    At rung k, epoch `first` * `factor`^k, a trial goes on if it is among the best 1/`factor` of those that reached the rung;
    while there are fewer than `factor`, if it is the best of them.
    """

    first: int
    factor: int
    epochs: int
    maximize: bool
    _marks: Marks = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._marks = Marks(self.rungs(0), self._worst)

    def rungs(self, number: int) -> tuple[int, ...]:
        return tuple(_powers(self.first, self.factor, self.epochs))

    def tell(self, trial: Told) -> None:
        self._marks.tell(trial.curve)

    def skip(self) -> None:
        """A trial was told whose curve does not count here."""
        self._marks.tell(None)

    def verdict(self, number: int, epoch: int, curve: Curve, told: int) -> Verdict:
        return _beside(curve[epoch], self._marks.at(epoch, told), self.maximize)

    def _worst(self, values: Sequence[float], curves: int) -> float:
        """The value that one more has to reach to be among the best of all of them."""
        if not values:
            return math.nan
        place = max((len(values) + 1) // self.factor - 1, 0)
        return values[-1 - place] if self.maximize else values[place]


@dataclass
class Hyperband:
    """Several halvings with different first rungs (Li et al. 2018, JMLR 18(185)); a trial belongs to one of them by lot.

    The lot has as many tickets for a bracket as the paper gives it trials.
    """

    first: int
    factor: int
    epochs: int
    maximize: bool
    seed: int
    _halvings: list[Asha] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        starts = _powers(self.first, self.factor, self.epochs + 1) or [self.first]
        self._halvings = [Asha(start, self.factor, self.epochs, self.maximize) for start in starts]

    def rungs(self, number: int) -> tuple[int, ...]:
        return self._halvings[self.bracket(number)].rungs(number)

    def tell(self, trial: Told) -> None:
        own = self.bracket(trial.number)
        for bracket, halving in enumerate(self._halvings):
            if bracket == own:
                halving.tell(trial)
            else:
                halving.skip()

    def verdict(self, number: int, epoch: int, curve: Curve, told: int) -> Verdict:
        return self._halvings[self.bracket(number)].verdict(number, epoch, curve, told)

    def bracket(self, number: int) -> int:
        """The bracket of a trial, from 0, whose first rung is the earliest."""
        brackets = len(self._halvings)
        tickets = [math.ceil(brackets * self.factor ** (brackets - 1 - b) / (brackets - b)) for b in range(brackets)]
        drawn = derive(self.seed, "bracket", number) % sum(tickets)
        return next(bracket for bracket, end in enumerate(accumulate(tickets)) if drawn < end)


@dataclass
class Median:
    """Stops what, at its best since the first epoch, is worse than the median of the complete trials at the same epoch."""

    startup: int
    first: int
    epochs: int
    maximize: bool
    _marks: Marks = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._marks = Marks(self.rungs(0), self._middle)

    def rungs(self, number: int) -> tuple[int, ...]:
        return tuple(range(self.first, self.epochs))

    def tell(self, trial: Told) -> None:
        self._marks.tell(trial.curve if trial.state is State.COMPLETE else None)

    def verdict(self, number: int, epoch: int, curve: Curve, told: int) -> Verdict:
        reached = [value for at, value in curve.items() if 1 <= at <= epoch and not math.isnan(value)]
        best = (max if self.maximize else min)(reached, default=math.nan)
        return _beside(best, self._marks.at(epoch, told), self.maximize)

    def _middle(self, values: Sequence[float], complete: int) -> float:
        """The median, once there are enough complete trials."""
        if not values or complete < self.startup:
            return math.nan
        half = len(values) // 2
        return values[half] if len(values) % 2 else (values[half - 1] + values[half]) / 2


@dataclass(frozen=True)
class Threshold:
    """Stops what is above `upper` or below `lower`."""

    lower: float | None
    upper: float | None
    first: int
    epochs: int

    def rungs(self, number: int) -> tuple[int, ...]:
        return tuple(range(self.first, self.epochs))

    def tell(self, trial: Told) -> None:
        """Nothing to do: no other trial matters."""

    def verdict(self, number: int, epoch: int, curve: Curve, told: int) -> Verdict:
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


def _beside(value: float, mark: float, maximize: bool) -> Verdict:
    """Whether a value is as good as the mark; where there is none, any that is a number."""
    if math.isnan(value):
        return Verdict.STOP
    return _go(math.isnan(mark) or (value >= mark if maximize else value <= mark))


def _go(well: bool) -> Verdict:
    return Verdict.GO if well else Verdict.STOP
