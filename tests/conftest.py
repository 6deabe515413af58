"""What holds for all tests: the environment of whoever runs them changes nothing."""

import os

import pytest


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No store, home or option from outside; output without colour."""
    for name in list(os.environ):
        if name.startswith(("SWEEP_", "MLFLOW_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("NO_COLOR", "1")
