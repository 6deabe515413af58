"""How a sweep was conducted, as sentences for a methods section: only what its runs say, and no word where they say nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sweeper.errors import InputError
from sweeper.reporting.reading.ranges import range_for
from sweeper.reporting.reading.runs import PARAM
from sweeper.reporting.reading.space import space_of
from sweeper.reporting.story.subject import Subject, shown
from sweeper.reporting.text import clean, count, listed

_MOST = 12
"""So many searched parameters, and values of one, are named."""
_PARTS = (("rows.train", "training"), ("rows.validation", "validation"), ("rows.test", "test"))
_PAIRED = "paired"


def conducted(subject: Subject) -> list[str]:
    """Data, design, ranges, training, what a value is, and what became of the trials."""
    told = (_data(subject), _prepared(subject), _design(subject), _searched(subject), _trained(subject), _value(subject))
    return [sentence for sentence in (*told, _ended(subject)) if sentence]


def made_with(subject: Subject) -> str:
    """Programs with their versions, and the machine."""
    sweep, about = subject.frames.sweep, subject.frames.sweep.about
    if sweep.imported:
        return "The curves were made by another program and imported; how its trainings were run is not part of this report."
    names = {"tensorflow": "TensorFlow", "tensorflow-cpu": "TensorFlow", "jax": "JAX", "keras": "Keras", "optuna": "Optuna"}
    names |= {"mlflow": "MLflow", "python": "Python"}
    if about.get("backend") != "jax":
        names.pop("jax")
    found = {words: about[f"version.{key}"] for key, words in names.items() if f"version.{key}" in about}
    programs = [f"sweeper {clean(sweep.version, 40)}"] * bool(sweep.version)
    programs += [f"{words} {clean(version, 40)}" for words, version in found.items()]
    devices = sorted({clean(name, 60) for name in subject.trials["device"] if name}) if "device" in subject.trials else []
    where = [f"on {listed(devices)}"] * bool(devices) + [f"({clean(said, 80)})" for said in [about.get("machine", "")] if said]
    workers = f"{clean(about['workers'], 10)} processes" if about.get("workers", "1") != "1" else ""
    where += [f"by {workers} at the same time"] * bool(workers)
    if not programs:
        return ""
    return f"Made with {listed(programs)}{', ' if where else ''}{' '.join(where)}."


def _data(subject: Subject) -> str:
    data, folds = subject.frames.sweep.data, subject.frames.sweep.folds
    if "name" not in data:
        return ""
    rows = [f"{int(data[key]):,} {words}" for key, words in _PARTS if data.get(key, "").isdecimal() and data[key] != "0"]
    digest = f" (digest {clean(data['digest'])[:12]})" if data.get("digest") else ""
    name = f"The data set {clean(data['name'], 60)}{digest}"
    if folds > 1:
        first = f"; in the first fold these are {listed(rows)} rows" if rows else ""
        return f"{name} was cross-validated in {folds} folds{first}."
    return f"{name} was split into {listed(rows)} rows." if rows else f"{name} was used."


def _prepared(subject: Subject) -> str:
    """What was done to the rows, as the space has it."""
    settings, told = _data_settings(subject), []
    if settings.get("standardize") is True:
        told.append("inputs were standardized by the training part's mean and standard deviation")
    if isinstance(noise := settings.get("label_noise"), int | float) and noise > 0:
        told.append(f"the classes of a share of {noise:g} of the training rows were drawn at random")
    if isinstance(rows := settings.get("train_rows"), int):
        told.append(f"{rows:,} training rows were kept")
    if any(str(column).startswith("test_") and subject.trials[column].notna().any() for column in subject.trials):
        how = "" if subject.frames.sweep.imported else ", where it was measured once and never used to choose"
        told.append(f"values on the test part are those at a training's best {subject.unit}{how}")
    return _sentence("; ".join(told))


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}." if words else ""


def _data_settings(subject: Subject) -> Mapping[str, Any]:
    try:
        space = space_of(subject.frames.sweep)
    except InputError:
        return {}
    [settings] = space.data.values() if space is not None else ({},)
    return settings or {}


def _design(subject: Subject) -> str:
    sweep, trials = subject.frames.sweep, subject.trials
    drawn = int((trials["phase"] != "baseline").sum())
    seed = f" (seed {clean(sweep.seed, 20)})" if sweep.seed else ""
    what = f"{count(drawn, 'configuration')} {'was' if drawn == 1 else 'were'}"
    how = _SAMPLERS.get(sweep.sampler, "")
    if sweep.sampler == _PAIRED and subject.compares:
        blocks, choices = int(trials["block"].nunique()), len(subject.choices)
        told = (
            f"{what} tried in {count(blocks, 'block')}: in each, every one of {count(choices, 'choice')} of "
            f"{listed([clean(path, 60) for path in sweep.compare])} was trained once under the same values of all other "
            f"parameters, {how}{seed}, and with the same seeds of weights and order. A parameter of several choices took "
            "the same quantile of each one's own range"
        )
    else:
        startup = int((trials["phase"] == "startup").sum())
        after = f", after {startup} that were drawn at random" if startup and how else ""
        told = f"{what} tried{', ' if how else ''}{how}{after}{seed}"
        if sweep.design == "even shares":
            told += "; every choice had an even share of them and a sampler of its own"
    baseline = len(trials) - drawn
    before = "; before these the baseline was trained, which no comparison counts" if baseline else ""
    return f"{told}{before}."


_SAMPLERS = {
    "paired": "drawn as scrambled Sobol' points (Matousek 1998)",
    "random": "drawn independently and at random",
    "qmc": "drawn as scrambled Sobol' points (Matousek 1998)",
    "grid": "every combination of a grid",
    "tpe": "proposed by a tree-structured Parzen estimator (Bergstra et al. 2011)",
    "gp": "proposed by a Gaussian process",
    "cmaes": "proposed by covariance matrix adaptation (Hansen and Ostermeier 2001)",
}


def _searched(subject: Subject) -> str:
    said = [_tried(subject, name) for name in subject.searched if PARAM + name in subject.trials]
    if not said:
        return ""
    more = f"; and {len(said) - _MOST} more parameters" if len(said) > _MOST else ""
    return f"Searched were {'; '.join(said[:_MOST])}{more}. All other settings were fixed."


def _tried(subject: Subject, name: str) -> str:
    column = subject.trials[PARAM + name]
    span = range_for(name, column, subject.frames.sweep.ranges)
    if span is not None and not span.declared:
        return f"{clean(name, 60)} (values from {shown(span.low)} to {shown(span.high)})"
    if span is not None:
        return f"{clean(name, 60)} from {shown(span.low)} to {shown(span.high)}{' (logarithmic)' if span.log else ''}"
    values = list(dict.fromkeys(shown(value) for value in column.dropna()))
    return f"{clean(name, 60)} ({listed(values, most=_MOST)})"


def _trained(subject: Subject) -> str:
    sweep = subject.frames.sweep
    epochs = sweep.fixed.get("budget.epochs", "")
    if sweep.imported or not epochs.isdecimal():
        return ""
    times = f" with {subject.averaged} each" if subject.repeated else ""
    told = f"Trainings had {epochs} epochs at most{times}"
    early = int((subject.frames.runs["reason"] == "early_stop").sum())
    told += f"; early stopping ended {early} of {len(subject.frames.runs)} before" if early else ""
    pruner = sweep.pruner if sweep.pruner not in ("", "none") else ""
    pruned = subject.counts["pruned"]
    told += f"; the pruner {clean(pruner, 20)}{_PRUNERS.get(pruner, '')} stopped {pruned} of the trials" if pruner else ""
    return f"{told}."


_PRUNERS = {"asha": " (Li et al. 2020)", "hyperband": " (Li et al. 2018)"}


def _value(subject: Subject) -> str:
    sweep = subject.frames.sweep
    own = f"the {clean(sweep.objective.metric)} of its best {subject.unit}"
    penalty = "" if sweep.imported or subject.orientation.metric != "loss" else ", without penalty terms"
    if subject.repeated:
        return f"A configuration's value is the mean over {subject.averaged} of {own}{penalty}."
    return f"A configuration's value is {own}{penalty}."


def _ended(subject: Subject) -> str:
    counts = subject.counts
    told = [f"{counts['complete']} of {count(len(subject.trials), 'configuration')} completed"]
    if counts["diverged"]:
        told.append(f"{counts['diverged']} diverged and count as worse than any other")
    told += [f"{counts['failed']} failed and are left out"] if counts["failed"] else []
    told += [f"{counts['running']} had not ended and are left out"] if counts["running"] else []
    return f"{listed(told)}."
