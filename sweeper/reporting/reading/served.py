"""The metrics of runs through MLflow's client, which asks for one metric of one run at a time: many questions side by side, and
what a server told of runs that have ended is not asked again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from sweeper.reporting.reading.address import unanswered
from sweeper.reporting.reading.kept import file_of, recall, remember
from sweeper.reporting.reading.points import Points
from sweeper.reporting.reading.run import Run

if TYPE_CHECKING:
    from mlflow.tracking import MlflowClient

THREADS = 16
"""Questions that wait for their answers at the same time."""


def served(client: MlflowClient, runs: Sequence[Run], places: Mapping[str, int], cache: Path | None = None) -> list[Points]:
    """Those of each run, in the order of `runs`, of the metrics in `places`; `cache` is the folder for what is to be kept.

    Raises StoreError where the store does not answer.
    """
    from mlflow.exceptions import MlflowException

    file = file_of(cache, client.tracking_uri, runs) if cache is not None else None
    found = recall(file, runs, places) if file is not None else {}
    missing = [run for run in runs if run.info.run_id not in found]
    known = len(found)
    try:
        with ThreadPoolExecutor(THREADS) as threads:
            answers = [threads.submit(_ask, client, run, places) for run in missing]
            try:
                for run, answer in zip(missing, answers, strict=True):
                    found[run.info.run_id] = answer.result()
            finally:
                threads.shutdown(cancel_futures=True)
    except (MlflowException, OSError) as error:
        raise unanswered(client.tracking_uri, error) from error
    finally:
        if file is not None and len(found) > known:
            remember(file, runs, found, list(places))
    return [found[run.info.run_id] for run in runs]


def _ask(client: MlflowClient, run: Run, places: Mapping[str, int]) -> Points:
    """All that a run logged of these metrics."""
    keys = [key for key in run.data.metrics if key in places]
    told = [(places[key], point) for key in keys for point in client.get_metric_history(run.info.run_id, key)]
    return Points.of(
        [place for place, _ in told],
        [point.step for _, point in told],
        [point.timestamp for _, point in told],
        [point.value for _, point in told],
    )
