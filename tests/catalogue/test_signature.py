from dataclasses import replace

import pytest

from sweeper.catalogue.signature import signature, structure
from sweeper.records import Configuration, DataInfo, Task
from sweeper.spaces import read_space

DATA = DataInfo("digits", Task.CLASSIFICATION, (8, 8, 1), 10, {"train": 1077, "validation": 360, "test": 360}, "d", "")
SPACE = "digits_mlp"


def configured(*overrides: str) -> Configuration:
    fixed = ("model.mlp.layers=64", "optimizer={adam: {}}", "regularization={dropout: 0.1, l2: 0.1}", *overrides)
    return read_space(SPACE, fixed).defaults().configuration


def digest(*overrides: str, backend: str = "tensorflow") -> str:
    return signature(configured(*overrides), DATA, ("accuracy",), backend)


@pytest.mark.parametrize(
    "override",
    [
        "optimizer.adam.learning_rate=0.5", "optimizer.adam.beta_1=0.5", "optimizer.adam.schedule=cosine",
        "regularization.dropout=0.4", "regularization.l2=0.4", "initializer=zeros", "training.batch_size=64",
        "regularization.early_stopping={patience: 3}",
    ],
)  # fmt: skip
def test_knobs_share_a_program(override: str) -> None:
    assert digest(override) == digest()


@pytest.mark.parametrize(
    "override",
    [
        "model.mlp.layers=32", "model.mlp.activation=selu", "model.mlp.normalization=batch", "optimizer={sgd: {}}",
        "optimizer.adam.amsgrad=true", "regularization.dropout=none", "regularization.l1=0.1", "optimizer.adam.clipnorm=1",
    ],
)  # fmt: skip
def test_structure_needs_another_program(override: str) -> None:
    base = ("model.mlp.activation=relu", "model.mlp.normalization=none")
    assert digest(*base, override) != digest(*base)


def test_the_batch_size_is_structure_on_jax() -> None:
    assert digest(backend="jax") != digest("training.batch_size=64", backend="jax")


def test_data_and_metrics_belong_to_the_program() -> None:
    configuration = configured()
    here = signature(configuration, DATA, ("accuracy",))
    assert here != signature(configuration, replace(DATA, outputs=2), ("accuracy",))
    assert here != signature(configuration, DATA, ("accuracy", "auc"))
    assert here == signature(configuration, replace(DATA, digest="e"), ("accuracy",))


def test_a_models_own_settings_are_structure() -> None:
    found = structure({"model": {"python": {"build": "m.py:b", "units": 3}}})
    assert found["model.units"] == 3
