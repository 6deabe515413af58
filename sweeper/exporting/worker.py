"""The entry of an exporting worker: trains one trial again and writes what leaves the tool."""

from __future__ import annotations

import sys
import tempfile
import traceback
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from sweeper.data.prepare import keep, opened
from sweeper.data.recipe import recipes
from sweeper.data.settings import read_settings
from sweeper.data.targets import read_targets
from sweeper.errors import InputError, SweepError
from sweeper.executors.channel import Channel
from sweeper.exporting.order import Exported, ExportOrder, belongs_to_script
from sweeper.exporting.retraining import retrain
from sweeper.exporting.saving import save_model
from sweeper.exporting.script.writing import Script
from sweeper.exporting.source import Source
from sweeper.parts.measures import ends_in_logits
from sweeper.records import DataInfo, WorkerSettings
from sweeper.training.backends import open_backend

Say = Callable[[str], None]


def main(channel: Channel, settings: WorkerSettings) -> None:
    """Do what the parent orders, telling of each step, and say what came of it."""
    sys.dont_write_bytecode = True  # what Python leaves beside the file of an own model is no part of an export
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
            saved = save_model(settings.sweep, trained, source, settings.data.fold(fold), order, logits=logits)
            return _with_script(script, order, saved, say)


def _prepared_again(recorded: DataInfo, again: DataInfo) -> DataInfo:
    """The same data in a folder of this export. Raises InputError where they have changed."""
    if again.digest != recorded.digest:
        raise InputError(
            f"the data set {again.name} has changed since the sweep (digest {again.digest[:12]}, then {recorded.digest[:12]}), "
            "so that neither its preprocessing nor its training can be repeated. Restore it, and export again."
        )
    return replace(again, streamed=recorded.streamed)


def _with_script(script: Script, order: ExportOrder, exported: Exported, say: Say) -> Exported:
    """The model is exported whatever becomes of the script; of a script that fails nothing is left. Raises SweepError where
    there is neither."""
    try:
        script.write()
        if not order.run:
            return exported
        say("running train.py")
        return replace(exported, script_value=script.run())
    except (Exception, SystemExit) as error:
        if not isinstance(error, SweepError):
            traceback.print_exc()  # into the worker's log
            error = SweepError(f"it could not be written: {type(error).__name__}: {' '.join(str(error).split())[:300]}")
        reason = str(error)
    for path in Path(order.out).iterdir():
        if belongs_to_script(path.name):
            path.unlink()
    if exported.no_model:
        raise SweepError(f"nothing can be exported. No model: {exported.no_model}. No script: {reason}")
    return replace(exported, no_script=reason)
