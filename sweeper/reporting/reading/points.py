"""The metrics of one run as arrays."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np


class Points(NamedTuple):
    """A value for each place [points]: `key` is a metric's place in a list (int16), `step` and `time` (Unix milliseconds) are
    int64, `value` is float64, NaN and infinities included."""

    key: np.ndarray
    step: np.ndarray
    time: np.ndarray
    value: np.ndarray

    @staticmethod
    def of(keys: Sequence[int], steps: Sequence[int], times: Sequence[int], values: Sequence[float]) -> Points:
        return Points(np.array(keys, "int16"), np.array(steps, "int64"), np.array(times, "int64"), np.array(values, "float64"))

    def tidy(self) -> Points:
        """By step and key; of several values for one of these the one logged first stays, of equally early ones the smallest.
        MLflow's stand-ins for infinities, the largest doubles, are undone."""
        order = np.lexsort((self.value, self.time, self.key, self.step))
        key, step, time, value = (column[order] for column in self)
        first = np.ones(len(key), "bool")
        first[1:] = (step[1:] != step[:-1]) | (key[1:] != key[:-1])
        value = np.where(np.abs(value) == sys.float_info.max, np.copysign(np.inf, value), value)
        return Points(key[first], step[first], time[first], value[first])
