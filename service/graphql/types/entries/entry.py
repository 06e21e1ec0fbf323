"""What all entries of timelines share, and their pages."""

from datetime import datetime
from typing import Any

import strawberry

from events.terms import Visibility
from service.graphql.entries import EntryEvent
from service.graphql.fields.columns import column
from service.graphql.fields.field import Field
from service.graphql.fields.references import of_stream, one
from service.graphql.fields.shapes import declared, interface
from service.graphql.identity import ENTRY
from service.graphql.lists.pages import EDGES, NODES, ROW, FilteredPage, Placed
from service.graphql.types.bases import Node, Subject, identified
from service.graphql.types.cohorts import Cohort, Organisation
from service.graphql.types.entries.event import (
    ACTOR,
    POSITION,
    RECORDED_TIME,
    TIME,
    VISIBILITY,
    VOIDED_BY,
    Event,
)
from service.graphql.types.entries.summary import summary
from service.graphql.values.scalars import Position
from service.graphql.values.terms import EntryType


def _itself(description: str) -> Any:
    return Field(description, lambda place: EntryEvent())


@interface
class TimelineEntry(Node):
    """What all entries of timelines share."""

    id: strawberry.ID = identified("position", ENTRY)
    position: Position = column(POSITION)
    type: EntryType = column("What kind of event it is.")
    summary: str = summary(
        "One sentence in English that says what happened. It names nothing that you may not see, and no person."
    )
    time: datetime = column(TIME)
    recorded_time: datetime = column(RECORDED_TIME)
    actor: str = column(ACTOR)
    visibility: Visibility | None = column(VISIBILITY, "given")
    organisation: Organisation | None = one("The organisation that acts.")
    cohort: Cohort | None = one("The cohort in which it happened.")
    subject: Subject | None = of_stream("The first subject it names.")
    voided_by: Position | None = column(VOIDED_BY)
    event: Event | None = _itself(
        "The event as recorded; null where you may not see all that it names."
    )


@declared
class TimelineEdge(Placed):
    """A place in a `TimelineConnection`."""

    node: TimelineEntry = strawberry.field(description=ROW)


@declared
class TimelineConnection(FilteredPage):
    """A page of a timeline, in the order of `time`, then of `position`."""

    edges: list[TimelineEdge] = strawberry.field(description=EDGES)
    nodes: list[TimelineEntry] = strawberry.field(description=NODES)
    live_cursor: Position = strawberry.field(
        description="The position up to which this answer is complete: a subscription `after` it goes on from here."
    )
