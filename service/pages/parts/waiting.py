"""What waits in cohorts: whom to ring, and for what. The first page and the page of a cohort's week use it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from service.pages.parts.checkins import Checkins, after_close
from service.pages.parts.day import Day, instant

Thing = Mapping[str, Any]
"""A subject of the graph."""

AFTER_CLOSE: Final = ("commitment", "checkin")
"""The kinds that still wait when a cohort has closed."""


@dataclass(frozen=True)
class Waiting:
    """Something that waits: its kind, whose it is, for how many days it has waited, and what it is about.

    `days` is None for what is no matter of time, and negative for what is due later. `since` is when a silence began.
    """

    kind: str
    organisations: Sequence[Thing]
    about: Thing
    days: int | None = None
    since: datetime | None = None

    @property
    def is_now(self) -> bool:
        """Whether it is a reason to ring."""
        return self.days is None or self.days >= 0


def waiting(insights: Mapping[str, Any], day: Day) -> Iterator[Waiting]:
    """Yield what waits on the day, kind by kind, of each kind the oldest first.

    `insights` was asked for with the fragment `Waiting`, and gives this viewer its figures. Commitments that are due
    later are among what is yielded.
    """
    for one in insights["quietOrganisations"]["list"]:
        if organisation := one["organisationSubject"]:
            yield _silence("quiet", [organisation], organisation, one, day)
    for one in insights["stalledIterations"]["list"]:
        if iteration := one["iterationSubject"]:
            yield _silence("stalled", owner(iteration), iteration, one, day)
    for one in insights["openAsks"]["list"]:
        if ask := one["askSubject"]:
            yield Waiting("ask", owner(ask), ask, int(one["daysOpen"]))
    for pairing in oldest(insights["pairingsWithoutMeeting"]["listSubjects"], "time"):
        waited = day.days_since(pairing["time"])
        yield Waiting("pairing", [one for one in pairing["organisations"] if one], pairing, waited)
    for commitment in oldest(insights["openCommitments"]["itemSubjects"], "dueOn"):
        late = (day.at.date() - date.fromisoformat(commitment["dueOn"])).days
        yield Waiting("commitment", owner(commitment), commitment, late)


def _silence(
    kind: str, organisations: Sequence[Thing], about: Thing, row: Mapping[str, Any], day: Day
) -> Waiting:
    """Return a silence, of whole days. Its beginning is exact to the millisecond."""
    days = row["silenceDays"]
    since = day.at - timedelta(milliseconds=round(timedelta(days=days) / timedelta(milliseconds=1)))
    return Waiting(kind, organisations, about, int(days), since)


def due_checkins(cohort: Thing, day: Day) -> Iterator[Waiting]:
    """Yield the check-ins that are due in the cohort on the day, one for each organisation."""
    for checkins in after_close(cohort, day):
        if checkins.is_due:
            yield from still_due(cohort, checkins)


def still_due(cohort: Thing, checkins: Checkins) -> Iterator[Waiting]:
    """Yield the check-ins that are missing of those of one time after the close, one for each organisation."""
    about = {"months": checkins.months, "begins": checkins.begins, "cohort": cohort}
    for organisation in checkins.without:
        yield Waiting("checkin", [organisation], about, checkins.days)


def owner(thing: Thing) -> Sequence[Thing]:
    """Return the organisation of a thing, nothing if the viewer does not see it."""
    return [thing["organisation"]] if thing["organisation"] else []


def oldest(things: Sequence[Thing | None], moment: str) -> Sequence[Thing]:
    """Return those of the things that the viewer sees, the oldest first."""
    return sorted((one for one in things if one), key=lambda one: instant(one[moment]))
