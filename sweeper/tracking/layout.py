"""How a sweep looks in MLflow: names, tags, params and metrics, as docs/architecture.md lists them. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from sweeper.catalogue.metrics import chance
from sweeper.records import UNITS, DataInfo, EpochRecord, Objective, Outcome, Start, State, TrialPlan
from sweeper.tracking.combined import Combined
from sweeper.tracking.replay import TrialState

EXPERIMENT = "sweeper"
INTERRUPTED = "INTERRUPTED"
"""`sweeper.state` of what was stopped and can be resumed; such runs are KILLED in MLflow."""

STATUS = {State.COMPLETE: "FINISHED", State.PRUNED: "KILLED", State.FAILED: "FAILED", State.RUNNING: "RUNNING"}

LAYER_TABLE = "layers.json"
"""The artifact of a trial's run that holds the signal health of its layers."""

CHANCES = ("loss", "accuracy")
"""Metrics for which the sweep's run says what guessing gives."""

ELAPSED = "training_seconds"
"""The metric of an imported trial that holds the seconds from its start to each evaluation."""

_LAYERS = "layers/"
_PARAM_LENGTH, _TAG_LENGTH = 6000, 8000


@dataclass(frozen=True)
class SweepFacts:
    """What MLflow is told of a sweep as a whole. `fixed` are the settings in which nothing is tried, `searched` the names of
    those in which something is (empty where only the trials can tell), `about` the tags `sweeper.*` without the prefix,
    `commit` the git commit of the space's folder or empty, `repeats` how many trainings (runs) a configuration has, `imported`
    the file that its curves came from or empty, `unit` what their x counts, `command`
    what was typed."""

    name: str
    id: str
    question: str
    objective: Objective
    data: DataInfo
    source: str
    version: str
    user: str
    commit: str
    started: int
    fixed: Mapping[str, object] = field(default_factory=dict)
    searched: tuple[str, ...] = ()
    about: Mapping[str, object] = field(default_factory=dict)
    repeats: int = 1
    imported: str = ""
    unit: str = UNITS[0]
    command: str = "sweep run"


@dataclass(frozen=True)
class Row:
    """One metric value; `time` in Unix milliseconds, step = epoch."""

    key: str
    value: float
    time: int
    step: int


def parent_tags(facts: SweepFacts) -> dict[str, str]:
    direction = "maximize" if facts.objective.maximize else "minimize"
    return _texts(
        {
            "sweeper.kind": "sweep",
            "sweeper.sweep": facts.name,
            "sweeper.id": facts.id,
            "sweeper.version": facts.version,
            "sweeper.state": State.RUNNING.value,
            "sweeper.objective": facts.objective.metric,
            "sweeper.direction": direction,
            "sweeper.searched": facts.searched,
            **{f"sweeper.{name}": value for name, value in facts.about.items()},
            **_data_tags(facts.data),
            **_source_tags(facts),
            "mlflow.note.content": _note(facts, direction),
        },
        _TAG_LENGTH,
    )


def parent_params(facts: SweepFacts) -> dict[str, str]:
    return _texts(facts.fixed, _PARAM_LENGTH)


def child_name(plan: TrialPlan) -> str:
    """`t0042-mlp-adam`, and `t0042r1-mlp-adam` for its next repeat: number, family, optimizer; the option's own name where the
    optimizer is tried."""
    family = _part(plan.configuration.get("model"))
    optimizer = plan.parameters.get("optimizer") or _part(plan.configuration.get("optimizer"))
    repeat = f"r{plan.repeat}" if plan.repeat else ""
    return "-".join(str(word) for word in (f"t{plan.number:04d}{repeat}", family, optimizer) if word)


