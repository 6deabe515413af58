"""What was run: the design, what was tried, what was held fixed and is therefore untested."""

from __future__ import annotations

import pandas as pd

from sweeper.reporting.metrics.targets import AT_TARGET
from sweeper.reporting.reading.runs import PARAM
from sweeper.reporting.story.blocks import Block, Details, Facts, Section
from sweeper.reporting.story.subject import Subject, shown
from sweeper.reporting.text import clean, count, listed, seconds, visible

VALUES = 8
"""Values of a searched parameter that are named one by one."""


def run(subject: Subject) -> Section:
    sweep = subject.frames.sweep
    facts = [
        ("Compared", "; ".join(f"{clean(path, 60)}: {_set_against(subject, path)}" for path in sweep.compare)),
        (
            "Tried",
            "; ".join(f"{clean(name, 60)}: {tried(subject, name)}" for name in subject.searched if name not in sweep.compare),
        ),
        ("Held fixed, so untested", _fixed_words(subject)),
        (
            "Objective",
            f"{'maximize' if sweep.objective.maximize else 'minimize'} {clean(sweep.objective.metric)}, the value "
            f"of the best {subject.unit}",
        ),
        ("Data", ", ".join(_data_words(subject))),
        ("Imported", _imported_words(subject)),
        ("Design", ", ".join(_design_words(subject))),
        ("Budget", ", ".join(f"{clean(key.removeprefix('budget.'))} {shown(value)}" for key, value in _budget(subject))),
        ("Cost", _cost(subject)),
        ("Machine", ", ".join(_machine(subject))),
        ("Versions", ", ".join(_versions(subject))),
        ("Programs", _programs(subject)),
        ("Also recorded", "; ".join(_others(subject))),
        ("MLflow", f"parent run {sweep.run_id}"),
        ("Failed, left out of every figure and median", _failed(subject)),
        ("Not over, left out likewise", _running(subject)),
    ]
    blocks: list[Block] = [Facts(tuple((label, words) for label, words in facts if words))]
    if sweep.space:
        blocks.append(Details("The space file", "\n".join(visible(line).rstrip() for line in sweep.space.splitlines())))
    return Section("run", "What was run", _ended(subject), tuple(blocks))


def _ended(subject: Subject) -> tuple[str, ...]:
    counts, n = subject.counts, len(subject.trials)
    if not n:
        return ("No trial has been started.",)
    others = [f"{counts[word]} {said}" for word, said in _ENDS if counts[word]]
    if subject.frames.sweep.imported:
        said = f"{counts['complete']} of {count(n, 'trial')} {'have' if n > 1 else 'has'} a value of the objective; whether "
        said += f"{'each' if n > 1 else 'it'} ran to its end is not recorded"
        return ("; ".join([said, *([listed(others)] if others else [])]) + ".", *_trained(subject))
    early = int(((subject.trials["state"] == "COMPLETE") & (subject.trials["reason"] == "early_stop")).sum())
    sentence = f"{counts['complete']} of {count(n, 'trial')} ran to {'their' if n > 1 else 'its'} end"
    sentence += f" ({early} of them ended by early stopping)" if early else ""
    cut = int((subject.trials["reason"] == AT_TARGET).sum())
    sentence += f" ({cut} of them were stopped at the target)" if cut else ""
    return (f"{sentence}{'; ' + listed(others) if others else ', none was lost'}.", *_trained(subject))


def _trained(subject: Subject) -> list[str]:
    """How often each configuration was trained, where that was more than once."""
    if not subject.repeated:
        return []
    most = int(subject.trials["repeats"].max())
    fewer = int((subject.trials["repeats"] < most).sum())
    said = f"Each was trained with {subject.averaged} ({len(subject.frames.runs)} trainings), and its values are their means"
    return [f"{said}; {count(fewer, 'trial')} did not come to all of them." if fewer else f"{said}."]


_ENDS = (
    ("diverged", "diverged (a result, and counted)"),
    ("pruned", "stopped early by the pruner"),
    ("failed", "failed (missing data)"),
    ("running", "still running"),
)


def _set_against(subject: Subject, path: str) -> str:
    """The compared values, in the order that they have everywhere in the report."""
    return listed([clean(level, 48) for level in subject.factors.get(path, ())], most=VALUES) or "in no trial"


def tried(subject: Subject, name: str) -> str:
    """What the trials really tried, which a range in a file need not be."""
    if PARAM + name not in subject.trials:
        return "in no trial"
    column = subject.trials[PARAM + name].dropna()
    different = list(dict.fromkeys(column))
    if pd.api.types.is_numeric_dtype(column):
        different.sort()
        if len(different) > (2 if pd.api.types.is_float_dtype(column) else VALUES):
            return f"{shown(column.min())} to {shown(column.max())}"
    return listed([shown(value) for value in different], most=VALUES)


def _fixed(subject: Subject) -> list[tuple[str, str]]:
    return [(key, value) for key, value in subject.frames.sweep.fixed.items() if not key.startswith("budget.")]


def _fixed_words(subject: Subject) -> str:
    """The settings that are something, then those that are `none`."""
    there = [f"{clean(key, 60)} {shown(value)}" for key, value in _fixed(subject) if value != "none"]
    without = [clean(key, 60) for key, value in _fixed(subject) if value == "none"]
    return "; ".join([", ".join(there)] * bool(there) + [f"without {', '.join(without)}"] * bool(without))


def _budget(subject: Subject) -> list[tuple[str, str]]:
    return [(key, value) for key, value in subject.frames.sweep.fixed.items() if key.startswith("budget.")]


