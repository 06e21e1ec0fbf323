"""The sentence about one event, as a viewer may read it now. Webhooks that write to people ask for it."""

from collections.abc import Callable
from typing import Final

import orjson

from events.access.principal import Principal
from service.graphql.context import Context
from service.graphql.fetching.reads_after_writes import wait_for
from service.graphql.node_ids import ENTRY, opaque
from service.graphql.schema import Schema

_QUERY: Final = """
query Summary($id: ID!) { node(id: $id) { ... on TimelineEntry { summary voidedBy } } }
"""
_VOIDED: Final = "It has been voided."


class Summaries:
    """Asks the graph for the sentence about an event. `context_of` makes the context of a viewer."""

    def __init__(self, schema: Schema, context_of: Callable[[Principal], Context]) -> None:
        self._schema = schema
        self._context_of = context_of

    async def __call__(self, position: int, viewer: Principal) -> str:
        """Return the sentence about the event at a position, and another one if the event has been voided.

        Everything counts that is recorded by now: a wording that has been corrected is not returned. Raises a GraphQL
        error if the read models do not have all of it in time, or cannot be read.
        """
        context = self._context_of(viewer)
        await wait_for(context, max(position, await context.log.head()))
        result = await self._schema.execute(_QUERY, {"id": opaque(f"{ENTRY}/{position}")}, context)
        if result.errors:
            raise result.errors[0]
        # PostgreSQL wrote parts of the answer as JSON.
        entry = orjson.loads(orjson.dumps(result.data))["node"]
        if not entry:
            return f"Event {position} was recorded."
        summary = str(entry["summary"])
        return summary if entry["voidedBy"] is None else f"{summary} {_VOIDED}"
