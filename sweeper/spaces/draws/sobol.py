"""Scrambled Sobol' points: spread more evenly than independent draws, in every coordinate and in pairs of them.

Sobol' 1967, On the distribution of points in a cube; Owen 1998, Scrambling Sobol' and Niederreiter-Xing Points; the
points are scipy's (`scipy.stats.qmc.Sobol`).
"""

from __future__ import annotations

_CHUNK = 256
"""Points are made in chunks of a power of two, over which the sequence is balanced."""


class SobolPoints:
    """An endless sequence of points in [0, 1)^dimensions: point n depends on dimensions, seed and n alone."""

    def __init__(self, dimensions: int, seed: int) -> None:
        import numpy
        from scipy.stats import qmc

        self._engine = qmc.Sobol(dimensions, scramble=True, rng=numpy.random.default_rng(seed)) if dimensions else None
        self._points: list[list[float]] = []

    def point(self, number: int) -> list[float]:
        """Point `number`, counted from 0: [dimensions]."""
        if self._engine is None:
            return []
        while number >= len(self._points):
            self._points.extend(self._engine.random(_CHUNK).tolist())
        return self._points[number]
