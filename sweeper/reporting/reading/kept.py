"""What a server told of runs that have ended, kept in a file so that it is not asked again.

A file holds the curves of one sweep. What is found there counts only under the run's stamp, which changes with whatever the
server says of the run. Files are replaced in one step and have checksums: of two writers the later one stays, and one that is
damaged counts as missing.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sweeper.reporting.reading.points import Points
from sweeper.reporting.reading.run import Run
from sweeper.reporting.reading.runs import RUNNING_STILL

_ENDED = ("FINISHED", "FAILED", "KILLED")


def file_of(folder: Path, uri: str, runs: Sequence[Run]) -> Path:
    """Where the curves of these runs, all of one sweep of the store at `uri`, are kept."""
    parents = sorted({run.data.tags.get("mlflow.parentRunId", "") for run in runs})
    return folder / f"{hashlib.sha256(json.dumps([uri, parents]).encode()).hexdigest()[:32]}.parquet"


def stamp(run: Run) -> str:
    """Another one whenever the server says another thing of the run; empty for one that has not ended."""
    if run.info.status not in _ENDED or run.info.end_time is None or run.data.tags.get("sweeper.state", "") in RUNNING_STILL:
        return ""
    said = [
        run.info.run_id,
        run.info.status,
        run.info.end_time,
        sorted(run.data.metrics.items()),
        sorted(run.data.tags.items()),
    ]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def recall(file: Path, runs: Sequence[Run], places: Mapping[str, int]) -> dict[str, Points]:
    """Run id -> what is kept of it, of the metrics in `places`; nothing where there is no sound file."""
    try:
        table = pq.read_table(file, page_checksum_verification=True)
        stamps, keys = (table[name].combine_chunks() for name in ("stamp", "key"))
        key = np.array([places.get(name, -1) for name in keys.dictionary.to_pylist()], "int64")[keys.indices.to_numpy()]
        columns = [key, *(table[name].to_numpy() for name in ("step", "time", "value"))]
        code, known = stamps.indices.to_numpy(), stamps.dictionary.to_pylist()
    except (OSError, KeyError, AttributeError, IndexError, pa.ArrowException):
        return {}
    # The values of a run lie together.
    ends = np.append(np.flatnonzero(np.diff(code)) + 1, len(code))
    spans = {known[code[end - 1]]: slice(first, end) for first, end in zip([0, *ends], ends, strict=False) if end}
    found = {}
    for run in runs:
        span = spans.get(stamp(run))
        if span is not None and (columns[0][span] >= 0).all():
            found[run.info.run_id] = Points(*(column[span] for column in columns))
    return found


def remember(file: Path, runs: Sequence[Run], found: Mapping[str, Points], keys: Sequence[str]) -> None:
    """Keeps what was `found` of those runs that have ended; where the folder cannot be written nothing is kept."""
    ended = [(stamp(run), found[run.info.run_id]) for run in runs if stamp(run) and run.info.run_id in found]
    if not ended:
        return
    columns = [np.concatenate(column) for column in zip(*(points for _, points in ended), strict=True)]
    code = np.repeat(np.arange(len(ended)), [len(points.key) for _, points in ended])
    table = pa.table(
        {
            "stamp": pa.DictionaryArray.from_arrays(pa.array(code, "int32"), [name for name, _ in ended]),
            "key": pa.DictionaryArray.from_arrays(pa.array(columns[0], "int32"), list(keys)),
            **dict(zip(("step", "time", "value"), columns[1:], strict=True)),
        }
    )
    with contextlib.suppress(OSError):
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=file.parent, suffix=".part", delete=False) as part:
            new = Path(part.name)
        try:
            pq.write_table(table, new, compression="zstd", write_page_checksum=True)
            new.replace(file)
        finally:
            new.unlink(missing_ok=True)
