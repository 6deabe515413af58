"""A hidden folder to write into, beside the place where what is written there shall stand."""

from __future__ import annotations

import contextlib
import glob
import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from sweeper.tracking.lock import Lock, held

_LOCK = "lock"


@contextlib.contextmanager
def drafted(out: Path) -> Iterator[Path]:
    """An empty folder named like `out`, in a hidden one of this process beside it, which goes at the end with all that it holds
    then. Hidden ones that killed processes left go before. Raises OSError, StoreError."""
    out.parent.mkdir(parents=True, exist_ok=True)
    hidden = f".{out.name}-"
    for left in out.parent.glob(f"{glob.escape(hidden)}*"):
        if (left / _LOCK).is_file() and not held(left / _LOCK):
            shutil.rmtree(left, ignore_errors=True)
    with (
        TemporaryDirectory(prefix=hidden, dir=out.parent, ignore_cleanup_errors=True) as own,
        Lock(Path(own) / _LOCK, out.name),
    ):
        draft = Path(own) / out.name
        draft.mkdir()
        yield draft
