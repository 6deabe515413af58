"""The object a space's function asks for values: Optuna's three `suggest_...` methods, checked as strictly as a file."""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Sequence
from typing import Literal

from sweeper.errors import SpaceError
from sweeper.records import Value
from sweeper.spaces.nodes import Source
from sweeper.spaces.resolving import Suggest
from sweeper.spaces.tree import Range

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,199}")


class Suggestions:
    """One trial's questions. `known` holds what each name meant in earlier trials: no name may mean two things."""

    def __init__(self, suggest: Suggest, source: Source, known: dict[str, Range | tuple[Value, ...]]) -> None:
        self._suggest, self._source, self._known = suggest, source, known
        self.parameters: dict[str, Value] = {}

    def suggest_float(self, name: str, low: float, high: float, *, step: float | None = None, log: bool = False) -> float:
        """A number from `low` to `high`, both included."""
        ends = (float(low), float(high)) if isinstance(low, int | float) and isinstance(high, int | float) else (low, high)
        return float(self._number(name, "float", *ends, step, log))

    def suggest_int(self, name: str, low: int, high: int, *, step: int = 1, log: bool = False) -> int:
        """A whole number from `low` to `high`, both included."""
        return int(self._number(name, "int", low, high, None if step == 1 else step, log))

    def suggest_categorical(self, name: str, choices: Sequence[Value]) -> Value:
        """One of `choices`: texts, numbers, True, False or None."""
        values = tuple(choices)
        if not values or any(not isinstance(value, bool | int | float | str | None) for value in values):
            raise self._error(f"the choices of '{name}' are {choices!r}; texts, numbers, True, False and None can be chosen")
        if len(set(values)) != len(values):
            raise self._error(f"the choices of '{name}' repeat a value: {choices!r}")
        self._check(name, values)
        if name not in self.parameters:
            self.parameters[name] = self._suggest.option(name, values)
        return self.parameters[name]

    def _number(
        self, name: str, kind: Literal["int", "float"], low: float, high: float, step: float | None, log: bool
    ) -> float:
        for value in (low, high, *(() if step is None else (step,))):
            wrong_type = isinstance(value, bool) or not isinstance(value, int if kind == "int" else int | float)
            if wrong_type or not math.isfinite(value) or (kind == "int" and abs(value) > 2**53):
                raise self._error(f"the range of '{name}' has the end or step {value!r}; a finite {kind} was expected")
        if low >= high or (log and low <= 0) or (step is not None and (log or step <= 0)):
            raise self._error(
                f"the range of '{name}' is from {low!r} to {high!r} with log={log} and step={step}; low below high, "
                "log only above 0 and without step was expected"
            )
        found = Range(kind, low, high, log, step, None, name, name)
        if not found.holds(high):
            raise self._error(f"steps of {step!r} from {low!r} do not end at {high!r} in '{name}'")
        self._check(name, found)
        if name not in self.parameters:
            self.parameters[name] = self._suggest.number(name, found)
        value = self.parameters[name]
        assert isinstance(value, int | float)
        return value

    def _check(self, name: str, meaning: Range | tuple[Value, ...]) -> None:
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise self._error(f"{name!r} cannot name a parameter; letters, digits, '_', '-' and '.' can")
        if self._known.setdefault(name, meaning) != meaning:
            raise self._error(f"'{name}' meant something else before; give each range and choice a name of its own")

    def _error(self, problem: str) -> SpaceError:
        """The error, at the line of the user's file from which the question came."""
        frame = sys._getframe(1)
        while frame.f_back is not None and frame.f_code.co_filename == __file__:
            frame = frame.f_back
        return self._source.error(problem, frame.f_lineno, 1)
