"""Data that stay on disk train as data on the device do: the same steps, to the last bit, and the same metrics of a part."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sweeper.data.prepare import prepare
from sweeper.records import DataInfo, EpochRecord, Objective, Outcome, WorkerSettings
from sweeper.training import streamed_data
from sweeper.training.backends.backend import Backend
from sweeper.training.bench import Bench
from sweeper.training.device_data import TEST, TRAIN, TRAIN_EVAL, VALIDATION, load
from sweeper.training.lanes import Lanes
from sweeper.training.network import Network
from sweeper.training.packing import Metrics
from sweeper.training.passes import Pass
from sweeper.training.program import Program, Training
from sweeper.training.resident_program import ResidentProgram
from sweeper.training.streamed_data import StreamedData
from sweeper.training.streamed_program import StreamedProgram
from sweeper.training.trial import Trial, epoch_learning_rates

from .conftest import FAMILIES, configuration, plan

METRICS = ("accuracy", "f1", "auc", "calibration_error")
CHUNK = 256 * 200
"""Bytes for 200 of the digits' rows: six batches of 32 in a chunk, so that 1,077 rows come in six, the last of them short."""


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> DataInfo:
    folder = tmp_path_factory.mktemp("stored")
    return prepare({"digits": {"stream": "always"}}, folder, folder / "data")


@pytest.fixture(scope="module")
def in_folds(tmp_path_factory: pytest.TempPathFactory) -> DataInfo:
    folder = tmp_path_factory.mktemp("folds")
    return prepare({"diabetes": {"stream": "always", "folds": 3}}, folder, folder / "data")


def programs(
    backend: Backend,
    info: DataInfo,
    settings: dict[str, Any],
    metrics: tuple[str, ...] = METRICS,
    chunk: int = CHUNK,
    fold: int = 0,
) -> tuple[ResidentProgram, StreamedProgram]:
    """Both kinds, of one structure over the same rows."""
    about = settings, info, metrics
    return (
        ResidentProgram(backend, Network(settings, info, ""), *about, load(info, backend), 1, fold),
        StreamedProgram(backend, Network(settings, info, ""), *about, StreamedData(info, backend, chunk), fold),
    )


def an_epoch(program: Program, settings: dict[str, Any], rows: int, fold: int = 0) -> tuple[Training, Metrics]:
    trial = plan(settings, 1, 3, fold=fold)
    size = settings["training"]["batch_size"]
    rates = epoch_learning_rates(trial, rows, 1)
    after, [measured] = program.train(program.start(trial), [Pass.of(trial, 1)], [rates], size)
    return after, measured


@pytest.mark.parametrize("family", FAMILIES)
def test_without_shuffling_an_epoch_takes_the_same_steps(family: str, backend: Backend, stored: DataInfo) -> None:
    """Layers' state, dropout's seeds and the optimizer's slots go on from chunk to chunk."""
    regularization = {"dropout": 0.2, "l2": 1e-4}
    settings = configuration({"adam": {"learning_rate": 0.003}}, FAMILIES[family], regularization, shuffle=False)
    resident, streamed = programs(backend, stored, settings)
    (whole, expected), (pieces, measured) = (
        an_epoch(program, settings, stored.rows["train"]) for program in (resident, streamed)
    )
    for a, b in zip(whole.state["weights"], pieces.state["weights"], strict=True):
        np.testing.assert_array_equal(np.asarray(a), np.asarray(b))
    assert int(pieces.state["step"]) == 34
    assert measured == pytest.approx(expected, rel=1e-5)


def test_what_is_measured_changes_no_bit_of_the_training(backend: Backend, stored: DataInfo) -> None:
    settings = configuration({"adam": {"learning_rate": 0.003}}, regularization={"dropout": 0.2})
    bare, full = (programs(backend, stored, settings, metrics) for metrics in ((), METRICS))
    for without, beside in zip(bare, full, strict=True):
        (a, _), (b, _) = (an_epoch(program, settings, stored.rows["train"]) for program in (without, beside))
        for one, other in zip(a.state["weights"], b.state["weights"], strict=True):
            np.testing.assert_array_equal(np.asarray(one), np.asarray(other))


def test_parts_are_measured_as_a_whole(backend: Backend, stored: DataInfo) -> None:
    settings = configuration()
    resident, streamed = programs(backend, stored, settings)
    start = streamed.start(plan(settings))
    for part in (TRAIN_EVAL, VALIDATION, TEST):
        expected, measured = (program.measure(part, start.state, start.knobs, [0]) for program in (resident, streamed))
        assert measured[0] == pytest.approx(expected[0], rel=1e-5)
    assert streamed.signal(start, [0.01], [0])[0] == pytest.approx(resident.signal(start, [0.01], [0])[0], rel=1e-6)


