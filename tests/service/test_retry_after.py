"""`Retry-After` is read as seconds or as a date, and as nothing if it is neither."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Final

import pytest

from service.retry_after import retry_after_seconds

NOW: Final = datetime(2026, 11, 29, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        *(("7", 7), (" 7 ", 7), ("", 0), ("soon", 0), ("-1", 0), ("\u0663", 0)),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
        ("Sun, 29 Nov 2026 12:00:30 -0000", 30),
        ("Thu, 01 Jan 99999999999999999999 00:00:00 GMT", 0),
    ],
)
def test_it_is_read_as_seconds_or_as_a_date(value: str, seconds: float) -> None:
    assert retry_after_seconds({"retry-after": value}, NOW) == seconds


def test_a_date_is_the_time_until_then() -> None:
    then = format_datetime(NOW + timedelta(hours=1), usegmt=True)
    assert retry_after_seconds({"retry-after": then}, NOW) == 3_600


def test_a_number_may_be_of_any_size() -> None:
    assert retry_after_seconds({"retry-after": "9" * 5_000}, NOW) == float("inf")
