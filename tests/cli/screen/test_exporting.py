"""What people are told of an export."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from sweeper.cli.screen.exporting import export_json, tell
from sweeper.exporting.order import Exported
from sweeper.search.export import Export

WHOLE = Export(
    sweep="digits",
    trial=4,
    training="",
    objective="val_loss",
    recorded=0.25,
    recorded_epoch=3,
    folder=Path("/there"),
    files=("model.keras", "train.py"),
    exported=Exported(value=0.25, epoch=3, difference=2e-7, rows=1200, part="test", script_value=0.25),
)


def told(export: Export, capsys: pytest.CaptureFixture[str]) -> str:
    tell(export)
    return capsys.readouterr().out


def test_what_came_out_as_it_should(capsys: pytest.CaptureFixture[str]) -> None:
    said = told(replace(WHOLE, model_id="m-1", version=2), capsys)
    assert "trial 4 of digits: val_loss 0.25" in said
    assert "as recorded to the last digit" in said
    assert "/there/model.keras   predicts what the sweep's network does on 1,200 test rows, within 2e-07" in said
    assert "expected val_loss 0.25" in said and "off" not in said
    assert "models:/m-1, registered as version 2" in said


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"value": 0.26}, "recorded was 0.25"),
        ({"difference": 0.0}, "test rows, exactly"),
        ({"difference": 0.01}, "but for 1.0e-02 of the largest prediction"),
        ({"script_value": 0.2500001}, "(1e-07 off)"),
        ({"script_value": 0.3}, "off; its first lines say why"),
        ({"script_value": None}, "not run"),
        ({"no_script": "data\nin chunks"}, "none: data in chunks"),
        ({"no_model": "no get_config()"}, "none: no get_config()"),
        ({"own_classes": ("Scale",)}, "custom_objects for Scale"),
    ],
)
def test_what_did_not(changes: dict[str, object], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    exported = replace(WHOLE.exported, **changes)  # type: ignore[arg-type]
    assert says in told(replace(WHOLE, exported=exported), capsys)


def test_as_json_nothing_is_missing_and_nothing_made_up() -> None:
    found = export_json(WHOLE)
    assert found["script"] == {"value": 0.25}
    assert found["no_script"] is found["no_model"] is found["mlflow"] is None
    assert export_json(replace(WHOLE, exported=replace(WHOLE.exported, no_script="why")))["script"] is None


def test_what_crosses_the_pipe_comes_back() -> None:
    assert Exported.from_raw(WHOLE.exported.to_raw()) == WHOLE.exported
