"""JSON is read strictly: kept exactly as sent, or refused."""

import json
from math import isfinite
from typing import Any

import orjson
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from events.vocabulary.values.json_equality import same_json
from events.vocabulary.values.strict_json import (
    NESTING_MAX,
    JsonError,
    elements,
    escaped,
    oddities,
    parse,
    unwritable,
    written,
)

NUMBERS = st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(
    -(2.0**53) + 1, 2.0**53 - 1, allow_nan=False
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


@given(JSON)
def test_what_is_written_comes_back_without_a_word(value: Any) -> None:
    for text in (orjson.dumps(value), json.dumps(value), json.dumps(value, ensure_ascii=False)):
        assert parse(text) == value
        assert list(oddities(parse(text))) == []
        assert list(unwritable(parse(text))) == []
        assert orjson.loads(written(parse(text))) == value


@given(JSON)
def test_a_value_says_the_same_as_itself_in_any_order_of_members(value: Any) -> None:
    assert same_json(value, value)
    assert same_json(parse(json.dumps(value, sort_keys=True)), value)


@given(st.dictionaries(TEXTS, JSON), TEXTS)
def test_a_member_that_is_null_is_no_member(value: dict[str, Any], name: str) -> None:
    without = {key: item for key, item in value.items() if key != name}
    assert same_json({**without, name: None}, without)


@given(JSON, JSON)
def test_saying_the_same_is_mutual(one: Any, other: Any) -> None:
    assert same_json(one, other) == same_json(other, one)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (1, 1.0, True),
        (0.0, -0.0, True),
        (9007199254740993, 9007199254740992.0, True),
        (1, True, False),
        (0, False, False),
        ("1", 1, False),
        ([1, 2], [2, 1], False),
        ([None], [], False),
        ({"a": {"b": None}}, {"a": {}}, True),
        ({"a": {}}, {}, False),
        ("é", "e\u0301", False),
    ],
)
def test_values_are_compared_as_json_does(one: Any, other: Any, same: bool) -> None:
    assert same_json(one, other) is same


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[1,]",
        "{'a': 1}",
        "NaN",
        "[Infinity]",
        "-Infinity",
        "01",
        "+1",
        "1.",
        ".5",
        "tru",  # codespell:ignore tru
        '"\t"',
        "[1] [2]",
        "\ufeff{}",
        b"\xef\xbb\xbf\xef\xbb\xbf{}",
        b"\xef\xbb\xbf",
        b"\xff",
        b'"\xed\xa0\x80"',
        '"\\x41"',
    ],
)
def test_invalid_json_is_refused(text: str | bytes) -> None:
    with pytest.raises(JsonError):
        parse(text)


def test_nesting_has_a_limit() -> None:
    parse("[" * NESTING_MAX + "]" * NESTING_MAX)
    with pytest.raises(JsonError):
        parse("[" * (NESTING_MAX + 1) + "]" * (NESTING_MAX + 1))
    with pytest.raises(JsonError):
        parse("[" * 100_000 + "]" * 100_000)
    with pytest.raises(JsonError):
        parse('{"a":' * 100_000 + "1" + "}" * 100_000)


@pytest.mark.parametrize(
    ("text", "pointers"),
    [
        ('{"a": 1, "a": 1}', ["/a"]),
        ('{"a": {"b/c": 1, "b/c": 2, "d": 3}}', ["/a/b~1c"]),
        ('[{"a": 1}, {"a": 1, "\\u0061": 1}]', ["/1/a"]),
        ("[1e400, -1e400]", ["/0", "/1"]),
        ("[" + "9" * 400 + "]", ["/0"]),
        ("[0.1, 1e3, 1.50, 9007199254740991, 123456789012345678901234567890, 1e-400]", []),
    ],
)
def test_a_value_that_cannot_be_kept_as_sent_is_reported_with_its_place(
    text: str, pointers: list[str]
) -> None:
    assert [pointer for pointer, _ in oddities(parse(text))] == pointers


SPELLINGS = (
    *("0.10000000000000001", "789.34000000000003", "1E2", "12.0", "1.50", "-0", "-0.0", "0e-999"),
    *("1e-400", "123456789012345678901234567890", "9007199254740993", "1e-99999999999999999999"),
    *("0.12345678901234567890123", "1e+300", "5e-324", "1.7976931348623157e308"),
)


@pytest.mark.parametrize("text", SPELLINGS)
def test_f05_a_number_is_kept_as_it_was_spelled_and_counts_as_the_nearest_double(text: str) -> None:
    value = parse(f'{{"value": {text}}}')
    assert written(value) == f'{{"value":{text}}}'.encode()
    read_again = orjson.loads(written(value))
    assert float(value["value"]) == float(text) == float(read_again["value"])


@example("10000000000000001")
@given(
    st.from_regex(r"-?(0|[1-9][0-9]{0,24})(\.[0-9]{1,25})?([eE][+-]?[0-9]{1,3})?", fullmatch=True)
)
def test_any_spelling_of_a_number_is_kept(text: str) -> None:
    assume(isfinite(float(text)))
    value = parse(f"[{text}]")
    assert list(oddities(value)) == []
    assert written(value) == f"[{text}]".encode()
    # An integer of 17 digits is read as one, which Python holds to be unlike the double that it counts as.
    (read_again,) = orjson.loads(written(value))
    assert float(value[0]) == float(read_again) == float(text)


def test_f10_a_byte_order_mark_before_json_is_skipped() -> None:
    assert parse(b'\xef\xbb\xbf{"a": "\xef\xbb\xbf"}') == {"a": "\ufeff"}
    assert elements(b"\xef\xbb\xbf [1, 2]") == ["1", "2"]


def test_pointers_escape_their_two_characters() -> None:
    assert escaped("a/b~c") == "a~1b~0c"
