"""A Parquet file as a table whose columns, and pieces of rows, are read when they are asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sweeper.data.wording import listed
from sweeper.errors import DataError

if TYPE_CHECKING:
    import pandas

ROWS = 65_536
"""Rows read in one go."""


class ParquetFile:
    """`columns` are those of the data, without an index that pandas kept beside them."""

    def __init__(self, path: Path) -> None:
        """Raises DataError for what is no Parquet file, or has no rows."""
        self._path = path
        with self._opened() as file:
            self._rows = int(file.metadata.num_rows)
            self.columns = [str(name) for name in file.schema_arrow.empty_table().to_pandas().columns]
        if self._rows == 0:
            raise DataError(f"{path.name} has columns ({listed(self.columns)}) but no rows.")

    def __len__(self) -> int:
        return self._rows

    def __getitem__(self, column: str) -> pandas.Series[Any]:
        """The whole column."""
        with self._opened() as file:
            return file.read(columns=[column]).to_pandas().iloc[:, 0]  # type: ignore[no-any-return]

    def pieces(self, columns: Sequence[str]) -> Iterator[pandas.DataFrame]:
        """These columns of all rows, some rows after the other."""
        with self._opened() as file:
            for batch in file.iter_batches(ROWS, columns=list(columns)):
                frame = batch.to_pandas()
                frame.columns = batch.schema.names
                yield frame

    @contextmanager
    def _opened(self) -> Iterator[Any]:
        try:
            from pyarrow import parquet
        except ImportError as error:
            raise DataError("Parquet files need pyarrow:  pip install pyarrow") from error
        try:
            with parquet.ParquetFile(self._path) as file:
                yield file
        except (ValueError, OSError) as error:
            raise DataError(f"{self._path.name} cannot be read as Parquet: {error}") from error
