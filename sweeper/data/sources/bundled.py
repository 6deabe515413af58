"""Data sets that come with scikit-learn; nothing is downloaded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from sweeper.data.raw import RawData, Settings
from sweeper.records import Task


def digits(settings: Settings, folder: Path) -> RawData:
    """1,797 pictures [8, 8, 1] with values from 0 to 16."""
    from sklearn.datasets import load_digits

    bunch: Any = load_digits()
    return RawData(
        "digits", bunch.images[..., np.newaxis], bunch.target, Task.CLASSIFICATION, class_names=_names(bunch.target_names)
    )


def wine(settings: Settings, folder: Path) -> RawData:
    """178 wines by 13 measurements."""
    from sklearn.datasets import load_wine

    return _classes("wine", load_wine())


def breast_cancer(settings: Settings, folder: Path) -> RawData:
    """569 tumours by 30 measurements."""
    from sklearn.datasets import load_breast_cancer

    return _classes("breast_cancer", load_breast_cancer())


def iris(settings: Settings, folder: Path) -> RawData:
    """150 flowers by 4 measurements."""
    from sklearn.datasets import load_iris

    return _classes("iris", load_iris())


def diabetes(settings: Settings, folder: Path) -> RawData:
    """442 patients by 10 measurements, unscaled: scikit-learn's scaled version has seen the rows we validate and test on."""
    from sklearn.datasets import load_diabetes

    bunch: Any = load_diabetes(scaled=False)
    return RawData("diabetes", bunch.data, bunch.target, Task.REGRESSION, features=_names(bunch.feature_names))


def _classes(name: str, bunch: Any) -> RawData:
    return RawData(
        name,
        bunch.data,
        bunch.target,
        Task.CLASSIFICATION,
        features=_names(bunch.feature_names),
        class_names=_names(bunch.target_names),
    )


def _names(values: Any) -> tuple[str, ...]:
    return tuple(str(value) for value in values)
