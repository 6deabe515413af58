"""The user's own function, `file.py:function`, called with the settings beside `load` by keyword.

It returns arrays `(x, y)`, a `tf.data.Dataset` of (x, y), batched or not, or a dictionary of such pairs by part
(`train`, and `validation` or `test`); parts that it leaves out are drawn from the training part.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from sweeper.catalogue.datasets import SPLIT
from sweeper.data.pieces import pieces
from sweeper.data.raw import PARTS, Array, RawData, Settings
from sweeper.data.scratch import Scratch
from sweeper.data.wording import listed, quoted
from sweeper.errors import DataError, did_you_mean
from sweeper.own_code import call, load_function, split_reference
from sweeper.records import Task

_OURS = {"load", "task", *(parameter.name for parameter in SPLIT)}
_EXPECTED = (
    "expected arrays (x, y), a tf.data.Dataset of (x, y), or a dictionary of such pairs by part (train, validation, test)"
)


def python(settings: Settings, folder: Path, scratch: Scratch) -> RawData:
    """What the user's function returns; rows of datasets are kept on disk as they come.

    Raises InputError, with the user's file and line, for what it raises.
    """
    path, function = split_reference(settings["load"], folder)
    own = own_settings(settings)
    task = None if settings["task"] is None else Task(settings["task"])
    name = f"{path.name}:{function}"
    returned = call(path, load_function(path, function), **own)
    if not isinstance(returned, dict):
        return RawData(name, *_pair(name, path, returned, scratch), task)
    return _by_part(name, path, returned, task, scratch)


def own_settings(settings: Settings) -> dict[str, Any]:
    """Those that are passed on to the user's function."""
    return {setting: value for setting, value in settings.items() if setting not in _OURS}


def _by_part(name: str, path: Path, returned: dict[Any, Any], task: Task | None, scratch: Scratch) -> RawData:
    for part in returned:
        if part not in PARTS:
            raise DataError(
                f"{name} returned a part {quoted(part)}.{did_you_mean(str(part), PARTS)} Parts are: {listed(PARTS)}."
            )
    if "train" not in returned:
        raise DataError(f"{name} returned the parts {listed(returned)}, but no part 'train'.")
    pairs = {part: _pair(f"{name}, part {part}", path, returned[part], scratch) for part in PARTS if part in returned}
    shapes = {part: x.shape[1:] for part, (x, _) in pairs.items()}
    if len(set(shapes.values())) > 1:
        raise DataError(
            f"{name}: the rows of x differ in shape: {', '.join(f'{part} {list(s)}' for part, s in shapes.items())}."
        )
    try:
        x, y = _behind([x for x, _ in pairs.values()], scratch), np.concatenate([y for _, y in pairs.values()])
    except ValueError as error:
        raise DataError(f"{name}: the parts do not fit together: {error}") from error
    return RawData(name, x, y, task, parts=np.concatenate([np.full(len(x), part) for part, (x, _) in pairs.items()]))


def _behind(arrays: list[Array], scratch: Scratch) -> Array:
    """The rows of all arrays; on disk if some of them lie there. Raises ValueError where they do not fit together."""
    if not any(isinstance(array, np.memmap) for array in arrays):
        return np.concatenate(arrays)
    with scratch.growing() as kept:
        for array in arrays:
            for piece in pieces(len(array), array[0].size):
                kept.append(array[piece])
        return kept.mapped((sum(map(len, arrays)), *arrays[0].shape[1:]))


def _pair(name: str, path: Path, returned: Any, scratch: Scratch) -> tuple[Array, Array]:
    if hasattr(returned, "element_spec") and hasattr(returned, "as_numpy_iterator"):
        x, y = call(path, _of_dataset, name=name, dataset=returned, scratch=scratch)
        return x, y
    if not isinstance(returned, tuple | list) or len(returned) != 2:
        size = f" of {len(returned)}" if isinstance(returned, tuple | list) else ""
        raise DataError(f"{name} returned a {type(returned).__name__}{size}; {_EXPECTED}.")
    if any(isinstance(item, tuple) for item in returned):
        raise DataError(f"{name} returned pairs, which may be (train, validation) or (train, test); {_EXPECTED}.")
    x, y = _array(name, "x", returned[0]), _array(name, "y", returned[1])
    if x.ndim == 0 or y.ndim == 0 or len(x) != len(y):
        raise DataError(f"{name}: x has the shape {list(x.shape)} and y {list(y.shape)}; expected equally many rows.")
    return x, y


def _array(name: str, which: str, values: Any) -> Array:
    try:
        array = values if isinstance(values, np.memmap) else np.asarray(values)
    except ValueError as error:
        raise DataError(f"{name}: {which} is no array: {error}") from error
    if array.dtype.kind == "O" and all(isinstance(value, str) for value in array.flat):
        return array.astype(str)
    return np.char.decode(array, "utf-8") if array.dtype.kind == "S" else array


def _of_dataset(name: str, dataset: Any, scratch: Scratch) -> tuple[Array, Array]:
    """x [rows, ...] and y of all elements, which may be rows or batches of them."""
    if not isinstance(dataset.element_spec, tuple) or len(dataset.element_spec) != 2:
        raise DataError(f"{name} returned a dataset of {dataset.element_spec}; expected pairs (x, y).")
    if int(dataset.cardinality()) == -1:
        raise DataError(f"{name} returned a dataset without an end; leave out its `repeat()`.")
    targets: list[Array] = []
    shapes: list[tuple[int, ...]] = []
    with scratch.growing() as kept:
        for x, y in dataset.as_numpy_iterator():
            rows = np.asarray(x)
            try:
                kept.append(rows)
            except ValueError as error:
                raise DataError(f"{name}: x holds {error}; expected numbers of one type.") from error
            targets.append(np.asarray(y))
            shapes.append(rows.shape)
        if not shapes:
            raise DataError(f"{name} returned a dataset without rows.")
        batched = _is_batched(dataset.element_spec[1], shapes, targets)
        different = sorted({shape[1:] if batched else shape for shape in shapes})
        if len(different) > 1:
            raise DataError(
                f"{name}: the rows of the dataset differ in shape: {', '.join(str(list(one)) for one in different)}."
            )
        count = sum(shape[0] for shape in shapes) if batched else len(shapes)
        found = kept.mapped((count, *different[0]))
    return found, _array(name, "y", (np.concatenate if batched else np.stack)(targets))


def _is_batched(spec: Any, shapes: list[tuple[int, ...]], targets: list[Array]) -> bool:
    """A single target has no axis; a batch's first axis is of unknown length, or x and y always agree in it."""
    if len(spec.shape) == 0:
        return False
    return spec.shape[0] is None or all(shape[:1] == y.shape[:1] for shape, y in zip(shapes, targets, strict=True))
