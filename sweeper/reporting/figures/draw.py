"""Every figure of a report as SVG text."""

from __future__ import annotations

from sweeper.reporting.figures import chart, grid, heat, panels
from sweeper.reporting.story.blocks import Chart, Figure, Heat, Panels


def draw(values: Figure, narrow: bool) -> str:
    """The figure for a wide page or for a phone."""
    if isinstance(values, Panels):
        return panels.draw(values, narrow)
    if isinstance(values, Chart):
        return chart.draw(values, narrow)
    if isinstance(values, Heat):
        return heat.draw(values, narrow)
    return grid.draw(values, narrow)
