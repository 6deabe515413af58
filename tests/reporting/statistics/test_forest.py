"""Our forest is scikit-learn's."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.ensemble import RandomForestRegressor

from sweeper.reporting.statistics.forest import forest


@pytest.mark.parametrize(("rows", "trees", "seed"), [(60, 64, 0), (200, 8, 5), (25, 3, 11)])
@pytest.mark.filterwarnings("ignore:Some inputs do not have OOB scores")
def test_its_trees_and_what_they_predict_are_those_of_scikit_learn(rows: int, trees: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    x = np.column_stack([random.uniform(size=(rows, 3)), random.integers(0, 4, rows)])
    y = x[:, 0] ** 2 + 0.3 * x[:, 3] + 0.1 * random.normal(size=rows)
    theirs = RandomForestRegressor(trees, max_depth=64, random_state=seed, oob_score=True).fit(x, y)
    ours = forest(x, y, trees, seed)
    assert ours.predict(x).tolist() == theirs.predict(x).tolist()
    assert ours.unseen.tolist() == theirs.oob_prediction_.tolist()
    assert ours.r2 == pytest.approx(theirs.oob_score_, rel=1e-12)
    for one, other in zip(ours.trees, theirs.estimators_, strict=True):
        assert one.threshold.tolist() == other.tree_.threshold.tolist()


def test_where_nothing_varies_nothing_is_predicted() -> None:
    grown = forest(np.random.default_rng(0).uniform(size=(30, 2)), np.full(30, 2.0), 16, 0)
    assert grown.r2 == 0.0
    assert grown.predict(np.full((1, 2), 0.5)).tolist() == [2.0]
