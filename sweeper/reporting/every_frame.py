"""A sweep for a notebook: the frames that are read, and those that follow from them.

    from sweeper.reporting import read_sweep
    read_sweep("digits-mlp").pairs

What follows is computed when it is first asked for. `columns.COLUMNS` describes every column.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path

import pandas as pd

from sweeper.reporting.frames import SweepFrames, read_frames
from sweeper.reporting.statistics.choices import choices_frame
from sweeper.reporting.story.cautions import cautions
from sweeper.reporting.story.findings import findings, findings_frame
from sweeper.reporting.story.subject import Subject


@dataclass(frozen=True, eq=False)
class EveryFrame(SweepFrames):
    """What was read, what says something of the choices that the sweep sets against each other, and what was found."""

    @cached_property
    def choices(self) -> pd.DataFrame:
        """What each choice reached, in every value that is measured."""
        return choices_frame(self)

    @property
    def pairs(self) -> pd.DataFrame:
        """Every pair of choices, compared."""
        return self._subject.pairs

    @property
    def convergence(self) -> pd.DataFrame:
        """How each choice came to the common targets."""
        return self._subject.convergence

    @property
    def speed(self) -> pd.DataFrame:
        """Every pair of choices on the way to a common target."""
        return self._subject.speed

    @cached_property
    def findings(self) -> pd.DataFrame:
        """What the report says, a row for each sentence that matters, with its evidence; the surest first."""
        return findings_frame(findings(self._subject), cautions(self._subject))

    @cached_property
    def _subject(self) -> Subject:
        return Subject(self)


def read_sweep(
    name: str | None = None,
    tracking_uri: str | None = None,
    experiment: str = "sweeper",
    run_id: str | None = None,
    cache: Path | None = None,
    target: float | None = None,
) -> EveryFrame:
    """The sweep `name` (None: the newest), or the one whose parent run is `run_id`; see `frames.read_frames`."""
    frames = read_frames(name, tracking_uri, experiment, run_id, cache, target)
    return EveryFrame(**{known.name: getattr(frames, known.name) for known in fields(frames)})
