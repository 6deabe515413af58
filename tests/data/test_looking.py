"""What is told of a data set before it is read."""

from __future__ import annotations

import gzip
from pathlib import Path

import pandas as pd
import pytest

from sweeper.data.looking import look
from sweeper.errors import DataError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Tables whose rows no reader would take: they are not looked at."""
    (tmp_path / "rows.csv").write_text('\nage;"the colour";churned\n1;2\n')
    with gzip.open(tmp_path / "rows.csv.gz", "wt") as file:
        file.write("age,churned\n1\n")
    pd.DataFrame({"age": ["?"], "churned": ["no"]}).to_parquet(tmp_path / "rows.parquet")
    return tmp_path


@pytest.mark.parametrize(
    "data",
    [
        {"csv": {"file": "rows.csv", "target": "churned", "drop": ["the colour"]}},
        {"csv": {"file": "rows.csv.gz", "target": "churned"}},
        {"parquet": {"file": "rows.parquet", "target": "churned"}},
        "digits",
    ],
)
def test_what_is_there_passes_whatever_its_rows_are(folder: Path, data: object):
    look(data, folder)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"csv": {"file": "row.csv", "target": "churned"}}, "no file 'row.csv' in .*Did you mean 'rows.csv'"),
        ({"csv": {"file": "rows.csv", "target": "churn"}}, "rows.csv has no column 'churn' .*Did you mean 'churned'"),
        ({"csv": {"file": "rows.csv", "target": "churned", "group": "who"}}, "no column 'who' .`group`"),
        ({"csv": {"file": "rows.csv", "target": "churned", "drop": ["x"]}}, "no column 'x' .`drop`"),
        ({"parquet": {"file": "rows.parquet", "target": "churn"}}, "rows.parquet has no column 'churn'"),
        ({"npz": {"file": "none.npz"}}, "no file 'none.npz'"),
        ({"images": {"folder": "flowers"}}, "no folder 'flowers'"),
    ],
)
def test_what_is_not_there_is_told(folder: Path, data: object, says: str):
    with pytest.raises(DataError, match=says):
        look(data, folder)


def test_text_that_is_not_utf8_is_told(folder: Path):
    (folder / "old.csv").write_bytes("größe,churned\n1,2\n".encode("latin-1"))
    with pytest.raises(DataError, match="not UTF-8"):
        look({"csv": {"file": "old.csv", "target": "churned"}}, folder)
