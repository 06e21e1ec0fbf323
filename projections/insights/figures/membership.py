"""Figures about memberships: joining, leaving, and the work that organisations continue after the close."""

from collections import Counter

from events.vocabulary.types.iterations import IterationStarted
from events.vocabulary.types.results import JourneyCheckedIn
from events.vocabulary.values.times import DAY_US
from projections.insights.figures.definition import Answer, figure, summed
from projections.insights.index.indexed import IndexedEvent, IndexedSubject
from projections.insights.measures.numbers import MONTH_US, quartiles, rounded, share
from projections.insights.measures.spans import covers, length_us, united
from projections.insights.measures.sums import Part
from projections.insights.measures.tally import Tally, by_creation, names
from projections.insights.perspective.perspective import Perspective
from projections.insights.perspective.scoped import ScopedPerspective

_CHECKIN_MONTHS = (6, 12, 24)
_EARLY_MONTHS, _LATE_MONTHS = 2, 4


def stayed(perspective: Perspective, organisation: IndexedSubject, cohort: IndexedSubject) -> bool:
    """Return whether the organisation was present when its cohort closed, or is present now if it has not closed."""
    end = min(perspective.close(cohort), perspective.now)
    return any(span.start < end <= span.end for span in perspective.stays(organisation, cohort))


def last_leaving(
    perspective: Perspective, organisation: IndexedSubject, cohort: IndexedSubject
) -> IndexedEvent | None:
    """Return the last leaving before the close, None if the organisation was present at the close."""
    if stayed(perspective, organisation, cohort):
        return None
    close = perspective.close(cohort)
    early = [left for left in perspective.leavings(organisation, cohort) if left.moment < close]
    return max(early, key=lambda left: left.moment, default=None)


@figure("leavers")
def leavers(view: ScopedPerspective) -> Answer:
    """Organisations that left before the close and did not join again, by the reason of their last leaving. n =
    organisations that ever joined.

    An organisation counts once in each cohort that it joined. `from`, `to` and `themes` are ignored.
    """
    tally = Tally("reason")
    for organisation, cohort in view.memberships:
        left = last_leaving(view.perspective, organisation, cohort)
        if left is not None:
            tally.add((left.data["reason"],), left.position)
    ever = [organisation for organisation, _ in view.memberships]
    return {"n": len(ever), "items": names(ever), "counts": tally.rows()}


@summed("retention")
def retention(view: ScopedPerspective) -> Part:
    """Organisations that joined; of these, those that left before the close, and those present at the close (or now, if
    there was none).

    An organisation counts once in each cohort that it joined. `from`, `to` and `themes` are ignored.
    """
    perspective = view.perspective
    members = view.memberships
    return {
        "joined": len(members),
        "left": sum(last_leaving(perspective, *member) is not None for member in members),
        "present": sum(stayed(perspective, *member) for member in members),
    }


@figure("sustained", whole=True)
def sustained(view: ScopedPerspective) -> Answer:
    """For 6, 12 and 24 months (m), over the organisations that were present when their cohort closed, at least m + 4
    months ago: of those with a check-in with months_after in [m - 2, m + 4), of which the latest counts, the share that
    is growing or holding.

    n = organisations with such a check-in; withoutCheckin = organisations without one. An organisation counts once in
    each cohort. `from`, `to` and `themes` are ignored.
    """
    return {"list": [_after(view, months) for months in _CHECKIN_MONTHS]}


def _after(view: ScopedPerspective, months: int) -> Answer:
    perspective = view.perspective
    checked, well, without = [], 0, 0
    for organisation, cohort in view.memberships:
        close = perspective.close(cohort)
        if not perspective.is_past(close[0] + (months + _LATE_MONTHS) * MONTH_US):
            continue
        if not stayed(perspective, organisation, cohort):
            continue
        checkins = [
            entry
            for entry in perspective.events_of(organisation, JourneyCheckedIn)
            if perspective.one(entry, "cohort") is cohort
            and months - _EARLY_MONTHS
            <= perspective.data(entry)["months_after"]
            < months + _LATE_MONTHS
        ]
        if not checkins:
            without += 1
            continue
        checked.append(organisation)
        latest = max(checkins, key=lambda entry: entry.moment)
        well += latest.data["status"] in ("growing", "holding")
    return {
        "months": months,
        "n": len(checked),
        "items": names(checked),
        "share": share(well, len(checked)),
        "withoutCheckin": without,
    }


