import pytest

from service.pages.frame.templates import on_one_line
from service.pages.parts.texts import COLUMNS, wrapped

ADDRESS = "https://howcanwe.example.org/record/journey.checked_in?" + "organisation=mill&" * 5
LONG = "word " * 40


def test_lines_end_before_the_columns_do() -> None:
    lines = wrapped(LONG).splitlines()
    assert len(lines) > 2
    assert max(map(len, lines)) <= COLUMNS
    assert " ".join(lines).split() == LONG.split()


def test_the_lines_of_an_item_are_indented() -> None:
    first, *others = wrapped(f"- {LONG}").splitlines()
    assert first.startswith("- word")
    assert others
    assert all(line.startswith("  word") for line in others)


def test_an_address_stays_whole_and_where_it_stands() -> None:
    assert wrapped(f"  {ADDRESS}\n").splitlines()[0].strip() == ADDRESS
    assert f"\n  {ADDRESS}\n" in wrapped(f"- Look:\n  {ADDRESS}\n")


def test_there_is_one_empty_line_at_most_and_none_around() -> None:
    assert wrapped("\n\n\na\n \n\n\nb\n\n") == "a\n\nb\n"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a\r\nb\tc", "a b c"),
        ("\x1b[31mred\x07", "[31mred"),
        ("a\u2028b\u202eb", "a b b"),
        ("  plain  ", "plain"),
    ],
    ids=["breaks", "escapes", "directions", "blanks"],
)
def test_a_text_of_people_is_one_line_that_moves_no_cursor(text: str, line: str) -> None:
    assert on_one_line(text) == line
