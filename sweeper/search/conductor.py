"""The parent's loop: hears the workers, judges at rungs, asks for trials, and gives free workers their next plan."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sweeper.catalogue.signature import signature
from sweeper.errors import StoreError, SweepError
from sweeper.executors.executor import Died, Event
from sweeper.records import (
    Asked,
    EpochRecord,
    Outcome,
    Record,
    Start,
    State,
    TrialPlan,
    record_from_raw,
)
from sweeper.search import faults
from sweeper.search.asking import Asking
from sweeper.search.crew import Crew
from sweeper.search.plans import Proposal
from sweeper.search.progress import EpochEnded, Note, TrialEnded, TrialStarted, Watch
from sweeper.search.pruning import Pruner
from sweeper.search.scheduling import choose
from sweeper.search.settings import Settings
from sweeper.search.signals import Signals
from sweeper.tracking.drain import Drain
from sweeper.tracking.replay import SweepState, TrialState
from sweeper.tracking.spool import SpoolWriter, read_spool

_TICK = 1.0
"""Most seconds between two looks at the clock; messages and signals end the waiting at once."""
_TERM = 15.0
"""Seconds that SIGTERM leaves the running epochs; whoever sends it kills after 20 to 30."""


@dataclass
class _Station:
    """One worker's place: what it does, and how often its process has died before it was ready."""

    plan: TrialPlan | None = None
    ready: bool = False
    stillborn: int = 0


