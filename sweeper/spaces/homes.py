"""Settings that stand in another section than the one they were looked for in."""

from __future__ import annotations

from sweeper.catalogue.declaration import AllOf, OneOf, Parameter
from sweeper.catalogue.sections import SPACE
from sweeper.spaces.wording import known_as

_PARTS = ("optimizer",)
"""Sections of one part whose settings have names that nobody means otherwise, unlike those of data sets and models."""


def elsewhere(word: str, content: str, here: str) -> str | None:
    """The line that holds the setting `word` where it belongs: `regularization: {dropout: 0.3}`. None where no section has
    it other than `here`, the one it was found in (empty at the top)."""
    places = {section.name: section for section in SPACE.parameters if section.name != here}
    if here and word in places:
        return f"{word}: {content}"
    for section in places.values():
        owners = _owners(section)
        name = word if word in owners else known_as(word, owners)
        if name is not None:
            part = owners[name]
            inside = f"{{{name}: {content}}}"
            return f"{section.name}: {f'{{{part}: {inside}}}' if part else inside}"
    return None


def _owners(section: Parameter) -> dict[str, str]:
    """The settings of a section, each with the part that has it, the default one before others."""
    if isinstance(section.takes, AllOf):
        return {parameter.name: "" for parameter in section.takes.parameters}
    if not isinstance(section.takes, OneOf) or section.name not in _PARTS:
        return {}
    entries = sorted(section.takes.entries, key=lambda entry: entry.name == section.default)
    return {parameter.name: entry.name for entry in entries for parameter in entry.parameters}
