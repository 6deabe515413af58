"""The figures of a report as files beside the page, to which its Markdown twin refers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from sweeper.reporting.figures.drawn import Drawn, as_file
from sweeper.reporting.story.blocks import Figure, Section

FOLDER = "figures"
DRAW = "sweeper.reporting.figures.draw"
"""The module that draws. It takes seconds to import, so that a process beside does."""

Pictures = Mapping[str, Drawn]
"""By the figures' keys."""


def figures_of(sections: Iterable[Section]) -> list[Figure]:
    return [block for section in sections for block in section.blocks if isinstance(block, Figure)]


def write_pictures(drawn: Pictures, folder: Path) -> None:
    """Writes `figures/KEY.svg` and `figures/KEY.png` into the folder, in the colours of the light page."""
    if drawn:
        (folder / FOLDER).mkdir()
    for key, one in drawn.items():
        (folder / FOLDER / f"{key}.svg").write_text(as_file(one.wide), encoding="utf-8")
        (folder / FOLDER / f"{key}.png").write_bytes(one.png)
