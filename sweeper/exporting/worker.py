"""The entry of an exporting worker: trains one trial again and writes what leaves the tool."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import keras
import numpy as np

from sweeper.data.arrays import Part, Parts
from sweeper.data.prepare import keep, opened
from sweeper.data.recipe import Recipe, recipes
from sweeper.data.settings import read_settings
from sweeper.data.targets import read_targets
from sweeper.errors import InputError, SweepError
from sweeper.executors.channel import Channel
from sweeper.exporting.inference import inference_model, own_classes, shown
from sweeper.exporting.mlflow_model import save_mlflow_model
from sweeper.exporting.order import ABOUT, MODEL, Exported, ExportOrder
from sweeper.exporting.retraining import Retrained, retrain
from sweeper.exporting.script.writing import Script, Source
from sweeper.parts.measures import ends_in_logits
from sweeper.records import DataInfo, WorkerSettings
from sweeper.training.backends import open_backend
from sweeper.training.backends.backend import EVALUATION_ROWS

EXAMPLES = 5
"""Rows that show what the model takes."""

Say = Callable[[str], None]


def main(channel: Channel, settings: WorkerSettings) -> None:
    """Do what the parent orders, telling of each step, and say what came of it."""
    message = channel.receive()
    if message is None or message["do"] != "export":
        return
    order = ExportOrder.from_raw(message["order"])
    exported = export(order, settings, lambda text: channel.send({"say": "step", "text": text}))
    channel.send({"say": "exported", "exported": exported.to_raw()})


def export(order: ExportOrder, settings: WorkerSettings, say: Say) -> Exported:
    """Writes model and script into the order's folder. Raises SweepError for what cannot be exported at all."""
    backend = open_backend(settings.backend)
    backend.claim(settings.cache)
    with tempfile.TemporaryDirectory(prefix="sweeper-export-") as scratch:
        into = Path(scratch) / "data"
        say("reading the data")
        with opened(order.data, Path(settings.folder), into) as (raw, data_settings):
            settings = replace(settings, data=_prepared_again(settings.data, keep(raw, data_settings, into)))
            fold = order.plan.fold
            recipe = recipes(raw, read_targets(raw), data_settings)[fold]
            say(f"training trial {order.plan.number} again")
            trained = retrain(order.plan, settings, backend)
            logits = ends_in_logits(trained.model, settings.data.input_shape)
            source = Source(read_settings(order.data)[0].name, data_settings, raw, recipe)
            script = Script(order, settings, source, trained, logits=logits)
            exported = _with_script(script, order, _exported(trained, source, settings.data.fold(fold), order, logits), say)
    return exported


def _prepared_again(recorded: DataInfo, again: DataInfo) -> DataInfo:
    """The same data in a folder of this export. Raises InputError where they have changed."""
    if again.digest != recorded.digest:
        raise InputError(
            f"the data set {again.name} has changed since the sweep (digest {again.digest[:12]}, then {recorded.digest[:12]}), "
            "so that neither its preprocessing nor its training can be repeated. Restore it, and export again."
        )
    return replace(again, streamed=recorded.streamed)


def _exported(trained: Retrained, source: Source, info: DataInfo, order: ExportOrder, logits: bool) -> Exported:
    """Writes the model, and compares its predictions with the engine's."""
    trained.best.give(trained.model)
    model = inference_model(trained.model, source.recipe, source.raw, info, logits=logits)
    out, own = Path(order.out), own_classes(model)
    model.save(out / MODEL)
    (out / ABOUT).write_text(json.dumps(_about(order, trained, source, info, own), indent=1) + "\n", encoding="utf-8")
    name, part = _held_out(info)
    rows = source.recipe.parts[name]
    ours = trained.model.predict(np.asarray(part.x), batch_size=EVALUATION_ROWS, verbose=0).astype("float32")
    theirs = model.predict(np.asarray(source.raw.x[rows]), batch_size=EVALUATION_ROWS, verbose=0)
    if order.mlflow:
        if own:
            raise InputError(f"MLflow could not load the model: it has classes of your own ({', '.join(own)}).")
        save_mlflow_model(model, Path(order.mlflow), np.asarray(source.raw.x[rows[:EXAMPLES]], "float64"))
    expected = shown(ours, info, logits=logits)
    difference = float(np.abs(expected - theirs).max() / max(np.abs(expected).max(), 1))
    outcome = trained.outcome
    assert outcome.value is not None and outcome.best_epoch is not None
    return Exported(outcome.value, outcome.best_epoch, difference, len(rows), name, own_classes=own)


def _with_script(script: Script, order: ExportOrder, exported: Exported, say: Say) -> Exported:
    try:
        script.write()
        if not order.run:
            return exported
        say("running train.py")
        return replace(exported, script_value=script.run())
    except SweepError as error:
        return replace(exported, no_script=str(error))


def _held_out(info: DataInfo) -> tuple[str, Part]:
    parts = Parts.open(info)
    if parts.test is not None:
        return "test", parts.test
    return ("validation", parts.validation) if parts.validation is not None else ("train", parts.train)


def _about(order: ExportOrder, trained: Retrained, source: Source, info: DataInfo, own: tuple[str, ...]) -> dict[str, Any]:
    """What a program that uses the model must know, and what a person wants to."""
    raw, recipe, outcome = source.raw, source.recipe, trained.outcome
    inputs: dict[str, Any] = {"shape": list(raw.x.shape[1:] or (1,))}
    if raw.columns:
        inputs["columns"] = _columns(recipe, raw.columns)
    elif raw.features:
        inputs["features"] = list(raw.features)
    output: dict[str, Any] = {"task": str(info.task)}
    if info.class_names:
        output["classes"] = list(info.class_names)
    return {
        "trial": order.plan.number,
        "training": order.training,
        "parameters": dict(order.plan.parameters),
        "value": outcome.value,
        "epoch": outcome.best_epoch,
        "metrics": dict(outcome.metrics),
        "input": inputs,
        "output": output,
        "custom_objects": list(own),
        "versions": {name: version(name) for name in (keras.backend.backend(), "keras", "numpy")},
    }


def _columns(recipe: Recipe, columns: tuple[Any, ...]) -> list[dict[str, Any]]:
    """The table's columns in the order in which the model takes them. A cell of text is given as the position of its value; one
    that is blank, or has none of these values, as NaN."""
    return [{"name": column.name, **({} if column.values is None else {"values": list(column.values)})} for column in columns]
