"""What became of an organisation's work after a cohort closed: at each time that it is asked again."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from service.pages.organisation.lanes import moment
from service.pages.organisation.story import Node
from service.pages.parts.checkins import MONTHS, counts_for, due_from


@dataclass(frozen=True)
class Later:
    """A time after the close, in months, and the check-ins for it.

    `due` is the day from which on it is asked for, if that is still to come.
    """

    months: int
    checkins: Sequence[Node]
    due: date | None = None


@dataclass(frozen=True)
class Afterwards:
    """A cohort that has closed, and the times after it, the earliest first.

    `is_whole` says that what is not there was not recorded. `cohort` is None for check-ins whose cohort is not shown.
    """

    cohort: Node | None
    times: Sequence[Later]
    is_whole: bool


def afterwards(
    memberships: Sequence[Node],
    checkins: Sequence[Node],
    until: datetime,
    hosted: Collection[str],
    is_whole: Callable[[Node], bool],
) -> list[Afterwards]:
    """Return what came after each cohort of the organisation that had closed at a moment.

    Where the organisation had stayed to the close, there is a time for each of `MONTHS`; the hosts of a cohort are not
    asked. A check-in for another number of months has a time of its own. `hosted` are keys of cohorts.
    """
    found = []
    for one in memberships:
        cohort, own = one["cohort"], [made for made in checkins if _is_of(made, one["cohort"])]
        closed = cohort["closedAt"]
        has_closed = closed is not None and moment(closed) <= until
        is_asked = cohort["key"] not in hosted and any(
            stay["leftAt"] is None or stay["leftAt"] >= closed
            for stay in one["stays"]
            if has_closed
        )
        times = list(_times(cohort, own, until, MONTHS if is_asked else ()))
        if times:
            found.append(Afterwards(cohort, times, is_whole(cohort)))
    known = [one["cohort"] for one in memberships]
    others = [one for one in checkins if not any(_is_of(one, cohort) for cohort in known)]
    if others:
        found.append(Afterwards(None, list(_times(None, others, until, ())), False))
    return found


def _is_of(checkin: Node, cohort: Node) -> bool:
    return checkin["cohort"] is not None and checkin["cohort"]["key"] == cohort["key"]


def _times(
    cohort: Node | None, checkins: Sequence[Node], until: datetime, asked: Sequence[int]
) -> Iterator[Later]:
    found: dict[int, list[Node]] = {months: [] for months in asked}
    for one in checkins:
        months = one["monthsAfter"]
        found.setdefault(counts_for(months) or months, []).append(one)
    for months, made in sorted(found.items()):
        due = due_from(moment(cohort["closedAt"]), months) if cohort and not made else None
        yield Later(months, made, due if due and due > until.date() else None)
