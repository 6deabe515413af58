"""The frame of findings: what findings.json holds, a row each, described, and reached in two lines."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from sweeper.reporting import read_sweep, write_report
from sweeper.reporting.columns import described
from sweeper.reporting.story.findings import Finding, findings_frame


@pytest.mark.usefixtures("undrawn")
def test_a_notebook_has_them_in_a_line_and_the_report_as_files(store: str, tmp_path: Path) -> None:
    sweep = read_sweep("digits-optimizers", store)
    found = sweep.findings
    assert all(described("findings", name) for name in found)
    write_report(sweep, tmp_path)
    told = json.loads((tmp_path / "findings.json").read_text())["findings"]
    assert list(found["sentence"]) == [finding["sentence"] for finding in told]
    assert [json.loads(evidence) for evidence in found["evidence"]] == [finding["evidence"] for finding in told]
    assert not found["id"].duplicated().any()
    assert found.loc[0, "id"] == f"{told[0]['section']}-1"
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "findings.parquet"), found)
    assert len(pd.read_csv(tmp_path / "findings.csv")) == len(found)


@pytest.mark.parametrize(
    ("verdict", "strength"),
    [
        ("better", "settled"),
        ("no practical difference", "settled"),
        ("faster, but worse", "settled"),
        ("undecided", "open"),
        ("target uninformative", "open"),
        ("not enough evidence", "open"),
        ("", "descriptive"),
    ],
)
def test_how_much_a_finding_holds(verdict: str, strength: str) -> None:
    frame = findings_frame([Finding("choices", verdict, "A is.", {"n": 3})], ["Two trials failed.", "One runs."])
    assert frame.to_dict("records") == [
        {
            "id": "choices-1",
            "section": "choices",
            "strength": strength,
            "verdict": verdict,
            "sentence": "A is.",
            "evidence": '{"n": 3}',
            "caveats": "Two trials failed. One runs.",
        }
    ]


def test_without_findings_the_frame_is_empty() -> None:
    frame = findings_frame([], ["Two trials failed."])
    assert len(frame) == 0
    assert list(frame)[:2] == ["id", "section"]
