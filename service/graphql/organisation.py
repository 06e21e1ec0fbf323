"""An organisation."""

from typing import Annotated

import strawberry

from service.graphql import arguments
from service.graphql.arguments import AFTER, FIRST
from service.graphql.context import Context
from service.graphql.timeline import TimelineConnection, timeline


async def _timeline(
    root: strawberry.Parent["Organisation"],
    info: strawberry.Info[Context, None],
    first: Annotated[int, strawberry.argument(description=FIRST)],
    after: Annotated[str | None, strawberry.argument(description=AFTER)] = None,
) -> TimelineConnection:
    return await timeline(info.context, root.key, arguments.page_size(first), after)


@strawberry.type(description="An organisation that takes part, as it registered.")
class Organisation:
    """An organisation."""

    key: str = strawberry.field(description="The key it was registered under.")
    name: str = strawberry.field(description="What it is called.")
    sector: str = strawberry.field(description="The field it works in, in its facilitator's words.")
    purpose: str | None = strawberry.field(
        description="What it is there for; null where it did not say."
    )
    country: str | None = strawberry.field(
        description="Where it is at home: ISO 3166-1 alpha-2; null where it did not say."
    )

    timeline: TimelineConnection = strawberry.field(
        resolver=_timeline,
        description="What happened that concerns it: its own events, and those of others about what is its own.",
    )


async def organisation(context: Context, key: str) -> Organisation | None:
    """Return the organisation; None where there is none that the viewer may see.

    Whether it may be seen is asked of the log, which is never behind.
    """
    found = await context.runner.read_models.organisation(key)
    version = await context.log.stream_version(f"organisation/{key}", context.viewer)
    if found is None or not version:
        return None
    return Organisation(
        key=found.key,
        name=found.name,
        sector=found.sector,
        purpose=found.purpose,
        country=found.country,
    )
