"""Curves and requests that are refused leave nothing."""

from __future__ import annotations

import gzip
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from sweeper.errors import InputError
from sweeper.search.importing.request import Said
from sweeper.search.importing.sweep import import_curves
from tests.search.curves import HEADER, evaluations, parameters, write
from tests.search.importing.conftest import Ask, nothing_is_left


def renamed(column: int, name: str) -> tuple[str, ...]:
    return tuple(name if place == column else known for place, known in enumerate(HEADER))


BAD = [
    ("an unknown column", {"said": Said(step="globalstep2")}, "Did you mean 'global_step'"),
    ("an unknown repeat", {"said": Said(repeat="studdy")}, "Did you mean 'study'"),
    ("an unknown objective", {"objective": "val_sim"}, "Did you mean 'val_ssim'"),
    ("a training objective", {"objective": "train_loss"}, "no validation metric"),
    ("no direction", {"maximize": None}, "--maximize"),
    ("an unknown parameter", {"compare": ("optimiser",)}, "Did you mean 'optimizer'"),
    ("an infinite target", {"target": math.inf}, "no number"),
    ("pairs without blocks", {"design": "paired"}, "--block"),
    ("another design", {"design": "fair"}, "Designs are"),
    ("draws that are no draws", {"design": "independent", "said": Said()}, "--repeat study"),
    ("no step", {"header": renamed(3, "count")}, "--step COLUMN"),
    ("a column twice", {"header": renamed(5, "val_loss")}, "would both be val_loss"),
    ("no keys", {"header": ("a", "b", "c", *HEADER[3:])}, "share no column"),
]


@pytest.mark.parametrize(("settings", "words"), [pytest.param(*case[1:], id=case[0]) for case in BAD])
def test_bad_requests_are_refused_and_leave_nothing(ask: Ask, home: Path, settings: dict[str, object], words: str):
    with pytest.raises(InputError, match=words):
        import_curves(ask(**settings), lambda event: None)
    assert nothing_is_left(home)


def cell(row: int, column: int, value: object) -> Callable[[list[list[object]]], None]:
    def change(rows: list[list[object]]) -> None:
        rows[row][column] = value

    return change


SPOILED = [
    ("a row twice", lambda rows: rows.append(list(rows[0])), "line 170.*has step 1 already"),
    ("text in a metric", cell(4, 6, "oops"), "line 6: column 'validation_loss' has 'oops'"),
    ("a decimal comma", cell(4, 6, "0,5"), "decimals have a point"),
    ("half a step", cell(4, 3, 7.5), "whole number"),
    ("no step", cell(4, 3, ""), "whole number"),
    ("seconds that fall", cell(4, 4, 0.5), "do not fall"),
    ("a trial without parameters", cell(4, 2, 9), "no row for trial optimizer 'adam', study 'study_0', trial '9'"),
    ("parameters without a trial", lambda rows: rows.__delitem__(slice(0, 14)), "no curve of trial optimizer 'adam'"),
    ("nothing at all", lambda rows: rows.clear(), "no rows"),
    ("a row too long", lambda rows: rows[2].append(1), "line 4: 11 cells"),
]


@pytest.mark.parametrize(("spoil", "words"), [pytest.param(*case[1:], id=case[0]) for case in SPOILED])
def test_bad_curves_are_refused_and_leave_nothing(ask: Ask, home: Path, spoil: Callable[..., None], words: str):
    rows = evaluations()
    spoil(rows)
    with pytest.raises(InputError, match=words):
        import_curves(ask(rows), lambda event: None)
    assert nothing_is_left(home)


@pytest.mark.parametrize("name", ["c.csv.gz", "c.csv", "c.parquet"])
def test_damaged_files_are_told(ask: Ask, tmp_path: Path, home: Path, name: str):
    whole = gzip.compress(("trial,step,val_loss\n" + "".join(f"{row},{row % 7},0.5\n" for row in range(5000))).encode())
    for damaged in (whole[:900], whole[:300] + b"\xff" * 40 + whole[340:], b"\xff\xfe\x00", b"PAR1"):
        (tmp_path / name).write_bytes(damaged)
        with pytest.raises(InputError, match=r"cannot be read|not UTF-8|no rows|is empty"):
            import_curves(replace(ask(), curves=tmp_path / name), lambda event: None)
    assert nothing_is_left(home)


def test_repeats_have_the_same_parameters(ask: Ask, home: Path):
    request = ask()
    rows = parameters()
    rows[3][3] = '{"learning_rate": 0.5}'
    write(request.parameters, ("optimizer", "study", "trial", "hparams"), rows)
    with pytest.raises(InputError, match=r"trials.csv, line 5: 'learning_rate' differs from trials.csv, line 2"):
        import_curves(request, lambda event: None)
    rows[3][3] = "{learning_rate"
    write(request.parameters, ("optimizer", "study", "trial", "hparams"), rows)
    with pytest.raises(InputError, match="line 5: column 'hparams' holds no JSON"):
        import_curves(request, lambda event: None)
