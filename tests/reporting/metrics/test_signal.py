"""What layers say of a network's signal: exact facts on real networks, hand arithmetic, and a loop as the twin."""

from __future__ import annotations

import math
from collections.abc import Sequence

import keras
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf

from sweeper.diagnostics.probe import Probe
from sweeper.reporting.columns import described
from sweeper.reporting.metrics.signal import (
    DEAD,
    EXPLODING,
    FADING,
    NOT_FINITE,
    SATURATED,
    SOUND,
    SYMMETRIC,
    VANISHING,
    gradients,
    signals,
)
from sweeper.reporting.reading.layers import LayerTables

COLUMNS = ["trial", "repeat", "epoch", "layer", "depth", "statistic", "value"]
WIDTH = 64


def table(looks: dict[int, dict[str, Sequence[float]]], trial: int = 0) -> pd.DataFrame:
    """`{epoch: {statistic: values of the layers 1, 2 ...}}` as a frame of layers."""
    rows = [
        (trial, 0, epoch, f"dense_{depth}", depth, statistic, float(value))
        for epoch, statistics in looks.items()
        for statistic, values in statistics.items()
        for depth, value in enumerate(values, start=1)
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def judged(**start: Sequence[float]) -> str:
    return str(signals(table({0: start})).iloc[0]["signal"])


def looked_at(activation: str, depth: int, spread: float | str, seed: int = 0) -> pd.DataFrame:
    """The layers of a real dense net before training, `depth` hidden layers of 64 units whose kernels are normal with the
    standard deviation `spread`, that of He or of Glorot, or 0."""
    inputs = hidden = keras.Input((WIDTH,))
    for place in range(depth):
        hidden = keras.layers.Dense(WIDTH, activation, name=f"dense_{place + 1}")(hidden)
    model = keras.Model(inputs, keras.layers.Dense(10, name="output")(hidden))
    random = np.random.default_rng(seed)
    for layer in model.layers[1:]:
        into, out = layer.kernel.shape
        sd = {"he": math.sqrt(2 / into), "glorot": math.sqrt(2 / (into + out))}.get(str(spread), spread)
        layer.kernel.assign(float(sd) * random.standard_normal((into, out)) if sd else np.zeros((into, out)))
    probe = Probe(model, predict=lambda state, x: pytest.fail("the probe can look into this model"))
    x = random.standard_normal((256, WIDTH)).astype("float32")
    weights = [tf.convert_to_tensor(variable.value) for variable in model.trainable_variables]
    with tf.GradientTape() as tape:
        for weight in weights:
            tape.watch(weight)
        predictions, activations = probe.forward({"weights": weights, "layers": []}, x)
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)(random.integers(0, 10, 256), predictions)
    slopes = tape.gradient(loss, weights)
    found = probe.statistics(weights, slopes, weights, activations)
    parts = [(*name.removeprefix("layers/").rpartition("/")[::2], float(value)) for name, value in found.items()]
    frame = pd.DataFrame(
        [(0, 0, 0, *part) for part in parts], columns=["trial", "repeat", "epoch", "layer", "statistic", "value"]
    )
    return frame.assign(depth=frame.groupby("statistic").cumcount() + 1)[COLUMNS]


def look(activation: str, depth: int, spread: float | str) -> pd.Series:
    return signals(looked_at(activation, depth, spread)).iloc[0]


@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_of_zero_kernels_none_has_a_gradient_and_all_units_are_equal(activation: str) -> None:
    layers = looked_at(activation, 2, 0.0)
    assert (layers.loc[layers["statistic"] == "gradient_rms", "value"] == 0).all()
    row = signals(layers).iloc[0]
    assert (row["symmetry_start"], row["unmoved"], row["signal"]) == (1.0, True, SYMMETRIC)
    assert math.isnan(row["grad_ratio_start"]) and math.isnan(row["grad_slope_start"])


def test_relu_keeps_the_variance_with_he_and_halves_it_in_each_layer_with_glorot() -> None:
    """The same draws over the square root of two: relu passes the factor on, so that between the two it is exact."""
    he, glorot = look("relu", 20, "he"), look("relu", 20, "glorot")
    assert he["act_var_ratio_start"] / glorot["act_var_ratio_start"] == pytest.approx(2.0**19, rel=1e-3)
    assert he["act_var_step_start"] == pytest.approx(1.0, abs=0.15), "as far as 64 units say it"
    assert (he["signal"], glorot["signal"]) == (SOUND, FADING)
    assert abs(glorot["grad_slope_start"]) < 0.05, "all gradients shrink together"


@pytest.mark.parametrize("depth", [3, 10])
def test_sigmoid_loses_six_tenths_of_a_decade_in_each_layer(depth: int) -> None:
    """Its slope is at most 1/4, and weights of deviation 1/8 over 64 units keep the size of what comes in."""
    row = look("sigmoid", depth, "glorot")
    assert row["grad_slope_start"] >= 0.6
    assert (row["signal"] == VANISHING) == (row["grad_ratio_start"] < 1e-3)
    assert (row["signal"] == VANISHING) == (depth == 10)


