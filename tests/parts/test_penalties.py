"""Penalties by hand arithmetic."""

from __future__ import annotations

import numpy as np
import pytest

from sweeper.parts.penalties import penalty_terms

KERNELS = [np.array([[1.0, -2.0]], "float32"), np.array([[3.0]], "float32")]


@pytest.mark.parametrize(
    ("strengths", "terms"),
    [({}, []), ({"l1": 0.5}, [1.5, 1.5]), ({"l2": 0.1}, [0.5, 0.9]), ({"l1": 0.5, "l2": 0.1}, [2.0, 2.4])],
)
def test_by_hand(strengths: dict[str, float], terms: list[float]) -> None:
    given = {name: np.float32(value) for name, value in strengths.items()}
    assert [float(term) for term in penalty_terms(KERNELS, given)] == pytest.approx(terms)
