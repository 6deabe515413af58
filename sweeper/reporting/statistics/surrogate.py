"""A model of the sweep: a random forest that predicts a trial's value from its parameters, and how far it can be trusted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sweeper.reporting.reading.ranges import Range
from sweeper.reporting.statistics.forest import Forest, forest
from sweeper.reporting.statistics.predictors import Predictor, predictors_of

Array = np.ndarray

LEAST = 20
"""Trials below which no model is made of them."""
TRUSTED = 0.3
"""A model that predicts the trials it has not seen no better than this R2 explains nothing, and is not asked."""
MOST = 400
"""Of more trials a seeded sample is taken."""
_TREES = 64


@dataclass(frozen=True)
class Surrogate:
    """`forest` was grown on `x` [n, columns] and the loss-like `y` [n], of the trials `numbers` [n]; `columns` and
    `conditional` as in `Predictors`. `r2` is of predictions by trees that did not see the trial."""

    columns: tuple[Predictor, ...]
    conditional: tuple[str, ...]
    numbers: Array
    x: Array
    y: Array
    forest: Forest
    r2: float

    @property
    def trusted(self) -> bool:
        return self.r2 >= TRUSTED

    @property
    def ends(self) -> Array:
        """Between which each column lies: float64 [columns, 2]."""
        return np.array([column.ends for column in self.columns])

    def row(self, number: int) -> Array | None:
        """The columns of one of its trials."""
        [at] = np.nonzero(self.numbers == number)
        return self.x[at[0]] if len(at) else None


def surrogate_of(
    trials: pd.DataFrame,
    searched: Sequence[str],
    spans: Mapping[str, Range],
    y: pd.Series,
    seed: int,
    always: Sequence[int] = (),
) -> Surrogate | None:
    """Of `trials` with the loss-like values `y`, infinite where they diverged and missing where they count for nothing; None
    for fewer than 20, or where no parameter that all of them have varies. A sample has the trials `always`."""
    known = clipped(y.dropna())
    if len(known) < LEAST:
        return None
    if len(known) > MOST:
        kept = trials.loc[known.index, "number"].isin(always)
        drawn = known[~kept].sample(MOST - int(kept.sum()), random_state=seed)
        known = pd.concat([known[kept], drawn]).sort_index()
    own = trials.loc[known.index]
    found = predictors_of(own, searched, spans, known)
    if not found.columns:
        return None
    values = known.to_numpy("float64")
    model = forest(found.x, values, _TREES, seed)
    numbers = own["number"].to_numpy("int64")
    return Surrogate(found.columns, found.conditional, numbers, found.x, values, model, model.r2)


def clipped(y: pd.Series) -> pd.Series:
    """Values no worse than three interquartile ranges above the upper quartile of the finite ones, so that the worst corner of
    the space does not decide alone (optuna/optuna#4985); a trial that diverged counts as the worst. Empty where none is finite.
    """
    finite = y[np.isfinite(y)]
    if not len(finite):
        return y.iloc[:0]
    first, third, worst = finite.quantile(0.25), finite.quantile(0.75), finite.max()
    return y.clip(upper=float(min(third + 3 * (third - first), worst) if third > first else worst))
