"""Going on with a sweep that was stopped, crashed, or is to get more trials."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

from sweeper.data.storing import is_prepared
from sweeper.errors import InputError
from sweeper.executors.device import choose_device
from sweeper.records import DataInfo
from sweeper.search.conductor import now
from sweeper.search.crew import ENTRY, Crew, make_executor, names, starting
from sweeper.search.extras import check_backend
from sweeper.search.kept import space_of
from sweeper.search.limits import reaches
from sweeper.search.preparing import Preparation
from sweeper.search.profile import Clock
from sweeper.search.progress import Note, Watch
from sweeper.search.provenance import differing, versions
from sweeper.search.request import SweepSummary
from sweeper.search.scheduling import available
from sweeper.search.settings import Settings, read_settings
from sweeper.search.signals import Signals
from sweeper.spaces import SearchSpace
from sweeper.tracking.combined import configurations
from sweeper.tracking.home import Home, Status, SweepFolder
from sweeper.tracking.lock import Lock
from sweeper.tracking.reading import Spools
from sweeper.tracking.reconcile import Complain
from sweeper.tracking.replay import SweepState


def resume_sweep(home: str | Path, name: str | None, more_trials: int, watch: Watch, entry: str = ENTRY) -> SweepSummary:
    """Goes on with the sweep of this name (None: the newest), with `more_trials` beyond what it was to have.

    The same trial numbers, seeds, workers and threads; unfinished trials begin anew as their next attempt. A sweep that has
    ended, whose stores agree with it, is left exactly as it is. Raises as `run_sweep` does.
    """
    begun = time.monotonic()
    place = Home.at(home)
    folder = place.existing(name)
    if more_trials < 0:
        raise InputError(f"--trials +{more_trials}: a number of trials to add was expected, such as +20")
    with Lock(folder.lock, folder.name):
        settings = read_settings(folder)
        if settings.imported and settings.status != Status.FINISHED:
            raise InputError(
                f"the import of '{folder.name}' was broken off, and cannot be gone on with. Import {settings.imported} again "
                f"under its name, or: sweep delete {folder.name}"
            )
        if settings.imported:
            raise InputError(
                f"the sweep '{folder.name}' was imported from {settings.imported}: another program trained its trials, so "
                "there is nothing to go on with. To have more of them, import the longer file under another name."
            )
        spools = Spools(folder.spool)
        state = spools.state(keep=settings.objective.metric)
        for remark in spools.remarks:
            watch(Note(remark))
        space = space_of(settings, folder, watch)
        if more_trials and _is_reached(settings, state):
            raise InputError(
                f"the sweep '{folder.name}' ended when a trial reached {settings.objective.metric} {settings.until:g}, as "
                f"--until says, and takes no more trials. Start another: sweep run {settings.source}"
            )
        settings = _widened(settings, space, more_trials)
        return _resume(place, folder, settings, space, state, watch, entry, begun)


def _resume(
    home: Home,
    folder: SweepFolder,
    settings: Settings,
    space: SearchSpace,
    state: SweepState,
    watch: Watch,
    entry: str,
    begun: float,
) -> SweepSummary:
    _compare_versions(settings, watch)
    check_backend(settings.backend)
    executor = make_executor(settings.executor)
    crew = Crew(executor, entry, choose_device(settings.device), settings.threads, settings.backend, folder, Clock(begun))
    work = _work_is_left(settings, state)
    with Signals(executor.wake) as signals:
        try:
            workers = names(settings.workers)
            if work:
                watch(starting(len(workers), settings.device, settings.backend))
                for worker in workers:
                    crew.start(worker)
            from sweeper.search.session import Session, summarize
            from sweeper.search.sources import make_source
            from sweeper.search.stores import Stores

            if work:
                settings = replace(settings, data=_data(settings, space, folder))
                for worker in workers:
                    crew.settle(worker, settings)
            stores = Stores(home, folder, settings, space)
            actions = stores.needed(state)
            for action in actions:
                if isinstance(action, Complain):
                    watch(Note(action.text))
            changed = stores.mend(state, actions, now())
            settings = replace(
                settings,
                run_id=stores.parent,
                experiment_id=stores.experiment_id,
                study_name=stores.study_name,
                tracking_uri=home.tracking_uri,
                storage=home.storage,
            )
            session = Session(
                home, folder, settings, state, make_source(space, settings), stores, crew, workers, signals, watch, begun
            )
            if not work:
                watch(Note(f"nothing is left of {settings.name} to train"))
                summary = summarize(session, settings.seconds)
                if changed or not stores.ended() or settings.status != Status.FINISHED:
                    stores.finish(summary, now())
                    replace(settings, status=Status.FINISHED).save(folder)
                return summary
            stores.reopen()
            settings = replace(settings, runs=settings.runs + 1, status=Status.UNFINISHED)
            settings.save(folder)
            return replace(session, settings=settings).work()
        except BaseException:
            executor.kill()
            raise


def _widened(settings: Settings, space: SearchSpace, more: int) -> Settings:
    """More trials, as many as there are: a grid has an end."""
    if not more:
        return settings
    if settings.confirmed is not None:
        raise InputError(
            f"'{settings.name}' trains the best of '{settings.confirmed.sweep}' again and takes no more trials. "
            f"With more seeds: sweep confirm {settings.confirmed.sweep} --seeds {settings.repeats * 2}"
        )
    size = available(space, settings.seed)
    if size is not None and size <= settings.trials:
        raise InputError(f"the sweep '{settings.name}' is a grid, which has no more trials. Start another with --sampler qmc.")
    wanted = settings.trials + more
    return replace(settings, trials=wanted if size is None else min(wanted, size))


def _compare_versions(settings: Settings, watch: Watch) -> None:
    changed = differing(settings.versions, versions())
    if changed:
        watch(Note(f"other versions than when the sweep began, so results may differ in the last bits: {'; '.join(changed)}"))


def _work_is_left(settings: Settings, state: SweepState) -> bool:
    """Whether a trial is to be trained still. A target that is reached ends a sweep for good."""
    outcomes = [found.outcome for found in configurations(state.trials, settings.trainings)]
    if any(outcome is None for outcome in outcomes):
        return True
    return len(outcomes) < settings.trials and not _is_reached(settings, state)


def _is_reached(settings: Settings, state: SweepState) -> bool:
    """Whether a trial came to the value at which the sweep was to stop."""
    outcomes = (found.outcome for found in configurations(state.trials, settings.trainings))
    return any(outcome is not None and reaches(outcome, settings) for outcome in outcomes)


def _data(settings: Settings, space: SearchSpace, folder: SweepFolder) -> DataInfo:
    """The data as they were prepared, also in a home that was moved; prepared again where they were removed.

    Raises InputError where they are no longer what they were.
    """
    moved = settings.data.moved(str(folder.data))
    if is_prepared(moved):
        return moved
    log, room = folder.logs / "prepare.log", settings.data.size
    again = Preparation(space.data, Path(settings.folder), folder.data, log, settings.backend, room).result()
    if again.digest != settings.data.digest:
        raise InputError(
            f"the data set {again.name} has changed since the sweep '{settings.name}' began (digest {again.digest[:12]}, then "
            f"{settings.data.digest[:12]}): results would not be comparable. Restore it, or start a new sweep."
        )
    return moved
