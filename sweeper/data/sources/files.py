"""The user's files and folders, found from the space's folder."""

from __future__ import annotations

from pathlib import Path

from sweeper.data.wording import quoted
from sweeper.errors import DataError, did_you_mean


def find_file(folder: Path, name: str) -> Path:
    """The file `name`, counted from `folder`. Raises DataError where there is none, or none that can be read."""
    path = _reachable(folder, name)
    if path.is_dir():
        raise DataError(f"{quoted(name)} is a folder; expected a file.")
    if not path.is_file():
        raise DataError(f"There is no file {quoted(name)} in {folder.absolute()}.{_near(path, files=True)}")
    try:
        with path.open("rb") as opened:
            empty = not opened.read(1)
    except OSError as error:
        raise DataError(f"{quoted(name)} cannot be read: {error.strerror}.") from error
    if empty:
        raise DataError(f"{quoted(name)} is empty.")
    return path


def find_folder(folder: Path, name: str) -> Path:
    """The folder `name`, counted from `folder`. Raises DataError where there is none."""
    path = _reachable(folder, name)
    if not path.is_dir():
        raise DataError(f"There is no folder {quoted(name)} in {folder.absolute()}.{_near(path, files=False)}")
    return path


def _reachable(folder: Path, name: str) -> Path:
    path = folder / name
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        pass  # said below, with the nearest name
    except (OSError, ValueError) as error:
        raise DataError(f"{quoted(name)} cannot be read: {getattr(error, 'strerror', None) or error}.") from error
    return path


def _near(path: Path, *, files: bool) -> str:
    try:
        beside = [entry.name for entry in path.parent.iterdir() if entry.is_file() == files]
    except OSError:
        return ""
    return did_you_mean(path.name, sorted(beside))
