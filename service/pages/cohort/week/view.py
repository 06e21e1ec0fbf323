"""What the page of a cohort's week shows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from service.pages.cohort.day import Day, day_of, instant
from service.pages.cohort.week import checkins
from service.pages.frame.page import Answer, Visit

Thing = Mapping[str, Any]
"""A subject of the graph."""


@dataclass(frozen=True)
class Waiting:
    """Something that waits: its kind, whose it is, for how many days it has waited, and what it is about.

    `days` is None for what is no matter of time, and negative for what is due later.
    """

    kind: str
    organisations: Sequence[Thing]
    about: Thing
    days: int | None = None


@dataclass
class Call:
    """An organisation to ring, with all the reasons."""

    organisation: Thing
    reasons: list[Waiting] = field(default_factory=list)

    @property
    def days(self) -> int:
        """How long the oldest of the reasons has waited."""
        return max((reason.days or 0 for reason in self.reasons), default=0)


@dataclass(frozen=True)
class Week:
    """What waits on a day: the calls first, those with what is oldest before others, then the lists, without the empty.

    `own` is the visitor's organisation if the page is about it alone. `is_told` says whether the visitor may know what
    waits. `left` has the day on which an organisation left, if it is no longer in.
    """

    cohort: Thing
    day: Day
    has_closed: bool
    own: Thing | None
    is_told: bool
    calls: Sequence[Call]
    lists: Mapping[str, Sequence[Waiting]]
    suggestions: Sequence[Thing]
    left: Mapping[str, str]


def variables(visit: Visit) -> Mapping[str, Any]:
    """Return the variables of the query: a member asks for its own organisation, which may know what waits there."""
    filter_: dict[str, Any] = {"cohorts": [visit.key]}
    if visit.viewer.organisation is not None:
        filter_["organisations"] = [visit.viewer.organisation]
    return {"key": visit.key, "filter": filter_, "at": day_of(visit).variable}


def view(answer: Answer, visit: Visit) -> Week | None:
    """Return what the page shows, None if there is no such cohort for the visitor."""
    cohort = answer["cohort"]
    if cohort is None:
        return None
    insights = answer["insights"]
    day = day_of(visit)
    members = {
        one["organisation"]["key"]: one
        for one in cohort["memberships"]["nodes"]
        if one["organisation"]
    }
    own = members.get(visit.viewer.organisation or "")
    is_told = insights["quietOrganisations"] is not None and (
        visit.viewer.organisation is None or own is not None
    )
    found = list(_waiting(insights, cohort, day)) if is_told else []
    kinds = dict.fromkeys(one.kind for one in found)
    suggestions = [
        one for one in insights["pairingSuggestions"]["list"] if all(one["organisationSubjects"])
    ]
    return Week(
        cohort=cohort,
        day=day,
        has_closed=day.is_after(cohort["closedAt"]),
        own=own and own["organisation"],
        is_told=is_told,
        calls=calls(found),
        lists={kind: [one for one in found if one.kind == kind] for kind in kinds},
        suggestions=suggestions,
        left={
            key: member["stays"][-1]["leftAt"]
            for key, member in members.items()
            if day.is_after(member["stays"][-1]["leftAt"])
        },
    )


def calls(waiting: Sequence[Waiting]) -> Sequence[Call]:
    """Return whom to ring: each organisation once, with all that waits there. What is due later is no reason."""
    found: dict[str, Call] = {}
    for one in waiting:
        if one.days is not None and one.days < 0:
            continue
        for organisation in one.organisations:
            call = found.setdefault(organisation["key"], Call(organisation))
            call.reasons.append(one)
    return sorted(found.values(), key=lambda call: -call.days)


def _waiting(insights: Mapping[str, Any], cohort: Thing, day: Day) -> Iterator[Waiting]:
    """Yield what waits, kind by kind, of each kind the oldest first."""
    for one in insights["quietOrganisations"]["list"]:
        if organisation := one["organisationSubject"]:
            yield Waiting("quiet", [organisation], organisation, int(one["silenceDays"]))
    for one in insights["stalledIterations"]["list"]:
        if iteration := one["iterationSubject"]:
            yield Waiting("stalled", _owner(iteration), iteration, int(one["silenceDays"]))
    for one in insights["openAsks"]["list"]:
        if ask := one["askSubject"]:
            yield Waiting("ask", _owner(ask), ask, int(one["daysOpen"]))
    for pairing in _oldest(insights["pairingsWithoutMeeting"]["listSubjects"], "time"):
        waited = day.days_since(pairing["time"])
        yield Waiting("pairing", [one for one in pairing["organisations"] if one], pairing, waited)
    for iteration in _oldest(insights["danglingPivots"]["listSubjects"], "concludedAt"):
        waited = day.days_since(iteration["concludedAt"])
        yield Waiting("pivot", _owner(iteration), iteration, waited)
    repeats = [
        {
            **one["failureSubject"],
            "earlier": one["earlierSubject"],
            "learning": one["learningSubject"],
        }
        for one in insights["avoidableRepeats"]["list"]
        if all(one[name] for name in ("failureSubject", "earlierSubject", "learningSubject"))
    ]
    for failure in _oldest(repeats, "time"):
        yield Waiting("repeat", _owner(failure), failure, day.days_since(failure["time"]))
    for commitment in _oldest(insights["openCommitments"]["itemSubjects"], "dueOn"):
        late = (day.at.date() - date.fromisoformat(commitment["dueOn"])).days
        yield Waiting("commitment", _owner(commitment), commitment, late)
    if insights["sustained"] is not None:
        for due in checkins.due(cohort, day):
            yield Waiting("checkin", [due.organisation], {"months": due.months}, due.days)
    for organisation in insights["noFailuresTold"]["listSubjects"]:
        if organisation:
            yield Waiting("no-failure", [organisation], organisation)


def _owner(thing: Thing) -> Sequence[Thing]:
    return [thing["organisation"]] if thing["organisation"] else []


def _oldest(things: Sequence[Thing | None], moment: str) -> Sequence[Thing]:
    return sorted((one for one in things if one), key=lambda one: instant(one[moment]))
