"""A running sweep in plain lines and as a live table, from the same events."""

from __future__ import annotations

import io
from dataclasses import replace

from rich.console import Console

from sweeper.cli.screen.lines import Lines
from sweeper.cli.screen.live import live
from sweeper.cli.screen.progress import Progress
from sweeper.records import EpochRecord, Outcome, Reason, State, TrialPlan
from sweeper.search.progress import (
    EpochEnded,
    Event,
    Note,
    Preparing,
    RepeatEnded,
    Started,
    TrialEnded,
    TrialStarted,
)
from sweeper.seeds import Seeds


class Clock:
    def __init__(self) -> None:
        self.time = 0.0

    def __call__(self) -> float:
        return self.time


def plan(number: int) -> TrialPlan:
    params = {"optimizer": "adam", "optimizer.adam.learning_rate": 0.003}
    return TrialPlan(number, params, {}, Seeds(0, 0, 0), epochs=5)


def started(trials: int, resumed: int = 0) -> Started:
    uri = "https://me:secret@runs.example.org"
    return Started("dig\x1b[31mits", trials, 5, "val_loss", False, "cpu", 2, uri, "1", "r", resumed)


def ended(number: int, value: float | None, state: State = State.COMPLETE, reason: Reason = Reason.FINISHED) -> TrialEnded:
    return TrialEnded(plan(number), Outcome(number, state, reason, value, value, 3, 5, {}, 0))


def told(events: list[Event], clock: Clock | None = None) -> list[str]:
    lines: list[str] = []
    watch = Lines(lines.append, Progress(now=clock or Clock()))
    for event in events:
        watch(event)
    return lines


def test_what_is_said_once_is_a_line_each() -> None:
    lines = told([Preparing("starting 2 workers"), started(10), Note("a\nwarning")])
    assert lines[0] == "starting 2 workers"
    assert lines[1] == "digits: 10 trials of 5 epochs, 2 workers on cpu, runs go to https://runs.example.org"
    assert lines[2] == "a warning"


def test_there_is_a_line_for_each_tenth_and_no_more() -> None:
    trials = [event for number in range(100) for event in (TrialStarted(plan(number), "w1"), ended(number, 1.0))]
    lines = told([started(100), *trials])
    assert [line.split(" of ")[0] for line in lines[1:]] == [str(10 * tenth) for tenth in range(1, 11)]


def test_few_trials_have_a_line_each() -> None:
    assert len(told([started(3), ended(0, 1.0), ended(1, 2.0), ended(2, 3.0)])) == 4


def test_a_resumed_sweep_counts_on() -> None:
    lines = told([started(10, resumed=5), ended(5, 1.0)])
    assert ", 5 of them done before, " in lines[0]
    assert lines[1].startswith("6 of 10 trials")


def test_rate_and_time_left_come_from_this_run_alone() -> None:
    clock = Clock()
    progress = Progress(now=clock)
    progress.take(started(20, resumed=10))
    clock.time = 30.0
    for number in range(5):
        progress.take(ended(number, 1.0))
    assert progress.per_minute == 10.0
    assert progress.seconds_left == 30.0


def test_only_complete_trials_are_best_and_every_end_is_counted() -> None:
    progress = Progress(now=Clock())
    progress.take(started(4))
    for event in (
        ended(0, 0.5),
        ended(1, 0.1, State.PRUNED, Reason.PRUNER),
        ended(2, None, State.PRUNED, Reason.DIVERGED),
        ended(3, None, State.FAILED, Reason.ERROR),
    ):
        progress.take(event)
    assert progress.counts == {"complete": 1, "pruned": 1, "failed": 1, "diverged": 1}
    assert progress.best is not None
    assert progress.best[0].number == 0


def test_the_live_table_shows_what_runs() -> None:
    console = Console(file=io.StringIO(), force_terminal=True, width=120, color_system=None)
    with live(console) as watch:
        watch(started(4))
        watch(TrialStarted(plan(7), "w1"))
        for epoch in range(4):
            watch(EpochEnded(EpochRecord(7, epoch, {"val_loss": 4.0 - epoch}, {}, 0)))
        watch(ended(1, 0.25))
    drawn = console.file.getvalue()  # type: ignore[attr-defined]
    assert "3/5" in drawn
    assert "█▅▁" in drawn
    assert "adam, learning_rate 0.003" in drawn
    assert "best  trial 1  val_loss 0.250 at epoch" in drawn
    assert "secret" not in drawn


def test_a_resumed_sweep_counts_and_praises_what_was_done_before() -> None:
    clock = Clock()
    done = [ended(0, 0.1), ended(1, None, State.PRUNED, Reason.DIVERGED)]
    begun = replace(started(4, resumed=2), earlier=tuple((event.plan, event.outcome) for event in done))
    progress = Progress(now=clock)
    progress.take(begun)
    clock.time = 60.0
    progress.take(ended(2, 0.5))
    assert (progress.ended, progress.done, progress.per_minute) == (1, 3, 1.0)
    assert progress.counts == {"complete": 2, "pruned": 0, "failed": 0, "diverged": 1}
    assert progress.best is not None and progress.best[0].number == 0


def drawn(events: list[Event]) -> str:
    console = Console(file=io.StringIO(), force_terminal=True, width=120, color_system=None)
    with live(console) as watch:
        for event in events:
            watch(event)
    return str(console.file.getvalue())  # type: ignore[attr-defined]


def test_repeats_run_each_by_itself_and_count_once() -> None:
    progress = Progress(now=Clock())
    progress.take(replace(started(4), repeats=2))
    plans = [replace(plan(3), repeat=repeat) for repeat in range(2)]
    for one in plans:
        progress.take(TrialStarted(one, "w0"))
    progress.take(EpochEnded(EpochRecord(3, 1, {"val_loss": 0.5}, {}, 0, repeat=1)))
    assert [trial.epoch for trial in progress.running.values()] == [0, 1]
    end = ended(3, 0.25)
    progress.take(RepeatEnded(plans[0], end.outcome))
    assert (list(progress.running), progress.done) == ([(3, 1)], 0)
    progress.take(RepeatEnded(plans[1], end.outcome))
    progress.take(end)
    assert (progress.running, progress.done, progress.counts["complete"]) == ({}, 1, 1)


def test_a_sweep_with_repeats_says_so_and_names_them_in_its_table() -> None:
    begun = replace(started(4), repeats=3)
    assert "4 trials of 5 epochs, each trained 3 times, 2 workers" in told([begun])[0]
    assert "7.2" in drawn([begun, TrialStarted(replace(plan(7), repeat=2), "w0")])


def test_the_live_table_is_no_longer_than_a_terminal() -> None:
    screen = drawn([started(80), *(TrialStarted(plan(number), "w0") for number in range(64))])
    assert "and 52 more" in screen
    assert "   11 " in screen and "   12 " not in screen
