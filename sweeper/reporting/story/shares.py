"""Counts as shares of a whole, with the interval that so many hold."""

from __future__ import annotations

from sweeper.reporting.statistics.comparison import wilson
from sweeper.reporting.story.blocks import Cell
from sweeper.reporting.text import NONE


def share_words(part: int, whole: int, apart: bool = True) -> str:
    """`7 of 20 (35 % [18, 57])`: a share with Wilson's 95 % interval; without it where they are not `apart`, for the trainings
    of one configuration hang together, and the interval would be too narrow."""
    if not apart:
        return f"{part} of {whole}"
    low, high = wilson(part, whole)
    return f"{part} of {whole} ({100 * part / whole:.0f}\u00a0% [{100 * low:.0f}, {100 * high:.0f}])"


def share_cell(part: int, whole: int, apart: bool = True) -> Cell:
    """The same in a table: the share, and its interval in grey."""
    if not whole:
        return Cell(NONE)
    if not apart:
        return Cell(f"{part} of {whole}", sort=part / whole)
    low, high = wilson(part, whole)
    return Cell(f"{part} of {whole}", f"{100 * low:.0f} to {100 * high:.0f}\u00a0%", sort=part / whole)
