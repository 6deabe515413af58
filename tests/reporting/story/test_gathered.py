"""Pairs that say the same are told in one sentence, which says no more than the weakest of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import product

import pytest

from sweeper.reporting import EveryFrame
from sweeper.reporting.story.compared.gathered import gathered, groups
from sweeper.reporting.story.findings import findings
from sweeper.reporting.story.subject import Subject
from sweeper.reporting.story.tell import tell
from tests.reporting.refining.sweeps import subject_of, trial
from tests.reporting.synthetic import Planted, Trial

BLOCKS = 10


def paired(
    levels: Mapping[str, float], labels: Mapping[str, str] = {}, diverged: tuple[str, ...] = (), blocks: int = BLOCKS
) -> Subject:
    """A trial of each choice in each block: the choice's level, and 0.001 times the block times the choice's place."""
    rows = []
    for number, (block, (place, choice)) in enumerate(product(range(blocks), enumerate(levels))):
        about = {"choice": choice, "block": block, "noise": 0.05, "phase": "paired", "label": labels.get(choice, "healthy")}
        value = None if choice in diverged else levels[choice] + 0.001 * block * place
        rows.append(trial(number, value, {"optimizer": choice}, **about, **({} if value else {"reason": "diverged"})))
    return subject_of(rows, "", "paired", compare=("optimizer",), searched=("optimizer",))


def test_one_loser_is_told_once() -> None:
    """In block b, c lies 0.4 + 0.002 b above a and 0.4 + 0.001 b above b: medians of means of two blocks 0.409 and 0.4045.
    Ten wins of ten have Wilson's lower end 10 / (10 + 1.96²) = 0.72; signed ranks give p = 2 / 2^10, times three."""
    told = gathered(paired({"a": 0.1, "b": 0.1, "c": 0.5}))
    assert told.keys() == {("optimizer", "a", "c"), ("optimizer", "b", "c")} and len(set(told.values())) == 1
    assert told["optimizer", "a", "c"].startswith("a and b did better than c: validation loss 0.405 to 0.409 [")
    assert told["optimizer", "a", "c"].endswith("win probability 1.00 [0.72, 1.00], 10 pairs each, p 0.006 at most.")


def test_one_winner_is_told_once_and_each_pair_in_one_sentence() -> None:
    told = gathered(paired({"a": 0.1, "b": 0.5, "c": 0.9, "d": 1.3}))
    assert {pair[1:]: said.split(":")[0] for pair, said in told.items()} == {
        **{("a", other): "a did better than b, c and d" for other in "bcd"},
        **{("b", other): "b did better than c and d" for other in "cd"},
    }, "that c beats d stands alone, as its own sentence"


def test_what_the_sentence_says_holds_for_each_of_its_pairs() -> None:
    subject = paired({"a": 0.1, "b": 0.5, "c": 0.9, "d": 1.3})
    for rows in groups(subject.pairs):
        said = gathered(subject)["optimizer", rows["a"].iloc[0], rows["b"].iloc[0]]
        assert f"p {rows['p_holm'].max():.3f} at most" in said and rows["p_holm"].nunique() >= 1
        assert f"win probability {rows['wins'].min():.2f} [{rows['wins_low'].min():.2f}, {rows['wins_high'].max():.2f}]" in said
        assert ((rows["shift_low"].min() <= rows["shift"]) & (rows["shift"] <= rows["shift_high"].max())).all()


def test_the_weakest_word_holds_for_all_and_doubts_come_along() -> None:
    """Of 14 wins of 14 Wilson's lower end is 14 / (14 + 1.96²) = 0.78: clear, but for what held c back."""
    levels = {"a": 0.1, "b": 0.5, "c": 0.9}
    plain, doubted = (gathered(paired(levels, labels, blocks=14)) for labels in ({}, {"c": "overfits"}))
    assert (
        plain["optimizer", "a", "c"].startswith("a did clearly better than b and c: ")
        and "overfits" not in plain["optimizer", "a", "c"]
    )
    assert doubted["optimizer", "a", "c"].startswith("a did better than b and c: ")
    assert doubted["optimizer", "a", "c"].endswith("overfits: with regularization it may do better.")


def test_a_divergence_has_no_shift() -> None:
    said = gathered(paired({"a": 0.1, "b": 0.101, "c": 0.5}, diverged=("c",)))["optimizer", "a", "c"]
    assert said.startswith("a and b did better than c: win probability 1.00") and "Diverged: " in said


@pytest.mark.parametrize("levels", [{"a": 0.1, "b": 0.5}, {"a": 0.1, "b": 0.1, "c": 0.1}])
def test_nothing_is_gathered_of_one_pair_and_of_none(levels: Mapping[str, float]) -> None:
    assert gathered(paired(levels)) == {}


def test_a_report_opens_with_them(read: Callable[[Planted], EveryFrame]) -> None:
    made = []
    for number, (block, (choice, floor)) in enumerate(product(range(BLOCKS), {"a": 0.1, "b": 0.1, "c": 0.5}.items())):
        curve = [2.0] * 5 + [floor + 0.001 * (block % 3)] * 15
        made.append(Trial(number, {"optimizer": choice}, {"val_loss": curve, "train_eval_loss": curve}, block=block))
    subject = Subject(read(Planted("gathered", made, {"sweeper.compare": "optimizer"})))
    found = findings(subject)
    opening = [one.sentence for one in tell(subject, found).conclusions if one.section == "choices"]
    of_pairs = [one.sentence for one in found if one.section == "choices"]
    assert len(of_pairs) == 3 and len(opening) == 2
    assert opening == [gathered(subject)["optimizer", "a", "c"], of_pairs[2]], "a and b over c, then what holds of a and b"


def test_averages_of_a_crossed_question_are_gathered_by_parameter() -> None:
    """a and b start alike and both 0.4 below c, with either activation; of the two activations there is one pair."""
    rows = []
    for number, (block, first, second) in enumerate(product(range(12), "abc", "xy")):
        params = {"initializer": first, "activation": second}
        value = 0.1 + 0.4 * (first == "c") + 0.2 * (second == "y") + 0.0001 * ((block * 7 + number) % 5)
        about = {"choice": f"{first} · {second}", "block": block, "noise": 0.05, "phase": "paired"}
        rows.append(trial(number, value, params, **about))
    subject = subject_of(rows, "", "paired", compare=("initializer", "activation"), searched=("initializer", "activation"))
    told = gathered(subject)
    assert told.keys() == {("initializer", "a", "c"), ("initializer", "b", "c")}
    assert told["initializer", "a", "c"].startswith("Averaged over the activations, a and b did clearly better than c: ")
