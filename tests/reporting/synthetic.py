"""Synthetic sweeps: a comparison, a search, one with repeats."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from tests.reporting.planting import START, Planted, Trial, plant

__all__ = ["START", "Planted", "Trial", "compared", "learning", "plant", "repeated", "searched"]


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
