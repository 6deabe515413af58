"""A new sweep, from the request to the summary."""

from __future__ import annotations

import hashlib
import time
import uuid
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sweeper.errors import InputError, Interrupted, StoreError
from sweeper.executors.device import Device, choose_device
from sweeper.executors.memory import room_for_data
from sweeper.records import DataInfo
from sweeper.search.conductor import now
from sweeper.search.crew import ENTRY, Crew, count_threads, count_workers, make_executor, names, starting
from sweeper.search.extras import check_backend, check_sampler
from sweeper.search.plans import CONFIRM, design_of
from sweeper.search.preparing import Preparation
from sweeper.search.profile import Clock
from sweeper.search.progress import Note, Watch
from sweeper.search.provenance import git_commit, versions
from sweeper.search.request import SweepRequest, SweepSummary
from sweeper.search.room import room_in
from sweeper.search.scheduling import ahead, available
from sweeper.search.settings import Confirmed, Settings
from sweeper.search.signals import Signals
from sweeper.spaces import SearchSpace, read_space
from sweeper.spaces.draws.designs import OURS
from sweeper.tracking.home import Home, SweepFolder, write_atomically
from sweeper.tracking.lock import Lock
from sweeper.tracking.replay import SweepState

if TYPE_CHECKING:
    from sweeper.search.stores import Stores


def run_sweep(request: SweepRequest, watch: Watch, entry: str = ENTRY) -> SweepSummary:
    """Runs a new sweep to its end; `entry` is what the workers run.

    Raises InputError, with nothing started and nothing written, for whatever the user gave and cannot be used; StoreError
    and Interrupted with the sweep resumable; SweepError where the first trials fail alike.
    """
    begun = time.monotonic()
    return start_sweep(Start.read(request), watch, entry, begun)


def start_sweep(start: Start, watch: Watch, entry: str, begun: float) -> SweepSummary:
    """Runs what was checked to its end; `begun` is when the command began, on the monotonic clock. Raises as `run_sweep`."""
    request = start.request
    home = Home.at(request.home)
    with room_in(home) as room:
        folder = room.take(request.name or start.space.name, request.name is not None, watch)
        with Lock(folder.lock, folder.name):
            room.folder = folder  # not before: without the lock it may be that of a sweep that began at the same time
            return _run(start, home, folder, watch, entry, begun)


@dataclass(frozen=True)
class Start:
    """A request that was checked as far as it can be without the data; with `confirmed`, to train these again on the data of
    this `digest`."""

    request: SweepRequest
    space: SearchSpace
    trials: int
    device: Device
    workers: int
    adaptive: bool
    confirmed: Confirmed | None = None
    digest: str = ""

    @staticmethod
    def read(request: SweepRequest) -> Start:
        space = read_space(request.source, request.lines)
        space.check_built()
        space.check_own()
        check_sampler(space.sampler.name)
        check_backend(request.backend)
        make_executor(request.executor)
        device = choose_device(request.device)
        trials = space.budget.trials
        size = available(space, request.seed)
        if size is not None:
            trials = min(trials, size)
        elif design_of(space) and space.baseline is not None:
            trials += 1
        trainings = trials * space.budget.repeats * space.folds
        workers = count_workers(request.workers, request.executor, device, trainings)
        adaptive = space.sampler.name not in OURS or space.pruner is not None
        return Start(request, space, trials, device, workers, adaptive)


