"""One process works on a sweep: a lock file that says who, and that nobody has to remove by hand after a crash."""

from __future__ import annotations

import fcntl
import json
import os
import socket
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType

from sweeper.errors import InputError, StoreError

_STAT_START = 19
"""Where a process's start time stands in /proc/PID/stat, counted after the command's closing parenthesis."""


@dataclass(frozen=True)
class Holder:
    """A process, told apart from a later one of the same number by its start (clock ticks) and by the boot it runs in."""

    pid: int
    start: str
    boot: str
    host: str

    @staticmethod
    def me() -> Holder:
        return Holder(os.getpid(), _start_of(os.getpid()), _boot(), socket.gethostname())

    def alive(self) -> bool:
        """Whether it still runs; a process of another machine is taken to be alive, for nobody here can know."""
        if self.host != socket.gethostname():
            return True
        if self.boot != _boot():
            return False
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            pass
        return self.start == _start_of(self.pid)


class Lock:
    """Held from construction to `release`, or to the death of the process, by whatever it dies.

    The file is locked in the kernel (`flock`), so that of two processes that start together exactly one wins, and it names
    its holder for `list` and for the loser's message.
    """

    def __init__(self, path: Path, name: str) -> None:
        """Raises InputError where another process holds it or the folder is gone, StoreError where nothing can be written."""
        self.path = path
        while True:
            self._file = _opened(path, name)
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                os.close(self._file)
                raise InputError(in_use(name, read_holder(path))) from None
            if self._is_the_file():
                break
            os.close(self._file)  # it was released, and so removed, between the two lines above
        other = read_holder(path)
        if other is not None and other != Holder.me() and other.alive():  # a file system without flock, or another machine
            os.close(self._file)
            raise InputError(in_use(name, other))
        self._sign()

    def release(self) -> None:
        if self._is_the_file():  # its folder may have been moved, and another one have taken the place
            self.path.unlink(missing_ok=True)
        os.close(self._file)

    def __enter__(self) -> Lock:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.release()

    def _sign(self) -> None:
        """Names the holder; where that cannot be written (a full disk) the lock is not had."""
        try:
            os.ftruncate(self._file, 0)
            os.pwrite(self._file, json.dumps(asdict(Holder.me())).encode(), 0)
        except OSError as error:
            self.release()
            raise StoreError(f"cannot write {self.path}: {error.strerror}") from error

    def _is_the_file(self) -> bool:
        try:
            return os.fstat(self._file).st_ino == self.path.stat().st_ino
        except FileNotFoundError:
            return False


def _opened(path: Path, name: str) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except FileNotFoundError:
        raise InputError(f"the sweep '{name}' is gone: {path.parent} was removed. `sweep list` shows what is there.") from None
    except OSError as error:
        raise StoreError(f"cannot write {path}: {error.strerror}") from error


def read_holder(path: Path) -> Holder | None:
    """Who wrote the lock file, alive or not; None without a file or with one that was being written."""
    try:
        return Holder(**json.loads(path.read_text()))
    except (OSError, ValueError, TypeError):
        return None


def held(path: Path) -> bool:
    """Whether a living process holds the lock."""
    holder = read_holder(path)
    return holder is not None and holder.alive()


def in_use(name: str, holder: Holder | None) -> str:
    who = f"process {holder.pid} on {holder.host}" if holder else "another process"
    return f"the sweep '{name}' is in use by {who}. Wait until it ends, or stop it with Ctrl-C there."


def _start_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[_STAT_START]
    except (OSError, IndexError):
        return ""


def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""
