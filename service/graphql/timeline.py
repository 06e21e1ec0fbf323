"""An organisation's timeline, as its viewer may see it."""

from collections.abc import Sequence
from typing import Final

import strawberry
from strawberry.relay import PageInfo

from projections.reading import Entry, Place
from service.graphql.context import Context
from service.graphql.cursors import Cursors, read_place
from service.graphql.event import Event

SCAN_ENTRIES: Final = 200


@strawberry.type(description="An event's place in a timeline.")
class TimelineEdge:
    """An edge of a `TimelineConnection`."""

    cursor: str = strawberry.field(description="Where the entry stands in this timeline.")
    node: Event = strawberry.field(description="The entry.")


async def _total_count(
    root: strawberry.Parent["TimelineConnection"], info: strawberry.Info[Context, None]
) -> int:
    return await _length(info.context, root.organisation)


@strawberry.type(
    description="What happened that concerns an organisation, in the order of `time`, then of `position`."
)
class TimelineConnection:
    """A page of a timeline."""

    organisation: strawberry.Private[str]
    edges: list[TimelineEdge] = strawberry.field(description="The entries with their cursors.")
    nodes: list[Event] = strawberry.field(description="The entries alone.")
    page_info: PageInfo = strawberry.field(description="Where the page begins and ends.")

    total_count: int = strawberry.field(
        resolver=_total_count,
        description="How many entries the timeline has for you, on all pages.",
    )


async def timeline(
    context: Context, organisation: str, first: int, after: str | None
) -> TimelineConnection:
    """Return the `first` entries that the viewer may see behind the cursor `after`."""
    cursors = Cursors(("timeline", organisation))
    entries, has_more = await _page(context, organisation, read_place(cursors, after), first)
    edges = [
        TimelineEdge(
            cursor=cursors.write(*entry.place),
            node=Event.of(entry.recorded, context.log.catalogue, entry.voided_by),
        )
        for entry in entries
    ]
    return TimelineConnection(
        organisation=organisation,
        edges=edges,
        nodes=[edge.node for edge in edges],
        page_info=PageInfo(
            has_next_page=has_more,
            has_previous_page=after is not None,
            start_cursor=edges[0].cursor if edges else None,
            end_cursor=edges[-1].cursor if edges else None,
        ),
    )


async def _page(
    context: Context, organisation: str, place: Place | None, first: int
) -> tuple[list[Entry], bool]:
    """Return the next entries the viewer may see, and whether there are more of them."""
    size = first + 1 if context.viewer.facilitates_everything else SCAN_ENTRIES
    found: list[Entry] = []
    while len(found) <= first:
        entries = await context.runner.read_models.timeline(organisation, place, size)
        found += await _visible(context, entries)
        if len(entries) < size:
            break
        place = entries[-1].place
    return found[:first], len(found) > first


async def _length(context: Context, organisation: str) -> int:
    """Return how many entries the viewer may see.

    Whoever does not see everything costs a reading of the whole timeline: who sees an entry depends on levels,
    pairings and memberships as they are now, which the read model does not hold.
    """
    read_models = context.runner.read_models
    if context.viewer.facilitates_everything:
        return await read_models.timeline_length(organisation)
    length = 0
    place: Place | None = None
    while entries := await read_models.timeline(organisation, place, SCAN_ENTRIES):
        length += len(await _visible(context, entries))
        place = entries[-1].place
    return length


async def _visible(context: Context, entries: Sequence[Entry]) -> list[Entry]:
    page = [entry.recorded for entry in entries]
    seen = {recorded.position for recorded in await context.log.visible(page, context.viewer)}
    return [entry for entry in entries if entry.place.position in seen]
