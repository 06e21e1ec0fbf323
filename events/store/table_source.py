"""Fetches states and events that code misses from the log's tables (see `events.state.loading`)."""

from collections.abc import Sequence

import asyncpg

from events.state.loading import StreamStates
from events.store import lookups
from events.store.lookups import Stored
from events.vocabulary.catalogue import Catalogue
from events.vocabulary.event import Event
from events.vocabulary.stream import Stream, event_reference


class TableSource:
    """Fetches states and events as the tables have them now."""

    def __init__(self, connection: asyncpg.Connection, catalogue: Catalogue) -> None:
        self._connection = connection
        self._catalogue = catalogue

    async def streams(self, streams: Sequence[Stream]) -> StreamStates:
        """Return the version and the state of every one of the streams."""
        found, _ = await lookups.subjects(self._connection, streams)
        return found

    async def event(self, position: int) -> Event | None:
        """Return the event at the position, None if there is none."""
        stored = await lookups.stored(self._connection, position)
        return self._event(stored) if stored else None

    async def identified(self, identity: tuple[str, str]) -> Event | None:
        """Return the event with this source and id, None if there is none."""
        found = await lookups.identities(self._connection, [identity])
        stored = found.get(identity)
        return self._event(stored) if stored else None

    def _event(self, stored: Stored) -> Event:
        return stored.recorded.event(self._catalogue).sent_by(stored.sender)

    async def history(self, stream: Stream) -> tuple[Sequence[Event], StreamStates]:
        """Return the events of the stream, oldest first, and what later events changed about each."""
        rows = await lookups.history(self._connection, stream)
        events = [recorded.event(self._catalogue) for recorded, _ in rows]
        return events, {
            event_reference(recorded.position): (0, amendments) for recorded, amendments in rows
        }


class PastTableSource(TableSource):
    """Fetches events up to the position `through`, for code that goes through the log from its first event on.

    That code makes the states itself: those in the tables are of the log's end.
    """

    def __init__(
        self, connection: asyncpg.Connection, catalogue: Catalogue, *, through: int
    ) -> None:
        super().__init__(connection, catalogue)
        self._through = through

    async def event(self, position: int) -> Event | None:
        """Return the event at the position, None if there is none or it is later."""
        return await super().event(position) if position <= self._through else None

    async def history(self, stream: Stream) -> tuple[Sequence[Event], StreamStates]:
        """Return the events of the stream, oldest first, without later ones; no states."""
        events, _ = await super().history(stream)
        return [event for event in events if event.position <= self._through], {}
