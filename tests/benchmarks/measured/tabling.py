"""Making the tables of a log of many cohorts, from its lines to a folder of Parquet files."""

import asyncio
import gc
import tempfile
import time
from pathlib import Path
from typing import Final

import psutil  # type: ignore[import-untyped]  # it ships no types

from service.replay.sources.file import file_source
from service.replay.tables.files import TableFormat, write_tables
from service.replay.tables.reading import tables_of
from tests.benchmarks.bench import Bench
from tests.benchmarks.table import Row, limited, unlimited
from tests.service.replay.logs import chained

SECONDS_MAX: Final = 30
EVENTS_OF_A_COHORT: Final = 314
MIB: Final = 1 << 20


async def tabling(bench: Bench) -> list[Row]:
    """Measure an exported file of many cohorts; its manifest is missing, so every line is checked."""
    return await asyncio.to_thread(_rows, bench.tabled_events)


def _rows(events: int) -> list[Row]:
    with tempfile.TemporaryDirectory(prefix="howcanwe-bench-") as folder:
        log, out = Path(folder) / "log.ndjson", Path(folder) / "tables"
        lines = chained(events // EVENTS_OF_A_COHORT, 1.0)
        log.write_bytes(lines)
        events = lines.count(b"\n")
        del lines
        gc.collect()
        before = psutil.Process().memory_info().rss
        begin = time.perf_counter()
        tables = tables_of(file_source(log))
        write_tables(tables, out, TableFormat.PARQUET)
        seconds = time.perf_counter() - begin
        held = psutil.Process().memory_info().rss - before
        rows = sum(map(len, tables.values()))
    return [
        limited(f"tables of {events:,} events, {rows:,} rows", seconds, "s", "", SECONDS_MAX),
        unlimited("memory that tables take", held / MIB, "MiB", "before"),
    ]
