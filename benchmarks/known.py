"""Do reports say what is known? `python benchmarks/known.py [NAME ...] [--home DIR]`

Runs the spaces of known.yaml, each in its own sweep, and holds the report's verdicts and labels against those that are right.
Prints a Markdown table with the report's own sentences; the exit status is 1 where one does not hold. About ten minutes on two
cores. What `--home` has already is not trained again.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
from ruamel.yaml import YAML

from sweeper.reporting.every_frame import EveryFrame, read_sweep
from sweeper.reporting.statistics.verdict import NO_DIFFERENCE, NOT_ENOUGH, UNDECIDED
from sweeper.reporting.story.findings import findings
from sweeper.reporting.story.generalization.shapes import judged
from sweeper.reporting.story.subject import Subject
from sweeper.tracking.home import Home

HERE = Path(__file__).resolve().parent
OPEN = (NO_DIFFERENCE, UNDECIDED, NOT_ENOUGH)
"""Verdicts that call none of the two the leader."""


@dataclass(frozen=True)
class Experiment:
    """One entry of known.yaml."""

    name: str
    known: str
    space: str
    set: Sequence[str] = ()
    verdicts: Mapping[str, Sequence[str]] = field(default_factory=dict)
    speed: Mapping[str, Sequence[str]] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    never: Mapping[str, str] = field(default_factory=dict)


def experiments() -> list[Experiment]:
    return [Experiment(**entry) for entry in YAML(typ="safe").load(HERE / "known.yaml")]


def run(experiment: Experiment, home: Path) -> EveryFrame:
    """The sweep of the experiment, trained unless it is there. Raises CalledProcessError where it does not end well."""
    given = [text for setting in experiment.set for text in ("--set", setting)]
    name = "-".join(["known", experiment.space, *experiment.set]).replace(".", "-").replace("=", "-")
    entry = [sys.executable, str(HERE.parent / "sweep.py"), "run", experiment.space, "--name", name, "--home", str(home)]
    if not Home.at(home).sweep(name).path.exists():
        subprocess.run([*entry, "--no-report", *given], check=True, stdout=sys.stderr)
    return read_sweep(name, f"sqlite:///{home / 'mlflow.db'}")


def wrong(experiment: Experiment, pairs: pd.DataFrame, speed: pd.DataFrame, labels: pd.DataFrame) -> Iterator[str]:
    """What does not hold of the frames `pairs` and `speed`, and of `labels`, the choice and the label of each trial."""
    for frame, expected in ((pairs, experiment.verdicts), (speed, experiment.speed)):
        for pair, right in expected.items():
            found = _verdict(frame, *pair.split(" > "))
            if found not in right:
                yield f"{pair}: {found}; right is {' or '.join(right)}"
    for choice, label in experiment.labels.items():
        own = labels if choice == "all" else labels[labels["choice"] == choice]
        share = (own["label"] == label).mean()
        if not share > 0.5:
            yield f"{choice}: {share:.0%} of {len(own)} are called {label}; right is more than half"
    for choice, label in experiment.never.items():
        count = int((labels.loc[labels["choice"] == choice, "label"] == label).sum())
        if count:
            yield f"{choice}: {count} are called {label}; right is none"


def _verdict(frame: pd.DataFrame, leader: str, other: str) -> str:
    """The verdict on two choices; where it says that one of them leads and that is the other, it says so."""
    rows = frame[frame["a"].isin([leader, other]) & frame["b"].isin([leader, other])]
    if len(rows) != 1:
        return "not compared"
    row = rows.iloc[0]
    return str(row["verdict"]) if row["a"] == leader or row["verdict"] in OPEN else f"{other}: {row['verdict']}"


def sentences(subject: Subject) -> list[str]:
    """What the report says of choices and of shapes, and how many trials of each choice carry which label."""
    said = [finding.sentence for finding in findings(subject) if finding.section in ("choices", "convergence")]
    return [*said, *label_counts(subject)]


def label_counts(subject: Subject) -> list[str]:
    table = judged(subject)
    own = table["choice"].where(table["choice"] != "", "all")
    return [
        f"{choice}: " + ", ".join(f"{n} {label}" for label, n in labels.value_counts().items())
        for choice, labels in table["label"].groupby(own)
    ]


def main() -> int:
    known = experiments()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(sorted({one.space for one in known}))}")
    parser.add_argument("--home", type=Path, help="where the sweeps are kept; else nowhere")
    asked = parser.parse_args()
    failures = 0
    print("| experiment | what is known | what the report says | right |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as temporary:
        for experiment in known:
            if asked.names and experiment.space not in asked.names:
                continue
            frames = run(experiment, asked.home or Path(temporary))
            subject = Subject(frames)
            faults = [*wrong(experiment, frames.pairs, frames.speed, judged(subject)[["choice", "label"]])]
            failures += len(faults)
            said = "<br>".join(sentences(subject)).replace("|", "\\|")
            print(f"| {experiment.name} | {experiment.known} | {said} | {'; '.join(faults) or 'yes'} |", flush=True)
    return min(failures, 1)


if __name__ == "__main__":
    sys.exit(main())
