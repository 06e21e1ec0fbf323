"""Taking a log of many cohorts into an analyst's tools: its export as Parquet, what that takes, and a query over it."""

import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Final

from events.store.reading import Selection
from events.vocabulary.catalogue import VOCABULARY
from service.replay.export.parquet_folder import FolderExport
from service.replay.export.single_file import Export
from service.replay.export.writers import writer_of
from service.replay.export_format import ExportFormat
from service.replay.log import open_log
from service.replay.sources.file import FileSource, file_source
from tests.benchmarks.bench import Bench
from tests.benchmarks.measured.replaying import MIB
from tests.benchmarks.table import Row, Skipped, limited, reached
from tests.service.replay.logs import chained

ROUNDS: Final = 3
EXPORT_TARGET: Final = 100_000
MEMORY_MAX_MIB: Final = 512
QUERY_RATIO_MAX: Final = 2.0

_COUNT: Final = """
import os, sys
child = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ)
_, code, used = os.wait4(child, 0)
print(used.ru_maxrss)
sys.exit(code)
"""

FAILURES: Final = """
select cohort, month, count(*) from read_parquet('{}') where type = 'failure.recorded' group by all order by all
"""


async def columns(bench: Bench) -> list[Row | Skipped]:
    """Measure the export beside plain reading, and the query beside that over a file made by hand."""
    if find_spec("pyarrow") is None or find_spec("duckdb") is None:
        return [Skipped("Parquet of many cohorts", "the extra `duckdb` is not installed")]
    with tempfile.TemporaryDirectory(prefix="howcanwe-bench-") as folder:
        return await asyncio.to_thread(_measured, Path(folder), bench.exported_cohorts)


def _measured(folder: Path, cohorts: int) -> list[Row | Skipped]:
    lines, export, by_hand = (folder / name for name in ("log.ndjson", "log.parquet", "by-hand"))
    source = _exported_lines(folder / "given.ndjson", lines, cohorts)
    rounds = []
    for number in range(ROUNDS):
        out = folder / f"{number}.parquet"
        reading, events = _timed(lambda: _read(source))
        writing, _ = _timed(lambda out=out: _write(source, out))  # type: ignore[misc]  # a default binds
        rounds.append((events / writing, events / reading))
    memory = _peak_memory_mib(lines, export)
    _write_by_hand(lines, by_hand)
    queries = [(_query(f"{export}/*.parquet"), _query(str(by_hand))) for _ in range(ROUNDS)]
    ours, other = (median(side) for side in zip(*queries, strict=True))
    ratio = median(mine / theirs for mine, theirs in queries)
    size = f"{cohorts:,} cohorts"
    return [
        reached(
            f"Parquet export of {size}",
            median(mine for mine, _ in rounds),
            "events/s",
            "plain reading of the lines",
            median(theirs for _, theirs in rounds),
            EXPORT_TARGET,
        ),
        limited(f"memory of that export, of {size}", memory, "MiB", "", MEMORY_MAX_MIB),
        Row(
            f"DuckDB counts failures of {size}",
            ours * 1000,
            "ms",
            "over one file made by hand",
            other * 1000,
            ratio,
            f"≤ {QUERY_RATIO_MAX:g}",
            ratio <= QUERY_RATIO_MAX,
        ),
    ]


def _exported_lines(given: Path, lines: Path, cohorts: int) -> FileSource:
    """Write the lines of generated cohorts with a manifest, as an analyst gets them."""
    given.write_bytes(chained(cohorts, 1))
    source = file_source(given)
    export = Export(source, lines, ExportFormat.NDJSON, Selection(), _silent)
    export.run(lambda written: writer_of(ExportFormat.NDJSON, source, export.selection, written))
    return file_source(lines)


def _silent(events: int, position: int) -> None:
    pass


def _timed(work: Callable[[], int]) -> tuple[float, int]:
    begin = time.perf_counter()
    events = work()
    return time.perf_counter() - begin, events


def _read(source: FileSource) -> int:
    return sum(chunk.count(b"\n") for chunk in source.chunks(Selection()))


def _write(source: FileSource, out: Path) -> int:
    return FolderExport(source, out, Selection(), _silent, VOCABULARY).run().events


def _peak_memory_mib(lines: Path, out: Path) -> float:
    """Export with the command, in a process of its own; return the most memory that it had."""
    arguments = [sys.executable, "-m", "service.cli", "replay", str(lines), "--out", str(out)]
    # A process between the two, because a child's count begins with the memory of the process that started it.
    counted = subprocess.run(
        [sys.executable, "-c", _COUNT, *arguments], check=True, stdout=subprocess.PIPE
    )
    # Linux counts KiB, macOS bytes.
    return int(counted.stdout) * (1 if sys.platform == "darwin" else 1024) / MIB


def _write_by_hand(lines: Path, out: Path) -> None:
    import pyarrow.parquet

    pyarrow.parquet.write_table(open_log(lines).to_arrow(), out)


def _query(place: str) -> float:
    import duckdb

    with duckdb.connect() as connection:
        statement = FAILURES.format(place)
        assert connection.execute(statement).fetchall()
        return min(
            _timed(lambda: len(connection.execute(statement).fetchall()))[0] for _ in range(5)
        )