def test_numbers_of_a_fold_are_standardized_by_its_own_training_part(backend: Backend, in_folds: DataInfo) -> None:
    settings = configuration(shuffle=False)
    for fold in (0, 2):
        kinds = programs(backend, in_folds, settings, ("mae", "r2"), 40 * 64, fold)
        rows = in_folds.fold(fold).rows["train"]
        (_, expected), (_, measured) = (an_epoch(program, settings, rows, fold) for program in kinds)
        assert measured == pytest.approx(expected, rel=1e-4)


def test_an_order_of_its_own_in_every_epoch_that_the_seed_decides(backend: Backend, stored: DataInfo) -> None:
    data = StreamedData(stored, backend, CHUNK)

    def order(seed: int | None) -> np.ndarray:
        return np.concatenate([np.asarray(chunk.x).reshape(chunk.rows, -1) for chunk in data.training(Pass(0, seed), 32)])

    first, again, other, lying = order(1), order(1), order(2), order(None)
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)
    np.testing.assert_array_equal(lying.reshape(-1, 8, 8, 1), np.load(Path(stored.folder) / "train_x.npy"))
    np.testing.assert_array_equal(np.sort(first.sum(axis=1)), np.sort(lying.sum(axis=1)))


def test_chunks_hold_whole_batches_and_the_rest(backend: Backend, stored: DataInfo) -> None:
    data = StreamedData(stored, backend, CHUNK)
    assert [chunk.rows for chunk in data.training(Pass(0, 5), 32)] == [192] * 5 + [117]
    assert data.training_sizes(0, 32) == {192, 117}
    assert [chunk.rows for chunk in data.training(Pass(0, 5), 500)] == [500, 500, 77], "a batch is never cut"
    assert [chunk.rows for chunk in data.part(0, VALIDATION)] == [200, 160]
    assert data.part_sizes(0) == {200, 160}
    assert (data.count(0, TRAIN), data.count(0, VALIDATION)) == (1077, 360)


def test_nobody_reads_on_when_a_batch_fails(backend: Backend, stored: DataInfo, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = configuration()
    _, streamed = programs(backend, stored, settings)

    def broken(*_: Any) -> Any:
        raise MemoryError

    monkeypatch.setattr(streamed, "_train_chunk", broken)
    with pytest.raises(MemoryError):
        an_epoch(streamed, settings, stored.rows["train"])
    assert not [thread for thread in threading.enumerate() if thread.name == "sweeper-chunks"]


def test_a_trial_on_streamed_data(backend: Backend, stored: DataInfo) -> None:
    """From its first look to the test part; the curve without shuffling is that of the data on the device."""
    objective = Objective("val_loss", maximize=False, metrics=METRICS)
    settings = configuration({"adam": {"learning_rate": 0.003}}, shuffle=False)
    found: list[tuple[list[EpochRecord], Outcome]] = []
    for program in programs(backend, stored, settings):
        lanes = Lanes(program)
        lanes.place(Trial(plan(settings, 3), objective, stored.rows["train"], 0.0))
        records = lanes.begin()
        while not (outcomes := lanes.finish()):
            records += lanes.round()
        found.append((records, outcomes[0]))
    (resident, first), (streamed, second) = found
    assert [record.epoch for record in streamed] == [0, 1, 2, 3]
    for a, b in zip(resident, streamed, strict=True):
        assert dict(b.metrics) == pytest.approx(dict(a.metrics), rel=1e-4, abs=1e-6)
    assert second.metrics == pytest.approx(first.metrics, rel=1e-4)
    assert {"test_loss", "test_f1"} <= second.metrics.keys()


def test_a_bench_streams_what_the_data_say_and_gives_one_lane(
    backend: Backend, stored: DataInfo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streamed_data, "CHUNK", CHUNK)
    objective = Objective("val_loss", maximize=False, metrics=("accuracy",))
    told = WorkerSettings("test", "w1", "", stored, objective, str(tmp_path), backend=backend.name, lanes=4)
    opened = Bench(told, backend, "CPU")
    opened.take([plan(configuration(), 2, 0), plan(configuration({"adam": {"learning_rate": 0.1}}), 2, 1)], 2)
    outcomes: list[Any] = []
    while opened.is_busy:
        opened.begin()
        opened.round()
        outcomes += opened.finish()
    assert [(outcome.trial, outcome.state.value, outcome.epochs) for outcome in outcomes] == [
        (0, "COMPLETE", 2),
        (1, "COMPLETE", 2),
    ]
    [(_, choice)] = opened.choices()
    assert (choice.lanes, choice.why) == (1, "data that are read from disk in chunks are read for one trial at a time")
