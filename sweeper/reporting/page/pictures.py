"""The figures of a report: drawn once for the page, and as files beside it, to which the Markdown twin refers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sweeper.reporting.figures.draw import as_file, draw, picture
from sweeper.reporting.story.blocks import Figure, Report

FOLDER = "figures"


@dataclass(frozen=True)
class Drawn:
    """Inline SVG for a wide page and for a phone."""

    wide: str
    narrow: str


Pictures = Mapping[str, Drawn]
"""By the figures' keys."""


def figures_of(report: Report) -> list[Figure]:
    return [block for section in report.sections for block in section.blocks if isinstance(block, Figure)]


def pictures(report: Report) -> Pictures:
    """Every figure of the report, drawn."""
    return {block.key: Drawn(draw(block, narrow=False), draw(block, narrow=True)) for block in figures_of(report)}


def write_pictures(report: Report, drawn: Pictures, folder: Path) -> None:
    """Writes `figures/KEY.svg` and `figures/KEY.png` into the folder, in the colours of the light page."""
    figures = figures_of(report)
    if figures:
        (folder / FOLDER).mkdir()
    for block in figures:
        (folder / FOLDER / f"{block.key}.svg").write_text(as_file(drawn[block.key].wide), encoding="utf-8")
        (folder / FOLDER / f"{block.key}.png").write_bytes(picture(block))
