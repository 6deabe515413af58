"""Which columns mean what, as a file of a few lines says it: the same words as the options', which win over it.

trial: [optimizer, study, trial]
step: global_step
unit: step
seconds: seconds
repeat: study
metrics: {val_loss: validation_loss, train_eval_loss: train_loss}
parameters: [hparams]
leave_out: [batch_seconds]
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from sweeper.errors import did_you_mean
from sweeper.search.importing.request import Said
from sweeper.spaces.nodes import Given, Mapping, Scalar, Sequence, error_at
from sweeper.spaces.yaml_reader import read_file


def read_said(file: Path) -> Said:
    """Raises SpaceError, with line and column, for what is no such file."""
    _, root = read_file(file, file.name)
    if not isinstance(root, Mapping):
        raise error_at(root, "the columns' meanings were expected, such as  step: global_step")
    found = {}
    for key, value in root.pairs:
        if key.text not in _READ:
            near = did_you_mean(key.text, _READ)
            raise error_at(key, f"there is no '{key.text}' here.{near} There are: {', '.join(_READ)}")
        found[key.text] = _READ[key.text](value)
    return Said(**found)


def together(options: Said, file: Said) -> Said:
    """What the options say, and where they say nothing what the file does; metrics of both."""
    said = {field.name: getattr(options, field.name) or getattr(file, field.name) for field in fields(Said)}
    return replace(Said(**said), metrics={**file.metrics, **options.metrics})


def _word(given: Given) -> str:
    if not isinstance(given, Scalar) or not given.text:
        raise error_at(given, "one column's name was expected")
    return given.text


def _words(given: Given) -> tuple[str, ...]:
    return tuple(map(_word, given.items)) if isinstance(given, Sequence) else (_word(given),)


def _metrics(given: Given) -> dict[str, str]:
    if not isinstance(given, Mapping):
        raise error_at(given, "metrics with their columns were expected, such as  {val_loss: validation_loss}")
    return {key.text: _word(value) for key, value in given.pairs}


_READ: dict[str, Callable[[Given], Any]] = {
    "trial": _words,
    "step": _word,
    "unit": _word,
    "seconds": _word,
    "metrics": _metrics,
    "parameters": _words,
    "repeat": _word,
    "block": _word,
    "leave_out": _words,
}
