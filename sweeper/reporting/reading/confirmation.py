"""A sweep whose best configurations were trained again with fresh seeds, and the sweep that did that."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd
import sqlalchemy as sa

from sweeper.reporting.reading.run import Run
from sweeper.reporting.reading.runs import newest_attempts, run_table
from sweeper.reporting.reading.store import Store, known_sweeps, trial_runs
from sweeper.reporting.reading.sweep import Sweep, sweep_of

COLUMNS = ("trial", "repeat", "fold", "state", "reason", "value")


@dataclass(frozen=True)
class Chosen:
    """What a confirmation says of the `sweep` that chose its configurations (with the tag `sweeper.id` = `id`): what that
    compared, and the number and value there of each, in the order of the confirmation's own trials."""

    sweep: str
    id: str
    compare: tuple[str, ...]
    trials: tuple[int, ...]
    values: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class Confirmation:
    """The confirmation's own `sweep`, what was `chosen`, and its `runs`: `COLUMNS`, as in the frame of runs."""

    sweep: Sweep
    chosen: Chosen
    runs: pd.DataFrame


def chosen_of(sweep: Sweep) -> Chosen | None:
    """None for a sweep that confirms none, or says of it what cannot be read."""
    about = sweep.about
    if "confirms" not in about:
        return None
    trials, values = (_listed(about.get(f"confirms.{name}", "")) for name in ("trials", "values"))
    try:
        numbers, known = tuple(map(int, trials)), tuple(map(float, values))
    except ValueError:
        return None
    if not numbers or len(numbers) != len(known) or not all(map(math.isfinite, known)):
        return None
    return Chosen(about["confirms"], about.get("confirms.id", ""), _listed(about.get("confirms.compare", "")), numbers, known)


def find_confirmation(store: Store, parent: Run, experiment: str, connection: sa.Connection | None) -> Confirmation | None:
    """The newest confirmation of a sweep in its store that has a complete training, if there is one. Raises StoreError."""
    own = parent.data.tags.get("sweeper.id", "")
    for run in known_sweeps(store, experiment, connection):
        if own and run.data.tags.get("sweeper.confirms.id") == own:
            sweep = sweep_of(run)
            chosen = chosen_of(sweep)
            runs = run_table(newest_attempts(trial_runs(store, run, connection)), sweep.folds)[[*COLUMNS]]
            if chosen is not None and (runs["state"] == "COMPLETE").any():
                return Confirmation(sweep, chosen, runs)
    return None


def _listed(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())
