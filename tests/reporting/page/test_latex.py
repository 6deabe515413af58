"""Tables as LaTeX: nothing in a name is a command, and everything that opens is closed."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from sweeper.reporting import SweepFrames
from sweeper.reporting.page.latex import escaped, latex
from sweeper.reporting.story.blocks import Cell, Head, Report, Section, Table
from sweeper.reporting.story.subject import Subject
from sweeper.reporting.story.tell import tell

OURS = re.compile(
    r"\\(textbackslash|textasciicircum|textasciitilde|textless|textgreater|textbar|textquotedbl|textasciigrave|"
    r"textperiodcentered|dots|textdegree|textmu)\{\}|\\[{}$&#%_]|\$(-|\\pm|\\times|\\infty)\$|\{--?\}|~"
)


def report(text: str) -> Report:
    table = Table((Head(text, right=False), Head("n")), ((Cell(text, extra=text), Cell("1")),), note=text)
    return Report(text, "", text, "", (), (), (), (Section("choices", text, (), (table,)),))


@given(st.text())
def test_text_holds_no_command_but_ours(text: str) -> None:
    left = OURS.sub("", escaped(text))
    assert not set(left) & set("\\{}$&#%_^~")
    assert all(" " <= letter <= "~" or "\u00c0" <= letter <= "\u017e" for letter in left)


@given(st.text())
def test_a_file_balances_its_braces_and_its_columns(text: str) -> None:
    written = latex(report(text))
    bare = re.sub(r"\\[{}]|(?m:^%.*$)", "", written)
    assert bare.count("{") == bare.count("}")
    assert written.count(r"\begin{table}") == written.count(r"\end{table}") == 1
    body = written[written.index(r"\toprule") : written.index(r"\bottomrule")]
    rows = [line for line in body.splitlines() if line.endswith(r"\\")]
    assert [len(re.findall(r"(?<!\\)&", row)) for row in rows] == [1, 1]
    assert written.splitlines()[0].startswith("% Tables of the report on the sweep ")
    assert not any(line.lstrip().startswith("[") for line in body.splitlines())


def test_names_that_would_act_are_names() -> None:
    assert escaped(r"\input{/etc/passwd}") == r"\textbackslash{}input\{/etc/passwd\}"
    assert escaped("50 % of a_b & c^2 #1 $x$ ~") == (r"50 \% of a\_b \& c\textasciicircum{}2 \#1 \$x\$ \textasciitilde{}")
    assert escaped("−0.5 ± 0.1 – ∞ é 漢") == r"$-$0.5 $\pm$ 0.1 {--} $\infty$ é ?"
    assert escaped("a--b") == "a{-}{-}b"


def test_a_wide_table_comes_as_several_that_name_their_rows() -> None:
    heads = (Head("Choice", right=False), *(Head(f"a rather long heading {n}") for n in range(6)))
    table = Table(heads, ((Cell("sgd"), *(Cell(f"{n}.125", extra="0.1 to 0.2") for n in range(6))),), note="All of it.")
    written = latex(Report("s", "", "s", "", (), (), (), (Section("choices", "Choices", (), (table,)),)))
    parts = written.split(r"\begin{table}")[1:]
    assert len(parts) == 2 and all(part.count("sgd & ") == 1 for part in parts)
    assert [re.findall(r"(\d)\.125", part) for part in parts] == [list("012"), list("345")]
    assert re.findall(r"caption\{(.*?)\}\\label\{(.*?)\}", written) == [
        ("Choices (1 of 2)", "tab:choices-1"),
        ("Choices (2 of 2)", "tab:choices-1-2"),
    ]
    assert [part.count("All of it.") for part in parts] == [0, 1]
    assert r"\shortstack[r]{a rather long \\ heading 0}" in written


def test_the_tables_of_a_comparison(optimizers: SweepFrames) -> None:
    written = latex(tell(Subject(optimizers), ()))
    assert re.findall(r"\\label\{tab:(\w+)-1\}", written) == ["summary", "choices", "overfitting", "convergence"]
    assert r"\usepackage{booktabs}" in written
    assert "sgd & " in written
