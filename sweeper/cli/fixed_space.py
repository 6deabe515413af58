"""A trial written as a space of its own: what was searched is fixed, everything else stands as it did."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sweeper.errors import InputError

if TYPE_CHECKING:
    from sweeper.search.view import SweepView, TrialView


def fixed_space(sweep: SweepView, trial: TrialView) -> str:
    """The space in YAML. Every setting of the trial is written out, so that later defaults change nothing.

    Raises InputError for a sweep whose space is not a YAML file.
    """
    from ruamel.yaml import YAML

    if sweep.settings.source.rpartition(":")[0].endswith(".py"):
        raise InputError(f"The space of {sweep.name} is a Python function, which cannot be written as a file.")
    given = YAML(typ="safe", pure=True).load(sweep.space_text)
    kept = {section: given[section] for section in ("data", "objective") if section in given}
    _from_folder(kept["data"], Path(sweep.settings.folder))
    budget = {"trials": 1, "epochs": sweep.settings.epochs}
    sections = {name: written(value) for name, value in trial.configuration.items()}
    space = {**kept, **{name: value for name, value in sections.items() if value not in (None, {})}, "budget": budget}
    text = io.StringIO()
    writer = YAML(typ="safe", pure=True)
    writer.default_flow_style = False
    writer.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    writer.dump(space, text)
    metric = sweep.settings.objective.metric
    return f"# Trial {trial.number} of {sweep.name}: {metric} {trial.value} at epoch {trial.best_epoch}\n{text.getvalue()}"


def written(value: Any) -> Any:
    """A value of a configuration as a space would say it: no part is `none`, and a part without settings is its name."""
    if value is None:
        return "none"
    if isinstance(value, Mapping):
        if len(value) == 1 and next(iter(value.values())) == {}:
            return next(iter(value))
        return {name: written(inner) for name, inner in value.items()}
    return value


def _from_folder(data: Any, folder: Path) -> None:
    """Paths count from the space's file, and the new one will lie elsewhere: make them absolute."""
    for settings in data.values() if isinstance(data, Mapping) else ():
        for key in ("file", "folder", "load"):
            if isinstance(settings, dict) and isinstance(settings.get(key), str):
                settings[key] = str(folder / settings[key])
