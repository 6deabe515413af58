"""Every figure of a report, as SVG for the page and as files beside it."""

from __future__ import annotations

import io
import re

import matplotlib

from sweeper.reporting.figures import chart, grid, heat, panels
from sweeper.reporting.figures.style import PALETTE, RC, Drawing, printed, svg
from sweeper.reporting.story.blocks import Chart, Figure, Heat, Panels

_DENSE = 144
"""Dots an inch of a picture: two for each pixel of the page."""


def draw(values: Figure, narrow: bool) -> str:
    """The figure as inline SVG for a wide page or for a phone."""
    return svg(_drawn(values, narrow))


def as_file(inline: str) -> str:
    """Inline SVG as a file of its own, in the colours of the light page."""
    text = re.sub(r"var\(--([a-z0-9-]+)\)", lambda name: PALETTE[name[1]][0], inline)
    space = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    ground = f'<rect width="100%" height="100%" fill="{PALETTE["page"][0]}"/>'
    head, _, rest = text.partition(">")
    return f'{head.replace("<svg", f"<svg {space}", 1)} font-family="sans-serif">{ground}{rest}'


def picture(values: Figure) -> bytes:
    """The figure for a wide page as PNG."""
    out = io.BytesIO()
    with printed(), matplotlib.rc_context(RC):
        figure = _drawn(values, narrow=False).figure
        figure.savefig(out, format="png", dpi=_DENSE, facecolor=PALETTE["page"][0], metadata={"Software": None})
    return out.getvalue()


def _drawn(values: Figure, narrow: bool) -> Drawing:
    if isinstance(values, Panels):
        return panels.draw(values, narrow)
    if isinstance(values, Chart):
        return chart.draw(values, narrow)
    if isinstance(values, Heat):
        return heat.draw(values, narrow)
    return grid.draw(values, narrow)
