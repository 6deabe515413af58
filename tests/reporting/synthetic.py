"""Synthetic sweeps written into a real MLflow store exactly as docs/architecture.md ("MLflow's layout") says."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from mlflow.entities import Metric, Param, RunTag
from mlflow.tracking import MlflowClient

START = 1_790_000_000_000
STATUS = {"INTERRUPTED": "KILLED", "COMPLETE": "FINISHED", "PRUNED": "KILLED", "FAILED": "FAILED"}


@dataclass(frozen=True)
class Trial:
    """One run: `curves` maps a metric's name to its values from epoch 1 on, `once` the metrics logged once."""

    number: int
    params: Mapping[str, object]
    curves: Mapping[str, Sequence[float]]
    state: str = "COMPLETE"
    reason: str = "finished"
    phase: str = "paired"
    block: int | None = None
    repeat: int = 0
    attempt: int = 1
    maximize: bool = False
    objective: str = "val_loss"
    once: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Planted:
    """A whole sweep."""

    name: str
    trials: Sequence[Trial]
    tags: Mapping[str, str] = field(default_factory=dict)
    params: Mapping[str, object] = field(default_factory=dict)
    status: str = "FINISHED"


def plant(uri: str, sweep: Planted, artifacts: Path) -> str:
    """Write the sweep; returns the parent run's id. The experiment is made where it is missing."""
    client = MlflowClient(uri)
    known = client.get_experiment_by_name("sweeper")
    experiment = known.experiment_id if known else client.create_experiment("sweeper", artifact_location=artifacts.as_uri())
    tags = {
        "sweeper.kind": "sweep",
        "sweeper.version": "0.1.0",
        "sweeper.objective": "val_loss",
        "sweeper.direction": "minimize",
        "sweeper.sampler": "paired",
        "sweeper.pruner": "none",
        "sweeper.seed": "7",
        "sweeper.design": "paired",
        "sweeper.data.name": "digits",
        "sweeper.data.digest": "5f0c83",
        "sweeper.data.rows.train": "1077",
        "sweeper.data.rows.validation": "360",
        "sweeper.data.rows.test": "360",
        "sweeper.version.keras": "3.15.0",
        "sweeper.backend": "tensorflow",
        "sweeper.workers": "2",
        **sweep.tags,
    }
    parent = client.create_run(experiment, start_time=START, run_name=sweep.name, tags=dict(tags))
    client.log_batch(parent.info.run_id, params=[Param(key, str(value)) for key, value in sweep.params.items()])
    for trial in sweep.trials:
        _plant_trial(client, experiment, parent.info.run_id, sweep.name, trial)
    if sweep.status != "RUNNING":
        client.set_terminated(parent.info.run_id, sweep.status, end_time=START + 41_000)
    return parent.info.run_id


def _plant_trial(client: MlflowClient, experiment: str, parent: str, sweep: str, trial: Trial) -> None:
    start = START + 400 * trial.number
    tags = {
        "mlflow.parentRunId": parent,
        "sweeper.sweep": sweep,
        "sweeper.trial": str(trial.number),
        "sweeper.repeat": str(trial.repeat),
        "sweeper.attempt": str(trial.attempt),
        "sweeper.state": trial.state,
        "sweeper.reason": trial.reason,
        "sweeper.phase": trial.phase,
        "sweeper.structure": "mlp-64-64",
        "sweeper.worker": "worker-0",
        "sweeper.device": "CPU",
    }
    if trial.block is not None:
        tags["sweeper.block"] = str(trial.block)
    run = client.create_run(experiment, start_time=start, run_name=f"t{trial.number:04d}-mlp", tags=tags)
    points = [
        Metric(key, float(value), start + 15 * epoch, epoch)
        for key, values in trial.curves.items()
        for epoch, value in enumerate(values, start=1)
    ]
    points += [Metric(key, float(value), start + 300, 0) for key, value in _once(trial).items()]
    params = [Param(key, str(value)) for key, value in trial.params.items()]
    for first in range(0, len(points), 1000):
        client.log_batch(run.info.run_id, metrics=points[first : first + 1000])
    client.log_batch(run.info.run_id, params=params, tags=[RunTag("mlflow.note.content", "synthetic")])
    if trial.state in STATUS:
        client.set_terminated(run.info.run_id, STATUS[trial.state], end_time=start + 350)


