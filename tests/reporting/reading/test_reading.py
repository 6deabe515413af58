"""Whatever way the store is read, the client's answer comes out."""

from __future__ import annotations

import math
from pathlib import Path

import pandas as pd
import pytest
from mlflow.entities import Metric
from mlflow.tracking import MlflowClient

from sweeper.errors import StoreError
from sweeper.reporting import frames, read_sweep
from sweeper.reporting.frames import read_frames
from sweeper.reporting.reading import database, kept, served
from sweeper.reporting.reading.history import read_histories
from sweeper.reporting.reading.points import Points
from sweeper.reporting.reading.run import Run
from sweeper.reporting.reading.store import Store, find_sweep, known_sweeps, open_store, trial_runs
from sweeper.tracking.sqlite import write_ahead
from tests.reporting.synthetic import START, Planted, Trial, plant

SWEEPS = ("digits-optimizers", "digits-mlp")


@pytest.fixture
def by_client(monkeypatch: pytest.MonkeyPatch) -> None:
    """No schema is known, so that everything is asked of the client."""
    monkeypatch.setattr(database, "SCHEMAS", frozenset({"another"}))


def runs_of(uri: str, sweep: str | None = None) -> tuple[Store, list[Run]]:
    opened = open_store(uri)
    with database.known_database(uri) as connection:
        runs = trial_runs(opened, find_sweep(opened, sweep, "sweeper", None, connection), connection)
    return opened, sorted(runs, key=lambda run: run.info.run_id)


def histories(opened: Store, runs: list[Run]) -> pd.DataFrame:
    with database.known_database(opened.tracking_uri) as connection:
        return read_histories(opened, runs, connection)


@pytest.mark.parametrize("sweep", SWEEPS)
def test_the_database_and_the_client_give_the_same(store: str, sweep: str, monkeypatch: pytest.MonkeyPatch):
    opened, runs = runs_of(store, sweep)
    quick = histories(opened, runs)
    with database.known_database(store) as connection:
        sweeps = known_sweeps(opened, "sweeper", connection)
        assert known_sweeps(opened, "another", connection) == []
    assert "client" not in vars(opened)  # it was not asked, and so not made
    assert [str(one) for one in known_sweeps(opened, "sweeper")] == [str(one) for one in sweeps]
    assert len(sweeps) == len(SWEEPS)
    monkeypatch.setattr(database, "SCHEMAS", frozenset())
    _, same = runs_of(store, sweep)
    assert [run.info for run in runs] == [run.info for run in same]
    for one, other in zip(runs, same, strict=True):
        assert (one.data.params, one.data.tags) == (other.data.params, other.data.tags)
        assert str(one.data.metrics.items()) == str(dict(sorted_like(other, one)).items())
    pd.testing.assert_frame_equal(quick, histories(opened, same))
    assert len(quick) > 1000


def sorted_like(run: Run, like: Run) -> list[tuple[str, float]]:
    assert run.data.metrics.keys() == like.data.metrics.keys()
    return [(key, run.data.metrics[key]) for key in like.data.metrics]


