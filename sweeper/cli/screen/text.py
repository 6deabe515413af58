"""Words and numbers as people read them."""

from __future__ import annotations

import math
import os
import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sweeper.records import Value

_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-_])")


def clean(text: object) -> str:
    """`text` without what a terminal would obey: names and messages come from files, stores and other people's code."""
    return "".join(
        letter for letter in _ESCAPES.sub("", str(text)) if letter in "\n\t" or unicodedata.category(letter) not in ("Cc", "Cf")
    )


def from_here(home: Path) -> str:
    """What has to be typed behind a command so that it finds this home from here."""
    return "" if home.resolve() == Path.cwd() or os.environ.get("SWEEP_HOME") else f" --home {home}"


def line(text: object) -> str:
    """`text` cleaned, on one line."""
    return " ".join(clean(text).split())


def number(value: float | None) -> str:
    """A measured value with three or four digits that count; a dash where there is none."""
    if value is None:
        return "-"
    if not math.isfinite(value):
        return "not finite"
    if value == 0:
        return "0"
    if 1e-3 <= abs(value) < 1e4:
        return f"{value:.4g}" if abs(value) >= 1 else f"{value:.3f}" if abs(value) >= 0.1 else f"{value:.3g}"
    return f"{value:.2e}"


def with_spread(value: float | None, spread: float | None) -> str:
    """`0.121`, and where it is a mean over repeats their standard deviation: `0.121 ± 0.013`."""
    return number(value) if spread is None or value is None else f"{number(value)} ± {number(spread)}"


def setting(value: Value) -> str:
    """A parameter's value as a space would write it, rounded to three digits."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.3g}"
    return line(value)


def short_names(params: Mapping[str, Value]) -> dict[str, str]:
    """For each parameter the shortest end of its path that no other one shares; a searched part goes by its own name."""
    return {path: _shortest(path, params) for path in params}


def _shortest(path: str, params: Mapping[str, Value]) -> str:
    parts = path.split(".")
    for start in range(len(parts) - 1, 0, -1):
        end = ".".join(parts[start:])
        if not end[0].isdigit() and not any(other != path and f".{other}".endswith(f".{end}") for other in params):
            return line(end)
    return line(path)


def parameters(params: Mapping[str, Value]) -> str:
    """`adam, learning_rate 0.0031`: a chosen part by its name alone, the rest with the shortest name that is clear."""
    names = short_names(params)
    return ", ".join(
        setting(value) if _is_part(path, params) else f"{names[path]} {setting(value)}" for path, value in params.items()
    )


def _is_part(path: str, params: Mapping[str, Value]) -> bool:
    value = params[path]
    return isinstance(value, str) and any(other.startswith(f"{path}.{value}.") for other in params)


def duration(seconds: float | None) -> str:
    """`41 s`, `3 min 20 s`, `2 h 5 min`."""
    if seconds is None:
        return "-"
    if seconds < 10:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes == 0:
        return f"{rest} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"


def plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def counted(counts: Mapping[str, int]) -> str:
    """`103 complete, 2 diverged`: the kinds that occur; `0 complete` when nothing did."""
    return ", ".join(f"{count} {kind}" for kind, count in counts.items() if count) or "0 complete"


def without_password(uri: str) -> str:
    """A store's address as it may be shown: without the user and password that it may hold."""
    return re.sub(r"(?<=://)[^/@\s]*@", "", line(uri))
