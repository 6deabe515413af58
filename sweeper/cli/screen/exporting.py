"""What an export came to, as lines for people and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sweeper.cli.reports import shown
from sweeper.cli.screen.output import say
from sweeper.cli.screen.text import line, number

if TYPE_CHECKING:
    from sweeper.search.export import Export

_SAME = 1e-5
"""What differs by a smaller share differs by rounding."""


def tell(export: Export) -> None:
    exported = export.exported
    training = f", {export.training}" if export.training else ""
    say(f"trial {export.trial} of {line(export.sweep)}{training}: {line(export.objective)} {number(export.recorded)}")
    say(f"  trained again  {_again(export)}")
    say(f"  model          {_model(export)}")
    if exported.own_classes:
        say(
            f"                 load it with custom_objects for {', '.join(map(line, exported.own_classes))}, which are your own"
        )
    say(f"  script         {_script(export)}")
    if export.model_id:
        say(f"  mlflow         models:/{export.model_id}{_registered(export)}")


def export_json(export: Export) -> dict[str, Any]:
    """The shape that `export --json` promises."""
    exported = export.exported
    return {
        "sweep": export.sweep,
        "trial": export.trial,
        "training": export.training,
        "folder": str(export.folder),
        "files": list(export.files),
        "objective": export.objective,
        "expected": export.recorded,
        "epoch": export.recorded_epoch,
        "trained_again": exported.value,
        "script": None if exported.no_script else {"value": exported.script_value},
        "no_model": exported.no_model or None,
        "no_script": exported.no_script or None,
        "predictions": {"part": exported.part, "rows": exported.rows, "difference": exported.difference},
        "custom_objects": list(exported.own_classes),
        "mlflow": {"model_id": export.model_id, "version": export.version} if export.model_id else None,
    }


def _again(export: Export) -> str:
    exported = export.exported
    if exported.value == export.recorded and exported.epoch == export.recorded_epoch:
        return f"{number(exported.value)} at epoch {exported.epoch}, as recorded to the last digit"
    return (
        f"{number(exported.value)} at epoch {exported.epoch}; recorded was {number(export.recorded)} at epoch "
        f"{export.recorded_epoch}: another machine, other versions, or a device that does not repeat itself"
    )


def _model(export: Export) -> str:
    exported = export.exported
    if exported.no_model:
        return f"none: {line(exported.no_model)}"
    near = f"within {exported.difference:.0e}" if exported.difference else "exactly"
    if exported.difference > _SAME:
        near = f"but for {exported.difference:.1e} of the largest prediction"
    rows = f"on {exported.rows:,} {exported.part} rows"
    return f"{shown(export.folder) / 'model.keras'}   predicts what the sweep's network does {rows}, {near}"


def _script(export: Export) -> str:
    exported = export.exported
    if exported.no_script:
        return f"none: {line(exported.no_script)}"
    path = shown(export.folder) / "train.py"
    if exported.script_value is None:
        return f"{path}   not run"
    return f"{path}   expected {line(export.objective)} {number(export.recorded)}, got {_got(export)}"


def _got(export: Export) -> str:
    value = export.exported.script_value
    off = abs((value or 0.0) - export.recorded)
    if not off:
        return number(value)
    why = "; its first lines say why" if off > _SAME * abs(export.recorded) else ""
    return f"{number(value)} ({off:.0e} off{why})"


def _registered(export: Export) -> str:
    return "" if export.version is None else f", registered as version {export.version}"
