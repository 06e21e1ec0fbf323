"""The recorder: the one writer of a process, with group commit.

Requests that arrive while a commit is under way share the next one. A group is first judged on what the process
remembers and written in a single call, which checks under the log's lock that the head has not moved. Where another
process was faster, the group is judged again inside the lock, on state read there. Either way no event gets past the
rules in a race, and an answer is given only after its commit.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final

import asyncpg
import structlog

from events.lines.candidate import Candidate
from events.lines.chain import Head
from events.recording.commit_group import CommitGroup
from events.recording.refolding import refold
from events.recording.request import Request, RequestOutcome
from events.recording.vault import Vault
from events.state.state_cache import StateCache
from events.state.state_view import NotLoaded
from events.state.subjects import State
from events.store import appending, lookups
from events.store.appending import AppendResult
from events.store.connections import (
    LOST,
    OutcomeUnknown,
    Trouble,
    Unavailable,
    connect,
    connect_for_appending,
    trouble_in,
)
from events.vocabulary.catalogue import Catalogue
from events.vocabulary.faults import EventsError

GROUP_EVENTS_MAX: Final = 2_000
CLOSE_SECONDS_MAX: Final = 1.0

_log = structlog.get_logger(__name__)


class _Moved(Exception):
    """The log's head is not where it was remembered."""


class Unstorable(EventsError):
    """The database refused to take events that no rule refused."""


