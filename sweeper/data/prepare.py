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
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from sweeper.catalogue.datasets import LARGE
from sweeper.data.checks import check_rows
from sweeper.data.label_noise import with_noise
from sweeper.data.raw import PARTS, Array, RawData, Settings
from sweeper.data.recipe import Recipe, recipes
from sweeper.data.scratch import scratch_beside
from sweeper.data.settings import read_settings
from sweeper.data.storing import combined_digest, replacing, store
from sweeper.data.targets import Targets, read_targets
from sweeper.data.wording import listed
from sweeper.errors import DataError, InputError
from sweeper.records import DataInfo, Task

FEW = 500
"""In one split of fewer rows the validation part has, at the usual share, fewer than 100: the standard error of a share of 95 %
that is right is then above 2 points, which is about what configurations differ by."""


TOO_LARGE = (
    "The data set does not fit into this machine's memory. Folders of pictures, Parquet files and a tf.data.Dataset from a "
    "function of your own take less, because they are prepared in pieces."
)


def prepare(data: Mapping[str, Any] | str, folder: Path, into: Path, room: int | None = None) -> DataInfo:
    """Prepares the data set that `data` (`{"digits": {"test": 0.2}}`) describes, and returns what is known of it.

    Relative paths in `data` count from `folder`. Data of more than `room` bytes are to be streamed, unless their settings say
    otherwise. `into` receives the arrays that `DataInfo` describes and `info.json`, all
    at once at the end; what was there before is replaced. Raises DataError, and leaves `into` as it was, for data that
    cannot be used.
    """
    into = Path(into).absolute()
    with opened(data, folder, into) as (raw, settings):
        return keep(raw, settings, into, room)


@contextlib.contextmanager
def opened(data: Mapping[str, Any] | str, folder: Path, into: Path) -> Iterator[tuple[RawData, Settings]]:
    """The rows of a data set as they are read, checked, and its settings with all defaults; large ones lie beside `into` until
    the block ends. Raises DataError."""
    entry, settings = read_settings(data)
    module, _, function = (entry.implementation or "").partition(":")
    source = getattr(importlib.import_module(module), function)
    with scratch_beside(into) as scratch:
        raw: RawData = source(settings, Path(folder), *([scratch] if LARGE in entry.marks else []))
        check_rows(raw)
        yield raw, settings


def keep(raw: RawData, settings: Settings, into: Path, room: int | None = None) -> DataInfo:
    """Splits, encodes and standardizes the rows, and writes the arrays; see `prepare`."""
    with replacing(into) as draft:
        info = _with_stream(_prepare(raw, settings, draft, into), settings["stream"], room)
        (draft / "info.json").write_text(info.to_json() + "\n", encoding="utf-8")
    return info


def _prepare(raw: RawData, settings: Settings, draft: Path, into: Path) -> DataInfo:
    targets = read_targets(raw)
    found = recipes(raw, targets, settings)
    features, splits = found[0].features(raw), [recipe.parts for recipe in found]
    notes = (*raw.notes, *targets.notes, *_missing_classes(targets, splits))
    if settings["folds"] is None:
        info = _stored(raw, targets, found[0], settings, draft, into)
        return replace(info, features=features, notes=(*notes, *_few_rows(raw, len(splits[0]["validation"]))))
    folds = []
    for fold, recipe in enumerate(found):
        place = draft / f"fold-{fold}"
        place.mkdir()
        folds.append(_stored(raw, targets, recipe, settings, place, into / place.name))
    digest = combined_digest(fold.digest for fold in folds)
    return replace(folds[0], digest=digest, features=features, notes=notes, folds=tuple(folds))


def _with_stream(info: DataInfo, wanted: str, room: int | None) -> DataInfo:
    """Says of the data whether they are streamed; a note where that was not asked for."""
    if wanted == "always":
        return replace(info, streamed=True)
    if wanted == "never" or room is None or info.size <= room:
        return info
    note = (
        f"The prepared data ({info.size / 1e9:.1f} GB) stay on disk and are read in chunks, for they would take much of the "
        "memory. To hold them there all the same, write:  stream: never"
    )
    return replace(info, streamed=True, notes=(*info.notes, note))


def _stored(raw: RawData, targets: Targets, recipe: Recipe, settings: Settings, draft: Path, into: Path) -> DataInfo:
    """One split in its folder, standardized by its own training part."""
    parts = recipe.parts
    y = with_noise(raw.name, targets, parts["train"], float(settings["label_noise"]), settings["split_seed"])
    digest = store(draft, parts, lambda rows: recipe.inputs(raw, rows), y, raw.name)
    train_y = y[parts["train"]]
    mean, scale = _target_units(targets, train_y, standardize=settings["standardize"])
    are_classes = targets.task is Task.CLASSIFICATION
    return DataInfo(
        name=raw.name,
        task=targets.task,
        input_shape=tuple(recipe.inputs(raw, parts["train"][:1]).shape[1:]),
        outputs=targets.outputs,
        rows={part: len(parts[part]) for part in PARTS},
        digest=digest,
        folder=str(into),
        class_names=targets.class_names,
        class_counts=tuple(np.bincount(train_y, minlength=targets.outputs).tolist()) if are_classes else (),
        target_mean=mean,
        target_scale=scale,
    )


def _target_units(targets: Targets, y: Array, *, standardize: bool) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Mean and standard deviation of the training targets for each output; 0 and 1 where nothing is to be standardized."""
    if targets.task is Task.CLASSIFICATION:
        return (), ()
    if not standardize:
        return (0.0,) * targets.outputs, (1.0,) * targets.outputs
    numbers = y.astype(np.float64)
    return tuple(numbers.mean(axis=0).tolist()), tuple((deviation or 1.0) for deviation in numbers.std(axis=0).tolist())


def _missing_classes(targets: Targets, splits: Sequence[Mapping[str, Array]]) -> list[str]:
    """A note for each part that lacks a class; of several folds, in how many of them."""
    if targets.task is not Task.CLASSIFICATION:
        return []
    notes = []
    for part in PARTS:
        counts = np.stack([np.bincount(targets.y[split[part]], minlength=targets.outputs) for split in splits])
        lacking = (counts == 0).sum(axis=0)
        for folds in sorted(set(lacking.tolist()) - {0}) if counts.any() else ():
            missing = listed(targets.class_names[label] for label in np.flatnonzero(lacking == folds))
            where = f" of {folds} of the {len(splits)} folds" if folds < len(splits) else ""
            notes.append(f"The {part} part{where} has no row of the class {missing}.")
    return notes


def _few_rows(raw: RawData, validation: int) -> list[str]:
    if len(raw.x) >= FEW or (raw.parts is not None and (raw.parts == "validation").any()):
        return []
    return [
        f"What one split of {len(raw.x)} rows finds best may be luck: it validates on {validation}. To validate on every row "
        "outside the test part, write in place of `validation`:  folds: 5"
    ]


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
    """Prepares what the JSON file `argv[0]` asks for (`data`, `folder`, `into`, `room`), and prints one JSON object on stdout:
    `{"info": DataInfo}`, or `{"error": message}` with the exit status 2."""
    request = json.loads(Path(argv[0]).read_text(encoding="utf-8"))
    try:
        with _silent_stdout():
            info = prepare(request["data"], Path(request["folder"]), Path(request["into"]), request["room"])
    except InputError as error:
        print(json.dumps({"error": str(error)}))
        return error.exit_code
    except MemoryError:
        print(json.dumps({"error": TOO_LARGE}))
        return DataError.exit_code
    print(json.dumps({"info": json.loads(info.to_json())}))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
