"""What becomes of trials whose worker died, and when a sweep is not worth going on with."""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Sequence

from sweeper.records import Outcome, Reason, State, TrialPlan
from sweeper.search.scheduling import Identity, identity
from sweeper.tracking.replay import SweepState, TrialState

CRASHES = 2
"""A trial whose worker died may have been in its way by accident; one that kills a second worker is the cause. It is tried
again alone, so a second death is nobody else's fault."""
ALIKE = 3


class Crashes:
    """Counts, for each trial, the workers that died while they trained it in this run."""

    def __init__(self) -> None:
        self._deaths: Counter[Identity] = Counter()

    def guilty(self, plan: TrialPlan) -> bool:
        """Counts one more, and tells whether that is enough."""
        self._deaths[identity(plan)] += 1
        return self._deaths[identity(plan)] >= CRASHES


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


class Hope:
    """Whether anything can come of a sweep: not where the first three trials failed alike.

    By number, not by time, so that it does not depend on which worker was quicker. Where any training came to a result (in a
    sweep that was resumed with the user's code mended, too), there is hope.
    """

    def __init__(self, state: SweepState) -> None:
        self._state = state
        self._some = any(_came_to_something(trial) for trial in state.trials)

    def lost(self, ended: TrialState) -> Outcome | None:
        """The first outcome, where with this one the first three have failed alike."""
        self._some = self._some or _came_to_something(ended)
        if self._some:
            return None
        firsts = [self._state.find(number) for number in range(ALIKE)]
        return alike([trial.outcome for trial in firsts if trial is not None])


def alike(outcomes: Sequence[Outcome | None]) -> Outcome | None:
    """The first of three outcomes that all failed with the same error at one place of the user's code, or, where the error lies
    elsewhere, with the same words; None where they did not. Words about the user's code name a trial's own values."""
    failed = [outcome for outcome in outcomes if outcome is not None and outcome.state is State.FAILED]
    return failed[0] if len(failed) == ALIKE and len({outcome.place or outcome.message for outcome in failed}) == 1 else None


def _came_to_something(trial: TrialState) -> bool:
    return trial.outcome is not None and trial.outcome.state is not State.FAILED
