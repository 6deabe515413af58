"""Data sets that are made, not read: what a model can reach on them is known."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from sweeper.data.raw import RawData, Settings
from sweeper.records import Task
from sweeper.seeds import derive


def adding_problem(settings: Settings, folder: Path) -> RawData:
    """Sequences [rows, length, 2] of numbers, two of which are marked, and the sum [rows] of those two.

    The first feature is uniform in [0, 1), the second 1 at the two marks and 0 elsewhere (Le et al. 2015, arXiv 1504.00941,
    section 4.1, after Hochreiter and Schmidhuber 1997, section 5.4). One mark lies anywhere in the first half and one anywhere
    in the second (Arjovsky et al. 2016, arXiv 1511.06464, section 5.1), so that many sums span most of the sequence. Always to
    say 1 has the mean squared error 1/6.
    """
    rows, length = settings["rows"], settings["length"]
    random = np.random.default_rng(derive(settings["split_seed"], "adding_problem"))
    numbers = random.random((rows, length), dtype=np.float32)
    first, second = random.integers(0, length // 2, rows), random.integers(length // 2, length, rows)
    every, marks = np.arange(rows), np.zeros((rows, length), np.float32)
    marks[every, first] = marks[every, second] = 1
    sums = numbers[every, first] + numbers[every, second]
    return RawData("adding_problem", np.stack([numbers, marks], axis=-1), sums, Task.REGRESSION, features=("number", "mark"))