def _once(trial: Trial) -> dict[str, float]:
    finite = [value for value in trial.curves.get(trial.objective, ()) if math.isfinite(value)]
    found = {"seconds_compile": 0.4, "seconds_train": 0.2, "seconds_evaluate": 0.05, "seconds_probe": 0.01}
    if finite and trial.state != "FAILED":
        best = max(finite) if trial.maximize else min(finite)
        found |= {"objective": best, "objective_last": finite[-1], "best_epoch": finite.index(best) + 1}
        found["epochs"] = len(trial.curves[trial.objective])
    return {**found, **trial.once}


def learning(
    rng: np.random.Generator, floor: float, pace: float, rise: float = 0.0, epochs: int = 20, start: float = 2.3
) -> dict[str, list[float]]:
    """Curves of one training: a falling train loss, a validation loss that stops at `floor` and rises by `rise` an epoch."""
    epoch = np.arange(1, epochs + 1)
    train = start * np.exp(-pace * epoch) + 0.002
    val = floor + (start - floor) * np.exp(-pace * epoch) + rise * np.maximum(0, epoch - 4 / pace)
    val = val * (1 + 0.02 * rng.standard_normal(epochs))
    accuracy = np.clip(1 - 0.3 * val, 0, 1)
    return {
        "train_loss": list(train * 1.15),
        "train_accuracy": list(np.clip(1 - 0.3 * train, 0, 1)),
        "train_eval_loss": list(train),
        "train_eval_accuracy": list(np.clip(1 - 0.25 * train, 0, 1)),
        "val_loss": list(val),
        "val_accuracy": list(accuracy),
        "penalty": list(np.full(epochs, 0.01)),
        "learning_rate": list(np.full(epochs, 1e-3)),
    }


OPTIMIZERS = {
    "sgd": (0.10, 0.18, 0.0),
    "momentum": (0.09, 0.35, 0.001),
    "rmsprop": (0.085, 0.6, 0.006),
    "adam": (0.075, 0.5, 0.001),
}


def compared(blocks: int = 21, kinds: Sequence[str] = ("sgd", "rmsprop", "adam"), seed: int = 1) -> Planted:
    """A paired comparison of optimizers; two of sgd's trials diverge."""
    rng = np.random.default_rng(seed)
    trials = []
    for block in range(blocks):
        quantile = (block + 0.5) / blocks
        for place, kind in enumerate(kinds):
            floor, pace, rise = OPTIMIZERS[kind]
            rate = 10 ** (-3 + 2 * quantile) * (10 if kind == "sgd" else 0.1)
            off = abs(quantile - 0.6)
            curves = learning(rng, floor * (1 + 0.8 * off**2), pace * (1.2 - off), rise * quantile * 2)
            state, reason = "COMPLETE", "finished"
            if kind == "sgd" and quantile > 0.9:
                state, reason = "PRUNED", "diverged"
                curves = {key: [*values[:3], math.nan] for key, values in curves.items()}
            best = int(np.nanargmin(curves["val_loss"]))
            params = {
                "optimizer": kind,
                f"optimizer.{kind}.learning_rate": f"{rate:.6g}",
                "model": "mlp",
                "model.mlp.layers": "64-64",
            }
            once = {"test_loss": curves["val_loss"][best] + 0.01} if state == "COMPLETE" else {}
            number = block * len(kinds) + place
            trials.append(Trial(number, params, curves, state, reason, block=block, once=once))
    fixed = {
        "model": "mlp",
        "model.mlp.layers": "64-64",
        "training.batch_size": 32,
        "budget.trials": len(trials),
        "budget.epochs": 20,
    }
    tags = {"sweeper.compare": "optimizer", "sweeper.question": "Which optimizer learns digits fastest, and which ends best?"}
    return Planted("digits-optimizers", trials, tags, fixed)


