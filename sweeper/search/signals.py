"""Ctrl-C, SIGTERM and a closed terminal: asked once they end a sweep gently, asked twice at once."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from types import FrameType, TracebackType

_EXIT = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 143}


class Signals:
    """While entered, counts signals instead of raising; does nothing outside the main thread, where none arrive."""

    def __init__(self, wake: Callable[[], None]) -> None:
        """`wake` is called in the handler: it ends the parent's waiting."""
        self._wake = wake
        self._before: dict[int, object] = {}
        self.count = 0
        self.exit_code = 0

    def __enter__(self) -> Signals:
        if threading.current_thread() is threading.main_thread():
            for number in _EXIT:
                if signal.getsignal(number) is not signal.SIG_IGN:  # as `nohup` sets SIGHUP
                    self._before[number] = signal.signal(number, self._take)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]

    def _take(self, number: int, frame: FrameType | None) -> None:
        self.count += 1
        self.exit_code = self.exit_code or _EXIT[signal.Signals(number)]
        self._wake()

    @property
    def gentle(self) -> bool:
        """Whether the running epochs may end: SIGTERM leaves a few seconds only, after which it kills."""
        return self.exit_code == 130
