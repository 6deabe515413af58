"""Sources of trials: what they propose follows from the seed, the number and what was told, and from nothing else."""

import statistics
from dataclasses import replace
from types import SimpleNamespace

import pytest

from sweeper.errors import InputError
from sweeper.records import Asked, Outcome, Reason, State
from sweeper.search.extras import check_sampler
from sweeper.search.plans import plan
from sweeper.search.study import Sampled, distributions_of
from sweeper.spaces import read_space
from sweeper.tracking.combined import combine
from sweeper.tracking.replay import SweepState

SPACE = """\
data: digits
model: {mlp: {layers: {choice: [8, 16-8]}}}
optimizer:
  choice:
    adam: {learning_rate: {float: [1e-4, 1e+1], log: true}}
    sgd: {learning_rate: {float: [1e-3, 1e+1], log: true}, momentum: {float: [0.0, 0.9], step: 0.1}}
training: {batch_size: {int: [8, 64], log: true}}
budget: {trials: 40, epochs: 4}
"""


@pytest.fixture
def space(tmp_path):
    file = tmp_path / "s.yaml"
    file.write_text(SPACE)
    return read_space(str(file))


def outcome(proposal, diverges: bool = False) -> Outcome:
    optimizer = proposal.drawn.parameters["optimizer"]
    rate = proposal.drawn.parameters[f"optimizer.{optimizer}.learning_rate"]
    state, reason = (State.PRUNED, Reason.DIVERGED) if diverges and rate > 0.1 else (State.COMPLETE, Reason.FINISHED)
    return Outcome(proposal.number, state, reason, rate if state is State.COMPLETE else 0.0, rate, 4, 4, {}, 5)


def told(source, proposal, diverges: bool = False) -> None:
    source.tell(combine([trial_of(proposal, diverges)], 1))


def trial_of(proposal, diverges: bool = False):
    settings = SimpleNamespace(seed=0, epochs=4)
    state = SweepState([Asked(plan(proposal, settings, None), 1), outcome(proposal, diverges)])
    return state.trial(proposal.number)


def sampled(space, name="tpe", seed=0, startup=3) -> Sampled:
    return Sampled(space, name, {"startup": startup}, seed, False, space.baseline)


@pytest.mark.parametrize("name", ["tpe", "cmaes"])
def test_a_source_that_was_rebuilt_proposes_what_the_old_one_would_have(space, name):
    first = sampled(space, name)
    proposals = []
    for number in range(14):
        proposals.append(first.ask(number))
        if number >= 2:
            told(first, proposals[number - 2])
    again = sampled(space, name)
    for number in range(12):
        again.know(trial_of(proposals[number]))
        if number >= 2:
            told(again, proposals[number - 2])
    for number in (12, 13):
        assert again.ask(number).drawn == proposals[number].drawn
        told(again, proposals[number - 2])


def test_the_first_trial_is_the_baseline_and_phases_follow(space):
    source = sampled(space)
    phases = []
    for number in range(6):
        proposal = source.ask(number)
        phases.append(proposal.phase)
        told(source, proposal)
    assert phases == ["baseline", "startup", "startup", "tpe", "tpe", "tpe"]


def test_a_diverged_trial_keeps_tpe_away_from_what_diverges(space):
    rates: list[float] = []
    for seed in range(3):
        source = sampled(space, seed=seed, startup=8)
        for number in range(40):
            proposal = source.ask(number)
            told(source, proposal, diverges=True)
            optimizer = proposal.drawn.parameters["optimizer"]
            if number >= 25:
                rates.append(proposal.drawn.parameters[f"optimizer.{optimizer}.learning_rate"])
    assert statistics.median(rates) < 0.02
    assert sum(rate > 0.1 for rate in rates) / len(rates) < 0.25


def test_a_sampler_is_told_the_mean_over_the_repeats(space):
    source = sampled(space)
    first = trial_of(source.ask(0))
    state = SweepState()
    for repeat, value in enumerate((1.0, 2.0, 6.0)):
        state.add(Asked(replace(first.plan, repeat=repeat), 1))
        state.add(replace(first.outcome, repeat=repeat, value=value))
    source.tell(combine(state.trials, 3))
    assert source._study.trials[0].value == 3.0


def test_what_could_have_been_is_told_to_optuna_in_its_own_words(space):
    found = distributions_of(
        space,
        {**space.defaults().parameters, "optimizer": "sgd", "optimizer.sgd.learning_rate": 0.1, "optimizer.sgd.momentum": 0.5},
    )
    assert found["optimizer"].choices == ("adam", "sgd")
    assert found["optimizer.sgd.momentum"].step == 0.1
    assert found["training.batch_size"].log
    assert found["model.mlp.layers"].choices


def test_a_missing_package_is_named_with_the_extra(monkeypatch):
    monkeypatch.setattr("sweeper.search.extras.find_spec", lambda name: None)
    with pytest.raises(InputError, match=r"cmaes needs the package cmaes\. Write: pip install 'sweeper\[cmaes\]'"):
        check_sampler("cmaes")
    check_sampler("tpe")
