"""Taking a log into one's own tools: lines over HTTP into a file beside COPY into one, typed events, Parquet."""

import asyncio
import gc
import tempfile
import time
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

import asyncpg

from events.log import EventLog
from events.store.connections import asyncpg_url
from events.store.reading import Selection
from events.vocabulary.catalogue import VOCABULARY
from service.replay.event import decoded
from service.replay.export.parquet_folder import FolderExport
from service.replay.sources.database import DatabaseSource
from tests.benchmarks.bench import Bench
from tests.benchmarks.measured.replaying import COPY, fill, read
from tests.benchmarks.servers import STILL, new_key, serving
from tests.benchmarks.table import Row, compared, reached

ROUNDS: Final = 3
DECODED_TARGET: Final = 150_000
PARQUET_TARGET: Final = 100_000


async def exporting(bench: Bench) -> list[Row]:
    """Measure all three on a log of many events."""
    url = await bench.database()
    async with AsyncExitStack() as stack:
        log = await stack.enter_async_context(await EventLog.open(url))
        events = await fill(log, bench.replayed_events)
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="howcanwe-bench-")))
        server = await stack.enter_async_context(serving(STILL, url))
        key = await new_key(url)
        connection = await asyncpg.connect(asyncpg_url(url))
        stack.push_async_callback(connection.close)
        rounds = []
        for _ in range(ROUNDS):
            begin = time.perf_counter()
            with (folder / "http").open("wb") as file:
                async for data in read(server, key):
                    file.write(data)
            http = time.perf_counter() - begin
            begin = time.perf_counter()
            await connection.copy_from_query(COPY, output=folder / "copy")
            rounds.append((events / http, events / (time.perf_counter() - begin)))
        lines = b"".join([chunk async for chunk in log.lines(through=min(events, 100_000))])
        typed = max(_decoded(lines) for _ in range(bench.rounds))
        parquet = max(
            [await asyncio.to_thread(_parquet, url, folder / f"{n}", events) for n in range(2)]
        )
    return [
        compared("NDJSON over HTTP into a file", "events/s", "COPY to a file", rounds, 0.7),
        reached("decoded typed events, one core", typed, "events/s", "", None, DECODED_TARGET),
        reached("Parquet export from the database", parquet, "events/s", "", None, PARQUET_TARGET),
    ]


def _decoded(lines: bytes) -> float:
    """Return how many events a second of one core decodes, each asked for its place, type and data."""
    gc.collect()
    count = 0
    begin = time.process_time()
    for event in decoded(lines):
        count += bool(event.position and event.type and event.data)
    return count / (time.process_time() - begin)


def _parquet(url: str, out: Path, events: int) -> float:
    source = DatabaseSource(url)
    try:
        begin = time.perf_counter()
        export = FolderExport(source, out, Selection(), lambda events, position: None, VOCABULARY)
        assert export.run().events == events
        return events / (time.perf_counter() - begin)
    finally:
        source.close()
