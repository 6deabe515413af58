"""The peers of the benchmarks train the model that sweeper trains: the same weights; and, from them, outputs and penalty."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from benchmarks.peers import keras_models
from sweeper.records import DataInfo, Task
from sweeper.spaces import design, read_space
from sweeper.spaces.suggesting import Chosen
from sweeper.training.network import Network

INFO = DataInfo("digits", Task.CLASSIFICATION, (8, 8, 1), 10, {"train": 64}, "", "", class_counts=(7,) * 10)
SPACES = Path(keras_models.__file__).parents[1] / "spaces"
CASES = ("mlp", "cnn", "lstm", "mixed")


def drawn(name: str, number: int) -> dict[str, Any]:
    """A resolved configuration of a benchmark's space."""
    space = read_space(SPACES / f"{name}.yaml")
    parameters = design(space, "random", seed=0).parameters(number)
    assert parameters is not None
    return {**space.configure(Chosen(parameters)).configuration, "epochs": 1, "seed": number}


@pytest.mark.parametrize("number", range(2))
@pytest.mark.parametrize("name", CASES)
def test_a_peer_builds_the_model_of_the_sweep(name: str, number: int) -> None:
    configuration = drawn(name, number)
    ours = Network(configuration, INFO, "").model
    weights = [np.asarray(weight) for weight in ours.trainable_variables]
    x = np.random.default_rng(0).normal(size=(16, 8, 8, 1)).astype("float32")
    expected = np.asarray(ours(x, training=False))
    theirs = keras_models.seeded_model(configuration, INFO.input_shape)
    assert [weight.shape for weight in theirs.trainable_variables] == [weight.shape for weight in weights]
    for weight, value in zip(theirs.trainable_variables, weights, strict=True):
        weight.assign(value)
    assert np.asarray(theirs(x, training=False)) == pytest.approx(expected, abs=1e-5)
    l2 = configuration["regularization"]["l2"] or 0.0
    kernels = [weight for weight in theirs.trainable_variables if weight.path.endswith("/kernel")]
    penalty = sum(float(np.sum(np.square(kernel))) for kernel in kernels)
    assert float(sum(theirs.losses)) == pytest.approx(l2 * penalty, rel=1e-5)


@pytest.mark.parametrize("name", CASES)
def test_a_peer_has_the_dropout_and_the_optimizer_of_the_sweep(name: str) -> None:
    configuration = drawn(name, 1)
    model = keras_models.seeded_model(configuration, INFO.input_shape)
    rates = {layer.rate for layer in model.layers if isinstance(layer, keras.layers.Dropout)}
    assert rates == {configuration["regularization"]["dropout"]}
    assert isinstance(model.optimizer, keras.optimizers.Adam)
    settings = configuration["optimizer"]["adam"]
    assert float(model.optimizer.learning_rate) == pytest.approx(settings["learning_rate"])
    assert model.optimizer.beta_1 == settings["beta_1"]
