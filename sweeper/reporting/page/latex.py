"""The tables that a paper takes from a report, as LaTeX: the choices, their comparison, overfitting and convergence.

They are `table` environments with the rules of booktabs, made from the same values as the page. One that is wider than a page
of LaTeX's `article` comes as several, each of which begins with the columns that name its rows. All text in them is data: what
LaTeX would act on is written out, and a letter that its fonts do not have by themselves is a question mark.
"""

from __future__ import annotations

import re

from sweeper.reporting.story.blocks import Cell, Head, Report, Table

TABLES = ("summary", "choices", "overfitting", "convergence")
"""The sections whose tables are written."""

_WRITTEN = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%", "_": r"\_",
    "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}",
    '"': r"\textquotedbl{}", "`": r"\textasciigrave{}", "-": r"{-}",
    "−": "$-$", "–": "{--}", "±": r"$\pm$", "×": r"$\times$", "∞": r"$\infty$", "·": r"\textperiodcentered{}",
    "…": r"\dots{}", "°": r"\textdegree{}", "µ": r"\textmu{}", "\u00a0": "~",
}  # fmt: skip
"""A hyphen stands in braces, for two of them would be one dash."""


_ROOM, _BETWEEN = 80, 3
"""So many letters of `\\footnotesize` fit into a line of `article` (345 pt), and so many are lost between two columns."""
_LONG = 12
"""A heading of more letters stands in two lines."""


def latex(report: Report) -> str:
    """The file: a comment on what it needs, then the tables in the order of the page."""
    lines = [
        f"% Tables of the report on the sweep {_comment(report.sweep)}.",
        r"% In the preamble: \usepackage[T1]{fontenc} \usepackage{textcomp} \usepackage{booktabs}",
    ]
    for section in report.sections:
        if section.key in TABLES:
            tables = [block for block in section.blocks if isinstance(block, Table) and block.rows]
            for place, table in enumerate(tables, start=1):
                parts = _parts(table)
                for number, part in enumerate(parts, start=1):
                    said = escaped(section.title) + (f" ({number} of {len(parts)})" if len(parts) > 1 else "")
                    label = f"tab:{section.key}-{place}" + (f"-{number}" if number > 1 else "")
                    lines += ["", *_table(part, said, label)]
    return "\n".join(lines) + "\n"


def escaped(text: str) -> str:
    """`text` as LaTeX sets it: one line, balanced braces, no command that is not ours."""
    return "".join(_WRITTEN.get(letter, letter if _is_known(letter) else "?") for letter in text)


def _parts(table: Table) -> list[Table]:
    """The table, or several with as many of its columns as fit beside those that name the rows: the first ones of words,
    without the last of several, which says something of them. What is too wide even alone stands alone."""
    widths = [_BETWEEN + _width(table, place) for place in range(len(table.heads))]
    naming = next((place for place, head in enumerate(table.heads) if head.right), len(table.heads))
    naming = max(naming - 1, 1)
    groups: list[list[int]] = [[]]
    for place in range(naming, len(table.heads)):
        taken = sum(widths[:naming]) + sum(widths[other] for other in groups[-1])
        if groups[-1] and taken + widths[place] > _ROOM:
            groups.append([])
        groups[-1].append(place)
    return [_only(table, [*range(naming), *group], note=group is groups[-1]) for group in groups]


def _width(table: Table, place: int) -> int:
    """Letters of the widest line in a column."""
    cells = (row[place] for row in table.rows)
    return max(*map(len, _lines(table.heads[place].text)), *(len(_words(cell)) for cell in cells))


def _only(table: Table, places: list[int], note: bool) -> Table:
    heads = tuple(table.heads[place] for place in places)
    return Table(heads, tuple(tuple(row[place] for place in places) for row in table.rows), table.note if note else "")


def _lines(head: str) -> list[str]:
    """A heading, a long one in two lines of about the same length."""
    words = head.split(" ")
    if len(head) <= _LONG or len(words) < 2:
        return [head]
    splits = [(" ".join(words[:place]), " ".join(words[place:])) for place in range(1, len(words))]
    return list(min(splits, key=lambda lines: max(map(len, lines))))


def _table(table: Table, said: str, label: str) -> list[str]:
    wide = sum(_BETWEEN + _width(table, place) for place in range(len(table.heads))) > _ROOM
    size = r"\scriptsize" if wide else r"\footnotesize"
    columns = "".join("r" if head.right else "l" for head in table.heads)
    heads = " & ".join(_head(head) for head in table.heads)
    note = [f"\\par\\smallskip {escaped(table.note)}"] if table.note else []
    return [
        r"\begin{table}",
        rf"\centering{size}",
        f"\\caption{{{said}}}\\label{{{label}}}",
        f"\\begin{{tabular}}{{{columns}}}",
        r"\toprule",
        f"{heads} \\\\",
        r"\midrule",
        *(" & ".join(map(_cell, row)) + r" \\" for row in table.rows),
        r"\bottomrule",
        r"\end{tabular}",
        *note,
        r"\end{table}",
    ]


def _head(head: Head) -> str:
    lines = [_opened(escaped(line)) for line in _lines(head.text)]
    stacked = r" \\ ".join(lines)
    return stacked if len(lines) == 1 else f"\\shortstack[{'r' if head.right else 'l'}]{{{stacked}}}"


def _cell(cell: Cell) -> str:
    return _opened(escaped(_words(cell)))


def _words(cell: Cell) -> str:
    return f"{cell.text} ({cell.extra})" if cell.extra else cell.text


def _opened(text: str) -> str:
    """A row that began with a bracket or a star would be taken for a setting of the rule or the row before it."""
    return f"{{}}{text}" if text.startswith(("[", "*")) else text


def _is_known(letter: str) -> bool:
    """ASCII, and the Latin letters with accents, which the encoding T1 has."""
    return " " <= letter <= "~" or "\u00c0" <= letter <= "\u017e"


def _comment(text: str) -> str:
    return re.sub(r"[^ -~]", "?", text)
