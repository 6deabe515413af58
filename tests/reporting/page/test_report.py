"""The written report: whole, inert, the same bytes for the same sweep, and written whatever the sweep looks like."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pytest

from sweeper.errors import InputError, StoreError
from sweeper.reporting import SECTIONS, SweepFrames, section_text, write_report
from sweeper.reporting.columns import COLUMNS, described
from sweeper.reporting.page.folder import replaced
from sweeper.reporting.page.terminal import section_lines
from sweeper.reporting.story.findings import Finding, findings
from sweeper.reporting.story.subject import Subject
from sweeper.reporting.story.tell import CONCLUSIONS, PAIRS, tell, tell_section
from tests.reporting.page.inert import assert_inert, parsed


@pytest.fixture(scope="module")
def written(optimizers: SweepFrames, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("reports") / "optimizers"
    write_report(optimizers, out)
    return out


def test_the_files(written: Path, optimizers: SweepFrames):
    names = {file.name for file in written.iterdir()}
    assert names == {
        ".written.json",
        "figures",
        "index.html",
        "report.md",
        "findings.json",
        "tables.tex",
        *(f"{table}.{kind}" for table in COLUMNS.keys() - {"layers", "signal"} for kind in ("csv", "parquet")),
    }
    assert not list(written.parent.glob(".*"))
    assert len(pd.read_csv(written / "trials.csv")) == len(optimizers.trials)
    pd.testing.assert_frame_equal(pd.read_parquet(written / "epochs.parquet"), optimizers.epochs)
    pairs = pd.read_parquet(written / "pairs.parquet")
    assert len(pairs) == 3 and all(described("pairs", column) for column in pairs)


def test_the_same_sweep_gives_the_same_bytes(written: Path, optimizers: SweepFrames, tmp_path: Path):
    write_report(optimizers, tmp_path / "again")
    first, second = contents(written), contents(tmp_path / "again")
    assert [name for name in first.keys() | second.keys() if first.get(name) != second.get(name)] == []


def test_figures_that_a_process_beside_draws_are_the_same(
    written: Path, optimizers: SweepFrames, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("sweeper.executors.beside.several_cores", lambda: True)
    monkeypatch.setattr("sweeper.reporting.figures.draw.draw", None)  # nothing is drawn here
    write_report(optimizers, tmp_path / "beside")
    first, second = contents(written), contents(tmp_path / "beside")
    assert [name for name in first.keys() | second.keys() if first.get(name) != second.get(name)] == []


def contents(folder: Path) -> dict[str, bytes]:
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_figures_are_files_that_the_markdown_shows(written: Path, optimizers: SweepFrames, tmp_path: Path):
    shown = re.findall(r"^!\[.+\]\((figures/.+\.png)\)$", (written / "report.md").read_text(), flags=re.MULTILINE)
    assert sorted({name.replace(".png", end) for name in shown for end in (".png", ".svg")}) == sorted(
        name for name in contents(written) if name.startswith("figures/")
    )
    assert len(shown) >= 3
    for name in shown:
        assert (written / name).read_bytes().startswith(b"\x89PNG")
        drawing = ElementTree.fromstring((written / name.replace(".png", ".svg")).read_text())
        assert drawing.tag.endswith("svg")
        assert "var(" not in ElementTree.tostring(drawing, encoding="unicode")


@pytest.mark.usefixtures("undrawn")
def test_of_older_figures_nothing_stays(small: SweepFrames, tmp_path: Path):
    with replaced(tmp_path, last="index.html") as new:
        (new / "figures").mkdir()
        (new / "figures" / "old.svg").write_text("<svg/>")
    (tmp_path / "mine.txt").write_text("stays")
    write_report(small, tmp_path)
    assert not (tmp_path / "figures" / "old.svg").exists() and list((tmp_path / "figures").iterdir())
    assert (tmp_path / "mine.txt").read_text() == "stays"


@pytest.mark.usefixtures("undrawn")
def test_what_is_somebody_s_own_stays(small: SweepFrames, tmp_path: Path):
    own = [tmp_path / "figures" / name for name in ("mine.pdf", "old.svg")]
    own[0].parent.mkdir()
    for file in own:
        file.write_text("mine")
    (tmp_path / "figures" / "folder").mkdir()
    for _ in range(2):
        write_report(small, tmp_path)
    assert all(file.read_text() == "mine" for file in own) and list((tmp_path / "figures").glob("*.png"))


def test_a_watched_page_loads_itself_anew_and_is_as_inert(small: SweepFrames, tmp_path: Path, written: Path):
    page = write_report(small, tmp_path, refresh=5).index.read_text()
    assert '<meta http-equiv="refresh" content="5">' in page
    assert_inert(page)
    assert 'http-equiv="refresh"' not in (written / "index.html").read_text()


def test_every_dot_says_its_trial(written: Path, optimizers: SweepFrames):
    page = (written / "index.html").read_text()
    complete = optimizers.trials[optimizers.trials["trial_value"].notna()]
    for number, choice in zip(complete["number"], complete["choice"], strict=True):
        assert page.count(f"<title>trial {number}: {choice}, ") == 2  # the isolation plot, wide and narrow


def test_findings_carry_their_evidence_and_stand_in_the_report(written: Path):
    told = json.loads((written / "findings.json").read_text())
    assert told["sweep"] == "digits-optimizers"
    page = " ".join((written / "report.md").read_text().replace("\\", "").split())  # Markdown escapes brackets
    for finding in told["findings"]:
        assert " ".join(finding["sentence"].split()) in page and finding["evidence"], finding
    first = told["findings"][0]
    assert (first["section"], first["verdict"]) == ("choices", "not enough evidence"), "six blocks, three comparisons"
    assert {"a", "b", "wins", "shift_low", "p_holm"} <= first["evidence"].keys()
    more = (first["evidence"]["needed"] - 6) * 3
    assert first["sentence"].endswith(f"four times in five: sweep resume digits-optimizers --trials +{more}.")
    assert "6 pairs, where 7 are the least for 3 comparisons" in first["sentence"]


def test_a_report_opens_with_the_surest_finding_of_each_section(written: Path, optimizers: SweepFrames):
    found = findings(Subject(optimizers))
    opening = tell(Subject(optimizers), found).conclusions
    assert 2 <= len(opening) <= CONCLUSIONS and "summary" not in {one.section for one in opening}
    [first] = [one for one in opening if one.section == "choices"][:1]
    assert (first.sentence, first.verdict) == (found[0].sentence, found[0].verdict)
    others = [one.section for one in opening if one.section != "choices"]
    assert len(others) == len({*others}), "one of each, and of the choices one for each pair"
    page, text = (written / "index.html").read_text(), (written / "report.md").read_text()
    assert page.index("In short") < page.index('<section id="summary"') and f'href="#{first.section}">' in page
    assert text.index("## In short") < text.index("## 1 ")


@pytest.mark.parametrize(("pairs", "sections"), [(0, 3), (2, 0), (28, 12)])
def test_of_many_findings_few_open_a_report(optimizers: SweepFrames, pairs: int, sections: int):
    others = [key for key in SECTIONS if key not in ("summary", "choices", "confirmation", "importance", "ablation")][:sections]
    found = [Finding("choices", "better", f"{place} is better.", {"n": 1}) for place in range(pairs)]
    found += [Finding(key, "", f"{key} {place}.", {"n": 1}) for key in others for place in range(2)]
    opening = tell(Subject(optimizers), found).conclusions
    assert len(opening) == min(CONCLUSIONS, min(pairs, PAIRS) + len(others))
    assert [one.sentence for one in opening[:PAIRS] if one.section == "choices"] == [
        f"{n} is better." for n in range(min(pairs, PAIRS))
    ]
    assert all(one.sentence.endswith(" 0.") for one in opening if one.section != "choices"), "the surest of each"


def test_the_page_is_inert_and_whole(written: Path):
    page = (written / "index.html").read_text()
    assert_inert(page)
    parts = parsed(page)
    ids = [attributes["id"] for _, attributes in parts.elements if "id" in attributes]
    assert len(ids) == len(set(ids)), "two figures share an id"
    assert [name for name in ids if name in SECTIONS] == [name for name in SECTIONS if name in ids]
    # Hexadecimal stand-ins of colours are all written as variables.
    assert "#fe" not in page
    assert page.count('<svg class="figure"') == 2 * page.count("<figure>") >= 4
    assert "prefers-color-scheme" in page
    assert "@media print" in page


def test_the_page_and_markdown_tell_the_same(written: Path, optimizers: SweepFrames):
    markdown = (written / "report.md").read_text()
    best = optimizers.trials.loc[optimizers.trials["value"].idxmin()]
    sentence = (
        f"Trial {best['number']} (adam) has the lowest validation loss of 17 complete trials: "
        f"{best['value']:.3f} at epoch {best['best_epoch']} of 20."
    )
    assert sentence in markdown
    assert sentence in (written / "index.html").read_text()
    assert sentence in " ".join(section_text(optimizers, "summary", 70).split())


@pytest.mark.parametrize("section", SECTIONS)
def test_terminal_text_keeps_to_the_width(optimizers: SweepFrames, section: str):
    told = tell_section(Subject(optimizers), section)
    for width in (10, 40, 80, 200):
        lines = section_lines(told, width)
        assert lines
        assert max(map(len, lines)) <= max(width, 20)


def test_an_unknown_section(optimizers: SweepFrames):
    with pytest.raises(InputError, match="Did you mean 'overfitting'"):
        section_text(optimizers, "overfiting")


@pytest.mark.usefixtures("undrawn")
def test_a_report_that_fails_leaves_the_old_one(written: Path, optimizers: SweepFrames, monkeypatch: pytest.MonkeyPatch):
    before = contents(written)
    monkeypatch.setattr("sweeper.reporting.page.folder.os.fsync", _full)
    with pytest.raises(StoreError, match="No space left on device"):
        write_report(optimizers, written)
    assert contents(written) == before
    assert not list(written.parent.glob(".*"))


def _full(_: int) -> None:
    raise OSError(28, "No space left on device")


@pytest.mark.usefixtures("undrawn")
def test_a_folder_that_cannot_be_made(optimizers: SweepFrames, tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="Choose another folder with --out"):
        write_report(optimizers, tmp_path / "file" / "out")


def test_the_package_is_cheap_to_import():
    code = (
        "import sys, sweeper.reporting; sys.exit(any(name in sys.modules for name in ('pandas', 'mlflow', "
        "'matplotlib', 'jinja2', 'numpy')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
