"""The recurrent family: what reads what, in which order, and what is drawn at random."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

from sweeper.models import rnn

NOTHING = {"dropout": None, "noise": None}
SETTINGS = {"cell": "lstm", "layers": 1, "units": 5, "bidirectional": False, "head": "last"}
X = np.random.default_rng(0).normal(size=(6, 4, 6)).astype("float32")


def built(input_shape: tuple[int, ...] = (4, 6), **settings: Any) -> keras.Model:
    return rnn.build({**SETTINGS, **settings}, NOTHING, input_shape, 3)


def test_a_picture_is_read_row_by_row() -> None:
    sequences, pictures = built((4, 6)), built((4, 3, 2))
    pictures.set_weights(sequences.get_weights())
    np.testing.assert_array_equal(np.asarray(pictures(X.reshape(6, 4, 3, 2))), np.asarray(sequences(X)))


def test_units_of_each_layer() -> None:
    kernels = [
        weight.shape
        for weight in built(layers=2, units=[5, 7, 9], cell="simple").trainable_variables
        if weight.name == "kernel"
    ]
    assert kernels == [(6, 5), (5, 7), (7, 3)]
    assert built(bidirectional=True).layers[-1].input.shape == (None, 10)


@pytest.mark.parametrize("cell", ["simple", "lstm", "gru"])
@pytest.mark.parametrize("head", ["last", "average"])
def test_unrolled_and_looped_layers_compute_the_same(cell: str, head: str, monkeypatch: pytest.MonkeyPatch) -> None:
    unrolled = built(cell=cell, layers=2, bidirectional=True, head=head)
    monkeypatch.setattr(rnn, "UNROLLED_STEPS", 0)
    looped = built(cell=cell, layers=2, bidirectional=True, head=head)
    looped.set_weights(unrolled.get_weights())
    np.testing.assert_allclose(np.asarray(unrolled(X)), np.asarray(looped(X)), atol=1e-6)


def test_the_last_step_counts_for_one_head_and_all_steps_for_the_other() -> None:
    """Of a layer that only looks at its own step, since it forgets its state at once."""
    last, average = (built(cell="simple", head=head) for head in ("last", "average"))
    kernel, recurrent, bias, *output = last.get_weights()
    for model in (last, average):
        model.set_weights([kernel, np.zeros_like(recurrent), bias, *output])
    states = np.tanh(X @ kernel)
    for model, seen in ((last, states[:, -1]), (average, states.mean(axis=1))):
        np.testing.assert_allclose(np.asarray(model(X)), seen @ output[0] + output[1], atol=1e-6)


def test_a_backward_layer_reads_from_the_end() -> None:
    """Equal weights in both directions and a sequence that is the same from both ends: both states are equal."""
    model = built(bidirectional=True)
    forward = model.get_weights()[:3]
    model.set_weights([*forward, *forward, *model.get_weights()[6:]])
    state = keras.Model(model.input, model.layers[-1].input)
    there, back = np.split(np.asarray(state(np.concatenate([X, X[:, ::-1]], axis=1)[:, 2:-2])), 2, axis=-1)
    np.testing.assert_allclose(there, back, atol=1e-6)
    there, back = np.split(np.asarray(state(X)), 2, axis=-1)
    assert np.abs(there - back).max() > 0.01


def test_forget_gates_begin_open_and_other_biases_zero() -> None:
    bias = next(weight for weight in built().trainable_variables if weight.name == "bias").numpy()
    np.testing.assert_array_equal(bias, np.repeat([0.0, 1.0, 0.0, 0.0], 5))
