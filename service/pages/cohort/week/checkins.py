"""The check-ins that are due after the close of a cohort."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from service.pages.cohort.day import Day, instant
from service.pages.parts.checkins import LATER, MONTH, MONTHS, counts_for


@dataclass(frozen=True)
class DueCheckin:
    """An organisation that has not checked in, the months that it is asked about, and for how many days it is due."""

    organisation: Mapping[str, Any]
    months: int
    days: int


def due(cohort: Mapping[str, Any], day: Day) -> Iterator[DueCheckin]:
    """Yield the check-ins that are due on the day, those of each number of months in the order of joining.

    They are due for the members that were present at the close, from that number of months after it until the figures
    count them as missing.
    """
    if not day.is_after(cohort["closedAt"]):
        return
    since_close = day.at - instant(cohort["closedAt"])
    hosts = {host["key"] for host in cohort["hosts"]}
    for months in MONTHS:
        late = since_close - months * MONTH
        if not timedelta() <= late < LATER * MONTH:
            continue
        heard = _heard(cohort["checkins"]["nodes"], months, day)
        for membership in cohort["memberships"]["nodes"]:
            organisation = membership["organisation"]
            if organisation is None or organisation["key"] in hosts | heard:
                continue
            if any(_is_at(stay, cohort["closedAt"]) for stay in membership["stays"]):
                yield DueCheckin(organisation, months, late.days)


def _heard(checkins: Iterable[Mapping[str, Any]], months: int, day: Day) -> set[str]:
    """Return the organisations that have checked in for this number of months."""
    return {
        one["organisation"]["key"]
        for one in checkins
        if one["organisation"] is not None
        and counts_for(one["monthsAfter"]) == months
        and day.is_after(one["time"])
    }


def _is_at(stay: Mapping[str, Any], moment: str) -> bool:
    """Return whether the moment is within the stay."""
    left = stay["leftAt"]
    return instant(stay["joinedAt"]) <= instant(moment) and (
        left is None or instant(moment) < instant(left)
    )
