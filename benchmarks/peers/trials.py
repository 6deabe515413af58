"""What goes into a peer's script and comes out of it: the list of configurations, the arrays, and a line for each trial."""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Job:
    """`configurations` by number, the folder of the `data`, and the file for the `result`."""

    configurations: list[dict[str, Any]]
    data: Path
    result: Path

    @staticmethod
    def parser(about: str | None) -> argparse.ArgumentParser:
        parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
        parser.add_argument("configurations", type=Path, help="JSON: a list of resolved configurations")
        parser.add_argument("data", type=Path, help="a folder of prepared arrays")
        parser.add_argument(
            "result", type=Path, help="where to write a JSON list, a trial each, in the order of the configurations"
        )
        return parser

    @staticmethod
    def of(arguments: argparse.Namespace) -> Job:
        configurations = json.loads(arguments.configurations.read_text())
        return Job(configurations, arguments.data.resolve(), arguments.result.resolve())

    def write(self, trials: dict[int, dict[str, float]]) -> None:
        """Writes the lines by number. Raises RuntimeError where one is missing: its configuration was not trained."""
        missing = [number for number in range(len(self.configurations)) if number not in trials]
        if missing:
            raise RuntimeError(f"configurations without a result: {missing}")
        self.result.write_text(json.dumps([trials[number] for number in range(len(self.configurations))]))


def trial_line(val_accuracy: list[float]) -> dict[str, float]:
    """Validation accuracy after the last and at the best epoch, and when the trial ended (Unix time in seconds)."""
    return {"last": val_accuracy[-1], "best": max(val_accuracy), "ended": time.time()}
