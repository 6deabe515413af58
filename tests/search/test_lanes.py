"""Lanes, seen from the parent: which plans lie side by side in a worker, and what becomes of them when it dies."""

import json
from collections import defaultdict

import pytest

from sweeper.records import Reason, State
from sweeper.search.lanes import Choice, LaneChoices, read_choices
from sweeper.search.progress import Note, RepeatEnded, TrialStarted
from sweeper.search.view import open_sweep
from sweeper.tracking.home import Home
from tests.search.inspecting import check, runs, spooled


@pytest.fixture
def behave(monkeypatch):
    return lambda **trials: monkeypatch.setenv("FAKE_BEHAVIOUR", json.dumps(trials))


def beside(seen: list) -> list[set[int]]:
    """For each trial that began, the trials that its worker trained then, itself among them."""
    running: dict[str, set[int]] = defaultdict(set)
    where: dict[int, str] = {}
    found = []
    for event in seen:
        if isinstance(event, TrialStarted):
            where[event.plan.number] = event.worker
            running[event.worker].add(event.plan.number)
            found.append(set(running[event.worker]))
        elif isinstance(event, RepeatEnded):
            running[where[event.plan.number]].discard(event.plan.number)
    return found


def structure_of(home, name: str = "tiny") -> dict[int, str]:
    return {trial.number: trial.starts[1].structure for trial in spooled(home, name).trials}


@pytest.mark.parametrize("workers", [1, 2])
def test_trials_of_one_structure_lie_side_by_side_and_no_others(sweep, home, workers):
    _, seen = sweep(lanes=4, trials=24, workers=workers)
    groups = beside(seen)
    structures = structure_of(home)
    assert max(map(len, groups)) == 4
    assert all(len({structures[number] for number in group}) == 1 for group in groups)
    assert len(set(structures.values())) == 2
    assert {start.lanes for trial in spooled(home, "tiny").trials for start in trial.starts.values()} == {4}
    check(home, "tiny")


def test_a_lane_that_falls_free_is_refilled_while_its_neighbours_run(sweep, home, behave):
    behave(**{"0": "diverge"})  # ends two epochs before the others that began with it
    _, seen = sweep(lanes=2, trials=8, overrides=("model.mlp.layers=8",))
    order = [(type(event).__name__, event.plan.number) for event in seen if isinstance(event, TrialStarted | RepeatEnded)]
    assert order.index(("TrialStarted", 2)) < order.index(("RepeatEnded", 1))
    check(home, "tiny")


def test_lanes_change_neither_parameters_nor_values_of_what_learns_nothing(sweep, home):
    sweep(name="one", lanes=1, trials=16)
    sweep(name="four", lanes=4, trials=16)
    one, four = (spooled(home, name).trials for name in ("one", "four"))
    assert [trial.plan.parameters for trial in one] == [trial.plan.parameters for trial in four]
    assert [trial.outcome.value for trial in one] == [trial.outcome.value for trial in four]


def test_what_one_program_cannot_train_together_is_not_sent_together(sweep, home):
    """The fake workers refuse plans of several kinds: other batch sizes, and folds of another size."""
    summary, _ = sweep(lanes=4, trials=12, overrides=("model.mlp.layers=8", "training.batch_size={choice: [16, 32]}"))
    assert summary.counts["complete"] == 12
    folds = ("model.mlp.layers=8", "data.npz.folds=7", "data.npz.test=0.0")
    summary, _ = sweep(name="folds", lanes=4, trials=4, overrides=folds)
    assert summary.counts["complete"] == 4


def test_the_same_seed_gives_the_same_sweep_in_lanes_with_a_pruner(sweep, home):
    asked = {"sampler": "tpe", "pruner": "asha", "trials": 24, "workers": 2, "lanes": 2, "epochs": 6}
    sweep(**asked, name="a")
    sweep(**asked, name="b")
    first, second = (spooled(home, name).trials for name in "ab")
    assert [trial.plan.parameters for trial in first] == [trial.plan.parameters for trial in second]
    ends = [[(trial.outcome.state, trial.outcome.value, len(trial.epochs)) for trial in trials] for trials in (first, second)]
    assert ends[0] == ends[1]
    assert {trial.outcome.state for trial in first} == {State.COMPLETE, State.PRUNED}


