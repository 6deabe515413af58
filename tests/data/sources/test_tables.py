"""CSV and Parquet: what becomes of columns, and a plain word for each thing that can be wrong with a file."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sweeper.data.arrays import Parts
from sweeper.records import Task


@pytest.fixture
def table():
    """100 rows: a number, a text, a truth value, and what is left out."""
    random = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "id": [f"c{i}" for i in range(100)],
            "age": random.normal(40, 10, 100).round(2),
            "colour": random.choice(["red", "green", "blue"], 100),
            "member": random.choice([True, False], 100),
            "churned": random.choice(["yes", "no"], 100),
        }
    )


@pytest.fixture
def write(tmp_path):
    def text(content, name="t.csv", encoding="utf-8"):
        (tmp_path / name).write_bytes(content.encode(encoding) if isinstance(content, str) else content)
        return name

    return text


def test_a_table_becomes_features(prepared, table, tmp_path):
    table.to_csv(tmp_path / "churn.csv", index=False)
    info = prepared("csv", file="churn.csv", target="churned", drop=["id"], standardize=False)
    assert info.name == "churn.csv" and info.task is Task.CLASSIFICATION and info.class_names == ("no", "yes")
    assert info.features == ("age", "colour=blue", "colour=green", "colour=red", "member")
    assert info.input_shape == (5,) and all("folds" in note for note in info.notes)
    train = Parts.open(info).train
    assert (train.x[:, 1:4].sum(axis=1) == 1).all() and set(np.unique(train.x[:, 4])) == {0, 1}


def test_parquet_and_csv_say_the_same(prepared, table, tmp_path):
    table.to_csv(tmp_path / "t.csv", index=False)
    table.astype({"colour": "category", "member": "boolean"}).to_parquet(tmp_path / "t.parquet")
    settings = {"target": "churned", "drop": ["id"]}
    assert prepared("csv", file="t.csv", **settings).digest == prepared("parquet", file="t.parquet", **settings).digest


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_separators_byte_order_marks_and_quotes(prepared, write, separator):
    rows = [f'{i * 1.5}{separator}"a {separator} b"{separator}{i % 2}' for i in range(30)]
    name = write("\ufeff" + "\r\n".join([separator.join(["x", "text", "y"]), *rows, ""]))
    assert prepared("csv", file=name, target="y").features == ("x", f"text=a {separator} b")


def test_groups_stay_together(prepared, table, tmp_path):
    table = table.assign(patient=np.arange(100) // 4, age=np.arange(100) // 4)
    table.to_csv(tmp_path / "t.csv", index=False)
    info = prepared("csv", file="t.csv", target="churned", drop=["id"], group="patient", standardize=False)
    assert "patient" not in info.features
    parts = Parts.open(info)
    seen = [set(part.x[:, 0].tolist()) for part in (parts.train, parts.validation, parts.test)]
    assert sum(map(len, seen)) == 25


def test_a_real_target_is_regression_and_task_overrules(prepared, table, tmp_path):
    table.to_csv(tmp_path / "t.csv", index=False)
    info = prepared("csv", file="t.csv", target="age", drop=["id"])
    assert info.task is Task.REGRESSION and info.target_scale == pytest.approx([10], abs=3)
    table.assign(stars=np.arange(100) % 4).to_csv(tmp_path / "t.csv", index=False)
    assert prepared("csv", file="t.csv", target="stars", drop=["id"]).task is Task.CLASSIFICATION
    assert prepared("csv", file="t.csv", target="stars", drop=["id"], task="regression").task is Task.REGRESSION


def test_blanks_constants_and_ids_are_said(prepared, table, tmp_path):
    table.loc[3:7, "age"] = None
    table.loc[3:4, "colour"] = None
    table.assign(same=1, row=range(100)).to_csv(tmp_path / "t.csv", index=False)
    info = prepared("csv", file="t.csv", target="churned", drop=["id"], standardize=False)
    assert [note for note in info.notes if "folds" not in note] == [
        "One value only, so nothing can be learnt from it: 'same'. To leave out: drop: [same]",
        "Different in every row, as an id would be: 'row'. To leave out: drop: [row]",
        "Blank cells are filled with the training part's median: 'age' (5).",
        "Blank cells count as none of the column's values: 'colour' (2).",
    ]
    assert np.isfinite(Parts.open(info).train.x).all()


def test_spaces_alone_are_blanks(prepared, write):
    rows = [f"{i}.5, ,{i % 2}" if i == 5 else f"{i}.5,{i},{i % 2}" for i in range(40)]
    info = prepared("csv", file=write("\n".join(["a,b,y", *rows])), target="y")
    assert info.features == ("a", "b") and "'b' (1)" in info.notes[0]


def test_whole_numbers_of_any_length_are_numbers(prepared, write):
    rows = [f"{i * 10**20 + 1},{i % 2}" for i in range(40)]
    assert prepared("csv", file=write("\n".join(["a,y", *rows])), target="y").features == ("a",)


def test_odd_names_do_no_harm(prepared, write):
    names = ["=cmd|' /C calc'!A0", "../../x", "<script>", "a\x1b[31mb", "no", "ü"]
    header = ",".join(f'"{name}"' for name in [*names, "y"])
    rows = [",".join([*(str(i * (k + 2) % 7) for k in range(len(names))), str(i % 2)]) for i in range(40)]
    info = prepared("csv", file=write("\n".join([header, *rows])), target="y")
    assert info.features == tuple(names)


def test_odd_names_are_escaped_in_messages(refused, write):
    name = write('"a\x1b[31mb",y\n,1\n,0\n')
    message = refused("csv", file=name, target="y")
    assert "\x1b" not in message and r"'a\x1b[31mb': blank in every row" in message
    assert r'write:  drop: ["a\u001b[31mb"]' in message


ROWS = "".join(f"{i},{i % 2}\n" for i in range(30))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "'t.csv' is empty"),
        ("\n \n", "t.csv is empty"),
        ("a,y\n", "t.csv has a header ('a', 'y') but no rows"),
        ("a,y\n" + ROWS + "1,2,3\n", "t.csv, line 32: 3 cells; the header has 2 columns"),
        ("a,y\n" + ROWS + "1\n", "t.csv, line 32: 1 cells; the header has 2 columns"),
        ("a,y\n" + ROWS + '1,"2\n', "t.csv, line 32: unexpected end of data"),
        ("a,a,y\n1,2,3\n", "two columns are called 'a'"),
        ("a,Y\n" + ROWS, "t.csv has no column 'y' (`target`). Did you mean 'Y'? It has: 'a', 'Y'."),
        ("y\n1\n2\n", "no column is left to learn from"),
        ("a,y\n,1\n,0\n", "'a': blank in every row"),
        ("a,y\n1,\n2,\n", "the target 'y' is blank in every row"),
        ("a,y\n" + ROWS + "5,\n", "the target 'y' is blank in 1 rows, first in line 32"),
        ("a,y\n" + ROWS + "inf,1\n", "column 'a', line 32: inf is not a number to learn from"),
        ("a,y\n" + ROWS + "1e300,1\n", "column 'a', line 32: 1e+300 is too large for 32 bits"),
        ("a,y\n" + ROWS + "?,1\n", "'a': numbers, but also text in 1 rows, first '?'"),
        ("a,y\n" + "".join(f"2024-01-{i % 28 + 1:02},{i % 2}\n" for i in range(30)), "'a': dates"),
        ("a,y\n" + "".join(f"{i}.5,2024-01-{i % 28 + 1:02}\n" for i in range(30)), "holds neither numbers nor classes"),
        ("a,y\n" + "".join(f"name {i},{i % 2}\n" for i in range(60)), "'a': text with 60 different values; at most 50"),
        ("a,y\n" + "".join(f"{i},1\n" for i in range(60)), "all rows have the same target, 1"),
        ("a,y\n1,0\n2,1\n", "too few"),
        (b"a,y\n\xff\xfe,1\n", "t.csv is not UTF-8 text (byte 0xff does not belong there)"),
        ("a,y\n" + ROWS[:-4] + "\0\0", "t.csv, line 31: 1 cells"),
    ],
)
def test_bad_files_are_refused(refused, write, content, says):
    assert says in refused("csv", file=write(content), target="y")


def test_all_bad_columns_come_in_one_line_to_paste(refused, table, tmp_path):
    table.assign(**{"since when": "2024-01-01", "empty": None}).to_csv(tmp_path / "t.csv", index=False)
    message = refused("csv", file="t.csv", target="churned", drop=["member"])
    assert "3 columns cannot be learnt from" in message
    assert message.endswith('    write:  drop: [member, id, "since when", empty]')


def test_files_that_are_not_there(refused, write, tmp_path):
    write("a,y\n1,2\n", "churn.csv")
    assert "There is no file 'chrun.csv' in" in (message := refused("csv", file="chrun.csv", target="y"))
    assert "Did you mean 'churn.csv'?" in message
    assert "cannot be read: File name too long" in refused("csv", file="a" * 300, target="y")
    assert "There is no file" in refused("csv", file="churn.csv/inside.csv", target="y")
    (tmp_path / "folder").mkdir()
    assert "'folder' is a folder; expected a file" in refused("csv", file="folder", target="y")
    assert "has no column 'x' (`drop`)" in refused("csv", file="churn.csv", target="y", drop=["x"])
    assert "cannot be dropped too" in refused("csv", file="churn.csv", target="y", drop=["y"])


def test_bad_parquet_is_refused(refused, write, table, tmp_path):
    assert "t.parquet cannot be read as Parquet" in refused("parquet", file=write("nonsense", "t.parquet"), target="y")
    table.assign(when=pd.Timestamp("2024-01-01"), parts=[[1, 2]] * 100).to_parquet(tmp_path / "t.parquet")
    message = refused("parquet", file="t.parquet", target="churned", drop=["id"])
    assert "'when': dates" in message and "'parts': values of the type" in message
    whole = (tmp_path / "t.parquet").read_bytes()
    write(whole[: len(whole) // 2], "t.parquet")
    assert "cannot be read as Parquet" in refused("parquet", file="t.parquet", target="churned")
    table.iloc[:0].to_parquet(tmp_path / "t.parquet")
    assert "but no rows" in refused("parquet", file="t.parquet", target="churned")
