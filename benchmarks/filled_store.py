"""A finished sweep of any size in MLflow's SQLite, without training: the schema and the sweep's own run are MLflow's. The
rows of the trials go in by bulk inserts, as MLflow itself would have written them (it takes hours for eight million metrics).

Every trial has 25 tags, 12 params, 9 metrics that are logged once, and 8 curves. Seeded.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import numpy as np
from mlflow.tracking import MlflowClient

START = 1_790_000_000_000
CURVES = (
    "train_loss", "train_accuracy", "train_eval_loss", "train_eval_accuracy", "val_loss", "val_accuracy", "penalty",
    "learning_rate",
)  # fmt: skip
CHOICES = {"sgd": (0.11, 0.04), "momentum": (0.09, 0.08), "rmsprop": (0.085, 0.12), "adam": (0.08, 0.1)}
"""Name -> where its validation loss ends, and how fast it falls."""
_EPOCH = 20
"""Milliseconds."""
_AT_ONCE = 100
"""Trials whose rows are made together."""
_SLOW = ("index_metrics_run_uuid", "index_metrics_run_uuid_key_step")
"""Indexes that are made again when all rows are there, which is quicker."""


def fill(folder: Path, trials: int, epochs: int, name: str = "filled", sampler: str = "random", compare: bool = True) -> str:
    """Writes `mlflow.db` with one sweep into the folder; gives its address."""
    file = folder / "mlflow.db"
    uri = f"sqlite:///{file}"
    client = MlflowClient(uri)
    experiment = client.create_experiment("sweeper", artifact_location=(folder / "mlartifacts").as_uri())
    tags = {
        "sweeper.kind": "sweep",
        "sweeper.version": "0.1.0",
        "sweeper.objective": "val_loss",
        "sweeper.direction": "minimize",
        "sweeper.sampler": sampler,
        "sweeper.pruner": "none",
        "sweeper.seed": "0",
        "sweeper.data.name": "digits",
        "sweeper.data.rows.train": "1077",
        "sweeper.data.rows.validation": "360",
        "sweeper.data.chance.loss": "2.302585",
        "sweeper.searched": ", ".join(["optimizer", *(f"optimizer.{kind}.learning_rate" for kind in CHOICES), *_SEARCHED]),
        **({"sweeper.compare": "optimizer"} if compare else {}),
    }
    parent = client.create_run(experiment, start_time=START, run_name=name, tags=tags).info.run_id
    client.log_param(parent, "budget.trials", trials)
    client.log_param(parent, "budget.epochs", epochs)
    client.set_terminated(parent, "FINISHED", end_time=START + trials * epochs * _EPOCH)
    database = sqlite3.connect(file)
    database.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-500000")
    made = [database.execute("SELECT sql FROM sqlite_master WHERE name = ?", (index,)).fetchone()[0] for index in _SLOW]
    for index in _SLOW:
        database.execute(f"DROP INDEX {index}")
    random = np.random.default_rng(trials)
    for first in range(0, trials, _AT_ONCE):
        _Trials(random, first, min(_AT_ONCE, trials - first), epochs, sampler).write(database, int(experiment), parent, name)
    for sql in made:
        database.execute(sql)
    database.commit()
    database.execute("PRAGMA journal_mode=WAL")
    database.close()
    return uri


_SEARCHED = ("regularization.dropout", "regularization.l2", "training.batch_size", "model.mlp.units.1", "model.mlp.units.2")


class _Trials:
    """So many trials from number `first` on; their curves are [trials, epochs]."""

    def __init__(self, random: np.random.Generator, first: int, count: int, epochs: int, sampler: str) -> None:
        self.numbers, self.paired = np.arange(first, first + count), sampler == "paired"
        self.kinds = [list(CHOICES)[number % len(CHOICES)] for number in self.numbers]
        self.runs = [UUID(bytes=random.bytes(16), version=4).hex for _ in self.numbers]
        self.rates = 10 ** random.uniform(-4, -1, count)
        self.dropout, self.decay = random.uniform(0, 0.5, count), 10 ** random.uniform(-6, -2, count)
        self.batch, self.units = random.choice([16, 32, 64, 128], count), random.integers(16, 256, (count, 2))
        floor, pace = np.array([CHOICES[kind] for kind in self.kinds]).T
        floor = floor * (1 + 0.3 * np.abs(np.log10(self.rates) + 2.5)) * (1 + 0.1 * random.standard_normal(count))
        t = np.arange(1, epochs + 1)
        fall = np.exp(-pace[:, np.newaxis] * t * 20 / max(epochs, 20))
        rise = (
            np.maximum(0, t - epochs * random.uniform(0.3, 2, (count, 1))) * 0.02 / epochs * random.uniform(0, 20, (count, 1))
        )
        train = 2.3 * fall + 0.01
        val = floor[:, np.newaxis] + (2.3 - floor[:, np.newaxis]) * fall + rise
        val = val * (1 + 0.02 * random.standard_normal(val.shape))
        losses = {"train_loss": train * 1.1, "train_eval_loss": train, "val_loss": val}
        rest = {"penalty": np.full(val.shape, 0.01), "learning_rate": np.repeat(self.rates[:, np.newaxis], epochs, axis=1)}
        scores = {key.replace("loss", "accuracy"): np.clip(1 - 0.3 * loss, 0, 1) for key, loss in losses.items()}
        self.diverged = random.uniform(size=count) < 0.03
        curves = {**losses, **scores, **rest}
        self.curves = np.stack([curves[key] for key in CURVES])
        self.lengths = np.where(self.diverged, random.integers(2, max(epochs, 3), count), epochs)

    def write(self, database: sqlite3.Connection, experiment: int, parent: str, sweep: str) -> None:
        database.executemany(
            "INSERT INTO runs VALUES (?,?,'LOCAL','','','',?,?,?,'','active','',?,NULL)", self._runs(experiment)
        )
        database.executemany("INSERT INTO tags VALUES (?,?,?)", self._tags(parent, sweep))
        database.executemany("INSERT INTO params VALUES (?,?,?)", self._params())
        points = list(self._points())
        database.executemany('INSERT INTO metrics ("key",value,timestamp,run_uuid,step,is_nan) VALUES (?,?,?,?,?,?)', points)
        latest = {(run, key): (key, value, time, step, nan, run) for key, value, time, run, step, nan in points}
        database.executemany("INSERT INTO latest_metrics VALUES (?,?,?,?,?,?)", latest.values())

    def _span(self, place: int) -> tuple[int, int]:
        begun = START + int(self.numbers[place]) * self.curves.shape[2] * _EPOCH
        return begun, begun + int(self.lengths[place]) * _EPOCH

    def _runs(self, experiment: int) -> Iterator[tuple[object, ...]]:
        for place, run in enumerate(self.runs):
            status = "KILLED" if self.diverged[place] else "FINISHED"
            yield run, f"t{self.numbers[place]:04d}-mlp-{self.kinds[place]}", status, *self._span(place), experiment

    def _tags(self, parent: str, sweep: str) -> Iterator[tuple[str, str, str]]:
        for place, run in enumerate(self.runs):
            number, diverged = int(self.numbers[place]), self.diverged[place]
            yield from (("mlflow.parentRunId", parent, run), ("mlflow.runName", f"t{number:04d}", run))
            tags = {
                "kind": "trial", "sweep": sweep, "id": parent, "trial": number, "repeat": 0, "fold": 0, "attempt": 1,
                "state": "PRUNED" if diverged else "COMPLETE", "reason": "diverged" if diverged else "finished",
                "phase": "paired" if self.paired else "random", "block": number // len(CHOICES) if self.paired else "",
                "structure": "mlp-64-64", "compiled": "false", "lanes": 1, "worker": "worker-0", "device": "CPU",
                "seed.weights": number, "seed.order": number, "seed.noise": number, "objective": "val_loss",
                "direction": "minimize", "data.name": "digits", "data.digest": "5f0c83",
            }  # fmt: skip
            yield from ((f"sweeper.{key}", str(value), run) for key, value in tags.items())

    def _params(self) -> Iterator[tuple[str, str, str]]:
        for place, run in enumerate(self.runs):
            kind, units = self.kinds[place], self.units[place]
            params = {
                "optimizer": kind, f"optimizer.{kind}.learning_rate": f"{self.rates[place]:.6g}", "model": "mlp",
                "model.mlp.units.1": units[0], "model.mlp.units.2": units[1], "model.mlp.activation": "relu",
                "initializer": "he_normal", "regularization.dropout": f"{self.dropout[place]:.4f}",
                "regularization.l2": f"{self.decay[place]:.4g}", "training.batch_size": self.batch[place],
                "budget.epochs": self.curves.shape[2], "seed": 0,
            }  # fmt: skip
            yield from ((key, str(value), run) for key, value in params.items())

    def _points(self) -> Iterator[tuple[str, float, int, str, int, int]]:
        """Epoch by epoch, as a sweep logs them; MLflow keeps a 0 with a mark for what is not a number."""
        values = self.curves.transpose(1, 2, 0).tolist()
        objective = self.curves[CURVES.index("val_loss")]
        for place, run in enumerate(self.runs):
            length, (begun, ended) = int(self.lengths[place]), self._span(place)
            for epoch in range(1, length + 1):
                broken = self.diverged[place] and epoch == length
                for key, value in zip(CURVES, values[place][epoch - 1], strict=True):
                    nan = broken and key != "learning_rate"
                    yield key, 0.0 if nan else value, begun + epoch * _EPOCH, run, epoch, int(nan)
            whole = objective[place, : length - 1 if self.diverged[place] else length]
            best = int(whole.argmin()) + 1
            once = {
                "objective": whole[best - 1], "objective_last": whole[-1], "best_epoch": best, "epochs": length,
                "seconds_compile": 0.1, "seconds_train": 0.015 * length, "seconds_evaluate": 0.004 * length,
                "seconds_probe": 0.001, "test_loss": whole[best - 1] * 1.03,
            }  # fmt: skip
            yield from ((key, float(value), ended, run, best, 0) for key, value in once.items())
