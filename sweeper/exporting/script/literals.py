"""Python text for values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

WIDTH = 110


def call(name: str, *values: str, **named: Any) -> str:
    """`name(value, key=literal)`; `values` are expressions already, `named` are values."""
    return f"{name}({', '.join([*values, *(f'{key}={literal(value)}' for key, value in named.items())])})"


def literal(value: Any) -> str:
    """The value as Python reads it back, to the last bit."""
    if isinstance(value, Expression):
        return str(value)
    if isinstance(value, np.generic):
        return literal(value.item())
    if isinstance(value, list | tuple):
        inner = ", ".join(map(literal, value))
        return f"[{inner}]" if isinstance(value, list) else f"({inner}{',' if len(value) == 1 else ''})"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{literal(key)}: {literal(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, str):
        quoted = repr(value)
        return f'"{value}"' if quoted == f"'{value}'" and '"' not in value else quoted
    return repr(value)


class Expression(str):
    """Text that is code already."""


def in_comment(text: str) -> str:
    """On one line, without what is not printed."""
    return "".join(letter if letter.isprintable() else " " for letter in text)
