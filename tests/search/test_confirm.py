"""Confirming: the best configurations again, with seeds that no trial had, in a sweep like any other."""

from __future__ import annotations

import json

import pytest

from sweeper.errors import InputError
from sweeper.search.confirm import confirm_sweep
from sweeper.search.resume import resume_sweep
from sweeper.search.settings import read_settings
from sweeper.search.view import open_sweep
from sweeper.tracking.home import Home
from sweeper.tracking.lock import Lock
from sweeper.tracking.replay import SweepState
from sweeper.tracking.spool import SpoolWriter, read_spool
from tests.search.conftest import ENTRY
from tests.search.inspecting import runs, spooled
from tests.search.test_shares import ACTIVATIONS


@pytest.fixture
def again(home):
    """Confirms a sweep with fake workers; gives the summary and what the watcher saw."""

    def confirm(name=None, top=1, seeds=3):
        seen: list = []
        return confirm_sweep(home, name, top, seeds, seen.append, ENTRY), seen

    return confirm


def candidates(home, name):
    return read_settings(Home(home).sweep(name)).confirmed.candidates


def test_the_best_of_the_sweep_is_trained_again_with_fresh_seeds(sweep, again, home) -> None:
    sweep()
    summary, _ = again(top=2)
    assert (summary.sweep, summary.counts["complete"]) == ("tiny-confirm", 2)
    ranked = sorted(open_sweep(home, "tiny").trials, key=lambda trial: trial.value)[:2]
    assert [(one.trial, one.value, one.parameters) for one in candidates(home, "tiny-confirm")] == [
        (trial.number, trial.value, trial.params) for trial in ranked
    ]
    old, new = spooled(home, "tiny").trials, spooled(home, "tiny-confirm").trials
    assert [(one.number, one.repeat) for one in new] == [(number, repeat) for number in range(2) for repeat in range(3)]
    assert [one.plan.configuration for one in new] == [
        old_one.configuration for old_one in ranked for _ in range(3)
    ]  # fmt: skip
    assert {one.plan.phase for one in new} == {"confirm"} and {one.plan.epochs for one in new} == {4}
    seeds = [seed for one in (*old, *new) for seed in (one.plan.seeds.weights, one.plan.seeds.order, one.plan.seeds.noise)]
    assert len(set(seeds)) == len(seeds), "no seed was used before"


def test_of_a_comparison_the_best_of_each_choice(sweep, again, home, space) -> None:
    space.write_text(ACTIVATIONS)
    sweep()
    again(top=2)
    found = candidates(home, "tiny-confirm")
    names = [one.parameters["model.mlp.activation"] for one in found]
    assert sorted(names) == sorted(["relu", "tanh", "gelu"] * 2)
    assert [one.value for one in found] == sorted(one.value for one in found)
    for name in ("relu", "tanh", "gelu"):
        own = sorted(one.value for one in open_sweep(home, "tiny").trials if one.params["model.mlp.activation"] == name)
        assert [one.value for one in found if one.parameters["model.mlp.activation"] == name] == own[:2]
    [parent] = [run for run in runs(home, "sweep") if run.info.run_name == "tiny-confirm"]
    tags = parent.data.tags
    assert (tags["sweeper.confirms"], tags["sweeper.confirms.compare"]) == ("tiny", "model.mlp.activation")
    assert tags["sweeper.confirms.id"] == read_settings(Home(home).sweep("tiny")).id
    assert tags["sweeper.confirms.trials"] == ", ".join(str(one.trial) for one in found)
    assert [float(value) for value in tags["sweeper.confirms.values"].split(", ")] == [one.value for one in found]
    assert (tags["sweeper.sampler"], tags["sweeper.pruner"], tags["sweeper.repeats"]) == ("confirm", "none", "3")
    assert "`sweep confirm tiny`" in tags["mlflow.note.content"]


def test_a_pruner_of_the_sweep_prunes_no_confirmation(sweep, again, home) -> None:
    sweep(sampler="tpe", pruner="asha", trials=12)
    again()
    assert all(one.plan.rungs == () for one in spooled(home, "tiny-confirm").trials)


def test_a_confirmation_that_crashed_goes_on_as_it_would_have(sweep, again, home) -> None:
    """Half of what it wrote is lost."""
    sweep()
    again(top=3)
    spool = Home(home).sweep("tiny-confirm").spool
    records = [record for file in sorted(spool.iterdir()) for record in read_spool(file).records]
    whole = {one.identity: (one.plan.seeds, one.outcome.value) for one in SweepState(records).trials}
    for file in spool.iterdir():
        file.unlink()
    with SpoolWriter(spool / "parent.jsonl") as writer:
        writer.append_all(records[: len(records) // 2])
    summary = resume_sweep(home, "tiny-confirm", 0, lambda event: None, ENTRY)
    assert summary.counts["complete"] == 3
    assert {one.identity: (one.plan.seeds, one.outcome.value) for one in spooled(home, "tiny-confirm").trials} == whole
    with pytest.raises(InputError, match=r"takes no more trials\. With more seeds: sweep confirm tiny --seeds 6"):
        resume_sweep(home, "tiny-confirm", 2, lambda event: None, ENTRY)


def test_seeds_that_can_tell_nothing_are_warned_of(sweep, again) -> None:
    sweep()
    _, seen = again(top=3)
    [text] = [event.text for event in seen if hasattr(event, "text") and "too few" in event.text]
    assert text == (
        "3 seeds of each are too few to tell 3 configurations from each other, whatever they come to; --seeds 5 are enough."
    )
    _, seen = again("tiny", top=1)
    assert not any("too few" in getattr(event, "text", "") for event in seen), "one alone is set against none"


def test_what_cannot_be_confirmed_is_refused_and_leaves_nothing(sweep, again, home, monkeypatch) -> None:
    with pytest.raises(InputError, match="there is no sweep in"):
        again()
    monkeypatch.setenv("FAKE_BEHAVIOUR", json.dumps({str(number): "diverge" for number in range(6)}))
    sweep(name="lost")
    monkeypatch.delenv("FAKE_BEHAVIOUR")
    with pytest.raises(InputError, match="'lost' has no complete trial"):
        again("lost")
    sweep()
    with pytest.raises(InputError, match=r"there is no sweep 'tinny'.*Did you mean 'tiny'"):
        again("tinny")
    with Lock(Home(home).sweep("tiny").lock, "tiny"), pytest.raises(InputError, match="'tiny' is running"):
        again("tiny")
    again("tiny")
    with pytest.raises(InputError, match="trains the best of 'tiny' again already"):
        again("tiny-confirm")
    assert Home(home).names() == ["lost", "tiny", "tiny-confirm"]


def test_other_data_are_refused(sweep, again, home, space) -> None:
    import numpy as np

    sweep()
    np.savez(space.with_name("points.npz"), x=np.ones((60, 4), np.float32), y=np.arange(60) % 3)
    with pytest.raises(InputError, match="has changed since the sweep 'tiny' began"):
        again()
    assert Home(home).names() == ["tiny"]
