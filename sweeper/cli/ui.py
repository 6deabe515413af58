"""`sweep ui`: MLflow's own user interface over the stores of a home."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sweeper.cli.options import home_option
from sweeper.errors import InputError, StoreError, SweepError

if TYPE_CHECKING:
    import subprocess

    from sweeper.tracking.home import Home

_HOST = "127.0.0.1"
_TRAINING = "workflowType=machine_learning"
"""Without it MLflow 3 opens in its view for language models, among whose pages an experiment's models are not."""


@click.command("ui")
@click.option(
    "--port", type=click.IntRange(1, 65535), default=5000, show_default=True, help="Where it listens, on this machine alone."
)
@home_option
def command(port: int, home: Path) -> None:
    """Start the MLflow UI on 127.0.0.1. Ctrl-C ends it."""
    from sweeper.cli.screen.output import remark, say
    from sweeper.cli.screen.text import without_password
    from sweeper.tracking.home import Home

    at = Home.at(home)
    if at.tracking_uri.startswith(("http://", "https://")):
        say(_runs_page(without_password(at.tracking_uri).rstrip("/"), at))
        remark("MLFLOW_TRACKING_URI names a server, so there is nothing to start: open this address.")
        return
    if at.mlflow_file is not None and not at.mlflow_file.exists():
        raise InputError(f"There are no runs in {at.folder} yet. Start some with: sweep run SPACE")
    _check_free(port)
    say(_runs_page(f"http://{_HOST}:{port}", at))
    remark("MLflow's UI is starting; Ctrl-C ends it.")
    _serve([sys.executable, "-m", "mlflow", "ui", "--host", _HOST, "--port", str(port)], at.folder, at.tracking_uri)


def _runs_page(server: str, home: Home) -> str:
    """Where this server shows the sweeps of the home; the server alone, where no sweep of the home is there."""
    from sweeper.search.settings import read_settings

    for name in reversed(home.names()):
        try:
            settings = read_settings(home.sweep(name))
        except StoreError:
            continue
        if settings.tracking_uri == home.tracking_uri and settings.experiment_id:
            return f"{server}/#/experiments/{settings.experiment_id}/runs?{_TRAINING}"
    return server


def _check_free(port: int) -> None:
    import socket

    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_HOST, port))
        except OSError:
            probe.bind((_HOST, 0))
            free = probe.getsockname()[1]
            raise InputError(f"Port {port} is taken, maybe by another `sweep ui`. Write: sweep ui --port {free}") from None


def _serve(server: list[str], folder: Path, store: str) -> None:
    """Wait for the server to end.

    It is a session of its own, so that our signal reaches it and its children once; the store's
    address goes through the environment, because a command line, with the password that may be in it, is for all to see.
    """
    import subprocess

    process = subprocess.Popen(
        server,
        cwd=folder,
        env={**os.environ, "MLFLOW_BACKEND_STORE_URI": store},
        start_new_session=True,
        stdout=sys.stderr,
        stdin=subprocess.DEVNULL,
    )
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        status = process.wait()
    except KeyboardInterrupt:
        _end(process)
        return
    if status != 0:
        raise SweepError(f"MLflow's UI ended by itself with status {status}; what it said stands above.")


def _interrupt(_signal: int, _frame: object) -> None:
    raise KeyboardInterrupt


def _end(process: subprocess.Popen[bytes]) -> None:
    """Asks the server and all its children to end, and insists after a few seconds."""
    import subprocess

    os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
