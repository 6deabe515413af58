"""What the documentation shows is right: every space in it can be read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sweeper.spaces import read_space

ROOT = Path(__file__).resolve().parent.parent
PAGES = ("README.md", "docs/spaces.md")


def blocks(language: str) -> list[tuple[str, str]]:
    found = []
    for page in PAGES:
        text = (ROOT / page).read_text()
        found += [(page, block) for block in re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)]
    return found


@pytest.mark.parametrize(("page", "text"), blocks("yaml"))
def test_every_space_that_is_shown_can_be_read_and_drawn(page: str, text: str, tmp_path: Path) -> None:
    (tmp_path / "shown.yaml").write_text(text)
    space = read_space(tmp_path / "shown.yaml")
    space.check_built()
    assert space.defaults().configuration["model"]


def test_the_space_in_python_that_is_shown_can_be_read_and_drawn(tmp_path: Path) -> None:
    [text] = [text for _, text in blocks("python") if "def space(" in text]
    (tmp_path / "shown.py").write_text(text)
    assert read_space(f"{tmp_path / 'shown.py'}:space").defaults().parameters.keys() == {"depth", "width", "learning_rate"}
