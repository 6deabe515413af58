"""The data section of a script, and its files: code that was run, and gave the very bits that the sweep trained on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from sweeper.data.arrays import Part, Parts
from sweeper.data.recipe import encoded
from sweeper.errors import SweepError
from sweeper.exporting.order import ARRAYS, ROWS
from sweeper.exporting.script.rows import Reading, arrays_reading, preparing, reading
from sweeper.exporting.script.running import run_alone
from sweeper.exporting.source import Source
from sweeper.records import DataInfo
from sweeper.training.device_data import network_targets

_PARTS = ("train", "validation", "test")


@dataclass(frozen=True)
class DataCode:
    """`reading` leaves raw rows in `x` and `y`, `preparing` what the network reads. `constants`: what that shifts and scales by
    is read from a file."""

    reading: Reading
    preparing: str
    constants: bool


def data_code(source: Source, info: DataInfo, folder: Path, out: Path) -> DataCode:
    """The shortest code that gives the prepared arrays bit for bit: from the source, else from arrays in `out`, with means and
    deviations computed, else read. The numbers of each part's rows are saved in `out`. Raises SweepError where all differ."""
    _save_rows(source, info, out)
    beside = arrays_reading(source.raw.name)
    for read, constants in product(
        (reading(source.name, source.settings, source.raw, source.recipe, folder), beside), (False, True)
    ):
        if read is None:
            continue
        if read is beside:
            np.savez_compressed(out / ARRAYS, x=encoded(source.recipe.encoding, source.raw.x), y=source.raw.y)
        prepared = preparing(source.raw, info, source.settings, constants=constants)
        if _gives_the_same(read, prepared, info, out):
            return DataCode(read, prepared, constants)
    raise SweepError("reading the data in plain code gives other numbers than the sweep trained on")


def _save_rows(source: Source, info: DataInfo, out: Path) -> None:
    recipe = source.recipe
    arrays: dict[str, Any] = {part: recipe.parts[part] for part in _PARTS}
    arrays |= {"mean": recipe.scaling.mean, "deviation": recipe.scaling.deviation}
    if info.target_scale:
        arrays |= {"y_mean": np.array(info.target_mean), "y_scale": np.array(info.target_scale)}
    np.savez_compressed(out / ROWS, **arrays)


def _gives_the_same(read: Reading, prepared: str, info: DataInfo, out: Path) -> bool:
    """Whether this code ends with the arrays that the sweep prepared."""
    rows = np.load(out / ROWS)
    names: dict[str, Any] = {"np": np, "Path": Path, "HERE": out, "rows": rows, **{part: rows[part] for part in _PARTS}}
    try:
        run_alone("\n".join([*read.imports, read.code, prepared]), names)
        x, y = np.asarray(names["x"]), np.asarray(names["y"])
        return all(_equal(x[rows[part]], y[rows[part]], stored, info) for part, stored in _stored(info))
    except Exception as error:  # of the user's own code too
        print(f"{type(error).__name__}: {error}")
        return False


def _stored(info: DataInfo) -> Iterator[tuple[str, Part]]:
    parts = Parts.open(info)
    for name in _PARTS:
        part = getattr(parts, name)
        if part is not None:
            yield name, part


def _equal(x: np.ndarray, y: np.ndarray, part: Part, info: DataInfo) -> bool:
    targets = network_targets(part, info)
    return x.dtype == np.float32 and np.array_equal(x, part.x) and np.array_equal(y.reshape(targets.shape), targets)
