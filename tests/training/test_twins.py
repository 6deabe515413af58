"""The engine against Keras's own `fit`: the same weights, to the last bit on a CPU.

Both start from the same weights and see the same batches in the same order. Where a case has a tolerance, it says why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from sweeper.catalogue.optimizers import OPTIMIZERS
from sweeper.models import rnn
from sweeper.parts.noise import KnobDropout, KnobNoise
from sweeper.records import DataInfo, TrialPlan
from sweeper.training.backends.backend import Backend
from sweeper.training.device_data import DeviceData
from sweeper.training.knobs import balanced_weights
from sweeper.training.network import Network
from sweeper.training.passes import Pass
from sweeper.training.program import Training
from sweeper.training.resident_program import ResidentProgram
from sweeper.training.trial import epoch_learning_rates

from .conftest import TRAIN, configuration, plan

EPOCHS = 3
STEPS = 4
"""Of a sequence."""

RULES: dict[str, dict[str, Any]] = {
    "sgd": {"sgd": {"learning_rate": 0.1}},
    "momentum": {"sgd": {"learning_rate": 0.05, "momentum": 0.9}},
    "nesterov": {"sgd": {"learning_rate": 0.05, "momentum": 0.87, "nesterov": True}},
    "adagrad": {"adagrad": {"learning_rate": 0.05, "initial_accumulator_value": 0.2, "epsilon": 1e-6}},
    "rmsprop": {"rmsprop": {"learning_rate": 0.003, "rho": 0.85}},
    "rmsprop_momentum": {"rmsprop": {"learning_rate": 0.003, "rho": 0.93, "momentum": 0.7}},
    "rmsprop_centered": {"rmsprop": {"learning_rate": 0.003, "centered": True, "epsilon": 1e-4}},
    "adam": {"adam": {"learning_rate": 0.007, "beta_1": 0.83, "beta_2": 0.987, "epsilon": 1e-6}},
    "amsgrad": {"adam": {"learning_rate": 0.007, "amsgrad": True}},
    "adamw": {
        "adamw": {"learning_rate": 0.007, "weight_decay": 0.03, "beta_1": 0.8, "beta_2": 0.98, "epsilon": 1e-6, "amsgrad": True}
    },
    "nadam": {"nadam": {"learning_rate": 0.007, "beta_1": 0.85, "beta_2": 0.99, "epsilon": 1e-6}},
    "sgd_weight_decay": {"sgd": {"learning_rate": 0.1, "weight_decay": 0.01}},
    "clipnorm": {"sgd": {"learning_rate": 0.1, "clipnorm": 0.3}},
    "clipvalue": {"adam": {"learning_rate": 0.007, "clipvalue": 0.01}},
    "global_clipnorm": {"sgd": {"learning_rate": 0.1, "momentum": 0.9, "global_clipnorm": 0.3}},
}

_MLP: dict[str, Any] = {"layers": "24-16", "depth": None, "activation": "relu", "normalization": None}
SETTINGS: dict[str, dict[str, Any]] = {
    "l2": {"regularization": {"l2": 0.003}},
    "l1": {"regularization": {"l1": 0.002}},
    "l1_l2": {"regularization": {"l1": 0.001, "l2": 0.003}},
    "dropout": {"regularization": {"dropout": 0.3}},
    "noise": {"regularization": {"noise": 0.2}},
    "normalization": {"model": {"mlp": {**_MLP, "activation": "tanh", "normalization": "batch"}}},
    "batch_size": {"batch_size": 50},
    "class_weight": {"class_weight": "balanced"},
}

_RNN: dict[str, Any] = {"cell": "lstm", "layers": 1, "units": 8, "bidirectional": False, "head": "last"}
_TRANSFORMER: dict[str, Any] = {
    "depth": 1, "heads": 2, "head_width": 4, "feed_forward": 2, "activation": "relu", "normalization": "pre",
    "positions": "learned",
}  # fmt: skip
SEQUENCES: dict[str, dict[str, Any]] = {
    "simple": {"model": {"rnn": {**_RNN, "cell": "simple"}}},
    "lstm": {
        "model": {"rnn": {**_RNN, "layers": 2, "units": [8, 6], "head": "average"}},
        "regularization": {"dropout": 0.2, "l2": 1e-3},
    },
    "gru": {"model": {"rnn": {**_RNN, "cell": "gru", "bidirectional": True}}, "regularization": {"dropout": 0.2}},
    "transformer_pre": {"model": {"transformer": _TRANSFORMER}, "regularization": {"dropout": 0.2, "l2": 1e-3}},
    "transformer_post": {"model": {"transformer": {**_TRANSFORMER, "normalization": "post", "positions": "sinusoidal"}}},
}

UNFOLDED = {"rmsprop_centered", "transformer_pre", "transformer_post"}
"""Where Grappler's constant folding rearranges products with Keras's constants in one graph and not in the other."""


def fitted(
    program: ResidentProgram, start: Training, trial: TrialPlan, info: DataInfo, data: DeviceData, optimizer: Any
) -> keras.Model:
    """Keras's own `fit` of a plain Keras model from the same weights over the same batches."""
    model = plain_model(program._network.model, trial)
    for variable, value in zip(model.trainable_variables, start.state["weights"], strict=True):
        variable.assign(value)
    give_seeds(model, program._network.model, start.state["layers"])
    model.compile(optimizer=optimizer, loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    model.optimizer.build(model.trainable_variables)  # or `fit` would trace its step twice, the first time for these variables
    weights = balanced_weights(info.class_counts) if trial.configuration["training"]["class_weight"] else None
    size = trial.configuration["training"]["batch_size"]
    for epoch in range(1, trial.epochs + 1):
        order = Pass.of(trial, epoch).order(TRAIN)
        x, y = tf.gather(data.x, order), tf.gather(data.y, order)
        given = dict(enumerate(weights.tolist())) if weights is not None else None
        model.fit(x, y, batch_size=size, shuffle=False, verbose=0, class_weight=given)
    return model


def plain_model(built: keras.Model, trial: TrialPlan) -> keras.Model:
    """The same layers as Keras's users write them: its own Dropout, GaussianNoise and kernel regularizers."""
    regularization = trial.configuration["regularization"]
    penalty = {name: regularization[name] for name in ("l1", "l2") if regularization[name]}
    kinds = {("l1",): keras.regularizers.L1, ("l2",): keras.regularizers.L2, ("l1", "l2"): keras.regularizers.L1L2}

    def plain(layer: keras.layers.Layer) -> keras.layers.Layer:
        if isinstance(layer, KnobDropout):
            return keras.layers.Dropout(regularization["dropout"])
        if isinstance(layer, KnobNoise):
            return keras.layers.GaussianNoise(regularization["noise"])
        settings = layer.get_config()
        if penalty and "kernel_regularizer" in settings:
            settings["kernel_regularizer"] = kinds[tuple(penalty)](**penalty)
        return layer.__class__.from_config(settings)

    return keras.models.clone_model(built, clone_function=plain)


def give_seeds(model: keras.Model, built: keras.Model, layers: list[Any]) -> None:
    """The seeds of dropout and noise that the trial drew."""
    places = {id(variable): n for n, variable in enumerate(built.non_trainable_variables)}
    for ours, theirs in zip(built.layers, model.layers, strict=True):
        if isinstance(ours, KnobDropout | KnobNoise):
            theirs.seed_generator.state.assign(layers[places[id(ours.seed_generator.state)]])


def trained(program: ResidentProgram, start: Training, trial: TrialPlan) -> Training:
    now = start
    for epoch in range(1, trial.epochs + 1):
        rates = epoch_learning_rates(trial, TRAIN, epoch)
        size = trial.configuration["training"]["batch_size"]
        now, _ = program.epoch(now, [Pass.of(trial, epoch).order(TRAIN)], [rates], size)
    return now


def keras_optimizer(settings: dict[str, Any]) -> keras.optimizers.Optimizer:
    [(name, given)] = settings.items()
    kind = next(entry.keras.rpartition(".")[2] for entry in OPTIMIZERS if entry.name == name)
    return getattr(keras.optimizers, kind)(**given)


Twins = Callable[[TrialPlan], None]
Build = Callable[[dict[str, Any]], ResidentProgram]


@pytest.fixture
def assert_twins(build: Any, info: DataInfo, data: DeviceData) -> Twins:
    return lambda trial: compare(trial, build(trial.configuration, ("accuracy",)), info, data)


@pytest.fixture(scope="module")
def sequences(data: DeviceData) -> DeviceData:
    """The upper half of each digit: an unrolled step takes as long to trace as a whole dense network."""
    return replace(data, x=data.x[:, :STEPS])


@pytest.fixture
def build_of_sequences(backend: Backend, info: DataInfo, sequences: DeviceData) -> Build:
    shown = replace(info, input_shape=(STEPS, 8, 1))
    return lambda settings: ResidentProgram(
        backend, Network(settings, shown, ""), settings, shown, ("accuracy",), sequences, lanes=1
    )


@pytest.fixture
def assert_twins_of_sequences(build_of_sequences: Build, info: DataInfo, sequences: DeviceData) -> Twins:
    return lambda trial: compare(trial, build_of_sequences(trial.configuration), info, sequences)


def compare(trial: TrialPlan, program: ResidentProgram, info: DataInfo, data: DeviceData) -> None:
    start = program.start(trial)
    ours = trained(program, start, trial)
    theirs = fitted(program, start, trial, info, data, keras_optimizer(trial.configuration["optimizer"]))
    for one, other in zip(ours.state["weights"], theirs.trainable_variables, strict=True):
        np.testing.assert_array_equal(one.numpy(), other.numpy())
    moved = zip(ours.state["weights"], start.state["weights"], strict=True)
    assert any((last.numpy() != first.numpy()).any() for last, first in moved)


def test_every_setting_of_every_optimizer_has_a_twin() -> None:
    """What all optimizers share (clipping, decay) is twinned once, since one function serves all; schedules have tests of
    their own against Keras's, for they are rounded differently."""
    names = [entry.name for entry in OPTIMIZERS]
    shared = {"clipnorm", "clipvalue", "global_clipnorm", "weight_decay", "schedule"}
    twinned = {name: {setting for rule in RULES.values() for setting in rule.get(name, ())} for name in names}
    for entry in OPTIMIZERS:
        assert {parameter.name for parameter in entry.parameters} - shared <= twinned[entry.name]
    assert shared - {"schedule"} <= set().union(*twinned.values())


@pytest.fixture
def unfolded(request: pytest.FixtureRequest) -> Iterator[None]:
    """Grappler's constant folding off where it rearranges products, which costs the last bit: in centered RMSprop those of
    Keras's constants (ours are inputs and stay in order), in a Transformer those of means and scales. Off, both agree to it."""
    off = request.getfixturevalue("name") in UNFOLDED
    tf.config.optimizer.set_experimental_options({"constant_folding": not off})
    yield
    tf.config.optimizer.set_experimental_options({"constant_folding": True})


@pytest.mark.usefixtures("unfolded")
@pytest.mark.parametrize("name", RULES)
def test_every_update_rule_ends_where_fit_ends(name: str, assert_twins: Twins) -> None:
    """Of one hidden layer: tracing an update takes the longer the more weights there are."""
    assert_twins(plan(configuration(RULES[name], {"mlp": {**_MLP, "layers": "16"}}), EPOCHS))


@pytest.mark.parametrize("name", SETTINGS)
def test_every_knob_ends_where_fit_ends(name: str, assert_twins: Twins) -> None:
    assert_twins(plan(configuration(**SETTINGS[name]), EPOCHS))


def test_a_convolutional_network_ends_where_fit_ends(assert_twins: Twins) -> None:
    cnn = {"filters": "4-8", "kernel_size": 3, "activation": "relu", "normalization": "batch", "pooling": "max"}
    model = {"cnn": {**cnn, "head": "flatten", "dense": "8"}}
    assert_twins(plan(configuration(model=model, regularization={"dropout": 0.2, "l2": 1e-3}), EPOCHS))


@pytest.mark.usefixtures("unfolded")
@pytest.mark.parametrize("name", SEQUENCES)
def test_recurrent_and_attention_layers_end_where_fit_ends(name: str, assert_twins_of_sequences: Twins) -> None:
    assert_twins_of_sequences(plan(configuration(**SEQUENCES[name]), EPOCHS))


def test_long_sequences_are_looped_over_and_end_where_fit_ends(
    assert_twins_of_sequences: Twins, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rnn, "UNROLLED_STEPS", 0)
    assert_twins_of_sequences(plan(configuration(**SEQUENCES["lstm"]), EPOCHS))


def test_short_sequences_end_where_keras_own_loop_ends(
    build_of_sequences: Build, info: DataInfo, sequences: DeviceData, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Within rounding: the gradient of a weight is summed over the steps in another order."""
    trial = plan(configuration({"sgd": {"learning_rate": 0.05}}, **SEQUENCES["simple"]), EPOCHS)
    unrolled = build_of_sequences(trial.configuration)
    start = unrolled.start(trial)
    ours = trained(unrolled, start, trial)
    monkeypatch.setattr(rnn, "UNROLLED_STEPS", 0)
    looped = build_of_sequences(trial.configuration)
    theirs = fitted(looped, start, trial, info, sequences, keras_optimizer(trial.configuration["optimizer"]))
    for one, other in zip(ours.state["weights"], theirs.trainable_variables, strict=True):
        np.testing.assert_allclose(one.numpy(), other.numpy(), atol=1e-6)


def test_one_program_serves_other_knobs(build: Any) -> None:
    """The second trial through a program equals the one trial of a program of its own."""
    first = configuration({"adam": {"learning_rate": 0.01}}, regularization={"dropout": 0.1, "l2": 1e-4})
    second = configuration(
        {"adam": {"learning_rate": 0.002, "beta_1": 0.5}}, regularization={"dropout": 0.6, "l2": 1e-2}, batch_size=64
    )
    shared, own = (build(settings, ("accuracy",)) for settings in (first, second))
    trained(shared, shared.start(plan(first, 1)), plan(first, 1))
    trial = plan(second, 2, number=1)
    one = trained(shared, shared.start(trial), trial)
    other = trained(own, own.start(trial), trial)
    for a, b in zip(one.state["weights"], other.state["weights"], strict=True):
        np.testing.assert_array_equal(a.numpy(), b.numpy())
