import contextlib
import time
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sweeper.errors import SpaceError
from sweeper.spaces.nodes import Mapping, Scalar, written
from sweeper.spaces.yaml_reader import read_file, read_text


def problem(text: str) -> SpaceError:
    with pytest.raises(SpaceError) as caught:
        read_text(text, "f.yaml")
    return caught.value


def test_every_node_knows_its_place() -> None:
    root = read_text("a:\n  b: [1, two]\n", "f.yaml")
    assert isinstance(root, Mapping)
    inner = root.get("a")
    assert isinstance(inner, Mapping)
    assert (inner.line, inner.column) == (2, 3)
    assert written(inner) == "{b: [1, two]}"


def test_quotes_make_a_text() -> None:
    root = read_text("'0.1'", "f.yaml")
    assert isinstance(root, Scalar) and root.value == "0.1" and root.quoted


@pytest.mark.parametrize(
    ("text", "words", "line", "column"),
    [
        ("a: 1\nb: 2\na: 3\n", "second time; the first is in line 1", 3, 1),
        ("a: *x", "aliases", 1, 4),
        ("a: &x 1", "anchors", 1, 4),
        ("a: !!python/object:os.system 1", "tag", 1, 4),
        ("<<: {a: 1}", "merge keys", 1, 1),
        ("a: 1\n---\nb: 2", "second document", 2, 1),
        ("? [a]\n: 1", "list or mapping", 1, 3),
        ("a:\n\tb: 1", "a tab in the indentation", 2, 1),
        ("a: \x00", "U+0000", 1, 4),
        ("a: |\n  b\n", "several lines", 1, 4),
        ("a: \x1b[31m", "U+001B", 1, 4),
        ('a: "\\e[31m"', "control characters", 1, 4),
        ("a: 010", "begins with a zero", 1, 4),
        ("a: [1, 2", "not YAML", 1, 9),
        ("a b\nc: 1", "not YAML", 2, 2),
        ("a: b: c", "second colon", 1, 5),
        ("&a [*a]", "anchors", 1, 1),
    ],
)
def test_refused_with_its_place(text: str, words: str, line: int, column: int) -> None:
    error = problem(text)
    assert words in error.problem
    assert error.place is not None and (error.place.line, error.place.column) == (line, column)
    assert str(error).isprintable() or {c for c in str(error) if not c.isprintable()} == {"\n"}


def test_a_number_of_another_base_comes_with_the_line_to_paste() -> None:
    assert problem("batch_size: 010").paste == "batch_size: 10"


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"\xff\xfea\x00", "UTF-16"),
        (b"\xef\xbb\xbfa: 1", "byte order mark"),
        (b"a: \xff", "not UTF-8"),
        (b"a" * (2**20 + 1), "larger than 1 MiB"),
    ],
)
def test_bytes_that_are_no_text(tmp_path: Path, raw: bytes, words: str) -> None:
    file = tmp_path / "f.yaml"
    file.write_bytes(raw)
    with pytest.raises(SpaceError, match=words):
        read_file(file, "f.yaml")


def test_windows_lines_are_read(tmp_path: Path) -> None:
    file = tmp_path / "f.yaml"
    file.write_bytes(b"a: 1\r\nb: 2\r\n")
    text, root = read_file(file, "f.yaml")
    assert text == "a: 1\nb: 2\n" and isinstance(root, Mapping) and root.keys == ("a", "b")


@pytest.mark.parametrize("name", ["missing.yaml", "."])
def test_what_cannot_be_read(tmp_path: Path, name: str) -> None:
    with pytest.raises(SpaceError, match="cannot be read"):
        read_file(tmp_path / name, name)


BOMBS = {
    "aliases": "a: &a [x, x, x]\n"
    + "".join(f"{b}: &{b} [*{a}, *{a}, *{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)),
    "depth": "a: " + "[" * 100_000,
    "block depth": "".join(" " * depth + "a:\n" for depth in range(1000)),
    "choices": "a: {choice: [" + ", ".join(map(str, range(120_000))) + "]}",
    "word": "a: " + "x" * 1_000_000,
    "lines": "a:\n" + "  x\n" * 100_000,
    "keys": "".join(f"k{number}: 1\n" for number in range(80_000)),
}


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_end_soon(name: str) -> None:
    before = time.process_time()
    with contextlib.suppress(SpaceError):
        read_text(BOMBS[name], "f.yaml")
    # Measured: half a second at most. The bound leaves room for a busy machine.
    assert time.process_time() - before < 2


@pytest.mark.parametrize("name", ["aliases", "block depth", "keys"])
def test_bombs_stay_small(name: str) -> None:
    tracemalloc.start()
    try:
        with contextlib.suppress(SpaceError):
            read_text(BOMBS[name], "f.yaml")
        assert tracemalloc.get_traced_memory()[1] < 100 * 2**20
    finally:
        tracemalloc.stop()


@given(st.text(max_size=200))
def test_any_text_reads_or_is_refused_plainly(text: str) -> None:
    try:
        read_text(text, "f.yaml")
    except SpaceError as error:
        assert all(letter == "\n" or letter.isprintable() for letter in str(error))
