"""A request to import the curves of a program that does not exist."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from sweeper.errors import InputError
from sweeper.reporting import read_sweep
from sweeper.search.importing.request import ImportRequest, Said
from sweeper.search.view import list_sweeps
from tests.search.curves import HEADER, files

Ask = Callable[..., ImportRequest]


def requested(
    folder: Path, home: Path, rows: list[list[object]] | None = None, header: tuple[str, ...] = HEADER, **settings: object
) -> ImportRequest:
    """A request for the usual files, which are written into the folder, with other settings or other rows of curves."""
    curves, others = files(folder, rows, header)
    usual = {"objective": "val_ssim", "maximize": True, "compare": ("optimizer",), "said": Said(repeat="study")}
    return ImportRequest(curves, others, home, **{**usual, **settings})


@pytest.fixture
def ask(tmp_path: Path, home: Path) -> Ask:
    return partial(requested, tmp_path, home)


def nothing_is_left(home: Path) -> bool:
    """No sweep, no folder of one, and no run that anybody would be shown."""
    with pytest.raises(InputError, match="holds no sweep"):
        read_sweep(None, f"sqlite:///{home / 'mlflow.db'}")
    return list_sweeps(home).sweeps == () and not list((home / ".sweeps").glob("*"))
