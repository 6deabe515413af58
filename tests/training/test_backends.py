"""The second back end: the engine's tests hold on it too, and both compute the same."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sweeper.errors import InputError
from sweeper.training.backends import open_backend
from sweeper.training.device_data import DeviceData
from sweeper.training.passes import Pass
from sweeper.training.trial import epoch_learning_rates

from .conftest import FAMILIES, TRAIN, configuration, plan

pytest.importorskip("jax")

HERE = Path(__file__).parent
OTHER = {
    **os.environ,
    "KERAS_BACKEND": "jax",
    "JAX_PLATFORMS": "cpu",
    "XLA_FLAGS": "--xla_backend_optimization_level=0",  # compiling is what takes the time here
}


LANES: dict[str, Iterable[str]] = {
    "test_a_trial_is_the_same_whatever_its_neighbours_do": FAMILIES,
    "test_a_trial_is_the_same_wherever_it_lies": FAMILIES,
    "test_an_epoch_in_a_lane_is_that_of_the_trial_alone": ("mlp", "cnn", "rnn"),
    "test_the_best_epochs_weights_are_the_lanes_own": ("mlp",),
}
"""By test: the families for which it is made on JAX. A program of one lane beside that of many takes as long again to compile;
the transformer's are compared on TensorFlow, which has no lanes for the two before it."""


def test_the_engines_tests_hold_on_jax() -> None:
    lanes = [f"{name}[{family}]" for name, families in LANES.items() for family in families]
    beside = [f"{HERE / 'test_lanes.py'}::{name}" for name in (*lanes, "test_folds_lie_side_by_side")]
    tests = (
        "test_without_shuffling_an_epoch_takes_the_same_steps[mlp]",
        "test_numbers_of_a_fold_are_standardized_by_its_own_training_part",
        "test_a_trial_on_streamed_data",
        "test_what_is_measured_changes_no_bit_of_the_training",
    )
    streamed = [f"{HERE / 'test_streamed.py'}::{name}" for name in tests]
    best = f"{HERE / 'test_trial.py'}::test_test_metrics_belong_to_the_best_epoch"
    chosen = [*beside, str(HERE / "test_finite.py"), *streamed, best]
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", *chosen],
        env=OTHER,
        cwd=HERE.parents[1],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "skipped" not in ran.stdout.splitlines()[-1]


TRIALS = {name: plan(configuration({"sgd": {"learning_rate": 0.01}}, model), 1) for name, model in FAMILIES.items()}


@pytest.fixture(scope="module")
def epochs(build: Any, data: DeviceData, tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Any, Any]]:
    """(loss, weights) of one epoch of each family on both back ends, from the same first weights, without randomness in the
    step."""
    folder = tmp_path_factory.mktemp("epochs")
    ours = {}
    for family, trial in TRIALS.items():
        program = build(trial.configuration, ("accuracy",))
        start = program.start(trial)
        order, rates = Pass.of(trial, 1).order(TRAIN), epoch_learning_rates(trial, TRAIN, 1)
        arrays = {f"w{n}": np.asarray(weight) for n, weight in enumerate(start.state["weights"])}
        given = {"x": np.asarray(data.x), "y": np.asarray(data.y), "order": order, "rates": rates}
        np.savez(folder / f"{family}_start.npz", **given, **arrays)
        end, [measured] = program.epoch(start, [order], [rates], 32)
        ours[family] = (measured["loss"], [np.asarray(weight) for weight in end.state["weights"]])
    script = [sys.executable, "-m", "tests.training.one_epoch", str(folder), *TRIALS]
    ran = subprocess.run(script, env=OTHER, cwd=HERE.parents[1], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    theirs = {family: np.load(folder / f"{family}_end.npz") for family in TRIALS}
    return {family: (ours[family], theirs[family]) for family in TRIALS}


@pytest.mark.parametrize("family", FAMILIES)
def test_both_back_ends_train_the_same_epoch(family: str, epochs: dict[str, tuple[Any, Any]]) -> None:
    """At a moderate rate, within rounding."""
    (loss, weights), theirs = epochs[family]
    assert float(theirs["loss"]) == pytest.approx(loss, abs=1e-5)
    for n, weight in enumerate(weights):
        np.testing.assert_allclose(weight, theirs[f"w{n}"], atol=1e-5)


def test_another_name_is_refused() -> None:
    with pytest.raises(InputError, match="expected one of tensorflow, jax"):
        open_backend("torch")
