"""Whether a step is the same thing in all trials: programs that made curves elsewhere do not always count the same."""

from __future__ import annotations

import pandas as pd

from sweeper.reporting.frames import SweepFrames

ALIKE = 10.0
"""Choices whose steps take so many times longer than others' do not count the same thing."""
UNLIKE = "a step is not the same thing with every choice"


def unlike_steps(frames: SweepFrames) -> pd.Series[float] | None:
    """The median seconds of a step of each choice, in rising order, where they lie so far apart that steps cannot be compared;
    None where they can, where nothing is compared, and where the curves count something else."""
    if frames.sweep.unit != "step" or not frames.sweep.compare:
        return None
    paces = frames.trials.groupby("choice")["seconds_per_epoch"].median()
    paces = paces[paces > 0].sort_values()
    return paces if len(paces) > 1 and paces.iloc[-1] > ALIKE * paces.iloc[0] else None
