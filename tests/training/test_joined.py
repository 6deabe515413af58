"""Small weights that are updated as one: the same bits as each by itself."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sweeper.training.backends.backend import Backend
from sweeper.training.passes import Pass
from sweeper.training.trial import epoch_learning_rates

from .conftest import TRAIN, configuration, plan

RULES: dict[str, dict[str, Any]] = {
    "adam": {"adam": {"learning_rate": 0.01, "global_clipnorm": 0.1}},
    "nesterov": {"sgd": {"learning_rate": 0.1, "momentum": 0.9, "nesterov": True}},
}
"""The first joins, the second must not: behind batch normalization its bits would change."""


MODEL = {"mlp": {"layers": "64-32", "depth": None, "activation": "relu", "normalization": "batch"}}


@pytest.mark.parametrize("name", RULES)
def test_an_epoch_gives_the_same_bits_joined_and_apart(
    name: str, build: Any, backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    trial = plan(configuration(RULES[name], MODEL, {"l2": 1e-4}), 1)

    def weights() -> list[np.ndarray]:
        program = build(trial.configuration)
        order, rates = Pass.of(trial, 1).order(TRAIN), epoch_learning_rates(trial, TRAIN, 1)
        trained, _ = program.epoch(program.start(trial), [order], [rates], 32)
        return [np.array(weight) for weight in trained.state["weights"]]

    joined = weights()
    monkeypatch.setattr(backend, "joined", 0)
    for one, other in zip(joined, weights(), strict=True):
        np.testing.assert_array_equal(one, other)
