"""The whole script: its sections put together, its data compared with what the sweep trained on, its first weights saved."""

from __future__ import annotations

import io
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import keras
import numpy as np
from jinja2 import Environment, PackageLoader, StrictUndefined

from sweeper.data.arrays import Part, Parts
from sweeper.data.raw import RawData, Settings
from sweeper.data.recipe import Recipe, encoded
from sweeper.errors import SweepError
from sweeper.exporting.order import ARRAYS, FIRST_WEIGHTS, ROWS, SCRIPT, ExportOrder
from sweeper.exporting.retraining import Retrained
from sweeper.exporting.script.learning import (
    CLASS_WEIGHT,
    loss_code,
    measure_code,
    optimizer_code,
    penalty_code,
)
from sweeper.exporting.script.literals import call, in_comment, literal
from sweeper.exporting.script.network import Noise, network_code
from sweeper.exporting.script.rows import Reading, arrays_reading, preparing, reading
from sweeper.exporting.script.story import origin, story, title
from sweeper.own_code import split_reference
from sweeper.parts.noise import KnobDropout, KnobNoise
from sweeper.records import DataInfo, Task, WorkerSettings
from sweeper.training.device_data import network_targets

_SEED = "seed_generator_state"
_PARTS = ("train", "validation", "test")


@dataclass(frozen=True)
class Source:
    """A data set as it was read again: its name in the space, its settings, its rows, and the recipe of the trial's fold."""

    name: str
    settings: Settings
    raw: RawData
    recipe: Recipe


