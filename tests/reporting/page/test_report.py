"""The written report: whole, inert, the same bytes for the same sweep, and written whatever the sweep looks like."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import math
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sweeper.errors import InputError, StoreError
from sweeper.reporting import SECTIONS, SweepFrames, read_sweep, section_text, write_report
from sweeper.reporting.columns import COLUMNS, described
from sweeper.reporting.page.folder import replaced
from sweeper.reporting.page.tables import write_csv
from sweeper.reporting.page.terminal import section_lines
from sweeper.reporting.story.findings import Finding, findings
from sweeper.reporting.story.subject import Subject
from sweeper.reporting.story.tell import CONCLUSIONS, PAIRS, tell, tell_section
from tests.reporting.synthetic import Planted, Trial, compared, plant, searched

Read = Callable[[Planted], SweepFrames]
FALLING = {"val_loss": [0.9, 0.5, 0.6], "train_eval_loss": [0.8, 0.3, 0.1]}
DIVERGED = {"val_loss": [2.0, math.nan], "train_eval_loss": [2.0, math.nan]}
WILD = '<script>alert(1)</script>" onload="x" </style>\n\x1b[31m=cmd()\u202e{{7*7}} $\\frac{a}{b}$ `x` [a](http://x.y)'


class Parts(HTMLParser):
    """Every element with its attributes, and the text of scripts."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag == "script":
            self.scripts.append("")

    def handle_data(self, data: str) -> None:
        if self.elements and self.elements[-1][0] == "script" and not self.scripts[-1]:
            self.scripts[-1] = data


def parsed(page: str) -> Parts:
    parts = Parts()
    parts.feed(page)
    return parts


def assert_inert(page: str) -> None:
    """One script, ours; no attribute that runs anything; no address outside the page."""
    parts = parsed(page)
    assert len(parts.scripts) == 1
    policy = next(attributes["content"] for tag, attributes in parts.elements if tag == "meta" and attributes.get("http-equiv"))
    digest = base64.b64encode(hashlib.sha256(parts.scripts[0].encode()).digest()).decode()
    assert policy is not None
    assert policy.startswith("default-src 'none'")
    assert f"'sha256-{digest}'" in policy
    for tag, attributes in parts.elements:
        assert tag not in ("iframe", "object", "embed", "link", "img", "image", "form", "base"), tag
        for name, value in attributes.items():
            assert not name.startswith("on"), (tag, name)
            if name in ("href", "src", "xlink:href"):
                assert (value or "").startswith("#"), (tag, name, value)


@pytest.fixture(scope="module")
def written(optimizers: SweepFrames, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("reports") / "optimizers"
    write_report(optimizers, out)
    return out


@pytest.fixture(scope="module")
def case_of(empty: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], SweepFrames]:
    """The frames of one of `CASES`, each planted and read once."""

    @cache
    def frames(case: str) -> SweepFrames:
        folder = tmp_path_factory.mktemp("case")
        uri = f"sqlite:///{shutil.copy(empty, folder / 'mlflow.db')}"
        plant(uri, CASES[case], folder)
        return read_sweep(CASES[case].name, uri)

    return frames


@pytest.fixture
def small(case_of: Callable[[str], SweepFrames]) -> SweepFrames:
    """A sweep whose report takes a third of the time."""
    return case_of("one trial")


def every_section(frames: SweepFrames, width: int) -> str:
    """All sections as the terminal shows them."""
    subject = Subject(frames)
    return "\n".join(line for key in SECTIONS for line in section_lines(tell_section(subject, key), width))


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


def test_of_older_figures_nothing_stays(small: SweepFrames, tmp_path: Path):
    with replaced(tmp_path, last="index.html") as new:
        (new / "figures").mkdir()
        (new / "figures" / "old.svg").write_text("<svg/>")
    (tmp_path / "mine.txt").write_text("stays")
    write_report(small, tmp_path)
    assert not (tmp_path / "figures" / "old.svg").exists() and list((tmp_path / "figures").iterdir())
    assert (tmp_path / "mine.txt").read_text() == "stays"


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


