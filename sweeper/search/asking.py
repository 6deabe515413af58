"""Asks for trials in the order of their numbers, as far ahead of their outcomes as the window allows."""

from __future__ import annotations

from dataclasses import replace

from sweeper.records import TrialPlan
from sweeper.search.plans import Proposal, plan
from sweeper.search.pruning import Pruner, Seen
from sweeper.search.settings import Settings
from sweeper.search.study import Source
from sweeper.tracking.replay import SweepState, TrialState


class Asking:
    """`next` is the number of the trial that is asked for next; `exhausted` is set when there will be no more."""

    def __init__(self, settings: Settings, source: Source, pruner: Pruner | None, state: SweepState) -> None:
        self._settings, self._source, self._pruner, self._state = settings, source, pruner, state
        self._told: list[Seen] = []
        self.next = 0
        self.exhausted = False

    def more(self, new: bool = True) -> list[tuple[TrialPlan, Proposal | None]]:
        """The plans that can be made now; without `new` ones only of what was asked for before.

        What an earlier run left unfinished is its next attempt, without a proposal.
        """
        made: list[tuple[TrialPlan, Proposal | None]] = []
        while not self.exhausted and self._tell():
            known = self._state.find(self.next)
            if known is not None and known.plan is not None:
                self._source.know(known)
                if known.outcome is None:
                    made.append((replace(known.plan, attempt=known.attempt + 1), None))
            elif not new:
                break
            elif (proposal := self._source.ask(self.next)) is not None:
                made.append((plan(proposal, self._settings.seed, self._settings.epochs, self._pruner), proposal))
            else:
                self.exhausted = True
                break
            self.next += 1
            self.exhausted = self.next >= self._settings.trials
        return made

    def seen(self, number: int) -> list[Seen]:
        """The trials that a verdict on trial `number` may look at: those that were told when it was asked for."""
        return self._told[: max(number - self._settings.ahead + 1, 0)]

    def _tell(self) -> bool:
        """Tells the source of all outcomes that count for the next trial, and of no others; False while one is missing."""
        while len(self._told) <= self.next - self._settings.ahead:
            trial = self._state.find(len(self._told))
            if trial is None or trial.outcome is None:
                return False
            self._source.tell(trial)
            self._told.append(_seen(trial, self._settings.objective.metric))
        return True


def _seen(trial: TrialState, metric: str) -> Seen:
    assert trial.outcome is not None
    return Seen(trial.number, trial.outcome.state, trial.curve(metric))
