"""What the repeats of one configuration come to together. Pure.

`trials` are counted, judged and told as configurations; a repeat (one more seed, or another fold of the data) is a training of
its own, with its own records and its own run.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from sweeper.records import Outcome, Reason, State, TrialPlan
from sweeper.tracking.replay import TrialState


@dataclass(frozen=True)
class Combined:
    """A configuration with those of its repeats that were asked for, repeat 0 first.

    `outcome` is the configuration's, or None as long as it has not ended; `spread` is the standard deviation of the repeats'
    values (n - 1 in the denominator), or None where fewer than two have one.
    """

    trials: tuple[TrialState, ...]
    outcome: Outcome | None
    spread: float | None

    @property
    def number(self) -> int:
        return self.trials[0].number

    @property
    def first(self) -> TrialState:
        """Repeat 0, whose parameters are all repeats', and which alone is judged at rungs."""
        return self.trials[0]

    @property
    def plan(self) -> TrialPlan:
        plan = self.first.plan
        assert plan is not None
        return plan


def combine(trials: Sequence[TrialState], repeats: int) -> Combined:
    """The configuration of these `trials`: all that is known of one number, in the order of their repeats.

    `repeats` is how many trainings each configuration has: seeds times folds. One that is judged at rungs is trained once
    before the others begin, and has ended with that if it did not complete. The outcome of a single repeat is the
    configuration's as it stands. Of several: FAILED where one failed, else PRUNED where one diverged, else COMPLETE; `value`,
    `last` and `metrics` are means over the repeats, and missing where one lacks them; `best_epoch` is the (lower) median,
    `epochs` the longest, `seconds` the sum.
    """
    ended = [trial.outcome for trial in trials if trial.outcome is not None]
    whole = len(ended) == len(trials) >= wanted(trials[0], repeats)
    return Combined(tuple(trials), _together(ended) if whole else None, _spread(ended))


def wanted(first: TrialState, repeats: int) -> int:
    """How many trainings a configuration comes to have, as far as its repeat 0 tells by now."""
    judged = first.plan is not None and bool(first.plan.rungs)
    dropped = judged and first.outcome is not None and first.outcome.state is not State.COMPLETE
    return 1 if dropped else repeats


def configurations(trials: Iterable[TrialState], repeats: int) -> list[Combined]:
    """All of a sweep's `trials`, which are in the order of numbers and repeats, by configuration."""
    return [combine(list(group), repeats) for _, group in groupby(trials, key=lambda trial: trial.number)]


def _together(outcomes: Sequence[Outcome]) -> Outcome:
    if len(outcomes) == 1:
        return outcomes[0]
    telling = min(outcomes, key=_severity)  # of equals the first
    epochs = [outcome.best_epoch for outcome in outcomes if outcome.best_epoch is not None]
    names = [name for name in outcomes[0].metrics if all(name in outcome.metrics for outcome in outcomes)]
    return replace(
        telling,
        value=_mean(outcomes, lambda outcome: outcome.value),
        last=_mean(outcomes, lambda outcome: outcome.last),
        best_epoch=statistics.median_low(epochs) if len(epochs) == len(outcomes) else None,
        epochs=max(outcome.epochs for outcome in outcomes),
        seconds=_sums(outcomes),
        time=max(outcome.time for outcome in outcomes),
        metrics={name: statistics.fmean(outcome.metrics[name] for outcome in outcomes) for name in names},
        repeat=0,
    )


def _severity(outcome: Outcome) -> int:
    if outcome.state is State.FAILED:
        return 0
    return 1 if outcome.reason is Reason.DIVERGED else 2


def _mean(outcomes: Sequence[Outcome], of: Callable[[Outcome], float | None]) -> float | None:
    values = [value for outcome in outcomes if (value := of(outcome)) is not None]
    return statistics.fmean(values) if len(values) == len(outcomes) else None


def _spread(outcomes: Sequence[Outcome]) -> float | None:
    values = [outcome.value for outcome in outcomes if outcome.value is not None and math.isfinite(outcome.value)]
    return statistics.stdev(values) if len(values) > 1 else None


def _sums(outcomes: Sequence[Outcome]) -> dict[str, float]:
    sums: dict[str, float] = {}
    for outcome in outcomes:
        for name, seconds in outcome.seconds.items():
            sums[name] = sums.get(name, 0.0) + seconds
    return sums
