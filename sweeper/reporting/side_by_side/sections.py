"""What is said of several sweeps: sections of sentences, tables and figures."""

from __future__ import annotations

import pandas as pd

from sweeper.reporting.metrics.labels import LABELS
from sweeper.reporting.side_by_side.charts import arrivals_chart, colour_of, values_chart
from sweeper.reporting.side_by_side.contests import contests
from sweeper.reporting.side_by_side.parameters import differing, parameter_table
from sweeper.reporting.side_by_side.several import Several
from sweeper.reporting.statistics.evidence import ranked
from sweeper.reporting.story.blocks import Block, Cell, Head, Report, Section, Table
from sweeper.reporting.story.compared.comparing import counted, interval_cell, p_words, verdict_words, wins_cell
from sweeper.reporting.story.generalization.shapes import judged
from sweeper.reporting.story.subject import spread_words
from sweeper.reporting.text import NONE, clean, count, listed, number, seconds

_SENTENCES = 6


def sections_of(several: Several) -> tuple[Section, ...]:
    """In the order of reading; those that have nothing to say are left out."""
    told = (_sweeps, _contests, _choices, _speed, _curves, _parameters)
    return tuple(section for tell in told if (section := tell(several)) is not None)


def report_of(several: Several) -> Report:
    """All of it as one page."""
    trials = sum(len(subject.trials) for subject in several.subjects)
    return Report(
        sweep=", ".join(several.names),
        date="",
        title=f"{' beside '.join(several.names)}",
        subtitle=f"{count(len(several.names), 'sweep')} with {count(trials, 'trial')} together.",
        cautions=tuple(several.unlike),
        numbers=(),
        conclusions=(),
        sections=sections_of(several),
        kind="Sweeps compared",
        footer="Written by sweeper from MLflow alone; the same text: report.md.",
    )


def _sweeps(several: Several) -> Section:
    rows = tuple(_sweep(several, place) for place in range(len(several.subjects)))
    names = ("Sweep", "Objective", "Best", "Median", "Complete", "Diverged", "Drawn by", "Took")
    heads = tuple(Head(name, right=name not in ("Sweep", "Objective", "Drawn by")) for name in names)
    note = (
        "Best and median are of complete trials. A best of more trials has had more chances. Took: from the first trial to the "
        "end, without starting up."
    )
    blocks: list[Block] = [Table(heads, rows, note)]
    for part, some in enumerate(several.rankable):
        blocks += values_chart(some, _key("values", part))
    bests = [sentence for some in several.rankable for sentence in _best(some)]
    return Section("sweeps", "The sweeps", (*bests, *several.unlike), tuple(blocks))


def _sweep(several: Several, place: int) -> tuple[Cell, ...]:
    subject = several.subjects[place]
    best, values, sweep = subject.best, subject.ranking["trial_value"], subject.frames.sweep
    which = "" if best is None else f"{spread_words(best)} trial {best['number']}".strip()
    return (
        Cell(several.names[place], colour=colour_of(place)),
        Cell(subject.metric),
        Cell(NONE if best is None else number(best["trial_value"]), which),
        Cell(number(float(values.median())) if len(values) else NONE),
        Cell(str(subject.counts["complete"]), f"of {len(subject.trials)}"),
        Cell(str(subject.counts["diverged"])),
        Cell(clean(sweep.about.get("imported") or sweep.sampler, 30) or NONE),
        Cell(seconds(sweep.seconds)),
    )


def _best(several: Several) -> list[str]:
    """Which of the sweeps, whose values can be held against each other, holds the best trial."""
    known = [(name, subject.best, subject) for name, subject in zip(several.names, several.subjects, strict=True)]
    bests = [(name, best, len(subject.ranking)) for name, best, subject in known if best is not None]
    if not bests:
        return []
    order = several.first.orientation
    bests.sort(key=lambda one: float(order.loss_like(float(one[1]["trial_value"]))))
    said = [f"{name} {number(best['trial_value'])} (trial {best['number']}, of {n})" for name, best, n in bests]
    side = "highest" if order.maximize else "lowest"
    return [f"The best {several.first.metric}, {side} first: {', '.join(said)}."]


def _contests(several: Several) -> Section:
    found = contests(several)
    pairs = ranked(found)
    known = pairs[pairs["why"] == ""]
    if known.empty:
        reasons = list(dict.fromkeys(f"{row['a']} and {row['b']}: {row['why']}" for _, row in pairs.iterrows()))
        said = f"No sweep is called better; all that stands here is descriptive. {'. '.join(reasons[:_SENTENCES])}."
        return Section("contests", "Is one better?", (said,))
    sentences = [_contest(several, row, len(known)) for _, row in pairs.head(_SENTENCES).iterrows()]
    rows = tuple(
        (
            Cell(row["a"], colour=colour_of(several.names.index(row["a"]))),
            Cell(row["b"], colour=colour_of(several.names.index(row["b"]))),
            Cell(row["verdict"]),
            interval_cell(row, "shift"),
            wins_cell(row),
            Cell(counted(row)),
            Cell(p_words(row["p_holm"]), sort=row["p_holm"]),
        )
        for _, row in known.iterrows()
    )
    names = ("Sweep", "Against", "Verdict", _shift(several, known), "Win probability", "Compared over", "p, Holm")
    note = (
        "Compared are all trials of either, which were drawn independently on the same data: win probability is how often a "
        "trial of the first is better than one of the second. So the spaces are set against each other, and not their best."
    )
    table = Table(tuple(Head(name, right=place > 2) for place, name in enumerate(names)), rows, note, phone=3)
    return Section("contests", "Is one better?", tuple(sentences), (table,))


