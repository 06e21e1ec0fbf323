"""Who waits for the log to grow: one LISTEN connection per process, with a poll behind it."""

import asyncio
from contextlib import suppress
from typing import Final

import asyncpg
import structlog

from events.store.connections import ANSWER_SECONDS_MAX, AWAY, Unavailable, connect
from events.store.reading import head_position
from events.store.replica import Check

POLL_SECONDS: Final = 1.0

_log = structlog.get_logger(__name__)


class Announcer:
    """Knows the log's head, and wakes everyone who waits for it to move.

    A notification comes with every commit of any process; a poll each `poll_seconds` finds what a lost one would have
    told (on a standby, which cannot LISTEN, it is all there is). `check` looks at each new connection.
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
        """Tell everyone that the head is at least at this position."""
        if position > self.head:
            self.head = position
            moved, self._moved = self._moved, asyncio.Event()
            moved.set()

    async def wait_beyond(self, position: int) -> None:
        """Return once the log is known to go beyond the position."""
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
                while not connection.is_closed():
                    self.announce(await head_position(connection))
                    trouble = None
                    await asyncio.sleep(self._poll_seconds)
            except Exception as error:
                # Whatever became of the connection (a driver whose server dies says many things), there is another:
                # those who wait must never wait for nobody.
                kind = type(error.__cause__ or error)
                if kind is not trouble:
                    _log.warning("the log's head is not known", trouble=_told(error))
                trouble = kind
                await asyncio.sleep(self._poll_seconds)
            finally:
                if connection is not None:
                    connection.terminate()

    def _notified(self, connection: object, pid: int, channel: str, payload: object) -> None:
        if isinstance(payload, str) and payload.isdigit():
            self.announce(int(payload))


def _told(error: Exception) -> str:
    """Return what went wrong, in words where it was foreseen, else by its kind."""
    foreseen = isinstance(error, (Unavailable, asyncpg.PostgresError, *AWAY))
    return str(error) if foreseen and str(error) else type(error).__name__
