"""What becomes of a trial whose worker died, and when a sweep is not worth going on with."""

from __future__ import annotations

import signal
from collections.abc import Sequence
from dataclasses import replace

from sweeper.records import Outcome, Reason, State, TrialPlan
from sweeper.tracking.replay import TrialState

CRASHES = 2
"""A trial whose worker died may have been in its way by accident; one that kills a second worker is the cause."""
ALIKE = 3


def again(plan: TrialPlan, crashes: int) -> TrialPlan | None:
    """The next attempt of a trial that has crashed so many times in this run, or None if that is enough."""
    return replace(plan, attempt=plan.attempt + 1) if crashes < CRASHES else None


def crashed(trial: TrialState, plan: TrialPlan, exit_code: int, worker: str, time: int) -> Outcome:
    """The outcome of a trial that killed its workers; what it had reached stays in its curves."""
    return Outcome(
        trial=plan.number,
        state=State.FAILED,
        reason=Reason.CRASHED,
        value=None,
        last=None,
        best_epoch=None,
        epochs=max(trial.epochs, default=0),
        seconds={},
        time=time,
        message=f"the worker's process {how(exit_code)}, {CRASHES} times",
        worker=worker,
        repeat=plan.repeat,
        attempt=plan.attempt,
    )


def how(exit_code: int) -> str:
    """How a process ended, in words."""
    if exit_code >= 0:
        return f"ended by itself with status {exit_code}"
    try:
        name = signal.Signals(-exit_code).name
    except ValueError:
        name = f"signal {-exit_code}"
    return f"was killed by {name}" + (" (out of memory, most likely)" if name == "SIGKILL" else "")


def hopeless(trials: Sequence[TrialState]) -> Outcome | None:
    """The first outcome, where the first three trials all failed with the same words: then the rest would as well.

    By number, not by time, so that it does not depend on which worker was quicker. Where any trial came to a result (a sweep
    that was resumed with the user's code mended), nothing is hopeless.
    """
    if any(trial.outcome is not None and trial.outcome.state is not State.FAILED for trial in trials):
        return None
    outcomes = [trial.outcome for trial in trials[:ALIKE]]
    first = outcomes[0] if outcomes else None
    if len(outcomes) < ALIKE or first is None or first.state is not State.FAILED:
        return None
    alike = all(
        outcome is not None and (outcome.state, outcome.message) == (first.state, first.message) for outcome in outcomes
    )
    return first if alike else None
