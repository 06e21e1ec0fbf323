"""The record at one head of the log, for the recorder: states and events that are still true when they arrive."""

from collections.abc import Sequence

import asyncpg

from events.lines.chain import Head
from events.state.loading import StreamStates
from events.store import lookups
from events.store.table_source import TableSource
from events.vocabulary.catalogue import Catalogue
from events.vocabulary.event import Event
from events.vocabulary.stream import Stream


class HeadMoved(Exception):
    """The log has another head than the cache, so what was judged on the cache does not count."""


class CheckedSource(TableSource):
    """Fetches states and events, and raises HeadMoved unless the log's head is still `head` when they were read."""

    def __init__(self, connection: asyncpg.Connection, catalogue: Catalogue, head: Head) -> None:
        super().__init__(connection, catalogue)
        self._head = head

    async def check(self) -> None:
        """Return if the log's head is still the same. Raises HeadMoved."""
        if await lookups.head(self._connection) != self._head:
            raise HeadMoved

    async def streams(self, streams: Sequence[Stream]) -> StreamStates:
        """Return the version and the state of every one of the streams."""
        # The statement returns the head, too, which saves a round trip.
        found, position = await lookups.subjects(self._connection, streams)
        if position != self._head.position:
            raise HeadMoved
        return found

    async def event(self, position: int) -> Event | None:
        """Return the event at the position, None if there is none."""
        event = await super().event(position)
        await self.check()
        return event

    async def identified(self, identity: tuple[str, str]) -> Event | None:
        """Return the event with this source and id, None if there is none."""
        event = await super().identified(identity)
        await self.check()
        return event

    async def history(self, stream: Stream) -> tuple[Sequence[Event], StreamStates]:
        """Return the events of the stream, oldest first, and what later events changed about each."""
        found = await super().history(stream)
        await self.check()
        return found
