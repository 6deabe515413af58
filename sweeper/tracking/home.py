"""The files of a home, and how a sweep gets its name and its folder there.

mlflow.db  mlartifacts/  optuna.db
.sweeps/NAME/    sweep.json  space.yaml  spool/*.jsonl  data/  logs/*.log  lock
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from sweeper.errors import InputError, StoreError, did_you_mean
from sweeper.tracking.lock import held, in_use, read_holder
from sweeper.tracking.sqlite_file import is_database

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class Status(StrEnum):
    RUNNING = "running"
    FINISHED = "finished"
    UNFINISHED = "unfinished"
    """Stopped or crashed: `resume` goes on with it."""


@dataclass(frozen=True)
class SweepFolder:
    """One sweep's folder; only the owner may look into it (0700)."""

    path: Path

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def settings(self) -> Path:
        return self.path / "sweep.json"

    @property
    def space(self) -> Path:
        return self.path / "space.yaml"

    @property
    def spool(self) -> Path:
        return self.path / "spool"

    @property
    def data(self) -> Path:
        return self.path / "data"

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    @property
    def lock(self) -> Path:
        return self.path / "lock"

    def status(self) -> Status | None:
        """None: nothing worth keeping is here (no folder, or one whose sweep never began). Of a sweep whose `sweep.json` cannot
        be read the trials are there, and are kept."""
        if held(self.lock):
            return Status.RUNNING
        try:
            finished = json.loads(self.settings.read_text())["status"] == Status.FINISHED
        except (FileNotFoundError, NotADirectoryError):
            return None
        except (OSError, ValueError, KeyError, TypeError):
            return Status.UNFINISHED
        return Status.FINISHED if finished else Status.UNFINISHED

    def create(self) -> None:
        """Makes the folder. Of two processes that do, one gets an InputError."""
        if self.path.exists() and self.status() is None:
            shutil.rmtree(self.path)
        try:
            self.path.mkdir(mode=0o700)
            for inner in (self.spool, self.data, self.logs):
                inner.mkdir(mode=0o700)
        except FileExistsError:
            raise InputError(in_use(self.name, read_holder(self.lock))) from None
        except OSError as error:
            raise InputError(f"cannot write to {self.path}: {error.strerror}. Choose another folder with --home.") from error


