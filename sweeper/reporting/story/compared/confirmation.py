"""The best configurations with fresh seeds: what they came to when they were chosen and what they come to again."""

from __future__ import annotations

import math
from functools import cached_property

import pandas as pd

from sweeper.reporting.reading.confirmation import Confirmation
from sweeper.reporting.statistics.again import contests, optimism, seeds_of, trained_again
from sweeper.reporting.statistics.evidence import ranked
from sweeper.reporting.statistics.verdict import BETTER, NOT_ENOUGH, SMALL, UNDECIDED, least
from sweeper.reporting.story.blocks import GREY, Axis, Caption, Cell, Chart, Head, Line, Mark, Points, Section, Table
from sweeper.reporting.story.compared.comparing import end, p_words, verdict_words
from sweeper.reporting.story.compared.isolation import value_axis
from sweeper.reporting.story.subject import COLOURS, Subject
from sweeper.reporting.text import NONE, clean, count, listed, number

TITLE = "The best trained again"
_NAMED = 4
"""So many comparisons have a sentence; the table has all."""
_ROWS = 12


def confirmation(subject: Subject) -> Section | None:
    """None for a sweep whose best configurations were not trained again."""
    if subject.frames.confirmation is None:
        return None
    again = Again(subject, subject.frames.confirmation)
    sentences = (again.what(), *again.regression(), *again.contests())
    return Section("confirmation", TITLE, sentences, (_figure(again), _table(again)))


def confirmation_sentences(subject: Subject) -> list[str]:
    """What fresh seeds say of the best; nothing where there are none."""
    found = subject.frames.confirmation
    return [] if found is None else [*Again(subject, found).regression(), *Again(subject, found).contests()[:1]]


class Again:
    """A confirmation in words; `rows` has the configurations, the best when they were chosen first."""

    def __init__(self, subject: Subject, found: Confirmation) -> None:
        self.subject, self.found = subject, found
        self.rows = trained_again(found, subject.orientation)

    @cached_property
    def names(self) -> dict[int, str]:
        """`trial 19 (relu)`: by the number where it was chosen, with its choice there."""
        named = {}
        for place, trial in enumerate(self.found.chosen.trials):
            own = self._parameters(place, trial)
            choice = " · ".join(
                clean(own[f"params.{path}"], 40) for path in self.found.chosen.compare if f"params.{path}" in own
            )
            named[trial] = f"trial {trial}" + (f" ({choice})" if choice else "")
        return named

    @cached_property
    def pairs(self) -> pd.DataFrame:
        names = {str(trial): name for trial, name in self.names.items()}
        rows = contests(self.found, self.subject.orientation, self.subject.rerun.sd)
        return ranked(rows.assign(a=rows["a"].map(names).astype("str"), b=rows["b"].map(names).astype("str")))

    def what(self) -> str:
        chosen, sweep = self.found.chosen, clean(self.found.sweep.name, 64)
        each = "the best of each choice" if chosen.compare else "the best"
        seeds = count(int(self.rows["seeds"].max()), "fresh seed")
        those = f"{count(len(self.rows), 'configuration')} of {clean(chosen.sweep, 64)} again ({each})"
        luck = "What is chosen as the best of many was in part lucky; with fresh seeds that luck is gone."
        return f"{sweep} trained {those}, with {seeds}{'' if len(self.rows) == 1 else ' each'}. {luck}"

    def regression(self) -> list[str]:
        """What the first of them came to, and by how much all came out worse than when they were chosen."""
        first, told = self.rows.iloc[0], []
        name = _opening(self.names[int(first["trial"])])
        if math.isnan(first["mean"]):
            told.append(f"{name}, the best when they were chosen, has no value with fresh seeds.")
        else:
            seeds = count(int(first["seeds"] - first["diverged"]), "seed")
            told.append(
                f"{name}, the best when they were chosen, had {self.subject.metric} {self.metric(first['chosen'])} then; "
                f"with fresh seeds it has {self.metric(first['mean'])}{self._interval(first)} on average of {seeds}"
                f"{_diverged(int(first['diverged']))}."
            )
        worse, known = int((self.rows["mean"] > self.rows["chosen"]).sum()), int(self.rows["mean"].notna().sum())
        mean, low, high = optimism(self.rows)
        if known > 1:
            how = f"by {number(mean)} [{end(low)}, {end(high)}]" if mean > 0 else "no worse"
            luck = ": that much of what they were chosen for was luck" if low > 0 else ""
            left_out = " Seeds that diverged are in none of these means." if self.rows["diverged"].sum() else ""
            told.append(f"{worse} of {known} came out worse than when they were chosen, on average {how}{luck}.{left_out}")
        return told

    def contests(self) -> list[str]:
        """The best one against the others, by their seeds, and what that says."""
        if not len(self.pairs):
            return []
        family = int((self.pairs["why"] == "").sum())
        if set(self.pairs["verdict"]) == {NOT_ENOUGH} and family:
            return [self._too_few(family)]
        undecided = self.pairs[self.pairs["verdict"] == UNDECIDED]
        rows = self.pairs if len(undecided) < 2 else self.pairs.drop(undecided.index)
        told = [_opening(verdict_words(self.subject, row, family)) for _, row in rows.head(_NAMED).iterrows()]
        rest = len(rows) - len(told)
        more = [f"{count(rest, 'more comparison')} {'is' if rest == 1 else 'are'} in the table."] if rest > 0 else []
        open_ = [self._undecided(undecided)] if len(undecided) > 1 else []
        return [
            *told,
            *more,
            *open_,
            "The test is valid given these configurations: it compares them, not the choices in general.",
        ]

    def _undecided(self, rows: pd.DataFrame) -> str:
        first = self.names[self.found.chosen.trials[0]]
        others = sorted((str(row["b"] if row["a"] == first else row["a"]) for _, row in rows.iterrows()), key=self._place)
        return f"Undecided between {first} and each of {listed(others)}: the table has the differences with their intervals."

    def _place(self, name: str) -> int:
        return list(self.names.values()).index(name)

    def _too_few(self, family: int) -> str:
        seeds, fewest = int(self.rows["seeds"].max()), least(False, family)
        name, wanted = clean(self.found.chosen.sweep, 64), max(fewest, 2 * seeds)
        return (
            f"{count(seeds, 'seed')} of each {'is' if seeds == 1 else 'are'} too few to tell {len(self.rows)} configurations "
            f"from each other, {fewest} are the least: sweep confirm {name} --seeds {wanted}."
        )

    def metric_values(self) -> list[tuple[float, ...]]:
        """The value of each seed that did not diverge, as the metric."""
        values = seeds_of(self.found, self.subject.orientation)
        return [tuple(float(self.subject.orientation.as_metric(y)) for y in own if math.isfinite(y)) for own in values]

    def _parameters(self, place: int, trial: int) -> pd.Series:
        """The row of a configuration in the sweep that is told of: the one that chose it, or the one that trained it again."""
        trials = self.subject.trials
        rows = trials[trials["number"] == (trial if self.found is self.subject.frames.confirmed else place)]
        return rows.iloc[0] if len(rows) else pd.Series(dtype="object")

    def metric(self, y: float) -> str:
        return number(float(self.subject.orientation.as_metric(y)))

    def _interval(self, row: pd.Series) -> str:
        if math.isnan(row["low"]):
            return ""
        ends = sorted(float(self.subject.orientation.as_metric(row[name])) for name in ("low", "high"))
        return f" [{number(ends[0])}, {number(ends[1])}]"


