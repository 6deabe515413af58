"""Where in the tree the reader stands: names, and what holds for all that lies below."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sweeper.catalogue.declaration import Enters


@dataclass(frozen=True)
class Spot:
    """`path` is the name of the place, `shared` the name with `*` for options; `searching`: values may be tried here;
    `host`: a part above never enters the program, so nothing below does."""

    path: str = ""
    shared: str = ""
    searching: bool = False
    host: bool = False

    @property
    def key(self) -> str:
        """The word in front of the colon."""
        return self.path.rsplit(".", 1)[-1]

    def into(self, name: str) -> Spot:
        return replace(self, path=_joined(self.path, name), shared=_joined(self.shared, name))

    def option(self, name: str) -> Spot:
        return replace(self, path=_joined(self.path, name), shared=_joined(self.shared, "*"))

    def entered_by(self, enters: Enters) -> Spot:
        return replace(self, host=True) if enters is Enters.HOST else self

    def enters(self, enters: Enters) -> Enters:
        return Enters.HOST if self.host else enters


def _joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
