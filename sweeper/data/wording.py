"""Names from data in messages: they may hold anything, so they are quoted, escaped and cut."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

LONGEST = 60
MOST = 20

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_MEANT_OTHERWISE = {"true", "false", "null", "none"}


def quoted(name: object) -> str:
    """A name in quotes, without control characters, cut to 60 letters."""
    text = "".join(letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in str(name))
    return f"'{text if len(text) <= LONGEST else text[: LONGEST - 3] + '...'}'"


def listed(names: Iterable[object]) -> str:
    """Names with commas between them; after the twentieth, how many more there are."""
    words = [quoted(name) for name in names]
    return ", ".join(words[:MOST]) + (f" and {len(words) - MOST:,} more" if len(words) > MOST else "")


def drop_line(names: Iterable[str]) -> str:
    """The line of a space that leaves these columns out: `drop: [id, "first name"]`."""
    return f"drop: [{', '.join(_yaml(name) for name in names)}]"


def _yaml(name: str) -> str:
    plain = _PLAIN.fullmatch(name) and name.lower() not in _MEANT_OTHERWISE
    return name if plain else json.dumps(name)
