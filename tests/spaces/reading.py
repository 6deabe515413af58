"""Shorthand of these tests: a space from text."""

from pathlib import Path

import pytest

from sweeper.errors import SpaceError
from sweeper.spaces import SearchSpace
from sweeper.spaces.building import build
from sweeper.spaces.yaml_reader import read_text

EXAMPLES = sorted((Path(__file__).parent / "examples").glob("*.yaml"))
DIGITS = "data: digits\nmodel: mlp\n"


def space_of(text: str) -> SearchSpace:
    return build(read_text(text, "mine.yaml"), stem="mine", file="mine.yaml", folder=Path(), text=text)


def refused(text: str) -> SpaceError:
    with pytest.raises(SpaceError) as caught:
        space_of(text)
    assert caught.value.exit_code == 2
    assert "Traceback" not in str(caught.value)
    return caught.value