def searched(trials: int = 60, seed: int = 2, epochs: int = 20) -> Planted:
    """A plain search: trial 0 is the baseline, some trials are pruned, one failed."""
    rng = np.random.default_rng(seed)
    made = []
    for number in range(trials):
        width, rate, dropout = int(rng.choice([16, 32, 64, 128])), 10 ** rng.uniform(-4, -2), rng.uniform(0, 0.5)
        floor = 0.08 + 0.05 * abs(math.log10(rate) + 2.7) + 0.4 / width + 0.04 * abs(dropout - 0.2)
        curves = learning(rng, floor, 0.15 + 0.25 * (math.log10(rate) + 4), 0.003 * (0.5 - dropout), epochs)
        params = {"model.mlp.layers": f"{width}-{width}", "optimizer.adam.learning_rate": f"{rate:.5g}"}
        params["regularization.dropout"] = f"{dropout:.4f}"
        state, reason = ("PRUNED", "pruner") if number % 7 == 5 else ("COMPLETE", "finished")
        if number == trials - 3 and trials > 10:
            state, reason, curves = "FAILED", "out_of_memory", {key: values[:2] for key, values in curves.items()}
        if state == "PRUNED":
            curves = {key: values[:5] for key, values in curves.items()}
        phase = "baseline" if number == 0 else "startup" if number < 10 else "tpe"
        once = {"test_loss": min(curves["val_loss"]) + 0.012} if state == "COMPLETE" else {}
        made.append(Trial(number, params, curves, state, reason, phase, once=once))
    fixed = {"optimizer": "adam", "training.batch_size": 32, "budget.trials": trials, "budget.epochs": epochs}
    return Planted("digits-mlp", made, {"sweeper.sampler": "tpe", "sweeper.pruner": "asha", "sweeper.design": "exploit"}, fixed)


def repeated(blocks: int = 4, seeds: int = 2, folds: int = 3, kinds: Sequence[str] = ("sgd", "adam"), seed: int = 3) -> Planted:
    """A paired comparison in which every configuration is trained `seeds` times `folds` times; a repeat of trial 0 diverges,
    one of trial 1 fails, one of trial 2 stops early."""
    rng = np.random.default_rng(seed)
    trials = []
    for number in range(blocks * len(kinds)):
        kind = kinds[number % len(kinds)]
        floor, pace, rise = OPTIMIZERS[kind]
        rate = 10 ** rng.uniform(-3, -2)
        for repeat in range(seeds * folds):
            curves = learning(rng, floor * (1 + 0.1 * rng.standard_normal()), pace, rise)
            state, reason = "COMPLETE", "finished"
            if (number, repeat) == (0, 1):
                state, reason = "PRUNED", "diverged"
                curves = {key: [*values[:3], math.nan] for key, values in curves.items()}
            if (number, repeat) == (1, 2):
                state, reason, curves = "FAILED", "crashed", {key: values[:2] for key, values in curves.items()}
            if (number, repeat) == (2, 1):
                reason, curves = "early_stop", {key: values[:12] for key, values in curves.items()}
            params = {"optimizer": kind, f"optimizer.{kind}.learning_rate": f"{rate:.6g}", "model": "mlp"}
            once = {"test_loss": min(curves["val_loss"]) + 0.01} if state == "COMPLETE" else {}
            block = number // len(kinds)
            made = Trial(number, params, curves, state, reason, block=block, repeat=repeat, once=once)
            trials.append(made)
    fixed = {"model": "mlp", "budget.trials": blocks * len(kinds), "budget.epochs": 20, "budget.repeats": seeds}
    rows = {f"sweeper.data.fold.{fold}": "train 958, validation 479, test 360" for fold in range(folds)}
    tags = {
        **rows,
        "sweeper.data.folds": str(folds),
        "sweeper.compare": "optimizer",
        "sweeper.repeats": str(seeds),
        "sweeper.folds": str(folds),
    }
    return Planted("digits-folds", trials, tags, fixed)
