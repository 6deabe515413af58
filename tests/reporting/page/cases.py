"""Sweeps of every kind that a report has to do with, the smallest of each."""

from __future__ import annotations

import math

from tests.reporting.synthetic import Planted, Trial

FALLING = {"val_loss": [0.9, 0.5, 0.6], "train_eval_loss": [0.8, 0.3, 0.1]}
DIVERGED = {"val_loss": [2.0, math.nan], "train_eval_loss": [2.0, math.nan]}

CASES = {
    "one trial": Planted("s", [Trial(0, {"lr": 0.1}, FALLING)]),
    "no trial": Planted("s", []),
    "one running": Planted("s", [Trial(0, {}, FALLING, "RUNNING", "")], status="RUNNING"),
    "all diverged": Planted("s", [Trial(n, {}, DIVERGED, "PRUNED", "diverged") for n in range(3)]),
    "diverged at once": Planted("s", [Trial(0, {}, {"val_loss": [math.nan]}, "PRUNED", "diverged")]),
    "all failed": Planted("s", [Trial(n, {}, {}, "FAILED", "error") for n in range(3)]),
    "metrics missing for some": Planted("s", [Trial(0, {}, FALLING), Trial(1, {}, {"train_loss": [1.0]}), Trial(2, {}, {})]),
    "no training curve": Planted("s", [Trial(n, {}, {"val_loss": [0.5, 0.4 + n / 9]}) for n in range(3)]),
    "no validation part": Planted("s", [Trial(n, {"x": n}, {"train_loss": [0.9, 0.5 + n / 9]}) for n in range(3)]),
    "training alone is the objective": Planted(
        "s",
        [Trial(n, {"x": n}, {"train_loss": [0.9, 0.5 + n / 9]}, objective="train_loss") for n in range(3)],
        {"sweeper.objective": "train_loss"},
    ),
    "some running": Planted(
        "s",
        [Trial(n, {"x": n}, FALLING, *(("COMPLETE", "finished") if n < 3 else ("RUNNING", ""))) for n in range(5)],
        status="RUNNING",
    ),
    "maximized": Planted(
        "s",
        [
            Trial(
                n,
                {"x": n},
                {"val_accuracy": [0.5, 0.6 + n / 20], "train_eval_accuracy": [0.7, 0.9]},
                objective="val_accuracy",
                maximize=True,
            )
            for n in range(4)
        ],
        {"sweeper.objective": "val_accuracy", "sweeper.direction": "maximize"},
    ),
    "negative and maximized": Planted(
        "s",
        [
            Trial(n, {"x": n}, {"val_r2": [-3.0, n / 20], "train_eval_r2": [-2.0, 0.9]}, objective="val_r2", maximize=True)
            for n in range(4)
        ],
        {"sweeper.objective": "val_r2", "sweeper.direction": "maximize"},
    ),
    "all equal": Planted("s", [Trial(n, {}, {"val_loss": [0.0, 0.0], "train_eval_loss": [0.0, 0.0]}) for n in range(3)]),
    "one epoch": Planted("s", [Trial(n, {}, {"val_loss": [0.5], "train_eval_loss": [0.4]}) for n in range(3)]),
    "many choices": Planted(
        "s", [Trial(n, {"a": f"c{n % 9}"}, FALLING, block=n // 9) for n in range(20)], {"sweeper.compare": "a"}
    ),
    "crossed": Planted(
        "s", [Trial(n, {"a": n % 2, "b": f"k{n // 2}"}, FALLING) for n in range(4)], {"sweeper.compare": "a, b"}
    ),
    "compared but never tried": Planted("s", [Trial(n, {}, FALLING) for n in range(2)], {"sweeper.compare": "a"}),
    "repeats": Planted("s", [Trial(n, {"a": n}, FALLING, repeat=r) for n in range(3) for r in range(2)]),
}
