"""Curves of a program that does not exist: a CSV of evaluations at uneven steps, and one of parameters."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

OPTIMIZERS = ("adam", "sgd")
HEADER = (
    "optimizer", "study", "trial", "global_step", "seconds", "train_loss", "validation_loss", "validation_ssim", "test_ssim",
    "note",
)  # fmt: skip

Row = Sequence[object]


def evaluations(studies: int = 2, trials: int = 3, seed: int = 0) -> list[list[object]]:
    """Rows of curves as `HEADER` names them: an exponential approach, evaluated every so many seconds."""
    random, rows = np.random.default_rng(seed), []
    for optimizer in OPTIMIZERS:
        for study in range(studies):
            for trial in range(1, trials + 1):
                pace = 0.004 * trial * (2 if optimizer == "adam" else 1)
                step, seconds = 1, 3.5
                for _ in range(14):
                    loss = 0.3 + 2 * math.exp(-pace * step) + 0.01 * float(random.normal())
                    row = [optimizer, f"study_{study}", trial, step, round(seconds, 3)]
                    rows.append([*row, loss * 0.9, loss, 1 - loss / 4, 1 - loss / 3.9, "ok"])
                    step, seconds = step + int(random.integers(20, 90)), seconds + 60 + float(random.uniform(0, 1))
    return rows


def parameters(studies: int = 2, trials: int = 3) -> list[list[object]]:
    """Rows of optimizer, study, trial, hparams (JSON): those of a trial are the same in every study."""
    return [
        [optimizer, f"study_{study}", trial, json.dumps({"learning_rate": trial / 1000, "clip": {"norm": 1.0}, "warm": True})]
        for optimizer in OPTIMIZERS
        for study in range(studies)
        for trial in range(1, trials + 1)
    ]


def write(file: Path, header: Sequence[str], rows: Iterable[Row]) -> Path:
    with file.open("w", newline="") as text:
        csv.writer(text).writerows([header, *rows])
    return file


def files(folder: Path, rows: list[list[object]] | None = None, header: Sequence[str] = HEADER) -> tuple[Path, Path]:
    curves = write(folder / "curves.csv", header, evaluations() if rows is None else rows)
    return curves, write(folder / "trials.csv", ("optimizer", "study", "trial", "hparams"), parameters())
