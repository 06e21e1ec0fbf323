"""Notifications of new events: one LISTEN connection per process, and a poll in addition. `EventLog` owns one."""

import asyncio
from contextlib import suppress
from typing import Final

import asyncpg
import structlog

from events.store import ANSWER_SECONDS_MAX
from events.store.connections import AWAY, Unavailable, connect
from events.store.reading import head_position
from events.store.replica import Check

POLL_SECONDS: Final = 1.0

_log = structlog.get_logger(__name__)


class Announcer:
    """Knows the log's head, and wakes everyone who waits for it to move.

    Every commit of any process sends a notification. A poll every `poll_seconds` finds the head if a notification was
    lost; on a standby, which cannot LISTEN, there is only the poll. `check` is called with each new connection.

    Every role of a database may notify, also one that may read nothing of the log. A head that the log turns out not to
    have is therefore dropped; not on a standby, which may itself have gone back.
    """

    def __init__(
        self, url: str, *, poll_seconds: float = POLL_SECONDS, check: Check | None = None
    ) -> None:
        self._url = url
        self._check = check
        self._poll_seconds = poll_seconds
        self._moved = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self.head = 0

    def announce(self, position: int) -> None:
        """Wake everyone who waits for this position; the head is at least there."""
        if position > self.head:
            self.head = position
            moved, self._moved = self._moved, asyncio.Event()
            moved.set()

    async def wait_beyond(self, position: int) -> None:
        """Return when the log is known to have events after the position."""
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._listen(), name="announcer")
        while self.head <= position:
            await self._moved.wait()

    async def close(self) -> None:
        """Stop listening."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _listen(self) -> None:
        trouble = None
        while True:
            connection = None
            try:
                connection = await connect(self._url, answer_seconds=ANSWER_SECONDS_MAX)
                if self._check is not None:
                    await self._check(connection)
                with suppress(asyncpg.PostgresError):
                    await connection.add_listener("howcanwe_log", self._notified)
                announced = None
                while not connection.is_closed():
                    found = await head_position(connection)
                    # What was announced before the last poll was committed before this one.
                    if found < self.head == announced and self._check is None:
                        self.head = found
                    self.announce(found)
                    announced = self.head
                    trouble = None
                    await asyncio.sleep(self._poll_seconds)
            except Exception as error:
                # A driver whose server dies raises many kinds of errors. After any of them a new connection is opened:
                # waiting readers depend on it.
                kind = type(error.__cause__ or error)
                if kind is not trouble:
                    _log.warning("the log's head is not known", trouble=_described(error))
                trouble = kind
                await asyncio.sleep(self._poll_seconds)
            finally:
                if connection is not None:
                    connection.terminate()

    def _notified(self, connection: object, pid: int, channel: str, payload: object) -> None:
        if isinstance(payload, str) and payload.isdigit():
            self.announce(int(payload))


def _described(error: Exception) -> str:
    """Return the message of an expected error, or the class name of any other."""
    foreseen = isinstance(error, (Unavailable, asyncpg.PostgresError, *AWAY))
    return str(error) if foreseen and str(error) else type(error).__name__
