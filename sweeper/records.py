"""The frozen values that pass between parent, workers and stores. All are JSON: `to_json` and `from_json` are inverse.

A record's identity is (trial, repeat, epoch): the first one stays; one that is computed again (a retry after a crash) is
compared with it and never logged twice.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from sweeper.seeds import Seeds

Value = bool | int | float | str | None
"""What a parameter can be; sizes are words (`64-32`), and `None` is what a space writes as `none`."""

Configuration = Mapping[str, Any]
"""A space's tree with values only and every default filled in:
`{"model": {"mlp": {"layers": "64-32", ...}}, "initializer": {"he_normal": {}}, "regularization": {"l2": 1e-4, ...},
"optimizer": {"adam": {...}}, "training": {...}}`. a part is one key over its settings; `None` is no part."""


UNITS = ("epoch", "step", "second")
"""What the x of a trial's curves can count: our own trials have epochs, imported curves any of these."""


class Task(StrEnum):
    CLASSIFICATION = "classification"
    REGRESSION = "regression"


class State(StrEnum):
    """How a trial stands. A trial ends as exactly one of COMPLETE, PRUNED, FAILED."""

    RUNNING = "RUNNING"
    COMPLETE = "COMPLETE"
    PRUNED = "PRUNED"
    FAILED = "FAILED"


class Reason(StrEnum):
    """Why a trial ended. Divergence is a result (PRUNED); the last four are faults (FAILED)."""

    FINISHED = "finished"
    EARLY_STOP = "early_stop"
    PRUNER = "pruner"
    DIVERGED = "diverged"
    OUT_OF_MEMORY = "out_of_memory"
    ERROR = "error"
    CRASHED = "crashed"
    TIMEOUT = "timeout"


class Verdict(StrEnum):
    GO = "go"
    STOP = "stop"


@dataclass(frozen=True)
class Objective:
    """What a sweep seeks: the best epoch's `metric` (`val_loss`), smallest or largest, and the metrics measured beside it.

    `metrics` are names of the catalogue without a split (`accuracy`); the loss is always measured.
    """

    metric: str
    maximize: bool
    metrics: tuple[str, ...] = ()

    def better(self, a: float, b: float) -> bool:
        """Whether `a` is strictly better than `b`; a value that is not finite is better than nothing."""
        if not math.isfinite(a):
            return False
        return not math.isfinite(b) or (a > b if self.maximize else a < b)


@dataclass(frozen=True)
class DataInfo:
    """What the parent knows of a data set; the arrays lie memory-mapped in `folder`.

    In `folder`: `train_x.npy`, `train_y.npy` and the same for `validation` and `test` (absent where `rows` is 0). x is
    float32 [rows, *input_shape]; y is int32 [rows] in [0, outputs) for classification and float32 [rows, outputs] for
    regression, as it came. The rows of the training part lie in a seeded random order. `class_counts`, `target_mean` and
    `target_scale` (standard deviation; both [outputs], and empty for classes) are the training part's: networks learn
    (y - mean) / scale, so that a loss of 1 is what guessing the mean gives. `notes` are sentences for the user. `folds` holds
    one value of this kind for each fold of a cross-validation, with the digest of its own arrays and without what is the same
    for all (`features`, `notes`); all else here is then the first fold's, but for the digest, which is over all folds. It is
    empty where there is one split. `streamed`: the arrays stay on disk, and workers read them in chunks.
    """

    name: str
    task: Task
    input_shape: tuple[int, ...]
    outputs: int
    rows: Mapping[str, int]
    digest: str
    folder: str
    class_names: tuple[str, ...] = ()
    class_counts: tuple[int, ...] = ()
    features: tuple[str, ...] = ()
    target_mean: tuple[float, ...] = ()
    target_scale: tuple[float, ...] = ()
    notes: tuple[str, ...] = ()
    folds: tuple[DataInfo, ...] = ()
    streamed: bool = False

    def fold(self, number: int) -> DataInfo:
        """The data of this fold, counted from 0; the only split where there are no folds."""
        return self.folds[number] if self.folds else self

    @property
    def size(self) -> int:
        """Bytes of all inputs."""
        return sum(4 * sum(fold.rows.values()) * math.prod(fold.input_shape) for fold in self.folds or (self,))

    def moved(self, folder: str) -> DataInfo:
        """The same data, prepared into `folder` now; each fold in the subfolder that it had."""
        if not self.folds:
            return replace(self, folder=folder)
        folds = tuple(replace(fold, folder=str(Path(folder) / Path(fold.folder).name)) for fold in self.folds)
        return replace(self, folder=folds[0].folder, folds=folds)

    def to_json(self) -> str:
        return _dump(asdict(self))

    @staticmethod
    def from_json(text: str) -> DataInfo:
        return DataInfo.from_raw(json.loads(text))

    @staticmethod
    def from_raw(raw: Mapping[str, Any]) -> DataInfo:
        tuples = ("input_shape", "class_names", "class_counts", "features", "target_mean", "target_scale", "notes")
        folds = tuple(DataInfo.from_raw(fold) for fold in raw.get("folds", ()))
        return DataInfo(**{**raw, "task": Task(raw["task"]), **{name: tuple(raw[name]) for name in tuples}, "folds": folds})