@figure("rhythm")
def rhythm(view: ScopedPerspective, organisation: str) -> Answer:
    """For each cohort that the organisation was in: iterations started ÷ months from joining to leaving, the close or
    now (null under 30 days; 0 counts); and the lower and the upper quartile over all organisations of that cohort that
    the viewer is allowed to see.

    There are no ranks. An iteration counts in the cohort that it belongs to. `from`, `to` and `themes` are ignored.
    """
    asked = view.perspective.organisation(organisation)
    if asked is None or not view.wants(organisation):
        return {"list": []}
    rows = []
    for cohort in view.cohorts:
        members = view.perspective.members(cohort)
        if asked not in members:
            continue
        begun = _begun(view.perspective, cohort)
        beats = {
            one: _beat(view.perspective, one, cohort, begun.get(one.key, 0)) for one in members
        }
        cuts = quartiles(value for value, _ in beats.values() if value is not None)
        value, months = beats[asked]
        row = {
            "cohort": cohort.key,
            "value": None if value is None else rounded(value),
            "months": rounded(months),
            "lower": cuts[0] if cuts else None,
            "upper": cuts[2] if cuts else None,
        }
        rows.append(((value is None, -(value or 0.0), cohort.position), row))
    return {"list": [row for _, row in sorted(rows, key=lambda ranked: ranked[0])]}


def _begun(perspective: Perspective, cohort: IndexedSubject) -> dict[str, int]:
    """Return the number of iterations of the cohort that each organisation started."""
    begun: dict[str, int] = {}
    for iteration in perspective.index.placed.get(("iteration", cohort.place), ()):
        owner = perspective.owner(iteration) if perspective.has(iteration) else None
        if owner is not None and perspective.last(iteration, IterationStarted) is not None:
            begun[owner] = begun.get(owner, 0) + 1
    return begun


def _beat(
    perspective: Perspective, organisation: IndexedSubject, cohort: IndexedSubject, begun: int
) -> tuple[float | None, float]:
    perspective.flows()
    present_us = length_us(united(perspective.stays(organisation, cohort)), perspective.at_us)
    value = begun * MONTH_US / present_us if present_us >= 30 * DAY_US else None
    return value, present_us / MONTH_US


@figure("attendance", whole=True)
def attendance(view: ScopedPerspective) -> Answer:
    """For each organisation that was present as a member (hosts are none) at the time of at least one session held in
    the cohorts in scope: the sessions at which it was present in the cohort, and those of these that it attended.

    n = sessions. `from` and `to` select sessions by the time at which they were held. `organisations` and `sectors`
    select the rows, not the sessions; with `themes` there are no sessions. An organisation that was a member for five
    of a cohort's eight sessions, and is listed under `attended` in four of these, has sessions 5 and attended 4.
    """
    perspective = view.perspective
    sessions = [
        session
        for session in view.placed("session")
        if view.wants_time(session.time) and view.wants_themes(perspective.themes(session))
    ]
    held: Counter[IndexedSubject] = Counter()
    attended: Counter[IndexedSubject] = Counter()
    for session in sessions:
        cohort = perspective.one(session.born, "cohort")
        if cohort is None:
            continue
        there = perspective.many(session.born, "attended")
        for organisation in perspective.members(cohort):
            stays = perspective.stays(organisation, cohort)
            if view.wants(organisation.key) and covers(stays, session.born.moment):
                held[organisation] += 1
                attended[organisation] += organisation in there
    return {
        "n": len(sessions),
        "items": names(sessions),
        "list": [
            {
                "organisation": organisation.key,
                "sessions": held[organisation],
                "attended": attended[organisation],
            }
            for organisation in sorted(held, key=by_creation)
        ],
    }
