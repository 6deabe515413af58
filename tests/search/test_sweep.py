import json
import subprocess
import sys
from importlib.util import find_spec

import pytest

from sweeper.errors import InputError, StoreError, SweepError
from sweeper.records import State
from sweeper.search.progress import EpochEnded, Note, Started, TrialEnded, TrialStarted
from sweeper.search.view import list_sweeps, newest, open_sweep
from tests.search.inspecting import check, client, runs, spooled, study


def numbers(home, name="tiny") -> list:
    return [dict(trial.plan.parameters) for trial in spooled(home, name).trials]


def test_a_sweep_ends_with_all_stores_in_agreement(sweep, home):
    summary, seen = sweep(workers=2)
    assert summary.counts == {"complete": 6, "pruned": 0, "failed": 0, "diverged": 0}
    assert summary.exit_code == 0
    check(home, "tiny")
    values = [trial.outcome.value for trial in spooled(home, "tiny").trials]
    assert summary.best.value == min(values)
    assert values[summary.best.trial] == summary.best.value
    kinds = [type(event) for event in seen]
    assert kinds.count(TrialStarted) == kinds.count(TrialEnded) == 6
    assert kinds.count(EpochEnded) == 30
    [started] = [event for event in seen if isinstance(event, Started)]
    assert (started.name, started.trials, started.workers, started.run_id) == ("tiny", 6, 2, summary.run_id)


def test_runs_look_as_an_mlflow_user_expects(sweep, home):
    summary, _ = sweep()
    [parent] = runs(home, "sweep")
    assert parent.info.run_name == "tiny"
    assert parent.info.status == "FINISHED"
    assert "does it run?" in parent.data.tags["mlflow.note.content"]
    assert parent.data.tags["sweeper.best.trial"] == str(summary.best.trial)
    assert parent.data.params["budget.epochs"] == "4"
    assert parent.data.tags["sweeper.searched"] == "model.mlp.layers, optimizer.adam.learning_rate"
    assert parent.data.tags["sweeper.ranges"] == '{"optimizer.adam.learning_rate": [0.0001, 0.1, "log"]}'
    assert parent.data.tags["sweeper.choices"] == "{}", "nothing is compared"
    assert [dataset.dataset.name for dataset in parent.inputs.dataset_inputs] == ["points.npz"]
    assert {file.path for file in client(home).list_artifacts(parent.info.run_id)} == {"space.yaml", "data.json"}
    child = runs(home, "trial")[1]
    assert child.info.run_name == "t0001-mlp-adam"
    assert child.data.tags["sweeper.phase"] == "random"
    assert child.data.tags["sweeper.worker"] == "w0"
    assert child.data.params["optimizer.adam.learning_rate"] == str(numbers(home)[1]["optimizer.adam.learning_rate"])
    assert child.data.params["model"] == "mlp"
    assert child.data.params["regularization.dropout"] == "none"
    assert [dataset.dataset.name for dataset in child.inputs.dataset_inputs] == ["points.npz"]
    history = client(home).get_metric_history(child.info.run_id, "val_loss")
    assert [metric.step for metric in history] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("sampler", ["tpe", "cmaes"])
def test_the_same_seed_gives_the_same_sweep_with_several_workers_and_a_pruner(sweep, home, sampler):
    asked = {"sampler": sampler, "pruner": "asha", "trials": 16, "workers": 2, "epochs": 6}
    sweep(**asked, name="a")
    sweep(**asked, name="b")
    sweep(**{**asked, "seed": 1}, name="c")
    first, second, other = (spooled(home, name).trials for name in "abc")
    assert numbers(home, "a") == numbers(home, "b")
    assert numbers(home, "a")[1:] != numbers(home, "c")[1:]
    assert [(t.outcome.state, t.outcome.value, len(t.epochs)) for t in first] == [
        (t.outcome.state, t.outcome.value, len(t.epochs)) for t in second
    ]
    assert {trial.outcome.state for trial in other} == {State.COMPLETE, State.PRUNED}
    assert first[0].plan.phase == "baseline"
    assert [trial.plan.phase for trial in first][-1] == sampler


