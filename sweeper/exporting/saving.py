"""The exported model on disk, what whoever uses it must know, and how near its predictions come to the engine's."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import keras
import numpy as np

from sweeper.data.arrays import Part, Parts
from sweeper.errors import InputError, StoreError
from sweeper.exporting.inference import inference_model, own_classes, shown
from sweeper.exporting.mlflow_model import save_mlflow_model, save_mlflow_table
from sweeper.exporting.order import ABOUT, MODEL, Exported, ExportOrder
from sweeper.exporting.retraining import Retrained
from sweeper.exporting.source import Source
from sweeper.records import DataInfo
from sweeper.training.backends.backend import EVALUATION_ROWS

EXAMPLES = 5
"""Rows that show what the model takes."""


def save_model(sweep: str, trained: Retrained, source: Source, info: DataInfo, order: ExportOrder, *, logits: bool) -> Exported:
    """Writes the model of the best epoch, and compares its predictions with the engine's. Raises InputError where it was to go
    to MLflow and cannot, StoreError where the disk takes nothing."""
    trained.best.give(trained.model)
    model = inference_model(trained.model, source.recipe, source.raw, info, logits=logits)
    own, no_model = _saved(model, Path(order.out) / MODEL)
    about = _about(sweep, trained, source, info, order, own)
    with _on_disk(ABOUT):
        (Path(order.out) / ABOUT).write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")
    name, part = _held_out(info)
    rows = source.recipe.parts[name]
    if order.mlflow:
        if own or no_model:
            raise InputError(no_model or f"MLflow could not load the model: it has classes of your own ({', '.join(own)}).")
        examples = np.asarray(source.raw.x[rows[:EXAMPLES]], "float64")
        if source.raw.columns:
            save_mlflow_table(Path(order.out), Path(order.mlflow), examples, source.raw.columns, about)
        else:
            save_mlflow_model(model, Path(order.mlflow), examples, about)
    ours = trained.model.predict(np.asarray(part.x), batch_size=EVALUATION_ROWS, verbose=0).astype("float32")
    expected = shown(ours, info, logits=logits)
    given = model.predict(np.asarray(source.raw.x[rows]), batch_size=EVALUATION_ROWS, verbose=0)
    difference = float(np.abs(expected - given).max() / max(np.abs(expected).max(), 1))
    outcome = trained.outcome
    assert outcome.value is not None and outcome.best_epoch is not None
    return Exported(outcome.value, outcome.best_epoch, difference, len(rows), name, no_model, own_classes=own)


def _saved(model: keras.Model, path: Path) -> tuple[tuple[str, ...], str]:
    """Saves the model: the classes in it that are the user's own, and the reason why it cannot be saved, or nothing."""
    try:
        own = own_classes(model)
        with _on_disk(path.name):
            model.save(path)
    except NotImplementedError as error:  # Keras says it in twenty lines, the class in the first of them
        kind = " ".join(str(error).split()).removeprefix("Object ").partition(" ")[0]
        return (), f"your class {kind} has no get_config(), by which Keras would build it again"
    return own, ""


@contextlib.contextmanager
def _on_disk(name: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreError(f"{name} cannot be written: {error.strerror or error}") from error


def _held_out(info: DataInfo) -> tuple[str, Part]:
    """The part on which predictions are compared: the first of test, validation and train that has rows."""
    parts = Parts.open(info)
    if parts.test is not None:
        return "test", parts.test
    return ("validation", parts.validation) if parts.validation is not None else ("train", parts.train)


def _about(
    sweep: str, trained: Retrained, source: Source, info: DataInfo, order: ExportOrder, own: tuple[str, ...]
) -> dict[str, Any]:
    """What a program that uses the model must know, and what a person wants to."""
    return {
        "sweep": sweep,
        "trial": order.plan.number,
        "training": order.training,
        "parameters": dict(order.plan.parameters),
        "value": trained.outcome.value,
        "epoch": trained.outcome.best_epoch,
        "metrics": dict(trained.outcome.metrics),
        "input": _input(source),
        "output": _output(source, info),
        "custom_objects": list(own),
        "versions": {name: version(name) for name in (keras.backend.backend(), "keras", "numpy")},
    }


def _input(source: Source) -> dict[str, Any]:
    """The shape of a row; of a table its columns in the order in which the model takes them. A cell of text is given as the
    position of its value; one that is blank, or has none of these values, as NaN."""
    raw = source.raw
    told: dict[str, Any] = {"shape": list(raw.x.shape[1:] or (1,))}
    if raw.columns:
        texts = ({} if column.values is None else {"values": list(column.values)} for column in raw.columns)
        told["columns"] = [{"name": column.name, **text} for column, text in zip(raw.columns, texts, strict=True)]
    elif raw.features:
        told["features"] = list(raw.features)
    return told


def _output(source: Source, info: DataInfo) -> dict[str, Any]:
    """The task, and the names of the classes in the order of their probabilities; of a table that writes them otherwise than as
    text their values too."""
    told: dict[str, Any] = {"task": str(info.task)}
    if info.class_names:
        told["classes"] = list(info.class_names)
        if source.raw.columns and source.raw.y.dtype.kind != "U":
            told["values"] = np.unique(source.raw.y).tolist()
    return told
