"""Asks for trials in the order of their numbers, as far ahead of their outcomes as the window allows."""

from __future__ import annotations

from collections.abc import Iterator

from sweeper.records import State, TrialPlan
from sweeper.search.plans import Proposal, next_attempt, plan, repeated
from sweeper.search.pruning import Pruner, Told
from sweeper.search.settings import Settings
from sweeper.search.study import Source
from sweeper.tracking.combined import Combined, combine, configurations, wanted
from sweeper.tracking.replay import SweepState, TrialState


class Asking:
    """`next` is the number of the trial that is asked for next; `exhausted` is set when there will be no more."""

    def __init__(self, settings: Settings, source: Source, pruner: Pruner | None, state: SweepState) -> None:
        self._settings, self._source, self._pruner, self._state = settings, source, pruner, state
        self._told = 0
        self.next = 0
        self.exhausted = False

    def more(self, new: bool = True) -> Iterator[tuple[list[TrialPlan], Proposal | None]]:
        """The plans that can be made now, a list for each configuration; without `new` ones only of what was asked for before.

        What an earlier run left unfinished is its next attempt, without a proposal. Whoever stops in between goes on with the
        next call where it stopped.
        """
        while not self.exhausted and self._tell():
            known = self._state.find(self.next)
            if known is not None and known.plan is not None:
                self._source.know(known)
                proposal, plans = None, self._left(known)
            elif not new:
                return
            elif (proposal := self._source.ask(self.next)) is not None:
                first = plan(proposal, self._settings, self._pruner)
                plans = [first, *([] if first.rungs else self._unfinished(first))]
            else:
                self.exhausted = True
                return
            self.next += 1
            self.exhausted = self.next >= self._settings.trials
            yield plans, proposal

    @property
    def unasked(self) -> int:
        """How many trainings are to be asked for still, should the sweep have all its trials."""
        return 0 if self.exhausted else (self._settings.trials - self.next) * self._settings.trainings

    def others(self, ended: TrialState) -> list[TrialPlan]:
        """The repeats that begin now that this one has ended: those of a configuration that was judged and is worth them."""
        first = ended.plan
        assert first is not None and ended.outcome is not None
        if ended.repeat or not first.rungs or ended.outcome.state is not State.COMPLETE:
            return []
        return self._unfinished(first)

    def configuration(self, number: int) -> Combined:
        """What is known of trial `number`, of which something is."""
        found = (self._state.find(number, repeat) for repeat in range(self._settings.trainings))
        return combine([trial for trial in found if trial is not None and trial.plan is not None], self._settings.trainings)

    def known(self) -> list[Combined]:
        """All configurations that were asked for, by this run or an earlier one."""
        return configurations(self._state.trials, self._settings.trainings)

    def told(self, number: int) -> int:
        """How many trials a verdict on trial `number` may look at: those that were told when it was asked for."""
        return max(number - self._settings.ahead + 1, 0)

    def _left(self, first: TrialState) -> list[TrialPlan]:
        """What an earlier run left of a configuration: repeats that have not ended, and those that had not begun."""
        assert first.plan is not None
        if first.outcome is None:
            return [next_attempt(first), *([] if first.plan.rungs else self._unfinished(first.plan))]
        return self._unfinished(first.plan) if wanted(first, self._settings.trainings) > 1 else []

    def _unfinished(self, first: TrialPlan) -> list[TrialPlan]:
        """The plans of all repeats but the first that have not ended."""
        plans = []
        for one in repeated(first, self._settings, range(1, self._settings.trainings)):
            known = self._state.find(one.number, one.repeat)
            if known is None or known.plan is None:
                plans.append(one)
            elif known.outcome is None:
                plans.append(next_attempt(known))
        return plans

    def _tell(self) -> bool:
        """Tells the source of all outcomes that count for the next trial, and of no others; False while one is missing."""
        while self._told <= self.next - self._settings.ahead:
            number = self._told
            known = self._state.find(number)
            ended = self.configuration(number) if known is not None and known.outcome is not None else None
            if ended is None or ended.outcome is None:
                return False
            self._source.tell(ended)
            self._told += 1
            if self._pruner is not None:
                self._pruner.tell(_judged(ended.first, self._settings.objective.metric))
        return True


def _judged(first: TrialState, metric: str) -> Told:
    """What verdicts look at: the repeat that was judged itself."""
    assert first.outcome is not None
    return Told(first.number, first.outcome.state, first.curve(metric))
