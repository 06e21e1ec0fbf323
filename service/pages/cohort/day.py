"""The day that a visitor asks about, `?at=2024-07-01`. The pages of what waits and of the pairings use it."""

from datetime import UTC, datetime
from typing import Final

from service.pages.frame.days import UnreadableDay, day_in
from service.pages.frame.page import Visit
from service.pages.parts.day import Day

_YEARS: Final = range(1900, 2200)


def day_of(visit: Visit) -> Day:
    """Return the day that is asked about. Raises UnreadableDay."""
    asked = day_in(visit, "at")
    if asked is None:
        return Day(None, visit.now)
    if asked.year not in _YEARS:
        raise UnreadableDay("at", asked.isoformat())
    return Day(asked, datetime(asked.year, asked.month, asked.day, tzinfo=UTC))
