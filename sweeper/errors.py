"""Every error a user can meet, each with the exit status it leads to.

    SweepError                  1   a sweep ended with a fault
      InputError                2   bad input: nothing was started, nothing was written
        SpaceError              2   ... in a search space, with file, line and column
        DataError               2   ... in a data set
      StoreError                3   a store or the disk failed; the sweep can be resumed
      Interrupted             130   stopped by Ctrl-C (143: by SIGTERM); the sweep can be resumed

A message says what came, what was expected and what to do. The command line prints `str(error)` and
exits with `error.exit_code`; no traceback is ever shown for these.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass


class SweepError(Exception):
    """A fault that has a plain explanation."""

    exit_code = 1


class InputError(SweepError):
    """What the user gave cannot be used; nothing was started."""

    exit_code = 2


@dataclass(frozen=True)
class Place:
    """Where in a file something stands; line and column count from 1, and 0 means "the file as a whole"."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


class SpaceError(InputError):
    """A search space that cannot be read.

    `place` is where, `path` the dotted path in the tree (`model.mlp.activation`), `problem` says in one sentence
    what came and what was expected, `source` is the offending line as it stands in the file, and `paste` the
    line that would be right.
    """

    def __init__(self, problem: str, *, place: Place | None = None, path: str = "", source: str = "", paste: str = "") -> None:
        self.problem, self.place, self.path, self.source, self.paste = problem, place, path, source, paste
        super().__init__(problem)

    def __str__(self) -> str:
        head = "  ".join(str(part) for part in (self.place, self.path) if part)
        lines = [head] if head else []
        if self.source and self.place is not None:
            lines += [f"    {self.source.rstrip()}", " " * (3 + max(self.place.column, 1)) + "^"]
        lines.append(f"    {self.problem}" if head else self.problem)
        if self.paste:
            lines.append(f"    write:  {self.paste}")
        return "\n".join(lines)


class DataError(InputError):
    """A data set that cannot be used."""


class StoreError(SweepError):
    """MLflow's store, Optuna's mirror or the disk failed; what was trained is in the spool."""

    exit_code = 3


class Interrupted(SweepError):
    """The sweep was stopped by a signal; `resume` goes on with it."""

    def __init__(self, message: str, exit_code: int = 130) -> None:
        self.exit_code = exit_code
        super().__init__(message)


def nearest(word: str, words: Iterable[str]) -> str | None:
    """The word of `words` that `word` was most likely meant to be, or None if nothing is near.

    Case and separators are ignored first, so that `Adam`, `HeNormal` and `he-normal` find their names.
    """
    known = list(words)
    plain = {_letters(name): name for name in reversed(known)}
    if _letters(word) in plain:
        return plain[_letters(word)]
    close = difflib.get_close_matches(_letters(word), list(plain), n=1, cutoff=0.6)
    return plain[close[0]] if close else None


def did_you_mean(word: str, words: Iterable[str]) -> str:
    """`Did you mean 'adam'?` with a leading space, or an empty string."""
    near = nearest(word, words)
    return f" Did you mean '{near}'?" if near else ""


def _letters(word: str) -> str:
    return "".join(letter for letter in word.lower() if letter.isalnum())