def test_wild_values_come_the_same_either_way(fresh: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Infinities, NaN, values that were logged twice, late or out of order, and an epoch 0."""
    plant(
        fresh, Planted("wild", [Trial(0, {}, {"val_loss": [math.inf, -math.inf, math.nan, 1.0]}), Trial(1, {}, {})]), tmp_path
    )
    opened, runs = runs_of(fresh)
    again = [(0.5, 4, 9), (0.4, 4, 9), (7.0, 4, 5_000), (0.1, 0, 9), (math.nan, 2, 1), (1e300, 9, 3), (-0.0, 8, 3)]
    points = [Metric("val_loss", value, START + late, step) for value, step, late in again]
    [first] = [run for run in runs if run.data.tags["sweeper.trial"] == "0"]
    opened.client.log_batch(first.info.run_id, metrics=points)
    opened, runs = runs_of(fresh)
    quick = histories(opened, runs)
    monkeypatch.setattr(database, "SCHEMAS", frozenset())
    pd.testing.assert_frame_equal(quick, histories(opened, runs))
    values = dict(zip(quick["step"], quick["value"], strict=True))
    assert (values[0], values[1], values[4], values[9]) == (0.1, math.inf, 0.4, 1e300)
    assert math.isnan(values[2]) and math.isnan(values[3])


def test_another_schema_or_no_database_is_left_to_the_client(store: str, by_client: None, tmp_path: Path):
    for uri in (store, "http://127.0.0.1:1", tmp_path.as_uri()):
        with database.known_database(uri) as connection:
            assert connection is None


def test_the_database_is_opened_for_reading_only(store: str):
    with database.known_database(store) as connection:
        assert connection is not None
        with pytest.raises(Exception, match="readonly"):
            connection.exec_driver_sql("DELETE FROM tags")


@pytest.mark.parametrize("ahead", [True, False], ids=["with a write-ahead log", "without"])
def test_a_sweep_that_writes_meanwhile_is_read_as_it_was_at_one_moment(
    fresh: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ahead: bool
):
    """Without the log its writer would have to wait, so there it is what has come."""
    if ahead:
        write_ahead(Path(fresh.removeprefix("sqlite:///")))
    plant(fresh, Planted("s", [Trial(0, {}, {"val_loss": [0.5, 0.4]}, state="RUNNING")]), tmp_path)
    before = read_frames("s", fresh)
    opened, [run] = runs_of(fresh)

    def between(*arguments: object) -> pd.DataFrame:
        opened.client.log_batch(
            run.info.run_id, metrics=[Metric("val_loss", 0.3, START, 3), Metric("objective", 0.3, START, 3)]
        )
        opened.client.set_terminated(run.info.run_id, "FINISHED")
        return read_histories(*arguments)

    monkeypatch.setattr(frames, "read_histories", between)
    found = read_frames("s", fresh)
    pd.testing.assert_frame_equal(found.runs, before.runs)
    if ahead:
        pd.testing.assert_frame_equal(found.epochs, before.epochs)
    monkeypatch.undo()
    assert len(read_frames("s", fresh).epochs) == len(before.epochs) + 1


def test_a_deleted_trial_is_left_out(fresh: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    plant(fresh, Planted("s", [Trial(n, {}, {"val_loss": [0.5]}) for n in range(2)]), tmp_path)
    opened, runs = runs_of(fresh)
    opened.client.delete_run(runs[0].info.run_id)
    assert [run.info.run_id for run in runs_of(fresh)[1]] == [runs[1].info.run_id]


class Counting:
    """A client that counts its questions."""

    def __init__(self, client: MlflowClient, fail_after: int = 10**9) -> None:
        self.asked, self.tracking_uri, self._client, self._fail_after = 0, client.tracking_uri, client, fail_after

    def get_metric_history(self, run_id: str, key: str) -> list[Metric]:
        self.asked += 1
        if self.asked > self._fail_after:
            raise OSError("the server has gone")
        return self._client.get_metric_history(run_id, key)


PLACES = {"train_eval_loss": 0, "val_loss": 1}


def test_what_was_told_of_ended_runs_is_not_asked_again(store: str, by_client: None, tmp_path: Path):
    opened, runs = runs_of(store, "digits-mlp")
    first, second = Counting(opened.client), Counting(opened.client)
    told = served.served(first, runs, PLACES, tmp_path)
    assert first.asked == 2 * len(runs)
    again = served.served(second, runs, PLACES, tmp_path)
    assert second.asked == 0
    for one, other in zip(told, again, strict=True):
        assert all(column.tolist() == kept_column.tolist() for column, kept_column in zip(one, other, strict=True))
    assert len(list(tmp_path.iterdir())) == 1


def test_a_run_that_is_not_over_or_says_other_things_is_asked_anew(fresh: str, by_client: None, tmp_path: Path):
    trials = [
        Trial(0, {}, {"val_loss": [0.5]}, "RUNNING", ""),
        Trial(1, {}, {"val_loss": [0.5]}),
        Trial(2, {}, {"val_loss": [0.5]}),
    ]
    stopped = Trial(3, {}, {"val_loss": [0.5]}, "INTERRUPTED", "")
    plant(fresh, Planted("s", [*trials, stopped], status="RUNNING"), tmp_path / "artifacts")
    opened, runs = runs_of(fresh)
    served.served(Counting(opened.client), runs, PLACES, tmp_path / "kept")
    for run in runs:
        if run.data.tags["sweeper.trial"] == "2":
            opened.client.log_metric(run.info.run_id, "val_loss", 0.25, step=2)
    opened, runs = runs_of(fresh)
    second = Counting(opened.client)
    told = served.served(second, runs, PLACES, tmp_path / "kept")
    assert second.asked == 3
    assert sorted(point for points in told for point in points.value) == [0.25, 0.5, 0.5, 0.5, 0.5]


@pytest.mark.parametrize(
    "damage", [lambda whole: b"", lambda whole: b"no file", lambda whole: whole[:-9], lambda whole: flipped(whole)]
)
def test_a_damaged_file_counts_as_missing(store: str, by_client: None, tmp_path: Path, damage):
    opened, runs = runs_of(store, "digits-mlp")
    told = served.served(Counting(opened.client), runs, PLACES, tmp_path)
    [file] = tmp_path.iterdir()
    file.write_bytes(damage(file.read_bytes()))
    again = served.served(Counting(opened.client), runs, PLACES, tmp_path)
    assert [one.value.tolist() for one in again] == [one.value.tolist() for one in told]
    third = Counting(opened.client)
    served.served(third, runs, PLACES, tmp_path)
    assert third.asked == 0


def flipped(whole: bytes) -> bytes:
    """With one bit changed in the first column's values."""
    return whole[:60] + bytes([whole[60] ^ 1]) + whole[61:]


def test_what_was_told_before_a_server_went_is_kept(
    store: str, by_client: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(served, "THREADS", 1)
    opened, runs = runs_of(store, "digits-mlp")
    with pytest.raises(StoreError, match="the server has gone"):
        served.served(Counting(opened.client, fail_after=9), runs, PLACES, tmp_path)
    second = Counting(opened.client)
    served.served(second, runs, PLACES, tmp_path)
    assert second.asked == 2 * len(runs) - 8


def test_a_folder_that_cannot_be_written_keeps_nothing_and_harms_nothing(store: str, by_client: None, tmp_path: Path):
    (tmp_path / "file").write_text("")
    opened, runs = runs_of(store, "digits-mlp")
    assert len(served.served(Counting(opened.client), runs, PLACES, tmp_path / "file" / "kept")) == len(runs)


def test_other_metrics_are_asked_for_anew(store: str, by_client: None, tmp_path: Path):
    opened, runs = runs_of(store, "digits-mlp")
    served.served(Counting(opened.client), runs, PLACES, tmp_path)
    file = kept.file_of(tmp_path, opened.tracking_uri, runs)
    assert len(kept.recall(file, runs, {"val_loss": 7, "train_eval_loss": 2})) == len(runs)
    assert kept.recall(file, runs, {"val_loss": 0}) == {}


def test_a_whole_sweep_through_the_client_and_from_what_was_kept(store: str, by_client: None, tmp_path: Path):
    whole, again = (read_sweep("digits-optimizers", store, cache=tmp_path) for _ in range(2))
    pd.testing.assert_frame_equal(whole.epochs, again.epochs)
    pd.testing.assert_frame_equal(whole.trials, again.trials)


def test_points_keep_the_first_logged():
    points = Points.of([1, 0, 1, 1], [2, 2, 2, 1], [5, 5, 4, 9], [0.1, 0.2, 0.3, 0.4]).tidy()
    assert points.key.tolist() == [1, 0, 1]
    assert points.value.tolist() == [0.4, 0.2, 0.3]
