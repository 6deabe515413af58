"""The marks that verdicts are made by: what the trials told so far have reached at each rung, in order, as it grows."""

from __future__ import annotations

import math
from array import array
from bisect import insort
from collections.abc import Callable, Iterable, Mapping, Sequence

Curve = Mapping[int, float]
"""Epoch -> the objective's metric."""

Rule = Callable[[Sequence[float], int], float]
"""From the values at a rung (ascending, none of them NaN) and the number of curves taken to the mark; NaN for none."""


class Marks:
    """The mark of each rung, for any number of told trials.

    Telling a trial costs a search in the values of each rung and changes no mark of fewer trials, so a mark depends on those
    trials alone and not on when it is asked for. Kept are 16 bytes for each trial and rung, and no curves.
    """

    def __init__(self, rungs: Iterable[int], rule: Rule) -> None:
        self._rule = rule
        self._curves = 0
        self._values = {rung: array("d") for rung in rungs}
        self._marks = {rung: array("d", [rule((), 0)]) for rung in self._values}

    def tell(self, curve: Curve | None) -> None:
        """The next trial; None for one that these marks are not made from."""
        self._curves += curve is not None
        for rung, marks in self._marks.items():
            marks.append(marks[-1] if curve is None else self._next(rung, curve))

    def at(self, rung: int, told: int) -> float:
        """The mark of a rung as the first `told` trials give it; NaN where there is none. Raises IndexError where fewer trials
        have been told."""
        return self._marks[rung][told]

    def _next(self, rung: int, curve: Curve) -> float:
        values, value = self._values[rung], curve.get(rung, math.nan)
        if not math.isnan(value):
            insort(values, value)
        return self._rule(values, self._curves)
