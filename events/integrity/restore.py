"""Restoring a full export into an empty log. `howcanwe restore` runs it.

Positions, recorded times and hashes are those of the lines. Streams, versions and the subjects' states are computed
from the lines with the folds that recording uses. An export has neither the senders of the events (they become
`RECORD`) nor the keys of persons: names stay unreadable, as if the persons had been forgotten.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence

import asyncpg
import orjson

from events.access.principal import RECORD
from events.integrity.replayed_state import ReplayedState
from events.lines.chain import Head, line_hash
from events.lines.recorded import UnknownType, read_unverified
from events.state.draft import Draft
from events.state.fingerprint import state_fingerprint
from events.state.loading import StreamStates, run_loading
from events.store import appending, lookups, restoring, states
from events.store.appending import AppendedEvent
from events.store.table_source import PastTableSource
from events.vocabulary.catalogue import Catalogue
from events.vocabulary.event import Event
from events.vocabulary.faults import EventsError
from events.vocabulary.stream import Stream
from events.vocabulary.types.record import PersonIntroduced
from events.vocabulary.values.times import moment

ROWS_MAX = 2_000


class NotEmpty(EventsError):
    """The log has events already."""

    def __init__(self, events: int) -> None:
        self.events = events
        super().__init__(f"the log is not empty: it has {events} events; restore into an empty one")


class NotAChain(EventsError):
    """The lines are not a full export: at this position the chain from the first event on is broken."""

    def __init__(self, position: int, reason: str) -> None:
        self.position = position
        self.reason = reason
        super().__init__(f"not a full export: at position {position} {reason}")


class Restorer:
    """Restores lines into the empty log of a connection, all or none. `on_event` is called with each position."""

    def __init__(
        self,
        connection: asyncpg.Connection,
        catalogue: Catalogue,
        on_event: Callable[[int], None] = lambda position: None,
    ) -> None:
        self._connection = connection
        self._catalogue = catalogue
        self._on_event = on_event
        self._state = ReplayedState()
        self._head = Head()
        self._rows: list[AppendedEvent] = []
        self._recorded: list[int] = []
        self.persons = 0
        """How many persons were introduced. Nobody can read their names."""

    async def run(self, chunks: Iterable[bytes]) -> Head:
        """Restore the log from chunks of whole lines; return its head. Raises NotEmpty, NotAChain, UnknownType."""
        async with self._connection.transaction():
            await appending.lock(self._connection)
            head = await lookups.head(self._connection)
            if head.position:
                raise NotEmpty(head.position)
            for chunk in chunks:
                for line in chunk.rstrip(b"\n").split(b"\n"):
                    await self._take(line)
            await self._write()
            await states.note_folds(self._connection, state_fingerprint())
            await restoring.copy_states(self._connection, self._state.states)
            await restoring.announce(self._connection, self._head.position)
        return self._head

    async def _take(self, line: bytes) -> None:
        event, recorded_us = self._read(line)
        draft = await self._drafted(event)
        [placed] = draft.events
        self._rows.append(
            AppendedEvent(
                source=event.source,
                id=event.id,
                type=event.wire_name,
                occurred_us=event.time_us,
                sender=RECORD.id,
                line=line,
                streams={stream: draft.version(stream) for stream in placed.streams},
            )
        )
        self._recorded.append(recorded_us)
        self._state.absorb(draft, event.position)
        self._head = Head(event.position, line_hash(line), recorded_us)
        self.persons += event.is_of(PersonIntroduced)
        self._on_event(event.position)
        if len(self._rows) >= ROWS_MAX:
            await self._write()

    async def _drafted(self, event: Event) -> Draft:
        """Return a draft of the record after the event."""

        def drafted() -> Draft:
            draft = Draft(self._state)
            draft.add(event)
            return draft

        source = _RestoredSource(
            self._connection, self._catalogue, through=self._head.position, write=self._write
        )
        return await run_loading(drafted, self._state.earlier, source)

    def _read(self, line: bytes) -> tuple[Event, int]:
        position = self._head.position + 1
        try:
            content = orjson.loads(line)
            if content["position"] != position:
                raise NotAChain(position, f"is the event of position {content['position']}")
            if content["previoushash"] != self._head.hash:
                raise NotAChain(position, "previoushash is not the hash of the line before it")
            recorded_us = moment(content["recordedtime"])
            if recorded_us < self._head.recorded_us:
                raise NotAChain(position, "recordedtime is before that of the line before it")
            return read_unverified(content, self._catalogue).at(position), recorded_us
        except UnknownType:
            raise
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise NotAChain(position, f"is not an event: {type(error).__name__} {error}") from None

    async def _write(self) -> None:
        first = self._head.position - len(self._rows) + 1
        rows, self._rows = self._rows, []
        recorded, self._recorded = self._recorded, []
        if rows:
            await restoring.copy_events(self._connection, first, rows, recorded)


class _RestoredSource(PastTableSource):
    """Fetches events that were restored; the rows that are still in memory are written first."""

    def __init__(
        self,
        connection: asyncpg.Connection,
        catalogue: Catalogue,
        *,
        through: int,
        write: Callable[[], Awaitable[None]],
    ) -> None:
        super().__init__(connection, catalogue, through=through)
        self._write = write

    async def event(self, position: int) -> Event | None:
        """Return the event at the position, None if there is none or it is later."""
        await self._write()
        return await super().event(position)

    async def history(self, stream: Stream) -> tuple[Sequence[Event], StreamStates]:
        """Return the events of the stream, oldest first, without later ones; no states."""
        await self._write()
        return await super().history(stream)
