"""A fault in a worker as the outcome of the trial that it ended."""

from __future__ import annotations

import time
import traceback

from sweeper.errors import SweepError
from sweeper.own_code import own_line, own_place
from sweeper.records import Outcome, Reason, State, TrialPlan


def fault(plan: TrialPlan, error: BaseException, reason: Reason, folder: str) -> Outcome:
    """FAILED, with the error's words, and the line where it lies in the user's own code in `folder`, if it does."""
    told = str(error) if isinstance(error, SweepError) else f"{type(error).__name__}: {error}"
    where = "" if isinstance(error, SweepError) else own_line(error, folder)
    return Outcome(
        trial=plan.number,
        state=State.FAILED,
        reason=reason,
        value=None,
        last=None,
        best_epoch=None,
        epochs=0,
        seconds={},
        time=int(time.time() * 1000),
        message=f"{where}: {told}" if where else told,
        place=own_place(error, folder),
        trace="".join(traceback.format_exception(error)),
        repeat=plan.repeat,
        attempt=plan.attempt,
    )
