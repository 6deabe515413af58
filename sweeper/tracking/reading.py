"""A sweep's state from its spools: all of it, what fits a page, or the epochs of a few trials. Memory is the state's alone."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from sweeper.records import EpochRecord, Record
from sweeper.tracking.replay import Identity, SweepState, TrialState
from sweeper.tracking.spool import Reading, Wanted, no_epochs


class Spools:
    """The spools of one sweep. Every method raises StoreError for a file that is damaged; see `spool.Reading`.

    `remarks` tell of the lines that a crash cut off, as the last reading met them.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.remarks: tuple[str, ...] = ()

    def state(self, keep: str | None = None) -> SweepState:
        """Everything; with `keep`, of trials that have ended the curve of that metric alone."""
        return SweepState(self._records(), keep)

    def outline(self) -> SweepState:
        """What a list of trials shows: of those that ended at a best epoch, that epoch alone; of the others, all."""
        state = self.bare()
        for record in self._records(_shown(state)):
            state.add(record)
        return state

    def bare(self) -> SweepState:
        """Everything but epochs."""
        return SweepState(self._records(no_epochs))

    def epochs(self, trials: Collection[Identity]) -> dict[Identity, list[EpochRecord]]:
        """The epochs of these trials, in their order."""
        asked = set(trials)
        state = SweepState(self._records(lambda trial, repeat, epoch: (trial, repeat) in asked))
        return {identity: in_order(state.trial(*identity)) for identity in asked}

    def _records(self, wanted: Wanted | None = None) -> Iterator[Record]:
        remarks: list[str] = []
        for path in sorted(self.folder.glob("*.jsonl")):
            reading = Reading(path, wanted)
            yield from reading
            if reading.torn:
                remarks.append(f"{path.name}: dropped {reading.torn} bytes of a line that a crash cut off")
        self.remarks = tuple(remarks)


def in_order(trial: TrialState) -> list[EpochRecord]:
    return [trial.epochs[epoch] for epoch in sorted(trial.epochs)]


def _shown(state: SweepState) -> Wanted:
    best: dict[Identity, int] = {}
    for trial in state.trials:
        if trial.outcome is not None and trial.outcome.best_epoch is not None:
            best[trial.identity] = trial.outcome.best_epoch
    return lambda trial, repeat, epoch: best.get((trial, repeat), epoch) == epoch
