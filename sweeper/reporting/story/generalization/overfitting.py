"""Training against validation: the curves of the best trials and the generalization gap. A gap is called a gap."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from sweeper.reporting.story.blocks import Band, Caption, Curve, Panel, Panels, Section
from sweeper.reporting.story.generalization.gaps import choice_gaps, trial_gaps
from sweeper.reporting.story.generalization.shapes import shape_sentences
from sweeper.reporting.story.subject import COLOURS, Subject, spread_words, trial_name
from sweeper.reporting.text import clean, count, number

THIN = 20
"""Other trials drawn thin in a panel, the best of them first."""

APART = 10.0
"""Curves that end this many times later than others are drawn on axes of their own."""

CUT = 3.0
"""The axis of a loss ends at this many times the worst best value shown: the first epochs would hide the rest."""


def overfitting(subject: Subject) -> Section:
    rows = _shown_trials(subject)
    if not len(rows):
        return Section("overfitting", "Overfitting", (_nothing(subject),))
    table = choice_gaps(subject) if subject.compares else trial_gaps(subject)
    return Section("overfitting", "Overfitting", tuple(_sentences(subject)), (_panels(subject, rows), table))


def _shown_trials(subject: Subject) -> pd.DataFrame:
    """The best trial of each choice that has a colour, in the choices' order; without choices the best five trials."""
    ranked = subject.ranking[subject.ranking["number"].isin(subject.curves["trial"])]
    if not subject.compares:
        return ranked.head(COLOURS)
    best = ranked[ranked["choice"].map(subject.colours) >= 0].drop_duplicates("choice")
    return best.sort_values(
        "choice", key=lambda column: column.map({name: place for place, name in enumerate(subject.choices)})
    )


def _nothing(subject: Subject) -> str:
    metric = clean(subject.frames.sweep.objective.metric)
    if not subject.counts["complete"]:
        return "No trial is complete, so no training and validation curves are compared."
    return f"No complete trial logged {metric} over its {subject.units}, so training and validation cannot be compared."


def _sentences(subject: Subject) -> list[str]:
    best = subject.best
    assert best is not None
    found = []
    if pd.notna(best["gap_best"]):
        worse = "worse" if best["gap_best"] >= 0 else "better"
        found.append(
            f"In the best trial, {best['number']}, validation is {number(abs(best['gap_best']))} {worse} than "
            f"training at the best {subject.unit} "
            f"({best['best_epoch']} of {best['epochs']}), and {_at_end(best)} at the end."
        )
    elif best["gap_best_reason"]:
        found.append(f"The gap of the best trial is not known: {clean(best['gap_best_reason'])}.")
    ended = subject.trials[(subject.trials["state"] == "COMPLETE") & subject.trials["given_back"].notna()]
    if len(ended) < 2:
        return [*found, *shape_sentences(subject), "With one complete trial nothing can be compared."]
    return [*found, *shape_sentences(subject)]


def _at_end(row: pd.Series) -> str:
    if pd.isna(row["gap_end"]):
        return "by an unknown amount"
    return f"{number(abs(row['gap_end']))} {'worse' if row['gap_end'] >= 0 else 'better'}"


def _panels(subject: Subject, rows: pd.DataFrame) -> Panels:
    panels = tuple(_panel(subject, row, place) for place, (_, row) in enumerate(rows.iterrows()))
    low, high = _axis(subject, rows)
    bests = [panel.ring[1] for panel in panels]
    last = max((panel.last for panel in panels), default=1.0)
    if not _apart(panels):
        panels = tuple(replace(panel, last=last) for panel in panels)
    return Panels(
        "overfitting",
        panels,
        low,
        high,
        _close(subject, bests, low, high),
        last,
        subject.metric,
        _caption(subject, panels, low, high),
        subject.unit,
    )


def _apart(panels: tuple[Panel, ...]) -> bool:
    """Whether the curves end so far apart that on one axis the short ones would be a stroke."""
    ends = [panel.last for panel in panels]
    return max(ends) > APART * min(ends)


