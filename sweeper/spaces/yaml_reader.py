"""YAML text to nodes with their places, within bounds of size, depth and count.

ruamel.yaml parses (YAML 1.2); what its events mean is decided here, so that nothing is read that the language of spaces
does not have: no anchors and aliases, no tags, no merge keys, no directives, one document, no key twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sweeper.errors import SpaceError
from sweeper.spaces.nodes import Given, Mapping, Scalar, Sequence, Source
from sweeper.spaces.scalars import NotAValue, resolve

LARGEST_FILE = 2**20
DEEPEST = 50
MOST_NODES = 10_000
MOST_LINES = 5_000


def read_file(path: Path, shown: str) -> tuple[str, Given]:
    """The text of a file and its nodes. `shown` is how messages call the file. Raises SpaceError."""
    source = Source(shown)
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise source.error(f"cannot be read: {(error.strerror or str(error)).lower()}") from error
    text = _decoded(raw, source)
    return text, read_text(text, shown)


def read_text(text: str, shown: str) -> Given:
    """The nodes of a YAML text. Raises SpaceError with line and column."""
    source = Source(shown, tuple(text.split("\n")))
    if len(source.lines) > MOST_LINES:
        raise source.error(f"has more than {MOST_LINES:,} lines; a search space is a page of text")
    _refuse_odd_letters(text, source)
    return _Builder(source).document(_events(text, source))


def _decoded(raw: bytes, source: Source) -> str:
    if len(raw) > LARGEST_FILE:
        raise source.error("is larger than 1 MiB; a search space is a page of text")
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise source.error("is UTF-16; save it as UTF-8", 1, 1)
    if raw[:3] == b"\xef\xbb\xbf":
        raise source.error("begins with a byte order mark; save it as UTF-8 without BOM", 1, 1)
    try:
        return raw.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        line, column = before.count(b"\n") + 1, error.start - before.rfind(b"\n")
        raise source.error(f"byte {raw[error.start]:#04x} is not UTF-8; save the file as UTF-8", line, column) from None


def _refuse_odd_letters(text: str, source: Source) -> None:
    """Control characters anywhere and tabs in the indentation are refused before YAML's own, vaguer, complaint."""
    if text.isprintable():
        return
    for number, line in enumerate(source.lines, start=1):
        for column, letter in enumerate(line, start=1):
            if letter == "\t":
                if not line[: column - 1].strip():
                    raise source.error("a tab in the indentation; YAML indents with spaces", number, column)
            elif not letter.isprintable():
                raise source.error(f"the control character U+{ord(letter):04X} cannot stand in a space", number, column)


def _events(text: str, source: Source) -> Iterator[Any]:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        yield from YAML(typ="safe", pure=True).parse(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        context = f"{error.context}: " if error.context else ""
        raise source.error(f"is not YAML here: {context}{_plainly(error.problem or '')}", line, column) from None
    except YAMLError as error:
        raise source.error(f"is not YAML: {str(error).splitlines()[0]}") from None


def _plainly(problem: str) -> str:
    if "could not find expected ':'" in problem:
        return "a name without a colon and a space behind it"
    if "mapping values are not allowed" in problem:
        return "a second colon; a mapping inside a line is written in braces: {name: value}"
    if "cannot start any token" in problem:
        return f"{problem}; quote the text, or indent with spaces"
    return problem


class _Builder:
    """Nodes from events, one by one, so that a file too deep or too long is left before it is read to its end."""

    def __init__(self, source: Source) -> None:
        self.source, self.count = source, 0

    def document(self, events: Iterator[Any]) -> Given:
        from ruamel.yaml import events as kinds

        root: Given | None = None
        for event in events:
            if isinstance(event, kinds.DocumentStartEvent):
                if root is not None:
                    raise self._error(event, "a second document; a file holds one space")
                if event.version or event.tags:
                    raise self._error(event, "a directive (%); spaces have none")
            elif isinstance(event, kinds.NodeEvent):
                root = self.node(event, events, 0)
        return root if root is not None else Scalar("", None, False, self.source, 1, 1)

    def node(self, event: Any, events: Iterator[Any], depth: int, name: str = "") -> Given:
        """The node that begins with `event`; `name` is what stands in front of its colon."""
        from ruamel.yaml import events as kinds

        self._check(event, depth)
        line, column = event.start_mark.line + 1, event.start_mark.column + 1
        if isinstance(event, kinds.ScalarEvent):
            return self._scalar(event, line, column, name)
        if isinstance(event, kinds.SequenceStartEvent):
            items = []
            while not isinstance(inner := next(events), kinds.SequenceEndEvent):
                items.append(self.node(inner, events, depth + 1))
            return Sequence(tuple(items), self.source, line, column)
        pairs: dict[str, tuple[Scalar, Given]] = {}
        while not isinstance(inner := next(events), kinds.MappingEndEvent):
            key = self._key(inner, pairs)
            pairs[key.text] = (key, self.node(next(events), events, depth + 1, key.text))
        return Mapping(tuple(pairs.values()), self.source, line, column)

    def _check(self, event: Any, depth: int) -> None:
        self.count += 1
        if self.count > MOST_NODES:
            raise self._error(event, f"more than {MOST_NODES:,} entries; a search space is a page of text")
        if depth > DEEPEST:
            raise self._error(event, f"more than {DEEPEST} levels deep")
        if type(event).__name__ == "AliasEvent" or event.anchor is not None:
            raise self._error(event, "anchors (&) and aliases (*) are not part of the language; write it out")
        if getattr(event, "tag", None) is not None:
            raise self._error(event, f"the tag '{event.tag}' is not part of the language; write the value alone")

    def _scalar(self, event: Any, line: int, column: int, name: str) -> Scalar:
        text, quoted = event.value, event.style is not None
        if not text.isprintable():
            if "\n" in text:
                raise self.source.error("a text over several lines cannot stand in a space", line, column)
            raise self.source.error("a text with control characters cannot stand in a space", line, column)
        try:
            value = text if quoted else resolve(text)
        except NotAValue as problem:
            paste = f"{name}: {problem.instead}" if problem.instead and name else problem.instead
            raise self.source.error(str(problem), line, column, paste=paste) from None
        return Scalar(text, value, quoted, self.source, line, column)

    def _key(self, event: Any, pairs: dict[str, tuple[Scalar, Given]]) -> Scalar:
        self._check(event, 0)
        line, column = event.start_mark.line + 1, event.start_mark.column + 1
        if type(event).__name__ != "ScalarEvent":
            raise self.source.error("a list or mapping cannot be a name", line, column)
        text = event.value
        if not text or not text.isprintable():
            raise self.source.error("a name is empty or has control characters", line, column)
        if text == "<<":
            raise self.source.error("merge keys (<<) are not part of the language; write it out", line, column)
        if text in pairs:
            first = pairs[text][0]
            raise self.source.error(f"'{text}' stands here a second time; the first is in line {first.line}", line, column)
        return Scalar(text, text, event.style is not None, self.source, line, column)

    def _error(self, event: Any, problem: str) -> SpaceError:
        return self.source.error(problem, event.start_mark.line + 1, event.start_mark.column + 1)
