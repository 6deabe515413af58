"""A source of trials that keeps count of its time. Imports Optuna."""

from __future__ import annotations

from sweeper.search.plans import Proposal
from sweeper.search.profile import Clock
from sweeper.search.study import Source
from sweeper.tracking.combined import Combined
from sweeper.tracking.replay import TrialState


class TimedSource:
    """A source of trials, with the time it takes."""

    def __init__(self, source: Source, clock: Clock) -> None:
        self._source, self._clock = source, clock

    def ask(self, number: int) -> Proposal | None:
        with self._clock.of("ask"):
            return self._source.ask(number)

    def know(self, trial: TrialState) -> None:
        with self._clock.of("ask"):
            self._source.know(trial)

    def tell(self, trial: Combined) -> None:
        with self._clock.of("tell"):
            self._source.tell(trial)