def _shift(several: Several, pairs: pd.DataFrame) -> str:
    """The head of the shifts, with the metric where all have one."""
    metrics = {several.subjects[several.names.index(name)].metric for name in pairs["a"]}
    return f"Shift of {metrics.pop()}" if len(metrics) == 1 else "Shift, each of its own metric"


def _contest(several: Several, row: pd.Series, family: int) -> str:
    """The words for two choices fit two sweeps, but for what would settle it."""
    said = verdict_words(several.subjects[several.names.index(row["a"])], row.where(row.index != "needed", pd.NA), family)
    if row["why"] or pd.isna(row["needed"]):
        return said
    return f"{said} About {int(row['needed'])} trials of each would tell a difference of this size."


def _choices(several: Several) -> Section | None:
    """Medians of the choices that all sweeps try whose values can be held against each other."""
    told = [(some, some.common_choices) for some in several.rankable if some.common_choices]
    said = [_shared(several, some, common) for some, common in told]
    return Section("choices", "The choices they share", tuple(said), tuple(_medians(*one) for one in told)) if told else None


def _shared(several: Several, some: Several, common: list[str]) -> str:
    whose = "all of them" if some is several else listed(some.names)
    return f"{count(len(common), 'choice')} {'is' if len(common) == 1 else 'are'} in {whose}; medians of complete trials."


def _medians(several: Several, common: list[str]) -> Table:
    rows = []
    for choice in common:
        cells = [Cell(clean(choice, 40))]
        for subject in several.subjects:
            values = subject.ranking.loc[subject.ranking["choice"] == choice, "trial_value"]
            cells.append(Cell(number(float(values.median())), f"of {len(values)}") if len(values) else Cell(NONE))
        rows.append(tuple(cells))
    heads = (Head("Choice", right=False), *(Head(name) for name in several.names))
    note = "Descriptive: within a sweep its own report says which of these differences are more than chance."
    return Table(heads, tuple(rows), note)


def _speed(several: Several) -> Section | None:
    parts = [some for some in several.rankable if some.target is not None]
    if not parts:
        return None
    blocks: list[Block] = []
    for part, some in enumerate(parts):
        blocks += [*arrivals_chart(some, _key("arrivals", part)), _arrivals(some)]
    targets = [f"{_of(several, some)}is {some.first.metric} {number(some.target)}" for some in parts]
    sentences = (
        f"The common target {'; '.join(targets)}.",
        "Where budgets differ, those that went on longer had more time to reach it.",
    )
    return Section("speed", "On the way to a common target", sentences, tuple(blocks))


def _of(several: Several, some: Several) -> str:
    return "" if some is several else f"of {listed(some.names)} "


def _key(figure: str, part: int) -> str:
    """No two figures of a page have one key."""
    return f"{figure}-{part + 1}" if part else figure


def _arrivals(several: Several) -> Table:
    subject, rows = several.first, []
    for place, (name, one) in enumerate(zip(several.names, several.subjects, strict=True)):
        reached = several.reached(place)
        there = reached.astype("float64").fillna(float("inf")).sort_values()
        middle = float(there.iloc[(len(there) - 1) // 2]) if len(there) else float("inf")
        longest = int(one.racing["epochs"].max()) if len(one.racing) else 0
        rows.append(
            (
                Cell(name, colour=colour_of(several.places[place])),
                Cell(str(int(reached.notna().sum())), f"of {len(reached)}"),
                Cell(number(middle) if middle < float("inf") else f"> {longest}", sort=middle),
                Cell(str(longest)),
            )
        )
    heads = [Head("Sweep", right=False), Head("Reached")]
    heads += [Head(f"{subject.units.capitalize()}, median"), Head(f"Longest, {subject.units}")]
    note = f"Median: the {subject.unit} by which half of the trials were there, a miss counted as later than any. Descriptive."
    return Table(tuple(heads), tuple(rows), note)


def _curves(several: Several) -> Section | None:
    """What the curves look like, in counts."""
    found = {
        name: judged(subject)["label"].value_counts() for name, subject in zip(several.names, several.subjects, strict=True)
    }
    labels = [label for label in LABELS if any(label in counts for counts in found.values())]
    if not labels:
        return None
    rows = tuple(
        (Cell(label), *(Cell(str(int(counts.get(label, 0))), f"of {int(counts.sum())}") for counts in found.values()))
        for label in labels
    )
    heads = (Head("Curve", right=False), *(Head(name) for name in several.names))
    note = "Complete trials by the shape of their curves; the glossary of a sweep's report says what the words mean."
    return Section("curves", "What the curves look like", (_most(found),), (Table(heads, rows, note),))


def _most(found: dict[str, pd.Series]) -> str:
    said = [f"{name} {counts.index[0]} ({counts.iloc[0]} of {counts.sum()})" for name, counts in found.items() if len(counts)]
    return f"Most often: {listed(said)}."


def _parameters(several: Several) -> Section:
    names = differing(several)
    if not names:
        return Section("parameters", "What differs", ("All have the same parameters with the same values.",))
    said = f"{count(len(names), 'parameter')} {'differs' if len(names) == 1 else 'differ'}; all others are the same."
    return Section("parameters", "What differs", (said,), (parameter_table(several, names),))
