"""The recorder: a process's only writer to the log. `EventLog` owns one and submits every request to it."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final

import asyncpg

from events.lines.chain import Head
from events.recording import log_writer
from events.recording.checked_source import CheckedSource, HeadMoved
from events.recording.commit_group import CommitGroup, RecordedIds, look_up
from events.recording.request import Request, RequestOutcome
from events.recording.request_judgement import RequestJudgement, prefetch
from events.recording.trouble_report import TroubleReport
from events.recording.vault import NoMasterKey, Vault, WrongMasterKey
from events.state.loading import run_loading
from events.state.state_cache import StateCache
from events.store import lookups
from events.store.appending import AppendResult
from events.store.connections import LOST, Trouble, Unavailable, trouble_in
from events.vocabulary.catalogue import Catalogue
from events.vocabulary.faults import EventsError

GROUP_EVENTS_MAX: Final = 2_000


class Unstorable(EventsError):
    """The database refused to take events that no rule refused."""


class Recorder:
    """Records requests in groups: those that arrive during a commit share the next one.

    A group is judged on the cached state of the log's head, and the statement that writes it checks that the log still
    has this head. So no event bypasses a rule, however many processes record. How a group is recorded:

        from the cache -------- all accepted ------> append ---- recorded ---> answer
              | a refusal or a dry run                 | an id is in the log
              v                                        |
        with ids looked up <---------------------------+
              |-- some accepted -------------------> append ---- recorded ---> answer
              +-- nothing to write ----------------> is the head the same? --> answer

        HeadMoved, at any step --> under the lock: the cache restarts at the log's head, then as above

    A head that moved means that another process records, too. Until a group finds the head where this process left it,
    groups take the lock at once (`_is_contested`). Everything is answered after its commit.

    `clock` returns the present time in µs. `on_recorded` is called with the position of the new head after each commit.
    A statement that is not answered in `answer_seconds` counts as lost with its connection.
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
        self._catalogue = catalogue
        self._vault = vault
        self._clock = clock
        self._on_recorded = on_recorded
        self._writer = log_writer.LogWriter(url, catalogue, answer_seconds)
        self._cache = StateCache()
        self._is_contested = False
        self._trouble = TroubleReport()
        self._waiting: deque[Request] = deque()
        self._work: asyncio.Task[None] | None = None
        self.events = 0
        """How many events this recorder has recorded, without repeats."""

    def submit(self, request: Request) -> None:
        """Put a request in the queue; its `done` is answered after its commit."""
        self._waiting.append(request)
        if self._work is None or self._work.done():
            self._work = asyncio.create_task(self._drain(), name="recorder")

    def trouble(self, within_seconds: float) -> Trouble | None:
        """Return what the database last reported instead of recording, None if that is longer ago."""
        return self._trouble.recent(within_seconds)

    async def refold(self) -> None:
        """Compute the subjects' states again if folds of another release computed them."""
        await self._writer.refold()

    async def close(self) -> None:
        """Record the requests that wait, then close the connection."""
        if self._work is not None:
            await self._work
        await self._writer.close()

    # The queue

    async def _drain(self) -> None:
        while requests := self._next_group():
            await self._record_and_answer(requests)
            # Senders that were just answered may send again at once: let their requests join the next group.
            await asyncio.sleep(0)

    async def _record_and_answer(self, requests: Sequence[Request]) -> None:
        """Record the group. If the database refuses its data, record each request alone, so that only one fails."""
        outcomes: Sequence[RequestOutcome | Exception]
        try:
            outcomes = await self._outcomes(requests)
            self._trouble.succeeded()
        except Unstorable as error:
            self._cache.restart(None)
            if len(requests) > 1:
                for request in requests:
                    await self._record_and_answer([request])
                return
            outcomes = [error]
        except Exception as error:
            self._trouble.failed(error)
            self._cache.restart(None)
            await self._writer.close()
            outcomes = [error] * len(requests)
        for request, outcome in zip(requests, outcomes, strict=True):
            self._answer(request, outcome)

    def _next_group(self) -> list[Request]:
        requests: list[Request] = []
        events = 0
        while self._waiting:
            request = self._waiting[0]
            if requests and events + len(request.events) > GROUP_EVENTS_MAX:
                break
            self._waiting.popleft()
            # A sender that stopped waiting knows nothing about the outcome, so the request may be dropped.
            if not request.done.done():
                requests.append(request)
                events += len(request.events)
        return requests

    def _answer(self, request: Request, outcome: RequestOutcome | Exception) -> None:
        if isinstance(outcome, RequestOutcome):
            self.events += sum(not receipt.repeated for receipt in outcome.receipts)
        if request.done.done():
            return
        if isinstance(outcome, Exception):
            request.done.set_exception(outcome)
        else:
            request.done.set_result(outcome)

    async def _outcomes(
        self, requests: Sequence[Request]
    ) -> Sequence[RequestOutcome | EventsError]:
        """Record the group. Raises Unstorable, Unavailable and OutcomeUnknown."""
        try:
            return await self._recorded(requests)
        except (
            asyncpg.DataError,
            asyncpg.IntegrityConstraintViolationError,
            asyncpg.ProgramLimitExceededError,
        ) as error:
            raise Unstorable(f"the database refused the events: {error}") from error
        except LOST as error:
            raise Unavailable(
                f"the connection to the database was lost: {error or type(error).__name__}"
            ) from error
        except asyncpg.PostgresError as error:
            trouble = trouble_in(error)
            reason = trouble or "the database did not take the events"
            raise Unavailable(f"{reason}: {error}", trouble) from error

    # One group

    async def _recorded(
        self, requests: Sequence[Request]
    ) -> Sequence[RequestOutcome | EventsError]:
        connection = self._writer.connection
        if connection is None:
            # What is behind the new connection may be another server.
            self._cache.restart(None)
            connection = await self._writer.open()
        if self._is_contested:
            group = await self._under_lock(connection, requests)
        else:
            try:
                group = await self._from_cache(connection, requests)
            except HeadMoved:
                group = await self._under_lock(connection, requests)
        # The commit is over.
        if group.batch.events:
            self._cache.advance(group.draft, group.head)
            self._on_recorded(group.head.position)
        self._cache.shrink()
        return group.outcomes

    async def _from_cache(
        self, connection: asyncpg.Connection, requests: Sequence[Request]
    ) -> CommitGroup:
        """Judge and write on the head that the cache has. Raises HeadMoved."""
        head = self._cache.head
        if head is None:
            head = await lookups.head(connection)
            self._cache.restart(head)
        return await self._judge_and_write(connection, requests, head)

    async def _under_lock(
        self, connection: asyncpg.Connection, requests: Sequence[Request]
    ) -> CommitGroup:
        """Judge and write while no other process can record."""
        async with log_writer.locked(connection):
            head = await lookups.head(connection)
            self._is_contested = head != self._cache.head
            if self._is_contested:
                self._cache.restart(head)
            return await self._judge_and_write(connection, requests, head)

    async def _judge_and_write(
        self, connection: asyncpg.Connection, requests: Sequence[Request], head: Head
    ) -> CommitGroup:
        """Return the group with outcomes that hold on this head; its events are written. Raises HeadMoved."""
        source = CheckedSource(connection, self._catalogue, head)
        group = await self._judged(requests, source, head, ids=None)
        if not group.needs_ids and await self._is_written(connection, group):
            return group
        ids = await look_up(connection, self._catalogue, requests)
        group = await self._judged(requests, source, head, ids)
        if not group.batch.events:
            # Refusals and repeats must hold on the log's head, too.
            await source.check()
        elif not await self._is_written(connection, group):
            # The look-up found every id up to this head, so the log has another one.
            raise HeadMoved
        return group

    async def _judged(
        self,
        requests: Sequence[Request],
        source: CheckedSource,
        head: Head,
        ids: RecordedIds | None,
    ) -> CommitGroup:
        await prefetch(requests, self._cache, source)
        group = CommitGroup(self._cache, head, ids, self._catalogue, self._vault, self._clock())
        for request in requests:
            judgement = RequestJudgement(group, request)
            try:
                await run_loading(judgement.run, self._cache, source)
            except (NoMasterKey, WrongMasterKey) as error:
                # It concerns this request alone.
                group.outcomes.append(error)
        return group

    async def _is_written(self, connection: asyncpg.Connection, group: CommitGroup) -> bool:
        """Write the group's events, if it has any; False if one of their ids is in the log. Raises HeadMoved."""
        if not group.batch.events:
            return True
        result = await log_writer.append(connection, group.batch)
        if result is AppendResult.MOVED:
            raise HeadMoved
        return result is AppendResult.RECORDED