class Recorder:
    """Takes requests, groups them, and answers each after its commit.

    `clock` gives the present moment in µs; `on_recorded` is told the new head's position after each commit. A statement
    that is not answered in `answer_seconds` counts as lost with its connection.
    """

    def __init__(
        self,
        url: str,
        catalogue: Catalogue,
        vault: Vault,
        *,
        clock: Callable[[], int],
        on_recorded: Callable[[int], None],
        answer_seconds: float | None = None,
    ) -> None:
        self._url = url
        self._catalogue = catalogue
        self._vault = vault
        self._clock = clock
        self._on_recorded = on_recorded
        self._answer_seconds = answer_seconds
        self._memory = StateCache()
        self._waiting: deque[Request] = deque()
        self._work: asyncio.Task[None] | None = None
        self._connection: asyncpg.Connection | None = None
        self._contested = False
        self._trouble: Trouble | None = None
        self._hindered_at = 0.0
        self._told: str | None = None
        self._is_refolded = False
        self.events = 0
        """How many events this recorder has recorded; repeats are none."""

    def submit(self, request: Request) -> None:
        """Put a request in the queue; its `done` is answered after its commit."""
        self._waiting.append(request)
        if self._work is None or self._work.done():
            self._work = asyncio.create_task(self._drain(), name="recorder")

    def trouble(self, within_seconds: float) -> Trouble | None:
        """Return what the database last said of itself in place of recording, unless that is longer ago."""
        is_recent = time.monotonic() - self._hindered_at <= within_seconds
        return self._trouble if is_recent else None

    def _hindered(self, error: Exception) -> None:
        """Note what keeps events from being recorded; it is said once, and quotes none of them."""
        self._trouble = error.trouble if isinstance(error, Unavailable) else None
        self._hindered_at = time.monotonic()
        told = str(self._trouble or type(error.__cause__ or error).__name__)
        if told != self._told:
            _log.warning("events cannot be recorded", trouble=told)
        self._told = told

    def _goes_well(self) -> None:
        if self._told is not None:
            _log.info("events are recorded again")
        self._told = self._trouble = None

    async def close(self) -> None:
        """Finish what is waiting, then close the connection."""
        if self._work is not None:
            await self._work
        await self._disconnect()

    async def _drain(self) -> None:
        while requests := self._next_group():
            try:
                outcomes = await self._group_outcomes(requests)
                self._goes_well()
            except Exception as error:
                self._hindered(error)
                self._memory.restart(None)
                await self._disconnect()
                outcomes = [error] * len(requests)
            for request, outcome in zip(requests, outcomes, strict=True):
                if isinstance(outcome, RequestOutcome):
                    self.events += sum(not receipt.repeated for receipt in outcome.receipts)
                if request.done.done():
                    continue
                if isinstance(outcome, Exception):
                    request.done.set_exception(outcome)
                else:
                    request.done.set_result(outcome)
            # Those just answered may send again at once: let them join the next group.
            await asyncio.sleep(0)

    def _next_group(self) -> list[Request]:
        requests: list[Request] = []
        events = 0
        while self._waiting:
            request = self._waiting[0]
            if requests and events + len(request.events) > GROUP_EVENTS_MAX:
                break
            self._waiting.popleft()
            # Whoever gave up waiting was told that nothing is known; nothing is the least that can become of it.
            if not request.done.done():
                requests.append(request)
                events += len(request.events)
        return requests

    async def _group_outcomes(
        self, requests: Sequence[Request]
    ) -> Sequence[RequestOutcome | Exception]:
        """Record the group; where the database refuses its data, each request alone: none suffers for another."""
        try:
            return await self._record(requests)
        except (
            asyncpg.DataError,
            asyncpg.IntegrityConstraintViolationError,
            asyncpg.ProgramLimitExceededError,
        ) as error:
            self._memory.restart(None)
            if len(requests) == 1:
                return [Unstorable(f"the database refused the events: {error}")]
            return [
                outcome for request in requests for outcome in await self._group_outcomes([request])
            ]
        except LOST as error:
            raise Unavailable(f"the database went away: {error or type(error).__name__}") from error
        except asyncpg.PostgresError as error:
            trouble = trouble_in(error)
            reason = trouble or "the database did not take the events"
            raise Unavailable(f"{reason}: {error}", trouble) from error

    async def _record(self, requests: Sequence[Request]) -> Sequence[RequestOutcome | EventsError]:
        connection = await self._connected()
        if not self._contested:
            try:
                if self._memory.head is None:
                    self._memory.restart(await lookups.head(connection))
                return await self._judge_and_write(connection, requests)
            except _Moved:
                self._contested = True
        async with _Transaction(connection):
            await appending.lock(connection)
            before = self._memory.head
            head = await lookups.head(connection)
            if before != head:
                self._memory.restart(head)
            # Alone again: the next group tries without the lock's extra round trips.
            self._contested = before != head
            return await self._judge_and_write(connection, requests)

    async def _judge_and_write(
        self, connection: asyncpg.Connection, requests: Sequence[Request]
    ) -> Sequence[RequestOutcome | EventsError]:
        group = await self._judged(connection, requests, looked_up=False)
        if group.unsure:
            group = await self._judged(connection, requests, looked_up=True)
        while group.batch.events:
            status = await self._write(connection, group)
            if status is AppendResult.RECORDED:
                self._memory.advance(group.draft, group.head)
                self._on_recorded(group.head.position)
                break
            if status is AppendResult.MOVED or group.looked_up:
                raise _Moved
            group = await self._judged(connection, requests, looked_up=True)
        self._memory.shrink()
        return group.outcomes

    async def _judged(
        self, connection: asyncpg.Connection, requests: Sequence[Request], *, looked_up: bool
    ) -> CommitGroup:
        """Return the group, judged; what the judgement asks for is fetched."""
        known: dict[tuple[str, str], lookups.Stored] = {}
        person_keys: dict[str, bytes] = {}
        if looked_up:
            known = await lookups.identities(
                connection, [i for request in requests for i in request.identities]
            )
            persons = [
                stored.recorded.content["data"]["person"]
                for stored in known.values()
                if stored.recorded.content["type"].startswith("org.howcanwe.person.introduced.")
            ]
            person_keys = await lookups.person_keys(connection, persons) if persons else {}
        await self._prefetch(connection, requests)
        head = self._head()
        group = CommitGroup(
            self._memory,
            head,
            self._catalogue,
            self._vault,
            self._clock(),
            known,
            person_keys,
            looked_up,
        )
        for request in requests:
            while True:
                try:
                    group.take(request)
                    break
                except NotLoaded as missing:
                    await self._fetch(connection, missing)
        if looked_up and not group.batch.events:
            # Nothing will be written that checks the head, so what is refused or repeated is checked here.
            await self._check_head(connection)
        return group

    def _head(self) -> Head:
        if self._memory.head is None:
            raise _Moved
        return self._memory.head

    async def _prefetch(self, connection: asyncpg.Connection, requests: Sequence[Request]) -> None:
        """Fetch the subjects that the events name, then those that these belong to, in one call each."""
        named: dict[str, None] = {}
        for request in requests:
            named |= dict.fromkeys(request.expected)
            for candidate in request.events:
                if isinstance(candidate, Candidate):
                    for mention in candidate.event.mentions:
                        named[mention.stream] = None
                    if candidate.event.actor.startswith("person/"):
                        named[candidate.event.actor] = None
            if request.sender.organisation:
                named[f"organisation/{request.sender.organisation}"] = None
        related: dict[str, None] = {}
        for state in await self._fetch_streams(connection, named):
            for kind in ("organisation", "cohort", "question", "iteration"):
                key = getattr(state, kind, None)
                if key is not None:
                    related[f"{kind}/{key}"] = None
        await self._fetch_streams(connection, related)

    async def _fetch_streams(
        self, connection: asyncpg.Connection, streams: dict[str, None]
    ) -> list[State | None]:
        """Fetch those of the streams that are not remembered, and return their states."""
        unknown = [stream for stream in streams if not self._memory.holds(stream)]
        if not unknown:
            return []
        found, position = await lookups.subjects(connection, unknown)
        if position != self._head().position:
            raise _Moved
        self._memory.keep_streams(found)
        return [state for _, state in found.values()]

    async def _fetch(self, connection: asyncpg.Connection, missing: NotLoaded) -> None:
        await self._fetch_streams(connection, dict.fromkeys(missing.streams))
        if missing.event is not None:
            recorded = await lookups.event(connection, missing.event)
            self._memory.keep_event(
                missing.event, recorded.event(self._catalogue) if recorded else None
            )
            await self._check_head(connection)
        if missing.identity is not None:
            known = await lookups.identities(connection, [missing.identity])
            stored = known.get(missing.identity)
            position = stored.recorded.position if stored else None
            self._memory.keep_position(missing.identity, position)
            if stored and position is not None:
                self._memory.keep_event(position, stored.recorded.event(self._catalogue))
            await self._check_head(connection)
        if missing.history is not None:
            rows = await lookups.history(connection, missing.history)
            self._memory.keep_history(
                missing.history, [recorded.event(self._catalogue) for recorded, _ in rows]
            )
            self._memory.keep_streams(
                {f"event/{recorded.position}": (0, mark) for recorded, mark in rows}
            )
            await self._check_head(connection)

    async def _check_head(self, connection: asyncpg.Connection) -> None:
        if await lookups.head(connection) != self._head():
            raise _Moved

    async def _write(self, connection: asyncpg.Connection, group: CommitGroup) -> AppendResult:
        if connection.is_in_transaction():
            return await appending.append(connection, group.batch)
        try:
            return await appending.append(connection, group.batch)
        except LOST as error:
            raise OutcomeUnknown(
                "the database went away while it recorded the events; send the same ids again"
            ) from error

    async def _connected(self) -> asyncpg.Connection:
        if self._connection is None or self._connection.is_closed():
            self._memory.restart(None)
            await self.refold()
            self._connection = await connect_for_appending(
                self._url, answer_seconds=self._answer_seconds
            )
        return self._connection

    async def refold(self) -> None:
        """Fold the states anew where another release's folds made them.

        It is done once: where another release folds them again later, that one records, and this one no more.
        """
        if self._is_refolded:
            return
        # Not the connection for recording: that gives up where this may take its time.
        connection = await connect(self._url)
        try:
            await refold(connection, self._catalogue)
        finally:
            await connection.close()
        self._is_refolded = True

    async def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(Exception):
                # Not its own timeout: that does not bound the wait for a statement that is being cancelled.
                async with asyncio.timeout(CLOSE_SECONDS_MAX):
                    await connection.close()
            connection.terminate()


class _Transaction:
    """A transaction whose commit, if it gets lost, leaves the outcome unknown."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._transaction = connection.transaction()

    async def __aenter__(self) -> None:
        await self._transaction.start()

    async def __aexit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if error is not None:
            with suppress(*LOST):
                await self._transaction.rollback()
            return
        try:
            await self._transaction.commit()
        except LOST as lost:
            raise OutcomeUnknown(
                "the database went away at the commit; send the same ids again"
            ) from lost
