"""The event log: append, read and follow. Programs, the service and the read models use it."""

import asyncio
import time
from collections.abc import (
    AsyncGenerator,
    Awaitable,
    Callable,
    Collection,
    Iterable,
    Mapping,
    Sequence,
)
from contextlib import suppress
from functools import partial
from typing import Any, Final, Self, TypeVar

import asyncpg

from events.access.principal import RECORD, Principal
from events.lines.candidate import Candidate
from events.lines.recorded import Receipt, Recorded
from events.reading.amendable import Amendable
from events.reading.announcer import POLL_SECONDS, Announcer
from events.reading.read_ahead import read_ahead
from events.reading.visible_log import VisibleLog
from events.recording.envelope import Envelopes, Malformed, faults_as_json
from events.recording.recorder import Recorder
from events.recording.request import Request, RequestOutcome, Whole
from events.recording.vault import Vault
from events.state.subjects import OrganisationState
from events.store import lookups, reading
from events.store.connections import (
    CONNECT_SECONDS_MAX,
    TRIES_MAX,
    GaveWay,
    OutcomeUnknown,
    Trouble,
    Unavailable,
    asyncpg_url,
    connect,
    described,
)
from events.store.pooled_connection import PooledConnection
from events.store.reading import Selection
from events.store.replica import LogIdentity, log_identity, replica_check
from events.store.schema import prepare
from events.store.timestamps import teach
from events.vocabulary.catalogue import VOCABULARY, Catalogue
from events.vocabulary.event import Event
from events.vocabulary.faults import Fault, Refused, shown
from events.vocabulary.stream import Stream, is_stream, key_of, stream_of
from events.vocabulary.values.identity import is_identity

T = TypeVar("T")

PAGE_EVENTS: Final = 1_000
READERS_MAX: Final = 8


def now_us() -> int:
    """Return the present time in µs."""
    return time.time_ns() // 1_000


