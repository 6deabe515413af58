"""Standardization equals scikit-learn's, channel by channel for pictures, and leaves constant features at 0."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.preprocessing import StandardScaler

from sweeper.data import scaling


@pytest.mark.parametrize("shape", [(300, 5), (9000, 2), (40, 7, 3), (30, 6, 4, 2)])
def test_it_equals_scikit_learns_scaler(shape):
    x = np.random.default_rng(0).normal(3, 20, shape)
    flat = x.reshape(-1, shape[-1])
    twin = StandardScaler().fit(flat)
    fitted = scaling.fit(np.array_split(x, 7))
    # 1e-5: both sum in float64, and the result is float32.
    np.testing.assert_allclose(fitted.apply(x).reshape(flat.shape), twin.transform(flat), rtol=1e-5, atol=1e-5)


def test_constant_features_become_zero():
    x = np.array([[0.1, 1.0], [0.1, 2.0], [0.1, 4.0]] * 5)
    fitted = scaling.fit([x])
    assert (fitted.apply(x)[:, 0] == 0).all()
    assert fitted.apply(np.array([[0.3, 1.0]]))[0, 0] == pytest.approx(0.2)


def test_small_integers_do_not_overflow():
    x = np.full((5000, 4, 4, 1), 255, np.uint8)
    x[0] = 0
    assert scaling.fit(np.array_split(x, 3)).mean[0] == pytest.approx(255 * 4999 / 5000)


@pytest.mark.parametrize("at", [1, 2, 50, 199])
def test_pieces_come_to_what_the_whole_is(at):
    """A mean far from 0, where the textbook's sum of squares would lose every digit."""
    x = np.random.default_rng(0).normal(1e8, 1, (200, 3))
    whole, joined = scaling.fit([x]), scaling.fit([x[:at], x[at:]])
    np.testing.assert_allclose(joined.mean, whole.mean, rtol=1e-15)
    np.testing.assert_allclose(joined.deviation, x.std(axis=0), rtol=1e-7)
