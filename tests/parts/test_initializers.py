"""First weights equal Keras's, and no two weights start alike."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from sweeper.catalogue.initializers import INITIALIZERS
from sweeper.parts.initializers import keras_initializer, kernel_values, own_values
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


def two_recurrent_layers() -> keras.Model:
    layers = keras.layers
    both = layers.Bidirectional(layers.LSTM(3, return_sequences=True), name="both")
    return keras.Sequential(
        [keras.Input((4, 2)), both, layers.GRU(3, name="last"), layers.BatchNormalization(), layers.Dense(2)]
    )


def test_recurrent_kernels_are_drawn_by_their_own_layers_initializer() -> None:
    model = two_recurrent_layers()
    places = [place for place, weight in enumerate(model.trainable_variables) if weight.name == "recurrent_kernel"]
    drawn = own_values(model, seed=3)
    assert sorted(drawn) == places and len(places) == 3
    for place, value in drawn.items():
        shape = model.trainable_variables[place].shape
        twin = keras.initializers.Orthogonal(seed=derive(3, "weight", place))(shape)
        np.testing.assert_array_equal(value.numpy(), twin.numpy())


def test_weights_of_one_shape_that_layers_draw_themselves_start_apart_and_follow_the_seed() -> None:
    model = two_recurrent_layers()
    first, again, other = (own_values(model, seed) for seed in (1, 1, 2))
    values = [value.numpy() for value in first.values()]
    assert (values[0] != values[1]).any()
    for place, value in first.items():
        np.testing.assert_array_equal(value.numpy(), again[place].numpy())
        assert (value.numpy() != other[place].numpy()).any()


def test_a_weight_whose_initializer_cannot_be_found_is_never_passed_over() -> None:
    class Scale(keras.layers.Layer):
        def build(self, input_shape: object) -> None:
            self.scale = self.add_weight(shape=(2,), initializer="random_normal", name="scale")

        def call(self, x: object) -> object:
            return x * self.scale

    with pytest.raises(AttributeError, match="scale_initializer"):
        own_values(keras.Sequential([keras.Input((2,)), Scale()]), seed=1)
