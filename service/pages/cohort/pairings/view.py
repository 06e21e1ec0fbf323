"""What the page of a cohort's pairings shows."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from events.vocabulary.values.text_folding import folded
from service.pages.cohort.day import day_of
from service.pages.frame.page import Answer, Visit
from service.pages.parts.day import Day, instant

Thing = Mapping[str, Any]
"""A subject of the graph."""


YOUNG_DAYS: Final = 30
"""A pairing that is younger is not asked whether it has met, as in the figure `pairingsWithoutMeeting`."""


@dataclass(frozen=True)
class Pair:
    """A pairing.

    `ended` is when it ended: by itself, with the close of its cohort, or when `left` left; None if it lasts.
    `is_young` says whether it lasts and is too young to be asked whether it has met.
    """

    pairing: Thing
    ended: str | None
    left: Thing | None
    is_young: bool


@dataclass(frozen=True)
class Exchange:
    """What one organisation needs and what another offers on the same themes.

    The needs are open questions and unanswered asks, the offers are learnings.
    """

    needs: Thing
    offers: Thing
    questions: Sequence[Thing]
    asks: Sequence[Thing]
    learnings: Sequence[Thing]


@dataclass(frozen=True)
class Suggestion:
    """Two organisations that could be paired, with their shared themes and what each could have from the other."""

    organisations: Sequence[Thing]
    score: float
    themes: Sequence[str]
    exchanges: Sequence[Exchange]


@dataclass(frozen=True)
class Pairings:
    """The pairings, those that met and those that did not, and who could be paired on the day.

    `absences_are_told` says whether the visitor may know that there was no meeting.
    """

    cohort: Thing
    partial: bool
    day: Day
    has_closed: bool
    met: Sequence[Pair]
    never_met: Sequence[Pair]
    left_out: int
    absences_are_told: bool
    lift: Thing
    suggestions: Sequence[Suggestion]


def variables(visit: Visit) -> Mapping[str, Any]:
    """Return the variables of the query."""
    return {
        "key": visit.key,
        "filter": {"cohorts": [visit.key]},
        "at": day_of(visit).variable,
    }


def view(answer: Answer, visit: Visit) -> Pairings | None:
    """Return what the page shows, None if there is no such cohort for the visitor."""
    cohort = answer["cohort"]
    if cohort is None:
        return None
    insights = answer["insights"]
    day = day_of(visit)
    pairings = [pair(one, cohort, visit.now) for one in cohort["pairings"]["nodes"]]
    members = {
        one["organisation"]["key"]: one["organisation"]
        for one in cohort["memberships"]["nodes"]
        if one["organisation"]
    }
    return Pairings(
        cohort=cohort,
        partial=insights["partial"],
        day=day,
        has_closed=day.is_after(cohort["closedAt"]),
        met=[one for one in pairings if one.pairing["meetings"]["totalCount"]],
        never_met=[one for one in pairings if not one.pairing["meetings"]["totalCount"]],
        left_out=cohort["pairings"]["filteredCount"] - len(pairings),
        absences_are_told=insights["pairingsWithoutMeeting"] is not None,
        lift=insights["pairingLift"],
        suggestions=[
            suggestion(one, members, day)
            for one in insights["pairingSuggestions"]["list"]
            if all(one["organisationSubjects"])
        ],
    )


def pair(pairing: Thing, cohort: Thing, now: datetime) -> Pair:
    """Return a pairing as it is now: it ends by itself, with the close, and when one of its organisations leaves."""
    keys = {one["key"] for one in pairing["organisations"] if one}
    ends: list[tuple[str, Thing | None]] = [
        (moment, None) for moment in (pairing["endedAt"], cohort["closedAt"]) if moment is not None
    ]
    ends += [
        (stay["leftAt"], one["organisation"])
        for one in cohort["memberships"]["nodes"]
        if one["organisation"] and one["organisation"]["key"] in keys
        for stay in one["stays"]
        if stay["leftAt"] is not None and instant(stay["leftAt"]) >= instant(pairing["time"])
    ]
    ended, left = min(ends, key=lambda one: instant(one[0]), default=(None, None))
    is_young = ended is None and now - instant(pairing["time"]) < timedelta(days=YOUNG_DAYS)
    return Pair(pairing, ended, left, is_young)


def suggestion(found: Thing, members: Mapping[str, Thing], day: Day) -> Suggestion:
    """Return a suggestion with what was needed and offered on the day, of what the visitor sees."""
    first, second = found["organisationSubjects"]
    themes = {folded(theme) for theme in found["themes"]}
    pairs = [(first, second), (second, first)]
    exchanges = (
        _exchange(needs, offers, members, themes, day)
        for needs, offers in pairs
        if needs["key"] in members and offers["key"] in members
    )
    return Suggestion(
        found["organisationSubjects"],
        found["score"],
        found["themes"],
        [one for one in exchanges if (one.questions or one.asks) and one.learnings],
    )


def _exchange(
    needs: Thing, offers: Thing, members: Mapping[str, Thing], themes: set[str], day: Day
) -> Exchange:
    mine, theirs = members[needs["key"]], members[offers["key"]]
    learnings = theirs["learnings"]["nodes"]
    offered = themes & _themes(learnings)
    questions = _about(mine["questions"]["nodes"], offered, lambda one: _is_open(one, day))
    asks = _about(mine["asks"]["nodes"], offered, lambda one: _is_unanswered(one, day))
    wanted = _themes([*questions, *asks])
    return Exchange(
        needs,
        offers,
        questions,
        asks,
        _about(learnings, offered & wanted, lambda one: day.is_after(one["time"])),
    )


def _about(
    things: Iterable[Thing], themes: set[str], counts: Callable[[Thing], bool]
) -> Sequence[Thing]:
    return [one for one in things if counts(one) and themes & _themes([one])]


def _themes(things: Iterable[Thing]) -> set[str]:
    return {folded(theme) for one in things for theme in one["themes"]}


def _is_open(question: Thing, day: Day) -> bool:
    return day.is_after(question["time"]) and not day.is_after(question["closedAt"])


def _is_unanswered(ask: Thing, day: Day) -> bool:
    return day.is_after(ask["time"]) and not any(
        day.is_after(one["time"]) for one in ask["helps"]["nodes"]
    )
