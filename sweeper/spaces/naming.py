"""A sweep's name, and the lines with which a space opens."""

from __future__ import annotations

import re

LONGEST = 64
_HEADER = re.compile(r"#\s*(Question|Expect|Minutes|Run)\b:?\s*(.*)")


def safe_name(text: str) -> str:
    """A name of [a-z0-9-]{1,64} for folders, stores and commands: `digits_mlp` is `digits-mlp`; empty if nothing is left."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:LONGEST].strip("-")


def header(text: str) -> dict[str, str]:
    """What the first comment lines say: `question`, `expect`, `minutes`, `run`, as far as they are there."""
    found: dict[str, str] = {}
    word = ""
    for line in text.splitlines():
        if not line.startswith("#"):
            break
        match = _HEADER.match(line)
        if match:
            word = match[1].lower()
            found[word], _, run = (part.strip() for part in _split_run(match[2]))
            if run:
                found["run"] = run
        elif word and line[1:].startswith("    "):
            found[word] += " " + line[1:].strip()
    return found


def _split_run(rest: str) -> tuple[str, str, str]:
    """`3 on two cores     Run  sweep run x.yaml`: the minutes and the command share a line."""
    parts = re.split(r"\s{2,}(Run)\s+", rest, maxsplit=1)
    return (parts[0], "Run", parts[2]) if len(parts) == 3 else (rest, "", "")