@dataclass(frozen=True)
class TrialPlan:
    """All that a worker needs to train a trial, fixed before any Keras object exists.

    `parameters` are what was searched, by the names Optuna and MLflow show; `rungs` the epochs after which the worker waits
    for a verdict; `phase` how the parameters were found (`baseline`, `paired`, `startup`, `tpe` ...); `block` the set of
    nuisance values it belongs to, or None. `repeat` counts the trainings of one configuration, which differ in their seeds, or
    in the `fold` of the data, or in both. `lanes` is how many lanes the program must have that trains it (a further attempt
    takes what the first one had, for the same bits), or 0 where that is open.
    """

    number: int
    parameters: Mapping[str, Value]
    configuration: Configuration
    seeds: Seeds
    epochs: int
    rungs: tuple[int, ...] = ()
    phase: str = ""
    block: int | None = None
    repeat: int = 0
    attempt: int = 1
    fold: int = 0
    lanes: int = 0

    def to_raw(self) -> dict[str, Any]:
        return asdict(self)

    @staticmethod
    def from_raw(raw: Mapping[str, Any]) -> TrialPlan:
        return TrialPlan(**{**raw, "seeds": Seeds(**raw["seeds"]), "rungs": tuple(raw["rungs"])})

    def to_json(self) -> str:
        return _dump(self.to_raw())

    @staticmethod
    def from_json(text: str) -> TrialPlan:
        return TrialPlan.from_raw(json.loads(text))


@dataclass(frozen=True)
class EpochRecord:
    """One epoch of one trial; epoch 0 is the state before training.

    `metrics` are named as users see them (`train_loss`, `train_eval_loss`, `val_loss`, `val_accuracy`, `penalty`,
    `learning_rate`; `layers/dense_1/gradient_rms` for signal health); losses are without the penalty. `seconds` has the
    keys `compile`, `train`, `evaluate`, `probe` as far as they were spent; `time` is Unix time in milliseconds.
    """

    trial: int
    epoch: int
    metrics: Mapping[str, float]
    seconds: Mapping[str, float]
    time: int
    repeat: int = 0
    attempt: int = 1

    def to_raw(self) -> dict[str, Any]:
        return {"kind": "epoch", **asdict(self)}

    def to_json(self) -> str:
        return _dump(self.to_raw())


