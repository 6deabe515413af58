"""What a crash left, and what mends it: the spool is the truth, Optuna's mirror and MLflow follow it.

`reconcile` is pure. Carrying its actions out twice does what doing it once does, and after that it finds nothing to do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sweeper.tracking.combined import configurations
from sweeper.tracking.layout import INTERRUPTED, STATUS
from sweeper.tracking.replay import Identity, SweepState, TrialState


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
    """Bring a finished trial to MLflow: everything is written again (which changes nothing that is there) and the run ended.

    Of a configuration's repeats the last one to be brought there brings what they came to together as well, before its run
    ends: where all runs have ended, that is there.
    """

    trial: Identity


@dataclass(frozen=True)
class Interrupt:
    """The trial has not ended, and nobody works on it: its run must not go on saying RUNNING."""

    trial: Identity


@dataclass(frozen=True)
class Mirror:
    """Add a finished configuration to Optuna's mirror."""

    number: int


@dataclass(frozen=True)
class Complain:
    """Something that no action mends, for the user to know."""

    text: str


Action = Discard | Adopt | Project | Interrupt | Mirror | Complain


def reconcile(state: SweepState, optuna: Sequence[MirroredTrial], mlflow: Sequence[ChildRun], repeats: int = 1) -> list[Action]:
    """The actions in the order in which they are to be carried out; `mlflow` in the order of the runs' creation, `repeats` how
    many trainings a configuration has."""
    trials = {trial.identity: trial for trial in state.trials}
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
    return actions + _mirror(state, optuna, repeats)


def changes(actions: Sequence[Action]) -> bool:
    """Whether anything is to be done: adopting a run changes no store."""
    return any(not isinstance(action, Adopt) for action in actions)


def mirrored_until(state: SweepState, repeats: int = 1) -> int:
    """How many configurations from the first on have ended: so many can be in the mirror, whose numbers have no gaps."""
    ended = 0
    for found in configurations(state.trials, repeats):
        if found.number != ended or found.outcome is None:
            break
        ended += 1
    return ended


def _runs(identity: Identity, trial: TrialState, run: ChildRun | None) -> list[Action]:
    if trial.outcome is None:
        left = run is not None and (run.status, run.state) != ("KILLED", INTERRUPTED)
        return [Interrupt(identity)] if left else []
    done = run is not None and (run.status, run.state) == (STATUS[trial.outcome.state], trial.outcome.state.value)
    return [] if done else [Project(identity)]


def _mirror(state: SweepState, optuna: Sequence[MirroredTrial], repeats: int) -> list[Action]:
    wanted = mirrored_until(state, repeats)
    if len(optuna) > wanted:
        return [Complain(f"optuna.db has {len(optuna)} trials of this sweep, and the sweep itself has finished {wanted}")]
    return [Mirror(number) for number in range(len(optuna), wanted)]
