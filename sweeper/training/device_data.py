"""The prepared data on the device: one pair of arrays, and which of their rows each part of each fold has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from sweeper.data.arrays import Part, Parts, concatenated
from sweeper.records import DataInfo
from sweeper.training.backends.backend import Backend
from sweeper.training.passes import Pass

TRAIN, TRAIN_EVAL, VALIDATION, TEST = "train", "train_eval", "val", "test"
"""The parts, by the names that metrics begin with; `train_eval` is a fixed piece of the training part, evaluated like
validation."""

Index = np.ndarray
"""Numbers of rows, int32 [rows]."""


@dataclass(frozen=True)
class DeviceData:
    """x [rows, *input_shape] and y [rows] or [rows, outputs] on the device, with the rows of all parts of all folds behind each
    other; `index[fold][part]` says which are whose, without the parts that a fold lacks."""

    x: Any
    y: Any
    index: tuple[Mapping[str, Index], ...]

    def count(self, fold: int, part: str) -> int:
        """The number of rows of a part; 0 where there are none."""
        return len(self.index[fold][part]) if part in self.index[fold] else 0

    def in_order(self, one: Pass) -> Index:
        """The training rows in the order of the pass."""
        rows = self.index[one.fold][TRAIN]
        return np.take(rows, one.order(len(rows)))


def load(info: DataInfo, backend: Backend) -> DeviceData:
    """All parts of all folds on the device, numbers to predict standardized by their own fold's training part."""
    xs: list[np.ndarray] = []
    ys: list[np.ndarray] = []
    index: list[Mapping[str, Index]] = []
    used = 0
    for fold in info.folds or (info,):
        parts = Parts.open(fold)
        places: dict[str, Index] = {}
        for name, part in ((TRAIN, parts.train), (VALIDATION, parts.validation), (TEST, parts.test)):
            if part is None:
                continue
            xs.append(np.asarray(part.x))
            ys.append(network_targets(part, fold))
            places[name] = np.arange(used, used + len(part), dtype="int32")
            used += len(part)
        places[TRAIN_EVAL] = places[TRAIN][: len(parts.train_eval)]
        index.append(places)
    return DeviceData(backend.adopt(concatenated(xs)), backend.adopt(concatenated(ys)), tuple(index))


def network_targets(part: Part, info: DataInfo) -> np.ndarray:
    """What a network learns to predict: classes as they are, numbers standardized by their fold's training part."""
    y = np.asarray(part.y)
    if not info.target_scale:
        return y
    return np.asarray((y - np.array(info.target_mean)) / np.array(info.target_scale), dtype="float32")
