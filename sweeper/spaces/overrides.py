"""`--set KEY=VALUE`: a value in place of, or beside, what the file says, before it is read.

The key is a name as the space has it (`data.adding_problem.length`, `optimizer.adam.learning_rate`, `budget.trials`);
the value is YAML, so that a range may be set too (`{float: [0.0, 0.5]}`).
"""

from __future__ import annotations

from dataclasses import replace

from sweeper.catalogue.declaration import AllOf, Entry, OneOf, Parameter, Takes
from sweeper.catalogue.sections import SPACE
from sweeper.errors import SpaceError
from sweeper.spaces.nodes import Given, Mapping, Scalar, Source, printable
from sweeper.spaces.wording import meant, perhaps
from sweeper.spaces.yaml_reader import read_text

_OPTION = "--set"


def override(root: Given, text: str) -> Given:
    """The space's nodes with one value set. Raises SpaceError for an unknown key or a value that is not YAML."""
    key, equals, value = text.partition("=")
    key = key.strip()
    if not equals or not key:
        raise SpaceError(f"{_OPTION} '{printable(text)}' is not KEY=VALUE", paste=f"{_OPTION} budget.trials=40")
    shown = f"{_OPTION} {key}"
    given = read_text(value.strip(), shown)
    source = Source(shown, (value.strip(),))
    if isinstance(given, Scalar) and given.empty:
        raise SpaceError(f"{_OPTION} {printable(key)}= has no value; `none` is the word for 'without'")
    return _Setting(key, given, source).below(SPACE, root, tuple(key.split(".")))


class _Setting:
    """Walks the key down file and catalogue together, so that an unknown word is refused where it stands."""

    def __init__(self, key: str, given: Given, source: Source) -> None:
        self.key, self.given, self.source = key, given, source

    def below(self, takes: Takes, node: Given | None, rest: tuple[str, ...]) -> Given:
        if not rest:
            return self.given
        if (
            node is not None
            and isinstance(node, Mapping)
            and (options := node.get("choice")) is not None
            and "choice" not in rest[:1]
        ):
            return self._pairs(node, "choice", self._option(takes, options, rest))
        if isinstance(takes, AllOf):
            parameter = takes.named(rest[0])
            if parameter is None:
                raise self._unknown(rest[0], [one.name for one in takes.parameters])
            return self._into(parameter, self._mapping(node), rest)
        if isinstance(takes, OneOf):
            return self._part(takes, node, rest)
        raise self._error(f"'{'.'.join(self.key.split('.')[: -len(rest)])}' has no settings of its own")

    def _part(self, takes: OneOf, node: Given | None, rest: tuple[str, ...]) -> Given:
        here = node.text if isinstance(node, Scalar) else node.keys[0] if isinstance(node, Mapping) and node.pairs else None
        names = [here] if here is not None and takes.named(here) else [entry.name for entry in takes.entries]
        entry = takes.named(rest[0])
        if entry is None or rest[0] not in names:
            raise self._unknown(rest[0], names)
        content = node.get(rest[0]) if isinstance(node, Mapping) else None
        base = node if isinstance(node, Mapping) else self._mapping(None)
        return self._pairs(base, rest[0], self._entry(entry, content, rest[1:]))

    def _entry(self, entry: Entry, content: Given | None, rest: tuple[str, ...]) -> Given:
        if not rest:
            return self.given
        parameter = entry.parameter(rest[0])
        if parameter is None and not entry.open:
            raise self._unknown(rest[0], [one.name for one in entry.parameters])
        settings = self._without_rivals(entry, self._mapping(content), rest[0])
        return self._into(parameter or Parameter(rest[0], AllOf(())), settings, rest)

    def _without_rivals(self, entry: Entry, content: Mapping, name: str) -> Mapping:
        """The part's settings without those that `name` takes the place of, as `folds` does of `validation`, or that take
        its place."""
        if isinstance(self.given, Scalar) and self.given.is_none:
            return content
        rivals = {one.instead_of for one in entry.parameters if one.name == name}
        rivals |= {one.name for one in entry.parameters if one.instead_of == name}
        return replace(content, pairs=tuple(pair for pair in content.pairs if pair[0].text not in rivals))

    def _option(self, takes: Takes, options: Given, rest: tuple[str, ...]) -> Given:
        if not isinstance(options, Mapping):
            raise self._error("the options there are a list; give them names and settings in the file first")
        if rest[0] not in options.keys:
            raise self._unknown(rest[0], list(options.keys))
        content = options.get(rest[0])
        if not isinstance(takes, OneOf):
            return self._pairs(options, rest[0], self.below(takes, content, rest[1:]))
        entry = takes.named(rest[0])
        if entry is not None:
            return self._pairs(options, rest[0], self._entry(entry, content, rest[1:]))
        inside = content.text if isinstance(content, Scalar) else content.keys[0] if isinstance(content, Mapping) else ""
        part = takes.named(inside)
        if part is None or len(rest) == 1:
            return self._pairs(options, rest[0], self.given)
        settings = content.get(inside) if isinstance(content, Mapping) else None
        return self._pairs(options, rest[0], self._pairs(self._mapping(None), inside, self._entry(part, settings, rest[1:])))

    def _into(self, parameter: Parameter, group: Mapping, rest: tuple[str, ...]) -> Mapping:
        return self._pairs(group, rest[0], self.below(parameter.takes, group.get(rest[0]), rest[1:]))

    def _mapping(self, node: Given | None) -> Mapping:
        return node if isinstance(node, Mapping) else Mapping((), self.source, 1, 1)

    def _pairs(self, group: Mapping, name: str, value: Given) -> Mapping:
        if name in group.keys:
            return replace(group, pairs=tuple((key, value if key.text == name else old) for key, old in group.pairs))
        return replace(group, pairs=(*group.pairs, (Scalar(name, name, False, self.source, 1, 1), value)))

    def _unknown(self, word: str, known: list[str]) -> SpaceError:
        near = meant(word, known)
        paste = f"{_OPTION} {'.'.join(near if part == word else part for part in self.key.split('.'))}=..." if near else ""
        return self._error(f"unknown word '{word}' in the key.{perhaps(word, known)}", paste)

    def _error(self, problem: str, paste: str = "") -> SpaceError:
        return self.source.error(problem, path=self.key, paste=paste)
