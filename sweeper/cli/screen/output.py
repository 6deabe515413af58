"""What a command prints: data on stdout, remarks on stderr."""

from __future__ import annotations

import json
import math
import re
import shutil
import sys
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any, TextIO

import click

from sweeper.cli.screen.text import clean

_LABEL = re.compile(r"\s*(\S+\s{2,})?")
"""Spaces at the start, and a label with its own spaces behind it: `  best       trial 61 ...`."""


_LEAST = 20
"""Letters of a last column for which it is worth to stay beside the others."""


def say(text: str) -> None:
    """A line of the answer."""
    click.echo(_fitted(clean(text), sys.stdout))


def remark(text: str) -> None:
    """A line for people, which no script reads."""
    click.echo(_fitted(clean(text), sys.stderr), err=True)


def _fitted(text: str, stream: TextIO) -> str:
    """On a terminal, broken between words where it is too long, each piece under the text behind its label; else as it is."""
    if not stream.isatty():
        return text
    width = shutil.get_terminal_size().columns
    return "\n".join(piece for given in text.split("\n") for piece in _pieces(given, width))


def _pieces(text: str, width: int) -> list[str]:
    label = _LABEL.match(text)
    hanging = " " * (label.end() if label and label.end() < width // 3 else 2)
    wrapper = textwrap.TextWrapper(
        width, subsequent_indent=hanging, break_long_words=False, break_on_hyphens=False, replace_whitespace=False
    )
    return wrapper.wrap(text) or [text]


def say_json(value: Any) -> None:
    """One JSON value. JSON has no word for what is not finite, so that is null."""
    click.echo(json.dumps(_plain(value), indent=2, default=str))


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value


def say_table(headers: Sequence[str], rows: Sequence[Sequence[str]], right: frozenset[int] = frozenset()) -> None:
    """Columns as wide as they need to be, those in `right` set to the right; never cut, so that they can be searched. On a
    terminal that is too narrow the last column goes on below itself, or where there is no room for it, in lines of its own."""
    cells = [[clean(cell) for cell in row] for row in (headers, *rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(headers))]
    for place, row in enumerate(cells):
        aligned = [
            cell.rjust(width) if at in right else cell.ljust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        text = _hung("  ".join(aligned).rstrip(), sum(widths[:-1]) + 2 * (len(widths) - 1))
        click.echo(click.style(text, bold=True) if place == 0 else text)


def _hung(row: str, start: int) -> str:
    """A row of a table whose last column begins at `start`."""
    width = shutil.get_terminal_size().columns
    if not sys.stdout.isatty() or len(row) <= width:
        return row
    beside = start + _LEAST <= width
    hanging = " " * (start if beside else 4)
    pieces = textwrap.wrap(row[start:], width - len(hanging), break_long_words=False, break_on_hyphens=False)
    first = row[:start] + (pieces.pop(0) if beside and pieces else "")
    return "\n".join([first.rstrip(), *(hanging + piece for piece in pieces)])
