"""What `run` and `resume` have in common: with settings, stores and workers at hand, the sweep is worked on until it ends."""

from __future__ import annotations

import contextlib
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import NoReturn

from sweeper.errors import Interrupted, StoreError
from sweeper.executors.executor import Event
from sweeper.records import State
from sweeper.search.asking import Asking
from sweeper.search.best import best_trial
from sweeper.search.conductor import Conductor, now
from sweeper.search.crew import Crew
from sweeper.search.lanes import LaneChoices, read_choices
from sweeper.search.plans import BASELINE, Proposal
from sweeper.search.programs import count_programs
from sweeper.search.progress import Note, Started, Watch
from sweeper.search.pruning import make_pruner
from sweeper.search.request import Hopeless, SweepFailed, SweepSummary
from sweeper.search.settings import Settings
from sweeper.search.signals import Signals
from sweeper.search.stores import Stores
from sweeper.search.study import Source
from sweeper.search.timed_source import TimedSource
from sweeper.search.view import count
from sweeper.tracking.combined import configurations
from sweeper.tracking.drain import Drain
from sweeper.tracking.home import Home, Status, SweepFolder
from sweeper.tracking.replay import SweepState
from sweeper.tracking.spool import SpoolWriter

PARENT_SPOOL = "parent.jsonl"
_PATIENCE = 60.0
"""Seconds for a store that takes nothing before the sweep gives up on it (and can be resumed)."""
_LEAVE = 20.0
_LAST_SECONDS = 5.0
"""For the stores, after SIGTERM."""


