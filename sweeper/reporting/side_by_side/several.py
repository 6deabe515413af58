"""The sweeps that are set side by side, and what they share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

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


@dataclass(frozen=True)
class Several:
    """Two sweeps or more, each under a name of its own, in the order in which they were named."""

    subjects: tuple[Subject, ...]

    @staticmethod
    def of(frames: Sequence[SweepFrames]) -> Several:
        return Several(tuple(Subject(one) for one in frames))

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
        """Whether one value can be held against another at all."""
        return self.seek_the_same and self.same_data is not False

    @cached_property
    def unlike(self) -> list[str]:
        """A sentence for each thing that forbids a comparison or narrows it."""
        found = []
        if not self.seek_the_same:
            sought = [
                f"{name} {'maximizes' if sweep.objective.maximize else 'minimizes'} {clean(sweep.objective.metric, 60)}"
                for name, sweep in zip(self.names, self._sweeps, strict=True)
            ]
            found.append(f"They do not seek the same: {listed(sought)}. No value of one is held against a value of another.")
        if self.same_data is False:
            data = [f"{name} {_data(sweep.data)}" for name, sweep in zip(self.names, self._sweeps, strict=True)]
            found.append(f"Their data are not the same: {listed(data)}. No value of one is held against a value of another.")
        if self.same_data is None:
            found.append("Whether all had the same data is not recorded, so what stands here is a description and no more.")
        if not self.same_unit:
            units = [f"{name} {sweep.unit}s" for name, sweep in zip(self.names, self._sweeps, strict=True)]
            found.append(f"Their curves do not count the same: {listed(units)}. How fast they were is not compared.")
        return found

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


def _data(data: Mapping[str, str]) -> str:
    name, digest = clean(data.get("name", ""), 40), clean(data.get("digest", ""), 8)
    return f"{name or 'without a name'}{f' ({digest})' if digest else ''}"
