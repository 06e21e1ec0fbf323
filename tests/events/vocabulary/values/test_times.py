"""Moments: RFC 3339 in any spelling, as whole microseconds."""

from datetime import UTC, datetime

import pytest

from events.vocabulary.values.times import as_text, instant, latest_day, moment

LAST = "2016-12-31T23:59:59.999999Z"


@pytest.mark.parametrize(
    "text",
    ["2016-12-31T23:59:60Z", "2016-12-31t18:59:60.25-05:00", "2017-01-01T09:44:60.999999999+09:45"],
)
def test_f17_a_leap_second_is_the_last_microsecond_before_the_next_minute(text: str) -> None:
    assert as_text(moment(text)) == LAST
    assert instant(text) == datetime(2016, 12, 31, 23, 59, 59, 999999, UTC)


def test_f17_it_keeps_its_day_in_its_own_offset() -> None:
    assert latest_day("2017-01-01T09:44:60+09:45").isoformat() == "2017-01-01"


@pytest.mark.parametrize(
    ("precision", "day"),
    [
        ("year", "2024-12-31"),
        ("month", "2024-02-29"),
        ("day", "2024-02-03"),
        ("minute", "2024-02-03"),
        (None, "2024-02-03"),
        ("fine", "2024-02-03"),
    ],
)
def test_a_time_known_as_a_year_or_a_month_may_be_on_its_last_day(
    precision: str | None, day: str
) -> None:
    assert latest_day("2024-02-03T23:30:00-02:00", precision).isoformat() == day


@pytest.mark.parametrize(
    "text",
    [
        *("2016-12-30T23:59:60Z", "2016-12-31T22:59:60Z", "2016-12-31T23:59:60+01:00"),
        *("2016-12-31T23:58:60Z", "2016-12-31T23:59:61Z", "9999-12-31T23:59:60Z"),
    ],
)
def test_a_second_60_is_valid_at_the_end_of_a_month_only(text: str) -> None:
    with pytest.raises(ValueError):
        moment(text)


@pytest.mark.parametrize(
    "text",
    [
        *("2026-11-01T10:00:00Z", "2026-11-01t10:00:00z", "2026-11-01T10:00:00.000Z"),
        *("2026-11-01T11:00:00+01:00", "2026-11-01T10:00:00-00:00", "2026-11-01T10:00:00.0000009Z"),
    ],
)
def test_one_moment_has_many_spellings(text: str) -> None:
    assert as_text(moment(text)) == "2026-11-01T10:00:00.000000Z"
