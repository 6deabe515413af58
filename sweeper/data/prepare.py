"""Read, split, encode and standardize a data set once: `python -m sweeper.data.prepare REQUEST.json`.

It runs in a short-lived process, so that neither the data nor what it takes to read them (Keras's loaders, the user's own
function) stays in the parent.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from sweeper.data import columns, scaling
from sweeper.data.checks import check_rows
from sweeper.data.raw import PARTS, Array, RawData, Settings
from sweeper.data.settings import read_settings
from sweeper.data.split import split_rows
from sweeper.data.storing import replacing, store
from sweeper.data.targets import Targets, read_targets
from sweeper.data.wording import listed
from sweeper.errors import DataError, InputError
from sweeper.records import DataInfo, Task


def prepare(data: Mapping[str, Any] | str, folder: Path, into: Path) -> DataInfo:
    """Prepares the data set that `data` (`{"digits": {"test": 0.2}}`) describes, and returns what is known of it.

    Relative paths in `data` count from `folder`. `into` receives the arrays that `DataInfo` describes and `info.json`, all
    at once at the end; what was there before is replaced. Raises DataError, and leaves `into` as it was, for data that
    cannot be used.
    """
    entry, settings = read_settings(data)
    module, _, function = (entry.implementation or "").partition(":")
    raw: RawData = getattr(importlib.import_module(module), function)(settings, Path(folder))
    check_rows(raw)
    into = Path(into).absolute()
    with replacing(into) as draft:
        info = _prepare(raw, settings, draft, into)
        (draft / "info.json").write_text(info.to_json() + "\n", encoding="utf-8")
    return info


def _prepare(raw: RawData, settings: Settings, draft: Path, into: Path) -> DataInfo:
    targets = read_targets(raw)
    classes = targets.y if targets.task is Task.CLASSIFICATION else None
    parts = split_rows(raw.name, classes, raw.groups, raw.parts, len(raw.x), settings)
    x, features = raw.x.reshape(len(raw.x), 1) if raw.x.ndim == 1 else raw.x, raw.features
    if raw.columns:
        encoding = columns.fit(raw.name, x[parts["train"]], raw.columns)
        x, features = encoding.apply(x), encoding.features
    change = scaling.fit(x[parts["train"]]) if settings["standardize"] else scaling.unchanged()
    digest = store(draft, x, targets.y, parts, change.apply, raw.name)
    train_y = targets.y[parts["train"]]
    mean, scale = _target_units(targets, train_y, standardize=settings["standardize"])
    return DataInfo(
        name=raw.name,
        task=targets.task,
        input_shape=tuple(x.shape[1:]),
        outputs=targets.outputs,
        rows={part: len(parts[part]) for part in PARTS},
        digest=digest,
        folder=str(into),
        class_names=targets.class_names,
        class_counts=() if classes is None else tuple(np.bincount(train_y, minlength=targets.outputs).tolist()),
        features=features,
        target_mean=mean,
        target_scale=scale,
        notes=(*raw.notes, *targets.notes, *_missing_classes(targets, parts)),
    )


def _target_units(targets: Targets, y: Array, *, standardize: bool) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Mean and standard deviation of the training targets for each output; 0 and 1 where nothing is to be standardized."""
    if targets.task is Task.CLASSIFICATION:
        return (), ()
    if not standardize:
        return (0.0,) * targets.outputs, (1.0,) * targets.outputs
    numbers = y.astype(np.float64)
    return tuple(numbers.mean(axis=0).tolist()), tuple((deviation or 1.0) for deviation in numbers.std(axis=0).tolist())


def _missing_classes(targets: Targets, parts: Mapping[str, Array]) -> list[str]:
    if targets.task is not Task.CLASSIFICATION:
        return []
    notes = []
    for part in PARTS:
        counts = np.bincount(targets.y[parts[part]], minlength=targets.outputs)
        missing = [targets.class_names[label] for label in np.flatnonzero(counts == 0)]
        if missing and len(parts[part]):
            notes.append(f"The {part} part has no row of the class {listed(missing)}.")
    return notes


@contextlib.contextmanager
def _silent_stdout() -> Iterator[None]:
    """What loaders and the user's own function print must not mix with the answer: neither what Python prints, nor what a
    library in C or a program that they call writes to the file behind it."""
    sys.stdout.flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    try:
        with contextlib.redirect_stdout(sys.stderr):
            yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)


def main(argv: Sequence[str]) -> int:
    """Prepares what the JSON file `argv[0]` asks for (`data`, `folder`, `into`), and prints one JSON object on stdout:
    `{"info": DataInfo}`, or `{"error": message}` with the exit status 2."""
    request = json.loads(Path(argv[0]).read_text(encoding="utf-8"))
    try:
        with _silent_stdout():
            info = prepare(request["data"], Path(request["folder"]), Path(request["into"]))
    except InputError as error:
        print(json.dumps({"error": str(error)}))
        return error.exit_code
    except MemoryError:
        print(json.dumps({"error": "The data set does not fit into this machine's memory."}))
        return DataError.exit_code
    print(json.dumps({"info": json.loads(info.to_json())}))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
