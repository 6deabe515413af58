"""What a table of trials says of their curves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sweeper.cli.screen import shapes
from sweeper.cli.screen.shapes import curve_labels
from sweeper.cli.screen.sweeps import trial_headers, trial_row
from sweeper.records import EpochRecord
from sweeper.search.trial_view import TrialView
from sweeper.search.view import SweepView, open_sweep
from tests.cli.conftest import Cli

FALLING = np.maximum(2.0 * np.exp(-np.arange(1, 31) / 4), 0.12) + 0.1
RISING = FALLING + 0.03 * np.maximum(np.arange(1, 31) - 12, 0)


def with_curves(
    sweep: SweepView, values: dict[int, np.ndarray], monkeypatch: pytest.MonkeyPatch
) -> Callable[[], list[TrialView]]:
    """The sweep's trials are read with these curves; returns what was asked to be read."""
    asked: list[TrialView] = []

    def whole(self: SweepView, trials: list[TrialView]) -> list[TrialView]:
        asked.extend(trials)
        return [
            replace(
                trial,
                history={
                    epoch: EpochRecord(trial.number, epoch, {"val_loss": float(v), "train_eval_loss": float(t)}, {}, 0)
                    for epoch, (v, t) in enumerate(zip(values[trial.number], FALLING, strict=False), start=1)
                },
            )
            for trial in trials
        ]

    monkeypatch.setattr(SweepView, "whole", whole)
    return lambda: asked


def test_complete_trials_have_a_word_and_the_others_a_dash(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sweep = open_sweep(home)
    asked = with_curves(sweep, {0: RISING, 2: FALLING, 3: FALLING[:6]}, monkeypatch)
    found = curve_labels(sweep, sweep.trials)
    assert found == {0: "overfits", 2: "healthy"}, "six epochs are too few to tell"
    assert [trial.number for trial in asked()] == [0, 2, 3], "trial 1 diverged"
    headers = trial_headers(sweep, with_curves=True)
    rows = [trial_row(trial, found.get(trial.number, "-")) for trial in sweep.trials]
    assert {len(row) for row in rows} == {len(headers)}
    assert [row[headers.index("curve")] for row in rows] == ["overfits", "-", "healthy", "-"]
    assert headers[-1] == "parameters", "what may be long comes last"


def test_what_stands_before_the_parameters_fits_a_terminal(cli: Cli, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with_curves(open_sweep(home), {0: RISING, 2: FALLING, 3: FALLING}, monkeypatch)
    [first, *_] = lines = cli("trials", "--home", home).stdout.splitlines()
    assert first.index("parameters") <= 80 and "overfits" in lines[1]


def test_curves_that_are_too_short_take_no_column(cli: Cli, home: Path) -> None:
    assert "curve" not in cli("trials", "--home", home).stdout.splitlines()[0]


def test_so_many_epochs_are_not_read_for_a_table(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sweep = open_sweep(home)
    asked = with_curves(sweep, {0: RISING}, monkeypatch)
    monkeypatch.setattr(shapes, "MOST_EPOCHS", 8)
    assert curve_labels(sweep, sweep.trials) == {} and not asked()
    assert curve_labels(sweep, sweep.trials[:1]) == {0: "overfits"}, "as many as are shown count"