def test_inline_and_local_give_the_same_sweep_and_inline_stays_in_this_process(sweep, home, monkeypatch):
    sweep(name="a", sampler="tpe", pruner="asha", epochs=6)
    sweep(name="b", sampler="tpe", pruner="asha", epochs=6, executor="inline")
    assert numbers(home, "a") == numbers(home, "b")
    assert open_sweep(home, "b").status == "finished"


def test_paired_blocks_share_seeds(sweep, home, space):
    space.write_text(space.read_text().replace("search: {sampler: random, pruner: none}", "compare: model.mlp.layers"))
    sweep()
    trials = spooled(home, "tiny").trials
    assert [trial.plan.block for trial in trials] == [0, 0, 1, 1, 2, 2]
    for one, two in zip(trials[::2], trials[1::2], strict=True):
        assert one.plan.seeds == two.plan.seeds
        assert one.plan.parameters["optimizer.adam.learning_rate"] == two.plan.parameters["optimizer.adam.learning_rate"]
        assert one.plan.parameters["model.mlp.layers"] != two.plan.parameters["model.mlp.layers"]
    assert trials[0].plan.seeds != trials[2].plan.seeds
    _, seen = sweep(trials=3)
    notes = [event.text for event in seen if isinstance(event, Note)]
    assert any("3 trials are not whole blocks of 2 choices" in note for note in notes)


def test_a_target_that_is_reached_ends_the_sweep(sweep, home):
    summary, _ = sweep(until=0.8, trials=50)
    trials = spooled(home, "tiny").trials
    assert 0 < len(trials) < 50
    assert trials[-1].outcome.value <= 0.8
    assert summary.exit_code == 0
    check(home, "tiny")


def test_time_that_is_up_ends_the_asking(sweep, home, monkeypatch):
    monkeypatch.setenv("FAKE_SECONDS", "0.05")
    summary, _ = sweep(seconds=0.6, trials=500)
    assert 0 < sum(summary.counts.values()) < 20
    check(home, "tiny")


def test_a_grid_ends_by_itself(sweep, home):
    summary, _ = sweep(sampler="grid", trials=100)
    assert sum(summary.counts.values()) == 7  # two sizes by three rates, and the defaults first


def test_a_finished_name_is_counted_up_and_a_given_one_refused(sweep, home):
    sweep(trials=1)
    summary, seen = sweep(trials=1)
    assert summary.sweep == "tiny-2"
    assert any(isinstance(event, Note) and "tiny-2" in event.text for event in seen)
    with pytest.raises(InputError, match="sweep resume tiny"):
        sweep(name="tiny")
    assert [view.name for view in list_sweeps(home).sweeps] == ["tiny", "tiny-2"]
    assert newest(home) == "tiny-2"


def before(home) -> set:
    return set(home.rglob("*"))


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"source": "nothing.yaml"}, "nothing.yaml"),
        ({"sampler": "gp"}, r"pip install 'sweeper\[gp\]'"),
        ({"device": "tpu"}, "expected cpu"),
        ({"workers": 0}, "at least 1"),
        ({"workers": 2, "executor": "inline"}, "inline"),
        ({"executor": "ray"}, "local or inline"),
        ({"name": "../x"}, "cannot be used"),
        ({"overrides": ("data=nothing",)}, "nothing"),
    ],
)
def test_bad_input_is_refused_and_nothing_is_written(sweep, home, changes, says):
    if changes.get("sampler") == "gp" and find_spec("torch"):
        pytest.skip("torch is installed")
    was = before(home)
    with pytest.raises(InputError, match=says) as caught:
        sweep(**changes)
    assert caught.value.exit_code == 2
    assert before(home) == was


