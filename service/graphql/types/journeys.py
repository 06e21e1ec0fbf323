"""Learning journeys: as they are, and as they stood."""

from typing import TYPE_CHECKING, Any

import strawberry

from projections.listing import InColumn, InList
from service.graphql.fields.columns import column
from service.graphql.fields.references import one
from service.graphql.fields.shapes import declared
from service.graphql.identity import JOURNEY
from service.graphql.lists.connections import many
from service.graphql.types.bases import Node, identified
from service.graphql.values.scalars import Position

if TYPE_CHECKING:
    from service.graphql.lists.pages import Connection
    from service.graphql.types.cohorts import Membership, Organisation, Pairing
    from service.graphql.types.exchange import Ask, Help, Inspiration, Use
    from service.graphql.types.failures import Failure
    from service.graphql.types.iterations import Iteration, Review
    from service.graphql.types.learnings import Adoption, Learning
    from service.graphql.types.questions import Mindset, Question
    from service.graphql.types.results import Checkin, Outcome, Publication


def _own(description: str) -> Any:
    return many(description, InColumn("organisation"), parent="organisation")


@declared
class Journey(Node):
    """An organisation's learning journey: what it asked, tried, failed at, learned, and gave to others."""

    id: strawberry.ID = identified("organisation", JOURNEY)
    organisation: "Organisation | None" = one("The organisation whose journey it is.")
    position: Position = column("The position up to which events count in it.")
    memberships: "Connection[Membership]" = _own("In which cohorts it was, and when.")
    pairings: "Connection[Pairing]" = many(
        "With whom it was paired.", InList("organisations"), parent="organisation"
    )
    mindsets: "Connection[Mindset]" = _own("How it thought of people.")
    questions: "Connection[Question]" = _own("The questions it framed.")
    iterations: "Connection[Iteration]" = _own(
        "What it tried; `follows` and `followedBy` make chains."
    )
    reviews: "Connection[Review]" = _own("When it looked back.")
    failures: "Connection[Failure]" = _own("The failures it told of.")
    learnings: "Connection[Learning]" = _own("What it learned; adoptions tell where that went.")
    adoptions: "Connection[Adoption]" = _own("The learnings of others it took up.")
    asks: "Connection[Ask]" = _own("What it asked help for.")
    helps: "Connection[Help]" = _own("The help it gave.")
    inspirations: "Connection[Inspiration]" = _own("The inspirations it shared.")
    uses: "Connection[Use]" = _own("The inspirations it used.")
    outcomes: "Connection[Outcome]" = _own("The outcomes it harvested.")
    checkins: "Connection[Checkin]" = _own("How what it began is doing.")
    publications: "Connection[Publication]" = _own("What it published.")
