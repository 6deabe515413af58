"""When nothing new is to be begun: the time is up, the target reached, or the first trials have shown that nothing can come."""

from __future__ import annotations

import time
from collections.abc import Iterable

from sweeper.records import Outcome, State
from sweeper.search.settings import Settings
from sweeper.tracking.combined import Combined


class Limits:
    """Of one run of a sweep; a time limit begins anew with each. `known` is what earlier runs did."""

    def __init__(self, settings: Settings, known: Iterable[Combined]) -> None:
        self._settings, self._started = settings, time.monotonic()
        self._reached = False
        for found in known:
            if found.outcome is not None:
                self.take(found.outcome)

    def take(self, outcome: Outcome) -> None:
        """How a trial ended."""
        self._reached = self._reached or reaches(outcome, self._settings)

    @property
    def over(self) -> bool:
        """Whether nothing new is to be asked for."""
        limit = self._settings.time
        return self._reached or (limit is not None and time.monotonic() - self._started >= limit)


def reaches(outcome: Outcome, settings: Settings) -> bool:
    """Whether a trial came to the value at which the sweep may stop."""
    if settings.until is None or outcome.state is not State.COMPLETE or outcome.value is None:
        return False
    return not settings.objective.better(settings.until, outcome.value)