def test_of_two_sweeps_that_begin_together_the_loser_leaves_the_winner_s_folder(sweep, home, monkeypatch):
    def lost(path, name):
        raise InputError("in use")

    monkeypatch.setattr("sweeper.search.sweep.Lock", lost)
    with pytest.raises(InputError, match="in use"):
        sweep()
    assert (home / ".sweeps" / "tiny" / "spool").is_dir()


def test_data_that_cannot_be_used_stop_the_sweep_before_anything_is_kept(sweep, home, space):
    space.write_text(
        space.read_text().replace("{npz: {file: points.npz, task: classification}}", "{csv: {file: a.csv, target: b}}")
    )
    (space.parent / "a.csv").write_text("x,y\n1,2\n")
    was = before(home)
    with pytest.raises(InputError, match="b"):
        sweep()
    assert before(home) == was


def test_an_unreachable_store_stops_the_sweep_before_anything_is_kept(sweep, home, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://user:secret@127.0.0.1:9")
    was = before(home)
    with pytest.raises(InputError, match=r"127\.0\.0\.1:9 cannot be used") as caught:
        sweep()
    assert "secret" not in str(caught.value)
    assert before(home) == was


def test_a_home_that_is_a_file_is_refused(sweep, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="is a file"):
        sweep(home=tmp_path / "file")


def test_the_view_needs_no_store(sweep, home):
    summary, _ = sweep(trials=2)
    (home / "mlflow.db").unlink()
    view = open_sweep(home)
    assert view.status == "finished"
    assert view.counts["complete"] == 2
    assert view.best.number == summary.best.trial
    trial = view.trial(1)
    assert (trial.state, trial.reason, trial.epochs) == (State.COMPLETE, "finished", 4)
    assert trial.metrics["test_loss"] == pytest.approx(trial.value + 0.5)
    assert [epoch for epoch, _ in trial.curves["val_loss"]] == [0, 1, 2, 3, 4]
    assert trial.log.exists()
    [listed] = list_sweeps(home).sweeps
    assert (listed.counts, listed.best.value) == (view.counts, view.best.value)
    assert not listed.best.history
    assert json.loads((view.folder / "sweep.json").read_text())["status"] == "finished"


def test_settings_of_another_version_are_told_as_that(sweep, home):
    sweep(trials=1)
    file = home / ".sweeps" / "tiny" / "sweep.json"
    settings = json.loads(file.read_text())
    del settings["data"]["digest"]
    file.write_text(json.dumps(settings))
    with pytest.raises(StoreError, match="another version of sweeper"):
        open_sweep(home)


def test_the_view_imports_nothing_heavy():
    heavy = "{'mlflow', 'optuna', 'pandas', 'numpy'}"
    code = f"import sys, sweeper.search.view; print({{m.split('.')[0] for m in sys.modules}} & {heavy})"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"


def test_the_mirror_is_an_ordinary_study(sweep, home):
    sweep()
    found = study(home, "tiny")
    assert found.best_trial.number == open_sweep(home).best.number
    assert found.trials[0].intermediate_values.keys() == {0, 1, 2, 3, 4}
    assert found.user_attrs["sweeper.sweep"] == "tiny"


def test_an_error_of_the_space_s_own_code_is_a_fault_of_the_sweep(sweep, monkeypatch):
    monkeypatch.setenv("FAKE_BEHAVIOUR", json.dumps({str(number): "error" for number in range(6)}))
    with pytest.raises(SweepError, match=r"first three trials failed alike.*\n  model\.py:3: ValueError"):
        sweep()


def test_a_disk_that_takes_nothing_more_leaves_the_words_that_resume(sweep, monkeypatch):
    def full(*_: object) -> None:
        raise StoreError("no space left")

    monkeypatch.setattr("sweeper.search.stores.Stores.finish", full)
    monkeypatch.setattr("sweeper.search.session.Session._save", full)
    with pytest.raises(StoreError, match=r"no space left\nthe records are safe: 6 of 6 .*sweep resume tiny"):
        sweep()
