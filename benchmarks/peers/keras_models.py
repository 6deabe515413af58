"""The Keras model of a configuration and its training by plain `fit`: the same lines for every peer.

A configuration is what a sweep resolved and trained: a part is one key over all its settings, `None` is no part; beside
them stand `epochs` and `seed`. Keras is imported inside, so that a process which only schedules others stays light.
"""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import Any

import numpy as np

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

Configuration = dict[str, Any]
Parts = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def load_parts(folder: str | Path) -> Parts:
    """(x to train, y, x to validate, y), standardized: the arrays that the sweep had."""
    x_train, y_train, x_val, y_val = (
        np.load(Path(folder) / f"{part}_{name}.npy") for part in ("train", "validation") for name in "xy"
    )
    return x_train, y_train, x_val, y_val


def seeded_model(configuration: Configuration, input_shape: tuple[int, ...], outputs: int = 10) -> Any:
    """The compiled model of a configuration, with first weights from its seed."""
    import keras

    keras.backend.clear_session()
    keras.utils.set_random_seed(configuration["seed"])
    model = build(configuration, input_shape, outputs)
    model.compile(
        optimizer=optimizer(configuration),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    return model


def fit(model: Any, configuration: Configuration, parts: Parts, callbacks: list[Any]) -> Any:
    """Trains; Keras's History."""
    x_train, y_train, x_val, y_val = parts
    return model.fit(
        x_train, y_train, batch_size=configuration["training"]["batch_size"], epochs=configuration["epochs"],
        validation_data=(x_val, y_val), verbose=0, callbacks=callbacks,
    )  # fmt: skip


def build(configuration: Configuration, input_shape: tuple[int, ...], outputs: int) -> Any:
    """The model that the configuration describes: input [rows, *input_shape], logits [rows, outputs]."""
    import keras

    [(family, settings)] = configuration["model"].items()
    dropout = configuration["regularization"]["dropout"]
    kernel = kernel_settings(configuration)
    model = keras.Sequential([keras.Input(input_shape)])

    def end_block() -> None:
        if dropout is not None:
            model.add(keras.layers.Dropout(dropout))

    def activate() -> None:
        if settings["normalization"] == "batch":
            model.add(keras.layers.BatchNormalization())
        model.add(keras.layers.Activation(settings["activation"]))

    if family == "mlp":
        model.add(keras.layers.Flatten())
        for units in hidden_units(settings):
            model.add(keras.layers.Dense(units, use_bias=settings["normalization"] != "batch", **kernel))
            activate()
            end_block()
    elif family == "cnn":
        for filters in sizes(settings["filters"]):
            with_bias = settings["normalization"] != "batch"
            model.add(keras.layers.Conv2D(filters, settings["kernel_size"], padding="same", use_bias=with_bias, **kernel))
            activate()
            model.add(keras.layers.MaxPooling2D(2))
            end_block()
        model.add(keras.layers.Flatten())
    elif family == "rnn":
        model.add(keras.layers.Reshape((input_shape[0], math.prod(input_shape[1:]))))  # a picture, row by row
        cell = {"simple": keras.layers.SimpleRNN, "lstm": keras.layers.LSTM, "gru": keras.layers.GRU}[settings["cell"]]
        for number in range(1, settings["layers"] + 1):
            model.add(cell(settings["units"], return_sequences=number < settings["layers"], **kernel))
            end_block()
    else:
        raise ValueError(f"the peers have no model for the family {family}; add it to {__file__}")
    model.add(keras.layers.Dense(outputs, **kernel))
    return model


def kernel_settings(configuration: Configuration) -> dict[str, Any]:
    """Keras's arguments for a layer's kernel: initializer and L2."""
    import keras

    [(initializer, _)] = configuration["initializer"].items()
    l2 = configuration["regularization"]["l2"]
    return {"kernel_initializer": initializer} | ({} if l2 is None else {"kernel_regularizer": keras.regularizers.L2(l2)})


def optimizer(configuration: Configuration) -> Any:
    import keras

    [(name, settings)] = configuration["optimizer"].items()
    kinds = {"sgd": "SGD", "adam": "Adam", "adamw": "AdamW", "rmsprop": "RMSprop", "nadam": "Nadam", "adagrad": "Adagrad"}
    given = {key: value for key, value in settings.items() if key != "schedule" and value is not None}
    return getattr(keras.optimizers, kinds[name])(**given)


def hidden_units(settings: dict[str, Any]) -> list[int]:
    return sizes(settings["layers"]) if settings["layers"] is not None else [settings["units"]] * settings["depth"]


def sizes(word: Any) -> list[int]:
    return [int(part) for part in str(word).split("-")]
