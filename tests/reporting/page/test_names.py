"""Names and texts of a sweep, wild ones too, are text everywhere: in the page, in Markdown, in tables."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sweeper.reporting import SweepFrames, write_report
from sweeper.reporting.page.tables import write_csv
from tests.reporting.page.cases import FALLING
from tests.reporting.page.inert import WILD, assert_inert, every_section
from tests.reporting.synthetic import Planted, Trial

Read = Callable[[Planted], SweepFrames]


@pytest.mark.usefixtures("drawn_once")
def test_nothing_from_a_name_acts(read: Read, tmp_path: Path):
    trials = [Trial(n, {"a": WILD if n else "=1+1", "b": WILD, "c": n}, FALLING, "COMPLETE", WILD) for n in range(3)]
    trials += [Trial(3, {"a": WILD}, {}, "FAILED", WILD, phase=WILD)]
    tags = {
        "sweeper.compare": "a",
        "sweeper.question": WILD,
        "sweeper.seed": WILD,
        "sweeper.data.name": WILD,
        "sweeper.<b>": WILD,
    }
    frames = read(Planted("<b>name</b>", trials, tags, {"fixed": WILD}))
    # MLflow refuses such names of parameters; other stores may not.
    frames = replace(
        frames, trials=frames.trials.rename(columns={"params.b": f"params.{WILD}", "params.c": "params.<img src=x onerror=y>"})
    )
    report = write_report(frames, tmp_path / "out")
    page, markdown = report.index.read_text(), report.markdown.read_text()
    assert_inert(page)
    assert "{{7*7}}" in page
    for text in (page, markdown, every_section(frames, 120)):
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", text)
    assert "<script" not in markdown
    pictures = re.compile(r"^!\[(.*)\]\(figures/[a-z_0-9-]+\.png\)$", flags=re.MULTILINE)
    assert not re.search(r"(?<!\\)[\[\]`$]", pictures.sub(r"\1", markdown).split("The space file")[0])
    trials_csv = (tmp_path / "out" / "trials.csv").read_text()
    assert "'=1+1" in trials_csv


def as_csv(frame: pd.DataFrame) -> bytes:
    out = io.BytesIO()
    write_csv(pa.Table.from_pandas(frame, preserve_index=False), out)
    return out.getvalue()


def test_csv_keeps_numbers_and_disarms_text():
    frame = pd.DataFrame({"=x": ["=cmd()", "+1", "-a", "@b", "\tc", "\rd", "fine", None], "y": [-1.0, 2, 3, 4, 5, 6, 7, 8]})
    lines = as_csv(frame).decode().split("\n")
    assert lines[0] == '"\'=x","y"'
    assert lines[1] == '"\'=cmd()",-1'
    assert '"fine",7' in lines


@given(st.lists(st.text(max_size=8), min_size=1, max_size=5))
def test_no_text_cell_begins_like_a_formula(texts: list[str]):
    frame = pd.DataFrame({"a": pd.Series(texts, dtype="object")})
    cells = pd.read_csv(pd.io.common.BytesIO(as_csv(frame)), dtype=str, keep_default_na=False, skip_blank_lines=False)["a"]
    assert not any(str(cell).startswith(("=", "+", "-", "@", "\t", "\r")) for cell in cells)


NAMES = ("=cmd()", "a,b", 'c"d', "e\nf", "<b>g</b>", "\t=x", "-1+1")


@pytest.mark.usefixtures("undrawn")
def test_names_come_whole_and_inert_through_csv(read: Read, tmp_path: Path):
    trials = [Trial(n, {"a": name, "x": n}, FALLING, block=0) for n, name in enumerate(NAMES)]
    frames = read(Planted("s", trials, {"sweeper.compare": "a"}))
    write_report(frames, tmp_path)
    with (tmp_path / "trials.csv").open(newline="", encoding="utf-8") as file:
        told = [row["choice"] for row in csv.DictReader(file)]
    kept = list(frames.trials["choice"])
    assert told == [f"'{name}" if name.startswith(("=", "-", "\t")) else name for name in kept]
    for table in ("trials", "pairs", "findings"):
        with (tmp_path / f"{table}.csv").open(newline="", encoding="utf-8") as file:
            texts = [cell for row in csv.reader(file) for cell in row]
        assert not any(cell[:1] in ("=", "+", "@", "\t", "\r") for cell in texts), table
