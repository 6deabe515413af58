"""MLflow and Optuna's mirror of one sweep, as the parent opens, mends and closes them. Imports both."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from sweeper import __version__
from sweeper.records import State
from sweeper.search.programs import Programs
from sweeper.search.provenance import git_commit, machine, user
from sweeper.search.request import SweepSummary
from sweeper.search.settings import Settings
from sweeper.search.study import distributions_of
from sweeper.spaces import Drawn, SearchSpace
from sweeper.spaces.tree import Range
from sweeper.spaces.wording import shown
from sweeper.tracking import layout
from sweeper.tracking.home import Home, SweepFolder, write_atomically
from sweeper.tracking.layout import INTERRUPTED, Row, SweepFacts
from sweeper.tracking.mlflow_store import MlflowStore
from sweeper.tracking.optuna_mirror import OptunaMirror
from sweeper.tracking.projector import Described, Projector
from sweeper.tracking.reading import Spools
from sweeper.tracking.reconcile import Action, changes, reconcile
from sweeper.tracking.replay import SweepState, TrialState


class Stores:
    """`uri`, `experiment_id` and `parent` (the sweep's run) say where the runs are."""

    def __init__(self, home: Home, folder: SweepFolder, settings: Settings, space: SearchSpace) -> None:
        """Opens both, making what is missing. Raises InputError for an MLflow that cannot be reached, StoreError."""
        self._settings, self._space, self._folder = settings, space, folder
        self._store = MlflowStore(home)
        self.uri, self.experiment_id = self._store.uri, self._store.experiment_id
        self.facts = facts_of(settings, space)
        self.parent = self._begun()
        about = {"sweeper.sweep": settings.name, "sweeper.seed": settings.seed, "mlflow_run_id": self.parent}
        self._mirror = OptunaMirror(home, settings.study_name, settings.id, settings.objective.maximize, about)
        self.study_name = self._mirror.name
        self._descriptions = _Descriptions(space)
        spools = Spools(folder.spool)
        self.projector = Projector(self._store, self._mirror, self.facts, self.parent, self._descriptions, spools)

    def describe(self, number: int, drawn: Drawn) -> None:
        """Remembers what a trial's values are, so that the drain's thread need not work it out."""
        self._descriptions.remember(number, drawn)

    def needed(self, state: SweepState) -> list[Action]:
        """What `reconcile` finds to do."""
        children = self._store.children(self._settings.id)
        return reconcile(state, self._mirror.trials(), children, self._settings.trainings)

    def mend(self, state: SweepState, actions: Sequence[Action], time: int) -> bool:
        """Carries the actions out; gives whether anything changed."""
        self.projector.carry_out(actions, {trial.identity: trial for trial in state.trials}, time)
        return changes(actions)

    def reopen(self) -> None:
        """The sweep's run is RUNNING again, and may have more trials to come; the param `budget.trials` stays what it was."""
        tags = {"sweeper.state": State.RUNNING.value, "sweeper.trials": str(self._settings.trials)}
        self._store.log(self.parent, tags=tags)
        self._store.set_status(self.parent, "RUNNING")

    def interrupt(self, trials: Sequence[TrialState], time: int) -> None:
        """No trial's run is left RUNNING."""
        self.projector.interrupt_all({trial.identity: trial for trial in trials}, time)

    def pause(self, time: int) -> None:
        """The sweep was stopped and can be resumed."""
        self._store.log(self.parent, tags={"sweeper.state": INTERRUPTED})
        self._close("KILLED", time)

    def finish(self, summary: SweepSummary, time: int) -> None:
        """The sweep's run with its result. Step: the number of trials, so a resumed sweep's stands beside it."""
        trials = sum(summary.counts.values())
        rows = [Row(f"trials_{name}", float(count), time, trials) for name, count in summary.counts.items()]
        state = State.COMPLETE if summary.counts["complete"] else State.FAILED
        tags = {"sweeper.state": state.value}
        if summary.best is not None:
            rows += [
                Row("objective", summary.best.value, time, trials),
                Row("best_epoch", float(summary.best.epoch), time, trials),
            ]
            tags["sweeper.best.trial"] = str(summary.best.trial)
        tags |= program_tags(summary.programs)
        self._store.log(self.parent, rows, tags=tags)
        self._close(layout.STATUS[state], time)

    def ended(self) -> bool:
        """Whether the sweep's run says that the sweep is done."""
        return self._store.status(self.parent) in ("FINISHED", "FAILED")

    def _begun(self) -> str:
        """The sweep's run, made where it is missing. One that `sweep.json` does not know may lack what it is begun with."""
        known = self._store.sweep_run(self._settings.id)
        run = known or self._store.begin(self._settings.name, layout.parent_tags(self.facts), self.facts.started)
        if known is None or not self._settings.run_id:
            self._store.log(run, params=layout.parent_params(self.facts))
            self._store.log_data(run, self.facts.data)
            self._store.log_artifact(run, self._folder.space)
            data = self._folder.path / "data.json"
            write_atomically(data, self.facts.data.to_json())
            self._store.log_artifact(run, data)
        return run

    def _close(self, status: str, time: int) -> None:
        """Ends the sweep's run, with everything else on the disk before: what says that all is there is the last to be so."""
        self._mirror.bring_to_disk()
        self._store.bring_to_disk()
        self._store.set_status(self.parent, status, time)
        self._store.bring_to_disk()


class _Descriptions:
    """What configurations are described as, from their first run to the mirror."""

    def __init__(self, space: SearchSpace) -> None:
        self._space = space
        self._known: dict[int, Described] = {}

    def remember(self, number: int, drawn: Drawn) -> None:
        self._known[number] = Described(drawn.settings, distributions_of(self._space, drawn.parameters))

    def of(self, trial: TrialState) -> Described:
        assert trial.plan is not None
        if trial.number not in self._known:
            self.remember(trial.number, self._space.at(trial.plan.parameters))
        return self._known[trial.number]

    def forget(self, number: int) -> None:
        self._known.pop(number, None)


def program_tags(programs: Programs) -> dict[str, str]:
    """What compiling came to, on the sweep's run."""
    return {
        "sweeper.programs.structures": str(programs.structures),
        "sweeper.programs.compiled": str(programs.compiled),
        "sweeper.programs.seconds": f"{programs.seconds:.3f}",
        "sweeper.programs.found": str(programs.found),
        "sweeper.lanes.used": "; ".join(map(str, programs.lanes)),
    }


def facts_of(settings: Settings, space: SearchSpace) -> SweepFacts:
    return SweepFacts(
        name=settings.name,
        id=settings.id,
        question=settings.question,
        objective=settings.objective,
        data=settings.data,
        source=settings.source,
        command=f"sweep run {settings.source}" if settings.confirmed is None else f"sweep confirm {settings.confirmed.sweep}",
        version=__version__,
        user=user(),
        commit=settings.git_commit or git_commit(Path(settings.folder)),
        started=settings.created,
        fixed={
            **space.fixed(),
            "budget.trials": settings.trials,
            "budget.epochs": settings.epochs,
            "budget.time": settings.time,
            "budget.repeats": settings.repeats,
            "seed": settings.seed,
        },
        repeats=settings.trainings,
        searched=tuple(leaf.name for leaf in space.leaves),
        about={
            "compare": ", ".join(settings.compare),
            "ranges": json.dumps(_ranges(space)),
            "choices": json.dumps({path: list(map(shown, values)) for path, values in space.choices.items()}),
            "sampler": settings.sampler,
            "pruner": settings.pruner or "none",
            "seed": settings.seed,
            "design": settings.design,
            "trials": settings.trials,
            "repeats": settings.repeats,
            "folds": settings.folds,
            "workers": settings.workers,
            "lanes": settings.lanes or "auto",
            "threads": settings.threads,
            "device": settings.device,
            "backend": settings.backend,
            "ahead": settings.ahead,
            "machine": machine(),
            "overrides": json.dumps(settings.overrides),
            **_confirmed(settings),
            **{f"version.{package}": found for package, found in settings.versions.items()},
        },
    )


def _confirmed(settings: Settings) -> dict[str, object]:
    """What a sweep that trains the best of another again says of that one."""
    found = settings.confirmed
    if found is None:
        return {}
    return {
        "confirms": found.sweep,
        "confirms.id": found.id,
        "confirms.compare": ", ".join(found.compare),
        "confirms.trials": ", ".join(str(candidate.trial) for candidate in found.candidates),
        "confirms.values": ", ".join(repr(candidate.value) for candidate in found.candidates),
    }


def _ranges(space: SearchSpace) -> dict[str, list[float | str]]:
    """The ranges that are searched, as a report reads them: both ends, and a step or `log` where there is one."""
    found: dict[str, list[float | str]] = {}
    for leaf in space.leaves:
        if isinstance(leaf.node, Range):
            node = leaf.node
            step = node.step or (1 if node.kind == "int" else 0)
            found[leaf.name] = [node.low, node.high, *(["log"] if node.log else [step] if step else [])]
    return found
