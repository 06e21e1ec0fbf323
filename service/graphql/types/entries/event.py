"""Events, as the log keeps them."""

from datetime import datetime
from typing import Final

import strawberry

from events.terms import Visibility
from service.graphql.fields.columns import column
from service.graphql.fields.shapes import declared
from service.graphql.identity import EVENT
from service.graphql.types.bases import Node, identified
from service.graphql.values.scalars import JSON, Position

POSITION: Final = "Its place in the log."
RECORDED_TIME: Final = "When the log took it in."
TIME: Final = "When it happened, exactly as it was told."
ACTOR: Final = "Who did it: `person/<key>` or `service/<key>`."
VISIBILITY: Final = (
    "The level its sender gave; null where none was given. Who sees it is judged by the level now."
)
VOIDED_BY: Final = "The position of the event that took it back; null while it stands."


@declared
class Event(Node):
    """Something that happened, as the log keeps it."""

    id: strawberry.ID = identified("position", EVENT)
    position: Position = column(POSITION)
    event_id: str = column(
        "The CloudEvents `id` that its source gave it. It is unique within the source only."
    )
    source: str = column("Who sent it: a URI reference.")
    type: str = column("Its type's full name, such as `org.howcanwe.cohort.formed.v1`.")
    subject: str | None = column(
        "The stream of the first subject it names, as `<kind>/<key>`; null where it is about an event."
    )
    time: datetime = column(TIME)
    recorded_time: datetime = column(RECORDED_TIME)
    actor: str = column(ACTOR)
    visibility: Visibility | None = column(VISIBILITY)
    organisation: str | None = column(
        "The key of the organisation that acts; null where the event names none."
    )
    data: JSON = column("What its type says of it, as it was sent.")
    line: str = column(
        "The event's exact text: its bytes in UTF-8 are what the hash chain is made of."
    )
    voided_by: Position | None = column(VOIDED_BY)
