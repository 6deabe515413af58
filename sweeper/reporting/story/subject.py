"""What every section asks of a sweep: its counts, its words, its best trials, its choices and their colours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from sweeper.reporting.frames import SweepFrames
from sweeper.reporting.metrics.curves import objective_curves
from sweeper.reporting.metrics.orientation import Orientation
from sweeper.reporting.metrics.repeats import mean_curves
from sweeper.reporting.reading.ranges import Range, range_for
from sweeper.reporting.reading.runs import PARAM
from sweeper.reporting.statistics.convergence import convergence_of
from sweeper.reporting.statistics.gaps import GapPair, gaps_of
from sweeper.reporting.statistics.importance import Importance, importance
from sweeper.reporting.statistics.pairs import choices_of, factors_of, pairs_of
from sweeper.reporting.statistics.rerun import Rerun, noise_of
from sweeper.reporting.statistics.speed import racing_of, speed_of
from sweeper.reporting.statistics.surrogate import Surrogate, surrogate_of
from sweeper.reporting.story.blocks import GREY
from sweeper.reporting.text import NONE, clean, count, minus, number

COLOURS = 5
_EPOCH = ("trial", "epoch")
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

    @property
    def unit(self) -> str:
        """What the x of the curves counts: `epoch`, and of imported curves perhaps `step` or `second`."""
        return self.frames.sweep.unit

    @property
    def units(self) -> str:
        return f"{self.unit}s"

    @cached_property
    def repeated(self) -> bool:
        """Whether a configuration is trained more than once."""
        return bool((self.trials["repeats"] > 1).any())

    @cached_property
    def averaged(self) -> str:
        """Over what a trial's values are means: `3 seeds`, `5 folds`, `3 seeds x 5 folds`."""
        folds = int(self.frames.runs["fold"].max()) + 1
        seeds = -(-(int(self.frames.runs["repeat"].max()) + 1) // folds)
        factors = [count(seeds, "seed")] * (seeds > 1) + [count(folds, "fold")] * (folds > 1)
        return " x ".join(factors)

    @cached_property
    def counts(self) -> dict[str, int]:
        """Trials by how they ended: complete, pruned (without diverged), diverged, failed, running; they add up to all."""
        diverged = (self.trials["reason"] == "diverged") & (self.trials["state"] == "PRUNED")
        words = self.trials["state"].str.lower().mask(diverged, "diverged")
        return {word: int((words == word).sum()) for word in ("complete", "pruned", "diverged", "failed", "running")}

    def counted(self, always: tuple[str, ...] = ("complete",)) -> str:
        """`48 complete, 5 pruned, 7 diverged`: what is not zero."""
        return ", ".join(f"{n} {word}" for word, n in self.counts.items() if n or word in always)

    @cached_property
    def ranking(self) -> pd.DataFrame:
        """The complete trials, best `trial_value` first, a tie by number."""
        ranked = self.trials[self.trials["trial_value"].notna()]
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
    def loss_like(self) -> pd.DataFrame:
        """The loss-like curves of each training, from the state before training on; see `objective_curves`."""
        return objective_curves(self.frames.epochs, self.orientation, first=0)

    @cached_property
    def curves(self) -> pd.DataFrame:
        """The curves of each trial, means over its repeats, as values of the metric (not loss-like); see `mean_curves`."""
        known = self.loss_like[self.loss_like["epoch"] >= 1]
        as_metric = self.orientation.as_metric
        return mean_curves(known).transform(lambda values: values if values.name in _EPOCH else as_metric(values))

    def curve(self, row: pd.Series) -> pd.DataFrame:
        trials = self.curves["trial"].to_numpy()  # in their order
        first, end = np.searchsorted(trials, [row["number"], row["number"] + 1])
        return self.curves.iloc[first:end]

    @property
    def compares(self) -> bool:
        return bool(self.frames.sweep.compare) and bool(len(self.trials))

    @cached_property
    def choices(self) -> list[str]:
        """The choices in the order of the space, else in that of trying them; the first is the reference."""
        return choices_of(self.trials, self.frames.sweep) if self.compares else []

    @cached_property
    def factors(self) -> dict[str, list[str]]:
        """The levels of each compared parameter, in the same order."""
        return factors_of(self.trials, self.frames.levels, self.frames.sweep.offered) if self.compares else {}

    @property
    def crossed(self) -> bool:
        """Whether several parameters are compared at once, each level of one with each of another."""
        return len(self.factors) > 1

    @cached_property
    def pairs(self) -> pd.DataFrame:
        """Every pair of choices, compared; see `statistics.pairs`."""
        return pairs_of(self.frames)

    @cached_property
    def racing(self) -> pd.DataFrame:
        """The trials whose way to a common target counts; see `statistics.speed`."""
        return racing_of(self.frames)

    @cached_property
    def speed(self) -> pd.DataFrame:
        """Every pair of choices on the way to a common target; see `statistics.speed`."""
        return speed_of(self.frames, self.pairs)

    @cached_property
    def convergence(self) -> pd.DataFrame:
        """How each choice came to the common targets; see `statistics.convergence`."""
        return convergence_of(self.frames)

    @cached_property
    def gaps(self) -> list[GapPair]:
        """Every choice's gap against the first one's, or that without any; see `statistics.gaps`."""
        return gaps_of(self.frames, self.loss_like)

    @cached_property
    def rerun(self) -> Rerun:
        """How far apart two trainings of one configuration end."""
        return noise_of(self.frames)

    @cached_property
    def looked_at(self) -> pd.DataFrame:
        """The trainings whose layers were looked at: the frame `signal` with number, choice and label of the trial."""
        if not len(self.frames.layers):
            return self.frames.layers.assign(signal="")
        known = self.frames.runs[["trial", "repeat", "choice", "label"]]
        return self.frames.signal.merge(known, on=["trial", "repeat"]).rename(columns={"trial": "number"})

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

    @cached_property
    def spans(self) -> Mapping[str, Range]:
        """The ranges of the searched numbers: as the sweep declared them, else as its trials show them."""
        known = {name: range_for(name, self.trials[PARAM + name], self.frames.sweep.ranges) for name in self.searched}
        return {name: span for name, span in known.items() if span is not None}

    @cached_property
    def surrogate(self) -> Surrogate | None:
        """What predicts a trial's value from its parameters, of complete and diverged trials; the best and the baseline are
        always among them."""
        y = self.orientation.loss_like(self.trials["trial_value"].astype("float64"))
        y = y.mask(self.trials["reason"] == "diverged", float("inf"))
        always = [int(row["number"]) for row in (self.best, self.baseline) if row is not None]
        return surrogate_of(self.trials, self.searched, self.spans, y, self.frames.sweep.number, always)

    @cached_property
    def importance(self) -> Importance | None:
        """Which parameters matter; None where the surrogate is not to be trusted."""
        model = self.surrogate
        if model is None or not model.trusted or self.best is None:
            return None
        return importance(model, int(self.best["number"]), self.frames.sweep.number)

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


def factor_words(path: str) -> str:
    """`activation` for `model.mlp.activation`."""
    return clean(path.rsplit(".", 1)[-1].replace("_", " "), 40)


def trial_name(row: pd.Series) -> str:
    return f"trial {row['number']}"


def spread_words(row: pd.Series) -> str:
    """`± 0.003`, the standard deviation between a trial's repeats; nothing where there is none."""
    return "" if pd.isna(row["spread"]) or pd.isna(row["value"]) else f"± {number(float(row['spread']))}"
