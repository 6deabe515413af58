"""An export takes its place all at once: at any moment, also after a kill, a whole one lies there, the old or the new."""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
from pathlib import Path

from sweeper.exporting.order import is_exported

_HERE, _EXCHANGE = -100, 2
"""AT_FDCWD and RENAME_EXCHANGE of Linux's renameat2."""


def put_in_place(draft: Path, out: Path) -> tuple[str, ...]:
    """The draft becomes `out`; gives the names of its files. Of an export that lies there nothing stays; what somebody else put
    there does. Raises OSError, with `out` as it was."""
    files = sorted(path.name for path in draft.iterdir())
    for name in files:
        with (draft / name).open("rb") as file:
            os.fsync(file.fileno())
    if out.exists():
        draft.chmod(out.stat().st_mode & 0o7777)
        _take_along(out, draft)
        _exchange(draft, out)
    else:
        draft.rename(out)
    return tuple(files)


def _take_along(out: Path, draft: Path) -> None:
    """What is no file of an export, linked into the draft: the same files, in both places."""
    for path in out.iterdir():
        if is_exported(path.name):
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.copytree(path, draft / path.name, symlinks=True, copy_function=_link)
        else:
            _link(path, draft / path.name)


def _link(path: str | Path, to: str | Path) -> None:
    try:
        os.link(path, to, follow_symlinks=False)
    except OSError:  # a file system without links
        shutil.copy2(path, to, follow_symlinks=False)


def _exchange(draft: Path, out: Path) -> None:
    """Each takes the other's name: in one step where the file system can, else in two, between which `out` is not there."""
    if _exchanged(draft, out):
        return
    aside = draft.with_name(f"{draft.name}.old")
    out.rename(aside)
    try:
        draft.rename(out)
    except BaseException:
        aside.rename(out)
        raise


def _exchanged(draft: Path, out: Path) -> bool:
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        return False
    rename.argtypes = (ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_uint)
    if rename(_HERE, os.fsencode(draft), _HERE, os.fsencode(out), _EXCHANGE) == 0:
        return True
    fault = ctypes.get_errno()
    if fault in (errno.ENOSYS, errno.EINVAL):
        return False
    raise OSError(fault, os.strerror(fault), str(out))
