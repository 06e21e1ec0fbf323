"""An event, and pages of events."""

from collections.abc import Mapping, Sequence
from typing import Self

import strawberry
from strawberry.relay import PageInfo
from strawberry.scalars import JSON

from events.catalogue import Catalogue
from events.recorded import Recorded
from service.graphql.scalars import DateTime, Position
from service.graphql.visibility import Visibility


@strawberry.type(description="Something that happened, as the log keeps it.")
class Event:
    """An event; everything is taken from its line."""

    position: Position = strawberry.field(description="Its place in the log.")
    id: str = strawberry.field(description="The id its source gave it; unique within the source.")
    source: str = strawberry.field(description="Who sent it: a URI reference.")
    type: str = strawberry.field(
        description="Its type's full name, such as `org.howcanwe.cohort.formed.v1`."
    )
    subject: str | None = strawberry.field(
        description="The stream of the first subject it names, as `<kind>/<key>`."
    )
    time: DateTime = strawberry.field(description="When it happened, exactly as it was told.")
    recorded_time: DateTime = strawberry.field(description="When the log took it in.")
    actor: str = strawberry.field(description="Who did it: `person/<key>` or `service/<key>`.")
    visibility: Visibility | None = strawberry.field(
        description="The level its sender gave; null where none was given. Who sees it is judged by the level now."
    )
    organisation: str | None = strawberry.field(
        description="The key of the organisation that acts; null where the event names none."
    )
    data: JSON = strawberry.field(description="What its type says of it, as it was sent.")
    line: str = strawberry.field(
        description="The event's exact text: its bytes in UTF-8 are what the hash chain is made of."
    )
    voided_by: Position | None = strawberry.field(
        description="The position of the event that took it back; null while it stands."
    )

    @classmethod
    def of(cls, recorded: Recorded, catalogue: Catalogue, voided_by: int | None) -> Self:
        """Return the event that was recorded. Raises UnknownType."""
        content = recorded.content
        event = recorded.event(catalogue)
        return cls(
            position=Position(recorded.position),
            id=content["id"],
            source=content["source"],
            type=content["type"],
            subject=content.get("subject"),
            time=DateTime(content["time"]),
            recorded_time=DateTime(content["recordedtime"]),
            actor=content["actor"],
            visibility=Visibility[event.visibility.name] if event.visibility else None,
            organisation=event.organisation,
            data=JSON(content["data"]),
            line=recorded.line.decode(),
            voided_by=None if voided_by is None else Position(voided_by),
        )


@strawberry.type(description="An event's place in a list of events.")
class EventEdge:
    """An edge of an `EventConnection`."""

    cursor: str = strawberry.field(description="Where the event stands in this list.")
    node: Event = strawberry.field(description="The event.")


@strawberry.type(description="Events of the log, in the order in which they were recorded.")
class EventConnection:
    """A page of the log."""

    edges: list[EventEdge] = strawberry.field(description="The events with their cursors.")
    nodes: list[Event] = strawberry.field(description="The events alone.")
    page_info: PageInfo = strawberry.field(
        description="Where the page begins and ends. There may be a next page though this one is not full."
    )


def events_of(
    page: Sequence[Recorded], catalogue: Catalogue, voids: Mapping[int, int]
) -> list[Event]:
    """Return the events of a page; `voids` gives what took them back."""
    return [Event.of(recorded, catalogue, voids.get(recorded.position)) for recorded in page]
