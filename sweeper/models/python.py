"""The user's own model: a function `build(input_shape, outputs, **settings)` that returns a keras.Model, not compiled.

This is the user's code and runs with the user's rights.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras

from sweeper.errors import InputError
from sweeper.own_code import call, load_function, split_reference


def build(
    settings: Mapping[str, Any], regularization: Mapping[str, Any], input_shape: tuple[int, ...], outputs: int, folder: str
) -> keras.Model:
    """The model that the user's function builds for input [rows, *input_shape] and output [rows, outputs].

    Dropout and noise of the space have no place here, since the layers are the user's; penalties act on its kernels. Raises
    InputError for what is not a model with the right output.
    """
    reference = str(settings["build"])
    own = {name: value for name, value in settings.items() if name != "build"}
    path, name = split_reference(reference, folder)
    model = call(path, load_function(path, name), input_shape, outputs, **own)
    if not isinstance(model, keras.Model):
        raise InputError(f"{reference} returned {type(model).__name__}; expected a keras.Model, not compiled.")
    shape = _output_shape(model, input_shape)
    if shape != (None, outputs):
        raise InputError(f"{reference} returned a model with output {shape}; expected (None, {outputs}).")
    return model


def _output_shape(model: keras.Model, input_shape: tuple[int, ...]) -> tuple[int | None, ...]:
    """For an input of any number of rows; a model that is not built yet is built. One that is no graph of layers is called on a
    tensor without values, for it may not say its shape otherwise."""
    if getattr(model, "outputs", None):
        return tuple(model.compute_output_shape((None, *input_shape)))
    return tuple(model(keras.KerasTensor((None, *input_shape))).shape)
