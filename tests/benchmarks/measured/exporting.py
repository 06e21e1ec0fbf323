"""Taking a log into one's own tools: lines over HTTP into a file beside COPY into one, followed, typed, as Parquet."""

import asyncio
import gc
import tempfile
import time
from contextlib import AsyncExitStack, closing, suppress
from pathlib import Path
from typing import Final

import asyncpg

from events.log import EventLog
from events.store.connections import asyncpg_url
from events.store.reading import Selection
from events.vocabulary.catalogue import VOCABULARY
from service.replay.event import decoded
from service.replay.export.parquet_folder import FolderExport
from service.replay.export.single_file import Export
from service.replay.export.standard_output import Growing
from service.replay.export_format import ExportFormat
from service.replay.formats.ndjson import Ndjson
from service.replay.sources.database import DatabaseSource
from service.replay.sources.server import ServerSource
from tests.benchmarks.bench import Bench
from tests.benchmarks.measured.replaying import COPY, fill, read
from tests.benchmarks.servers import HOST, STILL, new_key, serving
from tests.benchmarks.table import Row, compared, reached

ROUNDS: Final = 3
DECODED_TARGET: Final = 150_000
PARQUET_TARGET: Final = 100_000


async def exporting(bench: Bench) -> list[Row]:
    """Measure all of them on a log of many events."""
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
        address = f"http://{HOST}:{server.port}"
        followed = [
            (
                await asyncio.to_thread(_followed, address, key, folder / f"{n}-followed", events),
                await asyncio.to_thread(_replayed, address, key, folder / f"{n}-replayed", events),
            )
            for n in range(ROUNDS)
        ]
        lines = b"".join([chunk async for chunk in log.lines(through=min(events, 100_000))])
        typed = max(_decoded(lines) for _ in range(bench.rounds))
        parquet = max(
            [await asyncio.to_thread(_parquet, url, folder / f"{n}", events) for n in range(2)]
        )
    return [
        compared("NDJSON over HTTP into a file", "events/s", "COPY to a file", rounds, 0.7),
        compared("follow a server into a file", "events/s", "replay it", followed, 0.5),
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


def _replayed(address: str, key: str, out: Path, events: int) -> float:
    """Return how many events a second a replay of a server writes."""
    with closing(ServerSource(address, key)) as source:
        begin = time.perf_counter()
        export = Export(source, out, ExportFormat.NDJSON, Selection(), lambda count, position: None)
        assert export.run(lambda written: Ndjson()).events == events
        return events / (time.perf_counter() - begin)


def _followed(address: str, key: str, out: Path, events: int) -> float:
    """Return how many events a second a follower of a server writes until it is caught up."""
    with closing(ServerSource(address, key)) as source:
        begin = time.perf_counter()
        growing = Growing(source, out, ExportFormat.NDJSON, Selection())
        with suppress(_CaughtUp):
            for _ in growing.run(Ndjson(), lambda count, position: None, _caught_up):
                pass
        assert growing.end(Ndjson()).events == events
        return events / (time.perf_counter() - begin)


class _CaughtUp(Exception):
    """The follower has reached the end of the log."""


def _caught_up(position: int) -> None:
    raise _CaughtUp


def _parquet(url: str, out: Path, events: int) -> float:
    source = DatabaseSource(url)
    try:
        begin = time.perf_counter()
        export = FolderExport(source, out, Selection(), lambda events, position: None, VOCABULARY)
        assert export.run().events == events
        return events / (time.perf_counter() - begin)
    finally:
        source.close()
