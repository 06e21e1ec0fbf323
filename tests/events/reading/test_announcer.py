"""The announcer: those who wait for the log to grow wait on while the database is away, and the reason is reported."""

import asyncio

import asyncpg
from structlog.testing import capture_logs

from events.log import EventLog
from events.reading.announcer import Announcer
from tests.events.record import Record

PATIENCE_SECONDS = 20
REFUSAL = b"SFATAL\0VFATAL\0C28P01\0Mpassword authentication failed for user\0\0"


class Refusing:
    """A server that ends connections without a word or, once `words` is set, says that the password is wrong."""

    def __init__(self) -> None:
        self.words = False
        self._tries = 0
        self._tried = asyncio.Condition()

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Refuse a connection."""
        await reader.read(1 << 16)
        if self.words:
            writer.write(b"E" + (len(REFUSAL) + 4).to_bytes(4, "big") + REFUSAL)
        writer.close()
        async with self._tried:
            self._tries += 1
            self._tried.notify_all()

    async def tried(self, times: int) -> None:
        """Wait for so many more tries."""
        async with self._tried:
            wanted = self._tries + times
            await self._tried.wait_for(lambda: self._tries >= wanted)


async def test_each_kind_of_error_that_keeps_the_head_unknown_is_logged_once() -> None:
    refusing = Refusing()
    server = await asyncio.start_server(refusing.take, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    announcer = Announcer(
        f"postgresql://howcanwe@127.0.0.1:{port}/howcanwe?sslmode=disable", poll_seconds=0.01
    )
    with capture_logs() as logged:
        waiting = asyncio.create_task(announcer.wait_beyond(0))
        async with asyncio.timeout(PATIENCE_SECONDS):
            await refusing.tried(3)
            assert len(logged) == 1
            refusing.words = True
            await refusing.tried(4)
    waiting.cancel()
    await announcer.close()
    server.close()
    await server.wait_closed()
    assert len(logged) == 2
    assert "password authentication failed" in logged[1]["trouble"]


async def test_a_head_that_the_log_does_not_have_is_taken_back(
    log: EventLog, record: Record
) -> None:
    await record.begin()
    head = await log.head()
    announcer = Announcer(log.url, poll_seconds=0.01)
    connection = await asyncpg.connect(log.url)
    async with asyncio.timeout(PATIENCE_SECONDS):
        await announcer.wait_beyond(head - 1)
        waiting = asyncio.create_task(announcer.wait_beyond(head))
        # Any role of the database may do this.
        await connection.execute("select pg_notify('howcanwe_log', '999999')")
        await waiting
        while announcer.head != head:
            await asyncio.sleep(0.01)
    await connection.close()
    await announcer.close()
