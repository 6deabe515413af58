"""Brings waiting plans to workers: whole groups of one kind to idle ones, single plans to lanes that fall free."""

from __future__ import annotations

from bisect import insort
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from sweeper.catalogue.signature import Kind
from sweeper.executors.executor import Executor
from sweeper.records import Asked, TrialPlan
from sweeper.search.lanes import LaneChoices
from sweeper.search.progress import TrialStarted, Watch
from sweeper.search.scheduling import Group, Identity, choose, fitting, identity
from sweeper.tracking.replay import SweepState
from sweeper.tracking.spool import SpoolWriter


@dataclass
class Station:
    """One worker's place: what it trains, in which group and with how many lanes, and the structures whose programs it has."""

    ready: bool = False
    running: dict[Identity, TrialPlan] = field(default_factory=dict)
    group: Group | None = None
    lanes: int = 1
    begun: int = 0
    """Plans that it got since it was idle."""
    refills: bool = True
    """Whether a lane that falls free is given the next plan at once."""
    held: set[str] = field(default_factory=set)
    stillborn: int = 0
    """How often its process has died before it was ready."""


class Dispatch:
    """`stations` by worker. Plans wait in the order of their numbers and repeats."""

    def __init__(
        self,
        workers: Sequence[str],
        lanes: LaneChoices,
        state: SweepState,
        spool: SpoolWriter,
        executor: Executor,
        watch: Watch,
        now: Callable[[], int],
    ) -> None:
        self.stations = {worker: Station() for worker in workers}
        self._lanes, self._state, self._spool, self._executor, self._watch, self._now = (
            lanes,
            state,
            spool,
            executor,
            watch,
            now,
        )
        self._waiting: list[TrialPlan] = []
        self._kinds: dict[Identity, Kind] = {}
        self._asked: Counter[str] = Counter()
        self._alone: set[Identity] = set()

    @property
    def waiting(self) -> bool:
        return bool(self._waiting)

    @property
    def busy(self) -> bool:
        return any(station.running for station in self.stations.values())

    def add(self, plan: TrialPlan, kind: Kind) -> None:
        self._asked[kind.structure] += 1
        self._kinds[identity(plan)] = kind
        insort(self._waiting, plan, key=identity)

    def retry(self, plan: TrialPlan) -> None:
        """Tries a trial again whose worker died: with a program of its own, so that if it was the cause, no other trial
        suffers from it and it is found out."""
        self._alone.add(identity(plan))
        insort(self._waiting, plan, key=identity)

    def keep(self, last: int) -> None:
        """Forgets what was asked for behind trial `last`."""
        self._waiting = [plan for plan in self._waiting if plan.number <= last]

    def clear(self) -> None:
        self._waiting.clear()

    def give(self, unasked: int) -> None:
        """Gives every worker what it has lanes for. `unasked` are the trainings that are still to be asked for."""
        for worker, station in self.stations.items():
            plans = self._next(worker, station) if station.ready and self._waiting else []
            if plans:
                self._send(worker, station, plans, unasked)

    def _next(self, worker: str, station: Station) -> list[TrialPlan]:
        if station.running:
            room = self._room(worker, station)
            return self._fitting(station)[:room] if room > 0 else []
        held = {name: other.held for name, other in self.stations.items()}
        first = choose(self._waiting, self._kinds, held, worker)
        self._settle(worker, station, first)
        mates = [plan for plan in self._fitting(station) if plan is not first]
        return [first, *mates[: station.lanes - 1]]

    def _fitting(self, station: Station) -> list[TrialPlan]:
        return [] if station.group is None else fitting(self._waiting, self._kinds, station.group, self._alone)

    def _settle(self, worker: str, station: Station, first: TrialPlan) -> None:
        """An idle worker begins with this plan."""
        kind, alone = self._kinds[identity(first)], identity(first) in self._alone
        station.group, station.begun = (kind, first.lanes), 0
        station.lanes = 1 if alone else self._lanes.capacity(worker, kind.structure, first.lanes)
        station.refills = not alone and self._lanes.known(worker, kind.structure, first.lanes)

    def _room(self, worker: str, station: Station) -> int:
        """How many lanes of a busy worker may be given something. A worker that is finding out how many lanes pay has to become
        idle before it can take another number, so its lanes are filled once and then left to end."""
        assert station.group is not None
        kind, lanes = station.group
        free = station.lanes - len(station.running)
        if station.lanes != self._lanes.capacity(worker, kind.structure, lanes):
            return 0
        return free if station.refills else min(free, station.lanes - station.begun)

    def _send(self, worker: str, station: Station, plans: Sequence[TrialPlan], unasked: int) -> None:
        """With everything before these plans on record first: numbers have no gaps, whatever comes next."""
        self._record(plans)
        sent = {identity(plan): plan for plan in plans}
        self._waiting = [plan for plan in self._waiting if identity(plan) not in sent]
        station.running |= sent
        station.begun += len(plans)
        left = self._left(self._kinds[identity(plans[0])].structure, unasked)
        self._executor.send(worker, {"do": "train", "plans": [plan.to_raw() for plan in plans], "left": left})
        for plan in plans:
            self._watch(TrialStarted(plan, worker))

    def _left(self, structure: str, unasked: int) -> int:
        """How many trainings of a structure may follow for one worker: its part of those that wait, and of as large a share of
        what is still to be asked for as the structure had of what was."""
        waiting = sum(self._kinds[identity(plan)].structure == structure for plan in self._waiting)
        return round((waiting + unasked * self._asked[structure] / self._asked.total()) / len(self.stations))

    def _record(self, plans: Sequence[TrialPlan]) -> None:
        asked, sent = self._now(), {identity(plan) for plan in plans}
        unrecorded = [
            Asked(plan, asked)
            for plan in self._waiting
            if identity(plan) in sent or (identity(plan) < max(sent) and self._state.find(*identity(plan)) is None)
        ]
        self._spool.append_all(unrecorded)
        for record in unrecorded:
            self._state.add(record)
