"""What waits for the visitor of the first page: for a facilitator in each cohort, for a member at its organisation."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from events.access.principal import Principal, Role
from service.pages.frame.page import Answer, Visit
from service.pages.parts.checkins import MONTHS_MAX
from service.pages.parts.day import Day, instant
from service.pages.parts.waiting import (
    AFTER_CLOSE,
    Thing,
    Waiting,
    due_checkins,
    oldest,
    waiting,
)
from service.pages.record.next_steps.waiting import WaitingForm, form_for

COHORTS_MAX: Final = 20
"""In how many cohorts, the newest, the page looks for what waits."""

_MONTH: Final = timedelta(days=30)


@dataclass(frozen=True)
class KindWaiting:
    """How many things of a kind wait in a cohort, and for each organisation how many of them are its own.

    A pairing is one thing, and each of its organisations has it.
    """

    kind: str
    count: int
    organisations: Sequence[tuple[Thing, int]]


@dataclass(frozen=True)
class CohortWaiting:
    """What waits in a cohort, by kinds. There is no kind of which nothing waits."""

    cohort: Thing
    kinds: Sequence[KindWaiting]


@dataclass(frozen=True)
class OwnWaiting:
    """What waits for an organisation.

    `asks` are requests for help of others to which the visitor sees no answer. `trials` have been started and not
    concluded. `others` are the remaining kinds, the check-ins with their cohort. `cohorts` are those in which something
    may wait. `own` is the organisation, `viewer` the visitor.
    """

    asks: Sequence[Thing]
    trials: Sequence[Thing]
    others: Sequence[Waiting]
    cohorts: Sequence[Thing]
    own: Thing
    viewer: Principal

    def form(self, one: Waiting) -> WaitingForm | None:
        """Return the form that helps with something of the organisation that waits."""
        return form_for(one, self.own, self.viewer)

    def conclusion(self, trial: Thing) -> WaitingForm | None:
        """Return the form that concludes a trial."""
        return self.form(Waiting("stalled", [self.own], trial))

    def help(self, ask: Thing) -> WaitingForm | None:
        """Return the form with which somebody else's request is answered."""
        return form_for(Waiting("ask", [], ask), ask["organisation"], self.viewer)

    @property
    def is_empty(self) -> bool:
        """Whether nothing waits."""
        return not (self.asks or self.trials or self.others)


def variables(answer: Answer, visit: Visit) -> Mapping[str, Any] | None:
    """Return the variables of the query for what waits; None if nothing can wait for the visitor."""
    if visit.viewer.role not in (Role.FACILITATOR, Role.ORGANISATION):
        return None
    own = answer["viewer"]["cohorts"]
    known = answer["cohorts"]["nodes"] if own is None else reversed(own)
    cohorts = [one["key"] for one in known if _may_wait(one, visit.now)][:COHORTS_MAX]
    if not cohorts:
        return None
    filter_: dict[str, Any] = {"cohorts": cohorts}
    if visit.viewer.organisation is not None:
        filter_["organisations"] = [visit.viewer.organisation]
    is_member = visit.viewer.role is Role.ORGANISATION
    return {
        "cohorts": cohorts,
        "filter": filter_,
        "isMember": is_member,
        "sessions": Day(None, visit.now).sessions,
    }


def _may_wait(cohort: Thing, now: datetime) -> bool:
    """Return whether the cohort is open, or its last check-in may still be due."""
    closed = cohort["closedAt"]
    return closed is None or now - instant(closed) < MONTHS_MAX * _MONTH


def in_cohorts(answer: Answer, visit: Visit) -> Sequence[CohortWaiting]:
    """Return what waits in each of a facilitator's cohorts; those that are closed only if something waits."""
    if "waiting" not in answer or visit.viewer.role is not Role.FACILITATOR:
        return ()
    day = Day(None, visit.now)
    found = list(_waiting(answer, day))
    shown = []
    for cohort in answer["waiting"]["nodes"]:
        own = [one for one in found if _is_in(one, cohort) and not _is_of_leavers(one, cohort, day)]
        own += due_checkins(cohort, day)
        if own or cohort["closedAt"] is None:
            kinds = dict.fromkeys(one.kind for one in own)
            shown.append(CohortWaiting(cohort, [_of_kind(kind, own) for kind in kinds]))
    return shown


def _of_kind(kind: str, found: Sequence[Waiting]) -> KindWaiting:
    all_ = [one for one in found if one.kind == kind]
    organisations = [organisation for one in all_ for organisation in one.organisations]
    by_key = {one["key"]: one for one in organisations}
    counts = Counter(one["key"] for one in organisations)
    return KindWaiting(kind, len(all_), [(by_key[key], count) for key, count in counts.items()])


def at_own(answer: Answer, visit: Visit) -> OwnWaiting | None:
    """Return what waits for a member's organisation; None if the visitor has none, or nothing can wait."""
    key = visit.viewer.organisation
    if "waiting" not in answer or visit.viewer.role is not Role.ORGANISATION:
        return None
    day = Day(None, visit.now)
    cohorts = answer["waiting"]["nodes"]
    open_ = {one["key"] for one in cohorts if one["closedAt"] is None}
    others = [
        one
        for one in _waiting(answer, day, with_later=True)
        if one.kind in ("pairing", "commitment")
    ]
    for cohort in cohorts:
        others += [one for one in due_checkins(cohort, day) if one.organisations[0]["key"] == key]
    asks = [
        ask
        for ask in answer["asks"]["nodes"]
        if _cohort(ask) in open_
        and ask["organisation"] is not None
        and ask["organisation"]["key"] != key
        and not ask["helps"]["totalCount"]
    ]
    running = answer["insights"]["stalledIterations"]["itemSubjects"]
    trials = [one for one in oldest(running, "startedAt") if _cohort(one) in open_]
    return OwnWaiting(asks, trials, others, cohorts, {"key": key}, visit.viewer)


def _waiting(answer: Answer, day: Day, *, with_later: bool = False) -> Sequence[Waiting]:
    """Return what waits by the figures: in open cohorts, and of closed ones what waits after the close."""
    closed = {one["key"] for one in answer["waiting"]["nodes"] if one["closedAt"] is not None}
    return [
        one
        for one in waiting(answer["insights"], day)
        if (with_later or one.is_now)
        and (one.kind in AFTER_CLOSE or _cohort(one.about) not in closed)
    ]


def _is_in(one: Waiting, cohort: Thing) -> bool:
    """Return whether something waits in the cohort. An organisation is quiet wherever it is a member now."""
    if one.kind != "quiet":
        return bool(_cohort(one.about) == cohort["key"])
    return cohort["closedAt"] is None and any(
        membership["organisation"] is not None
        and membership["organisation"]["key"] == one.about["key"]
        and membership["stays"][-1]["leftAt"] is None
        for membership in cohort["memberships"]["nodes"]
    )


def _is_of_leavers(one: Waiting, cohort: Thing, day: Day) -> bool:
    """Return whether it waits at those only who left the cohort while it is open: nobody is rung there."""
    left = {
        membership["organisation"]["key"]
        for membership in cohort["memberships"]["nodes"]
        if membership["organisation"] and day.is_after(membership["stays"][-1]["leftAt"])
    }
    waits_at = {whose["key"] for whose in one.organisations}
    return cohort["closedAt"] is None and bool(waits_at) and waits_at <= left


def _cohort(thing: Thing) -> str | None:
    """Return the key of a thing's cohort, None for what belongs to none, as organisations do."""
    cohort = thing.get("cohort")
    return None if cohort is None else str(cohort["key"])
