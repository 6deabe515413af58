"""The encoder against its formulas, written out a second time in NumPy."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

from sweeper.models.transformer import build, sinusoids

NOTHING = {"dropout": None, "noise": None}
SETTINGS = {
    "depth": 2, "heads": 3, "head_width": 4, "feed_forward": 2, "activation": "relu", "normalization": "pre",
    "positions": "learned",
}  # fmt: skip
X = np.random.default_rng(0).normal(size=(6, 5, 7)).astype("float32")
EPSILON = 1e-3
"""Keras's own default in layer normalization."""

Array = np.ndarray
Named = dict[str, Array]


def built(**settings: Any) -> keras.Model:
    """A model whose every weight is random, so that none can hide behind a zero or a one."""
    model = build({**SETTINGS, **settings}, NOTHING, (5, 7), 3)
    random = np.random.default_rng(1)
    model.set_weights([random.normal(size=weight.shape, scale=0.5) for weight in model.get_weights()])
    return model


def written_out(x: Array, w: Named, settings: dict[str, Any]) -> Array:
    """Vaswani et al. 2017, sections 3.1 to 3.3, and Xiong et al. 2020, table 1."""

    def normalized(x: Array, name: str) -> Array:
        deviation = np.sqrt(x.var(axis=-1, keepdims=True) + EPSILON)
        return (x - x.mean(axis=-1, keepdims=True)) / deviation * w[f"{name}/gamma"] + w[f"{name}/beta"]

    def attention(x: Array, name: str) -> Array:
        total = 0.0
        for head in range(settings["heads"]):
            query, key, value = (x @ w[f"{name}/{part}/kernel"][:, head] for part in ("query", "key", "value"))
            scores = query @ key.swapaxes(1, 2) / np.sqrt(settings["head_width"])
            shares = np.exp(scores - scores.max(axis=-1, keepdims=True))
            shares /= shares.sum(axis=-1, keepdims=True)
            total = total + shares @ value @ w[f"{name}/attention_output/kernel"][head]
        return np.asarray(total)

    def feed_forward(x: Array, name: str) -> Array:
        hidden = np.maximum(x @ w[f"{name}/kernel"] + w[f"{name}/bias"], 0)
        return hidden @ w[f"{name}_out/kernel"] + w[f"{name}_out/bias"]

    x = x @ w["projection/kernel"] + w["projection/bias"]
    if settings["positions"] is not None:
        x = x + (w["positions/positions"] if settings["positions"] == "learned" else sinusoids(*x.shape[1:]))
    for number in range(1, settings["depth"] + 1):
        for place, sublayer, name in ((2 * number - 1, attention, "attention"), (2 * number, feed_forward, "feed_forward")):
            norm = f"normalization_{place}"
            if settings["normalization"] == "pre":
                x = x + sublayer(normalized(x, norm), f"{name}_{number}")
            else:
                x = normalized(x + sublayer(x, f"{name}_{number}"), norm)
    if settings["normalization"] == "pre":
        x = normalized(x, "normalization")
    return x.mean(axis=1) @ w["output/kernel"] + w["output/bias"]


@pytest.mark.parametrize("normalization", ["pre", "post"])
@pytest.mark.parametrize("positions", ["learned", "sinusoidal", None])
def test_it_computes_what_the_papers_say(normalization: str, positions: str | None) -> None:
    settings = {**SETTINGS, "normalization": normalization, "positions": positions}
    model = built(**settings)
    named = {weight.path: weight.numpy().astype("float64") for weight in model.trainable_variables}
    expected = written_out(X.astype("float64"), named, settings)
    np.testing.assert_allclose(np.asarray(model(X)), expected, rtol=1e-4, atol=1e-4)


def test_without_positions_the_order_of_steps_counts_for_nothing() -> None:
    order = [3, 0, 4, 1, 2]
    for positions, alike in ((None, True), ("learned", False), ("sinusoidal", False)):
        model = built(positions=positions)
        change = np.abs(np.asarray(model(X)) - np.asarray(model(X[:, order]))).max()
        assert (change < 1e-4) == alike


def test_positions_by_the_papers_formula() -> None:
    found = sinusoids(50, 7)
    assert found.dtype == np.float32 and found.shape == (50, 7)
    np.testing.assert_array_equal(found[0], [0, 1, 0, 1, 0, 1, 0])
    assert found[3, 4] == pytest.approx(np.sin(3 / 10000 ** (4 / 7)))
    assert found[49, 5] == pytest.approx(np.cos(49 / 10000 ** (4 / 7)), abs=1e-6)


def test_any_head_width_fits_any_number_of_heads() -> None:
    shapes = {weight.path: tuple(weight.shape) for weight in built(heads=3, head_width=5).trainable_variables}
    assert shapes["projection/kernel"] == (7, 15) and shapes["attention_1/query/kernel"] == (15, 3, 5)
    assert shapes["feed_forward_2/kernel"] == (15, 30) and shapes["feed_forward_2_out/kernel"] == (30, 15)
