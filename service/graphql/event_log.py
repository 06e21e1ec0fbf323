"""The log, as its viewer may see it."""

from typing import Final

from strawberry.relay import PageInfo

from events.recorded import Recorded
from events.store.reading import Selection
from service.graphql import arguments
from service.graphql.context import Context
from service.graphql.cursors import Cursors, read_position
from service.graphql.event import Event, EventConnection, EventEdge, events_of

SCAN_EVENTS: Final = 500
SCAN_EVENTS_MAX: Final = 5_000


async def event(context: Context, position: int) -> Event | None:
    """Return the event; None where there is none that the viewer may see."""
    recorded = await context.log.visible_event(position, context.viewer)
    voids = await context.runner.read_models.voids([position])
    if recorded is None:
        return None
    return Event.of(recorded, context.log.catalogue, voids.get(position))


async def events(
    context: Context, first: int, after: str | None, stream: str | None, type_: str | None
) -> EventConnection:
    """Return the `first` events of the selection that the viewer may see behind the cursor `after`."""
    selection = Selection(
        streams=() if stream is None else (arguments.stream(stream),),
        types=() if type_ is None else (arguments.event_type(type_, context.log.catalogue),),
    )
    cursors = Cursors(("events", stream, type_))
    page, end, has_more = await _page(context, selection, read_position(cursors, after), first)
    voids = await context.runner.read_models.voids(recorded.position for recorded in page)
    edges = [
        EventEdge(cursor=cursors.write(node.position), node=node)
        for node in events_of(page, context.log.catalogue, voids)
    ]
    return EventConnection(
        edges=edges,
        nodes=[edge.node for edge in edges],
        page_info=PageInfo(
            has_next_page=has_more,
            has_previous_page=after is not None,
            start_cursor=edges[0].cursor if edges else None,
            end_cursor=cursors.write(end) if edges or has_more else None,
        ),
    )


async def _page(
    context: Context, selection: Selection, after: int, first: int
) -> tuple[list[Recorded], int, bool]:
    """Return the next events the viewer may see, the position the page ends at, and whether there may be more.

    Of a long log of which the viewer sees little, a page ends early: no request reads more than `SCAN_EVENTS_MAX`.
    """
    size = first + 1 if context.viewer.facilitates_everything else SCAN_EVENTS
    found: list[Recorded] = []
    scanned = 0
    while scanned < SCAN_EVENTS_MAX:
        page = await context.log.page(selection, after=after, limit=size)
        found += await context.log.visible(page, context.viewer)
        if len(found) > first:
            return found[:first], found[first - 1].position, True
        if len(page) < size:
            return found, found[-1].position if found else after, False
        scanned += len(page)
        after = page[-1].position
    return found, after, True
