"""A training as the records that our own would have left."""

from __future__ import annotations

import math
from dataclasses import dataclass

from sweeper.records import Asked, EpochRecord, Objective, Outcome, Reason, Record, State, TrialPlan
from sweeper.search.importing.trainings import Evaluation, Training
from sweeper.seeds import Seeds
from sweeper.tracking.layout import ELAPSED

PHASE = "imported"
_ONCE = "test_"
"""Metrics that our own trials measure once, at the best epoch; of an imported curve the value there is kept."""


@dataclass(frozen=True)
class _Course:
    """The evaluations of the objective, from step 1 on and before its first value that is not finite."""

    best: tuple[int, float] | None
    last: float | None
    diverged: bool

    @staticmethod
    def of(training: Training, objective: Objective) -> _Course:
        best, last = None, None
        for evaluation in training.evaluations:
            value = evaluation.metrics.get(objective.metric)
            if value is None:
                continue
            if not math.isfinite(value):
                return _Course(best, last, True)
            if evaluation.step >= 1:
                last = value
                if best is None or objective.better(value, best[1]):
                    best = evaluation.step, value
        return _Course(best, last, False)


def records_of(training: Training, objective: Objective, now: int) -> list[Record]:
    """Plan, evaluations and outcome, with times that end `now` (Unix milliseconds) as far apart as the seconds are."""
    evaluations = training.evaluations
    spent = max((evaluation.seconds or 0.0 for evaluation in evaluations), default=0.0)
    start = now - round(1000 * spent)
    plan = TrialPlan(
        number=training.number,
        parameters=training.parameters,
        configuration={},
        seeds=Seeds(0, 0, 0),
        epochs=evaluations[-1].step,
        phase=PHASE,
        block=training.block,
        repeat=training.repeat,
    )
    rows = [_row(training, evaluation, start) for evaluation in evaluations]
    return [Asked(plan, start), *rows, _outcome(training, objective, spent, now)]


def _row(training: Training, evaluation: Evaluation, start: int) -> EpochRecord:
    metrics = {name: value for name, value in evaluation.metrics.items() if not name.startswith(_ONCE)}
    if evaluation.seconds is not None:
        metrics[ELAPSED] = evaluation.seconds
    time = start + round(1000 * (evaluation.seconds or 0.0))
    return EpochRecord(training.number, evaluation.step, metrics, {}, time, training.repeat)


def _outcome(training: Training, objective: Objective, spent: float, now: int) -> Outcome:
    course = _Course.of(training, objective)
    step, value = course.best or (None, None)
    at_best = next((one.metrics for one in training.evaluations if one.step == step), {})
    state, reason, message = State.COMPLETE, Reason.FINISHED, ""
    if course.diverged:
        state, reason = State.PRUNED, Reason.DIVERGED
    elif value is None:
        state, reason, message = State.FAILED, Reason.ERROR, f"the file has no value of {objective.metric} for it"
    return Outcome(
        trial=training.number,
        state=state,
        reason=reason,
        value=value,
        last=course.last,
        best_epoch=step,
        epochs=training.evaluations[-1].step,
        seconds={"train": spent} if spent else {},
        time=now,
        metrics={name: value for name, value in at_best.items() if name.startswith(_ONCE) and math.isfinite(value)},
        message=message,
        repeat=training.repeat,
    )
