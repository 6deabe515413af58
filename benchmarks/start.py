"""How long `sweep --help` takes against `python -c "import click"`: python benchmarks/start.py

Both in turn, so that a busy machine counts for both; medians, and the median of the ratios pair by pair.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

PAIRS = 15


def main() -> None:
    pairs = [(seconds("-m", "sweeper.cli", "--help"), seconds("-c", "import click")) for _ in range(PAIRS)]
    ours, click = (statistics.median(times) for times in zip(*pairs, strict=True))
    ratio = statistics.median(help_time / click_time for help_time, click_time in pairs)
    print(f"sweep --help {ours * 1000:.0f} ms, import click {click * 1000:.0f} ms, ratio {ratio:.2f} ({PAIRS} pairs)")


def seconds(*arguments: str) -> float:
    begun = time.perf_counter()
    subprocess.run([sys.executable, *arguments], capture_output=True, check=True)
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
