"""The data part of a configuration, with the catalogue's defaults filled in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sweeper.catalogue.datasets import DATASETS
from sweeper.catalogue.declaration import REQUIRED, Entry, Names, OneOf, Parameter
from sweeper.errors import DataError, did_you_mean


def read_settings(data: Mapping[str, Any] | str) -> tuple[Entry, dict[str, Any]]:
    """The data set that `{name: settings}` names, and all of its settings. Raises DataError for what the catalogue refuses."""
    if isinstance(data, str):
        data = {data: None}
    if len(data) != 1:
        raise DataError(f"`data` must be one data set over its settings; {len(data)} came.")
    name, given = next(iter(data.items()))
    entry = OneOf(DATASETS).named(name)
    if entry is None:
        raise DataError(f"There is no data set '{name}'.{did_you_mean(name, [entry.name for entry in DATASETS])}")
    if not entry.built:
        raise DataError(f"The data set '{name}' is not built yet.")
    given = dict(given or {})
    replaced = _replaced(name, entry, given)
    defaults = {parameter.name: None if parameter.name in replaced else parameter.default for parameter in entry.parameters}
    settings = defaults | given
    for setting, value in settings.items():
        parameter = entry.parameter(setting)
        if setting in replaced:
            continue
        if parameter is not None:
            _check(name, parameter, value)
        elif not entry.open:
            known = [parameter.name for parameter in entry.parameters]
            raise DataError(f"'{name}' has no setting '{setting}'.{did_you_mean(setting, known)} It has: {', '.join(known)}.")
    return entry, settings


def _replaced(name: str, entry: Entry, given: Mapping[str, Any]) -> set[str]:
    """The settings whose place another takes, as `folds` takes that of `validation`."""
    replaced = set()
    for parameter in entry.parameters:
        if parameter.instead_of and given.get(parameter.name) is not None:
            replaced.add(parameter.instead_of)
            if given.get(parameter.instead_of) is not None:
                raise DataError(
                    f"`{parameter.name}` of '{name}' takes the place of `{parameter.instead_of}`; keep one of them."
                )
    return replaced


def _check(name: str, parameter: Parameter, value: Any) -> None:
    if value is REQUIRED:
        raise DataError(f"'{name}' needs `{parameter.name}`: {parameter.takes.says()}, {parameter.says}.")
    if value is None and (parameter.optional or parameter.default is None):
        return
    if not parameter.built:
        raise DataError(f"`{parameter.name}` ({parameter.says}) is not built yet.")
    if isinstance(parameter.takes, Names):
        right = isinstance(value, list | tuple) and all(isinstance(item, str) for item in value)
    else:
        right = parameter.takes.holds(value)  # type: ignore[union-attr]  # data sets take no nested parts
    if not right:
        raise DataError(f"`{parameter.name}` of '{name}' is {value!r}; expected {parameter.takes.says()}.")
