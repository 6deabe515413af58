"""Names of the user's files as messages write them."""

from __future__ import annotations

import re
from collections.abc import Sequence

_LONGEST, _MOST = 60, 5


def quoted(name: object) -> str:
    """A name in quotes, on one line, and no longer than a message can bear."""
    text = re.sub(r"\s+", " ", str(name))
    return "'" + (text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…") + "'"


def listed(names: Sequence[object], most: int = _MOST) -> str:
    """The first names, quoted, and how many more there are."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(map(quoted, names[:most])) + more


def some(named: Sequence[str]) -> str:
    """The first three as they are, and how many more there are."""
    return ", ".join(named[:3]) + (f" and {len(named) - 3} more" if len(named) > 3 else "")
