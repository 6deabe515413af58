"""What a comparison settles, and what the next budget has to hold."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sweeper.reporting.story.subject import Subject
from sweeper.spaces.changes import Only, To, Without
from tests.reporting.refining.sweeps import Row, changes, proposal, subject_of, trial

SPACE = """\
compare: optimizer
data: digits
model: mlp
optimizer: {choice: [sgd, adam, nadam]}
budget: {trials: 36, epochs: 20}
"""
NOISE = 0.01


def compared(means: Mapping[str, float], blocks: int = 12, seconds: Mapping[str, float] | None = None) -> Subject:
    """Blocks of choices whose values lie around these means."""
    random = np.random.default_rng(5)
    rows: list[Row] = []
    for block in range(blocks):
        hard = random.normal(0, 0.2)
        for choice, mean in means.items():
            value = 1 + mean + hard + random.normal(0, NOISE / 4)
            others = {"seconds_per_epoch": (seconds or {}).get(choice, 0.01), "noise": NOISE, "phase": "paired"}
            rows.append(trial(len(rows), value, {"optimizer": choice}, block=block, choice=choice, **others))
    return subject_of(rows, SPACE, "paired")


def test_the_one_that_beats_all_others_is_fixed() -> None:
    found = changes(compared({"sgd": 0.4, "adam": 0.2, "nadam": 0.3}))
    assert found["optimizer"].becomes == Only("adam")
    assert "sgd did worse than adam (win probability 1.00" in found["optimizer"].reason
    assert "nadam did worse than adam" in found["optimizer"].reason
    assert found["budget.trials"].becomes == To(20)


def test_the_clearly_worse_one_is_dropped_and_equals_are_one() -> None:
    found = changes(compared({"sgd": 0.4, "adam": 0.2, "nadam": 0.2}))
    assert found["optimizer"].becomes == Only("adam")
    assert "nadam shows no practical difference from adam (12 pairs)" in found["optimizer"].reason


def test_of_equals_the_faster_one_stays() -> None:
    found = changes(compared({"sgd": 0.4, "adam": 0.2, "nadam": 0.2}, seconds={"adam": 0.02}))
    assert found["optimizer"].becomes == Only("nadam")
    assert "an epoch of nadam takes 0.010 s against 0.020" in found["optimizer"].reason


def test_what_is_undecided_stays_and_gets_more_trials() -> None:
    random = np.random.default_rng(6)
    rows = [
        trial(3 * block + place, 1 + place + random.normal(0, 0.3) * (place < 2), {"optimizer": choice},
              block=block, choice=choice, phase="paired", noise=NOISE)
        for block in range(12) for place, choice in ((0, "sgd"), (0, "adam"), (2, "nadam"))
    ]  # fmt: skip
    found = proposal(subject_of(rows, SPACE, "paired"))
    by_path = {change.path: change for change in found.changes}
    assert by_path["optimizer"].becomes == Without(("nadam",))
    assert by_path["budget.trials"].says == "raised from 36 to 72"
    assert "1 pair of 2 choices is open" in by_path["budget.trials"].reason
    [sentence] = found.open
    assert "sweep resume mine --trials +" in sentence


def test_a_choice_whose_own_range_is_wrong_is_not_dropped_for_it() -> None:
    space = SPACE.replace(
        "{choice: [sgd, adam, nadam]}", "{choice: {sgd: {learning_rate: {float: [1e-4, 1e-2], log: true}}, adam: , nadam: }}"
    )
    rows = []
    for block in range(15):
        place = (block + 0.5) / 15
        for choice, value in (("sgd", 2 - place), ("adam", 0.1), ("nadam", 0.5)):
            params = {"optimizer": choice} | ({"optimizer.sgd.learning_rate": 1e-4 * 100**place} if choice == "sgd" else {})
            rows.append(trial(len(rows), value, params, block=block, choice=choice, phase="paired", noise=NOISE))
    found = changes(subject_of(rows, space, "paired"))
    assert "optimizer.sgd.learning_rate" in found
    assert found["optimizer"].becomes == Without(("nadam",))


def test_a_sampler_that_learned_settles_nothing() -> None:
    subject = compared({"sgd": 0.4, "adam": 0.2, "nadam": 0.3})
    learned = subject_of(subject.trials.to_dict("records"), SPACE, "tpe")  # type: ignore[arg-type]
    assert changes(learned) == {}
    assert proposal(learned).untold.startswith("No range is narrowed and no value dropped")


def test_crossed_choices_lose_a_value_that_loses_everywhere() -> None:
    space = SPACE.replace("compare: optimizer", "compare: [optimizer, initializer]").replace(
        "[sgd, adam, nadam]}", "[sgd, adam]}\ninitializer: {choice: [he_normal, zeros]}"
    )
    random = np.random.default_rng(7)
    rows = [
        trial(4 * block + place, 1.0 * (initializer == "zeros") + 0.001 * random.normal(),
              {"optimizer": optimizer, "initializer": initializer},
              block=block, choice=f"{optimizer} · {initializer}", phase="paired", noise=NOISE)
        for block in range(12)
        for place, (optimizer, initializer) in enumerate((o, i) for o in ("sgd", "adam") for i in ("he_normal", "zeros"))
    ]  # fmt: skip
    found = changes(subject_of(rows, space, "paired"))
    assert found["initializer"].becomes == Only("he_normal")
    assert found["initializer"].reason.startswith("in every combination: zeros did worse than")
    assert "optimizer" not in found
    assert found["budget.trials"].becomes == To(24)


def test_a_combination_that_is_beaten_stays_with_its_values() -> None:
    """The blocks of the next space hold it still, so their number stays too."""
    space = SPACE.replace("compare: optimizer", "compare: [optimizer, initializer]").replace(
        "[sgd, adam, nadam]}", "[sgd, adam]}\ninitializer: {choice: [he_normal, zeros]}"
    )
    worth = {("sgd", "he_normal"): 0.3, ("sgd", "zeros"): 0.1, ("adam", "he_normal"): 0.1, ("adam", "zeros"): 0.1}
    random = np.random.default_rng(8)
    rows = [
        trial(4 * block + place, value + 0.001 * random.normal(), {"optimizer": optimizer, "initializer": initializer},
              block=block, choice=f"{optimizer} · {initializer}", phase="paired", noise=NOISE)
        for block in range(12) for place, ((optimizer, initializer), value) in enumerate(worth.items())
    ]  # fmt: skip
    assert changes(subject_of(rows, space, "paired")) == {}
