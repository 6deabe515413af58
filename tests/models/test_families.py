"""The contract of every family that is built: right shapes, linear outputs, knobs only where they are asked for."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import keras
import numpy as np
import pytest

from sweeper.catalogue.declaration import Entry
from sweeper.catalogue.families import FAMILIES
from sweeper.models.mlp import hidden_units
from sweeper.parts.initializers import own_values
from sweeper.parts.noise import KnobDropout, KnobNoise

NOTHING = {"dropout": None, "noise": None}
BUILT = [family for family in FAMILIES if family.built and not family.open]
SHAPES = {1: (6,), 2: (5, 3), 3: (8, 8, 1)}


def built(
    family: Entry, input_shape: tuple[int, ...], regularization: dict[str, Any] = NOTHING, **settings: Any
) -> keras.Model:
    module, _, name = str(family.implementation).partition(":")
    defaults = {parameter.name: parameter.default for parameter in family.parameters}
    model: keras.Model = getattr(import_module(module), name)({**defaults, **settings}, regularization, input_shape, 4)
    return model


@pytest.mark.parametrize("family", BUILT, ids=lambda family: family.name)
def test_rows_in_outputs_out_for_every_rank_it_serves(family: Entry) -> None:
    for rank in family.ranks:
        model = built(family, SHAPES[rank])
        assert model(np.zeros((3, *SHAPES[rank]), "float32")).shape == (3, 4)
        assert model.layers[-1].activation is keras.activations.linear


@pytest.mark.parametrize("family", BUILT, ids=lambda family: family.name)
def test_dropout_and_noise_only_where_they_are_asked_for(family: Entry) -> None:
    shape = SHAPES[family.ranks[-1]]
    assert not any(isinstance(layer, KnobDropout | KnobNoise) for layer in built(family, shape).layers)
    kinds = {type(layer) for layer in built(family, shape, {"dropout": 0.5, "noise": 0.1}).layers}
    assert {KnobDropout, KnobNoise} <= kinds


@pytest.mark.parametrize("family", BUILT, ids=lambda family: family.name)
def test_what_two_seeds_build_apart_is_what_every_trial_draws_anew(family: Entry) -> None:
    """All kernels, and what layers draw themselves: no weight that Keras draws at random is the same in every trial."""
    first, second = (seeded(family, seed) for seed in (1, 2))
    pairs = zip(first.trainable_variables, second.trainable_variables, strict=True)
    apart = {place for place, (one, other) in enumerate(pairs) if (one.numpy() != other.numpy()).any()}
    kernels = {place for place, weight in enumerate(first.trainable_variables) if weight.name == "kernel"}
    drawn, others = own_values(first, 1), own_values(first, 2)
    assert apart == kernels | set(drawn) and kernels.isdisjoint(drawn)
    assert all((value.numpy() != others[place].numpy()).any() for place, value in drawn.items())


def seeded(family: Entry, seed: int) -> keras.Model:
    keras.utils.set_random_seed(seed)
    return built(family, SHAPES[family.ranks[-1]])


def test_mlp_sizes_from_words_and_from_depth() -> None:
    assert hidden_units({"layers": "64-32", "depth": None, "units": None}) == (64, 32)
    assert hidden_units({"layers": 16}) == (16,)
    assert hidden_units({"layers": None, "depth": 3, "units": 8}) == (8, 8, 8)
    assert hidden_units({"layers": None, "depth": 2, "units": [8, 4, 2]}) == (8, 4)
    assert hidden_units({"layers": None, "depth": 0, "units": 8}) == ()


def test_cnn_stops_pooling_at_one_pixel() -> None:
    cnn = next(family for family in FAMILIES if family.name == "cnn")
    model = built(cnn, (4, 4, 1), filters="2-2-2-2")
    assert sum("pooling" in layer.name for layer in model.layers) == 2


def test_batch_normalization_takes_the_place_of_the_bias() -> None:
    mlp = next(family for family in FAMILIES if family.name == "mlp")
    names = [weight.path for weight in built(mlp, (6,), layers="3", normalization="batch").trainable_variables]
    assert names == ["dense_1/kernel", "normalization_1/gamma", "normalization_1/beta", "output/kernel", "output/bias"]
