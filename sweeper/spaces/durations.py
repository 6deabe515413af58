"""Durations as people write them: `90s`, `30m`, `2h`, `1h30m`."""

from __future__ import annotations

import re

_UNITS = {"d": 86400.0, "h": 3600.0, "m": 60.0, "s": 1.0}


def seconds(text: str) -> float | None:
    """The seconds of a duration, or None if the text is none."""
    word = text.strip().lower()
    if not re.fullmatch(r"([0-9]+(\.[0-9]+)?[dhms])+", word):
        return None
    total = sum(float(number) * _UNITS[unit] for number, _, unit in re.findall(r"([0-9]+(\.[0-9]+)?)([dhms])", word))
    return total if total > 0 else None