def test_what_a_worker_finds_out_holds_from_its_next_idle_moment(sweep, home, monkeypatch):
    monkeypatch.setenv("FAKE_LANES", "3")
    _, seen = sweep(trials=20, overrides=("model.mlp.layers=8",), sampler="random")
    sizes = list(map(len, beside(seen)))
    assert sizes[0] == 1
    assert max(sizes) == 3
    starts = [trial.starts[1].lanes for trial in spooled(home, "tiny").trials]
    assert starts[0] == 1
    assert set(starts[2:]) == {3}
    [use] = open_sweep(home).programs.lanes
    assert (use.lanes, use.structures, use.why) == (3, 1, "as the test says")
    assert "3 lanes for 1 structure (as the test says)" in runs(home, "sweep")[0].data.tags["sweeper.lanes.used"]


def test_of_trials_whose_worker_died_the_guilty_one_is_found_and_the_others_end(sweep, home, behave):
    behave(**{"2": "kill_always"})
    summary, seen = sweep(lanes=4, trials=8, overrides=("model.mlp.layers=8",))
    assert summary.counts == {"complete": 7, "pruned": 0, "failed": 1, "diverged": 0}
    trials = spooled(home, "tiny").trials
    assert (trials[2].outcome.state, trials[2].outcome.reason) == (State.FAILED, Reason.CRASHED)
    retried = [trial for trial in trials if trial.attempt == 2]
    assert {trial.number for trial in retried} == {0, 1, 2, 3}
    assert all(trial.starts[2].lanes == trial.starts[1].lanes == 4 for trial in retried)
    assert all(group == {number} for group, number in _retries(seen))
    assert sum(isinstance(event, Note) and "is tried again" in event.text for event in seen) == 4
    check(home, "tiny")


def _retries(seen: list) -> list[tuple[set[int], int]]:
    begun = [event.plan for event in seen if isinstance(event, TrialStarted)]
    return [(group, plan.number) for group, plan in zip(beside_after_deaths(seen), begun, strict=True) if plan.attempt > 1]


def beside_after_deaths(seen: list) -> list[set[int]]:
    """As `beside`, where a trial that begins again has been taken from its dead worker first."""
    running: set[int] = set()
    found = []
    for event in seen:
        if isinstance(event, TrialStarted):
            running.add(event.plan.number)
            found.append(set(running))
        elif isinstance(event, RepeatEnded):
            running.discard(event.plan.number)
        elif isinstance(event, Note) and "is tried again" in event.text:
            running.discard(int(event.text.split("trial ")[1].split()[0]))
    return found


def test_one_accident_fails_nobody(sweep, home, behave):
    behave(**{"1": "kill"})
    summary, _ = sweep(lanes=4, trials=8, overrides=("model.mlp.layers=8",))
    assert summary.counts["complete"] == 8
    check(home, "tiny")


def test_what_was_asked_for_holds_until_a_worker_says_less(tmp_path):
    folder = Home(tmp_path).sweep("s")
    folder.path.mkdir(parents=True)
    fixed, open_ = LaneChoices(folder, 8), LaneChoices(folder, 0)
    assert (fixed.capacity("w0", "s", 0), open_.capacity("w0", "s", 0), open_.capacity("w0", "s", 4)) == (8, 1, 4)
    for choices in (fixed, open_):
        choices.hear("w0", {"say": "lanes", "structure": "s", "lanes": 2, "why": "memory", "measured": True})
    assert (fixed.capacity("w0", "s", 0), open_.capacity("w0", "s", 0), open_.capacity("w0", "s", 4)) == (2, 2, 2)
    assert (fixed.capacity("w1", "s", 0), open_.capacity("w1", "s", 0), fixed.capacity("w0", "t", 0)) == (8, 1, 8)
    fixed.forget("w0")
    assert fixed.capacity("w0", "s", 0) == 8
    assert read_choices(folder) == {"s": Choice(2, "memory")}


def test_a_number_of_lanes_is_known_when_it_is_measured(tmp_path):
    folder = Home(tmp_path).sweep("s")
    folder.path.mkdir(parents=True)
    choices = LaneChoices(folder, 0)
    assert not choices.known("w0", "s", 0)
    assert choices.known("w0", "s", 4)
    for measured in (True, False, True):
        choices.hear("w0", {"say": "lanes", "structure": "s", "lanes": 2, "why": "", "measured": measured})
        assert choices.known("w0", "s", 0) is measured
    choices.forget("w0")
    assert not choices.known("w0", "s", 0)


def test_choices_that_cannot_be_read_are_none(tmp_path):
    folder = Home(tmp_path).sweep("s")
    folder.path.mkdir(parents=True)
    for text in ("{", "[1]", '{"s": 3}', '{"s": {"many": 3}}'):
        (folder.path / "lanes.json").write_text(text)
        assert read_choices(folder) == {}
