"""A thread that takes records to the stores, so that no store is ever in the way of training.

What it holds is in the spool already. When a store does not answer it waits and tries again; when the process dies,
`resume` starts from the spool.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from sweeper.errors import StoreError
from sweeper.records import EpochRecord
from sweeper.tracking.projector import Projector
from sweeper.tracking.reconcile import Identity
from sweeper.tracking.replay import TrialState

_TICK = 1.0
"""Seconds over which records are gathered: a trial shorter than that costs four calls, whatever its epochs."""
_FIRST_WAIT, _LONGEST_WAIT = 0.5, 30.0


@dataclass
class _Pending:
    """What is still to be told of one trial."""

    trial: TrialState
    epochs: list[EpochRecord] = field(default_factory=list)
    ended: bool = False


class Drain:
    """`began`, `epoch` and `ended` are called by the parent's thread and return at once.

    A `TrialState` handed over grows in the parent's thread; what is read of it here (plan, start, outcome) is set before it
    is handed over.
    """

    def __init__(self, projector: Projector, complain: Callable[[str], None]) -> None:
        """`complain` is called, in the drain's thread, with one line when a store begins to fail, and when it is back."""
        self._projector, self._complain = projector, complain
        self._turn = threading.Condition()
        self._pending: dict[Identity, _Pending] = {}
        self._all: dict[Identity, TrialState] = {}
        self._closing = False
        self._abandoned = False
        self._done = 0
        self._failing: StoreError | None = None
        self._broken: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="drain", daemon=True)
        self._thread.start()

    def know(self, trials: Sequence[TrialState]) -> None:
        """The trials of earlier runs: the mirror's numbers count them, and of an unfinished one the stores may lack epochs that
        will not be told again, for an epoch is told when it is computed first."""
        with self._turn:
            self._all.update({(trial.number, trial.repeat): trial for trial in trials})
            for trial in trials:
                if trial.outcome is None and trial.epochs:
                    self._of(trial).epochs += [trial.epochs[epoch] for epoch in sorted(trial.epochs)]

    def began(self, trial: TrialState) -> None:
        with self._turn:
            self._of(trial)

    def epoch(self, trial: TrialState, record: EpochRecord) -> None:
        with self._turn:
            self._of(trial).epochs.append(record)

    def ended(self, trial: TrialState) -> None:
        with self._turn:
            self._of(trial).ended = True

    def close(self, patience: float) -> None:
        """Brings the rest to the stores. Raises StoreError where they take nothing for `patience` seconds."""
        with self._turn:
            self._closing = True
            self._turn.notify_all()
        done = -1
        while self._thread.is_alive() and self._done != done:
            done = self._done
            self._thread.join(patience)
        if self._broken is not None:
            raise self._broken
        if self._thread.is_alive():
            self._abandoned = True
            raise self._failing or StoreError(f"the stores took nothing for {patience:g} seconds")

    def _of(self, trial: TrialState) -> _Pending:
        self._all[(trial.number, trial.repeat)] = trial
        return self._pending.setdefault((trial.number, trial.repeat), _Pending(trial))

    def _run(self) -> None:
        wait = _FIRST_WAIT
        while not self._abandoned:
            with self._turn:
                self._turn.wait_for(lambda: self._closing, _TICK)
                taken, self._pending = self._pending, {}
                closing, everything = self._closing, [self._all[identity] for identity in sorted(self._all)]
            try:
                self._take(taken)
                self._projector.mirror(everything)
            except StoreError as error:
                self._put_back(taken)
                self._say(error)
                with self._turn:
                    self._turn.wait_for(lambda: self._abandoned, wait)
                wait = min(2 * wait, _LONGEST_WAIT)
                continue
            except BaseException as error:  # a fault of this program: told by `close`, in the parent's thread
                self._broken = error
                return
            wait = _FIRST_WAIT
            self._say(None)
            if closing and not self._pending:
                return

    def _take(self, taken: dict[Identity, _Pending]) -> None:
        for identity in sorted(taken):
            pending = taken[identity]
            if pending.ended:
                self._projector.end(pending.trial, pending.epochs)
            elif pending.epochs:
                self._projector.epochs(pending.trial, pending.epochs)
            else:
                self._projector.begin(pending.trial)
            del taken[identity]
            self._done += 1

    def _put_back(self, taken: dict[Identity, _Pending]) -> None:
        """What was not written, before what has come since."""
        with self._turn:
            for identity, pending in taken.items():
                later = self._pending.get(identity)
                if later is not None:
                    pending.epochs += later.epochs
                    pending.ended = pending.ended or later.ended
                self._pending[identity] = pending

    def _say(self, error: StoreError | None) -> None:
        if error is not None and self._failing is None:
            self._complain(f"{error}. Training goes on; the records are safe and will follow.")
        elif error is None and self._failing is not None:
            self._complain("the stores answer again")
        self._failing = error
