"""Which compiled program a plan needs: trials with one signature share one program."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sweeper.catalogue.declaration import AllOf, Enters, Entry, OneOf, Parameter
from sweeper.catalogue.sections import MODEL_SECTIONS
from sweeper.records import Configuration, DataInfo, TrialPlan

STRUCTURE_ON = {"jax": {"training.batch_size"}}
"""Knobs that are structure on a back end, by path."""


@dataclass(frozen=True)
class Kind:
    """What trials have in common that one program can train side by side: their structure by its signature, the batch size, and
    the number of rows of each part, so that a round is the same work for each."""

    structure: str
    batch_size: int
    rows: tuple[tuple[str, int], ...]

    @property
    def training_rows(self) -> int:
        return dict(self.rows)["train"]

    @staticmethod
    def of(plan: TrialPlan, data: DataInfo, metrics: tuple[str, ...], backend: str) -> Kind:
        """`data` is the sweep's, with all its folds."""
        fold = data.fold(plan.fold)
        batch_size = int(plan.configuration["training"]["batch_size"])
        return Kind(signature(plan.configuration, fold, metrics, backend), batch_size, tuple(sorted(fold.rows.items())))


def structure(configuration: Configuration, backend: str = "tensorflow") -> dict[str, Any]:
    """What fixes the compiled program: path -> value for structure, path -> True for a knob whose term is in the program."""
    found: dict[str, Any] = {}
    for section in MODEL_SECTIONS:
        _collect(section, configuration.get(section.name), section.name, backend, found)
    return found


def signature(configuration: Configuration, data: DataInfo, metrics: tuple[str, ...], backend: str = "tensorflow") -> str:
    """A digest of 16 hexadecimal digits: equal for two configurations exactly if one program serves both.

    `data` is the trial's own fold: where batch size is structure, so is the number of rows.
    """
    shape = [
        structure(configuration, backend),
        list(data.input_shape),
        data.outputs,
        str(data.task),
        list(metrics),
        backend,
        sorted(data.rows.items()) if backend in STRUCTURE_ON else [],
    ]
    return hashlib.sha256(json.dumps(shape, sort_keys=True).encode()).hexdigest()[:16]


def _collect(parameter: Parameter, value: Any, path: str, backend: str, found: dict[str, Any]) -> None:
    if parameter.enters is Enters.HOST:
        return
    if value is None:
        return
    takes = parameter.takes
    if isinstance(takes, OneOf):
        [(name, settings)] = value.items()
        found[path] = name
        entry = takes.named(name)
        if entry is not None:
            _collect_settings(entry, settings or {}, path, backend, found)
    elif isinstance(takes, AllOf):
        for inner in takes.parameters:
            _collect(inner, value.get(inner.name), f"{path}.{inner.name}", backend, found)
    elif parameter.enters is Enters.KNOB and path not in STRUCTURE_ON.get(backend, ()):
        found[path] = True
    else:
        found[path] = value


def _collect_settings(entry: Entry, settings: Mapping[str, Any], path: str, backend: str, found: dict[str, Any]) -> None:
    for parameter in entry.parameters:
        _collect(parameter, settings.get(parameter.name), f"{path}.{parameter.name}", backend, found)
    if entry.open:
        declared = {parameter.name for parameter in entry.parameters}
        found.update({f"{path}.{name}": value for name, value in settings.items() if name not in declared})
