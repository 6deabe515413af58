"""How long `sweep report` takes, and how much memory, from MLflow's store to the written report:

    python benchmarks/report_speed.py                                    200, 2,000 and 10,000 trials x 100 epochs x 8 metrics
    python benchmarks/report_speed.py --trials 200 --sampler paired
    python benchmarks/report_speed.py --trials 2000 --served             from SQLite, then through `mlflow server`, twice

The sweeps are made up (`filled_store.py`): four optimizers are compared. A figure is of the whole process, imports included;
its memory is the largest resident one. Through a server the first report asks for all curves, the second finds them kept.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import results
from filled_store import fill
from machine import machine, sentence

HEAD = """| trials | store | seconds | of them processor | memory, MB | index.html, MB |
|---|---|---|---|---|---|"""
_PATIENCE = 120
"""Seconds that a server has to begin."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trials", type=int, nargs="+", default=[200, 2000, 10000])
    parser.add_argument("--epochs", type=int, default=100)
    parser.add_argument("--sampler", choices=["random", "paired"], default="random")
    parser.add_argument("--served", action="store_true", help="through a server too")
    parser.add_argument("--out", type=Path, default=Path("report_speed.jsonl"), help="JSON lines")
    arguments = parser.parse_args()
    print(sentence(machine()), flush=True)
    print(HEAD, flush=True)
    for trials in arguments.trials:
        with tempfile.TemporaryDirectory(prefix="report-speed-") as folder:
            home = Path(folder)
            with ProcessPoolExecutor(1, get_context("spawn")) as beside:  # what it needs would count as the report's memory
                uri = beside.submit(fill, home, trials, arguments.epochs, sampler=arguments.sampler).result()
            rows = [report(home, "SQLite", {})]
            if arguments.served:
                with served(home, uri) as address:
                    rows += [report(home, f"server, {which}", {"MLFLOW_TRACKING_URI": address}) for which in ("first", "again")]
        for row in rows:
            print(line(trials, row), flush=True)
            about = {"trials": trials, "epochs": arguments.epochs, "sampler": arguments.sampler}
            results.append(arguments.out, {**about, **row, "date": datetime.date.today().isoformat(), "machine": machine()})


def report(home: Path, store: str, environment: dict[str, str]) -> results.Row:
    """Seconds, processor seconds and megabytes of one `sweep report`. Raises RuntimeError where it fails."""
    command = [sys.executable, "-m", "sweeper.cli", "report", "filled", "--home", str(home)]
    begun = time.perf_counter()
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command, cwd=home, env={**os.environ, **environment, **_PATH}, stdout=said, stderr=said)
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            raise RuntimeError(f"the report failed with status {process.returncode}:\n{said.read().decode()[-3000:]}")
    page = home / "reports" / "filled" / "index.html"
    return {
        "store": store,
        "seconds": round(seconds, 1),
        "processor": round(used.ru_utime + used.ru_stime, 1),
        "memory": round(used.ru_maxrss / 1000),
        "page": round(page.stat().st_size / 1e6, 1),
    }


_PATH = {"PYTHONPATH": os.pathsep.join([str(Path(__file__).resolve().parents[1]), os.environ.get("PYTHONPATH", "")])}


@contextlib.contextmanager
def served(home: Path, uri: str) -> Iterator[str]:
    """The address of an MLflow server on that store, which ends with the context."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "mlflow", "server", "--backend-store-uri", uri, "--host", "127.0.0.1", "--port", str(port)]
    with (home / "server.log").open("wb") as log:
        server = subprocess.Popen(command, cwd=home, stdout=log, stderr=log, start_new_session=True)
    try:
        _await(f"{address}/health")
        yield address
    finally:
        os.killpg(server.pid, 15)
        server.wait()


def _await(address: str) -> None:
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.5)


def line(trials: int, row: results.Row) -> str:
    cells = (f"{trials:,}", row["store"], row["seconds"], row["processor"], f"{row['memory']:,}", row["page"])
    return f"| {' | '.join(map(str, cells))} |"


if __name__ == "__main__":
    main()
