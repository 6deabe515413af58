"""What every section asks of a sweep: its counts, its words, its best trials, its choices and their colours."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from sweeper.reporting.frames import SweepFrames
from sweeper.reporting.metrics.curves import RUN, objective_curves, usable
from sweeper.reporting.metrics.orientation import Orientation
from sweeper.reporting.reading.runs import PARAM
from sweeper.reporting.story.blocks import GREY
from sweeper.reporting.text import NONE, clean, count, minus

COLOURS = 5
_PARTS = {"val": "validation", "train_eval": "training", "train": "training", "test": "test"}


def metric_words(key: str, split: str, name: str) -> str:
    """`val_loss` as `validation loss`."""
    return f"{_PARTS[split]} {clean(name.replace('_', ' '))}" if split in _PARTS else clean(key)


@dataclass(frozen=True)
class Subject:
    """A sweep and what is asked of it again and again; everything is computed once."""

    frames: SweepFrames

    @property
    def trials(self) -> pd.DataFrame:
        return self.frames.trials

    @cached_property
    def orientation(self) -> Orientation:
        return self.frames.orientation

    @cached_property
    def metric(self) -> str:
        """The objective in words: `validation loss`."""
        return metric_words(self.frames.sweep.objective.metric, "val", self.orientation.metric)

    @cached_property
    def repeated(self) -> bool:
        return bool((self.trials["repeat"] > 0).any())

    def runs(self, n: int) -> str:
        """`21 trials`; with repeats, where a trial is trained several times, `63 runs`."""
        return count(n, "run" if self.repeated else "trial")

    @cached_property
    def counts(self) -> dict[str, int]:
        """Rows by how they ended: complete, pruned (without diverged), diverged, failed, running; they add up to all."""
        diverged = (self.trials["reason"] == "diverged") & (self.trials["state"] == "PRUNED")
        words = self.trials["state"].str.lower().mask(diverged, "diverged")
        return {word: int((words == word).sum()) for word in ("complete", "pruned", "diverged", "failed", "running")}

    def counted(self, always: tuple[str, ...] = ("complete",)) -> str:
        """`48 complete, 5 pruned, 7 diverged`: what is not zero."""
        return ", ".join(f"{n} {word}" for word, n in self.counts.items() if n or word in always)

    @cached_property
    def ranking(self) -> pd.DataFrame:
        """The complete trials' first repeats, best `trial_value` first, a tie by number."""
        ranked = self.trials[self.trials["trial_value"].notna()].drop_duplicates("number")
        order = self.orientation.loss_like(ranked["trial_value"])
        return ranked.assign(order=order).sort_values(["order", "number"]).drop(columns="order")

    @cached_property
    def best(self) -> pd.Series | None:
        return self.ranking.iloc[0] if len(self.ranking) else None

    @cached_property
    def baseline(self) -> pd.Series | None:
        """The trial whose phase is `baseline`, whatever became of it."""
        found = self.trials[self.trials["phase"] == "baseline"]
        return found.iloc[0] if len(found) else None

    @cached_property
    def curves(self) -> pd.DataFrame:
        """The usable epochs of `objective_curves`, as values of the metric (not loss-like)."""
        known = usable(objective_curves(self.frames.epochs, self.orientation))
        as_metric = self.orientation.as_metric
        return known.assign(validation=as_metric(known["validation"]), training=as_metric(known["training"]))

    def curve(self, row: pd.Series) -> pd.DataFrame:
        return self._by_run.get((row["number"], row["repeat"]), self.curves.iloc[:0])

    @cached_property
    def _by_run(self) -> dict[tuple[int, int], pd.DataFrame]:
        parts = (part for _, part in self.curves.groupby(RUN))
        return {(int(part["number"].iloc[0]), int(part["repeat"].iloc[0])): part for part in parts}

    @property
    def compares(self) -> bool:
        return bool(self.frames.sweep.compare) and bool(len(self.trials))

    @cached_property
    def choices(self) -> list[str]:
        """The choices in the order in which the sweep first tried them; the first is the reference."""
        return list(dict.fromkeys(self.trials.sort_values(RUN)["choice"])) if self.compares else []

    @cached_property
    def colours(self) -> dict[str, int]:
        """Each choice's place in the palette: beyond five, the reference and the best four have one, the others are grey."""
        if len(self.choices) <= COLOURS:
            return {choice: place for place, choice in enumerate(self.choices)}
        best = [choice for choice in dict.fromkeys(self.ranking["choice"]) if choice != self.choices[0]][: COLOURS - 1]
        coloured = [self.choices[0], *best]
        return {choice: coloured.index(choice) if choice in coloured else GREY for choice in self.choices}

    @cached_property
    def searched(self) -> list[str]:
        """Parameters that were searched, as far as any trial has them: those that the parent run names.

        Where it names none, those that take several values and are not among its fixed ones.
        """
        names = [str(column).removeprefix(PARAM) for column in self.trials if str(column).startswith(PARAM)]
        if self.frames.sweep.searched:
            return [name for name in names if name in self.frames.sweep.searched]
        free = [name for name in names if name not in self.frames.sweep.fixed]
        return free if len(self.trials) == 1 else [name for name in free if self.varies(name)]

    def varies(self, name: str) -> bool:
        """Whether the trials that have this parameter have different values of it."""
        return bool(self.trials[PARAM + name].nunique() > 1)


def shown(value: object) -> str:
    """A parameter's value as a table writes it."""
    if value is None or value is pd.NA or (isinstance(value, float) and value != value):
        return NONE
    if isinstance(value, float):
        return minus(f"{value:.3g}")
    return clean(value, 48)


def trial_name(row: pd.Series, repeats: bool = False) -> str:
    return f"trial {row['number']}" + (f", repeat {row['repeat']}" if repeats else "")
