"""Points in time as the log counts them: whole microseconds since 1970 in UTC.

RFC 3339 text in, RFC 3339 text out. More than six digits of a second are cut, not rounded.
"""

import re
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final

DAY_US: Final = 86_400_000_000
MINUTE_US: Final = 60_000_000

_RFC_3339: Final = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt]([01]\d|2[0-3]):\d{2}:\d{2}(\.\d+)?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)",
    re.ASCII,
)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


def moment(text: str) -> int:
    """Return the moment that `text` (RFC 3339 with an offset) names, in µs.

    Raises ValueError for anything else, for days that do not exist, and outside the years 1 to 9999 in UTC.
    """
    if _RFC_3339.fullmatch(text) is None:
        raise ValueError("not RFC 3339 with an offset")
    try:
        return (datetime.fromisoformat(text.upper()).astimezone(UTC) - _EPOCH) // _MICROSECOND
    except OverflowError:
        raise ValueError("outside the years 1 to 9999") from None


def moment_of(time: datetime) -> int:
    """Return an aware datetime as µs."""
    return (time - _EPOCH) // _MICROSECOND


def as_datetime(moment_us: int) -> datetime:
    """Return the moment as an aware datetime in UTC."""
    return _EPOCH + timedelta(microseconds=moment_us)


@lru_cache(maxsize=64)
def as_text(moment_us: int) -> str:
    """Return the moment as RFC 3339 in UTC with six digits of a second."""
    return as_datetime(moment_us).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def local_day(text: str) -> date:
    """Return the calendar day of an RFC 3339 text in its own offset."""
    return date.fromisoformat(text[:10])
