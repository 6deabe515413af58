"""From numbers in [0, 1) to values: how every design of ours maps its points onto ranges and choices."""

from __future__ import annotations

import math
from collections.abc import Callable

from sweeper.records import Value
from sweeper.spaces.tree import Range

Quantile = Callable[[str], float]
"""The quantile in [0, 1) of a searched name."""


class FromQuantiles:
    """Suggests the value at each name's quantile; every option and every number of a grid is equally likely.

    `given` are values that are not drawn: the choices of a paired block.
    """

    def __init__(self, quantile: Quantile, given: dict[str, Value] | None = None) -> None:
        self._quantile, self._given = quantile, given or {}

    def number(self, name: str, range: Range) -> int | float:
        return value_at(range, self._quantile(name))

    def option(self, name: str, options: tuple[Value, ...]) -> Value:
        if name in self._given:
            return self._given[name]
        return options[_index(self._quantile(name), len(options))]


def value_at(range: Range, quantile: float) -> int | float:
    """The value below which the share `quantile` of a range lies, in its logarithm with `log`, on its grid with `step`."""
    low, high = range.low, range.high
    if range.step is not None:
        steps = round((high - low) / range.step) + 1
        value = low + range.step * _index(quantile, steps)
        return int(value) if range.kind == "int" else min(float(f"{value:.12g}"), float(high))
    if range.kind == "int":
        # Each whole number owns the interval around it, as in Optuna, so that both ends are as likely as the rest.
        wide_low, wide_high = low - 0.5, high + 0.5
        value = _between(wide_low, wide_high, quantile, range.log)
        return int(min(max(math.floor(value + 0.5), low), high))
    return min(max(_between(low, high, quantile, range.log), float(low)), float(high))


def _between(low: float, high: float, quantile: float, log: bool) -> float:
    if log:
        return math.exp(math.log(low) + quantile * (math.log(high) - math.log(low)))
    return low + quantile * (high - low)


def _index(quantile: float, count: int) -> int:
    return min(int(quantile * count), count - 1)