def test_what_was_searched_is_what_the_sweep_says_also_of_a_single_trial(read: Read):
    once = searched(trials=1)
    params = {**once.trials[0].params, "optimizer.adam.amsgrad": "false"}
    named = {**once.tags, "sweeper.searched": "optimizer.adam.learning_rate, regularization.dropout"}
    one = replace(once, trials=[replace(once.trials[0], params=params)], tags=named)
    assert Subject(read(one)).searched == ["optimizer.adam.learning_rate", "regularization.dropout"]


def test_a_baseline_that_was_pruned_has_no_value(read: Read):
    sweep = searched(trials=4)
    first = replace(sweep.trials[0], state="PRUNED", reason="pruner")
    frames = read(replace(sweep, trials=[first, *sweep.trials[1:]]))
    [shown] = [number for number in tell(Subject(frames), ()).numbers if number.label == "baseline"]
    assert (shown.value, shown.note) == ("–", "trial 0, which did not complete")


def test_the_gain_over_the_baseline_and_what_failed(plain: SweepFrames):
    text = " ".join(section_text(plain, "summary", 200).split())
    base, best = plain.trials.loc[0, "value"], plain.trials.loc[plain.trials["state"] == "COMPLETE", "value"].min()
    assert f"below the baseline, trial 0, which reached {base:.3f}" in text
    assert f"{base - best:.3f} (" in text
    assert "trial 21 (out_of_memory)" in section_text(plain, "run", 200)


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


