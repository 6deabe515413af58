"""What can be told of a data set before it is read: is its file there, and has its header the columns that are named?"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sweeper.data.settings import read_settings


def look(data: Mapping[str, Any] | str, folder: Path) -> None:
    """Reads no rows. Raises DataError for a file or folder that is not there, and for a column that a table does not have.

    Relative paths in `data` count from `folder`.
    """
    entry, settings = read_settings(data)
    if "folder" in settings:
        from sweeper.data.sources.files import find_folder

        find_folder(folder, settings["folder"])
    if "file" not in settings:
        return
    from sweeper.data.sources.files import find_file

    path = find_file(folder, settings["file"])
    if entry.name == "csv":
        from sweeper.data.sources.csv_text import header_of
        from sweeper.data.sources.tables import check_columns

        check_columns(path.name, header_of(path), settings)
    elif entry.name == "parquet":
        from sweeper.data.sources.parquet_file import ParquetFile
        from sweeper.data.sources.tables import check_columns

        check_columns(path.name, ParquetFile(path).columns, settings)
