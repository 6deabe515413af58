"""The sweeps that are set side by side, and what they share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import TypeVar

import numpy as np
import pandas as pd

from sweeper.reporting.frames import SweepFrames
from sweeper.reporting.metrics.curves import objective_curves
from sweeper.reporting.metrics.repeats import best_so_far
from sweeper.reporting.metrics.targets import epochs_to, target_of
from sweeper.reporting.reading.runs import PARAM
from sweeper.reporting.reading.sweep import Sweep
from sweeper.reporting.statistics.pairs import losses
from sweeper.reporting.story.subject import Subject
from sweeper.reporting.text import clean, listed

Value = TypeVar("Value")


@dataclass(frozen=True)
class Several:
    """Two sweeps or more, each under a name of its own, in the order in which they were named; `places` are those that they
    have among all that were named, so that a sweep keeps its colour in every part."""

    subjects: tuple[Subject, ...]
    places: tuple[int, ...]

    @staticmethod
    def of(frames: Sequence[SweepFrames]) -> Several:
        return Several(tuple(Subject(one) for one in frames), tuple(range(len(frames))))

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(clean(subject.frames.sweep.name, 64) for subject in self.subjects)

    @property
    def first(self) -> Subject:
        """Whose words for the metric are everybody's, where all seek the same."""
        return self.subjects[0]

    @cached_property
    def seek_the_same(self) -> bool:
        """Whether all have the objective's metric and direction in common."""
        return len({(sweep.objective.metric, sweep.objective.maximize) for sweep in self._sweeps}) == 1

    @cached_property
    def same_data(self) -> bool | None:
        """Whether all were trained on the same data, by their digests; None where one of them does not say."""
        digests = {sweep.data.get("digest", "") for sweep in self._sweeps}
        if "" not in digests:
            return len(digests) == 1
        names = {sweep.data["name"] for sweep in self._sweeps if sweep.data.get("name")}
        return False if len(names) > 1 else None

    @cached_property
    def same_unit(self) -> bool:
        return len({sweep.unit for sweep in self._sweeps}) == 1

    @property
    def may_be_ranked(self) -> bool:
        """Whether every value can be held against every other."""
        return self.seek_the_same and self.same_data is not False

    def only(self, *places: int) -> Several:
        """Some of them by themselves: what holds for all together need not hold for these."""
        return Several(tuple(self.subjects[place] for place in places), tuple(self.places[place] for place in places))

    @cached_property
    def rankable(self) -> list[Several]:
        """Those whose values can be held against each other: all, or the parts of two or more that have objective and data in
        common."""
        if self.may_be_ranked:
            return [self]
        parts = _by((f"{_sought(sweep)} on {_data(sweep)}" for sweep in self._sweeps), range(len(self._sweeps)))
        return [self.only(*places) for places in parts.values() if len(places) > 1]

    @cached_property
    def unlike(self) -> list[str]:
        """A sentence for each thing that forbids a comparison or narrows it."""
        found = []
        if not self.seek_the_same:
            sought = _by(map(_sought, self._sweeps), self.names)
            said = [
                f"{listed(names)} {what if len(names) == 1 else what.replace('s ', ' ', 1)}" for what, names in sought.items()
            ]
            found.append(self._apart("seek the same", said))
        if self.same_data is False:
            data = _by(map(_data, self._sweeps), self.names)
            found.append(self._apart("have the same data", [f"{listed(names)} {what}" for what, names in data.items()]))
        if self.same_data is None:
            pairs = [self.only(*pair).same_data for pair in combinations(range(len(self.subjects)), 2)]
            rest = (
                ": only those that are known to have the same are set against each other."
                if True in pairs
                else ", so what stands here is a description and no more."
            )
            found.append(f"Whether all had the same data is not recorded{rest}")
        if not self.same_unit:
            units = [f"{name} {sweep.unit}s" for name, sweep in zip(self.names, self._sweeps, strict=True)]
            found.append(f"Their curves do not count the same: {listed(units)}. How fast they were is not compared.")
        return found

    def _apart(self, what: str, said: Sequence[str]) -> str:
        """`They do not all seek the same: a and b minimize val_loss; c maximizes val_f1.`, and what follows from it."""
        if len(said) == len(self.subjects):
            return f"They do not {what}: {listed(said)}. No value of one is held against a value of another."
        rest = "Values are held against each other only where objective and data are the same."
        return f"They do not all {what}: {'; '.join(said)}. {rest}"

    @cached_property
    def losses(self) -> tuple[pd.Series, ...]:
        """Loss-like values of each sweep's trials; see `pairs.losses`."""
        return tuple(losses(subject.frames) for subject in self.subjects)

    @cached_property
    def target(self) -> float | None:
        """A value of the metric that is common to all: the one that all name, else the median of all trials' best values. None
        where values or curves cannot be held against each other."""
        if not self.may_be_ranked or not self.same_unit:
            return None
        named = {sweep.target for sweep in self._sweeps}
        target = self._sweeps[0].target
        if len(named) == 1 and target is not None:
            return target
        level = target_of(pd.concat([y[np.isfinite(y)] for y in self.losses]))
        return None if level is None else float(self.first.orientation.as_metric(level))

    def reached(self, place: int) -> pd.Series[int]:
        """The first epoch at the common target of each trial of a sweep that has ended; missing where it never came there."""
        subject, target = self.subjects[place], self.target
        assert target is not None
        trials = subject.racing
        curves = objective_curves(subject.frames.epochs, subject.orientation)
        found = epochs_to(best_so_far(curves), float(subject.orientation.loss_like(target)))
        return found.reindex(trials["number"]).where((trials["reason"] != "diverged").to_numpy())

    @cached_property
    def common_choices(self) -> list[str]:
        """Choices that every sweep sets against others, by the same parameters; empty where there are none."""
        compared = {sweep.compare for sweep in self._sweeps}
        if len(compared) > 1 or not self._sweeps[0].compare:
            return []
        return [choice for choice in self.first.choices if all(choice in subject.choices for subject in self.subjects)]

    @cached_property
    def parameters(self) -> list[str]:
        """All parameters of any trial of any sweep, in the order in which they come."""
        names = (str(name) for subject in self.subjects for name in subject.trials if str(name).startswith(PARAM))
        return list(dict.fromkeys(name.removeprefix(PARAM) for name in names))

    @cached_property
    def _sweeps(self) -> tuple[Sweep, ...]:
        return tuple(subject.frames.sweep for subject in self.subjects)


def _by(keys: Iterable[str], values: Iterable[Value]) -> dict[str, list[Value]]:
    """The values of each key, in the order in which they come."""
    found: dict[str, list[Value]] = {}
    for key, value in zip(keys, values, strict=True):
        found.setdefault(key, []).append(value)
    return found


def _sought(sweep: Sweep) -> str:
    return f"{'maximizes' if sweep.objective.maximize else 'minimizes'} {clean(sweep.objective.metric, 60)}"


def _data(sweep: Sweep) -> str:
    name, digest = clean(sweep.data.get("name", ""), 40), clean(sweep.data.get("digest", ""), 8)
    return f"{name or 'without a name'}{f' ({digest})' if digest else ''}"
