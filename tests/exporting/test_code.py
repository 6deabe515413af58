"""Pieces of the script, run: optimizers, schedules and networks are those of the sweep; what users named stays a literal."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import keras
import numpy as np
import pytest

from sweeper.exporting.script.learning import CLASS_WEIGHT, measure_code, optimizer_code, penalty_code
from sweeper.exporting.script.literals import in_comment, literal
from sweeper.exporting.script.network import Noise, network_code
from sweeper.models import cnn, mlp, rnn, transformer
from sweeper.parts.measures import Measures
from sweeper.parts.schedules import learning_rates
from sweeper.records import DataInfo, Objective, Task
from sweeper.training.knobs import balanced_weights
from tests.training.conftest import configuration
from tests.training.test_twins import RULES, keras_optimizer

EPOCHS, STEPS = 12, 7
NOTHING = Noise({}, None, None)


def run(code: str, **names: Any) -> dict[str, Any]:
    exec(code, {"keras": keras, "np": np} | names, names)
    return names


@pytest.mark.parametrize("name", RULES)
def test_every_optimizer_is_the_one_that_the_engine_is_held_equal_to(name: str) -> None:
    ours = run(optimizer_code(configuration(RULES[name])))["optimizer"]
    theirs = keras_optimizer(RULES[name])
    assert type(ours) is type(theirs)
    assert {**ours.get_config(), "name": ""} == {**theirs.get_config(), "name": ""}


def test_what_keras_does_by_itself_is_not_said() -> None:
    settings = {"learning_rate": 0.002, "beta_1": 0.9, "beta_2": 0.98, "epsilon": 1e-7, "amsgrad": False, "clipnorm": None}
    assert optimizer_code(configuration({"adam": settings})) == "optimizer = keras.optimizers.Adam(0.002, beta_2=0.98)"


@pytest.mark.parametrize(
    "schedule",
    [
        {"cosine": {"alpha": 0.1}},
        {"cosine": None},
        {"exponential": {"decay_rate": 0.2}},
        {"step": {"drop": 0.5, "every": 3}},
        {"warmup_cosine": {"warmup": 0.25, "alpha": 0.0}},
        {"warmup_cosine": {"warmup": 0.0, "alpha": 0.3}},
    ],
)
def test_schedules_give_the_sweeps_rates(schedule: dict[str, Any]) -> None:
    """As near as tests/parts/test_schedules.py explains."""
    code = optimizer_code(configuration({"sgd": {"learning_rate": 0.3, "schedule": schedule}}))
    rate = run(code, EPOCHS=EPOCHS, steps=STEPS)["rate"]
    ours = np.concatenate([learning_rates(schedule, 0.3, epoch + 1, STEPS, EPOCHS) for epoch in range(EPOCHS)])
    theirs = np.array([np.asarray(rate(step)) for step in range(EPOCHS * STEPS)])
    np.testing.assert_allclose(theirs, ours, rtol=2.5e-7, atol=4e-8)


def test_class_weights_are_the_engines() -> None:
    y = np.array([0] * 7 + [1] * 2 + [2] * 31)
    found = run(CLASS_WEIGHT, y_train=y, classes=np.arange(3))["class_weight"]
    assert list(found.values()) == balanced_weights((7, 2, 31)).tolist()


_REGULARIZED = {"dropout": 0.2, "noise": 0.1}
_CNN = {"filters": "4-8-2", "kernel_size": 5, "activation": "gelu", "normalization": "batch", "pooling": "average"}
_RNN = {"cell": "gru", "layers": 2, "units": [3, 4], "bidirectional": True, "head": "average"}
_ENCODER = {"depth": 2, "heads": 2, "head_width": 3, "feed_forward": 2, "activation": "relu", "normalization": "pre"}
NETWORKS = {
    "mlp": lambda: mlp.build({"layers": "6-5", "activation": "selu"}, _REGULARIZED, (8, 8, 1), 3),
    "cnn": lambda: cnn.build({**_CNN, "head": "global_average", "dense": "6"}, _REGULARIZED, (8, 8, 1), 3),
    "rnn": lambda: rnn.build(_RNN, _REGULARIZED, (20, 2), 3),
    "simple": lambda: rnn.build({**_RNN, "cell": "simple", "bidirectional": False, "head": "last"}, {}, (8, 2), 3),
    "transformer": lambda: transformer.build({**_ENCODER, "positions": "sinusoidal"}, _REGULARIZED, (8, 2), 3),
    "without positions": lambda: transformer.build({**_ENCODER, "positions": None}, {}, (8, 2), 3),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_the_code_of_a_network_builds_that_network(name: str) -> None:
    built = NETWORKS[name]()
    drawing = [layer.name for layer in built.layers if type(layer).__name__.startswith("Knob")]
    noise = Noise(dict.fromkeys(drawing, 5), 0.2, 0.1)
    regularization = {"regularization": {"l1": 0.5}}
    code = f"{penalty_code(configuration(**regularization))}\n{network_code(built, noise, penalized=True)}"
    plain = run(code)["model"]
    kernels = [weight for weight in built.trainable_variables if weight.path.endswith("/kernel")]
    assert sum(weight.regularizer is not None for weight in plain.trainable_variables) == len(kernels)
    for ours, theirs in zip(built.layers, plain.layers, strict=True):
        if ours.name not in drawing:
            theirs.set_weights(ours.get_weights())
    x = np.random.default_rng(0).random((4, *built.input_shape[1:]), dtype="float32")
    np.testing.assert_array_equal(plain(x, training=False), built(x, training=False))
    assert [layer.seed for layer in plain.layers if type(layer).__name__ in ("Dropout", "GaussianNoise")] == [5] * len(drawing)


@pytest.mark.parametrize("logits", [True, False])
def test_the_metric_that_keras_lacks_is_measured_as_the_engine_does(logits: bool) -> None:
    random = np.random.default_rng(2)
    y = random.integers(0, 4, 200)
    predicted = (2 * random.normal(size=(200, 4)) + 2 * np.eye(4)[y]).astype("float32")
    predicted = predicted if logits else np.asarray(keras.ops.softmax(predicted))
    info = DataInfo("d", Task.CLASSIFICATION, (1,), 4, {}, "", "")
    objective = Objective("val_calibration_error", maximize=False, metrics=("calibration_error",))
    code = measure_code(objective, info, configuration(), logits=logits, scaled=False)
    names = {
        "keras": keras,
        "np": np,
        "x_validation": None,
        "y_validation": y,
        "model": SimpleNamespace(predict=lambda *_, **__: predicted),
    }
    exec(code, names)
    ours = Measures(["calibration_error"], info, logits=logits)(y, predicted)["calibration_error"]
    assert names["measure"]() == pytest.approx(float(ours), abs=1e-6)


def test_a_network_that_is_no_graph_is_refused() -> None:
    class Own(keras.Model):
        pass

    with pytest.raises(Exception, match="no graph"):
        network_code(Own(), NOTHING, penalized=False)


@pytest.mark.parametrize(
    "value", ["it's", 'say "no"', 'x"""\n', "\\", "\N{BELL}", 1e-300, (1,), [0.1, "a"], {"a b": None}, True]
)
def test_literals_are_read_back(value: Any) -> None:
    assert eval(literal(value)) == value


def test_a_comment_stays_on_its_line() -> None:
    assert in_comment("a\nimport os\r\x85\u2028b") == "a import os   b"