@dataclass(frozen=True)
class Session:
    """A sweep that is ready to be worked on; its workers are started and settled."""

    home: Home
    folder: SweepFolder
    settings: Settings
    state: SweepState
    source: Source
    stores: Stores
    crew: Crew
    workers: Sequence[str]
    signals: Signals
    watch: Watch
    begun: float
    """When the command began, on the monotonic clock."""

    def work(self) -> SweepSummary:
        """Trains until the sweep has ended. Raises Interrupted, StoreError, or SweepError where nothing can come of it."""
        settings = self.settings
        pruner = make_pruner(
            settings.pruner, settings.pruner_settings, settings.epochs, settings.objective.maximize, settings.seed
        )
        clock = self.crew.clock
        asking = Asking(settings, TimedSource(self.source, clock), pruner, self.state)
        complaints: deque[str] = deque()
        drain = Drain(self.stores.projector, complaints.append)
        lanes = LaneChoices(self.folder, settings.lanes)
        drain.know(self.state.trials)
        with SpoolWriter(self.folder.spool / PARENT_SPOOL) as spool:
            conductor = Conductor(
                settings,
                self.state,
                asking,
                pruner,
                self.crew,
                self.workers,
                lanes,
                spool,
                drain,
                self.signals,
                self.watch,
                self._describe,
            )
            conductor.notes = complaints
            self._announce()
            clock.started()

            def handle(events: Sequence[Event]) -> float | None:
                with clock.of("handle"):
                    return conductor.handle(events)

            try:
                with clock.of("wait"):
                    self.crew.executor.run(handle)
            except BaseException:
                self.crew.executor.kill()
                raise
        self.crew.executor.stop(_LEAVE)
        for worker in self.workers:
            clock.gone(worker)
        return self._close(conductor, drain)

    def _describe(self, proposal: Proposal) -> None:
        self.stores.describe(proposal.number, proposal.drawn)

    def _announce(self) -> None:
        settings, stores = self.settings, self.stores
        ended = [found for found in configurations(self.state.trials, settings.trainings) if found.outcome]
        self.watch(
            Started(
                name=settings.name,
                trials=settings.trials,
                epochs=settings.epochs,
                objective=settings.objective.metric,
                maximize=settings.objective.maximize,
                device=settings.device,
                workers=settings.workers,
                tracking_uri=stores.uri,
                experiment_id=stores.experiment_id,
                run_id=stores.parent,
                repeats=settings.trainings,
                resumed=len(ended),
                earlier=tuple((found.plan, found.outcome) for found in ended if found.outcome),
            )
        )

    def _close(self, conductor: Conductor, drain: Drain) -> SweepSummary:
        """Brings the stores up to date and writes down how the sweep stands."""
        clock = self.crew.clock
        stopped = self.signals.count > 0
        try:
            if self.signals.count > 1 or not drain.close(_PATIENCE, self._hurry()):
                self._leave_at_once()
            while conductor.notes:
                self.watch(Note(conductor.notes.popleft()))
            self.stores.interrupt(self.state.trials, now())
            summary = replace(summarize(self, self.seconds), spent=clock.spent(self.state.trials, drain.seconds))
            if stopped or resumable(conductor.fault):
                self.stores.pause(now())
            else:
                self.stores.finish(summary, now())
        except StoreError as error:
            with contextlib.suppress(StoreError):  # a full disk takes neither; the sweep was unfinished before, too
                self._save(Status.UNFINISHED)
            raise StoreError(f"{error}\n{self._resume_words('the records are safe')}") from error
        if isinstance(conductor.fault, StoreError):
            self._save(Status.UNFINISHED)
            raise conductor.fault
        if conductor.fault is not None:
            goes_on = resumable(conductor.fault)
            self._save(Status.UNFINISHED if goes_on else Status.FINISHED)
            words = f"{conductor.fault}\n{self._resume_words('the records are safe')}" if goes_on else str(conductor.fault)
            raise SweepFailed(words, summary) from conductor.fault
        self._save(Status.UNFINISHED if stopped else Status.FINISHED)
        if stopped:
            raise Interrupted(self._resume_words("stopped"), self.signals.exit_code)
        return summary

    def _hurry(self) -> Callable[[], bool]:
        """Tells whether nobody waits for the stores any longer: after a second signal, or some seconds after SIGTERM, behind
        which a kill follows soon."""
        signals, begun = self.signals, time.monotonic()
        return lambda: (
            signals.count > 1 or (signals.count == 1 and not signals.gentle and time.monotonic() - begun > _LAST_SECONDS)
        )

    def _leave_at_once(self) -> NoReturn:
        """What the stores lack follows with `resume`."""
        self._save(Status.UNFINISHED)
        raise Interrupted(self._resume_words("stopped at once"), self.signals.exit_code)

    def _resume_words(self, how: str) -> str:
        done = sum(found.outcome is not None for found in configurations(self.state.trials, self.settings.trainings))
        home = "" if self.home.folder == Home.at(".").folder else f" --home {self.home.folder}"
        return f"{how}: {done} of {self.settings.trials} trials have ended. To go on: sweep resume {self.settings.name}{home}"

    def _save(self, status: Status) -> None:
        replace(self.settings, status=status, seconds=round(self.seconds, 3), ended=now()).save(self.folder)

    @property
    def seconds(self) -> float:
        """What all commands that worked on the sweep took together."""
        return self.settings.seconds + time.monotonic() - self.begun


def resumable(fault: Exception | None) -> bool:
    """Whether a sweep that was ended by this fault can be gone on with."""
    return fault is not None and not isinstance(fault, Hopeless)


def summarize(session: Session, seconds: float) -> SweepSummary:
    """What the command line prints at the end; `seconds` is what the whole sweep took."""
    settings, stores = session.settings, session.stores
    trials = configurations(session.state.trials, settings.trainings)
    counts = count((trial.outcome.state, trial.outcome.reason) for trial in trials if trial.outcome)
    best = best_trial(trials, settings)
    first = next((trial.outcome for trial in trials if trial.plan.phase == BASELINE), None)
    ended = (trial.outcome for trial in trials if trial.outcome is not None)
    failed = next((outcome for outcome in ended if outcome.state is State.FAILED), None)
    return SweepSummary(
        sweep=settings.name,
        home=session.home.folder,
        counts=counts,
        best=best,
        baseline=first.value if first is not None and first.state is State.COMPLETE else None,
        objective=settings.objective.metric,
        seconds=seconds,
        programs=count_programs(session.state.trials, read_choices(session.folder)),
        tracking_uri=stores.uri,
        experiment_id=stores.experiment_id,
        run_id=stores.parent,
        storage=session.home.storage,
        study_name=stores.study_name,
        exit_code=1 if counts["failed"] or not counts["complete"] else 0,
        failure=None if failed is None else (failed.trial, failed.message),
        notes=settings.notes,
    )
