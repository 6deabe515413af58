"""Changes to a YAML text that touch nothing else: comments, alignment and the order of what is not changed survive.

ruamel.yaml's round trip keeps comments, and sets all the rest anew; here its nodes say where each word stands, and only that
piece of the text is replaced. Every function takes the text and gives the new one; places are found in it again each time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sweeper.spaces.nodes import Given, Mapping, Scalar, Sequence, written

WIDTH = 110
"""Columns of a comment."""


@dataclass(frozen=True)
class Pair:
    """A name in the text and what stands behind it: nodes of ruamel.yaml, and the mapping they are in."""

    key: Any
    value: Any
    mapping: Any


def find(text: str, path: str) -> Pair | None:
    """Where the dotted name of a space stands, as `locating.locate` finds it: `choice` and the part in an option with a name of
    its own are no words of the name."""
    root = _composed(text)
    node, waiting, found = root, path.split("."), None
    while waiting and _is_mapping(node):
        pairs = {key.value: Pair(key, value, node) for key, value in node.value}
        if waiting[0] in pairs:
            found = pairs[waiting.pop(0)]
        elif "choice" in pairs:
            found = pairs["choice"]
        elif len(pairs) == 1 and node is not root:
            [found] = pairs.values()
        else:
            return None
        node = found.value
    return None if waiting else found


def inside(pair: Pair, name: str) -> Pair | None:
    """The pair `name` of the mapping behind `pair`."""
    known = pair.value.value if _is_mapping(pair.value) else []
    return next((Pair(key, value, pair.value) for key, value in known if key.value == name), None)


def pairs_in(pair: Pair) -> list[Pair]:
    """Those of the mapping behind `pair`; none where there is no mapping."""
    return [Pair(key, value, pair.value) for key, value in pair.value.value] if _is_mapping(pair.value) else []


def items_in(pair: Pair) -> list[Any]:
    """Those of the list behind `pair`; none where there is no list."""
    return list(pair.value.value) if _is_list(pair.value) else []


def slice_of(text: str, node: Any) -> str:
    """How a word, or something in braces or brackets, is written."""
    return text[_begin(node) : _end(node)]


def is_flow(node: Any) -> bool:
    """Whether it is one word, or stands in braces or brackets."""
    return not (_is_mapping(node) or _is_list(node)) or bool(node.flow_style)


def with_word(text: str, node: Any, word: str) -> str:
    """Another word in the place of a word."""
    return text[: _begin(node)] + word + text[_end(node) :]


def with_value(text: str, pair: Pair, value: str) -> str:
    """`value`, on one line, in the place of all that stands behind the pair's name."""
    begin = _behind_colon(text, pair)
    end = begin if _is_nothing(pair.value) else _end(pair.value)
    return f"{text[:begin]} {value}{text[end:]}"


def without_pair(text: str, pair: Pair) -> str:
    """Name and value removed, with their lines where they have lines of their own."""
    return _without(text, pair.mapping, [(key, value) for key, value in pair.mapping.value], pair.key)


def without_item(text: str, pair: Pair, item: Any) -> str:
    """An item of the list behind `pair` removed."""
    return _without(text, pair.value, [(one, one) for one in pair.value.value], item)


def with_pair(text: str, mapping: Any, name: str, value: str) -> str:
    """`name: value` behind the last pair of the mapping."""
    key, last = mapping.value[-1]
    end = _pair_end(key, last)
    if mapping.flow_style:
        return f"{text[:end]}, {name}: {value}{text[end:]}"
    end = _line_end(text, end)
    column: int = mapping.value[0][0].start_mark.column
    line = " " * column + f"{name}: {value}\n"
    return text[:end] + ("" if text[:end].endswith("\n") else "\n") + line + text[end:]


def lifted(text: str, pair: Pair, option: Pair, whole: bool) -> str:
    """A choice between named options with one of them alone: with its name (`whole`), or what it holds."""
    first: Any = option.key if whole else option.value
    end = _pair_end(option.key, option.value)
    value = text[_begin(first) : end]
    if option.mapping.flow_style:
        return with_value(text, pair, f"{{{value}}}" if whole and not _is_nothing(option.value) else value)
    if not whole and is_flow(option.value):
        return text[: _behind_colon(text, pair)] + f" {value}\n" + text[_line_end(text, _end(pair.value)) :]
    lines = text[_with_comments_above(text, _begin(first)) : _line_end(text, end)]
    shift = first.start_mark.column - pair.value.value[0][0].start_mark.column
    moved = "".join(line[shift:] if line[:shift].isspace() else line for line in lines.splitlines(keepends=True))
    moved = moved if moved.endswith("\n") else moved + "\n"
    return text[: _line_end(text, pair.key.end_mark.index)] + moved + text[_line_end(text, _end(pair.value)) :]


