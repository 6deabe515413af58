"""Which row belongs to which part: seeded, stratified for classes, and no group in two parts.

The test part is drawn first and the validation part second, so that `train_rows` and another validation share leave the test
part as it is. The draw is our own, because it then depends on the seed alone and not on the version of a library.
"""

from __future__ import annotations

import math
import warnings
from fractions import Fraction

import numpy as np

from sweeper.data.raw import Array, Settings
from sweeper.errors import DataError
from sweeper.seeds import derive

FINEST = 20
"""Groups are dealt into at most so many folds, of which a part takes as many as its share asks for."""


def split_rows(
    name: str, classes: Array | None, groups: Array | None, assigned: Array | None, rows: int, settings: Settings
) -> dict[str, Array]:
    """Row numbers of `train` (in random order), `validation` and `test` (in the order they were read; maybe empty).

    `classes` is int [rows] or None for regression, `groups` int [rows] or None. `assigned` [rows] names the part of rows
    that the source assigned itself; shares then count from the rows that are left. Raises DataError where a part would
    lack rows.
    """
    seed = settings["split_seed"]
    classes = np.zeros(rows, np.int32) if classes is None else classes
    assigned = np.full(rows, "") if assigned is None else assigned
    rest = np.flatnonzero((assigned == "") | (assigned == "train"))
    shares = {"test": float(settings["test"]), "validation": float(settings["validation"])}
    drawn = [part for part, share in shares.items() if share > 0 and not (assigned == part).any()]
    if sum(shares[part] for part in drawn) >= 1:
        raise DataError(f"{name}: validation {shares['validation']:g} and test {shares['test']:g} leave no row to train on.")

    parts = {part: np.flatnonzero(assigned == part) for part in shares}
    if shares["test"] == 0:
        parts["test"] = parts["test"][:0]
    available = len(rest)
    for part in drawn:
        wanted = math.ceil(round(shares[part] * available, 9))
        random = np.random.default_rng(derive(seed, "split", part))
        if groups is None:
            taken = draw(classes[rest], wanted, random)
        else:
            taken = _draw_groups(classes[rest], groups[rest], wanted, random)
        if taken is None:
            raise DataError(_too_few(name, part, wanted, available, groups is not None))
        parts[part], rest = rest[taken], np.delete(rest, taken)
    parts["train"] = training_rows(name, rest, classes, settings["train_rows"], seed)
    return parts


def draw(classes: Array, count: int, random: np.random.Generator) -> Array | None:
    """`count` row numbers, sorted, with each class's share of `classes` [rows] kept within one row.

    At least one row of each class is left over; None where that is impossible.
    """
    sizes = np.bincount(classes)
    room = np.maximum(sizes - 1, 0)
    if count > room.sum():
        return None
    fair = count * sizes / len(classes)
    taken = np.minimum(np.floor(fair).astype(np.int64), room)
    while (missing := count - int(taken.sum())) > 0:
        order = np.lexsort((random.random(len(sizes)), taken - fair))
        taken[order[taken[order] < room[order]][:missing]] += 1
    chosen = [random.permutation(np.flatnonzero(classes == label))[:size] for label, size in enumerate(taken)]
    return np.sort(np.concatenate(chosen))


def _draw_groups(classes: Array, groups: Array, wanted: int, random: np.random.Generator) -> Array | None:
    from sklearn.model_selection import StratifiedGroupKFold

    count = len(np.unique(groups))
    if count < 2:
        return None
    share = Fraction(wanted / len(classes)).limit_denominator(min(FINEST, count))
    if not 0 < share < 1:
        share = Fraction(1, count) if share <= 0 else Fraction(count - 1, count)
    folds = StratifiedGroupKFold(share.denominator, shuffle=True, random_state=int(random.integers(2**31)))
    with warnings.catch_warnings():
        # A class that is rarer than the folds is told in a note of our own, for each part that lacks it.
        warnings.simplefilter("ignore", UserWarning)
        try:
            dealt = [held_out for _, held_out in folds.split(np.zeros(len(classes)), classes, groups)]
        except ValueError:
            return None
    taken = np.sort(np.concatenate(dealt[: share.numerator]))
    return taken if 0 < len(taken) < len(classes) else None


def training_rows(name: str, rest: Array, classes: Array, wanted: int | None, seed: int, *fold: int) -> Array:
    """The rows `rest` in random order, or `wanted` of them, of each class its share. `classes` is int [all rows].

    Raises DataError where they are too few.
    """
    if len(rest) < 2:
        raise DataError(f"{name}: {len(rest)} rows are left to train on; at least 2 are needed.")
    random = np.random.default_rng(derive(seed, "split", "train", *fold))
    if wanted is not None and wanted > len(rest):
        raise DataError(f"{name}: train_rows is {wanted:,}, but the training part has {len(rest):,} rows.")
    if wanted is not None and wanted < len(rest):
        present, labels = np.unique(classes[rest], return_inverse=True)
        if wanted < len(present):
            raise DataError(f"{name}: train_rows is {wanted:,}, fewer than the {len(present)} classes.")
        left_out = draw(labels, len(rest) - wanted, random)
        assert left_out is not None  # one row of each class always stays, and no more than that is asked
        rest = np.delete(rest, left_out)
    return random.permutation(rest)


def _too_few(name: str, part: str, wanted: int, available: int, grouped: bool) -> str:
    if grouped:
        return (
            f"{name}: there are too few groups for a {part} part with {wanted:,} of {available:,} rows and none in two parts."
        )
    return (
        f"{name}: {available:,} rows are too few for a {part} part of {wanted:,} "
        "that leaves the training part a row of each class. Add rows, or make the part smaller."
    )
