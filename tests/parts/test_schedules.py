"""Learning rates equal those of Keras's schedules, step by step."""

from __future__ import annotations

import inspect

import numpy as np
import pytest

from sweeper.catalogue.optimizers import SCHEDULES as DECLARED
from sweeper.parts import schedules

EPOCHS, STEPS = 40, 34
TOTAL = EPOCHS * STEPS
LOOKED_AT = np.unique(
    [*range(0, TOTAL, 11), *(step for start in range(0, TOTAL, STEPS) for step in (start, start + STEPS - 1))]
)
"""Every eleventh step, and both ends of every epoch."""


def keras_twin(name, rate, **settings):
    from keras.optimizers import schedules as keras

    if name == "cosine":
        return keras.CosineDecay(rate, TOTAL, **settings)
    if name == "exponential":
        return keras.ExponentialDecay(rate, TOTAL, **settings)
    if name == "step":
        return keras.ExponentialDecay(rate, settings["every"] * STEPS, settings["drop"], staircase=True)
    rising = round(settings["warmup"] * TOTAL)
    return keras.CosineDecay(0.0, TOTAL - rising, settings["alpha"], warmup_target=rate, warmup_steps=rising)


@pytest.mark.parametrize("rate", [1e-4, 0.0123])
@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("cosine", {"alpha": 0.0}),
        ("cosine", {"alpha": 0.13}),
        ("exponential", {"decay_rate": 0.1}),
        ("exponential", {"decay_rate": 1.0}),
        ("step", {"drop": 0.5, "every": 10}),
        ("step", {"drop": 0.3, "every": 7}),
        ("warmup_cosine", {"warmup": 0.1, "alpha": 0.0}),
        ("warmup_cosine", {"warmup": 0.33, "alpha": 0.2}),
        ("warmup_cosine", {"warmup": 0.0, "alpha": 0.0}),
    ],
)
def test_rates_equal_kerass(name, settings, rate):
    twin = keras_twin(name, rate, **settings)
    expected = np.array([np.asarray(twin(step)) for step in LOOKED_AT.tolist()], np.float32)
    ours = np.concatenate(
        [schedules.learning_rates({name: settings}, rate, epoch + 1, STEPS, EPOCHS) for epoch in range(EPOCHS)]
    )
    assert ours.dtype == np.float32 and len(ours) == TOTAL
    # NumPy's and TensorFlow's float32 cosine and power may differ in their last bit, which 1 + cos(x) near x = pi carries up
    # to the spacing of float32 at 1: hence a few units of that spacing, at the size of the starting rate.
    np.testing.assert_allclose(ours[LOOKED_AT], expected, rtol=2.5e-7, atol=1.2e-7 * rate)


def test_every_declared_schedule_is_served_with_its_defaults():
    assert set(schedules.SCHEDULES) == {entry.name for entry in DECLARED}
    for entry in DECLARED:
        assert entry.implementation == f"sweeper.parts.schedules:{entry.name}"
        signature = inspect.signature(getattr(schedules, entry.name))
        own = {name: p.default for name, p in signature.parameters.items() if p.kind is inspect.Parameter.KEYWORD_ONLY}
        assert own == {parameter.name: parameter.default for parameter in entry.parameters}


def test_by_hand():
    assert schedules.learning_rates({"constant": None}, 0.5, 3, 2, 4).tolist() == [0.5, 0.5]
    assert schedules.learning_rates({"step": {"every": 1}}, 1.0, 3, 2, 4).tolist() == [0.25, 0.25]
    assert schedules.learning_rates({"cosine": {}}, 1.0, 2, 2, 2)[0] == pytest.approx(0.5)
    rising = schedules.learning_rates({"warmup_cosine": {"warmup": 0.5}}, 1.0, 1, 4, 2)
    assert rising.tolist() == [0.0, 0.25, 0.5, 0.75]
    assert schedules.learning_rates({"warmup_cosine": {"warmup": 0.5}}, 1.0, 2, 4, 2)[0] == 1.0


def test_a_training_of_one_step():
    for name in schedules.SCHEDULES:
        assert np.isfinite(schedules.learning_rates({name: {}}, 0.1, 1, 1, 1)).all()