def commented(text: str, pair: Pair, comment: str) -> str:
    """The comment above the line on which the pair's name stands, broken into lines under each other."""
    import textwrap

    begin = _line_begin(text, _begin(pair.key))
    indent = text[begin : begin + _leading(text[begin:])]
    lines = textwrap.wrap(
        comment, WIDTH, initial_indent=f"{indent}# ", subsequent_indent=f"{indent}#   ", break_on_hyphens=False
    )
    return text[:begin] + "".join(f"{line}\n" for line in lines) + text[begin:]


def agreeing(text: str, wanted: Given) -> str:
    """The text changed, at the places where it differs and nowhere else, until it says what the nodes `wanted` say."""
    while (changed := _step(text, None, _composed(text), wanted)) is not None:
        text = changed
    return text


def _step(text: str, pair: Pair | None, node: Any, wanted: Given) -> str | None:
    """The first difference removed; None where there is none."""
    if not (_is_mapping(node) and isinstance(wanted, Mapping)):
        return None if _says(node, wanted) or pair is None else with_value(text, pair, written(wanted))
    here = [Pair(key, value, node) for key, value in node.value]
    kept = [one for one in here if one.key.value in wanted.keys]
    if not kept and pair is not None:
        return with_value(text, pair, written(wanted))
    names = [one.key.value for one in here]
    new = next(((key, value) for key, value in wanted.pairs if key.text not in names), None)
    if new is not None:
        return with_pair(text, node, written(new[0]), written(new[1]))
    for one in here:
        if one not in kept:
            return without_pair(text, one)
    for one in here:
        behind = wanted.get(one.key.value)
        if behind is not None and (changed := _step(text, one, one.value, behind)) is not None:
            return changed
    return None


def _says(node: Any, wanted: Given) -> bool:
    if isinstance(wanted, Scalar):
        return not _is_mapping(node) and not _is_list(node) and str(node.value) == wanted.text
    if isinstance(wanted, Sequence):
        return (
            _is_list(node)
            and len(node.value) == len(wanted.items)
            and all(_says(one, other) for one, other in zip(node.value, wanted.items, strict=True))
        )
    known = {key.value: value for key, value in node.value} if _is_mapping(node) else None
    return known is not None and list(known) == list(wanted.keys) and all(_says(known[k.text], v) for k, v in wanted.pairs)


def _without(text: str, collection: Any, pieces: list[tuple[Any, Any]], leaving: Any) -> str:
    place = next(at for at, (first, _) in enumerate(pieces) if first is leaving)
    first, last = pieces[place]
    end = _pair_end(first, last)
    if not collection.flow_style:
        return text[: _line_begin(text, _begin(first))] + text[_line_end(text, end) :]
    if place > 0:
        return text[: _pair_end(*pieces[place - 1])] + text[end:]
    after = _begin(pieces[1][0]) if len(pieces) > 1 else end
    return text[: _begin(first)] + text[after:]


def _composed(text: str) -> Any:
    from ruamel.yaml import YAML

    return YAML(typ="rt", pure=True).compose(text)


def _is_mapping(node: Any) -> bool:
    return type(node).__name__ == "MappingNode"


def _is_list(node: Any) -> bool:
    return type(node).__name__ == "SequenceNode"


def _begin(node: Any) -> int:
    return int(node.start_mark.index)


def _end(node: Any) -> int:
    """Where the last word of a node ends: the end that ruamel.yaml knows of a block lies behind the comments that follow it."""
    if is_flow(node) or not node.value:
        return int(node.end_mark.index)
    return _pair_end(*node.value[-1]) if _is_mapping(node) else _end(node.value[-1])


def _pair_end(key: Any, value: Any) -> int:
    return int(key.end_mark.index) + 1 if _is_nothing(value) else _end(value)


def _is_nothing(node: Any) -> bool:
    """Nothing behind a colon is a word without letters, whose place ruamel.yaml says to be on a later line."""
    return is_flow(node) and node.start_mark.index == node.end_mark.index


def _behind_colon(text: str, pair: Pair) -> int:
    return text.index(":", pair.key.end_mark.index) + 1


def _line_begin(text: str, index: int) -> int:
    return text.rfind("\n", 0, index) + 1


def _line_end(text: str, index: int) -> int:
    """Behind the line's end."""
    found = text.find("\n", index)
    return len(text) if found < 0 else found + 1


def _leading(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _with_comments_above(text: str, index: int) -> int:
    """The first of the comment lines that stand directly above, indented alike."""
    begin = _line_begin(text, index)
    indent = _leading(text[begin:])
    while begin > 0:
        above = _line_begin(text, begin - 1)
        if not text[above:begin].startswith(" " * indent + "#"):
            break
        begin = above
    return begin
