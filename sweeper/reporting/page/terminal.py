"""A section as plain text for a terminal: no colour, no control characters, no line over the width."""

from __future__ import annotations

import textwrap

from sweeper.reporting.story.blocks import Block, Cell, Details, Facts, Section, Table

LEAST = 20
"""Narrower than this nothing is readable; lines are then this wide."""


def section_lines(section: Section, width: int) -> list[str]:
    """Title, sentences, tables and facts; figures are left out."""
    width = max(width, LEAST)
    lines = textwrap.wrap(section.title, width)
    for sentence in section.sentences:
        lines += _wrapped(sentence, width)
    for block in section.blocks:
        block_lines = _block(block, width)
        lines += ["", *block_lines] if block_lines else []
    return lines


def _block(block: Block, width: int) -> list[str]:
    if isinstance(block, Table):
        return _table(block, width) + _wrapped(block.note, width)
    if isinstance(block, Facts):
        return _facts(block, width)
    if isinstance(block, Details):
        return [block.title, *(line[:width] for line in block.text.splitlines())]
    return []


def _wrapped(text: str, width: int, indent: str = "") -> list[str]:
    return textwrap.wrap(text, width, initial_indent=indent, subsequent_indent=indent)


def _facts(facts: Facts, width: int) -> list[str]:
    lead = min(max(len(label) for label, _ in facts.rows) + 2, width // 3)
    lines = []
    for label, words in facts.rows:
        left = textwrap.wrap(label, lead - 1) or [""]
        right = textwrap.wrap(words, width - lead) or [""]
        height = max(len(left), len(right))
        left, right = left + [""] * (height - len(left)), right + [""] * (height - len(right))
        lines += [f"{a:<{lead}}{b}".rstrip() for a, b in zip(left, right, strict=True)]
    return lines


def _table(table: Table, width: int) -> list[str]:
    texts = [[head.text for head in table.heads], *([_cell(cell) for cell in row] for row in table.rows)]
    sizes = [max(len(row[column]) for row in texts) for column in range(len(table.heads))]
    kept = len(sizes)
    while kept > 1 and sum(sizes[:kept]) + 2 * (kept - 1) > width:
        kept -= 1
    sizes[0] = min(sizes[0], width)
    lines = ["  ".join(_padded(row[i], sizes[i], table.heads[i].right) for i in range(kept)).rstrip() for row in texts]
    lines.insert(1, "  ".join("-" * size for size in sizes[:kept]))
    dropped = [head.text for head in table.heads[kept:]]
    return lines + (_wrapped(f"Wider terminals also show: {', '.join(dropped)}.", width) if dropped else [])


def _cell(cell: Cell) -> str:
    return f"{cell.text} {cell.extra}".strip()


def _padded(text: str, size: int, right: bool) -> str:
    text = text if len(text) <= size else text[: size - 1] + "…"
    return text.rjust(size) if right else text.ljust(size)