def _data_words(subject: Subject) -> list[str]:
    data = subject.frames.sweep.data
    words = [clean(data["name"], 60)] if "name" in data else []
    rows = [
        f"{clean(data[key], 20)} {key.removeprefix('rows.')}"
        for key in ("rows.train", "rows.validation", "rows.test")
        if key in data
    ]
    folds = subject.frames.sweep.folds
    where = f" in the first of {folds} folds" if folds > 1 else ""
    words += [f"{' + '.join(rows)} rows{where}"] if rows else []
    others = {
        key: value for key, value in data.items() if key not in ("name", "folds") and not key.startswith(("rows.", "fold."))
    }
    return words + [f"{clean(key.replace('_', ' '), 40)} {clean(value, 60)}" for key, value in others.items()]


def _imported_words(subject: Subject) -> str:
    """Where curves came from that another program made, and what their columns were taken to mean."""
    sweep = subject.frames.sweep
    return f"from {clean(sweep.about['imported'], 80)}; {clean(sweep.about.get('columns', ''), 600)}" if sweep.imported else ""


def _design_words(subject: Subject) -> list[str]:
    sweep = subject.frames.sweep
    blocks = subject.trials["block"].nunique() if subject.compares else 0
    if sweep.imported:
        said = "as the import says" if sweep.design != "unknown" else "so no choice is called better"
        return [f"{clean(sweep.design, 40)}, {said}", *([f"{count(blocks, 'block')}"] if blocks else [])]
    words = [
        f"{label} {clean(value, 40)}"
        for label, value in (("design", sweep.design), ("sampler", sweep.sampler), ("pruner", sweep.pruner))
        if value
    ]
    words += [f"{count(blocks, 'block')} x {count(len(subject.choices), 'choice')}"] if blocks else []
    return words + ([f"seed {clean(sweep.seed, 40)}"] if sweep.seed else [])


def _cost(subject: Subject) -> str:
    sums = {str(name): subject.trials[name].sum() for name in subject.trials if str(name).startswith("seconds_")}
    spent = [
        f"{part.removeprefix('seconds_')} {seconds(total)}"
        for part, total in sums.items()
        if part not in ("seconds_wall", "seconds_to_target", "seconds_per_epoch")
    ]
    took = subject.frames.sweep.seconds
    start = [f"{seconds(took)} from the first trial to the end, without starting up"] if took is not None else []
    return "; ".join([*start, *([f"summed over trials: {', '.join(spent)}"] if spent else [])])


def _machine(subject: Subject) -> list[str]:
    about = subject.frames.sweep.about
    trained = sorted({clean(name, 40) for name in subject.trials["device"] if name})
    named = [f"{key} {clean(about[key], 60)}" for key in ("backend", "workers", "threads", "machine") if key in about]
    return [*trained, *named]


def _versions(subject: Subject) -> list[str]:
    sweep = subject.frames.sweep
    packages = {key.partition(".")[2]: value for key, value in sweep.about.items() if key.startswith(("version.", "versions."))}
    own = [f"sweeper {clean(sweep.version, 40)}"] if sweep.version and "sweeper" not in packages else []
    return own + [f"{clean(package, 60)} {clean(value, 60)}" for package, value in packages.items()]


def _programs(subject: Subject) -> str:
    """What was compiled for the trials, and how many shared one."""
    about = {key: clean(value, 120) for key, value in subject.frames.sweep.about.items()}
    words = []
    if about.keys() >= {"programs.compiled", "programs.structures", "programs.found"}:
        structures, compiled, found = (_plural(about[f"programs.{key}"], one) for key, one in _COUNTED)
        took = _seconds(about.get("programs.seconds", ""))
        words.append(f"{compiled} compiled{took} for {structures}; {found} found theirs ready")
    if about.get("lanes.used"):
        words.append(f"trials side by side: {about['lanes.used']}")
    if about.get("ahead"):
        words.append(f"asked for up to {about['ahead']} trials ahead")
    return "; ".join(words)


_COUNTED = (("structures", "structure"), ("compiled", "program"), ("found", "training"))


def _plural(text: str, one: str) -> str:
    return count(int(text), one) if text.isdecimal() else f"{text} {one}s"


def _seconds(text: str) -> str:
    try:
        return f" in {seconds(float(text))}"
    except ValueError:
        return ""


_TOLD = (
    "id", "sweep", "state", "device", "backend", "workers", "threads", "machine", "repeats", "folds", "overrides", "imported",
    "columns", "unit", "target", "trials", "lanes", "ahead",
)  # fmt: skip
_TOLD_OF = ("version.", "versions.", "best.", "confirms", "programs.", "lanes.")
"""Tags that other lines show, or that say what the trials themselves do."""


def _others(subject: Subject) -> list[str]:
    """Tags of the sweep that no other line shows, as whoever wrote them named them."""
    left = subject.frames.sweep.about.items()
    return [f"{clean(key, 60)}: {clean(value, 60)}" for key, value in left if key not in _TOLD and not key.startswith(_TOLD_OF)]


def _failed(subject: Subject) -> str:
    lost = subject.trials[subject.trials["state"] == "FAILED"]
    said = [
        f"trial {number} ({clean(reason) or 'no reason logged'})"
        for number, reason in zip(lost["number"], lost["reason"], strict=True)
    ]
    return listed(said, most=VALUES)


def _running(subject: Subject) -> str:
    still = [str(n) for n in subject.trials.loc[subject.trials["state"] == "RUNNING", "number"]]
    return f"trial {listed(still, most=VALUES)}" if still else ""
