"""`sweep export`: what it refuses, before a worker is started. That it exports is tested with whole processes."""

from __future__ import annotations

from pathlib import Path

import pytest

from .conftest import Cli


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("tiny", 1), "Trial 1 of tiny diverged"),
        (("tiny", 7), "tiny has no trial 7; it has 0 to 3."),
        (("tinny",), "Did you mean 'tiny'?"),
        (("tiny", "best"), "does not name a trial"),
        (("tiny", "--register", "a/b"), "without '/' and ':'"),
    ],
)
def test_what_cannot_be_exported_is_refused(cli: Cli, home: Path, arguments: tuple[object, ...], says: str) -> None:
    result = cli("export", *arguments, "--home", home)
    assert result.exit_code == 2
    assert says in result.stderr
    assert not (home / "exports").exists()


def test_an_export_is_replaced_with_force_only_and_nothing_else_ever(cli: Cli, home: Path, tmp_path: Path) -> None:
    there = tmp_path / "there"
    there.mkdir()
    result = cli("export", "tiny", "--out", there, "--home", home)
    assert result.exit_code == 2
    assert "--force" in result.stderr
    result = cli("export", "tiny", "--out", there, "--force", "--home", home)
    assert result.exit_code == 2
    assert "is no export" in result.stderr
    assert not list(there.iterdir())


def test_a_sweep_without_a_complete_trial_has_nothing_to_export(
    cli: Cli, space: Path, fake_training: None, tmp_path: Path
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FAKE_BEHAVIOUR", '{"0": "diverge"}')
        cli("run", space, "--trials", 1, "--no-report", "--home", tmp_path, "--workers", 1)
    result = cli("export", "--home", tmp_path)
    assert result.exit_code == 1
    assert "No trial of tiny is complete" in result.stderr