CASES = {
    "one trial": Planted("s", [Trial(0, {"lr": 0.1}, FALLING)]),
    "no trial": Planted("s", []),
    "one running": Planted("s", [Trial(0, {}, FALLING, "RUNNING", "")], status="RUNNING"),
    "all diverged": Planted("s", [Trial(n, {}, DIVERGED, "PRUNED", "diverged") for n in range(3)]),
    "diverged at once": Planted("s", [Trial(0, {}, {"val_loss": [math.nan]}, "PRUNED", "diverged")]),
    "all failed": Planted("s", [Trial(n, {}, {}, "FAILED", "error") for n in range(3)]),
    "metrics missing for some": Planted("s", [Trial(0, {}, FALLING), Trial(1, {}, {"train_loss": [1.0]}), Trial(2, {}, {})]),
    "no training curve": Planted("s", [Trial(n, {}, {"val_loss": [0.5, 0.4 + n / 9]}) for n in range(3)]),
    "no validation part": Planted("s", [Trial(n, {"x": n}, {"train_loss": [0.9, 0.5 + n / 9]}) for n in range(3)]),
    "training alone is the objective": Planted(
        "s",
        [Trial(n, {"x": n}, {"train_loss": [0.9, 0.5 + n / 9]}, objective="train_loss") for n in range(3)],
        {"sweeper.objective": "train_loss"},
    ),
    "some running": Planted(
        "s",
        [Trial(n, {"x": n}, FALLING, *(("COMPLETE", "finished") if n < 3 else ("RUNNING", ""))) for n in range(5)],
        status="RUNNING",
    ),
    "maximized": Planted(
        "s",
        [
            Trial(
                n,
                {"x": n},
                {"val_accuracy": [0.5, 0.6 + n / 20], "train_eval_accuracy": [0.7, 0.9]},
                objective="val_accuracy",
                maximize=True,
            )
            for n in range(4)
        ],
        {"sweeper.objective": "val_accuracy", "sweeper.direction": "maximize"},
    ),
    "negative and maximized": Planted(
        "s",
        [
            Trial(n, {"x": n}, {"val_r2": [-3.0, n / 20], "train_eval_r2": [-2.0, 0.9]}, objective="val_r2", maximize=True)
            for n in range(4)
        ],
        {"sweeper.objective": "val_r2", "sweeper.direction": "maximize"},
    ),
    "all equal": Planted("s", [Trial(n, {}, {"val_loss": [0.0, 0.0], "train_eval_loss": [0.0, 0.0]}) for n in range(3)]),
    "one epoch": Planted("s", [Trial(n, {}, {"val_loss": [0.5], "train_eval_loss": [0.4]}) for n in range(3)]),
    "many choices": Planted(
        "s", [Trial(n, {"a": f"c{n % 9}"}, FALLING, block=n // 9) for n in range(20)], {"sweeper.compare": "a"}
    ),
    "crossed": Planted(
        "s", [Trial(n, {"a": n % 2, "b": f"k{n // 2}"}, FALLING) for n in range(4)], {"sweeper.compare": "a, b"}
    ),
    "compared but never tried": Planted("s", [Trial(n, {}, FALLING) for n in range(2)], {"sweeper.compare": "a"}),
    "repeats": Planted("s", [Trial(n, {"a": n}, FALLING, repeat=r) for n in range(3) for r in range(2)]),
}


@pytest.mark.parametrize("case", CASES)
def test_whatever_the_sweep_a_report_is_written(case_of: Callable[[str], SweepFrames], tmp_path: Path, case: str):
    frames = case_of(case)
    report = write_report(frames, tmp_path / "out")
    page = report.index.read_text()
    assert_inert(page)
    text = page + report.markdown.read_text() + every_section(frames, 80)
    assert not re.search(
        r"\bnan\b|\binf\b|None|<NA>|NaT", re.sub(r"<svg.*?</svg>|<script>.*?</script>|not a number", "", text, flags=re.DOTALL)
    ), case


@pytest.mark.parametrize(
    ("case", "section", "words"),
    [
        ("one trial", "summary", "nothing can be compared"),
        ("no trial", "summary", "No trial of this sweep has been started"),
        ("one running", "summary", "No trial is complete (1 running)"),
        ("all diverged", "summary", "All 3 trials diverged"),
        ("all failed", "convergence", "no trial has ended"),
        ("diverged at once", "convergence", "no trial has a finite val_loss"),
        ("no training curve", "overfitting", "The gap of the best trial is not known: no training value there"),
        ("no validation part", "summary", "3 trials ran to the end, but none logged a finite val_loss"),
        ("no validation part", "overfitting", "No complete trial logged val_loss over its epochs"),
        ("no validation part", "convergence", "no trial has a finite val_loss"),
        ("some running", "run", "3 of 5 trials ran to their end"),
        ("maximized", "summary", "has the highest validation accuracy of 4 complete trials"),
        ("repeats", "summary", "0.500 ± 0, the mean of 2 seeds and their standard deviation"),
        ("repeats", "run", "3 of 3 trials ran to their end, none was lost. Each was trained with 2 seeds (6 trainings)"),
    ],
)
def test_what_cannot_be_said_is_said(case_of: Callable[[str], SweepFrames], case: str, section: str, words: str):
    assert words in " ".join(section_text(case_of(case), section, 300).split())


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


def test_a_report_that_fails_leaves_the_old_one(written: Path, optimizers: SweepFrames, monkeypatch: pytest.MonkeyPatch):
    before = contents(written)
    monkeypatch.setattr("sweeper.reporting.page.folder.os.fsync", _full)
    with pytest.raises(StoreError, match="No space left on device"):
        write_report(optimizers, written)
    assert contents(written) == before
    assert not list(written.parent.glob(".*"))


def _full(_: int) -> None:
    raise OSError(28, "No space left on device")


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


def test_the_median_of_the_table_is_the_epoch_by_which_half_are_there(read: Read):
    quick, slow = {"val_loss": [0.4, 0.3, 0.1]}, {"val_loss": [0.9, 0.8, 0.7]}
    frames = read(Planted("s", [Trial(n, {}, quick if n < 2 else slow) for n in range(4)]))
    text = section_text(frames, "convergence", 200)
    assert "Half of the trials were there by epoch 1." in text
    assert re.search(r"0\.400 50\u00a0% of trials +2/4 \[15, 85\] % +1 +2 +", text)
    assert re.search(r"0\.100 25\u00a0% of trials +2/4 \[15, 85\] % +3 +3 +", text)


def test_independent_draws_are_reported(read: Read, tmp_path: Path):
    """A random sweep whose choices differ in speed too: every section and every finding has something to say of it."""
    sweep = compared(blocks=14)
    drawn = [replace(trial, block=None, phase="random") for trial in sweep.trials]
    frames = read(replace(sweep, trials=drawn, tags={**sweep.tags, "sweeper.sampler": "random", "sweeper.design": ""}))
    assert write_report(frames, tmp_path / "out").findings
    assert " against 1" in section_text(frames, "convergence", 200)


NAMES = ("=cmd()", "a,b", 'c"d', "e\nf", "<b>g</b>", "\t=x", "-1+1")


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
