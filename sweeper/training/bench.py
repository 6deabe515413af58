"""A worker's bench: the plans that wait, the program that lies there, and the trials in its lanes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from sweeper.catalogue.signature import Kind
from sweeper.records import Outcome, Reason, Record, Start, TrialPlan, WorkerSettings
from sweeper.training.backends.backend import Backend
from sweeper.training.device_data import load
from sweeper.training.faults import fault
from sweeper.training.lane_choice import LaneChoice
from sweeper.training.lanes import Lanes
from sweeper.training.network import Network
from sweeper.training.program import Program
from sweeper.training.programs import Programs
from sweeper.training.resident_program import ResidentProgram
from sweeper.training.streamed_data import StreamedData
from sweeper.training.streamed_program import StreamedProgram
from sweeper.training.trial import Trial

_ONE_READER = "data that are read from disk in chunks are read for one trial at a time"


class Bench:
    """One program's lanes at a time; takes the next plans when they are free.

    The worker calls `take`, then `begin`, `round`, `finish`, again and again; each gives the records that it brought. What goes
    wrong becomes an outcome; memory that does not suffice halves the lanes, and the trials begin again as another attempt.
    """

    def __init__(self, settings: WorkerSettings, backend: Backend, device: str) -> None:
        self._settings, self._backend, self._device = settings, backend, device
        self._data = StreamedData(settings.data, backend) if settings.data.streamed else load(settings.data, backend)
        self._programs = Programs()
        self._choices: dict[str, LaneChoice] = {}
        self._told: dict[str, tuple[int, str, bool]] = {}
        self._waiting: list[TrialPlan] = []
        self._kind: Kind | None = None
        self._lanes: Lanes | None = None
        self._epochs_left = 0.0

    @property
    def is_busy(self) -> bool:
        return bool(self._waiting or self._running)

    def take(self, plans: Sequence[TrialPlan], left: int) -> None:
        """Plans to train; `left` are the trainings of their structure that may follow, as the parent reckons."""
        self._waiting += plans
        self._epochs_left = float(left * plans[0].epochs) if plans else 0.0

    def begin(self) -> list[Record]:
        """Fill free lanes with waiting plans of their kind; with all lanes free, take up those of the oldest plan's."""
        records: list[Record] = []
        compiled = 0.0
        if self._waiting and not self._running:
            compiled = self._open(self._waiting[0], records)
        if self._lanes is None:
            return records
        count = self._lanes.count
        fitting = [plan for plan in self._waiting if plan.lanes in (0, count) and self._kind_of(plan) == self._kind]
        for plan in fitting[: self._lanes.free]:
            if self._lanes is not None:
                self._waiting.remove(plan)
                compiled = self._place(plan, compiled, records)
        return records + self._guarded(Lanes.begin)

    def round(self) -> list[Record]:
        """One epoch in every lane."""
        running = self._running
        if not running or all(trial.ending for trial in running) or self._lanes is None or self._kind is None:
            return []
        lanes, kind = self._lanes, self._kind
        records = self._guarded(Lanes.round)
        if records:
            self._choices[kind.structure].round(lanes.count, len(running), lanes.seconds)
        return records

    def finish(self) -> list[Record]:
        """The outcomes of the trials that have ended."""
        outcomes = self._guarded(Lanes.finish) if any(trial.ending for trial in self._running) else []
        return [outcome.by(self._settings.worker, self._device) for outcome in outcomes if isinstance(outcome, Outcome)]

    def at_rungs(self) -> list[TrialPlan]:
        """The trials that wait for a verdict."""
        return [trial.plan for trial in self._running if trial.waits]

    def prune(self, number: int, repeat: int) -> None:
        for trial in self._running:
            if (trial.plan.number, trial.plan.repeat) == (number, repeat):
                trial.prune()

    def choices(self) -> Iterator[tuple[str, LaneChoice]]:
        """Structure and choice of lanes, of all that have changed since this was asked last."""
        if self._kind is not None and not self._running:
            self._choices[self._kind.structure].reconsider(self._epochs_left)
        for structure, choice in self._choices.items():
            if self._told.get(structure) != choice.told:
                self._told[structure] = choice.told
                yield structure, choice

    @property
    def _running(self) -> list[Trial]:
        return [] if self._lanes is None else self._lanes.running

    def _kind_of(self, plan: TrialPlan) -> Kind:
        settings = self._settings
        return Kind.of(plan, settings.data, settings.objective.metrics, settings.backend)

    def _open(self, plan: TrialPlan, records: list[Record]) -> float:
        """Lay the program of this plan on the bench; gives the seconds that compiling it took, 0 where it was there."""
        lanes = 1
        try:
            kind = self._kind_of(plan)
            choice, network = self._choice_for(plan, kind)
            lanes = plan.lanes or self._fewest(kind, choice)
            if self._lanes is not None and (self._kind, self._lanes.count) != (kind, lanes):
                self._lanes = None  # before another program needs the room
            program, compiled = self._programs.get((kind.structure, lanes), lambda: self._built(plan, network, lanes))
        except (Exception, SystemExit) as error:
            self._lanes = None
            self._waiting.remove(plan)
            records += self._given_up([plan], error, lanes)
            return 0.0
        if compiled:
            choice.compiled(lanes, program.compile_seconds)
        if self._lanes is None or self._lanes.program is not program:
            self._kind, self._lanes = kind, Lanes(program)
        return program.compile_seconds if compiled else 0.0

    def _choice_for(self, plan: TrialPlan, kind: Kind) -> tuple[LaneChoice, Network | None]:
        """The choice of lanes for a structure; the first time with its network, which had to be built."""
        if kind.structure in self._choices:
            return self._choices[kind.structure], None
        settings = self._settings
        network = Network(plan.configuration, settings.data, settings.folder)
        one_lane = _ONE_READER if settings.data.streamed else self._backend.why_one_lane(network.layers)
        choice = LaneChoice(settings.lanes, one_lane, self._backend.why_not_tried(network.layers))
        self._choices[kind.structure] = choice
        return choice, network

    def _built(self, plan: TrialPlan, network: Network | None, lanes: int) -> Program:
        settings = self._settings
        network = network or Network(plan.configuration, settings.data, settings.folder)
        about = self._backend, network, plan.configuration, settings.data, settings.objective.metrics
        if isinstance(self._data, StreamedData):
            return StreamedProgram(*about, self._data, plan.fold)
        return ResidentProgram(*about, self._data, lanes, plan.fold)

    def _fewest(self, kind: Kind, choice: LaneChoice) -> int:
        """The lanes for the plans that wait: as chosen; where the choice is the worker's own, no more than they need, if there
        is a program of so many."""
        if self._settings.lanes:
            return choice.lanes
        alike = sum(self._kind_of(plan) == kind for plan in self._waiting)
        there = [lanes for structure, lanes in self._programs if structure == kind.structure]
        return min([lanes for lanes in there if alike <= lanes < choice.lanes], default=choice.lanes)

    def _place(self, plan: TrialPlan, compiled: float, records: list[Record]) -> float:
        """Give a plan a lane; what is left of the seconds of compiling that a trial still has to bear."""
        assert self._lanes is not None and self._kind is not None
        records.append(
            Start(
                trial=plan.number, structure=self._kind.structure, compiled=compiled > 0, worker=self._settings.worker,
                device=self._device, time=time.time_ns() // 1_000_000, repeat=plan.repeat, attempt=plan.attempt,
                lanes=self._lanes.count, compile_seconds=compiled,
            )
        )  # fmt: skip
        lanes, trial = self._lanes, Trial(plan, self._settings.objective, self._kind.training_rows, compiled)
        try:
            lanes.place(trial)
        except (Exception, SystemExit) as error:
            given_up = [plan]
            if self._backend.is_out_of_memory(error):  # of the program, not of this plan
                given_up += [other.plan for other in lanes.running]
                self._lanes = None
            records += self._given_up(given_up, error, lanes.count)
        return 0.0

    def _guarded(self, act: Callable[[Lanes], Sequence[Record]]) -> list[Record]:
        """What the lanes bring; a fault empties them all, since all trials shared what failed."""
        lanes, plans = self._lanes, [trial.plan for trial in self._running]
        if lanes is None:
            return []
        try:
            return list(act(lanes))
        except (Exception, SystemExit) as error:
            self._lanes = None
            return self._given_up(plans, error, lanes.count)

    def _given_up(self, plans: Sequence[TrialPlan], error: BaseException, lanes: int) -> list[Record]:
        """The outcomes of trials that came to an error in a program of so many lanes; none where they are to be tried in
        fewer."""
        out_of_memory = self._backend.is_out_of_memory(error)
        if out_of_memory and self._halve(plans, lanes):
            return []
        reason = Reason.OUT_OF_MEMORY if out_of_memory else Reason.ERROR
        settings = self._settings
        return [fault(plan, error, reason, settings.folder).by(settings.worker, self._device) for plan in plans]

    def _halve(self, plans: Sequence[TrialPlan], lanes: int) -> bool:
        """Half of so many lanes for this structure, and another attempt for these plans; False where there was but one."""
        kind = self._kind_of(plans[0])
        choice = self._choices.get(kind.structure)
        if choice is None or lanes == 1:
            return False
        self._programs.drop((kind.structure, lanes))
        choice.halve(lanes)
        self._waiting[:0] = [replace(plan, attempt=plan.attempt + 1, lanes=0) for plan in plans]
        return True
