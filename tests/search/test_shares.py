"""An adaptive sampler with `compare`: every choice has its turn in each round, and its sampler knows its own outcomes alone."""

from __future__ import annotations

import pytest

from sweeper.search.resume import resume_sweep
from sweeper.search.shares import EvenShares
from sweeper.search.study import Sampled
from sweeper.seeds import derive
from sweeper.spaces import read_space
from tests.search.inspecting import check, spooled
from tests.search.test_study import told, trial_of

COMPARED = """\
compare: optimizer
data: {npz: {file: points.npz, task: classification}}
model: {mlp: {layers: {choice: [8, 16-8]}}}
optimizer:
  choice:
    adam: {learning_rate: {float: [1e-4, 1e-1], log: true}}
    sgd: {learning_rate: {float: [1e-3, 1.0], log: true}}
    nadam: {learning_rate: {float: [1e-4, 1e-1], log: true}}
budget: {trials: 21, epochs: 4}
search: {sampler: {tpe: {startup: 3}}}
"""
NAMES = ("adam", "sgd", "nadam")

ACTIVATIONS = """\
compare: model.mlp.activation
data: {npz: {file: points.npz, task: classification}}
model: {mlp: {layers: {choice: [8, 16-8]}, activation: {choice: [relu, tanh, gelu]}}}
optimizer: {adam: {learning_rate: {float: [1e-4, 1e-1], log: true}}}
budget: {trials: 21, epochs: 4}
search: {sampler: {tpe: {startup: 3}}}
"""


@pytest.fixture
def space(space):
    """The tiny space as a comparison; `sweep` runs it."""
    space.write_text(COMPARED)
    return space


def shares(space, name: str = "tpe", seed: int = 0) -> EvenShares:
    found = read_space(str(space))
    return EvenShares(found, name, {"startup": 3}, seed, False, found.baseline)


def driven(source: EvenShares, count: int, lag: int = 4) -> list:
    """Proposals 0 to `count`, told as late as a sweep with so many ahead tells them."""
    proposals = []
    for number in range(count):
        if number >= lag:
            told(source, proposals[number - lag])
        proposals.append(source.ask(number))
    return proposals


def test_every_choice_has_its_turn_and_its_own_phase(space) -> None:
    proposals = driven(shares(space), 18)
    assert [one.drawn.parameters["optimizer"] for one in proposals] == [*NAMES] * 6
    assert [one.number for one in proposals] == list(range(18))
    phases = [[one.phase for one in proposals[place::3]] for place in range(3)]
    assert phases[0] == phases[1] == phases[2], "each choice is asked for with as many outcomes of its own"
    assert phases[0][:3] == ["startup"] * 3 and phases[0][-1] == "tpe"


def test_a_choices_sampler_hears_of_its_own_outcomes_alone(space) -> None:
    """What sgd is asked for is what a sampler of sgd alone would ask for."""
    proposals = driven(shares(space), 30, lag=3)
    found = read_space(str(space))
    alone = Sampled(found, "tpe", {"startup": 3}, derive(0, "share", "sgd"), False, None, {"optimizer": "sgd"})
    for turn, shared in enumerate(proposals[1::3]):
        own = alone.ask(turn)
        assert own.drawn == shared.drawn
        told(alone, own)


@pytest.mark.parametrize("name", ["tpe", "cmaes"])
def test_a_source_that_was_rebuilt_proposes_what_the_old_one_would_have(space, name) -> None:
    whole, again = driven(shares(space, name), 26), shares(space, name)
    for number in range(20):
        again.know(trial_of(whole[number]))
        if number >= 4:
            told(again, whole[number - 4])
    for number in range(20, 26):
        told(again, whole[number - 4])
        assert again.ask(number).drawn == whole[number].drawn


def test_a_baseline_is_nobodys(space) -> None:
    space.write_text(COMPARED + "baseline: {optimizer: sgd}\n")
    source = shares(space)
    proposals = driven(source, 7)
    assert [(one.phase, one.drawn.parameters["optimizer"]) for one in proposals[:4]] == [
        ("baseline", "sgd"), *(("startup", name) for name in NAMES),
    ]  # fmt: skip
    space.write_text(COMPARED)
    assert [one.drawn for one in proposals[1:]] == [one.drawn for one in driven(shares(space), 6)]


def test_a_sweep_of_even_shares_is_the_same_again_and_when_it_is_resumed(sweep, home, space) -> None:
    space.write_text(ACTIVATIONS)
    summary, _ = sweep(name="whole", workers=2)
    assert summary.counts["complete"] == 21
    sweep(name="part", workers=2, trials=12)
    resume_sweep(home, "part", 9, lambda event: None, "tests.executors.fake_workers:main")
    first, second = (
        [(one.number, one.plan.parameters, one.plan.phase, one.outcome.value) for one in spooled(home, name).trials]
        for name in ("whole", "part")
    )
    assert first == second
    assert [parameters["model.mlp.activation"] for _, parameters, _, _ in first] == ["relu", "tanh", "gelu"] * 7
    assert {phase for _, _, phase, _ in first[-3:]} == {"tpe"}


def test_repeats_train_each_configuration_of_every_share(sweep, home, space) -> None:
    space.write_text(ACTIVATIONS)
    sweep(trials=12, overrides=("budget.repeats=2",))
    trials = spooled(home, "tiny").trials
    assert [(one.number, one.repeat) for one in trials] == [(number, repeat) for number in range(12) for repeat in range(2)]
    check(home, "tiny")


def test_uneven_shares_are_warned_of(space) -> None:
    [uneven, idle] = read_space(str(space), ["budget.trials=8"]).warnings
    assert "8 trials are no even shares of 3 choices: 2 of them get one more" in uneven and "Take 6 or 9 trials" in uneven
    assert "each choice gets 2 trials, of which the sampler draws the first 3 at random" in idle
    assert read_space(str(space)).warnings == ()
    assert read_space(str(space), ["search.sampler=random", "budget.trials=8"]).warnings == ()