class Script:
    """One trial's script, with the files that it reads, in the folder of the order."""

    def __init__(
        self, order: ExportOrder, settings: WorkerSettings, source: Source, trained: Retrained, *, logits: bool
    ) -> None:
        self._order, self._settings, self._source, self._trained, self._logits = order, settings, source, trained, logits
        self._info = settings.data.fold(order.plan.fold)
        self._out = Path(order.out)
        self._own = "python" in order.plan.configuration["model"]

    def write(self) -> None:
        """Raises SweepError with the reason where plain code would train something else."""
        if self._settings.data.streamed:
            raise SweepError(
                "the data were read from disk in chunks, in an order of rows that plain Keras cannot repeat shortly"
            )
        self._network = self._network_code()
        self._save_first_weights()
        self._save_rows()
        self._reading, self._preparing = self._data_code()
        self._render(None)

    def run(self) -> float:
        """The value that the script comes to in this process, which stands in its first lines from now on. Raises SweepError
        where it fails."""
        path = self._out / SCRIPT
        names: dict[str, Any] = {"__file__": str(path), "__name__": "__main__"}
        with redirect_stdout(io.StringIO()) as said:
            try:
                exec(compile(path.read_text(), str(path), "exec"), names)
            except Exception as error:
                raise SweepError(f"the script failed: {type(error).__name__}: {error}") from error
        print(said.getvalue())
        value = float(names["best"])
        self._render(value)
        return value

    def _render(self, measured: float | None) -> None:
        order, settings = self._order, self._settings
        plan, objective = order.plan, settings.objective
        configuration, info = plan.configuration, self._info
        training, penalty = configuration["training"], penalty_code(configuration)
        optimizer = optimizer_code(configuration)
        weighted = training.get("class_weight") == "balanced" and info.task is Task.CLASSIFICATION
        environment = Environment(
            loader=PackageLoader("sweeper.exporting"),
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            undefined=StrictUndefined,
        )
        precision = training.get("precision", "float32")
        text = environment.get_template("train.py.jinja").render(
            title=title(order, settings),
            origin=origin(order, settings),
            story=story(order, settings, measured, constants=self._constants),
            standard=sorted({"import os", *self._standard(optimizer)}),
            others=sorted(line for line in self._reading.imports if line != "import sys"),
            backend=settings.backend,
            threads=settings.threads,
            epochs=plan.epochs,
            batch_size=training["batch_size"],
            patience=configuration["regularization"].get("early_stopping"),
            data_title=in_comment(f"{info.name}, {info.rows['train']:,} rows to train on"),
            reading=self._reading.code,
            preparing=self._preparing,
            precision="" if precision == "float32" else precision,
            penalty=penalty,
            network=self._network,
            own_penalty=bool(penalty) and self._own,
            needs_steps="steps" in optimizer,
            optimizer=optimizer,
            loss=loss_code(info, logits=self._logits),
            class_weight=CLASS_WEIGHT if weighted else "",
            weighted=", class_weight=class_weight" if weighted else "",
            measure=measure_code(objective, info, configuration, logits=self._logits, scaled=self._scaled),
            shuffle=training.get("shuffle", True),
            order_seed=plan.seeds.order,
            worst="-math.inf" if objective.maximize else "math.inf",
            better=">" if objective.maximize else "<",
            maximize=objective.maximize,
            metric=objective.metric,
            expected=f"{order.value:.6g}",
            expected_epoch=order.epoch,
        )
        (self._out / SCRIPT).write_text(text, encoding="utf-8")

    def _standard(self, optimizer: str) -> Iterator[str]:
        yield "import math"
        if self._order.plan.configuration["training"].get("shuffle", True):
            yield "import hashlib"
        if self._own or "import sys" in self._reading.imports:
            yield "import sys"

    @property
    def _scaled(self) -> bool:
        return bool(self._source.settings["standardize"] and self._info.target_scale)

    def _network_code(self) -> str:
        plan, model = self._order.plan, self._trained.model
        penalized = bool(penalty_code(plan.configuration))
        if not self._own:
            return network_code(model, self._noise(), penalized=penalized)
        if penalized and any(weight.regularizer is not None for weight in model.trainable_weights):
            raise SweepError("the space's penalty adds to those in the model's own layers, which plain Keras keeps one of")
        settings = dict(plan.configuration["model"]["python"])
        path, function = split_reference(settings.pop("build"), self._settings.folder)
        shutil.copyfile(path, self._out / path.name)
        shape = literal(tuple(self._info.input_shape))
        lines = [
            "# A copy of the model's file lies beside this one; what it imports is found where it was.",
            f"sys.path[:0] = [str(HERE), {literal(str(path.parent))}]",
            f"from {path.stem} import {function}",
            "",
            f"keras.utils.set_random_seed({plan.seeds.weights})",
            f"model = {call(function, shape, str(self._info.outputs), **settings)}",
        ]
        if not hasattr(model, "operations"):
            lines.append(f"model.build((None, {', '.join(map(str, self._info.input_shape))}))")
        return "\n".join([*lines, *self._seed_lines()])

    def _seed_lines(self) -> list[str]:
        """The seeds of an own model's layers that draw, which are not among the weights that Keras saves."""
        named = zip(self._trained.model.non_trainable_variables, self._trained.first.layers, strict=True)
        seeds = [int(value[0]) for variable, value in named if variable.path.endswith(_SEED)]
        if not seeds:
            return []
        return [
            f"seeds = iter({literal(seeds)})   # of the layers that draw, as the sweep drew them",
            "for variable in model.non_trainable_variables:",
            f"    if variable.path.endswith({literal(_SEED)}):",
            "        variable.assign([next(seeds), 0])",
        ]

    def _noise(self) -> Noise:
        """The seeds that the trial drew for the layers that draw."""
        plan, model = self._order.plan, self._trained.model
        places = {id(variable): number for number, variable in enumerate(model.non_trainable_variables)}
        seeds = {
            layer.name: int(self._trained.first.layers[places[id(layer.seed_generator.state)]][0])
            for layer in model.layers
            if isinstance(layer, KnobDropout | KnobNoise)
        }
        regularization = plan.configuration["regularization"]
        return Noise(seeds, regularization.get("dropout"), regularization.get("noise"))

    def _save_first_weights(self) -> None:
        """Of the network that the code itself builds."""
        names: dict[str, Any] = {"keras": keras, "np": np, "os": os, "sys": sys, "HERE": self._out}
        precision = self._order.plan.configuration["training"].get("precision", "float32")
        keras.config.set_dtype_policy(precision)
        exec("\n".join([penalty_code(self._order.plan.configuration), self._network]), names)
        plain, ours = names["model"], self._trained.model
        self._trained.first.give(ours)
        if self._own:
            self._trained.first.give(plain)
        else:
            for theirs, layer in zip(plain.layers, ours.layers, strict=True):
                if not isinstance(layer, KnobDropout | KnobNoise):
                    theirs.set_weights(layer.get_weights())
        plain.save_weights(self._out / FIRST_WEIGHTS)

    def _save_rows(self) -> None:
        recipe, info = self._source.recipe, self._info
        constants = {"mean": recipe.scaling.mean, "deviation": recipe.scaling.deviation}
        if info.target_scale:
            constants |= {"y_mean": np.array(info.target_mean), "y_scale": np.array(info.target_scale)}
        arrays: dict[str, Any] = {**{part: recipe.parts[part] for part in _PARTS}, **constants}
        np.savez_compressed(self._out / ROWS, **arrays)

    def _data_code(self) -> tuple[Reading, str]:
        """Code for the data that gives the very bits that the sweep trained on: the shortest of those that were tried."""
        source, folder = self._source, Path(self._settings.folder)
        raw, settings = source.raw, source.settings
        readings = [reading(source.name, settings, raw, source.recipe, folder), arrays_reading(source.name)]
        for read, constants in product(filter(None, readings), (False, True)):
            arrays = read.code == readings[1].code  # type: ignore[union-attr]
            if arrays:
                np.savez_compressed(self._out / ARRAYS, x=encoded(source.recipe.encoding, raw.x), y=raw.y)
            prepared = preparing(raw, self._info, settings, constants=constants)
            if self._gives_the_same(read, prepared):
                self._constants = constants
                return read, prepared
        raise SweepError("reading the data in plain code gives other numbers than the sweep trained on")

    def _gives_the_same(self, read: Reading, prepared: str) -> bool:
        """Whether this code ends with the arrays that the sweep prepared, bit for bit."""
        rows = np.load(self._out / ROWS)
        names: dict[str, Any] = {"np": np, "HERE": self._out, "rows": rows, **{part: rows[part] for part in _PARTS}}
        try:
            with redirect_stdout(io.StringIO()):
                exec("\n".join([*read.imports, read.code, prepared]), names)
            x, y = np.asarray(names["x"]), np.asarray(names["y"])
            return all(_equal(x[rows[part]], y[rows[part]], stored, self._info) for part, stored in _stored(self._info))
        except Exception as error:  # of the user's own code too
            print(f"{type(error).__name__}: {error}")
            return False


def _stored(info: DataInfo) -> Iterator[tuple[str, Part]]:
    parts = Parts.open(info)
    for name in _PARTS:
        part = getattr(parts, name)
        if part is not None:
            yield name, part


def _equal(x: np.ndarray, y: np.ndarray, part: Part, info: DataInfo) -> bool:
    targets = network_targets(part, info)
    return x.dtype == np.float32 and np.array_equal(x, part.x) and np.array_equal(y.reshape(targets.shape), targets)
