"""How much memory a worker's device has, and how much prepared data may lie there."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from sweeper.executors.device import CPU, Device

_PATIENCE = 10.0
"""Seconds for `nvidia-smi` to answer."""
_UNKNOWN_CARD = 8 * 2**30
"""Bytes that a card is taken to have that does not say."""
_MEMINFO, _LIMIT = Path("/proc/meminfo"), Path("/sys/fs/cgroup/memory.max")


def room_for_data(device: Device, workers: int) -> int:
    """Bytes of prepared data up to which every worker brings them to its device as a whole: a quarter of the memory for all
    workers on the CPU, because data are there three times for a moment while they are brought, and half of a card's memory for
    all that share it, with the same limit for the memory they pass through."""
    passed = machine_memory() // (4 * workers)
    return passed if device == CPU else min(passed, card_memory(device) // (2 * workers))


def machine_memory() -> int:
    """Bytes that this process may use: the machine's, or a container's limit. The same at each call, whoever else uses some."""
    total = next(int(line.split()[1]) * 1024 for line in _MEMINFO.read_text().splitlines() if line.startswith("MemTotal:"))
    try:
        return min(total, int(_LIMIT.read_text()))
    except (OSError, ValueError):  # no container, or one without a limit (`max`)
        return total


def card_memory(device: Device) -> int:
    """Bytes of the card, as `nvidia-smi` tells them."""
    program = shutil.which("nvidia-smi")
    if program is None:
        return _UNKNOWN_CARD
    question = [program, "--query-gpu=memory.total", "--format=csv,noheader,nounits", f"--id={device.visible}"]
    try:
        said = subprocess.run(question, capture_output=True, text=True, timeout=_PATIENCE, check=False).stdout
        return int(said.splitlines()[0]) * 2**20
    except (OSError, subprocess.TimeoutExpired, ValueError, IndexError):
        return _UNKNOWN_CARD
