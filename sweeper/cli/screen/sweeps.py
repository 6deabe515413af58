"""A sweep and its trials as rows, values and sentences."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from sweeper.cli.screen.text import counted, duration, line, number, parameters, plural, with_spread
from sweeper.records import State

if TYPE_CHECKING:
    from sweeper.search.programs import Programs
    from sweeper.search.trial_view import TrialView
    from sweeper.search.view import SweepView


def trial_json(trial: TrialView) -> dict[str, Any]:
    """The shape that `trials --json` promises."""
    return {**_fields(trial), **_repeats(trial)}


def _fields(trial: TrialView) -> dict[str, Any]:
    return {
        "number": trial.number,
        "state": trial.state.value,
        "reason": trial.reason,
        "value": trial.value,
        "best_epoch": trial.best_epoch,
        "epochs": trial.epochs,
        "seconds": round(trial.seconds, 3),
        "params": dict(trial.params),
        "metrics": dict(trial.metrics),
    }


def _repeats(trial: TrialView) -> dict[str, Any]:
    """What is told besides in a sweep that trains each trial several times."""
    if not trial.repeats:
        return {}
    return {
        "repeats": [
            {
                "repeat": repeat.repeat,
                "fold": repeat.fold,
                "value": repeat.value,
                "state": repeat.state.value,
                "best_epoch": repeat.best_epoch,
                "epochs": repeat.epochs,
                "seconds": round(repeat.seconds, 3),
            }
            for repeat in trial.repeats
        ],
        "spread": trial.spread,
    }


def programs_json(programs: Programs) -> dict[str, Any]:
    return {
        "structures": programs.structures,
        "compiled": programs.compiled,
        "seconds": programs.seconds,
        "found": programs.found,
        "lanes": [{"lanes": use.lanes, "structures": use.structures, "why": use.why} for use in programs.lanes],
    }


def sweep_json(sweep: SweepView) -> dict[str, Any]:
    best = sweep.best
    return {
        "sweep": sweep.name,
        "status": str(sweep.status),
        "created": created(sweep),
        "objective": sweep.settings.objective.metric,
        "planned": sweep.settings.trials,
        "trials": sweep.counts,
        "running": [trial.number for trial in sweep.trials if trial.state is State.RUNNING],
        "best": None if best is None else best_json(best),
        "seconds": round(sweep.settings.seconds, 3),
        "programs": programs_json(sweep.programs),
        "folder": str(sweep.folder),
    }


def best_json(trial: TrialView) -> dict[str, Any]:
    return {"trial": trial.number, "value": trial.value, "epoch": trial.best_epoch, "params": dict(trial.params)}


def created(sweep: SweepView) -> str:
    return datetime.datetime.fromtimestamp(sweep.settings.created / 1000).astimezone().isoformat(timespec="seconds")


def sweep_row(sweep: SweepView) -> tuple[str, ...]:
    best = sweep.best
    return (
        line(sweep.name),
        str(sweep.status),
        f"{sum(sweep.counts.values())}/{sweep.settings.trials}",
        line(sweep.settings.objective.metric),
        number(best.value if best else None),
        duration(None if sweep.settings.imported else sweep.settings.seconds or None),
        created(sweep).replace("T", " ")[:16],
    )


SWEEP_HEADERS = ("sweep", "status", "trials", "objective", "best", "took", "started")


def trial_row(trial: TrialView, curve: str | None = None, beside: str | None = None) -> tuple[str, ...]:
    """`curve` is the word for its curve, in a table that has a column for it, and `beside` another metric that has one."""
    return (
        str(trial.number),
        trial.state.value if trial.state is State.COMPLETE else f"{trial.state.value} {line(trial.reason)}".strip(),
        with_spread(trial.value, trial.spread),
        "-" if trial.best_epoch is None else str(trial.best_epoch),
        str(trial.epochs),
        duration(trial.seconds),
        *([] if beside is None else [number(trial.metrics.get(beside))]),
        *([] if curve is None else [curve]),
        parameters(trial.params),
    )


def trial_headers(sweep: SweepView, *, with_curves: bool = False, beside: str | None = None) -> tuple[str, ...]:
    return (
        "trial",
        "state",
        line(sweep.settings.objective.metric),
        f"best {sweep.settings.unit}",
        f"{sweep.settings.unit}s",
        "took",
        *([] if beside is None else [line(beside)]),
        *(["curve"] if with_curves else []),
        "parameters",
    )


def best_sentence(sweep: SweepView, with_parameters: bool = True) -> str:
    """`trial 61   val_loss 0.081 at epoch 12   adam, learning_rate 0.0031`."""
    best = sweep.best
    if best is None:
        return "no trial is complete yet"
    metric = line(sweep.settings.objective.metric)
    value = f"trial {best.number}   {metric} {with_spread(best.value, best.spread)} at {sweep.settings.unit} {best.best_epoch}"
    return f"{value}   {parameters(best.params)}" if with_parameters else value


def counts_sentence(sweep: SweepView) -> str:
    return f"{sum(sweep.counts.values())} of {plural(sweep.settings.trials, 'trial')} ended: {counted(sweep.counts)}"


def programs_sentence(programs: Programs) -> str:
    """`12 structures, 14 programs compiled in 31 s, 86 trainings found theirs`."""
    compiled = f"{plural(programs.compiled, 'program')} compiled in {duration(programs.seconds)}"
    return f"{plural(programs.structures, 'structure')}, {compiled}, {plural(programs.found, 'training')} found theirs"
