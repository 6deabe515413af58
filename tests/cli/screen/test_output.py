"""Tables on a narrow terminal: words stay whole, and every line fits."""

from __future__ import annotations

import os
import shutil
import sys

import click
import pytest

from sweeper.cli.screen.output import say_table

HEADS = ("trial", "state", "parameters")
ROWS = [("7", "COMPLETE", "activation sigmoid, initializer small_normal, learning_rate 0.0012"), ("12", "COMPLETE", "relu")]


def on_a_terminal(monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(shutil, "get_terminal_size", lambda *_, **__: os.terminal_size((width, 24)))


@pytest.mark.parametrize(("width", "indent"), [(40, 17), (24, 4)])
def test_a_last_column_goes_on_below(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], width: int, indent: int
) -> None:
    on_a_terminal(monkeypatch, width)
    say_table(HEADS, ROWS, right=frozenset({0}))
    lines = capsys.readouterr().out.splitlines()
    assert max(len(click.unstyle(line)) for line in lines) <= width
    assert {len(line) - len(line.lstrip()) for line in lines if "_" in line and "COMPLETE" not in line} == {indent}
    assert " ".join(" ".join(map(click.unstyle, lines)).split()) == " ".join(" ".join((*HEADS, *ROWS[0], *ROWS[1])).split())


def test_what_is_no_terminal_gets_whole_rows(capsys: pytest.CaptureFixture[str]) -> None:
    say_table(HEADS, ROWS)
    assert len(capsys.readouterr().out.splitlines()) == 3
