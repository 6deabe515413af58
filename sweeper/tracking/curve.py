"""A trial's curve of one metric in 25 bytes an epoch; the record of an epoch takes two thousand."""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left
from collections.abc import Iterable

from sweeper.records import EpochRecord


class KeptCurve:
    """What a sweep in progress goes on knowing of a trial that has ended: one metric, by epoch.

    Of two records of one epoch that of the earlier attempt stays, as among whole records.
    """

    def __init__(self, metric: str, records: Iterable[EpochRecord] = ()) -> None:
        self.metric = metric
        self._epochs, self._attempts, self._times, self._values = array("i"), array("i"), array("q"), array("d")
        self._measured = bytearray()
        for record in records:
            self.add(record)

    def add(self, record: EpochRecord) -> tuple[bool, bool]:
        """Takes a record in; gives whether its epoch is new, and whether the metric differs from what was known."""
        value, measured = record.metrics.get(self.metric, math.nan), self.metric in record.metrics
        place = bisect_left(self._epochs, record.epoch)
        if place == len(self._epochs) or self._epochs[place] != record.epoch:
            self._epochs.insert(place, record.epoch)
            self._attempts.insert(place, record.attempt)
            self._times.insert(place, record.time)
            self._values.insert(place, value)
            self._measured.insert(place, measured)
            return True, False
        known = self._values[place]
        same = self._measured[place] == measured and (known == value or (math.isnan(known) and math.isnan(value)))
        if (record.attempt, record.time) < (self._attempts[place], self._times[place]):
            self._attempts[place], self._times[place] = record.attempt, record.time
            self._values[place], self._measured[place] = value, measured
        return False, not same

    def values(self) -> dict[int, float]:
        """Epoch -> value, in the order of epochs, where the metric was measured."""
        measured = zip(self._epochs, self._values, self._measured, strict=True)
        return {epoch: value for epoch, value, was in measured if was}
