"""What a crash left, and what mends it: the spool is the truth, Optuna's mirror and MLflow follow it.

`reconcile` is pure. Carrying its actions out twice does what doing it once does, and after that it finds nothing to do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sweeper.tracking.layout import INTERRUPTED, STATUS
from sweeper.tracking.replay import SweepState, TrialState

Identity = tuple[int, int]
"""Trial and repeat."""


@dataclass(frozen=True)
class ChildRun:
    """A trial's run as MLflow has it; `created` in Unix milliseconds."""

    run_id: str
    trial: int
    repeat: int
    status: str
    state: str
    created: int


@dataclass(frozen=True)
class MirroredTrial:
    """A trial as the mirror has it."""

    number: int
    state: str
    value: float | None


@dataclass(frozen=True)
class Discard:
    """This run is one too many: its creation was repeated, or it is of a trial that was never asked for."""

    run_id: str


@dataclass(frozen=True)
class Adopt:
    """This run is the trial's."""

    trial: Identity
    run_id: str


@dataclass(frozen=True)
class Project:
    """Bring a finished trial to MLflow: everything is written again (which changes nothing that is there) and the run ended."""

    trial: Identity


@dataclass(frozen=True)
class Interrupt:
    """The trial has not ended, and nobody works on it: its run must not go on saying RUNNING."""

    trial: Identity


@dataclass(frozen=True)
class Mirror:
    """Add a finished trial to Optuna's mirror."""

    trial: Identity


@dataclass(frozen=True)
class Complain:
    """Something that no action mends, for the user to know."""

    text: str


Action = Discard | Adopt | Project | Interrupt | Mirror | Complain


def reconcile(state: SweepState, optuna: Sequence[MirroredTrial], mlflow: Sequence[ChildRun]) -> list[Action]:
    """The actions in the order in which they are to be carried out; `mlflow` in the order of the runs' creation."""
    trials = {(trial.number, trial.repeat): trial for trial in state.trials}
    canonical: dict[Identity, ChildRun] = {}
    actions: list[Action] = []
    for run in mlflow:
        identity = (run.trial, run.repeat)
        if identity in canonical or identity not in trials:
            actions.append(Discard(run.run_id))
        else:
            canonical[identity] = run
            actions.append(Adopt(identity, run.run_id))
    for identity, trial in trials.items():
        actions += _runs(identity, trial, canonical.get(identity))
    return actions + _mirror(trials, optuna)


def changes(actions: Sequence[Action]) -> bool:
    """Whether anything is to be done: adopting a run changes no store."""
    return any(not isinstance(action, Adopt) for action in actions)


def mirrored_until(trials: Sequence[TrialState]) -> int:
    """How many trials from the first on have ended: so many can be in the mirror, whose numbers have no gaps."""
    for position, trial in enumerate(trials):
        if trial.outcome is None:
            return position
    return len(trials)


def _runs(identity: Identity, trial: TrialState, run: ChildRun | None) -> list[Action]:
    if trial.outcome is None:
        left = run is not None and (run.status, run.state) != ("KILLED", INTERRUPTED)
        return [Interrupt(identity)] if left else []
    done = run is not None and (run.status, run.state) == (STATUS[trial.outcome.state], trial.outcome.state.value)
    return [] if done else [Project(identity)]


def _mirror(trials: dict[Identity, TrialState], optuna: Sequence[MirroredTrial]) -> list[Action]:
    ordered = [trials[identity] for identity in sorted(trials)]
    wanted = mirrored_until(ordered)
    if len(optuna) > wanted:
        return [Complain(f"optuna.db has {len(optuna)} trials of this sweep, and the sweep itself has finished {wanted}")]
    return [Mirror((trial.number, trial.repeat)) for trial in ordered[len(optuna) : wanted]]
