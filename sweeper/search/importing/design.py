"""What the user says of the design, held against the trials: a report believes it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from sweeper.errors import InputError, did_you_mean
from sweeper.search.importing.columns import Columns
from sweeper.search.importing.request import DESIGNS, ImportRequest
from sweeper.search.importing.trainings import Training
from sweeper.search.importing.wording import listed, quoted


def check_compare(trainings: Sequence[Training], request: ImportRequest) -> None:
    names = list(dict.fromkeys(name for training in trainings for name in training.parameters))
    for path in request.compare:
        if path not in names:
            raise InputError(
                f"compare: there is no parameter {quoted(path)}.{did_you_mean(path, names)} There are: {listed(names, 20)}."
            )
    if request.target is not None and not math.isfinite(request.target):
        raise InputError(f"the target {request.target} is no number that a metric could reach")


def check_design(trainings: Sequence[Training], columns: Columns, request: ImportRequest) -> list[str]:
    """What the design asks for; gives remarks on what the user may have forgotten."""
    if request.design not in DESIGNS:
        raise InputError(f"{quoted(request.design)} is no design. Designs are: {', '.join(DESIGNS)}.")
    if request.design == "paired" and columns.block is None:
        raise InputError(
            "in a paired design every choice is tried once in each block: name the blocks' column with --block COLUMN."
        )
    remarks = []
    for column in columns.configuration:
        alike = _alike(trainings, column) if column not in request.compare else 0
        if alike and request.design == "independent":
            raise InputError(
                f"{alike} trials differ from others in {quoted(column)} alone, so they are no independent draws. If they are "
                f"trainings of one configuration with other seeds:  --repeat {column}"
            )
        if alike:
            remarks.append(
                f"{alike} trials differ from others in {quoted(column)} alone. If they are trainings of one configuration with "
                f"other seeds, import them so:  --repeat {column}"
            )
    return remarks


def _alike(trainings: Sequence[Training], column: str) -> int:
    """How many configurations equal an earlier one but for this column."""
    first = {training.number: training for training in trainings}.values()
    kinds = Counter(
        repr(sorted((name, repr(value)) for name, value in training.parameters.items() if name != column)) for training in first
    )
    return sum(kinds.values()) - len(kinds)
