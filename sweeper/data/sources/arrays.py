"""Arrays of a NumPy archive. Pickles are never read: they could run whatever their writer liked."""

from __future__ import annotations

import os
import zipfile
import zlib
from pathlib import Path

import numpy as np

from sweeper.data.raw import Array, RawData, Settings
from sweeper.data.sources.files import find_file
from sweeper.data.wording import listed, quoted
from sweeper.errors import DataError, did_you_mean
from sweeper.records import Task

_ZIP, _NPY, _PICKLE = b"PK", b"\x93NUMPY", b"\x80"
"""How the files begin that NumPy reads."""


def npz(settings: Settings, folder: Path) -> RawData:
    """The arrays named `x` and `y` of a .npz file, x [rows, ...] and y [rows] or [rows, outputs]."""
    path = find_file(folder, settings["file"])
    with path.open("rb") as file:
        if not file.peek(len(_NPY)).startswith((_ZIP, _NPY, _PICKLE)):  # NumPy takes whatever it does not know for a pickle
            raise DataError(f"{path.name} cannot be read as a NumPy archive (.npz): it does not begin like one.")
        try:
            archive = np.load(file, allow_pickle=False)
        except (ValueError, OSError, EOFError, zipfile.BadZipFile) as error:
            raise DataError(f"{path.name} cannot be read as a NumPy archive (.npz): {_reason(error)}") from error
        if not isinstance(archive, np.lib.npyio.NpzFile):
            raise DataError(f"{path.name} holds a single array; expected an archive of `x` and `y`, as np.savez writes it.")
        with archive:
            x, y = (_member(path, archive, settings[key], key) for key in ("x", "y"))
    return RawData(path.name, x, y, None if settings["task"] is None else Task(settings["task"]))


def _member(path: Path, archive: np.lib.npyio.NpzFile, name: str, setting: str) -> Array:
    if name not in archive.files:
        raise DataError(
            f"{path.name} has no array {quoted(name)} (`{setting}`).{did_you_mean(name, archive.files)} "
            f"It has: {listed(archive.files)}."
        )
    unpacked, memory = _unpacked_size(path, name), os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    if unpacked > memory:
        sizes = f"{unpacked / 2**30:,.0f} GiB unpacked; this machine has {memory / 2**30:,.0f} GiB"
        raise DataError(f"{path.name}: {quoted(name)} takes {sizes}.")
    try:
        array = archive[name]
    except (ValueError, OSError, EOFError, MemoryError, zipfile.BadZipFile, zlib.error) as error:
        raise DataError(f"{path.name}: {quoted(name)} cannot be read: {_reason(error)}") from error
    if not isinstance(array, np.ndarray):
        raise DataError(f"{path.name}: {quoted(name)} is not an array.")
    return array


def _unpacked_size(path: Path, name: str) -> int:
    with zipfile.ZipFile(path) as packed:
        return max(member.file_size for member in packed.infolist() if member.filename in {name, f"{name}.npy"})


def _reason(error: Exception) -> str:
    if "allow_pickle" in str(error):
        return "it holds Python objects (a pickle), which are refused because they could run code. Save plain numbers."
    return str(error) or type(error).__name__
