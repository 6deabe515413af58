"""The place of a new sweep in a home."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator

from sweeper.search.crew import CACHE
from sweeper.search.deleting import delete_sweep, is_broken_import, remains
from sweeper.search.progress import Note, Watch
from sweeper.tracking.home import Home, Status, SweepFolder, choose_name
from sweeper.tracking.server import check_answers


class Room:
    """The sweep's place in a home. What was made there is removed again if nothing comes of it: if there is no `sweep.json`,
    which is there before anything else knows of the sweep."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._fresh = not home.sweeps.exists()
        self._made_home = not home.folder.exists()
        self.folder: SweepFolder | None = None

    def take(self, wanted: str, explicit: bool, watch: Watch) -> SweepFolder:
        """A folder under the wanted name, or one with a number behind it where nobody asked for that very name. What an import
        or a deletion of that name left when it was broken off is removed first. Raises InputError where the home cannot be
        written or the name be had, StoreError."""
        check_answers(self._home.tracking_uri)
        self._home.check_writable()
        name = choose_name(wanted, explicit, self._status)
        for left in remains(self._home, name):
            delete_sweep(self._home.folder, left)
            watch(Note(f"what was left of an earlier '{name}', whose import or deletion was broken off, is removed"))
        folder = self._home.sweep(name)
        folder.create()
        if name != wanted and not explicit:
            watch(Note(f"'{wanted}' is the name of a finished sweep; this one is called {name}"))
        return folder

    def _status(self, name: str) -> Status | None:
        folder = self._home.sweep(name)
        return None if is_broken_import(folder) else folder.status()

    def leave(self) -> None:
        if self.folder is not None:
            if self.folder.status() is not None:
                return
            shutil.rmtree(self.folder.path, ignore_errors=True)
        with contextlib.suppress(OSError):
            if self._fresh:
                shutil.rmtree(self._home.sweeps / CACHE, ignore_errors=True)
                self._home.sweeps.rmdir()
            if self._made_home:
                self._home.folder.rmdir()


@contextlib.contextmanager
def room_in(home: Home) -> Iterator[Room]:
    """A place that is given back unless a sweep began there."""
    room = Room(home)
    try:
        yield room
    finally:
        room.leave()
