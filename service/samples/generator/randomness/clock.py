"""Moments, and their text in several time zones.

A moment is a whole number of seconds since 1970 in UTC. Summer time is computed here instead of read from the
machine's time zones, so that the same seed gives the same text everywhere.
"""

from bisect import bisect_right
from datetime import UTC, date, datetime, timedelta

HOUR = 3_600
DAY = 24 * HOUR
MONTH = 30 * DAY

_EPOCH = date(1970, 1, 1)


def moment(year: int, month: int, day: int, hour: int = 0) -> int:
    """Return the moment of this hour in UTC."""
    return int(datetime(year, month, day, hour, tzinfo=UTC).timestamp())


FIRST = moment(2015, 1, 1)
LAST = moment(2025, 6, 30, 18)

_FIRST_DAY = FIRST // DAY - 60
_DATES = tuple(
    (_EPOCH + timedelta(days=day)).isoformat() for day in range(_FIRST_DAY, LAST // DAY + 400)
)


def _last_sunday(year: int, month: int) -> int:
    # March and October, the only months that are used, have 31 days.
    last = date(year, month, 31)
    return moment(year, month, 31 - (last.weekday() + 1) % 7, 1)


# The clocks of Europe change together at 1:00 UTC: forward at even indexes, back at odd ones.
_CHANGES = tuple(_last_sunday(year, month) for year in range(2014, 2028) for month in (3, 10))

# Hours ahead of UTC in winter. Some systems write UTC.
ZONES = {"GB": 0, "IE": 0, "NL": 1, "DE": 1, "FR": 1, "FI": 2}
UTC_ZONE = "UTC"

_SUFFIXES = {hours: f"+{hours:02}:00" for hours in range(4)}


def ahead(at: int, zone: str) -> int:
    """Return how many hours the zone is ahead of UTC at this moment."""
    if zone == UTC_ZONE:
        return 0
    return ZONES[zone] + bisect_right(_CHANGES, at) % 2


def local_day(at: int, zone: str) -> str:
    """Return the local date in the zone, in ISO 8601."""
    return _DATES[(at + ahead(at, zone) * HOUR) // DAY - _FIRST_DAY]


def stamp(at: int, zone: str) -> str:
    """Return the moment in RFC 3339 with the zone's offset."""
    hours = ahead(at, zone)
    day, rest = divmod(at + hours * HOUR, DAY)
    minutes, second = divmod(rest, 60)
    hour, minute = divmod(minutes, 60)
    suffix = "Z" if zone == UTC_ZONE else _SUFFIXES[hours]
    return f"{_DATES[day - _FIRST_DAY]}T{hour:02}:{minute:02}:{second:02}{suffix}"


def workday(at: int) -> int:
    """Return the moment, moved to the next Monday if it falls on a weekend."""
    weekday = (at // DAY + 3) % 7  # 1 January 1970 was a Thursday; Monday is 0.
    return at + (7 - weekday) * DAY if weekday > 4 else at
