"""The right to deliver, which one process of a database has at a time.

It is a lock of a connection. All progress is read and written over that connection, so a process that has lost the lock
can store nothing any more, nor find out what to deliver next. One that was frozen, and lost it meanwhile, can at most
send what it was about to send, and that is a repeat by then.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from time import monotonic
from typing import Any, Final

import asyncpg

from events.store.connections import connect
from service.webhooks.sender import Outcome
from service.webhooks.webhooks import IS_VALID, SELECT

CHANNEL: Final = "howcanwe_webhooks"
SILENCE_SECONDS_MAX: Final = 30.0
"""How long a process that has the right may be silent, as when it is frozen, before the server ends its connection."""

_LOOKS_IN_SILENCE: Final = 3

_LOCK: Final = "select pg_try_advisory_lock(hashtextextended('howcanwe webhooks', 0))"
_RUNNING: Final = f"{SELECT} where w.parked_at is null and {IS_VALID}"
_PARKED: Final = "select count(*) from webhooks where parked_at is not null"
_IS_CURRENT: Final = f"""
select exists (
    select from webhooks w where w.id = $1 and w.generation = $2 and w.parked_at is null and {IS_VALID}
)
"""
_DELIVERED: Final = """
update webhooks set position = $3, failures = 0, failing_since = null, next_attempt_at = null, last_attempt_at = $4,
    last_status = $5, last_trouble = null
where id = $1 and generation = $2
"""
_FAILED: Final = """
update webhooks set position = $3, failures = failures + 1, failing_since = coalesce(failing_since, $4),
    last_attempt_at = $4, next_attempt_at = $5, parked_at = case when $5::timestamptz is null then $4::timestamptz end,
    last_status = $6, last_trouble = $7
where id = $1 and generation = $2
"""
_LEFT_OUT: Final = "update webhooks set position = $3 where id = $1 and generation = $2"


class Lease:
    """The right to deliver, over the connection that has the lock. All methods raise what a lost connection raises."""

    def __init__(
        self,
        connection: asyncpg.Connection,
        silence_seconds: float = SILENCE_SECONDS_MAX,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._connection = connection
        self._silence_seconds = silence_seconds
        self._clock = clock
        self._turn = asyncio.Lock()

    @property
    def look_seconds(self) -> float:
        """How often to look for changes, so that the right is kept, and in case a notification was lost."""
        return self._silence_seconds / _LOOKS_IN_SILENCE

    async def running(self) -> list[asyncpg.Record]:
        """Return the rows of the webhooks that deliver: not parked, and with a key that has not ended."""
        async with self._turn:
            found: list[asyncpg.Record] = await self._connection.fetch(_RUNNING)
            return found

    async def parked(self) -> int:
        """Return how many webhooks are parked."""
        return int(await self._value(_PARKED))

    async def is_current(self, webhook_id: str, generation: int) -> bool:
        """Return whether the webhook still delivers, and has not been changed, and this process still has the right.

        An answer that was read late is not believed: meanwhile, another process may have been given the right.
        """
        async with self._turn:
            asked = self._clock()
            found = await self._connection.fetchval(_IS_CURRENT, webhook_id, generation)
        return bool(found) and self._clock() - asked < self._silence_seconds

    async def delivered(
        self, webhook_id: str, generation: int, position: int, now: datetime, outcome: Outcome
    ) -> None:
        """Store that everything up to the position was delivered or left out, unless the webhook was changed."""
        await self._value(_DELIVERED, webhook_id, generation, position, now, outcome.status)

    async def failed(
        self,
        webhook_id: str,
        generation: int,
        position: int,
        now: datetime,
        again: datetime | None,
        outcome: Outcome,
    ) -> None:
        """Store that an attempt after the position failed, and when there is another; None parks the webhook."""
        what = (outcome.status, outcome.trouble)
        await self._value(_FAILED, webhook_id, generation, position, now, again, *what)

    async def left_out(self, webhook_id: str, generation: int, position: int) -> None:
        """Store that nothing up to the position is to be delivered."""
        await self._value(_LEFT_OUT, webhook_id, generation, position)

    async def _value(self, statement: str, *values: Any) -> Any:
        async with self._turn:
            return await self._connection.fetchval(statement, *values)


@asynccontextmanager
async def leased(
    url: str,
    *,
    every_seconds: float,
    silence_seconds: float,
    answer_seconds: float,
    pause: Callable[[float], Awaitable[None]],
    on_change: Callable[[], None],
) -> AsyncIterator[Lease]:
    """Wait until no other process has the right to deliver, and have it. One that is silent for too long loses it.

    `on_change` is called when a webhook is created, changed or removed. Raises Unavailable.
    """
    connection = await connect(
        url,
        answer_seconds=answer_seconds,
        idle_session_timeout=f"{round(silence_seconds * 1_000)}ms",
    )
    lease = Lease(connection, silence_seconds)
    try:
        await connection.add_listener(CHANNEL, lambda *_: on_change())
        while not await connection.fetchval(_LOCK):
            await pause(min(every_seconds, lease.look_seconds))
        yield lease
    finally:
        with suppress(Exception):
            # Nothing can be done about a connection that is lost already.
            connection.terminate()
