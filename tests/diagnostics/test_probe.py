"""The probe sees what the model computes."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import ops

from sweeper.diagnostics.names import layer_names, outgoing_axes
from sweeper.diagnostics.probe import Probe
from sweeper.diagnostics.signal import symmetry
from sweeper.models.cnn import build as build_cnn
from sweeper.models.mlp import build as build_mlp
from sweeper.models.rnn import build as build_rnn
from sweeper.models.transformer import build as build_transformer

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
RNN = {"cell": "lstm", "layers": 2, "units": 3, "bidirectional": False, "head": "last"}
TRANSFORMER = {
    "depth": 2, "heads": 2, "head_width": 3, "feed_forward": 2, "activation": "relu", "normalization": "pre",
    "positions": "learned",
}  # fmt: skip


def looked_at(build: object, settings: dict[str, object]) -> tuple[keras.Model, dict[str, float]]:
    """The model, and what is found with its own weights as gradients and no step taken."""
    model = build(settings, NOTHING, (8, 8, 1), 3)
    probe = Probe(model, predict=lambda state, x: pytest.fail("the probe can look into this model"))
    weights, states = (
        [ops.convert_to_tensor(variable.value) for variable in kind]
        for kind in (model.trainable_variables, model.non_trainable_variables)
    )
    x = np.random.default_rng(0).normal(size=(10, 8, 8, 1)).astype("float32")
    predictions, activations = probe.forward({"weights": weights, "layers": states}, x)
    np.testing.assert_allclose(np.asarray(predictions), np.asarray(model(x)), atol=1e-6)
    return model, probe.statistics(weights, weights, weights, activations)


@pytest.mark.parametrize("cell", ["simple", "lstm", "gru"])
def test_recurrent_layers_have_two_kernels_and_a_state(cell: str) -> None:
    model, found = looked_at(build_rnn, {**RNN, "cell": cell})
    kernels = {name.split("/", 1)[1].rpartition("/")[0] for name in found if name.endswith("gradient_rms")}
    assert kernels == {"rnn_1", "rnn_1/recurrent", "rnn_2", "rnn_2/recurrent", "output"}
    recurrent = model.layers[-2].cell.recurrent_kernel.numpy()
    assert float(found["layers/rnn_2/recurrent/gradient_rms"]) == pytest.approx(np.sqrt((recurrent**2).mean()))
    assert "layers/rnn_1/activation_variance" in found
    assert ("layers/rnn_2/saturated" in found) == (cell == "simple"), "a gated state does not saturate"


def test_both_directions_have_names_of_their_own() -> None:
    _, found = looked_at(build_rnn, {**RNN, "layers": 1, "bidirectional": True})
    kernels = [name for name in found if name.endswith("/symmetry")]
    sides = ("forward_lstm", "forward_lstm/recurrent", "backward_lstm", "backward_lstm/recurrent")
    assert kernels == [*(f"layers/rnn_1/{side}/symmetry" for side in sides), "layers/output/symmetry"]
    assert "layers/rnn_1/activation_variance" in found


def test_every_projection_of_every_attention_has_a_name_of_its_own() -> None:
    model, found = looked_at(build_transformer, TRANSFORMER)
    kernels = [weight for weight in model.trainable_variables if weight.name == "kernel"]
    assert len([name for name in found if name.endswith("gradient_rms")]) == len(kernels) == 14
    for number in (1, 2):
        assert f"layers/attention_{number}/query/gradient_rms" in found
        assert f"layers/attention_{number}/activation_variance" in found
        assert f"layers/feed_forward_{number}/dead" in found


def test_units_of_a_projection_to_heads_are_those_of_all_heads() -> None:
    """Two heads of three units that all have weights of their own: alike only if the axes were mixed up."""
    model = build_transformer(TRANSFORMER, NOTHING, (8, 8, 1), 3)
    kernel = np.zeros((6, 2, 3), "float32")
    kernel.reshape(6, 6)[:] = np.eye(6)
    assert outgoing_axes(model)[position(model, "attention_1/query/kernel")] == 2
    assert outgoing_axes(model)[position(model, "attention_1/attention_output/kernel")] == 1
    assert float(symmetry(kernel, 2)) == 0.0
    kernel.reshape(6, 6)[:, 5] = kernel.reshape(6, 6)[:, 0]
    assert float(symmetry(kernel, 2)) == pytest.approx(1 / 15)


def position(model: keras.Model, path: str) -> int:
    return [weight.path for weight in model.trainable_variables].index(path)


def test_no_name_stands_twice() -> None:
    names = layer_names(["own/dense/kernel", "own/dense/bias", "own/dense/kernel", "lstm/lstm_cell/recurrent_kernel"])
    assert names == {0: "own/dense", 2: "own/dense_2", 3: "lstm/recurrent"}


def test_a_layer_that_is_called_twice_is_passed_over() -> None:
    def build(*_: object) -> keras.Model:
        inputs, shared = keras.Input((8, 8, 1)), keras.layers.Activation("relu")
        x = shared(keras.layers.Dense(4, name="first")(shared(inputs)))
        x = keras.layers.Dense(4, activation="tanh", name="second")(keras.layers.Flatten()(x))
        return keras.Model(inputs, keras.layers.Dense(3, name="output")(x))

    _, found = looked_at(build, {})
    assert "layers/first/gradient_rms" in found and "layers/first/activation_variance" not in found
    assert "layers/second/saturated" in found


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
