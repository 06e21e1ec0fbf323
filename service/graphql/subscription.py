"""What can be followed: a timeline, live."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any, Final

import strawberry
import structlog
from graphql import GraphQLError, GraphQLResolveInfo

from events.store.connections import Unavailable
from projections import entries
from projections.entries import Chosen
from projections.state import Phase
from service.errors import KeyRefused
from service.graphql import arguments
from service.graphql.context import Context
from service.graphql.entries import entry_row
from service.graphql.errors import NOT_REACHED, argument_refusal, refusal
from service.graphql.fields.asked import followed
from service.graphql.fields.field import Row
from service.graphql.fields.shapes import declared
from service.graphql.loading import Loading
from service.graphql.sharing import Sharing
from service.graphql.timelines import KINDS, chosen_by
from service.graphql.types.entries.entry import TimelineEntry
from service.graphql.values.scalars import Position
from service.graphql.values.terms import EntryType

PAGE_ENTRIES: Final = 100

_log = structlog.get_logger(__name__)


async def _follow(
    root: Any,
    info: GraphQLResolveInfo[Any],
    organisation: Annotated[
        str | None,
        strawberry.argument(description="The organisation's key; either this or `cohort`."),
    ] = None,
    cohort: Annotated[
        str | None,
        strawberry.argument(description="The cohort's key; either this or `organisation`."),
    ] = None,
    after: Annotated[
        Position | None,
        strawberry.argument(
            description="Every entry behind this position, then each new one; null for new ones only. "
            "A `liveCursor`, or the position of the last entry that came."
        ),
    ] = None,
    kinds: Annotated[list[EntryType] | None, strawberry.argument(description=KINDS)] = None,
) -> AsyncIterator[Row]:
    if (organisation is None) == (cohort is None):
        name = "organisation" if organisation is None else "cohort"
        raise argument_refusal("argument.contradicts", name, "either `organisation` or `cohort`")
    kind, given = ("organisation", organisation) if cohort is None else ("cohort", cohort)
    key = arguments.key(given or "")
    context: Context = info.context
    position = context.served.position if after is None else after
    if not await context.served.wait_for(position, context.limits.min_position_seconds):
        raise refusal(
            NOT_REACHED,
            f"The read models are at {context.served.position}, not yet at {position}.",
            argument="after",
            position=context.served.position,
            lag=position - context.served.position,
        )
    loading = Loading(info)
    found = await loading.subjects(loading.shapes[kind], [key], [])
    if not found:
        raise argument_refusal("argument.unknown", kind, f"the key of a {kind} that you may see")
    return _entries(info, kind, key, position, kinds)


async def _entries(
    info: GraphQLResolveInfo[Any], kind: str, key: str, position: int, kinds: list[EntryType] | None
) -> AsyncIterator[Row]:
    """Yield what stands behind the position, then what comes, until the viewer's key ends.

    When the service stops, this does not end: the door ends the connection, and clients come again.
    """
    context: Context = info.context
    while True:
        await _check(context)
        through = context.served.position
        if position >= through:
            await _moved(context, position)
            continue
        chosen = chosen_by(kind, {"kinds": kinds}, through=through, after=position)
        rows = await _part(info, chosen, key)
        if rows is None:
            await _moved(context, through)
            continue
        for row in rows:
            yield row
        position = rows[-1]["position"] if len(rows) == PAGE_ENTRIES else through


async def _part(info: GraphQLResolveInfo[Any], chosen: Chosen, key: str) -> list[Row] | None:
    """Return the next entries with what is selected of them; None while they cannot be had.

    That is while the database is away, and while the read models are on their way to what hides something.
    """
    loading = Loading(info)
    try:
        rows: list[Row] = [dict(row) for row in await _page(loading, chosen, key)]
        await loading.fill_each(rows, info.field_nodes)
    except Unavailable as away:
        _log.info("subscription waits", trouble=str(away))
        return None
    except GraphQLError as error:
        will_be = loading.context.served.state.phase is not Phase.STOPPED
        if will_be and (error.extensions or {}).get("code") == NOT_REACHED:
            return None
        raise
    return rows


async def _page(loading: Loading, chosen: Chosen, key: str) -> list[Row]:
    """Return the next entries. All who follow the same for the same viewer share one statement."""

    async def ask() -> list[Row]:
        found = await loading.rows(lambda: entries.in_order(chosen, key, limit=PAGE_ENTRIES))
        return [entry_row(row, loading.context.log.catalogue) for row in found]

    sharing: Sharing = loading.info.schema.extensions["sharing"]
    found: list[Row] = await sharing.get((loading.context.viewer, chosen, key), ask)
    return found


async def _check(context: Context) -> None:
    try:
        await context.check()
    except KeyRefused:
        raise refusal("key.refused", "The key is no longer good.") from None


async def _moved(context: Context, position: int) -> None:
    """Wait until the read models go beyond the position, or it is time to look at the key again."""
    seconds = context.limits.look_seconds
    if context.served.state.phase is Phase.STOPPED:
        # Read models that have stopped go nowhere: waiting for them would end at once, again and again.
        await asyncio.sleep(seconds)
    else:
        await context.served.wait_for(position + 1, seconds)


@declared
class Subscription:
    """What can be followed live."""

    timeline: TimelineEntry = followed(
        _follow, "The entries of a timeline in order of position, each once, without end."
    )