class EventLog:
    """One append-only log in PostgreSQL, in one total order without gaps.

    Open it with `await EventLog.open(url)`, then `append`, `read` and `follow`. Close it at the end, or use it as an
    async context manager.
    """

    def __init__(
        self,
        url: str,
        pool: "asyncpg.Pool[asyncpg.Record]",
        *,
        catalogue: Catalogue,
        master_key: bytes | None,
        clock: Callable[[], int],
        announcer: Announcer,
        answer_seconds: float | None = None,
    ) -> None:
        self.url = url
        self.catalogue = catalogue
        self.vault = Vault(master_key)
        self.announcer = announcer
        self._answer_seconds = answer_seconds
        self._pool = pool
        self._envelopes = Envelopes(catalogue)
        self._viewing = VisibleLog(self.ask, catalogue, self.vault)
        self._recorder = Recorder(
            url,
            catalogue,
            self.vault,
            clock=clock,
            on_recorded=self.announcer.announce,
            answer_seconds=answer_seconds,
        )

    @classmethod
    async def open(
        cls,
        url: str,
        *,
        catalogue: Catalogue = VOCABULARY,
        master_key: bytes | None = None,
        clock: Callable[[], int] = now_us,
        readers_max: int = READERS_MAX,
        replica_of: "EventLog | None" = None,
        answer_seconds: float | None = None,
        poll_seconds: float = POLL_SECONDS,
    ) -> Self:
        """Open the log in the database at `url` (postgresql://…); afterwards its tables exist.

        `master_key` (32 bytes) is needed to introduce persons. To open a replica, pass its primary's log as
        `replica_of`. A replica need not be available when it is opened, and has its tables from its primary. Each new
        connection to it is compared with the primary. While a reader waits, its head is polled every `poll_seconds`.
        With `answer_seconds`, a statement that takes longer raises Unavailable or, if it was recording events,
        OutcomeUnknown. Raises Unavailable, ServerTooOld or SchemaTooNew.
        """
        check_replica = None if replica_of is None else replica_check(replica_of.identity, url)
        if check_replica is None:
            connection = await connect(url)
            try:
                await prepare(connection, url)
            finally:
                await connection.close()
        announcer = Announcer(url, poll_seconds=poll_seconds, check=check_replica)

        async def check(connection: asyncpg.Connection) -> None:
            await teach(connection)
            if check_replica is None:
                return
            await check_replica(connection)
            # A replica that was restarted may have fewer events than before: readers that know of later events would
            # miss those between.
            if await reading.head_position(connection) < announcer.head:
                raise Unavailable(f"the replica at {described(url)} is behind where it was")

        pool = await asyncpg.create_pool(
            asyncpg_url(url),
            init=check,
            min_size=0,
            command_timeout=answer_seconds,
            max_size=readers_max,
            timeout=CONNECT_SECONDS_MAX,
            reset=_nothing,
            server_settings={"application_name": "howcanwe", "timezone": "UTC", "jit": "off"},
        )
        return cls(
            url,
            pool,
            catalogue=catalogue,
            master_key=master_key,
            clock=clock,
            announcer=announcer,
            answer_seconds=answer_seconds,
        )

    async def close(self) -> None:
        """Record the requests that wait, then close all connections."""
        await self._recorder.close()
        await self.announcer.close()
        # If this is interrupted, the pool terminates its connections.
        with suppress(TimeoutError):
            async with asyncio.timeout(CONNECT_SECONDS_MAX):
                await self._pool.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.close()

    # Recording

    def check(self, raw: object, sender: Principal = RECORD) -> Candidate | Malformed:
        """Return the event as a candidate, or the faults of its form, without asking the database."""
        try:
            return self._envelopes.read(raw, sender)
        except Malformed as malformed:
            return malformed

    async def append(
        self,
        events: Sequence[Mapping[str, Any]],
        *,
        sender: Principal = RECORD,
        expected: Mapping[str, int] | None = None,
    ) -> tuple[Receipt, ...]:
        """Record the events, all or none; afterwards they are on disk.

        `events` are CloudEvents as dicts. `expected` maps streams to the versions that they must be at (0 if the stream
        must not exist yet). Returns a receipt per event, in order. Raises Refused with all faults of all events,
        Unavailable if nothing was recorded, and OutcomeUnknown if that is not known: then send the same ids again.
        """
        checked = [faults_as_json(event) or self.check(event, sender) for event in events]
        return (await self.record(checked, sender=sender, expected=expected)).receipts

    async def record(
        self,
        events: Sequence[Candidate | Malformed],
        *,
        sender: Principal,
        expected: Mapping[str, int] | None = None,
        lenient: bool = False,
        dry: bool = False,
        whole: Whole | None = None,
    ) -> RequestOutcome:
        """Record checked events.

        `lenient` records the events that are not refused, and `dry` only judges them. If they are a submission, `whole`
        says so: it is refused if it was recorded with other events. Raises the same as `append`.
        """
        for stream in expected or {}:
            if not is_stream(stream):
                detail = f"Expected a stream <kind>/<key>; found {shown(stream)}."
                raise Refused([Fault("field", "", detail, None)])
        versions = {Stream(stream): version for stream, version in (expected or {}).items()}
        request = Request(events, sender, versions, lenient, dry, whole)
        self._recorder.submit(request)
        try:
            async with asyncio.timeout(self._answer_seconds):
                return await request.done
        except TimeoutError as error:
            raise OutcomeUnknown(
                f"the database at {described(self.url)} did not answer in time; send the same ids again"
            ) from error

    async def identity(self, through: int | None = None) -> LogIdentity:
        """Return the log's server and database, and its last line up to a position."""
        return await self.ask(lambda connection: log_identity(connection, through))

    async def renew(self) -> None:
        """Replace every connection before it is used again: the URL may lead to another server now."""
        await self._pool.expire_connections()

    async def refold(self) -> None:
        """Compute the subjects' states again if another release did, as recording does before its first event.

        It is one transaction under the log's lock, and takes as long as reading the log. Raises UnknownType.
        """
        await self._recorder.refold()

    @property
    def recorded_events(self) -> int:
        """How many events were recorded here since the log was opened, without repeats."""
        return self._recorder.events

    def trouble(self, within_seconds: float) -> Trouble | None:
        """Return what the database last reported instead of recording, None if that is longer ago."""
        return self._recorder.trouble(within_seconds)

    # Reading

    async def head(self) -> int:
        """Return the position of the last event, 0 if there is none."""
        head = await self.ask(reading.head_position)
        self.announcer.announce(head)
        return head

    async def read(
        self,
        *,
        after: int = 0,
        stream: str | None = None,
        selection: Selection | None = None,
        page_events: int = PAGE_EVENTS,
    ) -> AsyncGenerator[Recorded, None]:
        """Yield the events that are recorded now, oldest first. Each page is a short statement of its own."""
        chosen = selection or Selection(after=after, streams=(stream,) if stream else ())
        position = chosen.after
        page_is_full = True
        while page_is_full:
            page = await self.page(chosen, after=position, limit=page_events)
            for recorded in page:
                yield recorded
                position = recorded.position
            page_is_full = len(page) == page_events

    async def page(self, selection: Selection, *, after: int, limit: int) -> list[Recorded]:
        """Return the next events of the selection after a position, at most `limit`."""
        return await self.ask(lambda connection: reading.page(connection, selection, after, limit))

    async def lines(
        self, *, after: int = 0, through: int | None = None, page_events: int = PAGE_EVENTS
    ) -> AsyncGenerator[bytes, None]:
        """Yield the lines that are recorded now, exactly as stored, each with its newline, in chunks of many lines."""
        end = await self.head()
        end = end if through is None else min(end, through)
        async for chunk in read_ahead(self._lines_between(after, end, page_events)):
            yield chunk

    async def _lines_between(
        self, after: int, through: int, page_events: int
    ) -> AsyncGenerator[bytes, None]:
        while after < through:
            until = min(after + page_events, through)
            yield await self.ask(partial(reading.lines, after=after, through=until))
            after = until

    async def follow(
        self, *, after: int = 0, stream: str | None = None, selection: Selection | None = None
    ) -> AsyncGenerator[Recorded, None]:
        """Yield every event after the position, then each new one as it is recorded, without end."""
        chosen = selection or Selection(after=after, streams=(stream,) if stream else ())
        position = chosen.after
        while True:
            # Everything up to this head has been read, including events that the selection leaves out.
            head = await self.head()
            bounded = chosen.between(position, head)
            async for recorded in self.read(selection=bounded):
                yield recorded
            position = max(position, head)
            await self.announcer.wait_beyond(position)

    async def event(self, position: int) -> Recorded | None:
        """Return the event at the position, None if there is none."""
        return await self.ask(lambda connection: lookups.event(connection, position))

    async def events(self, positions: Collection[int]) -> list[Recorded]:
        """Return the events at these positions, oldest first; positions without an event are left out."""
        if not positions:
            return []
        return await self.ask(lambda connection: lookups.events(connection, positions))

    async def position_at(self, recorded_us: int) -> int:
        """Return the last position that was recorded at or before a time (µs), 0 if there was none."""
        return await self.ask(lambda connection: reading.position_at(connection, recorded_us))

    async def known(self, identities: Sequence[tuple[str, str]]) -> frozenset[tuple[str, str]]:
        """Return those of these identities, (source, id), whose events are in the log."""
        possible = [one for one in identities if is_identity(*one)]
        return frozenset(
            await self.ask(lambda connection: lookups.identities(connection, possible))
        )

    async def memberships(self, organisations: Collection[str]) -> Mapping[str, frozenset[str]]:
        """Return the cohorts that each of the organisations (by key) ever joined; those that do not exist are left
        out."""
        streams = [stream_of("organisation", key) for key in organisations]
        found, _ = await self.ask(lambda connection: lookups.subjects(connection, streams))
        states = {key_of(stream): state for stream, (_, state) in found.items()}
        return {
            key: one.cohorts for key, one in states.items() if isinstance(one, OrganisationState)
        }

    # What a viewer may see

    async def visible(self, page: Sequence[Recorded], viewer: Principal) -> list[Recorded]:
        """Return the events of the page that the viewer may see, by the present levels."""
        return await self._viewing.visible(page, viewer)

    async def visible_event(self, position: int, viewer: Principal) -> Recorded | None:
        """Return the event at the position, None if there is none that the viewer may see."""
        return await self._viewing.event(position, viewer)

    async def amendable(
        self, positions: Collection[int], viewer: Principal
    ) -> Mapping[int, Amendable]:
        """Return what the viewer may correct and void of the event at each of these positions."""
        return await self._viewing.amendable(positions, viewer)

    async def stream_version(self, stream: str, viewer: Principal) -> int:
        """Return how many events the stream has; 0 if it does not exist or the viewer may not see its subject."""
        return await self._viewing.stream_version(Stream(stream), viewer)

    async def introduction(self, person: str, viewer: Principal) -> Event | None:
        """Return the event that introduced the person (by key); None if there is none that the viewer may see."""
        return await self._viewing.introduction(person, viewer)

    async def personal(
        self, persons: Iterable[str], viewer: Principal
    ) -> Mapping[str, Mapping[str, str]]:
        """Return the personal fields, in plain text, of those persons (by key) whose names the viewer may see now.

        Forgotten persons are left out. Raises NoMasterKey or WrongMasterKey.
        """
        return await self._viewing.personal(persons, viewer)

    async def ask(self, ask: Callable[[asyncpg.Connection], Awaitable[T]]) -> T:
        """Return what `ask` returns. It is called with a connection to the log's database, which it must not keep.

        All methods above read through it. If a replica cancels a statement, `ask` is called again, at most `TRIES_MAX`
        times in all. Raises Unavailable.
        """
        for _ in range(TRIES_MAX - 1):
            with suppress(GaveWay):
                async with PooledConnection(self._pool, self.url) as connection:
                    return await ask(connection)
        async with PooledConnection(self._pool, self.url) as connection:
            return await ask(connection)


async def _nothing(connection: asyncpg.Connection) -> None:
    """Do not reset a returned connection: readers change no settings of their session."""
