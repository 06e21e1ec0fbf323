"""The interface is in the language that a visitor names or prefers, with its dates and numbers."""

from datetime import date, datetime, timedelta, timezone

import pytest

from service.pages.frame.language import TAGS, chosen, cookie, languages


@pytest.mark.parametrize(
    ("named", "kept", "accepted", "tag"),
    [
        (None, None, None, "en"),
        (None, None, "de", "de"),
        (None, None, "de-AT,de;q=0.9", "de"),
        (None, None, "fr, de;q=0.5, en;q=0.7", "en"),
        (None, None, "en;q=0.5,de;q=0.8", "de"),
        (None, None, "de;q=0", "en"),
        (None, None, "fr", "en"),
        (None, None, "*", "en"),
        (None, None, ";;q=,=,de;q=x", "en"),
        ("de", None, "en", "de"),
        ("en", None, "de", "en"),
        ("xx", None, "de", "de"),
        ("", None, "de", "de"),
        (None, "de", "en", "de"),
        (None, "xx", "de", "de"),
        ("en", "de", "de", "en"),
        ("xx", "de", "en", "de"),
    ],
)
def test_the_named_language_comes_before_the_kept_and_the_kept_before_the_preferred(
    named: str | None, kept: str | None, accepted: str | None, tag: str
) -> None:
    assert chosen(named, kept, accepted).tag == tag


@pytest.mark.parametrize("named", [None, "", "xx", "de; Domain=example.org"])
def test_only_a_language_of_the_interface_is_kept(named: str | None) -> None:
    assert cookie("de") == (
        "howcanwe-language=de; Max-Age=31536000; Path=/; SameSite=Lax; HttpOnly"
    )
    assert cookie(named) is None


def test_days_are_those_of_utc() -> None:
    english, german = (languages()[tag] for tag in ("en", "de"))
    late = datetime(2024, 3, 31, 23, 30, tzinfo=timezone(timedelta(hours=-2)))
    assert english.day(late) == english.day("2024-03-31T23:30:00-02:00") == "1 Apr 2024"
    assert german.day(late) == "01.04.2024"
    assert english.day("2024-03-31") == english.day(date(2024, 3, 31)) == "31 Mar 2024"
    assert english.month_and_year("2024-01-11T09:00:00+00:00") == "January 2024"
    assert german.month("2024-03-31") == "Mär"


def test_numbers_are_written_as_the_language_does() -> None:
    english, german = (languages()[tag] for tag in ("en", "de"))
    assert english.number(12345.678) == "12,345.7"
    assert german.number(12345.678) == "12.345,7"
    assert english.number(14) == "14"
    assert english.number(2.0) == "2"
    assert english.number(2.75, 0) == "3"
    assert english.percent(0.256) == "26%"


def test_languages_name_themselves() -> None:
    assert [languages()[tag].name for tag in TAGS] == ["English", "Deutsch"]
