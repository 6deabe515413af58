import pytest

from sweeper.spaces.scalars import NotAValue, looks_like, resolve


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("1e-4", 1e-4),
        ("1E5", 1e5),
        (".5", 0.5),
        ("5.", 5.0),
        ("-3", -3),
        ("+4", 4),
        ("0", 0),
        ("true", True),
        ("False", False),
        ("no", "no"),
        ("on", "on"),
        ("yes", "yes"),
        ("none", "none"),
        ("1024-12-10", "1024-12-10"),
        ("12:30:45", "12:30:45"),
        ("1_000", "1_000"),
        ("0,5", "0,5"),
        ("", None),
    ],
)
def test_the_core_schema_and_nothing_else(word: str, value: object) -> None:
    found = resolve(word)
    assert found == value and type(found) is type(value)


@pytest.mark.parametrize(
    "word", ["010", "-007", "0x1F", "0o17", ".inf", "-.inf", ".nan", "~", "null", "1e999", str(2**70), "9" * 5000]
)
def test_what_readers_take_in_different_ways_is_refused(word: str) -> None:
    with pytest.raises(NotAValue):
        resolve(word)


@pytest.mark.parametrize(
    ("text", "number"), [("0,5", 0.5), ("1_000", 1000), ("50%", 0.5), ("0.1", 0.1), ("a", None), (".inf", None)]
)
def test_the_number_a_text_was_meant_to_be(text: str, number: float | None) -> None:
    assert looks_like(text) == number
