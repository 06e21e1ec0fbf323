"""Times: whole microseconds since 1970 in UTC, and their conversion from and to RFC 3339. All packages use it.

Fractions of a second are truncated to six digits, not rounded. A leap second counts as the last microsecond before the
next minute.
"""

import re
from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final

DAY_US: Final = 86_400_000_000
MINUTE_US: Final = 60_000_000

_RFC_3339: Final = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt]([01]\d|2[0-3]):\d{2}:\d{2}(\.\d+)?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)",
    re.ASCII,
)
_LEAP_SECOND: Final = re.compile(r"(.{17})60(?:\.\d+)?(.+)", re.ASCII)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


def moment(text: str) -> int:
    """Return the time that `text` (RFC 3339 with an offset) gives, in µs.

    Raises ValueError for any other text, for a day that does not exist, for a second 60 that is not at the end of a
    month in UTC, and for a time outside the years 1 to 9999 in UTC.
    """
    if _RFC_3339.fullmatch(text) is None:
        raise ValueError("not RFC 3339 with an offset")
    try:
        return moment_of(instant(text))
    except OverflowError:
        raise ValueError("outside the years 1 to 9999") from None


def instant(text: str) -> datetime:
    """Return the time that a text of the log gives, in UTC. Its form was checked when it was recorded."""
    if text[17:19] == "60":
        return _leap_second(text)
    found = datetime.fromisoformat(text.upper())
    return found if found.tzinfo is UTC else found.astimezone(UTC)


def _leap_second(text: str) -> datetime:
    found = instant(_LEAP_SECOND.sub(r"\g<1>59.999999\2", text))
    if (found + _MICROSECOND).strftime("%d %H:%M:%S") != "01 00:00:00":
        raise ValueError("a second 60 where there is no leap second")
    return found


def moment_of(time: datetime) -> int:
    """Return an aware datetime as µs."""
    return (time - _EPOCH) // _MICROSECOND


def as_datetime(moment_us: int) -> datetime:
    """Return the time as an aware datetime in UTC."""
    return _EPOCH + timedelta(microseconds=moment_us)


@lru_cache(maxsize=64)
def as_text(moment_us: int) -> str:
    """Return the time as RFC 3339 in UTC, with six digits for the fraction of a second."""
    return as_datetime(moment_us).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def latest_day(text: str, precision: object = None) -> date:
    """Return the last calendar day that an RFC 3339 text may mean, in its own offset.

    `precision` says how exactly the time is known: of a year or a month, the last day counts.
    """
    day = date.fromisoformat(text[:10])
    match precision:
        case "year":
            return day.replace(month=12, day=31)
        case "month":
            return day.replace(day=monthrange(day.year, day.month)[1])
    return day
