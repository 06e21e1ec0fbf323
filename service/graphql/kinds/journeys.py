"""Learning journeys: as they are, and as they stood."""

from typing import Final

from projections.listing import InColumn, InList
from service.graphql.connections import many
from service.graphql.references import one
from service.graphql.shape import Field, place


def _own(name: str, shape: str, description: str) -> Field:
    return many(name, shape, description, InColumn("organisation"), parent="organisation")


_PAIRINGS: Final = many(
    "pairings",
    "Pairing",
    "With whom it was paired.",
    InList("organisations"),
    parent="organisation",
)

JOURNEY: Final = (
    "Journey",
    "An organisation's learning journey: what it asked, tried, failed at, learned, and gave to others.",
    (
        one("organisation", "organisation", "The organisation whose journey it is."),
        place("position", "The position up to which events count in it."),
        _own("memberships", "Membership", "In which cohorts it was, and when."),
        _PAIRINGS,
        _own("mindsets", "Mindset", "How it thought of people."),
        _own("questions", "Question", "The questions it framed."),
        _own("iterations", "Iteration", "What it tried; `follows` and `followedBy` make chains."),
        _own("reviews", "Review", "When it looked back."),
        _own("failures", "Failure", "The failures it told of."),
        _own("learnings", "Learning", "What it learned; adoptions tell where that went."),
        _own("adoptions", "Adoption", "The learnings of others it took up."),
        _own("asks", "Ask", "What it asked help for."),
        _own("helps", "Help", "The help it gave."),
        _own("inspirations", "Inspiration", "The inspirations it shared."),
        _own("uses", "Use", "The inspirations it used."),
        _own("outcomes", "Outcome", "The outcomes it harvested."),
        _own("checkins", "Checkin", "How what it began is doing."),
        _own("publications", "Publication", "What it published."),
    ),
)
