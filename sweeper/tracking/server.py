"""A tracking server, before MLflow is imported: whether it answers, and its address without secrets."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

from sweeper.errors import InputError

_PATIENCE = 10.0
"""Seconds in which a server has to accept a connection."""
_PACKAGES = {"psycopg": "psycopg[binary]", "psycopg2": "psycopg2-binary", "MySQLdb": "mysqlclient"}
"""What `pip` calls a driver, where that is not the name it is imported by."""
_PORTS = {"https": 443, "http": 80, "postgresql": 5432, "mysql": 3306}


def check_answers(uri: str) -> None:
    """Raises InputError for a server that takes no connection, so that nothing is started for it. A file always answers."""
    try:
        knock(uri)
    except (OSError, ValueError) as error:
        raise InputError(f"MLflow's store {shown(uri)} cannot be used: {str(error) or type(error).__name__}") from error


def knock(uri: str) -> None:
    """Asks a server for a connection: MLflow itself would try for minutes before it gives up. Raises OSError, or ValueError
    for a port that is no number."""
    parts = urlsplit(uri)
    if parts.scheme == "sqlite" or not parts.hostname:
        return
    port = parts.port or _PORTS.get(parts.scheme.partition("+")[0])
    if port is not None:
        socket.create_connection((parts.hostname, port), timeout=_PATIENCE).close()


def without_driver(uri: str, error: ImportError) -> str:
    """What to do where the Python package that speaks to a database is missing."""
    name = error.name or "its driver"
    return (
        f"MLflow's store {shown(uri)} needs the Python package '{name}', which is not installed: pip install "
        f"'{_PACKAGES.get(name, name)}', or name a driver that is, as in postgresql+psycopg2://."
    )


def shown(uri: str) -> str:
    """The address without a password."""
    parts = urlsplit(uri)
    if parts.password is None:
        return uri
    return uri.replace(f":{parts.password}@", ":***@", 1)
