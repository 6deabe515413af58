"""The whole script: its sections put together, its first weights saved, and the script run."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
from jinja2 import Environment, PackageLoader, StrictUndefined

from sweeper.errors import SweepError
from sweeper.exporting.order import FIRST_WEIGHTS, SCRIPT, ExportOrder
from sweeper.exporting.retraining import Retrained
from sweeper.exporting.script.data import data_code
from sweeper.exporting.script.learning import CLASS_WEIGHT, loss_code, measure_code, optimizer_code, penalty_code
from sweeper.exporting.script.literals import in_comment
from sweeper.exporting.script.network import Noise, network_code
from sweeper.exporting.script.own_network import own_network_code
from sweeper.exporting.script.running import run_alone
from sweeper.exporting.script.story import origin, story, title
from sweeper.exporting.source import Source
from sweeper.parts.noise import KnobDropout, KnobNoise
from sweeper.records import Task, WorkerSettings


class Script:
    """One trial's script, with the files that it reads, in the folder of the order."""

    def __init__(
        self, order: ExportOrder, settings: WorkerSettings, source: Source, trained: Retrained, *, logits: bool
    ) -> None:
        self._order, self._settings, self._source, self._trained, self._logits = order, settings, source, trained, logits
        self._configuration = order.plan.configuration
        self._info = settings.data.fold(order.plan.fold)
        self._out = Path(order.out)
        self._own = "python" in self._configuration["model"]
        self._penalty = penalty_code(self._configuration)

    def write(self) -> None:
        """Raises SweepError with the reason where plain code would train something else."""
        if self._settings.data.streamed:
            raise SweepError(
                "the data were read from disk in chunks, in an order of rows that plain Keras cannot repeat shortly"
            )
        self._network = self._network_code()
        self._save_first_weights()
        self._data = data_code(self._source, self._info, Path(self._settings.folder), self._out)
        self._render(None)

    def run(self) -> float:
        """The value that the script comes to in this process, which stands in its first lines from now on. Raises SweepError
        where it fails."""
        path = self._out / SCRIPT
        names: dict[str, Any] = {"__file__": str(path), "__name__": "__main__"}
        try:
            said = run_alone(path.read_text(encoding="utf-8"), names, str(path))
        except (Exception, SystemExit) as error:
            raise SweepError(f"the script failed: {type(error).__name__}: {error}") from error
        print(said)
        value = float(names["best"])
        self._render(value)
        return value

    def _render(self, measured: float | None) -> None:
        order, settings, configuration, info = self._order, self._settings, self._configuration, self._info
        objective, training = settings.objective, configuration["training"]
        optimizer = optimizer_code(configuration)
        weighted = training.get("class_weight") == "balanced" and info.task is Task.CLASSIFICATION
        scaled = bool(self._source.settings["standardize"] and info.target_scale)
        text = _template().render(
            title=title(order, settings),
            origin=origin(order, settings),
            story=story(order, settings, measured, file=self._data.reading.file, constants=self._data.constants),
            standard=sorted({"import math", "import os", *self._imports()}),
            others=sorted(line for line in self._data.reading.imports if line != "import sys"),
            backend=settings.backend,
            threads=settings.threads if settings.backend == "tensorflow" else 0,
            epochs=order.plan.epochs,
            batch_size=training["batch_size"],
            patience=configuration["regularization"].get("early_stopping"),
            data_title=in_comment(f"{info.name}, {info.rows['train']:,} rows to train on"),
            reading=self._data.reading.code,
            preparing=self._data.preparing,
            precision=self._precision,
            penalty=self._penalty,
            network=self._network,
            own_penalty=self._penalty and self._own,
            needs_steps="steps" in optimizer,
            optimizer=optimizer,
            loss=loss_code(info, logits=self._logits),
            class_weight=CLASS_WEIGHT if weighted else "",
            weighted=", class_weight=class_weight" if weighted else "",
            measure=measure_code(objective, info, configuration, logits=self._logits, scaled=scaled),
            shuffle=training.get("shuffle", True),
            order_seed=order.plan.seeds.order,
            worst="-math.inf" if objective.maximize else "math.inf",
            better=">" if objective.maximize else "<",
            maximize=objective.maximize,
            metric=objective.metric,
            expected=f"{order.value:.6g}",
            expected_epoch=order.epoch,
        )
        (self._out / SCRIPT).write_text(text, encoding="utf-8")

    @property
    def _precision(self) -> str:
        return str(self._configuration["training"].get("precision", "float32"))

    def _imports(self) -> Iterator[str]:
        if self._configuration["training"].get("shuffle", True):
            yield "import hashlib"
        if self._own or "import sys" in self._data.reading.imports:
            yield "import sys"

    def _network_code(self) -> str:
        order, trained, penalized = self._order, self._trained, bool(self._penalty)
        if self._own:
            folder = self._settings.folder
            return own_network_code(order.plan, trained, self._info, folder, self._out, penalized=penalized)
        return network_code(trained.model, self._noise(), penalized=penalized)

    def _noise(self) -> Noise:
        """The seeds that the trial drew for the layers that draw."""
        model = self._trained.model
        places = {id(variable): number for number, variable in enumerate(model.non_trainable_variables)}
        seeds = {
            layer.name: int(self._trained.first.layers[places[id(layer.seed_generator.state)]][0])
            for layer in model.layers
            if isinstance(layer, KnobDropout | KnobNoise)
        }
        regularization = self._configuration["regularization"]
        return Noise(seeds, regularization.get("dropout"), regularization.get("noise"))

    def _save_first_weights(self) -> None:
        """Of the network that the code itself builds."""
        names: dict[str, Any] = {"keras": keras, "np": np, "os": os, "sys": sys, "HERE": self._out}
        keras.config.set_dtype_policy(self._precision)
        exec(f"{self._penalty}\n{self._network}", names)
        plain, ours, first = names["model"], self._trained.model, self._trained.first
        first.give(ours)
        if self._own:
            first.give(plain)
        else:
            for theirs, layer in zip(plain.layers, ours.layers, strict=True):
                if not isinstance(layer, KnobDropout | KnobNoise):
                    theirs.set_weights(layer.get_weights())
        plain.save_weights(self._out / FIRST_WEIGHTS)


def _template() -> Any:
    environment = Environment(
        loader=PackageLoader("sweeper.exporting"),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=StrictUndefined,
    )
    return environment.get_template("train.py.jinja")
