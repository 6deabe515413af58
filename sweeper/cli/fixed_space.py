"""A trial written as a space of its own: what was searched is fixed, everything else stands as it did."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sweeper.catalogue.declaration import AllOf, OneOf, Parameter, Takes
from sweeper.catalogue.sections import SPACE
from sweeper.errors import InputError

if TYPE_CHECKING:
    from sweeper.search.trial_view import TrialView
    from sweeper.search.view import SweepView


def fixed_space(sweep: SweepView, trial: TrialView) -> str:
    """The space in YAML. Every setting of the trial is written out, so that later defaults change nothing.

    Raises InputError for a sweep whose space is not a YAML file.
    """
    from ruamel.yaml import YAML

    if sweep.settings.imported:
        raise InputError(f"{sweep.name} was imported from {sweep.settings.imported}, so it has no search space to write.")
    if sweep.settings.source.rpartition(":")[0].endswith(".py"):
        raise InputError(f"The space of {sweep.name} is a Python function, which cannot be written as a file.")
    given = YAML(typ="safe", pure=True).load(sweep.space_text)
    kept = {section: given[section] for section in ("data", "objective") if section in given}
    _from_folder(kept["data"], Path(sweep.settings.folder))
    budget = {"trials": 1, "epochs": sweep.settings.epochs}
    sections = _said(trial.configuration, SPACE.parameters)
    space = {**kept, **{name: value for name, value in sections.items() if value != {}}, "budget": budget}
    text = io.StringIO()
    writer = YAML(typ="safe", pure=True)
    writer.default_flow_style = False
    writer.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    writer.dump(space, text)
    metric = sweep.settings.objective.metric
    return (
        f"# Trial {trial.number} of {sweep.name}: {metric} {trial.value} at epoch {trial.best_epoch}\n"
        "# A sweep of this space draws other first weights and another order of the rows, so its value will differ.\n"
        f"{text.getvalue()}"
    )


def written(value: Any, takes: Takes) -> Any:
    """A value of a configuration as a space would say it. What is absent by default is left out, and a part that has nothing
    to say is its name alone."""
    if not isinstance(value, Mapping):
        return "none" if value is None else value
    if isinstance(takes, OneOf):
        [(name, settings)] = value.items()
        entry = takes.named(name)
        said = _said(settings, entry.parameters if entry else ())
        return {name: said} if said else name
    return _said(value, takes.parameters if isinstance(takes, AllOf) else ())


def _said(settings: Mapping[str, Any], parameters: tuple[Parameter, ...]) -> dict[str, Any]:
    known = {parameter.name: parameter for parameter in parameters}
    said: dict[str, Any] = {}
    for name, value in settings.items():
        parameter = known.get(name)
        if value is not None or (parameter is not None and parameter.optional and parameter.default is not None):
            said[name] = written(value, parameter.takes) if parameter else value
    return said


def _from_folder(data: Any, folder: Path) -> None:
    """Paths count from the space's file, and the new one will lie elsewhere: make them absolute."""
    for settings in data.values() if isinstance(data, Mapping) else ():
        for key in ("file", "folder", "load"):
            if isinstance(settings, dict) and isinstance(settings.get(key), str):
                settings[key] = str(folder / settings[key])
