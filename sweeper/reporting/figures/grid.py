"""Small charts beside each other."""

from __future__ import annotations

from dataclasses import replace

import matplotlib

from sweeper.reporting.figures import chart
from sweeper.reporting.figures.style import NARROW, RC, WIDE, Drawing, Says, canvas
from sweeper.reporting.story.blocks import Grid

ROW = 196
"""Height of a row of charts in pixels."""
_LEFT, _GAP, _TOP, _BELOW = 40, 46, 30, 34
_LETTER = 6.4


def draw(values: Grid, narrow: bool) -> Drawing:
    """The figure, three charts in a row or, narrow, two."""
    with matplotlib.rc_context(RC):
        return _draw(values, narrow)


def _draw(values: Grid, narrow: bool) -> Drawing:
    width, across, size = (NARROW, 2, 11.5) if narrow else (WIDE, 3, 12)
    rows = -(-len(values.charts) // across)
    height = ROW * rows
    figure = canvas(width, height)
    inner = (width - _LEFT - (across - 1) * _GAP - 8) / across
    says: Says = {}
    for place, one in enumerate(values.charts):
        row, column = divmod(place, across)
        corner = (_LEFT + column * (inner + _GAP)) / width, (height - (row + 1) * ROW + _BELOW) / height
        axes = figure.add_axes((*corner, inner / width, (ROW - _TOP - _BELOW) / height))
        bare = replace(one, x=replace(one.x, label=""))
        says |= chart.put(axes, bare, size, _LEFT, f"mark_{place}", 2 if narrow else 3)
        letters = int((inner + _LEFT) / _LETTER)
        chart.head(axes, chart.shortened(one.x.label, letters), _LEFT - 6, size)
    return Drawing(figure, f"{values.key}-{'narrow' if narrow else 'wide'}", says, values.caption.question)
