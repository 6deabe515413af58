"""What may become different in the next space: values that a report proposes and `revising` writes into the file."""

from __future__ import annotations

from dataclasses import dataclass

from sweeper.records import Value


@dataclass(frozen=True)
class Bounds:
    """A range gets these ends."""

    low: float
    high: float


@dataclass(frozen=True)
class Only:
    """One value, or one option with all that is in it, takes the place of a choice."""

    value: Value


@dataclass(frozen=True)
class Without:
    """These values or options leave a choice, which keeps two at least."""

    values: tuple[Value, ...]


@dataclass(frozen=True)
class To:
    """A setting in which nothing is tried gets this value."""

    value: Value


@dataclass(frozen=True)
class Change:
    """`path` is the name of the place as the space has it (`optimizer.adam.learning_rate`, of layers `model.mlp.units`), `says`
    what is done there in a few words (`widened from 0.001 .. 0.1`), `reason` the finding behind it with its counts."""

    path: str
    becomes: Bounds | Only | Without | To
    says: str
    reason: str
