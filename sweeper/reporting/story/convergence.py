"""How many epochs (or steps, where the curves count these) the trials needed to a target that is common to all."""

from __future__ import annotations

import pandas as pd

from sweeper.reporting.frames import ENDED, TARGETS
from sweeper.reporting.metrics.targets import SHARES, UNINFORMATIVE, target_of
from sweeper.reporting.story.blocks import Caption, Cell, Head, Section, Step, Steps, Table
from sweeper.reporting.story.subject import Subject
from sweeper.reporting.text import NONE, clean, count, listed, number, percent


def convergence(subject: Subject) -> Section:
    trials = _counted(subject)
    target = _common_target(subject, trials)
    if target is None:
        metric = clean(subject.frames.sweep.objective.metric)
        why = "no trial has ended" if not len(trials) else f"no trial has a finite {metric} over its {subject.units}"
        return Section("convergence", "Convergence", (f"Nothing can be said about speed: {why}.",))
    if len(trials) == 1:
        said = "With one ended trial there is no target that is common to several, so nothing can be said about speed."
        return Section("convergence", "Convergence", (said,))
    steps = _steps(subject, trials)
    sentences = [
        _target_sentence(subject, trials, target),
        *_half_sentences(subject, steps, target),
        *_doubts(subject, trials, steps),
    ]
    table = _choice_table(subject, trials, target) if subject.compares else _target_table(subject, trials)
    last = int(trials["epochs"].max()) if trials["epochs"].notna().any() else 1
    figure = Steps("convergence", steps, last, _caption(subject, trials, target), subject.unit)
    return Section("convergence", "Convergence", tuple(sentences), (figure, table))


def _counted(subject: Subject) -> pd.DataFrame:
    """Trials that count: complete, pruned and diverged ones. Faults are missing data, running trials are not over."""
    return subject.trials[subject.trials["state"].isin(ENDED)]


def _target(subject: Subject, trials: pd.DataFrame, share: float) -> float | None:
    column = f"best.{subject.frames.sweep.objective.metric}"
    if column not in trials:
        return None
    orientation = subject.orientation
    level = target_of(orientation.loss_like(trials[column].astype("float64")), share)
    return None if level is None else float(orientation.as_metric(level))


def _common_target(subject: Subject, trials: pd.DataFrame) -> float | None:
    named = subject.frames.sweep.target
    return named if named is not None else _target(subject, trials, 0.5)


def _target_sentence(subject: Subject, trials: pd.DataFrame, target: float) -> str:
    reached, missed = int(trials["epochs_to_target"].notna().sum()), _missed(trials)
    chosen = "the median of the trials' best values" if subject.frames.sweep.target is None else "which the sweep names"
    return (
        f"The common target is {subject.metric} {_exactly(subject, target)}, {chosen}; "
        f"{reached} of {count(len(trials), 'trial')} reached it{f' (missed: {missed})' if missed else ''}."
    )


def _half_sentences(subject: Subject, steps: tuple[Step, ...], target: float) -> list[str]:
    if not subject.compares:
        ended = [step for step in steps if step.half is not None]
        return [f"Half of the trials were there by {subject.unit} {ended[0].half}."] if ended else []
    ordered = sorted(steps, key=lambda step: step.half or 0)
    there = [f"{step.title} by {subject.unit} {step.half}" for step in ordered if step.half is not None]
    missed = [f"{step.title} ({step.reached} of {step.n})" for step in steps if step.half is None]
    found = [f"Half of a choice's trials were there: {listed(there)}."] if there else []
    return found + ([f"Fewer than half ever reached it with {listed(missed)}."] if missed else [])


def _doubts(subject: Subject, trials: pd.DataFrame, steps: tuple[Step, ...]) -> list[str]:
    found = []
    low, high = UNINFORMATIVE
    shares = [step.reached / step.n for step in steps if step.n]
    if subject.compares and shares and (max(shares) < low or min(shares) > high):
        found.append("Nearly all or nearly none reached the target with every choice, so it tells little about speed.")
    stopped = int(trials["epochs_to_target_reason"].isin(["pruned", "early_stop"]).sum())
    if stopped:
        found.append(
            f"{count(stopped, 'trial').capitalize()} stopped early without reaching it "
            f"and {'counts' if stopped == 1 else 'count'} as missed, which may be unfair to {'it' if stopped == 1 else 'them'}."
        )
    return found


def _steps(subject: Subject, trials: pd.DataFrame) -> tuple[Step, ...]:
    groups = [(clean(name, 28), subject.colours[name], trials[trials["choice"] == name]) for name in subject.choices]
    if not subject.compares:
        groups = [("all", 1, trials)]
    return tuple(_step(title, colour, own) for title, colour, own in groups if len(own))