@dataclass(frozen=True)
class Home:
    """The folder that holds the stores and all sweeps."""

    folder: Path

    @staticmethod
    def at(folder: str | Path) -> Home:
        return Home(Path(folder).expanduser().absolute())

    @property
    def sweeps(self) -> Path:
        return self.folder / ".sweeps"

    @property
    def tracking_uri(self) -> str:
        """`MLFLOW_TRACKING_URI` where the user set it, else the SQLite file of this home."""
        return os.environ.get("MLFLOW_TRACKING_URI") or f"sqlite:///{self.folder / 'mlflow.db'}"

    @property
    def mlflow_file(self) -> Path | None:
        """The SQLite file behind `tracking_uri`; None where that is something else."""
        return Path(self.tracking_uri.removeprefix("sqlite:///")) if self.tracking_uri.startswith("sqlite:///") else None

    @property
    def artifacts(self) -> Path:
        return self.folder / "mlartifacts"

    @property
    def optuna_file(self) -> Path:
        return self.folder / "optuna.db"

    @property
    def storage(self) -> str:
        """Optuna's URL of this home, for people and for `optuna-dashboard`."""
        return f"sqlite:///{self.optuna_file}"

    def sweep(self, name: str) -> SweepFolder:
        return SweepFolder(self.sweeps / name)

    def names(self) -> list[str]:
        """The sweeps here, oldest first."""
        try:
            folders = [SweepFolder(path) for path in self.sweeps.iterdir() if path.is_dir() and not path.name.startswith(".")]
        except OSError:
            return []
        begun = [folder for folder in folders if folder.status() is not None]
        return [folder.name for folder in sorted(begun, key=lambda folder: (_created(folder), folder.name))]

    def newest(self) -> str | None:
        names = self.names()
        return names[-1] if names else None

    def existing(self, name: str | None) -> SweepFolder:
        """The sweep of this name, or the newest. Raises InputError, with the nearest name, where there is none."""
        if name is None:
            name = self.newest()
            if name is None:
                raise InputError(f"there is no sweep in {self.folder}. Start one with: sweep run SPACE")
        elif name not in (names := self.names()):
            raise InputError(
                f"there is no sweep '{name}' in {self.folder}.{did_you_mean(name, names)} `sweep list` shows what is there."
            )
        return self.sweep(name)

    def check_writable(self) -> None:
        """Makes sure that a sweep can be kept here. Raises InputError for a read-only folder, for a file where a folder is
        needed or the other way round, and for a store that is something else than a database."""
        for folder in (self.folder, self.sweeps, self.artifacts):
            if folder.exists() and not folder.is_dir():
                raise InputError(f"{folder} is a file, and a folder is needed there. Choose another folder with --home.")
        for file in filter(None, (self.mlflow_file, self.optuna_file)):
            if file.is_dir():
                raise InputError(f"{file} is a folder, and a database file is needed there. Choose another folder with --home.")
            if file.exists() and not os.access(file, os.W_OK):
                raise InputError(f"{file} may not be written. Make it writable, or choose another folder with --home.")
            if file.exists() and not is_database(file):
                raise InputError(f"{file} is no SQLite database. Move it away, or choose another folder with --home.")
        try:
            self.sweeps.mkdir(mode=0o700, parents=True, exist_ok=True)
            probe = self.sweeps / f".probe-{os.getpid()}"
            probe.touch()
            probe.unlink()
        except OSError as error:
            raise InputError(f"cannot write to {self.folder}: {error.strerror}. Choose another folder with --home.") from error


def choose_name(wanted: str, explicit: bool, status: Callable[[str], Status | None]) -> str:
    """The new sweep's name. `status` tells of any name whether a sweep has it and how that stands.

    A name that comes from the space gets `-2` and so on behind finished sweeps. Raises InputError where the name is not one,
    where it was asked for and is taken, and where its sweep is unfinished.
    """
    if explicit and not _NAME.fullmatch(wanted):
        raise InputError(
            f"the name {wanted!r} cannot be used: up to 64 letters, digits, '.', '_' and '-' are, and a letter or digit first. "
            f"Write: --name {_plain(wanted)}"
        )
    wanted = wanted if explicit else _plain(wanted)
    free = _numbered(wanted, status)
    name = wanted
    while (taken := status(name)) is not None:
        if explicit or taken is not Status.FINISHED:
            how = "is already taken by a finished sweep" if taken is Status.FINISHED else f"belongs to a sweep that is {taken}"
            advice = (
                f"To look at it: sweep status {name}" if taken is Status.RUNNING else f"To go on with it: sweep resume {name}"
            )
            raise InputError(f"the name '{name}' {how}. {advice}. For a new one: --name {free}")
        name = _next(wanted, name)
    return name


def file_name(name: str) -> str:
    """A name for a file or folder of the sweep of this name, which may come from anybody's store: the name itself where a sweep
    here could have it, else what is left of it, and a digest by which it is told from others."""
    return name if _NAME.fullmatch(name) else f"{_plain(name)}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def write_atomically(path: Path, text: str) -> None:
    """Replaces a file so that a reader sees the old text or the new one, also after a power loss. Raises StoreError."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise StoreError(f"cannot write {path}: {error.strerror}") from error


def _created(folder: SweepFolder) -> int:
    try:
        return int(json.loads(folder.settings.read_text())["created"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0


def _plain(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-._")[:60] or "sweep"


def _numbered(wanted: str, status: Callable[[str], Status | None]) -> str:
    name = wanted
    while status(name) is not None:
        name = _next(wanted, name)
    return name


def _next(wanted: str, name: str) -> str:
    return f"{wanted}-{2 if name == wanted else int(name.rpartition('-')[2]) + 1}"
