"""Which device a worker computes on, and what its environment must say before TensorFlow is imported."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sweeper.errors import InputError

_VISIBLE = "CUDA_VISIBLE_DEVICES"
_NONE = "-1"
_PATIENCE = 10.0
"""Seconds for `nvidia-smi` to answer."""


@dataclass(frozen=True)
class Device:
    """`name` is `cpu` or `gpu:0`; `visible` the worker's CUDA_VISIBLE_DEVICES (the one card it sees is its first)."""

    name: str
    visible: str

    def environment(self, threads: int, backend: str) -> Mapping[str, str]:
        """What a worker with this many threads has in its environment. TensorFlow's log lines of level 0 and 1 are left out."""
        count = str(threads)
        return {
            _VISIBLE: self.visible,
            "KERAS_BACKEND": backend,
            "TF_CPP_MIN_LOG_LEVEL": "2",
            "TF_FORCE_GPU_ALLOW_GROWTH": "true",
            "OMP_NUM_THREADS": count,
            "TF_NUM_INTRAOP_THREADS": count,
            "TF_NUM_INTEROP_THREADS": count,
        }


CPU = Device("cpu", _NONE)


def choose_device(option: str | None) -> Device:
    """The device of `--device`: `cpu`, `gpu`, `gpu:N`; None takes the first card if there is one.

    Cards are counted among those that CUDA_VISIBLE_DEVICES leaves. Raises InputError for another word and for a card that
    is not there.
    """
    if option == "cpu":
        return CPU
    cards = visible_cards()
    if option is None:
        return Device("gpu:0", cards[0]) if cards else CPU
    found = re.fullmatch(r"gpu(?::([0-9]+))?", option)
    if found is None:
        raise InputError(f"--device {option}: expected cpu, gpu or gpu:N with the card's number, such as gpu:0")
    if not cards:
        raise InputError(f"--device {option}: no NVIDIA card is to be seen on this machine. Write: --device cpu")
    number = int(found[1] or 0)
    if number >= len(cards):
        raise InputError(f"--device {option}: there are {len(cards)} cards, gpu:0 to gpu:{len(cards) - 1}")
    return Device(f"gpu:{number}", cards[number])


def visible_cards() -> list[str]:
    """What CUDA_VISIBLE_DEVICES would call each card that may be used."""
    limited = os.environ.get(_VISIBLE)
    if limited is not None:
        cards = [card.strip() for card in limited.split(",")]
        return cards if cards[0] not in ("", _NONE) and _installed() else []
    return [str(number) for number in range(_installed())]


def _installed() -> int:
    """The number of cards: from the driver's own listing, else from `nvidia-smi` (which Windows' Linux has instead)."""
    listing = Path("/proc/driver/nvidia/gpus")
    if listing.is_dir():
        return sum(1 for _ in listing.iterdir())
    program = shutil.which("nvidia-smi")
    if program is None:
        return 0
    try:
        answer = subprocess.run([program, "-L"], capture_output=True, text=True, timeout=_PATIENCE, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return 0
    return sum(line.startswith("GPU ") for line in answer.stdout.splitlines()) if answer.returncode == 0 else 0