def _run(start: Start, home: Home, folder: SweepFolder, watch: Watch, entry: str, begun: float) -> SweepSummary:
    request, space = start.request, start.space
    for warning in (*space.warnings, *space.warnings_on(start.device.name)):
        watch(Note(warning))
    executor = make_executor(request.executor)
    crew = Crew(executor, entry, start.device, count_threads(start.workers), request.backend, folder, Clock(begun))
    log, room_for_it = folder.logs / "prepare.log", room_for_data(start.device, start.workers)
    preparation = Preparation(space.data, space.folder, folder.data, log, request.backend, room_for_it)
    with Signals(executor.wake) as signals:
        try:
            workers = names(start.workers)
            watch(starting(len(workers), start.device.name, request.backend))
            for worker in workers:
                crew.start(worker)
            from sweeper.search.session import Session  # imports Optuna and MLflow, while the processes work
            from sweeper.search.sources import make_source

            data = _prepared(preparation, signals)
            _check_same(start, data)
            space.check_fit(len(data.input_shape), data.task, data.outputs)
            settings = _freeze(start, home, folder, data)
            for worker in workers:  # they map the data while the stores are opened
                crew.settle(worker, settings)
            source = make_source(space, settings)
            write_atomically(folder.space, space.source_text)
            stores = _stores(home, folder, settings, space)
            settings = replace(settings, run_id=stores.parent, experiment_id=stores.experiment_id, study_name=stores.study_name)
            settings.save(folder)
            state = SweepState(keep=settings.objective.metric)
            session = Session(home, folder, settings, state, source, stores, crew, workers, signals, watch, begun)
            return session.work()
        except BaseException:
            preparation.cancel()
            executor.kill()
            raise


def _stores(home: Home, folder: SweepFolder, settings: Settings, space: SearchSpace) -> Stores:
    """The stores, opened once `sweep.json` is there: by it `resume` and `delete` find what a crash leaves in them. Where MLflow
    cannot be used at all the sweep never began. Raises InputError, StoreError."""
    from sweeper.search.stores import Stores

    settings.save(folder)
    try:
        return Stores(home, folder, settings, space)
    except InputError:
        folder.settings.unlink(missing_ok=True)
        raise
    except StoreError as error:
        raise StoreError(f"{error}\nNo trial has begun. To go on: sweep resume {folder.name}") from error


def _prepared(preparation: Preparation, signals: Signals) -> DataInfo:
    """Waits for the data. A Ctrl-C reaches the process that prepares them too, which then has no answer."""
    try:
        return preparation.result()
    finally:
        if signals.count:
            raise Interrupted("stopped before the first trial; nothing was kept", signals.exit_code)


def _check_same(start: Start, data: DataInfo) -> None:
    """Raises InputError where what is trained again would be trained on other data."""
    if start.confirmed is not None and data.digest != start.digest:
        raise InputError(
            f"the data set {data.name} has changed since the sweep '{start.confirmed.sweep}' began (digest {data.digest[:12]}, "
            f"then {start.digest[:12]}): its configurations would be trained on other data. Restore it."
        )


def _together(space: SearchSpace, data: DataInfo) -> int:
    """How many repeats of a configuration can be trained at once: with a pruner the first one is judged by itself."""
    return 1 if space.pruner is not None else space.budget.repeats * (len(data.folds) or 1)


def _freeze(start: Start, home: Home, folder: SweepFolder, data: DataInfo) -> Settings:
    request, space = start.request, start.space
    return Settings(
        name=folder.name,
        id=uuid.uuid4().hex,
        created=now(),
        source=request.source,
        folder=str(space.folder.absolute()),
        digest=hashlib.sha256(space.source_text.encode()).hexdigest(),
        overrides=request.lines,
        question=space.question,
        compare=space.compare if start.confirmed is None else (),
        objective=space.objective_for(data.task),
        data=data,
        trials=start.trials,
        epochs=space.budget.epochs,
        time=request.seconds if request.seconds is not None else space.budget.seconds,
        until=request.until,
        seed=request.seed,
        sampler=space.sampler.name,
        sampler_settings=dict(space.sampler.settings),
        pruner=space.pruner.name if space.pruner else None,
        pruner_settings=dict(space.pruner.settings) if space.pruner else {},
        baseline=dict(space.baseline.parameters) if space.baseline else None,
        design=design_of(space) if start.confirmed is None else CONFIRM,
        ahead=ahead(
            start.workers,
            start.adaptive,
            start.trials,
            request.lanes,
            request.backend,
            start.device.name,
            _together(space, data),
        ),
        workers=start.workers,
        threads=count_threads(start.workers),
        device=start.device.name,
        backend=request.backend,
        executor=request.executor,
        versions=versions(),
        git_commit=git_commit(space.folder),
        tracking_uri=home.tracking_uri,
        storage=home.storage,
        study_name=folder.name,
        notes=(*space.warnings, *data.notes),
        repeats=space.budget.repeats,
        lanes=request.lanes,
        confirmed=start.confirmed,
    )
