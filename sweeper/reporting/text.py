"""How a report writes numbers, counts and names. Names come from users and are data: nothing in them may act."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence

NONE = "–"
"""What a table shows where a value does not apply or is not known."""

# Category C holds the control (ANSI escapes begin with one), format (bidi overrides, zero width), surrogate and private
# characters; Zl and Zp break lines.
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def visible(text: str) -> str:
    """`text` with a space for each control, format and bidi character; runs of spaces stay as they are."""
    return "".join(" " if unicodedata.category(letter) in _UNSEEN else letter for letter in text)


def clean(text: object, limit: int = 0) -> str:
    """`text` as one line without control, format and bidi characters, cut to `limit` characters if that is given."""
    line = re.sub(r"\s+", " ", visible(str(text))).strip()
    return line[: limit - 1] + "…" if limit and len(line) > limit else line


def number(value: float | int | None, digits: int = 3) -> str:
    """`value` with `digits` significant ones, but no fourth decimal unless the first two digits need it.

    12.345 -> 12.3, 0.1064 -> 0.106, 0.0741 -> 0.074, 0.00456 -> 0.0046, 4100.2 -> 4100; – for None, NaN and infinities.
    """
    if value is None or not math.isfinite(value):
        return NONE
    if isinstance(value, int) or (float(value).is_integer() and abs(value) < 1e6):
        return minus(f"{int(value)}")
    size = abs(value)
    if size < 1e-4 or size >= 1e6:
        return _scientific(value)
    place = math.floor(math.log10(size))
    decimals = max(0, min(digits - 1 - place, max(3, 1 - place)))
    return minus(f"{value:.{decimals}f}")


def _scientific(value: float) -> str:
    """`1.7e-5`, as axes write it."""
    mantissa, exponent = f"{value:.1e}".split("e")
    return minus(f"{mantissa}e{int(exponent)}")


def signed(value: float | None) -> str:
    """A difference: +0.012 or −0.012."""
    text = number(value)
    return text if value is None or text == NONE or value <= 0 else f"+{text}"


def minus(text: str) -> str:
    """With a true minus sign in front, which has the width of a digit; an exponent keeps its hyphen."""
    return "−" + text[1:] if text.startswith("-") else text


def percent(part: float, whole: float) -> str:
    """With a space that does not break; half a percent counts up, as a reader does it."""
    return f"{math.floor(100 * part / whole + 0.5 + 1e-9)}\u00a0%" if whole else NONE


def seconds(value: float | None) -> str:
    """A duration: `0.83 s`, `41 s`, `3 min 20 s`, `2 h 5 min`."""
    if value is None or not math.isfinite(value):
        return NONE
    if value < 10:
        return f"{number(value, 2)} s"
    whole = round(value)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def count(n: int, one: str, many: str = "") -> str:
    """`1 trial`, `3 trials`."""
    return f"{n} {one if n == 1 else many or one + 's'}"


def listed(words: Sequence[str], last: str = "and", most: int | None = None) -> str:
    """`a`, `a and b`, `a, b and c`; of more than `most` the first ones and how many are left: `a, b and 3 more`."""
    if most is not None and len(words) > most:
        words = [*words[:most], f"{len(words) - most} more"]
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"
