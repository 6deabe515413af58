"""Mixed precision: layers compute with 16 bits, weights and their updates keep 32."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sweeper.catalogue.signature import signature
from sweeper.records import DataInfo
from sweeper.training.passes import Pass
from sweeper.training.trial import epoch_learning_rates

from .conftest import TRAIN, configuration, plan


def test_mixed_precision_trains_nearly_alike_with_weights_of_32_bits(build: Any) -> None:
    losses = []
    for precision in ("float32", "mixed_bfloat16"):
        trial = plan(configuration(precision=precision), 1)
        program = build(trial.configuration)
        start = program.start(trial)
        rates = epoch_learning_rates(trial, TRAIN, 1)
        end, [measured] = program.epoch(start, [Pass.of(trial, 1).order(TRAIN)], [rates], 32)
        assert {np.asarray(weight).dtype.name for weight in end.state["weights"]} == {"float32"}
        losses.append(measured["loss"])
    assert losses[0] != losses[1]
    assert losses[1] == pytest.approx(losses[0], rel=0.02)


def test_precision_is_structure(info: DataInfo) -> None:
    wide, narrow = (signature(configuration(precision=word), info, ()) for word in ("float32", "mixed_bfloat16"))
    assert wide != narrow
