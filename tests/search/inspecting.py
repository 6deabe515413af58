"""Looks into a home's stores, and checks the invariants that hold whenever a sweep has ended."""

import math
from pathlib import Path

from sweeper.records import State
from sweeper.search.settings import read_settings
from sweeper.tracking.combined import Combined, configurations
from sweeper.tracking.home import Home
from sweeper.tracking.layout import STATUS, epoch_rows, outcome_rows, together_rows
from sweeper.tracking.reading import Spools
from sweeper.tracking.replay import SweepState, TrialState


def client(home: Path):
    from mlflow.tracking import MlflowClient

    return MlflowClient(Home(home).tracking_uri)


def spooled(home: Path, name: str) -> SweepState:
    return Spools(Home(home).sweep(name).spool).state()


def runs(home: Path, kind: str) -> list:
    mlflow = client(home)
    experiment = mlflow.get_experiment_by_name("sweeper").experiment_id
    found = mlflow.search_runs([experiment], f"tags.`sweeper.kind` = '{kind}'")
    return sorted(found, key=lambda run: identity(run) if kind == "trial" else (-1, 0))


def rows(home: Path, run) -> list:
    mlflow = client(home)
    found = [metric for key in run.data.metrics for metric in mlflow.get_metric_history(run.info.run_id, key)]
    return sorted((metric.key, metric.step, metric.timestamp, repr(float(metric.value))) for metric in found)


def study(home: Path, name: str):
    import optuna

    return optuna.load_study(study_name=name, storage=Home(home).storage)


def dump(home: Path) -> list:
    """Everything the stores hold, to be compared."""
    held = [
        (run.info.run_id, run.info.status, run.info.end_time, sorted(run.data.tags.items()), rows(home, run))
        for run in runs(home, "trial") + runs(home, "sweep")
    ]
    mirrored = [
        (trial.number, trial.state.name, trial.values, trial.params, trial.user_attrs, repr(trial.intermediate_values))
        for name in Home(home).names()
        for trial in study(home, name).trials
    ]
    return [held, mirrored]


def check(home: Path, name: str) -> None:
    """Spool, MLflow and Optuna agree; each record is in MLflow exactly once, and nothing is RUNNING."""
    trials = spooled(home, name).trials
    found = configurations(trials, read_settings(Home(home).sweep(name)).trainings)
    assert [one.number for one in found] == list(range(len(found)))
    children = runs(home, "trial")
    assert [identity(run) for run in children] == [trial.identity for trial in trials]
    mirrored = study(home, name).trials
    assert [trial.number for trial in mirrored] == list(range(len(found)))
    by_identity = {identity(run): run for run in children}
    for one, mirror in zip(found, mirrored, strict=True):
        assert mirror.state.name == ("FAIL" if one.outcome.state is State.FAILED else one.outcome.state.name)
        assert mirror.value == (None if one.outcome.state is State.FAILED else one.outcome.value)
        assert mirror.params == dict(one.plan.parameters)
        assert mirror.user_attrs["mlflow_run_id"] == by_identity[one.number, 0].info.run_id
        for trial in one.trials:
            _check_run(home, one, trial, by_identity[trial.identity])
    [parent] = runs(home, "sweep")
    assert parent.info.status != "RUNNING"
    assert all(run.data.tags["mlflow.parentRunId"] == parent.info.run_id for run in children)
    assert not Home(home).sweep(name).lock.exists()


def identity(run) -> tuple[int, int]:
    return int(run.data.tags["sweeper.trial"]), int(run.data.tags["sweeper.repeat"])


def _check_run(home: Path, one: Combined, trial: TrialState, run) -> None:
    outcome = trial.outcome
    assert run.info.status == STATUS[outcome.state]
    assert (run.data.tags["sweeper.state"], run.data.tags["sweeper.reason"]) == (outcome.state, outcome.reason)
    expected = [row for record in trial.epochs.values() for row in epoch_rows(record)] + outcome_rows(outcome)
    expected += together_rows(one, trial)
    wanted = sorted((row.key, row.step, row.time, "0.0" if math.isnan(row.value) else repr(row.value)) for row in expected)
    found = [(key, step, time, "0.0" if value == "nan" else value) for key, step, time, value in rows(home, run)]
    assert (sorted(set(wanted) - set(found)), sorted(set(found) - set(wanted))) == ([], [])
    assert found == wanted