def child_tags(facts: SweepFacts, parent: str, trial: TrialState) -> dict[str, str]:
    """Every child carries what a filter may ask for: MLflow's filters do not look at the parent."""
    plan, start = trial.plan, _start(trial)
    assert plan is not None
    return _texts(
        {
            "mlflow.parentRunId": parent,
            "sweeper.kind": "trial",
            "sweeper.sweep": facts.name,
            "sweeper.id": facts.id,
            "sweeper.trial": plan.number,
            "sweeper.repeat": plan.repeat,
            "sweeper.fold": plan.fold,
            "sweeper.attempt": trial.attempt,
            "sweeper.state": State.RUNNING.value,
            "sweeper.phase": plan.phase,
            "sweeper.block": "" if plan.block is None else plan.block,
            "sweeper.structure": start.structure if start else "",
            "sweeper.compiled": start.compiled if start else "",
            "sweeper.lanes": start.lanes if start else "",
            "sweeper.worker": start.worker if start else "",
            "sweeper.device": start.device if start else "",
            "sweeper.objective": facts.objective.metric,
            "sweeper.direction": "maximize" if facts.objective.maximize else "minimize",
            "sweeper.data.name": facts.data.name,
            **({} if facts.imported else _made_here(facts, plan)),
            **_source_tags(facts),
        },
        _TAG_LENGTH,
    )


def _made_here(facts: SweepFacts, plan: TrialPlan) -> dict[str, object]:
    """What is known only of a trial that was trained here."""
    seeds = {name: getattr(plan.seeds, name) for name in ("weights", "order", "noise")}
    return {"sweeper.data.digest": facts.data.digest, **{f"sweeper.seed.{name}": seed for name, seed in seeds.items()}}


def end_tags(trial: TrialState) -> dict[str, str]:
    """What an outcome changes, and what a further attempt may have changed before it."""
    outcome, start = trial.outcome, _start(trial)
    assert outcome is not None
    tags: dict[str, object] = {
        "sweeper.state": outcome.state.value,
        "sweeper.reason": outcome.reason.value,
        "sweeper.attempt": trial.attempt,
        "sweeper.worker": outcome.worker,
        "sweeper.device": outcome.device,
    }
    if start is not None:
        tags |= {"sweeper.compiled": start.compiled, "sweeper.lanes": start.lanes}
    if outcome.message:
        tags["sweeper.message"] = outcome.message
    if outcome.trace:
        tags["mlflow.note.content"] = f"{outcome.message}\n\n```\n{outcome.trace[-6000:]}\n```"
    return _texts(tags, _TAG_LENGTH)


def child_params(settings: Mapping[str, object]) -> dict[str, str]:
    """Every setting of a trial by its name, searched or fixed; `None` is written as users write it, `none`."""
    return _texts(settings, _PARAM_LENGTH)


def epoch_rows(record: EpochRecord) -> list[Row]:
    """The metrics of an epoch, without those of layers: MLflow's pages show groups first, so that a user of it would meet
    dozens of charts of layers before the first loss."""
    values = {name: value for name, value in record.metrics.items() if not name.startswith(_LAYERS)}
    return [Row(name, float(value), record.time, record.epoch) for name, value in values.items()]


def layer_rows(record: EpochRecord) -> list[list[object]]:
    """Signal health of the layers after this epoch, as rows of the table LAYER_TABLE: epoch, layer, statistic, value (None
    where it is not a finite number); empty where it was not looked at."""
    rows: list[list[object]] = []
    for name, value in record.metrics.items():
        if name.startswith(_LAYERS):
            layer, _, statistic = name.removeprefix(_LAYERS).rpartition("/")
            rows.append([record.epoch, layer, statistic, value if math.isfinite(value) else None])
    return rows


def layer_table(rows: list[list[object]]) -> dict[str, object]:
    """The table as MLflow shows it."""
    return {"columns": ["epoch", "layer", "statistic", "value"], "data": rows}


