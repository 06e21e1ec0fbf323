"""The type of learning journeys, in their current and in past states."""

from typing import TYPE_CHECKING, Any

import strawberry

from projections.queries.lists import InColumn, InList
from service.graphql.fields.columns import column
from service.graphql.fields.references import one
from service.graphql.fields.shapes import declared
from service.graphql.lists.connections import many
from service.graphql.node_ids import JOURNEY
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
    from service.graphql.types.results import Checkin, HarvestedOutcome, Publication
    from service.graphql.types.sessions import Commitment, Session


def _own(description: str) -> Any:
    return many(description, InColumn("organisation"), parent="organisation")


@declared
class Journey(Node):
    """An organisation's learning journey: what it asked, tried, failed at, learned and gave to others."""

    id: strawberry.ID = identified("organisation", JOURNEY)
    organisation: "Organisation | None" = one("The organisation whose journey this is.")
    position: Position = column("The position up to which events are taken into account.")
    memberships: "Connection[Membership]" = _own("The cohorts it has been a member of, and when.")
    pairings: "Connection[Pairing]" = many(
        "Its pairings with other organisations.", InList("organisations"), parent="organisation"
    )
    mindsets: "Connection[Mindset]" = _own("The assessments of its mindset.")
    questions: "Connection[Question]" = _own("The questions it framed.")
    iterations: "Connection[Iteration]" = _own(
        "The iterations it planned. Use `follows` and `followedBy` to trace chains of iterations."
    )
    reviews: "Connection[Review]" = _own("The reviews it held.")
    failures: "Connection[Failure]" = _own("The failures it recorded.")
    learnings: "Connection[Learning]" = _own(
        "The learnings it captured. Their `adoptions` show which organisations adopted them."
    )
    adoptions: "Connection[Adoption]" = _own("Its adoptions of other organisations' learnings.")
    asks: "Connection[Ask]" = _own("Its requests for help.")
    helps: "Connection[Help]" = _own("The help it gave to others.")
    inspirations: "Connection[Inspiration]" = _own("The inspirations it shared.")
    uses: "Connection[Use]" = _own("Its uses of inspirations.")
    outcomes: "Connection[HarvestedOutcome]" = _own("The outcomes it harvested.")
    sessions: "Connection[Session]" = many(
        "The sessions that it attended.", InList("attended"), parent="organisation"
    )
    commitments: "Connection[Commitment]" = _own("The commitments that it made.")
    checkins: "Connection[Checkin]" = _own("Its check-ins after the close of its cohorts.")
    publications: "Connection[Publication]" = _own("Its publications.")
