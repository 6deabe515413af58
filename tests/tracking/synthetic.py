"""Records of small made-up sweeps."""

import math

from hypothesis import strategies as st

from sweeper.records import Asked, EpochRecord, Outcome, Reason, Start, State, TrialPlan
from sweeper.seeds import Seeds


def plan(number: int, attempt: int = 1, repeat: int = 0, rungs: tuple[int, ...] = ()) -> TrialPlan:
    configuration = {"model": {"mlp": {"layers": "8"}}, "optimizer": {"adam": {"learning_rate": 0.01}}}
    return TrialPlan(
        number,
        {"optimizer.adam.learning_rate": 0.01},
        configuration,
        Seeds.of(0, number),
        3,
        rungs,
        phase="random",
        repeat=repeat,
        attempt=attempt,
    )


def asked(number: int, attempt: int = 1, repeat: int = 0, rungs: tuple[int, ...] = ()) -> Asked:
    return Asked(plan(number, attempt, repeat, rungs), 1000 + attempt)


def start(number: int, attempt: int = 1, repeat: int = 0) -> Start:
    return Start(number, "s", True, "w0", "CPU", 1100 + attempt, repeat, attempt)


def epoch(number: int, at: int, attempt: int = 1, value: float | None = None, repeat: int = 0) -> EpochRecord:
    loss = 1 / (1 + at + number) if value is None else value
    return EpochRecord(number, at, {"val_loss": loss}, {"train": 0.1}, 1000 * attempt + at, repeat, attempt)


def outcome(
    number: int, attempt: int = 1, state: State = State.COMPLETE, value: float | None = 0.25, repeat: int = 0
) -> Outcome:
    reason = {State.COMPLETE: Reason.FINISHED, State.PRUNED: Reason.PRUNER, State.FAILED: Reason.ERROR}[state]
    value = None if state is State.FAILED else value
    return Outcome(
        number,
        state,
        reason,
        value,
        value,
        3,
        3,
        {"train": 0.3},
        1000 * attempt + 50,
        {"test_loss": 0.3},
        repeat=repeat,
        attempt=attempt,
    )


def trial_records(
    number: int,
    epochs: int = 3,
    attempt: int = 1,
    ended: State | None = State.COMPLETE,
    repeat: int = 0,
    rungs: tuple[int, ...] = (),
    value: float = 0.25,
) -> list:
    records = [
        asked(number, attempt, repeat, rungs),
        start(number, attempt, repeat),
        *(epoch(number, at, attempt, repeat=repeat) for at in range(epochs + 1)),
    ]
    return records + ([outcome(number, attempt, ended, value, repeat)] if ended else [])


@st.composite
def histories(draw, repeats: int = 1) -> list:
    """All records of a sweep whose trials may have crashed and been tried again, and may not have ended.

    With `repeats`, some configurations are judged: their others begin when the first is complete.
    """
    records = []
    for number in range(draw(st.integers(1, 4))):
        judged = repeats > 1 and draw(st.booleans())
        for repeat in range(draw(st.integers(1, repeats))):
            rungs = (1,) if judged and repeat == 0 else ()
            attempts = draw(st.integers(1, 3))
            for attempt in range(1, attempts):
                records += trial_records(number, draw(st.integers(0, 3)), attempt, None, repeat, rungs)
            ended = draw(st.sampled_from([None, State.COMPLETE, State.PRUNED, State.FAILED]))
            value = draw(st.sampled_from([0.25, 0.5]))
            records += trial_records(number, draw(st.integers(0, 3)), attempts, ended, repeat, rungs, value)
            if judged and ended is not State.COMPLETE:
                break
    return records


NAN = math.nan
