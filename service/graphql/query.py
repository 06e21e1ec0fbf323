"""What can be asked."""

from typing import Annotated, Any

import strawberry
from graphql import GraphQLResolveInfo

from service.graphql import event_log
from service.graphql.event_log import EventConnection
from service.graphql.fields.asked import asked
from service.graphql.fields.field import Row
from service.graphql.fields.roots import by_key, every
from service.graphql.fields.shapes import declared
from service.graphql.insights.figures import Insights, insights
from service.graphql.lists.pages import Connection
from service.graphql.nodes import node, nodes, subjects
from service.graphql.resuming import live_cursor
from service.graphql.search import SearchConnection, search
from service.graphql.types.bases import Node, Subject
from service.graphql.types.cohorts import Cohort, Organisation, Pairing
from service.graphql.types.entries.event import Event
from service.graphql.types.exchange import Ask, Inspiration
from service.graphql.types.failures import Failure
from service.graphql.types.iterations import Iteration
from service.graphql.types.learnings import Learning
from service.graphql.types.questions import Question
from service.graphql.types.record import Person
from service.graphql.types.results import Outcome, Publication
from service.graphql.types.viewer import Viewer
from service.graphql.values.scalars import Position
from service.graphql.viewer import viewer


async def _event(
    root: Any,
    info: GraphQLResolveInfo[Any],
    position: Annotated[Position, strawberry.argument(description="Its place in the log.")],
) -> Row | None:
    return await event_log.event(info.context, position)


@declared
class Query:
    """What can be asked. What you may not see is absent, exactly like what is not there."""

    cohort: Cohort | None = by_key("A cohort")
    cohorts: Connection[Cohort] = every("cohorts")
    organisation: Organisation | None = by_key("An organisation")
    organisations: Connection[Organisation] = every("organisations")
    pairing: Pairing | None = by_key("A pairing")
    pairings: Connection[Pairing] = every("pairings")
    question: Question | None = by_key("A question")
    questions: Connection[Question] = every("questions")
    iteration: Iteration | None = by_key("An iteration")
    iterations: Connection[Iteration] = every("iterations")
    failure: Failure | None = by_key("A failure")
    failures: Connection[Failure] = every("failures")
    learning: Learning | None = by_key("A learning")
    learnings: Connection[Learning] = every("learnings")
    inspiration: Inspiration | None = by_key("An inspiration")
    inspirations: Connection[Inspiration] = every("inspirations")
    ask: Ask | None = by_key("An ask")
    asks: Connection[Ask] = every("asks")
    outcome: Outcome | None = by_key("An outcome")
    outcomes: Connection[Outcome] = every("outcomes")
    publication: Publication | None = by_key("A publication")
    publications: Connection[Publication] = every("publications")
    person: Person | None = by_key("A person")
    persons: Connection[Person] = every("persons")
    node: Node | None = node()
    nodes: list[Node | None] = nodes()
    subjects: list[Subject | None] = subjects()
    viewer: Viewer = viewer()
    live_cursor: Position = live_cursor(
        "The position up to which this answer is complete. Pass it as `after` to a subscription, "
        "which continues there.",
    )
    event: Event | None = asked(
        _event,
        "The event at this position; null where there is none that you may see with all that it names.",
    )
    events: EventConnection = asked(
        event_log.events,
        "The events of the log of which you may see all that they name, as they were recorded.",
    )
    search: SearchConnection = asked(
        search,
        "The subjects of which something that you may see was said with these words, in the event "
        "that\ncreated them or in any about them: names and titles first, then whole words, then "
        "what is newer.",
    )
    insights: Insights | None = asked(
        insights,
        "The figures, exactly, over what you may see now. `n` is the size of the set a figure is over "
        "and `items` are the n things, as\n"
        "`<kind>/<key>`, by creation. Durations are in days, shares between 0 and 1, with nine "
        "decimals; of an empty set they are null.\n"
        "Figures that a partial view would distort are null unless you are facilitator of everything, "
        "or of all the cohorts that you\n"
        "filter by, or an organisation that asks for itself alone. A filter by what you may not see "
        "matches nothing, like an unknown key.",
    )
