"""What the page of a cohort's pairings shows."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from events.vocabulary.values.text_folding import folded
from service.pages.cohort.day import Day, day_of
from service.pages.frame.page import Answer, Visit

Thing = Mapping[str, Any]
"""A subject of the graph."""


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
    met: Sequence[Thing]
    never_met: Sequence[Thing]
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
    pairings = cohort["pairings"]["nodes"]
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
        met=[one for one in pairings if one["meetings"]["totalCount"]],
        never_met=[one for one in pairings if not one["meetings"]["totalCount"]],
        left_out=cohort["pairings"]["filteredCount"] - len(pairings),
        absences_are_told=insights["pairingsWithoutMeeting"] is not None,
        lift=insights["pairingLift"],
        suggestions=[
            suggestion(one, members, day)
            for one in insights["pairingSuggestions"]["list"]
            if all(one["organisationSubjects"])
        ],
    )


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
