"""First weights equal Keras's, and no two kernels start alike."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from sweeper.catalogue.initializers import INITIALIZERS
from sweeper.parts.initializers import keras_initializer, kernel_values
from sweeper.seeds import derive

SEEDLESS = {"zeros", "ones", "constant", "identity"}


@pytest.mark.parametrize("entry", INITIALIZERS, ids=lambda entry: entry.name)
def test_every_initializer_is_keras_own(entry: object) -> None:
    """Contract of the family: the catalogue's defaults are Keras's, and the values are those of the named class."""
    settings = {parameter.name: parameter.default for parameter in entry.parameters}
    kind = getattr(keras.initializers, entry.keras.rpartition(".")[2])
    seed = {} if entry.name in SEEDLESS else {"seed": derive(3, "kernel", 0)}
    [ours] = kernel_values({entry.name: settings}, [(12, 7)], seed=3)
    np.testing.assert_array_equal(ours.numpy(), kind(**seed)((12, 7)).numpy())


def test_kernels_of_one_shape_start_apart() -> None:
    first, second = kernel_values({"he_normal": {}}, [(8, 8), (8, 8)], seed=1)
    assert (first.numpy() != second.numpy()).any()


def test_a_seed_gives_the_same_kernels_again() -> None:
    first, second = (kernel_values({"glorot_uniform": {}}, [(8, 8)], seed=1)[0].numpy() for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_he_normal_has_the_variance_of_its_paper() -> None:
    """Variance 2 / fan_in; the standard error of a variance from 200,000 numbers is 0.3 %."""
    values = keras_initializer("he_normal", {}, 5)((400, 500), dtype="float32").numpy()
    assert values.var() == pytest.approx(2 / 400, rel=0.02)