class Conductor:
    """Handles an executor's events until all trials have ended, or the sweep is stopped. One thread."""

    def __init__(
        self,
        settings: Settings,
        state: SweepState,
        asking: Asking,
        pruner: Pruner | None,
        crew: Crew,
        workers: Sequence[str],
        spool: SpoolWriter,
        drain: Drain,
        signals: Signals,
        watch: Watch,
        proposed: Callable[[Proposal], None],
    ) -> None:
        """`proposed` is called with every new proposal before its trial begins."""
        self._settings, self._state, self._asking, self._pruner, self._crew = settings, state, asking, pruner, crew
        self._spool, self._drain, self._signals, self._watch, self._proposed = spool, drain, signals, watch, proposed
        self._stations = {worker: _Station() for worker in workers}
        self._waiting: list[TrialPlan] = []
        self._structures: dict[int, str] = {}
        self._held: dict[str, set[str]] = {worker: set() for worker in workers}
        self._crashes: dict[int, int] = {}
        self._started = time.monotonic()
        self._stopped: float | None = None
        self.notes: deque[str] = deque()
        """Lines for the user from other threads."""
        self.fault: SweepError | None = None
        self.programs = 0
        self.reached = any(self._reaches(trial.outcome) for trial in state.trials if trial.outcome)

    def handle(self, events: Sequence[Event]) -> float | None:
        """See `executors.executor.Handle`."""
        for event in events:
            if isinstance(event, Died):
                self._bury(event)
            else:
                self._hear(event.worker, event.message)
        while self.notes:
            self._watch(Note(self.notes.popleft()))
        if self.fault is not None or self._signals.count > 1:
            self._crew.executor.kill()
            return None
        if self._signals.count:
            return self._leave()
        self._ask()
        for worker, station in self._stations.items():
            if station.ready and station.plan is None and self._waiting:
                self._give(worker, station)
        if not self._waiting and all(station.plan is None for station in self._stations.values()) and self._enough():
            return None
        return _TICK

    def _hear(self, worker: str, message: object) -> None:
        assert isinstance(message, dict)
        match message.get("say"):
            case "ready":
                self._stations[worker].ready = True
                self._check_device(worker, str(message.get("device", "")))
            case "record":
                self._take(worker, record_from_raw(message["record"]))
            case "unable":
                kind = StoreError if message.get("exit_code") == StoreError.exit_code else SweepError
                self.fault = kind(f"worker {worker} cannot go on: {message['message']}")

    def _take(self, worker: str, record: Record) -> None:
        """A record from a worker; what the spool has already said before changes nothing."""
        new = self._state.add(record)
        if isinstance(record, Asked):
            return
        trial = self._state.trial(record.trial, record.repeat)
        if isinstance(record, Start):
            if new:
                self._held[worker].add(record.structure)
                self.programs += record.compiled
                self._drain.began(trial)
        elif isinstance(record, EpochRecord):
            if new:
                self._drain.epoch(trial, record)
                self._watch(EpochEnded(record))
            self._judge(worker, record)
        elif new:
            self._end(worker, trial)

    def _judge(self, worker: str, record: EpochRecord) -> None:
        """Answers a worker that waits at a rung."""
        plan = self._stations[worker].plan
        if self._pruner is None or plan is None or plan.number != record.trial or record.epoch not in plan.rungs:
            return
        curve = self._state.trial(plan.number, plan.repeat).curve(self._settings.objective.metric)
        verdict = self._pruner.verdict(plan.number, record.epoch, curve, self._asking.seen(plan.number))
        self._crew.executor.send(worker, {"do": "verdict", "trial": plan.number, "verdict": verdict.value})

    def _end(self, worker: str, trial: TrialState) -> None:
        outcome, plan = trial.outcome, trial.plan
        assert outcome is not None and plan is not None
        station = self._stations[worker]
        if station.plan is not None and station.plan.number == trial.number:
            station.plan = None
        self._drain.ended(trial)
        self._watch(TrialEnded(plan, outcome))
        if trial.differing:
            epochs = ", ".join(map(str, sorted(trial.differing)))
            self._watch(Note(f"trial {trial.number} was computed again and came out differently in epochs {epochs}"))
        self.reached = self.reached or self._reaches(outcome)
        if (alike := faults.hopeless(self._state.trials)) is not None:
            self.fault = SweepError(f"the first three trials failed alike, so the sweep was stopped:\n  {alike.message}")

    def _bury(self, event: Died) -> None:
        """A worker is dead: what it had still written is read from its spool, its trial tried again, and it is replaced."""
        station = self._stations[event.worker]
        ready, station.ready = station.ready, False
        for record in read_spool(self._crew.spool(event.worker)).records:
            self._take(event.worker, record)
        self._held[event.worker].clear()
        plan, station.plan = station.plan, None
        if self._signals.count or self.fault is not None:
            return
        if plan is not None:
            self._retry(event, plan)
        elif not ready:
            station.stillborn += 1
            if station.stillborn > 1:
                log = f"see logs/{event.worker}.log in the sweep's folder"
                self.fault = SweepError(f"worker {event.worker} {faults.how(event.exit_code)} before it could begin; {log}")
                return
        self._crew.start(event.worker)
        self._crew.settle(event.worker, self._settings.data, self._settings.objective, self._settings.folder)

    def _retry(self, event: Died, plan: TrialPlan) -> None:
        self._crashes[plan.number] = self._crashes.get(plan.number, 0) + 1
        next_try = faults.again(plan, self._crashes[plan.number])
        if next_try is not None:
            self._watch(Note(f"worker {event.worker} {faults.how(event.exit_code)}; trial {plan.number} is tried again"))
            self._waiting.insert(0, next_try)
            return
        trial = self._state.trial(plan.number, plan.repeat)
        outcome = faults.crashed(trial, plan, event.exit_code, event.worker, now())
        self._spool.append(outcome)
        self._state.add(outcome)
        self._drain.began(trial)
        self._end(event.worker, trial)

    def _ask(self) -> None:
        """Asks for what may be asked; at a limit, forgets what was asked for and lies behind all that has begun."""
        over = self._over()
        if over:
            last = max((trial.number for trial in self._state.trials), default=-1)
            self._waiting = [plan for plan in self._waiting if plan.number <= last]
        for plan, proposal in self._asking.more(new=not over):
            if proposal is not None:
                self._proposed(proposal)
            settings = self._settings
            metrics = settings.objective.metrics
            self._structures[plan.number] = signature(plan.configuration, settings.data, metrics, settings.backend)
            self._waiting.append(plan)

    def _give(self, worker: str, station: _Station) -> None:
        """Sends a plan, with everything up to its number on record first: numbers have no gaps, whatever comes next."""
        plan = choose(self._waiting, self._structures, self._held, worker)
        asked = now()
        unrecorded = [
            Asked(other, asked)
            for other in self._waiting
            if other == plan or (other.number < plan.number and self._state.find(other.number) is None)
        ]
        self._spool.append_all(unrecorded)
        for record in unrecorded:
            self._state.add(record)
        self._waiting.remove(plan)
        station.plan = plan
        self._crew.executor.send(worker, {"do": "train", "plan": plan.to_raw()})
        self._watch(TrialStarted(plan, worker))

    def _leave(self) -> float | None:
        """The first signal: running epochs end, nothing new begins. None when all workers have left."""
        if self._stopped is None:
            self._stopped = time.monotonic()
            self._waiting.clear()
            for worker in self._stations:
                self._crew.executor.send(worker, {"do": "stop"})
        busy = any(station.plan is not None for station in self._stations.values())
        late = not self._signals.gentle and time.monotonic() - self._stopped > _TERM
        if late:
            self._crew.executor.kill()
        return _TICK if busy and not late else None

    def _over(self) -> bool:
        """Whether nothing new is to be asked for: the time is up, or the target reached."""
        limit = self._settings.time
        return self.reached or (limit is not None and time.monotonic() - self._started >= limit)

    def _enough(self) -> bool:
        return self._over() or self._asking.exhausted

    def _reaches(self, outcome: Outcome) -> bool:
        until, objective = self._settings.until, self._settings.objective
        if until is None or outcome.state is not State.COMPLETE or outcome.value is None:
            return False
        return not objective.better(until, outcome.value)

    def _check_device(self, worker: str, device: str) -> None:
        if self._settings.device != "cpu" and device.lower().startswith("cpu"):
            self.notes.append(
                f"worker {worker} computes on the CPU: there is a card, but TensorFlow cannot use it. "
                "Write: pip install 'sweeper[gpu]'"
            )


def now() -> int:
    """Unix time in milliseconds."""
    return time.time_ns() // 1_000_000
