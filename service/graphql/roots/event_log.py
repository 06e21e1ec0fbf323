"""The fields `event` and `events` of `Query`: events of the log that the viewer may see."""

from collections.abc import Sequence
from typing import Annotated, Any, Final

import strawberry
from graphql import FieldNode, GraphQLResolveInfo

from events.lines.recorded import Recorded
from events.store.reading import Selection
from projections.queries import corrections
from service.graphql import arguments
from service.graphql.context import Context
from service.graphql.fetching.entries import EVENT_TYPE, entry_row, event_row
from service.graphql.fetching.loading import Loading
from service.graphql.fetching.rows import one_by_one
from service.graphql.fields.field import Row
from service.graphql.fields.shapes import declared
from service.graphql.lists.cursors import Cursors, read_position
from service.graphql.lists.pages import AFTER, HOW_MANY, PageInfo
from service.graphql.types.entries.event import LogEvent

SCAN_EVENTS: Final = 500
SCAN_EVENTS_MAX: Final = 5_000


@declared
class EventEdge:
    """An event of `EventConnection`, with its cursor."""

    cursor: str = strawberry.field(description="The cursor of the event in this list.")
    node: LogEvent = strawberry.field(description="The event.")


@declared
class EventConnection:
    """A page of events of the log, in the order in which they were recorded."""

    edges: list[EventEdge] = strawberry.field(
        description="The events of this page, each with its cursor."
    )
    nodes: list[LogEvent] = strawberry.field(description="The events of this page.")
    page_info: PageInfo = strawberry.field(
        description="The position of this page in the list. "
        "There may be a next page even if this one is not full."
    )


async def events(
    root: Any,
    info: GraphQLResolveInfo[Any],
    first: Annotated[int | None, strawberry.argument(description=HOW_MANY)] = None,
    after: Annotated[str | None, strawberry.argument(description=AFTER)] = None,
    stream: Annotated[
        str | None,
        strawberry.argument(
            description="Return only events of this stream, given as `<kind>/<key>`."
        ),
    ] = None,
    type: Annotated[
        str | None,
        strawberry.argument(
            description="Return only events of this type, given by its short name (every version), such as "
            "`cohort.formed`, or full name, such as `org.howcanwe.cohort.formed.v1`."
        ),
    ] = None,
) -> Row:
    """Return a page of those events of the log that name only subjects that the viewer may see."""
    size = arguments.page_size({"first": first}, info.context.limits.list_size_max).rows
    return await _events(info, size, after, stream, type)


async def event(info: GraphQLResolveInfo[Any], position: int) -> Row | None:
    """Return the event at a position, None if there is none that the viewer may see."""
    context: Context = info.context
    recorded = await context.log.event(position)
    if recorded is None or not await context.log.visible([recorded], context.viewer):
        return None
    loading = Loading(info, one_by_one(info))
    [found] = await _rows(loading, [recorded], info.field_nodes)
    return found


async def _events(
    info: GraphQLResolveInfo[Any],
    first: int,
    after: str | None,
    stream: str | None,
    type_: str | None,
) -> Row:
    """Return the `first` events of the selection after the cursor `after` that the viewer may see."""
    context: Context = info.context
    selection = Selection(
        streams=() if stream is None else (arguments.stream(stream),),
        types=() if type_ is None else arguments.event_types(type_, context.log.catalogue),
    )
    cursors = Cursors(("events", stream, type_))
    page, end, has_more = await _page(context, selection, read_position(cursors, after), first)
    loading = Loading(info, one_by_one(info))
    nodes = await _rows(loading, page, *_selections(loading, info.field_nodes))
    edges = [{"cursor": cursors.write(node["position"]), "node": node} for node in nodes]
    return {
        "edges": edges,
        "nodes": nodes,
        "pageInfo": {
            "hasNextPage": has_more,
            "hasPreviousPage": after is not None,
            "startCursor": edges[0]["cursor"] if edges else None,
            "endCursor": cursors.write(end) if edges or has_more else None,
        },
    }


async def _rows(
    loading: Loading, page: Sequence[Recorded], *selections: Sequence[FieldNode]
) -> list[Row]:
    """Return the events as the executor reads them, with what is selected below them by any of these nodes."""
    context = loading.context
    positions = [recorded.position for recorded in page]
    later = await context.served.read_models.touched(positions)
    corrected = sorted(place for place, about in later.items() if about.is_corrected)
    hidden: dict[int, Any] = {}
    if corrected:
        # Only these wait for read models that hide something too late; the log itself hides the others.
        rows = await loading.rows(lambda: corrections.corrections_of_hidden_lines(corrected))
        hidden = {row["position"]: row["corrections"] for row in rows}
    found = []
    for recorded in page:
        place = recorded.position
        entry = {
            "position": place,
            "occurred_at": None,
            "line": recorded.line.decode(),
            "streams": "{}",
            "voided_by": later[place].voided_by,
            "corrections": hidden.get(place),
        }
        shows_line = place not in hidden
        found.append(event_row(entry_row(entry, context.log.catalogue), shows_line=shows_line))
    for nodes in selections:
        await loading.fill(EVENT_TYPE, found, nodes)
    return found


def _selections(
    loading: Loading, nodes: Sequence[FieldNode]
) -> tuple[Sequence[FieldNode], Sequence[FieldNode]]:
    """Return the nodes that select events in `nodes`, and those that select them in `edges`."""
    selection = loading.selection
    page = selection.child(loading.type("EventConnection"), nodes, "nodes", "edges")
    edges = selection.child(loading.type("EventEdge"), page.get("edges", ()), "node")
    return page.get("nodes", ()), edges.get("node", ())


async def _page(
    context: Context, selection: Selection, after: int, first: int
) -> tuple[list[Recorded], int, bool]:
    """Return the next events that the viewer may see, the position at which the page ends, and whether more may follow.

    No request reads more than `SCAN_EVENTS_MAX` events. So a page may end early if the viewer sees few of many events.
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
