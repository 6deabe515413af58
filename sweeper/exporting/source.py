"""A data set that was read again."""

from __future__ import annotations

from dataclasses import dataclass

from sweeper.data.raw import RawData, Settings
from sweeper.data.recipe import Recipe


@dataclass(frozen=True)
class Source:
    """Its name in the space, its settings, its rows as they were read, and the recipe of the trial's fold."""

    name: str
    settings: Settings
    raw: RawData
    recipe: Recipe
