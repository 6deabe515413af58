"""What the figures were made on: `python benchmarks/machine.py`"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

PACKAGES = ("tensorflow", "keras", "jax", "optuna", "mlflow", "keras-tuner", "ray", "numpy")


def machine() -> dict[str, Any]:
    """Cores that may be used, the processor's name, memory in GiB, and the versions of Python and of the packages."""
    return {
        "cores": len(os.sched_getaffinity(0)),
        "processor": processor(),
        "memory": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "packages": {name: found for name in PACKAGES if (found := installed(name))},
    }


def machine_of(python: str) -> dict[str, Any]:
    """The same, as another interpreter sees it."""
    told = subprocess.run([python, __file__, "--json"], check=True, capture_output=True, text=True).stdout
    found: dict[str, Any] = json.loads(told)
    return found


def sentence(found: dict[str, Any]) -> str:
    packages = ", ".join(f"{name} {number}" for name, number in found["packages"].items())
    return (
        f"{found['cores']} cores of {found['processor']} ({found['system']}), {found['memory']} GiB of memory, "
        f"Python {found['python']}, {packages}"
    )


def processor() -> str:
    information = Path("/proc/cpuinfo")
    lines = information.read_text().splitlines() if information.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


def installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


if __name__ == "__main__":
    print(json.dumps(machine()) if "--json" in sys.argv else sentence(machine()))
