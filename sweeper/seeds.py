"""Seeds by derivation: every random draw of a sweep follows from its one seed and the names of what is drawn.

Nothing depends on a worker's index or on the time, so that a sweep that was interrupted draws what it would have drawn.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

LIMIT = 2**31 - 1
"""Seeds lie in [0, LIMIT), which both NumPy and TensorFlow's 32-bit seeds take."""


def derive(seed: int, *names: str | int) -> int:
    """A seed in [0, LIMIT) for what `names` name, from the SHA-256 of seed and names."""
    text = "\x1f".join([str(seed), *map(str, names)])
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") % LIMIT


@dataclass(frozen=True)
class Seeds:
    """The three sources of a trial's randomness: its first weights, the order of its rows, and its noise (dropout)."""

    weights: int
    order: int
    noise: int

    @staticmethod
    def of(seed: int, block: int, repeat: int = 0) -> Seeds:
        """Seeds of one block (for unpaired samplers: of one trial) and repeat of a sweep with this seed."""
        return Seeds(*(derive(seed, "trial", block, repeat, source) for source in ("weights", "order", "noise")))
