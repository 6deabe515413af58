"""Training the best configurations of a sweep again, with fresh seeds: a sweep of its own.

The best trial of many is partly the luckiest: what it came to is better than what it comes to again. Fresh seeds tell the two
apart, for the configurations that were chosen.
"""

from __future__ import annotations

import time
from dataclasses import replace
from itertools import count
from math import comb
from pathlib import Path

from sweeper.errors import InputError
from sweeper.executors.device import choose_device
from sweeper.records import State, Value
from sweeper.search.crew import ENTRY, count_workers
from sweeper.search.extras import check_backend
from sweeper.search.kept import space_of
from sweeper.search.plans import CONFIRM
from sweeper.search.progress import Watch
from sweeper.search.request import SweepRequest, SweepSummary
from sweeper.search.settings import Candidate, Confirmed, Settings
from sweeper.search.sweep import Start, start_sweep
from sweeper.search.view import SweepView, open_sweep
from sweeper.seeds import derive
from sweeper.spaces import Method, SearchSpace
from sweeper.tracking.home import Home, Status

_LEVEL = 0.05


def confirm_sweep(home: str | Path, name: str | None, top: int, seeds: int, watch: Watch, entry: str = ENTRY) -> SweepSummary:
    """Trains the best `top` configurations of each choice (where nothing is compared: of the sweep) with `seeds` fresh seeds,
    in a sweep called NAME-confirm: on the same data, for the same epochs, with the same workers, never pruned.

    Raises InputError for an unknown sweep (None: the newest), one that runs, has no complete trial or is a confirmation itself,
    and data that have changed; else as `run_sweep` does.
    """
    begun = time.monotonic()
    place = Home.at(home)
    folder = place.existing(name)
    view = open_sweep(home, folder.name)
    settings = view.settings
    _check(view)
    candidates = candidates_of(view, top)
    space = _again(space_of(settings, folder, watch), settings, len(candidates), seeds)
    check_backend(settings.backend)
    device = choose_device(settings.device)
    request = SweepRequest(
        source=settings.source,
        home=place.folder,
        seed=derive(settings.seed, CONFIRM),
        workers=settings.workers,
        backend=settings.backend,
        executor=settings.executor,
        lanes=settings.lanes,
        overrides=settings.overrides,
    )
    workers = min(settings.workers, count_workers(None, settings.executor, device, len(candidates) * seeds * space.folds))
    confirmed = Confirmed(settings.name, settings.id, settings.compare, candidates)
    start = Start(request, space, len(candidates), device, workers, False, confirmed, settings.data.digest)
    return start_sweep(start, watch, entry, begun)


def candidates_of(view: SweepView, top: int) -> tuple[Candidate, ...]:
    """The best `top` configurations of each choice, the best of all first. The same parameters count once."""
    better = sorted(
        (
            Candidate(trial.number, trial.value, trial.params)
            for trial in view.trials
            if trial.state is State.COMPLETE and trial.value is not None
        ),
        key=lambda one: (-one.value if view.settings.objective.maximize else one.value, one.trial),
    )
    found: list[Candidate] = []
    for one in better:
        own = [other for other in found if _choice(other, view) == _choice(one, view)]
        if len(own) < top and all(other.parameters != one.parameters for other in own):
            found.append(one)
    return tuple(found)


def _choice(candidate: Candidate, view: SweepView) -> tuple[Value, ...]:
    return tuple(candidate.parameters.get(name) for name in view.settings.compare)


def _check(view: SweepView) -> None:
    name, confirmed = view.name, view.settings.confirmed
    if confirmed is not None:
        raise InputError(
            f"'{name}' trains the best of '{confirmed.sweep}' again already. With more seeds: "
            f"sweep confirm {confirmed.sweep} --seeds {view.settings.repeats * 2}"
        )
    if view.settings.imported:
        raise InputError(
            f"the sweep '{name}' was imported from {view.settings.imported}: another program trained its trials, so they "
            "cannot be trained again here"
        )
    if view.status is Status.RUNNING:
        raise InputError(
            f"the sweep '{name}' is running; its best trials are not known before it ends. See: sweep status {name}"
        )
    if not any(trial.state is State.COMPLETE for trial in view.trials):
        raise InputError(f"the sweep '{name}' has no complete trial, so there is nothing to confirm. See: sweep trials {name}")


def _again(space: SearchSpace, settings: Settings, candidates: int, seeds: int) -> SearchSpace:
    """The space with nothing left to search for: known configurations, a run for each seed."""
    return replace(
        space,
        name=f"{settings.name}-{CONFIRM}",
        header={"question": f"Does what was best in {settings.name} hold with fresh seeds?"},
        budget=replace(space.budget, trials=candidates, epochs=settings.epochs, seconds=None, repeats=seeds),
        sampler=Method(CONFIRM),
        pruner=None,
        baseline=None,
        warnings=(_too_few(candidates, seeds),) if _attainable(seeds, candidates) > _LEVEL else (),
    )


def _too_few(candidates: int, seeds: int) -> str:
    enough = next(more for more in count(seeds + 1) if _attainable(more, candidates) <= _LEVEL)
    return (
        f"{seeds} seeds of each are too few to tell {candidates} configurations from each other, whatever they come to; "
        f"--seeds {enough} are enough."
    )


def _attainable(seeds: int, candidates: int) -> float:
    """The smallest p that so many seeds can give, corrected for setting the best against each of the others: Mann and
    Whitney's, where every seed of one configuration does better than every seed of another."""
    return 2 / comb(2 * seeds, seeds) * (candidates - 1)
