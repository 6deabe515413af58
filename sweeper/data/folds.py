"""Cross-validation: which row is held out by which fold.

The test part is drawn first, as for one split with the same seed, and is the same for all folds. All other rows are dealt into
K parts of equal size, or a row more; fold k validates on part k and trains on the others. Of every class each part gets an
equal number of rows, or one more, as scikit-learn's StratifiedKFold has it; rows of one group are dealt together
(StratifiedGroupKFold), and parts are then as equal as groups allow.
"""

from __future__ import annotations

import warnings

import numpy as np

from sweeper.data.raw import Array, Settings
from sweeper.data.split import split_rows, training_rows
from sweeper.errors import DataError
from sweeper.seeds import derive


def fold_rows(
    name: str, classes: Array | None, groups: Array | None, assigned: Array | None, rows: int, settings: Settings
) -> tuple[dict[str, Array], ...]:
    """The row numbers of each fold's parts, as `split_rows` gives them; every row outside the test part is in exactly one
    validation part.

    Raises DataError where the source brings a validation part of its own, and where there are fewer rows or groups than folds.
    """
    if assigned is not None and (assigned == "validation").any():
        raise DataError(
            f"{name} brings a validation part of its own, and `folds` makes others. Leave out `folds`, or that part."
        )
    kept = split_rows(name, classes, groups, assigned, rows, {**settings, "validation": 0.0, "train_rows": None})
    rest = np.sort(kept["train"])
    labels = np.zeros(rows, np.int32) if classes is None else classes
    held_out = _held_out(
        name, labels[rest], None if groups is None else groups[rest], settings["folds"], settings["split_seed"]
    )
    return tuple(
        {
            "train": training_rows(name, rest[held_out != fold], labels, settings["train_rows"], settings["split_seed"], fold),
            "validation": rest[held_out == fold],
            "test": kept["test"],
        }
        for fold in range(settings["folds"])
    )


def deal(classes: Array, folds: int, random: np.random.Generator) -> Array:
    """For each row of `classes` [rows] the number of the fold that holds it out."""
    order = random.permutation(len(classes))
    order = order[np.argsort(classes[order], kind="stable")]
    dealt = np.empty(len(classes), np.int64)
    dealt[order] = np.arange(len(classes)) % folds
    return dealt


def _held_out(name: str, classes: Array, groups: Array | None, folds: int, seed: int) -> Array:
    random = np.random.default_rng(derive(seed, "split", "folds"))
    if groups is not None:
        return _deal_groups(name, classes, groups, folds, random)
    if len(classes) < folds:
        raise DataError(f"{name}: {len(classes):,} rows beside the test part are too few for {folds} folds.")
    return deal(classes, folds, random)


def _deal_groups(name: str, classes: Array, groups: Array, folds: int, random: np.random.Generator) -> Array:
    from sklearn.model_selection import StratifiedGroupKFold

    count = len(np.unique(groups))
    too_few = DataError(f"{name}: {count:,} groups beside the test part are too few for {folds} folds.")
    if count < folds:
        raise too_few
    # Where all classes are rarer than the folds, scikit-learn refuses; groups alone decide then.
    stratified = classes if np.bincount(classes).max() >= folds else np.zeros_like(classes)
    dealer = StratifiedGroupKFold(folds, shuffle=True, random_state=int(random.integers(2**31)))
    dealt = np.empty(len(classes), np.int64)
    with warnings.catch_warnings():
        # A class that is rarer than the folds is told in a note of our own, for each part that lacks it.
        warnings.simplefilter("ignore", UserWarning)
        for fold, (_, held_out) in enumerate(dealer.split(np.zeros(len(classes)), stratified, groups)):
            if len(held_out) == 0:
                raise too_few
            dealt[held_out] = fold
    return dealt
