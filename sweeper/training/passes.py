"""One way through a trial's training rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sweeper.records import TrialPlan
from sweeper.seeds import derive


@dataclass(frozen=True)
class Pass:
    """Every training row of a fold once: in the order that `seed` decides, or as they lie where there is none."""

    fold: int
    seed: int | None = None

    @staticmethod
    def of(plan: TrialPlan, epoch: int) -> Pass:
        """The one of this epoch, with an order of its own unless the trial does not shuffle."""
        shuffles = plan.configuration["training"].get("shuffle", True)
        return Pass(plan.fold, derive(plan.seeds.order, "epoch", epoch) if shuffles else None)

    def order(self, rows: int) -> np.ndarray:
        """A permutation of so many rows [rows] int32."""
        if self.seed is None:
            return np.arange(rows, dtype="int32")
        return np.random.default_rng(self.seed).permutation(rows).astype("int32")