def _panel(subject: Subject, row: pd.Series, place: int) -> Panel:
    curve = subject.curve(row)
    x = tuple(curve["epoch"].astype(float))
    name = trial_name(row) + (f", mean of {subject.averaged}" if row["repeats"] > 1 else "")
    trained = curve["training"].notna()
    best = int(subject.orientation.loss_like(curve["validation"]).argmin())
    epoch, value = x[best], float(curve["validation"].iloc[best])
    at = f"{subject.unit} {epoch:.0f}"
    return Panel(
        title=clean(row["choice"], 28) if subject.compares else trial_name(row),
        note=trial_name(row) if subject.compares else f"{number(row['trial_value'])} {spread_words(row)}".rstrip(),
        colour=subject.colours[row["choice"]] if subject.compares else place,
        validation=Curve(x, tuple(curve["validation"]), f"{name}: {subject.metric}, best {number(value)} at {at}"),
        training=Curve(
            tuple(curve.loc[trained, "epoch"].astype(float)), tuple(curve.loc[trained, "training"]), f"{name}: training"
        )
        if trained.any()
        else None,
        ring=(epoch, value),
        last=x[-1],
        band=_band(subject, row, curve),
        others=_others(subject, row),
    )


def _band(subject: Subject, row: pd.Series, curve: pd.DataFrame) -> Band | None:
    """From the lowest to the highest of a trial's repeats."""
    if row["repeats"] < 2:
        return None
    low, high = (tuple(curve[side]) for side in ("low", "high"))
    return Band(tuple(curve["epoch"].astype(float)), low, high, f"{trial_name(row)}: lowest to highest of {subject.averaged}")


def _others(subject: Subject, row: pd.Series) -> tuple[Curve, ...]:
    """The next best complete trials of the same choice; without choices there is nothing that belongs together."""
    if not subject.compares:
        return ()
    same = subject.ranking[(subject.ranking["choice"] == row["choice"]) & (subject.ranking["number"] != row["number"])].head(
        THIN
    )
    curves = [(other, subject.curve(other)) for _, other in same.iterrows()]
    return tuple(
        Curve(
            tuple(curve["epoch"].astype(float)),
            tuple(curve["validation"]),
            f"{trial_name(other)}: best {number(other['trial_value'])}",
        )
        for other, curve in curves
        if len(curve)
    )


def _axis(subject: Subject, rows: pd.DataFrame) -> tuple[float, float]:
    """The y-axis all panels share: a loss from 0 to `CUT` times the worst best value, others where most of the values lie."""
    own = subject.curves[subject.curves["trial"].isin(rows["number"])]
    values = pd.concat([own["validation"], own["training"]]).dropna()
    bests = rows["trial_value"]
    if not subject.orientation.maximize and values.min() >= 0:
        return 0.0, float(min(values.max(), CUT * bests.max())) or 1.0
    if subject.orientation.kind == "error":
        return float(max(values.min(), 1 - CUT * (1 - bests.min()))) if bests.min() < 1 else float(values.min()), 1.0
    low, high = float(values.quantile(0.1)), float(values.max())
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def _close(subject: Subject, bests: list[float], low: float, high: float) -> tuple[float, float]:
    """The magnified span around the best values."""
    reach = max(max(bests) - min(bests), 0.15 * abs(high - low))
    if subject.orientation.maximize:
        return max(low, min(bests) - reach), min(
            high, max(bests) + 0.1 * reach
        ) if subject.orientation.kind == "error" else max(bests) + 0.1 * reach
    return max(low, min(bests) - 0.1 * reach), min(high, max(bests) + reach)


def _caption(subject: Subject, panels: tuple[Panel, ...], low: float, high: float) -> Caption:
    others = sum(len(panel.others) for panel in panels)
    if subject.compares:
        hidden = len(subject.choices) - len(panels)
        whose = (
            f"{len(panels)} of {len(subject.choices)} choices (the reference and the best others)" if hidden else "each choice"
        )
        trials = f"Thick: the best complete trial of {whose}."
        trials += f" Thin: {count(others, 'other complete trial')}, at most the next {THIN} of a choice." if others else ""
    else:
        trials = (
            f"The best {len(panels)} of {len(subject.ranking)} complete trials."
            if len(panels) > 1
            else "The one complete trial with curves."
        )
    if subject.repeated:
        trials += f" A line is the mean of {subject.averaged}, as far as all of them go; the band spans them."
    exact = set(subject.trials["gap_source"]) == {"train_eval"} or "train" not in set(subject.trials["gap_source"])
    reading = "Solid is validation, dashed is training"
    reading += (
        ", both measured in inference mode."
        if exact
        else "; training was measured while it trained, so the gap is approximate."
    )
    reading += (
        f" The ring marks the best {subject.unit}. Bad news is a solid line that turns away from its ring and keeps going."
    )
    if _apart(panels):
        reading += f" Each panel has an axis of its own for the {subject.units}, which lie far apart."
    cut = number(high if not subject.orientation.maximize else low)
    reading += f" The axis is linear and cut at {cut}; what lies beyond is not drawn."
    return Caption("How far is validation from training, and does it turn?", trials, reading)
