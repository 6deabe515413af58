"""All trials of a conditional tree, by an odometer: each run of `configure` answers the questions that come up, and the
last answer that can still move is moved for the next run. A branch's questions come up only inside it, so every branch
is complete and nothing is counted twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from sweeper.records import Value
from sweeper.spaces.resolving import Drawn
from sweeper.spaces.space import SearchSpace
from sweeper.spaces.tree import Range

ValuesOf = Callable[[str, Range], Sequence[int | float]]
_T = TypeVar("_T")
OptionsOf = Callable[[str, tuple[Value, ...]], Sequence[Value]]


def enumerate_trials(space: SearchSpace, numbers: ValuesOf, options: OptionsOf) -> Iterator[Drawn]:
    """Every combination of the values that `numbers` gives for ranges and `options` for choices."""
    answers: list[int] = []
    while True:
        odometer = _Odometer(answers, numbers, options)
        yield space.configure(odometer)
        answers = odometer.answers
        while answers and answers[-1] + 1 >= odometer.counts[len(answers) - 1]:
            answers.pop()
        if not answers:
            return
        answers[-1] += 1


class _Odometer:
    def __init__(self, answers: list[int], numbers: ValuesOf, options: OptionsOf) -> None:
        self.answers, self.counts = list(answers), list[int]()
        self._numbers, self._options = numbers, options

    def number(self, name: str, range: Range) -> int | float:
        return self._next(self._numbers(name, range))

    def option(self, name: str, options: tuple[Value, ...]) -> Value:
        return self._next(self._options(name, options))

    def _next(self, values: Sequence[_T]) -> _T:
        position = len(self.counts)
        self.counts.append(len(values))
        if position == len(self.answers):
            self.answers.append(0)
        return values[self.answers[position]]
