"""Whether TensorFlow starts, and whether it can use the cards that are there."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from sweeper.cli.checks.finding import Finding

_SECONDS = 120
_QUESTION = """
import json
import tensorflow as tf
cards = tf.config.list_physical_devices("GPU")
print(json.dumps([tf.config.experimental.get_device_details(card).get("device_name", card.name) for card in cards]))
"""
GPU_REMEDY = "pip install 'tensorflow[and-cuda]'"


def check_devices() -> Iterator[Finding]:
    """Asks TensorFlow in a process of its own, so that neither its memory nor its messages stay here."""
    try:
        answer = subprocess.run(
            [sys.executable, "-c", _QUESTION],
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "2"},
            check=True,
        )
        usable = [str(name) for name in json.loads(answer.stdout.strip().splitlines()[-1])]
    except subprocess.TimeoutExpired:
        yield Finding("devices", f"TensorFlow did not start within {_SECONDS} s", False)
        return
    except (subprocess.CalledProcessError, ValueError, IndexError) as error:
        told = str(getattr(error, "stderr", "") or error).strip().splitlines()
        yield Finding(
            "devices",
            f"TensorFlow does not start: {told[-1] if told else error}",
            False,
            "pip install --force-reinstall tensorflow",
        )
        return
    yield from judge(usable, cards())


def judge(usable: Sequence[str], present: Sequence[str]) -> Iterator[Finding]:
    """What TensorFlow can use against what is in the machine."""
    yield Finding("devices", ", ".join(["CPU", *usable]))
    if len(usable) < len(present) and os.environ.get("CUDA_VISIBLE_DEVICES") is None:
        yield Finding("gpu", f"{', '.join(present)} is there and TensorFlow cannot use it", False, GPU_REMEDY)


def cards() -> list[str]:
    """The names of the NVIDIA cards of this machine, as their driver tells them."""
    if shutil.which("nvidia-smi") is not None:
        command = ["nvidia-smi", "--query-gpu=name", "--format=csv,noheader"]
        answer = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False)
        if answer.returncode == 0:
            return [name.strip() for name in answer.stdout.splitlines() if name.strip()]
    return ["an NVIDIA card" for _ in sorted(Path("/proc/driver/nvidia/gpus").glob("*"))]
