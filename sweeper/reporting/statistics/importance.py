"""Which parameters matter: fANOVA with an interval, and PED-ANOVA for the best tenth.

fANOVA     how much of the variance over the whole space a parameter explains alone (`fanova`); the interval is 1.96
           standard deviations of it over 40 resamples of the trials on either side
PED-ANOVA  how far the values of the best tenth of the trials are distributed otherwise than those of all (Watanabe, Bansal
           and Hutter 2023, arXiv 2304.10255), by Optuna's evaluator; as shares of the sum. At least five trials are the
           best tenth

Both are of the parameters that all trials have: of one that few have, these few would decide.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sweeper.reporting.reading.ranges import Range
from sweeper.reporting.statistics.fanova import main_effects
from sweeper.reporting.statistics.predictors import Predictor, place_or_word
from sweeper.reporting.statistics.surrogate import Surrogate, forest

Array = np.ndarray

_RESAMPLES, _TREES = 40, 8
"""Resamples of the trials, and trees of the forest of each: of a forest's size the mean over its trees does not depend."""
_Z = 1.96
_BEST, _LEAST_BEST = 0.1, 5


@dataclass(frozen=True)
class Importance:
    """Of each column of a surrogate, the most important first: `share` of the variance that it explains alone, between `low`
    and `high`. `best` is how much it tells the best `quantile` of the trials from all, as shares of the sum, by name."""

    columns: tuple[Predictor, ...]
    share: Array
    low: Array
    high: Array
    best: Mapping[str, float]
    quantile: float


def importance(model: Surrogate, trials: pd.DataFrame, spans: Mapping[str, Range], seed: int) -> Importance:
    """Of the parameters of the `trials` that a surrogate was made of."""
    share = main_effects(model.forest, model.ends)
    reach = _Z * _resampled(model, seed).std(axis=0, ddof=1)
    order = np.argsort(-share, kind="stable")
    columns = tuple(model.columns[place] for place in order)
    low, high = (share - reach).clip(0, 1), (share + reach).clip(0, 1)
    quantile = min(max(_BEST, _LEAST_BEST / len(model.y)), 0.5)
    best = _told_apart(model, trials, spans, quantile)
    return Importance(columns, share[order], low[order], high[order], best, quantile)


def _resampled(model: Surrogate, seed: int) -> Array:
    """The main effects of resamples of the trials: float64 [resamples, columns]."""
    random, found = np.random.default_rng(seed), []
    for resample in range(_RESAMPLES):
        rows = random.integers(0, len(model.y), len(model.y))
        found.append(main_effects(forest(model.x[rows], model.y[rows], _TREES, seed + resample), model.ends))
    return np.array(found)


def _told_apart(model: Surrogate, trials: pd.DataFrame, spans: Mapping[str, Range], quantile: float) -> dict[str, float]:
    """PED-ANOVA's importance of each name, as shares of the sum."""
    from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution
    from optuna.trial import create_trial

    own = trials.set_index("number").loc[model.numbers]
    columns = {column.name: place_or_word(own, column.members, spans) for column in model.columns}
    kinds: dict[str, BaseDistribution] = {
        name: FloatDistribution(0, 1)
        if pd.api.types.is_numeric_dtype(column)
        else CategoricalDistribution(sorted(column.unique()))
        for name, column in columns.items()
    }
    rows = [{str(name): one for name, one in row.items()} for row in pd.DataFrame(columns).to_dict("records")]
    frozen = [
        create_trial(value=float(value), params=row, distributions=kinds) for row, value in zip(rows, model.y, strict=True)
    ]
    found = _evaluated(frozen, list(columns), quantile)
    total = math.fsum(found.values())
    return {name: value / total if total > 0 else 0.0 for name, value in found.items()}


def _evaluated(frozen: list[Any], names: list[str], quantile: float) -> dict[str, float]:
    """Optuna's evaluator on a study in memory, of which nobody is told."""
    import optuna

    verbosity = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            study = optuna.create_study(storage=optuna.storages.InMemoryStorage())
            study.add_trials(frozen)
            return optuna.importance.PedAnovaImportanceEvaluator(target_quantile=quantile).evaluate(study, params=names)
    finally:
        optuna.logging.set_verbosity(verbosity)