@dataclass(frozen=True)
class Outcome:
    """How a trial ended. `value` is the objective at its best epoch, `last` at its last one; None where it has none.

    `metrics` are measured once, at the best epoch (`test_loss`); `message` says what went wrong in a line, `trace` is the
    traceback of a fault, and `place` what kind it is and where it lies in the user's own code, if it does (`TypeError in
    /home/me/model.py, line 12`).
    """

    trial: int
    state: State
    reason: Reason
    value: float | None
    last: float | None
    best_epoch: int | None
    epochs: int
    seconds: Mapping[str, float]
    time: int
    metrics: Mapping[str, float] = field(default_factory=dict)
    message: str = ""
    place: str = ""
    trace: str = ""
    worker: str = ""
    device: str = ""
    repeat: int = 0
    attempt: int = 1

    def by(self, worker: str, device: str) -> Outcome:
        return replace(self, worker=worker, device=device)

    def to_raw(self) -> dict[str, Any]:
        return {"kind": "outcome", **asdict(self)}

    def to_json(self) -> str:
        return _dump(self.to_raw())


@dataclass(frozen=True)
class Start:
    """The first record of an attempt: a worker began to train this trial.

    `compiled` says that a program was compiled for it, which took `compile_seconds`; `lanes` is how many lanes it has.
    """

    trial: int
    structure: str
    compiled: bool
    worker: str
    device: str
    time: int
    repeat: int = 0
    attempt: int = 1
    lanes: int = 1
    compile_seconds: float = 0.0

    def to_raw(self) -> dict[str, Any]:
        return {"kind": "start", **asdict(self)}

    def to_json(self) -> str:
        return _dump(self.to_raw())


@dataclass(frozen=True)
class Asked:
    """The parent's record of a trial it asked for: enough to train it again after a crash, with the same number."""

    plan: TrialPlan
    time: int

    def to_raw(self) -> dict[str, Any]:
        return {"kind": "asked", **asdict(self)}

    def to_json(self) -> str:
        return _dump(self.to_raw())


Record = Asked | Start | EpochRecord | Outcome


def record_from_json(text: str) -> Record:
    """The record that `to_json` wrote. Raises ValueError for a text that is none."""
    return record_from_raw(json.loads(text))


def record_from_raw(raw: Mapping[str, Any]) -> Record:
    """The record whose `to_raw` this is, as JSON gives it back. Raises ValueError for what is none."""
    fields = {name: value for name, value in raw.items() if name != "kind"}
    match raw.get("kind"):
        case "epoch":
            # The same few names in each of a sweep's many records: one text in memory for all of them.
            return EpochRecord(**{**fields, "metrics": {sys.intern(name): value for name, value in fields["metrics"].items()}})
        case "start":
            return Start(**fields)
        case "outcome":
            return Outcome(**{**fields, "state": State(fields["state"]), "reason": Reason(fields["reason"])})
        case "asked":
            return Asked(plan=TrialPlan.from_raw(fields["plan"]), time=fields["time"])
        case kind:
            raise ValueError(f"a record of kind {kind!r}; expected epoch, start, outcome or asked")


def _dump(raw: Mapping[str, Any]) -> str:
    """One line of JSON in the order of the fields, so that parameters keep the order of their space; NaN and infinities are
    written as Python's json writes and reads them."""
    return json.dumps(raw, separators=(",", ":"))


@dataclass(frozen=True)
class WorkerSettings:
    """What a worker is told once, before its first plan.

    `folder` is the space file's folder, from which the paths of the user's own code count; the `objective` with its metrics
    holds for all trials of the sweep. `lanes` is how many trials of one structure a program trains side by side, or 0 where
    the worker finds that out. `cache` is the folder in which compiled programs are kept from sweep to sweep, or empty.
    """

    sweep: str
    worker: str
    spool: str
    data: DataInfo
    objective: Objective
    folder: str
    device: str = "cpu"
    threads: int = 1
    backend: str = "tensorflow"
    lanes: int = 1
    cache: str = ""

    def to_json(self) -> str:
        return _dump(asdict(self))

    @staticmethod
    def from_json(text: str) -> WorkerSettings:
        raw = json.loads(text)
        objective = {**raw["objective"], "metrics": tuple(raw["objective"]["metrics"])}
        return WorkerSettings(**{**raw, "data": DataInfo.from_raw(raw["data"]), "objective": Objective(**objective)})