def outcome_rows(outcome: Outcome) -> list[Row]:
    """What is measured once: `test_*` at the best epoch, and the figures of the trial as a whole."""
    best = outcome.best_epoch or 0
    once: dict[str, float | None] = {
        "objective": outcome.value,
        "objective_last": outcome.last,
        "best_epoch": outcome.best_epoch,
        "epochs": outcome.epochs,
        **{f"seconds_{name}": seconds for name, seconds in outcome.seconds.items()},
    }
    rows = [Row(name, float(value), outcome.time, best) for name, value in outcome.metrics.items()]
    return rows + [Row(name, float(value), outcome.time, best) for name, value in once.items() if value is not None]


def together_rows(found: Combined, trial: TrialState) -> list[Row]:
    """What the repeats of a configuration came to together, on the run of each: all that a table of runs needs to be sorted by
    configurations. Nothing where it has one run, whose `objective` says it."""
    outcome, own = found.outcome, trial.outcome
    assert outcome is not None and own is not None
    if len(found.trials) == 1:
        return []
    together = {"objective_mean": outcome.value, "objective_spread": found.spread}
    return [Row(name, value, outcome.time, own.best_epoch or 0) for name, value in together.items() if value is not None]


def _start(trial: TrialState) -> Start | None:
    """The latest attempt's."""
    return trial.starts[max(trial.starts)] if trial.starts else None


def _data_tags(data: DataInfo) -> dict[str, object]:
    if not data.rows:  # of data that were never seen here the name is all that is known
        return {"sweeper.data.name": data.name} if data.name else {}
    return {
        "sweeper.data.name": data.name,
        "sweeper.data.digest": data.digest,
        "sweeper.data.task": data.task.value,
        "sweeper.data.input_shape": "x".join(map(str, data.input_shape)),
        "sweeper.data.outputs": data.outputs,
        **{f"sweeper.data.rows.{part}": count for part, count in data.rows.items()},
        **{f"sweeper.data.chance.{name}": f"{value:.6g}" for name in CHANCES if (value := chance(name, data)) is not None},
        **_fold_tags(data),
    }


def _fold_tags(data: DataInfo) -> dict[str, object]:
    """The number of folds, and the rows of each; nothing where there is one split."""
    if not data.folds:
        return {}
    rows = [", ".join(f"{part} {count}" for part, count in fold.rows.items()) for fold in data.folds]
    return {"sweeper.data.folds": len(rows), **{f"sweeper.data.fold.{fold}": text for fold, text in enumerate(rows)}}


def _source_tags(facts: SweepFacts) -> dict[str, object]:
    tags: dict[str, object] = {"mlflow.user": facts.user, "mlflow.source.name": facts.source, "mlflow.source.type": "LOCAL"}
    if facts.commit:
        tags["mlflow.source.git.commit"] = facts.commit
    return tags


def _note(facts: SweepFacts, direction: str) -> str:
    question = f"**{facts.question}**\n\n" if facts.question else ""
    if facts.imported:
        return (
            f"{question}A sweep made by `sweep import {facts.imported}` from curves of another program. The runs below are its "
            f"trainings; each {direction}s `{facts.objective.metric}`, and the metric `objective` is its value at the best "
            f"{facts.unit}. Metrics have one step per {facts.unit} that was evaluated."
        )
    return (
        f"{question}A sweep made by `{facts.command}`. The runs below are its trials; each {direction}s "
        f"`{facts.objective.metric}`, and the metric `objective` is its value at the trial's best epoch. `KILLED` runs were "
        "pruned or diverged (see the tag `sweeper.reason`): they are results. Metrics have one step per epoch; step 0 is "
        "before training. `train_eval_*` are the training metrics in inference mode, to be compared with `val_*`."
    )


def _part(section: object) -> str:
    return str(next(iter(section), "")) if isinstance(section, Mapping) else ""


def _texts(values: Mapping[str, object], length: int) -> dict[str, str]:
    return {name: _text(value)[:length] for name, value in values.items()}


def _text(value: object) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple):
        return ", ".join(map(_text, value))
    return str(value)
