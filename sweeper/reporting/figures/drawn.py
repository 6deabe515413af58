"""A figure that was drawn, for every place where it is shown."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sweeper.reporting.figures.palette import PALETTE


@dataclass(frozen=True)
class Drawn:
    """Inline SVG for a wide page and for a phone, and the wide one as PNG in the colours of the light page."""

    wide: str
    narrow: str
    png: bytes


def as_file(inline: str) -> str:
    """Inline SVG as a file of its own, in the colours of the light page."""
    text = re.sub(r"var\(--([a-z0-9-]+)\)", lambda name: PALETTE[name[1]][0], inline)
    space = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    ground = f'<rect width="100%" height="100%" fill="{PALETTE["page"][0]}"/>'
    head, _, rest = text.partition(">")
    return f'{head.replace("<svg", f"<svg {space}", 1)} font-family="sans-serif">{ground}{rest}'
