"""A running sweep told in plain lines, for logs and pipes; and the lines that the live display says too."""

from __future__ import annotations

from collections.abc import Callable

from sweeper.cli.screen.progress import Progress
from sweeper.cli.screen.text import counted, duration, line, number, parameters, plural, without_password
from sweeper.search.progress import Event, Note, Preparing, Started, TrialEnded


class Lines:
    """A line for each tenth of the trials, and for whatever is said once. `say` prints a line."""

    def __init__(self, say: Callable[[str], None], progress: Progress) -> None:
        self._say, self._progress, self._tenth = say, progress, 0

    def __call__(self, event: Event) -> None:
        self._progress.take(event)
        if isinstance(event, Preparing | Note):
            self._say(line(event.text))
        elif isinstance(event, Started):
            self._say(opening(event))
            self._tenth = _tenth(self._progress)
        elif isinstance(event, TrialEnded) and _tenth(self._progress) > self._tenth:
            self._tenth = _tenth(self._progress)
            self._say(standing(self._progress))


def _tenth(progress: Progress) -> int:
    trials = progress.started.trials if progress.started else 0
    return 10 * progress.done // trials if trials else 0


def opening(started: Started) -> str:
    """Which sweep, where it computes, and where its runs go."""
    workers = plural(started.workers, "worker")
    times = f", each trained {started.repeats} times" if started.repeats > 1 else ""
    resumed = f", {started.resumed} of them done before" if started.resumed else ""
    return (
        f"{line(started.name)}: {plural(started.trials, 'trial')} of {plural(started.epochs, 'epoch')}{times}{resumed}, "
        f"{workers} on {line(started.device)}, runs go to {without_password(started.tracking_uri)}"
    )


def standing(progress: Progress) -> str:
    """`12 of 60 trials (11 complete, 1 pruned), 95 a minute, 30 s left, best val_loss 0.081 (trial 7)`."""
    if progress.best is None or progress.started is None:
        return pace(progress)
    plan, outcome = progress.best
    return f"{pace(progress)}, best {line(progress.started.objective)} {number(outcome.value)} (trial {plan.number})"


def pace(progress: Progress) -> str:
    """`12 of 60 trials (11 complete, 1 pruned), 95 a minute, 30 s left`."""
    total = progress.started.trials if progress.started else 0
    parts = [f"{progress.done} of {plural(total, 'trial')} ({counted(progress.counts)})"]
    if progress.per_minute:
        parts.append(f"{progress.per_minute:.3g} a minute")
    if progress.seconds_left:
        parts.append(f"{duration(progress.seconds_left)} left")
    return ", ".join(parts)


def best_line(progress: Progress) -> str:
    """The best trial so far with its parameters, or nothing."""
    if progress.best is None or progress.started is None:
        return ""
    plan, outcome = progress.best
    value = f"{line(progress.started.objective)} {number(outcome.value)} at epoch {outcome.best_epoch}"
    return f"best  trial {plan.number}  {value}  {parameters(plan.parameters)}"