def _diverged(seeds: int) -> str:
    return f"; {seeds} more diverged" if seeds else ""


def _opening(text: str) -> str:
    return text[0].upper() + text[1:]


def _figure(again: Again) -> Chart:
    shown = list(again.found.chosen.trials)[:_ROWS]
    seeds, marks, every = again.metric_values(), list[Mark](), list[float]()
    for place, trial in enumerate(shown):
        y, values = float(len(shown) - 1 - place), seeds[place]
        colour, name = place if place < COLOURS else GREY, again.names[trial]
        chosen = float(again.subject.orientation.as_metric(again.rows["chosen"].iloc[place]))
        every += [chosen, *values]
        if values:
            mean = sum(values) / len(values)
            marks.append(Points(values, (y,) * len(values), colour, tuple(f"{name}: {number(value)}" for value in values)))
            marks.append(Line((mean, mean), (y - 0.3, y + 0.3), colour, f"{name}: mean {number(mean)}"))
        marks.append(Points((chosen,), (y,), GREY, (f"{name} when it was chosen: {number(chosen)}",), "ring"))
    ticks = tuple((float(len(shown) - 1 - place), again.names[trial]) for place, trial in enumerate(shown))
    seeds_words = (
        f"{count(sum(map(len, seeds[: len(shown)])), 'training')} with fresh seeds of {count(len(shown), 'configuration')}."
    )
    caption = Caption(
        "Does what was best come out as well again?",
        seeds_words,
        "The ring is the value for which a configuration was chosen, a dot a training with a fresh seed, the bar their mean.",
    )
    x, rows = value_axis(again.subject.metric, min(every), max(every)), Axis("", -0.6, len(shown) - 0.4, ticks=ticks)
    return Chart("confirmation", tuple(marks), x, rows, caption, 90 + 42 * max(len(shown), 2))


def _table(again: Again) -> Table:
    first = again.names[again.found.chosen.trials[0]]
    against = {row["b"] if row["a"] == first else row["a"]: row for _, row in again.pairs.iterrows()}
    rows = []
    for (_, row), seeds in zip(again.rows.iterrows(), again.metric_values(), strict=True):
        name = again.names[int(row["trial"])]
        rows.append(
            (
                Cell(name),
                Cell(again.metric(row["chosen"]), sort=row["chosen"]),
                Cell(again.metric(row["mean"]), f"± {number(row['sd'])}" if not math.isnan(row["sd"]) else ""),
                Cell(str(len(seeds)), f"{row['diverged']:.0f} diverged" if row["diverged"] else ""),
                *_against(against.get(name), first),
            )
        )
    names = ("Configuration", "When chosen", "Fresh seeds", "Seeds", "Against the first one", "Worse by", "p, Holm")
    heads = tuple(Head(name, right=place not in (0, 4)) for place, name in enumerate(names))
    note = (
        "± is the standard deviation between seeds. Worse by: the typical difference of a seed of this configuration and one "
        "of the first (Hodges and Lehmann), with its 95 % interval; p is corrected for the number of comparisons."
    )
    return Table(heads, tuple(rows), note, phone=3)


def _against(row: pd.Series | None, first: str) -> tuple[Cell, Cell, Cell]:
    """How a configuration stands to the first one."""
    if row is None or row["why"]:
        return Cell(NONE), Cell(NONE), Cell(NONE)
    behind = row["a"] == first
    words = {BETTER: "worse" if behind else "better", SMALL: f"{'worse' if behind else 'better'}, but not beyond noise"}
    low, at, high = row["shift_low"], row["shift"], row["shift_high"]
    low, at, high = (low, at, high) if behind else (-high, -at, -low)
    return (
        Cell(words.get(row["verdict"], row["verdict"])),
        Cell(end(at), f"{end(low)} to {end(high)}", sort=at),
        Cell(p_words(row["p_holm"])),
    )
