"""What `sweep.json` and MLflow are told of an imported sweep as a whole."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sweeper import __version__
from sweeper.records import DataInfo, Objective, Task
from sweeper.search.importing.columns import Columns
from sweeper.search.importing.recording import PHASE
from sweeper.search.importing.request import ImportRequest
from sweeper.search.importing.trainings import Training
from sweeper.search.provenance import user
from sweeper.search.settings import Settings
from sweeper.tracking.layout import SweepFacts


def _searched(trainings: Sequence[Training], columns: Columns, compare: Sequence[str]) -> tuple[str, ...]:
    """The parameters that vary. A column that only names the trial (a number, or another text for each) is none of them."""
    values: dict[str, list[str]] = {}
    first = {training.number: training.parameters for training in trainings}.values()
    for parameters in first:
        for name, value in parameters.items():
            values.setdefault(name, []).append(repr(value))
    labels = {
        name
        for name in columns.configuration
        if name in values and name not in compare and (_counts(values[name]) or len(set(values[name])) == len(first))
    }
    return tuple(name for name, own in values.items() if name not in labels and (name in compare or len(set(own)) > 1))


def _counts(values: Sequence[str]) -> bool:
    return all(value.isdecimal() for value in values)


def facts_of(request: ImportRequest, settings: Settings, columns: Columns, trainings: Sequence[Training]) -> SweepFacts:
    searched = _searched(trainings, columns, request.compare)
    configurations = {training.number: training.parameters for training in trainings}.values()
    same = {name: value for name, value in next(iter(configurations)).items() if name not in searched}
    fixed = {name: value for name, value in same.items() if all(own.get(name) == value for own in configurations)}
    return SweepFacts(
        name=settings.name,
        id=settings.id,
        question="",
        objective=settings.objective,
        data=settings.data,
        source=settings.source,
        version=__version__,
        user=user(),
        commit="",
        started=settings.created,
        fixed={**fixed, "budget.trials": settings.trials},
        searched=searched,
        about={
            "imported": settings.imported,
            "unit": settings.unit,
            **({"target": f"{request.target!r}"} if request.target is not None else {}),
            "compare": ", ".join(settings.compare),
            "sampler": settings.sampler,
            "pruner": "none",
            "design": settings.design,
            "trials": settings.trials,
            "repeats": settings.repeats,
            "columns": "; ".join(f"{word}: {names}" for word, names in columns.lines()),
        },
        repeats=settings.repeats,
        imported=settings.imported,
        unit=settings.unit,
    )


def settings_of(
    request: ImportRequest, columns: Columns, objective: Objective, trainings: Sequence[Training], name: str, now: int
) -> Settings:
    data = DataInfo(request.data or "", Task.REGRESSION, (), 0, {}, "", "")
    return Settings(
        name=name,
        id=uuid.uuid4().hex,
        created=now,
        source=str(request.curves),
        folder=str(request.curves.absolute().parent),
        digest="",
        overrides=(),
        question="",
        compare=request.compare,
        objective=objective,
        data=data,
        trials=len({training.number for training in trainings}),
        epochs=max(training.evaluations[-1].step for training in trainings),
        time=None,
        until=None,
        seed=0,
        sampler=PHASE,
        sampler_settings={},
        pruner=None,
        pruner_settings={},
        baseline=None,
        design=request.design,
        ahead=0,
        workers=0,
        threads=0,
        device="",
        backend="",
        executor="",
        versions={},
        git_commit="",
        tracking_uri="",
        storage="",
        study_name="",
        repeats=1 + max(training.repeat for training in trainings),
        imported=request.curves.name,
        unit=columns.unit,
    )
