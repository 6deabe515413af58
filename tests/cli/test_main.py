"""Finding commands, leaving with the right status, and answering at once."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from sweeper.cli.main import COMMANDS
from sweeper.errors import Interrupted, StoreError
from tests.cli.conftest import Cli

HEAVY = (
    "tensorflow",
    "keras",
    "jax",
    "mlflow",
    "optuna",
    "pandas",
    "numpy",
    "rich",
    "ruamel",
    "matplotlib",
    "scipy",
    "sklearn",
)


def test_help_lists_the_commands_that_are_built(cli: Cli) -> None:
    shown = cli("--help").stdout.split("Commands:")[1]
    assert tuple(re.findall(r"^  ([a-z]+) ", shown, re.MULTILINE)) == COMMANDS


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_a_help_and_an_example_of_its_use(cli: Cli, name: str) -> None:
    result = cli(name, "-h")
    assert result.exit_code == 0
    assert result.stdout.startswith(f"Usage: sweep {name}")


def test_without_a_command_the_help_is_shown(cli: Cli) -> None:
    assert "Commands:" in cli().output


@pytest.mark.parametrize(
    ("typed", "meant"),
    [(["bset"], "best"), (["Run"], "run"), (["run", "x", "--epoch", "3"], "--epochs"), (["trails"], "trials")],
)
def test_a_wrong_word_is_answered_with_the_nearest(cli: Cli, typed: list[str], meant: str) -> None:
    result = cli(*typed)
    assert result.exit_code == 2
    assert f"Did you mean '{meant}'?" in result.stderr
    assert result.stdout == ""


def _imports(code: str) -> set[str]:
    script = f"import sys\n{code}\nprint('\\n'.join({{name.split('.')[0] for name in sys.modules}}))"
    return set(subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split())


def test_the_help_imports_nothing_heavy() -> None:
    loaded = _imports("from sweeper.cli.main import sweep\nsweep.main(['-h'], standalone_mode=False)")
    assert loaded.isdisjoint(HEAVY)


@pytest.mark.parametrize("command", ["run", "list", "status", "trials", "trial", "spaces", "show", "report"])
def test_no_command_imports_a_training_library_to_be_found(command: str) -> None:
    assert _imports(f"import sweeper.cli.{command}").isdisjoint(HEAVY)


@pytest.mark.parametrize(
    ("raised", "status", "said"),
    [
        (StoreError("the disk is full"), 3, "the disk is full\n"),
        (Interrupted("stopped", 143), 143, "stopped\n"),
        (KeyboardInterrupt(), 130, "Stopped.\n"),
    ],
)
def test_errors_leave_with_their_words_and_their_status(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, raised: BaseException, status: int, said: str
) -> None:
    _listing_raises(monkeypatch, raised)
    result = cli("list")
    assert (result.exit_code, result.stdout, result.stderr) == (status, "", said)


def test_what_nobody_expected_is_one_line_and_a_log(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    _listing_raises(monkeypatch, ZeroDivisionError("by\x1b[31m nothing"))
    result = cli("list")
    assert result.exit_code == 1
    assert "ZeroDivisionError: by nothing" in result.stderr
    log = Path(result.stderr.split("The details are in ")[1].strip())
    assert "Traceback" in log.read_text()
    log.unlink()


def _listing_raises(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    from sweeper.search import view

    def broken(home: Path) -> list[object]:
        raise error

    monkeypatch.setattr(view, "list_sweeps", broken)


def test_a_reader_that_leaves_early_causes_no_noise(home: Path) -> None:
    command = f"'{sys.executable}' -m sweeper.cli --home '{home}' trials --csv - | true"
    result = subprocess.run(["bash", "-c", command], capture_output=True, text=True)
    assert (result.returncode, result.stderr) == (0, "")


def test_the_home_may_stand_before_or_behind_the_command_or_in_the_environment(cli: Cli, home: Path) -> None:
    before = cli("--home", home, "list")
    behind = cli("list", "--home", home)
    given = cli("list", env={"SWEEP_HOME": str(home)})
    assert before.stdout == behind.stdout == given.stdout
    assert "tiny" in before.stdout


def test_options_may_come_from_the_environment(cli: Cli, home: Path) -> None:
    assert cli("--home", home, "trials", "--json", env={"SWEEP_TRIALS_TOP": "1"}).stdout.count('"number"') == 1
