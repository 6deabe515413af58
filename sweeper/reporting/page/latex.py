"""The tables that a paper takes from a report, as LaTeX: the choices, their comparison, overfitting and convergence.

They are `table` environments with the rules of booktabs, made from the same values as the page. All text in them is data: what
LaTeX would act on is written out, and a letter that its fonts do not have by themselves is a question mark.
"""

from __future__ import annotations

import re

from sweeper.reporting.story.blocks import Cell, Report, Section, Table

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
                lines += ["", *_table(section, table, f"tab:{section.key}-{place}")]
    return "\n".join(lines) + "\n"


def escaped(text: str) -> str:
    """`text` as LaTeX sets it: one line, balanced braces, no command that is not ours."""
    return "".join(_WRITTEN.get(letter, letter if _is_known(letter) else "?") for letter in text)


def _table(section: Section, table: Table, label: str) -> list[str]:
    columns = "".join("r" if head.right else "l" for head in table.heads)
    heads = " & ".join(_opened(escaped(head.text)) for head in table.heads)
    note = [f"\\par\\smallskip\\footnotesize {escaped(table.note)}"] if table.note else []
    return [
        r"\begin{table}",
        r"\centering",
        f"\\caption{{{escaped(section.title)}}}\\label{{{label}}}",
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


def _cell(cell: Cell) -> str:
    return _opened(escaped(f"{cell.text} ({cell.extra})" if cell.extra else cell.text))


def _opened(text: str) -> str:
    """A row that began with a bracket or a star would be taken for a setting of the rule or the row before it."""
    return f"{{}}{text}" if text.startswith(("[", "*")) else text


def _is_known(letter: str) -> bool:
    """ASCII, and the Latin letters with accents, which the encoding T1 has."""
    return " " <= letter <= "~" or "\u00c0" <= letter <= "\u017e"


def _comment(text: str) -> str:
    return re.sub(r"[^ -~]", "?", text)
