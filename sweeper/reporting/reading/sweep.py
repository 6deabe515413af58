"""What the parent run says of a sweep as a whole."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from sweeper.errors import InputError
from sweeper.records import UNITS, Objective
from sweeper.reporting.reading.offered import Offered, choices_offered, offered_of
from sweeper.reporting.reading.ranges import Range, ranges_of
from sweeper.reporting.reading.run import Run
from sweeper.reporting.reading.store import sweep_name

KNOWN_TAGS = (
    "kind",
    "objective",
    "direction",
    "compare",
    "searched",
    "ranges",
    "choices",
    "sampler",
    "pruner",
    "seed",
    "design",
    "version",
    "question",
    "report",
)


_DRAWN = {"paired": "paired", "independent": "random"}
"""The sampler of ours whose trials permit what an imported sweep's design does; one of unknown design has its own word."""


@dataclass(frozen=True)
class Sweep:
    """`compare` are the paths of the parameters that the sweep sets against each other (empty: find the best), `searched` those
    of all that it tries (empty: not said), `ranges` the ranges of those that are numbers and `offered` the values of those that
    are compared, in the space's own order, as far as the run says them.

    `fixed` are the parent run's params (fixed settings and budget), `data` its tags `sweeper.data.*` and `about` all its other
    tags `sweeper.*`, without their prefix; values are strings as MLflow keeps them. `started` and `ended` are Unix
    milliseconds; `ended` is None while it runs. `space` is the text of the space file, empty where it was not stored, `source`
    what `sweep run` was given: a file, a shipped space's name, or `file.py:function`.
    """

    name: str
    run_id: str
    status: str
    objective: Objective
    compare: tuple[str, ...]
    searched: tuple[str, ...]
    ranges: Mapping[str, Range]
    sampler: str
    pruner: str
    seed: str
    design: str
    version: str
    question: str
    data: Mapping[str, str]
    fixed: Mapping[str, str]
    about: Mapping[str, str]
    started: int | None
    ended: int | None
    space: str = ""
    source: str = ""
    offered: Offered = field(default_factory=dict)

    @property
    def choices(self) -> tuple[str, ...]:
        """What it compares, in the order of its space; empty where the run does not say it."""
        return choices_offered(self.compare, self.offered)

    @property
    def running(self) -> bool:
        return self.status in ("RUNNING", "SCHEDULED") or self.about.get("state") == "INTERRUPTED"

    @property
    def number(self) -> int:
        """The seed that every draw of a report follows from; 0 where the run names none."""
        return int(self.seed) if self.seed.isdecimal() else 0

    @property
    def unit(self) -> str:
        """What the x of the curves counts: epochs, unless the sweep was imported with another."""
        unit = self.about.get("unit", "")
        return unit if unit in UNITS else UNITS[0]

    @property
    def target(self) -> float | None:
        """The value of the objective's metric that was named as the common target; None where none was."""
        try:
            target = float(self.about["target"])
        except (KeyError, ValueError):
            return None
        return target if math.isfinite(target) else None

    def aimed_at(self, target: float) -> Sweep:
        """The same with a common target. Raises InputError where it is not finite, or the sweep names another."""
        if not math.isfinite(target):
            raise InputError(f"a target has to be a finite value of {self.objective.metric}, not {target}.")
        if self.target is not None and self.target != target:
            raise InputError(f"{self.name} names its common target itself, {self.target:g}: it can have no other.")
        return replace(self, about={**self.about, "target": repr(target)})

    @property
    def imported(self) -> bool:
        """Whether another program made its curves."""
        return bool(self.about.get("imported"))

    @property
    def folds(self) -> int:
        """The parts of a cross-validation; 1 where the run says nothing of it."""
        return _count(self.about.get("folds", ""))

    @property
    def trainings(self) -> int:
        """How often each configuration is to be trained, seeds times folds, as far as the run says it."""
        return _count(self.about.get("repeats", "")) * self.folds

    @property
    def seconds(self) -> float | None:
        """Wall-clock seconds from the time when data and workers were ready to the sweep's end; None while it
        runs, and of one that was trained elsewhere."""
        return None if self.imported or self.started is None or self.ended is None else (self.ended - self.started) / 1000


def sweep_of(run: Run, space: str = "") -> Sweep:
    """The sweep that a parent run describes. Raises InputError where the objective's tags are missing."""
    own = {key.removeprefix("sweeper."): value for key, value in run.data.tags.items() if key.startswith("sweeper.")}
    return Sweep(
        name=sweep_name(run),
        run_id=run.info.run_id,
        status=run.info.status,
        objective=_objective(run, own),
        compare=_paths(own.get("compare", "")),
        searched=_paths(own.get("searched", "")),
        ranges=ranges_of(own.get("ranges", "")),
        sampler=_DRAWN.get(own.get("design", ""), own.get("sampler", "")) if own.get("imported") else own.get("sampler", ""),
        pruner=own.get("pruner", ""),
        seed=own.get("seed", ""),
        design=own.get("design", ""),
        version=own.get("version", ""),
        question=own.get("question", "") or _question_of(run.data.tags.get("mlflow.note.content", "")),
        data={key.removeprefix("data."): value for key, value in sorted(own.items()) if key.startswith("data.")},
        fixed=dict(sorted(run.data.params.items())),
        about={key: value for key, value in sorted(own.items()) if key not in KNOWN_TAGS and not key.startswith("data.")},
        started=run.info.start_time or None,
        ended=run.info.end_time or None,
        space=space,
        source=run.data.tags.get("mlflow.source.name", ""),
        offered=offered_of(own.get("choices", "")),
    )


def _count(text: str) -> int:
    return max(int(text), 1) if text.isdecimal() else 1


def _paths(text: str) -> tuple[str, ...]:
    return tuple(path.strip() for path in text.split(",") if path.strip())


def _question_of(note: str) -> str:
    """The question that opens a parent run's description in bold."""
    found = re.match(r"\*\*(.{1,500}?)\*\*\s", note, flags=re.DOTALL)
    return found.group(1) if found else ""


def _objective(run: Run, own: Mapping[str, str]) -> Objective:
    metric, direction = own.get("objective", ""), own.get("direction", "").lower()
    if not metric or direction not in ("minimize", "maximize"):
        raise InputError(
            f"run {run.info.run_id} has the tags sweeper.objective = '{metric}' and sweeper.direction = '{direction}'; "
            "expected a metric's name such as val_loss, and minimize or maximize. Set both tags on the parent run."
        )
    return Objective(metric=metric, maximize=direction == "maximize")
