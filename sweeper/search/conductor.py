"""The parent's loop: hears the workers, judges at rungs, asks for trials, and sees to it that workers have something to do."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence

from sweeper.catalogue.signature import Kind
from sweeper.errors import StoreError, SweepError
from sweeper.executors.executor import Died, Event
from sweeper.records import Asked, EpochRecord, Record, Start, TrialPlan, record_from_raw
from sweeper.search import faults
from sweeper.search.asking import Asking
from sweeper.search.crew import Crew
from sweeper.search.dispatch import Dispatch, Station
from sweeper.search.lanes import LaneChoices
from sweeper.search.limits import Limits
from sweeper.search.plans import Proposal, next_attempt
from sweeper.search.progress import EpochEnded, Note, RepeatEnded, TrialEnded, Watch
from sweeper.search.pruning import Pruner
from sweeper.search.request import Hopeless
from sweeper.search.settings import Settings
from sweeper.search.signals import Signals
from sweeper.tracking.drain import Drain
from sweeper.tracking.replay import SweepState, TrialState
from sweeper.tracking.spool import Reading, SpoolWriter

_SLICE = 0.05
"""Seconds of asking after which the workers are heard again: one that stands at a rung waits for its answer."""
_TICK = 1.0
"""Most seconds between two looks at the clock; messages and signals end the waiting at once."""
_TERM = 15.0
"""Seconds that SIGTERM leaves the running epochs; whoever sends it kills after 20 to 30."""


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
        lanes: LaneChoices,
        spool: SpoolWriter,
        drain: Drain,
        signals: Signals,
        watch: Watch,
        proposed: Callable[[Proposal], None],
    ) -> None:
        """`proposed` is called with every new proposal before its trial begins."""
        self._settings, self._state, self._asking, self._pruner, self._crew = settings, state, asking, pruner, crew
        self._lanes, self._spool, self._drain, self._signals = lanes, spool, drain, signals
        self._watch, self._proposed = watch, proposed
        self._dispatch = Dispatch(workers, lanes, state, spool, crew.executor, watch, now)
        self._limits = Limits(settings, asking.known())
        self._crashes, self._hope = faults.Crashes(), faults.Hope(state)
        self._stopped: float | None = None
        self.notes: deque[str] = deque()
        """Lines for the user from other threads."""
        self.fault: SweepError | None = None

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
        asked_all = self._ask()
        self._dispatch.give(self._asking.unasked)
        if not asked_all:
            return 0.0
        idle = not self._dispatch.waiting and not self._dispatch.busy
        return None if idle and (self._limits.over or self._asking.exhausted) else _TICK

    def _hear(self, worker: str, message: object) -> None:
        assert isinstance(message, dict)
        match message.get("say"):
            case "ready":
                station = self._station(worker)
                station.ready, station.stillborn = True, 0
                self._check_device(worker, str(message.get("device", "")))
            case "records":
                for raw in message["records"]:
                    self._take(worker, record_from_raw(raw))
            case "lanes":
                self._lanes.hear(worker, message)
            case "spent":
                self._crew.clock.hear(worker, message["seconds"])
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
                self._station(worker).held.add(record.structure)
                self._drain.began(trial)
        elif isinstance(record, EpochRecord):
            if new:
                self._drain.epoch(trial, record)
            if new or record.attempt > 1:  # a further attempt comes by epochs that are known
                self._watch(EpochEnded(record))
            self._judge(worker, record)
        elif new:
            self._end(worker, trial)

    def _judge(self, worker: str, record: EpochRecord) -> None:
        """Answers a worker one of whose trials waits at a rung."""
        plan = self._station(worker).running.get((record.trial, record.repeat))
        if self._pruner is None or plan is None or record.epoch not in plan.rungs:
            return
        curve = self._state.trial(plan.number, plan.repeat).curve(self._settings.objective.metric)
        verdict = self._pruner.verdict(plan.number, record.epoch, curve, self._asking.told(plan.number))
        answer = {"do": "verdict", "trial": plan.number, "repeat": plan.repeat, "verdict": verdict.value}
        self._crew.executor.send(worker, answer)

    def _end(self, worker: str, trial: TrialState) -> None:
        """A repeat has ended; the others of its configuration begin, or the configuration has ended with it."""
        outcome, plan = trial.outcome, trial.plan
        assert outcome is not None and plan is not None
        self._station(worker).running.pop((trial.number, trial.repeat), None)
        self._drain.ended(trial)
        self._watch(RepeatEnded(plan, outcome))
        if trial.differing:
            epochs = ", ".join(map(str, sorted(trial.differing)))
            self._watch(Note(f"trial {trial.number} was computed again and came out differently in epochs {epochs}"))
        self._wait(self._asking.others(trial))
        found = self._asking.configuration(trial.number)
        if found.outcome is not None:
            self._watch(TrialEnded(found.plan, found.outcome, found.spread))
            self._limits.take(found.outcome)
        if (alike := self._hope.lost(trial)) is not None:
            self.fault = Hopeless(f"the first three trials failed alike, so the sweep was stopped:\n  {alike.message}")

    def _bury(self, event: Died) -> None:
        """A worker is dead: what it had still written is read from its spool, its trials tried again, and it is replaced."""
        station = self._station(event.worker)
        ready, station.ready = station.ready, False
        unheard = set(station.running)
        for record in Reading(self._crew.spool(event.worker), lambda trial, repeat, epoch: (trial, repeat) in unheard):
            self._take(event.worker, record)
        station.held.clear()
        self._lanes.forget(event.worker)
        lost, station.running = list(station.running.values()), {}
        self._crew.clock.gone(event.worker)
        if self._signals.count or self.fault is not None:
            return
        for plan in lost:
            self._retry(event, plan)
        if not lost and not ready:
            station.stillborn += 1
            if station.stillborn > 1:
                log = f"see logs/{event.worker}.log in the sweep's folder"
                self.fault = SweepError(f"worker {event.worker} {faults.how(event.exit_code)} before it could begin; {log}")
                return
        try:
            self._crew.start(event.worker)
        except StoreError as error:
            self.fault = error
            return
        self._crew.settle(event.worker, self._settings)

    def _retry(self, event: Died, plan: TrialPlan) -> None:
        trial = self._state.trial(plan.number, plan.repeat)
        if not self._crashes.guilty(plan):
            self._watch(Note(f"worker {event.worker} {faults.how(event.exit_code)}; trial {plan.number} is tried again"))
            self._dispatch.retry(next_attempt(trial))
            return
        outcome = faults.crashed(trial, plan, event.exit_code, event.worker, now())
        self._spool.append(outcome)
        self._state.add(outcome)
        self._drain.began(trial)
        self._end(event.worker, trial)

    def _ask(self) -> bool:
        """Asks for what may be asked, for a moment; gives whether that was all. At a limit, forgets what was asked for and lies
        behind all that has begun."""
        over, until = self._limits.over, time.monotonic() + _SLICE
        if over:
            self._dispatch.keep(max((trial.number for trial in self._state.trials), default=-1))
        for plans, proposal in self._asking.more(new=not over):
            if proposal is not None:
                self._proposed(proposal)
            self._wait(plans)
            if time.monotonic() >= until:
                return False
        return True

    def _wait(self, plans: Sequence[TrialPlan]) -> None:
        """Repeats of one configuration wait for a worker."""
        settings = self._settings
        for plan in plans:
            self._dispatch.add(plan, Kind.of(plan, settings.data, settings.objective.metrics, settings.backend))

    def _leave(self) -> float | None:
        """The first signal: running epochs end, nothing new begins. None when all workers have left."""
        if self._stopped is None:
            self._stopped = time.monotonic()
            self._dispatch.clear()
            for worker in self._dispatch.stations:
                self._crew.executor.send(worker, {"do": "stop"})
        late = not self._signals.gentle and time.monotonic() - self._stopped > _TERM
        if late:
            self._crew.executor.kill()
        return _TICK if self._dispatch.busy and not late else None

    def _station(self, worker: str) -> Station:
        return self._dispatch.stations[worker]

    def _check_device(self, worker: str, device: str) -> None:
        if self._settings.device != "cpu" and device.lower().startswith("cpu"):
            name, extra = {"jax": ("JAX", "jax")}.get(self._settings.backend, ("TensorFlow", "gpu"))
            self.notes.append(
                f"worker {worker} computes on the CPU: there is a card, but {name} cannot use it. "
                f"Write: pip install 'sweeper[{extra}]'"
            )


def now() -> int:
    """Unix time in milliseconds."""
    return time.time_ns() // 1_000_000
