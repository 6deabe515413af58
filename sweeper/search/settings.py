"""What a sweep is frozen to when it starts (`sweep.json`): all that `resume` must hold fixed, and what `list` shows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from sweeper.errors import StoreError
from sweeper.records import UNITS, DataInfo, Objective, Value
from sweeper.tracking.home import Status, SweepFolder, write_atomically

FORMAT = 1


@dataclass(frozen=True)
class Candidate:
    """A configuration that is trained again: the number and value of its trial in the sweep that chose it."""

    trial: int
    value: float
    parameters: Mapping[str, Value]


@dataclass(frozen=True)
class Confirmed:
    """The sweep whose best configurations are trained again with fresh seeds, what it compared, and these, the best first."""

    sweep: str
    id: str
    compare: tuple[str, ...]
    candidates: tuple[Candidate, ...]

    @staticmethod
    def from_raw(raw: Mapping[str, Any]) -> Confirmed:
        candidates = tuple(Candidate(**one) for one in raw["candidates"])
        return Confirmed(raw["sweep"], raw["id"], tuple(raw["compare"]), candidates)


@dataclass(frozen=True)
class Settings:
    """`id` is unique among all sweeps; `created` and `ended` are Unix times in milliseconds; `seconds` what was spent on it
    in all its runs; `ahead` the number of trials that are asked for before an outcome is told (see `scheduling`); `repeats`
    the seeds with which every configuration is trained; `lanes` how many trials a program trains side by side, or 0 where the
    workers find that out. `imported` is the file that another program's curves came from, or empty; `unit` what their x counts,
    which are epochs in every sweep of our own; `confirmed` is what is trained again, in a sweep that does that."""

    name: str
    id: str
    created: int
    source: str
    folder: str
    digest: str
    overrides: tuple[str, ...]
    question: str
    compare: tuple[str, ...]
    objective: Objective
    data: DataInfo
    trials: int
    epochs: int
    time: float | None
    until: float | None
    seed: int
    sampler: str
    sampler_settings: Mapping[str, Any]
    pruner: str | None
    pruner_settings: Mapping[str, Any]
    baseline: Mapping[str, Any] | None
    design: str
    ahead: int
    workers: int
    threads: int
    device: str
    backend: str
    executor: str
    versions: Mapping[str, str]
    git_commit: str
    tracking_uri: str
    storage: str
    study_name: str
    experiment_id: str = ""
    run_id: str = ""
    status: str = Status.UNFINISHED
    seconds: float = 0.0
    ended: int = 0
    runs: int = 1
    notes: tuple[str, ...] = field(default=())
    repeats: int = 1
    lanes: int = 1
    imported: str = ""
    unit: str = UNITS[0]
    confirmed: Confirmed | None = None

    @property
    def folds(self) -> int:
        """The parts of a cross-validation; 1 where the data have one split."""
        return len(self.data.folds) or 1

    @property
    def trainings(self) -> int:
        """How many repeats a configuration has: its seeds times the folds."""
        return self.repeats * self.folds

    @property
    def awaited(self) -> int:
        """How many repeats a configuration has before it is over; of imported ones none is still to come."""
        return 1 if self.imported else self.trainings

    def save(self, folder: SweepFolder) -> None:
        """Writes `sweep.json` at once or not at all. Raises StoreError."""
        write_atomically(folder.settings, json.dumps({"format": FORMAT, **asdict(self)}, indent=1))


def read_settings(folder: SweepFolder) -> Settings:
    """Raises StoreError for a file that cannot be read or is another version's."""
    try:
        raw = json.loads(folder.settings.read_text())
    except (OSError, ValueError) as error:
        raise StoreError(f"cannot read {folder.settings}: {error}") from error
    if raw.pop("format", None) != FORMAT:
        raise _foreign(folder)
    try:
        objective = {**raw["objective"], "metrics": tuple(raw["objective"]["metrics"])}
        tuples = {name: tuple(raw[name]) for name in ("overrides", "compare", "notes")}
        data = DataInfo.from_raw(raw["data"])
        confirmed = Confirmed.from_raw(raw["confirmed"]) if raw.get("confirmed") else None
        return Settings(**{**raw, **tuples, "objective": Objective(**objective), "data": data, "confirmed": confirmed})
    except (KeyError, TypeError, ValueError) as error:
        raise _foreign(folder) from error


def _foreign(folder: SweepFolder) -> StoreError:
    return StoreError(
        f"{folder.settings} was written by another version of sweeper; use that one, or remove the sweep: "
        f"sweep delete {folder.name}"
    )
