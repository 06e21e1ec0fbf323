"""Events, as the log keeps them."""

from datetime import datetime
from typing import Final

import strawberry

from events.terms import Visibility
from service.graphql.fields.shapes import declared
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
class Event:
    """Something that happened, as the log keeps it."""

    position: Position = strawberry.field(description=POSITION)
    id: str = strawberry.field(description="The id its source gave it; unique within the source.")
    source: str = strawberry.field(description="Who sent it: a URI reference.")
    type: str = strawberry.field(
        description="Its type's full name, such as `org.howcanwe.cohort.formed.v1`."
    )
    subject: str | None = strawberry.field(
        description="The stream of the first subject it names, as `<kind>/<key>`; null where it is about an event."
    )
    time: datetime = strawberry.field(description=TIME)
    recorded_time: datetime = strawberry.field(description=RECORDED_TIME)
    actor: str = strawberry.field(description=ACTOR)
    visibility: Visibility | None = strawberry.field(description=VISIBILITY)
    organisation: str | None = strawberry.field(
        description="The key of the organisation that acts; null where the event names none."
    )
    data: JSON = strawberry.field(description="What its type says of it, as it was sent.")
    line: str = strawberry.field(
        description="The event's exact text: its bytes in UTF-8 are what the hash chain is made of."
    )
    voided_by: Position | None = strawberry.field(description=VOIDED_BY)
