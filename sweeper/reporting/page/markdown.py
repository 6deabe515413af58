"""The report as Markdown, for a repository, an issue or a chat."""

from __future__ import annotations

import re

from sweeper.reporting.page.pictures import FOLDER
from sweeper.reporting.story.blocks import Block, Cell, Conclusion, Details, Facts, Report, Section, Table


def markdown(report: Report) -> str:
    """The whole report; figures are the pictures beside it."""
    lines = [
        f"# {plain(report.title)}",
        "",
        plain(f"{report.kind} · {report.sweep}" + (f" · {report.date}" if report.date else "")),
        "",
        plain(report.subtitle),
        "",
    ]
    lines += [line for caution in report.cautions for line in (f"> **Note.** {plain(caution)}", "")]
    lines += [f"- {plain(number.label)}: **{plain(number.value)}** ({plain(number.note)})" for number in report.numbers]
    if report.conclusions:
        lines += ["", "## In short", ""]
        lines += [f"- {plain(one.sentence)}{_verdict(one)}" for one in report.conclusions]
    for place, section in enumerate(report.sections, start=1):
        lines += ["", f"## {place} {plain(section.title)}", "", *section_markdown(section)]
    return "\n".join(lines).rstrip() + "\n"


def _verdict(one: Conclusion) -> str:
    return f" *({plain(one.verdict)})*" if one.verdict and not one.opens_with_verdict() else ""


def section_markdown(section: Section) -> list[str]:
    lines = [plain(sentence) for sentence in section.sentences]
    for block in section.blocks:
        lines += ["", *_block(block)]
    return lines


def plain(text: str) -> str:
    """`text` with everything that Markdown or HTML would act on made literal."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = re.sub(r"([\\`*\[\]|~$])", r"\\\1", text)
    text = re.sub(r"(?<!\w)_|_(?!\w)", r"\\_", text)
    # Renderers turn bare addresses into links; a name is none.
    return re.sub(r"(?i)(https?|ftp|www)([:.])", r"\1\\\2", text)


def _block(block: Block) -> list[str]:
    if isinstance(block, Table):
        return [*_table(block), *(["", plain(block.note)] if block.note else [])]
    if isinstance(block, Facts):
        return [f"- **{plain(label)}**: {plain(words)}" for label, words in block.rows]
    if isinstance(block, Details):
        return [f"{plain(block.title)}:", "", *(f"    {line}" for line in block.text.splitlines())]
    caption = block.caption
    return [
        f"![{plain(caption.question)}]({FOLDER}/{block.key}.png)",
        "",
        plain(f"{caption.question} {caption.trials} {caption.reading}"),
    ]


def _table(table: Table) -> list[str]:
    head = "| " + " | ".join(plain(head.text) for head in table.heads) + " |"
    rule = "|" + "|".join("---:" if head.right else "---" for head in table.heads) + "|"
    return [head, rule, *("| " + " | ".join(_cell(cell) for cell in row) + " |" for row in table.rows)]


def _cell(cell: Cell) -> str:
    return plain(f"{cell.text} {cell.extra}".strip())
