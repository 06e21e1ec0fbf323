"""The common fields of timeline entries, and the pages of timelines."""

from datetime import datetime
from typing import Any

import strawberry

from events.vocabulary.terms import TimePrecision, Visibility
from service.graphql.fetching.entries import EntryEvent
from service.graphql.fields.columns import column
from service.graphql.fields.field import Field
from service.graphql.fields.references import of_stream, one
from service.graphql.fields.shapes import declared, interface
from service.graphql.lists.pages import EDGES, NODES, ROW, EdgeBase, FilteredPage
from service.graphql.lookups.corrections import Correction, corrections_of
from service.graphql.node_ids import ENTRY
from service.graphql.types.bases import PRECISION, Node, Subject, identified
from service.graphql.types.cohorts import Cohort, Organisation
from service.graphql.types.entries.event import (
    ACTOR,
    CORRECTIONS,
    POSITION,
    RECORDED_TIME,
    TIME,
    VISIBILITY,
    VOIDED_BY,
    LogEvent,
)
from service.graphql.types.entries.summary import summary
from service.graphql.values.scalars import Position
from service.graphql.values.terms import EntryType


def _itself(description: str) -> Any:
    return Field(description, lambda place: EntryEvent())


@interface
class TimelineEntry(Node):
    """An entry of a timeline, which presents one event. Each type of event has its own type of entry."""

    id: strawberry.ID = identified("position", ENTRY)
    position: Position = column(POSITION)
    type: EntryType = column("The type of the event.")
    summary: str = summary(
        "One sentence in English that says what happened. "
        "It names no person, and nothing that you are not allowed to see."
    )
    time: datetime = column(TIME)
    time_precision: TimePrecision | None = column(PRECISION)
    recorded_time: datetime = column(RECORDED_TIME)
    actor: str = column(ACTOR)
    visibility: Visibility | None = column(VISIBILITY, "provided_visibility")
    organisation: Organisation | None = one("The organisation that acts.")
    cohort: Cohort | None = one("The cohort that the event belongs to.")
    subject: Subject | None = of_stream("The first subject it names.")
    voided_by: Position | None = column(VOIDED_BY)
    corrections: list[Correction] = corrections_of(CORRECTIONS)
    event: LogEvent | None = _itself(
        "The event as recorded. Null if it names a subject that you are not allowed to see."
    )


@declared
class TimelineEdge(EdgeBase):
    """An entry of `TimelineConnection`, with its cursor."""

    node: TimelineEntry = strawberry.field(description=ROW)


@declared
class TimelineConnection(FilteredPage):
    """A page of a timeline, ordered by `time`, then by `position`."""

    edges: list[TimelineEdge] = strawberry.field(description=EDGES)
    nodes: list[TimelineEntry] = strawberry.field(description=NODES)
    live_cursor: Position = strawberry.field(
        description="The position up to which this answer is complete. "
        "Pass it to a subscription as `after`, to continue from there."
    )
