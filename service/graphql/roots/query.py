"""The root type `Query`."""

from typing import Annotated, Any

import strawberry
from graphql import GraphQLResolveInfo

from service.graphql.fields.field import Row
from service.graphql.fields.resolvers import resolved_by
from service.graphql.fields.shapes import declared
from service.graphql.insights.figures import Insights, insights
from service.graphql.lists.pages import Connection
from service.graphql.lookups.live_cursor import live_cursor
from service.graphql.lookups.nodes import node, nodes, subjects
from service.graphql.lookups.subjects import by_key, every
from service.graphql.lookups.viewer import viewer
from service.graphql.roots import event_log
from service.graphql.roots.event_log import EventConnection
from service.graphql.roots.search import SearchConnection, search_subjects
from service.graphql.roots.viewer import Viewer
from service.graphql.types.bases import Node, Subject
from service.graphql.types.cohorts import Cohort, Organisation, Pairing
from service.graphql.types.entries.event import LogEvent
from service.graphql.types.exchange import Ask, Inspiration
from service.graphql.types.failures import Failure
from service.graphql.types.iterations import Iteration
from service.graphql.types.learnings import Learning
from service.graphql.types.questions import Question
from service.graphql.types.record import Person
from service.graphql.types.results import HarvestedOutcome, Publication
from service.graphql.types.sessions import Commitment, Session
from service.graphql.values.scalars import Position


async def _event(
    root: Any,
    info: GraphQLResolveInfo[Any],
    position: Annotated[
        Position, strawberry.argument(description="The event's position in the log.")
    ],
) -> Row | None:
    return await event_log.event(info, position)


@declared
class Query:
    """The queries. Items that you are not allowed to see look the same as items that do not exist."""

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
    outcome: HarvestedOutcome | None = by_key("An outcome")
    outcomes: Connection[HarvestedOutcome] = every("outcomes")
    publication: Publication | None = by_key("A publication")
    publications: Connection[Publication] = every("publications")
    session: Session | None = by_key("A session")
    sessions: Connection[Session] = every("sessions")
    commitment: Commitment | None = by_key("A commitment")
    commitments: Connection[Commitment] = every("commitments")
    person: Person | None = by_key("A person")
    persons: Connection[Person] = every("persons")
    node: Node | None = node()
    nodes: list[Node | None] = nodes()
    subjects: list[Subject | None] = subjects()
    viewer: Viewer = viewer()
    live_cursor: Position = live_cursor(
        "The position up to which this answer is complete. "
        "Pass it to a subscription as `after`, to continue from there.",
    )
    event: LogEvent | None = resolved_by(
        _event,
        "The event at this position. "
        "Null if there is none, or if it names a subject that you are not allowed to see.",
    )
    events: EventConnection = resolved_by(
        event_log.events,
        "The events of the log, in the order in which they were recorded. "
        "Events that name a subject you are not allowed to see are left out.",
    )
    search: SearchConnection = resolved_by(
        search_subjects,
        "The subjects with these words in the event that created them, or in any event about them, as far as\n"
        "you are allowed to see it. Matches in names and titles come first, then matches of whole words, "
        "then newer ones.",
    )
    insights: Insights | None = resolved_by(
        insights,
        "Exact figures over what you are allowed to see now. `n` is the size of the set that a figure is computed\n"
        "over; `items` lists its n members as `<kind>/<key>`, in order of creation. Durations are in days, shares\n"
        "between 0 and 1; both have nine decimals and are null for an empty set. A figure that a partial view would\n"
        "distort is null unless you are a facilitator of everything, a facilitator or an evaluator of all the cohorts\n"
        "in your filter, or an organisation that asks only about itself. A filter by something that you are not\n"
        "allowed to see matches nothing, like an unknown key.",
    )
