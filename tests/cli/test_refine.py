"""`refine`, on the runs of a real store."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import Cli

SPACE = """\
compare: model.mlp.layers
data: {npz: {file: points.npz, task: classification}}
model: {mlp: {layers: {choice: [8, 16-8]}}}   # both
optimizer: {adam: {learning_rate: {float: [1e-3, 1e-1], log: true}}}
budget: {trials: 4, epochs: 3}
"""


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the sweep `both`: two blocks of two choices, of which more are needed to tell them apart."""
    from sweeper.search.request import SweepRequest
    from sweeper.search.sweep import run_sweep
    from tests.cli.conftest import ENTRY, points

    folder = tmp_path_factory.mktemp("home")
    (folder / "both.yaml").write_text(SPACE)
    points(folder)
    request = SweepRequest(str(folder / "both.yaml"), folder, workers=1, device="cpu", overrides=("training.batch_size=16",))
    run_sweep(request, lambda event: None, ENTRY)
    return folder


def test_the_next_space_is_written_and_runs(cli: Cli, compared: Path) -> None:
    result = cli("refine", "--home", compared)
    assert result.exit_code == 0
    assert "both: 1 change" in result.stdout
    assert "open       " in result.stdout
    assert "sweep resume both --trials +" in result.stdout
    assert f"next       sweep run both-r2.yaml --home {compared}" in result.stdout
    text = Path("both-r2.yaml").read_text()
    assert "choice: [8, 16-8]}}}   # both" in text
    assert "# trials raised from 4 to 8: 1 pair of 2 choices is open" in text
    assert "training: {batch_size: 16}" in text
    assert cli("show", "both-r2.yaml").exit_code == 0
    again = cli("refine", "--home", compared)
    assert again.exit_code == 2
    assert "both-r2.yaml is there already" in again.stderr


def test_as_json_and_to_stdout(cli: Cli, compared: Path) -> None:
    said = json.loads(cli("refine", "both", "--json", "--out", "next.yaml", "--home", compared).stdout)
    assert list(said) == ["sweep", "file", "changes", "open"]
    assert (said["sweep"], said["file"]) == ("both", "next.yaml")
    [change] = said["changes"]
    assert list(change) == ["path", "says", "reason"]
    text = cli("refine", "both", "--out", "-", "--home", compared).stdout
    assert text.splitlines()[1:] == Path("next.yaml").read_text().splitlines()[1:]
    assert [path.name for path in Path().iterdir()] == ["next.yaml"]
    assert cli("refine", "--json", "--out", "-", "--home", compared).exit_code == 2


def test_without_evidence_nothing_is_written(cli: Cli, home: Path) -> None:
    result = cli("refine", "--home", home)
    assert result.exit_code == 1
    assert "tiny: nothing in its trials calls for another space" in result.stdout
    assert list(Path().iterdir()) == []
    assert json.loads(cli("refine", "--json", "--home", home).stdout) == {
        "sweep": "tiny", "file": None, "changes": [], "open": [],
    }  # fmt: skip


def test_a_sweep_of_another_home_is_refined_from_its_runs(cli: Cli, compared: Path) -> None:
    shutil.copytree(compared, "elsewhere", ignore=shutil.ignore_patterns(".sweeps"))
    result = cli("refine", "both", "--home", "elsewhere")
    assert result.exit_code == 0
    assert "was run elsewhere" in result.stderr


def test_bad_input_is_refused(cli: Cli, home: Path) -> None:
    result = cli("refine", "tinny", "--home", home)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "tiny" in result.stderr
