"""Early stopping (Prechelt 1998, Early Stopping - But When?), as Keras's EarlyStopping counts."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from sweeper.records import Objective


class Patience:
    """Counts the epochs without an improvement of the objective by more than `min_delta`.

    `settings` are `{"patience": epochs >= 0, "min_delta": >= 0}`, or None for a patience without end. The value that counted
    last is not always the best one: an improvement that is too small is none.
    """

    def __init__(self, objective: Objective, settings: Mapping[str, Any] | None) -> None:
        self._settings = settings
        self._sign = 1.0 if objective.maximize else -1.0
        self._counted = -math.inf
        self._waited = 0

    def is_over(self, value: float) -> bool:
        """Whether the patience ends with this epoch's value. Called once for each epoch, in order."""
        if self._settings is None:
            return False
        gain = self._sign * value
        self._waited += 1
        if gain - float(self._settings["min_delta"]) > self._counted:
            self._counted, self._waited = gain, 0
            return False
        return self._waited >= int(self._settings["patience"])
