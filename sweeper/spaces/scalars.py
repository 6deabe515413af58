"""Plain words to values: the YAML 1.2 core schema, made strict.

Numbers and `true`/`false` are recognized, all else is text: no dates (`1024-12-10` is a size), no `yes` and `no`, no
base 60. What other readers take in different ways (`010`, `0x1F`, `.inf`, `.nan`, `~`) is refused instead of guessed.
"""

from __future__ import annotations

import math
import re

from sweeper.records import Value

_INTEGER = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_LEADING_ZERO = re.compile(r"[-+]?0[0-9]+")
_OTHER_BASE = re.compile(r"0[xo][0-9a-fA-F]+")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_NULL = ("null", "Null", "NULL", "~")
_TRUE, _FALSE = ("true", "True", "TRUE"), ("false", "False", "FALSE")

LARGEST_INTEGER = 2**53
"""Beyond it a float cannot count, and neither stores nor programs would keep the number."""


class NotAValue(ValueError):
    """A word that must not be guessed; the text says why, `instead` what to write."""

    def __init__(self, problem: str, instead: str = "") -> None:
        super().__init__(problem)
        self.instead = instead


def resolve(word: str) -> Value:
    """The value of a plain (unquoted) word; an empty word is None. Raises NotAValue."""
    if word == "":
        return None
    if word in _NULL:
        raise NotAValue(f"'{word}' is another language's word; `none` is the one word for 'without'", "none")
    if word in _TRUE or word in _FALSE:
        return word in _TRUE
    if _NOT_FINITE.fullmatch(word):
        raise NotAValue(f"'{word}' is not a finite number")
    if _OTHER_BASE.fullmatch(word):
        raise NotAValue(f"'{word}' is not written in base 10", str(int(word, 0)))
    if _LEADING_ZERO.fullmatch(word):
        raise NotAValue(f"'{word}' begins with a zero, which readers take for base 8 or base 10", str(int(word)))
    if _INTEGER.fullmatch(word):
        # Digits are counted before they are converted: Python refuses to convert thousands of them.
        if len(word) > 20 or abs(int(word)) > LARGEST_INTEGER:
            raise NotAValue(f"'{word[:30]}' is a whole number beyond 2**53")
        return int(word)
    if _FLOAT.fullmatch(word):
        if not math.isfinite(float(word)):
            raise NotAValue(f"'{word[:30]}' is too large for a number")
        return float(word)
    return word


def looks_like(word: str) -> Value:
    """The number a text was probably meant to be (`0,5`, `1_000`, `50%`), or None."""
    plain = word.strip()
    if re.fullmatch(r"[-+]?[0-9]+,[0-9]+", plain):
        plain = plain.replace(",", ".")
    elif re.fullmatch(r"[-+]?[0-9]+(_[0-9]+)+", plain):
        plain = plain.replace("_", "")
    elif re.fullmatch(r"[0-9]+(\.[0-9]+)? ?%", plain):
        return float(plain.rstrip("% ")) / 100
    try:
        value = resolve(plain)
    except NotAValue:
        return None
    return value if isinstance(value, int | float) else None
