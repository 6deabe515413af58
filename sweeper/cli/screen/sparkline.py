"""A curve in one line of text."""

from __future__ import annotations

import math
from collections.abc import Sequence

BARS = "▁▂▃▄▅▆▇█"
MISSING = "·"


def sparkline(values: Sequence[float], width: int = 40) -> str:
    """One bar a value, lowest to highest; a longer curve is thinned to `width` values, and what is not finite is a dot."""
    shown = _thinned(values, width)
    finite = [value for value in shown if math.isfinite(value)]
    if not finite:
        return MISSING * len(shown)
    low, high = min(finite), max(finite)
    step = (high - low) or 1.0
    return "".join(BARS[round((value - low) / step * (len(BARS) - 1))] if math.isfinite(value) else MISSING for value in shown)


def _thinned(values: Sequence[float], width: int) -> list[float]:
    """Every value, or `width` of them, evenly spaced, the first and the last always among them."""
    if len(values) <= width:
        return list(values)
    return [values[round(place * (len(values) - 1) / (width - 1))] for place in range(width)]
