"""The probe sees what the model computes."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import ops

from sweeper.diagnostics.probe import Probe
from sweeper.models.cnn import build as build_cnn
from sweeper.models.mlp import build as build_mlp

NOTHING = {"dropout": None, "noise": None}
MLP = {"layers": "5-4", "depth": None, "activation": "tanh", "normalization": "batch"}
CNN = {
    "filters": "3",
    "kernel_size": 3,
    "activation": "relu",
    "normalization": None,
    "pooling": "max",
    "head": "flatten",
    "dense": "6",
}


@pytest.mark.parametrize(
    ("build", "settings", "layers"),
    [(build_mlp, MLP, ["dense_1", "dense_2", "output"]), (build_cnn, CNN, ["conv_1", "dense_2", "output"])],
)
def test_every_layer_with_a_kernel_is_looked_at(build: object, settings: dict[str, object], layers: list[str]) -> None:
    model = build(settings, NOTHING, (8, 8, 1), 3)
    probe = Probe(model, predict=lambda state, x: pytest.fail("the probe can look into this model"))
    weights, states = (
        [ops.convert_to_tensor(variable.value) for variable in kind]
        for kind in (model.trainable_variables, model.non_trainable_variables)
    )
    x = np.random.default_rng(0).normal(size=(10, 8, 8, 1)).astype("float32")
    predictions, activations = probe.forward({"weights": weights, "layers": states}, x)
    np.testing.assert_array_equal(predictions.numpy(), model(x).numpy())
    assert list(probe.kernels.values()) == layers
    assert len(activations) == len(layers) - 1
    found = probe.statistics(weights, weights, weights, activations)
    for layer in layers:
        assert float(found[f"layers/{layer}/update_ratio"]) == 0.0
        assert f"layers/{layer}/gradient_rms" in found
    kind = "saturated" if settings["activation"] == "tanh" else "dead"
    assert {f"layers/{layer}/{kind}" for layer in layers[:-1]} <= found.keys()


def test_a_model_that_cannot_be_looked_into_has_kernels_all_the_same() -> None:
    class Own(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.dense = keras.layers.Dense(2)

        def call(self, x: object) -> object:
            return self.dense(x)

    model = Own()
    model(np.zeros((1, 3), "float32"))
    probe = Probe(model, predict=lambda state, x: x)
    assert len(probe.kernels) == 1
    assert probe.forward({"weights": [], "layers": []}, "x") == ("x", [])
