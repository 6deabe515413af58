"""What every test of the data layer needs: a folder of files, prepared in this process."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sweeper.data.prepare import prepare
from sweeper.errors import InputError
from sweeper.records import DataInfo

Prepared = Callable[..., DataInfo]


@pytest.fixture
def prepared(tmp_path: Path) -> Prepared:
    """`prepared("csv", file=...)`: the data set prepared into a folder of its own, paths counted from `tmp_path`."""

    def run(name: str, **settings: Any) -> DataInfo:
        return prepare({name: settings}, tmp_path, tmp_path / "data")

    return run


@pytest.fixture
def refused(tmp_path: Path) -> Callable[..., str]:
    """The message with which a data set is refused; nothing may have been written."""

    def run(name: str, **settings: Any) -> str:
        with pytest.raises(InputError) as caught:
            prepare({name: settings}, tmp_path, tmp_path / "data")
        assert not (tmp_path / "data").exists()
        assert not list(tmp_path.glob("*.draft"))
        return str(caught.value)

    return run
