"""A thread that takes records to the stores, so that no store is ever in the way of training.

What it holds is in the spool already. When a store does not answer it waits and tries again; when the process dies,
`resume` starts from the spool.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sweeper.errors import StoreError
from sweeper.records import EpochRecord
from sweeper.tracking.projector import Projector
from sweeper.tracking.replay import Identity, TrialState

_TICK = 1.0
"""Seconds over which records are gathered: a trial that is shorter costs the fewest calls, whatever its epochs."""
_SHARE = 0.1
"""Seconds more for each trial that runs: where there are many side by side, each is told of less often."""
_HELD = 256
"""Ended trials whose records are held at most. Where the stores are slower than the workers for long, what is beyond these is
read from the spools again when its turn comes, and memory stays flat."""
_FIRST_WAIT, _LONGEST_WAIT = 0.5, 30.0


@dataclass
class _Pending:
    """What is still to be told of one trial; `due` on the monotonic clock, unless it has ended before."""

    trial: TrialState
    due: float
    epochs: list[EpochRecord] = field(default_factory=list)
    ended: bool = False
    spooled: bool = False
    """Its records are no longer held."""


class Drain:
    """`began`, `epoch` and `ended` are called by the parent's thread and return at once.

    A `TrialState` handed over grows in the parent's thread; what is read of it here (plan, start, and of one that has ended
    outcome and curve) is set before it is handed over.
    """

    def __init__(self, projector: Projector, complain: Callable[[str], None]) -> None:
        """`complain` is called, in the drain's thread, with one line when a store begins to fail, and when it is back."""
        self._projector, self._complain = projector, complain
        self._turn = threading.Condition()
        self._pending: dict[Identity, _Pending] = {}
        self._held = 0
        self.seconds = 0.0
        """What the stores took so far, in this thread."""
        self._closing = False
        self._abandoned = False
        self._done = 0
        self._failing: StoreError | None = None
        self._broken: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="drain", daemon=True)
        self._thread.start()

    def know(self, trials: Sequence[TrialState]) -> None:
        """The trials of earlier runs: of an unfinished one the stores may lack epochs that will not be told again, for an epoch
        is told when it is computed first."""
        with self._turn:
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
            pending = self._of(trial)
            pending.ended = True
            if self._held < _HELD:
                self._held += 1
            else:
                pending.epochs, pending.spooled = [], True

    def close(self, patience: float, hurry: Callable[[], bool] = lambda: False) -> bool:
        """Brings the rest to the stores, until `hurry` says that nobody waits for it any longer; gives whether all is there.

        Raises StoreError where they take nothing for `patience` seconds.
        """
        with self._turn:
            self._closing = True
            self._turn.notify_all()
        done, since = self._done, time.monotonic()
        while self._thread.is_alive() and time.monotonic() - since < patience and not hurry():
            self._thread.join(_TICK)
            if self._done != done:
                done, since = self._done, time.monotonic()
        if self._broken is not None:
            raise self._broken
        if not self._thread.is_alive():
            return True
        self._abandoned = True
        if time.monotonic() - since < patience:
            return False
        raise self._failing or StoreError(f"the stores took nothing for {patience:g} seconds")

    def _of(self, trial: TrialState) -> _Pending:
        pending = self._pending.get(trial.identity)
        if pending is None:
            due = time.monotonic() + _TICK + _SHARE * len(self._pending)
            pending = self._pending[trial.identity] = _Pending(trial, due)
        return pending

    def _run(self) -> None:
        wait = _FIRST_WAIT
        while not self._abandoned:
            taken, closing = self._next()
            begun = time.monotonic()
            try:
                self._take(taken)
                while not self._abandoned and self._projector.mirror_next():
                    self._done += 1
                self.seconds += time.monotonic() - begun
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

    def _next(self) -> tuple[dict[Identity, _Pending], bool]:
        """What is due when the next tick is over, and whether that is all there will be."""
        with self._turn:
            self._turn.wait_for(lambda: self._closing, _TICK)
            now, closing = time.monotonic(), self._closing
            due = [identity for identity, one in self._pending.items() if closing or one.ended or one.due <= now]
            return {identity: self._pending.pop(identity) for identity in sorted(due)}, closing

    def _take(self, taken: dict[Identity, _Pending]) -> None:
        """Brings it to MLflow; what was brought is taken out of `taken`."""
        for identity, pending in [(identity, one) for identity, one in taken.items() if not one.spooled]:
            if pending.ended:
                self._projector.end(pending.trial, pending.epochs)
                with self._turn:
                    self._held -= 1
            elif pending.epochs:
                self._projector.epochs(pending.trial, pending.epochs)
            else:
                self._projector.begin(pending.trial)
            self._count(taken, [identity])
        while taken and not self._abandoned:
            some = dict(list(taken.items())[:_HELD])
            self._projector.end_from_spools([pending.trial for pending in some.values()])
            self._count(taken, some)

    def _count(self, taken: dict[Identity, _Pending], done: Iterable[Identity]) -> None:
        for identity in done:
            del taken[identity]
            self._done += 1

    def _put_back(self, taken: Mapping[Identity, _Pending]) -> None:
        """What was not written, before what has come since."""
        with self._turn:
            for identity, pending in taken.items():
                later = self._pending.get(identity)
                if later is not None:
                    pending.epochs += later.epochs
                    pending.ended, pending.spooled = pending.ended or later.ended, pending.spooled or later.spooled
                self._pending[identity] = pending

    def _say(self, error: StoreError | None) -> None:
        if error is not None and self._failing is None:
            self._complain(f"{error}. Training goes on; the records are safe and will follow.")
        elif error is None and self._failing is not None:
            self._complain("the stores answer again")
        self._failing = error