def test_hand_arithmetic() -> None:
    looks = {
        0: {"gradient_rms": [1e-4, 1e-3, 1e-2], "activation_variance": [0.4, 0.1], "dead": [0.0, 0.5]},
        1: {"gradient_rms": [1.0, 1.0, 1.0], "update_ratio": [1e-3, 4e-3, 2e-3]},
        8: {"gradient_rms": [2.0, 1.0, 0.5], "activation_variance": [0.2, 0.6], "dead": [0.5, 1.0]},
    }
    row = signals(table(looks)).iloc[0]
    assert row["grad_ratio_start"] == pytest.approx(1e-2)
    assert row["grad_slope_start"] == pytest.approx(1.0)
    assert row["grad_ratio_end"] == pytest.approx(4.0)
    assert row["grad_slope_end"] == pytest.approx(math.log10(0.5))
    assert (row["act_var_ratio_start"], row["act_var_step_end"]) == (pytest.approx(0.25), pytest.approx(3.0))
    assert (row["dead_start"], row["dead_end"], row["update_ratio"]) == (0.25, 0.75, 2e-3)
    assert math.isnan(row["saturated_end"]) and math.isnan(row["symmetry_end"])
    assert (row["signal"], row["unmoved"]) == (DEAD, False)


def test_what_is_not_finite_at_the_end_says_nothing_else_of_it() -> None:
    """A relu that turns NaN into 0 would seem dead."""
    looks = {0: {"gradient_rms": [1.0, 1.0], "dead": [0.0]}, 1: {"gradient_rms": [math.nan, 1.0], "dead": [1.0]}}
    row = signals(table(looks)).iloc[0]
    assert (row["signal"], row["finite"], row["dead_start"]) == (NOT_FINITE, False, 0.0)
    assert math.isnan(row["dead_end"]) and math.isnan(row["grad_ratio_end"])


def test_words() -> None:
    assert judged(gradient_rms=[1e-4, 1e-2, 1.0]) == VANISHING
    assert judged(gradient_rms=[1e4, 1e2, 1.0]) == EXPLODING
    assert judged(gradient_rms=[0.0, 1e-2, 1.0]) == VANISHING
    assert judged(gradient_rms=[1.0, 1.0], saturated=[0.9, 0.3]) == SATURATED
    assert judged(gradient_rms=[1.0, 1.0], saturated=[0.5, 0.5]) == SOUND
    assert judged(gradient_rms=[1e-9], symmetry=[1.0]) == SOUND, "of one kernel nothing can be said"
    assert judged(gradient_rms=[1e-9, 1.0], symmetry=[1.0, 0.0]) == SYMMETRIC, "before any other word"
    assert judged(gradient_rms=[1.0, 1.0], symmetry=[0.0, 1.0]) == SOUND, "outputs have targets of their own"


def test_a_recurrent_layer_is_symmetric_only_if_both_its_kernels_are() -> None:
    layers = table({0: {"symmetry": [1.0, 0.0, 0.0]}})
    named = layers.assign(layer=["rnn_1", "rnn_1/recurrent", "output"])
    assert signals(named).iloc[0]["symmetry_start"] == 0.0
    assert signals(named.assign(value=[1.0, 1.0, 0.0])).iloc[0]["symmetry_start"] == 1.0


def test_a_gradient_that_is_not_finite_gives_no_ratio() -> None:
    found = signals(table({0: {"gradient_rms": [1.0, math.nan, 1.0]}, 1: {"gradient_rms": [1.0, 1.0, 0.0]}})).iloc[0]
    assert math.isnan(found["grad_ratio_start"]) and math.isnan(found["grad_ratio_end"])
    assert math.isnan(found["grad_slope_end"]) and found["signal"] == SOUND, "the last one is finite"


def test_many_networks_at_once_are_each_by_itself() -> None:
    """Of different depths; slopes are NumPy's."""
    random = np.random.default_rng(0)
    values = {trial: 10 ** random.normal(size=2 + trial) for trial in range(6)}
    together = pd.concat([table({0: {"gradient_rms": of}}, trial) for trial, of in values.items()], ignore_index=True)
    found = gradients(together)
    for trial, of in values.items():
        assert found.loc[(trial, 0), "ratio"] == pytest.approx(of[0] / of[-1])
        slope = np.polyfit(np.arange(1, len(of) + 1), np.log10(of), 1)[0]
        assert found.loc[(trial, 0), "slope"] == pytest.approx(slope)


def test_nothing_was_looked_at() -> None:
    empty = LayerTables().read(pd.DataFrame(columns=["trial", "repeat", "run_id", "choice", "value"]))
    found = signals(empty)
    assert not len(found) and "signal" in found


def test_columns_are_described() -> None:
    found = signals(table({0: {"gradient_rms": [1.0, 1.0]}}))
    assert all(described("signal", str(column)) for column in found)
