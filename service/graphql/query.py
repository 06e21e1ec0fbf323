"""What can be asked."""

from typing import Annotated

import strawberry

from service.graphql import arguments, event_log
from service.graphql.arguments import AFTER, FIRST
from service.graphql.context import Context
from service.graphql.event import Event, EventConnection
from service.graphql.organisation import Organisation, organisation
from service.graphql.person import Person, person
from service.graphql.scalars import Position

Asking = strawberry.Info[Context, None]


async def _organisation(
    info: Asking,
    key: Annotated[str, strawberry.argument(description="The key it was registered under.")],
) -> Organisation | None:
    return await organisation(info.context, arguments.key(key))


async def _person(
    info: Asking,
    key: Annotated[str, strawberry.argument(description="The key they were introduced under.")],
) -> Person | None:
    return await person(info.context, arguments.key(key))


async def _event(
    info: Asking,
    position: Annotated[Position, strawberry.argument(description="Its place in the log.")],
) -> Event | None:
    return await event_log.event(info.context, position)


async def _events(
    info: Asking,
    first: Annotated[int, strawberry.argument(description=FIRST)],
    after: Annotated[str | None, strawberry.argument(description=AFTER)] = None,
    stream: Annotated[
        str | None, strawberry.argument(description="Only those of this stream, as `<kind>/<key>`.")
    ] = None,
    type: Annotated[
        str | None,
        strawberry.argument(
            description="Only those of this type, by its full name, such as `org.howcanwe.cohort.formed.v1`."
        ),
    ] = None,
) -> EventConnection:
    size = arguments.page_size(first)
    return await event_log.events(info.context, size, after, stream, type)


@strawberry.type(
    description="What can be asked. What you may not see is absent, exactly like what is not there."
)
class Query:
    """The root of the graph."""

    organisation: Organisation | None = strawberry.field(
        resolver=_organisation,
        description="The organisation with this key; null where there is none.",
    )
    person: Person | None = strawberry.field(
        resolver=_person, description="The person with this key; null where there is none."
    )
    event: Event | None = strawberry.field(
        resolver=_event, description="The event at this position; null where there is none."
    )
    events: EventConnection = strawberry.field(
        resolver=_events,
        description="The events of the log, in the order in which they were recorded.",
    )
