"""How far a training had come: by hand, where it cannot be told, and the same for a metric that is maximized."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sweeper.records import Objective
from sweeper.reporting.metrics.curves import objective_curves
from sweeper.reporting.metrics.orientation import Orientation, orientation_of
from sweeper.reporting.metrics.progress import NEVER_IMPROVED, NO_START, NOTHING_LEARNED, progress, starts

LOSS = orientation_of(Objective("val_loss", maximize=False))
SCORE = Orientation("loss", "negated")
NAN, INF = math.nan, math.inf


def rows(*runs: Sequence[float], sign: float = 1.0, first: int = 0, every: int = 1) -> pd.DataFrame:
    """The frame `epochs` of one trial for each of `runs`, whose values stand at the epochs `first`, `first + every` ..."""
    return pd.DataFrame(
        [
            {"trial": trial, "repeat": 0, "epoch": first + every * place, "split": "val", "name": "loss", "value": sign * value}
            for trial, values in enumerate(runs)
            for place, value in enumerate(values)
        ]
    )


def measured(epochs: pd.DataFrame, guess: float = NAN, orientation: Orientation = LOSS) -> pd.DataFrame:
    return progress(objective_curves(epochs, orientation), starts(epochs, orientation, guess), guess)


def test_the_epoch_of_95_per_cent_of_its_own_improvement() -> None:
    """From 2 to 0.2: the bound is 0.2 + 0.05 · 1.8 = 0.29."""
    found = measured(rows([2.0, 1.0, 0.28, 0.2], [2.0, 1.0, 0.3, 0.2], [2.0, 2.5, 3.0]))
    assert found["epochs_to_own_best"].tolist() == [2, 3, pd.NA]
    assert found["epochs_to_own_best_reason"].tolist() == ["", "", NEVER_IMPROVED]


def test_a_start_is_not_taken_to_be_worse_than_guessing() -> None:
    """A first loss of 50 would make 2.4 look like most of the way: the bound would be 2.69, and is 0.31."""
    epochs = rows([50.0, 2.4, 0.3, 0.2])
    assert measured(epochs)["epochs_to_own_best"].item() == 1
    assert measured(epochs, guess=2.3)["epochs_to_own_best"].item() == 2


def test_the_area_under_the_curve_by_hand() -> None:
    """Start 1, best 0, four epochs: (0.8 + 0.5 + 0 + 0) / 4; one that stopped keeps its best; one that diverged is worth 1."""
    found = measured(rows([1.0, 0.8, 0.5, 0.0, 0.3], [1.0, 0.6], [1.0, 0.4, NAN, 0.1], [1.0, NAN]))
    assert found["alc"].tolist() == pytest.approx([1.3 / 4, 0.6, (0.4 + 3) / 4, 1.0])


def test_what_was_not_evaluated_counts_with_the_value_before() -> None:
    """Evaluations at 2, 4, 6: epoch 1 counts as the start, the best so far holds until the next one."""
    found = measured(rows([0.5, 0.2, 0.0], first=2, every=2), guess=1.0)
    assert found["alc"].item() == pytest.approx((1 + 2 * 0.5 + 2 * 0.2 + 0) / 6)


def test_nothing_is_said_without_a_start() -> None:
    found = measured(rows([0.5, 0.2], first=1))
    assert found["alc_reason"].tolist() == found["epochs_to_own_best_reason"].tolist() == [NO_START]
    assert found["alc"].isna().all() and found["epochs_to_own_best"].isna().all()


def test_where_nobody_is_better_than_guessing() -> None:
    found = measured(rows([3.0, 2.5, 2.4], [2.9, NAN]), guess=2.3)
    assert found["alc_reason"].tolist() == [NOTHING_LEARNED] * 2
    assert found["epochs_to_own_best_reason"].tolist() == [NEVER_IMPROVED] * 2


def test_a_sweep_without_curves() -> None:
    assert measured(rows([1.0])).empty


curves = st.lists(st.lists(st.floats(0.01, 10), min_size=2, max_size=9), min_size=1, max_size=4)


@settings(max_examples=20)
@given(curves, st.one_of(st.just(NAN), st.floats(0.1, 5)))
def test_twins(runs: list[list[float]], guess: float) -> None:
    """The mirrored metric gives the same, and a loop over epochs does."""
    epochs = rows(*runs)
    found = measured(epochs, guess)
    mirrored = measured(rows(*runs, sign=-1.0), guess, SCORE)
    pd.testing.assert_frame_equal(found, mirrored)
    common = guess if math.isfinite(guess) else float(np.median([values[0] for values in runs]))
    floor, last = min(min(values[1:]) for values in runs), max(len(values) for values in runs) - 1
    if common > floor:
        for trial, values in enumerate(runs):
            best = [min(common, *values[1 : t + 1]) for t in range(1, last + 1)]
            area = sum((y - floor) / (common - floor) for y in best) / last
            assert found["alc"].iloc[trial] == pytest.approx(area)
            assert 0 <= found["alc"].iloc[trial] <= 1 + 1e-12
