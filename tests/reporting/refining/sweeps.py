"""Frames of sweeps made by hand: what `refining` looks at, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from sweeper.records import Objective
from sweeper.reporting.frames import SweepFrames
from sweeper.reporting.reading.ranges import Range
from sweeper.reporting.reading.runs import PARAM
from sweeper.reporting.reading.sweep import Sweep
from sweeper.reporting.refining.propose import Proposal, propose
from sweeper.reporting.story.subject import Subject
from sweeper.spaces import SearchSpace, tree
from sweeper.spaces.changes import Change
from sweeper.spaces.revising import read_kept

Row = Mapping[str, object]

SPACE = """\
# Expect    nothing
# Minutes   1            Run  sweep run mine
data: digits
model: {mlp: {layers: {choice: [64, 64-32]}}}
optimizer: {adam: {learning_rate: {float: [1e-4, 1e-2], log: true}}}
regularization: {dropout: {float: [0.0, 0.5]}}
search: {sampler: random, pruner: none}
budget: {trials: 40, epochs: 20}
"""
RATE, DROPOUT, LAYERS = "optimizer.adam.learning_rate", "regularization.dropout", "model.mlp.layers"


def trial(number: int, value: float | None, params: Mapping[str, object] | None = None, **others: object) -> Row:
    """One row; without a value it was pruned, or diverged where its `reason` says so."""
    row = {
        "number": number, "trial": number, "repeat": 0, "fold": 0, "repeats": 1, "value": value, "trial_value": value,
        "state": "COMPLETE" if value is not None else "PRUNED", "reason": "finished" if value is not None else "pruner",
        "phase": "random", "block": None, "choice": "", "best_epoch": 15, "epochs": 20, "label": "healthy",
        "plateau": "plateaued", "noise": 0.001, "seconds_per_epoch": 0.01, "spread": None,
        "run_id": str(number), "gap_end": None, "spikes": None, "late_sd": None, "train_increase": None,
    }  # fmt: skip
    return {**row, **{PARAM + name: value for name, value in (params or {}).items()}, **others}


def ranges_of(space: SearchSpace) -> dict[str, Range]:
    nodes = {leaf.name: leaf.node for leaf in space.leaves if isinstance(leaf.node, tree.Range)}
    steps = {name: node.step or float(node.kind == "int") for name, node in nodes.items()}
    return {name: Range(node.low, node.high, node.log, steps[name]) for name, node in nodes.items()}


def subject_of(
    rows: Sequence[Row], space: str = SPACE, sampler: str = "random", maximize: bool = False, **sweep: object
) -> Subject:
    found = read_kept(space, (), Path(), "mine") if space else None
    known = {
        "name": "mine", "run_id": "0", "status": "FINISHED", "sampler": sampler, "pruner": "none", "seed": "3", "design": "",
        "version": "", "question": "", "data": {}, "about": {}, "started": None, "ended": None, "space": space,
        "ranges": ranges_of(found) if found else {},
        "compare": found.compare if found else (), "searched": tuple(leaf.name for leaf in found.leaves) if found else (),
        "objective": Objective("val_accuracy" if maximize else "val_loss", maximize),
        "fixed": {"budget.trials": str(len(rows)), "budget.epochs": "20"}, "source": "mine.yaml",
    }  # fmt: skip
    trials = pd.DataFrame(rows)
    trials = trials.astype(dict.fromkeys(("value", "trial_value", "spread"), "float64"))
    trials["block"] = trials["block"].astype("Int64")
    return Subject(SweepFrames(Sweep(**{**known, **sweep}), trials, trials, pd.DataFrame()))  # type: ignore[arg-type]


def space_in(subject: Subject) -> SearchSpace | None:
    return read_kept(subject.frames.sweep.space, (), Path(), "mine") if subject.frames.sweep.space else None


def proposal(subject: Subject) -> Proposal:
    return propose(subject, space_in(subject))


def changes(subject: Subject) -> dict[str, Change]:
    return {change.path: change for change in proposal(subject).changes}
