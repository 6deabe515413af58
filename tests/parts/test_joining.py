"""Small weights joined into one array, and parted again."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from keras import ops

from sweeper.parts.optimizers.adam import Adam
from sweeper.parts.optimizers.descent import Descent
from sweeper.parts.optimizers.joining import Joining

MOST = 100


def weights() -> list[Any]:
    draw = np.random.default_rng(4)
    shapes = [(3, 2), (MOST // 4, 5), (2,), (), (1, 2, 2)]
    return [ops.convert_to_tensor(draw.normal(size=shape).astype("float32")) for shape in shapes]


def test_the_small_ones_are_one_array_behind_the_large() -> None:
    given = weights()
    large, together = Joining(given, MOST).join(given)
    assert large.shape == (MOST // 4, 5)
    expected = np.concatenate([np.ravel(given[position]) for position in (0, 2, 3, 4)])
    np.testing.assert_array_equal(together, expected)


def test_parted_they_are_what_they_were() -> None:
    given = weights()
    joining = Joining(given, MOST)
    for back, one in zip(joining.part(joining.join(given)), given, strict=True):
        assert back.shape == one.shape
        np.testing.assert_array_equal(back, one)


@pytest.mark.parametrize("kept", [[], [0], [1], [0, 1]])
def test_where_fewer_than_two_are_small_nothing_is_joined(kept: list[int]) -> None:
    given = [weights()[position] for position in kept]
    joining = Joining(given, MOST)
    assert [one is other for one, other in zip(joining.join(given), given, strict=True)] == [True] * len(kept)
    assert [one is other for one, other in zip(joining.part(given), given, strict=True)] == [True] * len(kept)


def test_weights_of_another_type_stay_apart() -> None:
    half = ops.cast(weights()[0], "float16")
    first, second = weights()[2:4]
    apart, together = Joining([first, half, second], MOST).join([first, half, second])
    assert apart is half
    assert together.shape == (3,)


@pytest.mark.parametrize("clip", [{}, {"clipnorm": 0.5}, {"global_clipnorm": 0.5}, {"clipvalue": 0.1}])
def test_a_joined_step_is_that_of_each_weight_alone(clip: dict[str, float]) -> None:
    rule, settings, given = Adam({}), {"weight_decay": 0.1, **clip}, weights()
    gradients = [ops.sin(weight) for weight in given]
    inputs = {name: ops.convert_to_tensor(value, "float32") for name, value in rule.inputs(settings).items()}
    rate, step = ops.convert_to_tensor(0.01), ops.convert_to_tensor(0, "int32")
    descent, alone = (Descent(rule, Joining(given, most)) for most in (MOST, 0))
    together, _ = descent.step(gradients, given, descent.slots(given, settings), inputs, rate, step)
    apart, _ = alone.step(gradients, given, alone.slots(given, settings), inputs, rate, step)
    for one, other in zip(together, apart, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-6, atol=1e-8)
