"""What holds for all tests: the environment of whoever runs them changes nothing."""

from __future__ import annotations

import os
from collections.abc import Iterator
from unittest.mock import patch

import pytest
from hypothesis import settings

settings.register_profile("untimed", deadline=None)  # a busy machine is no fault of what is tested
settings.load_profile("untimed")


@pytest.fixture(autouse=True)
def _plain_environment() -> Iterator[None]:
    """No store, home, card or option from outside; output without colour; and what a test (the inline executor's too) puts
    into the environment is gone behind it."""
    with patch.dict(os.environ):
        for name in list(os.environ):
            if name.startswith(("SWEEP_", "MLFLOW_", "CUDA_")):
                del os.environ[name]
        os.environ["NO_COLOR"] = "1"
        yield
