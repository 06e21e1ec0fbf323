"""The check-ins that organisations are asked for after the close of their cohort, 6, 12 and 24 months later.

One rule gives all dates: a check-in is due from the day that is so many months after the day of the close, both in UTC,
until the figure `sustained` counts it as missing.
"""

from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from service.pages.parts.day import Day, instant

MONTHS: Final = (6, 12, 24)
"""When the organisations are asked, in months after the close."""

MONTHS_MAX: Final = MONTHS[-1] + 4
"""So many months of the figures after the close, nothing is due any more."""

_EARLIER: Final = 2
_LATER: Final = 4

_FIGURE_MONTH: Final = timedelta(days=30)
_YEAR_MONTHS: Final = 12


@dataclass(frozen=True)
class Checkins:
    """The check-ins of a cohort for a number of months after its close, as they are on a day.

    They are due from the day `begins`; after the day `ends` the figures count them as missing. `received` are the
    organisations that have checked in, and `without` the others that were present at the close.
    """

    months: int
    begins: date
    ends: date
    received: Sequence[Mapping[str, Any]]
    without: Sequence[Mapping[str, Any]]
    has_begun: bool
    is_over: bool
    days: int
    """For how many days they have been due; negative before."""

    @property
    def is_due(self) -> bool:
        """Whether an organisation should check in now."""
        return self.has_begun and not self.is_over and bool(self.without)


def after_close(cohort: Mapping[str, Any], day: Day) -> Iterator[Checkins]:
    """Yield the check-ins that members present at the close are asked for, by months; none before the close.

    `cohort` was asked for with the fragment `AfterClose`.
    """
    if not day.is_after(cohort["closedAt"]):
        return
    close = instant(cohort["closedAt"])
    members = [
        membership["organisation"]
        for membership in cohort["memberships"]["nodes"]
        if membership["organisation"] and any(_is_at(stay, close) for stay in membership["stays"])
    ]
    hosts = {host["key"] for host in cohort["hosts"]}
    asked = [one for one in members if one["key"] not in hosts]
    for months in MONTHS:
        begins, ends = asked_between(close, months)
        heard = _heard(cohort["checkins"]["nodes"], months, day)
        late = day.at - datetime.combine(begins, time(), UTC)
        yield Checkins(
            months=months,
            begins=begins,
            ends=ends.date(),
            received=[one for one in asked if one["key"] in heard],
            without=[one for one in asked if one["key"] not in heard],
            has_begun=late >= timedelta(),
            is_over=day.at >= ends,
            days=late.days,
        )


def asked_between(close: datetime, months: int) -> tuple[date, datetime]:
    """Return the day from which on check-ins are due, and the moment from which on the figure counts them."""
    return due_from(close, months), close + (months + _LATER) * _FIGURE_MONTH


def due_from(close: datetime, months: int) -> date:
    """Return the day from which on check-ins are due, so many months after the close."""
    return months_later(close.astimezone(UTC).date(), months)


def counts_for(months_after: int) -> int | None:
    """Return the one of `MONTHS` for which a check-in counts, as for the figure: from two months before it up to four
    after it. None if it counts for none of them.
    """
    return next((one for one in MONTHS if one - _EARLIER <= months_after < one + _LATER), None)


def months_later(day: date, months: int) -> date:
    """Return the same day of the month so many months later, or the last of that month if it has no such day."""
    years, month = divmod(day.month - 1 + months, _YEAR_MONTHS)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _heard(checkins: Iterable[Mapping[str, Any]], months: int, day: Day) -> set[str]:
    """Return the organisations that have checked in for this number of months."""
    return {
        one["organisation"]["key"]
        for one in checkins
        if one["organisation"] is not None
        and counts_for(one["monthsAfter"]) == months
        and day.is_after(one["time"])
    }


def _is_at(stay: Mapping[str, Any], moment: datetime) -> bool:
    """Return whether the moment is within the stay."""
    left = stay["leftAt"]
    return instant(stay["joinedAt"]) <= moment and (left is None or moment < instant(left))
