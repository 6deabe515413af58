"""Records of small made-up sweeps."""

import math

from hypothesis import strategies as st

from sweeper.records import Asked, EpochRecord, Outcome, Reason, Start, State, TrialPlan
from sweeper.seeds import Seeds


def plan(number: int, attempt: int = 1) -> TrialPlan:
    configuration = {"model": {"mlp": {"layers": "8"}}, "optimizer": {"adam": {"learning_rate": 0.01}}}
    return TrialPlan(
        number, {"optimizer.adam.learning_rate": 0.01}, configuration, Seeds.of(0, number), 3, phase="random", attempt=attempt
    )


def asked(number: int, attempt: int = 1) -> Asked:
    return Asked(plan(number, attempt), 1000 + attempt)


def start(number: int, attempt: int = 1) -> Start:
    return Start(number, "s", True, "w0", "CPU", 1100 + attempt, attempt=attempt)


def epoch(number: int, at: int, attempt: int = 1, value: float | None = None) -> EpochRecord:
    loss = 1 / (1 + at + number) if value is None else value
    return EpochRecord(number, at, {"val_loss": loss}, {"train": 0.1}, 1000 * attempt + at, attempt=attempt)


def outcome(number: int, attempt: int = 1, state: State = State.COMPLETE, value: float | None = 0.25) -> Outcome:
    reason = {State.COMPLETE: Reason.FINISHED, State.PRUNED: Reason.PRUNER, State.FAILED: Reason.ERROR}[state]
    value = None if state is State.FAILED else value
    return Outcome(
        number, state, reason, value, value, 3, 3, {"train": 0.3}, 1000 * attempt + 50, {"test_loss": 0.3}, attempt=attempt
    )


def trial_records(number: int, epochs: int = 3, attempt: int = 1, ended: State | None = State.COMPLETE) -> list:
    records = [asked(number, attempt), start(number, attempt), *(epoch(number, at, attempt) for at in range(epochs + 1))]
    return records + ([outcome(number, attempt, ended)] if ended else [])


@st.composite
def histories(draw) -> list:
    """All records of a sweep whose trials may have crashed and been tried again, and may not have ended."""
    records = []
    for number in range(draw(st.integers(1, 4))):
        attempts = draw(st.integers(1, 3))
        for attempt in range(1, attempts):
            records += trial_records(number, draw(st.integers(0, 3)), attempt, None)
        ended = draw(st.sampled_from([None, State.COMPLETE, State.PRUNED, State.FAILED]))
        records += trial_records(number, draw(st.integers(0, 3)), attempts, ended)
    return records


NAN = math.nan
