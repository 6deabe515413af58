"""A look at the sweeps of a home, from their own files alone: no store is opened, and nothing heavy is imported.

Also right while the sweep runs: what is on the disk at this moment is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sweeper.errors import StoreError
from sweeper.records import Reason, State
from sweeper.search.deleting import left_behind
from sweeper.search.lanes import read_choices
from sweeper.search.programs import Programs, count_programs
from sweeper.search.settings import Settings, read_settings
from sweeper.search.trial_view import TrialView, view_of
from sweeper.tracking.combined import configurations
from sweeper.tracking.home import Home, Status, SweepFolder
from sweeper.tracking.reading import Spools
from sweeper.tracking.replay import SweepState


@dataclass(frozen=True)
class SweepView:
    """A sweep as it stands. `remarks` tell of what the reader met (a line that a crash cut off).

    Of the epochs of `trials`, which are most of what there is to read, only those that a list shows are read: the best one of a
    trial that has ended, all of one that has not.
    """

    name: str
    folder: Path
    status: Status
    settings: Settings
    space_text: str
    trials: tuple[TrialView, ...]
    programs: Programs
    remarks: tuple[str, ...]

    @property
    def counts(self) -> dict[str, int]:
        """complete, pruned, failed, diverged: together the trials that ended."""
        return count((trial.state, trial.reason) for trial in self.trials)

    @property
    def best(self) -> TrialView | None:
        """The complete trial with the best value; of equals the first."""
        best: TrialView | None = None
        for trial in self.trials:
            if trial.state is not State.COMPLETE or trial.value is None:
                continue
            if best is None or best.value is None or self.settings.objective.better(trial.value, best.value):
                best = trial
        return best

    def trial(self, number: int) -> TrialView | None:
        """The trial with all its epochs, which are read now. Raises StoreError where they cannot be."""
        shown = [trial for trial in self.trials if trial.number == number]
        return next(iter(self.whole(shown)), None)

    def whole(self, trials: Sequence[TrialView]) -> list[TrialView]:
        """These trials with all their epochs, which are read now; of several repeats those of the first. Raises StoreError
        where they cannot be."""
        if not trials:
            return []
        read = Spools(SweepFolder(self.folder).spool).epochs([(trial.number, 0) for trial in trials])
        return [replace(trial, history={one.epoch: one for one in read[trial.number, 0]}) for trial in trials]


@dataclass(frozen=True)
class Listing:
    """The sweeps of a home, oldest first, and a sentence about each that cannot be read or is half deleted."""

    sweeps: tuple[SweepView, ...]
    unreadable: tuple[str, ...]


def list_sweeps(home: str | Path) -> Listing:
    """All sweeps of a home, without their trials' epochs, which would take most of the time to read."""
    place, views, unreadable = Home.at(home), [], []
    for name in place.names():
        try:
            views.append(_view(place.sweep(name), Spools.bare))
        except StoreError as error:
            unreadable.append(str(error))
    unreadable += [f"the deletion of '{name}' was broken off. To end it: sweep delete {name}" for name in left_behind(place)]
    return Listing(tuple(views), tuple(unreadable))


def newest(home: str | Path) -> str | None:
    """The name of the sweep that was started last."""
    return Home.at(home).newest()


def open_sweep(home: str | Path, name: str | None = None) -> SweepView:
    """The sweep of this name, or the newest. Raises InputError where there is none, StoreError where it cannot be read."""
    return _view(Home.at(home).existing(name), Spools.outline)


def count(ended: object) -> dict[str, int]:
    """Counts (state, reason) pairs under complete, pruned, failed and diverged."""
    counts = {"complete": 0, "pruned": 0, "failed": 0, "diverged": 0}
    for state, reason in ended:  # type: ignore[attr-defined]
        if state is State.PRUNED:
            counts["diverged" if reason == Reason.DIVERGED else "pruned"] += 1
        elif state is not State.RUNNING:
            counts[state.value.lower()] += 1
    return counts


def _view(folder: SweepFolder, read: Callable[[Spools], SweepState]) -> SweepView:
    settings = read_settings(folder)
    spools = Spools(folder.spool)
    state = read(spools)
    try:
        text = folder.space.read_text()
    except OSError:
        text = ""
    return SweepView(
        name=folder.name,
        folder=folder.path,
        status=folder.status() or Status.UNFINISHED,
        settings=settings,
        space_text=text,
        trials=tuple(view_of(found, settings.trainings, folder) for found in configurations(state.trials, settings.awaited)),
        programs=count_programs(state.trials, read_choices(folder)),
        remarks=spools.remarks,
    )
