"""What the parent asks of an exporting worker, and what it gets: frozen values that cross the pipe as JSON."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from sweeper.records import TrialPlan

MODEL, ABOUT, SCRIPT, FIRST_WEIGHTS = "model.keras", "model.json", "train.py", "initial.weights.h5"
ROWS = "rows.npz"
"""Which row belongs to which part."""
ARRAYS = "data.npz"
"""The rows as they were read, where reading them from their source cannot be said shortly."""
OWN_MODEL = "own_model"
"""The module that is a copy of the file of a user's own model; with underscores behind it where theirs have that name."""


def is_exported(name: str) -> bool:
    """Whether an export writes files of this name."""
    return name in (MODEL, ABOUT) or belongs_to_script(name)


def belongs_to_script(name: str) -> bool:
    """Whether it is the script's, or of a file that the script reads."""
    return name in (SCRIPT, FIRST_WEIGHTS, ROWS, ARRAYS) or re.fullmatch(rf"{OWN_MODEL}_*\.py", name) is not None


@dataclass(frozen=True)
class ExportOrder:
    """Export the training of `plan`, whose objective was `value` at `epoch`, after `epochs` of them, into the folder `out`.

    `data` is the space's section, `training` says which of several trainings of the configuration this is (or is empty),
    `versions` are the sweep's. `run` says whether the script is run once it is written; `mlflow` is a folder for an MLflow
    model, or empty for none.
    """

    plan: TrialPlan
    data: Mapping[str, Any] | str
    out: str
    training: str
    value: float
    epoch: int
    versions: Mapping[str, str]
    run: bool
    mlflow: str = ""

    def to_raw(self) -> dict[str, Any]:
        return asdict(self)

    @staticmethod
    def from_raw(raw: Mapping[str, Any]) -> ExportOrder:
        return ExportOrder(**{**raw, "plan": TrialPlan.from_raw(raw["plan"])})


@dataclass(frozen=True)
class Exported:
    """What lies in the folder now. `value` at `epoch` is what training again gave. `difference` is the largest one between the
    exported model's predictions and the engine's on `rows` rows of the part `part`, as a share of the largest prediction (of 1
    where all are smaller). `no_model` and `no_script` are reasons why there is none; `script_value` is what the script gave,
    None where it was not run; `own_classes` are those of the user's that `load_model` needs."""

    value: float
    epoch: int
    difference: float
    rows: int
    part: str
    no_model: str = ""
    no_script: str = ""
    script_value: float | None = None
    own_classes: tuple[str, ...] = ()

    def to_raw(self) -> dict[str, Any]:
        return asdict(self)

    @staticmethod
    def from_raw(raw: Mapping[str, Any]) -> Exported:
        named = {field.name: raw[field.name] for field in fields(Exported)}
        return Exported(**{**named, "own_classes": tuple(raw["own_classes"])})
