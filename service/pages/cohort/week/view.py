"""What the page of a cohort's week shows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from events.access.principal import Principal
from service.pages.cohort.day import day_of
from service.pages.frame.language import Language
from service.pages.frame.page import Answer, Visit
from service.pages.parts.checkins import Checkins, after_close
from service.pages.parts.day import Day, instant
from service.pages.parts.waiting import (
    Thing,
    Waiting,
    due_checkins,
    oldest,
    owner,
    still_due,
    waiting,
)
from service.pages.record.next_steps.waiting import WaitingForm, form_for

BADLY: Final = ("OUTRIGHT_FAILURE", "PRECARIOUS_FAILURE")
"""The degrees of failures that are a reason to ring."""

BADLY_DAYS: Final = 14
"""For so many days, such a failure is a reason."""

SOON_DAYS: Final = 7
"""What is due in so many days, the day itself being the first, is due this week."""


@dataclass
class Call:
    """An organisation to ring, with all the reasons."""

    organisation: Thing
    reasons: list[Waiting] = field(default_factory=list)

    def is_of(self, membership: Thing) -> bool:
        """Return whether it is to the organisation of this membership."""
        return bool(self.organisation["key"] == membership["organisation"]["key"])

    @property
    def is_urgent(self) -> bool:
        """Whether something went badly there."""
        return any(reason.kind == "badly" for reason in self.reasons)

    @property
    def days(self) -> int:
        """How long the oldest of the reasons has waited."""
        return max((reason.days or 0 for reason in self.reasons), default=0)

    @property
    def kinds(self) -> Mapping[str, Sequence[Waiting]]:
        """The reasons by kind, in the order of the kinds."""
        kinds = dict.fromkeys(reason.kind for reason in self.reasons)
        return {kind: [one for one in self.reasons if one.kind == kind] for kind in kinds}


@dataclass(frozen=True)
class Week:
    """What waits on a day.

    While the cohort is open, these are the calls, the urgent ones first, then those with what is oldest. Who has left
    is not called. After the close, these are the check-ins, and no calls. `commitments` are all open ones that are due
    on some day, also of organisations that have left, in the order of these days.

    `own` is the visitor's organisation if the page is about it alone. `is_told` says whether the visitor may know what
    waits, and `partial` whether something of the cohort is hidden. `left` has the day on which an organisation left, if
    it is no longer in. `due` is how many organisations are asked for a check-in now. `heading` is what the page is
    called, in the visitor's language. `is_now` says that no other day is asked about.
    """

    cohort: Thing
    partial: bool
    day: Day
    has_closed: bool
    own: Thing | None
    is_told: bool
    calls: Sequence[Call]
    commitments: Sequence[Waiting]
    checkins: Sequence[Checkins]
    due: int
    suggestions: Sequence[Thing]
    left: Mapping[str, str]
    heading: str
    viewer: Principal
    is_now: bool
    badly: Sequence[str] = BADLY
    badly_days: int = BADLY_DAYS

    def form(self, one: Waiting, whose: Thing | None) -> WaitingForm | None:
        """Return the form that helps with something that waits; None if the visitor has none, or the week is past."""
        return form_for(one, whose, self.viewer) if self.is_now else None

    def forms(self, checkins: Checkins) -> Sequence[tuple[Thing, WaitingForm]]:
        """Return who has not checked in yet, each with the form for it; nothing if the visitor has no such forms."""
        return [
            (organisation, form)
            for one in still_due(self.cohort, checkins)
            for organisation in one.organisations
            if (form := self.form(one, organisation)) is not None
        ]

    @property
    def overdue(self) -> Sequence[Waiting]:
        """The commitments that were due before the day."""
        return [one for one in self.commitments if (one.days or 0) > 0]

    @property
    def due_soon(self) -> Sequence[Waiting]:
        """The commitments that are due on the day or in the week that begins with it."""
        return [one for one in self.commitments if -SOON_DAYS < (one.days or 0) <= 0]

    @property
    def due_later(self) -> Sequence[Waiting]:
        """The commitments that are due after that week."""
        return [one for one in self.commitments if (one.days or 0) <= -SOON_DAYS]


def variables(visit: Visit) -> Mapping[str, Any]:
    """Return the variables of the query: a member asks for its own organisation, which may know what waits there."""
    day = day_of(visit)
    filter_: dict[str, Any] = {"cohorts": [visit.key]}
    if visit.viewer.organisation is not None:
        filter_["organisations"] = [visit.viewer.organisation]
    begins = day.at - timedelta(days=BADLY_DAYS)
    return {
        "key": visit.key,
        "filter": filter_,
        "at": day.variable,
        "badlyFrom": begins.isoformat(),
        "sessions": day.sessions,
    }


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
    if own is not None:
        cohort = {**cohort, "memberships": {"nodes": [own]}}
    has_closed = day.is_after(cohort["closedAt"])
    found = [*_badly(cohort, day), *_waiting(insights, day)] if is_told else []
    left = {
        key: last
        for key, member in members.items()
        if day.is_after(last := member["stays"][-1]["leftAt"])
    }
    commitments = [one for one in found if one.kind == "commitment"]
    suggestions = [
        one for one in insights["pairingSuggestions"]["list"] if all(one["organisationSubjects"])
    ]
    return Week(
        cohort=cohort,
        partial=insights["partial"],
        day=day,
        has_closed=has_closed,
        own=own and own["organisation"],
        is_told=is_told,
        calls=[
            one
            for one in (() if has_closed else calls(found))
            if (one.organisation["key"] not in left if own is None else one.is_of(own))
        ],
        commitments=commitments,
        checkins=list(after_close(cohort, day)) if is_told else [],
        due=len({one.organisations[0]["key"] for one in due_checkins(cohort, day)}),
        suggestions=suggestions,
        left=left,
        heading=_heading(visit.language, has_closed=has_closed, is_own=own is not None),
        viewer=visit.viewer,
        is_now=day.asked is None,
    )


def _heading(language: Language, *, has_closed: bool, is_own: bool) -> str:
    """Return what the page is called, in the visitor's language."""
    if has_closed:
        return language.gettext("What is still due")
    if is_own:
        return language.gettext("What waits this week")
    return language.gettext("Whom to ring this week")


