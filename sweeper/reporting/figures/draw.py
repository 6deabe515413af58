"""Every figure of a report, as SVG for the page and as a picture beside it."""

from __future__ import annotations

import io

import matplotlib

from sweeper.reporting.figures import chart, grid, heat, panels
from sweeper.reporting.figures.drawn import Drawn
from sweeper.reporting.figures.palette import PALETTE
from sweeper.reporting.figures.style import RC, Drawing, svg
from sweeper.reporting.story.blocks import Chart, Figure, Heat, Panels

_DENSE = 144
"""Dots an inch of a picture: two for each pixel of the page."""


def draw(values: Figure) -> Drawn:
    """The figure in every form that a report has of it."""
    wide = _drawing(values, narrow=False)
    return Drawn(svg(wide), inline(values, narrow=True), _picture(wide))


def inline(values: Figure, narrow: bool) -> str:
    """The figure as inline SVG for a wide page or for a phone."""
    return svg(_drawing(values, narrow))


def _picture(drawing: Drawing) -> bytes:
    """The drawing as PNG."""
    out = io.BytesIO()
    with matplotlib.rc_context(RC):
        drawing.figure.savefig(out, format="png", dpi=_DENSE, facecolor=PALETTE["page"][0], metadata={"Software": None})
    return out.getvalue()


def _drawing(values: Figure, narrow: bool) -> Drawing:
    if isinstance(values, Panels):
        return panels.draw(values, narrow)
    if isinstance(values, Chart):
        return chart.draw(values, narrow)
    if isinstance(values, Heat):
        return heat.draw(values, narrow)
    return grid.draw(values, narrow)
