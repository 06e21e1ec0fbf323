"""Reading the whole log over HTTP, beside COPY; what it takes of the server's memory; what a paused reader holds."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Final

import asyncpg

from events.log import EventLog
from events.store.connections import asyncpg_url
from tests.benchmarks.bench import Bench
from tests.benchmarks.load.load import Load
from tests.benchmarks.servers import HOST, STILL, Server, new_key, serving
from tests.benchmarks.table import Row, compared, limited

MIB: Final = 1 << 20
CHUNK_BYTES: Final = 1 << 18
BATCH_EVENTS: Final = 1_000
GROWTH_MAX_MIB: Final = 64
PAUSE_SECONDS: Final = 2.0
ROUNDS: Final = 3

COPY: Final = "select event from events order by position"
HOLDING: Final = """
select count(*) from pg_stat_activity
where datname = current_database() and pid <> pg_backend_pid() and (backend_xmin is not null or xact_start is not null)
    and backend_type = 'client backend'
"""


async def replaying(bench: Bench) -> list[Row]:
    """Measure all three on a log of many events."""
    url = await bench.database()
    async with AsyncExitStack() as stack:
        log = await stack.enter_async_context(await EventLog.open(url))
        events = await fill(log, bench.replayed_events)
        server = await stack.enter_async_context(serving(STILL, url))
        key = await new_key(url)
        connection = await asyncpg.connect(asyncpg_url(url))
        stack.push_async_callback(connection.close)
        await _by_copy(connection)  # Both find the log in memory.
        before = peak = server.memory()
        rounds = []
        for _ in range(ROUNDS):
            begin = time.perf_counter()
            received = 0
            async for data in read(server, key):
                received += len(data)
                if received % 64 == 0:  # now and then: asking takes time, too
                    peak = max(peak, server.memory())
            http = time.perf_counter() - begin
            copied, copy = await _by_copy(connection)
            assert received > copied * 0.99  # what COPY doubles are a few backslashes
            rounds.append((events / http, events / copy))
        peak = max(peak, server.memory())
        held = await _held_while_paused(connection, server, key)
    return [
        compared("read the log over HTTP (NDJSON)", "events/s", "COPY ... TO STDOUT", rounds, 0.5),
        limited(
            f"server's memory, replays of {events:,}",
            (peak - before) / MIB,
            "MiB",
            "before",
            GROWTH_MAX_MIB,
        ),
        limited("snapshots held while a reader pauses", held, "", "pg_stat_activity", 1),
    ]


async def fill(log: EventLog, events: int) -> int:
    """Record so many events, or a few more; return how many."""
    load = Load("replay")
    recorded = len(await log.append(load.foundation()))
    while recorded < events:
        recorded += len(await log.append(load.batch(BATCH_EVENTS)))
    return recorded


async def _request(server: Server, key: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection(HOST, server.port, limit=CHUNK_BYTES)
    writer.write(
        f"GET /events HTTP/1.1\r\nhost: {HOST}\r\nauthorization: Bearer {key}\r\n"
        "accept: application/x-ndjson\r\nconnection: close\r\n\r\n".encode()
    )
    status = await reader.readline()
    assert b" 200 " in status, status
    return reader, writer


async def read(server: Server, key: str) -> AsyncIterator[bytes]:
    """Read the log over HTTP; yield the bytes as they come."""
    reader, writer = await _request(server, key)
    while data := await reader.read(CHUNK_BYTES):
        yield data
    writer.close()


async def _by_copy(connection: asyncpg.Connection) -> tuple[int, float]:
    """Read the log by COPY; return its bytes and the seconds it took."""
    size = 0

    async def count(data: bytes) -> None:
        nonlocal size
        size += len(data)

    begin = time.perf_counter()
    await connection.copy_from_query(COPY, output=count)
    return size, time.perf_counter() - begin


async def _held_while_paused(connection: asyncpg.Connection, server: Server, key: str) -> int:
    """Return how many sessions hold a snapshot or a transaction open while a reader reads no further."""
    reader, writer = await _request(server, key)
    await reader.readexactly(CHUNK_BYTES)
    await asyncio.sleep(PAUSE_SECONDS)
    held: int = await connection.fetchval(HOLDING)
    writer.close()
    return held
