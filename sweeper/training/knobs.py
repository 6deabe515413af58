"""The knobs of a trial: the numbers that its program takes as inputs."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import numpy as np

from sweeper.catalogue.optimizers import OPTIMIZERS
from sweeper.parts.optimizers.rule import Rule
from sweeper.records import Configuration, DataInfo, Task


def update_rule(configuration: Configuration) -> Rule:
    """The update rule that the configuration's optimizer names."""
    [(name, settings)] = configuration["optimizer"].items()
    implementation = next(entry.implementation for entry in OPTIMIZERS if entry.name == name)
    module, _, rule = str(implementation).partition(":")
    built: Rule = getattr(import_module(module), rule)(settings)
    return built


def optimizer_settings(configuration: Configuration) -> dict[str, Any]:
    [(_, settings)] = configuration["optimizer"].items()
    return dict(settings)


def knobs_of(configuration: Configuration, rule: Rule, info: DataInfo) -> dict[str, Mapping[str, Any]]:
    """`{"rule": inputs of the update rule, "penalty": strengths, "classes": weights of classes, "units": mean and scale of the
    targets}`, each as far as the structure has it; `info` is the trial's own fold."""
    regularization = configuration["regularization"]
    knobs: dict[str, Mapping[str, Any]] = {
        "rule": rule.inputs(optimizer_settings(configuration)),
        "penalty": {name: regularization[name] for name in ("l1", "l2") if regularization.get(name) is not None},
    }
    if configuration["training"].get("class_weight") == "balanced" and info.task is Task.CLASSIFICATION:
        knobs["classes"] = {"weights": balanced_weights(info.class_counts)}
    if info.target_scale:
        knobs["units"] = {"mean": np.array(info.target_mean), "scale": np.array(info.target_scale)}
    return knobs


def balanced_weights(counts: tuple[int, ...]) -> np.ndarray:
    """`rows / (classes x rows of the class)` for each class, as scikit-learn's "balanced" (King and Zeng 2001)."""
    found = np.asarray(counts, dtype="float64")
    return np.asarray(found.sum() / (len(found) * np.maximum(found, 1)), dtype="float32")