def _step(title: str, colour: int, own: pd.DataFrame) -> Step:
    reached = own["epochs_to_target"].dropna().astype(int)
    there = reached.value_counts().sort_index().cumsum()
    x, share = (0, *map(int, there.index)), (0.0, *(float(n) / len(own) for n in there))
    half = next((at for at, part in zip(x, share, strict=True) if part >= 0.5), None)
    return Step(title, colour, x, share, len(reached), len(own), half)


def _caption(subject: Subject, trials: pd.DataFrame, target: float) -> Caption:
    left = len(subject.trials) - len(trials)
    who = (
        f"{count(len(trials), 'trial').capitalize()}: complete, pruned and diverged. Diverged, stopped and too "
        "slow ones count as not reached."
    )
    if subject.repeated:
        who += f" A trial is there once the mean over its {subject.averaged} of the best value so far is."
    who += f" Left out: {left} that failed or still run." if left else ""
    reading = (
        f"Higher and further left is faster. A dot marks the {subject.unit} by which half are there. A line that ends "
        f"low means that many never got there."
    )
    return Caption(f"What share of trials has reached {subject.metric} {_exactly(subject, target)}?", who, reading)


def _median_epochs(own: pd.DataFrame, column: str) -> str:
    """The epoch by which half of the trials had reached it, a miss counted as later than any epoch."""
    values = own[column].astype("float64").fillna(float("inf")).sort_values()
    if not len(values):
        return NONE
    middle = float(values.iloc[(len(values) - 1) // 2])
    return number(middle) if middle < float("inf") else f"> {int(own['epochs'].max())}"


def _share(own: pd.DataFrame, column: str) -> Cell:
    reached = int(own[column].notna().sum())
    return Cell(str(reached), f"of {len(own)}", sort=reached)


def _choice_table(subject: Subject, trials: pd.DataFrame, target: float) -> Table:
    heads = [Head("Choice", right=False), Head(f"Reached {_exactly(subject, target)}")]
    heads += [Head(f"{subject.units.capitalize()}, median")]
    others = {column: _target(subject, trials, share) for column, share in zip(TARGETS, SHARES, strict=True) if share != 0.5}
    heads += [Head(f"Reached {number(level)}") for level in others.values()]
    heads += [Head(f"ms per {subject.unit}"), Head(f"Seconds to {_exactly(subject, target)}")]
    rows = []
    for choice in subject.choices:
        own = trials[trials["choice"] == choice]
        rows.append(
            (
                Cell(clean(choice, 40), colour=subject.colours[choice]),
                _share(own, "epochs_to_target"),
                Cell(_median_epochs(own, "epochs_to_target")),
                *(_share(own, column) for column in others),
                Cell(_pace(own)),
                Cell(number(_middle(own["seconds_to_target"]), 2)),
            )
        )
    shares = listed([percent(share, 1) for share in SHARES if share != 0.5])
    note = (
        f"Median: the {subject.unit} by which half of the trials were there, a miss counted as later than any. "
        f"The other two targets are those that {shares} of all trials reach. "
        f"{_of_times(subject)} "
    )
    note += "Milliseconds and seconds are of training alone, medians, the seconds over those that reached the target."
    return Table(tuple(heads), tuple(rows), note)


def _target_table(subject: Subject, trials: pd.DataFrame) -> Table:
    rows = []
    for column, share in zip(TARGETS, SHARES, strict=True):
        named = share == 0.5 and subject.frames.sweep.target is not None
        level = subject.frames.sweep.target if named else _target(subject, trials, share)
        rows.append(
            (
                Cell(number(level), "named" if named else f"{percent(share, 1)} of trials"),
                _share(trials, column),
                Cell(_median_epochs(trials, column)),
            )
        )
    heads = (Head(f"Target, {subject.metric}", right=False), Head("Reached"), Head(f"{subject.units.capitalize()}, median"))
    return Table(
        heads,
        tuple(rows),
        f"Median: the {subject.unit} by which half of the trials were there, a miss counted as later than any.",
        phone=3,
    )


def _exactly(subject: Subject, target: float) -> str:
    """A target that was named, as it was; one that was chosen, rounded."""
    return number(target) if subject.frames.sweep.target is None else f"{target:g}"


def _of_times(subject: Subject) -> str:
    if subject.frames.sweep.imported:
        return "Times are those that the file gave."
    return f"Times hold for this machine and for what else it did; {subject.units} are what can be compared."


def _pace(own: pd.DataFrame) -> str:
    return number(_middle(1000 * own["seconds_per_epoch"]), 2)


def _middle(values: pd.Series) -> float | None:
    return float(values.median()) if values.notna().any() else None


def _missed(trials: pd.DataFrame) -> str:
    """Why those that missed the target did: `9 at the end of their budget, 2 diverged`."""
    words = {
        "budget": "at the end of their budget",
        "early_stop": "by early stopping",
        "pruned": "pruned",
        "diverged": "diverged",
    }
    counts = trials["epochs_to_target_reason"].value_counts()
    return listed([f"{int(counts[key])} {said}" for key, said in words.items() if key in counts])