def calls(found: Sequence[Waiting]) -> Sequence[Call]:
    """Return whom to ring: each organisation once, with all that waits there. What is due later is no reason."""
    by_key: dict[str, Call] = {}
    for one in found:
        for organisation in one.organisations if one.is_now else ():
            call = by_key.setdefault(organisation["key"], Call(organisation))
            call.reasons.append(one)
    return sorted(by_key.values(), key=lambda call: (not call.is_urgent, -call.days))


def _badly(cohort: Thing, day: Day) -> Iterator[Waiting]:
    """Yield the failures that went badly of late, the latest first."""
    for entry in reversed(cohort["timeline"]["nodes"]):
        failure = entry["failure"]
        if failure is not None and (degree := _degree(entry, day)) in BADLY:
            yield Waiting("badly", owner(failure), {**failure, "degree": degree})


def _degree(entry: Thing, day: Day) -> str:
    """Return the degree that a failure had on the day. It may have been reclassified later."""
    failure = entry["failure"]
    given = [one for one in failure["reclassifications"]["nodes"] if one["degree"] is not None]
    if not given:
        return str(failure["degree"])
    earlier = [one["degree"] for one in given if day.is_after(one["time"])]
    return str(earlier[-1] if earlier else entry["degree"])


def _waiting(insights: Mapping[str, Any], day: Day) -> Iterator[Waiting]:
    """Yield what waits on the day, and what else is a reason to ring, of each kind the oldest first."""
    yield from waiting(insights, day)
    for iteration in oldest(insights["danglingPivots"]["listSubjects"], "concludedAt"):
        if not _has_gone_on(iteration, day):
            waited = day.days_since(iteration["concludedAt"])
            yield Waiting("pivot", owner(iteration), iteration, waited)
    repeats = [
        {
            **one["failureSubject"],
            "earlier": one["earlierSubject"],
            "learning": one["learningSubject"],
        }
        for one in insights["avoidableRepeats"]["list"]
        if all(one[name] for name in ("failureSubject", "earlierSubject", "learningSubject"))
    ]
    for failure in oldest(repeats, "time"):
        if not _has_learned(failure):
            yield Waiting("repeat", owner(failure), failure, day.days_since(failure["time"]))
    for organisation in insights["noFailuresTold"]["listSubjects"]:
        if organisation:
            yield Waiting("no-failure", [organisation], organisation)


def _has_gone_on(iteration: Thing, day: Day) -> bool:
    """Return whether something followed on a trial by the day, however late, of what the visitor sees.

    Trials of others count only if they follow it: a question may be shared.
    """
    later = list(iteration["followedBy"]["nodes"])
    question = iteration["question"]
    if question is not None:
        if day.is_after(question["closedAt"]):
            return True
        trials = question["iterations"]["nodes"]
        own = _keys([iteration])
        later += [one for one in trials if _keys([one]) <= own]
        later += question["framings"]["nodes"]
    return any(instant(one["time"]) > instant(iteration["concludedAt"]) for one in later)


def _has_learned(repeat: Thing) -> bool:
    """Return whether the organisation has a learning from its failure by now, or took up the earlier one."""
    things = [*repeat["learnings"]["nodes"], *repeat["learning"]["adoptions"]["nodes"]]
    return _keys([repeat]) <= _keys(things)


def _keys(things: Sequence[Thing]) -> set[str]:
    """Return the keys of the organisations of things."""
    return {one["key"] for thing in things for one in owner(thing)}
