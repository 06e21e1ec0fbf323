"""What the page of an organisation shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from events.access.principal import Principal, Role
from service.pages.frame.page import Answer, Visit
from service.pages.organisation.afterwards import Afterwards, afterwards
from service.pages.organisation.asked import Asked, asked
from service.pages.organisation.chart import Chart, chart
from service.pages.organisation.completed import as_named_today, with_hosted
from service.pages.organisation.sentences import Sentence, sentences
from service.pages.organisation.story import Node, Story, story_of
from service.pages.record.next_steps.steps import NextStep, next_steps

LISTS: Final = (
    "mindsets",
    "questions",
    "iterations",
    "failures",
    "learnings",
    "adoptions",
    "pairings",
    "sessions",
    "commitments",
    "reviews",
    "inspirations",
    "uses",
    "asks",
    "helps",
    "outcomes",
    "checkins",
    "publications",
)
"""The lists of a journey that are shown in part if they are long."""


@dataclass(frozen=True)
class Rest:
    """What is not shown because lists are long: how many, and the address of what follows."""

    count: int
    address: str


@dataclass(frozen=True)
class OrganisationPage:
    """An organisation, where it is, its journey in sentences, drawn and in words, and the part of it that is shown."""

    organisation: Node
    country: str | None
    journey: Mapping[str, Any]
    memberships: Sequence[Node]
    asked: Asked
    sentences: Sequence[Sentence]
    chart: Chart | None
    story: Story
    later: Sequence[Afterwards]
    rest: Rest | None
    next: Sequence[NextStep]
    """What the visitor may record about it; nothing on the page of an earlier day."""


def view(answer: Answer, visit: Visit) -> OrganisationPage | None:
    """Return what the page shows, None if there is no such organisation for the visitor."""
    organisation = answer["organisation"]
    if organisation is None:
        return None
    wanted = asked(visit)
    journey = with_hosted(as_named_today(organisation), organisation["hostedCohorts"], wanted)
    memberships = [one for one in journey["memberships"]["nodes"] if one["cohort"]]
    here = [one for one in memberships if wanted.cohort in (None, one["cohort"]["key"])]
    story = story_of(journey, wanted.is_full, is_past=wanted.as_of is not None)
    until = wanted.until(visit.now)
    later = afterwards(
        here,
        journey["checkins"]["nodes"],
        until or visit.now,
        [one["key"] for one in organisation["hostedCohorts"]["nodes"]],
        lambda cohort: (
            wanted.begin is None
            and journey["checkins"]["filteredCount"] == len(journey["checkins"]["nodes"])
            and _sees_all(organisation, cohort, visit.viewer)
        ),
    )
    drawn = chart(
        {**journey, "memberships": {"nodes": here}},
        organisation["key"],
        visit.language,
        until,
        story.is_brief,
    )
    return OrganisationPage(
        organisation,
        visit.language.locale.territories.get(organisation["country"], organisation["country"]),
        journey,
        memberships,
        wanted,
        sentences(journey, later, visit.language),
        drawn,
        story,
        later,
        _rest(journey, wanted),
        _next(organisation, memberships, answer, visit) if wanted.as_of is None else (),
    )


def _next(
    organisation: Node, memberships: Sequence[Node], answer: Answer, visit: Visit
) -> Sequence[NextStep]:
    """Return what the visitor may record about it, in the cohort that it is in, else in the last one."""
    cohorts = [
        one["cohort"] for one in memberships if one["stays"] and one["stays"][-1]["leftAt"] is None
    ]
    open_ = [one for one in cohorts if one["closedAt"] is None]
    cohort = next(reversed(open_ or cohorts), None)
    stream = f"organisation/{organisation['key']}"
    return next_steps({**organisation, "stream": stream, "cohort": cohort}, answer, visit)


def _sees_all(organisation: Node, cohort: Node, viewer: Principal) -> bool:
    """Return whether no check-in of the organisation in the cohort is hidden from the viewer."""
    if viewer.organisation == organisation["key"] or viewer.facilitates_everything:
        return True
    return viewer.role in (Role.FACILITATOR, Role.EVALUATOR) and cohort["key"] in viewer.cohorts


def _rest(journey: Mapping[str, Any], wanted: Asked) -> Rest | None:
    """Return what the lists have beyond what is shown.

    What follows begins on the day of the earliest last entry of these lists, so that nothing is left out between.
    """
    long = [
        (journey[name]["filteredCount"] - len(journey[name]["nodes"]), journey[name]["nodes"])
        for name in LISTS
        if journey[name]["filteredCount"] > len(journey[name]["nodes"])
    ]
    if not long:
        return None
    begin = min(nodes[-1]["time"] for _, nodes in long)[:10]
    return Rest(sum(count for count, _ in long), wanted.address(begin=begin))
