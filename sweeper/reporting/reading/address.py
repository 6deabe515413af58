"""A store's address: the file behind it, and what is said where it does not answer."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from sweeper.errors import StoreError
from sweeper.reporting.text import clean


def sqlite_file(uri: str) -> Path | None:
    """The file of a SQLite URI; None for one in memory or one that cannot be read as a URI."""
    try:
        database = make_url(uri).database
    except ArgumentError:
        return None
    return Path(database) if database and database != ":memory:" and not database.startswith("file:") else None


def local_folder(place: str) -> Path | None:
    """The folder that the address of artifacts names, or None where it is none on this machine."""
    parts = urlsplit(place)
    if parts.scheme == "file" and parts.netloc in ("", "localhost"):
        return Path(url2pathname(parts.path))
    return Path(place) if place and not parts.scheme else None


def unanswered(uri: str, error: Exception) -> StoreError:
    """The error for a store that does not answer; a password in its address is not shown."""
    first = clean(str(error).splitlines()[0] if str(error) else type(error).__name__, 200)
    return StoreError(
        f"the MLflow store {_without_password(uri)} does not answer: {first.replace(uri, _without_password(uri))}. "
        "Check the address (MLFLOW_TRACKING_URI, --home) and that the store can be read; nothing was written."
    )


def _without_password(uri: str) -> str:
    try:
        return make_url(uri).render_as_string(hide_password=True)
    except ArgumentError:
        return clean(uri, 120)
